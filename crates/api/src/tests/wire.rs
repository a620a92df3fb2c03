//! The wire rules that hold for every answer.

use axum::{
    body::Body,
    http::{Method, Request},
};

use super::House;

#[tokio::test]
async fn whatever_goes_wrong_is_told_in_json_and_to_every_origin() {
    let house = House::new().await;
    for (method, path, status) in [
        (Method::GET, "/api", 404),
        (Method::GET, "/api/", 404),
        (Method::GET, "/api/v1/nothing", 404),
        (Method::GET, "/api/v1/statuses/77", 404),
        (Method::GET, "/api/v1/statuses/abc", 404),
        (Method::GET, "/api/v1/statuses/99999999999999999999999", 404),
        (Method::GET, "/api/v1/timelines/home", 401),
        (Method::PATCH, "/api/v1/timelines/public", 405),
        (Method::GET, "/api/v1/timelines/tag/%FF", 400),
    ] {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .body(Body::empty())
            .unwrap();
        let reply = house.ask(request).await;
        assert_eq!(reply.status, status, "{path}");
        assert!(reply.json["error"].is_string(), "{path}: {}", reply.json);
        assert_eq!(reply.header("access-control-allow-origin"), "*", "{path}");
        assert!(
            reply.header("content-type").starts_with("application/json"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_preflight_needs_no_token() {
    let house = House::new().await;
    for path in [
        "/api/v1/timelines/home",
        "/api/v1/statuses",
        "/api/v1/nothing",
    ] {
        let request = Request::options(path)
            .header("access-control-request-headers", "authorization,x-new")
            .body(Body::empty());
        let reply = house.ask(request.unwrap()).await;
        assert_eq!(reply.status, 204, "{path}");
        assert_eq!(
            reply.header("access-control-allow-headers"),
            "authorization,x-new"
        );
        assert!(
            reply
                .header("access-control-allow-methods")
                .contains("PATCH")
        );
    }
}

#[tokio::test]
async fn errors_are_english_unless_the_app_asks_otherwise() {
    let house = House::new().await;
    let lea = house.resident("lea").await;
    let english = lea.post("/api/v1/statuses", "status=").await.json["error"].clone();
    let request = Request::post("/api/v1/statuses")
        .header("authorization", format!("Bearer {}", lea.token))
        .header("accept-language", "fr");
    let french = house.ask(request.body(Body::empty()).unwrap()).await.json["error"].clone();
    assert!(english.as_str().unwrap().starts_with("Write"), "{english}");
    assert_ne!(english, french);
}

#[tokio::test]
async fn what_is_left_is_told_and_one_too_many_is_refused() {
    let house = House::with_rates(true).await;
    let lea = house.resident("lea").await;
    let first = lea.get("/api/v1/preferences").await;
    assert_eq!(
        (
            first.header("x-ratelimit-limit"),
            first.header("x-ratelimit-remaining")
        ),
        ("300", "299")
    );
    assert!(first.header("x-ratelimit-reset").ends_with('Z'));
    for left in (0..30).rev() {
        let reply = lea
            .send(Method::DELETE, "/api/v1/statuses/77", "", "")
            .await;
        assert_eq!(reply.status, 404);
        assert_eq!(reply.header("x-ratelimit-remaining"), left.to_string());
    }
    let reply = lea
        .send(Method::DELETE, "/api/v1/statuses/77", "", "")
        .await;
    assert_eq!(reply.status, 429);
    assert_eq!(reply.header("x-ratelimit-remaining"), "0");
    assert!(reply.json["error"].is_string());
    assert_eq!(
        lea.get("/api/v1/preferences").await.status,
        200,
        "other things go on"
    );
}

#[tokio::test]
async fn the_town_introduces_itself_even_to_a_bad_token() {
    let house = House::new().await;
    for path in ["/api/v1/instance", "/api/v2/instance"] {
        let request = Request::get(path)
            .header("authorization", "Bearer expired")
            .body(Body::empty());
        let town = house.ask(request.unwrap()).await.ok();
        assert!(
            town["version"]
                .as_str()
                .unwrap()
                .starts_with("4.5.0 (compatible; Parvis ")
        );
        assert_eq!(town["configuration"]["statuses"]["max_characters"], 5_000);
        assert!(town["rules"].is_array());
    }
    let none = house.get("/api/v1/instance/translation_languages").await;
    assert_eq!(none.ok(), serde_json::json!({}));
    let town = house.get("/api/v2/instance").await.ok();
    assert_eq!(town["domain"], "valmont.example");
    assert_eq!(
        town["configuration"]["urls"]["streaming"],
        "wss://valmont.example"
    );
    assert_eq!(town["registrations"]["enabled"], false);
}

#[tokio::test]
async fn a_slash_behind_an_address_changes_nothing() {
    let house = House::new().await;
    house.get("/api/v1/instance/").await.ok();
    house.get("/api/v2/instance/").await.ok();
    assert_eq!(house.get("/api/v1/nothing/").await.status, 404);
}
