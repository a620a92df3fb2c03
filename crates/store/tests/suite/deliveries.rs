//! The queue by server: who is due, in which line, and who has claimed whom.

use parvis_store::{
    Store, StoreOptions, accounts, copies,
    deliveries::{self, Lane, Seen},
    entity,
};

use crate::scratch::{self, Scratch};

const NOW: i64 = 1_000_000;

async fn write<F>(scratch: &Scratch, deed: F)
where
    F: for<'t> FnOnce(
            &'t parvis_store::Tx,
        )
            -> futures_util::future::BoxFuture<'t, Result<(), parvis_store::DbErr>>
        + Clone
        + Send
        + 'static,
{
    scratch.store.write(deed).await.unwrap();
}

/// An author with one activity about `object`, laid down for `hosts`.
async fn lay_down(scratch: &Scratch, id: i64, kind: &'static str, object: &str, hosts: &[&str]) {
    let object = object.to_owned();
    let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
    write(scratch, move |tx| {
        Box::pin(async move {
            let activity = entity::activity::Model {
                id,
                uri: format!("http://here.test/ap/activities/{id}"),
                actor_id: 1,
                kind: kind.into(),
                object_uri: object,
                json: "{}".into(),
                created_at: NOW,
                passing: false,
            };
            deliveries::insert_activity(tx, activity).await?;
            let mut number = deliveries::next_number(tx).await?;
            let mut rows = Vec::new();
            for host in &hosts {
                rows.push(entity::delivery::Model {
                    id: number,
                    activity_id: id,
                    inbox: format!("http://{host}/inbox"),
                    host: host.clone(),
                    state: deliveries::PENDING.into(),
                    status: None,
                    attempts: 0,
                    created_at: NOW,
                    settled_at: None,
                });
                number += 1;
            }
            deliveries::insert(tx, rows).await?;
            deliveries::line_up(tx, &hosts, NOW).await
        })
    })
    .await;
}

async fn author(scratch: &Scratch) {
    write(scratch, |tx| {
        Box::pin(async move {
            accounts::insert(tx, scratch::account(1, ""))
                .await
                .map(|_| ())
        })
    })
    .await;
}

async fn due(scratch: &Scratch, lane: Lane, now: i64) -> Vec<String> {
    deliveries::due_hosts(scratch.store.read(), lane, now, 10)
        .await
        .unwrap()
}

fn seen(failures: i32, due_at: i64) -> Seen {
    Seen {
        failures,
        failing_since: (failures > 0).then_some(NOW),
        next_attempt_at: if failures > 0 { due_at } else { 0 },
        last_success_at: (failures == 0).then_some(NOW),
        due_at,
    }
}

#[tokio::test]
async fn servers_stand_in_three_lines_and_leave_when_nothing_waits() {
    let scratch = scratch::store().await;
    author(&scratch).await;
    lay_down(&scratch, 10, "Create", "o", &["a.test", "b.test", "c.test"]).await;
    assert_eq!(due(&scratch, Lane::Untried, NOW).await.len(), 3);
    write(&scratch, |tx| {
        Box::pin(async move {
            let parcels = deliveries::for_host(tx, "a.test", 10).await?;
            assert_eq!(parcels[0].object_uri, "o");
            deliveries::settle(tx, &[parcels[0].id], deliveries::DELIVERED, None, NOW).await?;
            deliveries::set_peer(tx, "a.test", seen(0, NOW)).await?;
            deliveries::leave_line(tx, "a.test").await?;
            deliveries::set_peer(tx, "b.test", seen(3, NOW + 50)).await?;
            deliveries::leave_line(tx, "b.test").await
        })
    })
    .await;
    assert_eq!(due(&scratch, Lane::Proven, NOW).await, [""; 0]);
    assert_eq!(due(&scratch, Lane::Failing, NOW).await, [""; 0]);
    assert_eq!(due(&scratch, Lane::Failing, NOW + 50).await, ["b.test"]);
    assert_eq!(due(&scratch, Lane::Untried, NOW).await, ["c.test"]);
    let next = deliveries::next_attempt(scratch.store.read(), NOW).await;
    assert_eq!(next.unwrap(), Some(NOW + 50));
    lay_down(&scratch, 11, "Update", "o", &["a.test", "b.test"]).await;
    assert_eq!(due(&scratch, Lane::Proven, NOW).await, ["a.test"]);
    assert_eq!(
        due(&scratch, Lane::Failing, NOW).await,
        [""; 0],
        "who is away keeps its time"
    );
    let held = copies::holders(scratch.store.read(), "o", "", 10)
        .await
        .unwrap();
    let shown: Vec<_> = held
        .iter()
        .map(|it| (it.host.as_str(), it.since, it.waits))
        .collect();
    let expected = [
        ("a.test", Some(NOW), 1),
        ("b.test", None, 1),
        ("c.test", None, 1),
    ];
    assert_eq!(shown, expected);
}

