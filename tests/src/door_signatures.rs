//! Signatures that must not be believed; the numbers are those of the security catalogue (SECURITY.md).

use std::time::{Duration, Instant};

use parvis_testkit::{
    Actor, Letter,
    actor::now,
    keys, letter,
    letter::{Sealed, date_at, unix_now},
    remote::Page,
};
use serde_json::{Value, json};

use crate::door::Door;

const DAY: i64 = 86_400;

/// An honest letter of Alice's with a forbidden word, to be bent.
fn bent(door: &mut Door, trial: &'static str, bend: impl FnOnce(&mut Letter)) -> Letter {
    let base = door.base(trial);
    let mut letter = door.alice.letter(&door.lea.inbox(), &base);
    bend(&mut letter);
    letter
}

/// Bends a letter before it is signed, sends it, and expects it back.
async fn trial(door: &mut Door, number: &'static str, bend: impl FnOnce(&mut Letter)) {
    let sealed = bent(door, number, bend).seal();
    refused(door, number, &sealed).await;
}

async fn refused(door: &mut Door, number: &'static str, sealed: &Sealed) {
    let start = Instant::now();
    let reply = sealed.send().await;
    door.refused(number, &reply);
    door.check(
        number,
        start.elapsed() < Duration::from_secs(5),
        &format!("took {:?}", start.elapsed()),
    );
}

fn leave_out(letter: &mut Letter, name: &str) {
    letter.covered.retain(|covered| covered != name);
}

#[tokio::test]
async fn a_signature_that_does_not_hold_or_covers_too_little_is_refused() {
    let mut door = Door::open().await;

    let mut unsigned = bent(&mut door, "T001", |_| ()).seal();
    unsigned.headers.remove("signature");
    refused(&mut door, "T001", &unsigned).await;

    let noise = "q83vASNFZ4mrze8BI0VniavN7wEjRWeJ".repeat(10) + "q83vASNFZ4mrze8BI0VniavN7w==";
    let random = bent(&mut door, "T002", |_| ()).seal_with(&noise);
    refused(&mut door, "T002", &random).await;

    trial(&mut door, "T003 wrong key", |letter| {
        letter.key = keys::second();
    })
    .await;

    let base = door.base("T004");
    let of_mallory = door.mallory.letter(&door.lea.inbox(), &base).seal();
    refused(&mut door, "T004", &of_mallory).await;

    trial(&mut door, "T005 no digest", |letter| {
        letter.digest = None;
        leave_out(letter, "digest");
    })
    .await;
    trial(&mut door, "T006 digest not signed", |letter| {
        leave_out(letter, "digest");
    })
    .await;

    let mut other_body = bent(&mut door, "T007", |_| ()).seal();
    let swapped = door.base("T007 second body");
    other_body.body = swapped.to_string().into_bytes();
    refused(&mut door, "T007", &other_body).await;

    let two = bent(&mut door, "T009", |_| ()).seal();
    let second_digest = keys::digest(b"{}");
    let before = Sealed {
        headers: with_first(&two, "digest", &second_digest),
        ..two.clone()
    };
    refused(
        &mut door,
        "T008",
        &two.with_header("digest", &second_digest),
    )
    .await;
    refused(&mut door, "T009", &before).await;

    trial(&mut door, "T011 md5", |letter| {
        letter.digest = Some("MD5=Q2hlY2sgSW50ZWdyaXR5IQ==".to_owned());
    })
    .await;
    trial(&mut door, "T012 two days old", |letter| {
        letter.date = Some(date_at(-2 * DAY));
    })
    .await;
    trial(&mut door, "T013 two days ahead", |letter| {
        letter.date = Some(date_at(2 * DAY));
    })
    .await;
    trial(&mut door, "T015 date not signed", |letter| {
        leave_out(letter, "date");
    })
    .await;
    trial(&mut door, "T017 target not signed", |letter| {
        leave_out(letter, "(request-target)");
    })
    .await;
    trial(&mut door, "T018 another path", |letter| {
        letter.target = "post /somewhere/else".to_owned();
    })
    .await;
    trial(&mut door, "T019 as get", |letter| {
        letter.target = letter.target.replacen("post", "get", 1);
    })
    .await;
    trial(&mut door, "T021 only date", |letter| {
        letter.covered = vec!["date".to_owned()];
    })
    .await;
    trial(&mut door, "T022 host not signed", |letter| {
        leave_out(letter, "host");
    })
    .await;
    trial(&mut door, "T024 expired", |letter| {
        letter.algorithm = Some("hs2019".to_owned());
        letter.date = None;
        letter.created = Some(unix_now() - DAY - 60);
        letter.expires = Some(unix_now() - DAY);
        letter.covered = [
            "(request-target)",
            "(created)",
            "(expires)",
            "host",
            "digest",
        ]
        .map(str::to_owned)
        .to_vec();
    })
    .await;
    trial(&mut door, "T026 no time at all", |letter| {
        letter.date = None;
        leave_out(letter, "date");
    })
    .await;

    let confused = bent(&mut door, "T027", |letter| {
        letter.algorithm = Some("hmac-sha256".to_owned());
    });
    let secret = confused.key.public_pem.as_bytes();
    let confused = confused.seal_with(&keys::hmac(secret, &confused.signing_text()));
    refused(&mut door, "T027", &confused).await;
    let none = bent(&mut door, "T028", |letter| {
        letter.algorithm = Some("none".to_owned());
    })
    .seal_with("");
    refused(&mut door, "T028", &none).await;

    let here = door.lea.inbox();
    let mut elsewhere = bent(&mut door, "another host", |letter| {
        letter.url = letter.url.replace("valmont.", "rivebelle.");
    })
    .seal();
    elsewhere
        .headers
        .insert("host", letter::authority(&here).parse().unwrap());
    elsewhere.url = here;
    refused(&mut door, "another host", &elsewhere).await;
    door.ends_well().await;
}

