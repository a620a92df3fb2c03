//! The town as an app on a phone: its manifest (<https://www.w3.org/TR/appmanifest/>), what works without the network, and what
//! other apps share with it.

use askama::Template;
use aws_lc_rs::digest;
use axum::{
    extract::Path,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use parvis_town::Profile;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::{
    anyone::Anyone,
    asked::Asked,
    assets, colour,
    fault::Fault,
    frame::Frame,
    page::{Answer, Page, html, redirect},
    write,
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

/// What was written without a network; which that is, only the device knows, and whose, only the town.
#[derive(Template)]
#[template(path = "waiting.html")]
struct WaitingPage<'a> {
    page: &'a Frame,
}

pub async fn manifest(anyone: Anyone) -> Response {
    let frame = &anyone.frame;
    let town = &frame.town;
    let kinds = write::Composing::KINDS.split(',');
    let pictures: Vec<&str> = kinds.filter(|kind| kind.starts_with("image/")).collect();
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
        "theme_color": colour::of_town(town),
        "icons": icons(town),
        "shortcuts": [{"name": frame.t("write"), "url": "/ecrire"}, {"name": frame.t("nav-notices"), "url": "/avis"}],
        "share_target": {"action": "/partager", "method": "POST", "enctype": "multipart/form-data",
            "params": {"title": "titre", "text": "texte", "url": "lien", "files": [{"name": "images", "accept": pictures}]}},
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

/// The arms of the town where it has any: on their ground they serve phones that cut icons to a shape, too.
fn icons(town: &Profile) -> Vec<Value> {
    let icon = |address: &str, side: u32, purpose: &str| json!({"src": address, "sizes": format!("{side}x{side}"), "type": "image/png", "purpose": purpose});
    if let Some(arms) = &town.look.arms {
        let both = [&arms.small_icon, &arms.icon]
            .into_iter()
            .flat_map(|it| ["any", "maskable"].map(|purpose| icon(&it.path(), it.width, purpose)));
        return both.collect();
    }
    let ours = [("simple", "any"), ("pleine", "maskable")];
    let ours = ours.into_iter().flat_map(|(name, purpose)| {
        [192, 512].map(|side| icon(&format!("/icones/{name}-{side}.png"), side, purpose))
    });
    let drawn = json!({"src": assets::path("icon.svg"), "sizes": "any", "type": "image/svg+xml"});
    ours.chain([drawn]).collect()
}

/// With the names of the files that the pages need now. Other names, or other words on what is kept beforehand, make another
/// worker, which browsers then fetch.
pub async fn worker(anyone: Anyone) -> Answer {
    let (page, town) = (&anyone.frame, &anyone.frame.town);
    let mut files = assets::paths();
    files.push(format!("/theme/{}.css", page.theme()));
    files.extend(town.look.arms.as_ref().map(|arms| arms.picture.path()));
    let files = json!(files).to_string();
    // What has no fingerprint in its name.
    let sheet = colour::sheet(&page.theme()).unwrap_or_default();
    let (offline, waiting) = (
        OfflinePage { page }.render()?,
        WaitingPage { page }.render()?,
    );
    let kept = [files.as_str(), &sheet, &offline, &waiting].concat();
    let hash = hex::encode(digest::digest(&digest::SHA256, kept.as_bytes()));
    let text = format!(
        "const FILES = {files};\nconst VERSION = \"{}\";\nconst TOWN = {};\nconst LOOKS = {};\n{WORKER}",
        &hash[..12],
        json!(town.name),
        json!(write::LOOKS),
    );
    let head = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/javascript; charset=utf-8"),
        ),
        (header::CACHE_CONTROL, FRESH),
        (header::CONTENT_SECURITY_POLICY, WORKER_POLICY),
    ];
    Ok((head, text).into_response())
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
    Ok(([(header::CACHE_CONTROL, FRESH)], html(&page)?).into_response())
}

/// The same after something was written; a resident finds their own there.
pub async fn waiting(page: Page) -> Answer {
    html(&WaitingPage { page: &page.frame })
}

/// What another app hands over becomes the beginning of a post. Its pictures never come this way: the worker kept them on the
/// device, where the form for the post finds them, or could not.
pub async fn share(page: Page) -> Answer {
    let path = beginning(&page.query);
    if page.query.on("sans") {
        return Ok(page.onward(&path, "done-shared-words"));
    }
    Ok(redirect(&path))
}

/// The same from a device on which no worker stands before us. Such a form bears no token: of its files nothing is kept.
pub async fn share_past_worker(sent: write::Sent) -> Answer {
    let path = beginning(&sent.values);
    if matches!(sent.sender(), write::Sender::Nobody) {
        let next = utf8_percent_encode(&path, NON_ALPHANUMERIC);
        return Ok(redirect(&format!("/connexion?suite={next}")));
    }
    Ok(sent.page.onward(&path, "done-shared-words"))
}

/// The address of a form for a post that begins with what was handed over.
fn beginning(given: &Asked) -> String {
    let parts = ["titre", "texte", "lien"].map(|name| given.text(name));
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
    match given.some("partage") {
        Some(number) => {
            let number = utf8_percent_encode(number, NON_ALPHANUMERIC);
            format!("/ecrire?texte={text}&partage={number}")
        }
        None => format!("/ecrire?texte={text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worker_knows_the_forms_by_which_somebody_leaves() {
        let (_, leaving) = WORKER.split_once("const LEAVING = [").unwrap();
        let leaving = leaving.split(']').next().unwrap();
        for form in ["\"/deconnexion\"", "\"/reglages/supprimer\""] {
            assert!(leaving.contains(form), "{form}");
            assert!(include_str!("routes.rs").contains(form), "{form}");
        }
    }
}
