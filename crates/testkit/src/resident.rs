//! A resident at the other end of the client API, with a bearer token. Speaks Mastodon's dialect
//! (<https://docs.joinmastodon.org/methods/>), knows nothing of pages.

use http::{HeaderMap, Method};
use serde_json::Value;

use crate::{
    actor::Actor,
    exchange::{self, Reply, headers, urlencoded},
    patience::eventually,
};

#[derive(Clone)]
pub struct Resident {
    pub name: String,
    /// In the client API.
    pub id: String,
    /// The actor id.
    pub uri: String,
    pub token: String,
    origin: String,
    host: String,
}

impl Resident {
    pub(crate) async fn enter(origin: &str, host: &str, name: &str, token: &str) -> Self {
        let mut resident = Self {
            name: name.to_owned(),
            id: String::new(),
            uri: String::new(),
            token: token.to_owned(),
            origin: origin.to_owned(),
            host: host.to_owned(),
        };
        let me = resident
            .get("/api/v1/accounts/verify_credentials")
            .await
            .expecting(200)
            .json();
        me["id"]
            .as_str()
            .expect("an id is a string")
            .clone_into(&mut resident.id);
        let asked = format!("{origin}/.well-known/webfinger?resource=acct:{name}@{host}");
        let jrd = exchange::get(&asked).await.expecting(200).json();
        let links = jrd["links"].as_array();
        let own = links.and_then(|links| links.iter().find(|link| link["rel"] == "self"));
        let uri = own.and_then(|link| link["href"].as_str());
        uri.expect("WebFinger leads to the actor")
            .clone_into(&mut resident.uri);
        resident
    }

    /// `@marie@valmont.localhost:12345`
    pub fn handle(&self) -> String {
        format!("@{}@{}", self.name, self.host)
    }

    pub fn inbox(&self) -> String {
        format!("{}/inbox", self.uri)
    }

    /// For a Mention in a document: actor id and handle.
    pub fn mention(&self) -> (String, String) {
        (self.uri.clone(), self.handle())
    }

    fn authorised(&self) -> HeaderMap {
        headers(&[("authorization", &format!("Bearer {}", self.token))])
    }

    pub async fn get(&self, path: &str) -> Reply {
        exchange::send(
            Method::GET,
            &format!("{}{path}", self.origin),
            self.authorised(),
            Vec::new(),
        )
        .await
    }

    pub async fn delete_at(&self, path: &str) -> Reply {
        exchange::send(
            Method::DELETE,
            &format!("{}{path}", self.origin),
            self.authorised(),
            Vec::new(),
        )
        .await
    }

