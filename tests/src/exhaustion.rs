//! What is too much, too deep, too slow or no text at all: turned away or cut down, while others are served. The numbers are
//! those of docs/attacks.md.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use parvis_testkit::{
    Letter,
    actor::{fresh, marker},
    keys,
    letter::authority,
    remote::Page,
    resident::id,
    until,
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

use crate::door::Door;

/// Beyond this nobody should have to wait while others misbehave.
pub const PATIENCE: Duration = Duration::from_secs(3);

/// An answer to a stranger is not shown on home, but whom it names is told.
async fn is_told(door: &Door, text: &str) {
    until("it is told", || async {
        door.lea
            .get("/api/v1/notifications?limit=40")
            .await
            .text()
            .contains(text)
    })
    .await;
}

pub async fn others_are_served(door: &mut Door, trial: &str) {
    let start = Instant::now();
    door.lea.get("/api/v1/timelines/home").await.expecting(200);
    let took = start.elapsed();
    door.check(trial, took < PATIENCE, &format!("others waited {took:?}"));
}

/// A connection of one's own to the town.
pub async fn connects(door: &Door) -> TcpStream {
    let url = url::Url::parse(&door.town.origin).unwrap();
    TcpStream::connect(("127.0.0.1", url.port().unwrap()))
        .await
        .unwrap()
}

/// Everything that comes back until the other side closes, or two seconds pass without a word.
async fn answer(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    let mut piece = [0; 4096];
    while let Ok(Ok(read @ 1..)) = timeout(Duration::from_secs(2), stream.read(&mut piece)).await {
        all.extend_from_slice(&piece[..read]);
    }
    String::from_utf8_lossy(&all).into_owned()
}

pub async fn says(door: &Door, text: &[u8]) -> String {
    let mut stream = connects(door).await;
    // The other side may hang up before it has read all.
    let _ = stream.write_all(text).await;
    answer(&mut stream).await
}

/// T128: the body is not read to its end, whether its length is told or not.
#[tokio::test]
async fn a_body_without_end_is_not_read() {
    let mut door = Door::open().await;
    let host = authority(&door.town.origin);
    let head = |more: &str| {
        format!(
            "POST /ap/inbox HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/activity+json\r\n{more}\r\n\r\n"
        )
    };
    let start = Instant::now();
    let told = says(&door, head("Content-Length: 20000000").as_bytes()).await;
    door.check("T128", told.starts_with("HTTP/1.1 413"), &told);
    let mut stream = connects(&door).await;
    stream
        .write_all(head("Transfer-Encoding: chunked").as_bytes())
        .await
        .unwrap();
    let piece = [b"10000\r\n".to_vec(), vec![b'a'; 0x10000], b"\r\n".to_vec()].concat();
    let mut sent = 0;
    while sent < 64 * 1024 * 1024
        && timeout(PATIENCE, stream.write_all(&piece))
            .await
            .is_ok_and(|it| it.is_ok())
    {
        sent += piece.len();
    }
    door.check(
        "T128 chunked",
        sent < 16 * 1024 * 1024,
        &format!("{sent} bytes were taken"),
    );
    door.check(
        "T128",
        start.elapsed() < 3 * PATIENCE,
        &format!("{:?}", start.elapsed()),
    );
    others_are_served(&mut door, "T128").await;
    door.ends_well().await;
}

