//! Pages that somebody looks at are told that something has come, as server-sent events
//! (<https://html.spec.whatwg.org/multipage/server-sent-events.html>). What it is they ask as any page does.

use std::{convert::Infallible, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, stream};
use parvis_town::streams::OpenPage;
use tokio::time::timeout;

use crate::{
    fault::Fault,
    page::{Answer, Page},
    visit,
};

/// Between two signs of life while nothing happens: seldom, since each wakes a phone.
const BEAT: Duration = Duration::from_secs(25);
/// Proxies send the head on with the first bytes only.
const HELLO: &[u8] = b":)\n";
const THUMP: &[u8] = b":\n";
const NEWS: &[u8] = b"event: news\ndata: home\n\n";

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

/// Tells that something has come to one's home. To a browser in which nobody is logged in (any more) it says not to ask again.
pub async fn home(page: Page, headers: HeaderMap) -> Answer {
    let (Some(user), Some(session)) = (&page.user, &page.session) else {
        return Ok(StatusCode::NO_CONTENT.into_response());
    };
    if !visit::is_own(&headers, &page.town.origin) {
        return Err(Fault::Stale);
    }
    let open = OpenPage::open(&page.town, user.account, session.id).await?;
    Ok(told(open))
}

fn told(open: OpenPage) -> Response {
    let hello = stream::once(async { Ok::<_, Infallible>(Bytes::from_static(HELLO)) });
    let news = stream::unfold(open, async |mut open| {
        let said = match timeout(BEAT, open.next()).await {
            Ok(came) => {
                came?;
                NEWS
            }
            Err(_silence) => THUMP,
        };
        Some((Ok(Bytes::from_static(said)), open))
    });
    (HEADERS, Body::from_stream(hello.chain(news))).into_response()
}
