//! Quotes in the words of other servers: whose are shown, who is asked, and what a forged consent is worth.

use parvis_testkit::{
    Actor,
    actor::{fresh, marker},
    eventually,
    remote::Page,
    resident::id,
    until,
};
use serde_json::{Value, json};

use crate::{
    place::Place,
    quotes::{comes_to, is_told, now, quotes},
};

impl Place {
    /// A note arrives and is read.
    async fn reads(&self, actor: &Actor, note: &Value, text: &str) -> Value {
        actor.host.serve_document(note);
        self.arrives(actor, &actor.create(note)).await;
        self.lea.reads_on_home(text).await
    }
}

fn with(mut note: Value, members: &Value) -> Value {
    let members = members.as_object().unwrap().clone();
    note.as_object_mut().unwrap().extend(members);
    note
}

/// The consent of `author`, as their server shows it.
fn stamp(author: &Actor, quoting: &Value, quoted: &Value) -> Value {
    let stamp = json!({"@context": ["https://www.w3.org/ns/activitystreams", "https://gotosocial.org/ns"],
        "id": author.host.url(&format!("/stamps/{}", fresh())), "type": "QuoteAuthorization", "attributedTo": author.id,
        "interactingObject": quoting["id"], "interactionTarget": quoted["id"]});
    author.host.serve_document(&stamp);
    stamp
}

/// As Mastodon 4.5 writes it.
fn mastodon(note: Value, text: &str, quoted: &Value) -> Value {
    let uri = quoted["id"].as_str().unwrap();
    with(
        note,
        &json!({"quote": uri, "_misskey_quote": uri, "quoteUri": uri,
        "content": format!("<p class=\"quote-inline\">RE: <a href=\"{uri}\">{uri}</a></p><p>{text}</p>"),
        "interactionPolicy": {"canQuote": {"automaticApproval": ["https://www.w3.org/ns/activitystreams#Public"]}}}),
    )
}

#[tokio::test]
async fn quotes_are_shown_where_their_authors_agree_and_are_links_elsewhere() {
    let place = Place::new().await;
    let anna = place.remote.host("quoted").person("anna");
    let paul = place.followed("mastodon", "paul").await;
    let rose = place.followed("misskey", "rose").await;
    let quoted_text = marker("cité");
    let quoted = anna.note(&quoted_text);
    let uri = quoted["id"].as_str().unwrap();

    let text = marker("Mastodon");
    let note = mastodon(paul.note(&text), &text, &quoted);
    let stamp = stamp(&anna, &note, &quoted);
    let note = with(note, &json!({"quoteAuthorization": stamp["id"]}));
    let post = place.reads(&paul, &note, &text).await;
    assert_eq!(post["quote"]["state"], "accepted", "{post:#}");
    assert!(parvis_testkit::resident::holds(
        &post["quote"]["quoted_status"],
        &quoted_text
    ));
    let mut browser = place.town.browser_of("lea").await;
    let shown = browser.opens("/").await.expecting(200);
    assert!(
        shown.says(&quoted_text) && !shown.says("RE:"),
        "{}",
        shown.html
    );

    // Her server takes it back.
    let delete = anna.activity("Delete", &stamp["id"]);
    let forged = rose.activity("Delete", &stamp["id"]);
    assert!(rose.post(&place.town.shared_inbox(), &forged).await.status < 500);
    assert_eq!(now(&place.lea, &post).await["quote"]["state"], "accepted");
    place.arrives(&anna, &delete).await;
    let lost = comes_to(&place.lea, &post, "revoked").await;
    assert_eq!(lost["quote"]["quoted_status"], Value::Null);

    // Software that asks nobody: a link, except to one's own posts.
    let link = format!("<a href=\"{uri}\">{uri}</a>");
    for (software, members) in [
        ("misskey", json!({"_misskey_quote": uri, "quoteUrl": uri})),
        ("fedibird", json!({"quoteUri": uri})),
        (
            "akkoma",
            json!({"quoteUri": uri, "tag": [{"type": "Link", "href": uri, "rel": "https://misskey-hub.net/ns#_misskey_quote",
            "mediaType": "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\""}]}),
        ),
    ] {
        let text = marker(software);
        let note = with(rose.note(&text), &members);
        let note = with(
            note,
            &json!({"content": format!("<p><span>{text}<br><br>RE: </span>{link}</p>")}),
        );
        let post = place.reads(&rose, &note, &text).await;
        assert_eq!(post["quote"], Value::Null, "{software}");
        assert!(
            post["content"].as_str().unwrap().contains(uri),
            "{software}"
        );
    }
    let own = rose.note(&marker("à moi"));
    let text = marker("encore");
    let own_uri = own["id"].as_str().unwrap();
    let note = with(rose.note(&text), &json!({"quoteUrl": own_uri}));
    let post = place.reads(&rose, &note, &text).await;
    assert_eq!(post["quote"]["state"], "accepted");
    assert_eq!(post["quote"]["quoted_status"]["uri"], own_uri);

    // What is not there to be had stays a link, and does no harm.
    for gone in [
        "https://nowhere.invalid/1",
        "javascript:alert(1)",
        &anna.host.url("/none"),
    ] {
        let text = marker("perdu");
        let note = with(rose.note(&text), &json!({"quote": gone}));
        let post = place.reads(&rose, &note, &text).await;
        assert_ne!(post["quote"]["state"], "accepted", "{gone}");
    }
}

