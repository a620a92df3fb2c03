//! Servers that are away for days, by a clock that the test holds; servers and inboxes that never come back.

use std::time::Duration;

use parvis_model::{
    audience::Audience,
    clock::{Clock, DAY, HOUR, Timestamp},
    id::Id,
};
use parvis_store::{deliveries, dialect, entity::peer};
use parvis_testkit::{Actor, Host, Manner, Remote, keys, letter};
use parvis_town::{
    Viewer, accounts,
    copies::{self, CopyState},
    posts, readers,
};
use serde_json::{Value, json};

use crate::node::{Node, eventually};

struct Scene {
    clock: Clock,
    /// Behind the servers of the others.
    remote: Remote,
    node: Node,
    lea: Id,
}

impl Scene {
    async fn set() -> Self {
        let clock = Clock::fixed(Clock::system().now());
        let node = Node::start_at("valmont", clock.clone()).await;
        let lea = node.resident("lea").await;
        Self {
            clock,
            remote: Remote::open().await,
            node,
            lea,
        }
    }

    /// Somebody of another server follows Lea.
    async fn follower(&self, host: &str, bend: impl FnOnce(&mut Value)) -> Actor {
        let actor = self.remote.host(host).actor("paul", keys::first(), bend);
        let lea = format!("{}/ap/actors/{}", self.node.town.origin, self.lea);
        let follow = actor.activity("Follow", &json!(lea));
        assert_eq!(self.sends(&actor, &follow).await, 202);
        eventually("the follow is answered", || async {
            (actor.host.accepted_of("Accept").len() == 1).then_some(())
        })
        .await;
        actor
    }

    /// Dated by the held clock.
    async fn sends(&self, actor: &Actor, document: &Value) -> u16 {
        let inbox = format!("{}/ap/inbox", self.node.town.origin);
        let mut letter = actor.letter(&inbox, document);
        let ahead = (self.clock.now() - Clock::system().now()) / 1_000;
        letter.date = Some(letter::date_at(ahead));
        letter.send().await.status
    }

    async fn posts(&self, text: &str) -> Id {
        self.node
            .posts(self.lea, text, Audience::Public, None)
            .await
    }

    /// Posted, and laid down for the followers' servers.
    async fn sends_off(&self, text: &str) -> Id {
        let post = self.posts(text).await;
        eventually("it is laid down", || async {
            (!self.ledger(post).await.is_empty()).then_some(())
        })
        .await;
        post
    }

    async fn edits(&self, post: Id, text: &str) {
        let draft = self
            .node
            .draft(self.lea, text, Audience::Public, None)
            .await;
        let (town, lea) = (self.node.town.clone(), self.lea);
        self.node
            .write(move |tx| {
                Box::pin(async move { posts::edit(tx, &town, lea, post, draft).await })
            })
            .await;
    }

    async fn deletes(&self, post: Id) {
        let (town, lea) = (self.node.town.clone(), self.lea);
        self.node
            .write(move |tx| Box::pin(async move { posts::delete(tx, &town, lea, post).await }))
            .await;
    }

    async fn peer(&self, host: &Host) -> Option<peer::Model> {
        deliveries::peer(self.node.town.store.read(), &host.authority)
            .await
            .unwrap()
    }

    async fn fails(&self, host: &Host, times: i32) {
        eventually("an attempt that fails", || async {
            self.peer(host).await.filter(|peer| peer.failures >= times)
        })
        .await;
    }

    /// Time passes, and a server that is away is tried once more.
    async fn days_pass_in_vain(&self, host: &Host, time: Timestamp) {
        let before = self.peer(host).await.map_or(0, |peer| peer.failures);
        self.clock.advance(time);
        self.fails(host, before + 1).await;
    }

    fn uri(&self, post: Id) -> String {
        format!("{}/ap/objects/{post}", self.node.town.origin)
    }

    /// (kind, state) of all that was laid down about a post.
    async fn ledger(&self, post: Id) -> Vec<(String, String)> {
        let db = self.node.town.store.read();
        let rows = deliveries::of_object(db, &self.uri(post), 50)
            .await
            .unwrap();
        rows.into_iter()
            .map(|(delivery, activity)| (activity.kind, delivery.state))
            .collect()
    }

    async fn state(&self, post: Id) -> Vec<CopyState> {
        let list = copies::of_post(&self.node.town, self.lea, post, None)
            .await
            .unwrap();
        list.copies.into_iter().map(|copy| copy.state).collect()
    }

    async fn followers(&self) -> i64 {
        let view = accounts::view(&self.node.town, &Viewer::nobody(), self.lea).await;
        view.unwrap().followers
    }
}

