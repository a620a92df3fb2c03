//! The newer dialect: HTTP Message Signatures (RFC 9421) over digests of RFC 9530. Knows no actors and fetches no keys.

use http::{
    HeaderMap, HeaderName, HeaderValue, Method,
    header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, DATE, HOST},
};
use parvis_model::clock::{SECOND, Timestamp};
use url::Url;

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{
    Asked, BodyDigest, Dialect, Fault, KeyFault, OurKey, Shape,
    cavage::{ACTIVITY_JSON, SIGNATURE, at_most_once, date, host, only},
    digests::{Digests, value},
    key::Scheme,
    shape::key_id,
    structured::{self, Bare, List},
};

const SIGNATURE_INPUT: HeaderName = HeaderName::from_static("signature-input");
const CONTENT_DIGEST: HeaderName = HeaderName::from_static("content-digest");

/// What we ask for in this dialect when a POST is not believed (RFC 9421, section 5).
pub const ACCEPT_SIGNATURE: &str = "sig1=(\"@method\" \"@target-uri\" \"content-digest\");created;keyid=\"any\";alg=\"rsa-v1_5-sha256\"";

/// The same for a question.
pub const ACCEPT_SIGNATURE_OF_QUESTION: &str =
    "sig1=(\"@method\" \"@target-uri\");created;keyid=\"any\";alg=\"rsa-v1_5-sha256\"";

/// The headers of a POST to `url` of a body with this digest, signed: Host, Content-Digest, Content-Type, Signature-Input,
/// Signature.
pub fn sign_post(
    signer: &OurKey,
    url: &Url,
    body: &BodyDigest,
    now: Timestamp,
) -> Result<HeaderMap, KeyFault> {
    let digest = &body.content_digest;
    let mut headers = signed(signer, "POST", url, Some(digest), now)?;
    headers.insert(CONTENT_DIGEST, digest.clone());
    headers.insert(CONTENT_TYPE, ACTIVITY_JSON);
    Ok(headers)
}

/// The headers of a GET of `url`, signed: Host, Accept, Signature-Input, Signature.
pub fn sign_get(
    signer: &OurKey,
    url: &Url,
    accept: HeaderValue,
    now: Timestamp,
) -> Result<HeaderMap, KeyFault> {
    let mut headers = signed(signer, "GET", url, None, now)?;
    headers.insert(ACCEPT, accept);
    Ok(headers)
}

/// One signature, `created` always and `alg` only where it is not RSA, as Mastodon demands.
fn signed(
    signer: &OurKey,
    method: &str,
    url: &Url,
    digest: Option<&HeaderValue>,
    now: Timestamp,
) -> Result<HeaderMap, KeyFault> {
    let target = url.as_str().split('#').next().unwrap_or_default();
    let mut text = String::with_capacity(512);
    text.extend(["\"@method\": ", method, "\n\"@target-uri\": ", target, "\n"]);
    let mut covered = "(\"@method\" \"@target-uri\")";
    if let Some(digest) = digest {
        let digest = digest.to_str().map_err(|_| KeyFault::Unusable)?;
        text.extend(["\"content-digest\": ", digest, "\n"]);
        covered = "(\"@method\" \"@target-uri\" \"content-digest\")";
    }
    let mut parameters = format!("{covered};created={};keyid=", now / SECOND);
    structured::quoted(&signer.key_id, &mut parameters);
    if signer.key.is_ed25519() {
        parameters.push_str(";alg=\"ed25519\"");
    }
    text.extend(["\"@signature-params\": ", &parameters]);
    let signature = STANDARD.encode(signer.key.sign(text.as_bytes())?);
    let mut headers = HeaderMap::with_capacity(8);
    headers.insert(HOST, host(url)?);
    headers.insert(SIGNATURE_INPUT, value(format!("sig1={parameters}"))?);
    headers.insert(SIGNATURE, value(format!("sig1=:{signature}:"))?);
    Ok(headers)
}

/// Is a request signed in this dialect, well or badly?
pub fn is_meant(headers: &HeaderMap) -> bool {
    headers.contains_key(SIGNATURE_INPUT)
}

/// Reads what the headers claim. Exactly one signature counts, under whatever label: of several, whose word would it be?
pub fn parse(asked: Asked<'_>, headers: &HeaderMap) -> Result<Shape, Fault> {
    let inputs = structured::lists(only(headers, &SIGNATURE_INPUT)?)?;
    let mut signatures = structured::bytes(only(headers, &SIGNATURE)?)?;
    for name in [DATE, CONTENT_DIGEST, HOST, CONTENT_TYPE, CONTENT_LENGTH] {
        at_most_once(headers, &name)?;
    }
    let [(label, list)] = inputs.as_slice() else {
        return Err(Fault::Doubled);
    };
    let signature = match (signatures.pop(), signatures.is_empty()) {
        (Some((of, signature)), true) if of == *label => signature,
        (_, true) => return Err(Fault::Malformed),
        (_, false) => return Err(Fault::Doubled),
    };
    let base = Base::of(list, asked, headers)?;
    base.all_needed(asked)?;
    let created = seconds(list, "created")?.ok_or(Fault::Uncovered)?;
    Ok(Shape {
        dialect: Dialect::Message,
        key_id: text(list, "keyid")?.and_then(key_id).ok_or(Fault::KeyId)?,
        scheme: scheme(text(list, "alg")?)?,
        signature,
        digests: if base.covers("content-digest") {
            Some(digests(headers)?)
        } else {
            None
        },
        dates: [
            base.covers("date").then(|| date(headers)).transpose()?,
            Some(created),
        ],
        expires: seconds(list, "expires")?,
        text: base.text,
        query: None,
    })
}

