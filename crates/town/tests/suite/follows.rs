//! Asking to follow, accepting, refusing, leaving, and the counts.

use parvis_model::{audience::Audience, id::Id, page::Page, refusal::Kind};
use parvis_town::{
    Viewer,
    accounts::{self, ProfileEdit},
    arrivals,
    follows::{self, FollowState},
    timelines,
};

use crate::scratch::{self, Scratch, refused};

async fn counts(t: &Scratch, follower: Id, target: Id) -> (i64, i64) {
    (
        t.account(follower).await.following,
        t.account(target).await.followers,
    )
}

async fn lock(t: &Scratch, who: Id) {
    let edit = ProfileEdit {
        locked: Some(true),
        ..ProfileEdit::default()
    };
    deed!(t, |tx, town| accounts::edit_profile(tx, town, who, edit)).unwrap();
}

#[tokio::test]
async fn who_accepts_everybody_is_followed_at_once_and_counted_once() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    for _ in 0..2 {
        let state = deed!(t, |tx, town| follows::request(tx, town, bruno, marie)).unwrap();
        assert_eq!(state, FollowState::Accepted);
        assert_eq!(counts(&t, bruno, marie).await, (1, 1));
    }
    for _ in 0..2 {
        deed!(t, |tx, town| follows::withdraw(tx, town, bruno, marie)).unwrap();
        assert_eq!(counts(&t, bruno, marie).await, (0, 0));
    }
}

#[tokio::test]
async fn a_locked_person_is_asked_and_shows_nothing_before_the_yes() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    lock(&t, marie).await;
    let post = t.says(marie, "pour mes proches", Audience::Followers).await;
    let state = deed!(t, |tx, town| follows::request(tx, town, bruno, marie)).unwrap();
    assert_eq!(
        (state, counts(&t, bruno, marie).await),
        (FollowState::Pending, (0, 0))
    );
    assert!(!t.sees(Viewer::resident(bruno), post).await);
    assert!(
        timelines::home(&t.town, bruno, Page::default())
            .await
            .unwrap()
            .items
            .is_empty()
    );
    assert_eq!(
        follows::requests(&t.town, marie, Page::default())
            .await
            .unwrap()
            .items[0]
            .id,
        bruno
    );
    for _ in 0..2 {
        deed!(t, |tx, town| follows::accept(tx, town, marie, bruno)).unwrap();
        assert_eq!(counts(&t, bruno, marie).await, (1, 1));
    }
    assert!(t.sees(Viewer::resident(bruno), post).await);
    deed!(t, |tx, town| follows::refuse(tx, town, marie, bruno)).unwrap();
    assert_eq!(counts(&t, bruno, marie).await, (0, 0));
    assert!(!t.sees(Viewer::resident(bruno), post).await);
}

#[tokio::test]
async fn nobody_says_yes_in_anothers_name() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    lock(&t, marie).await;
    t.follows(bruno, marie).await;
    let accepted = deed!(t, |tx, town| follows::accept(tx, town, bruno, bruno));
    assert_eq!(refused(accepted.unwrap_err()).kind, Kind::NotFound);
    let own = deed!(t, |tx, town| follows::request(tx, town, marie, marie));
    assert_eq!(refused(own.unwrap_err()).key, "refusal-self");
}

#[tokio::test]
async fn someone_elsewhere_is_followed_only_once_they_answer() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    let paul = t.stranger("paul").await;
    let state = deed!(t, |tx, town| follows::request(tx, town, marie, paul)).unwrap();
    assert_eq!(
        (state, counts(&t, marie, paul).await),
        (FollowState::Pending, (0, 0))
    );
    let answered = deed!(t, |tx, town| arrivals::follow_answered(
        tx, town, paul, marie, true
    ))
    .unwrap();
    assert!(answered);
    assert_eq!(counts(&t, marie, paul).await, (1, 1));
    let nothing = deed!(t, |tx, town| arrivals::follow_answered(
        tx, town, marie, paul, true
    ))
    .unwrap();
    assert!(!nothing, "an answer to nothing");
}

#[tokio::test]
async fn what_two_people_elsewhere_do_is_not_kept() {
    let t = scratch::town().await;
    let (paul, rosa) = (t.stranger("paul").await, t.stranger("rosa").await);
    let uri = || "https://far.example/f/1".to_owned();
    let followed = deed!(t, |tx, town| arrivals::follow(tx, town, paul, rosa, uri()));
    assert_eq!(
        refused(followed.map(|_| ()).unwrap_err()).kind,
        Kind::NotFound
    );
    let blocked = deed!(t, |tx, town| arrivals::block(tx, town, paul, rosa, uri()));
    assert_eq!(refused(blocked.unwrap_err()).kind, Kind::NotFound);
}
