//! Followers synchronisation (FEP-8fcf), both ways: a follow that one side has lost is found out by the next post for
//! followers.

use base64::{Engine, engine::general_purpose::STANDARD};
use parvis_testkit::{Actor, actor::marker, keys, remote::Page, resident::id, until};
use serde_json::{Value, json};

use crate::{faults::follow, place::Place, privacy::asks};

/// The digest of one follower alone.
fn of_one(id: &str) -> String {
    let digest = keys::digest(id.as_bytes());
    let bytes = STANDARD.decode(digest.strip_prefix("SHA-256=").unwrap());
    let digits = bytes
        .unwrap()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<Vec<_>>();
    digits.concat()
}

fn line(of: &Actor, url: &str, digest: &str) -> String {
    format!(
        "collectionId=\"{}\", url=\"{url}\", digest=\"{digest}\"",
        of.followers()
    )
}

#[tokio::test]
async fn a_post_for_followers_says_how_many_of_them_live_there_and_only_their_server_may_ask_who() {
    let place = Place::new().await;
    let anna = place.remote.host("far").person("anna");
    let stranger = place.remote.host("other").person("mal");
    follow(&anna, &place.lea).await;
    let (open, private) = (marker("ouvert"), marker("privé"));
    place.lea.posts(&open).await;
    place.lea.posts_for("private", &private).await;
    until("both arrive", || async {
        anna.host.accepted_of("Create").len() == 2
    })
    .await;
    let received = anna.host.received();
    let went_along = |text: &str| {
        let with = |it: &&parvis_testkit::remote::Received| it.document.to_string().contains(text);
        received.iter().find(with).unwrap().synchronization.clone()
    };
    assert_eq!(went_along(&open), None);
    let list = format!("{}/followers_synchronization", place.lea.uri);
    let expected = format!(
        "collectionId=\"{0}/followers\", url=\"{list}\", digest=\"{1}\"",
        place.lea.uri,
        of_one(&anna.id)
    );
    assert_eq!(went_along(&private), Some(expected));
    let shown = asks(&anna, &list).await.expecting(200).json();
    assert_eq!(shown["id"], list.as_str());
    assert_eq!(shown["orderedItems"], json!([anna.id]));
    let shown = asks(&stranger, &list).await.expecting(200).json();
    assert_eq!(shown["orderedItems"], json!([]), "not of another server");
    let path = list.strip_prefix(&place.town.origin).unwrap();
    place.town.get_document(path).await.expecting(404);
}

/// A note for the followers of `who`, with what they say of these.
async fn says(place: &Place, who: &Actor, header: &str) {
    let note = who.note_to(&marker("entre nous"), &[&who.followers()], &[]);
    let mut sealed = who
        .letter(&place.town.shared_inbox(), &who.create(&note))
        .seal();
    sealed
        .headers
        .insert("collection-synchronization", header.parse().unwrap());
    let reply = sealed.send().await;
    assert_eq!(reply.status, 202, "{}", reply.text());
}

fn undone_by(actor: &Actor, who: &str) -> bool {
    let undos = actor.host.accepted_of("Undo");
    undos.iter().any(|undo| {
        undo["actor"] == who
            && undo["object"]["type"] == "Follow"
            && undo["object"]["object"] == actor.id.as_str()
    })
}

