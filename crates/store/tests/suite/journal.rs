//! The journal's readers miss nothing and step on nobody's toes.

use std::sync::Arc;

use parvis_store::{DbErr, Store, journal, journal::Position};
use tokio::sync::Notify;

use crate::scratch;

async fn append(store: &Store, id: i64) {
    store
        .write::<_, DbErr, _>(move |tx| {
            Box::pin(async move { journal::append(tx, id, format!("entry {id}"), 0).await })
        })
        .await
        .unwrap();
}

async fn read(store: &Store, from: Position) -> Vec<journal::Written> {
    journal::after(store.read(), from, 100).await.unwrap()
}

/// On PostgreSQL an open transaction, such as the server's own tidying, holds back what readers see: wait for `count` entries.
async fn read_all(store: &Store, from: Position, count: usize) -> Vec<journal::Written> {
    for _ in 0..500 {
        let rows = read(store, from).await;
        if rows.len() >= count {
            return rows;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("{count} entries never came into sight");
}

#[tokio::test]
async fn entries_are_read_once_each_and_in_order() {
    let scratch = scratch::store().await;
    for id in 1..=5 {
        append(&scratch.store, id).await;
    }
    let first = read_all(&scratch.store, Position::default(), 5).await;
    assert_eq!(
        first.iter().map(|row| row.id).collect::<Vec<_>>(),
        [1, 2, 3, 4, 5]
    );
    append(&scratch.store, 6).await;
    let next = read_all(&scratch.store, first[4].position(), 1).await;
    assert_eq!(next.len(), 1);
    assert_eq!(next[0].entry, "entry 6");
}

#[tokio::test]
async fn an_entry_committed_late_is_not_jumped_over() {
    let scratch = scratch::store().await;
    let store = scratch.store.clone();
    let (begin, mut begun) = tokio::sync::mpsc::channel(1);
    let slow = tokio::spawn(async move {
        store
            .write::<_, DbErr, _>(move |tx| {
                Box::pin(async move {
                    journal::append(tx, 1, "slow".into(), 0).await?;
                    begin.send(()).await.ok();
                    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
                    Ok(())
                })
            })
            .await
            .unwrap();
    });
    begun.recv().await.unwrap();
    append(&scratch.store, 2).await;
    // A reader that looks now, and again later from where it then stood, gets both.
    let mut got = read(&scratch.store, Position::default()).await;
    slow.await.unwrap();
    let from = got
        .last()
        .map_or_else(Position::default, journal::Written::position);
    let missing = 2 - got.len();
    got.extend(read_all(&scratch.store, from, missing).await);
    let mut ids: Vec<i64> = got.iter().map(|row| row.id).collect();
    ids.sort_unstable();
    assert_eq!(ids, [1, 2]);
}

#[tokio::test]
async fn what_another_database_is_busy_with_holds_up_nobody() {
    let (busy, scratch) = (scratch::store().await, scratch::store().await);
    let store = busy.store.clone();
    let (begin, mut begun) = tokio::sync::mpsc::channel(1);
    let end = Arc::new(Notify::new());
    let ended = end.clone();
    let long = tokio::spawn(async move {
        store
            .write::<_, DbErr, _>(move |tx| {
                Box::pin(async move {
                    journal::append(tx, 1, "long".into(), 0).await?;
                    begin.send(()).await.ok();
                    ended.notified().await;
                    Ok(())
                })
            })
            .await
            .unwrap();
    });
    begun.recv().await.unwrap();
    append(&scratch.store, 1).await;
    read_all(&scratch.store, Position::default(), 1).await;
    assert!(!long.is_finished());
    end.notify_one();
    long.await.unwrap();
}

#[tokio::test]
async fn only_one_of_two_processes_moves_a_reader_on() {
    let scratch = scratch::store().await;
    let step = |from: i64, to: i64| {
        let store = scratch.store.clone();
        async move {
            let at = |id| Position { tx: 0, id };
            store
                .write::<_, DbErr, _>(move |tx| {
                    Box::pin(journal::advance(tx, "reader", at(from), at(to)))
                })
                .await
                .unwrap()
        }
    };
    assert!(step(0, 10).await);
    assert!(!step(0, 12).await, "another was faster");
    assert!(step(10, 20).await);
}

#[tokio::test]
async fn only_what_every_reader_has_read_is_dropped() {
    let scratch = scratch::store().await;
    for id in 1..=4 {
        append(&scratch.store, id).await;
    }
    let written = read_all(&scratch.store, Position::default(), 4).await;
    let (second, third) = (written[1].position(), written[2].position());
    scratch
        .store
        .write::<_, DbErr, _>(move |tx| {
            Box::pin(async move {
                journal::advance(tx, "fast", Position::default(), third).await?;
                journal::advance(tx, "slow", Position::default(), second).await?;
                journal::prune(tx, &["fast", "slow"], i64::MAX, 100).await
            })
        })
        .await
        .unwrap();
    let left = read_all(&scratch.store, Position::default(), 2).await;
    assert_eq!(left.iter().map(|row| row.id).collect::<Vec<_>>(), [3, 4]);
}

#[tokio::test]
async fn an_entry_written_while_the_clock_was_set_back_is_read_all_the_same() {
    let scratch = scratch::store().await;
    append(&scratch.store, 1_000).await;
    let first = read_all(&scratch.store, Position::default(), 1).await[0].position();
    scratch
        .store
        .write::<_, DbErr, _>(move |tx| {
            Box::pin(async move {
                journal::advance(tx, "reader", Position::default(), first).await?;
                journal::prune(tx, &["reader"], i64::MAX, 100).await
            })
        })
        .await
        .unwrap();
    append(&scratch.store, 5).await;
    append(&scratch.store, 3).await;
    let later = read_all(&scratch.store, first, 2).await;
    let entries: Vec<&str> = later.iter().map(|row| row.entry.as_str()).collect();
    assert_eq!(entries, ["entry 5", "entry 3"]);
}
