//! Styles, scripts and pictures of the pages: embedded, named by their content and compressed when the program is built (build.rs),
//! kept by browsers for a year.

use axum::{
    extract::Path,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};

use crate::{colour, fault::Fault};

const A_YEAR: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// For what may change with the program and has no fingerprint.
const A_DAY: HeaderValue = HeaderValue::from_static("public, max-age=86400");
const CSS: &str = "text/css; charset=utf-8";

struct Asset {
    name: &'static str,
    /// `parvis-3f9a….css`
    fingerprinted: &'static str,
    mime: &'static str,
    plain: &'static str,
    gzip: &'static [u8],
    brotli: &'static [u8],
}

static ASSETS: &[Asset] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// Where a page finds an asset.
pub fn path(name: &str) -> String {
    ASSETS
        .iter()
        .find(|asset| asset.name == name)
        .map(Asset::path)
        .unwrap_or_default()
}

/// Where all of them are, in no order that changes.
pub fn paths() -> Vec<String> {
    ASSETS.iter().map(Asset::path).collect()
}

impl Asset {
    fn path(&self) -> String {
        format!("/assets/{}", self.fingerprinted)
    }
}

#[cfg(test)]
pub fn plain(name: &str) -> &'static str {
    let asset = ASSETS.iter().find(|asset| asset.name == name);
    asset.map_or("", |asset| asset.plain)
}

pub async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Result<Response, Fault> {
    let asset = ASSETS
        .iter()
        .find(|asset| asset.fingerprinted == name)
        .ok_or(Fault::NotFound)?;
    let wanted = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|it| it.to_str().ok())
        .unwrap_or_default();
    let packed = [("br", asset.brotli), ("gzip", asset.gzip)]
        .into_iter()
        .find(|(name, _)| accepts(wanted, name));
    let mut response = packed
        .map_or(asset.plain.as_bytes(), |(_, bytes)| bytes)
        .into_response();
    let head = response.headers_mut();
    head.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.mime));
    head.insert(header::CACHE_CONTROL, A_YEAR);
    head.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if let Some((name, _)) = packed {
        head.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
    }
    Ok(response)
}

fn accepts(wanted: &str, encoding: &str) -> bool {
    wanted.split(',').any(|one| {
        let mut parts = one.trim().split(';');
        let refused = parts
            .clone()
            .any(|part| matches!(part.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
        parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case(encoding))
            && !refused
    })
}

/// What apps are told to show where an account has no picture.
pub async fn avatar() -> Response {
    png(include_bytes!(
        "../../../frontend/pictures/avatar-default.png"
    ))
}

/// The same for an account without a banner.
pub async fn header_picture() -> Response {
    png(include_bytes!(
        "../../../frontend/pictures/header-default.png"
    ))
}

/// The same for the town itself.
pub async fn thumbnail() -> Response {
    png(include_bytes!(
        "../../../frontend/pictures/thumbnail-default.png"
    ))
}

fn png(bytes: &'static [u8]) -> Response {
    let head = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/png")),
        (header::CACHE_CONTROL, A_DAY),
        // Apps in browsers draw it from their own origins.
        (
            header::ACCESS_CONTROL_ALLOW_ORIGIN,
            HeaderValue::from_static("*"),
        ),
    ];
    (head, bytes).into_response()
}

/// The one colour of a town, as a style sheet of its own since pages may hold no styles.
pub async fn theme(Path(name): Path<String>) -> Result<Response, Fault> {
    let theme = name.strip_suffix(".css").ok_or(Fault::NotFound)?;
    let sheet = colour::sheet(theme).ok_or(Fault::NotFound)?;
    let kept = if colour::is_own(theme) { A_DAY } else { A_YEAR };
    let head = [
        (header::CONTENT_TYPE, HeaderValue::from_static(CSS)),
        (header::CACHE_CONTROL, kept),
    ];
    Ok((head, sheet).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn assets_are_small_and_kept_for_a_year() {
        let name = path("parvis.css");
        let name = name.strip_prefix("/assets/").unwrap();
        let headers: HeaderMap = [(
            header::ACCEPT_ENCODING,
            HeaderValue::from_static("gzip, br"),
        )]
        .into_iter()
        .collect();
        let response = asset(Path(name.to_owned()), headers).await.unwrap();
        assert_eq!(response.headers()[header::CONTENT_ENCODING], "br");
        assert_eq!(response.headers()[header::CACHE_CONTROL], A_YEAR);
        let size = axum::body::to_bytes(response.into_body(), usize::MAX)
            .await
            .unwrap()
            .len();
        assert!(size < 12_000, "{size} bytes of styles");
    }

    #[tokio::test]
    async fn what_the_program_makes_of_a_colour_is_not_kept_for_longer_than_a_day() {
        for (name, kept) in [("0f5132.css", A_DAY), ("163.css", A_YEAR)] {
            let response = theme(Path(name.to_owned())).await.unwrap();
            assert_eq!(response.headers()[header::CACHE_CONTROL], kept, "{name}");
        }
    }

    #[test]
    fn an_encoding_is_used_only_when_wanted() {
        assert!(accepts("gzip, deflate, br;q=0.9", "br"));
        assert!(!accepts("gzip, br;q=0", "br"));
        assert!(!accepts("", "gzip"));
    }
}
