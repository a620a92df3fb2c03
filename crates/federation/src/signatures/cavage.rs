//! The dialect most of the network speaks: draft-cavage-http-signatures-12 with RSA. Knows no actors and fetches no keys.
//!
//! Checking goes in steps, so that the inbox can ask the cheapest question first: [`Shape::parse`] reads headers only,
//! then [`Shape::fresh`], [`Shape::digest_matches`] and, with a key at hand, [`Shape::verify`].

use std::{
    ops::Range,
    time::{Duration, UNIX_EPOCH},
};

use aws_lc_rs::digest::{SHA256, digest};
use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD},
};
use http::{
    HeaderMap, HeaderName, HeaderValue, Method,
    header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, DATE, HOST},
};
use parvis_model::{
    clock::{HOUR, MINUTE, SECOND, Timestamp},
    uri,
};
use url::Url;

use super::{Fault, KeyFault, Signer, VerifyingKey};

const SIGNATURE: HeaderName = HeaderName::from_static("signature");
const DIGEST: HeaderName = HeaderName::from_static("digest");
const ACTIVITY_JSON: HeaderValue = HeaderValue::from_static("application/activity+json");

/// Bytes of a Signature header.
const LONGEST: usize = 8 * 1024;
/// Names that one signature may cover.
const MOST_COVERED: usize = 40;
/// How far a request may have been dated back, and ahead: clocks differ, queues wait.
const BACK: Timestamp = HOUR;
const AHEAD: Timestamp = 5 * MINUTE;

const FORGIVING: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What a `Digest` header says of a body (RFC 3230); made once for all who get it.
#[derive(Clone, Debug)]
pub struct BodyDigest(HeaderValue);

impl BodyDigest {
    pub fn of(body: &[u8]) -> Result<Self, KeyFault> {
        let hash = STANDARD.encode(digest(&SHA256, body));
        value(format!("SHA-256={hash}")).map(Self)
    }
}

/// The headers of a POST to `url` of a body with this digest, signed: Host, Date, Digest, Content-Type, Signature.
pub fn sign_post(
    signer: &Signer,
    url: &Url,
    body: &BodyDigest,
    now: Timestamp,
) -> Result<HeaderMap, KeyFault> {
    let mut draft = Draft::new("post", url, now)?;
    draft.add(DIGEST, body.0.clone());
    draft.add(CONTENT_TYPE, ACTIVITY_JSON);
    draft.signed(signer)
}

/// The headers of a GET of `url`, signed: Host, Date, Accept, Signature.
pub fn sign_get(
    signer: &Signer,
    url: &Url,
    accept: HeaderValue,
    now: Timestamp,
) -> Result<HeaderMap, KeyFault> {
    let mut draft = Draft::new("get", url, now)?;
    draft.add(ACCEPT, accept);
    draft.signed(signer)
}

/// A request of ours while its signed lines are gathered.
struct Draft {
    headers: HeaderMap,
    names: String,
    text: String,
}

impl Draft {
    fn new(method: &str, url: &Url, now: Timestamp) -> Result<Self, KeyFault> {
        let mut text = String::with_capacity(512);
        text.extend(["(request-target): ", method, " ", url.path()]);
        if let Some(query) = url.query() {
            text.extend(["?", query]);
        }
        let mut draft = Self {
            headers: HeaderMap::with_capacity(8),
            names: "(request-target)".into(),
            text,
        };
        draft.add(HOST, host(url)?);
        let date = UNIX_EPOCH + Duration::from_millis(u64::try_from(now).unwrap_or(0));
        draft.add(DATE, value(httpdate::fmt_http_date(date))?);
        Ok(draft)
    }

    fn add(&mut self, name: HeaderName, value: HeaderValue) {
        self.names.extend([" ", name.as_str()]);
        self.text.extend([
            "\n",
            name.as_str(),
            ": ",
            value.to_str().unwrap_or_default(),
        ]);
        self.headers.insert(name, value);
    }

