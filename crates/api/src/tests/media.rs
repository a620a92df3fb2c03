//! Files on their way to a post: sent, prepared, described, given up. Nothing here prepares by itself, so each state can be
//! looked at as long as need be.

use parvis_town::{Town, media, readers};
use serde_json::{Value, json};

use super::*;

const FILM: &[u8] = include_bytes!("../../../media/tests/samples/film.mp4");
const SOUND: &[u8] = include_bytes!("../../../media/tests/samples/sound.mp3");
/// Two points that take turns.
const ANIMATION: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0\
!\xf9\x04\0\x0a\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0!\xf9\x04\0\x0a\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02L\x01\0;";
const POINT: &[u8] =
    b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

/// Texts and files; a part with a dot in its name is a file of the part before the dot.
fn body(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, content) in parts {
        let head = match name.strip_suffix(".file") {
            Some(name) => format!(
                "--b\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"../../x\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n"
            ),
            None => format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n"),
        };
        body.extend(head.as_bytes());
        body.extend(*content);
        body.extend(b"\r\n");
    }
    body.extend(b"--b--\r\n");
    body
}

impl Resident<'_> {
    async fn sends(&self, method: Method, path: &str, parts: &[(&str, &[u8])]) -> Reply {
        let kind = "multipart/form-data; boundary=b";
        self.send(method, path, kind, body(parts)).await
    }

    async fn uploads(&self, path: &str, parts: &[(&str, &[u8])]) -> Reply {
        self.sends(Method::POST, path, parts).await
    }
}

fn key(town: &Town, address: &serde_json::Value) -> String {
    let address = address.as_str().unwrap();
    let key = address.strip_prefix(&format!("{}/media/", town.origin));
    key.unwrap().to_owned()
}

async fn is_there(house: &House, address: &serde_json::Value) -> bool {
    let key = key(&house.town, address);
    house.town.media.open(&key).await.unwrap().is_some()
}

/// Does the address name a file of this kind?
fn is_a(address: &Value, kind: &str) -> bool {
    let name = address.as_str().unwrap();
    name.rsplit_once('.')
        .is_some_and(|(_, ending)| ending == kind)
}

#[tokio::test]
async fn a_film_is_processed_and_then_posted() {
    let house = House::new().await;
    let lea = house.resident("lea").await;
    let parts = [
        ("description", &b"La f\xc3\xaate"[..]),
        ("focus", b"-0.5,0.25"),
        ("file.file", FILM),
    ];
    let sent = lea.uploads("/api/v2/media", &parts).await;
    assert_eq!(sent.status, 202, "{}", sent.json);
    let sent = sent.json;
    assert_eq!(
        (&sent["url"], &sent["type"]),
        (&json!(null), &json!("video"))
    );
    let path = format!("/api/v1/media/{}", id(&sent));
    let waiting = lea.get(&path).await;
    assert_eq!(
        (waiting.status, &waiting.json["url"]),
        (StatusCode::PARTIAL_CONTENT, &json!(null))
    );

    let attach = format!("media_ids[]={}", id(&sent));
    let early = lea.post("/api/v1/statuses", &attach).await;
    assert_eq!(early.status, 422);
    assert_eq!(
        early.json["error"],
        "Cannot attach files that have not finished processing. Try again in a moment!"
    );
    let due = format!("{attach}&scheduled_at=2040-01-01T00:00:00Z");
    assert_eq!(lea.post("/api/v1/statuses", &due).await.status, 422);

    media::prepare_waiting(&house.town).await.unwrap();
    let ready = lea.get(&path).await.ok();
    assert_eq!(ready["description"], "La fête");
    assert_eq!(ready["meta"]["focus"], json!({"x": -0.5, "y": 0.25}));
    assert_eq!(
        (&ready["type"], &ready["preview_url"]),
        (&json!("video"), &json!(null))
    );
    let original = &ready["meta"]["original"];
    assert_eq!(
        (&original["width"], &original["height"]),
        (&json!(64), &json!(48))
    );
    assert_eq!(original["frame_rate"], "10000/1000");
    assert!(
        (0.9..1.2).contains(&ready["meta"]["duration"].as_f64().unwrap()),
        "{ready}"
    );
    assert!(is_a(&ready["url"], "mp4") && is_there(&house, &ready["url"]).await);
    let post = lea.posts(&attach).await;
    assert_eq!(post["media_attachments"][0], ready);
}

