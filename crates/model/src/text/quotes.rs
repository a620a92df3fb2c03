//! The link at the end of a text that stands for a quote where quotes are not known (docs: federation.md section 13). Works on
//! HTML that is clean already.

use super::links::push_text;

const OPEN: &str = "<span class=\"quote-inline\">";
/// How other software begins such a link.
const SIGNS: [&str; 4] = ["RE: ", "QT: ", "RN: ", "RT: "];

/// The text with a link to what it quotes at its end.
pub fn with_quote_link(html: &str, page: &str) -> String {
    let mut address = String::new();
    push_text(&mut address, page);
    let (before, after) = match html.strip_suffix("</p>") {
        Some(before) => (before, "</p>"),
        None => (html, ""),
    };
    let line = if before.is_empty() { "" } else { "<br>" };
    format!("{before}{OPEN}{line}RE: <a href=\"{address}\">{address}</a></span>{after}")
}

/// Marks the link to `uri` at the end of a text as what it is, where its author's software does not, and puts one there
/// where nothing leads to it.
pub fn with_quote_marked(html: String, uri: Option<&str>) -> String {
    let Some(uri) = uri.filter(|_| !html.contains("\"quote-inline\"")) else {
        return html;
    };
    let mut address = String::new();
    push_text(&mut address, uri);
    match marked(&html, &address) {
        Some(marked) => marked,
        None if html.contains(&address) => html,
        None => with_quote_link(&html, uri),
    }
}

/// `address` is escaped as the text is.
fn marked(html: &str, address: &str) -> Option<String> {
    let at = SIGNS.iter().filter_map(|sign| html.rfind(sign)).max()?;
    let (before, after) = html.split_at(at);
    let (sign, after) = after.split_at(4);
    let (closing, after) = match after.strip_prefix("</span>") {
        Some(after) => ("</span>", after),
        None => ("", after),
    };
    let end = if after.starts_with("<a ") {
        let (tag, _) = after.split_once('>')?;
        tag.contains(&format!("href=\"{address}\"")).then_some(())?;
        after.find("</a>")? + "</a>".len()
    } else {
        after.starts_with(address).then_some(address.len())?
    };
    let (link, rest) = after.split_at(end);
    is_closing(rest).then_some(())?;
    let before = without_breaks(before);
    Some(format!(
        "{before}{closing}{OPEN}<br>{sign}{link}</span>{rest}"
    ))
}

/// Nothing but ends of elements.
fn is_closing(html: &str) -> bool {
    html.split('>').all(|part| {
        let part = part.trim();
        part.is_empty() || part.starts_with("</")
    })
}

fn without_breaks(html: &str) -> &str {
    let mut html = html.trim_end();
    while let Some(before) = html.strip_suffix("<br>") {
        html = before.trim_end();
    }
    html
}

/// The text without such links, for where the quote itself is shown.
pub fn without_quote_link(html: &str) -> String {
    let mut html = html.to_owned();
    for (open, name) in [(OPEN, "span"), ("<p class=\"quote-inline\">", "p")] {
        while let Some(start) = html.find(open) {
            let end = end_of(&html, start, name);
            html.replace_range(start..end, "");
        }
    }
    html.replace("<p></p>", "")
}

/// Where an element that begins at `start` ends.
fn end_of(html: &str, start: usize, name: &str) -> usize {
    let (open, close) = (format!("<{name}"), format!("</{name}>"));
    let (mut at, mut depth) = (start, 0_usize);
    loop {
        let rest = &html[at..];
        let Some(ends) = rest.find(&close) else {
            return html.len();
        };
        match rest.find(&open) {
            Some(begins) if begins < ends => {
                depth += 1;
                at += begins + open.len();
            }
            _ => {
                depth = depth.saturating_sub(1);
                at += ends + close.len();
                if depth == 0 {
                    return at;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const URI: &str = "https://a.example/1?a&b";
    const LINK: &str = "<a href=\"https://a.example/1?a&amp;b\">https://a.example/1?a&amp;b</a>";

    #[test]
    fn a_link_is_put_at_the_end_and_taken_off_again() {
        for html in ["<p>Bonjour</p>", "<p>a</p><p>b</p>", "<ul><li>x</li></ul>"] {
            let linked = with_quote_link(html, URI);
            assert!(linked.contains(LINK), "{linked}");
            assert_eq!(without_quote_link(&linked), html);
        }
        assert_eq!(without_quote_link(&with_quote_link("", URI)), "");
    }

    #[test]
    fn links_of_other_software_are_found() {
        for (html, left) in [
            (format!("<p>Oui<br><br>RE: {LINK}</p>"), "<p>Oui</p>"),
            (
                format!("<p><span>Oui<br><br>RE: </span>{LINK}</p>"),
                "<p><span>Oui</span></p>",
            ),
            ("Oui<br>RE: https://a.example/1?a&amp;b".to_owned(), "Oui"),
            (
                "<p>Oui<span class=\"quote-inline\"><br>QT: <a href=\"https://x.example\"><span>x</span></a></span></p>"
                    .to_owned(),
                "<p>Oui</p>",
            ),
            (
                format!("<p class=\"quote-inline\">RE: {LINK}</p><p>Oui</p>"),
                "<p>Oui</p>",
            ),
        ] {
            assert_eq!(
                without_quote_link(&with_quote_marked(html, Some(URI))),
                left
            );
        }
    }

    #[test]
    fn other_links_stay() {
        for html in [
            format!("<p>RE: {LINK} et plus</p>"),
            format!("<p>{LINK}</p>"),
        ] {
            assert_eq!(with_quote_marked(html.clone(), Some(URI)), html);
        }
        let other = "<p>RE: <a href=\"https://b.example\">b</a></p>";
        let linked = with_quote_marked(other.to_owned(), Some(URI));
        assert!(linked.contains(LINK) && without_quote_link(&linked) == other);
    }

    #[test]
    fn what_never_ends_is_cut() {
        assert_eq!(
            without_quote_link("a<span class=\"quote-inline\"><span>"),
            "a"
        );
    }
}
