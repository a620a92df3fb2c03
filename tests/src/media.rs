//! Pictures, sound and video, from the app that sends them to whoever looks: cleaned, served inert and in parts, known to other
//! servers for what they are, gone with their post.

use http::{HeaderMap, Method};
use parvis_testkit::{
    Bucket, Neighbourhood, Reply, Resident, TestTown,
    actor::marker,
    eventually,
    exchange::{self, headers},
    resident::id,
    until,
};
use serde_json::{Value, json};

const FILM: &[u8] = include_bytes!("../../crates/media/tests/samples/film.mp4");
const PLACE: &str = "AppareilDeMarie";

macro_rules! place {
    ($name:literal) => {
        include_bytes!(concat!("../../crates/media/tests/samples/place.", $name)).as_slice()
    };
}

pub async fn uploads(
    town: &TestTown,
    who: &Resident,
    path: &str,
    file: &[u8],
    about: &str,
) -> Reply {
    let mut body = format!(
        "--b\r\nContent-Disposition: form-data; name=\"description\"\r\n\r\n{about}\r\n\
         --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\n"
    )
    .into_bytes();
    body.extend(file);
    body.extend(b"\r\n--b--\r\n");
    let bearer = format!("Bearer {}", who.token);
    let headers = headers(&[
        ("authorization", &bearer),
        ("content-type", "multipart/form-data; boundary=b"),
    ]);
    exchange::send(Method::POST, &town.url(path), headers, body).await
}

/// Sent as apps do, which ask again until it is ready.
pub async fn sends_film(town: &TestTown, who: &Resident) -> Value {
    let sent = uploads(town, who, "/api/v2/media", FILM, "La fête").await;
    let sent = sent.expecting(202).json();
    assert_eq!(sent["url"], Value::Null);
    let path = format!("/api/v1/media/{}", id(&sent));
    eventually("the film is ready", || async {
        let reply = who.get(&path).await;
        assert!(matches!(reply.status, 200 | 206), "{}", reply.text());
        (reply.status == 200).then(|| reply.json())
    })
    .await
}

pub async fn ranged(url: &Value, range: &str) -> Reply {
    asked(Method::GET, url, headers(&[("range", range)])).await
}

pub async fn asked(method: Method, url: &Value, headers: HeaderMap) -> Reply {
    exchange::send(method, url.as_str().unwrap(), headers, Vec::new()).await
}

fn contains(bytes: &[u8], part: &str) -> bool {
    let part = part.as_bytes();
    bytes.windows(part.len()).any(|window| window == part)
}

#[tokio::test]
async fn a_photograph_loses_its_place_on_the_way_and_is_served_inert() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    for (kind, photograph) in [
        ("jpg", place!("jpg")),
        ("png", place!("png")),
        ("webp", place!("webp")),
    ] {
        assert!(contains(photograph, PLACE), "{kind}");
        let sent = uploads(&town, &marie, "/api/v2/media", photograph, "").await;
        let sent = sent.expecting(200).json();
        let original = &sent["meta"]["original"];
        assert_eq!(
            (&original["width"], &original["height"]),
            (&json!(40), &json!(60)),
            "{kind} stands upright"
        );
        for url in [&sent["url"], &sent["preview_url"]] {
            let file = asked(Method::GET, url, HeaderMap::new())
                .await
                .expecting(200);
            for trace in [PLACE, "Exif", "eXIf", "MM\0*", "II*\0"] {
                assert!(!contains(&file.body, trace), "{kind} still says {trace}");
            }
            assert!(file.header("content-type").unwrap().starts_with("image/"));
            assert_eq!(file.header("x-content-type-options"), Some("nosniff"));
            let policy = file.header("content-security-policy").unwrap();
            assert!(policy.contains("sandbox") && policy.contains("default-src 'none'"));
            assert!(file.header("cache-control").unwrap().contains("immutable"));
        }
    }
}

