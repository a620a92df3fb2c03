//! Posts that somebody wrote elsewhere and brings along in an archive: ours, or one as Mastodon makes them.

use std::{fs, os::unix::fs::symlink, process::Command};

use http::{HeaderMap, Method};
use parvis_testkit::{
    Browser, Remote, TestTown,
    browser::Shown,
    eventually,
    resident::{any_holds, holds, id},
    until,
};
use serde_json::{Value, json};

use crate::{app::changes, media::uploads};

/// In milliseconds.
const TWO_DAYS: i64 = 2 * 24 * 60 * 60 * 1000;
const IMPORTS: &str = "/reglages/importer";
const PICTURE: &[u8] = include_bytes!("../../crates/media/tests/samples/place.jpg");

async fn tries_to_bring(browser: &mut Browser, archive: &[u8], own: bool) -> Shown {
    let page = browser.opens(IMPORTS).await.expecting(200);
    let form = page.form("/messages");
    let form = if own { form.ticking("mien") } else { form };
    let file = [("archive", "archive.tar.gz", "application/gzip", archive)];
    browser.submits_with_files(&page, &form, &file).await
}

/// Brought and worked off; the page in the end.
async fn brings(browser: &mut Browser, archive: &[u8]) -> Shown {
    tries_to_bring(browser, archive, true).await.expecting(200);
    eventually("it is worked off", || {
        let mut browser = browser.clone();
        async move {
            let page = browser.opens(IMPORTS).await;
            (page.says("Terminé.") && !page.says("En cours.")).then_some(page)
        }
    })
    .await
}

fn the_one<'p>(posts: &'p [Value], text: &str) -> &'p Value {
    let mut all = posts.iter().filter(|post| holds(post, text));
    let one = all
        .next()
        .unwrap_or_else(|| panic!("{text} among {posts:?}"));
    assert!(all.next().is_none(), "{text} is there once");
    one
}

fn second(post: &Value) -> &str {
    &post["created_at"].as_str().unwrap()[..19]
}

#[tokio::test]
async fn posts_brought_along_stand_at_their_time_with_pictures_and_threads_and_nobody_is_told() {
    let (town, remote) = (TestTown::start("valmont").await, Remote::open().await);
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let word = jean.posts("Un mot de Jean").await;
    let far = remote.host("loin");
    let paul = far.person("paul");
    let asked = paul.activity("Follow", &jean.uri.as_str().into());
    assert!(paul.post(&jean.inbox(), &asked).await.is_success());

    let picture = uploads(&town, &marie, "/api/v2/media", PICTURE, "Le pont en mai").await;
    let picture = picture.expecting(200).json();
    let fields = [
        ("status", "Le pont est rouvert #Pont"),
        ("media_ids[]", id(&picture)),
        ("spoiler_text", "Travaux"),
        ("language", "fr"),
    ];
    let bridge = marie.post_form("/api/v1/statuses", &fields).await;
    let bridge = bridge.expecting(200).json();
    marie.answers(&bridge, "Et fleuri").await;
    marie.answers(&word, "Merci Jean").await;
    marie.posts_for("private", "Entre nous").await;
    marie.posts_for("direct", "Pour moi seule").await;
    let earlier = format!("UPDATE post SET created_at = created_at - {TWO_DAYS}");
    changes(&town, &earlier).await;
    marie.posts("Dit ce matin").await;
    let said = marie.statuses_of(&marie.id).await;
    let bridge = the_one(&said, "Le pont est rouvert");
    let archive = town
        .browser_of("marie")
        .await
        .exchange(
            Method::GET,
            "/reglages/exporter/archive.tar.gz",
            HeaderMap::new(),
            Vec::new(),
        )
        .await
        .expecting(200)
        .body;

    let mut browser = town.browser_of("jean").await;
    let refused = tries_to_bring(&mut browser, &archive, false).await;
    assert!(refused.expecting(422).says("Cochez la case"));
    brings(&mut browser, &archive).await;
    let posts = jean.statuses_of(&jean.id).await;
    let brought = the_one(&posts, "Le pont est rouvert");
    assert_ne!(id(brought), id(bridge));
    assert_eq!(second(brought), second(bridge));
    for (member, wanted) in [
        ("/spoiler_text", "Travaux"),
        ("/language", "fr"),
        ("/visibility", "public"),
        ("/media_attachments/0/description", "Le pont en mai"),
        ("/tags/0/name", "pont"),
    ] {
        let told = brought.pointer(member).and_then(Value::as_str);
        let told = told.map(str::to_lowercase);
        assert_eq!(
            told.as_deref(),
            Some(wanted.to_lowercase().as_str()),
            "{member}"
        );
    }
    assert_ne!(
        brought["media_attachments"][0]["url"],
        bridge["media_attachments"][0]["url"]
    );
    let below = the_one(&posts, "Et fleuri");
    assert_eq!(below["in_reply_to_id"], brought["id"]);
    assert_eq!(the_one(&posts, "Entre nous")["visibility"], "private");
    assert_eq!(
        posts.len(),
        4,
        "his own, no answer to others, and nothing of today: {posts:?}"
    );

    brings(&mut browser, &archive).await;
    assert_eq!(jean.statuses_of(&jean.id).await.len(), 4, "nothing twice");

    jean.posts("Un mot tout frais").await;
    until("what is new goes out", || async {
        far.accepted_of("Create")
            .iter()
            .any(|it| it.to_string().contains("tout frais"))
    })
    .await;
    let told = json!(
        far.received()
            .iter()
            .map(|it| &it.document)
            .collect::<Vec<_>>()
    )
    .to_string();
    for old in ["Le pont est rouvert", "Et fleuri", "Entre nous"] {
        assert!(!told.contains(old), "{old} stays here: {told}");
    }
    jean.deletes(brought).await.expecting(200);
    brings(&mut browser, &archive).await;
    assert_eq!(
        jean.statuses_of(&jean.id).await.len(),
        4,
        "what was deleted stays away"
    );
}

