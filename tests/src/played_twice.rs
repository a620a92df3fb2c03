//! An activity that comes a second time, as servers send what they think was lost, and as somebody who recorded it may.

use crate::place::Place;

#[tokio::test]
async fn an_activity_that_was_here_before_asks_no_other_server_again() {
    let place = Place::new().await;
    let alice = place.remote.host("good").person("alice");
    let update = || alice.activity("Update", &alice.document());
    let played = alice.letter(&place.lea.inbox(), &update()).seal();
    played.send().await.expecting(202);
    let asked = alice.host.times_asked("/");
    assert!(asked > 0, "her profile is read where it lives");
    for _ in 0..3 {
        played.send().await.expecting(202);
    }
    assert_eq!(alice.host.times_asked("/"), asked);
    place.arrives(&alice, &update()).await;
    assert!(
        alice.host.times_asked("/") > asked,
        "a new one is looked into"
    );
}
