//! Files that the town keeps. Sent inert: with the type they were stored as, never as a page; whole or in the part that is
//! asked for, as players do.

use std::{io::SeekFrom, sync::Arc};

use axum::{
    Extension,
    body::{Body, Bytes},
    extract::Path,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use parvis_town::{Town, media::Stored};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncSeekExt as _};

use crate::ranges::{self, Asked};

/// A key names one content for ever.
pub(crate) const FOR_EVER: HeaderValue =
    HeaderValue::from_static("public, max-age=31536000, immutable");
/// Bytes read at once.
const PIECE: usize = 64 * 1024;
pub(crate) const INERT: HeaderValue =
    HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'");

pub async fn file(
    Extension(town): Extension<Arc<Town>>,
    Path(key): Path<String>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let sent = match town.media.open(&key).await {
        Ok(Some(stored)) => sent(stored, &method, &headers).await,
        Ok(None) => return StatusCode::NOT_FOUND.into_response(),
        Err(error) => Err(error),
    };
    sent.unwrap_or_else(|error| {
        tracing::error!(%error, key, town = town.host, "a kept file can't be read");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    })
}

async fn sent(
    mut stored: Stored,
    method: &Method,
    headers: &HeaderMap,
) -> std::io::Result<Response> {
    let tag = format!("\"{}\"", stored.key);
    let tag = HeaderValue::from_str(&tag).map_err(std::io::Error::other)?;
    let known = headers.get_all(header::IF_NONE_MATCH).iter();
    if known.into_iter().any(|known| known == tag) {
        let head = [(header::ETAG, tag), (header::CACHE_CONTROL, FOR_EVER)];
        return Ok((StatusCode::NOT_MODIFIED, head).into_response());
    }
    // Only GET knows parts.
    let asked = if method == Method::GET {
        ranges::asked(headers, stored.bytes, &tag)
    } else {
        Asked::Whole
    };
    let head = [
        (header::CONTENT_TYPE, HeaderValue::from_static(stored.mime)),
        (header::CACHE_CONTROL, FOR_EVER),
        (header::CONTENT_SECURITY_POLICY, INERT),
        (header::ACCEPT_RANGES, HeaderValue::from_static("bytes")),
        (header::ETAG, tag),
        // Other towns and their pages may show it.
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            HeaderValue::from_static("cross-origin"),
        ),
        (
            header::ACCESS_CONTROL_ALLOW_ORIGIN,
            HeaderValue::from_static("*"),
        ),
    ];
    let all = stored.bytes;
    Ok(match asked {
        Asked::Whole => {
            let length = [(header::CONTENT_LENGTH, HeaderValue::from(all))];
            (head, length, in_pieces(stored.file)).into_response()
        }
        Asked::Part { first, last } => {
            stored.file.seek(SeekFrom::Start(first)).await?;
            let length = last - first + 1;
            let part = [
                (header::CONTENT_LENGTH, length.to_string()),
                (header::CONTENT_RANGE, format!("bytes {first}-{last}/{all}")),
            ];
            let body = in_pieces(stored.file.take(length));
            (StatusCode::PARTIAL_CONTENT, head, part, body).into_response()
        }
        Asked::Nothing => {
            let none = [(header::CONTENT_RANGE, format!("bytes */{all}"))];
            (StatusCode::RANGE_NOT_SATISFIABLE, none).into_response()
        }
    })
}

/// Sent as it is read: a slow reader holds one piece in memory, not the whole file.
fn in_pieces(file: impl AsyncRead + Send + Unpin + 'static) -> Body {
    Body::from_stream(stream::try_unfold(file, |mut file| async move {
        let mut piece = vec![0; PIECE];
        let read = file.read(&mut piece).await?;
        piece.truncate(read);
        Ok::<_, std::io::Error>((read > 0).then(|| (Bytes::from(piece), file)))
    }))
}