#[tokio::test]
async fn who_waits_gets_sound_ready_at_once() {
    let house = House::new().await;
    let lea = house.resident("lea").await;
    let sent = lea
        .uploads("/api/v1/media", &[("file.file", SOUND)])
        .await
        .ok();
    assert_eq!(sent["type"], "audio");
    assert!(is_a(&sent["url"], "mp3"));
    assert!(
        sent["meta"]["original"]["duration"].as_f64().unwrap() > 0.9,
        "{sent}"
    );
    assert!(sent["meta"]["original"].get("width").is_none());
    let post = lea.posts(&format!("media_ids[]={}", id(&sent))).await;
    assert_eq!(post["media_attachments"][0]["id"], sent["id"]);
}

#[tokio::test]
async fn an_animation_stays_one_and_has_a_still_preview() {
    let house = House::new().await;
    let lea = house.resident("lea").await;
    let sent = lea
        .uploads("/api/v2/media", &[("file.file", ANIMATION)])
        .await;
    assert_eq!(
        (sent.status, &sent.json["type"]),
        (StatusCode::ACCEPTED, &json!("image"))
    );
    media::prepare_waiting(&house.town).await.unwrap();
    let ready = lea
        .get(&format!("/api/v1/media/{}", id(&sent.json)))
        .await
        .ok();
    assert!(is_a(&ready["url"], "gif"));
    assert!(!is_a(&ready["preview_url"], "gif"));
    assert!(ready["blurhash"].is_string());
}

#[tokio::test]
async fn what_cannot_be_prepared_is_told() {
    let house = House::new().await;
    let lea = house.resident("lea").await;
    let cut = &FILM[..FILM.len() / 2];
    let sent = lea.uploads("/api/v2/media", &[("file.file", cut)]).await;
    assert_eq!(sent.status, 202);
    media::prepare_waiting(&house.town).await.unwrap();
    let path = format!("/api/v1/media/{}", id(&sent.json));
    assert_eq!(lea.get(&path).await.status, 422);
    assert!(!house.town.media.waits(id(&sent.json).parse().unwrap()));
    assert_eq!(
        lea.uploads("/api/v1/media", &[("file.file", cut)])
            .await
            .status,
        422
    );
    for bytes in [&b"<html><script>"[..], b"{}", b"%PDF-1.7", b""] {
        let refused = lea.uploads("/api/v2/media", &[("file.file", bytes)]).await;
        assert_eq!(refused.status, 422, "{bytes:?}");
    }
    let folder = house.folder.path().join("media/incoming");
    assert_eq!(
        std::fs::read_dir(folder).unwrap().count(),
        0,
        "refused uploads are gone"
    );
}

#[tokio::test]
async fn a_thumbnail_is_chosen_and_changed() {
    let house = House::new().await;
    let lea = house.resident("lea").await;
    let parts = [("file.file", FILM), ("thumbnail.file", POINT)];
    let sent = lea.uploads("/api/v1/media", &parts).await.ok();
    let first = sent["preview_url"].clone();
    assert!(sent["blurhash"].is_string() && is_there(&house, &first).await);
    let path = format!("/api/v1/media/{}", id(&sent));
    let parts = [("thumbnail.file", POINT), ("focus", b"0.1,0.2")];
    let changed = lea.sends(Method::PUT, &path, &parts).await.ok();
    assert_ne!(changed["preview_url"], first);
    assert_eq!(
        (&changed["url"], &changed["meta"]["small"]["size"]),
        (&sent["url"], &json!("1x1"))
    );
    while readers::drop_files_next(&house.town).await.unwrap() > 0 {}
    assert!(!is_there(&house, &first).await && is_there(&house, &changed["preview_url"]).await);
    for focus in ["1", "a,b", "NaN,0", "1,2,3"] {
        let wrong = lea
            .sends(Method::PUT, &path, &[("focus", focus.as_bytes())])
            .await;
        assert_eq!(wrong.status, 422, "{focus}");
    }
    lea.posts(&format!("media_ids[]={}", id(&sent))).await;
    let late = lea
        .sends(Method::PUT, &path, &[("description", b"x")])
        .await;
    assert_eq!(
        late.status, 404,
        "what hangs on a post is changed with the post"
    );
}