    fn signed(mut self, signer: &Signer) -> Result<HeaderMap, KeyFault> {
        let signature = STANDARD.encode(signer.key.sign(self.text.as_bytes())?);
        let header = format!(
            "keyId=\"{}\",algorithm=\"rsa-sha256\",headers=\"{}\",signature=\"{signature}\"",
            signer.key_id, self.names,
        );
        self.headers.insert(SIGNATURE, value(header)?);
        Ok(self.headers)
    }
}

fn value(text: String) -> Result<HeaderValue, KeyFault> {
    HeaderValue::try_from(text).map_err(|_| KeyFault::Unusable)
}

fn host(url: &Url) -> Result<HeaderValue, KeyFault> {
    let name = url.host_str().ok_or(KeyFault::Unusable)?;
    value(
        url.port()
            .map_or_else(|| name.to_owned(), |port| format!("{name}:{port}")),
    )
}

/// A signed request whose headers hang together; whether it is true has yet to be asked.
#[derive(Debug)]
pub struct Shape {
    key_id: String,
    algorithm: Algorithm,
    signature: Vec<u8>,
    /// The lines that were signed.
    text: String,
    /// Where in `text` the query of the target stands, with its question mark.
    query: Option<Range<usize>>,
    digest: Option<[u8; 32]>,
    /// The signed `Date` and `(created)`.
    dates: [Option<Timestamp>; 2],
    expires: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Algorithm {
    /// Absent or `hs2019`: the key decides, and RSA leaves the hash open.
    OfKey,
    Sha256,
    Sha512,
}

impl Shape {
    /// Reads what the headers claim. `target` is path and query as they were asked for.
    pub fn parse(method: &Method, target: &str, headers: &HeaderMap) -> Result<Self, Fault> {
        let parameters = Parameters::parse(the_signature(headers)?)?;
        for name in [DATE, DIGEST, HOST, CONTENT_TYPE, CONTENT_LENGTH] {
            at_most_once(headers, &name)?;
        }
        let mut lines = Lines::new(method, target);
        for name in parameters
            .headers
            .split(' ')
            .filter(|name| !name.is_empty())
        {
            lines.cover(name, &parameters, headers)?;
        }
        lines.all_needed(method)?;
        Ok(Self {
            key_id: key_id(parameters.key_id).ok_or(Fault::KeyId)?,
            algorithm: algorithm(parameters.algorithm)?,
            signature: FORGIVING
                .decode(parameters.signature)
                .map_err(|_| Fault::Malformed)?,
            digest: if lines.digest {
                Some(sha256(headers)?)
            } else {
                None
            },
            dates: [
                lines.date.then(|| date(headers)).transpose()?,
                parameters
                    .created
                    .filter(|_| lines.created)
                    .map(seconds)
                    .transpose()?,
            ],
            expires: parameters.expires.map(seconds).transpose()?,
            text: lines.text,
            query: lines.query,
        })
    }

    /// The key said to have signed, in the one spelling of [`uri::canonical`].
    pub fn key_id(&self) -> &str {
        &self.key_id
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
        let signed = self.digest.ok_or(Fault::Digest)?;
        if digest(&SHA256, body).as_ref() == signed {
            Ok(())
        } else {
            Err(Fault::OtherBody)
        }
    }

    /// Did this key sign? Some software signs the target without its query: that counts too.
    pub fn verify(&self, key: &VerifyingKey) -> Result<(), Fault> {
        let whole = self.verify_text(key, self.text.as_bytes());
        match (&whole, &self.query) {
            (Err(_), Some(query)) => {
                let without = [&self.text[..query.start], &self.text[query.end..]].concat();
                self.verify_text(key, without.as_bytes())
            }
            _ => whole,
        }
    }

    fn verify_text(&self, key: &VerifyingKey, text: &[u8]) -> Result<(), Fault> {
        match self.algorithm {
            Algorithm::Sha256 => key.verify_sha256(text, &self.signature),
            Algorithm::Sha512 => key.verify_sha512(text, &self.signature),
            Algorithm::OfKey => key
                .verify_sha256(text, &self.signature)
                .or_else(|_| key.verify_sha512(text, &self.signature)),
        }
    }
}

fn the_signature(headers: &HeaderMap) -> Result<&str, Fault> {
    let mut all = headers.get_all(SIGNATURE).iter();
    let only = all.next().ok_or(Fault::Missing)?;
    if all.next().is_some() || headers.get_all(AUTHORIZATION).iter().any(is_signature) {
        return Err(Fault::Doubled);
    }
    if only.len() > LONGEST {
        return Err(Fault::TooLong);
    }
    only.to_str().map_err(|_| Fault::Malformed)
}

fn is_signature(authorization: &HeaderValue) -> bool {
    let scheme = authorization.as_bytes().get(..9);
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"signature"))
}

