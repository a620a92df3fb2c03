//! What the page is about that a post links to: asked for once, shown as words to everyone, its picture from here; and what
//! hostile pages and addresses come to.

use std::time::Duration;

use http::Method;
use parvis_testkit::{
    Canary, Remote, Resident, TestTown,
    actor::marker,
    eventually, exchange,
    patience::within,
    remote::{Host, Page},
    resident::{holds, id},
    until,
};
use serde_json::{Value, json};

use crate::{painted, place::Place};

fn html(body: &str) -> Page {
    Page::of("text/html; charset=utf-8", body)
}

async fn read(lea: &Resident, post: &Value) -> Value {
    let path = format!("/api/v1/statuses/{}", id(post));
    lea.get(&path).await.expecting(200).json()
}

/// The card under a post, waited for.
async fn card(lea: &Resident, post: &Value) -> Value {
    eventually("the card is there", || async {
        let card = read(lea, post).await["card"].clone();
        (!card.is_null()).then_some(card)
    })
    .await
}

/// A page by whose card one sees that all before it has been asked.
async fn good_page(host: &Host, lea: &Resident) {
    let path = format!("/{}", marker("bon"));
    host.serve(&path, html("<title>Bon</title>"));
    let post = lea.posts(&host.url(&path)).await;
    assert_eq!(card(lea, &post).await["title"], "Bon");
}

#[tokio::test]
async fn t215_a_link_shows_what_its_page_is_about() {
    let place = Place::new().await;
    let journal = place.remote.host("journal");
    journal.serve("/pont.png", Page::of("image/png", painted::plain(800, 400)));
    journal.serve(
        "/pont",
        html(
            "<html lang=fr><head><title>Sans importance</title>\
             <meta property='og:title' content='Le &lt;b&gt;pont&lt;/b&gt; &amp; la rivière'>\
             <meta property='og:description' content='Deux cents ans'>\
             <meta property='og:image' content='/pont.png'><meta property='og:image:alt' content='Un pont'>\
             <meta property='og:site_name' content='Le Journal'>\
             <meta property='article:published_time' content='2026-11-01T10:00:00Z'>\
             <link rel=alternate type='application/json+oembed' href='/oembed?a=1&amp;b=2'></head>",
        ),
    );
    let said = json!({"version": "1.0", "type": "rich", "author_name": "Nora", "author_url": "javascript:alert(1)",
        "html": "<script>alert(1)</script>"});
    journal.serve(
        "/oembed?a=1&b=2",
        Page::of("application/json", said.to_string()),
    );
    let url = journal.url("/pont");
    let text = format!("{} {url} et {}", marker("vois"), journal.url("/autre"));
    let post = place.lea.posts(&text).await;
    assert_eq!(post["card"], Value::Null, "nobody waits for it");
    let shown = eventually("the picture is measured", || async {
        let card = card(&place.lea, &post).await;
        (card["width"] == 640).then_some(card)
    })
    .await;
    let alone = format!("/api/v1/statuses/{}/card", id(&post));
    assert_eq!(place.lea.get(&alone).await.expecting(200).json(), shown);
    let image = shown["image"].as_str().unwrap().to_owned();
    let ours = format!("{}/media/remote/card/", place.town.origin);
    assert!(image.starts_with(&ours), "{image}");
    assert!(shown["blurhash"].is_string());
    let mut rest = shown.clone();
    for key in ["image", "blurhash"] {
        rest.as_object_mut().unwrap().remove(key);
    }
    assert_eq!(
        rest,
        json!({"url": url, "title": "Le <b>pont</b> & la rivière", "description": "Deux cents ans", "language": "fr",
            "type": "link", "author_name": "Nora", "author_url": "", "provider_name": "Le Journal",
            "provider_url": journal.url(""), "html": "", "width": 640, "height": 320,
            "image_description": "Un pont", "embed_url": "", "published_at": "2026-11-01T10:00:00.000Z",
            "authors": [{"name": "Nora", "url": "", "account": null}], "missing_attribution": false})
    );
    let picture = exchange::get(&image).await.expecting(200);
    assert_eq!(painted::size(&picture.body), (640, 320));
    assert_eq!(journal.times_asked("/autre"), 0, "the first link counts");

    let path = format!("/@lea/{}", id(&post));
    let page = place.town.visitor().opens(&path).await.expecting(200);
    assert!(
        page.says("Le &#60;b&#62;pont&#60;/b&#62; &#38; la rivière"),
        "{}",
        page.html
    );
    assert!(page.says(&format!("href=\"{url}\"")) && page.says(&format!("src=\"{image}\"")));
    assert!(page.says("Par Nora") && !page.says("javascript:") && !page.says("<script>alert"));

    // Whoever links to it after that shows the same at once, and nobody is asked again.
    let again = place.lea.posts(&format!("Encore {url}")).await;
    assert_eq!(read(&place.lea, &again).await["card"], shown);
    assert_eq!(
        journal.times_asked("/pont.png") + journal.times_asked("/oembed"),
        2
    );
}

