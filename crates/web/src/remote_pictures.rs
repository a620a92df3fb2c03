//! Pictures of other servers at addresses of ours, inert like those the town keeps itself. Fetches nothing.

use std::sync::Arc;

use axum::{
    Extension,
    extract::Path,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use parvis_town::{
    Town,
    remote_pictures::{self, Name, Opened},
};

use crate::media::{FOR_EVER, INERT};

/// What is not to be had now may be so later.
const NOT_KEPT: HeaderValue = HeaderValue::from_static("no-store");
/// Seconds.
const SOON: HeaderValue = HeaderValue::from_static("10");

pub async fn picture(
    Extension(town): Extension<Arc<Town>>,
    Path((kind, of, seal)): Path<(String, String, String)>,
) -> Response {
    let Some(name) = Name::parse(&kind, &of, &seal) else {
        return missing();
    };
    match remote_pictures::open(&town, name).await {
        Ok(Opened::Picture(picture)) => {
            let head = [
                (header::CONTENT_TYPE, HeaderValue::from_static(picture.mime)),
                (header::CACHE_CONTROL, FOR_EVER),
                (header::CONTENT_SECURITY_POLICY, INERT),
                // Apps that run in a browser show it too.
                (
                    HeaderName::from_static("cross-origin-resource-policy"),
                    HeaderValue::from_static("cross-origin"),
                ),
                (
                    header::ACCESS_CONTROL_ALLOW_ORIGIN,
                    HeaderValue::from_static("*"),
                ),
            ];
            (head, picture.bytes).into_response()
        }
        Ok(Opened::Nothing) => missing(),
        Ok(Opened::Busy) => (
            StatusCode::SERVICE_UNAVAILABLE,
            [
                (header::CACHE_CONTROL, NOT_KEPT),
                (header::RETRY_AFTER, SOON),
            ],
        )
            .into_response(),
        Err(error) => {
            tracing::error!(%error, town = town.host, "a picture of another server can't be shown");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn missing() -> Response {
    (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, NOT_KEPT)]).into_response()
}
