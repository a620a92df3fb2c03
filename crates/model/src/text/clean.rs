//! HTML that others wrote: made safe, or read as plain text. Two gates stand one behind the other: the first keeps
//! a few elements, balanced and never deep; the second, ammonia, lets through only what is on its list.

use std::{
    collections::{HashMap, HashSet},
    fmt::Write,
    sync::LazyLock,
};

use ammonia::{Builder, UrlRelative};
use html5ever::tokenizer::Tag;
use url::Url;

use super::{
    handles,
    links::push_text,
    markup::{self, Reader, attribute},
};
use crate::limits;

/// Elements inside one another that we keep.
const DEPTH: usize = 40;
/// Characters taken from the description of a picture within a text, such as an emoji's name.
const PICTURE_TEXT: usize = 100;
/// Bytes; ordinary long articles stay a hundred times below. What costs more is a flood and is shown as plain words.
const WRITING_COST: usize = 100_000_000;

const ELEMENTS: [&str; 21] = [
    "a",
    "b",
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "h2",
    "h3",
    "h4",
    "hr",
    "i",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "span",
    "strong",
    "u",
    "ul",
];
const SCHEMES: [&str; 6] = ["http", "https", "mailto", "xmpp", "gemini", "magnet"];
const CLASSES: [&str; 7] = [
    "mention",
    "hashtag",
    "u-url",
    "h-card",
    "invisible",
    "ellipsis",
    "quote-inline",
];
const FOREIGN_REL: &str = "nofollow noopener ugc";

static THEIRS: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut gate = gate();
    gate.link_rel(Some(FOREIGN_REL))
        .set_tag_attribute_value("a", "target", "_blank");
    gate
});
static OURS: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut gate = gate();
    gate.link_rel(None)
        .add_tag_attributes("a", ["rel", "target"]);
    gate
});

fn gate() -> Builder<'static> {
    let classes: HashSet<&str> = CLASSES.into();
    let mut gate = Builder::empty();
    gate.tags(ELEMENTS.into())
        .clean_content_tags(["script", "style"].into())
        .tag_attributes([("a", ["href"].into()), ("ol", ["start"].into())].into())
        .tag_attribute_values(
            ["a", "span"]
                .map(|name| (name, HashMap::from([("translate", ["no"].into())])))
                .into(),
        )
        .allowed_classes(
            ["a", "span", "p"]
                .map(|name| (name, classes.clone()))
                .into(),
        )
        .url_schemes(SCHEMES.into())
        .url_relative(UrlRelative::Deny);
    gate
}

/// HTML of another server as safe HTML (federation.md section 5). At most [`limits::REMOTE_HTML`] bytes are read.
pub fn clean(html: &str) -> String {
    let html = bounded(html);
    if !html.contains(['<', '&', '>', '"', '\0']) {
        return html.to_owned();
    }
    let mut tidy = markup::read(html, Tidy::with_capacity(html.len()));
    tidy.close_down_to(0);
    if writing_cost(&tidy.html) > WRITING_COST {
        in_plain_words(html)
    } else {
        handles::unmasked(THEIRS.clean(&tidy.html).to_string())
    }
}

/// How many bytes ammonia's writer will look at: for each sign it may have to escape, the rest of that text.
fn writing_cost(html: &str) -> usize {
    let escaped = |byte: &u8| matches!(byte, b'&' | 0xC2);
    html.split('<')
        .map(|tag_and_text| {
            tag_and_text
                .split_once('>')
                .map_or(tag_and_text, |(_, text)| text)
        })
        .map(|text| text.len() * text.as_bytes().iter().filter(|byte| escaped(byte)).count())
        .sum()
}

/// Only the words, on lines of their own.
fn in_plain_words(html: &str) -> String {
    let mut safe = String::from("<p>");
    for (number, line) in plain(html).lines().enumerate() {
        if number > 0 {
            safe.push_str("<br>");
        }
        push_text(&mut safe, line);
    }
    safe.push_str("</p>");
    safe
}

