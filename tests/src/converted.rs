//! Sound and video where the installation names a program that converts them: it is asked in the one guarded way, what it makes
//! is shown for what it is, a stop loses nothing, and where it fails what was sent is kept as it came.

use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf, time::Duration};

use http::{HeaderMap, Method};
use parvis_testkit::{Resident, TestTown, eventually, resident::id, until};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::media::{asked, uploads};

const WEBM: &[u8] = include_bytes!("../../crates/media/tests/samples/film.webm");
const MP4: &[u8] = include_bytes!("../../crates/media/tests/samples/film.mp4");
const MP3: &[u8] = include_bytes!("../../crates/media/tests/samples/sound.mp3");
const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/media/tests/samples");

/// Stands for ffmpeg: notes what it is asked, makes nothing of whatever is asked in another way, and hangs or fails while a
/// file of that name lies beside it.
pub struct Ffmpeg(TempDir);

impl Ffmpeg {
    pub fn laid_down() -> Self {
        let ffmpeg = Self(tempfile::tempdir().unwrap());
        let here = ffmpeg.0.path().display();
        let script = format!(
            r#"#!/bin/sh
echo "$*" >> '{here}/asked'
[ -z "$PARVIS_DATA_DIR" ] || exit 8
case "$*" in
  "-nostdin "*" -protocol_whitelist file "*" -f matroska -i /"*" -map_metadata -1 "*" -f mp4 /"*) made=film.mp4 ;;
  "-nostdin "*" -protocol_whitelist file "*" -f mov -i /"*" -map_metadata -1 "*" -frames:v 1 "*) made=place.png ;;
  *) exit 9 ;;
esac
[ -e '{here}/hangs' ] && exec /bin/sleep 600
[ -e '{here}/fails' ] && exit 1
for last; do :; done
exec /bin/cp '{SAMPLES}'/"$made" "$last"
"#
        );
        fs::write(ffmpeg.path("ffmpeg"), script).unwrap();
        let runs = fs::Permissions::from_mode(0o755);
        fs::set_permissions(ffmpeg.path("ffmpeg"), runs).unwrap();
        ffmpeg
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn asked(&self) -> usize {
        let asked = fs::read_to_string(self.path("asked"));
        asked.unwrap_or_default().lines().count()
    }
}

async fn ready(who: &Resident, sent: &Value) -> Value {
    let path = format!("/api/v1/media/{}", id(sent));
    eventually("the file is ready", || async {
        let reply = who.get(&path).await;
        assert!(matches!(reply.status, 200 | 206), "{}", reply.text());
        (reply.status == 200).then(|| reply.json())
    })
    .await
}

async fn sends(town: &TestTown, who: &Resident, file: &[u8]) -> Value {
    let sent = uploads(town, who, "/api/v2/media", file, "La fête").await;
    sent.expecting(202).json()
}

fn is_a(address: &Value, kind: &str) -> bool {
    let name = address.as_str().unwrap();
    name.rsplit_once('.').is_some_and(|(_, it)| it == kind)
}

async fn is_an_mp4_with_a_picture(film: &Value) {
    assert_eq!(film["type"], "video");
    assert_eq!(film["description"], "La fête");
    assert_eq!(film["meta"]["original"]["width"], 64);
    assert!(film["meta"]["small"]["width"].as_u64().unwrap() > 0);
    assert!(film["blurhash"].is_string());
    assert!(is_a(&film["url"], "mp4"), "{film}");
    let file = asked(Method::GET, &film["url"], HeaderMap::new()).await;
    let file = file.expecting(200);
    assert_eq!(file.header("content-type"), Some("video/mp4"));
    assert_eq!(file.body.len(), MP4.len());
    let picture = asked(Method::GET, &film["preview_url"], HeaderMap::new()).await;
    let picture = picture.expecting(200);
    assert!(
        picture
            .header("content-type")
            .unwrap()
            .starts_with("image/")
    );
}

#[tokio::test]
async fn what_not_every_browser_plays_is_converted_where_a_program_is_named_for_it() {
    let ffmpeg = Ffmpeg::laid_down();
    let program = ffmpeg.path("ffmpeg").display().to_string();
    let settings = [("PARVIS_MEDIA__FFMPEG", program.as_str())];
    let town = TestTown::start_with("valmont", &settings).await;
    let marie = town.resident("marie").await;

    let sent = sends(&town, &marie, WEBM).await;
    assert_eq!(sent["url"], Value::Null);
    is_an_mp4_with_a_picture(&ready(&marie, &sent).await).await;
    let waited = uploads(&town, &marie, "/api/v1/media", WEBM, "La fête").await;
    is_an_mp4_with_a_picture(&waited.expecting(200).json()).await;
    assert_eq!(ffmpeg.asked(), 4, "a film and a picture, twice");
    // What plays everywhere gets a picture and nothing more.
    let sent = sends(&town, &marie, MP4).await;
    is_an_mp4_with_a_picture(&ready(&marie, &sent).await).await;
    let sent = sends(&town, &marie, MP3).await;
    assert!(is_a(&ready(&marie, &sent).await["url"], "mp3"));
    assert_eq!(ffmpeg.asked(), 5);

    // A stop in the middle of it: done after the next start, and nobody waits for it.
    fs::write(ffmpeg.path("hangs"), "").unwrap();
    let sent = sends(&town, &marie, WEBM).await;
    until("it is being converted", || async { ffmpeg.asked() == 6 }).await;
    // What is soon done goes past it.
    let sound = sends(&town, &marie, MP3).await;
    assert_eq!(ready(&marie, &sound).await["type"], "audio");
    let (code, took) = town.program.stop().await;
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(5), "{took:?}");
    fs::remove_file(ffmpeg.path("hangs")).unwrap();
    town.program.start().await;
    is_an_mp4_with_a_picture(&ready(&marie, &sent).await).await;

    fs::write(ffmpeg.path("fails"), "").unwrap();
    let sent = sends(&town, &marie, WEBM).await;
    let kept = ready(&marie, &sent).await;
    assert!(is_a(&kept["url"], "webm"), "{kept}");
    assert_eq!(kept["preview_url"], json!(null));
    assert_eq!(ffmpeg.asked(), 9);
    let log = town.program.log();
    assert!(
        log.contains("is not converted and kept as it came"),
        "{log}"
    );

    let waiting = town.program.folder.path().join("data/media/incoming");
    until("nothing of it is left", || async {
        fs::read_dir(&waiting).unwrap().count() == 0
    })
    .await;
}
