//! The one door for everything from outside: bounded in time, size, number and reach. Knows no actors, posts or store.

mod addresses;
mod answer;
mod budget;
mod doors;
mod fault;
mod files;
mod memory;

use std::{sync::Arc, time::Duration};

use axum::body::Bytes;
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{ACCEPT, LOCATION},
};
use ipnet::IpNet;
use parvis_model::{
    clock::{Clock, Timestamp},
    limits, uri,
};
use reqwest::{Body, Method, Response};
use serde_json::Value;
use url::Url;

pub use self::{
    addresses::may_reach,
    answer::Answer,
    budget::Budget,
    fault::FetchFault,
    files::{File, Sort},
};
use self::{
    answer::Kind,
    doors::{Door, Doors},
    files::Files,
    memory::Memory,
};
use crate::{json, outbox::host_of, signatures::Signer, wire::jrd};

/// For one document, over all redirects and its body; the same for one delivery.
pub const TIMEOUT: Duration = Duration::from_secs(10);
const REDIRECTS: usize = 3;

pub struct FetchOptions {
    /// Networks that may be reached though they are not public; there also by plain http and on any port.
    pub allow_private: Vec<IpNet>,
    pub user_agent: String,
    pub timeout: Duration,
    pub clock: Clock,
}

/// Cloning gives another handle to the same connections and memory.
#[derive(Clone)]
pub struct Fetcher(Arc<Inner>);

struct Inner {
    doors: Doors,
    memory: Memory,
    files: Files,
    timeout: Duration,
    clock: Clock,
}

/// A document that lives where it says.
#[derive(Debug)]
pub struct Fetched {
    /// Where it was found in the end.
    pub final_url: Url,
    /// Its own `id`, in the one spelling of [`uri::canonical`].
    pub id: String,
    pub json: Value,
}

/// A document before it is known whether it lives where it says.
struct Page {
    url: Url,
    json: Value,
}

impl Fetcher {
    pub fn new(options: FetchOptions) -> Result<Self, reqwest::Error> {
        let FetchOptions {
            allow_private,
            user_agent,
            timeout,
            clock,
        } = options;
        let doors = Doors::new(allow_private, &user_agent, timeout)?;
        Ok(Self(Arc::new(Inner {
            doors,
            memory: Memory::new(),
            files: Files::new(),
            timeout,
            clock,
        })))
    }

    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The ActivityPub document at `url`, signed for if a signer is given. It is believed only if it lives at its `id`:
    /// else it is asked for once more there (contract, section 1.2).
    pub async fn document(
        &self,
        url: &Url,
        signer: Option<&Signer>,
        budget: &Budget,
    ) -> Result<Fetched, FetchFault> {
        self.remembering(url, self.0.settled(url, signer, budget))
            .await
    }

    /// What `host` (with its port, if it has one) says about `resource` (RFC 7033).
    pub async fn webfinger(
        &self,
        host: &str,
        resource: &str,
        budget: &Budget,
    ) -> Result<Value, FetchFault> {
        let (first, second) = self.0.webfinger_urls(host, resource).await?;
        let (asked, answer) = match (self.plain(&first, budget).await, second) {
            (Err(FetchFault::Unreachable | FetchFault::Broken), Some(second)) => {
                let answer = self.plain(&second, budget).await;
                (second, answer)
            }
            (answer, _) => (first, answer),
        };
        match answer {
            Err(not_there @ FetchFault::Status(404)) => self
                .by_host_meta(&asked, resource, budget)
                .await
                .ok_or(not_there),
            answer => answer,
        }
    }

    /// Some answer at another place than the usual one, and say in their host-meta where: that is tried once.
    async fn by_host_meta(&self, asked: &Url, resource: &str, budget: &Budget) -> Option<Value> {
        let place = asked.join("/.well-known/host-meta").ok()?;
        let page = self.0.bytes(&place, Kind::Xrd, None, budget);
        let (place, xrd) = self.remembering(&place, page).await.ok()?;
        let address = jrd::lrdd_address(&String::from_utf8_lossy(&xrd), resource)?;
        let address = Url::parse(&address).ok().filter(|url| url != asked)?;
        not_downwards(&place, &address).ok()?;
        self.plain(&address, budget).await.ok()
    }

