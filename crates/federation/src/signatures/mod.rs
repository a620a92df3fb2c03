//! Who sent a request: signing ours, checking others'. Knows no actors, no store and no network.
//!
//! One file per dialect; keys, faults and what a signed request comes down to ([`Shape`]) are shared by both.

pub mod cavage;
mod digests;
mod forms;
mod key;
pub mod message;
pub mod multikey;
mod pem;
mod shape;
mod structured;

use std::sync::Arc;

use http::{HeaderMap, HeaderValue, Method};
use parvis_model::clock::Timestamp;
use url::Url;

pub use digests::BodyDigest;
pub use forms::{Form, Forms, Knock, Known, REMEMBERED};
pub use key::{KeyFault, KeyPems, SigningKey, VerifyingKey};
pub use shape::{Dialect, Shape};

/// A key of ours, and the id under which others find its public half.
pub struct OurKey {
    pub key_id: String,
    pub key: SigningKey,
}

/// Somebody of ours who signs requests, and what is known of how others like them signed.
#[derive(Clone)]
pub struct Signer {
    pub rsa: Arc<OurKey>,
    /// Every account of ours has one, unless it was made before there were any and the program did not start since.
    pub ed25519: Option<Arc<OurKey>>,
    pub forms: Arc<Forms>,
}

impl Signer {
    /// Begins a request to `host`, in the form that it is likely to take.
    pub fn knock(&self, host: String, now: Timestamp) -> Knock<'_> {
        Knock::new(&self.forms, host, self.ed25519.is_some(), now)
    }

    /// The headers of a POST to `url` of a body with this digest, signed.
    pub fn sign_post(
        &self,
        form: Form,
        url: &Url,
        body: &BodyDigest,
        now: Timestamp,
    ) -> Result<HeaderMap, KeyFault> {
        match form {
            Form::Cavage => cavage::sign_post(&self.rsa, url, body, now),
            Form::Message => message::sign_post(&self.rsa, url, body, now),
            Form::MessageEd25519 => message::sign_post(self.second()?, url, body, now),
        }
    }

    /// The headers of a GET of `url`, signed.
    pub fn sign_get(
        &self,
        form: Form,
        url: &Url,
        accept: HeaderValue,
        now: Timestamp,
    ) -> Result<HeaderMap, KeyFault> {
        match form {
            Form::Cavage => cavage::sign_get(&self.rsa, url, accept, now),
            Form::Message => message::sign_get(&self.rsa, url, accept, now),
            Form::MessageEd25519 => message::sign_get(self.second()?, url, accept, now),
        }
    }

    fn second(&self) -> Result<&OurKey, KeyFault> {
        self.ed25519.as_deref().ok_or(KeyFault::Unusable)
    }
}

/// A request to us as its sender must have signed it.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub method: &'a Method,
    /// Path and query as they were asked for.
    pub target: &'a str,
    /// Our scheme, host and port as others see them.
    pub origin: &'a str,
}

impl Shape {
    /// Reads what the headers claim, in either dialect.
    pub fn parse(asked: Asked<'_>, headers: &HeaderMap) -> Result<Self, Fault> {
        if message::is_meant(headers) {
            message::parse(asked, headers)
        } else {
            cavage::parse(asked.method, asked.target, headers)
        }
    }
}

/// Why a signed request is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("signature refused: {}{}", self.word(), self.hint())]
pub enum Fault {
    /// There is no signature.
    Missing,
    /// More than one signature, or the same parameter or header twice: whose word would count?
    Doubled,
    TooLong,
    Malformed,
    /// `keyId` is no address of a key.
    KeyId,
    Algorithm,
    /// Something that must be signed is not.
    Uncovered,
    /// Something is said to be signed but was not sent.
    Absent,
    /// No usable digest of the body was sent.
    Digest,
    /// The digest is that of another body.
    OtherBody,
    /// A date that cannot be read.
    Date,
    Old,
    /// Dated in the future.
    Early,
    Expired,
    /// The signature does not belong to this request and key.
    Wrong,
}

impl Fault {
    /// For whoever reads the log of a server whose own clock is off: then everybody is refused.
    fn hint(self) -> &'static str {
        match self {
            Self::Old => " (dated more than an hour back; are the clocks of both servers right?)",
            Self::Early => " (dated minutes ahead; are the clocks of both servers right?)",
            _ => "",
        }
    }

    /// One short word for logs and counters.
    pub fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Doubled => "doubled",
            Self::TooLong => "too_long",
            Self::Malformed => "malformed",
            Self::KeyId => "key_id",
            Self::Algorithm => "algorithm",
            Self::Uncovered => "uncovered",
            Self::Absent => "absent",
            Self::Digest => "digest",
            Self::OtherBody => "other_body",
            Self::Date => "date",
            Self::Old => "old",
            Self::Early => "early",
            Self::Expired => "expired",
            Self::Wrong => "wrong",
        }
    }
}
