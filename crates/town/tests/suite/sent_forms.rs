//! What comes a second time under a key that an app chose.

use parvis_model::{clock::HOUR, id::Id};
use parvis_town::{Outcome, sent_forms};

use crate::scratch::{self, Scratch};

/// As a request for a post: what came of the key before, or else what this one makes.
async fn asks(t: &Scratch, me: Id, mark: &str, would_make: Id) -> Id {
    let mark = mark.to_owned();
    deed!(t, |tx, town| async {
        if let Some(before) = sent_forms::taken(tx, town, me, &mark).await? {
            return Ok(before);
        }
        sent_forms::brought(tx, me, &mark, would_make).await?;
        Outcome::Ok(would_make)
    })
    .unwrap()
}

#[tokio::test]
async fn the_key_of_an_app_holds_for_an_hour_for_one_person_and_app() {
    let t = scratch::town().await;
    let (marie, jean) = (t.resident("marie").await, t.resident("jean").await);
    let key = sent_forms::of_app(Some(1), "une-fois");
    assert_eq!(
        sent_forms::came_of(&t.town, marie, &key).await.unwrap(),
        None
    );
    assert_eq!(asks(&t, marie, &key, 11).await, 11);
    assert_eq!(asks(&t, marie, &key, 12).await, 11);
    let came = sent_forms::came_of(&t.town, marie, &key).await.unwrap();
    assert_eq!(came, Some(11));
    assert_eq!(asks(&t, jean, &key, 13).await, 13, "another's");
    let of_another = sent_forms::of_app(Some(2), "une-fois");
    assert_eq!(asks(&t, marie, &of_another, 14).await, 14);
    let another = sent_forms::of_app(Some(1), "encore");
    assert_eq!(asks(&t, marie, &another, 15).await, 15);
    t.clock.advance(HOUR);
    assert_eq!(asks(&t, marie, &key, 16).await, 16, "an hour later");
    assert_eq!(asks(&t, marie, &key, 17).await, 16);
}
