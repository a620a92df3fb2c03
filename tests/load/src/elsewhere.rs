//! Fifty servers of other towns on one loopback listener, told apart by the Host header: they show
//! their people's documents and keep what is posted to them. Knows nothing of the node.

use std::{
    collections::HashMap,
    convert::Infallible,
    net::Ipv4Addr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Result;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header::CONTENT_TYPE};
use http_body_util::{BodyExt as _, Full};
use hyper::{
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use parvis_testkit::{
    Letter, Message,
    actor::PUBLIC,
    keys::{self, Key},
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::Notify, task::JoinHandle, time::timeout};

use crate::wire::Ask;

pub const SERVERS: usize = 50;
pub const EACH: usize = 10;
pub const PEOPLE: usize = SERVERS * EACH;
/// What software says that takes signatures of RFC 9421 with Ed25519 (FEP-844e).
const UNDERSTOOD: &str =
    "https://datatracker.ietf.org/doc/html/rfc9421#name-eddsa-using-curve-edwards25519";

/// What the people's documents say of where to deliver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inboxes {
    Own,
    Shared,
}

/// In which form the people sign, and take signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signs {
    /// draft-cavage-http-signatures-12 with RSA
    Letters,
    /// RFC 9421 with Ed25519, which their documents say they understand
    Ed25519,
    /// RFC 9421 with RSA
    Messages,
}

/// Somebody who lives on one of the servers.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: String,
    pub name: String,
    pub authority: String,
    pub inbox: String,
    number: usize,
}

impl Person {
    fn new(port: u16, number: usize) -> Self {
        let authority = format!("s{}.bench.localhost:{port}", number % SERVERS);
        let name = format!("u{number}");
        let id = format!("http://{authority}/users/{name}");
        Self {
            inbox: format!("{id}/inbox"),
            id,
            name,
            authority,
            number,
        }
    }

    pub fn shared_inbox(&self) -> String {
        format!("http://{}/inbox", self.authority)
    }

    /// Two pairs for all of them: the node cannot know, and making 500 would take a minute.
    fn key(&self) -> &'static Key {
        if self.number.is_multiple_of(2) {
            keys::first()
        } else {
            keys::second()
        }
    }

    /// Two of these as well.
    fn curve(&self) -> &'static Key {
        if self.number.is_multiple_of(2) {
            keys::curve()
        } else {
            keys::second_curve()
        }
    }

    fn document(&self, inboxes: Inboxes, signs: Signs) -> Value {
        let (id, key_id) = (&self.id, format!("{}#main-key", self.id));
        let mut document = json!({
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": id,
            "type": "Person",
            "preferredUsername": self.name,
            "name": format!("Voisin {}", self.number),
            "summary": "<p>Habite la ville d'à côté, aime le marché et la rivière.</p>",
            "url": format!("http://{}/@{}", self.authority, self.name),
            "inbox": self.inbox,
            "outbox": format!("{id}/outbox"),
            "followers": format!("{id}/followers"),
            "following": format!("{id}/following"),
            "manuallyApprovesFollowers": false,
            "publicKey": {"id": key_id, "owner": id, "publicKeyPem": self.key().public_pem},
        });
        if signs == Signs::Ed25519 {
            document["assertionMethod"] = json!([{
                "id": self.curve_id(), "type": "Multikey", "controller": id,
                "publicKeyMultibase": self.curve().multibase(),
            }]);
            document["generator"] = json!({"type": "Application", "implements": [{
                "name": "RFC-9421 signatures using the Ed25519 algorithm", "href": UNDERSTOOD,
            }]});
        }
        if inboxes == Inboxes::Shared {
            document["endpoints"] = json!({"sharedInbox": self.shared_inbox()});
        }
        document
    }

    pub fn activity(&self, id: &str, kind: &str, object: &Value) -> Value {
        json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": format!("{}/activities/{id}", self.id),
            "type": kind,
            "actor": self.id,
            "object": object,
        })
    }

    /// A public note, as most servers would send it. `published`: RFC 3339.
    pub fn create(&self, number: usize, content: &str, published: &str) -> Value {
        let (to, cc) = (json!([PUBLIC]), json!([format!("{}/followers", self.id)]));
        let note = json!({
            "id": self.note_id(number),
            "type": "Note",
            "attributedTo": self.id,
            "to": to,
            "cc": cc,
            "content": format!("<p>{content}</p>"),
            "published": published,
            "url": format!("http://{}/@{}/{number}", self.authority, self.name),
            "sensitive": false,
        });
        let mut activity = self.activity(&number.to_string(), "Create", &note);
        (activity["to"], activity["cc"], activity["published"]) = (to, cc, json!(published));
        activity
    }

    pub fn note_id(&self, number: usize) -> String {
        format!("{}/statuses/{number}", self.id)
    }

    fn curve_id(&self) -> String {
        format!("{}#ed25519-1", self.id)
    }

    /// Signed now in the older dialect, to be sent within the hour.
    pub fn letter(&self, inbox: &str, document: &Value) -> Result<Ask> {
        self.signed(Signs::Letters, inbox, document)
    }

    /// Signed now, to be sent within the hour.
    pub fn signed(&self, signs: Signs, inbox: &str, document: &Value) -> Result<Ask> {
        let key_id = format!("{}#main-key", self.id);
        let sealed = match signs {
            Signs::Letters => Letter::new(self.key(), &key_id, inbox, document).seal(),
            Signs::Messages => Message::new(self.key(), &key_id, inbox, document).seal(),
            Signs::Ed25519 => Message::new(self.curve(), &self.curve_id(), inbox, document).seal(),
        };
        Ok(Ask {
            method: Method::POST,
            path: url::Url::parse(inbox)?.path().to_owned(),
            headers: sealed.headers,
            body: sealed.body.into(),
        })
    }
}