#[tokio::test]
async fn forged_stamps_count_for_nothing() {
    let place = Place::new().await;
    let anna = place.remote.host("quoted").person("anna");
    let paul = place.followed("mastodon", "paul").await;
    let quoted = anna.note(&marker("cité"));
    let other = anna.note(&marker("autre"));

    let text = marker("honnête");
    let first = mastodon(paul.note(&text), &text, &quoted);
    let good = stamp(&anna, &first, &quoted);
    let first = with(first, &json!({"quoteAuthorization": good["id"]}));
    let post = place.reads(&paul, &first, &text).await;
    assert_eq!(post["quote"]["state"], "accepted", "a good one counts");

    let forged = |what: &str, note: &Value| match what {
        "of another server" => {
            let mut own = stamp(&paul, note, &quoted);
            own["attributedTo"] = json!(anna.id);
            paul.host.serve_document(&own);
            own["id"].clone()
        }
        "of another author" => {
            let mut own = stamp(&anna, note, &quoted);
            own["attributedTo"] = json!(paul.id);
            anna.host.serve_document(&own);
            own["id"].clone()
        }
        "for another target" => stamp(&anna, note, &other)["id"].clone(),
        "given to another post" => good["id"].clone(),
        "of another kind" => {
            let mut own = stamp(&anna, note, &quoted);
            own["type"] = json!("Note");
            anna.host.serve_document(&own);
            own["id"].clone()
        }
        "written out inside" => stamp_inside(&anna, note, &quoted),
        _ => json!(anna.host.url("/stamps/none")),
    };
    for what in [
        "of another server",
        "of another author",
        "for another target",
        "given to another post",
        "of another kind",
        "written out inside",
        "that is not there",
    ] {
        let text = marker("faux");
        let note = mastodon(paul.note(&text), &text, &quoted);
        let stamp = forged(what, &note);
        let note = with(note, &json!({"quoteAuthorization": stamp}));
        let post = place.reads(&paul, &note, &text).await;
        assert_eq!(post["quote"]["state"], "pending", "a stamp {what}");
        assert_eq!(
            post["quote"]["quoted_status"],
            Value::Null,
            "a stamp {what}"
        );
    }
}

/// Not served anywhere.
fn stamp_inside(author: &Actor, quoting: &Value, quoted: &Value) -> Value {
    json!({"id": author.host.url("/stamps/unserved"), "type": "QuoteAuthorization", "attributedTo": author.id,
        "interactingObject": quoting["id"], "interactionTarget": quoted["id"]})
}

fn quote_request(actor: &Actor, note: &Value, quoted: &str) -> Value {
    json!({"@context": ["https://www.w3.org/ns/activitystreams", {"QuoteRequest": "https://w3id.org/fep/044f#QuoteRequest"}],
        "id": actor.host.url(&format!("/quote_requests/{}", fresh())), "type": "QuoteRequest", "actor": actor.id,
        "object": quoted, "instrument": note})
}

