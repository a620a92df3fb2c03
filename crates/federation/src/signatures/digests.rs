//! Digests of bodies: ours for both dialects, others' once they are read. Knows no header of a signature.

use aws_lc_rs::digest::{SHA256, SHA512, digest};
use base64::{Engine, engine::general_purpose::STANDARD};
use http::HeaderValue;

use super::{Fault, KeyFault};

/// What `Digest` (RFC 3230) and `Content-Digest` (RFC 9530) say of a body; made once for all who get it.
#[derive(Clone, Debug)]
pub struct BodyDigest {
    pub(super) digest: HeaderValue,
    pub(super) content_digest: HeaderValue,
}

impl BodyDigest {
    pub fn of(body: &[u8]) -> Result<Self, KeyFault> {
        let hash = STANDARD.encode(digest(&SHA256, body));
        Ok(Self {
            digest: value(format!("SHA-256={hash}"))?,
            content_digest: value(format!("sha-256=:{hash}:"))?,
        })
    }
}

pub(super) fn value(text: String) -> Result<HeaderValue, KeyFault> {
    HeaderValue::try_from(text).map_err(|_| KeyFault::Unusable)
}

/// The digests of a body that were signed, of the kinds we check; there is at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Digests {
    sha256: Option<[u8; 32]>,
    sha512: Option<[u8; 64]>,
}

impl Digests {
    /// `Fault::Digest` if there is none, or one is of a wrong length.
    pub(super) fn new(sha256: Option<&[u8]>, sha512: Option<&[u8]>) -> Result<Self, Fault> {
        if sha256.is_none() && sha512.is_none() {
            return Err(Fault::Digest);
        }
        let wrong = |_| Fault::Digest;
        Ok(Self {
            sha256: sha256.map(TryInto::try_into).transpose().map_err(wrong)?,
            sha512: sha512.map(TryInto::try_into).transpose().map_err(wrong)?,
        })
    }

    /// All of them must be those of this body.
    pub(super) fn match_body(&self, body: &[u8]) -> Result<(), Fault> {
        let sha256 = self.sha256.map(|of| digest(&SHA256, body).as_ref() == of);
        let sha512 = self.sha512.map(|of| digest(&SHA512, body).as_ref() == of);
        if sha256.unwrap_or(true) && sha512.unwrap_or(true) {
            Ok(())
        } else {
            Err(Fault::OtherBody)
        }
    }
}