/// The headers with one more of a name before those that are there.
fn with_first(sealed: &Sealed, name: &'static str, value: &str) -> http::HeaderMap {
    let mut headers = sealed.headers.clone();
    let old = headers.get(name).cloned();
    headers.insert(name, value.parse().unwrap());
    if let Some(old) = old {
        headers.append(name, old);
    }
    headers
}

#[tokio::test]
async fn a_key_that_is_not_the_actors_own_is_refused() {
    let mut door = Door::open().await;
    let evil = door.mallory.host.clone();

    // T030: a document on Mallory's server that says it is Alice's.
    let mut claimed = door.alice.document();
    claimed["publicKey"] = json!({"id": evil.url("/users/fake#main-key"), "owner": door.alice.id, "publicKeyPem": keys::second().public_pem});
    evil.serve("/users/fake", Page::document(&claimed));
    trial(&mut door, "T030", |letter| {
        letter.key = keys::second();
        letter.key_id = evil.url("/users/fake#main-key");
    })
    .await;

    // T032: an upload on Alice's own server that holds a key.
    let good = door.alice.host.clone();
    let mut upload = door.alice.document();
    upload["publicKey"] = json!({"id": good.url("/media/1.png"), "owner": door.alice.id, "publicKeyPem": keys::second().public_pem});
    upload["id"] = json!(good.url("/media/1.png"));
    good.serve("/media/1.png", Page::of("image/png", upload.to_string()));
    trial(&mut door, "T032", |letter| {
        letter.key = keys::second();
        letter.key_id = good.url("/media/1.png");
    })
    .await;

    // T033: a valid signature of Mallory's first, then one that claims to be Alice's.
    let base = door.base("T033");
    let honest = door.mallory.letter(&door.lea.inbox(), &base);
    let claim = door
        .alice
        .letter(&door.lea.inbox(), &base)
        .signature_header(&keys::second().sign("x"));
    refused(
        &mut door,
        "T033",
        &honest.seal().with_header("signature", &claim),
    )
    .await;

    // T035: two key ids in one header.
    let base = door.base("T035");
    let honest = door.mallory.letter(&door.lea.inbox(), &base);
    let mut twice = honest.seal();
    let header = honest.signature_header(&honest.key.sign(&honest.signing_text()));
    let header = format!("keyId=\"{}\",{header}", door.alice.key_id());
    twice.headers.insert("signature", header.parse().unwrap());
    refused(&mut door, "T035", &twice).await;
    let header = format!(
        "{},keyId=\"{}\"",
        twice.headers["signature"]
            .to_str()
            .unwrap()
            .split_once(',')
            .unwrap()
            .1,
        door.alice.key_id()
    );
    twice.headers.insert("signature", header.parse().unwrap());
    refused(&mut door, "T035", &twice).await;

    // T037: signed as a GET, with headers that ask to take it for one.
    let letter = bent(&mut door, "T037", |letter| {
        letter.target = letter.target.replacen("post", "get", 1);
    });
    let path = letter.target.trim_start_matches("get ").to_owned();
    let overridden = letter
        .seal()
        .with_header("x-http-method-override", "GET")
        .with_header("x-original-url", &path);
    refused(&mut door, "T037", &overridden).await;

    // T040: a header of 60 kB.
    let mut long = bent(&mut door, "T040", |_| ()).seal();
    let header = format!(
        "{},junk=\"{}\"",
        long.headers["signature"].to_str().unwrap(),
        "a".repeat(60_000)
    );
    long.headers.insert("signature", header.parse().unwrap());
    if let Ok(reply) = long.try_send().await {
        door.refused("T040", &reply);
    }

    // T087: after all of this Alice's true key is still believed (the barrier), and so is Victor's.
    let note = door.victor.note("toujours là");
    let reply = door
        .victor
        .post(&door.town.shared_inbox(), &door.victor.create(&note))
        .await;
    door.check(
        "T087",
        reply.is_success(),
        &format!("Victor's true key: {}", reply.status),
    );
    door.ends_well().await;
}