#[tokio::test]
async fn a_card_follows_what_its_post_says() {
    let place = Place::new().await;
    let journal = place.remote.host("journal");
    journal.serve("/a", html("<title>A</title>"));
    journal.serve("/b", html("<title>B</title>"));
    let post = place.lea.posts(&journal.url("/a")).await;
    assert_eq!(card(&place.lea, &post).await["title"], "A");
    let path = format!("/api/v1/statuses/{}", id(&post));
    let edits = async |text: &str| {
        let edited = place.lea.try_put_form(&path, &[("status", text)]).await;
        edited.unwrap().expecting(200).json()
    };
    edits(&journal.url("/b")).await;
    until("the other page is shown", || async {
        read(&place.lea, &post).await["card"]["title"] == "B"
    })
    .await;
    assert_eq!(edits("Plus rien").await["id"], post["id"]);
    assert_eq!(read(&place.lea, &post).await["card"], Value::Null);
    edits(&journal.url("/a")).await;
    assert_eq!(read(&place.lea, &post).await["card"]["title"], "A");
    assert_eq!(journal.times_asked("/a"), 1);
}

#[tokio::test]
async fn what_arrives_from_elsewhere_has_a_card_too() {
    let place = Place::new().await;
    let paul = place.followed("far", "paul").await;
    paul.host.serve("/page", html("<title>Le bal</title>"));
    let link = paul.host.url("/page");
    let text = marker("bal");
    let (uri, handle) = place.lea.mention();
    let mut note = paul.note_mentioning(&text, (&uri, &handle));
    note["content"] = json!(format!(
        "<p><a href=\"{uri}\" class=\"u-url mention\">@lea</a> {text} <a href=\"{0}/tags/x\" rel=\"tag\">#x</a> \
         <a href=\"{link}\">ici</a></p>",
        paul.host.url("")
    ));
    place.arrives(&paul, &paul.create(&note)).await;
    let post = place.lea.reads_on_home(&text).await;
    let patience = Duration::from_mins(1);
    let title = within(patience, "it is asked after a while", || async {
        let post = read(&place.lea, &post).await;
        post["card"]["title"].as_str().map(str::to_owned)
    })
    .await;
    assert_eq!(title, "Le bal");
    let home = place.lea.home().await;
    let there = home.iter().find(|post| holds(post, &text)).unwrap();
    assert_eq!(there["card"]["url"], link.as_str());
}

