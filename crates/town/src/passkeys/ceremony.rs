//! What a browser and its device say when a key is made or used, checked in the order of Web Authentication Level 3 (7.1 and
//! 7.2) but for the challenge, which whoever calls looks up before. Statements about the make of a device are not asked for and not read. Knows no person and no database.

use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, de::IgnoredAny};

use super::{
    cbor::{self, Value},
    cose::Key,
};

/// Bytes of what the browser says.
const CLIENT_DATA: usize = 4 * 1024;
/// Bytes of what a device says of a new key.
const ATTESTATION: usize = 16 * 1024;
/// Bytes of what a device says when it signs.
const AUTHENTICATOR_DATA: usize = 1024;
/// WebAuthn, 4: bytes of a credential's id.
const CREDENTIAL: usize = 1023;
/// Bytes of a public key: RSA with 8192 bits and its labels.
const PUBLIC_KEY: usize = 1100;
/// Of the hash, the flags and the counter.
const FIXED: usize = 37;
const MODEL: usize = 16;

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const MAY_BE_COPIED: u8 = 0x08;
const IS_COPIED: u8 = 0x10;
const HAS_CREDENTIAL: u8 = 0x40;
const HAS_MORE: u8 = 0x80;

/// Why it does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    Unreadable,
    /// Made where one is to be used, or the other way round.
    Kind,
    /// Answers another question, or one asked too long ago.
    Challenge,
    /// Another site, or one of ours within another.
    Origin,
    /// The device meant another site.
    Site,
    /// Nobody was there.
    Absent,
    /// Nobody has shown who they are.
    Unverified,
    /// It contradicts itself about copies.
    Copies,
    Key,
    Signature,
}

/// The town as browsers know it.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// Scheme, host and port.
    pub origin: &'a str,
    /// The host alone.
    pub id: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Create,
    Get,
}

/// A key as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    pub credential: Vec<u8>,
    /// COSE.
    pub public_key: Vec<u8>,
    pub counter: u32,
}

/// What the browser says: for what, in answer to what, and where.
#[derive(Debug)]
pub struct ClientData {
    heard: Heard,
    /// As it was signed.
    bytes: Vec<u8>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Heard {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    cross_origin: Option<bool>,
    top_origin: Option<IgnoredAny>,
}

impl ClientData {
    pub fn read(bytes: Vec<u8>) -> Result<Self, Flaw> {
        if bytes.len() > CLIENT_DATA {
            return Err(Flaw::Unreadable);
        }
        let heard = serde_json::from_slice(&bytes).map_err(|_| Flaw::Unreadable)?;
        Ok(Self { heard, bytes })
    }

    /// What it answers. Nobody has looked yet whether that was asked.
    pub fn challenge(&self) -> &str {
        &self.heard.challenge
    }

    fn must_fit(&self, site: Site<'_>, kind: Kind) -> Result<(), Flaw> {
        let wanted = match kind {
            Kind::Create => "webauthn.create",
            Kind::Get => "webauthn.get",
        };
        let heard = &self.heard;
        if heard.kind != wanted {
            return Err(Flaw::Kind);
        }
        let is_framed = heard.cross_origin == Some(true) || heard.top_origin.is_some();
        if heard.origin != site.origin || is_framed {
            return Err(Flaw::Origin);
        }
        Ok(())
    }
}

/// What the device itself says.
struct Said<'a> {
    site: &'a [u8],
    flags: u8,
    counter: u32,
    rest: &'a [u8],
}

/// A new key.
pub fn made(site: Site<'_>, client_data: &ClientData, attestation: &[u8]) -> Result<Made, Flaw> {
    client_data.must_fit(site, Kind::Create)?;
    if attestation.len() > ATTESTATION {
        return Err(Flaw::Unreadable);
    }
    let (object, rest) = cbor::read(attestation).ok_or(Flaw::Unreadable)?;
    let data = object
        .at(&Value::Text("authData"))
        .and_then(Value::bytes)
        .filter(|_| rest.is_empty());
    let said = said(data.ok_or(Flaw::Unreadable)?)?;
    vouched(site, &said)?;
    if said.flags & HAS_CREDENTIAL == 0 {
        return Err(Flaw::Key);
    }
    let (credential, after) = credential(said.rest).ok_or(Flaw::Key)?;
    let (_, rest) = Key::read(after).ok_or(Flaw::Key)?;
    let public_key = &after[..after.len() - rest.len()];
    if public_key.len() > PUBLIC_KEY || !ends_well(said.flags, rest) {
        return Err(Flaw::Key);
    }
    Ok(Made {
        credential: credential.to_vec(),
        public_key: public_key.to_vec(),
        counter: said.counter,
    })
}

/// A key that is used: the device's counter, once all is well.
pub fn used(
    site: Site<'_>,
    public_key: &[u8],
    client_data: &ClientData,
    authenticator_data: &[u8],
    signature: &[u8],
) -> Result<u32, Flaw> {
    client_data.must_fit(site, Kind::Get)?;
    if authenticator_data.len() > AUTHENTICATOR_DATA {
        return Err(Flaw::Unreadable);
    }
    let said = said(authenticator_data)?;
    vouched(site, &said)?;
    let more = said.flags & (HAS_CREDENTIAL | HAS_MORE) != 0;
    if !more && !said.rest.is_empty() {
        return Err(Flaw::Unreadable);
    }
    let (key, _) = Key::read(public_key).ok_or(Flaw::Key)?;
    let hash = digest(&SHA256, &client_data.bytes);
    let signed = [authenticator_data, hash.as_ref()].concat();
    if key.has_signed(&signed, signature) {
        Ok(said.counter)
    } else {
        Err(Flaw::Signature)
    }
}

fn said(data: &[u8]) -> Result<Said<'_>, Flaw> {
    let (fixed, rest) = data.split_at_checked(FIXED).ok_or(Flaw::Unreadable)?;
    let counter = fixed[33..].try_into().map_err(|_| Flaw::Unreadable)?;
    Ok(Said {
        site: &fixed[..32],
        flags: fixed[32],
        counter: u32::from_be_bytes(counter),
        rest,
    })
}

/// The right site, somebody there, and that somebody the owner.
fn vouched(site: Site<'_>, said: &Said<'_>) -> Result<(), Flaw> {
    if said.site != digest(&SHA256, site.id.as_bytes()).as_ref() {
        return Err(Flaw::Site);
    }
    if said.flags & PRESENT == 0 {
        return Err(Flaw::Absent);
    }
    if said.flags & VERIFIED == 0 {
        return Err(Flaw::Unverified);
    }
    if said.flags & IS_COPIED != 0 && said.flags & MAY_BE_COPIED == 0 {
        return Err(Flaw::Copies);
    }
    Ok(())
}

fn credential(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let (head, rest) = rest.split_at_checked(MODEL + 2)?;
    let length = usize::from(head[MODEL]) << 8 | usize::from(head[MODEL + 1]);
    if !(1..=CREDENTIAL).contains(&length) {
        return None;
    }
    rest.split_at_checked(length)
}

/// Behind the key stands nothing, or the map that was announced.
fn ends_well(flags: u8, rest: &[u8]) -> bool {
    if flags & HAS_MORE == 0 {
        return rest.is_empty();
    }
    matches!(cbor::read(rest), Some((Value::Map(_), [])))
}

#[cfg(test)]
mod tests;
