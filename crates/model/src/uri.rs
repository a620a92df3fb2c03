//! Addresses of things on servers: one spelling for each, and which server answers for it. Fetches nothing.

use url::Url;

use crate::limits;

/// Do the same scheme, host and port answer for both? (RFC 6454)
pub fn same_origin(a: &Url, b: &Url) -> bool {
    match (origin(a), origin(b)) {
        (Some(a), Some(b)) => a == b,
        _ => false,
    }
}

/// The one spelling under which an address is stored and compared; `None` for what is no http(s) address, carries a
/// user name or password, or is longer than [`limits::REMOTE_URI`]. Fragments stay: ids of keys and activities have them.
pub fn canonical(text: &str) -> Option<String> {
    let url = String::from(read(text)?);
    (url.len() <= limits::REMOTE_URI).then_some(url)
}

/// `scheme://host:port` of an address, with the port always written out.
pub fn origin_of(text: &str) -> Option<String> {
    let url = read(text)?;
    let (scheme, host, port) = origin(&url)?;
    Some(format!("{scheme}://{host}:{port}"))
}

/// Does one server answer for both addresses?
pub fn is_beside(a: &str, b: &str) -> bool {
    origin_of(a).is_some_and(|origin| Some(origin) == origin_of(b))
}

fn origin(url: &Url) -> Option<(&str, &str, u16)> {
    let host = url.host_str()?.trim_end_matches('.');
    Some((url.scheme(), host, url.port_or_known_default()?))
}

/// The parser itself forgives blanks and line breaks inside; an id has none.
fn read(text: &str) -> Option<Url> {
    let blank = |c: char| c.is_whitespace() || c.is_control();
    if text.len() > limits::REMOTE_URI || text.contains(blank) {
        return None;
    }
    let mut url = Url::parse(text).ok()?;
    let anonymous = url.username().is_empty() && url.password().is_none();
    if !matches!(url.scheme(), "http" | "https") || !anonymous {
        return None;
    }
    let host = url.host_str()?;
    if let Some(rooted) = host.strip_suffix('.') {
        let host = rooted.trim_end_matches('.').to_owned();
        url.set_host(Some(&host)).ok()?;
    }
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_address_has_one_spelling() {
        for (written, kept) in [
            ("HTTPS://Bourg.Example", "https://bourg.example/"),
            ("https://bourg.example:443/a", "https://bourg.example/a"),
            ("http://bourg.example:80/a", "http://bourg.example/a"),
            (
                "https://bourg.example.:8443/a",
                "https://bourg.example:8443/a",
            ),
            (
                "https://forêt.example/É",
                "https://xn--fort-ipa.example/%C3%89",
            ),
            (
                "https://bourg.example/a#main-key",
                "https://bourg.example/a#main-key",
            ),
            (
                "https://bourg.example/A/b//?C=%7e",
                "https://bourg.example/A/b//?C=%7e",
            ),
        ] {
            assert_eq!(canonical(written).as_deref(), Some(kept), "{written}");
        }
    }

    #[test]
    fn what_is_no_address_of_a_server_is_refused() {
        for text in [
            "",
            "bourg.example",
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://bourg.example/",
            "https://marie@bourg.example/",
            "https://:pw@bourg.example/",
            " https://bourg.example/",
            "https://bourg.example/\na",
            "https://",
            "https://./",
        ] {
            assert_eq!(canonical(text), None, "{text}");
        }
        let long = format!("https://bourg.example/{}", "a".repeat(limits::REMOTE_URI));
        assert_eq!(canonical(&long), None);
        let grows = format!(
            "https://bourg.example/{}",
            "é".repeat(limits::REMOTE_URI / 3)
        );
        assert_eq!(canonical(&grows), None, "too long once encoded");
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        let same = |a: &str, b: &str| same_origin(&a.parse().unwrap(), &b.parse().unwrap());
        assert!(same("https://a.example/x", "https://A.example.:443/y"));
        assert!(!same("https://a.example/", "http://a.example/"));
        assert!(!same("https://a.example/", "https://a.example:8443/"));
        assert!(!same("https://a.example/", "https://b.a.example/"));
        assert!(!same("data:,x", "data:,x"), "nobody answers for these");
        assert_eq!(
            origin_of("http://a.example/x").unwrap(),
            "http://a.example:80"
        );
        assert_eq!(
            origin_of("https://A.example:8443/x").unwrap(),
            "https://a.example:8443"
        );
        assert_eq!(origin_of("nowhere"), None);
    }

    proptest! {
        #[test]
        fn the_one_spelling_is_its_own(text in "https?://[a-zA-Zé.]{1,8}(:[0-9]{1,4})?/\\PC{0,20}") {
            if let Some(once) = canonical(&text) {
                prop_assert_eq!(canonical(&once), Some(once));
            }
        }
    }
}
