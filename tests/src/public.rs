//! What the town shows to those without an account: feeds, what machines are told, ways in from other servers, pieces for other
//! sites, the app on a phone, and the first steps of who just came.

use http::{HeaderMap, Method};
use parvis_testkit::{
    Browser, Remote, Resident, TestTown,
    actor::marker,
    browser::Shown,
    exchange::{self, Reply, headers},
    remote::Page,
    resident::id,
};
use serde_json::{Value, json};

use crate::{
    app::asks,
    painted,
    story::{page_of, signs_up},
};

async fn ready(town: &TestTown, path: &str, more: HeaderMap) -> Reply {
    exchange::send(Method::GET, &town.url(path), more, Vec::new()).await
}

/// What stands between the first pair of marks.
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text
        .split_once(before)
        .unwrap_or_else(|| panic!("no {before} in {text}"));
    rest.split_once(after).unwrap().0
}

async fn lets_be_found(town: &TestTown, who: &Resident) {
    let fields = [("discoverable", "true"), ("indexable", "true")];
    let path = "/api/v1/accounts/update_credentials";
    asks(who, town, Method::PATCH, path, &fields)
        .await
        .expecting(200);
}

#[tokio::test]
async fn a_feed_holds_what_everybody_may_read_and_nothing_else() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let open = marker("Le four <b>rallume</b> & sent bon");
    let post = marie.posts(&format!("{open} #Four")).await;
    let mut hidden = Vec::new();
    for audience in ["unlisted", "private", "direct"] {
        let words = marker(audience);
        marie
            .posts_for(audience, &format!("@jean {words} #Four"))
            .await;
        hidden.push(words);
    }
    let answer = marker("Merci");
    marie
        .answers(&jean.posts("Qui vient ?").await, &answer)
        .await;
    for path in ["/@marie/fil.atom", "/ville/fil.atom", "/tags/FOUR/fil.atom"] {
        let feed = ready(&town, path, HeaderMap::new()).await.expecting(200);
        assert_eq!(
            feed.header("content-type"),
            Some("application/atom+xml; charset=utf-8"),
            "{path}"
        );
        assert_eq!(feed.header("set-cookie"), None);
        assert_eq!(feed.header("x-robots-tag"), Some("noindex"));
        let text = feed.text();
        let written_twice = open
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('&', "&#38;");
        assert!(text.contains(&written_twice), "{path}: {text}");
        assert!(!text.contains("<b>"), "{path}: {text}");
        for words in &hidden {
            assert!(!text.contains(words.as_str()), "{path}: {words}");
        }
        assert!(text.contains(&format!("<id>{}</id>", post["uri"].as_str().unwrap())));
        assert_eq!(path == "/ville/fil.atom", text.contains("Qui vient ?"));
    }
    let own = ready(&town, "/@marie/fil.atom", HeaderMap::new())
        .await
        .text();
    assert!(
        !own.contains(&answer),
        "answers are for those who read the question"
    );
    for path in ["/@personne/fil.atom", "/@marie@far.example/fil.atom"] {
        ready(&town, path, HeaderMap::new()).await.expecting(404);
    }
    town.cli(&["account", "suspend", "marie"])
        .await
        .succeeding();
    ready(&town, "/@marie/fil.atom", HeaderMap::new())
        .await
        .expecting(404);
    let towns = ready(&town, "/ville/fil.atom", HeaderMap::new())
        .await
        .text();
    assert!(
        !towns.contains(&open),
        "whoever is suspended is seen nowhere"
    );
}

#[tokio::test]
async fn a_feed_is_sent_again_only_when_it_changed() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let first = marie.posts("Une première nouvelle").await;
    let feed = ready(&town, "/@marie/fil.atom", HeaderMap::new())
        .await
        .expecting(200);
    assert_eq!(feed.header("cache-control"), Some("public, max-age=60"));
    let tag = feed.header("etag").unwrap().to_owned();
    let date = feed.header("last-modified").unwrap().to_owned();
    for known in [
        headers(&[("if-none-match", &tag)]),
        headers(&[("if-none-match", &format!("\"other\", {tag}"))]),
        headers(&[("if-modified-since", &date)]),
    ] {
        let again = ready(&town, "/@marie/fil.atom", known).await.expecting(304);
        assert!(again.body.is_empty());
        assert_eq!(again.header("etag"), Some(tag.as_str()));
    }
    let changed = marker("changée");
    let path = format!("/api/v1/statuses/{}", id(&first));
    let fields = [("status", changed.as_str())];
    let reply = marie.try_put_form(&path, &fields).await.unwrap();
    reply.expecting(200);
    let known = headers(&[("if-none-match", &tag)]);
    let again = ready(&town, "/@marie/fil.atom", known).await.expecting(200);
    assert!(again.text().contains(&changed));
}

