//! Uploads over time: prepared after a crash, given up, forgotten.

use std::{fs, os::unix::fs::PermissionsExt as _, sync::Arc, time::Duration};

use parvis_media::Converter;
use parvis_model::{
    audience::Audience,
    clock::{Clock, DAY, HOUR, MINUTE},
    id::Id,
};
use parvis_store::{ConnectionTrait as _, media::work};
use parvis_testkit::until;
use parvis_town::{
    MediaView,
    accounts::{self, Change, ProfileEdit},
    media::{self, About, Patience, Shape, State},
    posts, readers,
};
use tokio::time::{Instant, timeout};

use crate::scratch::{self, NOW, Scratch, compose, refused};

const FILM: &[u8] = include_bytes!("../../../media/tests/samples/film.mp4");
const WEBM: &[u8] = include_bytes!("../../../media/tests/samples/film.webm");
const PICTURE: &[u8] = include_bytes!("../../../media/tests/samples/place.png");

async fn receive(t: &Scratch, owner: Id, bytes: &[u8]) -> (Id, State) {
    let (view, state) = received(t, owner, bytes, Patience::Short).await;
    (view.id, state)
}

async fn received(t: &Scratch, owner: Id, bytes: &[u8], patience: Patience) -> (MediaView, State) {
    let mut incoming = media::incoming(&t.town).await.unwrap();
    incoming.write(bytes).await.unwrap();
    let upload = incoming.finished().await.unwrap();
    let received = media::receive(&t.town, owner, upload, About::default(), patience);
    received.await.unwrap()
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

/// Makes a film of whatever it is given, and no picture. Lays down `begun`, and goes on when there is no `held`.
fn converter(t: &Scratch) -> Converter {
    let folder = t.folder.path();
    let (program, film) = (folder.join("ffmpeg"), folder.join("film.mp4"));
    fs::write(&film, FILM).unwrap();
    let script = format!(
        r#"#!/bin/sh
: > '{here}/begun'
while [ -e '{here}/held' ]; do /bin/sleep 0.02; done
for last; do :; done
case "$last" in *.mp4) exec /bin/cp '{here}/film.mp4' "$last" ;; esac
exit 1
"#,
        here = folder.display()
    );
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    Converter::new(program)
}

#[tokio::test]
async fn what_brought_its_worker_down_is_not_converted_again() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    let kept = async |file: Id| {
        media::prepare_waiting(&t.town).await.unwrap();
        let (view, state) = media::view(&t.town, marie, file).await.unwrap();
        assert_eq!((state, view.preview_url.as_str()), (State::Ready, ""));
        view.mime
    };
    let (film, _) = receive(&t, marie, WEBM).await;
    assert_eq!(kept(film).await, "video/webm", "no program is named");

    t.town.media.convert_with(converter(&t));
    let (film, _) = receive(&t, marie, WEBM).await;
    assert_eq!(kept(film).await, "video/mp4", "without a picture, too");
    let (film, _) = receive(&t, marie, WEBM).await;
    let claimed = deed!(t, |tx, _town| async {
        Ok(work::claim(tx, film, NOW, NOW + 5 * MINUTE).await?)
    });
    assert!(claimed.unwrap());
    t.clock.advance(6 * MINUTE);
    assert_eq!(kept(film).await, "video/webm");
    assert!(!t.town.media.waits(film));
}

#[tokio::test]
async fn what_is_not_converted_by_then_is_kept_as_it_came() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    t.town.media.convert_with(converter(&t));
    let over = Patience::Endless(Instant::now());
    for (patience, mime) in [(Patience::endless(), "video/mp4"), (over, "video/webm")] {
        let (view, state) = received(&t, marie, WEBM, patience).await;
        assert_eq!((state, view.mime.as_str()), (State::Ready, mime));
    }
}

async fn run(t: &Scratch, sql: &'static str) {
    let done = deed!(t, |tx, _town| async {
        Ok(tx.execute_unprepared(sql).await.map(drop)?)
    });
    done.unwrap();
}

