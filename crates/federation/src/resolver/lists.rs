//! Lists of other servers, read page after page, within bounds. Knows not what is in them: items count by their ids alone.

use std::collections::HashSet;

use parvis_model::{limits, uri as address};
use serde_json::Value;

use super::Resolver;
use crate::{
    fetch::Budget,
    wire::collection::{Collection, Listed},
};

/// As far as a list is known, kept without its document.
#[derive(Debug, Default)]
pub(super) struct List {
    items: Vec<String>,
    /// Where there is more.
    more: Option<String>,
}

impl List {
    /// What stands in a member of a document.
    pub(super) fn in_member(document: &Value, member: &str) -> Self {
        Listed::in_member(document, member).into()
    }

    /// Not read yet.
    pub(super) fn at(address: String) -> Self {
        Self {
            items: Vec::new(),
            more: Some(address),
        }
    }
}

impl From<Listed<'_>> for List {
    fn from(listed: Listed) -> Self {
        let items = listed.items.into_iter().filter_map(address::canonical);
        Self {
            items: items.take(limits::COLLECTION_ITEMS).collect(),
            more: listed.more.and_then(address::canonical),
        }
    }
}

impl Resolver {
    /// All that a list holds, as long as its pages are on the server of `owner`. `None`: there should be something, and
    /// nothing is to be had.
    pub(super) async fn all_items(
        &self,
        list: List,
        owner: &str,
        budget: &Budget,
    ) -> Option<Vec<String>> {
        let List { mut items, more } = list;
        let mut next = more;
        let mut pages = HashSet::new();
        let mut answered = next.is_none() || !items.is_empty();
        while let Some(page) = next.take() {
            let full = items.len() >= limits::COLLECTION_ITEMS;
            let enough = full || pages.len() >= limits::COLLECTION_PAGES;
            if enough || !address::is_beside(&page, owner) || !pages.insert(page.clone()) {
                break;
            }
            let Some(fetched) = self.fetch(&page, budget).await else {
                break;
            };
            let Ok(collection) = Collection::read(&fetched.json) else {
                break;
            };
            answered = true;
            let List { items: some, more } = collection.listed().into();
            items.extend(some);
            next = more;
        }
        let mut met = HashSet::new();
        items.retain(|item| met.insert(item.clone()));
        items.truncate(limits::COLLECTION_ITEMS);
        answered.then_some(items)
    }
}
