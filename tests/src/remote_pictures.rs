//! Pictures of other servers are seen from ours: at addresses that nobody can make up, small first, kept while there is room;
//! and no page has a reader's browser ask anybody else.

use futures_util::future::join_all;
use parvis_testkit::{
    Actor, Canary, Reply, TestTown,
    actor::marker,
    exchange, keys,
    remote::{Host, Page, Remote},
    resident::id,
};
use serde_json::{Value, json};

use crate::{painted, place::Place};

fn png(bytes: Vec<u8>) -> Page {
    Page::of("image/png", bytes)
}

fn document(url: &str, mime: &str) -> Value {
    json!({"type": "Document", "mediaType": mime, "url": url, "name": "Le pont"})
}

fn with_files(actor: &Actor, text: &str, files: &[Value]) -> Value {
    let mut note = actor.note(text);
    note["attachment"] = json!(files);
    actor.host.serve_document(&note);
    note
}

/// Paul, with a face and a banner.
fn paul(host: &Host) -> Actor {
    host.serve("/face.png", png(painted::plain(500, 500)));
    host.serve("/banner.png", png(painted::plain(1600, 800)));
    let (face, banner) = (host.url("/face.png"), host.url("/banner.png"));
    host.actor("paul", keys::first(), |actor| {
        actor["icon"] = json!({"type": "Image", "mediaType": "image/png", "url": face, "name": "Un <b>chien</b>"});
        actor["image"] = json!({"type": "Image", "mediaType": "image/png", "url": banner, "summary": "La mer", "name": "mer.png"});
    })
}

async fn opens(address: &Value) -> Reply {
    exchange::get(address.as_str().unwrap()).await
}

