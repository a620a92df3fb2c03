//! How requests end badly: the one place where refusals and errors become statuses and `{"error": …}`
//! (<https://docs.joinmastodon.org/entities/Error/>).

use std::sync::Arc;

use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use parvis_model::{
    locale::Locale,
    refusal::{Kind, Refusal},
};
use parvis_town::{Error, Failure, Town};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    answer::JSON,
    sign_up::{Details, details},
};

/// Apps compare these texts, so they are Mastodon's own in every language.
const BAD_TOKEN: &str = "The access token is invalid";
const OUTSIDE_SCOPES: &str = "This action is outside the authorized scopes";
const NOBODY_BEHIND: &str = "This method requires an authenticated user";
const SUSPENDED: &str = "Your login is currently disabled";
const NOTHING_TO_CONFIRM: &str =
    "This method is only available while the e-mail is awaiting confirmation";
const WAITING: &str = "Your login is currently pending approval";
const NOT_FOUND: &str = "Record not found";
/// Seconds after which to try again when the database is away.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("30");

/// Why there is no good answer.
#[derive(Debug)]
pub enum Fault {
    /// No token, or one that opens nothing.
    BadToken,
    OutsideScopes,
    /// The token is an app's own, and this needs a person.
    NobodyBehind,
    /// The resident behind the token may not come in (any more).
    Suspended,
    /// The resident behind the token waits for the town's yes.
    Waiting,
    /// No address waits to be confirmed.
    NothingToConfirm,
    NotFound,
    Method,
    TooLarge,
    UnknownBody,
    /// Not even readable.
    Malformed,
    /// Readable, but a parameter does not fit; the text is for developers of apps.
    Unprocessable(String),
    /// A sign-up does not fit, in one thing or several.
    Newcomer(Vec<Refusal>),
    Town(Failure),
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        Self::Town(failure)
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self::Town(refusal.into())
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Town(error.into())
    }
}

impl Fault {
    pub fn status(&self) -> StatusCode {
        match self {
            Self::BadToken => StatusCode::UNAUTHORIZED,
            Self::OutsideScopes | Self::Suspended | Self::Waiting | Self::NothingToConfirm => {
                StatusCode::FORBIDDEN
            }
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnknownBody => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::NobodyBehind | Self::Unprocessable(_) | Self::Newcomer(_) => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::Town(Failure::Refused(refusal)) => status_of(refusal.kind),
            Self::Town(Failure::Broken(error)) if error.is_full() => {
                StatusCode::INSUFFICIENT_STORAGE
            }
            Self::Town(Failure::Broken(error)) if error.is_unavailable() => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::Town(Failure::Broken(_)) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    pub fn words(&self, locale: Locale) -> String {
        match self {
            Self::BadToken => BAD_TOKEN.into(),
            Self::OutsideScopes => OUTSIDE_SCOPES.into(),
            Self::NobodyBehind => NOBODY_BEHIND.into(),
            Self::Suspended => SUSPENDED.into(),
            Self::Waiting => WAITING.into(),
            Self::NothingToConfirm => NOTHING_TO_CONFIRM.into(),
            Self::NotFound => NOT_FOUND.into(),
            Self::Method => locale.text("error-method"),
            Self::TooLarge => locale.text("error-too-large"),
            Self::UnknownBody | Self::Malformed => locale.text("error-bad-request"),
            Self::Unprocessable(what) => format!("Validation failed: {what}"),
            Self::Newcomer(problems) => {
                let each: Vec<String> = problems.iter().map(|it| locale.refusal(it)).collect();
                format!("Validation failed: {}", each.join(" "))
            }
            Self::Town(Failure::Refused(refusal)) if refusal.kind == Kind::NotFound => {
                NOT_FOUND.into()
            }
            Self::Town(Failure::Refused(refusal)) => locale.refusal(refusal),
            Self::Town(Failure::Broken(error)) if error.is_full() => locale.text("error-full-what"),
            Self::Town(Failure::Broken(error)) if error.is_unavailable() => {
                locale.text("error-unavailable-what")
            }
            Self::Town(Failure::Broken(_)) => locale.text("error-broken-what"),
        }
    }

    fn details(&self, locale: Locale) -> Option<Details> {
        match self {
            Self::Newcomer(problems) => Some(details(problems, locale)),
            _ => None,
        }
    }

    /// For an answer of the router itself, which has no words.
    fn of_status(status: StatusCode) -> Option<Self> {
        match status {
            StatusCode::NOT_FOUND => Some(Self::NotFound),
            StatusCode::METHOD_NOT_ALLOWED => Some(Self::Method),
            StatusCode::PAYLOAD_TOO_LARGE => Some(Self::TooLarge),
            status if status.is_client_error() => Some(Self::Malformed),
            _ => None,
        }
    }
}

fn status_of(kind: Kind) -> StatusCode {
    match kind {
        Kind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
        Kind::Forbidden => StatusCode::FORBIDDEN,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::TooMany => StatusCode::TOO_MANY_REQUESTS,
    }
}

impl IntoResponse for Fault {
    /// Only marks the answer; [`told`] finds the words, since they depend on the reader's language.
    fn into_response(self) -> Response {
        let mut answer = self.status().into_response();
        answer.extensions_mut().insert(Arc::new(self));
        answer
    }
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Error")]
pub struct Words {
    error: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<Details>,
    /// To be named when talking to the people who run the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<String>,
}

/// Puts words into marked answers and into those of the router; leaves all others alone.
pub async fn told(request: Request, next: Next) -> Response {
    let accepted = request.headers().get(header::ACCEPT_LANGUAGE).cloned();
    let town = request.extensions().get::<Arc<Town>>().cloned();
    let mut answer = next.run(request).await;
    let marked = answer.extensions_mut().remove::<Arc<Fault>>();
    let wordless = answer.headers().get(header::CONTENT_TYPE) != Some(&JSON);
    let of_router = || {
        Fault::of_status(answer.status())
            .filter(|_| wordless)
            .map(Arc::new)
    };
    let Some(fault) = marked.or_else(of_router) else {
        return answer;
    };
    let operation = town.and_then(|town| logged(&fault, &town));
    let locale = locale_of(accepted.as_ref());
    let words = Words {
        error: fault.words(locale),
        details: fault.details(locale),
        operation,
    };
    let mut told = (fault.status(), axum::Json(words)).into_response();
    let headers = told.headers_mut();
    headers.extend(
        answer
            .headers()
            .get(header::ALLOW)
            .map(|it| (header::ALLOW, it.clone())),
    );
    for name in crate::gate::RATE_HEADERS {
        headers.extend(answer.headers().get(&name).map(|it| (name, it.clone())));
    }
    headers.insert(header::CONTENT_TYPE, JSON);
    if fault.status() == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(header::RETRY_AFTER, RETRY_AFTER);
    }
    if matches!(*fault, Fault::BadToken) {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    told
}

/// English where an app does not say what its reader speaks, as apps expect.
fn locale_of(accepted: Option<&HeaderValue>) -> Locale {
    match accepted.and_then(|value| value.to_str().ok()) {
        Some(accepted) => Locale::negotiate(None, Some(accepted)),
        None => Locale::of("en"),
    }
}

/// What is broken is logged once; the number is all that the app learns of it.
fn logged(fault: &Fault, town: &Town) -> Option<String> {
    let Fault::Town(Failure::Broken(error)) = fault else {
        return None;
    };
    let operation = format!("{:x}", town.ids.next());
    tracing::error!(operation, town = town.host, %error, "an answer to an app is broken");
    Some(operation)
}
