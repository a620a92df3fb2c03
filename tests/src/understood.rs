//! What others send beside the rule, and what is meant all the same.

use parvis_testkit::{actor::marker, keys, resident::id, until};
use serde_json::json;

use crate::place::Place;

/// Funkwhale names its answer after the Follow that it answers: under an address of ours.
#[tokio::test]
async fn an_answer_to_a_follow_counts_under_whatever_name_it_comes() {
    let place = Place::new().await;
    let musician = place.remote.host("funkwhale").person("alice");
    let account = place.lea.asks_to_follow(&musician.handle()).await;
    let follow = || {
        let follows = musician.host.accepted_of("Follow").into_iter();
        follows.last()
    };
    until("the follow arrives", || async { follow().is_some() }).await;
    let follow = follow().unwrap();
    let mut accept = musician.activity("Accept", &follow);
    accept["id"] = json!(format!("{}/accept", follow["id"].as_str().unwrap()));
    let following = || async { place.lea.relation(id(&account)).await["following"] == true };
    // Not from somebody else, whatever they call it.
    let stranger = place.remote.host("ruse").person("sven");
    let mut forged = stranger.activity("Accept", &follow);
    forged["id"] = accept["id"].clone();
    place.arrives(&stranger, &forged).await;
    assert!(!following().await);
    place.arrives(&musician, &accept).await;
    assert!(following().await);
    // What it does not excuse: a post under another server's name.
    let mut create = musician.create(&musician.note(&marker("ailleurs")));
    create["id"] = json!(stranger.host.url("/activities/1"));
    let reply = musician.post(&place.town.shared_inbox(), &create).await;
    assert_eq!(reply.status, 400);
}

/// Some calendars and robots are an Application, and all that their server has to follow.
#[tokio::test]
async fn a_calendar_elsewhere_that_calls_itself_a_program_can_be_followed() {
    let place = Place::new().await;
    let host = place.remote.host("gancio");
    let calendar = host.actor("agenda", keys::first(), |document| {
        document["type"] = json!("Application");
    });
    place.lea.follows_actor(&calendar).await;
    let text = marker("concert");
    let create = calendar.create(&calendar.note(&text));
    place.arrives(&calendar, &create).await;
    place.lea.reads_on_home(&text).await;
}

/// The post is named by its address alone, and says there of itself no more than its words.
#[tokio::test]
async fn an_edit_of_a_post_that_names_nobody_is_its_authors() {
    let place = Place::new().await;
    let paul = place.followed("far", "paul").await;
    let text = marker("avant");
    let note = paul.note(&text);
    place.arrives(&paul, &paul.create(&note)).await;
    let known = place.lea.reads_on_home(&text).await;
    let later = marker("après");
    let mut edited = note.clone();
    edited.as_object_mut().unwrap().remove("attributedTo");
    edited["content"] = json!(format!("<p>{later}</p>"));
    paul.host.serve_document(&edited);
    let update = paul.activity("Update", &note["id"]);
    place.arrives(&paul, &update).await;
    let shown = place.lea.status(id(&known)).await.expecting(200).json();
    assert!(
        shown["content"].as_str().unwrap().contains(&later),
        "{shown:#}"
    );
    assert_eq!(shown["account"]["acct"], paul.acct());
}

#[tokio::test]
async fn an_edit_that_does_not_say_whom_it_is_for_leaves_it_to_those_who_had_it() {
    let place = Place::new().await;
    let paul = place.followed("far", "paul").await;
    let (uri, handle) = place.lea.mention();
    let mut letter = paul.note_to(&marker("avant"), &[&uri], &[]);
    letter["tag"] = json!([{"type": "Mention", "href": uri, "name": handle}]);
    let open = paul.note_mentioning(&marker("avant"), (&uri, &handle));
    for (note, tagged, visibility) in [
        (&letter, false, "direct"),
        (&letter, true, "direct"),
        (&open, true, "public"),
        (&open, false, "public"),
    ] {
        place.arrives(&paul, &paul.create(note)).await;
        let known = place.lea.finds_post(note["id"].as_str().unwrap()).await;
        let later = marker("après");
        let mut edited = note.clone();
        let members = edited.as_object_mut().unwrap();
        members
            .retain(|name, _| !["to", "cc"].contains(&name.as_str()) && (tagged || name != "tag"));
        edited["content"] = json!(format!("<p>{later}</p>"));
        paul.host.serve_document(&edited);
        let update = paul.activity("Update", &note["id"]);
        place.arrives(&paul, &update).await;
        let shown = place.lea.status(id(&known)).await.expecting(200).json();
        let text = shown["content"].as_str().unwrap();
        assert!(text.contains(&later), "{shown:#}");
        assert_eq!(shown["visibility"], visibility);
        assert_eq!(shown["mentions"][0]["acct"], "lea", "{shown:#}");
    }
}
