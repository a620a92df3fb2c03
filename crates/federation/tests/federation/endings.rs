//! What is taken back, refused for good or closed.

use parvis_model::{account::Role, audience::Audience, id::Id};
use parvis_store::{accounts as rows, follows as follow_rows, relations};
use parvis_testkit::{Actor, Remote, actor::marker, keys};
use parvis_town::{Viewer, accounts, posts, users};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::{
    node::{Node, eventually},
    strangers::document,
};

/// A town with Lea, and Paul of another server.
struct Scene {
    node: Node,
    lea: Id,
    paul: Actor,
    _remote: Remote,
}

impl Scene {
    async fn set() -> Self {
        let remote = Remote::open().await;
        let paul = remote.host("loin").actor("paul", keys::first(), |_| ());
        let node = Node::start("valmont").await;
        let lea = node.resident("lea").await;
        Self {
            node,
            lea,
            paul,
            _remote: remote,
        }
    }

    async fn sent(&self, document: &Value) {
        let inbox = format!("{}/ap/inbox", self.node.town.origin);
        assert_eq!(self.paul.post(&inbox, document).await.status, 202);
    }

    /// Undoes an activity by naming it, and nothing more.
    async fn undone(&self, activity: &Value) {
        self.sent(&self.paul.activity("Undo", &activity["id"]))
            .await;
    }

    fn lea_uri(&self) -> Value {
        json!(format!("{}/ap/actors/{}", self.node.town.origin, self.lea))
    }

