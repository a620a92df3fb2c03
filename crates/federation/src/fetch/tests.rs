//! The fetcher against real sockets: honest servers, and hostile ones by the numbers of the attack table. Only 127.0.0.1
//! is opened; a canary on 127.0.0.2 must see nobody.

mod deliveries;
mod server;

use std::{sync::atomic::Ordering, time::Instant};

use futures_util::future::join_all;
use parvis_model::clock::MINUTE;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use self::server::{ACTIVITY, Reply, Server, head, moved, note, status, whole};
use super::*;
use crate::{
    json::JsonFault,
    send::{Content, Outcome, deliver},
    signatures::{OurKey, SigningKey, VerifyingKey, cavage},
};

/// Every path is a note that says it lives there.
async fn honest() -> Server {
    Server::new(|path, port| note(&format!("http://127.0.0.1:{port}{path}"))).await
}

async fn canary() -> Server {
    Server::at("127.0.0.2", |path, port| {
        note(&format!("http://127.0.0.2:{port}{path}"))
    })
    .await
}

fn fetcher_with(timeout: Duration, clock: Clock) -> Fetcher {
    let allow_private = vec!["127.0.0.1/32".parse().unwrap()];
    let user_agent = "Parvis/test (+http://bourg.example/)".to_owned();
    Fetcher::new(FetchOptions {
        allow_private,
        user_agent,
        timeout,
        clock,
    })
    .unwrap()
}

fn fetcher() -> Fetcher {
    fetcher_with(TIMEOUT, Clock::system())
}

async fn get(url: &Url) -> Result<Fetched, FetchFault> {
    fetcher().document(url, None, &Budget::for_activity()).await
}

async fn fault(url: &Url) -> FetchFault {
    get(url).await.unwrap_err()
}

fn signer() -> (Signer, VerifyingKey) {
    let pems = SigningKey::generate().unwrap();
    let rsa = OurKey {
        key_id: "https://bourg.example/actor#main-key".to_owned(),
        key: SigningKey::from_pem(&pems.private).unwrap(),
    };
    (
        Signer {
            rsa: Arc::new(rsa),
            ed25519: None,
            forms: Arc::default(),
        },
        VerifyingKey::from_pem(&pems.public).unwrap(),
    )
}

fn curve() -> (Arc<OurKey>, VerifyingKey) {
    let pems = SigningKey::generate_ed25519().unwrap();
    let key = OurKey {
        key_id: "https://bourg.example/actor#ed25519-1".to_owned(),
        key: SigningKey::from_pem(&pems.private).unwrap(),
    };
    (Arc::new(key), VerifyingKey::from_pem(&pems.public).unwrap())
}

/// The headers of a request as the server read them.
fn headers(request: &str) -> HeaderMap {
    let lines = request.lines().skip(1).take_while(|line| !line.is_empty());
    lines
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| {
            (
                name.parse::<http::HeaderName>().unwrap(),
                value.parse().unwrap(),
            )
        })
        .collect()
}

#[tokio::test]
async fn p11_a_document_is_fetched_and_signed_for() {
    let server = honest().await;
    let (signer, public) = signer();
    let budget = Budget::for_activity();
    let url = server.url("/notes/1?page=2");
    let note = fetcher()
        .document(&url, Some(&signer), &budget)
        .await
        .unwrap();
    assert_eq!((note.id.as_str(), &note.final_url), (url.as_str(), &url));
    assert_eq!(note.json["type"], "Note");
    let request = &server.seen.requests()[0];
    let headers = headers(request);
    let shape = cavage::parse(&Method::GET, "/notes/1?page=2", &headers).unwrap();
    assert_eq!(shape.verify(&public), Ok(()));
    assert_eq!(headers["accept"], Kind::Activity.accept());
    assert_eq!(
        headers["user-agent"],
        "Parvis/test (+http://bourg.example/)"
    );
    assert!(!headers.contains_key("cookie") && !headers.contains_key("referer"));
}

#[tokio::test]
async fn p12_connections_are_used_again() {
    let server = honest().await;
    let fetcher = fetcher();
    for n in 0..5 {
        let url = server.url(&format!("/{n}"));
        fetcher
            .document(&url, None, &Budget::for_activity())
            .await
            .unwrap();
    }
    assert_eq!(
        (server.seen.requests().len(), server.seen.connections()),
        (5, 1)
    );
}

