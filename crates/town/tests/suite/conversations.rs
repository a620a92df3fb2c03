//! What few say to each other, read as a chat.

use parvis_model::{audience::Audience, id::Id, page::Page};
use parvis_town::conversations;

use crate::scratch::{self, Scratch};

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
