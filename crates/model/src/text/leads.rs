//! Where a text leads to: the first of its links that is neither a person, nor a tag, nor what it quotes. Works on HTML that
//! is clean already.

use super::without_quote_link;

/// The address as it stands in the text; it may lead anywhere.
pub fn first_link(html: &str) -> Option<String> {
    if !html.contains("<a ") {
        return None;
    }
    let without_quote = html
        .contains("quote-inline")
        .then(|| without_quote_link(html));
    let html = without_quote.as_deref().unwrap_or(html);
    html.split("<a ").skip(1).find_map(|rest| {
        let (tag, text) = rest.split_once('>')?;
        let named = attribute(tag, "class").unwrap_or_default();
        let is_named = ["mention", "hashtag", "u-url"]
            .iter()
            .any(|class| named.split(' ').any(|it| it == *class));
        let is_tag = attribute(tag, "rel").is_some_and(|rel| rel.split(' ').any(|it| it == "tag"));
        if is_named || is_tag || begins_like_a_name(text) {
            return None;
        }
        let address = unescaped(attribute(tag, "href")?);
        let is_web = address.starts_with("https://") || address.starts_with("http://");
        is_web.then_some(address)
    })
}

/// Cleaned HTML has its attributes in double quotes.
pub(super) fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let mut rest = tag;
    while let Some((before, after)) = rest.split_once("=\"") {
        let (value, next) = after.split_once('"')?;
        if before.trim() == name {
            return Some(value);
        }
        rest = next;
    }
    None
}

/// `@marie`, `#pont`: links to people and tags by software that does not say so otherwise.
fn begins_like_a_name(mut text: &str) -> bool {
    while let Some(rest) = text.strip_prefix('<') {
        let Some((tag, after)) = rest.split_once('>') else {
            return false;
        };
        if tag == "/a" {
            return false;
        }
        text = after;
    }
    text.trim_start().starts_with(['@', '#', '＃'])
}

fn unescaped(attribute: &str) -> String {
    attribute
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::clean;

    #[test]
    fn the_first_link_that_is_no_name_counts() {
        for (html, link) in [
            ("<p>Rien</p>", None),
            (
                "<p><a href=\"https://a.example/?x=1&amp;y=2\">ici</a> <a href=\"https://b.example/\">là</a></p>",
                Some("https://a.example/?x=1&y=2"),
            ),
            (
                "<p><a href=\"https://a.example/@p\" class=\"u-url mention\">@<span>p</span></a> \
                 <a href=\"https://b.example/tags/x\" class=\"mention hashtag\" rel=\"tag\">#<span>x</span></a> \
                 <a href=\"https://c.example/\">c</a></p>",
                Some("https://c.example/"),
            ),
            (
                "<a href=\"https://a.example/u\"><span>@</span>u</a><a href=\"https://a.example/t\">#t</a>",
                None,
            ),
            ("<a href=\"mailto:a@a.example\">a</a>", None),
            ("<a href=\"javascript:alert(1)\">a</a>", None),
            ("<a href=\"https://a.example/", None),
            (
                "<a href=\"https://a.example/\"><",
                Some("https://a.example/"),
            ),
        ] {
            assert_eq!(first_link(html).as_deref(), link, "{html}");
        }
    }

    #[test]
    fn links_of_others_are_read_once_they_are_clean() {
        let html = clean(
            "<p>RE: <a class=\"x\" title='a>b' href='https://a.example/?a&b'>ici</a> <a href=//b.example>b</a></p>",
        );
        assert_eq!(
            first_link(&html).as_deref(),
            Some("https://a.example/?a&b"),
            "{html}"
        );
    }

    #[test]
    fn what_is_quoted_is_shown_as_such_and_not_once_more() {
        let html = "<p class=\"quote-inline\">RE: <a href=\"https://a.example/1\">x</a></p>\
             <p><a href=\"https://b.example/2\">y</a></p>";
        assert_eq!(first_link(html).as_deref(), Some("https://b.example/2"));
        assert_eq!(first_link(html.split_once("</p>").unwrap().0), None);
    }
}
