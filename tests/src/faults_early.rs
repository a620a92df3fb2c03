//! Requests that get no further than the front desk: each is answered in the form that whoever asks can read.

use http::Method;
use parvis_testkit::{
    Reply, TestTown,
    exchange::{headers, send},
};

/// JSON with a reason, readable for web apps of other origins.
fn is_for_apps(reply: &Reply, status: u16) {
    assert_eq!(reply.status, status, "{}", reply.text());
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    let kind = reply.header("content-type").unwrap();
    assert!(kind.starts_with("application/json"), "{kind}");
    assert!(reply.json()["error"].as_str().unwrap().len() > 5);
}

/// A page with a heading, in the language asked for.
fn is_a_page(reply: &Reply, status: u16, language: &str, words: &str) {
    assert_eq!(reply.status, status, "{}", reply.text());
    let kind = reply.header("content-type").unwrap();
    assert!(kind.starts_with("text/html"), "{kind}");
    let text = reply.text();
    assert!(
        text.contains(&format!("<html lang=\"{language}\">")),
        "{text}"
    );
    assert!(text.contains("<h1>") && text.contains(words), "{text}");
    assert!(reply.headers.contains_key("content-security-policy"));
}

/// As other servers read it (FEP-c180).
fn is_a_problem(reply: &Reply, status: u16) {
    assert_eq!(reply.status, status, "{}", reply.text());
    let kind = reply.header("content-type");
    assert_eq!(kind, Some("application/problem+json"), "{}", reply.text());
    let problem = reply.json();
    assert_eq!(problem["status"], status);
    assert!(problem["detail"].as_str().unwrap().len() > 5, "{problem}");
    assert!(problem["type"].is_string() && problem["title"].is_string());
}

#[tokio::test]
async fn a_host_that_is_no_town_is_told_so_in_the_form_that_was_asked_for() {
    let town = TestTown::start("valmont").await;
    let ask = async |path: &str, more: &[(&str, &str)]| {
        let stranger = [&[("host", "elsewhere.example")], more].concat();
        send(Method::GET, &town.url(path), headers(&stranger), Vec::new()).await
    };
    let browser = ("accept", "text/html,*/*;q=0.8");
    let reply = ask("/", &[browser, ("accept-language", "fr")]).await;
    is_a_page(&reply, 421, "fr", "Aucune ville de ce nom");
    let reply = ask("/@marie", &[browser, ("accept-language", "en-GB")]).await;
    is_a_page(&reply, 421, "en", "No town of this name");
    for path in [
        "/api/v1/instance",
        "/oauth/token",
        "/.well-known/webfinger?resource=acct:marie@elsewhere.example",
    ] {
        is_for_apps(&ask(path, &[]).await, 421);
    }
    is_a_problem(&ask("/ap/inbox", &[]).await, 421);
    let document = ("accept", "application/activity+json");
    is_a_problem(&ask("/@marie", &[document]).await, 421);
}

#[tokio::test]
async fn what_is_too_large_is_refused_in_the_form_that_was_asked_for() {
    let town = TestTown::start("valmont").await;
    let post = async |path: &str, language: &str| {
        let kind = ("content-type", "application/x-www-form-urlencoded");
        let more = headers(&[kind, ("accept-language", language)]);
        let body = vec![b'a'; 3 * 1024 * 1024];
        town.send(Method::POST, path, more, body).await
    };
    is_for_apps(&post("/api/v1/statuses", "fr").await, 413);
    is_a_page(&post("/connexion", "fr").await, 413, "fr", "trop lourd");
    is_a_page(&post("/ecrire", "en").await, 413, "en", "too large");
    is_a_problem(&post("/ap/inbox", "fr").await, 413);
}

#[tokio::test]
async fn what_does_not_exist_for_apps_is_said_in_json() {
    let town = TestTown::start("valmont").await;
    let browser = headers(&[("accept", "text/html"), ("accept-language", "fr")]);
    for path in [
        "/api",
        "/api/",
        "/api/v1/nothing",
        "/api/v9/statuses/1",
        "/oauth/nothing",
        "/.well-known/nothing",
    ] {
        for method in [Method::GET, Method::POST] {
            let reply = town.send(method, path, browser.clone(), Vec::new()).await;
            is_for_apps(&reply, 404);
        }
    }
    let reply = town
        .send(Method::DELETE, "/api/v1/instance", browser, Vec::new())
        .await;
    is_for_apps(&reply, 405);
    assert!(reply.header("allow").unwrap().contains("GET"));
}
