//! Links of others that are written as somebody's handle and lead to another server than that handle names, or one of several:
//! they lead nowhere, and their words stay. Works on HTML that is clean already.

use unicode_normalization::UnicodeNormalization;
use url::{Host, Url};

use super::{hidden::is_hidden, leads::attribute};

const END: &str = "</a>";

/// The same text, in which no handle leads to another server than its own.
pub(super) fn unmasked(html: String) -> String {
    if !html.contains(END) {
        return html;
    }
    let mut honest = String::with_capacity(html.len());
    let mut rest = html.as_str();
    while let Some((piece, after)) = rest.split_once(END) {
        let kept = masked(piece).map_or([piece, END], |(before, words)| [before, words]);
        honest.extend(kept);
        rest = after;
    }
    honest.push_str(rest);
    honest
}

/// Of the link that this piece ends with, if a handle in its words names another host than it leads to: what stands before it,
/// and its words.
fn masked(piece: &str) -> Option<(&str, &str)> {
    let (before_link, link) = piece.rsplit_once("<a ")?;
    let (tag, words) = link.split_once('>')?;
    let seen = as_seen(words);
    let address = Url::parse(attribute(tag, "href")?).ok()?;
    let host = address.host_str()?;
    let is_honest = handles(&seen).all(|(before, named)| is_home(host, before, named));
    (!is_honest).then_some((before_link, words))
}

/// Is `host`, where a link leads, that of the handle at `named`, or said before it?
fn is_home(host: &str, before: &str, named: &str) -> bool {
    let named = Host::parse(named).map_or_else(|_| named.to_lowercase(), |host| host.to_string());
    // An address such as `https://near.example/@victor@third.example` says itself where it leads.
    let is_said = before
        .strip_suffix('/')
        .is_some_and(|before| before.ends_with(host));
    is_said || host == named || is_below(host, &named) || is_below(&named, host)
}

/// Of each `@name@host.with.dots`: what stands before it, and the host.
fn handles(words: &str) -> impl Iterator<Item = (&str, &str)> {
    words.match_indices('@').filter_map(|(at, _)| {
        let (before, handle) = words.split_at(at);
        let (name, after) = handle.strip_prefix('@')?.split_once('@')?;
        let host = after
            .trim_start()
            .split(|c: char| !c.is_alphanumeric() && !".-".contains(c))
            .next()?
            .trim_matches('.');
        let is_handle = !name.trim().contains(char::is_whitespace) && host.contains('.');
        is_handle.then_some((before, host))
    })
}

/// Handles are often of the domain above the server's own name.
fn is_below(name: &str, other: &str) -> bool {
    name.strip_suffix(other)
        .is_some_and(|rest| rest.ends_with('.'))
}

/// The words that people see, each sign in its usual form: `＠` looks like `@`.
fn as_seen(html: &str) -> String {
    let mut pieces = html.split('<');
    let mut seen = pieces.next().unwrap_or_default().to_owned();
    // Elements around, from the first that is not shown.
    let mut unseen = 0_usize;
    for (tag, text) in pieces.filter_map(|piece| piece.split_once('>')) {
        if tag.starts_with('/') {
            unseen = unseen.saturating_sub(1);
        } else if !matches!(tag, "br" | "hr") && (unseen > 0 || is_invisible(tag)) {
            unseen += 1;
        }
        if unseen == 0 {
            seen.push_str(text);
        }
    }
    let seen = seen.replace("&nbsp;", " ");
    seen.chars().filter(|c| !is_hidden(*c)).nfkc().collect()
}

fn is_invisible(tag: &str) -> bool {
    let attributes = tag.split_once(' ').map(|(_, attributes)| attributes);
    attributes
        .and_then(|attributes| attribute(attributes, "class"))
        .is_some_and(|classes| classes.split(' ').any(|class| class == "invisible"))
}

#[cfg(test)]
mod tests {
    use crate::text::clean;

    #[test]
    fn t216_a_handle_does_not_hide_where_its_link_leads() {
        for words in [
            "@victor@third.example",
            "@<span>victor@third.example</span>",
            "<span>@victor</span>@third.example:8000",
            " @victor@Third.Example ",
            "@victor@third.example, hier",
            "@<span class=\"invisible\">a@evil.example<br> <span>b</span> </span>victor@third.example",
            "\u{200b}@victor@\u{200b}third.\u{2060}example",
            "Vu @victor@third.example",
            "＠victor﹫third.example",
            "@x@evil.example<br>@victor@third.example",
        ] {
            let html = format!(
                "<p>Vu par <a href=\"https://evil.example/@victor\" class=\"mention\">{words}</a> hier</p>"
            );
            let shown = clean(&html);
            assert!(!shown.contains("<a ") && !shown.contains("</a>"), "{shown}");
            assert!(
                shown.contains("victor") && shown.ends_with(" hier</p>"),
                "{shown}"
            );
        }
    }

    #[test]
    fn a_handle_of_the_server_it_leads_to_stays_as_it_is() {
        for (address, words) in [
            ("https://third.example/@victor", "@victor@third.example"),
            (
                "https://third.example:8000/u/1",
                "@victor@third.example:8000",
            ),
            ("https://social.third.example/@v", "@victor@third.example"),
            ("https://third.example/@v", "@victor@www.third.example"),
            ("https://evil.example/@victor", "@victor"),
            ("https://evil.example/", "victor@third.example"),
            ("https://third.example/@v", "@victor@third.example, hier"),
            (
                "https://third.example/@v",
                "@x@third.example<br>@victor@third.example",
            ),
            ("https://evil.example/", "@home demain @ midi"),
            ("https://hôtel.example/@v", "@victor@Hôtel.example."),
            (
                "https://near.example/@victor@third.example",
                "<span class=\"invisible\">https://</span>near.example/@victor@third.example",
            ),
        ] {
            let shown = clean(&format!("<p><a href=\"{address}\">{words}</a></p>"));
            assert!(shown.ends_with("</a></p>"), "{shown}");
        }
        let close = clean("<a href=\"https://evilthird.example/\">@victor@third.example</a>");
        assert_eq!(close, "@victor@third.example");
    }
}
