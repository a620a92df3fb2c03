//! Files that the town keeps. Sent inert: with the type they were stored as, never as a page; whole or in the part that is
//! asked for, as players do. A picture has one address; browsers that say so get it as WebP, where it lies there.

use std::{io, sync::Arc};

use axum::{
    Extension,
    body::Body,
    extract::Path,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use parvis_town::{
    Town,
    media::{Content, Found, Part},
};

use crate::ranges::{self, Asked};

/// A key names one content for ever.
pub(crate) const FOR_EVER: HeaderValue =
    HeaderValue::from_static("public, max-age=31536000, immutable");
pub(crate) const INERT: HeaderValue =
    HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'");

pub async fn file(
    Extension(town): Extension<Arc<Town>>,
    Path(key): Path<String>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let sent = if asked_whole(&method, &headers) {
        sent_whole(&town, &key, &headers).await
    } else {
        sent_in_part(&town, &key, &method, &headers).await
    };
    match sent {
        Ok(Some(answer)) => answer,
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, key, town = town.host, "a kept file can't be read");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Most ask for all of a file: then one question to the storage is enough.
fn asked_whole(method: &Method, headers: &HeaderMap) -> bool {
    let conditions = [header::RANGE, header::IF_NONE_MATCH];
    method == Method::GET && !conditions.iter().any(|name| headers.contains_key(name))
}

async fn sent_whole(town: &Town, key: &str, headers: &HeaderMap) -> io::Result<Option<Response>> {
    let Some(stored) = town.media.open_for(key, reads_webp(headers)).await? else {
        return Ok(None);
    };
    let found = Found {
        key: stored.key,
        bytes: stored.bytes,
    };
    let head = head(found)?;
    Ok(Some(whole(head, found, in_pieces(stored.content))))
}

async fn sent_in_part(
    town: &Town,
    key: &str,
    method: &Method,
    headers: &HeaderMap,
) -> io::Result<Option<Response>> {
    let Some(found) = town.media.find_for(key, reads_webp(headers)).await? else {
        return Ok(None);
    };
    let (head, tag) = (head(found)?, tag(found)?);
    let known = headers.get_all(header::IF_NONE_MATCH).iter();
    if known.into_iter().any(|known| known == tag) {
        return Ok(Some((StatusCode::NOT_MODIFIED, head).into_response()));
    }
    if method == Method::HEAD {
        return Ok(Some(whole(head, found, Body::empty())));
    }
    let all = found.bytes;
    let part = match ranges::asked(headers, all, &tag) {
        Asked::Whole => {
            let stored = town.media.open(&found.key.to_string()).await?;
            return Ok(stored.map(|stored| whole(head, found, in_pieces(stored.content))));
        }
        Asked::Nothing => {
            let none = [(header::CONTENT_RANGE, format!("bytes */{all}"))];
            return Ok(Some(
                (StatusCode::RANGE_NOT_SATISFIABLE, none).into_response(),
            ));
        }
        Asked::Part { first, last } => Part { first, last },
    };
    let Part { first, last } = part;
    let about = [
        (header::CONTENT_LENGTH, (last - first + 1).to_string()),
        (header::CONTENT_RANGE, format!("bytes {first}-{last}/{all}")),
    ];
    let content = town.media.part(found, part).await?;
    Ok(content.map(|content| {
        (StatusCode::PARTIAL_CONTENT, head, about, in_pieces(content)).into_response()
    }))
}

/// Whether a browser says by name that it reads WebP. Apps that take anything get what the API told them.
fn reads_webp(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter();
    accepted
        .filter_map(|accepted| accepted.to_str().ok())
        .flat_map(|accepted| accepted.split(','))
        .any(|kind| {
            let (kind, weight) = kind.split_once(';').unwrap_or((kind, ""));
            kind.trim().eq_ignore_ascii_case("image/webp")
                && !matches!(weight.trim(), "q=0" | "q=0.0")
        })
}

fn tag(found: Found) -> io::Result<HeaderValue> {
    HeaderValue::from_str(&format!("\"{}\"", found.key)).map_err(io::Error::other)
}

fn head(found: Found) -> io::Result<HeaderMap> {
    let mut head = HeaderMap::new();
    head.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(found.key.file_type().mime()),
    );
    head.insert(header::CACHE_CONTROL, FOR_EVER);
    head.insert(header::CONTENT_SECURITY_POLICY, INERT);
    head.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    head.insert(header::ETAG, tag(found)?);
    if found.key.has_choice() {
        head.insert(header::VARY, HeaderValue::from_static("accept"));
    }
    // Other towns and their pages may show it.
    head.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("cross-origin"),
    );
    head.insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    Ok(head)
}

fn whole(head: HeaderMap, found: Found, body: Body) -> Response {
    let length = [(header::CONTENT_LENGTH, HeaderValue::from(found.bytes))];
    (head, length, body).into_response()
}

/// Sent as it is read: a slow reader holds one piece in memory, not the whole file.
fn in_pieces(content: Content) -> Body {
    Body::from_stream(stream::try_unfold(content, |mut content| async move {
        let piece = content.piece().await?;
        Ok::<_, io::Error>(piece.map(|piece| (piece, content)))
    }))
}
