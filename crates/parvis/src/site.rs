//! One town's faces behind one router, with what all of them share: body limits, compression, the matched route for the log.
//! Holds no route of its own.

use std::{sync::Arc, time::Duration};

use axum::{
    Extension, Router,
    body::{Body, HttpBody},
    extract::{DefaultBodyLimit, MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, header},
    middleware::{self, Next},
    response::Response,
};
use http_body_util::Limited;
use parvis_federation::{Federation, routes::negotiate};
use parvis_model::limits;
use parvis_town::Town;
use tower_http::{
    CompressionLevel,
    compression::{
        CompressionLayer, Predicate,
        predicate::{NotForContentType, SizeAbove},
    },
    timeout::TimeoutBody,
};

use crate::{
    early::{Asker, Reason},
    settings::Settings,
    unread::Unread,
};

const MIB: usize = 1024 * 1024;
/// A form or a JSON document; the other servers' door counts more strictly by itself.
const DOCUMENT: usize = 2 * MIB;
/// One file from an app with a picture of it, and what stands around them.
const UPLOAD: usize = limits::RECORDING_BYTES + limits::PICTURE_BYTES + 2 * MIB;
/// A sender that is silent for this long in the middle of a body is given up.
const SILENCE: Duration = Duration::from_secs(30);
/// Of gzip, 1 to 9: a fifth smaller than with the least, for a third of a millisecond.
const EFFORT: CompressionLevel = CompressionLevel::Precise(5);
/// Smaller answers gain nothing.
const WORTH_COMPRESSING: u64 = 1_024;

/// The router that answers for one town.
pub fn router(town: &Arc<Town>, federation: &Arc<Federation>, settings: &Settings) -> Router {
    let bounded = |multipart, of_people| {
        let bounds = Bounds {
            multipart,
            of_people,
        };
        middleware::from_fn_with_state(bounds, bound)
    };
    let servers = federation.routes(settings.federation.only_signed);
    let servers = servers.layer(bounded(DOCUMENT, false));
    let apps = parvis_api::routes().layer(bounded(UPLOAD, true));
    let negotiated = middleware::from_fn_with_state(federation.clone(), negotiate);
    let pages = if settings.styleguide {
        parvis_web::routes_with_styleguide()
    } else {
        parvis_web::routes()
    };
    let pages = pages
        .layer(negotiated)
        .layer(bounded(parvis_web::LARGEST_FORM, true));
    finished(servers.merge(apps).merge(pages), town)
}

/// What every route of a town has around it.
pub fn finished(routes: Router, town: &Arc<Town>) -> Router {
    routes
        .layer(middleware::from_fn(tell_route))
        .layer(DefaultBodyLimit::disable())
        .layer(Extension(town.clone()))
        .layer(compression())
}

fn compression() -> CompressionLayer<impl Predicate> {
    let worth = SizeAbove::new(WORTH_COMPRESSING)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::SSE)
        .and(NotForContentType::new("audio/"))
        .and(NotForContentType::new("video/"))
        .and(NotForContentType::new("font/"));
    CompressionLayer::new()
        .gzip(true)
        .quality(EFFORT)
        .compress_when(worth)
}

/// The route's pattern travels out with the answer: it names no one, as a path would.
async fn tell_route(route: Option<MatchedPath>, request: Request, next: Next) -> Response {
    let mut answer = next.run(request).await;
    if let Some(route) = route {
        answer.extensions_mut().insert(route);
    }
    answer
}

#[derive(Clone, Copy)]
struct Bounds {
    /// Bytes of a multipart body. All others are documents.
    multipart: usize,
    /// Somebody is there who should read why it was refused.
    of_people: bool,
}

/// Bounds a body in silence and in size.
async fn bound(State(bounds): State<Bounds>, request: Request, next: Next) -> Response {
    let limit = if is_multipart(request.headers()) {
        bounds.multipart
    } else {
        DOCUMENT
    };
    let (parts, body) = request.into_parts();
    let has_body = !body.is_end_stream();
    let mut body = Body::new(TimeoutBody::new(SILENCE, body));
    if bounds.of_people && has_body {
        body = Body::new(Unread::new(body));
    }
    if announced(&parts.headers).is_some_and(|length| length > limit as u64) {
        return Asker::of(&parts.uri, &parts.headers).told(Reason::TooLarge);
    }
    let body = Body::new(Limited::new(body, limit));
    next.run(Request::from_parts(parts, body)).await
}

pub fn is_multipart(headers: &HeaderMap) -> bool {
    text(headers, header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("multipart/"))
}

fn announced(headers: &HeaderMap) -> Option<u64> {
    text(headers, header::CONTENT_LENGTH)?.parse().ok()
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}
