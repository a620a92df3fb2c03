//! What a token opens, for every row of the route table.

use axum::{body::Body, http::Request};
use parvis_town::{
    apps::{self, Registration},
    grants,
    tokens::{SCOPES, Scopes},
};

use super::House;
use crate::{
    gate::Access,
    routes::{Endpoint, endpoints},
};

pub fn request_to(endpoint: &Endpoint, path: String, token: Option<&str>) -> Request<Body> {
    let request = Request::builder().method(endpoint.method.clone()).uri(path);
    let request = match token {
        Some(token) => request.header("authorization", format!("Bearer {token}")),
        None => request,
    };
    request.body(Body::empty()).unwrap()
}

fn request(endpoint: &Endpoint, token: Option<&str>) -> Request<Body> {
    request_to(endpoint, filled(endpoint, "1"), token)
}

/// The address with this id in its places, and something harmless in all others.
pub fn filled(endpoint: &Endpoint, id: &str) -> String {
    let step = |step: &str| match step {
        "{id}" => id.to_owned(),
        placed if placed.starts_with('{') => "1".to_owned(),
        other => other.to_owned(),
    };
    let steps: Vec<String> = endpoint.path.split('/').map(step).collect();
    steps.join("/")
}

pub fn named(endpoint: &Endpoint) -> String {
    format!("{} {}", endpoint.method, endpoint.path)
}

impl House {
    /// A token of an app alone.
    async fn app_token(&self, scopes: &'static str) -> String {
        let town = std::sync::Arc::clone(&self.town);
        let registration = Registration {
            name: "Elk".into(),
            redirect_uris: vec!["https://elk.zone/back".into()],
            scopes: Some(scopes.into()),
            website: None,
        };
        let issued = self.town.store.write(move |tx| {
            Box::pin(async move {
                let app = apps::register(tx, &town, registration).await?.app;
                grants::issue_to_app(tx, &town, &app, scopes).await
            })
        });
        let issued: parvis_town::Outcome<grants::Issued> = issued.await;
        issued.unwrap().secret
    }
}

#[tokio::test]
async fn t255_without_a_token_only_public_endpoints_answer() {
    let house = House::new().await;
    for endpoint in endpoints() {
        let name = named(&endpoint);
        let reply = house.ask(request(&endpoint, None)).await;
        match endpoint.access {
            Access::Resident(_) | Access::App(_) => assert_eq!(reply.status, 401, "{name}"),
            Access::Public(_) => assert_ne!(reply.status, 401, "{name}"),
            // Says for itself what is missing.
            Access::Open => assert!(!reply.status.is_server_error(), "{name}"),
        }
    }
}

#[tokio::test]
async fn a_bad_token_opens_nothing_but_what_looks_at_none() {
    let house = House::new().await;
    for endpoint in endpoints() {
        let reply = house.ask(request(&endpoint, Some("nonsense"))).await;
        let name = named(&endpoint);
        let told = reply.json["error"] == "The access token is invalid";
        assert_eq!(told, endpoint.access != Access::Open, "{name}");
        assert!(!told || reply.status == 401, "{name}");
    }
}

/// Each row by each scope that does not open it, one at a time.
#[tokio::test]
async fn a_token_without_the_scope_is_told_so() {
    let house = House::new().await;
    let lea = house.resident("lea").await;
    let mut tokens = Vec::new();
    for scope in SCOPES {
        tokens.push((
            Scopes::parse(scope).unwrap(),
            house.token(lea.user, scope).await,
        ));
    }
    for endpoint in endpoints() {
        let name = named(&endpoint);
        let (Access::Public(scopes) | Access::App(scopes) | Access::Resident(scopes)) =
            endpoint.access
        else {
            continue;
        };
        let others = tokens.iter().filter(|(held, _)| {
            !scopes.is_empty() && !scopes.iter().any(|scope| held.allow(scope))
        });
        for (held, token) in others {
            let reply = house.ask(request(&endpoint, Some(token))).await;
            assert_eq!(reply.status, 403, "{name} with {held:?}");
            assert_eq!(
                reply.json["error"], "This action is outside the authorized scopes",
                "{name}"
            );
        }
    }
}

/// What says no to a resident with every scope: an account is opened by an app, and no address waits to be confirmed.
const SAY_NO: [&str; 2] = ["/api/v1/accounts", "/api/v1/emails/confirmations"];

#[tokio::test]
async fn a_token_with_the_scope_comes_through() {
    let house = House::new().await;
    let lea = house.resident("lea").await;
    for endpoint in endpoints() {
        let status = house.ask(request(&endpoint, Some(&lea.token))).await.status;
        let told = endpoint.access == Access::Open || SAY_NO.contains(&endpoint.path);
        assert!(
            told || ![401, 403, 405].contains(&status.as_u16()),
            "{}: {status}",
            named(&endpoint)
        );
        assert!(!status.is_server_error(), "{}: {status}", named(&endpoint));
    }
}

#[tokio::test]
async fn a_token_of_an_app_alone_opens_nothing_that_needs_a_person() {
    let house = House::new().await;
    let everything = house.app_token(super::EVERYTHING).await;
    let nothing = house.app_token("push").await;
    for endpoint in endpoints() {
        let name = named(&endpoint);
        let reply = house.ask(request(&endpoint, Some(&everything))).await;
        let told = reply.json["error"] == "This method requires an authenticated user";
        let resident = matches!(endpoint.access, Access::Resident(_));
        assert_eq!(told, resident, "{name}: {}", reply.json);
        assert!(!told || reply.status == 422, "{name}");
        let reply = house.ask(request(&endpoint, Some(&nothing))).await;
        if let Access::Public(scopes) | Access::App(scopes) | Access::Resident(scopes) =
            endpoint.access
            && !scopes.is_empty()
            && !scopes.contains(&"push")
        {
            assert_eq!(reply.status, 403, "{name}");
        }
    }
}