#[tokio::test]
async fn a_file_is_removed_unless_a_post_needs_it() {
    let house = House::new().await;
    let (lea, marc) = (house.resident("lea").await, house.resident("marc").await);
    let sent = lea
        .uploads("/api/v2/media", &[("file.file", POINT)])
        .await
        .ok();
    let path = format!("/api/v1/media/{}", id(&sent));
    let remove =
        async |who: &Resident<'_>, path: &str| who.send(Method::DELETE, path, FORM, "").await;
    assert_eq!(remove(&marc, &path).await.status, 404);
    assert_eq!(remove(&lea, &path).await.ok(), json!({}));
    assert_eq!(lea.get(&path).await.status, 404);
    while readers::drop_files_next(&house.town).await.unwrap() > 0 {}
    assert!(!is_there(&house, &sent["url"]).await);

    let posted = lea
        .uploads("/api/v2/media", &[("file.file", POINT)])
        .await
        .ok();
    lea.posts(&format!("media_ids[]={}", id(&posted))).await;
    let path = format!("/api/v1/media/{}", id(&posted));
    assert_eq!(remove(&lea, &path).await.status, 422);
    let waits = lea
        .uploads("/api/v2/media", &[("file.file", POINT)])
        .await
        .ok();
    lea.posts(&format!(
        "media_ids[]={}&scheduled_at=2040-01-01T00:00:00Z",
        id(&waits)
    ))
    .await;
    assert_eq!(
        remove(&lea, &format!("/api/v1/media/{}", id(&waits)))
            .await
            .status,
        422
    );
}

#[tokio::test]
async fn files_of_a_deleted_post_can_be_posted_again_under_new_names() {
    let house = House::new().await;
    let lea = house.resident("lea").await;
    let sent = lea
        .uploads("/api/v2/media", &[("file.file", POINT)])
        .await
        .ok();
    let attach = format!("media_ids[]={}", id(&sent));
    let post = lea.posts(&attach).await;
    let path = format!("/api/v1/statuses/{}", id(&post));
    let deleted = lea.send(Method::DELETE, &path, FORM, "").await.ok();
    let kept = &deleted["media_attachments"][0];
    assert_eq!(kept["id"], sent["id"]);
    while readers::drop_files_next(&house.town).await.unwrap() > 0 {}
    assert!(
        !is_there(&house, &sent["url"]).await,
        "who knew the address finds nothing"
    );
    assert!(is_there(&house, &kept["url"]).await && is_there(&house, &kept["preview_url"]).await);
    let again = lea.posts(&attach).await;
    assert_eq!(again["media_attachments"][0]["url"], kept["url"]);

    let path = format!("/api/v1/statuses/{}?delete_media=true", id(&again));
    lea.send(Method::DELETE, &path, FORM, "").await.ok();
    while readers::drop_files_next(&house.town).await.unwrap() > 0 {}
    assert!(!is_there(&house, &kept["url"]).await);
    assert_eq!(lea.post("/api/v1/statuses", &attach).await.status, 422);
}

#[tokio::test]
async fn an_edit_changes_what_is_said_of_a_file_and_is_told() {
    let house = House::new().await;
    let lea = house.resident("lea").await;
    let sent = lea
        .uploads("/api/v2/media", &[("file.file", POINT)])
        .await
        .ok();
    let post = lea
        .posts(&format!("status=Voici&media_ids[]={}", id(&sent)))
        .await;
    let path = format!("/api/v1/statuses/{}", id(&post));
    let edit = |text: &str| {
        format!(
            "status=Voici&media_ids[]={0}&media_attributes[][id]={0}&media_attributes[][description]={text}\
             &media_attributes[][focus]=0.5,0.5",
            id(&sent)
        )
    };
    let edited = lea
        .send(Method::PUT, &path, FORM, edit("Le+pont"))
        .await
        .ok();
    let file = &edited["media_attachments"][0];
    assert_eq!(
        (&file["description"], &file["meta"]["focus"]["y"]),
        (&json!("Le pont"), &json!(0.5))
    );
    assert!(edited["edited_at"].is_string(), "others are told of it");
    let same = lea
        .send(Method::PUT, &path, FORM, edit("Le+pont"))
        .await
        .ok();
    assert_eq!(
        same["edited_at"], edited["edited_at"],
        "nothing has changed"
    );
}