#[tokio::test]
async fn p13_a_few_redirects_are_followed() {
    let server = Server::new(|path, port| match path {
        "/a" => moved("/b"),
        "/b" => moved("c"),
        "/c" => moved(&format!("//127.0.0.1:{port}/d")),
        _ => note(&format!("http://127.0.0.1:{port}/d")),
    })
    .await;
    let note = get(&server.url("/a")).await.unwrap();
    assert_eq!(note.final_url, server.url("/d"));
    assert_eq!(
        server.seen.requests().len(),
        4,
        "it lives there: no need to ask again"
    );
}

#[tokio::test]
async fn t101_t108_no_address_leads_to_the_canary() {
    let canary = canary().await;
    let port = canary.port;
    for url in [
        format!("http://127.0.0.2:{port}/"),
        format!("https://127.0.0.2:{port}/"),
        format!("http://0177.0.0.2:{port}/"),
        format!("http://0x7f.2:{port}/"),
        format!("http://[::ffff:127.0.0.2]:{port}/"),
        format!("http://[::1]:{port}/"),
        format!("http://0.0.0.0:{port}/"),
    ] {
        let url: Url = url.parse().unwrap();
        assert_eq!(fault(&url).await, FetchFault::Forbidden, "{url}");
        let sent = fetcher().post(&url, HeaderMap::new(), Bytes::new()).await;
        assert_eq!(sent.unwrap_err(), FetchFault::Forbidden, "{url}");
    }
    let host = format!("127.0.0.2:{port}");
    let found = fetcher()
        .webfinger(&host, "acct:a@b", &Budget::for_activity())
        .await;
    assert_eq!(found.unwrap_err(), FetchFault::Forbidden);
    let (signer, _) = signer();
    let inbox = format!("http://127.0.0.2:{port}/inbox").parse().unwrap();
    assert_eq!(
        deliver(
            &fetcher(),
            &signer,
            &inbox,
            &Content::of(Bytes::new()).unwrap(),
            None
        )
        .await,
        Outcome::Refused(0)
    );
    assert_eq!(canary.seen.connections(), 0);
    let mut visitor = TcpStream::connect(("127.0.0.2", port)).await.unwrap();
    visitor.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    visitor.read_u8().await.unwrap();
    assert_eq!(canary.seen.connections(), 1, "it does sing");
}

#[tokio::test]
async fn t103_no_redirect_leads_to_the_canary() {
    let canary = canary().await;
    let port = canary.port;
    let server = Server::new(move |path, _| match path {
        "/address" => moved(&format!("http://127.0.0.2:{port}/")),
        "/odd" => moved(&format!("http://0x7f.2:{port}/")),
        "/id" => note(&format!("http://127.0.0.2:{port}/")),
        "/step" => moved("/address"),
        "/file" => moved("file:///etc/passwd"),
        _ => moved("http://1.1.1.1/"),
    })
    .await;
    for path in ["/address", "/odd", "/id", "/step"] {
        assert_eq!(
            fault(&server.url(path)).await,
            FetchFault::Forbidden,
            "{path}"
        );
    }
    assert_eq!(fault(&server.url("/file")).await, FetchFault::Address);
    assert_eq!(fault(&server.url("/http")).await, FetchFault::Insecure);
    assert_eq!(canary.seen.connections(), 0);
}

#[test]
fn nothing_leads_from_https_to_http() {
    let url = |text: &str| Url::parse(text).unwrap();
    let step = |from, to| not_downwards(&url(from), &url(to));
    assert_eq!(
        step("https://a.example/", "http://a.example/"),
        Err(FetchFault::Insecure)
    );
    assert_eq!(step("https://a.example/", "https://b.example/"), Ok(()));
    assert_eq!(step("http://a.localhost/", "https://a.localhost/"), Ok(()));
}

#[tokio::test]
async fn t145_redirects_come_to_an_end() {
    let server = Server::new(|path, _| match path {
        "/loop" => moved("/loop"),
        "/nowhere" => whole(302, "text/plain", "", b""),
        chain => moved(&format!("/{}", chain[1..].parse::<u32>().unwrap() + 1)),
    })
    .await;
    assert_eq!(
        fault(&server.url("/loop")).await,
        FetchFault::TooManyRedirects
    );
    assert_eq!(fault(&server.url("/1")).await, FetchFault::TooManyRedirects);
    assert_eq!(server.seen.requests().len(), 8);
    assert_eq!(
        fault(&server.url("/nowhere")).await,
        FetchFault::Status(302)
    );
}

