//! Good answers: JSON, written once.

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use parvis_town::Error;
use serde::Serialize;

use crate::fault::Fault;

pub type Answer = Result<Response, Fault>;

pub const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
/// A page of posts seldom takes less.
const USUAL: usize = 32 * 1024;

pub fn json(value: &impl Serialize) -> Answer {
    let mut text = Vec::with_capacity(USUAL);
    serde_json::to_writer(&mut text, value)
        .map_err(|err| Error::Other(format!("an answer could not be written: {err}")))?;
    let mut answer = Body::from(text).into_response();
    answer.headers_mut().insert(header::CONTENT_TYPE, JSON);
    Ok(answer)
}

/// There is nothing to say but that it is done.
pub fn done() -> Answer {
    json(&serde_json::Map::<String, serde_json::Value>::new())
}