#[tokio::test]
async fn a_moment_without_the_database_ends_nothing_that_is_under_way() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    t.town.media.convert_with(converter(&t));
    let (begun, held) = (t.folder.path().join("begun"), t.folder.path().join("held"));
    fs::write(&held, "").unwrap();
    let (film, _) = receive(&t, marie, WEBM).await;
    let town = Arc::clone(&t.town);
    let mut round = tokio::spawn(async move { media::prepare_waiting(&town).await });
    until("it is being converted", || async { begun.exists() }).await;

    run(&t, "ALTER TABLE media_work RENAME TO gone").await;
    t.town.media.tell_left();
    let ended = timeout(Duration::from_millis(300), &mut round).await;
    assert!(ended.is_err(), "{ended:?}");
    run(&t, "ALTER TABLE gone RENAME TO media_work").await;
    fs::remove_file(&held).unwrap();
    let done = round.await.unwrap();
    assert!(done.is_err(), "what failed meanwhile is told");
    let (view, state) = media::view(&t.town, marie, film).await.unwrap();
    assert_eq!((state, view.mime.as_str()), (State::Ready, "video/mp4"));
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
    t.settle().await;
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

/// A file with a name that begins with these digits, and no row.
fn strays(t: &Scratch, number: usize) -> std::path::PathBuf {
    let shard = t.folder.path().join("media/00");
    std::fs::create_dir_all(&shard).unwrap();
    let file = shard.join(format!("{number:032x}.mp3"));
    std::fs::write(&file, b"a").unwrap();
    file
}

async fn is_founded_now(t: &Scratch) {
    let now = t.town.now();
    deed!(t, |tx, _town| async move {
        let row = parvis_store::town::held(tx).await?.unwrap();
        let row = parvis_store::entity::town::Model {
            created_at: now,
            ..row
        };
        Ok(parvis_store::town::update(tx, row).await?)
    })
    .unwrap();
}

#[tokio::test]
async fn a_new_town_leaves_the_files_it_finds_alone() {
    let t = scratch::town().await;
    let file = strays(&t, 1);
    t.clock.advance(hours_to_come(&t) * HOUR + DAY);
    is_founded_now(&t).await;
    t.clock.advance(HOUR);
    sweeps_for_a_day(&t).await;
    sweeps_for_a_day(&t).await;
    assert!(file.exists(), "its rows may come back from a copy");
    t.clock.advance(DAY);
    sweeps_for_a_day(&t).await;
    assert!(!file.exists());
}

#[tokio::test]
async fn where_too_many_files_have_no_row_none_is_removed() {
    let t = scratch::town().await;
    let files: Vec<_> = (0..21).map(|number| strays(&t, number)).collect();
    t.clock.advance(hours_to_come(&t) * HOUR + DAY);
    sweeps_for_a_day(&t).await;
    assert!(files.iter().all(|file| file.exists()));
    std::fs::remove_file(&files[20]).unwrap();
    sweeps_for_a_day(&t).await;
    assert!(
        files.iter().all(|file| !file.exists()),
        "no more than a handful"
    );
}

/// Hours by which the clock of these towns must go on until files that were written just now are as old.
fn hours_to_come(t: &Scratch) -> i64 {
    let now = Clock::system().now();
    (now - t.town.now()) / HOUR + 1
}

async fn sweeps_for_a_day(t: &Scratch) {
    for _ in 0..24 {
        readers::keep_house(&t.town).await.unwrap();
        t.clock.advance(HOUR);
    }
    t.settle().await;
}

#[tokio::test]
async fn a_file_that_no_row_knows_is_gone_within_two_days_and_no_other_is() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    let (posted, _) = receive(&t, marie, PICTURE).await;
    t.posts_with(marie, posted).await;
    let avatar = media::picture(&t.town, PICTURE.to_vec(), Shape::Avatar);
    let avatar = avatar.await.unwrap();
    let edit = ProfileEdit {
        avatar: Change::Set(avatar.clone()),
        ..ProfileEdit::default()
    };
    deed!(t, |tx, town| accounts::edit_profile(tx, town, marie, edit)).unwrap();
    let row = parvis_store::media::by_ids(t.town.store.read(), &[posted]).await;
    let row = row.unwrap().remove(0);
    let needed = [Some(avatar), row.file, row.preview_file];
    let kept = t.town.media.keep(PICTURE.to_vec()).await.unwrap();
    let orphans = [kept.original.key, kept.preview.unwrap().key].map(|key| key.to_string());
    let is_there = async |key: &str| t.town.media.open(key).await.unwrap().is_some();

    t.clock.advance(hours_to_come(&t) * HOUR - 2 * HOUR);
    sweeps_for_a_day(&t).await;
    for key in &orphans {
        assert!(is_there(key).await, "its row may be on its way");
    }
    t.clock.advance(2 * HOUR);
    sweeps_for_a_day(&t).await;
    for key in orphans {
        assert!(!is_there(&key).await, "{key}");
    }
    for key in needed.into_iter().flatten() {
        assert!(is_there(&key).await, "{key}");
    }
}
