//! What we send: exact shapes, one plain `type` on everything, lists always as lists, no `null`.

pub mod activity;
pub mod actor;
pub mod collection;
pub mod nodeinfo;
pub mod object;
pub mod question;
pub mod quote;

use parvis_model::clock::{DAY, Timestamp};
use serde::Serialize;

use super::context;

/// The bytes of a document with its context. What is sent, signed and stored are these same bytes.
pub fn document(body: &impl Serialize) -> Result<String, serde_json::Error> {
    let body = serde_json::to_value(body)?;
    serde_json::to_string(&context::attach(body))
}

/// RFC 3339 in UTC, to the millisecond: two edits in one second must still be told apart.
pub fn date(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at)
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
        .to_string()
}

/// The day alone: nobody needs to know the minute in which somebody came.
pub fn day(at: Timestamp) -> String {
    date(at.div_euclid(DAY) * DAY)
}

#[cfg(test)]
mod tests;
