//! What others do beside posting: groups that pass things on, accounts that move, pins, reports; and what we send of it.

use parvis_model::{
    account::{AccountKind, Role},
    audience::Audience,
    id::Id,
};
use parvis_store::{
    accounts as rows, follows as follow_rows, pins as pin_rows, posts as post_rows,
};
use parvis_testkit::{
    Actor, Host, Remote,
    actor::{marker, stamp},
    keys,
};
use parvis_town::{Failure, Viewer, accounts, follows, moves, pins, posts, reports, users};
use serde_json::{Value, json};

use crate::{
    node::{Node, eventually},
    strangers::document,
};

/// A town in which Lea follows a group on one server; Paul of another writes in it.
struct Scene {
    node: Node,
    lea: Id,
    far: Host,
    group: Actor,
    paul: Actor,
    _remote: Remote,
}

impl Scene {
    async fn set() -> Self {
        let remote = Remote::open().await;
        let far = remote.host("loin");
        let group = remote.host("club").actor("jardin", keys::first(), |group| {
            group["type"] = json!("Group");
        });
        let featured = far.url("/users/paul/featured");
        let paul = far.actor("paul", keys::second(), |paul| {
            paul["featured"] = json!(featured);
        });
        let node = Node::start("valmont").await;
        let lea = node.resident("lea").await;
        let scene = Self {
            node,
            lea,
            far,
            group,
            paul,
            _remote: remote,
        };
        scene.befriend(&scene.group).await;
        scene
    }

    /// Lea follows somebody, who agrees.
    async fn befriend(&self, who: &Actor) -> Id {
        let here = self.node.follows(self.lea, &who.handle()).await;
        let asked = eventually("the follow", || async {
            who.host
                .accepted_of("Follow")
                .into_iter()
                .find(|follow| follow["object"] == json!(who.id))
        })
        .await;
        self.sent(who, &who.activity("Accept", &asked)).await;
        here
    }

    async fn sent(&self, by: &Actor, document: &Value) {
        let inbox = format!("{}/ap/inbox", self.node.town.origin);
        assert_eq!(by.post(&inbox, document).await.status, 202);
    }

    /// The group hands on what a member did.
    async fn passed_on(&self, activity: &Value) {
        self.sent(&self.group, &self.group.addressed("Announce", activity))
            .await;
    }

    async fn row(&self, uri: &Value) -> Option<parvis_store::entity::post::Model> {
        post_rows::by_uri(self.node.town.store.read(), uri.as_str().unwrap())
            .await
            .unwrap()
    }

    async fn here(&self, who: &Actor) -> parvis_store::entity::account::Model {
        let row = rows::by_uri(self.node.town.store.read(), &who.id).await;
        row.unwrap().unwrap()
    }

    async fn follows(&self, target: Id) -> bool {
        let db = self.node.town.store.read();
        follow_rows::between(db, self.lea, target)
            .await
            .unwrap()
            .is_some()
    }

