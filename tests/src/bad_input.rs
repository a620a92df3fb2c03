//! Oversized, malformed and misdirected requests: a short reason, never a fault.

use http::Method;
use parvis_testkit::{
    Remote, TestTown,
    exchange::{headers, send},
    letter::Letter,
    resident::id,
};
use serde_json::{Value, json};

#[tokio::test]
async fn a_document_that_is_too_big_or_too_deep_is_refused() {
    let (town, remote) = (TestTown::start("valmont").await, Remote::open().await);
    let lea = town.resident("lea").await;
    let paul = remote.host("far").person("paul");
    lea.follows_actor(&paul).await;

    let big = paul.create(&paul.note(&"a".repeat(1_100_000)));
    paul.post(&lea.inbox(), &big).await.expecting(413);

    // T129, T130: far deeper than any reader could follow.
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let object = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
        let mut create = paul.create(&json!("deep")).to_string();
        create = create.replacen("\"deep\"", &object, 1);
        let mut letter = paul.letter(&lea.inbox(), &Value::Null);
        letter.body = create.into_bytes();
        letter.digest = Some(parvis_testkit::keys::digest(&letter.body));
        letter.send().await.expecting(400);
    }
    // T129: a little deeper than is read, in a member that means nothing.
    let mut deep = json!("fond");
    for _ in 0..60 {
        deep = json!([deep]);
    }
    let mut note = paul.note("profond");
    note["extra"] = deep;
    let reply = paul.post(&lea.inbox(), &paul.create(&note)).await;
    assert!((400..500).contains(&reply.status), "{}", reply.status);

    let letter = paul.letter(&lea.inbox(), &Value::Null);
    for body in [
        &b"{"[..],
        b"",
        b"\xff\xfe",
        b"{\"a\":1}{\"b\":2}",
        b"[[[[[[[[",
    ] {
        let mut letter: Letter = letter.clone();
        letter.body = body.to_vec();
        letter.digest = Some(parvis_testkit::keys::digest(body));
        let reply = letter.send().await;
        assert!(
            (400..500).contains(&reply.status),
            "{body:?}: {}",
            reply.status
        );
    }
    let mut nul = paul.note("avant\u{0}après");
    nul["summary"] = json!("\u{0}");
    nul["published"] = json!("9999999-01-01T00:00:00Z");
    let reply = paul.post(&lea.inbox(), &paul.create(&nul)).await;
    assert!(
        reply.status < 500,
        "T131: {} {}",
        reply.status,
        reply.text()
    );
    lea.get("/api/v1/timelines/home").await.expecting(200);

    for path in ["/ap/actors/1/inbox", "/ap/actors/x/inbox"] {
        let reply = paul
            .post(&town.url(path), &paul.activity("Like", &json!("x")))
            .await;
        assert!(
            [401, 404].contains(&reply.status),
            "{path}: {}",
            reply.status
        );
    }
    let mut wrong_kind = paul.letter(&lea.inbox(), &paul.create(&paul.note("texte")));
    wrong_kind.content_type = "text/html".to_owned();
    let reply = wrong_kind.send().await;
    assert!([400, 415].contains(&reply.status), "{}", reply.status);
}

type Fields<'a> = &'a [(&'a str, &'a str)];

