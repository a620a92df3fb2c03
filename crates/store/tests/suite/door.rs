//! The one door for writes.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use parvis_store::{DbErr, Store, StoreOptions, Tx, accounts, posts, seen};
use sea_orm::ConnectionTrait;
use tokio::sync::Barrier;

use crate::scratch;

async fn mark(store: &Store, uri: String, fail: bool) -> Result<bool, DbErr> {
    store
        .write(move |tx| {
            Box::pin(async move {
                let new = seen::mark(tx, &uri, "origin", 1).await?;
                if fail {
                    Err(DbErr::Custom("refused".into()))
                } else {
                    Ok(new)
                }
            })
        })
        .await
}

#[tokio::test]
async fn a_failed_deed_leaves_nothing_and_harms_no_other() {
    let scratch = scratch::store().await;
    let deeds = (0..200).map(|n| {
        let store = scratch.store.clone();
        tokio::spawn(async move {
            mark(&store, format!("activity-{n}"), n % 3 == 0)
                .await
                .is_ok()
        })
    });
    let mut kept = Vec::new();
    for deed in deeds.collect::<Vec<_>>() {
        kept.push(deed.await.unwrap());
    }
    for (n, kept) in kept.into_iter().enumerate() {
        assert_eq!(kept, n % 3 != 0);
        let there = seen::contains(scratch.store.read(), &format!("activity-{n}"), "origin")
            .await
            .unwrap();
        assert_eq!(there, kept, "activity-{n}");
    }
}

#[tokio::test]
async fn a_panic_in_a_deed_is_an_error_and_the_door_stays_open() {
    let scratch = scratch::store().await;
    if scratch.url.starts_with("postgres") {
        // Each deed is the caller's own transaction there: a panic is the caller's.
        return;
    }
    let refused = scratch
        .store
        .write::<(), DbErr, _>(|_| Box::pin(async { panic!("on purpose") }))
        .await;
    assert!(refused.is_err());
    assert!(mark(&scratch.store, "after".into(), false).await.unwrap());
}

#[tokio::test]
async fn a_caller_that_goes_away_neither_blocks_the_door_nor_half_does_its_deed() {
    let scratch = scratch::store().await;
    let begun = Arc::new(AtomicBool::new(false));
    let (store, begins) = (scratch.store.clone(), Arc::clone(&begun));
    let caller = tokio::spawn(async move {
        store
            .write::<_, DbErr, _>(move |tx| {
                Box::pin(async move {
                    seen::mark(tx, "first-half", "origin", 1).await?;
                    begins.store(true, Ordering::SeqCst);
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                    seen::mark(tx, "second-half", "origin", 1).await
                })
            })
            .await
    });
    while !begun.load(Ordering::SeqCst) {
        tokio::task::yield_now().await;
    }
    caller.abort();
    assert!(mark(&scratch.store, "next".into(), false).await.unwrap());
    let db = scratch.store.read();
    let halves = [
        seen::contains(db, "first-half", "origin").await.unwrap(),
        seen::contains(db, "second-half", "origin").await.unwrap(),
    ];
    assert_eq!(halves[0], halves[1], "all or nothing");
}

/// Each holds what the other wants next, as two activities that touch the same two accounts may: on PostgreSQL one of them is
/// undone, and nobody may see that.
#[tokio::test]
async fn deeds_that_wait_for_each_other_are_all_done_once() {
    let scratch = scratch::store().await;
    scratch::three_people(&scratch.store).await;
    let is_shared = scratch.url.starts_with("postgres");
    let (met, undone) = (Arc::new(Barrier::new(2)), Arc::new(AtomicUsize::new(0)));
    let deeds = [(1, 2), (2, 1)].map(|(first, second)| {
        let store = scratch.store.clone();
        let (met, undone) = (Arc::clone(&met), Arc::clone(&undone));
        let begun = Arc::new(AtomicBool::new(false));
        tokio::spawn(async move {
            store
                .write::<_, DbErr, _>(move |tx| {
                    Box::pin(async move {
                        one_more_post(tx, first).await?;
                        if begun.swap(true, Ordering::SeqCst) {
                            undone.fetch_add(1, Ordering::SeqCst);
                        } else if is_shared {
                            met.wait().await;
                        }
                        one_more_post(tx, second).await
                    })
                })
                .await
        })
    });
    for deed in deeds {
        deed.await.unwrap().unwrap();
    }
    assert_eq!(undone.load(Ordering::SeqCst), usize::from(is_shared));
    for id in [1, 2] {
        let row = accounts::by_id(scratch.store.read(), id).await.unwrap();
        assert_eq!(row.unwrap().posts, 2, "account {id}");
    }
}

async fn one_more_post(tx: &Tx, account: i64) -> Result<(), DbErr> {
    let sql = format!("UPDATE account SET posts = posts + 1 WHERE id = {account}");
    tx.execute_unprepared(&sql).await.map(drop)
}

