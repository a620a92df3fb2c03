//! One request, one answer, over a loopback connection whatever the host name says. Keeps no cookies, follows no redirects.

use std::{net::SocketAddr, sync::OnceLock, time::Duration};

use http::{HeaderMap, Method};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use serde_json::Value;

/// What came back.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// # Panics
    /// When the body is not JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| {
            panic!(
                "not JSON ({error}), status {}: {}",
                self.status,
                self.text()
            )
        })
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// # Panics
    /// When the status is another one.
    #[track_caller]
    #[expect(
        clippy::return_self_not_must_use,
        reason = "often only the check is wanted"
    )]
    pub fn expecting(self, status: u16) -> Self {
        assert_eq!(
            self.status,
            status,
            "body: {}",
            self.text().chars().take(2_000).collect::<String>()
        );
        self
    }
}

/// Every name leads to this machine, as RFC 6761 says of `.localhost`.
struct Loopback;

impl Resolve for Loopback {
    fn resolve(&self, _name: Name) -> Resolving {
        let here: Addrs = Box::new(std::iter::once(SocketAddr::from(([127, 0, 0, 1], 0))));
        Box::pin(std::future::ready(Ok(here)))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the test kit stands outside of the program"
)]
fn client() -> &'static reqwest::Client {
    static CLIENT: OnceLock<reqwest::Client> = OnceLock::new();
    CLIENT.get_or_init(|| {
        reqwest::Client::builder()
            .dns_resolver(std::sync::Arc::new(Loopback))
            .redirect(reqwest::redirect::Policy::none())
            // Each test has a runtime of its own: a kept connection would outlive the one that drives it.
            .pool_max_idle_per_host(0)
            .timeout(Duration::from_secs(30))
            .no_proxy()
            .build()
            .unwrap()
    })
}

/// Asks for something whose body has no end.
pub(crate) async fn begin(url: &str, headers: HeaderMap) -> reqwest::Response {
    let request = client().get(url).headers(headers);
    request.send().await.unwrap()
}

/// Sends a request; an error is a connection that failed or broke off.
pub async fn try_send(
    method: Method,
    url: &str,
    headers: HeaderMap,
    body: Vec<u8>,
) -> Result<Reply, String> {
    let request = client().request(method, url).headers(headers).body(body);
    let answer = request.send().await.map_err(|error| format!("{error:?}"))?;
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    let body = answer
        .bytes()
        .await
        .map_err(|error| format!("{error:?}"))?
        .to_vec();
    Ok(Reply {
        status,
        headers,
        body,
    })
}

/// # Panics
/// When there is no answer.
pub async fn send(method: Method, url: &str, headers: HeaderMap, body: Vec<u8>) -> Reply {
    try_send(method.clone(), url, headers, body)
        .await
        .unwrap_or_else(|error| panic!("no answer to {method} {url}: {error}"))
}

pub async fn get(url: &str) -> Reply {
    send(Method::GET, url, HeaderMap::new(), Vec::new()).await
}

/// Asks for the ActivityPub form of something, unsigned.
pub async fn get_document(url: &str) -> Reply {
    send(
        Method::GET,
        url,
        headers(&[("accept", "application/activity+json")]),
        Vec::new(),
    )
    .await
}

/// # Panics
/// When a name or value cannot stand in a header.
pub fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    pairs
        .iter()
        .map(|(name, value)| {
            (
                name.parse::<http::HeaderName>().unwrap(),
                value.parse().unwrap(),
            )
        })
        .collect()
}

/// `a=b&c=d`, as browsers send a form.
pub fn urlencoded(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}
