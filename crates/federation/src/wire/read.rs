//! Tolerant access to the members of one JSON object. Knows JSON-LD's habits, not what the members mean.
//!
//! Allowed for every member: absent, `null`, one or an array of them, an object with an `id` where an id is meant,
//! `@value` objects, prefixed or full-IRI names of the usual vocabularies, numbers and booleans written as strings.

use jiff::{Zoned, civil::DateTime, tz::TimeZone};
use parvis_model::{clock::Timestamp, limits};
use serde_json::{Map, Value};

use super::Unreadable;

/// Vocabularies whose names are read with and without them.
const PREFIXES: [&str; 20] = [
    "as:",
    "https://www.w3.org/ns/activitystreams#",
    "http://www.w3.org/ns/activitystreams#",
    "toot:",
    "http://joinmastodon.org/ns#",
    "schema:",
    "http://schema.org#",
    "http://schema.org/",
    "sec:",
    "https://w3id.org/security#",
    "ldp:",
    "http://www.w3.org/ns/ldp#",
    "litepub:",
    "http://litepub.social/ns#",
    "fedibird:",
    "http://fedibird.com/ns#",
    "lemmy:",
    "https://join-lemmy.org/ns#",
    "pt:",
    "https://joinpeertube.org/ns#",
];

/// Members that change what a document says in ways a plain reader does not see.
const DISGUISES: [&str; 3] = ["@graph", "@included", "@reverse"];

/// A name without the vocabulary it stands in.
pub fn bare(name: &str) -> &str {
    PREFIXES
        .iter()
        .find_map(|prefix| name.strip_prefix(prefix))
        .unwrap_or(name)
}

/// One JSON object, read by member name.
#[derive(Clone, Copy, Debug)]
pub struct Doc<'a> {
    map: &'a Map<String, Value>,
    /// Some member carries its vocabulary in its name: look a second time, the slow way.
    prefixed: bool,
}

/// Text in some language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words<'a> {
    pub text: &'a str,
    pub language: Option<&'a str>,
}

/// A `Link`, or a bare URL, or an object with a `url`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link<'a> {
    pub href: &'a str,
    pub media_type: Option<&'a str>,
    pub rel: Option<&'a str>,
    pub width: Option<u32>,
    pub height: Option<u32>,
}

impl<'a> Doc<'a> {
    pub fn of(value: &'a Value) -> Option<Self> {
        let map = value.as_object()?;
        let prefixed = map.keys().any(|name| name.contains(':'));
        Some(Self { map, prefixed })
    }

    /// The outermost object of a document.
    pub fn outermost(value: &'a Value) -> Result<Self, Unreadable> {
        let doc = Self::of(value).ok_or(Unreadable::wrong("document", "not an object"))?;
        if DISGUISES.iter().any(|name| doc.map.contains_key(*name)) {
            let why = "only plain compacted documents are read";
            return Err(Unreadable::wrong("@graph", why));
        }
        Ok(doc)
    }

