//! Codes such as `:chat:` for which a text has pictures. Works on HTML that is clean already, and on plain words. Knows no
//! picture: what is to stand for a code is passed in.

use super::links::push_text;
use crate::limits;

/// Elements whose text is shown as it was typed.
const VERBATIM: [&str; 2] = ["code", "pre"];

/// Is this a code, without its colons?
pub fn is_shortcode(text: &str) -> bool {
    (1..=limits::SHORTCODE).contains(&text.len()) && text.bytes().all(is_sign)
}

fn is_sign(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// HTML with what `picture` gives for codes in its texts; tags stay as they are, and so does code. Of a text no more than
/// [`limits::EMOJI_SHOWN`] codes are taken out, so that a short one cannot become a heavy page.
pub fn with_pictures(html: &str, picture: impl FnMut(&str) -> Option<String>) -> String {
    let mut writer = Writer::new(html.len(), picture);
    let (mut rest, mut verbatim) = (html, 0_usize);
    while let Some(start) = rest.find('<') {
        let (text, tag) = rest.split_at(start);
        writer.text(text, verbatim > 0, push_as_it_is);
        let (tag, after) = tag.split_at(end_of_tag(tag));
        verbatim = opened(tag, verbatim);
        writer.html.push_str(tag);
        rest = after;
    }
    writer.text(rest, verbatim > 0, push_as_it_is);
    writer.html
}

/// The same of plain words, which are escaped.
pub fn words_with_pictures(words: &str, picture: impl FnMut(&str) -> Option<String>) -> String {
    let mut writer = Writer::new(words.len(), picture);
    writer.text(words, false, push_text);
    writer.html
}

fn push_as_it_is(html: &mut String, text: &str) {
    html.push_str(text);
}

/// Values of attributes stand in double quotes and may hold a `>`.
fn end_of_tag(tag: &str) -> usize {
    let mut quoted = false;
    for (at, byte) in tag.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'>' if !quoted => return at + 1,
            _ => {}
        }
    }
    tag.len()
}

/// How many elements with text as it was typed are open after this tag.
fn opened(tag: &str, before: usize) -> usize {
    let inside = tag.trim_start_matches('<').trim_end_matches('>');
    let (name, ends) = match inside.strip_prefix('/') {
        Some(name) => (name, true),
        None => (inside, false),
    };
    let name = name.split([' ', '/']).next().unwrap_or_default();
    match (VERBATIM.contains(&name), ends) {
        (false, _) => before,
        (true, false) => before + 1,
        (true, true) => before.saturating_sub(1),
    }
}

struct Writer<P> {
    html: String,
    picture: P,
    /// Pictures that may still come.
    left: usize,
}

impl<P: FnMut(&str) -> Option<String>> Writer<P> {
    fn new(length: usize, picture: P) -> Self {
        Self {
            html: String::with_capacity(length),
            picture,
            left: limits::EMOJI_SHOWN,
        }
    }

    fn text(&mut self, text: &str, verbatim: bool, push: fn(&mut String, &str)) {
        // What is before `from` is written.
        let (mut from, mut at) = (0, 0);
        while let Some(colon) = text[at..].find(':').filter(|_| !verbatim && self.left > 0) {
            let open = at + colon;
            let code = code_at(&text[open + 1..]);
            let found = code.and_then(|code| Some((code, (self.picture)(code)?)));
            let Some((code, picture)) = found else {
                at = open + 1;
                continue;
            };
            push(&mut self.html, &text[from..open]);
            self.html.push_str(&picture);
            self.left -= 1;
            at = open + code.len() + 2;
            from = at;
        }
        push(&mut self.html, &text[from..]);
    }
}

