//! Answers of residents to people elsewhere who wish to be asked first: for them alone until they agree, with their stamp
//! afterwards; and those whose word it is not.

use parvis_testkit::{
    Actor,
    actor::{PUBLIC, fresh, marker},
    eventually, keys,
    resident::id,
    until,
};
use serde_json::{Value, json};

use crate::place::Place;

/// A public note that its author's followers answer freely and everyone else when they agree; here now.
async fn careful_note(place: &Place, author: &Actor) -> Value {
    let mut note = author.note(&marker("prudent"));
    note["interactionPolicy"] = json!({"canReply": {
        "automaticApproval": [author.followers()], "manualApproval": [PUBLIC]}});
    author.host.serve_document(&note);
    place.lea.finds_post(note["id"].as_str().unwrap()).await
}

/// The answer as its author's server got it.
async fn arrived(actor: &Actor, post: &Value) -> Value {
    eventually("the answer arrives", || async {
        let creates = actor.host.accepted_of("Create").into_iter();
        creates
            .map(|it| it["object"].clone())
            .find(|it| it["id"] == post["uri"])
    })
    .await
}

fn stamp(author: &Actor, post: &Value, parent: &Value) -> Value {
    let stamp = json!({"@context": ["https://www.w3.org/ns/activitystreams", "https://gotosocial.org/ns"],
        "id": author.host.url(&format!("/stamps/{}", fresh())), "type": "ReplyAuthorization",
        "attributedTo": author.id, "interactingObject": post["uri"], "interactionTarget": parent["uri"]});
    author.host.serve_document(&stamp);
    stamp
}

fn answer(author: &Actor, kind: &str, post: &Value, stamp: Option<&Value>) -> Value {
    let mut answer = author.activity(kind, &post["uri"]);
    if let Some(stamp) = stamp {
        answer["result"] = stamp["id"].clone();
    }
    answer
}

/// Somebody who follows the resident, on a server of their own.
async fn follower(place: &Place) -> Actor {
    let rose = place.remote.host("follower").person("rose");
    let follow = rose.activity("Follow", &json!(place.lea.uri));
    place.arrives(&rose, &follow).await;
    until("she follows", || async {
        !rose.host.accepted_of("Accept").is_empty()
    })
    .await;
    rose
}

async fn said_of(place: &Place, post: &Value, words: &str) -> bool {
    let path = format!("/@lea/{}", id(post));
    place
        .town
        .browser_of("lea")
        .await
        .opens(&path)
        .await
        .expecting(200)
        .says(words)
}

const WAITS: &str = "elle seule reçoit votre réponse";
const UNWANTED: &str = "ne souhaite pas cette réponse";

#[tokio::test]
async fn an_answer_waits_for_consent_and_then_goes_to_all_with_the_stamp() {
    let place = Place::new().await;
    let anna = place.remote.host("careful").person("anna");
    let mallory = place
        .remote
        .host("evil")
        .actor("mallory", keys::second(), |_| ());
    let rose = follower(&place).await;
    let parent = careful_note(&place, &anna).await;
    let post = place.lea.answers(&parent, &marker("puis-je ?")).await;
    let sent = arrived(&anna, &post).await;
    assert_eq!(sent.get("replyAuthorization"), None);
    // What is written after it reaches the follower; the answer has not.
    let later = place.lea.posts(&marker("plus tard")).await;
    arrived(&rose, &later).await;
    let has = |actor: &Actor| {
        let creates = actor.host.accepted_of("Create");
        creates
            .into_iter()
            .find(|it| it["object"]["id"] == post["uri"])
    };
    assert_eq!(has(&rose), None);
    assert!(said_of(&place, &post, WAITS).await);

    // Neither somebody else's word nor a stamp for something else.
    let forged = answer(
        &mallory,
        "Accept",
        &post,
        Some(&stamp(&mallory, &post, &parent)),
    );
    mallory.post(&place.lea.inbox(), &forged).await;
    place
        .arrives(&mallory, &answer(&mallory, "Reject", &post, None))
        .await;
    assert!(said_of(&place, &post, WAITS).await);

    let good = stamp(&anna, &post, &parent);
    place
        .arrives(&anna, &answer(&anna, "Accept", &post, Some(&good)))
        .await;
    let spread = eventually("the follower gets it", || async { has(&rose) }).await;
    assert_eq!(spread["object"]["replyAuthorization"], good["id"]);
    assert_eq!(spread["object"]["approvedBy"], good["id"]);
    let shown = place
        .town
        .get_document(path_of(&post))
        .await
        .expecting(200)
        .json();
    assert_eq!(shown["replyAuthorization"], good["id"]);
    assert!(!said_of(&place, &post, WAITS).await);

    // The stamp goes by her word alone; then the resident is told, and those who have the answer see it without.
    mallory
        .post(
            &place.town.shared_inbox(),
            &mallory.activity("Delete", &good["id"]),
        )
        .await;
    let shown = place
        .town
        .get_document(path_of(&post))
        .await
        .expecting(200)
        .json();
    assert_eq!(shown["replyAuthorization"], good["id"]);
    place
        .arrives(&anna, &anna.activity("Delete", &good["id"]))
        .await;
    until("the follower hears of it", || async {
        let updates = rose.host.accepted_of("Update").into_iter();
        let mut of_post = updates.filter(|it| it["object"]["id"] == post["uri"]);
        of_post.any(|it| it["object"].get("replyAuthorization").is_none())
    })
    .await;
    assert!(said_of(&place, &post, UNWANTED).await);

    // She agrees again: those who have it see that, and nobody gets it a second time.
    let again = stamp(&anna, &post, &parent);
    place
        .arrives(&anna, &answer(&anna, "Accept", &post, Some(&again)))
        .await;
    until("the follower gets the new stamp", || async {
        let updates = rose.host.accepted_of("Update").into_iter();
        let mut of_post = updates.filter(|it| it["object"]["id"] == post["uri"]);
        of_post.any(|it| it["object"]["replyAuthorization"] == again["id"])
    })
    .await;
    let creates = rose.host.accepted_of("Create").into_iter();
    let copies = creates.filter(|it| it["object"]["id"] == post["uri"]);
    assert_eq!(copies.count(), 1);
}

