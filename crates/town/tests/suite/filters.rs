//! How much somebody may filter.

use parvis_model::{audience::Audience, id::Id};
use parvis_town::{
    Outcome,
    filters::{self, FilterAction, FilterContext, KeywordChange, NewFilter},
};

use crate::scratch::{self, Scratch, refused};

fn words(count: usize) -> Vec<KeywordChange> {
    let words = (0..count).map(|n| KeywordChange {
        keyword: Some(format!("mot {n}")),
        ..KeywordChange::default()
    });
    words.collect()
}

async fn create(t: &Scratch, me: Id, keywords: Vec<KeywordChange>) -> Outcome<Id> {
    let new = NewFilter {
        title: "Sport".into(),
        contexts: vec![
            FilterContext::Public,
            FilterContext::Home,
            FilterContext::Public,
        ],
        action: FilterAction::Warn,
        expires_at: None,
        keywords,
    };
    deed!(t, |tx, town| filters::create(tx, town, me, new))
}

#[tokio::test]
async fn the_words_of_all_filters_are_counted_together() {
    let t = scratch::town().await;
    let (marie, jean) = (t.resident("marie").await, t.resident("jean").await);
    let first = create(&t, marie, words(999)).await.unwrap();
    let too_many = create(&t, marie, words(2)).await;
    assert_eq!(refused(too_many.unwrap_err()).key, "refusal-filters-full");
    create(&t, marie, words(1)).await.unwrap();
    create(&t, jean, words(1)).await.unwrap();
    let view = filters::view(&t.town, marie, first).await.unwrap();
    assert_eq!(
        view.contexts,
        [FilterContext::Home, FilterContext::Public],
        "each context once"
    );
    let long = KeywordChange {
        keyword: Some("x".repeat(101)),
        ..KeywordChange::default()
    };
    let too_long = create(&t, jean, vec![long]).await;
    assert_eq!(refused(too_long.unwrap_err()).key, "refusal-keyword");
    let post = t.says(jean, "à tous", Audience::Public).await;
    let name = deed!(t, |tx, town| filters::add_post(
        tx, town, marie, first, post
    ));
    name.unwrap();
}
