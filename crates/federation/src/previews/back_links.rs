//! Whether a page says of an address that it is of the same person (<https://microformats.org/wiki/rel-me>): gone through once
//! from left to right, as its head is for previews.

use parvis_model::uri as address;
use url::Url;

use super::head::CLOSED;
use crate::markup::{attribute, attributes_of, content_of, name_of, tag_of};

/// Links that are looked at.
const LINKS: usize = 5_000;

pub(super) fn are_in(html: &str, base: &Url, to: &[String]) -> bool {
    let mut rest = html;
    let mut links = 0;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let name = name_of(rest);
        if CLOSED.contains(&name.as_str()) || name == "textarea" {
            rest = content_of(rest, &name).1;
            continue;
        }
        if !matches!(name.as_str(), "a" | "link" | "area") {
            continue;
        }
        links += 1;
        if links > LINKS {
            return false;
        }
        let Some((tag, after)) = tag_of(rest) else {
            continue;
        };
        rest = after;
        let attributes = attributes_of(&tag[name.len()..]);
        let is_me = attribute(&attributes, "rel").is_some_and(|rel| {
            rel.split_ascii_whitespace()
                .any(|word| word.eq_ignore_ascii_case("me"))
        });
        let leads = || attribute(&attributes, "href").and_then(|href| canonical(base, href));
        if is_me && leads().is_some_and(|leads| to.contains(&leads)) {
            return true;
        }
    }
    false
}

fn canonical(base: &Url, href: &str) -> Option<String> {
    let mut url = base.join(href.replace("&amp;", "&").trim()).ok()?;
    url.set_fragment(None);
    address::canonical(url.as_str())
}

/// `example.org` and `www.example.org` are.
pub(super) fn is_one_site(one: &Url, other: &Url) -> bool {
    let host = |url: &Url| {
        let host = url.host_str().unwrap_or_default();
        let bare = host.strip_prefix("www.").unwrap_or(host);
        bare.trim_end_matches('.').to_owned()
    };
    host(one) == host(other) && one.port() == other.port()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ME: &str = "https://valmont.example/@marie";

    fn says(html: &str) -> bool {
        let base: Url = "https://marie.example/page".parse().unwrap();
        are_in(html, &base, &[ME.to_owned()])
    }

    #[test]
    fn a_page_links_back_wherever_it_does_so_in_it() {
        assert!(says(&format!("<head><link rel=me href={ME}></head>")));
        assert!(says(&format!(
            "<p>Bonjour<A HREF='{ME}' Rel=\"nofollow ME\">moi</A>"
        )));
        assert!(says(&format!(
            "<script>'<a>'</script><a rel=\"me\" href=\"{ME}#top\">moi</a>"
        )));
    }

    #[test]
    fn a_link_that_does_not_say_so_or_that_nobody_sees_is_none() {
        for html in [
            format!("<a href=\"{ME}\">moi</a>"),
            format!("<a rel=\"home\" href=\"{ME}\">moi</a>"),
            format!("<a rel=\"me\" href=\"{ME}x\">moi</a>"),
            format!("<!-- <a rel=\"me\" href=\"{ME}\">moi</a> -->"),
            format!("<textarea><a rel=\"me\" href=\"{ME}\">moi</a></textarea>"),
            format!("<script>'<a rel=\"me\" href=\"{ME}\">'</script>"),
            format!("{}<a rel=\"me\" href=\"{ME}\">", "<a>".repeat(LINKS)),
        ] {
            assert!(!says(&html), "{}", &html[..html.len().min(99)]);
        }
    }

    #[test]
    fn what_leads_to_another_site_says_nothing_of_the_first() {
        let url = |text: &str| text.parse::<Url>().unwrap();
        let site = url("https://bank.example/to?u=x");
        assert!(is_one_site(&site, &url("https://www.bank.example/")));
        assert!(is_one_site(&url("http://bank.example/"), &site));
        for other in [
            "https://marie.example/",
            "https://a.bank.example/",
            "https://bank.example:8443/",
        ] {
            assert!(!is_one_site(&site, &url(other)), "{other}");
        }
    }
}