/// HTML we made ourselves, through the last gate.
pub(super) fn guarded(html: &str) -> String {
    OURS.clean(html).to_string()
}

/// HTML as plain text: each paragraph and each line break begins a new line.
pub fn plain(html: &str) -> String {
    let plain = markup::read(bounded(html), Plain::default());
    plain.text.trim_end().to_owned()
}

fn bounded(html: &str) -> &str {
    &html[..html.floor_char_boundary(limits::REMOTE_HTML)]
}

/// The element we keep for one of theirs.
fn kept(name: &str) -> Option<&'static str> {
    let name = match name {
        "h1" => "h2",
        "h5" | "h6" => "h4",
        "strike" => "s",
        "ins" => "u",
        "tt" | "kbd" | "samp" => "code",
        name => name,
    };
    ELEMENTS.binary_search(&name).ok().map(|at| ELEMENTS[at])
}

/// Elements that stand on lines of their own, kept or not.
fn is_block(name: &str) -> bool {
    is_kept_block(name)
        || matches!(
            name,
            "address"
                | "article"
                | "aside"
                | "center"
                | "dd"
                | "details"
                | "div"
                | "dl"
                | "dt"
                | "fieldset"
                | "figcaption"
                | "figure"
                | "footer"
                | "h1"
                | "h5"
                | "h6"
                | "header"
                | "main"
                | "nav"
                | "section"
                | "summary"
                | "table"
                | "td"
                | "th"
                | "tr"
        )
}

fn is_kept_block(name: &str) -> bool {
    matches!(
        name,
        "blockquote" | "h2" | "h3" | "h4" | "hr" | "li" | "ol" | "p" | "pre" | "ul"
    )
}

/// Writes the few elements we keep, always balanced.
struct Tidy {
    html: String,
    open: Vec<&'static str>,
    /// Nothing stands on this line yet.
    fresh: bool,
    /// A block we do not keep began or ended: what follows needs a line of its own.
    gap: bool,
}

impl Tidy {
    fn with_capacity(capacity: usize) -> Self {
        Self {
            html: String::with_capacity(capacity),
            open: Vec::new(),
            fresh: true,
            gap: false,
        }
    }

    fn close_down_to(&mut self, depth: usize) {
        while self.open.len() > depth {
            if let Some(name) = self.open.pop() {
                let _ = write!(self.html, "</{name}>");
            }
        }
    }

    /// Closes the innermost of `names`, unless one of `walls` stands around it more closely.
    fn close_innermost(&mut self, names: &[&str], walls: &[&str]) {
        for depth in (0..self.open.len()).rev() {
            if names.contains(&self.open[depth]) {
                self.close_down_to(depth);
                return;
            }
            if walls.contains(&self.open[depth]) {
                return;
            }
        }
    }

    /// Ends what cannot go on around a new element, so that no parser has to guess.
    fn make_room(&mut self, name: &str) {
        match name {
            "a" => self.close_innermost(&["a"], &[]),
            "li" => self.close_innermost(&["li"], &["ul", "ol"]),
            _ => {}
        }
        if is_kept_block(name) {
            self.close_innermost(&["p", "h2", "h3", "h4"], &[]);
        }
    }

    fn begin_line(&mut self) {
        if self.gap && !self.fresh {
            self.html.push_str("<br>");
        }
        self.gap = false;
    }

    fn push_open(&mut self, name: &'static str, tag: &Tag, href: Option<&Url>) {
        self.html.push('<');
        self.html.push_str(name);
        if let Some(href) = href {
            self.push_attribute("href", href.as_str());
        }
        if matches!(name, "a" | "span" | "p") {
            self.push_classes(attribute(tag, "class").unwrap_or_default());
        }
        if matches!(name, "a" | "span") && attribute(tag, "translate") == Some("no") {
            self.push_attribute("translate", "no");
        }
        let start = attribute(tag, "start").and_then(|start| start.parse::<u16>().ok());
        if let (Some(start), "ol") = (start, name) {
            self.push_attribute("start", &start.to_string());
        }
        self.html.push('>');
    }