#[tokio::test]
async fn t116_hostile_pages_and_addresses_have_no_card() {
    let (place, canary) = (Place::new().await, Canary::open().await);
    let lea = &place.lea;
    let away = format!("http://127.0.0.2:{}/p", canary.port);
    // One server each, since each is asked for one page at a time.
    let served: Vec<(&str, Page)> = vec![
        ("led", Page::redirect(&away)),
        ("picture", Page::of("image/png", painted::plain(9, 9))),
        ("json", Page::of("application/activity+json", "{}")),
        ("untitled", html("<p>Rien</p>")),
        ("gone", Page::gone()),
        (
            "packed",
            Page {
                encoding: Some("gzip"),
                ..html("")
            },
        ),
        (
            "drip",
            Page {
                drips: true,
                ..html("")
            },
        ),
        (
            "svg",
            Page::of("image/svg+xml", "<svg><title>x</title></svg>"),
        ),
    ];
    let mut posts = Vec::new();
    for (name, page) in served {
        let host = place.remote.host(name);
        let page = match name {
            "packed" => Page {
                body: painted::bomb(),
                ..page
            },
            _ => page,
        };
        host.serve("/p", page);
        posts.push((name, lea.posts(&host.url("/p")).await, host));
    }
    for address in [
        away.clone(),
        format!("http://[::1]:{}/p", canary.port),
        format!("{}/@lea", place.town.origin),
    ] {
        let post = lea.posts(&address).await;
        posts.push(("address", post, place.remote.host("nowhere")));
    }
    for (name, _, host) in posts.iter().filter(|(name, _, _)| *name != "address") {
        until(&format!("{name} was asked"), || async {
            host.times_asked("/p") > 0
        })
        .await;
    }
    let good = place.remote.host("good");
    good_page(&good, lea).await;
    // A page says what it likes of its pictures and people.
    good.serve("/sly", html(&format!(
        "<title>\u{202E}Malin</title><meta property=og:image content='{away}'><meta name=author content='javascript:alert(1)//'>\
         <meta property=og:description content='{}'>", "é".repeat(2_000)
    )));
    good.serve(
        "/scheme",
        html("<title>Image</title><meta property=og:image content='javascript:alert(1)'>"),
    );
    let (sly, scheme) = (
        lea.posts(&good.url("/sly")).await,
        lea.posts(&good.url("/scheme")).await,
    );
    let shown = eventually("its picture is given up", || async {
        let card = card(lea, &sly).await;
        card["image"].is_null().then_some(card)
    })
    .await;
    assert_eq!(shown["title"], "Malin");
    assert_eq!(shown["author_url"], "");
    assert_eq!(
        shown["description"].as_str().unwrap().chars().count(),
        1_000
    );
    assert_eq!(card(lea, &scheme).await["image"], Value::Null);
    for (name, post, _) in &posts {
        assert_eq!(read(lea, post).await["card"], Value::Null, "{name}");
    }
    assert_eq!(canary.connections(), 0, "the canary was visited");
}

#[tokio::test]
async fn only_what_everybody_may_read_has_its_links_asked() {
    let place = Place::new().await;
    let host = place.remote.host("far");
    host.serve("/secret", html("<title>Secret</title>"));
    for visibility in ["private", "direct"] {
        let url = host.url(&format!("/secret?{visibility}"));
        let fields = [("status", url.as_str()), ("visibility", visibility)];
        place
            .lea
            .post_form("/api/v1/statuses", &fields)
            .await
            .expecting(200);
    }
    good_page(&host, &place.lea).await;
    assert_eq!(host.times_asked("/secret"), 0);
}

#[tokio::test]
async fn an_errand_survives_the_end_of_the_program() {
    let town = TestTown::start_with("valmont", &[("PARVIS_WORKERS", "off")]).await;
    let (lea, remote) = (town.resident("lea").await, Remote::open().await);
    let host = remote.host("far");
    host.serve("/page", html("<title>Plus tard</title>"));
    let post = lea.posts(&host.url("/page")).await;
    town.program.kill9();
    town.program.start().await;
    assert_eq!(host.times_asked("/page"), 0, "nobody has run it yet");
    town.program.start_worker();
    assert_eq!(card(&lea, &post).await["title"], "Plus tard");
    assert_eq!(host.times_asked("/page"), 1);
}

/// What the card says of who wrote the page: the account it names, and whether the reader's own consent is missing.
fn author(card: &Value) -> (Value, Value) {
    let author = card["authors"][0]["account"]["acct"].clone();
    (author, card["missing_attribution"].clone())
}

