//! Posts that wait for their time.

use std::time::Duration;

use parvis_model::{
    audience::Audience,
    clock::{HOUR, MINUTE},
    id::Id,
    refusal::Kind,
};
use parvis_store::{entity, media, scheduled as rows};
use parvis_town::{
    posts::Compose,
    scheduled::{self, publish_due},
};
use tokio::sync::mpsc;

use crate::scratch::{self, NOW, Scratch, compose, refused};

async fn waits(t: &Scratch, author: Id, compose: Compose) -> Id {
    deed!(t, |tx, town| scheduled::schedule(
        tx,
        town,
        author,
        compose,
        NOW + HOUR
    ))
    .unwrap()
}

async fn picture(t: &Scratch, owner: Id) -> Id {
    let id = t.town.ids.next();
    let row = entity::media::Model {
        id,
        account_id: owner,
        post_id: None,
        position: 0,
        file: None,
        preview_file: None,
        remote_url: None,
        mime: "image/png".into(),
        description: String::new(),
        width: 1,
        height: 1,
        preview_width: 1,
        preview_height: 1,
        focus_x: 0,
        focus_y: 0,
        blurhash: None,
        created_at: NOW,
        duration: 0,
        frame_rate: 0,
        bit_rate: 0,
    };
    deed!(t, |tx, _town| async { Ok(media::insert(tx, row).await?) }).unwrap();
    id
}

#[tokio::test]
async fn a_post_moved_to_later_while_it_is_prepared_is_not_published() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    let post = waits(&t, marie, compose("Demain", Audience::Public)).await;
    let due = NOW + HOUR;
    let later = due + 24 * HOUR;
    deed!(t, |tx, town| scheduled::reschedule(
        tx, town, marie, post, later
    ))
    .unwrap();
    let take = async |now| {
        deed!(t, |tx, _town| async {
            Ok(rows::take(tx, post, now).await?)
        })
    };
    assert!(!take(due).await.unwrap());
    deed!(t, |tx, _town| async {
        Ok(rows::postpone(tx, post, due, due + MINUTE).await?)
    })
    .unwrap();
    let view = scheduled::view(&t.town, marie, post).await.unwrap();
    assert_eq!(view.due_at, later, "nor is it drawn nearer");
    assert!(take(later).await.unwrap());
}

#[tokio::test]
async fn what_is_being_published_can_neither_be_called_off_nor_moved() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    for moves in [false, true] {
        let post = waits(&t, marie, compose("Demain", Audience::Public)).await;
        let (taken, mut is_taken) = mpsc::channel(1);
        let publishes = async {
            deed!(t, |tx, _town| async {
                assert!(rows::take(tx, post, NOW + HOUR).await?);
                taken.send(()).await.ok();
                // Time for the other to find it still there.
                tokio::time::sleep(Duration::from_millis(300)).await;
                Ok(())
            })
        };
        let comes_second = async {
            is_taken.recv().await.unwrap();
            if moves {
                let later = NOW + 24 * HOUR;
                deed!(t, |tx, town| scheduled::reschedule(
                    tx, town, marie, post, later
                ))
            } else {
                deed!(t, |tx, town| scheduled::cancel(tx, town, marie, post))
            }
        };
        let (published, second) = tokio::join!(publishes, comes_second);
        published.unwrap();
        assert_eq!(refused(second.unwrap_err()).kind, Kind::NotFound);
    }
}

#[tokio::test]
async fn one_that_cannot_be_read_does_not_keep_the_others_waiting() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    let broken = rows::Scheduled {
        id: t.town.ids.next(),
        account_id: marie,
        due_at: NOW - HOUR,
        post: "{".into(),
        refused: false,
    };
    deed!(t, |tx, _town| async {
        Ok(rows::insert(tx, broken, &[]).await?)
    })
    .unwrap();
    waits(&t, marie, compose("Bonjour", Audience::Public)).await;
    t.clock.advance(HOUR);
    publish_due(&t.town).await.unwrap();
    assert_eq!(t.account(marie).await.posts, 1);
    let db = t.town.store.read();
    let due = rows::due(db, NOW + HOUR + MINUTE, 10).await.unwrap();
    assert_eq!(due.len(), 1, "it is tried again");
}

#[tokio::test]
async fn a_picture_that_waits_hangs_on_no_other_post() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    let shown = picture(&t, marie).await;
    let with = |pictures: Vec<Id>| Compose {
        media: pictures,
        ..compose("Le pont", Audience::Public)
    };
    let post = waits(&t, marie, with(vec![shown, shown])).await;
    let view = scheduled::view(&t.town, marie, post).await.unwrap();
    assert_eq!(view.post.media, [shown], "named twice, it is there once");
    let other = t.publish(marie, with(vec![shown])).await;
    assert_eq!(refused(other.unwrap_err()).key, "refusal-file-missing");
    t.clock.advance(HOUR);
    publish_due(&t.town).await.unwrap();
    assert_eq!(t.account(marie).await.posts, 1);
}

#[tokio::test]
async fn what_is_no_language_is_not_kept() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    let odd = Compose {
        language: Some("<script>".into()),
        ..compose("Bonjour", Audience::Public)
    };
    let post = waits(&t, marie, odd).await;
    let view = scheduled::view(&t.town, marie, post).await.unwrap();
    assert_eq!(view.post.language, None);
}
