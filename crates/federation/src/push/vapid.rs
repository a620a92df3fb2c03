//! Who sends: a short-lived statement that a push service can check (RFC 8292). Knows no message.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use parvis_model::clock::{HOUR, SECOND, Timestamp};
use parvis_town::{Error, PushKey};
use serde_json::json;
use url::Url;

/// A day is the most that is allowed (section 2).
const VALID: Timestamp = 12 * HOUR;

pub struct Vapid {
    pair: EcdsaKeyPair,
    /// In base64url.
    pub public: String,
    /// An address of ours, for the people who run a push service.
    contact: String,
}

impl Vapid {
    pub fn new(key: &PushKey, contact: &str) -> Result<Self, Error> {
        let unfit = || Error::Other("the town's key for push services cannot be read".into());
        let lines = key.private_pem.lines();
        let body: String = lines.filter(|line| !line.starts_with("-----")).collect();
        let der = STANDARD.decode(body).map_err(|_| unfit())?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der);
        Ok(Self {
            pair: pair.map_err(|_| unfit())?,
            public: key.public.clone(),
            contact: contact.to_owned(),
        })
    }

    /// A JSON Web Token (RFC 7519), signed with ES256, for the push service of this address.
    pub fn token(&self, endpoint: &Url, now: Timestamp) -> Result<String, Error> {
        let head = json!({"typ": "JWT", "alg": "ES256"});
        let said = json!({
            "aud": endpoint.origin().ascii_serialization(),
            "exp": (now + VALID) / SECOND,
            "sub": self.contact,
        });
        let encoded = |part: String| URL_SAFE_NO_PAD.encode(part);
        let text = format!(
            "{}.{}",
            encoded(head.to_string()),
            encoded(said.to_string())
        );
        let signature = self
            .pair
            .sign(&SystemRandom::new(), text.as_bytes())
            .map_err(|_| Error::Other("cannot sign for a push service".into()))?;
        Ok(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}
