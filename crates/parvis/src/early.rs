//! Answers given before any face is reached, or in its stead: in the form that whoever asks can read. Knows no town, since
//! there may be none.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use parvis_model::locale::Locale;
use serde_json::json;

/// Where apps and scripts ask; some of them are pages of other origins.
const FOR_APPS: [&str; 3] = ["/api", "/oauth", "/.well-known"];
/// Where other servers ask.
const FOR_SERVERS: [&str; 2] = ["/ap", "/nodeinfo"];
/// Seconds after which to try again what took too long or is away.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("30");
/// All the looks of the page, which may load nothing.
const STYLE: &str = "body{font:1.125rem/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;\
                     padding:0 1.25rem}h1{font-size:1.5rem;line-height:1.25}";
/// The page stands alone: it has its style, known by its hash, and nothing may frame it.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'sha256-tgLVp5rbjIgsWrG9bZeXEFiLi10W2DVZmfx6URFQVUw='; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'",
);

/// Why a request gets no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// No Host header, several, or one that is none.
    BadHost,
    UnknownTown,
    TooLarge,
    /// Answering it broke off: a mistake of ours.
    Broken,
    TooSlow,
    /// The town lives here, but its database has not answered yet.
    Away,
}

impl Reason {
    fn status(self) -> StatusCode {
        match self {
            Self::BadHost => StatusCode::BAD_REQUEST,
            Self::UnknownTown => StatusCode::MISDIRECTED_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
            Self::TooSlow | Self::Away => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// For servers, and for those who set ours up.
    fn plain(self) -> &'static str {
        match self {
            Self::BadHost => "There must be one well-formed Host header.",
            Self::UnknownTown => "No town of this name lives on this server.",
            Self::TooLarge => "This is too large.",
            Self::Broken => "Something went wrong on this server.",
            Self::TooSlow => "This took too long. Please try again.",
            Self::Away => "This town is not open yet. Please try again.",
        }
    }

    /// Heading and text in the locale files.
    fn keys(self) -> (&'static str, &'static str) {
        match self {
            Self::BadHost => ("error-bad-request", "error-bad-request-what"),
            Self::UnknownTown => ("error-unknown-town", "error-unknown-town-what"),
            Self::TooLarge => ("error-too-large", "error-too-much-what"),
            Self::Broken => ("error-broken", "error-broken-what"),
            Self::TooSlow => ("error-too-slow", "error-too-slow-what"),
            Self::Away => ("error-unavailable", "error-unavailable-what"),
        }
    }
}

/// Who asks, as far as it shows before the request is understood. Kept apart from the request, which may be used up by the
/// time it fails.
#[derive(Clone, Debug)]
pub struct Asker {
    face: Face,
    accepted_languages: Option<HeaderValue>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Face {
    App,
    Server,
    Person,
}

impl Asker {
    pub fn of(uri: &Uri, headers: &HeaderMap) -> Self {
        let path = uri.path();
        let face = if is_below(path, &FOR_APPS) {
            Face::App
        } else if is_below(path, &FOR_SERVERS) || parvis_federation::routes::wants_document(headers)
        {
            Face::Server
        } else {
            Face::Person
        };
        Self {
            face,
            accepted_languages: headers.get(header::ACCEPT_LANGUAGE).cloned(),
        }
    }

    /// The answer to this asker.
    pub fn told(&self, reason: Reason) -> Response {
        let mut answer = match self.face {
            Face::App => self.as_json(reason),
            Face::Server => as_problem(reason),
            Face::Person => self.as_page(reason),
        };
        if matches!(reason, Reason::TooSlow | Reason::Away) {
            answer
                .headers_mut()
                .insert(header::RETRY_AFTER, RETRY_AFTER);
        }
        answer
    }

    /// As the client API says it (<https://docs.joinmastodon.org/entities/Error/>), readable from other origins.
    fn as_json(&self, reason: Reason) -> Response {
        let locale = self.locale("en");
        let (heading, what) = reason.keys();
        let text = format!("{}. {}", locale.text(heading), locale.text(what));
        let mut answer = answer(
            reason.status(),
            "application/json; charset=utf-8",
            json!({ "error": text }).to_string(),
        );
        let anyone = HeaderValue::from_static("*");
        answer
            .headers_mut()
            .insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, anyone);
        answer
    }

    fn as_page(&self, reason: Reason) -> Response {
        let locale = self.locale("fr");
        let (heading, what) = reason.keys();
        let (heading, what) = (locale.text(heading), locale.text(what));
        let page = format!(
            "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>{heading}</title>\n\
             <style>{STYLE}</style>\n</head>\n\
             <body><main><h1>{heading}</h1><p>{what}</p></main></body>\n</html>\n",
            locale.code(),
        );
        let mut answer = answer(reason.status(), "text/html; charset=utf-8", page);
        let headers = answer.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
        headers.insert(
            header::VARY,
            HeaderValue::from_static("Accept, Accept-Language"),
        );
        answer
    }

    /// English for apps that do not say what their reader speaks, as everywhere in the client API; French for people.
    fn locale(&self, otherwise: &str) -> Locale {
        let accepted = self
            .accepted_languages
            .as_ref()
            .and_then(|value| value.to_str().ok());
        match accepted {
            Some(accepted) => Locale::negotiate(None, Some(accepted)),
            None => Locale::of(otherwise),
        }
    }
}

fn is_below(path: &str, folders: &[&str]) -> bool {
    folders.iter().any(|folder| {
        path.strip_prefix(folder)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// For machines, and for who set the server up.
pub fn plain(status: StatusCode, text: &'static str) -> Response {
    answer(status, "text/plain; charset=utf-8", text)
}

fn as_problem(reason: Reason) -> Response {
    let told = parvis_federation::problem::told(reason.status(), reason.plain());
    kept_by_nobody(told)
}

pub fn answer(status: StatusCode, kind: &'static str, body: impl Into<Body>) -> Response {
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static(kind))];
    kept_by_nobody((status, kind, body.into()).into_response())
}

fn kept_by_nobody(mut answer: Response) -> Response {
    let never = HeaderValue::from_static("no-store");
    answer.headers_mut().insert(header::CACHE_CONTROL, never);
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(path: &str, accept: &'static str) -> Face {
        let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]);
        Asker::of(&path.parse().unwrap(), &headers).face
    }

    #[test]
    fn who_asks_shows_in_the_path_or_in_what_is_wanted() {
        assert_eq!(face("/api/v1/instance", "*/*"), Face::App);
        assert_eq!(face("/oauth", "text/html"), Face::App);
        assert_eq!(face("/.well-known/webfinger?resource=x", ""), Face::App);
        assert_eq!(face("/apiculture", "text/html"), Face::Person);
        assert_eq!(face("/a-propos", "text/html"), Face::Person);
        assert_eq!(face("/ap/inbox", "*/*"), Face::Server);
        assert_eq!(face("/@marie", "application/activity+json"), Face::Server);
    }

    #[test]
    fn every_reason_has_words_in_every_language() {
        for reason in [
            Reason::BadHost,
            Reason::UnknownTown,
            Reason::TooLarge,
            Reason::Broken,
            Reason::TooSlow,
            Reason::Away,
        ] {
            let (heading, what) = reason.keys();
            for (code, _) in Locale::all() {
                let locale = Locale::of(code);
                for key in [heading, what] {
                    let text = locale.text(key);
                    assert_ne!(text, key, "{code}");
                    assert!(
                        !text.contains(['<', '&']),
                        "goes into HTML as it is: {text}"
                    );
                }
            }
        }
    }
}