    /// A member that is there and not `null`.
    pub fn get(&self, name: &str) -> Option<&'a Value> {
        let value = match self.map.get(name) {
            Some(value) => Some(value),
            None if self.prefixed => self
                .map
                .iter()
                .find(|(key, _)| bare(key) == name)
                .map(|(_, value)| value),
            None => None,
        };
        value.filter(|value| !value.is_null())
    }

    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// A member as a list, whether it was written as one or not.
    pub fn many(&self, name: &str) -> &'a [Value] {
        match self.get(name) {
            None => &[],
            Some(Value::Array(list)) => list,
            Some(Value::Object(map)) if map.contains_key("@list") => map
                .get("@list")
                .and_then(Value::as_array)
                .map_or(&[], Vec::as_slice),
            Some(one) => std::slice::from_ref(one),
        }
    }

    /// The objects among a member's values.
    pub fn docs(&self, name: &str) -> impl Iterator<Item = Doc<'a>> {
        self.many(name).iter().filter_map(Doc::of)
    }

    pub fn doc(&self, name: &str) -> Option<Doc<'a>> {
        self.docs(name).next()
    }

    /// The names of its types, without vocabularies.
    pub fn types(&self) -> impl Iterator<Item = &'a str> {
        let name = if self.map.contains_key("@type") {
            "@type"
        } else {
            "type"
        };
        self.many(name).iter().filter_map(Value::as_str).map(bare)
    }

    pub fn is_a(&self, kind: &str) -> bool {
        self.types().any(|name| name == kind)
    }

    /// Its own id; an empty one is none.
    pub fn id(&self) -> Option<&'a str> {
        self.get("id")
            .or_else(|| self.get("@id"))
            .and_then(Value::as_str)
            .filter(|id| is_id(id))
    }

    /// The ids in a member: strings, or objects that have one. What is neither is passed over.
    pub fn ids(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.many(name).iter().filter_map(id_of)
    }

    pub fn one_id(&self, name: &str) -> Option<&'a str> {
        self.ids(name).next()
    }

    /// Plain text that is not empty.
    pub fn text(&self, name: &str) -> Option<&'a str> {
        self.many(name)
            .iter()
            .find_map(text_of)
            .filter(|text| !text.trim().is_empty())
    }

    /// Text that may stand in `name`, in `nameMap`, or in both (then the language comes from the map).
    pub fn words(&self, name: &str, prefer: &str) -> Option<Words<'a>> {
        let map = self.language_map(name);
        if let Some(text) = self.text(name) {
            let language = map.and_then(|map| {
                let same = map.iter().find(|(_, said)| said.as_str() == Some(text));
                same.or_else(|| map.iter().next().filter(|_| map.len() == 1))
            });
            let language = language
                .map(|(code, _)| code.as_str())
                .and_then(language_code);
            return Some(Words { text, language });
        }
        let said = |(code, text): (&'a String, &'a Value)| {
            let text = text.as_str().filter(|text| !text.trim().is_empty())?;
            Some(Words {
                text,
                language: language_code(code),
            })
        };
        let map = map?;
        map.iter()
            .filter(|(code, _)| *code == prefer)
            .find_map(said)
            .or_else(|| map.iter().find_map(said))
    }

    fn language_map(&self, name: &str) -> Option<&'a Map<String, Value>> {
        let named = match name {
            "content" => "contentMap",
            "summary" => "summaryMap",
            "name" => "nameMap",
            _ => return None,
        };
        let map = self.get(named).and_then(Value::as_object);
        // A few write the map where the text should stand.
        let in_place = || {
            self.get(name)
                .and_then(Value::as_object)
                .filter(|map| !map.contains_key("@value"))
        };
        map.or_else(in_place)
    }

    pub fn flag(&self, name: &str) -> Option<bool> {
        match plain_value(self.many(name).first()?) {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) if text.eq_ignore_ascii_case("true") || text == "1" => Some(true),
            Value::String(text) if text.eq_ignore_ascii_case("false") || text == "0" => Some(false),
            Value::Number(number) => number.as_i64().map(|number| number != 0),
            _ => None,
        }
    }

    pub fn count(&self, name: &str) -> Option<u64> {
        match plain_value(self.many(name).first()?) {
            Value::Number(number) => number
                .as_u64()
                .or_else(|| number.as_f64().filter(|n| *n >= 0.0).map(|n| n as u64)),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// A size in pixels; nonsense is none.
    pub fn pixels(&self, name: &str) -> Option<u32> {
        self.count(name)
            .and_then(|n| u32::try_from(n).ok())
            .filter(|n| (1..=65_535).contains(n))
    }

    pub fn date(&self, name: &str) -> Option<Timestamp> {
        match plain_value(self.many(name).first()?) {
            Value::Number(number) => since_1970(number.as_i64()?),
            _ => self.text(name).and_then(date),
        }
    }

    /// The links in a member such as `url` or `icon`, in the order written.
    pub fn links(&self, name: &str) -> impl Iterator<Item = Link<'a>> {
        self.many(name).iter().filter_map(link_of)
    }
}

/// An id is any text that is not empty and not beyond the limit; what it resolves to is asked later.
fn is_id(id: &str) -> bool {
    !id.is_empty() && id.len() <= limits::REMOTE_URI
}

