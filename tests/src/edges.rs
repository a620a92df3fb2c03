//! What stands around every answer, whoever gives it, and requests that no honest program sends. The numbers are those of
//! docs/attacks.md.

use std::time::Duration;

use http::{HeaderMap, Method};
use parvis_testkit::{
    Browser, Reply, TestTown,
    exchange::{self, headers},
    keys,
    letter::authority,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use crate::story::page_of;

const PATIENCE: Duration = Duration::from_secs(5);

async fn get(browser: &mut Browser, path: &str) -> Reply {
    let none = HeaderMap::new();
    browser.exchange(Method::GET, path, none, Vec::new()).await
}

/// All that an answer says under this name.
fn said(reply: &Reply, name: &str) -> String {
    let all = reply.headers.get_all(name).iter();
    let all: Vec<&str> = all.map(|value| value.to_str().unwrap()).collect();
    all.join(", ")
}

fn varies_by(reply: &Reply, name: &str) -> bool {
    said(reply, "vary")
        .split(',')
        .any(|one| one.trim().eq_ignore_ascii_case(name))
}

#[track_caller]
fn is_strict(what: &str, reply: &Reply) {
    let policy = said(reply, "content-security-policy");
    assert!(policy.starts_with("default-src 'none'"), "{what}: {policy}");
    assert!(!policy.contains("unsafe"), "{what}: {policy}");
    if said(reply, "content-type").starts_with("text/html") {
        for part in ["form-action '", "base-uri 'none'", "frame-ancestors 'none'"] {
            assert!(policy.contains(part), "{what}: {part} in {policy}");
        }
    }
    assert_eq!(said(reply, "x-content-type-options"), "nosniff", "{what}");
    assert_eq!(said(reply, "referrer-policy"), "no-referrer", "{what}");
    let permissions = said(reply, "permissions-policy");
    assert!(permissions.contains("camera=()"), "{what}: {permissions}");
    for untold in ["server", "x-powered-by", "strict-transport-security"] {
        assert_eq!(reply.header(untold), None, "{what}");
    }
}

/// T204, T218, T219: pages, answers to apps and servers, files and errors; private ones are kept by nobody in between.
#[tokio::test]
async fn t204_t218_t219_every_answer_keeps_browsers_strict() {
    let town = TestTown::start("valmont").await;
    let lea = town.resident("lea").await;
    let page = page_of(&town, &lea.posts("Bonjour").await);
    let actor = lea.uri.strip_prefix(&town.origin).unwrap();
    let mut visitor = town.visitor();
    for path in [
        "/",
        "/ville",
        "/@lea",
        &page,
        "/connexion",
        "/inscription",
        "/mot-de-passe-oublie",
        "/a-propos",
        "/recherche?q=x",
        "/hors-ligne",
        "/nulle-part",
        "/@personne",
        "/avis",
        "/ville/fil.atom",
        "/robots.txt",
        "/manifest.webmanifest",
        "/avatar-default.png",
        "/assets/rien.css",
        "/media/rien.png",
        "/api/v1/instance",
        "/api/v1/nothing",
        "/api/v1/timelines/home",
        "/oauth/token",
        "/nodeinfo/2.0",
        "/.well-known/webfinger?resource=acct:personne@x",
        actor,
        "/ap/objects/1",
        "/healthz",
    ] {
        let reply = get(&mut visitor, path).await;
        assert!(reply.status < 500, "{path}: {}", reply.status);
        is_strict(path, &reply);
    }

    let mut browser = town.browser_of("lea").await;
    for path in ["/", "/avis", "/ecrire", "/messages", "/reglages/profil"] {
        let reply = get(&mut browser, path).await.expecting(200);
        is_strict(path, &reply);
        assert_eq!(said(&reply, "cache-control"), "private, no-store", "{path}");
    }
    for path in ["/api/v1/timelines/home", "/api/v1/timelines/public"] {
        let reply = lea.get(path).await.expecting(200);
        assert_eq!(said(&reply, "cache-control"), "private, no-store", "{path}");
        assert!(varies_by(&reply, "authorization"), "{path}");
    }
    let open = town.get("/api/v1/timelines/public").await.expecting(200);
    assert!(varies_by(&open, "authorization") && open.header("cache-control").is_none());
    for path in ["/@lea", &page] {
        let shown = get(&mut visitor, path).await.expecting(200);
        let document = town.get_document(path).await;
        assert_ne!(document.status, 200, "{path}: led to the document");
        for reply in [&shown, &document] {
            assert!(varies_by(reply, "accept"), "{path}: {:?}", reply.headers);
        }
        assert!(varies_by(&shown, "cookie"), "{path}");
    }

    // Told by no town, since there is none of this name; the page has its style all the same, by its hash.
    let other = headers(&[("host", "elsewhere.example"), ("accept", "text/html")]);
    let reply = exchange::send(Method::GET, &town.url("/"), other, Vec::new()).await;
    let reply = reply.expecting(421);
    is_strict("another host", &reply);
    let text = reply.text();
    let (_, style) = text.split_once("<style>").expect("a page");
    let (style, _) = style.split_once("</style>").unwrap();
    let digest = keys::digest(style.as_bytes());
    let digest = digest.strip_prefix("SHA-256=").unwrap();
    let policy = said(&reply, "content-security-policy");
    assert!(policy.contains(&format!("'sha256-{digest}'")), "{policy}");
}

/// What comes back for exactly these words, up to the end of the connection.
async fn answer(town: &TestTown, words: &str) -> String {
    let url = url::Url::parse(&town.origin).unwrap();
    let mut stream = TcpStream::connect(("127.0.0.1", url.port().unwrap()))
        .await
        .unwrap();
    stream.write_all(words.as_bytes()).await.unwrap();
    let mut all = Vec::new();
    let mut piece = [0; 4096];
    while let Ok(Ok(read @ 1..)) = timeout(PATIENCE, stream.read(&mut piece)).await {
        all.extend_from_slice(&piece[..read]);
    }
    String::from_utf8_lossy(&all).into_owned()
}

/// The same for a request of one's own, whose target nobody on the way makes tidy.
async fn asked(town: &TestTown, method: &str, target: &str, more: &str) -> String {
    let host = authority(&town.origin);
    let words =
        format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{more}\r\n");
    answer(town, &words).await
}

fn status(answer: &str) -> u16 {
    let word = answer.split(' ').nth(1).unwrap_or_default();
    word.parse().unwrap_or_default()
}

#[track_caller]
fn is_refused(what: &str, answer: &str) {
    let status = status(answer);
    assert!((400..500).contains(&status), "{what}: {answer}");
}

/// T250: no address of files leads out of their folder, however it is written.
async fn files_stay_in_their_folders(town: &TestTown) {
    let home = asked(town, "GET", "/ville", "Accept: text/html\r\n").await;
    let (_, asset) = home.split_once("href=\"/assets/").unwrap();
    let (asset, _) = asset.split_once('"').unwrap();
    let known = asked(town, "GET", &format!("/assets/{asset}"), "").await;
    assert_eq!(status(&known), 200, "what is honest is sent");
    for folder in [
        "/assets/",
        "/theme/",
        "/icones/",
        "/media/",
        "/media/remote/small/1/",
        "/nodeinfo/",
        "/",
    ] {
        for way in [
            "../parvis.sqlite",
            "../../data/parvis.sqlite",
            "%2e%2e/parvis.sqlite",
            "%2e%2e%2fparvis.sqlite",
            "%2E%2E%2F%2E%2E%2Fdata%2Fparvis.sqlite",
            "%252e%252e%252fparvis.sqlite",
            "..\\parvis.sqlite",
            "..%5cparvis.sqlite",
            "....//....//etc/passwd",
            "/etc/passwd",
            "%2fetc%2fpasswd",
            "..%00.png",
            "%c0%ae%c0%ae/etc/passwd",
        ] {
            let target = format!("{folder}{way}");
            let told = asked(town, "GET", &target, "").await;
            is_refused(&target, &told);
            assert!(!told.contains("SQLite format"), "{target}: {told}");
            assert!(!told.contains("root:x:"), "{target}: {told}");
        }
    }
}

/// T251: a town answers for its own name, and believes nobody who gives it another.
async fn only_the_own_name_counts(town: &TestTown) {
    let host = authority(&town.origin);
    let close = "Connection: close\r\n\r\n";
    for words in [
        format!("GET / HTTP/1.1\r\nHost: evil.example\r\n{close}"),
        format!("GET http://evil.example/ville HTTP/1.1\r\nHost: {host}\r\n{close}"),
    ] {
        let told = answer(town, &words).await;
        assert_eq!(status(&told), 421, "{words}: {told}");
        assert!(!told.contains("evil.example"), "{told}");
    }
    for hosts in [
        format!("Host: {host}\r\nHost: evil.example\r\n"),
        format!("Host: lea@{host}\r\n"),
        String::new(),
    ] {
        let told = answer(town, &format!("GET / HTTP/1.1\r\n{hosts}{close}")).await;
        assert_eq!(status(&told), 400, "{hosts}: {told}");
    }
    let claims = "X-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https\r\nForwarded: host=evil.example\r\n\
                  X-Host: evil.example\r\nX-Original-URL: /evil.example\r\nX-Rewrite-URL: /evil.example\r\n";
    for path in [
        "/",
        "/@lea",
        "/avis",
        "/connexion",
        "/mot-de-passe-oublie",
        "/ville/fil.atom",
        "/sitemap.xml",
        "/.well-known/nodeinfo",
        "/.well-known/host-meta",
        "/api/v1/instance",
        "/api/v1/timelines/public?limit=1",
    ] {
        let plain = asked(town, "GET", path, "").await;
        let told = asked(town, "GET", path, claims).await;
        assert_eq!(status(&told), status(&plain), "{path}: {told}");
        assert!(!told.contains("evil.example"), "{path}: {told}");
    }
}

/// T252: pages of other sites read nothing that a cookie opens.
async fn other_sites_read_nothing_private(town: &TestTown) {
    let browser = town.browser_of("lea").await;
    let cookies: Vec<String> = browser
        .cookies
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let from = format!(
        "Origin: https://evil.example\r\nCookie: {}\r\n",
        cookies.join("; ")
    );
    for path in ["/", "/@lea", "/avis", "/messages", "/reglages/profil"] {
        let told = asked(town, "GET", path, &from).await.to_lowercase();
        assert_eq!(status(&told), 200, "{path}: {told}");
        assert!(!told.contains("access-control-"), "{path}: {told}");
        let before = format!("{from}Access-Control-Request-Method: POST\r\n");
        let told = asked(town, "OPTIONS", path, &before).await.to_lowercase();
        assert!(!told.contains("access-control-"), "{path}: {told}");
    }
    for path in ["/api/v1/instance", "/api/v1/accounts/verify_credentials"] {
        let told = asked(town, "GET", path, &from).await.to_lowercase();
        let public = path.ends_with("instance");
        assert_eq!(status(&told), if public { 200 } else { 401 }, "{path}");
        assert!(told.contains("access-control-allow-origin: *"), "{told}");
        assert!(!told.contains("allow-credentials"), "{path}: {told}");
    }
}

/// T253: methods that nothing here is done by, some of which would show what was sent.
async fn odd_methods_do_nothing(town: &TestTown) {
    let host = authority(&town.origin);
    for path in ["/", "/api/v1/instance", "/ap/inbox", "/media/x"] {
        for method in ["TRACE", "TRACK", "BREW", "get", "PROPFIND"] {
            let what = format!("{method} {path}");
            let told = asked(town, method, path, "X-Secret: 3f9a1c\r\n").await;
            is_refused(&what, &told);
            assert!(!told.contains("3f9a1c"), "{what}: {told}");
        }
    }
    for target in [host.as_str(), "evil.example:443"] {
        let told = asked(town, "CONNECT", target, "").await;
        is_refused(&format!("CONNECT {target}"), &told);
    }
}

#[tokio::test]
async fn t250_t251_t252_t253_requests_that_nobody_honest_sends_get_nowhere() {
    let town = TestTown::start("valmont").await;
    town.resident("lea").await.posts("Bonjour").await;
    files_stay_in_their_folders(&town).await;
    only_the_own_name_counts(&town).await;
    other_sites_read_nothing_private(&town).await;
    odd_methods_do_nothing(&town).await;
    town.get("/").await.expecting(200);
}