/// The code that a text begins with, if a colon ends it.
fn code_at(text: &str) -> Option<&str> {
    let mut signs = text.bytes().take(limits::SHORTCODE + 1);
    let end = signs.position(|byte| !is_sign(byte))?;
    (end > 0 && text.as_bytes()[end] == b':').then(|| &text[..end])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::clean;

    fn cats(code: &str) -> Option<String> {
        (code == "chat").then(|| "<img>".to_owned())
    }

    #[test]
    fn a_code_becomes_its_picture_where_people_read_it() {
        for (html, shown) in [
            ("<p>Un :chat: noir</p>", "<p>Un <img> noir</p>"),
            (":chat:", "<img>"),
            (":chat::chat:", "<img><img>"),
            (":chien:chat:", ":chien<img>"),
            (":chat:chat:", "<img>chat:"),
            ("::chat::", ":<img>:"),
            (
                "<p>:chien: 10:30 :Chat: : :: :chat</p>",
                "<p>:chien: 10:30 :Chat: : :: :chat</p>",
            ),
            ("<p>:<b>chat</b>:</p>", "<p>:<b>chat</b>:</p>"),
            ("<p>&amp;:chat:é:</p>", "<p>&amp;<img>é:</p>"),
        ] {
            assert_eq!(with_pictures(html, cats), shown, "{html}");
        }
    }

    #[test]
    fn tags_and_code_stay_as_they_are() {
        let link = "<a href=\"https://a.example/:chat:?a=:chat:\" class=\"u-url\">";
        for (html, shown) in [
            (format!("{link}:chat:</a>"), format!("{link}<img></a>")),
            (
                "<a href=\"mailto:a>b:chat:\">:chat:</a>".to_owned(),
                "<a href=\"mailto:a>b:chat:\"><img></a>".to_owned(),
            ),
            (
                "<code>:chat:</code>:chat:<pre><code>:chat:</code>:chat:</pre>:chat:".to_owned(),
                "<code>:chat:</code><img><pre><code>:chat:</code>:chat:</pre><img>".to_owned(),
            ),
            ("<br>:chat:<br>".to_owned(), "<br><img><br>".to_owned()),
            (
                ":chat: <a href=\":chat:".to_owned(),
                "<img> <a href=\":chat:".to_owned(),
            ),
        ] {
            assert_eq!(with_pictures(&html, cats), shown, "{html}");
        }
    }

    #[test]
    fn words_are_escaped_and_pictures_are_not() {
        assert_eq!(
            words_with_pictures("<b>:chat:\"&amp;", cats),
            "&lt;b&gt;<img>&quot;&amp;amp;"
        );
    }

    #[test]
    fn a_text_full_of_codes_stays_bearable() {
        let html = format!("<p>{}</p>", ":chat:".repeat(5_000));
        let shown = with_pictures(&html, cats);
        assert_eq!(shown.matches("<img>").count(), limits::EMOJI_SHOWN);
        assert_eq!(shown.matches(":chat:").count(), 5_000 - limits::EMOJI_SHOWN);
        let mut asked = 0;
        with_pictures(&":".repeat(100_000), |_| {
            asked += 1;
            None
        });
        assert_eq!(asked, 0);
    }

    #[test]
    fn codes_are_made_of_few_signs() {
        for code in ["chat", "Chat_2", "1", &"a".repeat(limits::SHORTCODE)] {
            assert!(is_shortcode(code), "{code}");
        }
        for code in [
            "",
            "cha t",
            "chât",
            "a-b",
            "a:b",
            "\"",
            "a".repeat(limits::SHORTCODE + 1).as_str(),
        ] {
            assert!(!is_shortcode(code), "{code}");
        }
        let long = format!(":{}:", "a".repeat(limits::SHORTCODE + 1));
        assert_eq!(with_pictures(&long, |_| Some(String::new())), long);
    }

    proptest! {
        #[test]
        fn without_pictures_nothing_changes(html in "[a-z<>/\"=:&; ]{0,80}") {
            let clean = clean(&html);
            prop_assert_eq!(with_pictures(&clean, |_| None), clean);
        }
    }
}
