//! The front desk: every request gets an id, a client address and a time limit, goes to the town its host names, and leaves
//! one line in the log. Knows no page and no rule.

use std::{
    collections::{HashMap, HashSet},
    net::{IpAddr, SocketAddr},
    panic::AssertUnwindSafe,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use axum::{
    Router,
    extract::{ConnectInfo, MatchedPath, Request},
    http::{HeaderMap, HeaderValue, Uri, header, uri::Authority},
    response::Response,
};
use futures_util::FutureExt as _;
use ipnet::IpNet;
use parvis_town::Town;
use tokio::time::{Instant, timeout};
use tower::ServiceExt as _;
use tracing::Instrument as _;

use crate::{
    early::{Asker, Reason},
    health,
    metrics::Metrics,
    site, strict,
};

/// The header that carries a request's id: to the faces, for their error pages, and back to the client.
pub const REQUEST_ID: &str = "x-request-id";
const FORWARDED_FOR: &str = "x-forwarded-for";
/// How long an answer may take to begin.
const PATIENCE: Duration = Duration::from_secs(30);
/// The same where pictures come over a slow line first.
const PATIENCE_WITH_UPLOAD: Duration = Duration::from_mins(5);

/// A town as the front desk knows it.
pub struct Site {
    pub town: Arc<Town>,
    pub router: Router,
}

#[derive(Default)]
pub struct Front {
    /// By every name that a Host header may give.
    sites: RwLock<HashMap<String, Arc<Site>>>,
    /// Names of towns that live here and are not open yet.
    expected: RwLock<HashSet<String>>,
    trusted_proxies: Vec<IpNet>,
    pub metrics: Metrics,
}

impl Front {
    pub fn new(trusted_proxies: Vec<IpNet>, metrics: Metrics) -> Self {
        Self {
            sites: RwLock::default(),
            expected: RwLock::default(),
            trusted_proxies,
            metrics,
        }
    }

    /// From now on this town is served.
    pub fn open(&self, names: Vec<String>, site: Site) {
        let site = Arc::new(site);
        let mut expected = self
            .expected
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        expected.retain(|name| !names.contains(name));
        let mut sites = self.sites.write().unwrap_or_else(PoisonError::into_inner);
        sites.extend(names.into_iter().map(|name| (name, site.clone())));
    }

    /// Until this town is open, whoever asks for it is told to come back.
    pub fn expect(&self, names: Vec<String>) {
        let mut expected = self
            .expected
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        expected.extend(names);
    }

    fn expects(&self, host: &str) -> bool {
        self.expected
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(host)
    }

    /// Is every town open that lives here?
    fn is_complete(&self) -> bool {
        let expected = self.expected.read().unwrap_or_else(PoisonError::into_inner);
        expected.is_empty()
    }

    pub fn towns(&self) -> Vec<Arc<Town>> {
        let sites = self.sites.read().unwrap_or_else(PoisonError::into_inner);
        let mut towns: Vec<_> = sites.values().map(|site| site.town.clone()).collect();
        towns.sort_by(|a, b| a.host.cmp(&b.host));
        towns.dedup_by(|a, b| a.host == b.host);
        towns
    }

    fn site(&self, host: &str) -> Option<Arc<Site>> {
        self.sites
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(host)
            .cloned()
    }

    /// Answers one request. Never fails: whatever goes wrong becomes an answer.
    pub async fn answer(&self, peer: SocketAddr, mut request: Request) -> Response {
        let started = Instant::now();
        let id = format!("{:016x}", rand::random::<u64>());
        let client = client_of(peer, request.headers(), &self.trusted_proxies);
        let method = request.method().clone();
        let span = tracing::info_span!("request", id);
        span.in_scope(|| tracing::debug!(%client, path = request.uri().path(), "asked"));
        let shown = HeaderValue::from_str(&id).ok();
        if let Some(shown) = shown.clone() {
            request.headers_mut().insert(REQUEST_ID, shown);
        }
        request.extensions_mut().insert(ConnectInfo(client));

        let (town, mut answer) = self.route(request).instrument(span.clone()).await;
        strict::everywhere(answer.headers_mut());
        if let Some(shown) = shown {
            answer.headers_mut().insert(REQUEST_ID, shown);
        }
        let route = answer
            .extensions()
            .get::<MatchedPath>()
            .map_or("-", MatchedPath::as_str);
        let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let status = answer.status().as_u16();
        span.in_scope(|| tracing::info!(town, %method, route, status, ms, "answered"));
        answer
    }

    /// The host of the town that was asked, for the log, and its answer.
    async fn route(&self, request: Request) -> (String, Response) {
        match request.uri().path() {
            "/healthz" => return ("-".into(), health::alive()),
            "/health" => return ("-".into(), health::up()),
            "/readyz" => {
                let complete = self.is_complete();
                return ("-".into(), health::ready(self.towns(), complete).await);
            }
            "/metrics" => {
                if let Some(told) = self.metrics.told(request.headers()) {
                    return ("-".into(), told);
                }
            }
            _ => {}
        }
        let asker = Asker::of(request.uri(), request.headers());
        let Some(host) = host_of(request.uri(), request.headers()) else {
            return ("-".into(), asker.told(Reason::BadHost));
        };
        // Asked first: a town that opens in between is among the sites then, never unknown.
        let is_expected = self.expects(&host);
        match self.site(&host) {
            None if is_expected => (host, asker.told(Reason::Away)),
            None => ("-".into(), asker.told(Reason::UnknownTown)),
            Some(site) => {
                let mut answer = ask(site.router.clone(), request, &asker).await;
                if site.town.origin.starts_with("https://") {
                    strict::over_https(answer.headers_mut());
                }
                (site.town.host.clone(), answer)
            }
        }
    }
}

async fn ask(router: Router, request: Request, asker: &Asker) -> Response {
    let patience = if site::is_multipart(request.headers()) {
        PATIENCE_WITH_UPLOAD
    } else {
        PATIENCE
    };
    ask_within(patience, router, request, asker).await
}

async fn ask_within(
    patience: Duration,
    router: Router,
    request: Request,
    asker: &Asker,
) -> Response {
    let asking = AssertUnwindSafe(router.oneshot(request)).catch_unwind();
    match timeout(patience, asking).await {
        Ok(Ok(Ok(answer))) => answer,
        Ok(Ok(Err(never))) => match never {},
        Ok(Err(_panic)) => {
            tracing::error!("answering this request broke off");
            asker.told(Reason::Broken)
        }
        Err(_elapsed) => {
            tracing::warn!("answering this request took too long");
            asker.told(Reason::TooSlow)
        }
    }
}

/// The host a request is for, lower-case, without the dot of a fully qualified name (RFC 9112, 3.2).
fn host_of(uri: &Uri, headers: &HeaderMap) -> Option<String> {
    let mut named = headers.get_all(header::HOST).iter();
    let first = named.next();
    if named.next().is_some() {
        return None;
    }
    let authority = match uri.authority() {
        Some(authority) => authority.clone(),
        None => parsed(first?)?,
    };
    let host = authority.host().to_lowercase();
    let host = host.strip_suffix('.').unwrap_or(&host);
    Some(
        authority
            .port_u16()
            .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")),
    )
}

fn parsed(host: &HeaderValue) -> Option<Authority> {
    let authority: Authority = host.to_str().ok()?.parse().ok()?;
    (!authority.as_str().contains('@')).then_some(authority)
}

/// Who asks: the peer itself, or, where the peer is a proxy of ours, the last address in X-Forwarded-For that is none.
fn client_of(peer: SocketAddr, headers: &HeaderMap, trusted: &[IpNet]) -> SocketAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(&address));
    let mut client = SocketAddr::new(peer.ip().to_canonical(), peer.port());
    let lines: Vec<&str> = headers
        .get_all(FORWARDED_FOR)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .collect();
    for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        if !is_trusted(client.ip()) {
            break;
        }
        match hop.trim().parse::<IpAddr>() {
            Ok(address) => client = SocketAddr::new(address.to_canonical(), 0),
            Err(_) => break,
        }
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(uri: &str, hosts: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(header::HOST, HeaderValue::from_str(host).unwrap());
        }
        host_of(&uri.parse().unwrap(), &headers)
    }

    #[test]
    fn the_host_is_compared_without_capitals_and_final_dot() {
        assert_eq!(
            host("/", &["Valmont.Localhost:8000"]).unwrap(),
            "valmont.localhost:8000"
        );
        assert_eq!(host("/", &["valmont.example."]).unwrap(), "valmont.example");
        assert_eq!(host("/", &["[::1]:8000"]).unwrap(), "[::1]:8000");
    }

    #[test]
    fn an_absolute_address_outweighs_the_host_header() {
        let asked = host("http://valmont.example/x", &["rivebelle.example"]);
        assert_eq!(asked.unwrap(), "valmont.example");
    }

    #[test]
    fn two_missing_or_malformed_hosts_are_refused() {
        for hosts in [
            &["a.example", "b.example"][..],
            &[],
            &["me@a.example"],
            &["a b"],
        ] {
            assert!(host("/", hosts).is_none(), "{hosts:?}");
        }
    }

    #[tokio::test]
    async fn who_would_wait_too_long_is_told_when_to_come_back() {
        let never = || std::future::pending::<&'static str>();
        let router = Router::new().fallback(never);
        for (path, kind) in [("/ville", "text/html"), ("/api/v1/x", "application/json")] {
            let request = Request::get(path).body(axum::body::Body::empty()).unwrap();
            let asker = Asker::of(request.uri(), request.headers());
            let patience = Duration::from_millis(20);
            let answer = ask_within(patience, router.clone(), request, &asker).await;
            assert_eq!(answer.status(), 503);
            assert_eq!(answer.headers()[header::RETRY_AFTER], "30");
            let shown = answer.headers()[header::CONTENT_TYPE].to_str().unwrap();
            assert!(shown.starts_with(kind), "{path}: {shown}");
        }
    }

    fn client(peer: &str, forwarded: &[&'static str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(FORWARDED_FOR, HeaderValue::from_static(line));
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        let peer = SocketAddr::new(peer.parse().unwrap(), 4000);
        client_of(peer, &headers, &trusted).ip().to_string()
    }

    #[test]
    fn a_stranger_cannot_claim_another_address() {
        assert_eq!(
            client("203.0.113.9", &["198.51.100.1"], &["127.0.0.1/32"]),
            "203.0.113.9"
        );
    }

    #[test]
    fn a_proxy_of_ours_says_who_asks_and_what_the_client_adds_in_front_is_not_believed() {
        let told = client(
            "127.0.0.1",
            &["1.2.3.4, 203.0.113.9, 10.0.0.2"],
            &["127.0.0.1/32", "10.0.0.0/8"],
        );
        assert_eq!(told, "203.0.113.9");
        let told = client("127.0.0.1", &["1.2.3.4", "203.0.113.9"], &["127.0.0.1/32"]);
        assert_eq!(told, "203.0.113.9");
    }

    #[test]
    fn an_ipv4_address_in_ipv6_clothes_is_the_same_client() {
        assert_eq!(client("::ffff:203.0.113.9", &[], &[]), "203.0.113.9");
        assert_eq!(
            client("::ffff:127.0.0.1", &["203.0.113.9"], &["127.0.0.0/8"]),
            "203.0.113.9"
        );
    }
}