#[tokio::test]
async fn t141_t142_what_never_ends_is_cut_off() {
    let server = Server::new(|path, _| {
        let endless = |more: &str, start: &[u8]| {
            Reply::Endless([head(200, ACTIVITY, more).as_bytes(), b"\r\n", start].concat())
        };
        match path {
            "/endless" => endless("", b"{"),
            "/announced" => endless("content-length: 100000000\r\n", b"{"),
            "/header" => Reply::Endless(b"HTTP/1.1 200 X\r\nx: ".to_vec()),
            _ => whole(200, ACTIVITY, "content-encoding: gzip\r\n", &bomb()),
        }
    })
    .await;
    for path in ["/endless", "/announced", "/bomb"] {
        assert_eq!(
            fault(&server.url(path)).await,
            FetchFault::TooLong,
            "{path}"
        );
    }
    assert_eq!(fault(&server.url("/header")).await, FetchFault::Broken);
    assert!(
        server.seen.sent.load(Ordering::Relaxed) < 30_000_000,
        "what sockets hold, no more"
    );
}

/// 320 kB that unpack to 200 MB of zeros.
fn bomb() -> Vec<u8> {
    let start = hex::decode("1f8b0800000000000003").unwrap();
    let block = hex::decode(BOMB_BLOCK).unwrap();
    [start, block.repeat(6_400)].concat()
}

/// 32 KiB of zeros as one flushed deflate block.
const BOMB_BLOCK: &str = "ecc101010000008090feafee080a00000000000000000000000000000000000000000000000000000000000000180000ffff";

#[tokio::test]
async fn t143_a_dripping_server_is_given_up() {
    let server = Server::new(|path, _| match path {
        "/drip" => Reply::Drip,
        _ => Reply::Late(Duration::from_secs(9), Vec::new()),
    })
    .await;
    let fetcher = fetcher_with(Duration::from_millis(400), Clock::system());
    for path in ["/drip", "/silent"] {
        let began = Instant::now();
        let got = fetcher
            .document(&server.url(path), None, &Budget::for_activity())
            .await;
        assert_eq!(got.unwrap_err(), FetchFault::TimedOut, "{path}");
        assert!(began.elapsed() < Duration::from_secs(2), "{path}");
    }
}

#[tokio::test]
async fn t060_t064_other_types_are_not_believed() {
    let server = Server::new(|path, port| {
        let body = json!({"id": format!("http://127.0.0.1:{port}{path}")}).to_string();
        let media = match path {
            "/image" => "image/png",
            "/text" => "text/plain",
            "/html" => "text/html",
            "/json" => "application/json",
            _ => "application/octet-stream",
        };
        whole(200, media, "", body.as_bytes())
    })
    .await;
    for path in ["/image", "/text", "/html", "/json", "/bytes"] {
        assert_eq!(
            fault(&server.url(path)).await,
            FetchFault::ContentType,
            "{path}"
        );
    }
}

#[tokio::test]
async fn t066_a_document_that_lives_elsewhere_is_asked_for_there() {
    let server = Server::new(|path, port| {
        let on = |name: &str, path: &str| note(&format!("http://{name}.localhost:{port}{path}"));
        match path {
            "/@marie" => on("third", "/actors/1"),
            "/liar" => on("third", "/actors/2"),
            "/actors/2" => on("third", "/actors/3"),
            "/fragment" => on("third", "/fragment#it"),
            "/open-redirect" => moved(&format!("http://evil.localhost:{port}/forged")),
            "/forged" => on("third", "/open-redirect"),
            "/none" => whole(200, ACTIVITY, "", b"{\"type\":\"Note\"}"),
            path => on("third", path),
        }
    })
    .await;
    let third = |path: &str| server.named("third", path);
    let found = get(&server.named("evil", "/@marie")).await.unwrap();
    assert_eq!(found.final_url, third("/actors/1"));
    assert_eq!(found.id, third("/actors/1").as_str());
    assert_eq!(
        get(&third("/1#main-key")).await.unwrap().id,
        third("/1").as_str()
    );
    assert_eq!(
        get(&third("/fragment#it")).await.unwrap().id,
        third("/fragment#it").as_str()
    );
    assert_eq!(
        fault(&server.named("evil", "/liar")).await,
        FetchFault::OtherDocument
    );
    assert_eq!(
        fault(&third("/open-redirect")).await,
        FetchFault::OtherDocument
    );
    assert_eq!(fault(&third("/none")).await, FetchFault::OtherDocument);
}

