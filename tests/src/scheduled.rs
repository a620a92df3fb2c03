//! Posts that wait for their time, by the client API; and the small things apps ask a town for.

use http::Method;
use parvis_testkit::{
    Resident, TestTown,
    actor::{marker, stamp},
    eventually,
    exchange::{self, headers, urlencoded},
    letter::unix_now,
    resident::{holds, id},
    until,
};
use serde_json::{Value, json};

use crate::app::{asks, changes, does, ids, walks};

const ALL: &str = "/api/v1/scheduled_statuses";
const FAR: &str = "2090-01-01T00:00:00.000Z";

async fn schedules(who: &Resident, text: &str, at: &str) -> Value {
    let fields = [
        ("status", text),
        ("visibility", "unlisted"),
        ("scheduled_at", at),
    ];
    does(who, "/api/v1/statuses", &fields).await
}

/// Lets a post be due now: five minutes are the least that anyone may ask for.
async fn is_due(town: &TestTown, scheduled: &Value) {
    let sql = format!(
        "UPDATE scheduled_post SET due_at = 1 WHERE id = {}",
        id(scheduled)
    );
    changes(town, &sql).await;
}

async fn stands_once(who: &Resident, text: &str) -> Value {
    until(&format!("“{text}” is published"), || async {
        who.list(ALL)
            .await
            .iter()
            .all(|one| one["params"]["text"] != text)
    })
    .await;
    let posts = who.statuses_of(&who.id).await;
    let mut found: Vec<Value> = posts.into_iter().filter(|post| holds(post, text)).collect();
    assert_eq!(found.len(), 1, "exactly once");
    found.remove(0)
}

#[tokio::test]
async fn a_post_waits_for_its_time_and_is_published_once_even_after_a_crash() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let text = marker("Bonne année");
    let scheduled = schedules(&marie, &text, FAR).await;
    assert_eq!(scheduled["scheduled_at"], FAR);
    assert_eq!(
        (
            &scheduled["params"]["text"],
            &scheduled["params"]["visibility"]
        ),
        (&json!(text), &json!("unlisted"))
    );
    assert_eq!(scheduled["media_attachments"], json!([]));
    assert!(marie.statuses_of(&marie.id).await.is_empty());
    let path = format!("{ALL}/{}", id(&scheduled));
    assert_eq!(marie.get(&path).await.expecting(200).json(), scheduled);
    jean.get(&path).await.expecting(404);
    jean.delete_at(&path).await.expecting(404);
    let later = [("scheduled_at", "2091-01-01T00:00:00Z")];
    let moved = marie
        .try_put_form(&path, &later)
        .await
        .unwrap()
        .expecting(200)
        .json();
    assert_eq!(moved["scheduled_at"], "2091-01-01T00:00:00.000Z");
    let soon = [("scheduled_at", "2020-01-01T00:00:00Z")];
    marie
        .try_put_form(&path, &soon)
        .await
        .unwrap()
        .expecting(422);

    town.kill9();
    is_due(&town, &scheduled).await;
    town.restart().await;
    let post = stands_once(&marie, &text).await;
    assert_eq!(post["visibility"], "unlisted");
    marie.get(&path).await.expecting(404);
}

#[tokio::test]
async fn waiting_posts_are_listed_and_taken_back() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let mut made = Vec::new();
    for n in 0..5 {
        let scheduled = schedules(&marie, &format!("Numéro {n}"), FAR).await;
        made.insert(0, id(&scheduled).to_owned());
    }
    assert_eq!(ids(&walks(&marie, &town, ALL, 2).await), made);
    marie
        .delete_at(&format!("{ALL}/{}", made[0]))
        .await
        .expecting(200);
    assert_eq!(ids(&marie.list(ALL).await), made[1..]);
    let now = schedules(&marie, "Tout de suite", "2020-01-01T00:00:00Z").await;
    assert!(
        now["content"].is_string(),
        "what lies in the past is posted now: {now}"
    );
    let bad = async |fields: &[(&str, &str)]| {
        marie
            .post_form("/api/v1/statuses", fields)
            .await
            .expecting(422);
    };
    bad(&[("status", "x"), ("scheduled_at", "tomorrow")]).await;
    bad(&[("status", ""), ("scheduled_at", FAR)]).await;
    let soon = stamp((unix_now() + 60) * 1_000);
    bad(&[("status", "x"), ("scheduled_at", &soon)]).await;
    assert_eq!(marie.list(ALL).await.len(), 4);
}

#[tokio::test]
async fn a_waiting_post_sent_twice_under_one_key_waits_once() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let mut sent = Vec::new();
    for _ in 0..2 {
        let bearer = format!("Bearer {}", marie.token);
        let headers = headers(&[
            ("authorization", bearer.as_str()),
            ("content-type", "application/x-www-form-urlencoded"),
            ("idempotency-key", "une-fois"),
        ]);
        let body = urlencoded(&[("status", "Bal"), ("scheduled_at", FAR)]);
        let url = town.url("/api/v1/statuses");
        let reply = exchange::send(Method::POST, &url, headers, body.into_bytes()).await;
        sent.push(reply.expecting(200).json());
    }
    assert_eq!(sent[0], sent[1]);
    assert_eq!(marie.list(ALL).await.len(), 1);
}

