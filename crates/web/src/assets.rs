//! Styles, scripts and pictures of the pages: embedded, named by their content, compressed once, kept by browsers for a year.

use std::{collections::HashMap, io::Write, sync::LazyLock};

use aws_lc_rs::digest;
use axum::{
    body::Bytes,
    extract::Path,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use flate2::{Compression, write::GzEncoder};

use crate::fault::Fault;

const A_YEAR: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// For what may change with the program and has no fingerprint.
const A_DAY: HeaderValue = HeaderValue::from_static("public, max-age=86400");
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// In the order of their cascade layers.
const STYLES: &str = concat!(
    include_str!("../../../frontend/styles/tokens.css"),
    include_str!("../../../frontend/styles/base.css"),
    include_str!("../../../frontend/styles/layout.css"),
    include_str!("../../../frontend/styles/components/frame.css"),
    include_str!("../../../frontend/styles/components/card.css"),
    include_str!("../../../frontend/styles/components/buttons.css"),
    include_str!("../../../frontend/styles/components/forms.css"),
    include_str!("../../../frontend/styles/components/post.css"),
    include_str!("../../../frontend/styles/components/compose.css"),
    include_str!("../../../frontend/styles/components/poll.css"),
    include_str!("../../../frontend/styles/components/quote.css"),
    include_str!("../../../frontend/styles/components/preview.css"),
    include_str!("../../../frontend/styles/components/people.css"),
    include_str!("../../../frontend/styles/components/notices.css"),
    include_str!("../../../frontend/styles/components/chat.css"),
    include_str!("../../../frontend/styles/components/filters.css"),
    include_str!("../../../frontend/styles/components/appearance.css"),
    include_str!("../../../frontend/styles/components/timelines.css"),
    include_str!("../../../frontend/styles/components/account.css"),
    include_str!("../../../frontend/styles/components/public.css"),
    include_str!("../../../frontend/styles/utilities.css"),
    include_str!("../../../frontend/styles/print.css"),
);

const SOURCES: &[(&str, &str, &str)] = &[
    ("parvis.css", CSS, STYLES),
    (
        "compose.js",
        JS,
        include_str!("../../../frontend/scripts/compose.js"),
    ),
    (
        "attach.js",
        JS,
        include_str!("../../../frontend/scripts/attach.js"),
    ),
    (
        "suggest.js",
        JS,
        include_str!("../../../frontend/scripts/suggest.js"),
    ),
    (
        "news.js",
        JS,
        include_str!("../../../frontend/scripts/news.js"),
    ),
    (
        "pictures.js",
        JS,
        include_str!("../../../frontend/scripts/pictures.js"),
    ),
    (
        "app.js",
        JS,
        include_str!("../../../frontend/scripts/app.js"),
    ),
    (
        "icon.svg",
        SVG,
        include_str!("../../../frontend/icons/icon.svg"),
    ),
];

static ASSETS: LazyLock<HashMap<&str, Asset>> = LazyLock::new(|| {
    SOURCES
        .iter()
        .map(|(name, mime, text)| (*name, Asset::new(name, mime, text)))
        .collect()
});

struct Asset {
    /// `parvis-3f9a….css`
    fingerprinted: String,
    mime: &'static str,
    plain: Bytes,
    gzip: Bytes,
    brotli: Bytes,
}

impl Asset {
    fn new(name: &str, mime: &'static str, text: &'static str) -> Self {
        let hash = hex::encode(digest::digest(&digest::SHA256, text.as_bytes()));
        let (stem, ending) = name.split_once('.').unwrap_or((name, ""));
        Self {
            fingerprinted: format!("{stem}-{}.{ending}", &hash[..12]),
            mime,
            plain: Bytes::from_static(text.as_bytes()),
            gzip: gzip(text.as_bytes()),
            brotli: brotli(text.as_bytes()),
        }
    }
}

/// An empty result means that it could not be compressed; the plain one is sent then.
fn gzip(text: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let written = encoder.write_all(text).and_then(|()| encoder.finish());
    written.map(Bytes::from).unwrap_or_default()
}

fn brotli(text: &[u8]) -> Bytes {
    let mut packed = Vec::new();
    let settings = brotli::enc::BrotliEncoderParams {
        quality: 11,
        ..Default::default()
    };
    match brotli::BrotliCompress(&mut &text[..], &mut packed, &settings) {
        Ok(_) => packed.into(),
        Err(_) => Bytes::new(),
    }
}

/// Where a page finds an asset.
pub fn path(name: &str) -> String {
    ASSETS
        .get(name)
        .map(|asset| format!("/assets/{}", asset.fingerprinted))
        .unwrap_or_default()
}

/// Where all of them are, in no order that changes.
pub fn paths() -> Vec<String> {
    SOURCES.iter().map(|(name, ..)| path(name)).collect()
}

#[cfg(test)]
pub fn plain(name: &str) -> &'static str {
    SOURCES
        .iter()
        .find(|source| source.0 == name)
        .map_or("", |source| source.2)
}

pub async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Result<Response, Fault> {
    let asset = ASSETS
        .values()
        .find(|asset| asset.fingerprinted == name)
        .ok_or(Fault::NotFound)?;
    let wanted = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|it| it.to_str().ok())
        .unwrap_or_default();
    let packed = [("br", &asset.brotli), ("gzip", &asset.gzip)];
    let packed = packed
        .into_iter()
        .find(|(name, bytes)| accepts(wanted, name) && !bytes.is_empty());
    let mut response = packed
        .map_or(&asset.plain, |(_, bytes)| bytes)
        .clone()
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
    ];
    (head, bytes).into_response()
}

/// The one colour of a town, as a style sheet of its own since pages may hold no styles.
pub async fn theme(Path(name): Path<String>) -> Result<Response, Fault> {
    let hue: u16 = name
        .strip_suffix(".css")
        .and_then(|hue| hue.parse().ok())
        .ok_or(Fault::NotFound)?;
    if hue > 360 {
        return Err(Fault::NotFound);
    }
    let head = [
        (header::CONTENT_TYPE, HeaderValue::from_static(CSS)),
        (header::CACHE_CONTROL, A_YEAR),
    ];
    Ok((
        head,
        format!("@layer tokens {{ :root {{ --town-hue: {hue}; }} }}\n"),
    )
        .into_response())
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

    #[test]
    fn an_encoding_is_used_only_when_wanted() {
        assert!(accepts("gzip, deflate, br;q=0.9", "br"));
        assert!(!accepts("gzip, br;q=0", "br"));
        assert!(!accepts("", "gzip"));
    }
}