/// The id that a value is or has.
pub fn id_of(value: &Value) -> Option<&str> {
    match value {
        Value::String(id) => Some(id.as_str()).filter(|id| is_id(id)),
        Value::Object(_) => {
            let doc = Doc::of(value)?;
            doc.id()
                .or_else(|| doc.is_a("Link").then(|| doc.text("href")).flatten())
        }
        _ => None,
    }
}

fn text_of(value: &Value) -> Option<&str> {
    plain_value(value).as_str()
}

/// What a JSON-LD value object wraps, or the value itself.
fn plain_value(value: &Value) -> &Value {
    value.get("@value").unwrap_or(value)
}

/// The link that a value is or holds.
pub fn link_of(value: &Value) -> Option<Link<'_>> {
    if let Value::String(href) = value {
        let href = href.as_str();
        return is_id(href).then_some(Link {
            href,
            media_type: None,
            rel: None,
            width: None,
            height: None,
        });
    }
    let doc = Doc::of(value)?;
    let inner = || doc.links("url").next();
    let href = doc
        .text("href")
        .or_else(|| inner().map(|link| link.href))
        .or_else(|| doc.id())?;
    Some(Link {
        href: Some(href).filter(|href| is_id(href))?,
        media_type: doc
            .text("mediaType")
            .or_else(|| doc.text("mimeType"))
            .or_else(|| inner()?.media_type),
        rel: doc.text("rel"),
        width: doc.pixels("width"),
        height: doc.pixels("height"),
    })
}

/// A language code that says something and is no monster.
fn language_code(code: &str) -> Option<&str> {
    let sane = code.len() <= 35 && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    (sane && !code.is_empty() && !matches!(code, "und" | "mul" | "zxx")).then_some(code)
}

/// The language a member such as `language` or `inLanguage` names: a code, or Lemmy's `{identifier, name}`.
pub fn language_of<'a>(doc: &Doc<'a>, name: &str) -> Option<&'a str> {
    doc.text(name)
        .or_else(|| doc.doc(name).and_then(|inner| inner.text("identifier")))
        .and_then(language_code)
}

/// Seconds, or milliseconds where the number is too large for seconds.
fn since_1970(number: i64) -> Option<Timestamp> {
    const YEAR_3000: i64 = 32_503_680_000;
    match number {
        ..=0 => None,
        seconds if seconds < YEAR_3000 => Some(seconds * 1_000),
        millis if millis < YEAR_3000 * 1_000 => Some(millis),
        _ => None,
    }
}

/// RFC 3339, and what others take for it: without a zone (then UTC), with a space, with its name, a date alone; RFC 2822.
pub fn date(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if text.len() > 64 {
        return None;
    }
    if let Ok(moment) = text.parse::<jiff::Timestamp>() {
        return Some(moment.as_millisecond());
    }
    if let Ok(zoned) = text.parse::<Zoned>() {
        return Some(zoned.timestamp().as_millisecond());
    }
    if let Ok(zoned) = jiff::fmt::rfc2822::parse(text) {
        return Some(zoned.timestamp().as_millisecond());
    }
    let bare = text
        .trim_end_matches("UTC")
        .trim_end_matches("GMT")
        .trim_end();
    let local: DateTime = bare.parse().ok()?;
    local
        .to_zoned(TimeZone::UTC)
        .ok()
        .map(|zoned| zoned.timestamp().as_millisecond())
}