#[tokio::test]
async fn the_client_api_refuses_bad_requests_in_json() {
    let town = TestTown::start("valmont").await;
    let lea = town.resident("lea").await;
    let post = lea.posts("Bonjour").await;
    let long = "a".repeat(6_000);
    let blank = [("status", "")];
    let refused: [(&str, Fields, u16); 5] = [
        ("/api/v1/statuses", &blank, 422),
        ("/api/v1/statuses", &[("status", &long)], 422),
        (
            "/api/v1/statuses",
            &[("status", "x"), ("visibility", "galaxy")],
            422,
        ),
        (
            "/api/v1/statuses",
            &[("status", "x"), ("in_reply_to_id", "77")],
            404,
        ),
        ("/api/v1/accounts/77/follow", &[], 404),
    ];
    for (path, fields, status) in refused {
        let reply = lea.post_form(path, fields).await;
        assert_eq!(reply.status, status, "{path} {fields:?}: {}", reply.text());
        assert!(reply.json()["error"].is_string());
    }
    for path in [
        "/api/v1/statuses/77",
        "/api/v1/statuses/abc",
        "/api/v1/statuses/99999999999999999999999",
        "/api/v1/nothing",
        "/api/v1/accounts/lookup?acct=personne",
    ] {
        let reply = lea.get(path).await;
        assert_eq!(reply.status, 404, "{path}");
        assert!(reply.json()["error"].is_string());
    }
    for path in [
        "/api/v1/timelines/home?limit=-1",
        "/api/v1/timelines/home?max_id=abc",
        "/api/v1/timelines/public?local=perhaps",
    ] {
        let reply = lea.get(path).await;
        assert!(reply.status < 500, "{path}: {}", reply.status);
    }
    let json = headers(&[
        ("authorization", &format!("Bearer {}", lea.token)),
        ("content-type", "application/json"),
    ]);
    let broken = send(
        Method::POST,
        &town.url("/api/v1/statuses"),
        json.clone(),
        b"{\"status\": ".to_vec(),
    )
    .await;
    assert!([400, 422].contains(&broken.status), "{}", broken.status);
    let spoken = send(
        Method::POST,
        &town.url("/api/v1/statuses"),
        json,
        b"{\"status\": \"en JSON\"}".to_vec(),
    )
    .await;
    assert!(
        spoken.expecting(200).json()["content"]
            .as_str()
            .unwrap()
            .contains("en JSON")
    );
    let forged = headers(&[("authorization", "Bearer nonsense")]);
    send(
        Method::GET,
        &town.url("/api/v1/timelines/home"),
        forged,
        Vec::new(),
    )
    .await
    .expecting(401);
    let other = town.resident("marc").await;
    assert!([403, 404].contains(&other.deletes(&post).await.status));
    lea.status(id(&post)).await.expecting(200);
    lea.deletes(&post).await.expecting(200);
    lea.status(id(&post)).await.expecting(404);
}

#[tokio::test]
async fn lists_are_paged_by_links() {
    let town = TestTown::start("valmont").await;
    let lea = town.resident("lea").await;
    for number in 0..5 {
        lea.posts(&format!("Numéro {number}")).await;
    }
    let first = lea
        .get("/api/v1/timelines/home?limit=2")
        .await
        .expecting(200);
    let link = first.header("link").expect("a Link header").to_owned();
    let next = link
        .split(',')
        .find(|part| part.contains("rel=\"next\""))
        .expect("a next page");
    let next = next
        .split(['<', '>'])
        .nth(1)
        .unwrap()
        .strip_prefix(&town.origin)
        .expect("an absolute address")
        .to_owned();
    let second = lea.get(&next).await.expecting(200).json();
    let numbers = |posts: &Value| -> Vec<String> {
        posts
            .as_array()
            .unwrap()
            .iter()
            .map(|post| {
                post["content"]
                    .as_str()
                    .unwrap()
                    .replace(|c: char| !c.is_ascii_digit(), "")
            })
            .collect()
    };
    assert_eq!(numbers(&first.json()), ["4", "3"]);
    assert_eq!(numbers(&second), ["2", "1"]);
}

#[tokio::test]
async fn a_host_that_is_not_served_and_an_unknown_page_are_answered_kindly() {
    let town = TestTown::start("valmont").await;
    let stranger = headers(&[("host", "elsewhere.example")]);
    let reply = send(Method::GET, &town.url("/"), stranger, Vec::new()).await;
    assert!([404, 421].contains(&reply.status), "{}", reply.status);
    let shown = town.visitor().opens("/nulle-part").await.expecting(404);
    assert!(shown.html.contains("</html>"));
    for path in [
        "/@personne",
        "/@personne/1",
        "/tags/",
        "/media/../parvis.sqlite",
        "/media/%2e%2e%2fparvis.sqlite",
        "/@a@b@c",
        "/%00",
        "/ville?max_id=zz",
    ] {
        let reply = town.get(path).await;
        assert!(reply.status < 500, "{path}: {}", reply.status);
    }
    for resource in [
        "",
        "?resource=",
        "?resource=acct:",
        "?resource=acct:lea",
        "?resource=acct:personne@valmont",
        "?resource=http://[",
    ] {
        let reply = town.get(&format!("/.well-known/webfinger{resource}")).await;
        assert!(
            [400, 404].contains(&reply.status),
            "{resource}: {}",
            reply.status
        );
    }
    town.get("/.well-known/nodeinfo").await.expecting(200);
    town.get("/.well-known/host-meta").await.expecting(200);
}