/// In every order, by as many at once as there are connections, one of whom fails for a reason of its own: it is told of that.
#[tokio::test]
async fn many_deeds_on_the_same_rows_all_come_to_their_end() {
    let scratch = scratch::store().await;
    scratch::three_people(&scratch.store).await;
    let deeds = (0..4_i64).map(|n| {
        let store = scratch.store.clone();
        tokio::spawn(async move {
            store
                .write::<_, DbErr, _>(move |tx| {
                    Box::pin(async move {
                        for step in 0..3 {
                            let turn = if n % 2 == 0 { n + step } else { n - step };
                            one_more_post(tx, 1 + turn.rem_euclid(3)).await?;
                            tokio::task::yield_now().await;
                        }
                        if n == 0 {
                            return Err(DbErr::Custom("refused".into()));
                        }
                        Ok(())
                    })
                })
                .await
        })
    });
    for (n, deed) in deeds.collect::<Vec<_>>().into_iter().enumerate() {
        match deed.await.unwrap() {
            Ok(()) => assert_ne!(n, 0),
            Err(err) => assert_eq!((n, err), (0, DbErr::Custom("refused".into()))),
        }
    }
    for id in 1..=3 {
        let row = accounts::by_id(scratch.store.read(), id).await.unwrap();
        assert_eq!(row.unwrap().posts, 3, "account {id}");
    }
}

#[tokio::test]
async fn what_was_acknowledged_is_there_when_the_database_is_opened_anew() {
    let scratch = scratch::store().await;
    assert!(mark(&scratch.store, "kept".into(), false).await.unwrap());
    let again = StoreOptions {
        url: scratch.url.clone(),
        connections: 2,
    };
    let reopened = Store::open(again).await.unwrap();
    assert!(
        seen::contains(reopened.read(), "kept", "origin")
            .await
            .unwrap()
    );
    assert!(
        !mark(&reopened, "kept".into(), false).await.unwrap(),
        "seen before"
    );
}

#[tokio::test]
async fn two_processes_that_start_at_once_both_find_a_migrated_database() {
    let scratch = scratch::store().await;
    let open = || {
        Store::open(StoreOptions {
            url: scratch.url.clone(),
            connections: 2,
        })
    };
    let (one, other) = tokio::join!(open(), open());
    assert!(one.is_ok() && other.is_ok());
}

#[tokio::test]
async fn a_snapshot_does_not_see_what_is_written_meanwhile() {
    let scratch = scratch::store().await;
    scratch::three_people(&scratch.store).await;
    let snapshot = scratch.store.snapshot().await.unwrap();
    assert!(posts::by_id(&snapshot, 10).await.unwrap().is_none());
    let inserted = scratch
        .store
        .write::<_, DbErr, _>(|tx| Box::pin(posts::insert(tx, scratch::post(10, 1, "public"))))
        .await;
    assert!(inserted.unwrap());
    assert!(
        posts::by_id(&snapshot, 10).await.unwrap().is_none(),
        "still the old view"
    );
    drop(snapshot);
    assert!(
        posts::by_id(scratch.store.read(), 10)
            .await
            .unwrap()
            .is_some()
    );
}

async fn run(store: &Store, sql: &'static str) -> Result<(), DbErr> {
    store
        .write(move |tx| Box::pin(async move { tx.execute_unprepared(sql).await.map(|_| ()) }))
        .await
}

/// What SQLite may do by itself on a full disk: the whole transaction is gone, under the feet of the deed. The library goes
/// on counting it as open, and would take later transactions for parts of it.
#[tokio::test]
async fn a_connection_whose_transaction_was_given_up_is_replaced() {
    let scratch = scratch::store().await;
    if scratch.url.starts_with("postgres") {
        return;
    }
    run(
        &scratch.store,
        "CREATE TEMP TABLE of_this_connection (n INTEGER)",
    )
    .await
    .unwrap();
    run(&scratch.store, "SELECT * FROM of_this_connection")
        .await
        .unwrap();
    assert!(
        run(&scratch.store, "ROLLBACK").await.is_err(),
        "what was lost is not acknowledged"
    );
    assert!(
        run(&scratch.store, "SELECT * FROM of_this_connection")
            .await
            .is_err()
    );
    for n in 0..3 {
        assert!(
            mark(&scratch.store, format!("after-{n}"), false)
                .await
                .unwrap()
        );
        let there = seen::contains(scratch.store.read(), &format!("after-{n}"), "origin").await;
        assert!(there.unwrap());
    }
}

#[tokio::test]
async fn a_full_disk_refuses_writes_and_harms_nothing_that_stands() {
    let scratch = scratch::store().await;
    if scratch.url.starts_with("postgres") {
        return;
    }
    assert!(mark(&scratch.store, "before".into(), false).await.unwrap());
    let full = scratch
        .store
        .write::<(), DbErr, _>(|tx| {
            Box::pin(async move {
                tx.execute_unprepared("PRAGMA max_page_count = 1").await?;
                for n in 0..100 {
                    let long = format!("{n}-{}", "x".repeat(10_000));
                    seen::mark(tx, &long, "origin", 1).await?;
                }
                Ok(())
            })
        })
        .await;
    assert!(full.unwrap_err().to_string().contains("full"));
    run(&scratch.store, "PRAGMA max_page_count = 1000000")
        .await
        .unwrap();
    assert!(mark(&scratch.store, "after".into(), false).await.unwrap());
    for uri in ["before", "after"] {
        assert!(
            seen::contains(scratch.store.read(), uri, "origin")
                .await
                .unwrap()
        );
    }
}

#[tokio::test]
async fn a_copy_holds_what_was_written() {
    let scratch = scratch::store().await;
    if scratch.url.starts_with("postgres") {
        return;
    }
    assert!(mark(&scratch.store, "kept".into(), false).await.unwrap());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy's.sqlite");
    scratch.store.copy_to(&path).await.unwrap();
    let url = format!("sqlite://{}", path.display());
    let copy = Store::open(StoreOptions {
        url,
        connections: 2,
    })
    .await
    .unwrap();
    assert!(seen::contains(copy.read(), "kept", "origin").await.unwrap());
}