fn at_most_once(headers: &HeaderMap, name: &HeaderName) -> Result<(), Fault> {
    if headers.get_all(name).iter().nth(1).is_some() {
        Err(Fault::Doubled)
    } else {
        Ok(())
    }
}

/// An address in its one spelling. What parsers of addresses forgive (`https:/@host`) is not forgiven here.
fn key_id(text: &str) -> Option<String> {
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

fn algorithm(name: Option<&str>) -> Result<Algorithm, Fault> {
    match name.map(str::to_ascii_lowercase).as_deref() {
        None | Some("hs2019") => Ok(Algorithm::OfKey),
        Some("rsa-sha256") => Ok(Algorithm::Sha256),
        Some("rsa-sha512") => Ok(Algorithm::Sha512),
        Some(_) => Err(Fault::Algorithm),
    }
}

fn date(headers: &HeaderMap) -> Result<Timestamp, Fault> {
    let text = headers
        .get(DATE)
        .and_then(|date| date.to_str().ok())
        .ok_or(Fault::Date)?;
    let at = httpdate::parse_http_date(text).map_err(|_| Fault::Date)?;
    let since = at.duration_since(UNIX_EPOCH).map_err(|_| Fault::Date)?;
    Timestamp::try_from(since.as_millis()).map_err(|_| Fault::Date)
}

/// Whole seconds since 1970; a fraction, which the draft allows in `expires`, is let go.
fn seconds(text: &str) -> Result<Timestamp, Fault> {
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    let seconds: u32 = whole.parse().map_err(|_| Fault::Date)?;
    Ok(Timestamp::from(seconds) * SECOND)
}

/// The SHA-256 among the digests (RFC 3230); others beside it are not looked at.
fn sha256(headers: &HeaderMap) -> Result<[u8; 32], Fault> {
    let text = headers
        .get(DIGEST)
        .and_then(|digest| digest.to_str().ok())
        .ok_or(Fault::Digest)?;
    let mut found = text
        .split(',')
        .filter_map(|one| one.trim().split_once('='))
        .filter(|(name, _)| name.eq_ignore_ascii_case("sha-256"));
    let (_, encoded) = found.next().ok_or(Fault::Digest)?;
    if found.next().is_some() {
        return Err(Fault::Doubled);
    }
    let bytes = FORGIVING.decode(encoded).map_err(|_| Fault::Digest)?;
    bytes.try_into().map_err(|_| Fault::Digest)
}

/// The signed lines while they are put together, and what they cover so far.
struct Lines<'a> {
    method: &'a Method,
    target: &'a str,
    text: String,
    query: Option<Range<usize>>,
    names: Vec<&'a str>,
    is_target: bool,
    host: bool,
    date: bool,
    created: bool,
    digest: bool,
}

impl<'a> Lines<'a> {
    fn new(method: &'a Method, target: &'a str) -> Self {
        Self {
            method,
            target,
            text: String::with_capacity(512),
            query: None,
            names: Vec::with_capacity(8),
            is_target: false,
            host: false,
            date: false,
            created: false,
            digest: false,
        }
    }

    fn cover(
        &mut self,
        name: &'a str,
        parameters: &Parameters,
        headers: &HeaderMap,
    ) -> Result<(), Fault> {
        if self.names.len() == MOST_COVERED {
            return Err(Fault::TooLong);
        }
        if self
            .names
            .iter()
            .any(|other| other.eq_ignore_ascii_case(name))
        {
            return Err(Fault::Doubled);
        }
        self.names.push(name);
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        match name.to_ascii_lowercase().as_str() {
            "(request-target)" => self.add_target(),
            "(created)" => {
                self.created = true;
                self.add("(created)", parameters.created.ok_or(Fault::Absent)?);
            }
            "(expires)" => self.add("(expires)", parameters.expires.ok_or(Fault::Absent)?),
            name => self.add_header(name, headers)?,
        }
        Ok(())
    }