#[tokio::test]
async fn a_deletion_is_counted_by_server_and_takes_the_words_back() {
    let scratch = scratch::store().await;
    author(&scratch).await;
    lay_down(&scratch, 10, "Create", "o", &["a.test", "b.test"]).await;
    lay_down(&scratch, 12, "Delete", "o", &["a.test", "a.test", "b.test"]).await;
    write(&scratch, |tx| {
        Box::pin(async move {
            deliveries::hush(tx, "o").await?;
            let mut parcels = deliveries::for_host(tx, "a.test", 10).await?;
            let half = parcels.pop().unwrap();
            deliveries::settle(tx, &[half.id], deliveries::DELIVERED, None, NOW + 5).await
        })
    })
    .await;
    let db = scratch.store.read();
    let create = deliveries::activity(db, 10).await.unwrap().unwrap();
    let delete = deliveries::activity(db, 12).await.unwrap().unwrap();
    assert_eq!((create.json.as_str(), delete.json.as_str()), ("", "{}"));
    let found = copies::deletions(db, 1, i64::MAX, 10).await.unwrap();
    let counted = |it: &copies::Deletion| (it.id, it.servers, it.confirmed, it.waiting);
    assert_eq!(
        found.iter().map(counted).collect::<Vec<_>>(),
        [(12, 2, 0, 2)],
        "one of two inboxes is not the server"
    );
    let one = copies::deletion(db, 1, "o").await.unwrap().unwrap();
    assert_eq!(one.servers, 2);
    assert!(copies::deletion(db, 2, "o").await.unwrap().is_none());
    assert_eq!(
        copies::holders(db, "o", "a.test", 10).await.unwrap().len(),
        1
    );
}

#[tokio::test]
async fn a_claim_keeps_others_off_and_ends_with_its_process() {
    let scratch = scratch::store().await;
    if !scratch.url.starts_with("postgres") {
        return;
    }
    let other = Store::open(StoreOptions {
        url: scratch.url.clone(),
        connections: 2,
    })
    .await
    .unwrap();
    let hosts = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<Vec<_>>()
    };
    let (mine, theirs) = (scratch.store.claims(), other.claims());
    assert_eq!(mine.take(hosts(&["a", "b"])).await.unwrap(), ["a", "b"]);
    assert_eq!(theirs.take(hosts(&["a", "b", "c"])).await.unwrap(), ["c"]);
    mine.release("a").await.unwrap();
    assert_eq!(theirs.take(hosts(&["a", "b"])).await.unwrap(), ["a"]);
    drop(mine);
    for _ in 0..100 {
        if theirs.take(hosts(&["b"])).await.unwrap() == ["b"] {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the claim of one who is gone stays");
}

#[tokio::test]
async fn processes_on_one_database_wake_each_other() {
    let scratch = scratch::store().await;
    if !scratch.url.starts_with("postgres") {
        return;
    }
    let other = Store::open(StoreOptions {
        url: scratch.url.clone(),
        connections: 2,
    })
    .await
    .unwrap();
    let heard = other.committed().notified();
    tokio::pin!(heard);
    heard.as_mut().enable();
    // Until it listens, which it does since it was asked for.
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    author(&scratch).await;
    let soon = std::time::Duration::from_millis(500);
    tokio::time::timeout(soon, heard).await.unwrap();
}
