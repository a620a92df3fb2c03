//! The dialect most of the network speaks: draft-cavage-http-signatures-12. Knows no actors and fetches no keys.

use std::{
    ops::Range,
    time::{Duration, UNIX_EPOCH},
};

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD},
};
use http::{
    HeaderMap, HeaderName, HeaderValue, Method,
    header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, DATE, HOST},
};
use parvis_model::clock::{SECOND, Timestamp};
use url::Url;

use super::{
    BodyDigest, Dialect, Fault, KeyFault, OurKey, Shape,
    digests::{Digests, value},
    key::Scheme,
    shape::key_id,
};

pub(super) const SIGNATURE: HeaderName = HeaderName::from_static("signature");
const DIGEST: HeaderName = HeaderName::from_static("digest");
pub(super) const ACTIVITY_JSON: HeaderValue = HeaderValue::from_static("application/activity+json");

/// Bytes of a Signature header.
pub(super) const LONGEST: usize = 8 * 1024;
/// Names that one signature may cover.
const MOST_COVERED: usize = 40;

pub(super) const FORGIVING: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The headers of a POST to `url` of a body with this digest, signed: Host, Date, Digest, Content-Type, Signature.
pub fn sign_post(
    signer: &OurKey,
    url: &Url,
    body: &BodyDigest,
    now: Timestamp,
) -> Result<HeaderMap, KeyFault> {
    let mut draft = Draft::new("post", url, now)?;
    draft.add(DIGEST, body.digest.clone());
    draft.add(CONTENT_TYPE, ACTIVITY_JSON);
    draft.signed(signer)
}

/// The headers of a GET of `url`, signed: Host, Date, Accept, Signature.
pub fn sign_get(
    signer: &OurKey,
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

    fn signed(mut self, signer: &OurKey) -> Result<HeaderMap, KeyFault> {
        let signature = STANDARD.encode(signer.key.sign(self.text.as_bytes())?);
        let header = format!(
            "keyId=\"{}\",algorithm=\"rsa-sha256\",headers=\"{}\",signature=\"{signature}\"",
            signer.key_id, self.names,
        );
        self.headers.insert(SIGNATURE, value(header)?);
        Ok(self.headers)
    }
}

/// What stands in a Host header.
pub(super) fn host(url: &Url) -> Result<HeaderValue, KeyFault> {
    let name = url.host_str().ok_or(KeyFault::Unusable)?;
    value(
        url.port()
            .map_or_else(|| name.to_owned(), |port| format!("{name}:{port}")),
    )
}

/// Reads what the headers claim. `target` is path and query as they were asked for.
pub fn parse(method: &Method, target: &str, headers: &HeaderMap) -> Result<Shape, Fault> {
    let parameters = Parameters::parse(only(headers, &SIGNATURE)?)?;
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
    Ok(Shape {
        dialect: Dialect::Cavage,
        key_id: key_id(parameters.key_id).ok_or(Fault::KeyId)?,
        scheme: scheme(parameters.algorithm)?,
        signature: FORGIVING
            .decode(parameters.signature)
            .map_err(|_| Fault::Malformed)?,
        digests: if lines.digest {
            Some(digests(headers)?)
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

/// The one value of a header of the signature.
pub(super) fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<&'a str, Fault> {
    let mut all = headers.get_all(name).iter();
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

pub(super) fn at_most_once(headers: &HeaderMap, name: &HeaderName) -> Result<(), Fault> {
    if headers.get_all(name).iter().nth(1).is_some() {
        Err(Fault::Doubled)
    } else {
        Ok(())
    }
}

fn scheme(algorithm: Option<&str>) -> Result<Option<Scheme>, Fault> {
    match algorithm.map(str::to_ascii_lowercase).as_deref() {
        None | Some("hs2019") => Ok(None),
        Some("rsa-sha256") => Ok(Some(Scheme::RsaSha256)),
        Some("rsa-sha512") => Ok(Some(Scheme::RsaSha512)),
        Some("ed25519") => Ok(Some(Scheme::Ed25519)),
        Some(_) => Err(Fault::Algorithm),
    }
}

pub(super) fn date(headers: &HeaderMap) -> Result<Timestamp, Fault> {
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
fn digests(headers: &HeaderMap) -> Result<Digests, Fault> {
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
    Digests::new(Some(&bytes), None)
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
