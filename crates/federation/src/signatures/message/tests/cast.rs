//! Who signs in these tests, what they send, and requests put together piece by piece.

use std::{
    sync::LazyLock,
    time::{Duration, UNIX_EPOCH},
};

use aws_lc_rs::digest::{SHA256, digest};

use super::super::*;
use crate::signatures::{KeyPems, SigningKey, VerifyingKey};

pub const NOW: Timestamp = 1_780_000_000_000;
pub const BODY: &[u8] = br#"{"type":"Create"}"#;

pub struct Person {
    pub signer: OurKey,
    pub public: VerifyingKey,
    pub public_pem: String,
}

fn person(name: &str, pems: KeyPems) -> Person {
    Person {
        signer: OurKey {
            key_id: format!("https://{name}.example/actor#main-key"),
            key: SigningKey::from_pem(&pems.private).unwrap(),
        },
        public: VerifyingKey::from_pem(&pems.public).unwrap(),
        public_pem: pems.public,
    }
}

pub static ALICE: LazyLock<Person> =
    LazyLock::new(|| person("alice", SigningKey::generate().unwrap()));
pub static MALLORY: LazyLock<Person> =
    LazyLock::new(|| person("mallory", SigningKey::generate().unwrap()));
/// Her key is on the curve.
pub static CURIE: LazyLock<Person> =
    LazyLock::new(|| person("curie", SigningKey::generate_ed25519().unwrap()));

pub fn post(target: &str) -> Asked<'_> {
    Asked {
        method: &Method::POST,
        target,
        origin: "https://bourg.example",
    }
}

pub fn honest(person: &Person) -> HeaderMap {
    let url = "https://bourg.example/inbox".parse().unwrap();
    sign_post(&person.signer, &url, &BodyDigest::of(BODY).unwrap(), NOW).unwrap()
}

/// All the steps, as the inbox takes them.
pub fn check_by(
    person: &Person,
    target: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(), Fault> {
    let shape = parse(post(target), headers)?;
    shape.fresh(NOW)?;
    shape.digest_matches(body)?;
    shape.verify(&person.public)
}

pub fn check(headers: &HeaderMap) -> Result<(), Fault> {
    check_by(&ALICE, "/inbox", headers, BODY)
}

/// A truly signed request, its label or blanks then written otherwise in both headers.
pub fn edited(change: impl Fn(&str) -> String) -> HeaderMap {
    let mut headers = honest(&ALICE);
    for name in [SIGNATURE_INPUT, SIGNATURE] {
        let text = change(headers[&name].to_str().unwrap());
        headers.insert(name, text.parse().unwrap());
    }
    headers
}

/// A request put together piece by piece, so that it can be put together wrongly. In `parameters`, `NOW` stands for `at`,
/// `LATER` and `EARLIER` for a minute from it, `KEY` for Alice's key.
pub struct Crafted<'a> {
    pub covered: &'a str,
    pub parameters: &'a str,
    pub at: Timestamp,
    pub date: Timestamp,
    pub digest: String,
}

pub fn crafted() -> Crafted<'static> {
    Crafted {
        covered: "\"@method\" \"@target-uri\" \"content-digest\"",
        parameters: "created=NOW;keyid=KEY",
        at: NOW,
        date: NOW,
        digest: format!("sha-256=:{}:", STANDARD.encode(digest(&SHA256, BODY))),
    }
}

impl Crafted<'_> {
    pub fn headers(&self) -> HeaderMap {
        self.headers_by(|text| ALICE.signer.key.sign(text).unwrap())
    }

    /// The text is made here from the RFC's words alone, not by the code under test.
    pub fn headers_by(&self, sign: impl Fn(&[u8]) -> Vec<u8>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static("bourg.example"));
        headers.insert(CONTENT_DIGEST, self.digest.parse().unwrap());
        headers.insert(CONTENT_TYPE, ACTIVITY_JSON);
        let at = UNIX_EPOCH + Duration::from_millis(self.date as u64);
        headers.insert(DATE, httpdate::fmt_http_date(at).parse().unwrap());
        let value = |name: &str| match name {
            "@method" => "POST",
            "@target-uri" => "https://bourg.example/inbox",
            "@authority" => "bourg.example",
            "@scheme" => "https",
            "@path" | "@request-target" => "/inbox",
            "@query" => "?",
            name => headers[name].to_str().unwrap(),
        };
        let mut text = String::new();
        for name in self.covered.split(' ').filter(|name| !name.is_empty()) {
            let value = value(name.trim_matches('"'));
            text.extend([name, ": ", value, "\n"]);
        }
        let minute = 60_000;
        let seconds = |at: Timestamp| (at / 1_000).to_string();
        let parameters = self
            .parameters
            .replace("NOW", &seconds(self.at))
            .replace("LATER", &seconds(self.at + minute))
            .replace("EARLIER", &seconds(self.at - minute))
            .replace("KEY", "\"https://alice.example/actor#main-key\"");
        let input = format!("({});{parameters}", self.covered);
        text.extend(["\"@signature-params\": ", &input]);
        let signature = STANDARD.encode(sign(text.as_bytes()));
        headers.insert(SIGNATURE_INPUT, format!("sig1={input}").parse().unwrap());
        headers.insert(SIGNATURE, format!("sig1=:{signature}:").parse().unwrap());
        headers
    }
}
