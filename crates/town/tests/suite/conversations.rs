//! What few say to each other, read as a chat.

use parvis_model::{audience::Audience, id::Id, page::Page};
use parvis_town::{
    Outcome, accounts,
    conversations::{self, Message},
    posts,
};

use crate::scratch::{self, Scratch, refused};

async fn of(t: &Scratch, who: Id, message: Id) -> Id {
    conversations::of_message(&t.town, who, message)
        .await
        .unwrap()
}

async fn read(t: &Scratch, who: Id, conversation: Id, page: Page) -> (Vec<Id>, Option<Id>) {
    let exchange = conversations::exchange(&t.town, who, conversation, page)
        .await
        .unwrap();
    let messages = exchange.messages;
    (
        messages.items.iter().map(|post| post.id).collect(),
        messages.next,
    )
}

#[tokio::test]
async fn a_conversation_holds_what_its_people_say_to_each_other_and_nothing_else() {
    let t = scratch::town().await;
    let (marie, jean) = (t.resident("marie").await, t.resident("jean").await);
    let lise = t.resident("lise").await;
    let open = t.says(marie, "Qui a un four ?", Audience::Public).await;
    let direct = Audience::Direct;
    let said = async |who, to, text| t.answers(who, to, text, direct).await.unwrap();
    let first = said(jean, open, "@marie moi").await;
    let second = said(marie, first, "@jean merci").await;
    let aside = said(lise, open, "@marie moi aussi").await;
    let third = said(jean, second, "@marie à demain").await;

    let mine = of(&t, jean, second).await;
    assert_eq!(of(&t, jean, third).await, mine);
    let (messages, next) = read(&t, jean, mine, Page::default()).await;
    assert_eq!(messages, [third, second, first]);
    assert_eq!(next, None, "the end");
    let (newest, next) = read(&t, jean, mine, Page::default().limited(2)).await;
    assert_eq!((newest, next), (vec![third, second], Some(second)));
    let rest = Page::older_than(next).limited(2);
    assert_eq!(read(&t, jean, mine, rest).await.0, [first]);

    for (who, message) in [(jean, aside), (lise, second)] {
        let found = conversations::of_message(&t.town, who, message).await;
        assert!(found.is_err(), "a message that {who} may not read");
    }
    let others = conversations::exchange(&t.town, lise, mine, Page::default()).await;
    assert!(others.is_err(), "somebody else's");
}

#[tokio::test]
async fn what_is_unread_is_counted_until_it_is_read() {
    let t = scratch::town().await;
    let (marie, jean) = (t.resident("marie").await, t.resident("jean").await);
    let unread = async |who| conversations::unread(&t.town, who).await.unwrap();
    let one = t.says(marie, "@jean bonjour", Audience::Direct).await;
    t.says(marie, "@jean autre chose", Audience::Direct).await;
    assert_eq!(unread(jean).await, 2);
    assert_eq!(unread(marie).await, 0, "one's own are read");
    let mine = of(&t, jean, one).await;
    let read = deed!(t, |tx, town| conversations::set_unread(
        tx, town, jean, mine, false
    ));
    read.unwrap();
    assert_eq!(unread(jean).await, 1);
}

#[tokio::test]
async fn what_is_not_shown_is_not_counted_as_unread() {
    let t = scratch::town().await;
    let (marie, jean) = (t.resident("marie").await, t.resident("jean").await);
    let lise = t.resident("lise").await;
    for who in [marie, lise] {
        t.says(who, "@jean bonjour", Audience::Direct).await;
    }
    let unread = async || conversations::unread(&t.town, jean).await.unwrap();
    assert_eq!(unread().await, 2);
    t.blocks(jean, lise).await;
    assert_eq!(unread().await, 1, "of somebody blocked");
    deed!(t, |tx, town| accounts::suspend(tx, town, marie)).unwrap();
    assert_eq!(unread().await, 0, "of somebody suspended");
}

async fn tells(t: &Scratch, from: Id, to: &[Id], text: &str) -> Outcome<Id> {
    let message = Message {
        to: to.to_vec(),
        text: text.into(),
        language: None,
        reply_to: None,
    };
    let draft = conversations::prepare(&t.town, from, message).await?;
    deed!(t, |tx, town| posts::publish(tx, town, from, draft))
}

async fn refusal(t: &Scratch, from: Id, to: &[Id], text: &str) -> &'static str {
    refused(tells(t, from, to, text).await.unwrap_err()).key
}

#[tokio::test]
async fn a_message_goes_to_exactly_those_it_is_for() {
    let t = scratch::town().await;
    let (marie, jean) = (t.resident("marie").await, t.resident("jean").await);
    let (paul, luc) = (t.stranger("paul").await, t.resident("luc").await);
    let message = tells(&t, marie, &[jean, paul, jean], "à demain, @jean et @marie")
        .await
        .unwrap();
    let mut people: Vec<Id> = t
        .post(message)
        .await
        .mentions
        .iter()
        .map(|it| it.id)
        .collect();
    people.sort_unstable();
    let mut meant = vec![jean, paul];
    meant.sort_unstable();
    assert_eq!(people, meant);

    let another = refusal(&t, marie, &[jean], "que fait @luc ?").await;
    assert_eq!(another, "refusal-names-another");
    assert!(tells(&t, marie, &[jean], "que fait luc ?").await.is_ok());
    assert_eq!(
        refusal(&t, marie, &[], "allô ?").await,
        "refusal-recipients"
    );
    assert_eq!(refusal(&t, marie, &[luc], " ").await, "refusal-text-empty");
    assert!(tells(&t, marie, &[marie], "penser au pain").await.is_ok());
}

#[tokio::test]
async fn a_message_that_cannot_reach_everybody_reaches_nobody() {
    let t = scratch::town().await;
    let (marie, jean) = (t.resident("marie").await, t.resident("jean").await);
    let (lise, luc) = (t.resident("lise").await, t.resident("luc").await);
    t.blocks(lise, marie).await;
    deed!(t, |tx, town| accounts::suspend(tx, town, luc)).unwrap();
    for gone in [lise, luc] {
        let why = refusal(&t, marie, &[jean, gone], "bonjour").await;
        assert_eq!(why, "refusal-recipient-unreachable");
    }
    let unread = conversations::unread(&t.town, jean).await.unwrap();
    assert_eq!(unread, 0, "nothing went out");
}

#[tokio::test]
async fn an_answer_is_for_the_people_of_the_message_that_was_read() {
    let t = scratch::town().await;
    let (marie, jean) = (t.resident("marie").await, t.resident("jean").await);
    t.resident("lise").await;
    let direct = Audience::Direct;
    let first = t.says(marie, "@jean le four ?", direct).await;
    let second = t
        .answers(marie, first, "@jean alors ?", direct)
        .await
        .unwrap();
    let elsewhere = t.says(marie, "@jean autre chose", direct).await;
    let mine = of(&t, jean, first).await;
    let still_with = async |message| {
        let about = conversations::view(&t.town, jean, mine).await.unwrap();
        conversations::still_with(&t.town, jean, &about, message)
            .await
            .unwrap()
    };
    for message in [first, second] {
        assert_eq!(still_with(message).await, Some(vec![marie]));
    }
    assert_eq!(still_with(elsewhere).await, None, "said elsewhere");
    let with_lise = t.answers(marie, second, "@jean @lise demain", direct);
    with_lise.await.unwrap();
    assert_eq!(still_with(first).await, None, "there are more people now");
}
