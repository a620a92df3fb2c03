//! Proofs in documents (FEP-8b32): what its author has proven is believed whoever passes it on, their server is not asked for
//! it, and nobody is believed about anybody else. What residents say to everyone bears one.

use parvis_testkit::{
    Actor, Host,
    actor::{PUBLIC, fresh, marker, now},
    eventually,
    keys::{self, Key},
    proof,
    resident::{any_holds, id},
    until,
};
use serde_json::{Value, json};
use url::Url;

use crate::place::Place;

/// A group elsewhere that Lea follows, and somebody of another server who writes in it.
struct Scene {
    place: Place,
    group: Actor,
    author: Actor,
}

/// Somebody who proves what they say with the test's first key on the curve.
fn author(host: &Host, name: &str) -> Actor {
    let of = Actor::new(host.clone(), name, keys::first());
    host.actor(name, keys::first(), |document| {
        document["assertionMethod"] = json!([of.multikey(keys::curve())]);
    })
}

/// A note that is not to be had from its server, unless it is served there.
fn note(author: &Actor, text: &str) -> Value {
    json!({"@context": "https://www.w3.org/ns/activitystreams",
        "id": author.host.url(&format!("/post/{}/", fresh())), "type": "Note", "attributedTo": author.id,
        "to": [PUBLIC], "cc": [author.followers()], "content": format!("<p>{text}</p>"), "published": now()})
}

fn path(note: &Value) -> String {
    let address = Url::parse(note["id"].as_str().unwrap()).unwrap();
    address.path().to_owned()
}

/// The note in other words.
fn reworded(note: &Value, text: &str) -> Value {
    let mut note = note.clone();
    note["content"] = json!(format!("<p>{text}</p>"));
    note
}

impl Scene {
    async fn set() -> Self {
        let place = Place::new().await;
        let group = place
            .remote
            .host("lemmy")
            .actor("jardin", keys::first(), |document| {
                document["type"] = json!("Group");
            });
        place.lea.follows_actor(&group).await;
        let author = author(&place.remote.host("mitra"), "rose");
        Self {
            place,
            group,
            author,
        }
    }

    async fn passes_on(&self, said: &Value) {
        let mut announce = self.group.activity("Announce", said);
        announce["to"] = json!([PUBLIC]);
        announce["cc"] = json!([self.group.followers()]);
        self.place.arrives(&self.group, &announce).await;
    }

    /// How often the author's server was asked for a post.
    fn asked(&self, post: &str) -> usize {
        self.author.host.times_asked(post)
    }

    async fn is_on_home(&self, text: &str) -> bool {
        any_holds(&self.place.lea.home().await, text)
    }

    /// Something in the author's name comes to nothing: what their server shows stands in its place.
    async fn is_not_believed(&self, what: &str, forge: impl Fn(&Value) -> Value) {
        let (text, word) = (marker("vrai"), marker("faux"));
        let note = note(&self.author, &text);
        self.author.host.serve_document(&note);
        let forged = self.author.create(&reworded(&note, &word));
        self.passes_on(&forge(&forged)).await;
        self.place.lea.reads_on_home(&text).await;
        assert_eq!(self.asked(&path(&note)), 1, "{what}");
        assert!(!self.is_on_home(&word).await, "{what}");
    }
}

