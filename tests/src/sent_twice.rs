//! A form for writing that comes a second time, by a double click or since the network broke off: what it asks for is done once,
//! and said as the first time.

use base64::Engine as _;
use http::Method;
use parvis_testkit::{
    Resident, TestTown,
    exchange::{self, headers, urlencoded},
    resident::{holds, id},
};
use serde_json::Value;

use crate::story::PNG;

#[tokio::test]
async fn a_form_kept_twice_makes_one_draft() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let mut marie = town.browser_of("marie").await;
    let page = marie.opens("/ecrire").await.expecting(200);
    let form = page
        .form("/ecrire")
        .with("text", "Pas encore fini")
        .pressing("garder", "1");
    for _ in 0..2 {
        let shown = marie.submits(&page, &form).await.expecting(200);
        assert!(shown.says("Votre brouillon est enregistré"));
        assert_eq!(shown.html.matches("Pas encore fini").count(), 1);
    }
}

#[tokio::test]
async fn a_post_that_waits_is_not_said_to_be_published() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let mut marie = town.browser_of("marie").await;
    let page = marie.opens("/ecrire").await.expecting(200);
    let form = page
        .form("/ecrire")
        .with("text", "Bonne année")
        .with("quand", "2090-01-01T00:00");
    for _ in 0..2 {
        let shown = marie.submits(&page, &form).await.expecting(200);
        assert_eq!(shown.path, "/brouillons");
        assert!(shown.says("sera publié à l’heure dite"));
    }
}

#[tokio::test]
async fn an_answer_sent_twice_leads_to_its_thread_both_times() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let question = marie.posts("Qui vient ?").await;
    let mut browser = town.browser_of("marie").await;
    let path = format!("/@marie/{}", id(&question));
    let page = browser.opens(&path).await.expecting(200);
    let form = page.form("/ecrire").with("text", "Moi !");
    for _ in 0..2 {
        let shown = browser.submits(&page, &form).await.expecting(200);
        assert!(shown.path.starts_with(&path), "{}", shown.path);
        assert_eq!(shown.html.matches("<p>Moi !</p>").count(), 1);
    }
}

#[tokio::test]
async fn a_form_with_a_picture_is_another_form() {
    let town = TestTown::start("valmont").await;
    let resident = town.resident("marie").await;
    let mut marie = town.browser_of("marie").await;
    let page = marie.opens("/ecrire").await.expecting(200);
    // Whoever is asked for a description once and wants none.
    let form = page.form("/ecrire").with("text", "Le pont");
    let form = form.without("rappel");
    let png = base64::engine::general_purpose::STANDARD
        .decode(PNG)
        .unwrap();
    let picture: (&str, &str, &str, &[u8]) = ("image-1", "pont.png", "image/png", &png);
    for files in [&[][..], &[picture], &[picture]] {
        let sent = marie.submits_with_files(&page, &form, files).await;
        sent.expecting(200);
    }
    let posts = resident.statuses_of(&resident.id).await;
    let pictures = |post: &serde_json::Value| post["media_attachments"].as_array().unwrap().len();
    assert!(posts.iter().all(|post| holds(post, "Le pont")));
    let found: Vec<usize> = posts.iter().map(pictures).collect();
    assert_eq!(found, [1, 0], "newest first");
}

/// By an app, under a key of its choice.
async fn sends(who: &Resident, town: &TestTown, key: &str, fields: &[(&str, &str)]) -> Value {
    let bearer = format!("Bearer {}", who.token);
    let headers = headers(&[
        ("authorization", bearer.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
        ("idempotency-key", key),
    ]);
    let (url, body) = (town.url("/api/v1/statuses"), urlencoded(fields));
    let reply = exchange::send(Method::POST, &url, headers, body.into_bytes()).await;
    reply.expecting(200).json()
}

#[tokio::test]
async fn the_key_of_an_app_holds_when_the_program_is_started_again() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let now = [("status", "Bal")];
    let later = [("status", "Feu"), ("scheduled_at", "2090-01-01T00:00:00Z")];
    let published = sends(&marie, &town, "une-fois", &now).await;
    let waiting = sends(&marie, &town, "plus-tard", &later).await;
    town.stop().await;
    town.restart().await;
    let again = sends(&marie, &town, "une-fois", &now).await;
    assert_eq!(again["id"], published["id"]);
    assert_eq!(sends(&marie, &town, "plus-tard", &later).await, waiting);
    assert_eq!(marie.statuses_of(&marie.id).await.len(), 1);
    assert_eq!(marie.list("/api/v1/scheduled_statuses").await.len(), 1);
    let other = sends(&marie, &town, "encore", &now).await;
    assert_ne!(other["id"], published["id"]);
}
