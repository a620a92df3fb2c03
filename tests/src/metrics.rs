//! What the program counts for those who watch over it: who may ask, and what it tells of what other servers sent.

use http::Method;
use parvis_testkit::{Remote, Reply, TestTown, exchange};
use serde_json::json;

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
    unsigned.send().await.expecting(401);
    let nowhere = town.url("/ap/actors/12/inbox");
    alice.post(&nowhere, &follow).await.expecting(404);

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
        ("applied", "new"),
        ("duplicate", "seen"),
        ("refused", "no_inbox"),
        ("refused", "signature"),
    ]
    .map(|(outcome, reason)| {
        let labels = format!(
            "town=\"{}\",outcome=\"{outcome}\",reason=\"{reason}\"",
            town.host
        );
        format!("parvis_inbox_requests_total{{{labels}}} 1")
    });
    assert_eq!(counted, expected, "{page}");

    let log = town.program.log();
    let lines: Vec<&str> = log
        .lines()
        .filter(|line| line.contains(" outcome=\"") && line.contains(" peer=\""))
        .collect();
    assert_eq!(lines.len(), 4, "one line for each: {log}");
    let peer = format!("peer=\"{}\"", alice.authority());
    let named = lines.iter().filter(|line| line.contains(&peer));
    assert_eq!(named.count(), 3, "who signs says from where: {lines:?}");
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
