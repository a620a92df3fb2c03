//! Signatures of RFC 9421 that must not be believed, by the numbers of the security catalogue (SECURITY.md), after proof
//! that honest ones are; and how the town's own are sent to servers that take only one form.

use std::time::Duration;

use parvis_testkit::{
    Actor, Manner, Message, Takes,
    actor::marker,
    keys, letter,
    letter::{Sealed, date_at, unix_now},
    message::{ASKS_FOR_ED25519, ASKS_FOR_RSA},
    remote::Page,
    until,
};
use serde_json::json;

use crate::door::Door;

const DAY: i64 = 86_400;

/// An honest message of Alice's with a forbidden word, to be bent.
fn bent(door: &mut Door, trial: &'static str, bend: impl FnOnce(&mut Message)) -> Message {
    let base = door.base(trial);
    let mut message = door.alice.message(&door.lea.inbox(), &base);
    bend(&mut message);
    message
}

/// Bends a message before it is signed, sends it, and expects it back.
async fn trial(door: &mut Door, number: &'static str, bend: impl FnOnce(&mut Message)) {
    let sealed = bent(door, number, bend).seal();
    refused(door, number, &sealed).await;
}

async fn refused(door: &mut Door, number: &'static str, sealed: &Sealed) {
    let reply = sealed.send().await;
    door.refused(number, &reply);
}

fn covering(message: &mut Message, covered: &[&str]) {
    message.covered = covered.iter().map(|name| (*name).to_owned()).collect();
}

/// Somebody whose document shows a key on the curve beside the usual one.
fn on_the_curve(door: &Door, host: &str, name: &str) -> Actor {
    let host = door.remote.host(host);
    let of = Actor::new(host.clone(), name, keys::first());
    host.actor(name, keys::first(), |document| {
        document["assertionMethod"] = json!([of.multikey(keys::curve())]);
    })
}

/// The honest ones first, so that the refusals prove something: RSA, Ed25519, and what others may cover.
async fn honest_ones_pass(door: &Door) {
    let curie = on_the_curve(door, "curve", "curie");
    let send =
        async |actor: &Actor, message: &dyn Fn(&Actor, &str, &serde_json::Value) -> Message| {
            let text = marker("message");
            let note = door.naming_lea(actor, &text);
            let reply = message(actor, &door.lea.inbox(), &actor.create(&note))
                .send()
                .await;
            assert!(reply.is_success(), "{} {}", reply.status, reply.text());
            until("an honest message arrives", || async {
                door.lea
                    .get("/api/v1/notifications?limit=40")
                    .await
                    .text()
                    .contains(&text)
            })
            .await;
        };
    send(&door.alice, &|actor, inbox, document| {
        actor.message(inbox, document)
    })
    .await;
    send(&curie, &|actor, inbox, document| {
        actor.curve_message(inbox, document)
    })
    .await;
    send(&curie, &|actor, inbox, document| {
        actor.message(inbox, document)
    })
    .await;
    send(&door.alice, &|actor, inbox, document| {
        let mut message = actor.message(inbox, document);
        "sig-b21".clone_into(&mut message.label);
        message.date = Some(date_at(-50 * 60));
        message.created = Some(unix_now() - 50 * 60);
        message.expires = Some(unix_now() + 60);
        message.algorithm = Some("rsa-v1_5-sha256".to_owned());
        ";nonce=\"x\";tag=\"y\"".clone_into(&mut message.more);
        covering(
            &mut message,
            &[
                "@method",
                "@path",
                "@authority",
                "date",
                "content-type",
                "content-digest",
            ],
        );
        message
    })
    .await;
}

