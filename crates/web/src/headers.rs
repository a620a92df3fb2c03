//! What pages say to keep browsers strict, beyond what every answer of the program says.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// For what feed readers and other sites ask for often: whoever asks twice a minute is answered from what lies in between.
pub const A_MINUTE: HeaderValue = HeaderValue::from_static("public, max-age=60");

/// For what holds words of people who may not want to be found, and is no page that could say so itself.
pub const NOT_FOR_SEARCH: (HeaderName, HeaderValue) = (
    HeaderName::from_static("x-robots-tag"),
    HeaderValue::from_static("noindex"),
);

/// Web apps open these pages in a window of their own and wait for it to come back: a policy that cuts it off from its
/// opener, on any step of the way, would leave them waiting.
fn leads_to_an_app(path: &str) -> bool {
    matches!(path, "/connexion" | "/connexion/code" | "/connexion/cle")
        || path.starts_with("/oauth/")
}

/// Pieces of the town for other sites; they hold nothing that a cookie decides and no form.
fn may_be_framed(path: &str) -> bool {
    path.starts_with("/integrer/")
}

pub async fn guard(request: Request, next: Next) -> Response {
    let for_an_app = leads_to_an_app(request.uri().path());
    let framed = may_be_framed(request.uri().path());
    let mut response = next.run(request).await;
    strict(response.headers_mut());
    if framed {
        response.headers_mut().remove(header::X_FRAME_OPTIONS);
    }
    if for_an_app {
        response.headers_mut().remove(OPENER_POLICY);
    }
    response
}

fn strict(headers: &mut HeaderMap) {
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY)
        && let Ok(policy) = HeaderValue::from_str(&policy(None))
    {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(OPENER_POLICY, HeaderValue::from_static("same-origin"));
}

/// Nothing is loaded from anywhere else: pictures of other servers come through ours. `blob:` is the preview of a picture
/// someone is about to send. `way`: the scheme of addresses that a form on the page may lead on to, when what it is sent to
/// answers with a redirect; which those are is decided there.
pub fn policy(way: Option<&str>) -> String {
    let way = way.map(|scheme| format!(" {scheme}:")).unwrap_or_default();
    format!(
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' blob:; media-src 'self'; connect-src 'self'; manifest-src 'self'; \
         form-action 'self'{way}; frame-ancestors 'none'; base-uri 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_page_may_run_or_show_what_is_not_ours() {
        let mut headers = HeaderMap::new();
        strict(&mut headers);
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none';"));
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"));
        assert!(
            !policy.contains("unsafe") && !policy.contains("http"),
            "{policy}"
        );
        assert_eq!(headers[header::X_FRAME_OPTIONS], "DENY");
        assert_eq!(headers[OPENER_POLICY], "same-origin");
    }
}