/// T132, T134: no text, no JSON, no object, or the wrong thing in any member.
#[tokio::test]
async fn nonsense_in_any_member_is_borne() {
    let mut door = Door::open().await;
    let inbox = door.lea.inbox();
    let bodies: [&[u8]; 9] = [
        b"null",
        b"[]",
        b"\"x\"",
        b"1e999",
        b"{\"type\":\"Create\",\"x\":1e999}",
        b"{\"type\":\"Create\",\"content\":\"\\ud800\"}",
        b"{\"type\":\"Create\",\"content\":\"\xff\xfe\"}",
        b"{\"type\":\"Create\",\"type\":\"Delete\"}",
        b"\xef\xbb\xbf{}",
    ];
    for body in bodies {
        let mut letter = door.alice.letter(&inbox, &Value::Null);
        letter.body = body.to_vec();
        letter.digest = Some(keys::digest(body));
        let reply = letter.send().await;
        let trial = format!("T132, T134 {}", String::from_utf8_lossy(body));
        door.refused(&trial, &reply);
    }
    let mut deep = json!("fond");
    for _ in 0..25 {
        deep = json!([deep]);
    }
    let odd = [
        Value::Null,
        json!(-5),
        json!(1e300),
        json!(u64::MAX),
        json!(true),
        json!(""),
        json!("\u{feff}\u{202e}"),
        json!([]),
        json!({}),
        json!([null, {}, [[]]]),
        json!({"id": {"id": []}, "type": ["x", 1], "content": {"@value": {}}}),
        deep,
    ];
    let mut note = door.naming_lea(&door.alice, &marker("bizarre"));
    let extra = json!({"summary": "s", "sensitive": false, "inReplyTo": null, "url": "x", "attachment": [], "replies": {},
        "updated": "2026-01-01T00:00:00Z", "contentMap": {"fr": "x"}, "source": {}, "oneOf": [], "endTime": "x", "votersCount": 1,
        "context": "x", "conversation": "x", "quote": "x", "quoteUrl": "x", "interactionPolicy": {}, "name": "x", "audience": "x"});
    note.as_object_mut()
        .unwrap()
        .extend(extra.as_object().unwrap().clone());
    let create = door.alice.create(&note);
    let mut documents = Vec::new();
    for (member, value) in note
        .as_object()
        .unwrap()
        .keys()
        .flat_map(|name| odd.iter().map(move |value| (name.clone(), value)))
    {
        let mut bent = create.clone();
        bent["id"] = json!(format!("{}/bent/{}", door.alice.id, fresh()));
        bent["object"][member] = value.clone();
        if bent["object"]["id"] == note["id"] {
            bent["object"]["id"] = json!(format!("{}/bent/{}", door.alice.id, fresh()));
        }
        documents.push(bent);
    }
    for kind in [
        "Create", "Update", "Delete", "Follow", "Accept", "Undo", "Like", "Announce", "Block",
        "Flag", "Move", "Add",
    ] {
        for value in &odd {
            for member in [
                "object",
                "target",
                "to",
                "id",
                "actor",
                "content",
                "published",
            ] {
                let mut bent = door.alice.activity(kind, &note);
                bent[member] = value.clone();
                documents.push(bent);
            }
        }
    }
    for (number, document) in documents.iter().enumerate() {
        let reply = door.alice.post(&inbox, document).await;
        if reply.status >= 500 {
            door.check(
                "T134",
                false,
                &format!("{number}: {} {document}", reply.status),
            );
        }
    }
    door.ends_well().await;
}

/// T135, T136, T139: thousands of names, pictures and nested tags in one post.
#[tokio::test]
async fn thousands_in_one_post_are_cut_down() {
    let mut door = Door::open().await;
    let alice = door.alice.clone();
    let crowd = door.remote.host("crowd");
    let text = marker("la foule");
    let mut note = door.naming_lea(&alice, &text);
    for number in 0..5_000 {
        let href = crowd.url(&format!("/users/{number}"));
        note["cc"].as_array_mut().unwrap().push(json!(href));
        note["tag"]
            .as_array_mut()
            .unwrap()
            .push(json!({"type": "Mention", "href": href, "name": format!("@{number}@crowd")}));
    }
    let start = Instant::now();
    let reply = alice.post(&door.lea.inbox(), &alice.create(&note)).await;
    door.borne("T135", &reply);
    door.lea.reads_on_home(&text).await;
    door.check(
        "T135",
        start.elapsed() < 2 * PATIENCE,
        &format!("{:?}", start.elapsed()),
    );
    let asked = crowd.times_asked("/");
    door.check("T135", asked <= 20, &format!("{asked} questions"));

    let text = marker("les images");
    let mut note = door.naming_lea(&alice, &text);
    note["attachment"] = (0..5_000)
        .map(|n| json!({"type": "Document", "mediaType": "image/png", "url": crowd.url(&format!("/{n}.png"))}))
        .collect();
    let reply = alice.post(&door.lea.inbox(), &alice.create(&note)).await;
    door.borne("T136", &reply);
    let post = door.lea.reads_on_home(&text).await;
    let shown = post["media_attachments"].as_array().unwrap().len();
    door.check(
        "T136",
        (1..=32).contains(&shown),
        &format!("{shown} pictures"),
    );
    let asked = crowd.times_asked("/");
    door.check("T136", asked <= 20, &format!("{asked} questions"));

    for tag in [
        "div",
        "b",
        "blockquote",
        "ul><li",
        "a href=\"https://x.example/\"",
        "table><tr><td",
        "svg",
        "p",
    ] {
        let text = marker("au fond");
        let mut note = door.naming_lea(&alice, &text);
        note["content"] = json!(format!(
            "<p>{text}</p>{}au fond",
            format!("<{tag}>").repeat(2_000)
        ));
        let start = Instant::now();
        let reply = alice.post(&door.lea.inbox(), &alice.create(&note)).await;
        door.borne("T139", &reply);
        door.lea.reads_on_home(&text).await;
        door.check(
            "T139",
            start.elapsed() < PATIENCE,
            &format!("{tag}: {:?}", start.elapsed()),
        );
    }
    let text = marker("longue");
    let mut note = door.naming_lea(&alice, &text);
    note["content"] = json!(format!("<p>{text}</p>{}", "&<a&amp;".repeat(100_000)));
    let reply = alice.post(&door.lea.inbox(), &alice.create(&note)).await;
    door.borne("T139 long", &reply);
    others_are_served(&mut door, "T135 to T139").await;
    let mut browser = door.town.browser_of("lea").await;
    browser.opens("/").await.expecting(200);
    door.ends_well().await;
}