#[tokio::test]
async fn what_its_author_has_proven_is_believed_without_asking_and_nobody_is_about_others() {
    let scene = Scene::set().await;
    let (author, lea) = (&scene.author, &scene.place.lea);

    // A post, by the proof of the Create or by its own; an edit; an answer that a third server forwards.
    let text = marker("prouvé");
    let first = note(author, &text);
    let create = author.proven(&author.create(&first));
    scene.passes_on(&create).await;
    let shared = lea.reads_on_home(&text).await["reblog"].clone();
    assert_eq!(shared["account"]["acct"], author.acct());
    let alone = marker("seul");
    scene.passes_on(&author.proven(&note(author, &alone))).await;
    lea.reads_on_home(&alone).await;
    let edited = marker("corrigé");
    let mut newer = reworded(&first, &edited);
    newer["updated"] = json!(now());
    let update = author.proven(&author.addressed("Update", &newer));
    scene.passes_on(&update).await;
    lea.reads_on_home(&edited).await;
    scene.passes_on(&create).await;
    assert!(!scene.is_on_home(&text).await, "an old word told again");
    let mine = lea.posts(&marker("question")).await;
    let reply = marker("réponse");
    let mut answer = note(author, &reply);
    answer["inReplyTo"] = mine["uri"].clone();
    let answers = author.create(&answer);
    let relay = scene.place.remote.host("relais").person("relais");
    let inbox = scene.place.town.shared_inbox();
    // The proven one first: what was lately not found is not asked for again.
    let proven = author.proven(&answers);
    relay.post(&inbox, &proven).await.expecting(202);
    assert_eq!(scene.asked("/post/"), 0, "its server was asked");
    lea.reads_under(&mine, &reply).await;

    // Without a proof all of that is asked for.
    let mut answer = note(author, &marker("sans preuve"));
    answer["inReplyTo"] = mine["uri"].clone();
    let unproven = author.create(&answer);
    relay.post(&inbox, &unproven).await.expecting(401);
    assert_eq!(scene.asked(&path(&answer)), 1);
    scene.is_not_believed("nothing proven", Value::clone).await;

    // Other words under a good proof, others' keys, a proof of something else or of another day.
    scene
        .is_not_believed("changed afterwards", |create| {
            let mut honest = create.clone();
            honest["object"]["content"] = json!("<p>autre</p>");
            let mut bent = author.proven(&honest);
            bent["object"]["content"] = create["object"]["content"].clone();
            bent
        })
        .await;
    let own = author.curve_key_id();
    let neighbour = self::author(&author.host, "voisine").curve_key_id();
    let mallory = self::author(&scene.place.remote.host("mallory"), "mallory").curve_key_id();
    let (first_key, second_key) = (keys::curve(), keys::second_curve());
    let (aside, past) = (("domain", "x.example"), "2025-01-01T00:00:00Z");
    let forgeries: [(&str, &String, &Key, (&str, &str)); 7] = [
        ("a foreign key", &own, second_key, aside),
        ("a neighbour's", &neighbour, first_key, aside),
        ("another server's", &mallory, first_key, aside),
        (
            "for else",
            &own,
            first_key,
            ("proofPurpose", "authentication"),
        ),
        (
            "early",
            &own,
            first_key,
            ("created", "2040-01-01T00:00:00Z"),
        ),
        ("of long ago", &own, first_key, ("created", past)),
        ("expired", &own, first_key, ("expires", past)),
    ];
    for (what, key_id, key, (member, value)) in forgeries {
        scene
            .is_not_believed(what, |create| {
                let mut options = proof::options(create, key_id);
                options[member] = json!(value);
                proof::signed(create, &options, key)
            })
            .await;
    }

    // A key that its owner names, but not for that; a post on another server than its author's.
    let of = Actor::new(author.host.clone(), "sans", keys::first());
    let unasserting = author.host.actor("sans", keys::first(), |document| {
        let first = document["publicKey"].take();
        document["publicKey"] = json!([first, {"id": of.curve_key_id(), "owner": of.id, "publicKeyPem": keys::curve().public_pem}]);
    });
    let (shown, word) = (marker("vrai"), marker("faux"));
    let honest = note(&unasserting, &shown);
    author.host.serve_document(&honest);
    let forged = unasserting.create(&reworded(&honest, &word));
    scene.passes_on(&unasserting.proven(&forged)).await;
    lea.reads_on_home(&shown).await;
    assert!(!scene.is_on_home(&word).await);
    let mut elsewhere = note(author, &word);
    elsewhere["id"] = json!(scene.group.host.url("/post/elsewhere"));
    scene.group.host.serve_document(&elsewhere);
    let elsewhere = author.proven(&author.create(&elsewhere));
    scene.passes_on(&elsewhere).await;
    assert!(!scene.is_on_home(&word).await);

    // An edit that is no newer than what is here.
    let path = path(&first);
    let asked = scene.asked(&path);
    author.host.serve_document(&newer);
    let replayed = author.addressed("Update", &reworded(&newer, &word));
    scene.passes_on(&author.proven(&replayed)).await;
    assert_eq!(scene.asked(&path), asked + 1);
    assert!(scene.is_on_home(&edited).await && !scene.is_on_home(&word).await);

    // Its end, proven badly and well; after that it does not come back.
    let asked = scene.asked(&path);
    let mut end = author.activity("Delete", &json!({"id": first["id"], "type": "Tombstone"}));
    end["to"] = json!([PUBLIC]);
    let options = proof::options(&end, &own);
    let forged = proof::signed(&end, &options, keys::second_curve());
    relay.post(&inbox, &forged).await.expecting(401);
    assert_eq!(scene.asked(&path), asked + 1);
    assert!(scene.is_on_home(&edited).await);
    let proven = author.proven(&end);
    relay.post(&inbox, &proven).await.expecting(202);
    assert_eq!(scene.asked(&path), asked + 1);
    assert_ne!(lea.status(id(&shared)).await.status, 200);
    scene.passes_on(&create).await;
    assert!(!scene.is_on_home(&text).await, "its first words");
    assert!(!scene.is_on_home(&edited).await, "its last words");
}