/// What arrived: kinds with the words of their object.
fn said(host: &Host) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let said = host.accepted().into_iter();
    said.filter(|document| document["type"] != "Accept")
        .map(|document| {
            (
                text(&document["type"]),
                text(&document["object"]["content"]),
            )
        })
        .collect()
}

fn pair(kind: &str, text: &str) -> (String, String) {
    (kind.to_owned(), format!("<p>{text}</p>"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_was_away_for_six_days_gets_everything_once_and_in_order() {
    let scene = Scene::set().await;
    let paul = scene.follower("loin", |_| ()).await;
    paul.host.goes_down();
    let first = scene.sends_off("un").await;
    scene.posts("deux").await;
    scene.edits(first, "un, en mieux").await;
    scene.fails(&paul.host, 1).await;
    let asked = paul.host.times_asked("/inbox");
    for time in [HOUR, DAY, 2 * DAY, 2 * DAY] {
        scene.days_pass_in_vain(&paul.host, time).await;
    }
    let tries = paul.host.times_asked("/inbox") - asked;
    assert!(tries <= 6, "{tries} attempts in five days");
    scene.sends_off("trois").await;
    paul.host.comes_back();
    scene.clock.advance(2 * DAY);
    scene.node.settles().await;
    let expected = [
        pair("Create", "un"),
        pair("Create", "deux"),
        pair("Update", "un, en mieux"),
        pair("Create", "trois"),
    ];
    assert_eq!(said(&paul.host), expected);
    // Written down after the deliveries themselves.
    eventually("it counts as a server that answers", || async {
        let peer = scene.peer(&paul.host).await;
        peer.filter(|peer| (peer.failures, peer.due_at) == (0, None))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_away_for_a_week_gets_no_news_and_who_is_away_for_a_month_is_dropped_until_heard_of()
{
    let scene = Scene::set().await;
    let paul = scene.follower("loin", |_| ()).await;
    let held = scene.posts("avant").await;
    scene.node.settles().await;
    assert_eq!(scene.state(held).await, [CopyState::Held]);
    paul.host.goes_down();
    let missed = scene.posts("manqué").await;
    scene.fails(&paul.host, 1).await;
    assert_eq!(scene.state(missed).await, [CopyState::Coming]);
    scene.days_pass_in_vain(&paul.host, 7 * DAY).await;
    assert_eq!(scene.state(missed).await, [CopyState::Unreached]);

    let unsent = scene.posts("pas pour lui").await;
    scene.deletes(held).await;
    eventually("the deletion is laid down", || async {
        let last = scene.ledger(held).await.pop();
        (last == Some(("Delete".into(), "pending".into()))).then_some(())
    })
    .await;
    assert_eq!(
        scene.ledger(unsent).await,
        [],
        "no rows for those who are away"
    );
    assert_eq!(scene.state(held).await, [CopyState::Silent]);

    scene.days_pass_in_vain(&paul.host, 24 * DAY).await;
    eventually("all is given up", || async {
        let waiting = deliveries::pending_count(scene.node.town.store.read()).await;
        (waiting.unwrap() == 0).then_some(())
    })
    .await;
    let given_up = ("Delete".to_owned(), "given_up".to_owned());
    assert_eq!(scene.ledger(held).await.pop(), Some(given_up));
    let asked = paul.host.times_asked("/inbox");
    scene.deletes(missed).await;
    eventually("the ledger says what could not be said", || async {
        let last = scene.ledger(missed).await.pop();
        (last == Some(("Delete".into(), "given_up".into()))).then_some(())
    })
    .await;
    assert_eq!(
        paul.host.times_asked("/inbox"),
        asked,
        "nobody tries any more"
    );

    paul.host.comes_back();
    scene.clock.advance(2 * HOUR);
    let hello = paul.activity("Like", &json!(scene.uri(unsent)));
    assert_eq!(scene.sends(&paul, &hello).await, 202);
    scene.posts("de retour").await;
    scene.node.settles().await;
    assert_eq!(said(&paul.host).last(), Some(&pair("Create", "de retour")));
}

fn without_shared_inbox(actor: &mut Value) {
    actor.as_object_mut().unwrap().remove("endpoints");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_follows_of_an_account_that_is_gone_end_and_those_behind_a_gate_in_disorder_stay() {
    let scene = Scene::set().await;
    let gone = scene.follower("parti", without_shared_inbox).await;
    let there = scene.follower("gate", without_shared_inbox).await;
    assert_eq!(scene.followers().await, 2);
    gone.host.usually(Manner::Answer(410));
    gone.host
        .serve("/users/paul", parvis_testkit::remote::Page::gone());
    there.host.next([Manner::Answer(404)]);
    scene.posts("un").await;
    eventually("one follow ends", || async {
        (scene.followers().await == 1).then_some(())
    })
    .await;
    scene.posts("deux").await;
    scene.node.settles().await;
    assert_eq!(said(&there.host), [pair("Create", "deux")]);
    let to_gone = gone.host.received();
    let creates = to_gone.iter().filter(|it| it.document["type"] == "Create");
    assert_eq!(creates.count(), 1, "nobody writes to who is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn when_a_shared_inbox_is_gone_the_own_one_is_used() {
    let scene = Scene::set().await;
    let paul = scene.follower("loin", |_| ()).await;
    paul.host.next([Manner::Answer(410)]);
    scene.posts("un").await;
    eventually("the own inbox is known to be the one", || async {
        let db = scene.node.town.store.read();
        let paul = parvis_store::accounts::by_uri(db, &paul.id).await.unwrap();
        paul.unwrap().shared_inbox.is_none().then_some(())
    })
    .await;
    scene.posts("deux").await;
    scene.node.settles().await;
    let last = paul.host.received().pop().unwrap();
    assert_eq!(
        (last.path.as_str(), last.answered),
        ("/users/paul/inbox", 202)
    );
    assert_eq!(scene.followers().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_post_that_breaks_a_server_is_set_aside_once_another_gets_through() {
    let scene = Scene::set().await;
    let paul = scene.follower("loin", |_| ()).await;
    paul.host.next([const { Manner::Answer(500) }; 5]);
    let broken = scene.posts("indigeste").await;
    scene.fails(&paul.host, 1).await;
    scene.posts("bien").await;
    for _ in 0..3 {
        scene.days_pass_in_vain(&paul.host, HOUR).await;
    }
    scene.clock.advance(HOUR);
    scene.node.settles().await;
    assert_eq!(said(&paul.host), [pair("Create", "bien")]);
    assert_eq!(scene.state(broken).await, [CopyState::Declined]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_answers_500_or_401_to_everything_loses_nothing() {
    let scene = Scene::set().await;
    let paul = scene.follower("loin", |_| ()).await;
    for status in [500, 401] {
        paul.host.usually(Manner::Answer(status));
        let word = |n| format!("{n} pendant {status}");
        scene.posts(&word(1)).await;
        scene.posts(&word(2)).await;
        scene.fails(&paul.host, 1).await;
        for _ in 0..7 {
            scene.days_pass_in_vain(&paul.host, 3 * HOUR).await;
        }
        paul.host.usually(Manner::Accept);
        scene.clock.advance(DAY);
        scene.node.settles().await;
        let said = said(&paul.host);
        let last: Vec<_> = said.iter().rev().take(2).rev().cloned().collect();
        assert_eq!(last, [pair("Create", &word(1)), pair("Create", &word(2))]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_to_wait_is_kept_to_and_bounded() {
    let scene = Scene::set().await;
    let paul = scene.follower("loin", |_| ()).await;
    paul.host
        .next([Manner::Later(429, 7_200), Manner::Later(503, 40_000_000)]);
    scene.posts("un").await;
    scene.fails(&paul.host, 1).await;
    let asked = || paul.host.times_asked("/inbox");
    let before = asked();
    scene.clock.advance(HOUR + 59 * parvis_model::clock::MINUTE);
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert_eq!(asked(), before, "two hours were asked for");
    scene
        .days_pass_in_vain(&paul.host, 2 * parvis_model::clock::MINUTE)
        .await;
    scene.clock.advance(DAY);
    scene.node.settles().await;
    assert_eq!(said(&paul.host), [pair("Create", "un")], "a day is enough");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_to_a_follow_is_kept_for_a_month_and_the_ledger_of_a_post_for_longer() {
    let scene = Scene::set().await;
    let paul = scene.follower("loin", |_| ()).await;
    let post = scene.sends_off("un").await;
    scene.node.settles().await;
    let answers = async || {
        let sql = "SELECT COUNT(*) FROM activity WHERE kind = 'Accept'";
        let db = scene.node.town.store.read();
        dialect::number(db, sql, []).await.unwrap()
    };
    assert_eq!(answers().await, 1);
    scene.clock.advance(31 * DAY);
    readers::keep_house(&scene.node.town).await.unwrap();
    assert_eq!(answers().await, 0);
    let kept = ("Create".to_owned(), "delivered".to_owned());
    assert_eq!(scene.ledger(post).await, [kept]);
    scene.deletes(post).await;
    eventually("the deletion arrives", || async {
        (paul.host.accepted_of("Delete").len() == 1).then_some(())
    })
    .await;
}