    /// What a server says to everybody, without an `id` (WebFinger, NodeInfo).
    pub async fn plain(&self, url: &Url, budget: &Budget) -> Result<Value, FetchFault> {
        let page = self.0.follow(url, Kind::Jrd, None, budget);
        self.remembering(url, page).await.map(|page| page.json)
    }

    /// Sends `body` with `headers`, for deliveries: no redirects, and whatever is answered besides status and headers is
    /// thrown away.
    pub async fn post(
        &self,
        url: &Url,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<Answer, FetchFault> {
        let sent = async {
            let _turn = self.0.memory.turn(url).await;
            let body = Some(Body::from(body));
            let answer = self.0.doors.send(Method::POST, url, headers, body).await?;
            Ok(answer::of_delivery(answer, self.0.clock.now()).await)
        };
        self.in_time(sent).await
    }

    /// May this address be asked, so far as can be told beforehand? A name that leads nowhere just now may do so later.
    pub async fn may_ask(&self, url: &Url) -> bool {
        let door = async { self.0.doors.door(url).await };
        match self.in_time(door).await {
            Ok(_) => true,
            Err(FetchFault::Unreachable | FetchFault::TimedOut) => doors::is_secure(url),
            Err(_) => false,
        }
    }

    /// Leaves alone for a minute what failed.
    async fn remembering<T>(
        &self,
        url: &Url,
        fetch: impl Future<Output = Result<T, FetchFault>>,
    ) -> Result<T, FetchFault> {
        let memory = &self.0.memory;
        if memory.just_failed(url, self.0.clock.now()) {
            return Err(FetchFault::JustFailed);
        }
        let result = self.in_time(fetch).await;
        if let Err(fault) = &result
            && !matches!(
                fault,
                FetchFault::Budget | FetchFault::JustFailed | FetchFault::Unsigned
            )
        {
            memory.address_failed(url, self.0.clock.now());
        }
        result
    }

    async fn in_time<T>(
        &self,
        work: impl Future<Output = Result<T, FetchFault>>,
    ) -> Result<T, FetchFault> {
        let outcome = tokio::time::timeout(self.0.timeout, work).await;
        outcome.unwrap_or(Err(FetchFault::TimedOut))
    }
}

impl Inner {
    async fn settled(
        &self,
        asked: &Url,
        signer: Option<&Signer>,
        budget: &Budget,
    ) -> Result<Fetched, FetchFault> {
        let page = self.follow(asked, Kind::Activity, signer, budget).await?;
        let id = own_id(&page)?;
        if lives_at(&page, &id, asked) {
            return Ok(fetched(page, id));
        }
        not_downwards(asked, &id)?;
        let page = self.follow(&id, Kind::Activity, signer, budget).await?;
        if own_id(&page)? == id && lives_at(&page, &id, &id) {
            Ok(fetched(page, id))
        } else {
            Err(FetchFault::OtherDocument)
        }
    }

    /// A document in JSON.
    async fn follow(
        &self,
        asked: &Url,
        kind: Kind,
        signer: Option<&Signer>,
        budget: &Budget,
    ) -> Result<Page, FetchFault> {
        let (url, body) = self.bytes(asked, kind, signer, budget).await?;
        let json = json::parse_bounded(&body)?;
        Ok(Page { url, json })
    }

    /// Goes where it is sent, a few times, each step checked like the first. The answer is where it was found, and what.
    async fn bytes(
        &self,
        asked: &Url,
        kind: Kind,
        signer: Option<&Signer>,
        budget: &Budget,
    ) -> Result<(Url, Vec<u8>), FetchFault> {
        let mut url = bare(asked);
        for _ in 0..=REDIRECTS {
            let _turn = self.memory.turn(&url).await;
            // While we waited for our turn, another may have found nobody there.
            if self.memory.just_failed(&url, self.clock.now()) {
                return Err(FetchFault::JustFailed);
            }
            let answer = self.get(&url, kind, signer, budget).await?;
            if answer.status().is_redirection() {
                url = next_step(&url, &answer)?;
                continue;
            }
            if answer.status() != StatusCode::OK {
                return Err(FetchFault::Status(answer.status().as_u16()));
            }
            kind.check(answer.headers())?;
            let body = answer::read(answer, limits::DOCUMENT_BYTES).await?;
            return Ok((url, body));
        }
        Err(FetchFault::TooManyRedirects)
    }