    fn push_classes(&mut self, classes: &str) {
        let mut ours: Vec<_> = CLASSES.to_vec();
        ours.retain(|class| {
            classes
                .split_ascii_whitespace()
                .any(|theirs| theirs == *class)
        });
        if !ours.is_empty() {
            self.push_attribute("class", &ours.join(" "));
        }
    }

    fn push_attribute(&mut self, name: &str, value: &str) {
        let _ = write!(self.html, " {name}=\"");
        push_text(&mut self.html, value);
        self.html.push('"');
    }
}

impl Reader for Tidy {
    fn text(&mut self, text: &str) {
        let blank = text.chars().all(char::is_whitespace);
        if !blank {
            self.begin_line();
            self.fresh = false;
        }
        push_text(&mut self.html, text);
    }

    fn open(&mut self, tag: &Tag) {
        if &*tag.name == "img" {
            if let Some(text) = picture_text(tag) {
                self.text(&text);
            }
            return;
        }
        let href = if &*tag.name == "a" { link(tag) } else { None };
        let Some(name) = kept(&tag.name).filter(|name| *name != "a" || href.is_some()) else {
            self.gap |= is_block(&tag.name);
            return;
        };
        self.make_room(name);
        if self.open.len() >= DEPTH {
            self.gap |= is_block(name);
            return;
        }
        if is_kept_block(name) {
            (self.fresh, self.gap) = (true, false);
        } else if name != "br" {
            self.begin_line();
        }
        self.push_open(name, tag, href.as_ref());
        match name {
            "br" | "hr" => (self.fresh, self.gap) = (true, false),
            _ => self.open.push(name),
        }
    }

    fn close(&mut self, name: &str) {
        let Some(kept) = kept(name) else {
            self.gap |= is_block(name);
            return;
        };
        if self.open.contains(&kept) {
            self.close_innermost(&[kept], &[]);
            if is_kept_block(kept) {
                (self.fresh, self.gap) = (true, false);
            }
        }
    }
}

/// Where a link leads, if it may lead there. An address with a user name in it hides its true host.
fn link(tag: &Tag) -> Option<Url> {
    let href = attribute(tag, "href")?.trim();
    if href.len() > limits::REMOTE_URI {
        return None;
    }
    let url = Url::parse(href).ok()?;
    let on_the_web = matches!(url.scheme(), "http" | "https");
    let honest = !on_the_web || (url.username().is_empty() && url.password().is_none());
    (honest && SCHEMES.contains(&url.scheme())).then_some(url)
}

fn picture_text(tag: &Tag) -> Option<String> {
    let text: String = attribute(tag, "alt")?.chars().take(PICTURE_TEXT).collect();
    (!text.trim().is_empty()).then_some(text)
}

/// Writes only what is read.
#[derive(Default)]
struct Plain {
    text: String,
    /// Inside so many `pre`, where blanks count.
    verbatim: usize,
}

impl Plain {
    fn break_line(&mut self) {
        let end = self.text.trim_end_matches(' ').len();
        self.text.truncate(end);
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }
}

impl Reader for Plain {
    fn text(&mut self, text: &str) {
        if self.verbatim > 0 {
            self.text.push_str(text);
            return;
        }
        for c in text.chars() {
            let blank = c.is_ascii_whitespace();
            if !blank {
                self.text.push(c);
            } else if !self.text.is_empty() && !self.text.ends_with([' ', '\n']) {
                self.text.push(' ');
            }
        }
    }

    fn open(&mut self, tag: &Tag) {
        match &*tag.name {
            "br" => self.break_line(),
            "img" => self.text.push_str(&picture_text(tag).unwrap_or_default()),
            "pre" => {
                self.break_line();
                self.verbatim += 1;
            }
            name if is_block(name) => self.break_line(),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        if name == "pre" {
            self.verbatim = self.verbatim.saturating_sub(1);
        }
        if is_block(name) {
            self.break_line();
        }
    }
}
