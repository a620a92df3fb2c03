//! The words that a reader of some HTML sees. Written apart from the program's own, so that both cannot share one mistake.

/// Elements that go with what is in them: scripts, forms, what is played or drawn.
const UNREAD: [&str; 20] = [
    "applet", "audio", "button", "canvas", "datalist", "form", "frameset", "iframe", "math",
    "noframes", "noscript", "object", "script", "select", "style", "svg", "template", "textarea",
    "title", "video",
];
/// Stands for an entity whose sign is not looked up here: the word around it is not compared.
const UNKNOWN: char = char::REPLACEMENT_CHARACTER;

/// In small letters, without signs between them.
pub fn of_html(html: &str) -> Vec<String> {
    of_text(&text_of(html))
}

pub fn of_text(text: &str) -> Vec<String> {
    let text = text.to_lowercase();
    let words = text.split(|c: char| !c.is_alphanumeric() && c != UNKNOWN);
    words
        .filter(|word| !word.is_empty() && !word.contains(UNKNOWN))
        .map(str::to_owned)
        .collect()
}

/// Is there nothing to see, not even a sign?
pub fn is_blank(html: &str) -> bool {
    text_of(html).trim().is_empty()
}

/// The beginning of a long text, without the word it may be cut in. `bytes` are less than what the program keeps.
pub fn beginning(text: &str, bytes: usize) -> &str {
    if text.len() <= bytes {
        return text;
    }
    let cut = &text[..text.floor_char_boundary(bytes)];
    cut.rfind(char::is_whitespace).map_or(cut, |at| &cut[..at])
}

/// HTML without its tags; each leaves a blank.
fn text_of(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (before, from) = rest.split_at(at);
        text.push_str(&decoded(before));
        let after = after_tag(from);
        text.push_str(if after.is_some() { " " } else { "<" });
        rest = after.unwrap_or(&from[1..]);
    }
    text.push_str(&decoded(rest));
    text
}

/// What follows a tag, or a comment, or an element nobody reads; `None` for a sign that begins none.
fn after_tag(from: &str) -> Option<&str> {
    if let Some(comment) = from.strip_prefix("<!--") {
        return Some(comment.split_once("-->").map_or("", |(_, after)| after));
    }
    let inside = &from[1..];
    let is_tag = inside
        .strip_prefix('/')
        .unwrap_or(inside)
        .starts_with(|c: char| c.is_ascii_alphabetic());
    if !is_tag && !inside.starts_with(['!', '?']) {
        return None;
    }
    let end = end_of_tag(inside);
    let (tag, after) = inside.split_at(end);
    let name: String = tag
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect();
    let name = name.to_ascii_lowercase();
    let after = after.strip_prefix('>').unwrap_or(after);
    if UNREAD.contains(&name.as_str()) && !tag.ends_with('/') {
        return Some(after_element(after, &name));
    }
    Some(after)
}

/// Where the `>` of a tag stands; one inside a value does not count.
fn end_of_tag(inside: &str) -> usize {
    let (mut quote, mut before) = (None, ' ');
    for (at, c) in inside.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            None if c == '>' => return at,
            None if before == '=' && matches!(c, '"' | '\'') => quote = Some(c),
            _ => {}
        }
        if !c.is_whitespace() {
            before = c;
        }
    }
    inside.len()
}

fn after_element<'a>(rest: &'a str, name: &str) -> &'a str {
    let end = rest.to_ascii_lowercase().find(&format!("</{name}"));
    let rest = end.map_or("", |at| &rest[at..]);
    rest.split_once('>').map_or("", |(_, after)| after)
}

fn decoded(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at(at);
        plain.push_str(before);
        let (sign, length) = sign(from);
        plain.push(sign);
        rest = &from[length..];
    }
    plain.push_str(rest);
    plain
}

/// The sign that `&…;` at the beginning of a text means, and how many bytes it takes.
fn sign(text: &str) -> (char, usize) {
    let is_name = |name: &&str| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'#';
        (1..32).contains(&name.len()) && name.bytes().all(fits)
    };
    let name = text[1..].split_once(';').map(|(name, _)| name);
    let Some(name) = name.filter(is_name) else {
        return ('&', 1);
    };
    let sign = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        name => name.strip_prefix('#').and_then(numbered).unwrap_or(UNKNOWN),
    };
    (sign, name.len() + 2)
}

fn numbered(number: &str) -> Option<char> {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => number.parse().ok()?,
    };
    char::from_u32(code)
}

#[test]
fn what_is_seen_is_words_and_what_is_not_is_none() {
    for (html, words) in [
        ("<p>Bonjour&nbsp;!</p><p>L&#39;été</p>", "bonjour l été"),
        ("a <b title=\"x > y\">b</b><!-- c --> d", "a b d"),
        ("1 < 2 & 3<script>non()</script> oui", "1 2 3 oui"),
        ("caf&eacute; noir", "noir"),
    ] {
        assert_eq!(
            of_html(html),
            words.split(' ').collect::<Vec<_>>(),
            "{html}"
        );
    }
    assert!(is_blank("<p><br></p>&nbsp;") && !is_blank("<p>🙂</p>"));
    assert_eq!(beginning("un deux trois", 8), "un deux");
}