/// T146: a chain of answers that goes on for ever, one that bites its tail, and one that answers itself.
#[tokio::test]
async fn a_chain_of_answers_without_end_is_followed_only_so_far() {
    let mut door = Door::open().await;
    let alice = door.alice.clone();
    let endless = door.remote.host("endless").person("eva");
    let mut above = endless.note("le début");
    for _ in 0..100 {
        let mut note = endless.note("encore");
        note["inReplyTo"] = above["id"].clone();
        endless.host.serve_document(&note);
        above = note;
    }
    let mut round = [endless.note("un"), endless.note("deux")];
    let ids = round.clone().map(|note| note["id"].clone());
    for (note, other) in round.iter_mut().zip(ids.iter().rev()) {
        note["inReplyTo"] = other.clone();
        endless.host.serve_document(note);
    }
    let mut own = endless.note("moi-même");
    own["inReplyTo"] = own["id"].clone();
    endless.host.serve_document(&own);
    for start in [&above, &round[0], &own] {
        let before = endless.host.times_asked("/users/eva/statuses");
        let text = marker("réponse");
        let mut note = door.naming_lea(&alice, &text);
        note["inReplyTo"] = start["id"].clone();
        let begin = Instant::now();
        let reply = alice.post(&door.lea.inbox(), &alice.create(&note)).await;
        door.borne("T146", &reply);
        is_told(&door, &text).await;
        door.check(
            "T146",
            begin.elapsed() < Duration::from_secs(12),
            &format!("{:?}", begin.elapsed()),
        );
        tokio::time::sleep(Duration::from_millis(500)).await;
        let asked = endless.host.times_asked("/users/eva/statuses") - before;
        door.check(
            "T146",
            (1..=20).contains(&asked),
            &format!("{asked} questions"),
        );
    }
    let text = marker("soi");
    let mut note = door.naming_lea(&alice, &text);
    note["inReplyTo"] = note["id"].clone();
    let reply = alice.post(&door.lea.inbox(), &alice.create(&note)).await;
    door.borne("T146 own", &reply);
    let post = door.lea.reads_on_home(&text).await;
    door.lea.context(id(&post)).await;
    door.ends_well().await;
}

/// T143 (and T111): a key that drips in, and one behind redirects without end, hold up nobody else.
#[tokio::test]
async fn a_key_that_never_comes_holds_up_nobody_else() {
    let mut door = Door::open().await;
    let slow = door.remote.host("slow");
    slow.serve("/users/drip", Page::dripping());
    slow.serve("/users/round", Page::redirect(&slow.url("/users/round")));
    slow.serve(
        "/users/huge",
        Page::of("application/activity+json", vec![b' '; 3_000_000]),
    );
    let here = door.lea.inbox();
    for name in ["drip", "round", "huge"] {
        let base = door.base("T141, T143, T145");
        let mut letter = door.mallory.letter(&here, &base);
        letter.key_id = slow.url(&format!("/users/{name}#main-key"));
        let start = Instant::now();
        let waiting = tokio::spawn(async move { letter.send().await });
        others_are_served(&mut door, name).await;
        let reply = waiting.await.unwrap();
        door.refused(name, &reply);
        let took = start.elapsed();
        door.check(
            name,
            took < Duration::from_secs(12),
            &format!("took {took:?}"),
        );
    }
    let asked = slow.times_asked("/users/round");
    door.check("T145", asked <= 6, &format!("{asked} hops"));
    door.ends_well().await;
}

