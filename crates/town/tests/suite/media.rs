//! Uploads over time: prepared after a crash, given up, forgotten.

use parvis_model::{
    audience::Audience,
    clock::{DAY, MINUTE},
    id::Id,
};
use parvis_store::media::work;
use parvis_town::{
    media::{self, About, Patience, State},
    posts, readers,
};

use crate::scratch::{self, NOW, Scratch, compose, refused};

const FILM: &[u8] = include_bytes!("../../../media/tests/samples/film.mp4");
const PICTURE: &[u8] = include_bytes!("../../../media/tests/samples/place.png");

async fn receive(t: &Scratch, owner: Id, bytes: &[u8]) -> (Id, State) {
    let mut incoming = media::incoming(&t.town).await.unwrap();
    incoming.write(bytes).await.unwrap();
    let upload = incoming.finished().await.unwrap();
    let received = media::receive(&t.town, owner, upload, About::default(), Patience::Short);
    let (view, state) = received.await.unwrap();
    (view.id, state)
}

async fn state(t: &Scratch, owner: Id, file: Id) -> State {
    media::view(&t.town, owner, file).await.unwrap().1
}

#[tokio::test]
async fn what_a_killed_worker_had_begun_is_taken_up_again() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    let (film, begun) = receive(&t, marie, FILM).await;
    assert_eq!(begun, State::Processing);
    let until = NOW + 5 * MINUTE;
    let claimed = deed!(t, |tx, _town| async {
        Ok(work::claim(tx, film, NOW, until).await?)
    });
    assert!(claimed.unwrap());
    let again = deed!(t, |tx, _town| async {
        Ok(work::claim(tx, film, NOW, until).await?)
    });
    assert!(!again.unwrap(), "two never work on the same");
    media::prepare_waiting(&t.town).await.unwrap();
    assert_eq!(state(&t, marie, film).await, State::Processing);
    t.clock.advance(6 * MINUTE);
    media::prepare_waiting(&t.town).await.unwrap();
    assert_eq!(state(&t, marie, film).await, State::Ready);
    assert!(!t.town.media.waits(film));
}

#[tokio::test]
async fn rows_whose_files_are_gone_hold_nobody_up() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    let mut lost = Vec::new();
    // More than are looked at in one question.
    for _ in 0..70 {
        let (film, _) = receive(&t, marie, FILM).await;
        t.town.media.discard(film);
        lost.push(film);
    }
    let (film, _) = receive(&t, marie, FILM).await;
    media::prepare_waiting(&t.town).await.unwrap();
    assert_eq!(state(&t, marie, film).await, State::Ready);
    assert_eq!(state(&t, marie, lost[0]).await, State::Processing);
    t.clock.advance(61 * MINUTE);
    media::prepare_waiting(&t.town).await.unwrap();
    for film in lost {
        assert_eq!(state(&t, marie, film).await, State::Failed);
    }
}

#[tokio::test]
async fn what_kills_every_worker_is_given_up() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    let (film, _) = receive(&t, marie, FILM).await;
    for _ in 0..3 {
        let now = t.town.now();
        let claimed = deed!(t, |tx, _town| async {
            Ok(work::claim(tx, film, now, now + MINUTE).await?)
        });
        assert!(claimed.unwrap());
        t.clock.advance(2 * MINUTE);
    }
    media::prepare_waiting(&t.town).await.unwrap();
    assert_eq!(state(&t, marie, film).await, State::Failed);
}

#[tokio::test]
async fn what_cannot_be_kept_for_now_is_kept_later_however_often_that_fails() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    let (film, _) = receive(&t, marie, FILM).await;
    let media = t.folder.path().join("media");
    let in_the_way = (0..=u8::MAX).map(|shard| media.join(format!("{shard:02x}")));
    let in_the_way: Vec<_> = in_the_way.collect();
    for path in &in_the_way {
        std::fs::write(path, "no folder").unwrap();
    }
    for _ in 0..5 {
        media::prepare_waiting(&t.town).await.unwrap();
        assert_eq!(state(&t, marie, film).await, State::Processing);
        assert!(t.town.media.waits(film));
        t.clock.advance(MINUTE);
    }
    for path in &in_the_way {
        std::fs::remove_file(path).unwrap();
    }
    media::prepare_waiting(&t.town).await.unwrap();
    assert_eq!(state(&t, marie, film).await, State::Ready);
}

#[tokio::test]
async fn what_nobody_posts_is_gone_after_a_day() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    let (film, _) = receive(&t, marie, FILM).await;
    let (picture, ready) = receive(&t, marie, PICTURE).await;
    let (posted, _) = receive(&t, marie, PICTURE).await;
    assert_eq!(ready, State::Ready);
    t.posts_with(marie, posted).await;
    t.clock.advance(DAY - MINUTE);
    readers::keep_house(&t.town).await.unwrap();
    assert!(t.town.media.waits(film));
    assert_eq!(state(&t, marie, picture).await, State::Ready);
    let url = media::view(&t.town, marie, picture).await.unwrap().0.url;
    t.clock.advance(2 * MINUTE);
    readers::keep_house(&t.town).await.unwrap();
    while readers::drop_files_next(&t.town).await.unwrap() > 0 {}
    assert!(!t.town.media.waits(film));
    for file in [film, picture] {
        refused(media::view(&t.town, marie, file).await.unwrap_err());
    }
    let key = url.split("/media/").nth(1).unwrap();
    assert!(t.town.media.open(key).await.unwrap().is_none());
    assert_eq!(state(&t, marie, posted).await, State::Ready);
}

impl Scratch {
    async fn posts_with(&self, author: Id, file: Id) {
        let mut typed = compose("Voici", Audience::Public);
        typed.media = vec![file];
        let draft = posts::prepare(&self.town, author, typed).await.unwrap();
        deed!(self, |tx, town| posts::publish(tx, town, author, draft)).unwrap();
    }
}
