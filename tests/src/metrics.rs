//! What the program counts for those who watch over it: who may ask, and what it tells of what other servers sent.

use http::Method;
use parvis_testkit::{Remote, Reply, TestTown, exchange};
use serde_json::{Value, json};

const TOKEN: &str = "le-vieux-pont-de-bois";

async fn asks(town: &TestTown, shown: &str) -> Reply {
    let headers = exchange::headers(&[("authorization", shown)]);
    town.send(Method::GET, "/metrics", headers, Vec::new())
        .await
}

#[tokio::test]
async fn without_a_token_in_the_settings_nothing_is_counted_aloud() {
    let town = TestTown::start("valmont").await;
    town.get("/metrics").await.expecting(404);
    asks(&town, "Bearer ").await.expecting(404);
}

/// A refusal says in its body what it is (FEP-c180); gives the reason.
fn why(reply: &Reply, status: u16) -> String {
    assert_eq!(reply.status, status, "{}", reply.text());
    let kind = reply.header("content-type");
    assert_eq!(kind, Some("application/problem+json"), "{}", reply.text());
    let problem = reply.json();
    assert_eq!(problem["status"], status, "{problem}");
    assert!(problem["type"].is_string() && problem["title"].is_string());
    problem["detail"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_became_of_each_activity_is_told_to_who_has_the_token() {
    let settings = [("PARVIS_METRICS__TOKEN", TOKEN)];
    let town = TestTown::start_with("valmont", &settings).await;
    let remote = Remote::open().await;
    let lea = town.resident("lea").await;
    let alice = remote.host("good").person("alice");
    let follow = alice.activity("Follow", &json!(lea.uri));
    let letter = alice.letter(&lea.inbox(), &follow).seal();
    letter.send().await.expecting(202);
    letter.send().await.expecting(202);
    let mut unsigned = letter.clone();
    unsigned.headers.remove("signature");
    why(&unsigned.send().await, 401);
    let nowhere = town.url("/ap/actors/12/inbox");
    why(&alice.post(&nowhere, &follow).await, 404);
    for path in ["/ap/actors/12", "/ap/objects/12", "/ap/objects/x"] {
        why(&exchange::get_document(&town.url(path)).await, 404);
    }
    why(&exchange::get_document(&lea.inbox()).await, 405);

    let creates = async |object: Value| {
        let create = alice.activity("Create", &object);
        alice.post(&lea.inbox(), &create).await
    };
    let address = alice.host.url("/notes/1");
    for (object, member) in [
        (json!({"type": "Note", "content": "x"}), "id"),
        (json!({"id": 5, "type": "Note", "content": "x"}), "id"),
        (json!({"id": address, "name": "x"}), "type"),
        (
            json!({"id": address, "type": "Note", "content": 5}),
            "content",
        ),
    ] {
        let told = why(&creates(object).await, 422);
        assert!(told.contains(member), "{told}");
    }
    why(&creates(json!(5)).await, 400);
    // Well made, but nothing that we know what to do with.
    let person = json!({"id": address, "type": "Person", "name": "x"});
    creates(person).await.expecting(202);

    let without = town.get("/metrics").await.expecting(401);
    assert_eq!(without.header("www-authenticate"), Some("Bearer"));
    for wrong in ["Bearer le-vieux-pont-de-boit", "Bearer ", "Basic x"] {
        let told = asks(&town, wrong).await.expecting(401);
        assert!(!told.text().contains("parvis_inbox"), "{wrong}");
    }
    let told = asks(&town, &format!("Bearer {TOKEN}")).await.expecting(200);
    let kind = told.header("content-type").unwrap();
    assert!(kind.starts_with("text/plain; version=0.0.4"), "{kind}");
    let page = told.text();
    let counted: Vec<&str> = page.lines().filter(|line| !line.starts_with('#')).collect();
    let expected = [
        ("applied", "new", 1),
        ("duplicate", "seen", 1),
        ("ignored", "nothing", 1),
        ("refused", "no_inbox", 1),
        ("refused", "object", 4),
        ("refused", "signature", 1),
        ("refused", "unreadable", 1),
    ]
    .map(|(outcome, reason, times)| {
        let labels = format!(
            "town=\"{}\",outcome=\"{outcome}\",reason=\"{reason}\"",
            town.host
        );
        format!("parvis_inbox_requests_total{{{labels}}} {times}")
    });
    assert_eq!(counted, expected, "{page}");

    let log = town.program.log();
    let lines: Vec<&str> = log
        .lines()
        .filter(|line| line.contains(" outcome=\"") && line.contains(" peer=\""))
        .collect();
    assert_eq!(lines.len(), 10, "one line for each: {log}");
    let peer = format!("peer=\"{}\"", alice.authority());
    let named = lines.iter().filter(|line| line.contains(&peer));
    assert_eq!(named.count(), 9, "who signs says from where: {lines:?}");
    let people = ["alice", "lea"];
    assert!(
        !lines
            .iter()
            .any(|line| people.iter().any(|name| line.contains(name))),
        "no names of people: {lines:?}"
    );
}

#[tokio::test]
async fn the_token_is_kept_secret_by_what_prints_the_settings() {
    let settings = [("PARVIS_METRICS__TOKEN", TOKEN)];
    let town = TestTown::prepare("valmont", &settings);
    let printed = town.cli(&["config", "print"]).await.succeeding().stdout;
    assert!(printed.contains("token = \"***\""), "{printed}");
    assert!(!printed.contains(TOKEN), "{printed}");
}
