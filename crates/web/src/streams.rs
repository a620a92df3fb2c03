//! Pages that somebody looks at are told that something has come, as server-sent events
//! (<https://html.spec.whatwg.org/multipage/server-sent-events.html>). What it is they ask as any page does.

use std::{convert::Infallible, time::Duration};

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::{StreamExt, stream};
use parvis_town::streams::OpenPage;

use crate::{
    fault::Fault,
    page::{Answer, Page},
    visit,
};

/// Between two signs of life while nothing happens: seldom, since each wakes a phone.
const BEAT: Duration = Duration::from_secs(25);

const HEADERS: [(HeaderName, HeaderValue); 2] = [
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
    // Proxies send the head on with the first bytes only.
    let hello = stream::once(async { Ok::<_, Infallible>(Event::default().comment("hello")) });
    let news = stream::unfold(open, async |mut open| {
        open.next().await?;
        let said = Event::default().event("news").data("home");
        Some((Ok(said), open))
    });
    let beat = KeepAlive::new().interval(BEAT);
    let told = Sse::new(hello.chain(news)).keep_alive(beat);
    (HEADERS, told).into_response()
}
