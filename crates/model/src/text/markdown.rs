//! Markdown-light: paragraphs with their line breaks, emphasis, code, quotes and lists. What would be a heading,
//! a picture or raw HTML elsewhere stays the text it was. Knows no account.

use std::{fmt::Write, ops::Range};

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};
use url::Url;

use super::{
    Links,
    clean::guarded,
    links::{push_address, push_linked, push_text, push_worded_start},
    pieces::{self, Piece},
};
use crate::uri;

/// Elements inside one another that are written.
const DEPTH: usize = 16;
/// Signs of Markdown that also occur in addresses and names, where they mean themselves.
const SIGNS: [char; 6] = ['*', '_', '[', ']', '~', '&'];

/// A post's text as safe HTML, with links in the shape of W20 (mastodon-api).
pub fn render(source: &str, links: &Links<'_>) -> String {
    let html = write(source, |html, text| push_linked(html, text, links));
    guarded(&html)
}

/// Visits the stretches of text in which links are looked for.
pub(super) fn each_text(source: &str, mut visit: impl FnMut(&str)) {
    write(source, |_, text| visit(text));
}

/// The HTML of a text, where `linked` writes each stretch of plain words.
fn write(source: &str, linked: impl FnMut(&mut String, &str)) -> String {
    let source = prepared(&source.replace("\r\n", "\n"));
    let mut writer = Writer {
        linked,
        html: String::with_capacity(source.len() * 2),
        text: String::new(),
        depth: 0,
        mode: Mode::Words,
        underline: None,
    };
    for (event, range) in Parser::new_ext(&source, Options::empty()).into_offset_iter() {
        writer.take(event, &source[range]);
    }
    writer.html
}

/// The source with backslashes where Markdown would take an address or a name apart, or swallow a line.
fn prepared(source: &str) -> String {
    let parser = Parser::new_ext(source, Options::empty());
    // "[Nice]: https://…" defines a link label and would vanish.
    let mut escapes: Vec<usize> = parser
        .reference_definitions()
        .iter()
        .map(|(_, label)| label.span.start)
        .collect();
    let literal: Vec<Range<usize>> = parser
        .into_offset_iter()
        .filter(|(event, _)| is_literal(event))
        .map(|(_, range)| range)
        .collect();
    let mut at = 0;
    for piece in pieces::of(source) {
        let text = piece.text();
        let plain = matches!(piece, Piece::Text(_));
        if !plain && !literal.iter().any(|range| range.contains(&at)) {
            escapes.extend(text.match_indices(SIGNS).map(|(place, _)| at + place));
        }
        at += text.len();
    }
    escapes.sort_unstable();
    escapes.dedup();
    with_backslashes(source, &escapes)
}

/// Is this taken as it stands, so that a backslash in it would be seen?
fn is_literal(event: &Event<'_>) -> bool {
    matches!(
        event,
        Event::Code(_)
            | Event::Html(_)
            | Event::InlineHtml(_)
            | Event::Start(
                Tag::CodeBlock(_) | Tag::HtmlBlock | Tag::Link { .. } | Tag::Image { .. }
            )
    )
}

fn with_backslashes(source: &str, places: &[usize]) -> String {
    let mut text = String::with_capacity(source.len() + places.len());
    let mut from = 0;
    for place in places {
        text.push_str(&source[from..*place]);
        text.push('\\');
        from = *place;
    }
    text.push_str(&source[from..]);
    text
}

/// What the text being read belongs to.
enum Mode {
    Words,
    Code,
    Link(Link),
}

struct Link {
    kind: LinkType,
    target: String,
    /// Where its words begin in the HTML.
    start: usize,
    /// Its words without mark-up.
    words: String,
    /// Links and pictures open inside it; they are not links of their own.
    inner: usize,
}

struct Writer<F> {
    linked: F,
    html: String,
    /// Read but not written yet: the parser cuts words into pieces.
    text: String,
    depth: usize,
    mode: Mode,
    /// The line below a heading's words.
    underline: Option<String>,
}