    pub async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.try_post_form(path, fields).await.expect("an answer")
    }

    pub async fn try_post_form(
        &self,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Result<Reply, String> {
        self.try_form(Method::POST, path, fields).await
    }

    pub async fn try_put_form(&self, path: &str, fields: &[(&str, &str)]) -> Result<Reply, String> {
        self.try_form(Method::PUT, path, fields).await
    }

    async fn try_form(
        &self,
        method: Method,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Result<Reply, String> {
        let mut headers = self.authorised();
        headers.insert(
            "content-type",
            "application/x-www-form-urlencoded".parse().unwrap(),
        );
        let url = format!("{}{path}", self.origin);
        exchange::try_send(method, &url, headers, urlencoded(fields).into_bytes()).await
    }

    // --- posts

    /// A public post.
    pub async fn posts(&self, text: &str) -> Value {
        self.posts_for("public", text).await
    }

    /// `visibility`: public, unlisted, private (followers) or direct.
    pub async fn posts_for(&self, visibility: &str, text: &str) -> Value {
        let fields = [("status", text), ("visibility", visibility)];
        self.post_form("/api/v1/statuses", &fields)
            .await
            .expecting(200)
            .json()
    }

    pub async fn answers(&self, post: &Value, text: &str) -> Value {
        let fields = [("status", text), ("in_reply_to_id", id(post))];
        self.post_form("/api/v1/statuses", &fields)
            .await
            .expecting(200)
            .json()
    }

    pub async fn deletes(&self, post: &Value) -> Reply {
        self.delete_at(&format!("/api/v1/statuses/{}", id(post)))
            .await
    }

    /// An error is a connection that failed or broke off.
    pub async fn try_deletes(&self, post: &Value) -> Result<Reply, String> {
        let url = format!("{}/api/v1/statuses/{}", self.origin, id(post));
        exchange::try_send(Method::DELETE, &url, self.authorised(), Vec::new()).await
    }

    pub async fn status(&self, id: &str) -> Reply {
        self.get(&format!("/api/v1/statuses/{id}")).await
    }

    pub async fn context(&self, id: &str) -> Value {
        self.get(&format!("/api/v1/statuses/{id}/context"))
            .await
            .expecting(200)
            .json()
    }

    // --- lists

    pub async fn home(&self) -> Vec<Value> {
        self.list("/api/v1/timelines/home?limit=40").await
    }

    pub async fn public(&self) -> Vec<Value> {
        self.list("/api/v1/timelines/public?limit=40").await
    }

    pub async fn local(&self) -> Vec<Value> {
        self.list("/api/v1/timelines/public?local=true&limit=40")
            .await
    }

    pub async fn statuses_of(&self, account: &str) -> Vec<Value> {
        self.list(&format!("/api/v1/accounts/{account}/statuses?limit=40"))
            .await
    }

    pub async fn list(&self, path: &str) -> Vec<Value> {
        self.get(path)
            .await
            .expecting(200)
            .json()
            .as_array()
            .expect("a list")
            .clone()
    }

    /// The first post of home that holds `text`, waited for.
    pub async fn reads_on_home(&self, text: &str) -> Value {
        eventually(
            &format!("{} reads “{text}” on home", self.handle()),
            || async { self.home().await.into_iter().find(|post| holds(post, text)) },
        )
        .await
    }

    /// The answer under `post` that holds `text`, waited for.
    pub async fn reads_under(&self, post: &Value, text: &str) -> Value {
        eventually(
            &format!("{} reads “{text}” under the post", self.handle()),
            || async {
                let context = self.context(id(post)).await;
                context["descendants"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .find(|answer| holds(answer, text))
                    .cloned()
            },
        )
        .await
    }

    // --- people

    pub async fn lookup(&self, acct: &str) -> Reply {
        self.get(&format!(
            "/api/v1/accounts/lookup?{}",
            urlencoded(&[("acct", acct)])
        ))
        .await
    }

    pub async fn search(&self, query: &str) -> Value {
        let query = urlencoded(&[("q", query), ("resolve", "true")]);
        self.get(&format!("/api/v2/search?{query}"))
            .await
            .expecting(200)
            .json()
    }

    /// The account that a search for a handle or address gives, fetched live where need be.
    pub async fn finds_account(&self, query: &str) -> Value {
        let found = self.search(query).await;
        found["accounts"]
            .as_array()
            .and_then(|all| all.first())
            .cloned()
            .unwrap_or_else(|| panic!("{query}: {found}"))
    }

    pub async fn finds_post(&self, address: &str) -> Value {
        let found = self.search(address).await;
        found["statuses"]
            .as_array()
            .and_then(|all| all.first())
            .cloned()
            .unwrap_or_else(|| panic!("{address}: {found}"))
    }

    pub async fn relation(&self, account: &str) -> Value {
        self.list(&format!("/api/v1/accounts/relationships?id[]={account}"))
            .await[0]
            .clone()
    }

    /// Follows and waits until the other side has agreed. The answer is the followed account.
    pub async fn follows(&self, handle: &str) -> Value {
        let account = self.asks_to_follow(handle).await;
        eventually(&format!("{} follows {handle}", self.handle()), || async {
            (self.relation(id(&account)).await["following"] == true).then_some(())
        })
        .await;
        account
    }

    /// Follows, whatever becomes of it.
    pub async fn asks_to_follow(&self, handle: &str) -> Value {
        let account = self.finds_account(handle).await;
        let path = format!("/api/v1/accounts/{}/follow", id(&account));
        self.post_form(&path, &[]).await.expecting(200);
        account
    }

    /// Follows an actor of the fake server, which accepts.
    pub async fn follows_actor(&self, actor: &Actor) -> Value {
        let account = self.asks_to_follow(&actor.handle()).await;
        let follow = eventually("the follow arrives", || async {
            let follows = actor.host.accepted_of("Follow");
            follows.into_iter().find(|follow| {
                follow["actor"] == self.uri.as_str() && follow["object"] == actor.id.as_str()
            })
        })
        .await;
        let accept = actor.activity("Accept", &follow);
        let reply = actor.post(&self.inbox(), &accept).await;
        assert!(
            reply.is_success(),
            "Accept: {} {}",
            reply.status,
            reply.text()
        );
        eventually("the follow is accepted", || async {
            (self.relation(id(&account)).await["following"] == true).then_some(())
        })
        .await;
        account
    }
}

/// The id of an entity.
pub fn id(entity: &Value) -> &str {
    entity["id"]
        .as_str()
        .unwrap_or_else(|| panic!("an id is a string: {entity}"))
}

/// Does a post, the post it passes on, or the one a notification is about hold `text`?
pub fn holds(post: &Value, text: &str) -> bool {
    let content = |post: &Value| {
        post["content"]
            .as_str()
            .is_some_and(|content| content.contains(text))
    };
    content(post) || content(&post["reblog"]) || content(&post["status"])
}

/// Does any of these?
pub fn any_holds(posts: &[Value], text: &str) -> bool {
    posts.iter().any(|post| holds(post, text))
}
