//! Sites that may say of their pages that somebody wrote them. Knows neither pages nor accounts.

use url::{Host, Url};

/// The longest name a site can have (RFC 1035, 2.3.4).
const LONGEST: usize = 253;

/// The one spelling of a site's name, typed as it is or as an address; `None` for what is no name of a site.
pub fn site(text: &str) -> Option<String> {
    let text = text.trim();
    let bare = text.split_once("://").map_or(text, |(_, rest)| rest);
    let bare = bare.split(['/', '?', '#']).next().unwrap_or_default();
    let written = |c: char| c.is_alphanumeric() || "-._:".contains(c);
    if bare.len() > LONGEST || !bare.chars().all(written) {
        return None;
    }
    let url = Url::parse(&format!("https://{bare}/")).ok()?;
    let Host::Domain(host) = url.host()? else {
        return None;
    };
    let host = host.trim_end_matches('.');
    (host.contains('.') && !host.starts_with('.')).then(|| host.to_owned())
}

/// Does one of these sites, or one below it, answer for an address?
pub fn covers(sites: &[String], address: &str) -> bool {
    let Some(url) = Url::parse(address).ok() else {
        return false;
    };
    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
    sites.iter().any(|site| {
        host.strip_suffix(site.as_str())
            .is_some_and(|above| above.is_empty() || above.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_has_one_spelling_however_it_is_typed() {
        for typed in [
            "journal.example",
            " Journal.Example. ",
            "https://journal.example/",
            "http://journal.example:8080/rubrique?a#b",
        ] {
            assert_eq!(site(typed).as_deref(), Some("journal.example"), "{typed}");
        }
        assert_eq!(site("été.example").as_deref(), Some("xn--t-9fab.example"));
    }

    #[test]
    fn what_is_no_name_of_a_site_is_none() {
        let long = format!("{}.example", "a".repeat(250));
        for typed in [
            "",
            "fr",
            "a b.example",
            "192.0.2.1",
            "https://[2001:db8::1]/",
            "nora@journal.example",
            ".example",
            &long,
        ] {
            assert_eq!(site(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_site_covers_itself_and_those_below_and_no_other() {
        let sites = ["journal.example".to_owned()];
        for (address, covered) in [
            ("https://journal.example/a", true),
            ("http://blog.journal.example:8080/", true),
            ("https://faux-journal.example/", false),
            ("https://journal.example.net/", false),
            ("https://journal.example@net.example/", false),
            ("nonsense", false),
        ] {
            assert_eq!(covers(&sites, address), covered, "{address}");
        }
    }
}