/// The addresses that a page has the browser load by itself.
fn loaded(html: &str) -> Vec<String> {
    let quoted = |start: &str| {
        html.split(start)
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let links = html.split("<link ").skip(1).filter_map(|link| {
        let tag = link.split('>').next()?;
        let is_word = tag.contains("rel=\"canonical\"") || tag.contains("rel=\"alternate\"");
        let href = tag.split("href=\"").nth(1)?.split('"').next()?;
        (!is_word).then(|| href.to_owned())
    });
    let mut all: Vec<String> = ["src=\"", "srcset=\"", "poster=\"", "data=\""]
        .into_iter()
        .flat_map(quoted)
        .collect();
    all.extend(links);
    assert!(!html.contains("url(") && !html.contains("@import"));
    all
}

#[tokio::test]
async fn pictures_of_other_servers_are_seen_from_ours() {
    let place = Place::new().await;
    let host = place.remote.host("far");
    let paul = paul(&host);
    place.lea.follows_actor(&paul).await;
    host.serve("/pont.png", png(painted::plain(900, 600)));
    let (picture, film) = (host.url("/pont.png"), host.url("/film.mp4"));
    let text = marker("pont");
    let files = [
        document(&picture, "image/png"),
        document(&film, "video/mp4"),
    ];
    let note = with_files(&paul, &text, &files);
    place.arrives(&paul, &paul.create(&note)).await;
    let post = place.lea.reads_on_home(&text).await;
    let ours = format!("{}/media/remote/", place.town.origin);
    let is_ours = |address: &Value| address.as_str().unwrap().starts_with(&ours);
    for key in ["avatar", "avatar_static", "header", "header_static"] {
        assert!(is_ours(&post["account"][key]), "{key}: {}", post["account"]);
    }
    let said = ["avatar_description", "header_description"].map(|key| &post["account"][key]);
    assert_eq!(said, ["Un chien", "La mer"]);
    let shown = &post["media_attachments"][0];
    assert!(is_ours(&shown["url"]) && is_ours(&shown["preview_url"]));
    assert_eq!(
        (&shown["type"], &shown["remote_url"]),
        (&json!("image"), &json!(picture))
    );
    let linked = &post["media_attachments"][1];
    assert_eq!(
        (&linked["type"], &linked["url"], &linked["preview_url"]),
        (&json!("video"), &json!(film), &Value::Null)
    );
    for path in ["/pont.png", "/face.png", "/banner.png", "/film.mp4"] {
        assert_eq!(host.times_asked(path), 0, "nobody has looked at {path} yet");
    }

    let same = join_all((0..8).map(|_| opens(&shown["preview_url"]))).await;
    for reply in same {
        let reply = reply.expecting(200);
        assert_eq!(painted::size(&reply.body), (640, 427));
        for (header, value) in [
            ("x-content-type-options", "nosniff"),
            ("cache-control", "public, max-age=31536000, immutable"),
            (
                "content-security-policy",
                "default-src 'none'; sandbox; frame-ancestors 'none'",
            ),
        ] {
            assert_eq!(reply.header(header), Some(value));
        }
        let mime = reply.header("content-type").unwrap();
        assert!(["image/png", "image/jpeg"].contains(&mime), "{mime}");
    }
    assert_eq!(host.times_asked("/pont.png"), 1, "the same is fetched once");
    let large = opens(&shown["url"]).await.expecting(200);
    assert_eq!(painted::size(&large.body), (900, 600));
    let face = opens(&post["account"]["avatar"]).await.expecting(200);
    assert_eq!(painted::size(&face.body), (400, 400));
    let banner = opens(&post["account"]["header"]).await.expecting(200);
    assert_eq!(painted::size(&banner.body), (1500, 500));
    host.goes_down();
    opens(&shown["preview_url"]).await.expecting(200);

    let mut browser = place.town.browser_of("lea").await;
    let page = browser.opens("/").await.expecting(200);
    assert!(page.says(shown["preview_url"].as_str().unwrap()));
    assert!(page.says(&format!("href=\"{film}\"")), "a film is linked");
    let faces = ["alt=\"Un chien\"", "alt=\"La mer\""];
    assert!(!page.says(faces[0]), "beside a name it says nothing more");
    let person = browser.opens(&format!("/@{}", paul.acct())).await;
    let person = person.expecting(200);
    assert!(
        faces
            .iter()
            .all(|alt| person.html.matches(alt).count() == 1)
    );
}

#[tokio::test]
async fn no_page_loads_anything_from_elsewhere() {
    let place = Place::new().await;
    let host = place.remote.host("far");
    let paul = paul(&host);
    place.lea.follows_actor(&paul).await;
    let text = marker("tout");
    let files = [
        "image/png",
        "image/svg+xml",
        "video/mp4",
        "audio/mpeg",
        "application/pdf",
    ]
    .map(|mime| document(&host.url(&format!("/file?{mime}")), mime));
    let mut note = with_files(&paul, &text, &files);
    note["content"] = json!(format!(
        "<p>{text}</p><img src=\"{0}\"><video src=\"{0}\" poster=\"{0}\"></video><iframe src=\"{0}\"></iframe>",
        host.url("/inside.png")
    ));
    host.serve_document(&note);
    place.arrives(&paul, &paul.create(&note)).await;
    let post = place.lea.reads_on_home(&text).await;
    place.lea.answers(&post, "Vu").await;
    let path = format!("/api/v1/statuses/{}/reblog", id(&post));
    place.lea.post_form(&path, &[]).await.expecting(200);
    let thread = format!("/@{}/{}", paul.acct(), id(&post));
    let person = format!("/@{}", paul.acct());
    let mut lea = place.town.browser_of("lea").await;
    let mut visitor = place.town.visitor();
    let mut looked_at = 0;
    for path in [
        "/",
        "/ville",
        "/avis",
        "/recherche?q=paul",
        "/reglages/personnes",
        "/@lea",
        "/@lea/abonnements",
        &person,
        &thread,
    ] {
        for (who, browser) in [("lea", &mut lea), ("visitor", &mut visitor)] {
            let page = browser.opens(path).await;
            let policy = page.headers["content-security-policy"].to_str().unwrap();
            assert!(
                policy.contains("img-src 'self' blob:;") && !policy.contains("http"),
                "{policy}"
            );
            for address in loaded(&page.html) {
                let own = format!("{}/", place.town.origin);
                let is_own = address.starts_with('/') && !address.starts_with("//");
                assert!(
                    is_own || address.starts_with(&own),
                    "{who} {path}: {address}"
                );
                looked_at += usize::from(address.contains("/media/remote/"));
            }
        }
    }
    assert!(looked_at > 5, "there were pictures of others on the pages");
    assert_eq!(host.times_asked("/file") + host.times_asked("/inside"), 0);
}

#[tokio::test]
async fn t112_t231_what_is_no_picture_or_lies_where_it_must_not_is_not_shown() {
    let (place, canary) = (Place::new().await, Canary::open().await);
    let paul = place.followed("far", "paul").await;
    let host = &paul.host;
    let private = format!("http://127.0.0.2:{}/p.png", canary.port);
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>";
    let good = painted::plain(64, 64);
    host.serve("/svg-as-png", png(svg.into()));
    host.serve("/svg", Page::of("image/svg+xml", svg));
    host.serve("/page", Page::of("text/html", good.clone()));
    host.serve("/html-as-png", png("<script>alert(1)</script>".into()));
    host.serve("/giant", png(painted::giant()));
    host.serve("/cut", png(painted::noise(64, 64)[..600].into()));
    host.serve("/heavy", png([good.clone(), vec![0; 17 << 20]].concat()));
    let packed = Page {
        encoding: Some("gzip"),
        ..png(painted::bomb())
    };
    host.serve("/bomb", packed);
    host.serve("/led-away", Page::redirect(&private));
    host.serve("/circle", Page::redirect(&host.url("/circle")));
    host.serve("/gone", Page::gone());
    let slow = Page {
        drips: true,
        ..png(Vec::new())
    };
    host.serve("/drip", slow);
    host.serve("/good", png(good));
    let [one, two, three] = [
        ["/svg-as-png", "/page", "/html-as-png", "/giant", "/cut"],
        ["/heavy", "/bomb", "/led-away", "/circle", "/gone"],
        ["/drip", "/svg", "", "/good", "/nowhere"],
    ];
    let mut opened = Vec::new();
    for (number, paths) in [one, two, three].into_iter().enumerate() {
        let text = marker(&format!("essai{number}"));
        let files: Vec<Value> = paths
            .iter()
            .map(|path| match *path {
                "" => document(&private, "image/png"),
                path => document(&host.url(path), "image/png"),
            })
            .collect();
        let note = with_files(&paul, &text, &files);
        place.arrives(&paul, &paul.create(&note)).await;
        let post = place.lea.reads_on_home(&text).await;
        let shown = post["media_attachments"].as_array().unwrap().clone();
        assert_eq!(shown.len(), paths.len());
        opened.extend(paths.into_iter().zip(shown));
    }
    let answers = opened.iter().map(|(path, shown)| async move {
        let reply = opens(&shown["preview_url"]).await;
        let expected = if *path == "/good" { 200 } else { 404 };
        assert_eq!(reply.status, expected, "{path:?}");
        if expected == 404 {
            assert_eq!(reply.header("cache-control"), Some("no-store"), "{path:?}");
        }
    });
    join_all(answers).await;
    assert_eq!(canary.connections(), 0, "the canary was visited");
    for path in ["/svg-as-png", "/giant", "/drip", "/nowhere"] {
        let shown = &opened.iter().find(|(it, _)| *it == path).unwrap().1;
        let before = host.times_asked(path);
        opens(&shown["url"]).await.expecting(404);
        opens(&shown["preview_url"]).await.expecting(404);
        assert!(
            host.times_asked(path) <= before + 1,
            "{path}: what failed is left alone"
        );
    }
    place.lea.posts("Tout va bien").await;
}

#[tokio::test]
async fn nobody_can_make_up_the_address_of_a_picture() {
    let place = Place::new().await;
    let paul = place.followed("far", "paul").await;
    paul.host.serve("/a.png", png(painted::plain(64, 64)));
    paul.host.serve("/b.png", png(painted::plain(64, 64)));
    let text = marker("deux");
    let files = ["/a.png", "/b.png"].map(|path| document(&paul.host.url(path), "image/png"));
    let note = with_files(&paul, &text, &files);
    place.arrives(&paul, &paul.create(&note)).await;
    let post = place.lea.reads_on_home(&text).await;
    let [a, b] = [0, 1].map(|number| {
        post["media_attachments"][number]["preview_url"]
            .as_str()
            .unwrap()
            .to_owned()
    });
    let (start, seal) = a.rsplit_once('/').unwrap();
    let (others, _) = b.rsplit_once('/').unwrap();
    let last = if seal.ends_with('0') { "1" } else { "0" };
    let bent = format!("{start}/{}{last}", &seal[..31]);
    let media = format!("{}/media", place.town.origin);
    for address in [
        bent,
        format!("{others}/{seal}"),
        format!("{start}/{}", seal.to_uppercase()),
        format!("{start}/{seal}?url=http://127.0.0.2/x").replace("small", "huge"),
        start.replace("small", "avatar") + "/" + seal,
        format!("{start}/"),
        format!("{media}/remote/small/1/{:032x}", 0),
        format!("{media}/remote/{}", paul.host.url("/a.png")),
        format!("{media}/remote/small/..%2f..%2fparvis.sqlite/{seal}"),
    ] {
        if address.contains(&seal.to_uppercase()) && seal.to_uppercase() == seal {
            continue;
        }
        let reply = exchange::get(&address).await;
        assert_eq!(reply.status, 404, "{address}");
    }
    assert_eq!(
        paul.host.times_asked("/a.png") + paul.host.times_asked("/b.png"),
        0
    );
    exchange::get(&a).await.expecting(200);
}

#[tokio::test]
async fn a_picture_goes_with_its_post_and_with_its_author() {
    let place = Place::new().await;
    let host = place.remote.host("far");
    let paul = paul(&host);
    place.lea.follows_actor(&paul).await;
    host.serve("/a.png", png(painted::plain(64, 64)));
    host.serve("/b.png", png(painted::plain(64, 64)));
    let text = marker("adieu");
    let note = with_files(&paul, &text, &[document(&host.url("/a.png"), "image/png")]);
    place.arrives(&paul, &paul.create(&note)).await;
    let post = place.lea.reads_on_home(&text).await;
    let first = post["media_attachments"][0]["preview_url"].clone();
    opens(&first).await.expecting(200);

    let mut edited = note.clone();
    edited["attachment"] = json!([document(&host.url("/b.png"), "image/png")]);
    let edited = paul.update(&edited, &text);
    place.arrives(&paul, &edited).await;
    let path = format!("/api/v1/statuses/{}", id(&post));
    let now = place.lea.get(&path).await.expecting(200).json();
    let second = now["media_attachments"][0]["preview_url"].clone();
    assert_ne!(first, second, "another picture has another address");
    opens(&first).await.expecting(404);
    opens(&second).await.expecting(200);
    let face = post["account"]["avatar"].clone();
    opens(&face).await.expecting(200);

    place.arrives(&paul, &paul.delete(&note)).await;
    opens(&second).await.expecting(404);
    opens(&face).await.expecting(200);
    host.serve("/users/paul", Page::gone());
    let end = paul.activity("Delete", &json!(paul.id));
    place.arrives(&paul, &end).await;
    opens(&face).await.expecting(404);
    let folder = place
        .town
        .program
        .folder
        .path()
        .join("data/remote-pictures");
    parvis_testkit::until("no file is left", || async { files(&folder) == 0 }).await;
}

fn files(folder: &std::path::Path) -> usize {
    let Ok(shards) = std::fs::read_dir(folder) else {
        return 0;
    };
    shards
        .map(|shard| std::fs::read_dir(shard.unwrap().path()).unwrap().count())
        .sum()
}

#[tokio::test]
async fn pictures_used_longest_ago_go_where_there_is_no_more_room() {
    let settings = [("PARVIS_MEDIA__CACHE_QUOTA", "1")];
    let town = TestTown::start_with("valmont", &settings).await;
    let (lea, remote) = (town.resident("lea").await, Remote::open().await);
    let place = Place { town, remote, lea };
    let paul = place.followed("far", "paul").await;
    let mut all = Vec::new();
    for number in 0..3 {
        let text = marker("bruit");
        let paths = (0..3).map(|at| format!("/{number}-{at}.png"));
        let files: Vec<Value> = paths
            .map(|path| {
                paul.host.serve(&path, png(painted::noise(600, 600)));
                document(&paul.host.url(&path), "image/png")
            })
            .collect();
        let note = with_files(&paul, &text, &files);
        place.arrives(&paul, &paul.create(&note)).await;
        let post = place.lea.reads_on_home(&text).await;
        all.extend(post["media_attachments"].as_array().unwrap().clone());
    }
    let mut bytes = 0;
    for shown in &all {
        let reply = opens(&shown["preview_url"]).await.expecting(200);
        bytes += reply.body.len();
    }
    assert!(
        bytes > 1 << 20,
        "{bytes} bytes are more than there is room for"
    );
    let folder = place
        .town
        .program
        .folder
        .path()
        .join("data/remote-pictures");
    parvis_testkit::until("the files fit", || async { weight(&folder) <= 1 << 20 }).await;
    let last = all.last().unwrap();
    opens(&last["preview_url"]).await.expecting(200);
    opens(&all[0]["preview_url"]).await.expecting(200);
    assert_eq!(paul.host.times_asked("/2-2.png"), 1, "the newest stays");
    assert_eq!(paul.host.times_asked("/0-0.png"), 2, "the oldest had to go");
}

fn weight(folder: &std::path::Path) -> u64 {
    let shards = std::fs::read_dir(folder).unwrap();
    let in_shard = |shard: std::path::PathBuf| -> u64 {
        let files = std::fs::read_dir(shard).unwrap();
        files
            .map(|file| file.unwrap().metadata().map_or(0, |it| it.len()))
            .sum()
    };
    shards.map(|shard| in_shard(shard.unwrap().path())).sum()
}
