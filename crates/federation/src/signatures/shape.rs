//! A signed request as both dialects leave it: whose key, over which text, when. Knows no header.

use std::ops::Range;

use parvis_model::{
    clock::{HOUR, MINUTE, Timestamp},
    uri,
};

use super::{Fault, VerifyingKey, digests::Digests, key::Scheme};

/// How far a request may have been dated back, and ahead: clocks differ, queues wait.
const BACK: Timestamp = HOUR;
const AHEAD: Timestamp = 5 * MINUTE;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// draft-cavage-http-signatures-12
    Cavage,
    /// RFC 9421
    Message,
}

/// A signed request whose headers hang together; whether it is true has yet to be asked, cheapest question first:
/// [`Shape::fresh`], [`Shape::digest_matches`] and, with a key at hand, [`Shape::verify`].
#[derive(Debug)]
pub struct Shape {
    pub(super) dialect: Dialect,
    pub(super) key_id: String,
    /// `None`: the key decides.
    pub(super) scheme: Option<Scheme>,
    pub(super) signature: Vec<u8>,
    /// What was signed.
    pub(super) text: String,
    /// Where in `text` the query of the target stands, with its question mark, if it may have been left out.
    pub(super) query: Option<Range<usize>>,
    pub(super) digests: Option<Digests>,
    /// The signed dates: of the `Date` header, and of the signature.
    pub(super) dates: [Option<Timestamp>; 2],
    pub(super) expires: Option<Timestamp>,
}

impl Shape {
    /// The key said to have signed, in the one spelling of [`uri::canonical`].
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Signed within the last hour (and not more than five minutes from now), and not expired.
    pub fn fresh(&self, now: Timestamp) -> Result<(), Fault> {
        for signed in self.dates.iter().flatten() {
            if now - signed > BACK {
                return Err(Fault::Old);
            }
            if signed - now > AHEAD {
                return Err(Fault::Early);
            }
        }
        if self.expires.is_some_and(|end| end < now) {
            Err(Fault::Expired)
        } else {
            Ok(())
        }
    }

    /// Is this the body whose digest was signed?
    pub fn digest_matches(&self, body: &[u8]) -> Result<(), Fault> {
        let signed = self.digests.as_ref().ok_or(Fault::Digest)?;
        signed.match_body(body)
    }

    /// Did this key sign? Some software signs the target without its query: in the older dialect that counts too.
    pub fn verify(&self, key: &VerifyingKey) -> Result<(), Fault> {
        let whole = key.verify(self.scheme, self.text.as_bytes(), &self.signature);
        match (&whole, &self.query) {
            (Err(_), Some(query)) => {
                let without = [&self.text[..query.start], &self.text[query.end..]].concat();
                key.verify(self.scheme, without.as_bytes(), &self.signature)
            }
            _ => whole,
        }
    }
}

/// The address of a key in its one spelling. What parsers of addresses forgive (`https:/@host`) is not forgiven here.
pub(super) fn key_id(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://")?;
    let is_web = ["https", "http"]
        .iter()
        .any(|web| scheme.eq_ignore_ascii_case(web));
    let server = rest.split(['/', '?', '#']).next()?;
    if is_web && !server.is_empty() && !server.contains('@') {
        uri::canonical(text)
    } else {
        None
    }
}
