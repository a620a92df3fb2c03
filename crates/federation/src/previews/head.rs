//! The beginning of a page of the web, gone through once from left to right: bounded in what it keeps, linear in what it
//! reads, whatever is written there. Builds no tree and understands no more HTML than stands in a head.

use crate::markup::{attribute, attributes_of, content_of, name_of, tag_of};

/// Tags whose attributes are read.
const TAGS: usize = 400;
/// Bytes of a title.
const TITLE: usize = 4 * 1024;
/// Texts in JSON that are kept …
const LINKED: usize = 5;
/// … and bytes of one.
const LINKED_BYTES: usize = 128 * 1024;
/// Where a page has to name its letters (HTML Living Standard, 4.2.5.4).
const CHARSET_WITHIN: usize = 1024;

/// What is written in a head, references not read.
#[derive(Clone, Debug, Default)]
pub(super) struct Head {
    pub title: Option<String>,
    pub language: Option<String>,
    /// `rel="image_src"`.
    pub image: Option<String>,
    /// Where the site says more of this page in JSON.
    pub oembed: Option<String>,
    /// JSON-LD as it stands there.
    pub linked: Vec<String>,
    /// Names in lower case, in their order.
    metas: Vec<(String, String)>,
}

/// Elements whose content is no HTML, or none for us.
pub(super) const CLOSED: [&str; 6] = ["script", "style", "noscript", "template", "svg", "iframe"];

impl Head {
    pub fn read(html: &str) -> Self {
        let mut head = Self::default();
        let mut rest = html;
        let mut tags = 0;
        while let Some(at) = rest.find('<') {
            rest = &rest[at + 1..];
            if let Some(comment) = rest.strip_prefix("!--") {
                rest = comment.split_once("-->").map_or("", |(_, after)| after);
                continue;
            }
            let name = name_of(rest);
            if name == "body" || name == "/head" || tags == TAGS {
                break;
            }
            let is_closed = CLOSED.contains(&name.as_str());
            if !is_closed && !matches!(name.as_str(), "html" | "meta" | "link" | "title") {
                continue;
            }
            tags += 1;
            let Some((tag, after)) = tag_of(rest) else {
                continue;
            };
            rest = after;
            let attributes = attributes_of(&tag[name.len()..]);
            if is_closed || name == "title" {
                let (content, after) = content_of(rest, &name);
                rest = after;
                head.take_element(&name, &attributes, content);
            } else {
                head.take_tag(&name, &attributes);
            }
        }
        head
    }

    /// The first of these names that the page gives, in their order.
    pub fn first(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| {
            let found = self.metas.iter().find(|(it, _)| it == name);
            found.map(|(_, content)| content.as_str())
        })
    }

    fn take_element(&mut self, name: &str, attributes: &[(String, &str)], content: &str) {
        match name {
            "title" if self.title.is_none() => {
                let end = content.floor_char_boundary(TITLE);
                self.title = Some(content[..end].to_owned());
            }
            "script"
                if attribute(attributes, "type").is_some_and(is_linked_data)
                    && self.linked.len() < LINKED
                    && content.len() <= LINKED_BYTES =>
            {
                self.linked.push(content.to_owned());
            }
            _ => {}
        }
    }

    fn take_tag(&mut self, name: &str, attributes: &[(String, &str)]) {
        let value = |name| attribute(attributes, name).map(str::to_owned);
        match name {
            "html" => self.language = self.language.take().or_else(|| value("lang")),
            "meta" => {
                let key = value("property").or_else(|| value("name"));
                let content = value("content").filter(|content| !content.trim().is_empty());
                if let (Some(key), Some(content)) = (key, content) {
                    self.metas.push((key.trim().to_ascii_lowercase(), content));
                }
            }
            _ => {
                let is = |rel: &str| {
                    value("rel").is_some_and(|all| {
                        all.split_ascii_whitespace()
                            .any(|it| it.eq_ignore_ascii_case(rel))
                    })
                };
                let kind = value("type").unwrap_or_default();
                if is("image_src") {
                    self.image = self.image.take().or_else(|| value("href"));
                } else if is("alternate") && kind.eq_ignore_ascii_case("application/json+oembed") {
                    self.oembed = self.oembed.take().or_else(|| value("href"));
                }
                if let Some(oembed) = &mut self.oembed {
                    *oembed = oembed.replace("&amp;", "&");
                }
            }
        }
    }
}

fn is_linked_data(kind: &str) -> bool {
    kind.trim().eq_ignore_ascii_case("application/ld+json")
}

/// The letters that a page says it is written in.
pub(super) fn charset(bytes: &[u8]) -> Option<Vec<u8>> {
    let start = bytes.get(..CHARSET_WITHIN).unwrap_or(bytes);
    let start = String::from_utf8_lossy(start).to_ascii_lowercase();
    let word = start.split("charset=").nth(1)?;
    let word = word.trim_start_matches(['"', '\'', ' ']);
    let end = word.find(|c: char| !c.is_ascii_alphanumeric() && !"-_:.".contains(c));
    Some(word.as_bytes()[..end.unwrap_or(word.len())].to_vec())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_flood_is_read_in_one_go() {
        for piece in [
            "<",
            "<meta ",
            "<meta a=\"",
            "<!--",
            "<script>",
            "</",
            "<title>",
            "<meta name=a content=b>",
            "a=b ",
            "\"",
        ] {
            let flood = piece.repeat((1 << 20) / piece.len());
            let head = Head::read(&flood);
            assert!(head.metas.len() <= TAGS && head.linked.is_empty());
            let head = Head::read(&format!("<meta {flood}>"));
            assert!(head.metas.len() <= TAGS);
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(html in "([<>/\"'=!a-z -]|<meta|<title|</title>|<script|<!--|-->|é|\u{0}){0,80}") {
            let head = Head::read(&html);
            prop_assert!(head.title.is_none_or(|title| html.contains(&title)));
            charset(html.as_bytes());
        }
    }
}
