//! Servers of other towns that exist only for a test: many names on one loopback listener, told apart by the Host header.
//! They serve what they are given, keep all that is posted to them with a verdict on its signature, and misbehave when told.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    convert::Infallible,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Method, Response, Uri},
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{
    actor::{ACTIVITY_JSON, Actor},
    keys, letter,
    takes::{Takes, unauthorized},
};

/// How a server treats what is posted to it.
#[derive(Clone, Debug)]
pub enum Manner {
    /// 202.
    Accept,
    /// This status, nothing kept.
    Answer(u16),
    /// This status and, in seconds, when to come again.
    Later(u16, u32),
    /// 202 after a while.
    Slow(Duration),
    /// No answer at all, the connection stays open.
    Hang,
    /// The connection breaks off before an answer.
    Close,
}

/// What is served at an address.
#[derive(Clone, Debug)]
pub struct Page {
    pub status: u16,
    pub content_type: String,
    pub location: Option<String>,
    pub body: Vec<u8>,
    /// What it says of how its body is packed.
    pub encoding: Option<&'static str>,
    /// One byte at a time, for ever.
    pub drips: bool,
}

impl Page {
    pub fn document(document: &Value) -> Self {
        Self::of(ACTIVITY_JSON, document.to_string())
    }

    pub fn of(content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let (content_type, body) = (content_type.to_owned(), body.into());
        Self {
            status: 200,
            content_type,
            location: None,
            body,
            encoding: None,
            drips: false,
        }
    }

    pub fn redirect(location: &str) -> Self {
        Self {
            status: 302,
            location: Some(location.to_owned()),
            ..Self::of("text/plain", "")
        }
    }

    pub fn gone() -> Self {
        Self {
            status: 410,
            ..Self::of("text/plain", "")
        }
    }

    pub fn dripping() -> Self {
        Self {
            drips: true,
            ..Self::of(ACTIVITY_JSON, "")
        }
    }
}

/// One POST to an inbox.
#[derive(Clone, Debug)]
pub struct Received {
    pub path: String,
    pub document: Value,
    /// The key whose signature holds, or what is wrong with it.
    pub verdict: Result<String, String>,
    /// The status it was answered with; 0 when it was not answered.
    pub answered: u16,
    /// Signed by RFC 9421?
    pub is_message: bool,
    /// The header `Collection-Synchronization` (FEP-8fcf).
    pub synchronization: Option<String>,
}

#[derive(Default)]
struct HostState {
    pages: HashMap<String, Page>,
    /// `name` → actor id, for WebFinger.
    names: HashMap<String, String>,
    /// Used up one by one, before `usual`.
    next_manners: VecDeque<Manner>,
    usual: Option<Manner>,
    /// Of one path, before all others.
    at_paths: HashMap<String, Manner>,
    takes: Option<Takes>,
    /// What a refusal for the form of a signature says in `Accept-Signature`.
    asks_for: Option<&'static str>,
    down: bool,
    /// Signatures are not looked at, and of what is posted only names are kept.
    hurried: bool,
    received: Vec<Received>,
    /// Every path asked for, in order.
    asked: Vec<String>,
}

type Hosts = Arc<Mutex<BTreeMap<String, HostState>>>;

/// The listener behind all the names.
pub struct Remote {
    pub port: u16,
    hosts: Hosts,
    server: JoinHandle<()>,
}