#[tokio::test]
async fn pages_say_what_they_are_to_whoever_meets_a_link() {
    let town = TestTown::start("valmont").await;
    town.set_up("open").await;
    let marie = town.resident("marie").await;
    lets_be_found(&town, &marie).await;
    let words = marker("</script><script>alert(1)</script> & \"guillemets\"");
    let post = marie.posts(&words).await;
    let mut visitor = town.visitor();
    let page = visitor.opens(&page_of(&town, &post)).await.expecting(200);
    let url = post["url"].as_str().unwrap();
    assert!(page.says(&format!("<link rel=\"canonical\" href=\"{url}\">")));
    assert!(page.says("<meta property=\"og:type\" content=\"article\">"));
    assert!(page.says("application/json+oembed"));
    assert!(!page.says("<script>alert"), "{}", page.html);
    let data = between(
        &page.html,
        "<script type=\"application/ld+json\">",
        "</script>",
    );
    let data: Value = serde_json::from_str(data).unwrap();
    assert_eq!(data["@type"], "SocialMediaPosting");
    assert_eq!(data["articleBody"], words);
    assert_eq!(data["author"]["url"], town.url("/@marie"));

    let profile = visitor.opens("/@marie").await.expecting(200);
    assert!(profile.says("<meta property=\"og:type\" content=\"profile\">"));
    let feed = format!(
        "type=\"application/atom+xml\" href=\"{}\"",
        town.url("/@marie/fil.atom")
    );
    assert!(profile.says(&feed) && profile.says("href=\"/@marie/fil.atom\""));
    assert!(!profile.says("noindex"));
    assert!(!visitor.opens("/").await.says("noindex"));
    town.resident("jean").await.posts("Bonjour").await;
    assert!(
        visitor.opens("/").await.says("noindex"),
        "somebody there did not agree"
    );
    assert!(
        visitor.opens("/ville").await.says("noindex"),
        "of all, not all agree"
    );
}

#[tokio::test]
async fn who_does_not_want_to_be_found_is_told_to_no_machine() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    lets_be_found(&town, &marie).await;
    let quiet = jean.posts("Bonjour").await;
    let warned = {
        let secret = [
            ("status", "le boulanger est le coupable"),
            ("spoiler_text", "Fin du film"),
        ];
        marie
            .post_form("/api/v1/statuses", &secret)
            .await
            .expecting(200)
            .json()
    };
    let mut visitor = town.visitor();
    for path in ["/", "/@jean", "/@marie/abonnes", &page_of(&town, &quiet)] {
        let page = visitor.opens(path).await.expecting(200);
        assert!(page.says("noindex") && !page.says("ld+json"), "{path}");
    }
    let page = visitor.opens(&page_of(&town, &warned)).await.expecting(200);
    let head = page.html.split("<body").next().unwrap();
    assert!(
        head.contains("Fin du film") && !head.contains("coupable"),
        "{head}"
    );

    let followers = marie.posts_for("private", "@jean entre nous").await;
    let mut browser = town.browser_of("jean").await;
    let page = browser
        .opens(&page_of(&town, &followers))
        .await
        .expecting(200);
    let head = page.html.split("<body").next().unwrap();
    assert!(
        !head.contains("og:") && !head.contains("entre nous"),
        "{head}"
    );

    let map = ready(&town, "/sitemap.xml", HeaderMap::new())
        .await
        .expecting(200)
        .text();
    assert!(map.contains(&format!("<loc>{}</loc>", town.url("/@marie"))));
    assert!(!map.contains("jean"));
    let robots = ready(&town, "/robots.txt", HeaderMap::new())
        .await
        .expecting(200)
        .text();
    let (trainers, others) = robots.split_once("\n\n").unwrap();
    for name in ["GPTBot", "ClaudeBot", "CCBot", "Google-Extended"] {
        assert!(
            trainers.contains(&format!("User-agent: {name}\n")),
            "{robots}"
        );
    }
    assert!(trainers.ends_with("Disallow: /"));
    assert!(others.starts_with("User-agent: *\n") && !others.contains("Disallow: /\n"));
    assert!(others.contains(&format!("Sitemap: {}", town.url("/sitemap.xml"))));
}

