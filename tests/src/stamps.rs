//! Consents to quotes under attack: addresses taken before their owner comes, consents lent and borrowed, ends announced by
//! others. Each begins with the honest way, so that what is refused proves something.

use parvis_testkit::{
    Actor,
    actor::{PUBLIC, fresh, marker},
    eventually, keys,
    resident::id,
    until,
};
use serde_json::{Value, json};

use crate::place::Place;

/// A note that quotes what is at `quoted`, served at its address.
fn quoting(author: &Actor, text: &str, quoted: &str) -> Value {
    let mut note = author.note(text);
    for name in ["quote", "quoteUri", "_misskey_quote"] {
        note[name] = json!(quoted);
    }
    note["interactionPolicy"] = json!({"canQuote": {"automaticApproval": [PUBLIC]}});
    author.host.serve_document(&note);
    note
}

fn request(actor: &Actor, instrument: &Value, quoted: &str) -> Value {
    json!({"@context": ["https://www.w3.org/ns/activitystreams", {"QuoteRequest": "https://w3id.org/fep/044f#QuoteRequest"}],
        "id": actor.host.url(&format!("/quote_requests/{}", fresh())), "type": "QuoteRequest", "actor": actor.id,
        "object": quoted, "instrument": instrument})
}

impl Place {
    /// What became of a request: the stamp, or nothing where it was refused.
    async fn asks(&self, actor: &Actor, request: &Value) -> Option<String> {
        self.arrives(actor, request).await;
        let answer = eventually("an answer", || async {
            let answers = actor.host.accepted().into_iter();
            let mut about = answers.filter(|it| it["object"]["id"] == request["id"]);
            about.next()
        })
        .await;
        answer["result"].as_str().map(str::to_owned)
    }

    async fn quote_of(&self, text: &str) -> Value {
        self.lea.reads_on_home(text).await["quote"].clone()
    }
}

/// CVE-2026-33869 in our terms: who knows early where a quote will be cannot keep its author from quoting.
#[tokio::test]
async fn the_address_of_a_quote_cannot_be_taken_before_its_author_comes() {
    let place = Place::new().await;
    let paul = place.followed("mastodon", "paul").await;
    let neighbour = paul.host.actor("eve", keys::second(), |_| ());
    let stranger = place
        .remote
        .host("evil")
        .actor("mallory", keys::second(), |_| ());
    let post = place.lea.posts(&marker("à citer")).await;
    let uri = post["uri"].as_str().unwrap();

    let honest = marker("honnête");
    let note = quoting(&paul, &honest, uri);
    assert!(
        place
            .asks(&paul, &request(&paul, &note, uri))
            .await
            .is_some()
    );
    place.arrives(&paul, &paul.create(&note)).await;
    assert_eq!(place.quote_of(&honest).await["state"], "accepted");

    // Somebody elsewhere, with the address alone and with a note of that address: not theirs to ask for.
    let text = marker("visé");
    let note = quoting(&paul, &text, uri);
    for instrument in [note["id"].clone(), note.clone()] {
        let stolen = request(&stranger, &instrument, uri);
        let reply = stranger.post(&place.town.shared_inbox(), &stolen).await;
        assert!(reply.status < 500);
    }
    // A neighbour on the same server may, since the server answers for both; it must not last.
    let early = request(&neighbour, &note["id"], uri);
    place.asks(&neighbour, &early).await;
    // The same activity id from elsewhere, and the same request once more.
    let wanted = request(&paul, &note, uri);
    let mut squatted = request(&stranger, &note["id"], uri);
    squatted["id"] = wanted["id"].clone();
    let reply = stranger.post(&place.town.shared_inbox(), &squatted).await;
    assert!(reply.status < 500);

    let stamp = place.asks(&paul, &wanted).await;
    assert!(stamp.is_some(), "the author is let in");
    place.arrives(&paul, &paul.create(&note)).await;
    assert_eq!(place.quote_of(&text).await["state"], "accepted");
    assert_eq!(stranger.host.accepted_of("Accept").len(), 0);
    // Once it is there the neighbour gets nothing any more.
    let late = request(&neighbour, &note["id"], uri);
    let reply = neighbour.post(&place.town.shared_inbox(), &late).await;
    assert!(reply.status < 500);
    let listed = format!("/api/v1/statuses/{}/quotes", id(&post));
    assert_eq!(place.lea.list(&listed).await.len(), 2);
    let answers = paul.host.accepted();
    assert!(answers.iter().all(|it| it["object"]["id"] != late["id"]));
}

