//! Finds addresses, mentions and tags in a plain text. Knows no Markdown and no HTML.

use unicode_normalization::char::is_combining_mark;

use crate::{
    handle::{Handle, is_name_char},
    limits, uri,
};

/// Characters of a tag; what is longer is no tag.
const TAG: usize = 100;

/// A stretch of a text. All stretches one after the other are the text again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Text(&'a str),
    Address {
        text: &'a str,
        url: String,
    },
    Mention {
        text: &'a str,
        handle: Handle,
    },
    Tag {
        text: &'a str,
        /// Without the `#`.
        name: &'a str,
    },
}

impl<'a> Piece<'a> {
    /// The stretch as it was written.
    pub(super) fn text(&self) -> &'a str {
        match self {
            Self::Text(text)
            | Self::Address { text, .. }
            | Self::Mention { text, .. }
            | Self::Tag { text, .. } => text,
        }
    }
}

/// Cuts a text into its pieces, in one pass.
pub(super) fn of(text: &str) -> impl Iterator<Item = Piece<'_>> {
    Pieces {
        text,
        at: 0,
        found: None,
    }
}

/// Does the text hold anything that becomes a link?
pub(super) fn any(text: &str) -> bool {
    of(text).any(|piece| !matches!(piece, Piece::Text(_)))
}

struct Pieces<'a> {
    text: &'a str,
    at: usize,
    /// Found while looking for the end of the text before it.
    found: Option<Piece<'a>>,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        if let Some(piece) = self.found.take() {
            self.at += piece.text().len();
            return Some(piece);
        }
        let start = self.at;
        let mut before = self.text[..start].chars().next_back();
        for (place, c) in self.text[start..].char_indices() {
            let here = start + place;
            if let Some(piece) = piece_at(&self.text[here..], c, before) {
                if here == start {
                    self.at += piece.text().len();
                    return Some(piece);
                }
                self.at = here;
                self.found = Some(piece);
                return Some(Piece::Text(&self.text[start..here]));
            }
            before = Some(c);
        }
        self.at = self.text.len();
        (start < self.text.len()).then(|| Piece::Text(&self.text[start..]))
    }
}

fn piece_at(rest: &str, first: char, before: Option<char>) -> Option<Piece<'_>> {
    match first {
        'h' | 'H' => address(rest, before),
        '@' => mention(rest, before),
        '#' | '＃' => tag(rest, before),
        _ => None,
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || is_combining_mark(c)
}

fn address(rest: &str, before: Option<char>) -> Option<Piece<'_>> {
    let follows = before.is_none_or(|c| !c.is_alphanumeric() && !"@#=/".contains(c));
    if !follows || !has_scheme(rest) {
        return None;
    }
    let end = rest.find(ends_address).unwrap_or(rest.len());
    if end > limits::REMOTE_URI {
        return None;
    }
    let text = without_tail(&rest[..end], before);
    let url = uri::canonical(text)?;
    Some(Piece::Address { text, url })
}

fn has_scheme(text: &str) -> bool {
    ["https://", "http://"].iter().any(|scheme| {
        text.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    })
}

fn ends_address(c: char) -> bool {
    c.is_whitespace() || c.is_control() || "<>\"`\\^{}|«»“”‘’„…".contains(c)
}

/// Leaves out what belongs to the sentence around: stops, closing brackets that were opened before, emphasis.
fn without_tail(text: &str, before: Option<char>) -> &str {
    let mut open = Brackets::of(text);
    let mut text = text;
    while let Some(last) = text.chars().next_back() {
        let outside = match last {
            ')' => open.round < 0,
            ']' => open.square < 0,
            '_' | '~' => before == Some(last),
            _ => ".,;:!?'*([".contains(last),
        };
        if !outside {
            break;
        }
        open.leave(last);
        text = &text[..text.len() - last.len_utf8()];
    }
    text
}

/// How many brackets are open at the end of a text; negative when more are closed than opened.
#[derive(Default)]
struct Brackets {
    round: i32,
    square: i32,
}

impl Brackets {
    fn of(text: &str) -> Self {
        let mut open = Self::default();
        text.chars().for_each(|c| open.count(c, 1));
        open
    }

    fn leave(&mut self, c: char) {
        self.count(c, -1);
    }

    fn count(&mut self, c: char, by: i32) {
        match c {
            '(' => self.round += by,
            ')' => self.round -= by,
            '[' => self.square += by,
            ']' => self.square -= by,
            _ => {}
        }
    }
}

fn mention(rest: &str, before: Option<char>) -> Option<Piece<'_>> {
    if before.is_some_and(|c| is_word(c) || "/=@.-".contains(c)) {
        return None;
    }
    let name = joined(&rest[1..], &['.', '-']);
    let short = 1 + name;
    if name == 0 {
        return None;
    }
    let long = rest[short..]
        .strip_prefix('@')
        .map(|domain| short + 1 + server(domain));
    let whole = long
        .filter(|end| *end > short + 1)
        .and_then(|end| handle(&rest[..end]));
    whole.or_else(|| handle(&rest[..short]))
}

fn handle(text: &str) -> Option<Piece<'_>> {
    let handle = text.parse().ok()?;
    Some(Piece::Mention { text, handle })
}

/// The length of a server's name and port at the start of a text.
fn server(text: &str) -> usize {
    let host = joined(text, &['.', '-']);
    let digits = text[host..].strip_prefix(':').map_or(0, |port| {
        port.find(|c: char| !c.is_ascii_digit())
            .unwrap_or(port.len())
    });
    if host > 0 && (1..=5).contains(&digits) {
        host + 1 + digits
    } else {
        host
    }
}

/// The length of word characters at the start of a text, joined by some that may only stand inside.
fn joined(text: &str, joints: &[char]) -> usize {
    let end = text
        .find(|c: char| !is_name_char(c) && !joints.contains(&c))
        .unwrap_or(text.len());
    if text.starts_with(joints) {
        0
    } else {
        text[..end].trim_end_matches(joints).len()
    }
}

fn tag(rest: &str, before: Option<char>) -> Option<Piece<'_>> {
    if before.is_some_and(|c| is_word(c) || "/=)&#＃".contains(c)) {
        return None;
    }
    let sign = rest.chars().next()?.len_utf8();
    // Inclusive spellings and Catalan join with a middle dot, Japanese with its own.
    let length = joined(&rest[sign..], &['·', '・', '\u{200c}']);
    let name = &rest[sign..sign + length];
    let good = name.chars().any(char::is_alphabetic) && name.chars().count() <= TAG;
    good.then_some(Piece::Tag {
        text: &rest[..sign + length],
        name,
    })
}