#[tokio::test]
async fn t134_what_is_no_document_is_refused() {
    let server = Server::new(|path, _| match path {
        "/graph" => whole(200, ACTIVITY, "", b"{\"@graph\":[]}"),
        "/list" => whole(200, ACTIVITY, "", b"[]"),
        "/gone" => status(410),
        "/error" => status(500),
        _ => Reply::Whole(b"SSH-2.0-x\r\n\r\n".to_vec()),
    })
    .await;
    assert_eq!(
        fault(&server.url("/graph")).await,
        FetchFault::Json(JsonFault::TwoFaced)
    );
    assert_eq!(
        fault(&server.url("/list")).await,
        FetchFault::Json(JsonFault::NotAnObject)
    );
    assert_eq!(fault(&server.url("/gone")).await, FetchFault::Status(410));
    assert_eq!(fault(&server.url("/error")).await, FetchFault::Status(500));
    assert_eq!(fault(&server.url("/ssh")).await, FetchFault::Broken);
}

#[tokio::test]
async fn what_failed_is_left_alone_for_a_minute() {
    let server = Server::new(|_, _| status(404)).await;
    let clock = Clock::fixed(1_780_000_000_000);
    let fetcher = fetcher_with(TIMEOUT, clock.clone());
    let ask = async |path: &str| {
        let budget = Budget::for_activity();
        fetcher
            .document(&server.url(path), None, &budget)
            .await
            .unwrap_err()
    };
    assert_eq!(ask("/a").await, FetchFault::Status(404));
    assert_eq!(ask("/a").await, FetchFault::JustFailed);
    assert_eq!(
        ask("/b").await,
        FetchFault::Status(404),
        "the server itself is well"
    );
    clock.advance(MINUTE);
    assert_eq!(ask("/a").await, FetchFault::Status(404));
    assert_eq!(server.seen.requests().len(), 3);
}

#[tokio::test]
async fn t127_a_dead_server_is_left_alone_as_a_whole() {
    let dead = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let fetcher = fetcher();
    let url = |n: u32| format!("http://{dead}/{n}").parse::<Url>().unwrap();
    let budget = Budget::for_activity();
    let first = fetcher.document(&url(0), None, &budget).await;
    assert_eq!(first.unwrap_err(), FetchFault::Unreachable);
    for n in 1..10 {
        let next = fetcher.document(&url(n), None, &budget).await;
        assert_eq!(next.unwrap_err(), FetchFault::JustFailed);
    }
}

#[tokio::test]
async fn t135_a_budget_is_not_exceeded() {
    let server = Server::new(|path, port| match path {
        "/far" => moved("/near"),
        path => note(&format!("http://127.0.0.1:{port}{path}")),
    })
    .await;
    let (fetcher, budget) = (fetcher(), Budget::of(4));
    let ask = async |path: &str| fetcher.document(&server.url(path), None, &budget).await;
    assert!(ask("/far").await.is_ok(), "two requests");
    assert!(ask("/1").await.is_ok());
    assert!(ask("/2").await.is_ok());
    assert_eq!(ask("/3").await.unwrap_err(), FetchFault::Budget);
    assert_eq!(server.seen.requests().len(), 4);
    let fresh = fetcher
        .document(&server.url("/3"), None, &Budget::for_activity())
        .await;
    assert!(fresh.is_ok(), "running out is not the server's failure");
}

#[tokio::test]
async fn one_server_has_at_most_eight_requests_of_ours() {
    let server = Server::new(|path, port| {
        let Reply::Whole(note) = note(&format!("http://127.0.0.1:{port}{path}")) else {
            unreachable!()
        };
        Reply::Late(Duration::from_millis(50), note)
    })
    .await;
    let fetcher = fetcher();
    let urls: Vec<_> = (0..30).map(|n| server.url(&format!("/{n}"))).collect();
    let all = urls
        .iter()
        .map(async |url| fetcher.document(url, None, &Budget::of(1)).await.is_ok());
    assert!(join_all(all).await.into_iter().all(|ok| ok));
    assert_eq!(server.seen.busiest.load(Ordering::Relaxed), 8);
}