#[tokio::test]
async fn a_message_that_does_not_hold_or_covers_too_little_is_refused() {
    let mut door = Door::open().await;
    honest_ones_pass(&door).await;

    for missing in ["signature", "signature-input"] {
        let mut unsigned = bent(&mut door, "T001", |_| ()).seal();
        unsigned.headers.remove(missing);
        let reply = unsigned.send().await;
        door.refused("T001", &reply);
        door.check(
            "T001",
            reply.status == 401 && reply.header("accept-signature") == Some(ASKS_FOR_RSA),
            &format!(
                "{} asks for {:?}",
                reply.status,
                reply.header("accept-signature")
            ),
        );
    }
    let noise = "q83vASNFZ4mrze8BI0VniavN7wEjRWeJ".repeat(10) + "q83vASNFZ4mrze8BI0VniavN7w==";
    let random = bent(&mut door, "T002", |_| ()).seal_with(&noise);
    refused(&mut door, "T002", &random).await;
    trial(&mut door, "T003 wrong key", |message| {
        message.key = keys::second();
    })
    .await;
    trial(&mut door, "T003 key of another kind", |message| {
        message.key = keys::curve();
    })
    .await;
    let base = door.base("T004");
    let of_mallory = door.mallory.message(&door.lea.inbox(), &base).seal();
    refused(&mut door, "T004", &of_mallory).await;
    trial(&mut door, "T005 no digest", |message| {
        message.content_digest = None;
        covering(message, &["@method", "@target-uri"]);
    })
    .await;
    trial(&mut door, "T006 digest not signed", |message| {
        covering(message, &["@method", "@target-uri"]);
    })
    .await;
    let mut other_body = bent(&mut door, "T007", |_| ()).seal();
    other_body.body = door.base("T007 second body").to_string().into_bytes();
    refused(&mut door, "T007", &other_body).await;
    for order in [true, false] {
        let mut two = bent(&mut door, "T009", |_| ()).seal();
        let honest = two.headers["content-digest"].clone();
        let other: http::HeaderValue = keys::content_digest(b"{}").parse().unwrap();
        let (first, second) = if order {
            (honest, other)
        } else {
            (other, honest)
        };
        two.headers.insert("content-digest", first);
        two.headers.append("content-digest", second);
        refused(&mut door, "T009", &two).await;
    }
    trial(&mut door, "T011 md5", |message| {
        message.content_digest = Some("md5=:Q2hlY2sgSW50ZWdyaXR5IQ==:".to_owned());
    })
    .await;
    trial(&mut door, "T012 two days old", |message| {
        message.created = Some(unix_now() - 2 * DAY);
    })
    .await;
    trial(&mut door, "T013 two days ahead", |message| {
        message.created = Some(unix_now() + 2 * DAY);
    })
    .await;
    trial(&mut door, "T015 date signed, not fresh", |message| {
        message.date = Some(date_at(-2 * DAY));
        covering(
            message,
            &["@method", "@target-uri", "content-digest", "date"],
        );
    })
    .await;
    trial(&mut door, "T017 target not signed", |message| {
        covering(message, &["@method", "@authority", "content-digest"]);
    })
    .await;
    trial(&mut door, "T017 method not signed", |message| {
        covering(message, &["@target-uri", "content-digest"]);
    })
    .await;
    trial(&mut door, "T018 another path", |message| {
        message.target_uri += "/elsewhere";
    })
    .await;
    trial(&mut door, "T019 as get", |message| {
        message.method = "GET".to_owned();
    })
    .await;
    trial(&mut door, "T021 only date", |message| {
        message.date = Some(date_at(0));
        covering(message, &["date"]);
    })
    .await;
    trial(&mut door, "T022 host not signed", |message| {
        covering(message, &["@method", "@path", "content-digest"]);
    })
    .await;
    trial(&mut door, "T023 signed for another server", |message| {
        message.target_uri = message.target_uri.replace("valmont.", "rivebelle.");
    })
    .await;
    trial(&mut door, "T024 expired", |message| {
        message.expires = Some(unix_now() - DAY);
    })
    .await;
    trial(&mut door, "T026 no time at all", |message| {
        message.created = None;
    })
    .await;
    let confused = bent(&mut door, "T027", |message| {
        message.algorithm = Some("hmac-sha256".to_owned());
    });
    let secret = confused.key.public_pem.as_bytes();
    let confused = confused.seal_with(&keys::hmac(secret, &confused.signing_text()));
    refused(&mut door, "T027", &confused).await;
    let none = bent(&mut door, "T028", |message| {
        message.algorithm = Some("none".to_owned());
    });
    refused(&mut door, "T028", &none.seal_with("")).await;
    door.ends_well().await;
}

