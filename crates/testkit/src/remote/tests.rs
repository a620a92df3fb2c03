//! The fake servers themselves, tried out. Knows no program.

use super::*;
use crate::exchange;

#[tokio::test]
async fn an_actor_is_found_by_name_and_by_id() {
    let remote = Remote::open().await;
    let paul = remote.host("far").person("paul");
    let asked = format!(
        "http://{}/.well-known/webfinger?resource=acct:paul@{}",
        paul.authority(),
        paul.authority()
    );
    let jrd = exchange::get(&asked).await.expecting(200).json();
    assert_eq!(jrd["links"][0]["href"], paul.id.as_str());
    let document = exchange::get_document(&paul.id).await.expecting(200).json();
    assert_eq!(document["preferredUsername"], "paul");
    exchange::get_document(&format!("{}x", paul.id))
        .await
        .expecting(404);
}

#[tokio::test]
async fn two_names_on_one_port_are_two_servers() {
    let remote = Remote::open().await;
    let (good, evil) = (remote.host("good"), remote.host("evil"));
    good.serve("/thing", Page::of("text/plain", "good"));
    assert_eq!(exchange::get(&good.url("/thing")).await.text(), "good");
    exchange::get(&evil.url("/thing")).await.expecting(404);
}

#[tokio::test]
async fn a_letter_is_kept_with_a_verdict_on_its_signature() {
    let remote = Remote::open().await;
    let (far, near) = (remote.host("far"), remote.host("near"));
    let (paul, rose) = (far.person("paul"), near.person("rose"));
    let note = paul.note("Bonjour");
    paul.post(&rose.inbox(), &paul.create(&note))
        .await
        .expecting(202);
    let sealed = paul.letter(&rose.inbox(), &paul.create(&note)).seal();
    let bent = letter::Sealed {
        body: b"{}".to_vec(),
        ..sealed
    };
    bent.send().await;
    let mut stranger = paul.letter(&rose.inbox(), &note);
    stranger.key = keys::second();
    stranger.send().await;
    let verdicts: Vec<_> = near
        .received()
        .into_iter()
        .map(|received| received.verdict)
        .collect();
    assert_eq!(verdicts[0], Ok(paul.key_id()));
    assert!(verdicts[1].as_ref().unwrap_err().contains("digest"));
    assert!(verdicts[2].as_ref().unwrap_err().contains("does not hold"));
}

#[tokio::test]
async fn manners_are_used_up_one_by_one() {
    let remote = Remote::open().await;
    let (far, near) = (remote.host("far"), remote.host("near"));
    let (paul, rose) = (far.person("paul"), near.person("rose"));
    near.next([Manner::Answer(500), Manner::Later(429, 7), Manner::Close]);
    let note = paul.note("Bonjour");
    assert_eq!(paul.post(&rose.inbox(), &note).await.status, 500);
    assert_eq!(
        paul.post(&rose.inbox(), &note).await.header("retry-after"),
        Some("7")
    );
    assert!(
        paul.letter(&rose.inbox(), &note)
            .seal()
            .try_send()
            .await
            .is_err()
    );
    assert_eq!(paul.post(&rose.inbox(), &note).await.status, 202);
    near.goes_down();
    assert!(
        paul.letter(&rose.inbox(), &note)
            .seal()
            .try_send()
            .await
            .is_err()
    );
    near.comes_back();
    assert_eq!(paul.post(&rose.inbox(), &note).await.status, 202);
    assert_eq!(near.accepted().len(), 2);
}
