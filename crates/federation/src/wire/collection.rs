//! Reading collections and their pages. Follows no links.

use serde_json::Value;

use super::{
    Unreadable,
    activity::Ref,
    read::{Doc, id_of},
};

/// A collection or one page of it; what was embedded as `first` is read with it.
#[derive(Clone, Debug)]
pub struct Collection<'a> {
    pub id: Option<&'a str>,
    pub total: Option<u64>,
    pub items: Vec<Ref<'a>>,
    pub first: Option<&'a str>,
    pub next: Option<&'a str>,
}

/// How many items of one document are read.
const ITEMS: usize = 400;

impl<'a> Collection<'a> {
    pub fn read(value: &'a Value) -> Result<Self, Unreadable> {
        let doc = Doc::outermost(value)?;
        if !Self::is(&doc) {
            return Err(Unreadable {
                member: "type",
                why: "not a collection",
            });
        }
        let page = doc
            .doc("first")
            .filter(|first| first.types().any(is_collection));
        let mut items: Vec<Ref<'a>> = items(&doc).collect();
        if let Some(page) = page {
            items.extend(self::items(&page));
        }
        items.truncate(ITEMS);
        let next = |doc: &Doc<'a>| doc.many("next").iter().find_map(id_of);
        Ok(Self {
            id: doc.id(),
            total: doc.count("totalItems"),
            items,
            first: doc
                .many("first")
                .iter()
                .find_map(Value::as_str)
                .filter(|id| !id.is_empty()),
            next: next(&doc).or_else(|| page.as_ref().and_then(next)),
        })
    }

    pub fn is(doc: &Doc) -> bool {
        doc.types().any(is_collection)
    }
}

fn is_collection(name: &str) -> bool {
    matches!(
        name,
        "Collection" | "OrderedCollection" | "CollectionPage" | "OrderedCollectionPage"
    )
}

fn items<'a>(doc: &Doc<'a>) -> impl Iterator<Item = Ref<'a>> {
    doc.many("orderedItems")
        .iter()
        .chain(doc.many("items"))
        .filter_map(Ref::of)
        .take(ITEMS)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_embedded_first_page_is_read_along() {
        let value = json!({"type": "Collection", "id": "https://a.example/r", "totalItems": "2",
            "first": {"type": "CollectionPage", "items": "https://a.example/1", "next": "https://a.example/r?page=2"}});
        let collection = Collection::read(&value).unwrap();
        assert_eq!((collection.total, collection.items.len()), (Some(2), 1));
        assert_eq!(collection.next, Some("https://a.example/r?page=2"));
    }

    #[test]
    fn strange_items_are_passed_over() {
        let value = json!({"type": "OrderedCollection", "orderedItems": [1, null, "", "103077", {"id": "https://a.example/2"}]});
        assert_eq!(Collection::read(&value).unwrap().items.len(), 2);
    }
}
