//! A signed POST to an inbox (draft-cavage-http-signatures-12) whose every part a test may bend before or after signing, and
//! the check of those that arrive. Written apart from the program's own, so that both cannot share one mistake.

use http::{HeaderMap, HeaderValue, Method};
use parvis_model::clock::Clock;
use serde_json::Value;

use crate::{
    exchange::{self, Reply},
    keys::{self, Key},
    message,
};

/// An unsealed letter. Built honest by [`Letter::new`]; bend its fields, then [`Letter::seal`].
#[derive(Clone)]
pub struct Letter {
    /// Where it is really posted.
    pub url: String,
    pub body: Vec<u8>,
    pub key: &'static Key,
    pub key_id: String,
    /// As named in the Signature header; the signature itself is always RSA-SHA256 unless replaced.
    pub algorithm: Option<String>,
    /// Names of what the signature covers, in order.
    pub covered: Vec<String>,
    /// What `(request-target)` is taken to be.
    pub target: String,
    pub date: Option<String>,
    pub digest: Option<String>,
    pub content_type: String,
    pub created: Option<i64>,
    pub expires: Option<i64>,
}

impl Letter {
    /// # Panics
    /// When `url` is none.
    pub fn new(key: &'static Key, key_id: &str, url: &str, document: &Value) -> Self {
        let body = document.to_string().into_bytes();
        let path = url::Url::parse(url).unwrap().path().to_owned();
        Self {
            url: url.to_owned(),
            digest: Some(keys::digest(&body)),
            body,
            key,
            key_id: key_id.to_owned(),
            algorithm: Some("rsa-sha256".to_owned()),
            covered: ["(request-target)", "host", "date", "digest", "content-type"]
                .map(str::to_owned)
                .to_vec(),
            target: format!("post {path}"),
            date: Some(date_at(0)),
            content_type: "application/activity+json".to_owned(),
            created: None,
            expires: None,
        }
    }

    /// Leaves `name` out of the signature (the header itself stays).
    #[must_use]
    pub fn not_covering(mut self, name: &str) -> Self {
        self.covered.retain(|covered| covered != name);
        self
    }

    /// The text that is signed.
    pub fn signing_text(&self) -> String {
        let lines: Vec<String> = self
            .covered
            .iter()
            .map(|name| format!("{name}: {}", self.covered_value(name)))
            .collect();
        lines.join("\n")
    }

    fn covered_value(&self, name: &str) -> String {
        match name {
            "(request-target)" => self.target.clone(),
            "(created)" => self.created.map(|at| at.to_string()).unwrap_or_default(),
            "(expires)" => self.expires.map(|at| at.to_string()).unwrap_or_default(),
            "host" => authority(&self.url),
            "date" => self.date.clone().unwrap_or_default(),
            "digest" => self.digest.clone().unwrap_or_default(),
            "content-type" => self.content_type.clone(),
            other => panic!("{other} is not a part of a letter"),
        }
    }

    /// Signs it.
    pub fn seal(&self) -> Sealed {
        self.seal_with(&self.key.sign(&self.signing_text()))
    }

    /// Puts `signature` where the real one belongs.
    pub fn seal_with(&self, signature: &str) -> Sealed {
        let mut headers = exchange::headers(&[
            ("content-type", &self.content_type),
            ("host", &authority(&self.url)),
        ]);
        for (name, value) in [("date", &self.date), ("digest", &self.digest)] {
            if let Some(value) = value {
                headers.insert(name, value.parse().unwrap());
            }
        }
        headers.insert(
            "signature",
            self.signature_header(signature).parse().unwrap(),
        );
        Sealed {
            url: self.url.clone(),
            headers,
            body: self.body.clone(),
        }
    }

    pub fn signature_header(&self, signature: &str) -> String {
        let mut parts = vec![format!("keyId=\"{}\"", self.key_id)];
        parts.extend(
            self.algorithm
                .as_ref()
                .map(|algorithm| format!("algorithm=\"{algorithm}\"")),
        );
        parts.extend(self.created.map(|at| format!("created={at}")));
        parts.extend(self.expires.map(|at| format!("expires={at}")));
        parts.push(format!("headers=\"{}\"", self.covered.join(" ")));
        parts.push(format!("signature=\"{signature}\""));
        parts.join(",")
    }

