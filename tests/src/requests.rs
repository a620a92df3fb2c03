//! Answers, likes and boosts that are asked for beforehand, as GoToSocial does: agreed to with a stamp that can be fetched, or
//! refused. What is borrowed or made up counts for nothing.

use parvis_testkit::{
    Actor, Reply,
    actor::{PUBLIC, fresh, marker},
    eventually, keys,
    resident::id,
    until,
};
use serde_json::{Value, json};

use crate::{place::Place, quotes::now};

const NS: &str = "https://gotosocial.org/ns";

fn request(kind: &str, actor: &Actor, instrument: &Value, object: &Value) -> Value {
    json!({"@context": [NS, "https://www.w3.org/ns/activitystreams"],
        "id": actor.host.url(&format!("/requests/{}", fresh())), "type": kind, "actor": actor.id,
        "to": [actor.id], "object": object, "instrument": instrument})
}

fn answer_to(author: &Actor, post: &Value) -> Value {
    let mut note = author.note(&marker("réponse"));
    note["inReplyTo"] = post["uri"].clone();
    author.host.serve_document(&note);
    note
}

impl Place {
    async fn answered(&self, actor: &Actor, request: &Value) -> Value {
        self.arrives(actor, request).await;
        eventually("an answer", || async {
            let answers = actor.host.accepted().into_iter();
            let mut about = answers.filter(|it| it["object"]["id"] == request["id"]);
            about.next()
        })
        .await
    }

    async fn shows(&self, stamp: &Value) -> Reply {
        let path = stamp.as_str().unwrap().strip_prefix(&self.town.origin);
        self.town.get_document(path.unwrap()).await
    }
}

#[tokio::test]
async fn who_asks_before_answering_liking_and_sharing_gets_a_stamp_for_each() {
    let place = Place::new().await;
    let paul = place.remote.host("gotosocial").person("paul");
    let post = place.lea.posts(&marker("à tous")).await;
    let uri = &post["uri"];
    let reply = answer_to(&paul, &post);
    let like = paul.activity("Like", uri);
    let mut boost = paul.activity("Announce", uri);
    boost["to"] = json!([PUBLIC]);
    paul.host.serve_document(&like);
    for (kind, instrument, of, authorization) in [
        ("ReplyRequest", reply.clone(), &reply, "ReplyAuthorization"),
        (
            "LikeRequest",
            like["id"].clone(),
            &like,
            "LikeAuthorization",
        ),
        (
            "AnnounceRequest",
            boost.clone(),
            &boost,
            "AnnounceAuthorization",
        ),
    ] {
        let asked = request(kind, &paul, &instrument, uri);
        let accept = place.answered(&paul, &asked).await;
        assert_eq!(accept["type"], "Accept", "{accept:#}");
        assert_eq!(accept["actor"], place.lea.uri.as_str());
        assert_eq!(accept["object"]["type"], kind);
        assert_eq!(accept["object"]["instrument"], of["id"]);
        let stamp = place.shows(&accept["result"]).await.expecting(200).json();
        assert_eq!(stamp["id"], accept["result"]);
        assert_eq!(stamp["type"], authorization);
        assert_eq!(stamp["attributedTo"], place.lea.uri.as_str());
        assert_eq!(stamp["interactingObject"], of["id"]);
        assert_eq!(stamp["interactionTarget"], *uri);
        // Asked again: the same stamp, and nothing twice.
        let again = request(kind, &paul, &instrument, uri);
        assert_eq!(
            place.answered(&paul, &again).await["result"],
            accept["result"]
        );
    }
    let seen = now(&place.lea, &post).await;
    for count in ["replies_count", "favourites_count", "reblogs_count"] {
        assert_eq!(seen[count], 1, "{count}");
    }
    // By themselves they come once more, and count no more for it.
    place.arrives(&paul, &paul.create(&reply)).await;
    place.arrives(&paul, &like).await;
    let seen = now(&place.lea, &post).await;
    assert_eq!(
        (&seen["replies_count"], &seen["favourites_count"]),
        (&json!(1), &json!(1))
    );

    // An answer may be named alone.
    let second = answer_to(&paul, &post);
    let asked = request("ReplyRequest", &paul, &second["id"], uri);
    let accept = place.answered(&paul, &asked).await;
    assert_eq!(accept["type"], "Accept", "{accept:#}");
    assert_eq!(place.shows(&accept["result"]).await.status, 200);
    assert_eq!(now(&place.lea, &post).await["replies_count"], 2);

    // A stamp ends with what it was given for.
    let asked = request("LikeRequest", &paul, &like, uri);
    let accept = place.answered(&paul, &asked).await;
    place.arrives(&paul, &paul.activity("Undo", &like)).await;
    assert_eq!(place.shows(&accept["result"]).await.status, 404);
    let late = request("LikeRequest", &paul, &like, uri);
    assert_eq!(
        place.answered(&paul, &late).await["type"],
        "Reject",
        "it was taken back"
    );
    assert_eq!(now(&place.lea, &post).await["favourites_count"], 0);
}

