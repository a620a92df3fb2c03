//! Reading the pictures that a document has for codes such as `:chat:` in its texts (FEP-9098). Knows no text.

use parvis_model::{limits, text::is_shortcode};

use super::read::Doc;

/// A code and its picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Emoji<'a> {
    /// Without its colons.
    pub code: &'a str,
    /// Of the picture.
    pub url: &'a str,
}

impl<'a> Emoji<'a> {
    /// Those of a post or an actor. When a picture was changed (`updated`) is passed over: another lies elsewhere.
    pub fn all(doc: &Doc<'a>) -> Vec<Self> {
        doc.docs("tag")
            .filter(|tag| tag.is_a("Emoji"))
            .filter_map(|tag| Self::of(&tag))
            .take(limits::REMOTE_EMOJI)
            .collect()
    }

    fn of(tag: &Doc<'a>) -> Option<Self> {
        let name = tag.text("name")?.trim();
        let code = name
            .strip_prefix(':')
            .and_then(|name| name.strip_suffix(':'))
            .unwrap_or(name);
        let web = |url: &&str| url.starts_with("https://") || url.starts_with("http://");
        let url = tag.links("icon").map(|link| link.href).find(web)?;
        is_shortcode(code).then_some(Self { code, url })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(tags: &Value) -> Vec<(String, String)> {
        let value =
            json!({"id": "https://a.example/1", "type": "Note", "content": "x", "tag": tags});
        let doc = Doc::of(&value).unwrap();
        let all = Emoji::all(&doc).into_iter();
        all.map(|emoji| (emoji.code.to_owned(), emoji.url.to_owned()))
            .collect()
    }

    fn tag(name: &str, icon: &Value) -> Value {
        json!({"id": "https://a.example/emojis/1", "type": "Emoji", "name": name, "icon": icon,
            "updated": "2025-01-01T00:00:00Z"})
    }

    const CAT: &str = "https://a.example/chat.png";

    #[test]
    fn a_picture_is_named_in_several_ways() {
        let expected = [("chat".to_owned(), CAT.to_owned())];
        for (name, icon) in [
            (
                ":chat:",
                json!({"type": "Image", "mediaType": "image/png", "url": CAT}),
            ),
            (
                "chat",
                json!({"type": "Image", "url": [{"type": "Link", "href": CAT}]}),
            ),
            (" :chat: ", json!(CAT)),
            (
                ":chat:",
                json!([{"type": "Image"}, {"type": "Image", "url": CAT}]),
            ),
        ] {
            assert_eq!(read(&tag(name, &icon)), expected, "{icon}");
        }
        let bare = json!([{"type": "toot:Emoji", "name": ":chat:", "icon": {"url": CAT}}]);
        assert_eq!(read(&bare), expected);
    }

    #[test]
    fn what_is_no_code_or_has_no_picture_is_passed_over() {
        let good = json!({"type": "Image", "url": CAT});
        for name in [
            "",
            "::",
            ":",
            "cha t",
            ":a\"b:",
            ":chat@b.example:",
            "<b>",
            ":é:",
            ":chat",
            "::chat::",
        ] {
            assert!(read(&tag(name, &good)).is_empty(), "{name}");
        }
        for icon in [
            Value::Null,
            json!({"type": "Image"}),
            json!("javascript:alert(1)"),
            json!("data:image/png;base64,AA"),
            json!({"type": "Image", "url": "//a.example/p.png"}),
            json!({"type": "Image", "url": format!("{CAT}?{}", "x".repeat(5_000))}),
        ] {
            assert!(read(&tag(":chat:", &icon)).is_empty(), "{icon}");
        }
        let others = json!([{"type": "Mention", "name": ":chat:", "icon": good}, "chat", 7, null]);
        assert!(read(&others).is_empty());
    }

    #[test]
    fn of_thousands_a_few_are_read() {
        let many: Vec<Value> = (0..5_000)
            .map(|number| tag(&format!(":c{number}:"), &json!(CAT)))
            .collect();
        assert_eq!(read(&json!(many)).len(), limits::REMOTE_EMOJI);
    }
}