/// The beginning of a text, at most `bytes` long, cut between characters.
pub fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn one_and_many_read_alike() {
        let one = json!({"to": "https://a.example/1"});
        let many = json!({"to": ["https://a.example/1", null, "", {"id": "https://a.example/2"}]});
        assert_eq!(
            Doc::of(&one).unwrap().ids("to").collect::<Vec<_>>(),
            ["https://a.example/1"]
        );
        assert_eq!(Doc::of(&many).unwrap().ids("to").count(), 2);
    }

    #[test]
    fn names_are_read_with_their_vocabulary_and_without() {
        let value = json!({"as:name": "Rose", "@type": ["as:Person", "vcard:individual"],
            "https://www.w3.org/ns/activitystreams#summary": {"@value": "Bonjour", "@language": "fr"}});
        let doc = Doc::of(&value).unwrap();
        assert_eq!(doc.text("name"), Some("Rose"));
        assert_eq!(doc.text("summary"), Some("Bonjour"));
        assert!(doc.is_a("Person"));
    }

    #[test]
    fn booleans_and_numbers_may_be_strings() {
        let value = json!({"a": "true", "b": "False", "c": {"@type": "xsd:boolean", "@value": "1"},
            "n": "12", "f": 3.0, "none": null, "odd": ["x"]});
        let doc = Doc::of(&value).unwrap();
        assert_eq!(
            [doc.flag("a"), doc.flag("b"), doc.flag("c")],
            [Some(true), Some(false), Some(true)]
        );
        assert_eq!(
            [doc.flag("none"), doc.flag("odd"), doc.flag("absent")],
            [None; 3]
        );
        assert_eq!((doc.count("n"), doc.count("f")), (Some(12), Some(3)));
    }

    #[test]
    fn dates_come_in_many_dresses() {
        let noon = Some(1_735_732_800_000);
        for text in [
            "2025-01-01T12:00:00Z",
            "2025-01-01T13:00:00+01:00",
            "2025-01-01T12:00:00.000000Z",
            "2025-01-01T12:00:00",
            "2025-01-01 12:00:00",
            "2025-01-01 12:00:00 UTC",
            "2025-01-01T13:00:00+0100",
            "2025-01-01T13:00:00+01:00[Europe/Paris]",
            "Wed, 01 Jan 2025 12:00:00 GMT",
        ] {
            assert_eq!(date(text), noon, "{text}");
        }
        assert_eq!(date("2025-01-01"), Some(1_735_689_600_000));
        assert_eq!(date("yesterday"), None);
        let value = json!({"a": 1_735_732_800, "b": 1_735_732_800_000_i64, "c": -5});
        let doc = Doc::of(&value).unwrap();
        assert_eq!(
            [doc.date("a"), doc.date("b"), doc.date("c")],
            [noon, noon, None]
        );
    }

    #[test]
    fn the_language_of_a_text_is_found_in_its_map() {
        let value = json!({"content": "Salut", "contentMap": {"en": "Hi", "fr": "Salut"},
            "nameMap": {"en": "Market", "fr": "Marché"}, "summaryMap": {"und": "…"}});
        let doc = Doc::of(&value).unwrap();
        assert_eq!(
            doc.words("content", "en"),
            Some(Words {
                text: "Salut",
                language: Some("fr")
            })
        );
        assert_eq!(
            doc.words("name", "fr"),
            Some(Words {
                text: "Marché",
                language: Some("fr")
            })
        );
        assert_eq!(
            doc.words("name", "de"),
            Some(Words {
                text: "Market",
                language: Some("en")
            })
        );
        assert_eq!(
            doc.words("summary", "fr"),
            Some(Words {
                text: "…",
                language: None
            })
        );
    }

    #[test]
    fn a_text_may_itself_be_a_map_of_languages() {
        let value = json!({"name": {"en": "Market", "fr": "Marché"}});
        let words = Doc::of(&value).unwrap().words("name", "fr").unwrap();
        assert_eq!((words.text, words.language), ("Marché", Some("fr")));
    }

    #[test]
    fn a_document_in_disguise_is_refused() {
        let value = json!({"@graph": [], "type": "Note"});
        assert!(Doc::outermost(&value).is_err());
        assert!(Doc::outermost(&json!([1])).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_a_date_or_none(text in "\\PC{0,40}") {
            let _ = date(&text);
        }

        #[test]
        fn what_looks_like_a_date_can_be_written_again(
            text in "[+-]?[0-9]{1,6}-[0-9]{1,2}-[0-9]{1,2}([T ][0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,10})?)?)?( ?(Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2}))?",
        ) {
            if let Some(at) = date(&text) {
                prop_assert_eq!(date(&super::super::emit::date(at)), Some(at));
            }
        }
    }
}
