//! One town's faces behind one router, with what all of them share: body limits, compression, the matched route for the log.
//! Holds no route of its own.

use std::{sync::Arc, time::Duration};

use axum::{
    Extension, Router,
    body::Body,
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

use crate::early::{Asker, Reason};

const MIB: usize = 1024 * 1024;
/// A form or a JSON document; the other servers' door counts more strictly by itself.
const DOCUMENT: usize = 2 * MIB;
/// A page's form with all its pictures.
const FORM_WITH_PICTURES: usize = limits::POST_PICTURES * limits::PICTURE_BYTES + 16 * MIB;
/// One file from an app with a picture of it, and what stands around them.
const UPLOAD: usize = limits::RECORDING_BYTES + limits::PICTURE_BYTES + 2 * MIB;
/// A sender that is silent for this long in the middle of a body is given up.
const SILENCE: Duration = Duration::from_secs(30);
/// Smaller answers gain nothing.
const WORTH_COMPRESSING: u64 = 1_024;

/// The router that answers for one town. `only_signed`: other servers must sign what they ask.
pub fn router(town: &Arc<Town>, federation: &Arc<Federation>, only_signed: bool) -> Router {
    let bounded = |multipart| middleware::from_fn_with_state(multipart, bound);
    let servers = federation.routes(only_signed).layer(bounded(DOCUMENT));
    let apps = parvis_api::routes().layer(bounded(UPLOAD));
    let negotiated = middleware::from_fn_with_state(federation.clone(), negotiate);
    let pages = parvis_web::routes()
        .layer(negotiated)
        .layer(bounded(FORM_WITH_PICTURES));
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
        .quality(CompressionLevel::Fastest)
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

/// Bounds a body in silence and in size: multipart bodies by `multipart`, all others as documents.
async fn bound(State(multipart): State<usize>, request: Request, next: Next) -> Response {
    let limit = if is_multipart(request.headers()) {
        multipart
    } else {
        DOCUMENT
    };
    if announced(request.headers()).is_some_and(|length| length > limit as u64) {
        return Asker::of(request.uri(), request.headers()).told(Reason::TooLarge);
    }
    let request = request.map(|body| {
        let patient = TimeoutBody::new(SILENCE, body);
        Body::new(Limited::new(patient, limit))
    });
    next.run(request).await
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