#[tokio::test]
async fn follows_that_one_side_has_lost_are_brought_together() {
    let place = Place::new().await;
    let marc = place.town.resident("marc").await;
    let paul = place.remote.host("far").person("paul");
    let account = place.lea.follows_actor(&paul).await;
    let list = format!("{}/followers_synchronization", paul.id);
    let path = "/users/paul/followers_synchronization";
    let (actors, _) = marc.uri.rsplit_once('/').unwrap();
    let made_up = format!("{actors}/12345");
    let document = json!({"@context": "https://www.w3.org/ns/activitystreams", "id": list, "type": "OrderedCollection",
        "orderedItems": [marc.uri, made_up, "https://elsewhere.example/u"]});
    paul.host.serve(path, Page::document(&document));
    let other = place.remote.host("evil");
    other.serve("/list", Page::document(&Value::Null));

    // Both say the same, or the list would be another's: nobody asks.
    says(&place, &paul, &line(&paul, &list, &of_one(&place.lea.uri))).await;
    says(
        &place,
        &paul,
        &line(&paul, &other.url("/list"), &"0".repeat(64)),
    )
    .await;
    let foreign = line(&paul, &list, &"0".repeat(64)).replace("/followers\"", "/others\"");
    says(&place, &paul, &foreign).await;
    says(&place, &paul, "nonsense").await;
    // What comes after them is dealt with after them.
    says(&place, &paul, &line(&paul, &list, &"0".repeat(64))).await;
    until("her follow ends", || async {
        place.lea.relation(id(&account)).await["following"] == false
    })
    .await;
    until("both are told of", || async {
        undone_by(&paul, &place.lea.uri) && undone_by(&paul, &marc.uri)
    })
    .await;
    assert_eq!(paul.host.times_asked(path), 1);
    assert_eq!(other.times_asked("/list"), 0);
    assert!(
        !undone_by(&paul, &made_up),
        "nobody, so nothing is said of it"
    );

    // Not again within the hour.
    place.lea.follows_actor(&paul).await;
    says(&place, &paul, &line(&paul, &list, &"0".repeat(64))).await;
    let text = marker("après");
    let note = paul.note(&text);
    place.arrives(&paul, &paul.create(&note)).await;
    place.lea.reads_on_home(&text).await;
    assert_eq!(paul.host.times_asked(path), 1);
}

#[tokio::test]
async fn a_list_that_is_not_whole_ends_no_follow() {
    let place = Place::new().await;
    let paul = place.followed("far", "paul").await;
    let list = format!("{}/followers_synchronization", paul.id);
    let path = "/users/paul/followers_synchronization";
    let document = json!({"@context": "https://www.w3.org/ns/activitystreams", "id": list, "type": "OrderedCollection",
        "orderedItems": [], "next": format!("{}/more", paul.id)});
    paul.host.serve(path, Page::document(&document));
    says(&place, &paul, &line(&paul, &list, &"0".repeat(64))).await;
    until("the list was asked for, and the rest of it", || async {
        paul.host.times_asked("/users/paul/more") > 0
    })
    .await;
    let text = marker("encore là");
    let note = paul.note(&text);
    place.arrives(&paul, &paul.create(&note)).await;
    place.lea.reads_on_home(&text).await;
    assert!(paul.host.accepted_of("Undo").is_empty());
}

#[tokio::test]
async fn a_list_that_holds_less_than_it_says_or_is_another_ends_no_follow() {
    for (short, own) in [(true, true), (false, false)] {
        let place = Place::new().await;
        let paul = place.followed("far", "paul").await;
        let list = format!("{}/followers_synchronization", paul.id);
        let path = "/users/paul/followers_synchronization";
        let mut document = json!({"@context": "https://www.w3.org/ns/activitystreams", "id": list, "type": "OrderedCollection"});
        if short {
            document["totalItems"] = json!(5);
        }
        if !own {
            document["id"] = json!(paul.host.url("/empty"));
            paul.host.serve_document(&document);
        }
        paul.host.serve(path, Page::document(&document));
        says(&place, &paul, &line(&paul, &list, &"0".repeat(64))).await;
        until("the list was asked for", || async {
            paul.host.times_asked(path) > 0
        })
        .await;
        let text = marker("encore là");
        let note = paul.note(&text);
        place.arrives(&paul, &paul.create(&note)).await;
        place.lea.reads_on_home(&text).await;
        assert!(paul.host.accepted_of("Undo").is_empty());
    }
}