#[tokio::test]
async fn handles_are_looked_up_by_plain_http_on_an_opened_port() {
    let jrd = json!({"subject": "acct:marie@bourg.localhost"}).to_string();
    let server = Server::new(move |path, _| match path {
        "/.well-known/webfinger?resource=acct%3Amarie%40bourg.localhost" => whole(
            200,
            "application/jrd+json; charset=utf-8",
            "",
            jrd.as_bytes(),
        ),
        _ => status(404),
    })
    .await;
    let (fetcher, budget) = (fetcher(), Budget::for_activity());
    let host = format!("bourg.localhost:{}", server.port);
    let found = fetcher
        .webfinger(&host, "acct:marie@bourg.localhost", &budget)
        .await
        .unwrap();
    assert_eq!(found["subject"], "acct:marie@bourg.localhost");
    assert_eq!(server.seen.connections(), 1);
    let nobody = fetcher
        .webfinger(&host, "acct:nobody@bourg.localhost", &budget)
        .await;
    assert_eq!(nobody.unwrap_err(), FetchFault::Status(404));
}

#[tokio::test]
async fn where_webfinger_knows_nobody_the_place_that_host_meta_names_is_asked_once() {
    let jrd = json!({"subject": "acct:marie@bourg.localhost"}).to_string();
    let server = Server::new(move |path, port| match path {
        "/.well-known/host-meta" => {
            let template = format!("http://social.localhost:{port}/finger?of={{uri}}");
            let xrd = format!("<XRD><Link rel='lrdd' template='{template}'/></XRD>");
            whole(200, "application/xrd+xml", "", xrd.as_bytes())
        }
        "/finger?of=acct%3Amarie%40bourg.localhost" => {
            whole(200, "application/jrd+json", "", jrd.as_bytes())
        }
        _ => status(404),
    })
    .await;
    let (fetcher, budget) = (fetcher(), Budget::for_activity());
    let host = format!("bourg.localhost:{}", server.port);
    let found = fetcher
        .webfinger(&host, "acct:marie@bourg.localhost", &budget)
        .await
        .unwrap();
    assert_eq!(found["subject"], "acct:marie@bourg.localhost");
    assert_eq!(server.seen.requests().len(), 3);
    let nobody = fetcher
        .webfinger(&host, "acct:nobody@bourg.localhost", &budget)
        .await;
    assert_eq!(nobody.unwrap_err(), FetchFault::Status(404));
    assert_eq!(server.seen.requests().len(), 6);
}

#[tokio::test]
async fn host_meta_leads_nowhere_that_may_not_be_asked_and_not_back_to_where_nobody_is_known() {
    for place in ["http://127.0.0.2", "http://bourg.localhost"] {
        let server = Server::new(move |path, port| match path {
            "/.well-known/host-meta" => {
                let template = format!("{place}:{port}/.well-known/webfinger?resource={{uri}}");
                let xrd = format!("<XRD><Link rel='lrdd' template='{template}'/></XRD>");
                whole(200, "application/xrd+xml", "", xrd.as_bytes())
            }
            _ => status(404),
        })
        .await;
        let host = format!("bourg.localhost:{}", server.port);
        let found = fetcher()
            .webfinger(&host, "acct:a@bourg.localhost", &Budget::for_activity())
            .await;
        assert_eq!(found.unwrap_err(), FetchFault::Status(404), "{place}");
        assert_eq!(server.seen.requests().len(), 2, "{place}");
    }
}

#[test]
fn a_host_is_nothing_but_a_host() {
    for host in [
        "", "a/b", "a@b", "a?b", "a#b", "a\\b", "a b", "a\n", "a:b", "[::1",
    ] {
        assert_eq!(
            webfinger_url("https", host, "x").unwrap_err(),
            FetchFault::Address,
            "{host}"
        );
    }
    let url = webfinger_url("https", "forêt.example:8443", "acct:a&b@c").unwrap();
    let expected =
        "https://xn--fort-ipa.example:8443/.well-known/webfinger?resource=acct%3Aa%26b%40c";
    assert_eq!(url.as_str(), expected);
}
