//! What a page says of itself in JSON-LD (<https://schema.org>), read as plain JSON: no context is looked up, nothing expanded.

use serde_json::Value;

/// Things of one page that are looked at.
const THINGS: usize = 50;

/// Not cut, not cleaned.
#[derive(Clone, Debug, Default)]
pub(super) struct Linked {
    pub title: Option<String>,
    pub description: Option<String>,
    pub author: Option<String>,
    pub author_url: Option<String>,
    pub site: Option<String>,
    pub image: Option<String>,
    pub published: Option<String>,
}

/// Of the first article, or what is like one.
pub(super) fn read(scripts: &[String]) -> Linked {
    let documents = scripts
        .iter()
        .filter_map(|text| serde_json::from_str(text).ok());
    let found = documents.into_iter().find_map(|document: Value| {
        things(&document)
            .into_iter()
            .take(THINGS)
            .find(|thing| is_article(thing))
            .map(of)
    });
    found.unwrap_or_default()
}

fn things(document: &Value) -> Vec<&Value> {
    let graph = document.get("@graph").unwrap_or(document);
    many(graph).collect()
}

/// One thing, or a list of them.
fn many(value: &Value) -> impl Iterator<Item = &Value> {
    let list = value.as_array().map(Vec::as_slice);
    list.unwrap_or(std::slice::from_ref(value)).iter()
}

fn is_article(thing: &Value) -> bool {
    many(&thing["@type"]).filter_map(Value::as_str).any(|kind| {
        kind.ends_with("Article")
            || kind.ends_with("Posting")
            || matches!(
                kind,
                "Report" | "Review" | "Recipe" | "Event" | "VideoObject"
            )
    })
}

fn of(thing: &Value) -> Linked {
    let author = many(&thing["author"]).next().unwrap_or(&Value::Null);
    let image = many(&thing["image"]).next().unwrap_or(&Value::Null);
    Linked {
        title: text(&thing["headline"]).or_else(|| text(&thing["name"])),
        description: text(&thing["description"]),
        author: text(&author["name"]).or_else(|| text(author)),
        author_url: text(&author["url"]),
        site: text(&thing["publisher"]["name"]),
        image: text(&image["url"]).or_else(|| text(image)),
        published: text(&thing["datePublished"]),
    }
}

/// A text that says something.
pub(super) fn text(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    (!text.trim().is_empty()).then(|| text.to_owned())
}
