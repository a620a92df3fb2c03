//! Keeping house: what is read and told goes, however much there is of it.

use std::collections::BTreeSet;

use parvis_model::{
    clock::{DAY, MINUTE},
    id::Id,
};
use parvis_store::{
    deliveries::{self, DELIVERED, PENDING, Seen},
    dialect,
    entity::{activity, delivery},
    journal, servers,
};
use parvis_town::{arrivals, readers};

use crate::scratch::{self, Scratch};

/// More than goes in one portion.
const MANY: i64 = 5_001;

/// Entries that nobody understands, so that no reader does anything with them.
async fn entries(t: &Scratch, many: i64) {
    let town = t.town.clone();
    deed!(t, |tx, _town| async {
        for _ in 0..many {
            journal::append(tx, town.ids.next(), "{}".into(), town.now()).await?;
        }
        Ok(())
    })
    .unwrap();
}

async fn left(t: &Scratch) -> i64 {
    let sql = "SELECT COUNT(*) FROM journal";
    dialect::number(t.town.store.read(), sql, []).await.unwrap()
}

#[tokio::test]
async fn a_long_journal_goes_in_portions_once_everybody_has_read_it() {
    let t = scratch::town().await;
    entries(&t, MANY).await;
    t.clock.advance(10 * MINUTE);
    assert_eq!(
        readers::prune(&t.town).await.unwrap(),
        0,
        "nobody has read it"
    );
    t.settles().await;
    let end = journal::end(t.town.store.read()).await.unwrap();
    let all = left(&t).await;
    deed!(t, |tx, _town| async {
        for reader in readers::ALL {
            let from = journal::position(tx, reader).await?;
            journal::advance(tx, reader, from, end).await?;
        }
        Ok(())
    })
    .unwrap();
    entries(&t, 1).await;
    assert_eq!(readers::prune(&t.town).await.unwrap(), all as u64);
    assert_eq!(left(&t).await, 1, "the newest has yet to be read");
}

/// An activity for one server, settled just now unless it waits.
async fn sent(
    t: &Scratch,
    by: Id,
    (kind, object): (&'static str, &'static str),
    host: &'static str,
    state: &'static str,
) -> Id {
    let id = t.town.ids.next();
    deed!(t, |tx, town| async {
        let now = town.now();
        let activity = activity::Model {
            id,
            uri: format!("http://valmont.test/ap/activities/{id}"),
            actor_id: by,
            kind: kind.into(),
            object_uri: object.into(),
            json: "{}".into(),
            created_at: now,
            passing: ["Like", "Undo"].contains(&kind),
        };
        deliveries::insert_activity(tx, activity).await?;
        let delivery = delivery::Model {
            id: deliveries::next_number(tx).await?,
            activity_id: id,
            inbox: format!("https://{host}/inbox"),
            host: host.into(),
            state: state.into(),
            status: None,
            attempts: 1,
            created_at: now,
            settled_at: (state != PENDING).then_some(now),
        };
        deliveries::insert(tx, vec![delivery]).await?;
        Ok(())
    })
    .unwrap();
    id
}

#[tokio::test]
async fn what_was_delivered_and_means_nothing_any_more_goes_after_a_month() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    let (a, b) = ("https://a.example/u", "https://b.example/u");
    let post = "http://valmont.test/ap/objects/1";
    sent(
        &t,
        marie,
        ("Like", "https://a.example/1"),
        "a.example",
        DELIVERED,
    )
    .await;
    sent(&t, marie, ("Follow", a), "a.example", DELIVERED).await;
    let waits = sent(
        &t,
        marie,
        ("Like", "https://b.example/1"),
        "b.example",
        PENDING,
    )
    .await;
    let stands = sent(&t, marie, ("Follow", b), "b.example", DELIVERED).await;
    sent(&t, marie, ("Undo", a), "a.example", DELIVERED).await;
    let told = sent(&t, marie, ("Create", post), "c.example", DELIVERED).await;
    t.clock.advance(29 * DAY);
    let late = sent(
        &t,
        marie,
        ("Like", "https://a.example/2"),
        "a.example",
        DELIVERED,
    )
    .await;
    readers::keep_house(&t.town).await.unwrap();
    let left = async || {
        let sql = "SELECT id FROM activity ORDER BY id";
        dialect::ids(t.town.store.read(), sql, []).await.unwrap()
    };
    assert_eq!(left().await.len(), 7, "it is too early");
    t.clock.advance(2 * DAY);
    readers::keep_house(&t.town).await.unwrap();
    assert_eq!(left().await, [waits, stands, told, late]);
    t.clock.advance(31 * DAY);
    readers::keep_house(&t.town).await.unwrap();
    assert_eq!(left().await, [waits, stands, told]);
    let deliveries_left = "SELECT COUNT(*) FROM delivery";
    let db = t.town.store.read();
    assert_eq!(dialect::number(db, deliveries_left, []).await.unwrap(), 3);
    // All of them are still told of Marie's end.
    let known = deliveries::inboxes_of_actor(db, marie).await.unwrap();
    let known: BTreeSet<String> = known.into_iter().collect();
    let all = ["a", "b", "c"].map(|host| format!("https://{host}.example/inbox"));
    assert_eq!(known, BTreeSet::from(all));
}

#[tokio::test]
async fn servers_that_nobody_had_to_do_with_for_long_are_forgotten() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    t.stranger("paul").await;
    let mut anna = scratch::stranger("anna", "name.example");
    anna.inbox = "https://home.example/u/anna/inbox".into();
    deed!(t, |tx, town| arrivals::account(tx, town, anna)).unwrap();
    sent(
        &t,
        marie,
        ("Like", "https://waits.example/1"),
        "waits.example",
        PENDING,
    )
    .await;
    deed!(t, |tx, town| async {
        let now = town.now();
        let hosts = [
            "far.example",
            "home.example",
            "home.exampl",
            "idle.example",
            "dead.example",
            "lately.example",
            "waits.example",
        ];
        for host in hosts {
            let dead = host == "dead.example";
            let lately = now
                + if host == "lately.example" {
                    80 * DAY
                } else {
                    0
                };
            let seen = Seen {
                failures: i32::from(dead),
                failing_since: dead.then_some(now),
                next_attempt_at: if dead { now } else { 0 },
                last_success_at: (!dead).then_some(lately),
                due_at: now,
            };
            deliveries::set_peer(tx, host, seen).await?;
            deliveries::leave_line(tx, host).await?;
        }
        servers::block(tx, "barred.example", now).await?;
        Ok(())
    })
    .unwrap();
    let left = async || {
        let sql = "SELECT host FROM peer ORDER BY host";
        dialect::texts(t.town.store.read(), sql, []).await.unwrap()
    };
    t.clock.advance(89 * DAY);
    readers::keep_house(&t.town).await.unwrap();
    assert_eq!(left().await.len(), 8, "it is too early");
    t.clock.advance(2 * DAY);
    readers::keep_house(&t.town).await.unwrap();
    let expected = [
        "barred.example",
        "far.example",
        "home.example",
        "lately.example",
        "waits.example",
    ];
    assert_eq!(left().await, expected);
}
