//! What is bottomless, and what comes all at once: a very deep thread, another protocol, and the memory that a flood costs. The
//! numbers are those of docs/attacks.md.

use futures_util::future::join_all;
use parvis_testkit::{Letter, actor::marker, keys, letter::authority, remote::Page, resident::id};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::{
    door::Door,
    exhaustion::{PATIENCE, connects, others_are_served, says},
};

/// Answers that arrive one under the other …
const ARRIVING: usize = 100;
/// … and all that hang in the thread in the end, the first post counted.
const DEPTH: usize = 1_000;

/// A post and `ARRIVING` answers, each under the one before; gives the first and the last.
async fn a_well(door: &Door) -> (Value, Value) {
    let alice = &door.alice;
    let first = door.naming_lea(alice, &marker("le bord"));
    door.lets_in(alice, &alice.create(&first)).await;
    let mut above = first.clone();
    for _ in 0..ARRIVING {
        let mut note = door.naming_lea(alice, "plus bas");
        note["inReplyTo"] = above["id"].clone();
        door.lets_in(alice, &alice.create(&note)).await;
        above = note;
    }
    (first, above)
}

/// Hangs further answers under the post with this id, each under the one before, and gives the id of the lowest. They arrive side
/// by side and are put one under the other in the database, since one after the other takes minutes.
async fn dug_deeper(door: &Door, above: &Value, bottom: &str) -> i64 {
    let alice = &door.alice;
    let mut left = DEPTH - ARRIVING - 1;
    while left > 0 {
        let some = left.min(50);
        left -= some;
        let answers: Vec<Value> = (0..some)
            .map(|_| {
                let mut note = alice.note("encore plus bas");
                note["inReplyTo"] = above["id"].clone();
                alice.create(&note)
            })
            .collect();
        let inbox = door.lea.inbox();
        let sent = answers.iter().map(|answer| alice.post(&inbox, answer));
        for reply in join_all(sent).await {
            assert!(reply.is_success(), "{} {}", reply.status, reply.text());
        }
    }
    let thread = format!("thread_id = (SELECT thread_id FROM post WHERE id = {bottom})");
    let sql = format!(
        "UPDATE post SET reply_to_id = (SELECT MAX(above.id) FROM post AS above \
         WHERE above.thread_id = post.thread_id AND above.id < post.id) WHERE {thread} AND id > {bottom}"
    );
    door.changes_database(&sql).await;
    let count = format!("SELECT COUNT(*) FROM post WHERE {thread}");
    assert_eq!(door.asks_database(&count).await, Some(DEPTH as i64));
    let lowest = format!("SELECT MAX(id) FROM post WHERE {thread}");
    door.asks_database(&lowest).await.unwrap()
}

/// T147: a thread of a thousand, each under the other. What it costs is the benchmark's to say.
#[tokio::test]
async fn a_thread_as_deep_as_a_well_is_shown_whole() {
    let mut door = Door::open().await;
    let (first, last) = a_well(&door).await;
    let top = door.lea.finds_post(first["id"].as_str().unwrap()).await;
    let bottom = door.lea.finds_post(last["id"].as_str().unwrap()).await;
    let lowest = dug_deeper(&door, &last, id(&bottom)).await.to_string();
    for post in [id(&top), id(&bottom), &lowest] {
        let context = door.lea.context(post).await;
        let around = ["ancestors", "descendants"].map(|side| context[side].as_array().unwrap());
        let shown = around.map(Vec::len).iter().sum::<usize>();
        door.check("T147", shown == DEPTH - 1, &format!("{post}: {shown}"));
        let page = format!("/@{}/{post}", door.alice.acct());
        let mut browser = door.town.browser_of("lea").await;
        browser.opens(&page).await.expecting(200);
    }
    door.ends_well().await;
}

/// How a connection of HTTP/2 begins, and an empty frame of settings.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

/// Ten thousand streams that are opened and reset at once.
fn rapid_resets() -> Vec<u8> {
    let mut all = PREFACE.to_vec();
    for number in 0..10_000_u32 {
        let stream = (2 * number + 1).to_be_bytes();
        // HEADERS with four indexed fields (GET, /, http, an empty authority), ended; then RST_STREAM.
        all.extend([0, 0, 4, 1, 5]);
        all.extend(stream);
        all.extend([0x82, 0x84, 0x86, 0x81]);
        all.extend([0, 0, 4, 3, 0]);
        all.extend(stream);
        all.extend([0, 0, 0, 8]);
    }
    all
}

