//! The town as an app on a phone: its manifest (<https://www.w3.org/TR/appmanifest/>), what works without the network, and what
//! other apps share with it.

use askama::Template;
use aws_lc_rs::digest;
use axum::{
    extract::Path,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use crate::{
    anyone::Anyone,
    assets, colour,
    fault::Fault,
    frame::Frame,
    page::{Answer, Page, redirect},
};

const WORKER: &str = include_str!("../../../frontend/scripts/worker.js");
/// The worker asks only the town, and runs nothing else.
const WORKER_POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; connect-src 'self'");
const FRESH: HeaderValue = HeaderValue::from_static("public, no-cache");
const A_DAY: HeaderValue = HeaderValue::from_static("public, max-age=86400");
const AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");
/// Characters under an icon on a phone.
const SHORT: usize = 12;

#[derive(Template)]
#[template(path = "offline.html")]
struct OfflinePage<'a> {
    page: &'a Frame,
}

pub async fn manifest(anyone: Anyone) -> Response {
    let frame = &anyone.frame;
    let town = &frame.town;
    let icon = |size: &str, purpose: &str| {
        let name = format!("/icones/{purpose}-{size}.png");
        json!({"src": name, "sizes": format!("{size}x{size}"), "type": "image/png",
            "purpose": if purpose == "pleine" { "maskable" } else { "any" }})
    };
    let manifest = json!({
        "id": "/",
        "name": town.name,
        "short_name": town.name.chars().take(SHORT).collect::<String>().trim(),
        "description": town.summary,
        "lang": frame.lang(),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": colour::STONE,
        "theme_color": colour::of_town(town.hue),
        "icons": [
            icon("192", "simple"), icon("512", "simple"), icon("192", "pleine"), icon("512", "pleine"),
            {"src": assets::path("icon.svg"), "sizes": "any", "type": "image/svg+xml"},
        ],
        "shortcuts": [{"name": frame.t("write"), "url": "/ecrire"}, {"name": frame.t("nav-notices"), "url": "/avis"}],
        "share_target": {"action": "/partager", "method": "GET",
            "params": {"title": "titre", "text": "texte", "url": "lien"}},
    });
    let head = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/manifest+json; charset=utf-8"),
        ),
        (header::CACHE_CONTROL, AN_HOUR),
    ];
    (head, manifest.to_string()).into_response()
}

/// With the names of the files that the pages need now: other names make another worker, which browsers then fetch.
pub async fn worker(anyone: Anyone) -> Response {
    let theme = format!("/theme/{}.css", anyone.frame.town.hue);
    let mut files = assets::paths();
    files.push(theme);
    let files = json!(files).to_string();
    let hash = hex::encode(digest::digest(&digest::SHA256, files.as_bytes()));
    let text = format!(
        "const FILES = {files};\nconst VERSION = \"{}\";\n{WORKER}",
        &hash[..12]
    );
    let head = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/javascript; charset=utf-8"),
        ),
        (header::CACHE_CONTROL, FRESH),
        (header::CONTENT_SECURITY_POLICY, WORKER_POLICY),
    ];
    (head, text).into_response()
}

/// The arms alone, and on a ground of their own for phones that cut icons to a shape.
pub async fn icon(Path(name): Path<String>) -> Result<Response, Fault> {
    let bytes: &[u8] = match name.as_str() {
        "simple-192.png" => include_bytes!("../../../frontend/pictures/icon-192.png"),
        "simple-512.png" => include_bytes!("../../../frontend/pictures/icon-512.png"),
        "pleine-192.png" => include_bytes!("../../../frontend/pictures/icon-full-192.png"),
        "pleine-512.png" => include_bytes!("../../../frontend/pictures/icon-full-512.png"),
        _ => return Err(Fault::NotFound),
    };
    let head = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/png")),
        (header::CACHE_CONTROL, A_DAY),
    ];
    Ok((head, bytes).into_response())
}

/// Kept beforehand for when the network is away; the same for everybody.
pub async fn offline(anyone: Anyone) -> Answer {
    let page = OfflinePage {
        page: &anyone.frame,
    };
    let head = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (header::CACHE_CONTROL, FRESH),
    ];
    Ok((head, page.render()?).into_response())
}

/// What another app hands over becomes the beginning of a post.
pub async fn share(page: Page) -> Answer {
    let parts = ["titre", "texte", "lien"].map(|name| page.query.text(name));
    let mut text = String::new();
    for part in parts {
        // Many apps put the address into the text as well.
        if !part.is_empty() && !text.contains(part) {
            if !text.is_empty() {
                text.push_str("\n\n");
            }
            text.push_str(part);
        }
    }
    let text = utf8_percent_encode(&text, NON_ALPHANUMERIC);
    Ok(redirect(&format!("/ecrire?texte={text}")))
}
