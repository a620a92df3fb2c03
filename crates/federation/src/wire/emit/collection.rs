//! Collections as we show them (docs: federation.md section 16).

use serde::Serialize;

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Collection<T> {
    pub id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    /// Who keeps it, where it is nobody's by its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributed_to: Option<String>,
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

/// A heap without an order: answers to a post, or only how many liked or boosted it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Heap<T = String> {
    pub id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    pub total_items: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<First<T>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<T>>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum First<T = String> {
    /// Where it is.
    At(String),
    Page(HeapPage<T>),
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HeapPage<T = String> {
    pub id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    pub part_of: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    pub items: Vec<T>,
}

impl<T> HeapPage<T> {
    pub fn new(id: String, part_of: String, items: Vec<T>) -> Self {
        Self {
            id,
            kind: "CollectionPage",
            part_of,
            next: None,
            items,
        }
    }
}

impl<T> Heap<T> {
    pub fn counted(id: String, total_items: u64) -> Self {
        Self {
            id,
            kind: "Collection",
            total_items,
            first: None,
            items: None,
        }
    }

    /// Everything at once.
    pub fn whole(id: String, items: Vec<T>) -> Self {
        Self {
            total_items: items.len() as u64,
            items: Some(items),
            ..Self::counted(id, 0)
        }
    }

    /// Says where its first page is.
    #[must_use]
    pub fn paged(mut self) -> Self {
        self.first = Some(First::At(self.first_page()));
        self
    }

    /// Brings its first page along.
    #[must_use]
    pub fn with(mut self, first: HeapPage<T>) -> Self {
        self.first = Some(First::Page(first));
        self
    }

    fn first_page(&self) -> String {
        format!("{}?page=true", self.id)
    }
}

impl<T> Collection<T> {
    /// A number, and where to read on if it may be read.
    pub fn counted(id: String, total_items: u64, first: Option<String>) -> Self {
        Self {
            id,
            kind: "OrderedCollection",
            attributed_to: None,
            total_items,
            first,
            ordered_items: None,
        }
    }

    /// Says who keeps it.
    #[must_use]
    pub fn of(mut self, actor: String) -> Self {
        self.attributed_to = Some(actor);
        self
    }

    /// Everything at once.
    pub fn whole(id: String, items: Vec<T>) -> Self {
        let total_items = items.len() as u64;
        Self {
            id,
            kind: "OrderedCollection",
            attributed_to: None,
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
