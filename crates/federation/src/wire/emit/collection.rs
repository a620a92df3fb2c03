//! Collections as we show them (docs: federation.md section 16).

use serde::Serialize;

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Collection<T> {
    pub id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    pub total_items: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ordered_items: Option<Vec<T>>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    pub id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    pub part_of: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prev: Option<String>,
    pub ordered_items: Vec<T>,
}

impl<T> Collection<T> {
    /// A number, and where to read on if it may be read.
    pub fn counted(id: String, total_items: u64, first: Option<String>) -> Self {
        Self {
            id,
            kind: "OrderedCollection",
            total_items,
            first,
            ordered_items: None,
        }
    }

    /// Everything at once.
    pub fn whole(id: String, items: Vec<T>) -> Self {
        let total_items = items.len() as u64;
        Self {
            id,
            kind: "OrderedCollection",
            total_items,
            first: None,
            ordered_items: Some(items),
        }
    }
}

impl<T> Page<T> {
    pub fn new(id: String, part_of: String, ordered_items: Vec<T>) -> Self {
        Self {
            id,
            kind: "OrderedCollectionPage",
            part_of,
            next: None,
            prev: None,
            ordered_items,
        }
    }
}