#[tokio::test]
async fn a_film_is_served_in_the_parts_that_are_asked_for() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let film = sends_film(&town, &marie).await;
    let url = &film["url"];
    let whole = asked(Method::GET, url, HeaderMap::new())
        .await
        .expecting(200);
    assert_eq!(whole.header("content-type"), Some("video/mp4"));
    assert_eq!(whole.header("accept-ranges"), Some("bytes"));
    let length = whole.body.len();
    assert_eq!(length, FILM.len());
    for (range, first, last) in [
        ("bytes=0-1".to_owned(), 0, 1),
        (format!("bytes={}-", length - 10), length - 10, length - 1),
        ("bytes=-7".to_owned(), length - 7, length - 1),
        ("bytes=100-999999999".to_owned(), 100, length - 1),
    ] {
        let part = ranged(url, &range).await.expecting(206);
        assert_eq!(part.body, whole.body[first..=last], "{range}");
        let told = format!("bytes {first}-{last}/{length}");
        assert_eq!(part.header("content-range"), Some(told.as_str()));
        assert_eq!(part.header("x-content-type-options"), Some("nosniff"));
    }
    let beyond = ranged(url, &format!("bytes={length}-"))
        .await
        .expecting(416);
    let told = format!("bytes */{length}");
    assert_eq!(beyond.header("content-range"), Some(told.as_str()));
    let many = format!("bytes={}0-1", "0-5,".repeat(500));
    assert_eq!(ranged(url, &many).await.expecting(200).body.len(), length);
    let head = asked(Method::HEAD, url, HeaderMap::new())
        .await
        .expecting(200);
    assert_eq!(
        head.header("content-length"),
        Some(length.to_string().as_str())
    );
    let tag = whole.header("etag").unwrap();
    let known = headers(&[("if-none-match", tag)]);
    asked(Method::GET, url, known).await.expecting(304);
}

/// What browsers ask for on pages.
const BROWSER: &str = "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5";

#[tokio::test]
async fn a_browser_gets_small_pictures_as_webp_and_whoever_does_not_ask_what_the_api_told() {
    let bucket = Bucket::open().await;
    let settings = bucket.settings();
    let settings: Vec<_> = settings
        .iter()
        .map(|(key, it)| (*key, it.as_str()))
        .collect();
    for settings in [Vec::new(), settings] {
        let town = TestTown::start_with("valmont", &settings).await;
        let marie = town.resident("marie").await;
        let screen = include_bytes!("../../docs/pictures/home.png");
        let sent = uploads(&town, &marie, "/api/v2/media", screen, "").await;
        let url = sent.expecting(200).json()["preview_url"].clone();
        let accepting = |kinds| asked(Method::GET, &url, headers(&[("accept", kinds)]));
        let lighter = accepting(BROWSER).await.expecting(200);
        assert_eq!(lighter.header("content-type"), Some("image/webp"));
        assert!(lighter.body.starts_with(b"RIFF"));
        for kinds in ["*/*", "image/*", "image/webp;q=0, image/jpeg"] {
            let plain = accepting(kinds).await.expecting(200);
            assert_eq!(plain.header("content-type"), Some("image/jpeg"), "{kinds}");
            assert!(plain.body.len() > lighter.body.len());
            assert_ne!(plain.header("etag"), lighter.header("etag"));
        }
        for vary in [&lighter, &accepting("*/*").await] {
            let mut vary = vary.headers.get_all("vary").iter();
            assert!(vary.any(|it| it == "accept"), "a cache must know");
        }
        let known = [
            ("accept", BROWSER),
            ("if-none-match", lighter.header("etag").unwrap()),
        ];
        asked(Method::GET, &url, headers(&known))
            .await
            .expecting(304);
        let part = [("accept", BROWSER), ("range", "bytes=4-9")];
        let part = asked(Method::GET, &url, headers(&part))
            .await
            .expecting(206);
        assert_eq!(part.body, lighter.body[4..=9]);
    }
}