/// One POST that arrived.
#[derive(Clone, Debug)]
pub struct Received {
    pub at: Instant,
    /// Where to, whole.
    pub inbox: String,
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

pub struct Elsewhere {
    pub people: Vec<Person>,
    inside: Arc<Inside>,
    listening: JoinHandle<()>,
}

#[derive(Default)]
struct Inside {
    /// By whole address.
    documents: HashMap<String, Bytes>,
    received: Mutex<Vec<Received>>,
    count: AtomicUsize,
    /// Questions of any kind: what is not posted.
    fetches: AtomicUsize,
    grew: Notify,
}

impl Elsewhere {
    pub async fn open(inboxes: Inboxes) -> Result<Self> {
        Self::open_signing(inboxes, Signs::Letters).await
    }

    /// With people whose documents say what `signs` says.
    pub async fn open_signing(inboxes: Inboxes, signs: Signs) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let people: Vec<_> = (0..PEOPLE)
            .map(|number| Person::new(port, number))
            .collect();
        let documents = people.iter().map(|person| {
            let document = person.document(inboxes, signs).to_string();
            (person.id.clone(), Bytes::from(document))
        });
        let inside = Arc::new(Inside {
            documents: documents.collect(),
            ..Inside::default()
        });
        let listening = tokio::spawn(listen(listener, Arc::clone(&inside)));
        Ok(Self {
            people,
            inside,
            listening,
        })
    }

    /// How many posts have arrived.
    pub fn count(&self) -> usize {
        self.inside.count.load(Ordering::Acquire)
    }

    /// How often something was asked for.
    pub fn fetches(&self) -> usize {
        self.inside.fetches.load(Ordering::Relaxed)
    }

    /// Waits until so many posts have arrived in all.
    pub async fn arrived(&self, count: usize, patience: Duration) -> Result<()> {
        let waiting = async {
            loop {
                let grew = self.inside.grew.notified();
                tokio::pin!(grew);
                grew.as_mut().enable();
                if self.count() >= count {
                    return;
                }
                grew.await;
            }
        };
        if timeout(patience, waiting).await.is_err() {
            anyhow::bail!("{} of {count} arrived within {patience:?}", self.count());
        }
        Ok(())
    }

    /// What arrived from number `first` on, in order of arrival.
    pub fn received(&self, first: usize) -> Vec<Received> {
        self.inside
            .letters()
            .get(first..)
            .unwrap_or_default()
            .to_vec()
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Inside {
    fn letters(&self) -> MutexGuard<'_, Vec<Received>> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, received: Received) {
        let mut letters = self.letters();
        letters.push(received);
        self.count.store(letters.len(), Ordering::Release);
        drop(letters);
        self.grew.notify_waiters();
    }
}

async fn listen(listener: TcpListener, inside: Arc<Inside>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let _ = stream.set_nodelay(true);
        let inside = Arc::clone(&inside);
        tokio::spawn(async move {
            let service = service_fn(|request| answer(request, Arc::clone(&inside)));
            let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            // The node hangs up when it likes.
            let _ = connection.await;
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    inside: Arc<Inside>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let authority = head.headers.get("host").and_then(|host| host.to_str().ok());
    let address = format!(
        "http://{}{}",
        authority.unwrap_or_default(),
        head.uri.path()
    );
    if head.method != Method::POST {
        inside.fetches.fetch_add(1, Ordering::Relaxed);
        return Ok(show(&inside, &address, head.uri.query()));
    }
    let Ok(body) = body.collect().await else {
        return Ok(status(StatusCode::BAD_REQUEST));
    };
    inside.keep(Received {
        at: Instant::now(),
        inbox: address,
        path: head.uri.path().to_owned(),
        headers: head.headers,
        body: body.to_bytes(),
    });
    Ok(status(StatusCode::ACCEPTED))
}

fn show(inside: &Inside, address: &str, query: Option<&str>) -> Response<Full<Bytes>> {
    if let Some(document) = inside.documents.get(address) {
        return document_of("application/activity+json", document.clone());
    }
    match web_finger(inside, address, query) {
        Some(found) => document_of("application/jrd+json", found.to_string().into()),
        None => status(StatusCode::NOT_FOUND),
    }
}

/// RFC 7033, for `resource=acct:NAME@HOST` of the asked server.
fn web_finger(inside: &Inside, address: &str, query: Option<&str>) -> Option<Value> {
    let server = address.strip_suffix("/.well-known/webfinger")?;
    let pairs = url::form_urlencoded::parse(query?.as_bytes());
    let resource = pairs.into_iter().find(|(name, _)| name == "resource")?.1;
    let (name, _) = resource.strip_prefix("acct:")?.split_once('@')?;
    let id = format!("{server}/users/{name}");
    inside.documents.get(&id)?;
    Some(json!({
        "subject": resource,
        "links": [{"rel": "self", "type": "application/activity+json", "href": id}],
    }))
}

fn document_of(kind: &'static str, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

fn status(code: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = code;
    response
}