#[tokio::test]
async fn who_asks_to_quote_is_answered_as_the_author_says() {
    let place = Place::new().await;
    let paul = place.remote.host("mastodon").person("paul");
    let rose = place.remote.host("misskey").person("rose");
    let said = marker("À citer");
    let post = place.lea.posts(&said).await;
    let uri = post["uri"].as_str().unwrap();
    let text = marker("citation");
    let note = mastodon(paul.note(&text), &text, &json!({"id": uri}));
    let request = quote_request(&paul, &note, uri);
    place.arrives(&paul, &request).await;
    let accept = eventually("she agrees", || async {
        paul.host.accepted_of("Accept").into_iter().next()
    })
    .await;
    assert_eq!(accept["object"]["type"], "QuoteRequest");
    assert_eq!(accept["object"]["id"], request["id"]);
    assert_eq!(accept["object"]["instrument"], note["id"]);
    assert_eq!(accept["to"], json!([paul.id]));
    let stamp = accept["result"].as_str().unwrap();
    let path = stamp.strip_prefix(&place.town.origin).unwrap().to_owned();
    let shown = place.town.get_document(&path).await.expecting(200).json();
    assert_eq!(
        (
            &shown["type"],
            &shown["attributedTo"],
            &shown["interactingObject"],
            &shown["interactionTarget"]
        ),
        (
            &json!("QuoteAuthorization"),
            &json!(place.lea.uri),
            &note["id"],
            &json!(uri)
        )
    );
    is_told(&place.lea, "quote", &text).await;
    let listed = place
        .lea
        .list(&format!("/api/v1/statuses/{}/quotes", id(&post)))
        .await;
    assert_eq!(listed[0]["quote"]["state"], "accepted");

    // The stamp is of no use to anybody else.
    place.lea.follows_actor(&rose).await;
    let stolen = marker("volé");
    let theft = with(
        mastodon(rose.note(&stolen), &stolen, &json!({"id": uri})),
        &json!({"quoteAuthorization": stamp}),
    );
    let theft = place.reads(&rose, &theft, &stolen).await;
    assert_eq!(theft["quote"]["state"], "pending");
    let anothers = quote_request(&rose, &note, uri);
    assert!(
        rose.post(&place.town.shared_inbox(), &anothers)
            .await
            .status
            < 500
    );

    // Taken back for good.
    let revoke = format!(
        "/api/v1/statuses/{}/quotes/{}/revoke",
        id(&post),
        id(&listed[0])
    );
    place.lea.post_form(&revoke, &[]).await.expecting(200);
    let delete = eventually("the stamp is deleted", || async {
        paul.host
            .accepted_of("Delete")
            .into_iter()
            .find(|it| it["object"] == stamp)
    })
    .await;
    assert_eq!(delete["actor"], json!(place.lea.uri));
    assert_eq!(place.town.get_document(&path).await.status, 404);
    place
        .arrives(&paul, &quote_request(&paul, &note, uri))
        .await;
    until("she refuses", || async {
        paul.host.accepted_of("Reject").len() == 1
    })
    .await;

    // Nobody may quote another one.
    let fields = [("status", "non"), ("quote_approval_policy", "nobody")];
    let closed = place
        .lea
        .post_form("/api/v1/statuses", &fields)
        .await
        .expecting(200)
        .json();
    let closed = closed["uri"].as_str().unwrap().to_owned();
    let text = marker("sans accord");
    let note = mastodon(rose.note(&text), &text, &json!({"id": closed}));
    place
        .arrives(&rose, &quote_request(&rose, &note, &closed))
        .await;
    let reject = eventually("she refuses", || async {
        rose.host.accepted_of("Reject").into_iter().next()
    })
    .await;
    assert_eq!(reject["object"]["instrument"], note["id"]);
    assert!(reject.get("result").is_none());
    let post = place.reads(&rose, &note, &text).await;
    assert_eq!(post["quote"]["quoted_status"], Value::Null);
    assert!(paul.host.received().iter().all(|it| it.verdict.is_ok()));
}

/// Lea quotes what `author` wrote there; gives her post.
async fn lea_quotes(place: &Place, quoted: &Value, text: &str) -> Value {
    let found = place.lea.finds_post(quoted["id"].as_str().unwrap()).await;
    quotes(&place.lea, &found, text).await.expecting(200).json()
}