async fn asks_elsewhere(visitor: &mut Browser, page: &str, address: &str) -> Reply {
    let shown = visitor.opens(page).await.expecting(200);
    let form = shown.form(page).with("adresse", address);
    let body = exchange::urlencoded(&form.pairs()).into_bytes();
    let more = headers(&[("content-type", "application/x-www-form-urlencoded")]);
    visitor.exchange(Method::POST, page, more, body).await
}

fn subscribes_at(host: &parvis_testkit::remote::Host, template: &str) {
    let said = json!({"subject": "acct:paul@x", "links": [
        {"rel": "http://ostatus.org/schema/1.0/subscribe", "template": template}]});
    let page = Page::of("application/jrd+json", said.to_string());
    host.serve("/.well-known/webfinger", page);
}

#[tokio::test]
async fn a_neighbour_of_another_town_follows_and_answers_from_home() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let post = marie.posts("Qui vient dimanche ?").await;
    let remote = Remote::open().await;
    let far = remote.host("loin");
    subscribes_at(&far, &far.url("/interaction?uri={uri}"));
    let me = format!("@paul@{}", far.authority);
    let mut visitor = town.visitor();

    let profile = visitor.opens("/@marie").await.expecting(200);
    assert!(profile.says("href=\"/@marie/suivre\""));
    let led = asks_elsewhere(&mut visitor, "/@marie/suivre", &me)
        .await
        .expecting(303);
    let there = url::Url::parse(led.header("location").unwrap()).unwrap();
    assert_eq!(there.host_str(), far.authority.split(':').next());
    let (_, uri) = there.query_pairs().next().unwrap();
    assert_eq!(uri, marie.handle()[1..]);

    let page = format!("{}/repondre", page_of(&town, &post));
    let led = asks_elsewhere(&mut visitor, &page, &me)
        .await
        .expecting(303);
    let there = url::Url::parse(led.header("location").unwrap()).unwrap();
    let (_, uri) = there.query_pairs().next().unwrap();
    assert_eq!(uri, post["uri"].as_str().unwrap());

    // Two towns of ours understand each other: what ours says leads to its own page for it.
    let jrd = format!(
        "/.well-known/webfinger?resource=acct:{}",
        &marie.handle()[1..]
    );
    let jrd = town.get(&jrd).await.expecting(200).json();
    let template = jrd["links"]
        .as_array()
        .unwrap()
        .iter()
        .find_map(|link| link["template"].as_str());
    assert_eq!(
        template,
        Some(town.url("/authorize_interaction?uri={uri}").as_str())
    );
    let mut own = town.browser_of("marie").await;
    assert_eq!(own.opens("/@marie/suivre").await.path, "/@marie");
}

#[tokio::test]
async fn a_way_home_that_is_none_is_said_kindly() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let remote = Remote::open().await;
    let (mute, sly, shut) = (
        remote.host("muet"),
        remote.host("ruse"),
        remote.host("ferme"),
    );
    mute.person("paul");
    subscribes_at(&sly, "javascript:alert('{uri}')");
    shut.serve(
        "/.well-known/webfinger",
        Page {
            status: 503,
            ..Page::of("text/plain", "")
        },
    );
    let mut visitor = town.visitor();
    for (address, words) in [
        ("paul".to_owned(), "adresse entière"),
        ("@paul@".to_owned(), "adresse entière"),
        (
            format!("@personne@{}", mute.authority),
            "ne connaît pas cette adresse",
        ),
        (format!("@paul@{}", mute.authority), "ne dit pas comment"),
        (format!("@paul@{}", sly.authority), "ne dit pas comment"),
        (format!("@paul@{}", shut.authority), "ne répond pas"),
        ("@paul@10.0.0.1".to_owned(), "ne connaît pas cette adresse"),
    ] {
        let answer = asks_elsewhere(&mut visitor, "/@marie/suivre", &address).await;
        let text = answer.text();
        assert_eq!(answer.status, 422, "{address}: {text}");
        assert!(text.contains(words), "{address}: {text}");
        assert!(
            text.contains(&format!("value=\"{address}\"")),
            "nothing typed is lost"
        );
    }
    let home = format!("@lea@{}", town.host);
    let led = asks_elsewhere(&mut visitor, "/@marie/suivre", &home)
        .await
        .expecting(303);
    assert_eq!(led.header("location"), Some("/connexion?suite=%2F%40marie"));
    // Another site cannot make the town ask around.
    let more = headers(&[("content-type", "application/x-www-form-urlencoded")]);
    let forged = visitor.exchange(
        Method::POST,
        "/@marie/suivre",
        more,
        b"adresse=a%40b.example".to_vec(),
    );
    forged.await.expecting(403);
}

