//! What residents are still writing.

use parvis_model::{audience::Audience, clock::DAY, id::Id, limits, refusal::Kind};
use parvis_town::{
    Outcome, drafts, follows, media,
    polls::NewPoll,
    posts::{self, Compose},
    readers,
};

use crate::{
    posts::picture,
    scratch::{self, NOW, Scratch, compose, refused},
};

async fn saves(t: &Scratch, who: Id, draft: Option<Id>, post: Compose) -> Outcome<Id> {
    deed!(t, |tx, town| drafts::save(
        tx,
        town,
        who,
        draft,
        post,
        Some(NOW + DAY)
    ))
}

fn begun(text: &str, media: Vec<Id>) -> Compose {
    Compose {
        media,
        poll: Some(NewPoll {
            options: vec!["Oui".into()],
            multiple: true,
            hide_totals: false,
            lasts: DAY,
        }),
        ..compose(text, Audience::Followers)
    }
}

#[tokio::test]
async fn a_draft_is_kept_as_it_was_typed_and_saved_anew_in_its_place() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    let file = picture(&t, marie).await;
    let draft = saves(&t, marie, None, begun("Une idée", vec![file]))
        .await
        .unwrap();
    let kept = drafts::view(&t.town, marie, draft).await.unwrap();
    assert_eq!(kept.post.text, "Une idée");
    assert_eq!(kept.post.audience, Audience::Followers);
    assert_eq!(kept.due_at, Some(NOW + DAY));
    assert!(kept.post.poll.is_some_and(|poll| poll.multiple));
    assert_eq!(kept.media.len(), 1);

    let again = saves(&t, marie, Some(draft), begun("Une meilleure", vec![file])).await;
    assert_eq!(again.unwrap(), draft);
    let all = drafts::list(&t.town, marie).await.unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].post.text, "Une meilleure");

    let late = saves(&t, marie, Some(draft + 1), begun("Encore", vec![])).await;
    assert_ne!(late.unwrap(), draft, "what is gone is begun anew");
    assert_eq!(drafts::count(&t.town, marie).await.unwrap(), 2);
}

#[tokio::test]
async fn nobody_else_finds_changes_or_discards_a_draft() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    let file = picture(&t, marie).await;
    let draft = saves(&t, marie, None, begun("À moi", vec![file]))
        .await
        .unwrap();
    let view = drafts::view(&t.town, bruno, draft).await;
    assert_eq!(refused(view.unwrap_err()).kind, Kind::NotFound);
    let his = saves(&t, bruno, Some(draft), begun("À lui", vec![file]))
        .await
        .unwrap();
    assert_ne!(his, draft);
    let his = drafts::view(&t.town, bruno, his).await.unwrap();
    assert!(his.media.is_empty(), "her picture does not hang on his");
    deed!(t, |tx, town| drafts::discard(tx, town, bruno, draft)).unwrap();
    let hers = drafts::view(&t.town, marie, draft).await.unwrap();
    assert_eq!((hers.post.text.as_str(), hers.media.len()), ("À moi", 1));
}

#[tokio::test]
async fn files_of_a_draft_stay_until_it_is_discarded_and_longer_on_a_post() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    let (used, unused, alone) = (
        picture(&t, marie).await,
        picture(&t, marie).await,
        picture(&t, marie).await,
    );
    let draft = saves(&t, marie, None, begun("Deux", vec![used, unused]))
        .await
        .unwrap();
    t.clock.advance(3 * DAY);
    readers::keep_house(&t.town).await.unwrap();
    assert!(
        media::view(&t.town, marie, alone).await.is_err(),
        "nobody needs it"
    );
    assert!(media::view(&t.town, marie, unused).await.is_ok());

    let post = Compose {
        media: vec![used],
        ..compose("Une", Audience::Public)
    };
    let ready = posts::prepare(&t.town, marie, post).await.unwrap();
    let post = deed!(t, |tx, town| async {
        let post = posts::publish(tx, town, marie, ready).await?;
        drafts::discard(tx, town, marie, draft).await?;
        Ok(post)
    })
    .unwrap();
    assert_eq!(t.post(post).await.media.len(), 1);
    assert!(media::view(&t.town, marie, unused).await.is_err());
    assert!(drafts::list(&t.town, marie).await.unwrap().is_empty());
    deed!(t, |tx, town| drafts::discard(tx, town, marie, draft)).unwrap();
}

#[tokio::test]
async fn drafts_are_few_and_short() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    let long = begun(&"é".repeat(limits::DRAFT_BYTES), vec![]);
    let long = refused(saves(&t, marie, None, long).await.unwrap_err());
    assert_eq!(long.key, "refusal-draft-too-long");
    for _ in 0..limits::DRAFTS {
        saves(&t, marie, None, begun("Une idée", vec![]))
            .await
            .unwrap();
    }
    let full = saves(&t, marie, None, begun("Une de trop", vec![])).await;
    assert_eq!(refused(full.unwrap_err()).key, "refusal-drafts-full");
    let last = drafts::list(&t.town, marie).await.unwrap()[0].id;
    let again = saves(&t, marie, Some(last), begun("Mieux", vec![])).await;
    assert_eq!(again.unwrap(), last, "one that is there may still change");
}

#[tokio::test]
async fn the_servers_of_those_who_follow_are_each_counted_once() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    let bruno = t.resident("bruno").await;
    t.follows(bruno, marie).await;
    assert_eq!(follows::servers_behind(&t.town, marie).await.unwrap(), 0);
    for name in ["paul", "anne"] {
        let far = t.stranger(name).await;
        t.follows(far, marie).await;
    }
    assert_eq!(follows::servers_behind(&t.town, marie).await.unwrap(), 1);
}