#[tokio::test]
async fn what_a_resident_says_to_everyone_bears_a_proof_that_holds_also_where_a_group_hands_it_on()
{
    let place = Place::new().await;
    let amap = place.town.association("amap", "lea").await;
    let paul = place.remote.host("far").person("paul");
    for followed in [&place.lea.uri, &amap.uri] {
        let follow = paul.activity("Follow", &json!(followed));
        place.arrives(&paul, &follow).await;
    }
    until("both accept", || async {
        paul.host.accepted_of("Accept").len() == 2
    })
    .await;
    let key_of = |uri: &str| {
        let path = uri.strip_prefix(&place.town.origin).unwrap().to_owned();
        let town = &place.town;
        async move {
            let actor = town.get_document(&path).await.expecting(200).json();
            let key = actor["assertionMethod"][0]["publicKeyMultibase"].as_str();
            key.unwrap().to_owned()
        }
    };
    let (of_lea, of_amap) = (key_of(&place.lea.uri).await, key_of(&amap.uri).await);

    let post = place
        .lea
        .posts(&format!("@amap {}", marker("panier")))
        .await;
    let quiet = place.lea.posts_for("private", &marker("discret")).await;
    let sent = |kind: &'static str, object: Value| {
        let host = &paul.host;
        async move {
            eventually("it comes", || async {
                let sent = host.accepted_of(kind);
                sent.into_iter().find(|it| it["object"]["id"] == object)
            })
            .await
        }
    };
    let create = sent("Create", post["uri"].clone()).await;
    assert!(proof::holds(&create, &of_lea), "{create:#}");
    assert!(!proof::holds(&create, &of_amap));
    let said = &create["proof"];
    let method = format!("{}#ed25519-1", place.lea.uri);
    assert_eq!(said["verificationMethod"], method);
    assert_eq!(said["proofPurpose"], "assertionMethod");
    assert_eq!(said["@context"], create["@context"]);
    let vocabulary = json!("https://w3id.org/security/data-integrity/v1");
    assert!(create["@context"].as_array().unwrap().contains(&vocabulary));
    let announce = sent("Announce", create["id"].clone()).await;
    assert!(proof::holds(&announce, &of_amap), "{announce:#}");
    assert_eq!(announce["object"], create, "in its author's own words");
    let private = sent("Create", quiet["uri"].clone()).await;
    assert!(private.get("proof").is_none(), "{private:#}");
    place.lea.deletes(&post).await.expecting(200);
    let delete = sent("Delete", post["uri"].clone()).await;
    assert!(proof::holds(&delete, &of_lea), "{delete:#}");
}