#[tokio::test]
async fn a_message_that_another_could_have_sent_is_refused() {
    let mut door = Door::open().await;
    honest_ones_pass(&door).await;
    let evil = door.mallory.host.clone();

    // T023: a whole request meant for another server, brought here.
    let here = door.lea.inbox();
    let elsewhere = bent(&mut door, "T023", |message| {
        message.url = message.url.replace("valmont.", "rivebelle.");
        message.target_uri.clone_from(&message.url);
    });
    let mut sealed = elsewhere.seal();
    sealed.url.clone_from(&here);
    let reply = sealed.send().await;
    door.check(
        "T023",
        reply.status == 421,
        &format!("answered {}", reply.status),
    );
    sealed
        .headers
        .insert("host", letter::authority(&here).parse().unwrap());
    refused(&mut door, "T023", &sealed).await;

    // T030: a document on Mallory's server that says it is Alice's, with a key on the curve.
    let mut claimed = door.alice.document();
    claimed["assertionMethod"] = json!([{"id": evil.url("/users/fake#k"), "type": "Multikey", "controller": door.alice.id,
        "publicKeyMultibase": keys::second_curve().multibase()}]);
    evil.serve("/users/fake", Page::document(&claimed));
    trial(&mut door, "T030", |message| {
        message.key = keys::second_curve();
        message.key_id = evil.url("/users/fake#k");
        message.algorithm = Some("ed25519".to_owned());
    })
    .await;

    // A key in Mallory's own document that says it is Alice's.
    let host = door.remote.host("evil2");
    let claim = json!({"id": host.url("/users/max#k"), "type": "Multikey", "controller": door.alice.id,
        "publicKeyMultibase": keys::second_curve().multibase()});
    let max = host.actor("max", keys::second(), |document| {
        document["assertionMethod"] = claim.clone();
    });
    trial(&mut door, "T031", |message| {
        message.key = keys::second_curve();
        message.key_id = format!("{}#k", max.id);
    })
    .await;

    // T033: two signatures, in two headers and in one, whose order says nothing.
    for one_header in [true, false] {
        let base = door.base("T033");
        let mut honest = door.mallory.message(&here, &base).seal();
        let mut claim = door.alice.message(&here, &base);
        claim.label = "sig2".to_owned();
        let claim = claim.seal_with(&keys::second().sign("x"));
        for name in ["signature", "signature-input"] {
            let more = claim.headers[name].clone();
            if one_header {
                let first = honest.headers[name].to_str().unwrap();
                let both = format!("{first}, {}", more.to_str().unwrap());
                honest.headers.insert(name, both.parse().unwrap());
            } else {
                honest.headers.append(name, more);
            }
        }
        refused(&mut door, "T033", &honest).await;
    }
    // And one of each dialect.
    let base = door.base("T033 both");
    let older = door.mallory.letter(&here, &base);
    let mut newer = door
        .alice
        .message(&here, &base)
        .seal_with(&keys::second().sign("x"));
    let older = older.signature_header(&older.key.sign(&older.signing_text()));
    newer.headers.append("signature", older.parse().unwrap());
    refused(&mut door, "T033 both", &newer).await;
    newer.headers.insert("signature", older.parse().unwrap());
    refused(&mut door, "T033 both", &newer).await;

    // T035: two key ids in one signature.
    for of in [door.mallory.key_id(), door.alice.key_id()] {
        let base = door.base("T035");
        let mut twice = door.mallory.message(&here, &base);
        twice.more = format!(";keyid=\"{of}\"");
        refused(&mut door, "T035", &twice.seal()).await;
    }

    // T037: signed as a GET, with headers that ask to take it for one.
    let overridden = bent(&mut door, "T037", |message| {
        "GET".clone_into(&mut message.method);
    })
    .seal()
    .with_header("x-http-method-override", "GET");
    refused(&mut door, "T037", &overridden).await;

    // T040: a header of 60 kB.
    for name in ["signature", "signature-input"] {
        let mut long = bent(&mut door, "T040", |_| ()).seal();
        let header = format!(
            "{}, {}=()",
            long.headers[name].to_str().unwrap(),
            "a".repeat(60_000)
        );
        long.headers.insert(name, header.parse().unwrap());
        if let Ok(reply) = long.try_send().await {
            door.refused("T040", &reply);
        }
    }
    door.ends_well().await;
}