    fn lea_uri(&self) -> String {
        format!("{}/ap/actors/{}", self.node.town.origin, self.lea)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_group_passes_on_is_asked_of_its_own_server() {
    let scene = Scene::set().await;
    let true_words = marker("vrai");
    let note = scene.paul.note(&true_words);
    scene.far.serve_document(&note);
    let mut forged = note.clone();
    forged["content"] = json!("<p>faux</p>");
    scene.passed_on(&scene.paul.create(&forged)).await;
    let shown = scene.node.home(scene.lea).await.remove(0);
    let boosted = shown.boost_of.unwrap();
    assert_eq!(shown.author.kind, AccountKind::Group);
    assert_eq!(boosted.author.handle, scene.paul.acct());
    assert!(boosted.html.contains(&true_words));

    let mut edited = scene.paul.note("corrigé");
    edited["id"] = note["id"].clone();
    scene.far.serve_document(&edited);
    scene
        .passed_on(&scene.paul.addressed("Update", &forged))
        .await;
    assert_eq!(scene.row(&note["id"]).await.unwrap().html, "<p>corrigé</p>");

    // Still there, so only taken out of the group; then gone for good.
    let removal = scene.paul.delete(&note);
    scene.far.serve_document(&edited);
    scene.passed_on(&removal).await;
    assert!(scene.row(&note["id"]).await.is_some());
    assert!(scene.node.home(scene.lea).await.is_empty());
    scene.passed_on(&scene.paul.delete(&note)).await;
    assert!(scene.row(&note["id"]).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_passed_on_by_a_group_is_no_boost() {
    let scene = Scene::set().await;
    let question = scene.paul.note(&marker("question"));
    let mut answer = scene.paul.note(&marker("réponse"));
    answer["inReplyTo"] = question["id"].clone();
    scene.far.serve_document(&question);
    scene.far.serve_document(&answer);
    scene.passed_on(&scene.paul.create(&answer)).await;
    let (question, answer) = (
        scene.row(&question["id"]).await.unwrap(),
        scene.row(&answer["id"]).await.unwrap(),
    );
    assert_eq!(answer.reply_to_id, Some(question.id));
    assert!(scene.node.home(scene.lea).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_answers_for_the_likes_of_its_own_people_only() {
    let scene = Scene::set().await;
    let post = scene
        .node
        .posts(scene.lea, "Bonjour", Audience::Public, None)
        .await;
    let object = json!(format!("{}/ap/objects/{post}", scene.node.town.origin));
    let member = scene.group.host.actor("membre", keys::first(), |_| ());
    scene.passed_on(&member.activity("Like", &object)).await;
    scene.passed_on(&scene.paul.activity("Like", &object)).await;
    let view = posts::view(&scene.node.town, &Viewer::nobody(), post)
        .await
        .unwrap();
    assert_eq!(view.favourites, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_without_a_time_is_read_and_an_overtaken_one_is_not() {
    let scene = Scene::set().await;
    scene.befriend(&scene.paul).await;
    let mut note = scene.paul.note("un");
    scene.sent(&scene.paul, &scene.paul.create(&note)).await;
    for (content, updated, reads) in [
        ("<p>deux</p>", Value::Null, "<p>deux</p>"),
        (
            "<p>trois</p>",
            json!("2040-01-01T00:00:00Z"),
            "<p>trois</p>",
        ),
        (
            "<p>ancien</p>",
            json!("2001-01-01T00:00:00Z"),
            "<p>trois</p>",
        ),
    ] {
        note["content"] = json!(content);
        note["updated"] = updated;
        scene
            .sent(&scene.paul, &scene.paul.addressed("Update", &note))
            .await;
        assert_eq!(scene.row(&note["id"]).await.unwrap().html, reads);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_undone_or_deleted_first_does_not_come_to_life() {
    let scene = Scene::set().await;
    scene.befriend(&scene.paul).await;
    let post = scene
        .node
        .posts(scene.lea, "Bonjour", Audience::Public, None)
        .await;
    let object = json!(format!("{}/ap/objects/{post}", scene.node.town.origin));
    for kind in ["Like", "Announce", "EmojiReact"] {
        let activity = scene.paul.activity(kind, &object);
        scene
            .sent(&scene.paul, &scene.paul.activity("Undo", &activity))
            .await;
        scene.sent(&scene.paul, &activity).await;
    }
    let view = posts::view(&scene.node.town, &Viewer::nobody(), post)
        .await
        .unwrap();
    assert_eq!((view.favourites, view.boosts), (0, 0));
    let note = scene.paul.note(&marker("trop tard"));
    scene.sent(&scene.paul, &scene.paul.delete(&note)).await;
    scene.sent(&scene.paul, &scene.paul.create(&note)).await;
    assert!(scene.row(&note["id"]).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn followers_go_along_with_who_moves_if_both_accounts_say_so() {
    let scene = Scene::set().await;
    let old = scene.befriend(&scene.paul).await;
    let new = scene.group.host.actor("paul2", keys::first(), |_| ());
    let moving = || {
        let mut moving = scene.paul.activity("Move", &json!(scene.paul.id));
        moving["target"] = json!(new.id);
        moving
    };
    let mut left = scene.paul.document();
    left["movedTo"] = json!(new.id);
    scene.far.serve_document(&left);
    scene.sent(&scene.paul, &moving()).await;
    assert!(scene.follows(old).await, "the new one says nothing of it");

    let lea = scene.lea;
    let store = &scene.node.town.store;
    let chosen = store.write::<_, Failure, _>(move |tx| {
        Box::pin(async move {
            follows::set_options(tx, lea, old, false, true).await?;
            follows::set_languages(tx, lea, old, &["fr".into()]).await
        })
    });
    chosen.await.unwrap();
    let mut arrived = new.document();
    arrived["alsoKnownAs"] = json!(scene.paul.id);
    new.host.serve_document(&arrived);
    scene.sent(&scene.paul, &moving()).await;
    let successor = scene.here(&new).await;
    assert!(!scene.follows(old).await && scene.follows(successor.id).await);
    let follow = follow_rows::between(store.read(), lea, successor.id).await;
    let follow = follow.unwrap().unwrap();
    let languages = follow.languages.as_deref();
    let alike = (follow.show_boosts, follow.notify, languages);
    assert_eq!(alike, (false, true, Some(" fr ")), "as she chose");
    assert_eq!(
        scene.here(&scene.paul).await.moved_to_id,
        Some(successor.id)
    );
    eventually("the follow of the new one", || async {
        let asked = new.host.accepted_of("Follow");
        asked
            .iter()
            .any(|follow| follow["object"] == json!(new.id))
            .then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_the_town_tells_it_once_the_new_account_agrees() {
    let scene = Scene::set().await;
    let lea = scene.lea;
    let follow = scene.paul.activity("Follow", &json!(scene.lea_uri()));
    scene.sent(&scene.paul, &follow).await;
    let new = scene.node.finds(&scene.paul.handle()).await;
    let leaves = || {
        let town = scene.node.town.clone();
        scene
            .node
            .town
            .store
            .write::<_, parvis_town::Failure, _>(move |tx| {
                Box::pin(async move { moves::leave(tx, &town, lea, new).await })
            })
    };
    assert!(leaves().await.is_err());
    let mut arrived = scene.paul.document();
    arrived["alsoKnownAs"] = json!([scene.lea_uri()]);
    scene.far.serve_document(&arrived);
    let update = scene.paul.addressed("Update", &arrived);
    scene.sent(&scene.paul, &update).await;
    leaves().await.unwrap();
    assert!(leaves().await.is_err(), "once in thirty days");
    scene.node.settles().await;
    let told = scene.far.accepted_of("Move").remove(0);
    assert_eq!(
        (&told["object"], &told["target"]),
        (&json!(scene.lea_uri()), &json!(scene.paul.id))
    );
    let (_, actor) = document(&scene.node, &scene.lea_uri()).await;
    assert_eq!(actor["movedTo"], json!(scene.paul.id));
}

#[tokio::test(flavor = "multi_thread")]
async fn pins_come_in_and_go_out() {
    let scene = Scene::set().await;
    scene.befriend(&scene.paul).await;
    let note = scene.paul.note(&marker("épinglé"));
    scene.sent(&scene.paul, &scene.paul.create(&note)).await;
    let featured = scene.here(&scene.paul).await.featured_uri;
    let featured = featured.expect("the actor names it");
    let aimed = |kind: &str, target: &str| {
        let mut aimed = scene.paul.activity(kind, &note["id"]);
        aimed["target"] = json!(target);
        aimed
    };
    let pinned = || async {
        let paul = scene.here(&scene.paul).await.id;
        pin_rows::count(scene.node.town.store.read(), paul)
            .await
            .unwrap()
    };
    scene
        .sent(
            &scene.paul,
            &aimed("Add", "https://elsewhere.example/featured"),
        )
        .await;
    assert_eq!(pinned().await, 0);
    scene.sent(&scene.paul, &aimed("Add", &featured)).await;
    assert_eq!(pinned().await, 1);
    scene.sent(&scene.paul, &aimed("Remove", &featured)).await;
    assert_eq!(pinned().await, 0);

    let follow = scene.paul.activity("Follow", &json!(scene.lea_uri()));
    scene.sent(&scene.paul, &follow).await;
    let lea = scene.lea;
    let post = scene
        .node
        .posts(lea, "Le règlement", Audience::Public, None)
        .await;
    let town = scene.node.town.clone();
    scene
        .node
        .write(move |tx| Box::pin(async move { pins::pin(tx, &town, lea, post).await }))
        .await;
    scene.node.settles().await;
    let told = scene.far.accepted_of("Add").remove(0);
    let list = format!("{}/featured", scene.lea_uri());
    assert_eq!(told["target"], json!(list));
    let (_, list) = document(&scene.node, &list).await;
    assert_eq!(list["orderedItems"], json!([told["object"]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_are_kept_for_the_staff_and_passed_on_without_a_name() {
    let scene = Scene::set().await;
    let lea = scene.lea;
    let post = scene
        .node
        .posts(lea, "Bonjour", Audience::Public, None)
        .await;
    let mut flag = scene.paul.activity(
        "Flag",
        &json!([
            scene.lea_uri(),
            format!("{}/ap/objects/{post}", scene.node.town.origin),
            "https://x.example/1"
        ]),
    );
    flag["content"] = json!("<b>Trop fort</b>");
    scene.sent(&scene.paul, &flag).await;
    let found = users::by_name(&scene.node.town, "lea").await.unwrap();
    let mut staff = found.unwrap();
    let meddled = reports::open(&scene.node.town, &staff).await;
    assert!(meddled.is_err(), "a resident is not of the staff");
    staff.role = Role::Moderator;
    let open = reports::open(&scene.node.town, &staff).await.unwrap();
    assert_eq!(
        (open[0].accused.id, open[0].comment.as_str()),
        (lea, "Trop fort")
    );
    assert_eq!(open[0].posts[0].id, post);

    let paul = scene.node.finds(&scene.paul.handle()).await;
    let complaint = reports::Complaint {
        accused: paul,
        comment: "Publicité".into(),
        forward: true,
        ..reports::Complaint::default()
    };
    let town = scene.node.town.clone();
    scene
        .node
        .write(move |tx| Box::pin(async move { reports::report(tx, &town, lea, complaint).await }))
        .await;
    scene.node.settles().await;
    let told = scene.far.accepted_of("Flag").remove(0);
    assert_eq!(
        told["actor"],
        json!(format!("{}/ap/actor", scene.node.town.origin))
    );
    assert_eq!(
        (&told["object"], &told["content"]),
        (&json!([scene.paul.id]), &json!("Publicité"))
    );
    assert!(!told.to_string().contains(&scene.lea_uri()));
    let (town, of_lea) = (scene.node.town.clone(), open[0].id);
    let closed = async |staff: users::UserView| {
        let here = town.clone();
        town.store
            .write::<_, Failure, _>(move |tx| {
                Box::pin(async move { reports::close(tx, &here, &staff, of_lea).await })
            })
            .await
    };
    let resident = users::UserView {
        role: Role::Resident,
        ..staff.clone()
    };
    assert!(closed(resident).await.is_err(), "nor closes one");
    let of =
        |open: Vec<reports::ReportView>| open.iter().map(|it| it.accused.id).collect::<Vec<_>>();
    let open = reports::open(&scene.node.town, &staff).await.unwrap();
    assert_eq!(of(open), [paul, lea]);
    closed(staff.clone()).await.unwrap();
    let open = reports::open(&scene.node.town, &staff).await.unwrap();
    assert_eq!(of(open), [paul]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_says_not_for_whom_it_is_may_be_read_by_who_asks() {
    let scene = Scene::set().await;
    let mut page = scene.paul.note(&marker("ouvert"));
    for member in ["to", "cc"] {
        page.as_object_mut().unwrap().remove(member);
    }
    page["audience"] = json!(scene.group.id);
    page["published"] = json!(stamp(1_735_732_800_000));
    scene.far.serve_document(&page);
    let found = scene
        .node
        .town
        .reach()
        .uri(&scene.node.town, page["id"].as_str().unwrap())
        .await;
    assert!(found.unwrap().is_some());
    assert_eq!(scene.row(&page["id"]).await.unwrap().audience, "unlisted");
    let view = accounts::by_acct(&scene.node.town, &scene.paul.acct())
        .await
        .unwrap();
    assert_eq!(view.unwrap().name, "paul");
}