#[tokio::test]
async fn a_key_of_a_wrong_kind_or_size_is_refused_quickly() {
    let mut door = Door::open().await;
    let keys = [
        (
            "rubbish",
            "-----BEGIN PUBLIC KEY-----\nnot base64 at all\n-----END PUBLIC KEY-----\n".to_owned(),
        ),
        ("empty", String::new()),
        ("elliptic", keys::elliptic_pem()),
        ("512 bits", keys::public_pem_of_size(512)),
        ("16384 bits", keys::public_pem_of_size(16_384)),
    ];
    for (number, (what, pem)) in keys.into_iter().enumerate() {
        let host = door.remote.host(&format!("odd{number}"));
        let odd: Actor = host.actor("odd", keys::second(), |document| {
            document["publicKey"]["publicKeyPem"] = json!(pem);
        });
        let word = door.forbidden("T038");
        let note: Value = door.naming_lea(&odd, &word);
        let start = Instant::now();
        let reply = odd.post(&door.lea.inbox(), &odd.create(&note)).await;
        door.refused(&format!("T038 {what}"), &reply);
        door.check(
            &format!("T038 {what}"),
            start.elapsed() < Duration::from_secs(3),
            &format!("took {:?}", start.elapsed()),
        );
    }
    door.ends_well().await;
}

#[tokio::test]
async fn an_actor_document_must_name_the_key_that_signed() {
    let mut door = Door::open().await;
    // The key's owner must be the actor of the activity, and the actor must name the key back.
    let host = door.remote.host("owner");
    let wrong_owner = host.actor("rene", keys::second(), |document| {
        document["publicKey"]["owner"] = json!("https://elsewhere.example/u");
    });
    let word = door.forbidden("T031");
    let note = door.naming_lea(&wrong_owner, &word);
    let reply = wrong_owner
        .post(&door.lea.inbox(), &wrong_owner.create(&note))
        .await;
    door.refused("T031", &reply);

    let other = door
        .remote
        .host("nokey")
        .actor("nina", keys::second(), |document| {
            document.as_object_mut().unwrap().remove("publicKey");
        });
    let word = door.forbidden("T039");
    let note = door.naming_lea(&other, &word);
    let reply = other.post(&door.lea.inbox(), &other.create(&note)).await;
    door.refused("T039", &reply);

    // A key document that cannot be had is nobody's.
    let word = door.forbidden("unknown key");
    let note = door.naming_lea(&door.alice, &word);
    let mut letter = door
        .alice
        .letter(&door.lea.inbox(), &door.alice.create(&note));
    letter.key_id = door.alice.host.url("/nobody#main-key");
    refused(&mut door, "unknown key", &letter.seal()).await;
    door.ends_well().await;
}

#[tokio::test]
async fn a_signature_of_the_newer_kind_of_cavage_holds() {
    let door = Door::open().await;
    let text = parvis_testkit::actor::marker("créé");
    let note = door.naming_lea(&door.alice, &text);
    let mut letter = door
        .alice
        .letter(&door.lea.inbox(), &door.alice.create(&note));
    letter.algorithm = Some("hs2019".to_owned());
    letter.date = None;
    letter.created = Some(unix_now());
    letter.expires = Some(unix_now() + 60);
    letter.covered = [
        "(request-target)",
        "(created)",
        "(expires)",
        "host",
        "digest",
    ]
    .map(str::to_owned)
    .to_vec();
    let reply = letter.send().await;
    assert!(
        reply.is_success(),
        "{} {} at {}",
        reply.status,
        reply.text(),
        now()
    );
    door.lea.reads_on_home(&text).await;
    let mut old = door.alice.letter(
        &door.lea.inbox(),
        &door.alice.create(&door.naming_lea(&door.alice, &text)),
    );
    old.date = Some(letter::date_at(-50 * 60));
    assert!(old.send().await.is_success(), "an hour back is tolerated");
}

#[tokio::test]
async fn where_the_clocks_differ_too_much_the_log_says_so() {
    let mut door = Door::open().await;
    for (name, seconds, said) in [
        (
            "two days slow",
            -2 * 24 * 60 * 60,
            "dated more than an hour back",
        ),
        ("fifty minutes fast", 50 * 60, "dated minutes ahead"),
    ] {
        let note = door.naming_lea(&door.alice, name);
        let mut letter = door
            .alice
            .letter(&door.lea.inbox(), &door.alice.create(&note));
        letter.date = Some(letter::date_at(seconds));
        refused(&mut door, name, &letter.seal()).await;
        let log = door.town.program.log();
        let line = log.lines().find(|line| line.contains(said));
        assert!(
            line.is_some_and(|line| line.contains("clocks")),
            "{name}: {log}"
        );
    }
    door.ends_well().await;
}
