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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_has_every_key_apps_need() {
        let view = markers::Marker {
            timeline: markers::HOME.into(),
            last_read_id: 116_000_000_000_000_001,
            version: 2,
            updated_at: 1_773_480_413_089,
        };
        insta::assert_json_snapshot!(Marker::new(&view), @r#"
        {
          "last_read_id": "116000000000000001",
          "version": 2,
          "updated_at": "2026-03-14T09:26:53.089Z"
        }
        "#);
    }
}
