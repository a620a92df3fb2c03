//! The whole API over a town in a throwaway folder.

mod careful;
mod entities;
mod lists;
mod media;
mod others;
mod people;
mod posting;
mod reading;
mod scopes;
mod wire;

use std::sync::Arc;

use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode},
};
use parvis_model::{
    account::{AccountKind, Role},
    clock::Clock,
};
use parvis_store::{Store, StoreOptions};
use parvis_town::{
    Town, TownOptions,
    media::Media,
    tokens::{self, Scopes},
    users,
};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt as _;

const EVERYTHING: &str = "read write follow push profile";
const FORM: &str = "application/x-www-form-urlencoded";

struct House {
    town: Arc<Town>,
    router: Router,
    folder: TempDir,
}

struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    json: Value,
}

impl Reply {
    fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.json);
        self.json
    }

    fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map(|value| value.to_str().unwrap())
            .unwrap_or_default()
    }
}

impl House {
    async fn new() -> Self {
        Self::with_rates(false).await
    }

    async fn with_rates(rates: bool) -> Self {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite://{}", folder.path().join("town.db").display());
        let store = Store::open(StoreOptions {
            url,
            connections: 2,
        })
        .await
        .unwrap();
        let options = TownOptions {
            origin: "https://valmont.example".into(),
            store,
            media: Media::in_folder(folder.path().join("media")),
            clock: Clock::system(),
            rates,
        };
        let town = Town::open(options).await.unwrap();
        let router = crate::routes().layer(Extension(Arc::clone(&town)));
        Self {
            town,
            router,
            folder,
        }
    }

    /// A new resident, with a token.
    async fn resident(&self, name: &str) -> Resident<'_> {
        self.account(name, AccountKind::Person).await
    }

    async fn account(&self, name: &str, kind: AccountKind) -> Resident<'_> {
        let (town, password) = (&self.town, users::random_password());
        let prepared = users::prepare_account(town, name, None, password, Role::Resident, kind);
        let prepared = prepared.await.unwrap();
        let arc = Arc::clone(town);
        let signed_up = town
            .store
            .write(move |tx| Box::pin(async move { users::sign_up(tx, &arc, prepared).await }))
            .await
            .unwrap();
        let token = self.token(signed_up.user, EVERYTHING).await;
        Resident {
            house: self,
            user: signed_up.user,
            id: signed_up.account.to_string(),
            token,
        }
    }

    async fn token(&self, user: i64, scopes: &'static str) -> String {
        let town = Arc::clone(&self.town);
        let scopes = Scopes::parse(scopes).unwrap();
        let issued = self.town.store.write(move |tx| {
            Box::pin(async move { tokens::issue(tx, &town, user, "test", &scopes).await })
        });
        issued.await.unwrap()
    }

    async fn ask(&self, request: Request<Body>) -> Reply {
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = answer.into_parts();
        // A stream has no end.
        let endless = head
            .headers
            .get("content-type")
            .is_some_and(|kind| kind == "text/event-stream");
        let body = if endless { Body::empty() } else { body };
        let bytes = to_bytes(body, 10 << 20).await.unwrap();
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Reply {
            status: head.status,
            headers: head.headers,
            json,
        }
    }

    async fn get(&self, path: &str) -> Reply {
        self.ask(Request::get(path).body(Body::empty()).unwrap())
            .await
    }
}

struct Resident<'h> {
    house: &'h House,
    user: i64,
    /// Of the account.
    id: String,
    token: String,
}

impl Resident<'_> {
    async fn send(&self, method: Method, path: &str, kind: &str, body: impl Into<Body>) -> Reply {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", kind);
        self.house.ask(request.body(body.into()).unwrap()).await
    }

    async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, "", Body::empty()).await
    }

    async fn post(&self, path: &str, form: &str) -> Reply {
        self.send(Method::POST, path, FORM, form.to_owned()).await
    }

    async fn posts(&self, form: &str) -> Value {
        self.post("/api/v1/statuses", form).await.ok()
    }

    async fn list(&self, path: &str) -> Vec<Value> {
        self.get(path).await.ok().as_array().unwrap().clone()
    }
}

fn id(entity: &Value) -> &str {
    entity["id"].as_str().unwrap()
}

fn ids(list: &[Value]) -> Vec<&str> {
    list.iter().map(id).collect()
}