#[tokio::test]
async fn a_key_on_the_curve_counts_only_as_long_as_its_owner_shows_it() {
    let mut door = Door::open().await;
    honest_ones_pass(&door).await;
    // T038: what is no key of that kind.
    for (number, multibase) in [
        "z6Mk",
        "",
        "u6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
        "z0OIl",
    ]
    .into_iter()
    .enumerate()
    {
        let host = door.remote.host(&format!("odd{number}"));
        let of = Actor::new(host.clone(), "odd", keys::second());
        let odd = host.actor("odd", keys::second(), |document| {
            document["assertionMethod"] = json!([of.multikey(keys::curve())]);
            document["assertionMethod"][0]["publicKeyMultibase"] = json!(multibase);
        });
        let word = door.forbidden("T038");
        let note = door.naming_lea(&odd, &word);
        let sealed = odd
            .curve_message(&door.lea.inbox(), &odd.create(&note))
            .seal();
        refused(&mut door, "T038", &sealed).await;
    }
    // T086: a key that was taken back, which an Update of the actor makes known.
    let rene = on_the_curve(&door, "taken-back", "rene");
    let note = door.naming_lea(&rene, &marker("avant"));
    let before = rene
        .curve_message(&door.lea.inbox(), &rene.create(&note))
        .send()
        .await;
    assert!(before.is_success(), "{} {}", before.status, before.text());
    rene.host
        .serve("/users/rene", Page::document(&rene.document()));
    let update = rene.activity("Update", &rene.document());
    assert!(rene.post(&door.lea.inbox(), &update).await.is_success());
    let word = door.forbidden("T086");
    let note = door.naming_lea(&rene, &word);
    let sealed = rene
        .curve_message(&door.lea.inbox(), &rene.create(&note))
        .seal();
    refused(&mut door, "T086", &sealed).await;
    door.ends_well().await;
}

/// What the town sends reaches servers that take one form only, signed so that it holds; the second time at once.
#[tokio::test]
async fn servers_that_take_one_form_only_are_reached_in_it() {
    let door = Door::open().await;
    for (name, takes, asks_for, first_refused) in [
        ("letters", Takes::Letters, None, 0),
        ("messages", Takes::Messages, None, 1),
        ("asking", Takes::Messages, Some(ASKS_FOR_RSA), 1),
        ("curved", Takes::CurveMessages, Some(ASKS_FOR_ED25519), 1),
    ] {
        let host = door.remote.host(name);
        let paul = host.person("paul");
        host.takes_only(takes);
        if let Some(header) = asks_for {
            host.asks_for(header);
        }
        // The town fetches Paul first, since it must know the key that signs his Follow: it knocks twice for that.
        let follow = paul.activity("Follow", &json!(door.lea.uri));
        let reply = paul.post(&door.lea.inbox(), &follow).await;
        assert!(
            reply.is_success(),
            "{name}: {} {}",
            reply.status,
            reply.text()
        );
        until("the Accept arrives", || async {
            host.accepted_of("Accept").len() == 1
        })
        .await;
        assert_eq!(
            host.times_asked("/users/paul"),
            1 + first_refused + posts_to(&host, "/users/paul"),
            "{name}"
        );
        let text = marker("billet");
        door.lea.posts(&text).await;
        until("the post arrives", || async {
            host.accepted_of("Create").len() == 1
        })
        .await;
        for received in host.received() {
            let key_id = received
                .verdict
                .clone()
                .unwrap_or_else(|wrong| panic!("{name}: {wrong}"));
            assert!(key_id.starts_with(&door.lea.uri), "{name}: {key_id}");
            assert_eq!(
                received.answered, 202,
                "{name}: what worked for a question is used for posts"
            );
            assert_eq!(received.is_message, takes != Takes::Letters, "{name}");
            assert_eq!(
                key_id.ends_with("#ed25519-1"),
                takes == Takes::CurveMessages,
                "{name}"
            );
        }
    }
}

fn posts_to(host: &parvis_testkit::Host, path: &str) -> usize {
    let received = host.received();
    received
        .iter()
        .filter(|one| one.path.starts_with(path))
        .count()
}

