//! What waits for a resident's yes: what is hidden or gone meanwhile stands in nobody's way.

use parvis_model::{
    audience::Audience, clock::DAY, id::Id, page::Page, policy::LooksAt, refusal::Kind,
};
use parvis_store::interactions::{self as rows, Waiting};
use parvis_town::{
    accounts, arrivals,
    interactions::waiting::{self, WaitingView, Wanted},
    preferences::{self, PreferenceEdit},
    quotes::{self, AskedQuote},
    readers,
};

use crate::scratch::{self, NOW, Scratch, arrival, passes_on, refused};

/// Somebody who looks at everything first, and a post of theirs.
async fn looked_at(t: &Scratch) -> (Id, Id) {
    let lea = t.resident("lea").await;
    let edit = PreferenceEdit {
        looks_at: Some(LooksAt::Everything),
        ..PreferenceEdit::default()
    };
    deed!(t, |tx, town| preferences::set(tx, town, lea, edit)).unwrap();
    (lea, t.says(lea, "à tous", Audience::Public).await)
}

async fn waiting_for(t: &Scratch, me: Id) -> Vec<WaitingView> {
    let found = waiting::list(&t.town, me, &Wanted::default(), Page::default()).await;
    found.unwrap().items
}

fn row(t: &Scratch, owner: Id, post: Id, who: Id, held: &str) -> Waiting {
    let id = t.town.ids.next();
    let uri = format!("https://far.example/w/{id}");
    Waiting {
        id,
        owner_id: owner,
        post_id: post,
        account_id: who,
        kind: "reply".into(),
        instrument: uri.clone(),
        request: uri,
        held: held.into(),
        created_at: NOW,
    }
}

async fn put(t: &Scratch, all: Vec<Waiting>) {
    deed!(t, |tx, _town| async move {
        for row in all {
            rows::put(tx, row).await?;
        }
        Ok(())
    })
    .unwrap();
}

async fn likes(t: &Scratch, who: Id, post: Id) {
    let uri = format!("https://far.example/likes/{}", t.town.ids.next());
    let done = deed!(t, |tx, town| arrivals::favourite(tx, town, who, post, uri));
    assert!(!done.unwrap(), "nobody sees it yet");
}

#[tokio::test]
async fn what_hidden_people_left_waiting_takes_no_room() {
    let t = scratch::town().await;
    let (lea, post) = looked_at(&t).await;
    let (marc, paul) = (t.stranger("marc").await, t.stranger("paul").await);
    let rosa = t.stranger("rosa").await;
    let many = [marc, paul].into_iter().cycle().take(300);
    put(
        &t,
        many.map(|who| row(&t, lea, post, who, "\"Like\""))
            .collect(),
    )
    .await;
    likes(&t, rosa, post).await;
    assert_eq!(waiting::count(&t.town, lea).await.unwrap(), 300, "full");
    t.blocks(lea, marc).await;
    deed!(t, |tx, town| accounts::suspend(tx, town, paul)).unwrap();
    likes(&t, rosa, post).await;
    let left = waiting_for(&t, lea).await;
    assert_eq!(left.len(), 1, "{left:#?}");
    assert_eq!(left[0].from.id, rosa);
}

