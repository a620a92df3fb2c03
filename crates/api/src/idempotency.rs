//! The key by which an app says that a request is the same as one before
//! (<https://docs.joinmastodon.org/methods/statuses/#headers>). What came of that one is known to `parvis_town::sent_forms`.

use axum::{extract::FromRequestParts, http::request::Parts};

use crate::fault::Fault;

const HEADER: &str = "idempotency-key";
/// Bytes.
const LONGEST: usize = 1_000;

/// `None`: the app names none.
pub struct IdempotencyKey(pub Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Fault> {
        let named = parts.headers.get(HEADER);
        let key = named.map(|key| String::from_utf8_lossy(key.as_bytes()).into_owned());
        match key.filter(|key| !key.is_empty()) {
            Some(key) if key.len() > LONGEST => Err(Fault::Malformed),
            key => Ok(Self(key)),
        }
    }
}
