//! A town whose files lie in a bucket: kept there, served from here as always, lost with no failure of it, shown with no secret.

use http::{HeaderMap, Method};
use parvis_testkit::{
    Bucket, Reply, TestTown,
    bucket::{ACCESS_KEY, SECRET_KEY},
    exchange::headers,
    resident::id,
    until,
};
use serde_json::Value;

use crate::{
    converted::Ffmpeg,
    media::{asked, ranged, sends_film, uploads},
};

const PHOTOGRAPH: &[u8] = include_bytes!("../../crates/media/tests/samples/place.jpg");
const SCREEN: &[u8] = include_bytes!("../../docs/pictures/home.png");
const FILM: &[u8] = include_bytes!("../../crates/media/tests/samples/film.mp4");

async fn town_at(bucket: &Bucket) -> TestTown {
    town_with(bucket, &[]).await
}

async fn town_with(bucket: &Bucket, further: &[(&str, &str)]) -> TestTown {
    let settings = bucket.settings();
    let settings: Vec<_> = settings
        .iter()
        .map(|(key, it)| (*key, it.as_str()))
        .chain(further.iter().copied())
        .collect();
    TestTown::start_with("valmont", &settings).await
}

/// The name in the bucket of what is served at an address.
fn name_of(town: &TestTown, url: &Value) -> String {
    let key = url.as_str().unwrap().split("/media/").nth(1).unwrap();
    format!("{}/{key}", town.host.replace(':', "_"))
}

async fn whole(url: &Value) -> Reply {
    asked(Method::GET, url, HeaderMap::new()).await
}

/// Kept files in the town's own folder, beside uploads that wait.
fn in_folder(town: &TestTown) -> usize {
    let media = town.program.folder.path().join("data/media");
    let Ok(entries) = std::fs::read_dir(media) else {
        return 0;
    };
    let names = entries.map(|entry| entry.unwrap().file_name());
    names.filter(|name| name != "incoming").count()
}

#[tokio::test]
async fn a_picture_lies_in_the_bucket_is_served_from_here_and_gone_with_its_post() {
    let bucket = Bucket::open().await;
    let town = town_at(&bucket).await;
    let marie = town.resident("marie").await;
    let sent = uploads(&town, &marie, "/api/v2/media", SCREEN, "").await;
    let sent = sent.expecting(200).json();
    for url in [&sent["url"], &sent["preview_url"]] {
        let object = bucket.objects()[&name_of(&town, url)].clone();
        let file = whole(url).await.expecting(200);
        assert_eq!(file.body, object.bytes);
        assert_eq!(file.header("content-type"), Some(object.mime.as_str()));
        assert_eq!(file.header("x-content-type-options"), Some("nosniff"));
        assert!(
            file.header("content-security-policy")
                .unwrap()
                .contains("sandbox")
        );
        assert!(file.header("cache-control").unwrap().contains("immutable"));
    }
    assert_eq!(in_folder(&town), 0);

    let fields = [("media_ids[]", id(&sent)), ("visibility", "private")];
    let post = marie.post_form("/api/v1/statuses", &fields).await;
    let path = format!("/api/v1/statuses/{}", id(&post.expecting(200).json()));
    // The app may write it anew: the files stay, under names that nobody has seen.
    marie.delete_at(&path).await.expecting(200);
    until("the old names are gone", || async {
        let names = bucket.objects();
        !names.contains_key(&name_of(&town, &sent["url"]))
    })
    .await;
    assert_eq!(whole(&sent["url"]).await.status, 404);
    let anew = marie.get(&format!("/api/v1/media/{}", id(&sent))).await;
    let anew = anew.expecting(200).json();
    assert_ne!(anew["url"], sent["url"]);
    whole(&anew["url"]).await.expecting(200);
    marie
        .delete_at(&format!("/api/v1/media/{}", id(&sent)))
        .await
        .expecting(200);
    until("nothing is left", || async { bucket.objects().is_empty() }).await;
    assert_eq!(bucket.unsigned(), 0);
}

#[tokio::test]
async fn a_film_in_the_bucket_is_served_in_the_parts_that_are_asked_for() {
    let bucket = Bucket::open().await;
    let town = town_at(&bucket).await;
    let marie = town.resident("marie").await;
    let film = sends_film(&town, &marie).await;
    let url = &film["url"];
    let all = whole(url).await.expecting(200).body;
    assert_eq!(all.len(), FILM.len());
    let length = all.len();
    for (range, first, last) in [
        ("bytes=0-1".to_owned(), 0, 1),
        ("bytes=-7".to_owned(), length - 7, length - 1),
        ("bytes=100-999999999".to_owned(), 100, length - 1),
    ] {
        let part = ranged(url, &range).await.expecting(206);
        assert_eq!(part.body, all[first..=last], "{range}");
        let told = format!("bytes {first}-{last}/{length}");
        assert_eq!(part.header("content-range"), Some(told.as_str()));
    }
    ranged(url, &format!("bytes={length}-"))
        .await
        .expecting(416);
    let head = asked(Method::HEAD, url, HeaderMap::new())
        .await
        .expecting(200);
    let told = length.to_string();
    assert_eq!(head.header("content-length"), Some(told.as_str()));
    let before = bucket.asked().len();
    let known = headers(&[("if-none-match", head.header("etag").unwrap())]);
    asked(Method::GET, url, known).await.expecting(304);
    let questions = bucket.asked().split_off(before);
    assert!(
        questions.iter().all(|it| it.starts_with("HEAD ")),
        "{questions:?}"
    );
}

