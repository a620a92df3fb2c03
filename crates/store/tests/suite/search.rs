//! The index of words stays true: what leaves is gone with its deed, what comes waits, and nobody takes in an old state.

use parvis_store::{
    DbErr, Store, accounts,
    audience::Eyes,
    posts,
    search::{
        self, Asked, Condition,
        index::{self, Kind, Waiting},
    },
};

use crate::scratch;

const EYES: Eyes = Eyes {
    account: 2,
    resident: true,
};

/// Runs one deed in a write of its own.
macro_rules! deed {
    ($store:expr, |$tx:ident| $deed:expr) => {
        $store
            .write::<_, DbErr, _>(move |$tx| Box::pin(async move { $deed.await }))
            .await
            .unwrap()
    };
}

async fn found(store: &Store, terms: &[&str]) -> Vec<i64> {
    let all = terms.iter().map(|term| vec![(*term).to_owned()]).collect();
    let asked = Asked {
        conditions: vec![Condition { not: false, all }],
        between: (0, i64::MAX),
        library: true,
        open: true,
    };
    let round = search::candidates(store.read(), EYES, 0, &asked, 10)
        .await
        .unwrap();
    let may = round.into_iter().filter(|(_, may)| *may);
    may.map(|(id, _)| id).collect()
}

async fn waiting(store: &Store) -> Vec<Waiting> {
    index::waiting(store.read(), Kind::Post, true, 10)
        .await
        .unwrap()
}

/// What an indexer does with what it read.
async fn takes_in(store: &Store, waiting: Vec<Waiting>, terms: &str) -> Vec<i64> {
    let terms = terms.to_owned();
    deed!(store, |tx| async {
        let taken = index::take_off(tx, Kind::Post, &waiting).await?;
        let posts: Vec<_> = taken.iter().map(|id| (*id, terms.clone())).collect();
        index::put_posts(tx, &posts).await?;
        Ok(taken)
    })
}

/// Somebody who lets posts be found, and a reader.
async fn two_people(store: &Store) {
    deed!(store, |tx| async {
        let mut author = scratch::account(1, "");
        author.indexable = true;
        accounts::insert(tx, author).await?;
        accounts::insert(tx, scratch::account(2, "")).await
    });
}

#[tokio::test]
async fn what_comes_waits_and_what_leaves_is_gone_with_its_deed() {
    let scratch = scratch::store().await;
    let store = &scratch.store;
    two_people(store).await;
    for id in [11, 12] {
        deed!(store, |tx| posts::insert(
            tx,
            scratch::post(id, 1, "public")
        ));
    }
    let both = waiting(store).await;
    assert_eq!(both.iter().map(|row| row.id).collect::<Vec<_>>(), [12, 11]);
    assert_eq!(takes_in(store, both, "a b ~c").await.len(), 2);
    assert!(waiting(store).await.is_empty());
    assert_eq!(found(store, &["a", "~c"]).await, [12, 11]);
    assert!(found(store, &["a", "x"]).await.is_empty());
    deed!(store, |tx| posts::delete(tx, 12));
    assert_eq!(found(store, &["a"]).await, [11]);
    let mut edited = scratch::post(11, 1, "public");
    edited.html = "<p>Bonsoir</p>".into();
    deed!(store, |tx| posts::update(tx, edited));
    assert!(found(store, &["a"]).await.is_empty());
    let again = waiting(store).await;
    takes_in(store, again, "d").await;
    assert_eq!(found(store, &["d"]).await, [11]);
    deed!(store, |tx| index::put_posts(tx, &[(11, String::new())]));
    assert!(found(store, &["d"]).await.is_empty());
}

#[tokio::test]
async fn what_changes_while_it_is_taken_in_waits_again() {
    let scratch = scratch::store().await;
    let store = &scratch.store;
    two_people(store).await;
    deed!(store, |tx| posts::insert(
        tx,
        scratch::post(11, 1, "public")
    ));
    let read = waiting(store).await;
    let mut edited = scratch::post(11, 1, "public");
    edited.summary = "Attention".into();
    deed!(store, |tx| posts::update(tx, edited));
    assert!(takes_in(store, read, "old").await.is_empty());
    assert!(found(store, &["old"]).await.is_empty());
    let read = waiting(store).await;
    assert_eq!(read.len(), 1);
    deed!(store, |tx| posts::delete(tx, 11));
    assert!(takes_in(store, read, "gone").await.is_empty());
    assert!(waiting(store).await.is_empty());
}

#[tokio::test]
async fn what_nobody_may_find_does_not_wait() {
    let scratch = scratch::store().await;
    let store = &scratch.store;
    scratch::three_people(store).await;
    let mut remote = scratch::post(11, 3, "public");
    remote.local = false;
    deed!(store, |tx| posts::insert(tx, remote));
    assert!(waiting(store).await.is_empty(), "its author did not agree");
    deed!(store, |tx| posts::mention(tx, 11, &[3]));
    assert!(waiting(store).await.is_empty(), "nobody here is named");
    deed!(store, |tx| posts::mention(tx, 11, &[2]));
    assert_eq!(waiting(store).await.len(), 1);
}

#[tokio::test]
async fn what_another_took_in_before_it_changed_is_not_written_over_as_it_was() {
    let scratch = scratch::store().await;
    let store = &scratch.store;
    two_people(store).await;
    deed!(store, |tx| posts::insert(
        tx,
        scratch::post(11, 1, "public")
    ));
    let read = waiting(store).await;
    assert_eq!(takes_in(store, read.clone(), "first").await, [11]);
    let mut edited = scratch::post(11, 1, "public");
    edited.summary = "Attention".into();
    deed!(store, |tx| posts::update(tx, edited));
    assert!(takes_in(store, read, "old").await.is_empty());
    assert!(found(store, &["old"]).await.is_empty());
    let again = waiting(store).await;
    assert_eq!(takes_in(store, again, "new").await, [11]);
    assert_eq!(found(store, &["new"]).await, [11]);
}

#[tokio::test]
async fn what_somebody_wrote_is_walked_through_piece_by_piece_when_they_change_their_mind() {
    let scratch = scratch::store().await;
    let store = &scratch.store;
    two_people(store).await;
    for id in [11, 12, 13] {
        deed!(store, |tx| posts::insert(
            tx,
            scratch::post(id, 1, "public")
        ));
    }
    let all = waiting(store).await;
    takes_in(store, all, "a").await;
    let all_waiting = async || {
        let waiting = index::waiting(store.read(), Kind::Post, false, 10).await;
        let ids = waiting.unwrap().into_iter().map(|row| row.id);
        ids.collect::<Vec<_>>()
    };
    for indexable in ["FALSE", "TRUE"] {
        let sql = format!("UPDATE account SET indexable = {indexable} WHERE id = 1");
        deed!(store, |tx| async {
            parvis_store::ConnectionTrait::execute_unprepared(tx, &sql).await
        });
        assert!(all_waiting().await.is_empty(), "one row for all of it");
    }
    for expected in [vec![13, 12], vec![13, 12, 11]] {
        assert!(index::any_author(store.read()).await.unwrap());
        deed!(store, |tx| index::walk_author(tx, 2));
        assert_eq!(all_waiting().await, expected);
    }
    assert!(!index::any_author(store.read()).await.unwrap());
}