/// A consent that a neighbour got for an address counts for nothing when another writes there.
#[tokio::test]
async fn a_consent_given_to_a_neighbour_is_not_the_authors() {
    let place = Place::new().await;
    let paul = place.followed("mastodon", "paul").await;
    let eve = paul.host.actor("eve", keys::second(), |_| ());
    let fields = [
        ("status", "pour mes abonnés"),
        ("quote_approval_policy", "followers"),
    ];
    let post = place.lea.post_form("/api/v1/statuses", &fields).await;
    let post = post.expecting(200).json();
    let uri = post["uri"].as_str().unwrap();
    let follow = eve.activity("Follow", &json!(place.lea.uri));
    place.arrives(&eve, &follow).await;
    until("she may follow", || async {
        let accepts = eve.host.accepted_of("Accept");
        accepts.iter().any(|it| it["object"]["id"] == follow["id"])
    })
    .await;

    let own = quoting(&eve, &marker("à elle"), uri);
    assert!(place.asks(&eve, &request(&eve, &own, uri)).await.is_some());
    let text = marker("à lui");
    let note = quoting(&paul, &text, uri);
    assert_eq!(place.asks(&paul, &request(&paul, &note, uri)).await, None);
    let lent = place.asks(&eve, &request(&eve, &note["id"], uri)).await;
    let mut note = note;
    note["quoteAuthorization"] = json!(lent);
    paul.host.serve_document(&note);
    place.arrives(&paul, &paul.create(&note)).await;
    let quote = place.quote_of(&text).await;
    assert_ne!(quote["state"], "accepted", "{quote}");
    assert_eq!(quote["quoted_status"], Value::Null);
}

/// Ends and answers that are not the quoted author's.
#[tokio::test]
async fn only_the_quoted_author_answers_and_takes_back() {
    let place = Place::new().await;
    let anna = place.remote.host("quoted").person("anna");
    let mallory = place
        .remote
        .host("evil")
        .actor("mallory", keys::second(), |_| ());
    let eve = anna.host.actor("eve", keys::second(), |_| ());
    let mut quoted = anna.note(&marker("cité"));
    quoted["interactionPolicy"] = json!({"canQuote": {"automaticApproval": [PUBLIC]}});
    anna.host.serve_document(&quoted);
    let found = place.lea.finds_post(quoted["id"].as_str().unwrap()).await;
    let fields = [("status", "je cite"), ("quoted_status_id", id(&found))];
    let post = place.lea.post_form("/api/v1/statuses", &fields).await;
    let post = post.expecting(200).json();
    let asked = eventually("she is asked", || async {
        anna.host.accepted_of("QuoteRequest").into_iter().next()
    })
    .await;
    let now = || async {
        place.lea.status(id(&post)).await.expecting(200).json()["quote"]["state"].clone()
    };
    let stamp = |author: &Actor, target: &Value| {
        let stamp = json!({"@context": ["https://www.w3.org/ns/activitystreams", "https://gotosocial.org/ns"],
            "id": author.host.url(&format!("/stamps/{}", fresh())), "type": "QuoteAuthorization",
            "attributedTo": author.id, "interactingObject": post["uri"], "interactionTarget": target});
        author.host.serve_document(&stamp);
        stamp
    };
    let accept = |author: &Actor, stamp: &Value| {
        let mut accept = author.activity("Accept", &asked);
        accept["result"] = stamp["id"].clone();
        accept
    };
    for (what, author) in [("a stranger", &mallory), ("a neighbour", &eve)] {
        let forged = accept(author, &stamp(author, &quoted["id"]));
        let reply = author.post(&place.lea.inbox(), &forged).await;
        assert!(reply.status < 500, "{what}");
        let mut reject = author.activity("Reject", &asked);
        reject["object"] = asked["id"].clone();
        author.post(&place.lea.inbox(), &reject).await;
        assert_eq!(now().await, "pending", "{what} answers");
    }
    let other = anna.note(&marker("autre"));
    place
        .arrives(&anna, &accept(&anna, &stamp(&anna, &other["id"])))
        .await;
    assert_eq!(now().await, "pending", "a stamp for another post");
    let good = stamp(&anna, &quoted["id"]);
    place.arrives(&anna, &accept(&anna, &good)).await;
    until("she agrees", || async { now().await == "accepted" }).await;
    for author in [&mallory, &eve] {
        let delete = author.activity("Delete", &good["id"]);
        author.post(&place.town.shared_inbox(), &delete).await;
        let tombstone = json!({"id": good["id"], "type": "Tombstone"});
        let delete = author.activity("Delete", &tombstone);
        author.post(&place.town.shared_inbox(), &delete).await;
        assert_eq!(now().await, "accepted", "{} takes back", author.acct());
    }
    place
        .arrives(&anna, &anna.activity("Delete", &good["id"]))
        .await;
    until("she takes it back", || async { now().await == "revoked" }).await;
}