#[tokio::test]
async fn only_the_pieces_for_other_sites_may_stand_in_a_frame() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let words = marker("Fête");
    let post = marie.posts(&words).await;
    let hidden = marie.posts_for("private", &marker("Entre nous")).await;
    let page = page_of(&town, &post);
    for path in [
        "/integrer/ville",
        "/integrer/@marie",
        &format!("/integrer{page}"),
    ] {
        let piece = ready(&town, path, headers(&[("cookie", "parvis=x")]))
            .await
            .expecting(200);
        assert!(piece.text().contains(&words), "{path}");
        let policy = piece.header("content-security-policy").unwrap();
        assert!(policy.contains("frame-ancestors *"), "{policy}");
        assert_eq!(piece.header("x-frame-options"), None);
        assert_eq!(piece.header("set-cookie"), None);
        let text = piece.text();
        assert!(
            !text.contains("<script") && !text.contains("<form"),
            "{path}: {text}"
        );
    }
    for path in ["/ville", "/@marie", "/integrer", "/connexion"] {
        let closed = ready(&town, path, HeaderMap::new()).await.expecting(200);
        let policy = closed.header("content-security-policy").unwrap();
        assert!(policy.contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(closed.header("x-frame-options"), Some("DENY"), "{path}");
    }
    ready(
        &town,
        &format!("/integrer{}", page_of(&town, &hidden)),
        HeaderMap::new(),
    )
    .await
    .expecting(404);

    let mut visitor = town.visitor();
    let shown = visitor.opens("/integrer?qui=@marie").await.expecting(200);
    let line = format!("&#60;iframe src=&#34;{}", town.url("/integrer/@marie"));
    assert!(shown.says(&line), "{}", shown.html);
    assert!(
        visitor
            .opens("/integrer?qui=personne")
            .await
            .says("Personne ici ne porte ce nom.")
    );

    let asked =
        exchange::urlencoded(&[("url", post["url"].as_str().unwrap()), ("maxwidth", "300")]);
    let said = ready(&town, &format!("/oembed?{asked}"), HeaderMap::new())
        .await
        .expecting(200)
        .json();
    assert_eq!(
        (&said["type"], &said["width"]),
        (&json!("rich"), &json!(300))
    );
    assert!(
        said["html"]
            .as_str()
            .unwrap()
            .contains(&town.url(&format!("/integrer{page}")))
    );
    for url in [
        hidden["url"].as_str().unwrap(),
        "https://elsewhere.example/@marie",
        "",
    ] {
        let asked = exchange::urlencoded(&[("url", url)]);
        ready(&town, &format!("/oembed?{asked}"), HeaderMap::new())
            .await
            .expecting(404);
    }
}