#[tokio::test]
async fn what_may_not_be_done_is_refused_and_what_is_borrowed_is_not_answered() {
    let place = Place::new().await;
    let paul = place.followed("gotosocial", "paul").await;
    let eve = paul.host.actor("eve", keys::second(), |_| ());
    let mallory = place
        .remote
        .host("evil")
        .actor("mallory", keys::second(), |_| ());
    let post = place.lea.posts(&marker("à tous")).await;
    let other = place.lea.posts(&marker("autre")).await;
    let uri = &post["uri"];

    // With the like or the answer of another, of another server, or about another post.
    let (reply, like) = (answer_to(&paul, &post), paul.activity("Like", uri));
    paul.host.serve_document(&like);
    let elsewhere = paul.activity("Like", &other["uri"]);
    let mut moved = like.clone();
    moved["id"] = json!(mallory.host.url("/likes/1"));
    for (by, kind, instrument) in [
        (&eve, "ReplyRequest", &reply),
        (&eve, "LikeRequest", &like),
        (&eve, "LikeRequest", &like["id"]),
        (&mallory, "LikeRequest", &like),
        (&mallory, "LikeRequest", &like["id"]),
        (&mallory, "LikeRequest", &moved),
        (&mallory, "ReplyRequest", &reply["id"]),
        (&eve, "ReplyRequest", &reply["id"]),
        (&paul, "LikeRequest", &elsewhere),
        (&paul, "AnnounceRequest", &like),
        (&paul, "ReplyRequest", &answer_to(&paul, &other)),
    ] {
        let asked = request(kind, by, instrument, uri);
        let reply = by.post(&place.town.shared_inbox(), &asked).await;
        assert!(reply.status < 500, "{kind} by {}", by.acct());
    }

    // What its author keeps among followers nobody passes on; who is blocked does nothing.
    let quiet = place.lea.posts_for("private", &marker("entre nous")).await;
    let follow = paul.activity("Follow", &json!(place.lea.uri));
    place.arrives(&paul, &follow).await;
    until("he may follow", || async {
        let accepts = paul.host.accepted_of("Accept");
        accepts.iter().any(|it| it["object"]["id"] == follow["id"])
    })
    .await;
    let mut boost = paul.activity("Announce", &quiet["uri"]);
    boost["to"] = json!([PUBLIC]);
    let asked = request("AnnounceRequest", &paul, &boost, &quiet["uri"]);
    let refused = place.answered(&paul, &asked).await;
    assert_eq!(
        (&refused["type"], &refused["result"]),
        (&json!("Reject"), &Value::Null)
    );
    let liked = paul.activity("Like", &quiet["uri"]);
    let asked = request("LikeRequest", &paul, &liked, &quiet["uri"]);
    assert_eq!(
        place.answered(&paul, &asked).await["type"],
        "Accept",
        "he may see it"
    );
    let found = place.lea.finds_account(&paul.handle()).await;
    let block = format!("/api/v1/accounts/{}/block", id(&found));
    place.lea.post_form(&block, &[]).await.expecting(200);
    let asked = request("LikeRequest", &paul, &like, uri);
    assert_eq!(place.answered(&paul, &asked).await["type"], "Reject");
    let late = answer_to(&paul, &post);
    let path = late["id"].as_str().unwrap();
    let path = path.strip_prefix(&paul.host.url("")).unwrap();
    let asked = request("ReplyRequest", &paul, &late["id"], uri);
    assert_eq!(place.answered(&paul, &asked).await["type"], "Reject");
    assert_eq!(paul.host.times_asked(path), 0, "nobody went to read it");
    let seen = now(&place.lea, &post).await;
    for count in ["replies_count", "favourites_count", "reblogs_count"] {
        assert_eq!(seen[count], 0, "{count}");
    }
    assert_eq!(now(&place.lea, &other).await["favourites_count"], 0);
    assert!(mallory.host.accepted_of("Accept").is_empty());
    let agreed = eve.host.accepted_of("Accept");
    assert!(
        agreed
            .iter()
            .all(|it| it["object"]["actor"] != eve.id.as_str())
    );
}