    async fn paul_here(&self) -> Id {
        let row = rows::by_uri(self.node.town.store.read(), &self.paul.id).await;
        row.unwrap().unwrap().id
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_undone_by_its_address_alone_is_undone() {
    let scene = Scene::set().await;
    let (town, lea) = (&scene.node.town, scene.lea);
    let db = town.store.read();
    let post = scene
        .node
        .posts(lea, "Bonjour", Audience::Public, None)
        .await;
    let object = json!(format!("{}/ap/objects/{post}", town.origin));

    let follow = scene.paul.activity("Follow", &scene.lea_uri());
    scene.sent(&follow).await;
    let paul = scene.paul_here().await;
    let following = || follow_rows::between(db, paul, lea);
    assert!(following().await.unwrap().is_some());
    scene.undone(&follow).await;
    assert!(following().await.unwrap().is_none());
    let view = accounts::view(town, &Viewer::nobody(), lea).await.unwrap();
    assert_eq!(view.followers, 0);

    let counts = || async {
        let view = posts::view(town, &Viewer::nobody(), post).await.unwrap();
        (view.favourites, view.boosts)
    };
    let (like, boost) = (
        scene.paul.activity("Like", &object),
        scene.paul.activity("Announce", &object),
    );
    scene.sent(&like).await;
    scene.sent(&boost).await;
    assert_eq!(counts().await, (1, 1));
    scene.undone(&like).await;
    scene.undone(&boost).await;
    assert_eq!(counts().await, (0, 0));

    let block = scene.paul.activity("Block", &scene.lea_uri());
    scene.sent(&block).await;
    assert!(relations::is_blocked(db, paul, lea).await.unwrap());
    scene.undone(&block).await;
    assert!(!relations::is_blocked(db, paul, lea).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_undone_before_it_came_does_not_count() {
    let scene = Scene::set().await;
    let follow = scene.paul.activity("Follow", &scene.lea_uri());
    scene.undone(&follow).await;
    scene.sent(&follow).await;
    let nobody = Viewer::nobody();
    let view = accounts::view(&scene.node.town, &nobody, scene.lea).await;
    assert_eq!(view.unwrap().followers, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_town_itself_is_nobody_to_follow() {
    let scene = Scene::set().await;
    let town = format!("{}/ap/actor", scene.node.town.origin);
    let follow = scene.paul.activity("Follow", &json!(town));
    scene.sent(&follow).await;
    eventually("an answer", || async {
        (scene.paul.host.accepted_of("Reject").len() == 1).then_some(())
    })
    .await;
    let reject = scene.paul.host.accepted_of("Reject").remove(0);
    assert_eq!(reject["actor"], json!(town));
    assert_eq!(reject["object"]["id"], follow["id"]);
    let paul = scene.paul_here().await;
    let actor = scene.node.town.profile().actor_id;
    let db = scene.node.town.store.read();
    assert!(
        follow_rows::between(db, paul, actor)
            .await
            .unwrap()
            .is_none()
    );
}

async fn closed(node: &Node, account: Id) {
    let town = node.town.clone();
    node.write(move |tx| Box::pin(async move { accounts::close(tx, &town, account).await }))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_account_is_gone_here_and_everywhere() {
    let (valmont, rive) = tokio::join!(Node::start("valmont"), Node::start("rivebelle"));
    let alice = valmont.resident("alice").await;
    let bruno = rive.resident("bruno").await;
    let handle = format!("@alice@{}", valmont.host());
    let alice_there = rive.follows(bruno, &handle).await;
    rive.settles().await;
    let words = marker("adieu");
    let post = valmont.posts(alice, &words, Audience::Public, None).await;
    rive.reads(bruno, &words).await;
    closed(&valmont, alice).await;
    closed(&valmont, alice).await;

    eventually("the other town forgets", || async {
        let row = rows::by_id(rive.town.store.read(), alice_there).await;
        row.unwrap().is_none().then_some(())
    })
    .await;
    assert!(rive.home(bruno).await.is_empty());
    let bruno_now = accounts::view(&rive.town, &Viewer::nobody(), bruno).await;
    assert_eq!(bruno_now.unwrap().following, 0);

    for path in [format!("/ap/actors/{alice}"), format!("/ap/objects/{post}")] {
        let (status, stone) = document(&valmont, &path).await;
        assert_eq!(
            (status, &stone["type"]),
            (StatusCode::GONE, &json!("Tombstone"))
        );
    }
    let asked = format!(
        "/.well-known/webfinger?resource=acct:alice@{}",
        valmont.host()
    );
    assert_eq!(document(&valmont, &asked).await.0, StatusCode::GONE);
    for list in ["outbox", "followers", "following", "featured"] {
        let path = format!("/ap/actors/{alice}/{list}");
        assert_eq!(document(&valmont, &path).await.0, StatusCode::NOT_FOUND);
    }
    let person = parvis_model::account::AccountKind::Person;
    let again = users::prepare_account(
        &valmont.town,
        "alice",
        None,
        "le vieux pont".into(),
        Role::Resident,
        person,
    );
    let town = valmont.town.clone();
    let taken = match again.await {
        Ok(prepared) => {
            let store = &valmont.town.store;
            store
                .write(move |tx| Box::pin(async move { users::sign_up(tx, &town, prepared).await }))
                .await
                .map(|_| ())
        }
        Err(refused) => Err(refused),
    };
    assert!(taken.is_err(), "the name is never given again");
    let town = valmont.town.clone();
    let back = valmont
        .town
        .store
        .write(move |tx| Box::pin(async move { accounts::unsuspend(tx, &town, alice).await }));
    assert!(back.await.is_err(), "nobody comes back from there");
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_ever_got_something_hear_of_the_end() {
    let scene = Scene::set().await;
    let follow = scene.paul.activity("Follow", &scene.lea_uri());
    scene.sent(&follow).await;
    scene.node.settles().await;
    scene.undone(&follow).await;
    closed(&scene.node, scene.lea).await;
    scene.node.settles().await;
    let deletes = scene.paul.host.accepted_of("Delete");
    assert_eq!(deletes.len(), 1);
    assert_eq!(
        (&deletes[0]["actor"], &deletes[0]["object"]),
        (&scene.lea_uri(), &scene.lea_uri())
    );
    // Nobody can write to her any more.
    let inbox = format!("{}/inbox", scene.lea_uri().as_str().unwrap());
    assert_eq!(scene.paul.post(&inbox, &follow).await.status, 410);
}
