//! Addresses that the program must not be tricked into asking: only 127.0.0.1 is allowed here, a canary sits on 127.0.0.2 and
//! ::1; the numbers are those of the security catalogue (SECURITY.md).

use std::time::{Duration, Instant};

use parvis_testkit::{Canary, actor::marker, keys, remote::Page};
use serde_json::{Value, json};

use crate::door::Door;

/// Nobody and nothing is found, soon.
async fn finds_nothing(door: &mut Door, trial: &str, query: &str) {
    let start = Instant::now();
    let found = door.lea.search(query).await;
    let empty = found["accounts"] == json!([]) && found["statuses"] == json!([]);
    door.check(trial, empty, &format!("{query} finds {found}"));
    door.check(
        trial,
        start.elapsed() < Duration::from_secs(12),
        &format!("took {:?}", start.elapsed()),
    );
}

#[tokio::test]
async fn a_search_does_not_reach_private_addresses() {
    let (mut door, canary) = (Door::open().await, Canary::open().await);
    let port = canary.port;
    let hosts = [
        "127.0.0.2",
        "[::1]",
        "0.0.0.0",
        "0177.0.0.2",
        "0x7f.2",
        "2130706434",
        "[::ffff:127.0.0.2]",
        "127.2",
    ];
    for host in hosts {
        finds_nothing(
            &mut door,
            "T101, T104, T106, T108",
            &format!("http://{host}:{port}/users/a"),
        )
        .await;
        finds_nothing(&mut door, "T110", &format!("@a@{host}:{port}")).await;
    }
    let good = door.alice.host.clone();
    for (number, target) in [
        format!("http://127.0.0.2:{port}/x"),
        format!("http://[::1]:{port}/x"),
    ]
    .iter()
    .enumerate()
    {
        let path = format!("/redirect/{number}");
        good.serve(&path, Page::redirect(target));
        finds_nothing(&mut door, "T103", &good.url(&path)).await;
        let query = format!(
            "/.well-known/webfinger?resource=acct:away{number}@{}",
            good.authority
        );
        good.serve(&query, Page::redirect(target));
        good.serve(
            &query.replace("acct:", "acct%3A").replace('@', "%40"),
            Page::redirect(target),
        );
        finds_nothing(
            &mut door,
            "T103 WebFinger",
            &format!("@away{number}@{}", good.authority),
        )
        .await;
        good.name(&format!("led{number}"), target);
        finds_nothing(
            &mut door,
            "T103 link",
            &format!("@led{number}@{}", good.authority),
        )
        .await;
    }
    for scheme in [
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "ftp://127.0.0.1/",
        "data:application/json,{}",
        "unix:/tmp/x",
    ] {
        finds_nothing(&mut door, "T122", scheme).await;
    }
    finds_nothing(&mut door, "T103 circle", &{
        good.serve("/circle", Page::redirect(&good.url("/circle")));
        good.url("/circle")
    })
    .await;
    assert_eq!(canary.connections(), 0, "the canary was visited");
    door.ends_well().await;
}

#[tokio::test]
async fn what_arrives_does_not_lead_to_private_addresses() {
    let (mut door, canary) = (Door::open().await, Canary::open().await);
    let away = |path: &str| format!("http://127.0.0.2:{}{path}", canary.port);

    // T111: a key nobody has authenticated yet.
    let base = door.base("T111");
    let mut letter = door.mallory.letter(&door.lea.inbox(), &base);
    letter.key_id = away("/actor#main-key");
    let reply = letter.send().await;
    door.refused("T111", &reply);

    // T112: a picture.
    let text = marker("image");
    let mut note = door.naming_lea(&door.alice, &text);
    note["attachment"] =
        json!([{"type": "Document", "mediaType": "image/png", "url": away("/p.png"), "name": "p"}]);
    let tags = note["tag"].as_array_mut().unwrap();
    tags.push(
        json!({"type": "Emoji", "name": ":x:", "icon": {"type": "Image", "url": away("/e.png")}}),
    );
    note["content"] = json!(format!("<p>{text} :x:</p>"));
    note["inReplyTo"] = json!(away("/thread"));
    note["replies"] = json!(away("/replies"));
    let reply = door
        .alice
        .post(&door.lea.inbox(), &door.alice.create(&note))
        .await;
    door.borne("T112, T114", &reply);
    let post = door.lea.reads_on_home(&text).await;
    if let Some(url) = post["media_attachments"][0]["url"]
        .as_str()
        .filter(|url| url.starts_with(&door.town.origin))
    {
        door.town
            .get(url.strip_prefix(&door.town.origin).unwrap())
            .await;
    }
    let emoji = post["emojis"][0]["url"].as_str().unwrap();
    let emoji = emoji.strip_prefix(&door.town.origin).unwrap();
    assert_eq!(door.town.get(emoji).await.status, 404);
    door.town
        .browser_of("lea")
        .await
        .opens("/")
        .await
        .expecting(200);

    // T124: a boost.
    let mut announce: Value = door.alice.activity("Announce", &json!(away("/note")));
    announce["to"] = json!([parvis_testkit::actor::PUBLIC]);
    let reply = door.alice.post(&door.lea.inbox(), &announce).await;
    door.borne("T124", &reply);

    // T121: a follower whose inbox is there; redirected ones, too.
    let astray = door
        .remote
        .host("astray")
        .actor("luc", keys::first(), |document| {
            document["inbox"] = json!(away("/inbox"));
            document["endpoints"]["sharedInbox"] = json!(away("/shared"));
            document["icon"] = json!({"type": "Image", "url": away("/avatar.png")});
        });
    let reply = astray
        .post(
            &door.lea.inbox(),
            &astray.activity("Follow", &json!(door.lea.uri)),
        )
        .await;
    door.borne("T121", &reply);
    door.lea.posts("Pour tous").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let connections = canary.connections();
    door.check(
        "T111 to T124",
        connections == 0,
        &format!("the canary was visited {connections} times"),
    );
    door.ends_well().await;
}

