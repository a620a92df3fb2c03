//! Where a resident may be sent back to with a code for an app. Knows no app.

use url::Url;

use crate::limits;

/// The app has no address: its user copies the code by hand.
pub const BY_HAND: &str = "urn:ietf:wg:oauth:2.0:oob";

/// Schemes that run or show what the address itself says, or lead into the device or the browser.
const DANGEROUS: [&str; 20] = [
    "about",
    "blob",
    "chrome",
    "content",
    "data",
    "file",
    "filesystem",
    "ftp",
    "intent",
    "jar",
    "javascript",
    "mailto",
    "moz-extension",
    "resource",
    "sms",
    "tel",
    "vbscript",
    "view-source",
    "ws",
    "wss",
];

/// May an app register this? Web addresses and schemes of its own (RFC 8252, 7.1), written without blanks, without a
/// fragment (RFC 6749, 3.1.2) and without a password.
pub fn is_acceptable(text: &str) -> bool {
    if text == BY_HAND {
        return true;
    }
    let plain =
        text.bytes().all(|byte| byte.is_ascii_graphic()) && !text.contains(['"', '<', '>', '\\']);
    let Some(url) = Url::parse(text).ok().filter(|_| plain) else {
        return false;
    };
    let anonymous = url.username().is_empty() && url.password().is_none();
    let of_the_web = matches!(url.scheme(), "http" | "https");
    text.len() <= limits::APP_ADDRESS
        && anonymous
        && url.fragment().is_none()
        && !DANGEROUS.contains(&url.scheme())
        // `urn:` has no other use here, and a lone `https:` gets no further than the page it stands on.
        && url.scheme() != "urn"
        && (!of_the_web || text[url.scheme().len()..].starts_with("://"))
}

/// What stands before the first `:`, as browsers compare it; `None` for codes copied by hand.
pub fn scheme(redirect: &str) -> Option<String> {
    let url = Url::parse(redirect).ok().filter(|_| redirect != BY_HAND)?;
    Some(url.scheme().to_owned())
}

/// Whom people are sent to, in a form they can judge: a host, or the name of a scheme.
pub fn destination(redirect: &str) -> Option<String> {
    let url = Url::parse(redirect).ok().filter(|_| redirect != BY_HAND)?;
    match (url.scheme(), url.host_str()) {
        ("http" | "https", Some(host)) => Some(match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }),
        (scheme, _) => Some(format!("{scheme}:")),
    }
}

/// The address with more in its query, and otherwise letter by letter as the app registered it.
pub fn with_query(redirect: &str, more: &[(&str, &str)]) -> String {
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(more)
        .finish();
    let joint = match redirect.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some(_) => "&",
    };
    format!("{redirect}{joint}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apps_may_be_returned_to_by_web_address_by_their_own_scheme_or_by_hand() {
        for good in [
            BY_HAND,
            "https://elk.zone/api/valmont.example/oauth/https%3A%2F%2Felk.zone",
            "http://127.0.0.1:8123/callback?x=1",
            "http://localhost:5173/",
            "oauth2redirect://com.keylesspalace.tusky/",
            "com.tapbots.Ivory.219:/request_token/0",
            "icecubesapp://",
        ] {
            assert!(is_acceptable(good), "{good}");
        }
    }

    #[test]
    fn nothing_that_runs_or_hides_is_an_address_to_return_to() {
        for bad in [
            "",
            "javascript:alert(1)",
            "JavaScript://x/%0aalert(1)",
            "data:text/html,<script>",
            "vbscript:x",
            "file:///etc/passwd",
            "blob:https://x/y",
            "intent://x#Intent;end",
            "urn:other",
            "//elk.zone/x",
            "/x",
            "elk.zone",
            "https://elk.zone/#code",
            "https://me:secret@elk.zone/",
            "https:elk.zone",
            "https://elk.zone/a b",
            "https://elk.zone/\"><b>",
            "https://été.example/",
            &format!("https://elk.zone/{}", "a".repeat(limits::APP_ADDRESS)),
        ] {
            assert!(!is_acceptable(bad), "{bad}");
        }
    }

    #[test]
    fn what_is_added_leaves_the_rest_as_it_was() {
        let more = [("code", "a b"), ("state", "é&x")];
        let query = "code=a+b&state=%C3%A9%26x";
        for (redirect, joint) in [
            ("com.tapbots.Ivory:/x", "?"),
            ("https://elk.zone/x?a=1", "&"),
            ("https://elk.zone/x?", ""),
        ] {
            assert_eq!(
                with_query(redirect, &more),
                format!("{redirect}{joint}{query}")
            );
        }
    }

    #[test]
    fn people_see_where_they_are_sent() {
        let seen = |redirect| destination(redirect).unwrap_or_default();
        assert_eq!(seen("https://elk.zone:8443/x?y"), "elk.zone:8443");
        assert_eq!(
            seen("oauth2redirect://com.keylesspalace.tusky/"),
            "oauth2redirect:"
        );
        assert_eq!(seen(BY_HAND), "");
    }
}
