//! A POST signed by HTTP Message Signatures (RFC 9421) whose every part a test may bend, and the check of those that arrive.
//! Written apart from the program's own, so that both cannot share one mistake.

use http::HeaderMap;
use serde_json::Value;

use crate::{
    exchange::{self, Reply},
    keys::{self, Key},
    letter::{Sealed, authority, key_of, unix_now},
};

/// What a server asks for that takes only this dialect (RFC 9421, section 5).
pub const ASKS_FOR_RSA: &str = "sig1=(\"@method\" \"@target-uri\" \"content-digest\");created;keyid=\"any\";alg=\"rsa-v1_5-sha256\"";
pub const ASKS_FOR_ED25519: &str =
    "sig1=(\"@method\" \"@target-uri\" \"content-digest\");created;keyid=\"any\";alg=\"ed25519\"";

/// An unsealed message. Built honest by [`Message::new`]; bend its fields, then [`Message::seal`].
#[derive(Clone)]
pub struct Message {
    /// Where it is really posted.
    pub url: String,
    pub body: Vec<u8>,
    pub key: &'static Key,
    pub key_id: String,
    pub label: String,
    /// Components in order, as written: `"@method"` without its quotes.
    pub covered: Vec<String>,
    /// What is signed as `@method` and `@target-uri`.
    pub method: String,
    pub target_uri: String,
    pub created: Option<i64>,
    pub expires: Option<i64>,
    pub algorithm: Option<String>,
    /// Said after all other parameters, as written.
    pub more: String,
    pub content_digest: Option<String>,
    pub date: Option<String>,
    pub content_type: String,
}

impl Message {
    pub fn new(key: &'static Key, key_id: &str, url: &str, document: &Value) -> Self {
        let body = document.to_string().into_bytes();
        Self {
            url: url.to_owned(),
            content_digest: Some(keys::content_digest(&body)),
            body,
            key,
            key_id: key_id.to_owned(),
            label: "sig1".to_owned(),
            covered: ["@method", "@target-uri", "content-digest"]
                .map(str::to_owned)
                .to_vec(),
            method: "POST".to_owned(),
            target_uri: url.to_owned(),
            created: Some(unix_now()),
            expires: None,
            algorithm: key.is_ed25519().then(|| "ed25519".to_owned()),
            more: String::new(),
            date: None,
            content_type: "application/activity+json".to_owned(),
        }
    }

    /// The text that is signed.
    pub fn signing_text(&self) -> String {
        let mut lines: Vec<String> = self
            .covered
            .iter()
            .map(|name| format!("\"{name}\": {}", self.covered_value(name)))
            .collect();
        lines.push(format!("\"@signature-params\": {}", self.parameters()));
        lines.join("\n")
    }

    /// What stands in `Signature-Input` behind the label.
    pub fn parameters(&self) -> String {
        let covered: Vec<String> = self
            .covered
            .iter()
            .map(|name| format!("\"{name}\""))
            .collect();
        let mut text = format!("({})", covered.join(" "));
        for (name, at) in [("created", self.created), ("expires", self.expires)] {
            text.extend(at.map(|at| format!(";{name}={at}")));
        }
        text.extend([";keyid=\"", &self.key_id, "\""]);
        text.extend(
            self.algorithm
                .as_ref()
                .map(|name| format!(";alg=\"{name}\"")),
        );
        text + &self.more
    }

    fn covered_value(&self, name: &str) -> String {
        let url = url::Url::parse(&self.target_uri).unwrap();
        let header = |value: &Option<String>| value.clone().unwrap_or_default();
        match name {
            "@method" => self.method.clone(),
            "@target-uri" => self.target_uri.clone(),
            "@authority" | "host" => authority(&self.target_uri),
            "@path" => url.path().to_owned(),
            "content-digest" => header(&self.content_digest),
            "date" => header(&self.date),
            "content-type" => self.content_type.clone(),
            other => panic!("{other} is not a part of a message"),
        }
    }

    /// Signs it.
    pub fn seal(&self) -> Sealed {
        self.seal_with(&self.key.sign(&self.signing_text()))
    }

    /// Puts `signature` where the real one belongs.
    pub fn seal_with(&self, signature: &str) -> Sealed {
        let mut headers = exchange::headers(&[
            ("content-type", &self.content_type),
            ("host", &authority(&self.url)),
        ]);
        for (name, value) in [
            ("date", &self.date),
            ("content-digest", &self.content_digest),
        ] {
            if let Some(value) = value {
                headers.insert(name, value.parse().unwrap());
            }
        }
        let input = format!("{}={}", self.label, self.parameters());
        headers.insert("signature-input", input.parse().unwrap());
        let signature = format!("{}=:{signature}:", self.label);
        headers.insert("signature", signature.parse().unwrap());
        Sealed {
            url: self.url.clone(),
            headers,
            body: self.body.clone(),
        }
    }

    /// Signs and posts it.
    pub async fn send(&self) -> Reply {
        self.seal().send().await
    }
}

/// The parts of an honest signature: what its header says behind the label, what it covers, `(keyId, signature)`.
pub fn parts(headers: &HeaderMap) -> Option<(String, Vec<String>, String, String)> {
    let value = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let parameters = value("signature-input")?.strip_prefix("sig1=")?;
    let signature = value("signature")?
        .strip_prefix("sig1=:")?
        .strip_suffix(':')?;
    let covered = parameters.strip_prefix('(')?.split_once(')')?.0;
    let covered = covered
        .split(' ')
        .map(|name| name.trim_matches('"').to_owned())
        .collect();
    let key_id = parameters.split_once(";keyid=\"")?.1.split_once('"')?.0;
    Some((
        parameters.to_owned(),
        covered,
        key_id.to_owned(),
        signature.to_owned(),
    ))
}

/// Checks a message that arrived: what it covers, its digest. The answer is the key's id, what was signed, the signature.
pub fn claims(
    method: &str,
    url: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(String, String, String), String> {
    let (parameters, covered, key_id, signature) = parts(headers).ok_or("no readable signature")?;
    let value = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let mut wanted = vec!["@method", "@target-uri"];
    if method == "POST" {
        wanted.push("content-digest");
        if value("content-digest") != Some(&keys::content_digest(body)) {
            return Err("the digest is of another body".to_owned());
        }
    }
    if covered != wanted {
        return Err(format!("{covered:?} is signed"));
    }
    let created = parameters
        .split_once(";created=")
        .and_then(|(_, rest)| rest.split(';').next()?.parse::<i64>().ok())
        .ok_or("not dated")?;
    if (unix_now() - created).abs() > 300 {
        return Err(format!("dated {created}"));
    }
    let mut text = format!("\"@method\": {method}\n\"@target-uri\": {url}\n");
    if let Some(digest) = value("content-digest").filter(|_| method == "POST") {
        text.extend(["\"content-digest\": ", digest, "\n"]);
    }
    text.extend(["\"@signature-params\": ", &parameters]);
    Ok((key_id, text, signature))
}

/// [`claims`], and that the signature holds under the key that its id leads to.
pub(crate) async fn check(
    method: &str,
    path: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<String, String> {
    let host = headers.get("host").and_then(|host| host.to_str().ok());
    let url = format!("http://{}{path}", host.unwrap_or_default());
    let (key_id, text, signature) = claims(method, &url, headers, body)?;
    let pem = key_of(&key_id).await?;
    if keys::holds(&pem, &text, &signature) {
        Ok(key_id)
    } else {
        Err(format!("signature does not hold: {text}"))
    }
}