impl<F: FnMut(&mut String, &str)> Writer<F> {
    fn take(&mut self, event: Event<'_>, source: &str) {
        match event {
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => {
                self.text.push_str(&text);
                return;
            }
            _ => self.flush(),
        }
        match event {
            Event::Start(tag) => self.start(tag, source),
            Event::End(tag) => self.end(tag),
            Event::Code(code) => self.code(&code),
            Event::SoftBreak | Event::HardBreak => self.html.push_str("<br>"),
            Event::Rule => self.html.push_str("<hr>"),
            _ => {}
        }
    }

    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        match &mut self.mode {
            Mode::Code => push_text(&mut self.html, &text),
            Mode::Link(link) => {
                link.words.push_str(&text);
                push_text(&mut self.html, &text);
            }
            Mode::Words => self.words(&text),
        }
    }

    /// Blocks of HTML and of indented text come with their line ends.
    fn words(&mut self, text: &str) {
        for (number, line) in text.trim_end_matches('\n').split('\n').enumerate() {
            if number > 0 {
                self.html.push_str("<br>");
            }
            (self.linked)(&mut self.html, line);
        }
    }

    fn code(&mut self, code: &str) {
        if let Mode::Link(link) = &mut self.mode {
            link.words.push_str(code);
        }
        self.html.push_str("<code>");
        push_text(&mut self.html, code);
        self.html.push_str("</code>");
    }

    fn start(&mut self, tag: Tag<'_>, source: &str) {
        match tag {
            Tag::Paragraph | Tag::HtmlBlock | Tag::CodeBlock(CodeBlockKind::Indented) => {
                self.open("p");
            }
            Tag::Heading { .. } => self.heading(source),
            Tag::BlockQuote(_) => self.open("blockquote"),
            Tag::CodeBlock(CodeBlockKind::Fenced(_)) => {
                self.open("pre");
                self.html.push_str("<code>");
                self.mode = Mode::Code;
            }
            Tag::List(Some(first)) if first != 1 => self.open(&format!("ol start=\"{first}\"")),
            Tag::List(Some(_)) => self.open("ol"),
            Tag::List(None) => self.open("ul"),
            Tag::Item => self.open("li"),
            Tag::Emphasis => self.open("em"),
            Tag::Strong => self.open("strong"),
            Tag::Link {
                link_type,
                dest_url,
                ..
            }
            | Tag::Image {
                link_type,
                dest_url,
                ..
            } => {
                self.start_link(link_type, &dest_url);
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => {
                if let Some(underline) = self.underline.take() {
                    let _ = write!(self.html, "<br>{underline}");
                }
                self.close("p");
            }
            TagEnd::CodeBlock if matches!(self.mode, Mode::Code) => {
                self.mode = Mode::Words;
                self.html.push_str("</code>");
                self.close("pre");
            }
            TagEnd::Paragraph | TagEnd::HtmlBlock | TagEnd::CodeBlock => self.close("p"),
            TagEnd::BlockQuote(_) => self.close("blockquote"),
            TagEnd::List(true) => self.close("ol"),
            TagEnd::List(false) => self.close("ul"),
            TagEnd::Item => self.close("li"),
            TagEnd::Emphasis => self.close("em"),
            TagEnd::Strong => self.close("strong"),
            TagEnd::Link | TagEnd::Image => self.end_link(),
            _ => {}
        }
    }

    fn open(&mut self, tag: &str) {
        self.depth += 1;
        if self.depth <= DEPTH {
            let _ = write!(self.html, "<{tag}>");
        }
    }

    fn close(&mut self, name: &str) {
        if self.depth <= DEPTH {
            let _ = write!(self.html, "</{name}>");
        }
        self.depth = self.depth.saturating_sub(1);
    }

    /// A paragraph that keeps the signs around a heading's words.
    fn heading(&mut self, source: &str) {
        self.open("p");
        let marks = source.len() - source.trim_start_matches('#').len();
        if marks > 0 {
            let _ = write!(self.html, "{} ", &source[..marks]);
        } else {
            let line = source.trim_end().lines().next_back().unwrap_or_default();
            self.underline = Some(line.chars().filter(|c| matches!(c, '=' | '-')).collect());
        }
    }

    fn start_link(&mut self, kind: LinkType, target: &str) {
        if let Mode::Link(around) = &mut self.mode {
            around.inner += 1;
            return;
        }
        let (target, start) = (target.to_owned(), self.html.len());
        self.mode = Mode::Link(Link {
            kind,
            target,
            start,
            words: String::new(),
            inner: 0,
        });
    }

    fn end_link(&mut self) {
        match std::mem::replace(&mut self.mode, Mode::Words) {
            Mode::Link(mut link) if link.inner > 0 => {
                link.inner -= 1;
                self.mode = Mode::Link(link);
            }
            Mode::Link(link) => self.link(&link),
            other => self.mode = other,
        }
    }

    fn link(&mut self, link: &Link) {
        let label = self.html.split_off(link.start);
        if matches!(link.kind, LinkType::Autolink | LinkType::Email) {
            (self.linked)(&mut self.html, &link.words);
            return;
        }
        let words = link.words.trim();
        match leads_to(&link.target) {
            None => self.html.push_str(&label),
            Some(url) if uri::canonical(words).as_ref() == Some(&url) => {
                push_address(&mut self.html, words, &url, REL);
            }
            Some(url) if words.is_empty() => push_address(&mut self.html, &link.target, &url, REL),
            Some(url) if names_a_place(words) => {
                // The words promise one place and the link leads to another: show where.
                self.html.push_str(&label);
                self.html.push_str(" (");
                push_address(&mut self.html, &url, &url, REL);
                self.html.push(')');
            }
            Some(url) => {
                push_worded_start(&mut self.html, &url);
                self.html.push_str(&label);
                self.html.push_str("</a>");
            }
        }
    }
}

const REL: &str = "nofollow noopener";

fn leads_to(target: &str) -> Option<String> {
    let mail = || {
        Url::parse(target)
            .ok()
            .filter(|url| url.scheme() == "mailto")
            .map(String::from)
    };
    uri::canonical(target).or_else(mail)
}

/// Do the words look like an address, a server's name or an account?
fn names_a_place(words: &str) -> bool {
    pieces::any(words)
        || words.contains('@')
        || words
            .split(|c: char| c.is_whitespace() || "/:()".contains(c))
            .any(is_host)
}

fn is_host(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    word.rsplit_once(['.', '。', '．'])
        .is_some_and(|(name, end)| {
            name.ends_with(char::is_alphanumeric)
                && end.chars().count() >= 2
                && end.chars().all(|c| c.is_alphabetic() || c == '-')
        })
}
