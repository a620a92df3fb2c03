//! What people are told: once, whatever happens to the readers.

use std::sync::Arc;

use parvis_model::{audience::Audience, id::Id, page::Page};
use parvis_store::dialect;
use parvis_town::{
    accounts::{self, ProfileEdit},
    follows,
    notifications::{self, Grouped, NotificationKind, Wanted},
    posts, reactions, readers,
};

use crate::scratch;

#[tokio::test]
async fn each_thing_is_told_once_even_when_all_is_read_again() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    t.follows(bruno, marie).await;
    let post = t.says(marie, "à tous", Audience::Public).await;
    deed!(t, |tx, town| reactions::favourite(tx, town, bruno, post)).unwrap();
    t.boosts(bruno, post).await.unwrap();
    t.says(bruno, "@marie", Audience::Public).await;
    let kinds = [
        NotificationKind::Mention,
        NotificationKind::Boost,
        NotificationKind::Favourite,
        NotificationKind::Follow,
    ];
    assert_eq!(t.told(marie).await, kinds.map(|kind| (kind, bruno)));
    // As if the readers had been stopped before they could write down how far they had come.
    deed!(t, |tx, _town| async {
        Ok(dialect::run(tx, "DELETE FROM cursor", []).await?)
    })
    .unwrap();
    assert_eq!(t.told(marie).await, kinds.map(|kind| (kind, bruno)));
    assert!(
        t.told(bruno).await.is_empty(),
        "nobody is told of their own deeds"
    );
}

#[tokio::test]
async fn two_processes_that_read_at_once_tell_it_once() {
    let t = scratch::town().await;
    let other = t.another_process().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    for n in 0..10 {
        t.says(bruno, &format!("@marie {n}"), Audience::Public)
            .await;
    }
    let (town, count) = (Arc::clone(&t.town), 10);
    let (one, two) = tokio::join!(readers::notify_next(&town), readers::notify_next(&other));
    assert!(one.is_ok() || two.is_ok(), "one of them gets on");
    assert_eq!(t.told(marie).await.len(), count);
}

#[tokio::test]
async fn what_is_taken_back_is_no_longer_told() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    let edit = ProfileEdit {
        locked: Some(true),
        ..ProfileEdit::default()
    };
    deed!(t, |tx, town| accounts::edit_profile(tx, town, marie, edit)).unwrap();
    let post = t.says(marie, "à tous", Audience::Public).await;
    t.follows(bruno, marie).await;
    deed!(t, |tx, town| reactions::favourite(tx, town, bruno, post)).unwrap();
    t.boosts(bruno, post).await.unwrap();
    let mention = t.says(bruno, "@marie", Audience::Public).await;
    assert_eq!(t.told(marie).await.len(), 4);
    deed!(t, |tx, town| follows::withdraw(tx, town, bruno, marie)).unwrap();
    deed!(t, |tx, town| reactions::unfavourite(tx, town, bruno, post)).unwrap();
    deed!(t, |tx, town| posts::unboost(tx, town, bruno, post)).unwrap();
    deed!(t, |tx, town| posts::delete(tx, town, bruno, mention)).unwrap();
    assert!(t.told(marie).await.is_empty());
}

#[tokio::test]
async fn a_request_becomes_a_follow_when_it_is_accepted() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    let edit = ProfileEdit {
        locked: Some(true),
        ..ProfileEdit::default()
    };
    deed!(t, |tx, town| accounts::edit_profile(tx, town, marie, edit)).unwrap();
    t.follows(bruno, marie).await;
    assert_eq!(
        t.told(marie).await,
        [(NotificationKind::FollowRequest, bruno)]
    );
    deed!(t, |tx, town| follows::accept(tx, town, marie, bruno)).unwrap();
    assert_eq!(t.told(marie).await, [(NotificationKind::Follow, bruno)]);
}

#[tokio::test]
async fn who_asked_for_it_hears_of_each_post_but_not_of_answers() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    t.follows(bruno, marie).await;
    deed!(t, |tx, _town| follows::set_options(
        tx, bruno, marie, true, true
    ))
    .unwrap();
    let post = t.says(marie, "à tous", Audience::Followers).await;
    t.answers(marie, post, "et encore", Audience::Followers)
        .await
        .unwrap();
    assert_eq!(t.told(bruno).await, [(NotificationKind::Post, marie)]);
    let chosen = ["fr".to_owned()];
    deed!(t, |tx, _town| follows::set_languages(
        tx, bruno, marie, &chosen
    ))
    .unwrap();
    for language in ["en", "fr-CA"] {
        let spoken = posts::Compose {
            language: Some(language.into()),
            ..scratch::compose("encore", Audience::Followers)
        };
        t.publish(marie, spoken).await.unwrap();
    }
    let told = [(NotificationKind::Post, marie); 2];
    assert_eq!(t.told(bruno).await, told, "not of the English one");
}