    /// Signed for if a signer is given; once more in another form where the first is not taken.
    async fn get(
        &self,
        url: &Url,
        kind: Kind,
        signer: Option<&Signer>,
        budget: &Budget,
    ) -> Result<Response, FetchFault> {
        let now = self.clock.now();
        let accept = HeaderValue::from_static(kind.accept());
        let Some(signer) = signer else {
            budget.spend()?;
            return self
                .send(url, HeaderMap::from_iter([(ACCEPT, accept)]), now)
                .await;
        };
        let host = host_of(url.as_str()).ok_or(FetchFault::Address)?;
        let mut knock = signer.knock(host, now);
        loop {
            budget.spend()?;
            let headers = signer
                .sign_get(knock.form(), url, accept.clone(), now)
                .map_err(|_| FetchFault::Unsigned)?;
            let answer = self.send(url, headers, now).await?;
            if !knock.again(answer.status().as_u16(), answer::asked_for(&answer)) {
                return Ok(answer);
            }
        }
    }

    async fn send(
        &self,
        url: &Url,
        headers: HeaderMap,
        now: Timestamp,
    ) -> Result<Response, FetchFault> {
        let answer = self.doors.send(Method::GET, url, headers, None).await;
        if answer
            .as_ref()
            .is_err_and(|fault| *fault == FetchFault::Unreachable)
        {
            self.memory.server_failed(url, now);
        }
        answer
    }

    /// Where to ask: by https; on opened networks by http too, and first of all where a port is named.
    async fn webfinger_urls(
        &self,
        host: &str,
        resource: &str,
    ) -> Result<(Url, Option<Url>), FetchFault> {
        let https = webfinger_url("https", host, resource)?;
        if self.doors.door(&https).await == Ok(Door::Global) {
            return Ok((https, None));
        }
        let http = webfinger_url("http", host, resource)?;
        self.doors.door(&http).await?;
        Ok(if https.port().is_some() {
            (http, Some(https))
        } else {
            (https, Some(http))
        })
    }
}

fn webfinger_url(scheme: &str, host: &str, resource: &str) -> Result<Url, FetchFault> {
    // Nothing but a host and a port, whatever the parser would make of the rest.
    if host.is_empty()
        || host.contains(|c: char| "/?#@\\".contains(c) || c.is_whitespace() || c.is_control())
    {
        return Err(FetchFault::Address);
    }
    let text = format!("{scheme}://{host}/.well-known/webfinger");
    let mut url = Url::parse(&text).map_err(|_| FetchFault::Address)?;
    url.query_pairs_mut().append_pair("resource", resource);
    Ok(url)
}

fn bare(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_fragment(None);
    url
}

fn own_id(page: &Page) -> Result<Url, FetchFault> {
    let id = page
        .json
        .get("id")
        .and_then(Value::as_str)
        .and_then(uri::canonical);
    id.and_then(|id| Url::parse(&id).ok())
        .ok_or(FetchFault::OtherDocument)
}

/// Was it found at its own id, or asked for by its id and found on the same server?
fn lives_at(page: &Page, id: &Url, asked: &Url) -> bool {
    let asked_by_id = id == asked || *id == bare(asked);
    bare(id) == page.url || (asked_by_id && uri::same_origin(id, &page.url))
}

fn fetched(page: Page, id: Url) -> Fetched {
    Fetched {
        final_url: page.url,
        id: id.into(),
        json: page.json,
    }
}

fn next_step(from: &Url, answer: &Response) -> Result<Url, FetchFault> {
    let location = answer
        .headers()
        .get(LOCATION)
        .and_then(|location| location.to_str().ok());
    let status = answer.status().as_u16();
    let location = location.ok_or(FetchFault::Status(status))?;
    let next = from.join(location).map_err(|_| FetchFault::Address)?;
    not_downwards(from, &next)?;
    Ok(bare(&next))
}

fn not_downwards(from: &Url, to: &Url) -> Result<(), FetchFault> {
    let down = from.scheme() == "https" && to.scheme() != "https";
    if down {
        Err(FetchFault::Insecure)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
