//! What every answer says to browsers, whichever face gives it, or none: nothing in it may be guessed at, run or framed. Pages
//! say more by themselves, and what they say stands.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// Nothing a page of ours needs.
const PERMISSIONS: &str = "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), \
                           gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()";

/// For two years.
const ONLY_HTTPS: HeaderValue = HeaderValue::from_static("max-age=63072000");

const EVERYWHERE: [(HeaderName, HeaderValue); 4] = [
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    ),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
    ),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(PERMISSIONS),
    ),
];

/// Fills in what the answer does not say.
pub fn everywhere(headers: &mut HeaderMap) {
    for (name, value) in EVERYWHERE {
        headers.entry(name).or_insert(value);
    }
}

/// The same of a town that is reached by https alone.
pub fn over_https(headers: &mut HeaderMap) {
    headers
        .entry(header::STRICT_TRANSPORT_SECURITY)
        .or_insert(ONLY_HTTPS);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t219_what_a_page_says_by_itself_stands_and_the_rest_is_filled_in() {
        let mut headers = HeaderMap::new();
        let own = HeaderValue::from_static("default-src 'self'");
        headers.insert(header::CONTENT_SECURITY_POLICY, own.clone());
        everywhere(&mut headers);
        over_https(&mut headers);
        assert_eq!(headers[header::CONTENT_SECURITY_POLICY], own);
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(headers[header::REFERRER_POLICY], "no-referrer");
        assert!(headers.contains_key("permissions-policy"));
        assert_eq!(
            headers[header::STRICT_TRANSPORT_SECURITY],
            "max-age=63072000"
        );
    }
}