#[tokio::test]
async fn one_named_later_is_told_then_and_one_who_boosted_of_the_edit() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    let chloe = t.resident("chloe").await;
    let post = t.says(marie, "à tous", Audience::Public).await;
    t.boosts(bruno, post).await.unwrap();
    let draft = posts::prepare(
        &t.town,
        marie,
        scratch::compose("et @chloe", Audience::Public),
    )
    .await
    .unwrap();
    deed!(t, |tx, town| posts::edit(tx, town, marie, post, draft)).unwrap();
    assert_eq!(t.told(chloe).await, [(NotificationKind::Mention, marie)]);
    assert_eq!(t.told(bruno).await, [(NotificationKind::Edit, marie)]);
}

#[tokio::test]
async fn what_was_read_is_not_unread_again() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    t.says(bruno, "@marie", Audience::Public).await;
    t.settle().await;
    assert_eq!(notifications::unread(&t.town, marie).await.unwrap(), 1);
    deed!(t, |tx, town| notifications::mark_read(
        tx, town, marie, None
    ))
    .unwrap();
    assert_eq!(notifications::unread(&t.town, marie).await.unwrap(), 0);
    deed!(t, |tx, town| notifications::mark_read(
        tx,
        town,
        marie,
        Some(1)
    ))
    .unwrap();
    assert_eq!(notifications::unread(&t.town, marie).await.unwrap(), 0);
}

#[tokio::test]
async fn someone_suspended_hides_nothing_that_is_older() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    let chloe = t.resident("chloe").await;
    t.says(bruno, "@marie bonjour", Audience::Public).await;
    for n in 0..3 {
        t.says(chloe, &format!("@marie achetez {n}"), Audience::Public)
            .await;
    }
    assert_eq!(t.told(marie).await.len(), 4);
    deed!(t, |tx, town| accounts::suspend(tx, town, chloe)).unwrap();
    let page = Page {
        limit: 2,
        ..Page::default()
    };
    let found = notifications::list(&t.town, marie, page).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].from.id, bruno);
    assert_eq!(notifications::unread(&t.town, marie).await.unwrap(), 1);
}

#[tokio::test]
async fn groups_are_read_page_by_page_each_thing_once_both_ways() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    let (one, two) = (
        t.says(marie, "un", Audience::Public).await,
        t.says(marie, "deux", Audience::Public).await,
    );
    for name in ["ada", "bea", "chloe", "dora"] {
        let who = t.resident(name).await;
        for post in [one, two] {
            deed!(t, |tx, town| reactions::favourite(tx, town, who, post)).unwrap();
            t.settle().await;
        }
        t.says(who, "@marie salut", Audience::Public).await;
        t.settle().await;
    }
    let all = notifications::list(&t.town, marie, Page::default()).await;
    let all: Vec<Id> = all.unwrap().iter().map(|view| view.id).collect();
    assert_eq!(all.len(), 12);
    for limit in 1..=4 {
        let read = async |page: Page| {
            let (wanted, grouped) = (Wanted::default(), Grouped::ALL);
            let page = Page { limit, ..page };
            let found = notifications::groups(&t.town, marie, &wanted, grouped, page).await;
            let found = found.unwrap();
            assert!(found.items.len() as u64 <= limit);
            let told = found.items.iter().flat_map(|group| &group.told);
            let mut ids: Vec<Id> = told.map(|view| view.id).collect();
            ids.sort_unstable_by(|a, b| b.cmp(a));
            (ids, found.next, found.prev)
        };
        let (mut down, mut page) = (Vec::new(), Page::default());
        while let (ids, Some(next), _) = read(page).await {
            down.extend(ids);
            page.max_id = Some(next);
        }
        assert_eq!(down, all, "down by {limit}");
        let mut up = Vec::new();
        let mut page = Page {
            min_id: Some(0),
            ..Page::default()
        };
        while let (ids, _, Some(prev)) = read(page).await {
            up.extend(ids.into_iter().rev());
            page.min_id = Some(prev);
        }
        up.reverse();
        assert_eq!(up, all, "up by {limit}");
    }
}
