//! Who signs in these tests, what they send, and requests put together line by line.

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};

use super::super::*;
pub use crate::signatures::VerifyingKey;
use crate::signatures::{OurKey, SigningKey};

pub const NOW: Timestamp = 1_780_000_000_000;
pub const BODY: &[u8] = br#"{"type":"Create"}"#;

pub struct Person {
    pub signer: OurKey,
    pub public: VerifyingKey,
    pub public_pem: String,
}

pub fn person(name: &str) -> Person {
    let pems = SigningKey::generate().unwrap();
    Person {
        signer: OurKey {
            key_id: format!("https://{name}.example/actor#main-key"),
            key: SigningKey::from_pem(&pems.private).unwrap(),
        },
        public: VerifyingKey::from_pem(&pems.public).unwrap(),
        public_pem: pems.public,
    }
}

pub static ALICE: LazyLock<Person> = LazyLock::new(|| person("alice"));
pub static MALLORY: LazyLock<Person> = LazyLock::new(|| person("mallory"));

pub fn inbox() -> Url {
    "https://bourg.example/inbox".parse().unwrap()
}

/// All the steps, as the inbox takes them.
pub fn check(method: &Method, target: &str, headers: &HeaderMap, body: &[u8]) -> Result<(), Fault> {
    let shape = parse(method, target, headers)?;
    shape.fresh(NOW)?;
    shape.digest_matches(body)?;
    shape.verify(&ALICE.public)
}

pub fn check_post(headers: &HeaderMap) -> Result<(), Fault> {
    check(&Method::POST, "/inbox", headers, BODY)
}

pub fn honest() -> HeaderMap {
    sign_post(&ALICE.signer, &inbox(), &BodyDigest::of(BODY).unwrap(), NOW).unwrap()
}

/// A request put together line by line, so that it can be put together wrongly.
pub struct Crafted {
    pub method: &'static str,
    pub path: &'static str,
    pub covered: &'static str,
    pub algorithm: Option<&'static str>,
    pub created: Option<Timestamp>,
    pub expires: Option<Timestamp>,
    pub date: Option<Timestamp>,
    pub digest: String,
}

pub fn crafted() -> Crafted {
    Crafted {
        method: "post",
        path: "/inbox",
        covered: "(request-target) host date digest",
        algorithm: Some("rsa-sha256"),
        created: None,
        expires: None,
        date: Some(NOW),
        digest: format!("SHA-256={}", STANDARD.encode(digest(&SHA256, BODY))),
    }
}

impl Crafted {
    pub fn headers(&self) -> HeaderMap {
        self.headers_by(|text| ALICE.signer.key.sign(text).unwrap())
    }

    pub fn headers_by(&self, sign: impl Fn(&[u8]) -> Vec<u8>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static("bourg.example"));
        headers.insert(DIGEST, self.digest.parse().unwrap());
        headers.insert(CONTENT_TYPE, ACTIVITY_JSON);
        if let Some(date) = self.date {
            let at = UNIX_EPOCH + Duration::from_millis(date as u64);
            headers.insert(DATE, httpdate::fmt_http_date(at).parse().unwrap());
        }
        let line = |name: &str| match name {
            "(request-target)" => format!("{name}: {} {}", self.method, self.path),
            "(created)" => format!("{name}: {}", self.created.unwrap() / SECOND),
            "(expires)" => format!("{name}: {}", self.expires.unwrap() / SECOND),
            _ => format!("{name}: {}", headers[name].to_str().unwrap()),
        };
        let text: Vec<_> = self.covered.split(' ').map(line).collect();
        let signature = STANDARD.encode(sign(text.join("\n").as_bytes()));
        let extra = [
            self.algorithm.map(|name| format!(",algorithm=\"{name}\"")),
            self.created.map(|at| format!(",created={}", at / SECOND)),
            self.expires.map(|at| format!(",expires={}", at / SECOND)),
        ];
        let header = format!(
            "keyId=\"{}\",headers=\"{}\",signature=\"{signature}\"{}",
            ALICE.signer.key_id,
            self.covered,
            extra.into_iter().flatten().collect::<String>(),
        );
        headers.insert(SIGNATURE, header.parse().unwrap());
        headers
    }
}
