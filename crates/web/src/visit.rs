//! One visit of a browser: which session it holds, the token that its forms must carry, and the errors turned
//! into pages. Knows cookies and headers, no page's content.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use aws_lc_rs::{constant_time, hmac};
use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use parvis_town::Town;

use crate::{
    cookies::{Cookie, Jar},
    fault::{self, Fault},
    unchanged::{Known, unless_known},
};

/// What a form token vouches for; a token made for something else does not fit.
const PURPOSE: &[u8] = b"parvis form";
const BROWSER: &[u8] = b"parvis browser";

/// Bytes of a form token before its mask.
const TOKEN: usize = 32;
pub const PRIVATE: HeaderValue = HeaderValue::from_static("private, no-store");
/// May be kept, but asked for again each time.
const FRESH: HeaderValue = HeaderValue::from_static("public, no-cache");
/// The same address may answer in another language, for another person, or as a document for servers.
const DEPENDS: HeaderValue = HeaderValue::from_static("Accept, Accept-Language, Cookie");

#[derive(Debug)]
pub struct Visit {
    jar: Jar,
    /// The secret of the log-in session, if the browser sent one (true or not).
    session: Option<String>,
    /// What the browser's form tokens are derived from: the session's secret, or a visitor's.
    secret: String,
    /// Makes the token another one in each answer: a compressed page gives nothing away by its length (BREACH).
    mask: [u8; TOKEN],
    /// Mixed in, so that a token can't be made from a cookie alone.
    town_secret: String,
    /// The visitor's secret is not in the browser yet.
    fresh: bool,
    /// A form token was shown, so the visitor's secret has to be kept.
    shown: AtomicBool,
    flash: Option<String>,
}

impl Visit {
    pub fn of(origin: &str, town_secret: &str, headers: &HeaderMap) -> Self {
        let jar = Jar::of(origin);
        let session = jar.read(headers, Cookie::Session);
        let known = session
            .clone()
            .or_else(|| jar.read(headers, Cookie::Visitor));
        Self {
            jar,
            session,
            fresh: known.is_none(),
            secret: known.unwrap_or_else(new_secret),
            mask: rand::random(),
            town_secret: town_secret.to_owned(),
            shown: AtomicBool::new(false),
            flash: jar.read(headers, Cookie::Flash),
        }
    }

    /// The same browser with the session it is given in this answer, which nobody else may see.
    pub fn entered(&self, session: &str) -> Self {
        self.shown.store(true, Ordering::Relaxed);
        Self {
            jar: self.jar,
            session: Some(session.to_owned()),
            secret: session.to_owned(),
            mask: self.mask,
            town_secret: self.town_secret.clone(),
            fresh: false,
            shown: AtomicBool::new(true),
            flash: None,
        }
    }

    pub fn jar(&self) -> Jar {
        self.jar
    }

    pub fn session(&self) -> Option<&str> {
        self.session.as_deref()
    }

    pub fn flash(&self) -> Option<&str> {
        self.flash.as_deref()
    }

    /// The token that every form of this browser carries.
    pub fn token(&self) -> String {
        self.shown.store(true, Ordering::Relaxed);
        let masked = xor(self.sign().as_ref(), &self.mask);
        URL_SAFE_NO_PAD.encode([self.mask.as_slice(), &masked].concat())
    }

    pub fn is_token(&self, given: &str) -> bool {
        let Ok(given) = URL_SAFE_NO_PAD.decode(given) else {
            return false;
        };
        let Some((mask, masked)) = given.split_at_checked(TOKEN) else {
            return false;
        };
        let right = self.sign();
        !self.fresh
            && constant_time::verify_slices_are_equal(&xor(masked, mask), right.as_ref()).is_ok()
    }

    /// A word that only this browser brings along, for seals of others than forms.
    pub fn browser(&self) -> String {
        self.shown.store(true, Ordering::Relaxed);
        hex::encode(self.sign_for(BROWSER))
    }

    /// Is there anything in the answer that only this browser may see?
    fn is_private(&self) -> bool {
        self.session.is_some() || self.flash.is_some() || self.shown.load(Ordering::Relaxed)
    }

    fn sign(&self) -> hmac::Tag {
        self.sign_for(PURPOSE)
    }

    fn sign_for(&self, purpose: &[u8]) -> hmac::Tag {
        let secret = format!("{}:{}", self.town_secret, self.secret);
        hmac::sign(
            &hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()),
            purpose,
        )
    }

    fn keep(&self, response: &mut Response) {
        let head = response.headers_mut();
        head.entry(header::CACHE_CONTROL)
            .or_insert(if self.is_private() { PRIVATE } else { FRESH });
        head.append(header::VARY, DEPENDS);
        if self.fresh && self.shown.load(Ordering::Relaxed) {
            self.jar
                .set(response.headers_mut(), Cookie::Visitor, &self.secret);
        }
        if self.flash.is_some() && response.status().is_success() {
            self.jar.clear(response.headers_mut(), Cookie::Flash);
        }
    }
}

