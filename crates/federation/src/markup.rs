//! Tags of HTML and XML as they stand in a text of others: bounded in length, linear in what is read. Knows no document.

/// Bytes of one tag …
const TAG: usize = 8 * 1024;
/// … and its attributes.
const ATTRIBUTES: usize = 30;

/// The value of the first of this name.
pub(crate) fn attribute<'t>(attributes: &[(String, &'t str)], name: &str) -> Option<&'t str> {
    let found = attributes.iter().find(|(it, _)| it == name);
    found.map(|(_, value)| *value)
}

/// In lower case, with the slash of a closing tag; empty for what begins no tag.
pub(crate) fn name_of(rest: &str) -> String {
    let end = rest
        .bytes()
        .enumerate()
        .take(12)
        .find(|(at, byte)| !(byte.is_ascii_alphabetic() || *at == 0 && *byte == b'/'))
        .map_or(0, |(at, _)| at);
    rest[..end].to_ascii_lowercase()
}

/// Up to its end outside of quotes; `None` where that is too far away.
pub(crate) fn tag_of(rest: &str) -> Option<(&str, &str)> {
    let mut quote = None;
    for (at, byte) in rest.bytes().enumerate().take(TAG) {
        match (quote, byte) {
            (None, b'>') => return Some((&rest[..at], &rest[at + 1..])),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

/// Names in lower case.
pub(crate) fn attributes_of(tag: &str) -> Vec<(String, &str)> {
    let mut found = Vec::new();
    let mut rest = tag;
    while found.len() < ATTRIBUTES {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        let end = rest
            .find(|c: char| c.is_ascii_whitespace() || c == '=' || c == '/')
            .unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        if rest.is_empty() {
            break;
        }
        let (value, after) = match after.trim_start().strip_prefix('=') {
            Some(after) => value_of(after.trim_start()),
            None => ("", after),
        };
        found.push((name.to_ascii_lowercase(), value));
        rest = after;
    }
    found
}

fn value_of(rest: &str) -> (&str, &str) {
    if let Some(quote @ ('"' | '\'')) = rest.chars().next() {
        return rest[1..].split_once(quote).unwrap_or((&rest[1..], ""));
    }
    let end = rest.find(|c: char| c.is_ascii_whitespace());
    rest.split_at(end.unwrap_or(rest.len()))
}

/// What stands before the closing tag, and what comes after.
pub(crate) fn content_of<'t>(rest: &'t str, name: &str) -> (&'t str, &'t str) {
    let mut from = 0;
    while let Some(at) = rest[from..].find("</") {
        let start = from + at;
        let after = &rest[start + 2..];
        let is_end = after
            .get(..name.len())
            .is_some_and(|word| word.eq_ignore_ascii_case(name));
        if is_end {
            let next = after.find('>').map_or("", |at| &after[at + 1..]);
            return (&rest[..start], next);
        }
        from = start + 2;
    }
    (rest, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_come_in_every_way_to_write_them() {
        let attributes = attributes_of(" a=1 B = \"2 3\" c='4\"5' d e=/x/ / f=\"");
        let expected = [
            ("a", "1"),
            ("b", "2 3"),
            ("c", "4\"5"),
            ("d", ""),
            ("e", "/x/"),
            ("f", ""),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value));
        assert_eq!(attributes, expected);
    }
}
