//! Pictures that the town keeps. Sent inert: with the type they were stored as, never as a page.

use std::sync::Arc;

use axum::{
    Extension,
    body::{Body, Bytes},
    extract::Path,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use parvis_town::Town;
use tokio::{fs::File, io::AsyncReadExt};

/// A key names one content for ever.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Bytes read at once.
const PIECE: usize = 64 * 1024;
const INERT: HeaderValue =
    HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'");

pub async fn file(Extension(town): Extension<Arc<Town>>, Path(key): Path<String>) -> Response {
    match town.media.open(&key).await {
        Ok(Some(stored)) => {
            let head = [
                (header::CONTENT_TYPE, HeaderValue::from_static(stored.mime)),
                (header::CONTENT_LENGTH, HeaderValue::from(stored.bytes)),
                (header::CACHE_CONTROL, FOR_EVER),
                (header::CONTENT_SECURITY_POLICY, INERT),
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
            (head, in_pieces(stored.file)).into_response()
        }
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, key, town = town.host, "a kept file can't be read");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Sent as it is read: a slow reader holds one piece in memory, not the whole file.
fn in_pieces(file: File) -> Body {
    Body::from_stream(stream::try_unfold(file, |mut file| async move {
        let mut piece = vec![0; PIECE];
        let read = file.read(&mut piece).await?;
        piece.truncate(read);
        Ok::<_, std::io::Error>((read > 0).then(|| (Bytes::from(piece), file)))
    }))
}
