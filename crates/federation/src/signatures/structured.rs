//! The part of Structured Fields (RFC 9651) in which signatures are written, read strictly: what appears twice is refused
//! instead of overwritten, since it is not clear whose word would count. Knows no header by name.

use std::fmt::Write as _;

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{Fault, cavage::FORGIVING};

/// Members of a dictionary, items of a list, parameters of one thing.
const MOST: usize = 40;
/// Digits of an integer (RFC 9651, section 3.3.1).
const DIGITS: usize = 15;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Bare<'a> {
    Integer(i64),
    /// Without quotes and escapes.
    Text(String),
    Token(&'a str),
    Bytes(Vec<u8>),
    Flag(bool),
}

/// What is said of one thing, in order, each name once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Parameters<'a>(Vec<(&'a str, Bare<'a>)>);

/// An inner list of strings with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct List<'a> {
    pub items: Vec<(String, Parameters<'a>)>,
    pub parameters: Parameters<'a>,
}

/// A dictionary of inner lists of strings, as `Signature-Input` is.
pub(super) fn lists(text: &str) -> Result<Vec<(&str, List<'_>)>, Fault> {
    Reader::new(text)?.dictionary(Reader::list)
}

/// A dictionary of byte sequences, as `Signature` and `Content-Digest` are; what is said of them is let go.
pub(super) fn bytes(text: &str) -> Result<Vec<(&str, Vec<u8>)>, Fault> {
    Reader::new(text)?.dictionary(|reader| {
        let Bare::Bytes(bytes) = reader.bare()? else {
            return Err(Fault::Malformed);
        };
        reader.parameters()?;
        Ok(bytes)
    })
}

impl Parameters<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn get(&self, name: &str) -> Option<&Bare<'_>> {
        let found = self.0.iter().find(|(other, _)| *other == name);
        found.map(|(_, value)| value)
    }

    fn write(&self, out: &mut String) {
        for (name, value) in &self.0 {
            out.extend([";", name]);
            if *value != Bare::Flag(true) {
                out.push('=');
                value.write(out);
            }
        }
    }
}

impl Bare<'_> {
    fn write(&self, out: &mut String) {
        match self {
            // Writing to a String cannot fail.
            Self::Integer(number) => {
                let _ = write!(out, "{number}");
            }
            Self::Text(text) => quoted(text, out),
            Self::Token(token) => out.push_str(token),
            Self::Bytes(bytes) => out.extend([":", &STANDARD.encode(bytes), ":"]),
            Self::Flag(flag) => out.push_str(if *flag { "?1" } else { "?0" }),
        }
    }
}

impl List<'_> {
    /// In the one spelling that is signed (RFC 9421, section 2.3).
    pub(super) fn write(&self, out: &mut String) {
        out.push('(');
        for (nth, (item, parameters)) in self.items.iter().enumerate() {
            if nth > 0 {
                out.push(' ');
            }
            quoted(item, out);
            parameters.write(out);
        }
        out.push(')');
        self.parameters.write(out);
    }
}