fn xor(one: &[u8], other: &[u8]) -> Vec<u8> {
    one.iter().zip(other).map(|(a, b)| a ^ b).collect()
}

fn new_secret() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// Stands around every page: opens the visit, refuses what another site sent, shows errors as pages.
pub async fn receive(mut request: Request, next: Next) -> Response {
    let Some(town) = request.extensions().get::<Arc<Town>>().cloned() else {
        tracing::error!("a page was asked for without a town");
        return axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let visit = Arc::new(Visit::of(
        &town.origin,
        &town.profile().secret,
        request.headers(),
    ));
    request.extensions_mut().insert(Arc::clone(&visit));
    let (parts, body) = request.into_parts();
    let (asked, known) = (parts.clone(), Known::of(&parts.headers));
    // An answer to HEAD has no text to make a tag of.
    let is_get = parts.method == Method::GET;
    let response = if is_safe(&parts.method) || is_own(&parts.headers, &town.origin) {
        next.run(Request::from_parts(parts, body)).await
    } else {
        Fault::Stale.into_response()
    };
    let mut response = fault::shown(response, asked).await;
    visit.keep(&mut response);
    // What nobody may keep is never asked for again with its tag.
    if is_get && !visit.is_private() && may_be_kept(&response) && is_page(&response) {
        response = unless_known(&known, response)
            .await
            .unwrap_or_else(IntoResponse::into_response);
    }
    response
}

fn may_be_kept(response: &Response) -> bool {
    response.headers().get(header::CACHE_CONTROL) != Some(&PRIVATE)
}

fn is_page(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// Was this sent by one of our own pages? Browsers that say nothing are left to the form token; `Origin: null`
/// is what `Referrer-Policy: no-referrer` makes of our own forms.
pub fn is_own(headers: &HeaderMap, origin: &str) -> bool {
    let said = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let site = said("sec-fetch-site").is_none_or(|site| matches!(site, "same-origin" | "none"));
    let from = said(header::ORIGIN.as_str()).is_none_or(|from| from == "null" || from == origin);
    site && from
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORIGIN: &str = "http://valmont.localhost:8000";

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn a_token_fits_only_the_browser_it_was_made_for() {
        let mine = Visit::of(ORIGIN, "town", &headers(&[("cookie", "parvis=first")]));
        let other = Visit::of(ORIGIN, "town", &headers(&[("cookie", "parvis=second")]));
        assert!(mine.is_token(&mine.token()));
        assert!(!mine.is_token(&other.token()));
        assert!(!mine.is_token(""));
        assert!(!mine.is_token("not base64 !"));
    }

    #[test]
    fn logging_in_makes_older_tokens_worthless() {
        let before = Visit::of(ORIGIN, "town", &headers(&[("cookie", "parvis-visitor=v")]));
        let after = Visit::of(
            ORIGIN,
            "town",
            &headers(&[("cookie", "parvis-visitor=v; parvis=s")]),
        );
        assert!(!after.is_token(&before.token()));
    }

    #[test]
    fn a_browser_without_our_cookie_has_no_valid_token() {
        let first = Visit::of(ORIGIN, "town", &HeaderMap::new());
        assert!(!first.is_token(&first.token()));
    }

    #[test]
    fn a_visitor_gets_a_cookie_only_with_a_form() {
        let visit = Visit::of(ORIGIN, "town", &HeaderMap::new());
        let mut response = Response::default();
        visit.keep(&mut response);
        assert!(!response.headers().contains_key(header::SET_COOKIE));
        visit.token();
        visit.keep(&mut response);
        assert!(response.headers().contains_key(header::SET_COOKIE));
    }

    #[test]
    fn what_only_one_person_may_see_is_kept_by_nobody() {
        let kept = |cookie: &str| {
            let mut response = Response::default();
            Visit::of(ORIGIN, "town", &headers(&[("cookie", cookie)])).keep(&mut response);
            response.headers()[header::CACHE_CONTROL].clone()
        };
        assert_eq!(kept("parvis=s"), PRIVATE);
        assert_eq!(kept("other=s"), FRESH);
    }

    #[test]
    fn what_another_site_sends_is_not_ours() {
        assert!(is_own(
            &headers(&[("origin", ORIGIN), ("sec-fetch-site", "same-origin")]),
            ORIGIN
        ));
        assert!(is_own(
            &headers(&[("origin", "null"), ("sec-fetch-site", "same-origin")]),
            ORIGIN
        ));
        assert!(is_own(&HeaderMap::new(), ORIGIN));
        assert!(!is_own(
            &headers(&[("origin", "http://rivebelle.localhost:8000")]),
            ORIGIN
        ));
        assert!(!is_own(
            &headers(&[("origin", "null"), ("sec-fetch-site", "cross-site")]),
            ORIGIN
        ));
        assert!(!is_own(
            &headers(&[("sec-fetch-site", "same-site")]),
            ORIGIN
        ));
    }
}
