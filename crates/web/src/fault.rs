//! How requests end badly, and the page each is told with. The one place where pages and statuses are matched to refusals.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use parvis_model::{
    limits,
    locale::Locale,
    refusal::{Kind, Refusal},
};
use parvis_town::{Error, Failure, Outcome, Town};

use crate::{
    frame::{Frame, Typed},
    page::{Page, bare_frame},
};

/// Seconds after which to try again when the database is away.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("30");

/// Why there is no page.
#[derive(Debug)]
pub enum Fault {
    NotFound,
    /// Not from one of our own pages, or from one of an earlier log-in.
    Stale,
    /// Written on this device by somebody else.
    NotAuthor,
    TooLarge,
    BadRequest,
    Method,
    /// First log in, then go on to this path.
    LogIn(String),
    Town(Failure),
}

/// What is gone, or may not be seen any more, is nothing.
pub fn unless_gone<T>(found: Outcome<T>) -> Outcome<Option<T>> {
    match found {
        Err(Failure::Refused(refusal)) if refusal.kind == Kind::NotFound => Ok(None),
        found => found.map(Some),
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        Self::Town(failure)
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self::Town(Failure::Refused(refusal))
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Town(Failure::Broken(error))
    }
}

impl From<askama::Error> for Fault {
    fn from(error: askama::Error) -> Self {
        Self::from(Error::Other(format!("template: {error}")))
    }
}

impl Fault {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Stale => StatusCode::FORBIDDEN,
            Self::NotAuthor => StatusCode::GONE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::LogIn(_) => StatusCode::SEE_OTHER,
            Self::Town(Failure::Refused(refusal)) => status_of(refusal.kind),
            Self::Town(Failure::Broken(error)) => status_of_broken(error),
        }
    }

    /// Would asking the database once more for the page around the words only take more time?
    fn is_unavailable(&self) -> bool {
        matches!(self, Self::Town(Failure::Broken(error)) if error.is_unavailable())
    }

    /// An answer of axum's own that is no page yet.
    fn unexplained(response: &Response) -> Option<Self> {
        let kind = response
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok());
        if kind.is_some_and(|kind| kind.starts_with("text/html")) {
            return None;
        }
        match response.status() {
            StatusCode::NOT_FOUND => Some(Self::NotFound),
            StatusCode::METHOD_NOT_ALLOWED => Some(Self::Method),
            StatusCode::PAYLOAD_TOO_LARGE => Some(Self::TooLarge),
            status if status.is_client_error() => Some(Self::BadRequest),
            _ => None,
        }
    }
}

pub fn status_of(kind: Kind) -> StatusCode {
    match kind {
        // A wrong password is a form to fill in again; 401 would ask for HTTP authentication.
        Kind::Invalid | Kind::Unauthenticated => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::Forbidden => StatusCode::FORBIDDEN,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::TooMany => StatusCode::TOO_MANY_REQUESTS,
    }
}

fn status_of_broken(error: &Error) -> StatusCode {
    if error.is_full() {
        StatusCode::INSUFFICIENT_STORAGE
    } else if error.is_unavailable() {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        StatusCode::INTERNAL_SERVER_ERROR
    }
}