#[tokio::test]
async fn one_agrees_to_what_names_somebody_who_has_gone() {
    let t = scratch::town().await;
    let (lea, post) = looked_at(&t).await;
    let (paul, rosa) = (t.stranger("paul").await, t.stranger("rosa").await);
    let stays = t.stranger("anna").await;
    let mut answer = arrival(paul, "https://far.example/n/1", Audience::Public);
    answer.reply_to_uri = Some(t.post(post).await.uri);
    answer.mentions = vec![rosa, stays];
    assert!(t.arrives(answer).await.unwrap().is_none());
    let mut quote = arrival(paul, "https://far.example/n/2", Audience::Public);
    quote.mentions = vec![rosa, stays];
    let asked = AskedQuote {
        who: paul,
        quoted: post,
        quoting: quote.uri.clone(),
        request: "https://far.example/requests/1".into(),
        arrival: Some(Box::new(quote)),
    };
    assert!(deed!(t, |tx, town| quotes::asked(tx, town, asked)).unwrap());
    deed!(t, |tx, town| arrivals::account_gone(tx, town, rosa)).unwrap();
    let both = waiting_for(&t, lea).await;
    assert_eq!(both.len(), 2, "{both:#?}");
    for one in both {
        deed!(t, |tx, town| waiting::agree(tx, town, lea, one.id)).unwrap();
        let row = parvis_store::posts::by_uri(t.town.store.read(), &one.uri).await;
        let named = t.post(row.unwrap().unwrap().id).await.mentions;
        let named: Vec<Id> = named.iter().map(|it| it.id).collect();
        assert_eq!(named, [stays]);
    }
}

#[tokio::test]
async fn what_nobody_understands_any_more_can_be_refused_and_hides_nothing_else() {
    let t = scratch::town().await;
    let (lea, post) = looked_at(&t).await;
    let (paul, rosa) = (t.stranger("paul").await, t.stranger("rosa").await);
    put(&t, vec![row(&t, lea, post, paul, "{\"Song\":1}")]).await;
    likes(&t, rosa, post).await;
    let both = waiting_for(&t, lea).await;
    assert_eq!(both.len(), 2);
    let unread = both.iter().find(|it| it.from.id == paul).unwrap().id;
    let agreed = deed!(t, |tx, town| waiting::agree(tx, town, lea, unread));
    assert_eq!(refused(agreed.unwrap_err()).kind, Kind::NotFound);
    deed!(t, |tx, town| waiting::refuse(tx, town, lea, unread)).unwrap();
    assert_eq!(waiting_for(&t, lea).await.len(), 1);
}

#[tokio::test]
async fn what_was_passed_on_is_taken_back_by_what_it_is_whether_it_waits_or_stands() {
    let t = scratch::town().await;
    let (lea, post) = looked_at(&t).await;
    let paul = t.stranger("paul").await;
    for agrees in [false, true] {
        let uri = format!("https://far.example/boosts/{agrees}");
        let boost = passes_on(paul, post, uri);
        deed!(t, |tx, town| arrivals::boost(tx, town, boost)).unwrap();
        let found = waiting_for(&t, lea).await;
        assert_eq!(found.len(), 1);
        if agrees {
            let id = found[0].id;
            deed!(t, |tx, town| waiting::agree(tx, town, lea, id)).unwrap();
            assert_eq!(t.post(post).await.boosts, 1);
        }
        deed!(t, |tx, town| arrivals::unboost_of(tx, town, paul, post)).unwrap();
        assert!(waiting_for(&t, lea).await.is_empty());
        assert_eq!(t.post(post).await.boosts, 0);
    }
}

#[tokio::test]
async fn a_no_is_remembered_ninety_days_and_nothing_waits_longer() {
    let t = scratch::town().await;
    let (lea, post) = looked_at(&t).await;
    let (paul, rosa) = (t.stranger("paul").await, t.stranger("rosa").await);
    likes(&t, paul, post).await;
    likes(&t, rosa, post).await;
    t.clock.advance(89 * DAY);
    let of_paul = waiting_for(&t, lea).await;
    let of_paul = of_paul.iter().find(|it| it.from.id == paul).unwrap().id;
    deed!(t, |tx, town| waiting::refuse(tx, town, lea, of_paul)).unwrap();
    t.clock.advance(2 * DAY);
    readers::keep_house(&t.town).await.unwrap();
    assert!(waiting_for(&t, lea).await.is_empty(), "rosa's is too old");
    likes(&t, paul, post).await;
    assert!(waiting_for(&t, lea).await.is_empty(), "the no still stands");
    t.clock.advance(89 * DAY);
    readers::keep_house(&t.town).await.unwrap();
    likes(&t, paul, post).await;
    assert_eq!(waiting_for(&t, lea).await.len(), 1, "it is forgotten");
}
