//! Whose word it is: honest letters have their effect, and nobody speaks for another.

use parvis_model::audience::Audience;
use parvis_store::posts as rows;
use parvis_testkit::{Actor, Remote, actor::marker, keys};
use parvis_town::{Viewer, accounts, posts};
use serde_json::{Value, json};

use crate::node::Node;

/// A town in which Lea follows Victor of one server; Mallory of another is nobody's friend.
struct Scene {
    node: Node,
    lea: i64,
    victor: Actor,
    mallory: Actor,
    /// Victor as the town knows him.
    victor_here: i64,
    _remote: Remote,
}

impl Scene {
    async fn set() -> Self {
        let remote = Remote::open().await;
        let victor = remote.host("third").actor("victor", keys::first(), |_| ());
        let mallory = remote.host("evil").actor("mallory", keys::second(), |_| ());
        let node = Node::start("valmont").await;
        let lea = node.resident("lea").await;
        let victor_here = node.follows(lea, &victor.handle()).await;
        let scene = Self {
            node,
            lea,
            victor,
            mallory,
            victor_here,
            _remote: remote,
        };
        scene.node.settles().await;
        let follow = scene.victor.host.accepted_of("Follow").remove(0);
        let accept = scene.victor.activity("Accept", &follow);
        assert_eq!(scene.sent(&scene.victor, &accept).await, 202);
        scene
    }

    async fn sent(&self, by: &Actor, document: &Value) -> u16 {
        let inbox = format!("{}/ap/inbox", self.node.town.origin);
        by.post(&inbox, document).await.status
    }

    fn lea_uri(&self) -> String {
        format!("{}/ap/actors/{}", self.node.town.origin, self.lea)
    }

    async fn has(&self, post: &Value) -> bool {
        let uri = post["id"].as_str().unwrap();
        rows::by_uri(self.node.town.store.read(), uri)
            .await
            .unwrap()
            .is_some()
    }

    /// Victor's post as the town has it.
    async fn published(&self) -> Value {
        let note = self.victor.note(&marker("vrai"));
        assert_eq!(
            self.sent(&self.victor, &self.victor.create(&note)).await,
            202
        );
        assert!(self.has(&note).await);
        note
    }

