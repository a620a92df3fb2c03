//! Streams as server-sent events (<https://html.spec.whatwg.org/multipage/server-sent-events.html>): one stream each.

use std::{convert::Infallible, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, stream};
use tokio::time::timeout;

use super::{Listener, Message, event, payload};

/// Between two signs of life while nothing happens.
const BEAT: Duration = Duration::from_secs(15);
/// Proxies send the head on with the first bytes only; these are Mastodon's.
const HELLO: &[u8] = b":)\n";
const THUMP: &[u8] = b":thump\n";

const HEADERS: [(HeaderName, HeaderValue); 3] = [
    (
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/event-stream"),
    ),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (
        HeaderName::from_static("x-accel-buffering"),
        HeaderValue::from_static("no"),
    ),
];

pub fn answer(listener: Listener) -> Response {
    let hello = stream::once(async { Ok::<_, Infallible>(Bytes::from_static(HELLO)) });
    let events = stream::unfold(listener, async |mut listener| {
        let said = match timeout(BEAT, listener.next()).await {
            Ok(message) => Bytes::from(lines(&listener, &message?)),
            Err(_silence) => Bytes::from_static(THUMP),
        };
        Some((Ok(said), listener))
    });
    (HEADERS, Body::from_stream(hello.chain(events))).into_response()
}

fn lines(listener: &Listener, message: &Message) -> String {
    let name = event(&message.news.what);
    // Apps know Mastodon's word for nothing.
    let payload = payload(listener.town(), &message.news).unwrap_or("undefined");
    format!("event: {name}\ndata: {payload}\n\n")
}