fn files(folder: &std::path::Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return 0;
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .map(|path| if path.is_dir() { files(&path) } else { 1 })
        .sum()
}

#[tokio::test]
async fn what_a_picture_shows_is_said_of_that_picture_alone() {
    let house = House::new().await;
    let lea = house.resident("lea").await;
    let path = "/api/v1/profile";
    let shows = |me: &Value| {
        let of = |picture: &str| me[format!("{picture}_description")].clone();
        [of("avatar"), of("header")]
    };
    let only = |avatar: &str| [json!(avatar), json!("")];
    let types = async |text: &str| {
        let typed = lea.send(Method::PATCH, path, "application/json", text.to_owned());
        typed.await.ok()
    };
    let parts = [
        ("avatar.file", POINT),
        ("avatar_description", &b" Un point "[..]),
        ("header_description", &b"Une place"[..]),
    ];
    let me = lea.sends(Method::PATCH, path, &parts).await.ok();
    assert_eq!(shows(&me), only("Un point"), "there is no banner");
    assert_eq!(shows(&types(r#"{"note":"Ici"}"#).await), only("Un point"));
    let seen = house.get(&format!("/api/v1/accounts/{}", lea.id)).await;
    assert_eq!(shows(&seen.ok()), only("Un point"));
    let another = lea.sends(Method::PATCH, path, &parts[..1]).await.ok();
    assert_eq!(shows(&another), only(""));
    let said = types(r#"{"avatar_description":"Deux points"}"#).await;
    assert_eq!(shows(&said), only("Deux points"));
    let removed = lea.send(Method::DELETE, "/api/v1/profile/avatar", "", "");
    assert_eq!(shows(&removed.await.ok()), only(""));
}

#[tokio::test]
async fn what_is_refused_leaves_no_file_and_counts_as_an_upload() {
    let house = House::with_rates(true).await;
    let folder = house.folder.path().join("media");
    let lea = house.resident("lea").await;
    let (profile, nowhere) = ("/api/v1/accounts/update_credentials", "/api/v1/media/1");
    let thumbnail = [("thumbnail.file", POINT)];
    let long = [b'x'; 1000];
    let named = [("avatar.file", POINT), ("display_name", &long[..])];
    let broken = [("avatar.file", POINT), ("header.file", &long[..])];
    let wordy = [b'x'; 1501];
    let said = [("avatar.file", POINT), ("avatar_description", &wordy[..])];
    for (method, path, parts, status) in [
        (Method::PUT, nowhere, &thumbnail[..], 404),
        (Method::PATCH, profile, &named, 422),
        (Method::PATCH, profile, &broken, 422),
        (Method::PATCH, profile, &said, 422),
    ] {
        let refused = lea.sends(method, path, parts).await;
        assert_eq!(refused.status, status, "{}", refused.json);
        assert_eq!(files(&folder), 0);
    }
    let avatar = [("avatar.file", POINT)];
    lea.sends(Method::PATCH, profile, &avatar).await.ok();
    assert_eq!(files(&folder), 1);
    let mut last = StatusCode::OK;
    for _ in 0..60 {
        last = lea.sends(Method::PUT, nowhere, &thumbnail).await.status;
        if last == 429 {
            break;
        }
    }
    assert_eq!(last, 429);
    assert_eq!(lea.sends(Method::PATCH, profile, &avatar).await.status, 429);
    let words = [("description", &b"La place"[..])];
    assert_eq!(lea.sends(Method::PUT, nowhere, &words).await.status, 404);
}
