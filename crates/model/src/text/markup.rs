//! Reads HTML of others as a flow of tags and texts, without what must never be shown. Builds no tree, so depth costs nothing.

use std::cell::RefCell;

use html5ever::{
    LocalName,
    tendril::StrTendril,
    tokenizer::{
        BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
        states::RawKind,
    },
};

/// Takes what is left of a document, in order.
pub(super) trait Reader {
    fn text(&mut self, text: &str);
    fn open(&mut self, tag: &Tag);
    fn close(&mut self, name: &str);
}

/// Leads a reader through a document.
pub(super) fn read<R: Reader>(html: &str, reader: R) -> R {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(html));
    let sieve = Sieve(RefCell::new(State {
        reader,
        dropped: None,
    }));
    let tokenizer = Tokenizer::new(sieve, TokenizerOpts::default());
    // The tokenizer stops only for scripts that are to be run; ours are never announced.
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.into_inner().reader
}

/// The value of an attribute.
pub(super) fn attribute<'t>(tag: &'t Tag, name: &str) -> Option<&'t str> {
    tag.attrs
        .iter()
        .find(|attribute| &*attribute.name.local == name)
        .map(|attribute| &*attribute.value)
}

/// Elements that go with everything in them.
fn is_dropped(name: &str) -> bool {
    matches!(
        name,
        "applet"
            | "audio"
            | "button"
            | "canvas"
            | "datalist"
            | "form"
            | "frameset"
            | "iframe"
            | "math"
            | "noembed"
            | "noframes"
            | "noscript"
            | "object"
            | "plaintext"
            | "script"
            | "select"
            | "style"
            | "svg"
            | "template"
            | "textarea"
            | "title"
            | "video"
            | "xmp"
    )
}

/// How the tokenizer has to read on inside an element (HTML Living Standard, 13.2.6.4.7).
fn inside(name: &str) -> TokenSinkResult<()> {
    match name {
        "script" => TokenSinkResult::RawData(RawKind::ScriptData),
        "style" | "xmp" | "iframe" | "noembed" | "noframes" => {
            TokenSinkResult::RawData(RawKind::Rawtext)
        }
        "textarea" | "title" => TokenSinkResult::RawData(RawKind::Rcdata),
        "plaintext" => TokenSinkResult::Plaintext,
        _ => TokenSinkResult::Continue,
    }
}

struct Sieve<R>(RefCell<State<R>>);

struct State<R> {
    reader: R,
    /// The element being dropped, and how many of its name are open.
    dropped: Option<(LocalName, usize)>,
}

impl<R: Reader> TokenSink for Sieve<R> {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut state = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) if state.dropped.is_none() => state.reader.text(&text),
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => return state.open(&tag),
            Token::TagToken(tag) => state.close(&tag),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl<R: Reader> State<R> {
    fn open(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        match &mut self.dropped {
            Some((name, open)) => *open += usize::from(*name == tag.name),
            None if is_dropped(&tag.name) => {
                let empty = tag.self_closing && matches!(&*tag.name, "svg" | "math");
                self.dropped = (!empty).then(|| (tag.name.clone(), 1));
            }
            None => self.reader.open(tag),
        }
        inside(&tag.name)
    }

    fn close(&mut self, tag: &Tag) {
        match &mut self.dropped {
            Some((name, open)) if *name == tag.name => {
                *open -= 1;
                if *open == 0 {
                    self.dropped = None;
                }
            }
            Some(_) => {}
            None => self.reader.close(&tag.name),
        }
    }
}