/// T127: many keys of a server that takes connections and never says a word cost few of them and delay nobody.
#[tokio::test]
async fn keys_of_a_silent_server_are_asked_for_a_few_times_only() {
    let mut door = Door::open().await;
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let held = tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok(Ok((stream, _))) = timeout(Duration::from_secs(8), silent.accept()).await {
            held.push(stream);
        }
        held.len()
    });
    let here = door.lea.inbox();
    let mut letters = Vec::new();
    for number in 0..100 {
        let base = door.base("T127");
        let mut letter = door.mallory.letter(&here, &base);
        letter.key_id = format!("http://silent.localhost:{port}/users/{number}#main-key");
        letters.push(letter);
    }
    let replies = tokio::spawn(async move { join_all(letters.iter().map(Letter::send)).await });
    others_are_served(&mut door, "T127").await;
    for reply in replies.await.unwrap() {
        door.refused("T127", &reply);
    }
    let asked = held.await.unwrap();
    door.check(
        "T127",
        (1..=8).contains(&asked),
        &format!("{asked} connections"),
    );
    door.ends_well().await;
}

/// T152: a request that two readers would end at different places gets one answer at most, and no second request hides in it.
#[tokio::test]
async fn no_request_hides_in_another() {
    let mut door = Door::open().await;
    let host = authority(&door.town.origin);
    let hidden = format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let post = format!("POST /ap/inbox HTTP/1.1\r\nHost: {host}\r\n");
    let requests: [(&str, String); 8] = [
        (
            "CL and TE",
            format!(
                "{post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}"
            ),
        ),
        (
            "two CL",
            format!(
                "{post}Content-Length: 0\r\nContent-Length: {}\r\n\r\n{hidden}",
                hidden.len()
            ),
        ),
        (
            "CL list",
            format!("{post}Content-Length: 0, {}\r\n\r\n{hidden}", hidden.len()),
        ),
        (
            "signed CL",
            format!("{post}Content-Length: +5\r\n\r\n12345{hidden}"),
        ),
        (
            "odd TE",
            format!("{post}Transfer-Encoding: xchunked\r\n\r\n{hidden}"),
        ),
        (
            "blank before colon",
            format!("{post}Content-Length : 5\r\n\r\n12345{hidden}"),
        ),
        (
            "folded",
            format!("{post}X: a\r\n Content-Length: 5\r\n\r\n12345{hidden}"),
        ),
        (
            "NUL",
            format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\nX: a\0b\r\n\r\n"),
        ),
    ];
    for (what, request) in requests {
        let told = says(&door, request.as_bytes()).await;
        let answers = told.matches("HTTP/1.1 ").count();
        door.check(
            "T152",
            answers <= 1,
            &format!("{what}: {answers} answers: {told}"),
        );
        door.check(
            "T152",
            !told.contains("HTTP/1.1 2"),
            &format!("{what}: {told}"),
        );
    }
    let bare = says(
        &door,
        format!("GET /healthz HTTP/1.1\nHost: {host}\n\n").as_bytes(),
    )
    .await;
    door.check(
        "T152 bare LF",
        bare.matches("HTTP/1.1 ").count() <= 1,
        &bare,
    );
    let honest = says(&door, hidden.as_bytes()).await;
    door.check("T152 control", honest.starts_with("HTTP/1.1 200"), &honest);
    door.ends_well().await;
}

/// T149, T150: requests that are begun and never ended.
#[tokio::test]
async fn requests_that_are_never_ended_keep_nobody_waiting_and_are_dropped() {
    let mut door = Door::open().await;
    let host = authority(&door.town.origin);
    let mut open = Vec::new();
    for number in 0..200 {
        let mut stream = connects(&door).await;
        let part = match number % 3 {
            0 => "POST /ap/inbox HT".to_owned(),
            1 => format!("POST /ap/inbox HTTP/1.1\r\nHost: {host}\r\n"),
            _ => format!(
                "POST /ap/inbox HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{"
            ),
        };
        stream.write_all(part.as_bytes()).await.unwrap();
        open.push(stream);
    }
    others_are_served(&mut door, "T149").await;
    let closed = timeout(
        Duration::from_secs(40),
        join_all(open.iter_mut().map(|stream| async move {
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest).await
        })),
    )
    .await;
    door.check("T150", closed.is_ok(), "still open after 40 seconds");
    door.ends_well().await;
}
