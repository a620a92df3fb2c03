//! What the town shows to those without an account: feeds, what machines are told, pieces for other sites, and the app on a
//! phone.

use http::{HeaderMap, Method};
use parvis_testkit::{
    Resident, TestTown,
    actor::marker,
    exchange::{self, Reply, headers},
    resident::id,
};
use serde_json::{Value, json};

use crate::{app::asks, painted, place::Place, story::page_of};

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

pub async fn lets_be_found(town: &TestTown, who: &Resident) {
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
    let as_apps_ask = ready(&town, &format!("/api/oembed?{asked}"), HeaderMap::new()).await;
    assert_eq!(as_apps_ask.expecting(200).json(), said);
    for url in [
        hidden["url"].as_str().unwrap(),
        "https://elsewhere.example/@marie",
        "",
    ] {
        let asked = exchange::urlencoded(&[("url", url)]);
        for path in ["/oembed", "/api/oembed"] {
            ready(&town, &format!("{path}?{asked}"), HeaderMap::new())
                .await
                .expecting(404);
        }
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
    for path in files
        .iter()
        .map(String::as_str)
        .chain(["/hors-ligne", "/en-attente"])
    {
        let kept = ready(&town, path, HeaderMap::new()).await.expecting(200);
        assert_eq!(kept.header("set-cookie"), None, "{path}");
    }

    let (page, no_words) = (town.url("/ville"), Vec::new());
    let head = exchange::send(Method::HEAD, &page, HeaderMap::new(), no_words)
        .await
        .expecting(200);
    assert_eq!(head.header("etag"), None, "no tag of an empty text");

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

#[tokio::test]
async fn apps_in_browsers_may_read_from_their_own_origins_what_everybody_may() {
    let town = TestTown::start("valmont").await;
    for path in [
        "/avatar-default.png",
        "/header-default.png",
        "/nodeinfo/2.0",
        "/.well-known/nodeinfo",
        "/.well-known/host-meta",
    ] {
        let read = ready(&town, path, HeaderMap::new()).await.expecting(200);
        let origins = "access-control-allow-origin";
        assert_eq!(read.header(origins), Some("*"), "{path}");
        if path.contains("-default.") {
            continue;
        }
        let asked = headers(&[
            ("origin", "https://app.example"),
            ("access-control-request-method", "GET"),
            ("access-control-request-headers", "authorization"),
        ]);
        let may = exchange::send(Method::OPTIONS, &town.url(path), asked, Vec::new())
            .await
            .expecting(204);
        assert_eq!(may.header(origins), Some("*"), "{path}");
        let named = may.header("access-control-allow-headers");
        assert!(named.is_some_and(|names| names.contains("Authorization")));
    }
}

#[tokio::test]
async fn a_page_says_where_other_servers_read_the_same() {
    let place = Place::new().await;
    let (town, lea) = (&place.town, &place.lea);
    let link = |uri: &str| {
        format!("<link rel=\"alternate\" type=\"application/activity+json\" href=\"{uri}\">")
    };
    let mut visitor = town.visitor();
    for audience in ["public", "unlisted"] {
        let post = lea.posts_for(audience, "Bonjour").await;
        let page = visitor.opens(&page_of(town, &post)).await.expecting(200);
        assert!(
            page.says(&link(post["uri"].as_str().unwrap())),
            "{audience}"
        );
    }
    let profile = visitor.opens("/@lea").await.expecting(200);
    assert!(profile.says(&link(&lea.uri)));

    let anna = place.followed("far", "anna").await;
    let words = marker("de loin");
    let note = anna.note(&words);
    place.arrives(&anna, &anna.create(&note)).await;
    let far = lea.reads_on_home(&words).await;
    let quiet = lea.posts_for("private", "entre nous").await;
    let mut browser = town.browser_of("lea").await;
    for path in [
        page_of(town, &quiet),
        format!("/@{}", anna.acct()),
        format!("/@{}/{}", anna.acct(), id(&far)),
    ] {
        let page = browser.opens(&path).await.expecting(200);
        assert!(!page.says("application/activity+json"), "{path}");
    }
}

#[tokio::test]
async fn a_town_names_its_staff_to_programs_as_on_its_own_page() {
    let town = TestTown::start("valmont").await;
    let odile = town.resident_as("odile", "admin").await;
    town.resident("jean").await;
    let read = async |version: &str| {
        let path = format!("/nodeinfo/{version}");
        let info = ready(&town, &path, HeaderMap::new()).await;
        info.expecting(200).json()
    };
    let info = read("2.1").await;
    assert_eq!(info["metadata"]["staffAccounts"], json!([odile.uri]));
    assert_eq!(info["metadata"]["federation"]["enabled"], true);
    assert_eq!(info["services"]["outbound"], json!(["atom1.0"]));
    assert!(info["software"]["homepage"].is_string());
    let older = read("2.0").await;
    let software = older["software"].as_object().unwrap();
    assert_eq!(software.len(), 2, "a name and a version: {software:?}");
}

#[tokio::test]
async fn associations_that_let_themselves_be_found_stand_on_the_first_page() {
    let town = TestTown::start("valmont").await;
    town.set_up("open").await;
    let marie = town.resident("marie").await;
    let judo = town.association("judo", "marie").await;
    town.association("discrets", "marie").await;
    for who in [&marie, &judo] {
        lets_be_found(&town, who).await;
    }
    let fields = [("note", "Au gymnase le mercredi")];
    let path = "/api/v1/accounts/update_credentials";
    let told = asks(&judo, &town, Method::PATCH, path, &fields).await;
    told.expecting(200);
    let mut visitor = town.visitor();
    for path in ["/", "/associations"] {
        let page = visitor.opens(path).await.expecting(200);
        assert!(page.says("class=\"person\" href=\"/@judo\""), "{path}");
        assert!(page.says("Au gymnase le mercredi"), "{path}");
        assert!(!page.says("/@discrets") && !page.says("/@marie"), "{path}");
    }
    let first = visitor.opens("/").await;
    assert!(first.says("href=\"/associations\"") && !first.says("noindex"));
}