fn path_of(post: &Value) -> &str {
    let uri = post["uri"].as_str().unwrap();
    &uri[uri.find("/ap/").unwrap()..]
}

#[tokio::test]
async fn a_refused_answer_is_told_to_its_author_and_goes_no_further() {
    let place = Place::new().await;
    let anna = place.remote.host("careful").person("anna");
    let rose = follower(&place).await;
    let parent = careful_note(&place, &anna).await;
    let post = place.lea.answers(&parent, &marker("non ?")).await;
    arrived(&anna, &post).await;
    place
        .arrives(&anna, &answer(&anna, "Reject", &post, None))
        .await;
    until("it is told", || async {
        said_of(&place, &post, UNWANTED).await
    })
    .await;
    // Nobody else reads that line, and an edit stays where the answer is.
    let jean = place.town.resident("jean").await;
    let path = format!("/@lea/{}", id(&post));
    let page = place
        .town
        .browser_of(&jean.name)
        .await
        .opens(&path)
        .await
        .expecting(200);
    assert!(!page.says(UNWANTED));
    let edit = [("status", marker("corrigé"))];
    let edit: Vec<(&str, &str)> = edit
        .iter()
        .map(|(name, text)| (*name, text.as_str()))
        .collect();
    let path = format!("/api/v1/statuses/{}", id(&post));
    place
        .lea
        .try_put_form(&path, &edit)
        .await
        .unwrap()
        .expecting(200);
    let later = place.lea.posts(&marker("plus tard")).await;
    arrived(&rose, &later).await;
    let heard = rose.host.accepted();
    assert!(
        heard.iter().all(|it| it["object"]["id"] != post["uri"]),
        "{heard:#?}"
    );
    // She may still change her mind, without a stamp even.
    place
        .arrives(&anna, &answer(&anna, "Accept", &post, None))
        .await;
    arrived(&rose, &post).await;
}

#[tokio::test]
async fn who_may_answer_at_once_does_not_wait_and_gets_the_stamp_later() {
    let place = Place::new().await;
    let anna = place.followed("careful", "anna").await;
    let rose = follower(&place).await;
    let parent = careful_note(&place, &anna).await;
    let post = place.lea.answers(&parent, &marker("me voilà")).await;
    arrived(&rose, &post).await;
    assert!(!said_of(&place, &post, WAITS).await);
    let older = json!({"@context": ["https://www.w3.org/ns/activitystreams", "https://gotosocial.org/ns"],
        "id": anna.host.url(&format!("/stamps/{}", fresh())), "type": "ReplyApproval",
        "attributedTo": anna.id, "object": post["uri"], "target": parent["uri"]});
    anna.host.serve_document(&older);
    place
        .arrives(&anna, &answer(&anna, "Accept", &post, Some(&older)))
        .await;
    until("the follower gets the stamp", || async {
        let updates = rose.host.accepted_of("Update").into_iter();
        let mut stamps = updates.map(|it| it["object"]["replyAuthorization"].clone());
        stamps.any(|stamp| stamp == older["id"])
    })
    .await;
}