#[tokio::test]
async fn what_may_no_longer_be_published_stays_with_its_author_and_the_rest_goes_out() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let asked = jean.posts("Qui vient ?").await;
    let (lost, sent) = (marker("Moi"), marker("Bonjour"));
    let fields = [
        ("status", lost.as_str()),
        ("scheduled_at", FAR),
        ("in_reply_to_id", id(&asked)),
    ];
    let answer = does(&marie, "/api/v1/statuses", &fields).await;
    assert_eq!(answer["params"]["in_reply_to_id"], asked["id"]);
    let other = schedules(&marie, &sent, FAR).await;
    jean.deletes(&asked).await.expecting(200);
    is_due(&town, &answer).await;
    is_due(&town, &other).await;
    stands_once(&marie, &sent).await;
    let kept = eventually("only what is refused waits", || async {
        let waiting = marie.list(ALL).await;
        (waiting.len() == 1 && waiting[0]["refused"] == true).then_some(waiting)
    })
    .await;
    assert_eq!(kept[0]["params"]["text"], lost.as_str(), "nothing is lost");
    assert_eq!(marie.statuses_of(&marie.id).await.len(), 1);
    let one = format!("{ALL}/{}", id(&kept[0]));
    let again = asks(&marie, &town, Method::PUT, &one, &[("scheduled_at", FAR)]).await;
    assert_eq!(again.expecting(200).json()["refused"], false);
}

#[tokio::test]
async fn people_are_completed_by_the_start_of_their_name() {
    let town = TestTown::start("valmont").await;
    let (marie, marius) = (town.resident("marie").await, town.resident("marius").await);
    let mar = town.resident("mar").await;
    let jean = town.resident("jean").await;
    let search =
        async |query: &str| ids(&jean.list(&format!("/api/v1/accounts/search?{query}")).await);
    assert_eq!(
        search("q=mar").await,
        [mar.id.as_str(), &marie.id, &marius.id],
        "the exact name first"
    );
    assert_eq!(search("q=@mar&limit=1").await, [mar.id.as_str()]);
    assert_eq!(search("q=mar&limit=1&offset=1").await, [marie.id.as_str()]);
    let handle = urlencoded(&[("q", &marie.handle())]);
    assert_eq!(search(&handle).await, [marie.id.as_str()]);
    assert_eq!(search("q=mar&following=true").await, Vec::<String>::new());
    jean.follows(&marius.handle()).await;
    assert_eq!(search("q=mar&following=true").await, [marius.id.as_str()]);
    assert_eq!(search("q=").await, Vec::<String>::new());
    assert_eq!(search("q=100%25").await, Vec::<String>::new());
}

#[tokio::test]
async fn the_directory_holds_residents_who_let_themselves_be_found() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let hidden = town.resident("lise").await;
    for who in [&marie, &jean] {
        let fields = [("discoverable", "true")];
        asks(
            who,
            &town,
            Method::PATCH,
            "/api/v1/accounts/update_credentials",
            &fields,
        )
        .await
        .expecting(200);
    }
    marie.posts("Bonjour").await;
    let list = async |query: &str| ids(&hidden.list(&format!("/api/v1/directory{query}")).await);
    assert_eq!(
        list("").await,
        [marie.id.as_str(), &jean.id],
        "who wrote last first"
    );
    assert_eq!(
        list("?order=new").await,
        [jean.id.as_str(), &marie.id],
        "who came last first"
    );
    assert_eq!(
        list("?limit=1&offset=1&local=true").await,
        [jean.id.as_str()]
    );
}

#[tokio::test]
async fn apps_find_well_formed_answers_where_the_town_has_nothing_on_purpose() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    for path in [
        "/api/v1/announcements",
        "/api/v1/suggestions",
        "/api/v2/suggestions",
        "/api/v1/trends/tags",
        "/api/v1/trends/statuses",
        "/api/v1/trends/links",
        "/api/v1/custom_emojis",
        "/api/v1/instance/activity",
        "/api/v1/instance/peers",
        "/api/v1/timelines/direct",
        "/api/v1/timelines/link?url=https://a.example/",
        &format!("/api/v1/accounts/{}/identity_proofs", marie.id),
    ] {
        assert_eq!(
            marie.get(path).await.expecting(200).json(),
            json!([]),
            "{path}"
        );
    }
    let gone = format!("/api/v1/suggestions/{}", marie.id);
    assert_eq!(
        marie.delete_at(&gone).await.expecting(200).json(),
        json!({})
    );
    marie
        .post_form("/api/v1/announcements/1/dismiss", &[])
        .await
        .expecting(404);
    for path in ["extended_description", "privacy_policy"] {
        let text = exchange::get(&town.url(&format!("/api/v1/instance/{path}"))).await;
        let text = text.expecting(200).json();
        assert!(text["content"].is_string(), "{path}: {text}");
        assert_eq!(text["updated_at"], json!(null), "{path}");
    }
    for path in ["avatar", "header"] {
        let me = marie
            .delete_at(&format!("/api/v1/profile/{path}"))
            .await
            .expecting(200)
            .json();
        assert_eq!(me["id"], marie.id.as_str());
        assert!(me["source"].is_object());
    }
    for path in [
        "/api/v1/instance/terms_of_service",
        "/api/v1/instance/terms_of_service/2026-11-22",
        "/api/v1/instance/domain_blocks",
    ] {
        let reply = marie.get(path).await.expecting(404);
        assert!(reply.json()["error"].is_string(), "{path}");
    }
    let confirmed = marie.get("/api/v1/emails/check_confirmation").await;
    assert_eq!(confirmed.expecting(200).json(), json!(true));
    let languages = marie.get("/api/v1/instance/languages").await;
    let french = json!({ "code": "fr", "name": "Français" });
    let languages = languages.expecting(200).json();
    assert!(languages.as_array().unwrap().contains(&french));
    let translate = "/api/v1/statuses/1/translate";
    marie.post_form(translate, &[]).await.expecting(404);
}
