//! X10: an inbox on a server of others, none of whose own people use it.

use parvis_testkit::{Manner, actor::marker, keys, until};
use serde_json::json;

use crate::{faults::follow, place::Place};

#[tokio::test]
async fn x10_who_names_an_inbox_on_a_server_of_others_cannot_hold_up_their_post() {
    let place = Place::new().await;
    let victim = place.remote.host("victim");
    let paul = victim.person("paul");
    let broken = victim.url("/broken");
    let mal = place
        .remote
        .host("evil")
        .actor("mal", keys::second(), |actor| {
            actor["inbox"] = json!(broken);
            actor.as_object_mut().unwrap().remove("endpoints");
        });
    victim.at_path("/broken", Manner::Answer(202));
    follow(&paul, &place.lea).await;
    let accepts = || victim.accepted_of("Accept").len();
    let before = accepts();
    let asked = mal.activity("Follow", &json!(place.lea.uri));
    place.arrives(&mal, &asked).await;
    until("what works is brought there", || async {
        accepts() > before
    })
    .await;

    victim.at_path("/broken", Manner::Answer(500));
    let texts = ["un", "deux", "trois", "quatre"].map(marker);
    for text in &texts {
        place.lea.posts(text).await;
    }
    until("nothing waits behind what fails", || async {
        let all = victim.accepted_of("Create");
        let here = |text: &String| all.iter().any(|it| it.to_string().contains(text));
        texts.iter().all(here)
    })
    .await;
    let at_broken = || {
        let received = victim.received();
        let creates = received
            .iter()
            .filter(|it| it.path == "/broken" && it.document["type"] == "Create");
        creates.count()
    };
    assert_eq!(at_broken(), 1, "it is not tried again and again");

    // Positive control: where one's own people get their post, a failure is the server's, and all of it waits.
    victim.at_path("/inbox", Manner::Answer(500));
    let last = marker("cinq");
    place.lea.posts(&last).await;
    let tries = || {
        let received = victim.received();
        let here = |it: &&parvis_testkit::remote::Received| it.document.to_string().contains(&last);
        received.iter().filter(here).count()
    };
    until("it is tried", || async { tries() >= 1 }).await;
    victim.at_path("/inbox", Manner::Accept);
    until("and gets there", || async {
        let all = victim.accepted_of("Create");
        all.iter().any(|it| it.to_string().contains(&last))
    })
    .await;
    assert!(tries() >= 2, "it was tried again");
}
