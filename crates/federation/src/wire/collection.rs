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
    /// There were more items in it than were to be read.
    pub is_cut: bool,
}

/// A list that stands in a document, or only its address: a collection, one page of it, or bare items.
#[derive(Clone, Debug, Default)]
pub struct Listed<'a> {
    pub items: Vec<&'a str>,
    /// Where there is more.
    pub more: Option<&'a str>,
}

impl<'a> Listed<'a> {
    /// The list in a member of a document. What is written out in it counts by its id alone.
    pub fn in_member(document: &'a Value, member: &str) -> Self {
        let Some(doc) = Doc::of(document) else {
            return Self::default();
        };
        match doc.many(member) {
            [Value::String(_)] => Self {
                items: Vec::new(),
                more: doc.one_id(member),
            },
            [one @ Value::Object(_)] => match Collection::read(one) {
                Ok(list) => list.listed(),
                Err(_) => Self::bare(&doc, member),
            },
            _ => Self::bare(&doc, member),
        }
    }

    fn bare(doc: &Doc<'a>, member: &str) -> Self {
        Self {
            items: doc.ids(member).take(ITEMS).collect(),
            more: None,
        }
    }
}

/// How many items of one document are read.
const ITEMS: usize = 400;

impl<'a> Collection<'a> {
    pub fn read(value: &'a Value) -> Result<Self, Unreadable> {
        Self::read_up_to(value, ITEMS)
    }

    /// The same with so many items at most.
    pub fn read_up_to(value: &'a Value, most: usize) -> Result<Self, Unreadable> {
        let doc = Doc::outermost(value)?;
        if !Self::is(&doc) {
            return Err(Unreadable::other("type", "not a collection"));
        }
        let page = doc
            .doc("first")
            .filter(|first| first.types().any(is_collection));
        let mut items: Vec<Ref<'a>> = items(&doc).collect();
        if let Some(page) = page {
            items.extend(self::items(&page));
        }
        let is_cut = items.len() > most;
        items.truncate(most);
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
            is_cut,
        })
    }

    /// Its items by their ids. Where none stand in it, they are behind its first page, or at its own address.
    pub fn listed(&self) -> Listed<'a> {
        let items: Vec<&str> = self.items.iter().filter_map(Ref::id).collect();
        let own = self
            .id
            .filter(|_| items.is_empty() && self.total != Some(0));
        Listed {
            more: self.next.or(self.first).or(own),
            items,
        }
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
    fn answers_are_found_in_whatever_form_they_are_listed() {
        let read = |replies: Value| {
            let note = json!({"replies": replies});
            let listed = Listed::in_member(&note, "replies");
            let items: Vec<String> = listed.items.iter().map(ToString::to_string).collect();
            (items, listed.more.map(str::to_owned))
        };
        let (none, list, one) = (Vec::new(), "https://a.example/r", "https://a.example/1");
        assert_eq!(read(json!(list)), (none.clone(), Some(list.into())));
        assert_eq!(
            read(json!({"id": list, "type": "Collection", "totalItems": 3})),
            (none.clone(), Some(list.into()))
        );
        let page = "https://a.example/r?page=1";
        assert_eq!(
            read(json!({"id": list, "type": "Collection", "first": page})),
            (none.clone(), Some(page.into()))
        );
        let embedded = json!({"id": list, "type": "Collection", "first": {"type": "CollectionPage", "items": [one], "next": page}});
        assert_eq!(read(embedded), (vec![one.into()], Some(page.into())));
        assert_eq!(
            read(json!({"id": page, "type": "CollectionPage", "items": []})),
            (none.clone(), Some(page.into()))
        );
        assert_eq!(
            read(json!([{"id": one, "type": "Note", "content": "x"}])),
            (vec![one.into()], None)
        );
        assert_eq!(
            read(json!([one, list])),
            (vec![one.into(), list.into()], None)
        );
        assert_eq!(read(json!(null)), (none, None));
    }

    #[test]
    fn strange_items_are_passed_over() {
        let value = json!({"type": "OrderedCollection", "orderedItems": [1, null, "", "103077", {"id": "https://a.example/2"}]});
        assert_eq!(Collection::read(&value).unwrap().items.len(), 2);
    }
}