async fn agrees(place: &Place, sites: &Value) -> exchange::Reply {
    let url = place.town.url("/api/v1/accounts/update_credentials");
    let authorization = format!("Bearer {}", place.lea.token);
    let pairs = [
        ("authorization", authorization.as_str()),
        ("content-type", "application/json"),
    ];
    let body = json!({"attribution_domains": sites}).to_string();
    exchange::send(Method::PATCH, &url, exchange::headers(&pairs), body.into()).await
}

#[tokio::test]
async fn a_page_is_by_whom_it_names_where_they_name_its_site() {
    let place = Place::new().await;
    let jean = place.town.resident("jean").await;
    let journal = place.remote.host("journal");
    let body = format!(
        "<title>Le pont</title><meta name='fediverse:creator' content='{}'>",
        place.lea.handle()
    );
    journal.serve("/pont", html(&body));
    let post = jean.posts(&journal.url("/pont")).await;
    assert_eq!(
        author(&card(&jean, &post).await),
        (Value::Null, json!(false))
    );
    let asked = card(&place.lea, &post).await;
    assert_eq!(
        author(&asked),
        (Value::Null, json!(true)),
        "she alone may agree"
    );

    let kept = agrees(
        &place,
        &json!(["https://Localhost.example/", "journal.localhost"]),
    )
    .await
    .expecting(200)
    .json();
    let sites = json!(["localhost.example", "journal.localhost"]);
    assert_eq!(kept["source"]["attribution_domains"], sites);
    let profile = place.lea.get("/api/v1/profile").await.expecting(200).json();
    assert_eq!(profile["attribution_domains"], sites);
    let actor = exchange::get_document(&place.lea.uri).await.expecting(200);
    assert_eq!(actor.json()["attributionDomains"], sites);
    for reader in [&jean, &place.lea] {
        let card = card(reader, &post).await;
        assert_eq!(author(&card), (json!("lea"), json!(false)));
        assert_eq!(
            (&card["author_name"], &card["authors"][0]["name"]),
            (&json!(""), &json!(""))
        );
    }

    agrees(&place, &json!(["fr"])).await.expecting(422);
    let many: Vec<String> = (0..101).map(|n| format!("site{n}.example")).collect();
    agrees(&place, &json!(many)).await.expecting(422);
    agrees(&place, &json!([])).await.expecting(200);
    assert_eq!(
        author(&card(&jean, &post).await).0,
        Value::Null,
        "until she takes it back"
    );
}

#[tokio::test]
async fn a_page_is_by_somebody_elsewhere_as_their_server_says() {
    let place = Place::new().await;
    let journal = place.remote.host("journal");
    let (nora, rose) = (
        place.remote.host("far").person("nora"),
        place.remote.host("far").person("rose"),
    );
    let mut document = nora.document();
    document["attributionDomains"] = json!(["localhost", "journal.localhost", 7, "no site"]);
    nora.host.serve_document(&document);
    for (path, creator) in [("/a", &nora), ("/b", &rose)] {
        let body = format!(
            "<title>T</title><meta content='{}' name=fediverse:creator>",
            creator.handle()
        );
        journal.serve(path, html(&body));
    }
    let by_nora = place.lea.posts(&journal.url("/a")).await;
    assert_eq!(
        author(&card(&place.lea, &by_nora).await).0,
        json!(nora.acct())
    );
    let by_rose = place.lea.posts(&journal.url("/b")).await;
    assert_eq!(
        author(&card(&place.lea, &by_rose).await).0,
        Value::Null,
        "she does not say so"
    );

    document["attributionDomains"] = json!([]);
    nora.host.serve_document(&document);
    place
        .arrives(&nora, &nora.activity("Update", &document))
        .await;
    until("what she says now counts", || async {
        author(&card(&place.lea, &by_nora).await).0 == Value::Null
    })
    .await;
}