/// A server that says or shows that it takes Ed25519 gets it from the first delivery; one that then refuses gets RSA.
#[tokio::test]
async fn ed25519_goes_to_servers_that_are_known_to_take_it() {
    let door = Door::open().await;
    let implements = |href: &str| json!({"type": "Application", "implements": [{"name": "RFC 9421", "href": href}]});
    let rfc = "https://datatracker.ietf.org/doc/html/rfc9421";
    let ed25519 = format!("{rfc}#name-eddsa-using-curve-edwards25519");
    for (name, generator, is_message, is_curve) in [
        ("plain", json!(null), false, false),
        ("rsa", implements(rfc), true, false),
        ("curve2", implements(&ed25519), true, true),
    ] {
        let host = door.remote.host(name);
        let paul = host.actor("paul", keys::first(), |document| {
            document["generator"] = generator;
        });
        paul.post(
            &door.lea.inbox(),
            &paul.activity("Follow", &json!(door.lea.uri)),
        )
        .await
        .expecting(202);
        accepted(&host, is_message, is_curve).await;
    }
    // One that signs so itself.
    let shows = on_the_curve(&door, "shows", "sol");
    let follow = shows.activity("Follow", &json!(door.lea.uri));
    shows
        .curve_message(&door.lea.inbox(), &follow)
        .send()
        .await
        .expecting(202);
    accepted(&shows.host, true, true).await;
    // One that says so wrongly: the newer dialect with RSA works, and is what it gets from then on.
    let host = door.remote.host("wrong");
    let paul = host.actor("paul", keys::first(), |document| {
        document["generator"] = implements(&ed25519);
    });
    host.next([Manner::Answer(401)]);
    paul.post(
        &door.lea.inbox(),
        &paul.activity("Follow", &json!(door.lea.uri)),
    )
    .await
    .expecting(202);
    until("the Accept arrives", || async {
        host.accepted_of("Accept").len() == 1
    })
    .await;
    door.lea.posts(&marker("billet")).await;
    until("the post arrives", || async {
        host.accepted_of("Create").len() == 1
    })
    .await;
    let forms: Vec<_> = host
        .received()
        .into_iter()
        .map(|one| {
            (
                one.answered,
                one.is_message,
                one.verdict.unwrap().ends_with("#ed25519-1"),
            )
        })
        .collect();
    assert_eq!(
        forms,
        [(401, true, true), (202, true, false), (202, true, false)]
    );
}

async fn accepted(host: &parvis_testkit::Host, is_message: bool, is_curve: bool) {
    until("the Accept arrives", || async {
        host.accepted_of("Accept").len() == 1
    })
    .await;
    let received = host.received().remove(0);
    let key_id = received.verdict.unwrap();
    let found = (received.is_message, key_id.ends_with("#ed25519-1"));
    assert_eq!(found, (is_message, is_curve), "{key_id}");
}

/// What was learned outlives the program; a server that refuses everything is not knocked at twice each time.
#[tokio::test]
async fn what_a_server_takes_is_remembered_after_a_restart() {
    let door = Door::open().await;
    let host = door.remote.host("messages");
    let paul = host.person("paul");
    paul.post(
        &door.lea.inbox(),
        &paul.activity("Follow", &json!(door.lea.uri)),
    )
    .await
    .expecting(202);
    until("the Accept arrives", || async {
        host.accepted_of("Accept").len() == 1
    })
    .await;
    host.takes_only(Takes::Messages);
    door.lea.posts(&marker("billet")).await;
    until("the post arrives", || async {
        host.accepted_of("Create").len() == 1
    })
    .await;
    assert_eq!(
        host.received().len(),
        3,
        "once in vain, once in the other form"
    );
    door.town.stop().await;
    door.town.restart().await;
    door.lea.posts(&marker("billet")).await;
    until("the post arrives", || async {
        host.accepted_of("Create").len() == 2
    })
    .await;
    assert_eq!(host.received().len(), 4, "at once in the form that worked");
    host.usually(Manner::Answer(403));
    // The first is knocked at twice, the others once each.
    for refused in [2, 3, 4] {
        door.lea.posts(&marker("billet")).await;
        until("it is refused", || async {
            host.received().len() >= 4 + refused
        })
        .await;
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(host.received().len(), 4 + 4, "twice, then once each");
}