impl Remote {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let hosts = Hosts::default();
        let app = axum::Router::new()
            .fallback(answer)
            .with_state(hosts.clone());
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self {
            port,
            hosts,
            server,
        }
    }

    /// `NAME.localhost:PORT`, made on first use.
    pub fn host(&self, name: &str) -> Host {
        let authority = format!("{name}.localhost:{}", self.port);
        lock(&self.hosts).entry(authority.clone()).or_default();
        Host {
            authority,
            hosts: self.hosts.clone(),
        }
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// One server of another town.
#[derive(Clone)]
pub struct Host {
    pub authority: String,
    hosts: Hosts,
}

impl Host {
    fn change<T>(&self, change: impl FnOnce(&mut HostState) -> T) -> T {
        change(lock(&self.hosts).entry(self.authority.clone()).or_default())
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.authority)
    }

    /// A person with an account here, found by WebFinger, holding the first test key.
    pub fn person(&self, name: &str) -> Actor {
        self.actor(name, keys::first(), |_| ())
    }

    /// An actor whose document is bent before it is served.
    pub fn actor(
        &self,
        name: &str,
        key: &'static keys::Key,
        bend: impl FnOnce(&mut Value),
    ) -> Actor {
        let actor = Actor::new(self.clone(), name, key);
        let mut document = actor.document();
        bend(&mut document);
        self.serve(&format!("/users/{name}"), Page::document(&document));
        self.name(name, &actor.id);
        actor
    }

    /// Says in its NodeInfo that it runs this software.
    pub fn runs(&self, software: &str) {
        let schema = "http://nodeinfo.diaspora.software/ns/schema/2.0";
        let list = json!({"links": [{"rel": schema, "href": self.url("/nodeinfo/2.0")}]});
        let about = json!({"version": "2.0", "software": {"name": software, "version": "1.0.0"}});
        for (path, document) in [("/.well-known/nodeinfo", list), ("/nodeinfo/2.0", about)] {
            self.serve(path, Page::of("application/json", document.to_string()));
        }
    }

    /// Lets WebFinger answer `actor` for `name`.
    pub fn name(&self, name: &str, actor: &str) {
        self.change(|host| host.names.insert(name.to_owned(), actor.to_owned()));
    }

    /// `path` may hold a query.
    pub fn serve(&self, path: &str, page: Page) {
        self.change(|host| host.pages.insert(path.to_owned(), page));
    }

    pub fn serve_document(&self, document: &Value) {
        let id = url::Url::parse(document["id"].as_str().unwrap()).unwrap();
        self.serve(id.path(), Page::document(document));
    }

    pub fn withdraw(&self, path: &str) {
        self.change(|host| host.pages.remove(path));
    }

    /// From now on.
    pub fn usually(&self, manner: Manner) {
        self.change(|host| host.usual = Some(manner));
    }

    /// From now on, what is posted to this path.
    pub fn at_path(&self, path: &str, manner: Manner) {
        self.change(|host| host.at_paths.insert(path.to_owned(), manner));
    }

    /// From now on, of posts and of questions for documents; WebFinger stays open.
    pub fn takes_only(&self, takes: Takes) {
        self.change(|host| host.takes = Some(takes));
    }

    /// Says in what form it would have liked what it refused.
    pub fn asks_for(&self, header: &'static str) {
        self.change(|host| host.asks_for = Some(header));
    }

    /// For the next posts, one each, then as usual again.
    pub fn next(&self, manners: impl IntoIterator<Item = Manner>) {
        self.change(|host| host.next_manners.extend(manners));
    }

    /// From now on it keeps only type, id and object id of what is posted, and checks no signature: for thousands of letters.
    pub fn hurries(&self) {
        self.change(|host| host.hurried = true);
    }

    /// How many posts were answered with yes, whatever they held.
    pub fn count_accepted(&self) -> usize {
        let accepted = |received: &&Received| (200..300).contains(&received.answered);
        self.change(|host| host.received.iter().filter(accepted).count())
    }

    /// Every connection breaks off, whatever is asked.
    pub fn goes_down(&self) {
        self.change(|host| host.down = true);
    }

    pub fn comes_back(&self) {
        self.change(|host| host.down = false);
    }

    /// Everything posted here, in order of arrival, refused ones included.
    pub fn received(&self) -> Vec<Received> {
        self.change(|host| host.received.clone())
    }

    /// What was posted here and accepted.
    pub fn accepted(&self) -> Vec<Value> {
        let accepted = |received: &&Received| (200..300).contains(&received.answered);
        self.received()
            .iter()
            .filter(accepted)
            .map(|received| received.document.clone())
            .collect()
    }

    /// The accepted activities of one type.
    pub fn accepted_of(&self, kind: &str) -> Vec<Value> {
        self.accepted()
            .into_iter()
            .filter(|document| document["type"] == kind)
            .collect()
    }

    /// How often something under this path was asked for (GET) or posted to.
    pub fn times_asked(&self, path: &str) -> usize {
        self.change(|host| {
            host.asked
                .iter()
                .filter(|asked| asked.starts_with(path))
                .count()
        })
    }
}

fn lock(hosts: &Hosts) -> MutexGuard<'_, BTreeMap<String, HostState>> {
    hosts
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

async fn answer(
    State(hosts): State<Hosts>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let authority = headers
        .get("host")
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default()
        .to_lowercase();
    let asked = uri
        .path_and_query()
        .map(ToString::to_string)
        .unwrap_or_default();
    let known = {
        let mut hosts = lock(&hosts);
        let host = hosts.get_mut(&authority);
        host.map(|host| {
            host.asked.push(asked.clone());
            host.down
        })
    };
    match known {
        None => status(421),
        Some(true) => break_off(),
        Some(false) if method == Method::POST => {
            take_post(&hosts, &authority, &asked, &headers, &body).await
        }
        Some(false) => match refused_form(&hosts, &authority, &uri, &headers).await {
            Some(refusal) => refusal,
            None => page(&hosts, &authority, &uri, &asked),
        },
    }
}

/// Ends the connection without a word: unwinding out of the handler takes the connection's task with it.
fn break_off() -> ! {
    std::panic::resume_unwind(Box::new("the server of another town breaks off"))
}

fn status(code: u16) -> Response<Body> {
    Response::builder()
        .status(code)
        .body(Body::empty())
        .unwrap()
}