fn asks_first(author: &Actor, text: &str) -> Value {
    let public = "https://www.w3.org/ns/activitystreams#Public";
    let note = with(
        author.note(text),
        &json!({"interactionPolicy": {"canQuote": {"automaticApproval": [public], "manualApproval": []}}}),
    );
    author.host.serve_document(&note);
    note
}

#[tokio::test]
async fn authors_elsewhere_are_asked_and_their_answer_counts() {
    let place = Place::new().await;
    let paul = place.followed("mastodon", "paul").await;
    let quoted = asks_first(&paul, &marker("original"));
    let text = marker("je cite");
    let post = lea_quotes(&place, &quoted, &text).await;
    assert_eq!(post["quote"]["state"], "pending");
    let request = eventually("he is asked", || async {
        paul.host.accepted_of("QuoteRequest").into_iter().next()
    })
    .await;
    assert_eq!(
        (&request["object"], &request["to"]),
        (&quoted["id"], &json!([paul.id]))
    );
    assert_eq!(request["instrument"]["id"], post["uri"]);
    let create = eventually("the post comes after", || async {
        paul.host.accepted_of("Create").into_iter().next()
    })
    .await;
    let kinds: Vec<_> = paul
        .host
        .accepted()
        .iter()
        .map(|it| it["type"].clone())
        .collect();
    let place_of = |kind: &str| kinds.iter().position(|it| it == kind).unwrap();
    assert!(place_of("QuoteRequest") < place_of("Create"), "{kinds:?}");
    let note = &create["object"];
    for member in ["quote", "quoteUrl", "quoteUri", "_misskey_quote"] {
        assert_eq!(note[member], quoted["id"], "{member}");
    }
    let link = note["tag"]
        .as_array()
        .unwrap()
        .iter()
        .find(|tag| tag["type"] == "Link");
    assert_eq!(link.unwrap()["href"], quoted["id"]);
    assert!(
        note["content"]
            .as_str()
            .unwrap()
            .contains("<span class=\"quote-inline\"><br>RE: <a href=")
    );
    assert!(note.get("quoteAuthorization").is_none());
    assert_eq!(
        note["interactionPolicy"]["canQuote"]["automaticApproval"],
        json!(["https://www.w3.org/ns/activitystreams#Public"])
    );

    let accept = |stamp: &Value| {
        with(
            paul.activity(
                "Accept",
                &json!({"id": request["id"], "type": "QuoteRequest", "actor": request["actor"],
                "object": quoted["id"], "instrument": post["uri"]}),
            ),
            &json!({"result": stamp, "to": place.lea.uri}),
        )
    };
    let wrong = stamp(
        &paul,
        &json!({"id": "https://elsewhere.example/1"}),
        &quoted,
    );
    place.arrives(&paul, &accept(&wrong["id"])).await;
    let anna = place.remote.host("evil").person("anna");
    let own = stamp(&anna, &json!({"id": post["uri"]}), &quoted);
    let forged = with(
        anna.activity("Accept", &request["id"]),
        &json!({"result": own["id"]}),
    );
    assert!(anna.post(&place.town.shared_inbox(), &forged).await.status < 500);
    assert_eq!(now(&place.lea, &post).await["quote"]["state"], "pending");

    let good = stamp(&paul, &json!({"id": post["uri"]}), &quoted);
    place.arrives(&paul, &accept(&good["id"])).await;
    comes_to(&place.lea, &post, "accepted").await;
    let update = eventually("the consent is passed on", || async {
        let updates = paul.host.accepted_of("Update").into_iter();
        updates
            .map(|it| it["object"].clone())
            .find(|it| it["quoteAuthorization"] == good["id"])
    })
    .await;
    assert!(update.get("updated").is_none());

    // Taken back, and told to all who have it.
    anna_and_others_hear(&place, &paul, &post, &good).await;

    // Refused by its id alone; and a post of software that asks nobody needs no question.
    let second = lea_quotes(&place, &quoted, &marker("encore")).await;
    let request = eventually("he is asked again", || async {
        paul.host.accepted_of("QuoteRequest").into_iter().nth(1)
    })
    .await;
    place
        .arrives(&paul, &paul.activity("Reject", &request["id"]))
        .await;
    comes_to(&place.lea, &second, "rejected").await;
    let plain = paul.note(&marker("ancien"));
    let third = lea_quotes(&place, &plain, &marker("libre")).await;
    assert_eq!(third["quote"]["state"], "accepted");
    assert_eq!(paul.host.accepted_of("QuoteRequest").len(), 2);
}