#[tokio::test]
async fn a_phone_finds_all_it_needs_to_keep_the_town_as_an_app() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let page = town.visitor().opens("/ville").await.expecting(200);
    assert!(page.says("rel=\"manifest\" href=\"/manifest.webmanifest\""));
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("manifest-src 'self'"), "{policy}");
    let manifest = ready(&town, "/manifest.webmanifest", HeaderMap::new())
        .await
        .expecting(200);
    assert_eq!(
        manifest.header("content-type"),
        Some("application/manifest+json; charset=utf-8")
    );
    let manifest = manifest.json();
    assert_eq!(
        manifest["theme_color"],
        between(&page.html, "<meta name=\"theme-color\" content=\"", "\"")
    );
    assert_eq!(manifest["icons"].as_array().unwrap().len(), 5);
    for icon in manifest["icons"].as_array().unwrap() {
        let kept = ready(&town, icon["src"].as_str().unwrap(), HeaderMap::new())
            .await
            .expecting(200);
        assert_eq!(kept.header("content-type"), icon["type"].as_str());
        if let Some((width, height)) = icon["sizes"].as_str().unwrap().split_once('x') {
            let size = painted::size(&kept.body);
            assert_eq!(
                (size.0.to_string(), size.1.to_string()),
                (width.into(), height.into())
            );
        }
    }
    let worker = ready(&town, "/worker.js", HeaderMap::new())
        .await
        .expecting(200);
    assert_eq!(worker.header("cache-control"), Some("public, no-cache"));
    let policy = worker.header("content-security-policy").unwrap();
    assert_eq!(policy, "default-src 'none'; connect-src 'self'");
    let text = worker.text();
    let files: Vec<String> = serde_json::from_str(between(&text, "const FILES = ", ";\n")).unwrap();
    assert!(files.len() > 3);
    for path in files.iter().map(String::as_str).chain(["/hors-ligne"]) {
        let kept = ready(&town, path, HeaderMap::new()).await.expecting(200);
        assert_eq!(kept.header("set-cookie"), None, "{path}");
    }

    let mut browser = town.browser_of("marie").await;
    let given = exchange::urlencoded(&[
        ("titre", "Le pont"),
        ("texte", "À lire & relire"),
        ("lien", "https://journal.example/pont?a=1"),
    ]);
    let write = browser
        .opens(&format!("/partager?{given}"))
        .await
        .expecting(200);
    let text = write.form("/ecrire").field("text").unwrap().value.clone();
    assert_eq!(
        text,
        "Le pont\n\nÀ lire & relire\n\nhttps://journal.example/pont?a=1"
    );
    let again = exchange::urlencoded(&[
        ("texte", "Voir https://a.example/"),
        ("lien", "https://a.example/"),
    ]);
    let write = browser
        .opens(&format!("/partager?{again}"))
        .await
        .expecting(200);
    assert_eq!(
        write.form("/ecrire").field("text").unwrap().value,
        "Voir https://a.example/"
    );
}

fn step(shown: &Shown, n: u32) -> bool {
    shown.says(&format!("Étape {n} sur 3"))
}

#[tokio::test]
async fn who_just_came_is_shown_around_in_three_steps_and_may_skip_each() {
    let town = TestTown::start("valmont").await;
    town.set_up("open").await;
    let club = town.resident("club").await;
    let shy = town.resident("discret").await;
    let path = "/api/v1/accounts/update_credentials";
    let hides = asks(
        &shy,
        &town,
        Method::PATCH,
        path,
        &[("discoverable", "false")],
    );
    hides.await.expecting(200);
    lets_be_found(&town, &club).await;
    let mut browser = town.visitor();
    let joined = signs_up(&mut browser, "marie").await.expecting(200);
    assert!(joined.says("href=\"/premiers-pas/1\""), "{}", joined.html);

    let first = browser.opens("/premiers-pas/1").await.expecting(200);
    assert!(step(&first, 1) && first.says("href=\"/premiers-pas/2\""));
    let form = first
        .form("/premiers-pas/1")
        .with("display_name", "Marie du four")
        .with("bio", "Boulangère");
    let face = painted::plain(300, 300);
    let files = [("avatar", "moi.png", "image/png", face.as_slice())];
    let second = browser
        .submits_with_files(&first, &form, &files)
        .await
        .expecting(200);
    assert!(step(&second, 2), "{}", second.html);
    let marie = town.resident_known("marie").await;
    let seen = marie
        .get("/api/v1/accounts/verify_credentials")
        .await
        .json();
    assert_eq!(seen["display_name"], "Marie du four");
    assert!(
        !seen["avatar"]
            .as_str()
            .unwrap()
            .ends_with("/avatar-default.png")
    );

    assert!(second.says("@club") && second.says("@maire") && !second.says("@discret"));
    assert!(
        !second.says("class=\"person\" href=\"/@marie\""),
        "not oneself"
    );
    let follow = second.button(&format!("/actions/compte/{}/suivre", club.id));
    let back = browser.submits(&second, &follow).await.expecting(200);
    assert!(
        step(&back, 2) && back.says("Ne plus suivre"),
        "{}",
        back.html
    );
    let third = browser.opens("/premiers-pas/3").await.expecting(200);
    assert!(step(&third, 3) && third.says("href=\"/@maire\""));
    assert!(
        !browser.opens("/").await.says("/premiers-pas/"),
        "nobody is led back"
    );

    let broken = form.with("display_name", &"x".repeat(400));
    let again = browser.submits(&first, &broken).await.expecting(422);
    assert!(step(&again, 1) && again.says("xxx"));
    assert!(
        town.visitor()
            .opens("/premiers-pas/1")
            .await
            .path
            .starts_with("/connexion")
    );
}
