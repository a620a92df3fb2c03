//! How far the reader has read.

use parvis_town::markers;
use schemars::JsonSchema;
use serde::Serialize;

use super::scalar::{IdText, Moment};

#[derive(Serialize, JsonSchema)]
pub struct Marker {
    last_read_id: IdText,
    version: i64,
    updated_at: Moment,
}

impl Marker {
    pub fn new(view: &markers::Marker) -> Self {
        Self {
            last_read_id: IdText(view.last_read_id),
            version: view.version,
            updated_at: Moment(view.updated_at),
        }
    }
}