impl IntoResponse for Fault {
    /// Only marks the answer; `shown` makes the page, since that needs the reader's language.
    fn into_response(self) -> Response {
        if let Self::LogIn(next) = &self {
            return Redirect::to(next).into_response();
        }
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// The same form again, with what was typed and what is wrong with it: here or, for a while, on our side. What no form can
/// mend stays a fault.
pub fn typed_again(
    failure: Failure,
    typed: Typed,
    locale: Locale,
) -> Result<(StatusCode, Typed), Fault> {
    match failure {
        Failure::Refused(refusal) if refusal.kind != Kind::NotFound => {
            let message = locale.refusal(&refusal);
            Ok((
                status_of(refusal.kind),
                typed.with_wrong(refusal.field, message),
            ))
        }
        Failure::Broken(error) if error.is_unavailable() => {
            tracing::error!(%error, "a form could not be saved");
            let (_, what) = words_of_broken(&error);
            Ok((
                status_of_broken(&error),
                typed.with_wrong(None, locale.text(what)),
            ))
        }
        other => Err(other.into()),
    }
}

pub async fn not_found() -> Fault {
    Fault::NotFound
}

pub async fn method() -> Fault {
    Fault::Method
}

#[derive(Template)]
#[template(path = "error.html")]
pub struct ErrorPage<'a> {
    pub page: &'a Frame,
    pub heading: String,
    pub what: String,
    pub operation: Option<String>,
}

/// Puts a page in the place of a marked answer; leaves all others alone.
pub async fn shown(response: Response, mut asked: Parts) -> Response {
    let marked = response.extensions().get::<Arc<Fault>>().cloned();
    let Some(fault) = marked.or_else(|| Fault::unexplained(&response).map(Arc::new)) else {
        return with_patience(response);
    };
    let operation = logged(&fault, &asked);
    let frame = if fault.is_unavailable() {
        bare_frame(&asked)
    } else {
        match Page::from_request_parts(&mut asked, &()).await {
            Ok(page) => Some(page.frame),
            Err(_) => bare_frame(&asked),
        }
    };
    let Some(frame) = frame else { return response };
    let (heading, what) = words(&fault, &frame);
    let page = ErrorPage {
        page: &frame,
        heading,
        what,
        operation,
    };
    let Ok(text) = page.render() else {
        return response;
    };
    let mut answer = (fault.status(), axum::response::Html(text)).into_response();
    if let Some(allow) = response.headers().get(header::ALLOW) {
        answer.headers_mut().insert(header::ALLOW, allow.clone());
    }
    with_patience(answer)
}

/// Says when to come back, where that makes sense.
fn with_patience(mut answer: Response) -> Response {
    if answer.status() == StatusCode::SERVICE_UNAVAILABLE {
        answer
            .headers_mut()
            .insert(header::RETRY_AFTER, RETRY_AFTER);
    }
    answer
}

/// What is broken is logged once; the number is all that the reader learns of it.
fn logged(fault: &Fault, asked: &Parts) -> Option<String> {
    let Fault::Town(Failure::Broken(error)) = fault else {
        return None;
    };
    let town = asked.extensions.get::<Arc<Town>>()?;
    let request = asked
        .headers
        .get("x-request-id")
        .and_then(|id| id.to_str().ok());
    let operation = request.map_or_else(|| format!("{:x}", town.ids.next()), str::to_owned);
    // No path: it may name a person. The request's own line has the route.
    tracing::error!(operation, town = town.host, %error, "a page is broken");
    Some(operation)
}

fn words(fault: &Fault, frame: &Frame) -> (String, String) {
    match fault {
        Fault::Town(Failure::Refused(refusal)) => {
            let what = frame.locale.refusal(refusal);
            let heading = match refusal.kind {
                Kind::NotFound => return both(frame, "error-not-found", "error-not-found-what"),
                Kind::Forbidden => "error-forbidden",
                Kind::TooMany => "error-too-many",
                Kind::Invalid | Kind::Unauthenticated => "error-invalid",
            };
            (frame.t(heading), what)
        }
        Fault::Town(Failure::Broken(error)) => {
            let (heading, what) = words_of_broken(error);
            both(frame, heading, what)
        }
        Fault::NotFound => both(frame, "error-not-found", "error-not-found-what"),
        Fault::Stale => both(frame, "error-stale", "error-stale-what"),
        Fault::NotAuthor => both(frame, "error-not-author", "error-not-author-what"),
        Fault::Method => both(frame, "error-method", "error-method-what"),
        Fault::TooLarge => {
            let limit = limits::PICTURE_BYTES / 1024 / 1024;
            (
                frame.t("error-too-large"),
                frame.tw("error-too-large-what", "size", limit),
            )
        }
        Fault::BadRequest | Fault::LogIn(_) => {
            both(frame, "error-bad-request", "error-bad-request-what")
        }
    }
}

/// Heading and text of what is wrong on our side.
fn words_of_broken(error: &Error) -> (&'static str, &'static str) {
    if error.is_full() {
        ("error-full", "error-full-what")
    } else if error.is_unavailable() {
        ("error-unavailable", "error-unavailable-what")
    } else {
        ("error-broken", "error-broken-what")
    }
}

fn both(frame: &Frame, heading: &str, what: &str) -> (String, String) {
    (frame.t(heading), frame.t(what))
}