const MARIE: &str = "https://ancien.example/users/marie";
const PAUL: &str = "https://loin.example/users/paul";

fn note(number: u32, content: &str, members: &Value) -> Value {
    let mut note = json!({"id": format!("{MARIE}/statuses/{number}"), "type": "Note", "attributedTo": MARIE,
        "content": format!("<p>{content}</p>"), "published": format!("2021-05-0{number}T10:00:00Z"),
        "to": ["https://www.w3.org/ns/activitystreams#Public"], "cc": [format!("{MARIE}/followers")]});
    let members = members.as_object().unwrap().clone();
    note.as_object_mut().unwrap().extend(members);
    note
}

fn created(by: &str, note: &Value) -> Value {
    let id = format!("{}/activity", note["id"].as_str().unwrap());
    json!({"type": "Create", "actor": by, "id": id, "object": note})
}

fn attached(names: &[&str]) -> Value {
    let files = names.iter().map(|name| {
        json!({"type": "Document", "mediaType": "image/jpeg", "name": "Une image", "url": name})
    });
    json!({"attachment": files.collect::<Vec<_>>()})
}

/// What `said` says, with the files that stand in it; one of them is too large, one a link, one lies outside. All of it in a
/// folder, as after it was unpacked once.
fn as_mastodon_packs(said: &[Value]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("inner");
    let files = inner.join("media_attachments/files");
    fs::create_dir_all(&files).unwrap();
    fs::write(files.join("a.jpg"), PICTURE).unwrap();
    let large = fs::File::create(files.join("b.jpg")).unwrap();
    large.set_len(41 * 1024 * 1024).unwrap();
    fs::write(folder.path().join("outside.jpg"), PICTURE).unwrap();
    symlink(folder.path().join("outside.jpg"), files.join("c.jpg")).unwrap();
    let actor = json!({"type": "Person", "id": MARIE, "followers": format!("{MARIE}/followers")});
    fs::write(inner.join("actor.json"), actor.to_string()).unwrap();
    let outbox = json!({"id": "outbox.json", "type": "OrderedCollection", "orderedItems": said});
    fs::write(inner.join("outbox.json"), outbox.to_string()).unwrap();
    let archive = folder.path().join("archive.tar.gz");
    let packed = Command::new("tar")
        .arg("-czPf")
        .arg(&archive)
        .arg("-C")
        .arg(folder.path())
        .args(["inner", "inner/../outside.jpg"])
        .status()
        .unwrap();
    assert!(packed.success());
    fs::read(archive).unwrap()
}

#[tokio::test]
async fn t244_an_archive_as_mastodons_is_brought_and_what_is_hostile_in_one_does_no_harm() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let hostile = [
        "media_attachments/files/b.jpg",
        "media_attachments/files/c.jpg",
        "../outside.jpg",
        "https://loin.example/elsewhere.jpg",
    ];
    let whole = attached(&["/media_attachments/files/a.jpg"]);
    let market = "Le marché<script>alert(1)</script>";
    let first = format!("{MARIE}/statuses/1");
    let archive = as_mastodon_packs(&[
        created(MARIE, &note(3, "Sans image", &attached(&hostile))),
        created(MARIE, &note(1, market, &whole)),
        created(
            MARIE,
            &note(2, "Et le lavoir", &json!({"inReplyTo": first})),
        ),
        created(
            MARIE,
            &note(4, "Pour Paul", &json!({"to": [PAUL], "cc": []})),
        ),
        created(MARIE, &note(5, "De Paul", &json!({"attributedTo": PAUL}))),
        created(PAUL, &note(6, "Aussi de Paul", &json!({}))),
        created(MARIE, &note(7, "Réponse", &json!({"inReplyTo": PAUL}))),
        json!({"type": "Announce", "actor": MARIE, "object": PAUL}),
    ]);
    let mut browser = town.browser_of("marie").await;
    brings(&mut browser, &archive).await;
    let posts = marie.statuses_of(&marie.id).await;
    assert_eq!(posts.len(), 3, "{posts:?}");
    let market = the_one(&posts, "Le marché");
    assert_eq!(second(market), "2021-05-01T10:00:00");
    assert!(!holds(market, "script"));
    assert_eq!(market["media_attachments"][0]["description"], "Une image");
    let below = the_one(&posts, "Et le lavoir");
    assert_eq!(below["in_reply_to_id"], market["id"]);
    assert_eq!(
        the_one(&posts, "Sans image")["media_attachments"],
        json!([])
    );
    let page = town.visitor().opens("/@marie").await.expecting(200);
    assert!(page.says("Le marché") && !any_holds(&posts, "Paul"));

    let page = brings(&mut browser, b"PK\x03\x04 no archive of this kind").await;
    assert!(page.says("n’est pas lisible"), "{}", page.html);
    assert_eq!(marie.statuses_of(&marie.id).await.len(), 3);
}