async fn anna_and_others_hear(place: &Place, paul: &Actor, post: &Value, stamp: &Value) {
    let path = url::Url::parse(stamp["id"].as_str().unwrap())
        .unwrap()
        .path()
        .to_owned();
    paul.host.serve(&path, Page::gone());
    place
        .arrives(paul, &paul.activity("Delete", &stamp["id"]))
        .await;
    comes_to(&place.lea, post, "revoked").await;
    eventually("the post goes on without the quote", || async {
        let updates = paul.host.accepted_of("Update").into_iter();
        let mut updates = updates.map(|it| it["object"].clone());
        updates.find(|it| it["id"] == post["uri"] && it.get("quote").is_none())
    })
    .await;
}

#[tokio::test]
async fn what_others_say_of_answers_and_shares_is_kept() {
    let place = Place::new().await;
    let anna = place.followed("gotosocial", "anna").await;
    let text = marker("calme");
    let note = with(
        anna.note(&text),
        &json!({"interactionPolicy": {
            "canReply": {"always": [anna.id], "approvalRequired": []},
            "canAnnounce": {"automaticApproval": [anna.id]},
            "canLike": {"automaticApproval": ["https://www.w3.org/ns/activitystreams#Public"]},
            "canQuote": {"automaticApproval": [anna.id]}}}),
    );
    let post = place.reads(&anna, &note, &text).await;
    assert_eq!(post["quote_approval"]["current_user"], "denied");
    assert_eq!(quotes(&place.lea, &post, "x").await.status, 403);
    let fields = [("status", "x"), ("in_reply_to_id", id(&post))];
    assert_eq!(
        place
            .lea
            .post_form("/api/v1/statuses", &fields)
            .await
            .status,
        403
    );
    let path = format!("/api/v1/statuses/{}", id(&post));
    assert_eq!(
        place
            .lea
            .post_form(&format!("{path}/reblog"), &[])
            .await
            .status,
        403
    );
    place
        .lea
        .post_form(&format!("{path}/favourite"), &[])
        .await
        .expecting(200);

    // Pixelfed, Mobilizon, Hubzilla.
    for closed in [
        json!({"commentsEnabled": false, "capabilities": {"reply": "[]"}}),
        json!({"repliesModerationOption": "closed"}),
        json!({"commentPolicy": "self"}),
    ] {
        let text = marker("sans réponse");
        let note = with(anna.note(&text), &closed);
        let post = place.reads(&anna, &note, &text).await;
        let fields = [("status", "x"), ("in_reply_to_id", id(&post))];
        let refused = place.lea.post_form("/api/v1/statuses", &fields).await;
        assert_eq!(refused.status, 403, "{closed}: {}", refused.text());
    }

    let text = marker("aux abonnés");
    let note = with(
        anna.note(&text),
        &json!({"interactionPolicy": {"canReply": {"automaticApproval": [anna.followers()]}}}),
    );
    let post = place.reads(&anna, &note, &text).await;
    let fields = [("status", "bien"), ("in_reply_to_id", id(&post))];
    place
        .lea
        .post_form("/api/v1/statuses", &fields)
        .await
        .expecting(200);
    let paul = place.town.resident("paul").await;
    let refused = paul.post_form("/api/v1/statuses", &fields).await;
    assert_eq!(refused.status, 403, "{}", refused.text());
    let mut browser = place.town.browser_of("paul").await;
    let page = browser
        .opens(&format!("/ecrire?reponse={}", id(&post)))
        .await
        .expecting(200);
    let form = page
        .form("/ecrire")
        .with("text", "Bonjour")
        .with("audience", "public");
    let said = browser.submits(&page, &form).await;
    assert!(
        said.says("ne souhaite pas que vous répondiez"),
        "{}",
        said.html
    );
}
