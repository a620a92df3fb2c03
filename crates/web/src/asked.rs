//! What a browser sent by name: the query of an address or the values of a form. Bounded; knows no field's meaning.

use aws_lc_rs::digest;
use parvis_model::id::{self, Id};
use url::form_urlencoded;

/// More values than any page of ours has are dropped.
const VALUES: usize = 200;

/// Named values in the order they came.
#[derive(Clone, Debug, Default)]
pub struct Asked(Vec<(String, String)>);

impl Asked {
    pub fn parse(encoded: &[u8]) -> Self {
        Self(
            form_urlencoded::parse(encoded)
                .take(VALUES)
                .map(|(k, v)| (k.into(), v.into()))
                .collect(),
        )
    }

    pub fn of<const N: usize>(values: [(&str, String); N]) -> Self {
        values.into_iter().collect()
    }

    /// The first value of this name, without the spaces around it; empty when absent.
    pub fn text(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value.trim())
    }

    /// Like [`Asked::text`], `None` when empty.
    pub fn some(&self, name: &str) -> Option<&str> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    /// As it was typed, spaces and all.
    pub fn exact(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value)
    }

    pub fn on(&self, name: &str) -> bool {
        self.text(name) == "1"
    }

    pub fn id(&self, name: &str) -> Option<Id> {
        id::parse(self.text(name))
    }

    pub fn ids(&self, name: &str) -> Vec<Id> {
        self.0
            .iter()
            .filter(|(key, _)| key == name)
            .filter_map(|(_, value)| id::parse(value))
            .collect()
    }

    /// All values of this name, without the spaces around them.
    pub fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        let named = self.0.iter().filter(move |(key, _)| key == name);
        named.map(|(_, value)| value.trim())
    }

    /// To be sent once more, without the form's token and as far as there is room for it (bytes).
    pub fn encoded(&self, room: usize) -> String {
        let mut encoded = String::new();
        for (name, value) in self.0.iter().filter(|(name, _)| name != "csrf") {
            // It never becomes shorter by the encoding.
            if value.len() > room {
                continue;
            }
            let mut pair = form_urlencoded::Serializer::new(String::new());
            let pair = pair.append_pair(name, value).finish();
            if encoded.len() + pair.len() < room {
                encoded.push_str(if encoded.is_empty() { "" } else { "&" });
                encoded.push_str(&pair);
            }
        }
        encoded
    }

    /// A fingerprint of all that was sent but for the form's token, and for whether it may still be asked back: a form that
    /// comes a second time may have lost that on its way.
    pub fn digest(&self) -> String {
        let mut hash = digest::Context::new(&digest::SHA256);
        let passing = ["csrf", "rappel"];
        let values = self.0.iter();
        let values = values.filter(|(name, _)| !passing.contains(&name.as_str()));
        for part in values.flat_map(|(name, value)| [name, value]) {
            hash.update(&part.len().to_be_bytes());
            hash.update(part.as_bytes());
        }
        hex::encode(hash.finish())
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    pub fn add(&mut self, name: impl Into<String>, value: impl Into<String>) {
        if self.0.len() < VALUES {
            self.0.push((name.into(), value.into()));
        }
    }
}

impl<K: Into<String>> FromIterator<(K, String)> for Asked {
    fn from_iter<I: IntoIterator<Item = (K, String)>>(values: I) -> Self {
        Self(
            values
                .into_iter()
                .map(|(key, value)| (key.into(), value))
                .collect(),
        )
    }
}

/// A path on this very site, for going back to; anything else becomes the home page.
pub fn local_path(text: &str) -> &str {
    /// Bytes; an app's request for access is the longest that is gone back to.
    const LONGEST: usize = 8_192;
    let plain = text
        .bytes()
        .all(|byte| (0x21..0x7f).contains(&byte) && byte != b'\\');
    if plain && text.len() <= LONGEST && text.starts_with('/') && !text.starts_with("//") {
        text
    } else {
        "/"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn going_back_never_leaves_the_site() {
        for far in [
            "//evil.example",
            "https://evil.example/",
            "/\\evil.example",
            "javascript:1",
            "",
            "/a\r\nb",
            "\t/x",
        ] {
            assert_eq!(local_path(far), "/", "{far}");
        }
        assert_eq!(local_path("/@marie?avant=5#m-4"), "/@marie?avant=5#m-4");
    }

    #[test]
    fn values_are_read_by_name() {
        let asked = Asked::parse(b"q=caf%C3%A9+noir&garde=1&garde=2&oui=1");
        assert_eq!(asked.text("q"), "café noir");
        assert_eq!(asked.ids("garde"), [1, 2]);
        assert!(asked.on("oui"));
        assert_eq!(asked.some("rien"), None);
    }

    #[test]
    fn a_form_is_known_by_what_stands_in_it() {
        let digest = |encoded: &[u8]| Asked::parse(encoded).digest();
        let first = digest(b"csrf=a&envoi=1&text=ab");
        assert_eq!(digest(b"csrf=b&envoi=1&text=ab"), first);
        assert_eq!(digest(b"envoi=1&rappel=1&text=ab"), first);
        for other in ["envoi=2&text=ab", "envoi=1&text=ac", "envoi=1t&ext=ab"] {
            assert_ne!(digest(other.as_bytes()), first, "{other}");
        }
    }

    #[test]
    fn what_was_typed_can_be_sent_once_more() {
        let asked = Asked::parse(b"csrf=abc&text=caf%C3%A9+%26+th%C3%A9&audience=town");
        assert_eq!(
            asked.encoded(100),
            "text=caf%C3%A9+%26+th%C3%A9&audience=town"
        );
        assert_eq!(asked.encoded(20), "audience=town");
        let long = format!("text={}&audience=town", "x".repeat(100));
        assert_eq!(Asked::parse(long.as_bytes()).encoded(100), "audience=town");
    }
}
