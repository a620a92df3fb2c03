//! Who sent a request: signing ours, checking others'. Knows no actors, no store and no network.
//!
//! One file per dialect; keys and faults are shared by all.

pub mod cavage;
mod key;
mod pem;

use std::sync::Arc;

pub use key::{KeyFault, KeyPems, SigningKey, VerifyingKey};

/// Somebody of ours who signs requests: the key and the id under which others find its public half.
#[derive(Clone)]
pub struct Signer {
    pub key_id: String,
    pub key: Arc<SigningKey>,
}

/// Why a signed request is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("signature refused: {}", self.word())]
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
    /// No usable SHA-256 digest was sent.
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