    /// Signs and posts it.
    pub async fn send(&self) -> Reply {
        self.seal().send().await
    }
}

/// A sealed letter: bend it further and the seal no longer holds.
#[derive(Clone)]
pub struct Sealed {
    pub url: String,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Sealed {
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: &str) -> Self {
        self.headers
            .append(name, HeaderValue::from_str(value).unwrap());
        self
    }

    pub async fn send(&self) -> Reply {
        exchange::send(
            Method::POST,
            &self.url,
            self.headers.clone(),
            self.body.clone(),
        )
        .await
    }

    pub async fn try_send(&self) -> Result<Reply, String> {
        exchange::try_send(
            Method::POST,
            &self.url,
            self.headers.clone(),
            self.body.clone(),
        )
        .await
    }
}

/// `host:port` as it stands in a Host header.
pub fn authority(url: &str) -> String {
    let url = url::Url::parse(url).unwrap();
    match url.port() {
        Some(port) => format!("{}:{port}", url.host_str().unwrap()),
        None => url.host_str().unwrap().to_owned(),
    }
}

/// An HTTP date so many seconds from now.
pub fn date_at(seconds_from_now: i64) -> String {
    let at = std::time::UNIX_EPOCH
        + std::time::Duration::from_secs((unix_now() + seconds_from_now) as u64);
    httpdate::fmt_http_date(at)
}

/// Seconds since 1970.
pub fn unix_now() -> i64 {
    Clock::system().now() / 1_000
}

/// The parts of a Signature header: `(keyId, what it covers, signature)`.
pub fn parts(header: &str) -> Option<(String, Vec<String>, String)> {
    let field = |name: &str| {
        let start = header.find(&format!("{name}=\""))? + name.len() + 2;
        let length = header.get(start..)?.find('"')?;
        header.get(start..start + length).map(str::to_owned)
    };
    let covered = field("headers")?.split(' ').map(str::to_owned).collect();
    Some((field("keyId")?, covered, field("signature")?))
}

/// Checks a letter that arrived, in either dialect: what it covers, its digest, its signature under the key that `key_id` leads to.
/// The answer names the key, or what is wrong.
pub async fn check(
    method: &str,
    path: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<String, String> {
    if headers.contains_key("signature-input") {
        return message::check(method, path, headers, body).await;
    }
    let value = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    let (key_id, covered, signature) = parts(value("signature")).ok_or("no signature")?;
    let mut wanted = vec!["(request-target)", "host", "date"];
    if method == "POST" {
        wanted.push("digest");
        if value("digest") != keys::digest(body) {
            return Err(format!("digest is {}", value("digest")));
        }
    }
    if let Some(missing) = wanted
        .iter()
        .find(|name| !covered.iter().any(|covered| covered == *name))
    {
        return Err(format!("{missing} is not signed"));
    }
    let line = |name: &String| match name.as_str() {
        "(request-target)" => format!("(request-target): {} {path}", method.to_lowercase()),
        name => format!("{name}: {}", value(name)),
    };
    let text = covered.iter().map(line).collect::<Vec<_>>().join("\n");
    let pem = key_of(&key_id).await?;
    if keys::holds(&pem, &text, &signature) {
        Ok(key_id)
    } else {
        Err(format!("signature does not hold: {text}"))
    }
}

/// The PEM of the key that an id leads to, if the actor found there names it as its own.
pub(crate) async fn key_of(key_id: &str) -> Result<String, String> {
    let document = exchange::get_document(key_id.split('#').next().unwrap_or(key_id)).await;
    if !document.is_success() {
        return Err(format!("{key_id} answers {}", document.status));
    }
    let document = document.json();
    if document["publicKey"]["id"] == key_id {
        let pem = document["publicKey"]["publicKeyPem"].as_str();
        return pem
            .map(str::to_owned)
            .ok_or("no key in the actor document".to_owned());
    }
    let further = document["assertionMethod"].as_array();
    let named = further
        .into_iter()
        .flatten()
        .find(|key| key["id"] == key_id && key["controller"] == document["id"]);
    named
        .and_then(|key| keys::pem_of_multibase(key["publicKeyMultibase"].as_str()?))
        .ok_or(format!("{key_id} is not a key of its actor"))
}