/// T153: HTTP/2 is not spoken, neither from the first byte nor by an upgrade, so that nothing of its floods is worked on.
#[tokio::test]
async fn another_protocol_is_not_spoken() {
    let mut door = Door::open().await;
    let (before, _) = door.town.program.memory();
    let endless = [PREFACE, &[0, 0x20, 0, 9, 0, 0, 0, 0, 1], &[0; 0x2000]].concat();
    for (what, bytes) in [
        ("preface", PREFACE.to_vec()),
        ("rapid reset", rapid_resets()),
        ("continuation", endless),
    ] {
        let mut stream = connects(&door).await;
        // The other side may hang up before it has read all.
        let _ = stream.write_all(&bytes).await;
        let mut told = Vec::new();
        let ended = timeout(PATIENCE, stream.read_to_end(&mut told)).await;
        door.check("T153", ended.is_ok(), &format!("{what}: still open"));
        let refused = told.is_empty() || told.starts_with(b"HTTP/1.1 4");
        let told = String::from_utf8_lossy(&told);
        door.check("T153", refused, &format!("{what}: {told}"));
    }
    let host = authority(&door.town.origin);
    let asks = format!(
        "GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\
         HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\n"
    );
    let told = says(&door, asks.as_bytes()).await;
    door.check("T153 upgrade", told.starts_with("HTTP/1.1 200"), &told);
    let (after, _) = door.town.program.memory();
    let grown = after.saturating_sub(before);
    door.check(
        "T153",
        grown < 50 << 20,
        &format!("{grown} bytes of memory"),
    );
    others_are_served(&mut door, "T153").await;
    door.ends_well().await;
}

/// Connections that begin a request and leave it at that.
async fn begun(door: &Door) -> Vec<TcpStream> {
    let host = authority(&door.town.origin);
    let head = format!(
        "POST /ap/inbox HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/activity+json\r\n\
         Content-Length: 900000\r\n\r\n{{"
    );
    let mut open = Vec::new();
    for _ in 0..300 {
        let mut stream = connects(door).await;
        stream.write_all(head.as_bytes()).await.unwrap();
        open.push(stream);
    }
    open
}

/// Letters as large as may be: one that is as deep as it is long, one of nothing but names, one with a key that is never found.
fn heavy(door: &Door, round: usize) -> Vec<Letter> {
    let (alice, inbox) = (&door.alice, door.lea.inbox());
    let deep = "[".repeat(900_000).into_bytes();
    let crowd: Value = (0..4_000)
        .map(|number| json!({"type": "Mention", "href": alice.host.url(&format!("/users/{number}"))}))
        .collect();
    let mut letters = Vec::new();
    for number in 0..12 {
        let mut letter = alice.letter(&inbox, &Value::Null);
        letter.digest = Some(keys::digest(&deep));
        letter.body.clone_from(&deep);
        letters.push(letter);
        let mut note = alice.note("la foule");
        note["tag"].clone_from(&crowd);
        letters.push(alice.letter(&inbox, &alice.create(&note)));
        let mut letter = alice.letter(&inbox, &alice.create(&alice.note(&"a".repeat(900_000))));
        letter.key_id = alice.host.url(&format!("/huge/{round}-{number}#main-key"));
        letters.push(letter);
    }
    letters
}

/// T154: what a flood of everything costs in memory, at its height, from one end of the group to the other.
#[tokio::test]
async fn a_flood_of_everything_costs_little_memory() {
    let mut door = Door::open().await;
    // What every town holds soon after its start does not count.
    others_are_served(&mut door, "T154").await;
    let mut browser = door.town.browser_of("lea").await;
    browser.opens("/").await.expecting(200);
    let (before, _) = door.town.program.memory();

    let open = begun(&door).await;
    for round in 0..3 {
        for number in 0..12 {
            let huge = Page::of("application/activity+json", vec![b' '; 3_000_000]);
            let path = format!("/huge/{round}-{number}");
            door.alice.host.serve(&path, huge);
        }
        let letters = heavy(&door, round);
        for reply in join_all(letters.iter().map(Letter::send)).await {
            door.borne("T154", &reply);
        }
    }
    drop(open);
    let last = door
        .alice
        .create(&door.naming_lea(&door.alice, "encore là"));
    door.lets_in(&door.alice, &last).await;
    others_are_served(&mut door, "T154").await;
    let (_, most) = door.town.program.memory();
    let grown = most.saturating_sub(before);
    println!("{} MB more than before", grown >> 20);
    door.check("T154", grown < 150 << 20, &format!("{grown} bytes more"));
    door.ends_well().await;
}
