//! What we send: exact shapes, one plain `type` on everything, lists always as lists, no `null`.

pub mod activity;
pub mod actor;
pub mod collection;
pub mod nodeinfo;
pub mod object;

use parvis_model::clock::Timestamp;
use serde::Serialize;

use super::context;

/// The bytes of a document with its context. What is sent, signed and stored are these same bytes.
pub fn document(body: &impl Serialize) -> Result<String, serde_json::Error> {
    let body = serde_json::to_value(body)?;
    serde_json::to_string(&context::attach(body))
}

/// RFC 3339 in UTC, to the second.
pub fn date(at: Timestamp) -> String {
    let seconds = at.div_euclid(1000);
    jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_string()
}

#[cfg(test)]
mod tests;