pub(super) fn quoted(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Result<Self, Fault> {
        if text.is_ascii() {
            let rest = text.trim_matches(' ');
            Ok(Self { rest })
        } else {
            Err(Fault::Malformed)
        }
    }

    fn dictionary<T>(
        mut self,
        member: impl Fn(&mut Self) -> Result<T, Fault>,
    ) -> Result<Vec<(&'a str, T)>, Fault> {
        let mut members = Vec::with_capacity(2);
        loop {
            let name = self.name()?;
            self.must('=')?;
            let value = member(&mut self)?;
            add(&mut members, name, value)?;
            self.rest = self.rest.trim_start_matches([' ', '\t']);
            if self.rest.is_empty() {
                return Ok(members);
            }
            self.must(',')?;
            self.rest = self.rest.trim_start_matches([' ', '\t']);
        }
    }

    fn list(&mut self) -> Result<List<'a>, Fault> {
        self.must('(')?;
        let mut items = Vec::with_capacity(8);
        loop {
            self.rest = self.rest.trim_start_matches(' ');
            if self.take(')') {
                let parameters = self.parameters()?;
                return Ok(List { items, parameters });
            }
            if items.len() == MOST {
                return Err(Fault::TooLong);
            }
            items.push((self.text()?, self.parameters()?));
            if !self.rest.starts_with([' ', ')']) {
                return Err(Fault::Malformed);
            }
        }
    }

    fn parameters(&mut self) -> Result<Parameters<'a>, Fault> {
        let mut all = Vec::new();
        while self.take(';') {
            self.rest = self.rest.trim_start_matches(' ');
            let name = self.name()?;
            let value = if self.take('=') {
                self.bare()?
            } else {
                Bare::Flag(true)
            };
            add(&mut all, name, value)?;
        }
        Ok(Parameters(all))
    }

    fn bare(&mut self) -> Result<Bare<'a>, Fault> {
        match self.rest.bytes().next() {
            Some(b'"') => self.text().map(Bare::Text),
            Some(b':') => self.byte_sequence().map(Bare::Bytes),
            Some(b'?') => self.flag().map(Bare::Flag),
            Some(b'-' | b'0'..=b'9') => self.integer().map(Bare::Integer),
            Some(b'*' | b'a'..=b'z' | b'A'..=b'Z') => {
                Ok(Bare::Token(self.while_is(|b| {
                    b.is_ascii_alphanumeric() || b":/!#$%&'*+-.^_`|~".contains(&b)
                })))
            }
            _ => Err(Fault::Malformed),
        }
    }

    /// Decimals have no place in a signature: their dot is left over, and refused.
    fn integer(&mut self) -> Result<i64, Fault> {
        let sign = if self.take('-') { -1 } else { 1 };
        let digits = self.while_is(|b| b.is_ascii_digit());
        if digits.is_empty() || digits.len() > DIGITS {
            return Err(Fault::Malformed);
        }
        let number: i64 = digits.parse().map_err(|_| Fault::Malformed)?;
        Ok(sign * number)
    }

    fn flag(&mut self) -> Result<bool, Fault> {
        self.must('?')?;
        if self.take('1') {
            Ok(true)
        } else {
            self.must('0').map(|()| false)
        }
    }

    fn byte_sequence(&mut self) -> Result<Vec<u8>, Fault> {
        self.must(':')?;
        let (encoded, rest) = self.rest.split_once(':').ok_or(Fault::Malformed)?;
        self.rest = rest;
        FORGIVING.decode(encoded).map_err(|_| Fault::Malformed)
    }

    fn text(&mut self) -> Result<String, Fault> {
        self.must('"')?;
        let mut text = String::new();
        let mut chars = self.rest.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.rest = &self.rest[at + 1..];
                    return Ok(text);
                }
                '\\' => match chars.next() {
                    Some((_, escaped @ ('"' | '\\'))) => text.push(escaped),
                    _ => return Err(Fault::Malformed),
                },
                ' '..='~' => text.push(c),
                _ => return Err(Fault::Malformed),
            }
        }
        Err(Fault::Malformed)
    }

    fn name(&mut self) -> Result<&'a str, Fault> {
        let first = self.rest.bytes().next();
        if !first.is_some_and(|b| b.is_ascii_lowercase() || b == b'*') {
            return Err(Fault::Malformed);
        }
        Ok(self.while_is(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-.*".contains(&b)))
    }

    fn while_is(&mut self, is: impl Fn(u8) -> bool) -> &'a str {
        let end = self.rest.bytes().position(|b| !is(b));
        let (taken, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        taken
    }

    fn take(&mut self, wanted: char) -> bool {
        let rest = self.rest.strip_prefix(wanted);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn must(&mut self, wanted: char) -> Result<(), Fault> {
        if self.take(wanted) {
            Ok(())
        } else {
            Err(Fault::Malformed)
        }
    }
}

fn add<'a, T>(all: &mut Vec<(&'a str, T)>, name: &'a str, value: T) -> Result<(), Fault> {
    if all.iter().any(|(other, _)| *other == name) {
        return Err(Fault::Doubled);
    }
    if all.len() == MOST {
        return Err(Fault::TooLong);
    }
    all.push((name, value));
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(list: &List) -> String {
        let mut out = String::new();
        list.write(&mut out);
        out
    }

    fn list(text: &str) -> Result<String, Fault> {
        lists(text).map(|all| written(&all[0].1))
    }

    #[test]
    fn a_list_is_written_in_its_one_spelling() {
        for (read, canonical) in [
            (r#"s=("a" "b");n=1"#, r#"("a" "b");n=1"#),
            (
                r#" s=(  "a"   "b" );  n=01;f=?1;g=?0 "#,
                r#"("a" "b");n=1;f;g=?0"#,
            ),
            (
                r#"s=("a";sf "b";key="x\"y");t=tok/en;b=:YQ:"#,
                r#"("a";sf "b";key="x\"y");t=tok/en;b=:YQ==:"#,
            ),
            ("s=()", "()"),
            (
                r#"s=("a");n=-999999999999999"#,
                r#"("a");n=-999999999999999"#,
            ),
        ] {
            assert_eq!(list(read).as_deref(), Ok(canonical), "{read}");
        }
    }

    #[test]
    fn several_members_are_read_in_order() {
        let names = |text| {
            Ok(lists(text)?
                .into_iter()
                .map(|(name, _)| name)
                .collect::<Vec<_>>())
        };
        assert_eq!(
            names("a=(), b=(),\tc=()"),
            Ok::<_, Fault>(vec!["a", "b", "c"])
        );
        assert_eq!(
            bytes("sha-256=:YQ==:, sha-512=:Yg==:;q=1"),
            Ok(vec![("sha-256", b"a".to_vec()), ("sha-512", b"b".to_vec())])
        );
    }

    #[test]
    fn what_is_said_twice_is_refused() {
        for twice in [
            "a=(), a=()",
            r#"a=("x");keyid="1";keyid="2""#,
            r#"a=("x";sf;sf)"#,
        ] {
            assert_eq!(list(twice), Err(Fault::Doubled), "{twice}");
        }
        assert_eq!(bytes("a=:YQ==:, a=:Yg==:"), Err(Fault::Doubled));
    }

    #[test]
    fn what_has_another_form_is_refused() {
        for wrong in [
            "",
            "a",
            "a=",
            "a=(",
            "a=(\"x\"",
            "a=(\"x\"\"y\")",
            "a=(x)",
            "a=\"x\"",
            "a=(), ",
            "a=() b=()",
            "A=()",
            "a=(\"x\");K=1",
            "a=();n=1.5",
            "a=();n=-",
            "a=();n=1234567890123456",
            "a=();t=\"x",
            "a=();t=\"\\x\"",
            "a=();b=:YQ",
            "a=();b=:*:",
            "a=();f=?2",
            "a=();d=@1",
            "a=();n=",
            "a=()\u{e9}",
        ] {
            assert_eq!(list(wrong), Err(Fault::Malformed), "{wrong}");
        }
        for wrong in ["a=1", "a=\"x\"", "a=YQ==", "a=:YQ==:x"] {
            assert_eq!(bytes(wrong), Err(Fault::Malformed), "{wrong}");
        }
        let many = vec!["\"x\""; MOST + 1].join(" ");
        assert_eq!(list(&format!("a=({many})")), Err(Fault::TooLong));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[ -~\t]{0,200}") {
            let _ = (lists(&text), bytes(&text));
        }

        #[test]
        fn a_written_list_is_read_as_the_same(
            items in proptest::collection::vec(("[ -~]{0,12}", proptest::option::of("[a-z*][a-z0-9_.*-]{0,5}")), 0..6),
            text in "[ -~]{0,30}",
            number in -999_999_999_999_999_i64..=999_999_999_999_999,
            blob in proptest::collection::vec(any::<u8>(), 0..20),
            flag in any::<bool>(),
        ) {
            let items: Vec<_> = items.iter().map(|(item, parameter)| {
                let parameters = parameter.iter().map(|name| (name.as_str(), Bare::Flag(true)));
                (item.clone(), Parameters(parameters.collect()))
            }).collect();
            let parameters = Parameters(vec![
                ("t", Bare::Text(text)), ("n", Bare::Integer(number)), ("b", Bare::Bytes(blob)),
                ("f", Bare::Flag(flag)), ("k", Bare::Token("to:ken")),
            ]);
            let list = List { items, parameters };
            let text = format!("sig1={}", written(&list));
            prop_assert_eq!(lists(&text), Ok(vec![("sig1", list)]));
        }
    }
}