/// What is signed (RFC 9421, section 2.5), and what it covers.
struct Base<'a> {
    text: String,
    covered: Vec<&'a str>,
}

impl<'a> Base<'a> {
    fn of(list: &'a List<'_>, asked: Asked<'_>, headers: &HeaderMap) -> Result<Self, Fault> {
        let mut base = Self {
            text: String::with_capacity(512),
            covered: Vec::with_capacity(8),
        };
        for (name, parameters) in &list.items {
            // None of what parameters can change is of use to those who sign whole requests.
            if !parameters.is_empty() {
                return Err(Fault::Malformed);
            }
            if base.covers(name) {
                return Err(Fault::Doubled);
            }
            base.covered.push(name);
            base.text.extend(["\"", name, "\": "]);
            if name.starts_with('@') {
                base.add_derived(name, asked)?;
            } else {
                base.add_header(name, headers)?;
            }
            base.text.push('\n');
        }
        base.text.push_str("\"@signature-params\": ");
        list.write(&mut base.text);
        Ok(base)
    }

    /// RFC 9421, section 2.2. Scheme and authority are ours as others know them, not as the last proxy asked.
    fn add_derived(&mut self, name: &str, asked: Asked<'_>) -> Result<(), Fault> {
        let (scheme, authority) = asked.origin.split_once("://").ok_or(Fault::Malformed)?;
        let (path, query) = asked.target.split_once('?').unwrap_or((asked.target, ""));
        match name {
            "@method" => self.text.push_str(asked.method.as_str()),
            "@target-uri" => self.text.extend([asked.origin, asked.target]),
            "@authority" => self.text.push_str(authority),
            "@scheme" => self.text.push_str(scheme),
            "@request-target" => self.text.push_str(asked.target),
            "@path" => self.text.push_str(path),
            "@query" => self.text.extend(["?", query]),
            _ => return Err(Fault::Malformed),
        }
        Ok(())
    }

    /// Several headers of one name count as one, joined by commas (RFC 9421, section 2.1).
    fn add_header(&mut self, name: &str, headers: &HeaderMap) -> Result<(), Fault> {
        if name.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(Fault::Malformed);
        }
        let name = HeaderName::try_from(name).map_err(|_| Fault::Malformed)?;
        let mut values = headers.get_all(&name).iter().peekable();
        values.peek().ok_or(Fault::Absent)?;
        for (nth, value) in values.enumerate() {
            let value = value.to_str().map_err(|_| Fault::Malformed)?;
            if nth > 0 {
                self.text.push_str(", ");
            }
            self.text.push_str(value.trim());
        }
        Ok(())
    }

    fn covers(&self, name: &str) -> bool {
        self.covered.contains(&name)
    }

    /// The method, the whole address, and the digest of a body.
    fn all_needed(&self, asked: Asked<'_>) -> Result<(), Fault> {
        let has_query = asked.target.contains('?');
        let path_and_query = self.covers("@request-target")
            || self.covers("@path") && (self.covers("@query") || !has_query);
        let host = self.covers("@authority") || self.covers("host");
        let target = self.covers("@target-uri") || host && path_and_query;
        let has_body = !matches!(*asked.method, Method::GET | Method::HEAD);
        let body = self.covers("content-digest") || !has_body;
        if self.covers("@method") && target && body {
            Ok(())
        } else {
            Err(Fault::Uncovered)
        }
    }
}

fn text<'a>(list: &'a List<'_>, name: &str) -> Result<Option<&'a str>, Fault> {
    match list.parameters.get(name) {
        None => Ok(None),
        Some(Bare::Text(text)) => Ok(Some(text)),
        Some(_) => Err(Fault::Malformed),
    }
}

fn seconds(list: &List<'_>, name: &str) -> Result<Option<Timestamp>, Fault> {
    match list.parameters.get(name) {
        None => Ok(None),
        Some(Bare::Integer(seconds)) => seconds.checked_mul(SECOND).map(Some).ok_or(Fault::Date),
        Some(_) => Err(Fault::Date),
    }
}

fn scheme(algorithm: Option<&str>) -> Result<Option<Scheme>, Fault> {
    match algorithm {
        None | Some("hs2019") => Ok(None),
        Some("rsa-v1_5-sha256") => Ok(Some(Scheme::RsaSha256)),
        Some("ed25519") => Ok(Some(Scheme::Ed25519)),
        Some(_) => Err(Fault::Algorithm),
    }
}

/// The SHA-2 digests among those sent (RFC 9530); others beside them are not looked at.
fn digests(headers: &HeaderMap) -> Result<Digests, Fault> {
    let text = headers
        .get(CONTENT_DIGEST)
        .and_then(|digest| digest.to_str().ok())
        .ok_or(Fault::Digest)?;
    let all = structured::bytes(text).map_err(|fault| match fault {
        Fault::Malformed => Fault::Digest,
        other => other,
    })?;
    let of = |wanted| all.iter().find(|(name, _)| *name == wanted);
    let bytes = |name| of(name).map(|(_, bytes)| bytes.as_slice());
    Digests::new(bytes("sha-256"), bytes("sha-512"))
}

#[cfg(test)]
mod tests;