#[tokio::test]
async fn a_film_is_played_on_the_page_and_known_as_one_next_door() {
    let neighbours = Neighbourhood::of(["valmont", "bourg"]).await;
    let marie = neighbours["valmont"].resident("marie").await;
    let bruno = neighbours["bourg"].resident("bruno").await;
    bruno.follows(&marie.handle()).await;
    let film = sends_film(&neighbours["valmont"], &marie).await;
    let news = marker("La fanfare");
    let form = [("status", news.as_str()), ("media_ids[]", id(&film))];
    let post = marie.post_form("/api/v1/statuses", &form).await;
    let post = post.expecting(200).json();

    let page = exchange::get(post["url"].as_str().unwrap()).await;
    let page = page.expecting(200).text();
    let player = page
        .split("<video")
        .nth(1)
        .unwrap()
        .split("</video>")
        .next()
        .unwrap();
    for part in ["controls", "preload=\"none\"", "width=\"64\"", "La fête"] {
        assert!(player.contains(part), "{player}");
    }
    let document = exchange::get_document(post["uri"].as_str().unwrap()).await;
    let attached = document.expecting(200).json()["attachment"][0].clone();
    assert_eq!(attached["mediaType"], "video/mp4");
    assert_eq!(
        (&attached["url"], &attached["width"]),
        (&film["url"], &json!(64))
    );

    let copy = bruno.reads_on_home(&news).await;
    let copied = &copy["media_attachments"][0];
    assert_eq!(
        (&copied["type"], &copied["description"]),
        (&json!("video"), &json!("La fête"))
    );
}

/// The name of a file: the last step of its address, without its ending.
fn name_of(url: &Value) -> String {
    let name = url.as_str().unwrap().rsplit('/').next().unwrap();
    name.split('.').next().unwrap().to_owned()
}

/// T178: nobody guesses the address of a file from those of others. 128 bits, and no part of them is a counter or a clock.
#[tokio::test]
async fn the_name_of_a_file_tells_nothing_of_the_next_one() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let mut names: Vec<String> = Vec::new();
    for _ in 0..12 {
        let sent = uploads(&town, &marie, "/api/v2/media", place!("jpg"), "").await;
        names.push(name_of(&sent.expecting(200).json()["url"]));
    }
    for name in &names {
        let digits = name.bytes().filter(u8::is_ascii_hexdigit).count();
        assert_eq!((name.len(), digits), (32, 32), "{name}");
    }
    for place in 0..32 {
        let first = names[0].as_bytes()[place];
        let differs = names.iter().any(|name| name.as_bytes()[place] != first);
        assert!(differs, "digit {place} is always the same: {names:?}");
    }
}

/// T178.
#[tokio::test]
async fn a_file_is_gone_soon_after_its_post() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    for keeps in ["", "?delete_media=true"] {
        let sent = uploads(&town, &marie, "/api/v2/media", place!("jpg"), "").await;
        let sent = sent.expecting(200).json();
        let fields = [("media_ids[]", id(&sent)), ("visibility", "private")];
        let post = marie.post_form("/api/v1/statuses", &fields).await;
        let post = post.expecting(200).json();
        let path = format!("/api/v1/statuses/{}{keeps}", id(&post));
        marie.delete_at(&path).await.expecting(200);
        for url in [&sent["url"], &sent["preview_url"]] {
            until("the file is gone", || async {
                asked(Method::GET, url, HeaderMap::new()).await.status == 404
            })
            .await;
        }
    }
}

#[tokio::test]
async fn sound_may_be_larger_than_a_picture_but_not_endless() {
    const MIB: usize = 1024 * 1024;
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let silence = |bytes: usize| {
        let mut wav =
            b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data"
                .to_vec();
        wav.extend((bytes as u32).to_le_bytes());
        wav.resize(wav.len() + bytes, 0);
        wav
    };
    let sent = uploads(&town, &marie, "/api/v1/media", &silence(18 * MIB), "").await;
    assert_eq!(sent.expecting(200).json()["type"], "audio");
    let endless = uploads(&town, &marie, "/api/v1/media", &silence(41 * MIB), "").await;
    endless.expecting(413);
    let long = uploads(&town, &marie, "/api/v1/media", &long_silence(), "").await;
    long.expecting(422);
    let bounds =
        town.get("/api/v2/instance").await.json()["configuration"]["media_attachments"].clone();
    assert_eq!(bounds["video_size_limit"], 40 * MIB);
    assert!(
        bounds["supported_mime_types"]
            .as_array()
            .unwrap()
            .contains(&json!("audio/wav"))
    );
}

/// Twelve hours of it, at one sample a second.
fn long_silence() -> Vec<u8> {
    let mut wav =
        b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x01\0\0\0\x01\0\0\0\x01\0\x08\0data".to_vec();
    wav.extend(43_200_u32.to_le_bytes());
    wav.resize(wav.len() + 43_200, 0);
    wav
}