/// The answer to a question for a document, if its signature is not of the one form that is taken.
async fn refused_form(
    hosts: &Hosts,
    authority: &str,
    uri: &Uri,
    headers: &HeaderMap,
) -> Option<Response<Body>> {
    let (takes, asks_for) = {
        let hosts = lock(hosts);
        let host = hosts.get(authority)?;
        (host.takes?, host.asks_for)
    };
    if uri.path().starts_with("/.well-known/") {
        return None;
    }
    let asked = uri.path_and_query().map(ToString::to_string)?;
    let verdict = letter::check("GET", &asked, headers, b"").await;
    let fits = verdict.is_ok_and(|key_id| takes.likes(headers, &key_id));
    (!fits).then(|| unauthorized(asks_for))
}

fn page(hosts: &Hosts, authority: &str, uri: &Uri, asked: &str) -> Response<Body> {
    let mut hosts = lock(hosts);
    let Some(host) = hosts.get_mut(authority) else {
        return status(421);
    };
    let found = host.pages.get(asked).or_else(|| host.pages.get(uri.path()));
    match found {
        Some(page) => render(page),
        None if uri.path() == "/.well-known/webfinger" => webfinger(host, authority, uri),
        None => status(404),
    }
}

fn render(page: &Page) -> Response<Body> {
    let mut builder = Response::builder()
        .status(page.status)
        .header("content-type", &page.content_type);
    if let Some(location) = &page.location {
        builder = builder.header("location", location);
    }
    if let Some(encoding) = page.encoding {
        builder = builder.header("content-encoding", encoding);
    }
    let body = if page.drips {
        Body::from_stream(drip())
    } else {
        Body::from(page.body.clone())
    };
    builder.body(body).unwrap()
}

fn drip() -> impl futures_util::Stream<Item = Result<Bytes, Infallible>> {
    futures_util::stream::unfold((), |()| async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        Some((Ok(Bytes::from_static(b" ")), ()))
    })
}

fn webfinger(host: &HostState, authority: &str, uri: &Uri) -> Response<Body> {
    let query = uri.query().unwrap_or_default();
    let resource = url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "resource");
    let resource = resource
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default();
    let name = resource
        .strip_prefix("acct:")
        .and_then(|acct| acct.split('@').next());
    let by_id = || host.names.iter().find(|(_, id)| **id == resource);
    let Some((name, id)) = name
        .and_then(|name| host.names.get_key_value(name))
        .or_else(by_id)
    else {
        return status(404);
    };
    let links = json!([{"rel": "self", "type": ACTIVITY_JSON, "href": id}]);
    let answer =
        json!({"subject": format!("acct:{name}@{authority}"), "aliases": [id], "links": links});
    render(&Page::of("application/jrd+json", answer.to_string()))
}

async fn take_post(
    hosts: &Hosts,
    authority: &str,
    path: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Response<Body> {
    let hurried = lock(hosts).get(authority).is_some_and(|host| host.hurried);
    let verdict = if hurried {
        Err("not looked at".to_owned())
    } else {
        letter::check("POST", path, headers, body).await
    };
    let (manner, asks_for) = {
        let mut hosts = lock(hosts);
        let Some(host) = hosts.get_mut(authority) else {
            return status(421);
        };
        let key_id = verdict.as_deref().unwrap_or_default();
        if host
            .takes
            .is_some_and(|takes| !takes.likes(headers, key_id))
        {
            (Manner::Answer(401), host.asks_for)
        } else if let Some(manner) = host.at_paths.get(path) {
            (manner.clone(), None)
        } else {
            let next = host.next_manners.pop_front();
            let manner = next.or_else(|| host.usual.clone());
            (manner.unwrap_or(Manner::Accept), None)
        }
    };
    if let Manner::Slow(pause) = manner {
        tokio::time::sleep(pause).await;
    }
    let answered = match manner {
        Manner::Accept | Manner::Slow(_) => 202,
        Manner::Answer(code) | Manner::Later(code, _) => code,
        Manner::Hang | Manner::Close => 0,
    };
    let mut document = serde_json::from_slice(body).unwrap_or(Value::Null);
    if hurried {
        document = names_of(&document);
    }
    let received = Received {
        path: path.to_owned(),
        document,
        verdict,
        answered,
        is_message: headers.contains_key("signature-input"),
        synchronization: headers
            .get("collection-synchronization")
            .map(|value| value.to_str().unwrap().to_owned()),
    };
    if let Some(host) = lock(hosts).get_mut(authority) {
        host.received.push(received);
    }
    match manner {
        Manner::Hang => std::future::pending().await,
        Manner::Close => break_off(),
        Manner::Later(code, seconds) => {
            let builder = Response::builder()
                .status(code)
                .header("retry-after", seconds.to_string());
            builder.body(Body::empty()).unwrap()
        }
        Manner::Answer(401) => unauthorized(asks_for),
        _ => status(answered),
    }
}

fn names_of(document: &Value) -> Value {
    let object = &document["object"];
    let object = object.get("id").unwrap_or(object);
    json!({"id": document["id"], "type": document["type"], "object": {"id": object}})
}

#[cfg(test)]
mod tests;