    fn add(&mut self, name: &str, value: &str) {
        self.text.extend([name, ": ", value]);
    }

    fn add_target(&mut self) {
        self.is_target = true;
        let method = self.method.as_str().to_ascii_lowercase();
        let (path, query) = self
            .target
            .split_at(self.target.find('?').unwrap_or(self.target.len()));
        self.text.extend(["(request-target): ", &method, " ", path]);
        if !query.is_empty() {
            self.query = Some(self.text.len()..self.text.len() + query.len());
            self.text.push_str(query);
        }
    }

    /// Several headers of one name count as one, joined by commas.
    fn add_header(&mut self, name: &str, headers: &HeaderMap) -> Result<(), Fault> {
        match name {
            "host" => self.host = true,
            "date" => self.date = true,
            "digest" => self.digest = true,
            _ => {}
        }
        let name = HeaderName::try_from(name).map_err(|_| Fault::Malformed)?;
        let mut values = headers.get_all(&name).iter().peekable();
        values.peek().ok_or(Fault::Absent)?;
        for (nth, value) in values.enumerate() {
            let value = value.to_str().map_err(|_| Fault::Malformed)?.trim();
            if nth == 0 {
                self.add(name.as_str(), value);
            } else {
                self.text.extend([", ", value]);
            }
        }
        Ok(())
    }

    fn all_needed(&self, method: &Method) -> Result<(), Fault> {
        let has_body = !matches!(*method, Method::GET | Method::HEAD);
        let dated = self.date || self.created;
        if self.is_target && self.host && dated && (self.digest || !has_body) {
            Ok(())
        } else {
            Err(Fault::Uncovered)
        }
    }
}

/// The parameters of a Signature header, each at most once.
#[derive(Debug, Default)]
struct Parameters<'a> {
    key_id: &'a str,
    signature: &'a str,
    headers: &'a str,
    algorithm: Option<&'a str>,
    created: Option<&'a str>,
    expires: Option<&'a str>,
}

impl<'a> Parameters<'a> {
    fn parse(text: &'a str) -> Result<Self, Fault> {
        let mut all: Vec<(&str, &str)> = Vec::with_capacity(6);
        let mut rest = text.trim();
        loop {
            let (name, value, after) = parameter(rest).ok_or(Fault::Malformed)?;
            if all
                .iter()
                .any(|(other, _)| other.eq_ignore_ascii_case(name))
            {
                return Err(Fault::Doubled);
            }
            if all.len() == MOST_COVERED {
                return Err(Fault::TooLong);
            }
            all.push((name, value));
            match after {
                Some(after) => rest = after,
                None => break,
            }
        }
        let get = |wanted: &str| {
            all.iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
                .map(|(_, value)| *value)
        };
        Ok(Self {
            key_id: get("keyId").ok_or(Fault::Malformed)?,
            signature: get("signature").ok_or(Fault::Malformed)?,
            headers: get("headers").ok_or(Fault::Uncovered)?,
            algorithm: get("algorithm"),
            created: get("created"),
            expires: get("expires"),
        })
    }
}

/// The first parameter's name and value, and what follows its comma. Quotes have no escapes: nothing honest needs one.
fn parameter(text: &str) -> Option<(&str, &str, Option<&str>)> {
    let (name, rest) = text.split_once('=')?;
    let name = name.trim();
    let rest = rest.trim_start();
    let (value, rest) = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"')?,
        None => rest.split_at(rest.find(',').unwrap_or(rest.len())),
    };
    let is_word = |text: &str| {
        text.bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
    };
    if name.is_empty() || !is_word(name) || value.contains(['"', '\\']) {
        return None;
    }
    let rest = rest.trim_start();
    match rest.strip_prefix(',') {
        Some(after) => Some((name, value.trim(), Some(after.trim_start()))),
        None if rest.is_empty() => Some((name, value.trim(), None)),
        None => None,
    }
}

#[cfg(test)]
mod tests;