#[tokio::test]
async fn what_passes_is_tried_again_and_what_does_not_keeps_nothing() {
    let bucket = Bucket::open().await;
    let ffmpeg = Ffmpeg::laid_down();
    let program = ffmpeg.path("ffmpeg").display().to_string();
    let town = town_with(&bucket, &[("PARVIS_MEDIA__FFMPEG", program.as_str())]).await;
    let marie = town.resident("marie").await;
    bucket.fails(&[503, 500]);
    let sent = uploads(&town, &marie, "/api/v2/media", PHOTOGRAPH, "").await;
    let sent = sent.expecting(200).json();
    bucket.fails(&[503]);
    whole(&sent["url"]).await.expecting(200);

    let kept = bucket.objects().len();
    bucket.is_down(Some(503));
    let refused = uploads(&town, &marie, "/api/v2/media", PHOTOGRAPH, "").await;
    assert!(refused.status >= 500, "{}", refused.status);
    assert_eq!(whole(&sent["url"]).await.status, 500);
    assert!(
        town.program
            .log()
            .contains("the bucket answers 503 SlowDown")
    );
    let film = uploads(&town, &marie, "/api/v2/media", FILM, "").await;
    let film = film.expecting(202).json();
    until("its keeping was tried", || async {
        town.program
            .log()
            .contains("an upload cannot be kept for now")
    })
    .await;
    let path = format!("/api/v1/media/{}", id(&film));
    marie.get(&path).await.expecting(206);
    assert_eq!(bucket.objects().len(), kept);
    assert_eq!(ffmpeg.asked(), 0, "what it makes could not be kept");

    bucket.is_down(Some(403));
    assert_eq!(whole(&sent["url"]).await.status, 500);
    bucket.is_down(None);
    whole(&sent["url"]).await.expecting(200);
    parvis_testkit::patience::within(
        std::time::Duration::from_secs(40),
        "what was taken in is kept after all",
        || async { (marie.get(&path).await.status == 200).then_some(()) },
    )
    .await;
    assert_eq!(ffmpeg.asked(), 1, "a picture of it");

    let log = town.program.log();
    for secret in [SECRET_KEY, ACCESS_KEY, "X-Amz-Signature"] {
        assert!(!log.contains(secret), "the log shows {secret}");
    }
}

#[tokio::test]
async fn what_cannot_be_removed_for_now_is_removed_when_the_bucket_answers_again() {
    let bucket = Bucket::open().await;
    let town = town_at(&bucket).await;
    let marie = town.resident("marie").await;
    let sent = uploads(&town, &marie, "/api/v2/media", SCREEN, "").await;
    let sent = sent.expecting(200).json();
    bucket.is_down(Some(503));
    let path = format!("/api/v1/media/{}", id(&sent));
    marie.delete_at(&path).await.expecting(200);
    until("its removal was tried", || async {
        let log = town.program.log();
        log.contains("can't be removed for now")
    })
    .await;
    bucket.is_down(None);
    until("nothing is left", || async { bucket.objects().is_empty() }).await;
}

#[tokio::test]
async fn a_bucket_that_cannot_be_used_is_told_at_the_start_and_stops_nobody_from_reading() {
    let bucket = Bucket::open().await;
    bucket.is_down(Some(403));
    let town = town_at(&bucket).await;
    until("the log says so", || async {
        let log = town.program.log();
        log.contains("files can be neither kept nor shown")
            && log.contains("the bucket answers 403")
    })
    .await;
    let marie = town.resident("marie").await;
    marie.posts("On peut tout de même écrire").await;
    town.get("/").await.expecting(200);
}

#[tokio::test]
async fn settings_and_backups_say_where_the_files_are_and_show_no_secret() {
    let bucket = Bucket::open().await;
    let town = town_at(&bucket).await;
    let printed = town.cli(&["config", "print"]).await.succeeding().stdout;
    assert!(
        printed.contains(&format!("s3.endpoint = \"{}/\"", bucket.endpoint())),
        "{printed}"
    );
    assert!(printed.contains("s3.secret_key = \"***\""), "{printed}");
    assert!(!printed.contains(SECRET_KEY));

    let file = town.program.folder.path().join("town.tar");
    let saved = town
        .cli(&["backup", file.to_str().unwrap()])
        .await
        .succeeding();
    let place = format!("the bucket fichiers of {}/", bucket.endpoint());
    assert!(saved.stderr.contains(&place), "{}", saved.stderr);
    assert!(
        saved.stderr.contains("not in this file"),
        "{}",
        saved.stderr
    );
    let archive = std::fs::read(&file).unwrap();
    let holds = |text: &str| {
        archive
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    };
    assert!(holds(&place) && !holds(SECRET_KEY));
}
