//! Polls of other servers, counted again when somebody looks; and what is said of one of ours that is gone.

use parvis_testkit::{Actor, actor::marker, eventually, keys, resident::id, until};
use serde_json::{Value, json};

use crate::{faults::follow, place::Place};

fn counted(mut note: Value, first: u64, second: u64) -> Value {
    let answer = |name: &str, votes: u64| json!({"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": votes}});
    note["type"] = json!("Question");
    note["oneOf"] = json!([answer("Oui", first), answer("Non", second)]);
    note["endTime"] = json!("2099-01-01T00:00:00Z");
    note
}

fn votes(poll: &Value) -> Vec<u64> {
    let options = poll["options"].as_array().unwrap();
    let count = |option: &Value| option["votes_count"].as_u64().unwrap();
    options.iter().map(count).collect()
}

#[tokio::test]
async fn a_poll_elsewhere_is_counted_again_when_somebody_looks_at_it() {
    let place = Place::new().await;
    let paul = place.followed("far", "paul").await;
    let text = marker("Le pont ?");
    let note = counted(paul.note(&text), 1, 0);
    place.arrives(&paul, &paul.create(&note)).await;
    let post = place.lea.reads_on_home(&text).await;
    assert_eq!(votes(&post["poll"]), [1, 0]);
    paul.host.serve_document(&counted(note.clone(), 4, 7));
    let path = format!("/api/v1/polls/{}", id(&post["poll"]));
    place.town.get(&path).await;
    eventually("the counts are there", || async {
        let poll = place.lea.get(&path).await.expecting(200).json();
        (votes(&poll) == [4, 7]).then_some(())
    })
    .await;
    let document = url::Url::parse(note["id"].as_str().unwrap()).unwrap();
    assert_eq!(
        paul.host.times_asked(document.path()),
        1,
        "not again at once"
    );
    let shown = place.lea.status(id(&post)).await.expecting(200).json();
    assert_eq!(shown["edited_at"], Value::Null, "counts are no edit");
    assert!(place.lea.list("/api/v1/notifications").await.is_empty());
}

#[tokio::test]
async fn what_a_poll_was_is_said_when_it_is_gone() {
    let place = Place::new().await;
    let paul = place.remote.host("far").person("paul");
    follow(&paul, &place.lea).await;
    let fields = [
        ("status", "Le pont ?"),
        ("visibility", "public"),
        ("poll[options][]", "Oui"),
        ("poll[options][]", "Non"),
        ("poll[expires_in]", "3600"),
    ];
    let poll = place.lea.post_form("/api/v1/statuses", &fields).await;
    let poll = poll.expecting(200).json();
    let note = place.lea.posts("Le pont est fermé").await;
    until("both arrive", || async {
        paul.host.accepted_of("Create").len() == 2
    })
    .await;
    for post in [&poll, &note] {
        place.lea.deletes(post).await.expecting(200);
    }
    until("both are gone", || async {
        paul.host.accepted_of("Delete").len() == 2
    })
    .await;
    let deletes = paul.host.accepted_of("Delete");
    let former = |post: &Value| {
        let of = deletes.iter().find(|it| it["object"]["id"] == post["uri"]);
        of.unwrap()["object"]["formerType"].clone()
    };
    assert_eq!(
        (former(&poll), former(&note)),
        (json!("Question"), json!("Note"))
    );
}

#[tokio::test]
async fn votes_in_piefeds_words_count_once_and_a_group_speaks_for_its_own_people_alone() {
    let place = Place::new().await;
    let host = place.remote.host("piefed");
    let velo = host.actor("velo", keys::second(), |document| {
        document["type"] = json!("Group");
    });
    let (paul, rose) = (host.person("paul"), place.remote.host("far").person("rose"));
    let fields = [
        ("status", "Le pont ?"),
        ("visibility", "public"),
        ("poll[options][]", "Oui"),
        ("poll[options][]", "Non"),
        ("poll[expires_in]", "3600"),
    ];
    let post = place.lea.post_form("/api/v1/statuses", &fields).await;
    let post = post.expecting(200).json();
    let vote = |by: &Actor, words: &str| {
        let mut vote = by.activity("PollVote", &post["uri"]);
        vote["choice_text"] = json!(words);
        vote["audience"] = json!(velo.id);
        vote
    };
    place.arrives(&rose, &vote(&rose, "Oui")).await;
    // Not an answer, and a second one, count for nothing.
    place.arrives(&rose, &vote(&rose, "Non")).await;
    let nobody = place
        .remote
        .host("far")
        .actor("nobody", keys::first(), |_| ());
    place.arrives(&nobody, &vote(&nobody, "Peut-être")).await;
    // What a group passes on counts for people of its own server, and for no others.
    place
        .arrives(&velo, &velo.activity("Announce", &vote(&paul, "Non")))
        .await;
    let lise = place
        .remote
        .host("far")
        .actor("lise", keys::first(), |_| ());
    place
        .arrives(&velo, &velo.activity("Announce", &vote(&lise, "Non")))
        .await;
    let path = format!("/api/v1/polls/{}", id(&post["poll"]));
    let poll = place.lea.get(&path).await.expecting(200).json();
    assert_eq!(votes(&poll), [1, 1], "{poll:#}");
    assert_eq!(poll["voters_count"], 2);
}
