//! Home is the same whether the newest posts are looked through or each author's own are merged.

use parvis_model::page::Page;
use parvis_store::{DbErr, Store, accounts, entity, follows, posts, relations, timelines};

use crate::scratch;

const READER: i64 = 1;
const FRIEND: i64 = 2;
const STRANGER: i64 = 3;

async fn town(friend_posts: &[i64], stranger_posts: std::ops::Range<i64>) -> scratch::Scratch {
    let scratch = scratch::store().await;
    let friend_posts = friend_posts.to_vec();
    scratch
        .store
        .write::<_, DbErr, _>(move |tx| {
            Box::pin(async move {
                for id in [READER, FRIEND, STRANGER] {
                    accounts::insert(tx, scratch::account(id, "")).await?;
                }
                follows::insert(tx, scratch::follow(1, READER, FRIEND, true)).await?;
                for id in friend_posts {
                    posts::insert(tx, scratch::post(id, FRIEND, "followers")).await?;
                }
                for id in stranger_posts {
                    posts::insert(tx, scratch::post(id, STRANGER, "public")).await?;
                }
                Ok(())
            })
        })
        .await
        .unwrap();
    scratch
}

async fn home(store: &Store, page: Page) -> Vec<i64> {
    let timelines::Home { ids, rows, .. } = timelines::home(store.read(), READER, 0, &page)
        .await
        .unwrap();
    let shown = |id: &i64| rows.posts.iter().any(|row| row.id == *id);
    assert!(ids.iter().all(shown), "each with its row");
    ids
}

#[tokio::test]
async fn home_shows_followed_people_only_newest_first() {
    let scratch = town(&[10, 30, 50], 100..110).await;
    assert_eq!(home(&scratch.store, Page::default()).await, [50, 30, 10]);
}

#[tokio::test]
async fn a_followed_person_who_seldom_writes_is_found_behind_thousands_of_others() {
    let scratch = town(&[10, 20, 5_000], 1_000..4_500).await;
    assert_eq!(home(&scratch.store, Page::default()).await, [5_000, 20, 10]);
}

#[tokio::test]
async fn pages_go_both_ways_without_gap_or_repetition() {
    let ids: Vec<i64> = (1..=9).map(|n| n * 10).collect();
    let scratch = town(&ids, 200..205).await;
    let page = |max_id, since_id, min_id| Page {
        max_id,
        since_id,
        min_id,
        limit: 3,
    };
    assert_eq!(
        home(&scratch.store, page(None, None, None)).await,
        [90, 80, 70]
    );
    assert_eq!(
        home(&scratch.store, page(Some(70), None, None)).await,
        [60, 50, 40]
    );
    assert_eq!(
        home(&scratch.store, page(None, Some(20), None)).await,
        [90, 80, 70]
    );
    assert_eq!(
        home(&scratch.store, page(None, None, Some(20))).await,
        [50, 40, 30]
    );
    assert_eq!(
        home(&scratch.store, page(Some(50), None, Some(20))).await,
        [40, 30]
    );
}

#[tokio::test]
async fn many_answers_to_strangers_hide_nothing_that_belongs_at_home() {
    let scratch = town(&[10, 20], 30..40).await;
    scratch
        .store
        .write::<_, DbErr, _>(|tx| {
            Box::pin(async move {
                for id in 1_000..1_200 {
                    let answer = entity::post::Model {
                        reply_to_account_id: Some(STRANGER),
                        reply_to_uri: Some("http://town.test/objects/30".into()),
                        ..scratch::post(id, FRIEND, "public")
                    };
                    posts::insert(tx, answer).await?;
                }
                Ok(())
            })
        })
        .await
        .unwrap();
    assert_eq!(home(&scratch.store, Page::default()).await, [20, 10]);
}

#[tokio::test]
async fn a_friend_is_at_home_in_the_chosen_languages_alone() {
    let scratch = town(&[], 0..0).await;
    let written = |id, author, language: Option<&str>, boost_of_id| entity::post::Model {
        language: language.map(str::to_owned),
        boost_of_id,
        ..scratch::post(id, author, "public")
    };
    let posts = vec![
        written(10, FRIEND, Some("fr"), None),
        written(20, FRIEND, Some("en"), None),
        written(30, FRIEND, None, None),
        written(40, FRIEND, Some("FR-ca"), None),
        written(50, STRANGER, Some("en-GB"), None),
        written(60, STRANGER, Some("oc"), None),
        written(70, FRIEND, None, Some(50)),
        written(80, FRIEND, None, Some(60)),
        written(90, FRIEND, Some("frr"), None),
    ];
    let chooses = async |languages: &[&str]| {
        let languages: Vec<String> = languages.iter().map(|&it| it.to_owned()).collect();
        let chosen = scratch.store.write::<_, DbErr, _>(move |tx| {
            Box::pin(async move { follows::set_languages(tx, 1, &languages).await })
        });
        chosen.await.unwrap();
    };
    let inserted = scratch.store.write::<_, DbErr, _>(|tx| {
        Box::pin(async move {
            for post in posts {
                posts::insert(tx, post).await?;
            }
            Ok(())
        })
    });
    inserted.await.unwrap();
    let two = Page {
        limit: 2,
        ..Page::default()
    };
    for (languages, wanted) in [
        (&[][..], &[90, 80, 70, 40, 30, 20, 10][..]),
        (&["fr", "oc"][..], &[80, 40, 30, 10][..]),
        (&["en"][..], &[70, 30, 20][..]),
        (&["pl"][..], &[30][..]),
    ] {
        chooses(languages).await;
        assert_eq!(home(&scratch.store, Page::default()).await, wanted);
        // Filled by the newest of all.
        let first = home(&scratch.store, two).await;
        assert_eq!(first, &wanted[..wanted.len().min(2)]);
    }
}

#[tokio::test]
async fn a_friends_boost_of_a_muted_person_is_not_at_home() {
    let scratch = town(&[10], 30..31).await;
    let boost = entity::post::Model {
        boost_of_id: Some(30),
        ..scratch::post(50, FRIEND, "public")
    };
    scratch
        .store
        .write::<_, DbErr, _>(|tx| Box::pin(async move { posts::insert(tx, boost).await }))
        .await
        .unwrap();
    assert_eq!(home(&scratch.store, Page::default()).await, [50, 10]);
    let mute = entity::mute::Model {
        id: 1,
        account_id: READER,
        target_id: STRANGER,
        notifications: false,
        until: None,
        created_at: 0,
    };
    scratch
        .store
        .write::<_, DbErr, _>(|tx| Box::pin(async move { relations::set_mute(tx, mute).await }))
        .await
        .unwrap();
    assert_eq!(home(&scratch.store, Page::default()).await, [10]);
}
