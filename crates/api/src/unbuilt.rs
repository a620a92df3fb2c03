//! Endpoints that apps ask at every start and that have nothing to tell here: of these things the town has none.

use serde_json::{Map, Value};

use crate::answer::{Answer, json};

/// A list of things of which there is none.
pub async fn none() -> Answer {
    json(&[(); 0])
}

/// A collection by name in which nothing stands.
pub async fn no_entries() -> Answer {
    json(&Map::<String, Value>::new())
}
