//! Why a request of another server was refused, in the body of the answer (RFC 9457, FEP-c180). Says only what the status
//! says, or what whoever refused put there; knows no town.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

const MEDIA_TYPE: HeaderValue = HeaderValue::from_static("application/problem+json");

#[derive(Debug, Serialize)]
struct Problem<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: &'a str,
}

/// A refusal with its reason.
pub fn told(status: StatusCode, why: &str) -> Response {
    instead(status.into_response(), why)
}

/// A refusal that says nothing, or nothing that a server could read, gets a body. A Tombstone stays what it is.
pub(crate) async fn described(answer: Response) -> Response {
    let status = answer.status();
    let is_refused = status.is_client_error() || status.is_server_error();
    if !is_refused || is_document(&answer) {
        return answer;
    }
    instead(answer, usual(status))
}

/// For machines everything is a document but a page or a bare line.
fn is_document(answer: &Response) -> bool {
    let kind = answer.headers().get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| !kind.starts_with("text/"))
}

/// The same status and headers, with the reason for a body.
fn instead(answer: Response, why: &str) -> Response {
    let (mut parts, _) = answer.into_parts();
    let problem = Problem {
        kind: kind(parts.status),
        title: title(parts.status),
        status: parts.status.as_u16(),
        detail: why,
    };
    let Ok(body) = serde_json::to_vec(&problem) else {
        return parts.status.into_response();
    };
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, MEDIA_TYPE);
    Response::from_parts(parts, Body::from(body))
}

/// FEP-c180 names few that are ours to say; all others are what their status is.
fn kind(status: StatusCode) -> &'static str {
    if status == StatusCode::TOO_MANY_REQUESTS {
        "https://w3id.org/fep/c180#rate-limit-exceeded"
    } else {
        "about:blank"
    }
}

fn title(status: StatusCode) -> &'static str {
    if status == StatusCode::TOO_MANY_REQUESTS {
        "Rate limit exceeded"
    } else {
        status.canonical_reason().unwrap_or("Refused")
    }
}

/// What is said where nobody said more. Of what may not be seen no more than of what never was.
fn usual(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => "the request cannot be read",
        StatusCode::UNAUTHORIZED => "the request must be signed",
        StatusCode::FORBIDDEN => "not for this server",
        StatusCode::NOT_FOUND => "nothing is here, or nothing for who asks",
        StatusCode::METHOD_NOT_ALLOWED => "this cannot be done here",
        StatusCode::GONE => "what was here is gone for good",
        StatusCode::SERVICE_UNAVAILABLE => "not now, please come back later",
        _ => "the request was not answered",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    async fn read(answer: Response) -> Value {
        assert_eq!(
            answer.headers()[header::CONTENT_TYPE],
            "application/problem+json"
        );
        let body = axum::body::to_bytes(answer.into_body(), 1_000).await;
        serde_json::from_slice(&body.unwrap()).unwrap()
    }

    #[tokio::test]
    async fn a_refusal_says_why_and_keeps_its_headers() {
        let bare = (StatusCode::UNAUTHORIZED, [("accept-signature", "x")]).into_response();
        let answer = described(bare).await;
        assert_eq!(answer.headers()["accept-signature"], "x");
        let expected = json!({"type": "about:blank", "title": "Unauthorized", "status": 401,
            "detail": "the request must be signed"});
        assert_eq!(read(answer).await, expected);
        let line = (StatusCode::BAD_REQUEST, "what is this?").into_response();
        assert_eq!(read(described(line).await).await["status"], 400);
        let often = read(told(StatusCode::TOO_MANY_REQUESTS, "too many keys")).await;
        assert_eq!(often["detail"], "too many keys");
        assert_eq!(
            often["type"],
            "https://w3id.org/fep/c180#rate-limit-exceeded"
        );
    }

    #[tokio::test]
    async fn what_says_something_already_stays_as_it_is() {
        let stone = [(header::CONTENT_TYPE, "application/activity+json")];
        for answer in [
            (StatusCode::GONE, stone, "{}").into_response(),
            (StatusCode::ACCEPTED, "").into_response(),
        ] {
            let kind = answer.headers()[header::CONTENT_TYPE].clone();
            let same = described(answer).await;
            assert_eq!(same.headers()[header::CONTENT_TYPE], kind);
        }
    }
}