/// T118: nothing that is said in a query is pasted into an address that the town asks for itself.
#[tokio::test]
async fn no_parameter_leads_the_town_somewhere_else() {
    let (mut door, canary) = (Door::open().await, Canary::open().await);
    let host = door.alice.host.clone();
    host.serve(
        "/p.png",
        Page::of("image/png", crate::painted::plain(64, 64)),
    );
    let text = marker("image");
    let mut note = door.naming_lea(&door.alice, &text);
    note["attachment"] = json!([
        {"type": "Document", "mediaType": "image/png", "url": host.url("/p.png"), "name": "p"}
    ]);
    door.lets_in(&door.alice, &door.alice.create(&note)).await;
    let post = door.lea.reads_on_home(&text).await;
    let picture = post["media_attachments"][0]["preview_url"]
        .as_str()
        .unwrap()
        .strip_prefix(&door.town.origin)
        .unwrap()
        .to_owned();
    let away = format!("http://127.0.0.2:{}/", canary.port);
    let values = [
        away.clone(),
        format!("x&proxy={away}"),
        format!("x%26proxy%3D{away}"),
        format!("x%23@127.0.0.2:{}/", canary.port),
    ];
    let routes = [
        picture.as_str(),
        "/media/remote/small/1/",
        "/authorize_interaction",
        "/.well-known/webfinger",
        "/recherche",
        "/oembed",
        "/api/v1/accounts/lookup",
        "/api/v1/accounts/search",
        "/api/v2/search",
    ];
    for route in routes {
        for name in ["proxy", "url", "uri", "q", "acct", "resource", "host"] {
            for value in &values {
                let path = format!("{route}?{name}={value}&resolve=true");
                for reply in [door.town.get(&path).await, door.lea.get(&path).await] {
                    door.borne(&format!("T118 {path}"), &reply);
                }
            }
        }
    }
    assert_eq!(canary.connections(), 0, "the canary was visited");
    assert_eq!(
        host.times_asked("/p.png"),
        1,
        "the picture is asked for as its author wrote it, once"
    );
    door.ends_well().await;
}

#[tokio::test]
async fn without_permission_not_even_the_own_machine_is_reached() {
    let settings = [("PARVIS_FEDERATION__ALLOW_PRIVATE_NETWORKS", "")];
    let town = parvis_testkit::TestTown::start_with("valmont", &settings).await;
    let remote = parvis_testkit::Remote::open().await;
    let (lea, paul) = (
        town.resident("lea").await,
        remote.host("far").person("paul"),
    );
    for query in [paul.handle(), paul.id.clone()] {
        let found = lea.search(&query).await;
        assert_eq!(found["accounts"], json!([]), "{query}");
    }
    assert_eq!(paul.host.times_asked("/"), 0);
}

/// T119: nobody without a login makes the town ask another server.
#[tokio::test]
async fn a_visitor_without_a_login_makes_the_town_ask_nobody() {
    let door = Door::open().await;
    let host = door.remote.host("lure");
    let (bait, bob) = (host.person("bait"), host.person("bob"));
    let found = door.lea.finds_account(&bob.id).await;
    assert_eq!(found["url"], bob.host.url("/@bob"), "with one it does");
    let before = host.times_asked("/");
    let escaped =
        |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    for target in [
        bait.id.clone(),
        bait.handle(),
        format!("acct:{}", bait.acct()),
    ] {
        for path in [
            "/authorize_interaction?uri=",
            "/recherche?q=",
            "/api/v2/search?resolve=true&q=",
            "/api/v1/accounts/lookup?acct=",
            "/.well-known/webfinger?resource=",
            "/@",
        ] {
            let reply = door.town.get(&format!("{path}{}", escaped(&target))).await;
            assert!(reply.status < 500, "{path}{target}: {}", reply.status);
        }
    }
    assert_eq!(host.times_asked("/"), before, "asked by a stranger");
    door.ends_well().await;
}