    async fn words(&self, post: &Value) -> String {
        let uri = post["id"].as_str().unwrap();
        let row = rows::by_uri(self.node.town.store.read(), uri)
            .await
            .unwrap();
        row.unwrap().html
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn honest_letters_have_their_effect_once() {
    let scene = Scene::set().await;
    let note = scene.published().await;
    let relation = accounts::relation(&scene.node.town, scene.lea, scene.victor_here)
        .await
        .unwrap();
    assert!(relation.following);
    let again = scene.victor.create(&note);
    for _ in 0..3 {
        assert_eq!(scene.sent(&scene.victor, &again).await, 202);
    }
    assert_eq!(scene.node.home(scene.lea).await.len(), 1);
    assert_eq!(
        scene
            .sent(&scene.victor, &scene.victor.update(&note, "corrigé"))
            .await,
        202
    );
    assert!(scene.words(&note).await.contains("corrigé"));
    assert_eq!(
        scene.sent(&scene.victor, &scene.victor.delete(&note)).await,
        202
    );
    assert!(!scene.has(&note).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_writes_for_another() {
    let scene = Scene::set().await;
    let Scene {
        victor, mallory, ..
    } = &scene;
    // Said to be Victor's, and mentioning Lea, so that it would be wanted.
    let mut note = mallory.note_mentioning("faux", (&scene.lea_uri(), "@lea"));
    note["attributedTo"] = json!(victor.id);
    scene.sent(mallory, &mallory.create(&note)).await;
    assert!(!scene.has(&note).await, "another's name under it");
    let mut note = mallory.note_mentioning("faux", (&scene.lea_uri(), "@lea"));
    note["id"] = json!(victor.host.url("/notes/stolen"));
    scene.sent(mallory, &mallory.create(&note)).await;
    assert!(!scene.has(&note).await, "an address of another's server");
    let note = mallory.note_mentioning("faux", (&scene.lea_uri(), "@lea"));
    let mut create = mallory.create(&note);
    create["actor"] = json!(victor.id);
    assert_eq!(
        scene.sent(mallory, &create).await,
        401,
        "another's name, the own key"
    );
    assert!(!scene.has(&note).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_changes_or_deletes_what_is_not_theirs() {
    let scene = Scene::set().await;
    let note = scene.published().await;
    let before = scene.words(&note).await;
    let Scene {
        mallory,
        victor,
        node,
        ..
    } = &scene;
    scene
        .sent(
            mallory,
            &mallory.addressed(
                "Update",
                &json!({"id": note["id"], "type": "Note",
        "attributedTo": mallory.id, "content": "faux", "updated": "2099-01-01T00:00:00Z"}),
            ),
        )
        .await;
    scene
        .sent(mallory, &mallory.activity("Delete", &note["id"]))
        .await;
    scene
        .sent(
            mallory,
            &mallory.activity("Delete", &json!({"type": "Tombstone", "id": note["id"]})),
        )
        .await;
    scene
        .sent(mallory, &mallory.activity("Delete", &json!(victor.id)))
        .await;
    assert_eq!(scene.words(&note).await, before);
    let own = node.posts(scene.lea, "À moi", Audience::Public, None).await;
    let uri = format!("{}/ap/objects/{own}", node.town.origin);
    for kind in ["Delete", "Update"] {
        let object =
            json!({"id": uri, "type": "Note", "content": "faux", "attributedTo": scene.lea_uri()});
        scene.sent(mallory, &mallory.activity(kind, &object)).await;
    }
    let view = posts::view(&node.town, &Viewer::nobody(), own)
        .await
        .unwrap();
    assert!(view.html.contains("À moi"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_boost_shows_only_what_the_true_origin_shows() {
    let scene = Scene::set().await;
    let note = scene.mallory.note("le vrai texte");
    let mut forged = note.clone();
    forged["content"] = json!("<p>le faux texte</p>");
    let mut announce = scene.victor.activity("Announce", &forged);
    announce["to"] = json!(["https://www.w3.org/ns/activitystreams#Public"]);
    assert_eq!(scene.sent(&scene.victor, &announce).await, 202);
    assert!(scene.words(&note).await.contains("le vrai texte"));
    assert_eq!(scene.node.home(scene.lea).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_stranger_costs_no_question() {
    let scene = Scene::set().await;
    let host = scene.victor.host.clone();
    let stranger = Actor::new(host.clone(), "inconnu", keys::first());
    let delete = stranger.activity("Delete", &json!(stranger.id));
    assert_eq!(scene.sent(&stranger, &delete).await, 202);
    assert_eq!(host.times_asked("/users/inconnu"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_that_nobody_asked_for_is_not_kept() {
    let scene = Scene::set().await;
    let note = scene.mallory.note("réclame");
    assert_eq!(
        scene
            .sent(&scene.mallory, &scene.mallory.create(&note))
            .await,
        202
    );
    assert!(!scene.has(&note).await);
    let private = scene
        .mallory
        .note_to("secret", &["https://elsewhere.example/u"], &[]);
    assert_eq!(
        scene
            .sent(&scene.mallory, &scene.mallory.create(&private))
            .await,
        202
    );
    assert!(!scene.has(&private).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn late_and_early_things_end_as_they_should() {
    let scene = Scene::set().await;
    let Scene { victor, node, .. } = &scene;
    let note = victor.note("trop tard");
    let create = victor.create(&note);
    assert_eq!(scene.sent(victor, &victor.delete(&note)).await, 202);
    assert_eq!(scene.sent(victor, &create).await, 202);
    assert!(
        !scene.has(&note).await,
        "a deletion that overtakes its post"
    );
    let follow = victor.activity("Follow", &json!(scene.lea_uri()));
    assert_eq!(
        scene.sent(victor, &victor.activity("Undo", &follow)).await,
        202
    );
    assert_eq!(scene.sent(victor, &follow).await, 202);
    let lea = accounts::view(&node.town, &Viewer::nobody(), scene.lea)
        .await
        .unwrap();
    assert_eq!(lea.followers, 0, "an undo that overtakes its follow");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_key_is_asked_for_once_and_then_believed() {
    let scene = Scene::set().await;
    let host = scene.victor.host.clone();
    scene.published().await;
    let renewed = host.actor("victor", keys::second(), |_| ());
    let note = renewed.note("nouvelle clé");
    assert_eq!(scene.sent(&renewed, &renewed.create(&note)).await, 202);
    assert!(scene.has(&note).await);
    let old = scene.victor.note("ancienne clé");
    assert_eq!(
        scene.sent(&scene.victor, &scene.victor.create(&old)).await,
        401
    );
    assert!(!scene.has(&old).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn webfinger_of_one_server_names_nobody_of_another() {
    let scene = Scene::set().await;
    // The server of Mallory claims that her actor is Victor.
    scene.mallory.host.name("victor", &scene.victor.id);
    let found = scene
        .node
        .finds(&format!("@victor@{}", scene.mallory.authority()))
        .await;
    let view = accounts::view(&scene.node.town, &Viewer::nobody(), found)
        .await
        .unwrap();
    assert_eq!(view.handle, scene.victor.acct());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_of_the_same_name_does_not_push_a_person_out() {
    let scene = Scene::set().await;
    let host = scene.victor.host.clone();
    let group = host.actor("c/victor", keys::first(), |document| {
        document["type"] = json!("Group");
        document["preferredUsername"] = json!("victor");
    });
    let town = &scene.node.town;
    assert_eq!(town.reach().uri(town, &group.id).await.unwrap(), None);
    let view = accounts::view(town, &Viewer::nobody(), scene.victor_here)
        .await
        .unwrap();
    assert_eq!(view.uri, scene.victor.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn t023_a_letter_for_another_host_is_not_for_us() {
    let scene = Scene::set().await;
    let Scene { victor, node, .. } = &scene;
    let elsewhere = "http://rivebelle.localhost/ap/inbox";
    let inbox = format!("{}/ap/inbox", node.town.origin);
    let note = victor.note(&marker("ailleurs"));
    let honest = victor.letter(elsewhere, &victor.create(&note)).seal();
    let mut as_signed = honest.clone();
    as_signed.url.clone_from(&inbox);
    assert_eq!(as_signed.send().await.status, 421, "another host");
    let mut redirected = as_signed.clone();
    let ours = node.host().parse().unwrap();
    redirected.headers.insert("host", ours);
    assert_eq!(
        redirected.send().await.status,
        401,
        "another host was signed"
    );
    let doubled = redirected.with_header("host", "rivebelle.localhost");
    assert!(matches!(doubled.send().await.status, 400 | 401 | 421));
    assert!(!scene.has(&note).await);
    // The same letter to us is let in.
    assert_eq!(scene.sent(victor, &victor.create(&note)).await, 202);
    assert!(scene.has(&note).await);
}
