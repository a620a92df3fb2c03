//! Links in the exact shape other software looks for (mastodon-api W20). Knows no Markdown.

use std::fmt::Write;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    Links, MentionLink,
    clean::guarded,
    folded_tag,
    pieces::{self, Piece},
};

/// Characters of an address that are shown; the rest is there for copying.
const SHOWN: usize = 30;
const TAG_PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A profile text: paragraphs and lines as written, with all their links.
pub fn bio(source: &str, links: &Links<'_>) -> String {
    in_paragraphs(source, |html, line| push_linked(html, line, links))
}

/// A text of which nobody is called by name: paragraphs and lines as written, addresses as links, nothing else.
pub fn paragraphs(source: &str) -> String {
    in_paragraphs(source, |html, line| {
        push_addresses(html, line, "nofollow noopener");
    })
}

fn in_paragraphs(source: &str, push: impl Fn(&mut String, &str)) -> String {
    let source = source.replace("\r\n", "\n").replace('\r', "\n");
    let mut html = String::with_capacity(source.len() * 2);
    for paragraph in source
        .split("\n\n")
        .map(str::trim)
        .filter(|text| !text.is_empty())
    {
        html.push_str("<p>");
        for (number, line) in paragraph.lines().enumerate() {
            if number > 0 {
                html.push_str("<br>");
            }
            push(&mut html, line);
        }
        html.push_str("</p>");
    }
    guarded(&html)
}

/// A single line, such as the value of a profile field: addresses as links that say "this is me as well"
/// (<https://microformats.org/wiki/rel-me>), so that other sites can check them.
pub fn line(source: &str) -> String {
    let mut html = String::with_capacity(source.len() * 2);
    push_addresses(&mut html, source.trim(), "me nofollow noopener");
    guarded(&html)
}

fn push_addresses(html: &mut String, text: &str, rel: &str) {
    for piece in pieces::of(text) {
        match piece {
            Piece::Address { text, url } => push_address(html, text, &url, rel),
            other => push_text(html, other.text()),
        }
    }
}

/// A text with all its links.
pub(super) fn push_linked(html: &mut String, text: &str, links: &Links<'_>) {
    for piece in pieces::of(text) {
        match piece {
            Piece::Text(text) => push_text(html, text),
            Piece::Address { text, url } => push_address(html, text, &url, "nofollow noopener"),
            Piece::Mention { text, handle } => match links.mentions.get(&handle.key()) {
                Some(link) => push_mention(html, link),
                None => push_text(html, text),
            },
            Piece::Tag { name, .. } => push_tag(html, name, links.tag_base),
        }
    }
}

pub(super) fn push_address(html: &mut String, text: &str, url: &str, rel: &str) {
    let (scheme, rest) = split_after_scheme(text);
    let shown = rest
        .char_indices()
        .nth(SHOWN)
        .map_or(rest.len(), |(end, _)| end);
    push_start(html, url, rel);
    html.push_str("<span class=\"invisible\">");
    push_text(html, scheme);
    html.push_str(if shown < rest.len() {
        "</span><span class=\"ellipsis\">"
    } else {
        "</span><span>"
    });
    push_text(html, &rest[..shown]);
    html.push_str("</span><span class=\"invisible\">");
    push_text(html, &rest[shown..]);
    html.push_str("</span></a>");
}

/// The start of a link that leads away from here.
fn push_start(html: &mut String, url: &str, rel: &str) {
    html.push_str("<a href=\"");
    push_text(html, url);
    let _ = write!(html, "\" rel=\"{rel}\" target=\"_blank\" translate=\"no\">");
}

/// The start of a link with words of its own.
pub(super) fn push_worded_start(html: &mut String, url: &str) {
    html.push_str("<a href=\"");
    push_text(html, url);
    html.push_str("\" rel=\"nofollow noopener\" target=\"_blank\">");
}

fn split_after_scheme(text: &str) -> (&str, &str) {
    let scheme = text.find("://").map_or(0, |at| at + 3);
    let www = text[scheme..]
        .get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("www."));
    text.split_at(if www { scheme + 4 } else { scheme })
}

fn push_mention(html: &mut String, link: &MentionLink) {
    html.push_str("<span class=\"h-card\" translate=\"no\"><a href=\"");
    push_text(html, &link.url);
    html.push_str("\" class=\"u-url mention\">@<span>");
    push_text(html, &link.name);
    html.push_str("</span></a></span>");
}

fn push_tag(html: &mut String, tag: &str, base: &str) {
    html.push_str("<a href=\"");
    push_text(html, base);
    let _ = write!(html, "{}", utf8_percent_encode(&folded_tag(tag), TAG_PATH));
    html.push_str("\" class=\"mention hashtag\" rel=\"tag\">#<span>");
    push_text(html, tag);
    html.push_str("</span></a>");
}

/// Text as text, in elements and in attributes alike.
pub(super) fn push_text(html: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\0' => {}
            _ => html.push(c),
        }
    }
}
