//! What people write: Markdown-light in, safe HTML out. Knows no account: who a mention means is passed in.

mod clean;
mod handles;
mod hidden;
mod leads;
mod links;
mod markdown;
mod markup;
mod pieces;
mod quotes;
mod shortcodes;
pub mod words;

use std::collections::{HashMap, HashSet};

use unicode_segmentation::UnicodeSegmentation;

use crate::{
    handle::{Handle, folded},
    limits,
};

pub use clean::{clean, plain};
pub use hidden::is_hidden;
pub use leads::first_link;
pub use links::{bio, line, paragraphs};
pub use markdown::render;
pub use quotes::{with_quote_link, with_quote_marked, without_quote_link};
pub use shortcodes::{is_shortcode, with_pictures, words_with_pictures};

use pieces::Piece;

/// What an address counts in a post's length, however long it is.
const ADDRESS_LENGTH: usize = 23;
/// Characters a single visible sign may be made of before it counts as several.
const SIGN_CHARS: usize = 32;

/// Whom a text calls and what it is about, each once and in order, within [`limits::MENTIONS`] and [`limits::TAGS`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scanned {
    pub mentions: Vec<Handle>,
    /// As written, without `#`; compare by [`folded_tag`].
    pub tags: Vec<String>,
}

/// Where the links of a text lead to.
#[derive(Clone, Copy, Debug)]
pub struct Links<'a> {
    /// By [`Handle::key`]; a mention that is not in here stays text.
    pub mentions: &'a HashMap<String, MentionLink>,
    /// Such as `https://valmont.example/tags/`.
    pub tag_base: &'a str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MentionLink {
    /// The account's page.
    pub url: String,
    /// Shown after the `@`.
    pub name: String,
}

/// Finds mentions and tags where [`render`] makes links of them: not in code, not in links.
pub fn scan(source: &str) -> Scanned {
    let mut finder = Finder::default();
    markdown::each_text(source, |text| finder.read(text));
    finder.scanned
}

/// Finds mentions and tags where [`bio`] makes links of them.
pub fn scan_bio(source: &str) -> Scanned {
    let mut finder = Finder::default();
    finder.read(source);
    finder.scanned
}

#[derive(Default)]
struct Finder {
    scanned: Scanned,
    called: HashSet<String>,
    named: HashSet<String>,
}

impl Finder {
    fn read(&mut self, text: &str) {
        let scanned = &mut self.scanned;
        for piece in pieces::of(text) {
            match piece {
                Piece::Mention { handle, .. }
                    if scanned.mentions.len() < limits::MENTIONS
                        && self.called.insert(handle.key()) =>
                {
                    scanned.mentions.push(handle);
                }
                Piece::Tag { name, .. }
                    if scanned.tags.len() < limits::TAGS && self.named.insert(folded_tag(name)) =>
                {
                    scanned.tags.push(name.to_owned());
                }
                _ => {}
            }
        }
    }
}

/// A name without the signs that turn around what stands beside it on the line, such as the handle that tells whose it is.
/// Marks of direction within the name itself stay.
pub fn unturned(name: &str) -> String {
    let turns = |sign: char| matches!(sign, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    name.chars().filter(|sign| !turns(*sign)).collect()
}

/// The length of a text as Mastodon counts it: visible signs, an address as 23, a handle without its server.
pub fn length(source: &str) -> usize {
    pieces::of(source).map(|piece| piece_length(&piece)).sum()
}

fn piece_length(piece: &Piece<'_>) -> usize {
    match piece {
        Piece::Text(text) => signs(text),
        Piece::Address { .. } => ADDRESS_LENGTH,
        Piece::Mention { handle, .. } => 1 + signs(&handle.name),
        Piece::Tag { name, .. } => 1 + signs(name),
    }
}

/// Nobody hides a page of text in the accents of one letter.
fn signs(text: &str) -> usize {
    text.graphemes(true)
        .map(|sign| sign.chars().count().div_ceil(SIGN_CHARS))
        .sum()
}

/// The text by which tags are compared: NFKC in lower case, without `#`.
pub fn folded_tag(tag: &str) -> String {
    let tag = tag.trim();
    folded(tag.strip_prefix(['#', '＃']).unwrap_or(tag))
}

#[cfg(test)]
mod tests;
