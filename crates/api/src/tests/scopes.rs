//! What a token opens, for every row of the route table.

use axum::{body::Body, http::Request};

use super::House;
use crate::{
    gate::Access,
    routes::{Endpoint, endpoints},
};

fn request(endpoint: &Endpoint, token: Option<&str>) -> Request<Body> {
    let path = endpoint.path.replace("{id}", "1").replace("{tag}", "fete");
    let request = Request::builder().method(endpoint.method.clone()).uri(path);
    let request = match token {
        Some(token) => request.header("authorization", format!("Bearer {token}")),
        None => request,
    };
    request.body(Body::empty()).unwrap()
}

fn named(endpoint: &Endpoint) -> String {
    format!("{} {}", endpoint.method, endpoint.path)
}

#[tokio::test]
async fn without_a_token_only_public_endpoints_answer() {
    let house = House::new().await;
    for endpoint in endpoints() {
        let reply = house.ask(request(&endpoint, None)).await;
        let refused = reply.status == 401;
        assert_eq!(
            refused,
            matches!(endpoint.access, Access::Resident(_)),
            "{}",
            named(&endpoint)
        );
    }
}

#[tokio::test]
async fn a_bad_token_opens_nothing_but_what_looks_at_none() {
    let house = House::new().await;
    for endpoint in endpoints() {
        let reply = house.ask(request(&endpoint, Some("nonsense"))).await;
        let name = named(&endpoint);
        assert_eq!(
            reply.status == 401,
            endpoint.access != Access::Open,
            "{name}"
        );
        if reply.status == 401 {
            assert_eq!(reply.json["error"], "The access token is invalid", "{name}");
        }
    }
}

#[tokio::test]
async fn a_token_without_the_scope_is_told_so() {
    let house = House::new().await;
    let lea = house.resident("lea").await;
    let only_push = house.token(lea.user, "push").await;
    for endpoint in endpoints() {
        let (Access::Public(scopes) | Access::Resident(scopes)) = endpoint.access else {
            continue;
        };
        let reply = house.ask(request(&endpoint, Some(&only_push))).await;
        let name = named(&endpoint);
        assert_eq!(reply.status == 403, !scopes.is_empty(), "{name}");
        if reply.status == 403 {
            assert_eq!(
                reply.json["error"], "This action is outside the authorized scopes",
                "{name}"
            );
        }
    }
}

#[tokio::test]
async fn a_token_with_the_scope_comes_through() {
    let house = House::new().await;
    let lea = house.resident("lea").await;
    for endpoint in endpoints() {
        let status = house.ask(request(&endpoint, Some(&lea.token))).await.status;
        assert!(
            ![401, 403, 405].contains(&status.as_u16()),
            "{}: {status}",
            named(&endpoint)
        );
        assert!(!status.is_server_error(), "{}: {status}", named(&endpoint));
    }
}
