//! Power cuts between two whole towns: in the one that sends, after it has promised a post and before the other has it, and in
//! the one that receives, while posts come in. Nothing is lost, nothing is there twice, on any page.

use std::time::Duration;

use futures_util::future::{join, join_all};
use parvis_testkit::{
    Neighbourhood, Resident,
    actor::marker,
    patience::within,
    resident::{any_holds, holds, id},
};
use serde_json::Value;

use crate::faults::all_statuses;

/// Where several processes may share a database, what the killed one had claimed is free again only after 40 s.
const PATIENCE: Duration = Duration::from_mins(2);
/// As many as one page of notices holds.
const NOTICES: &str = "/api/v1/notifications?limit=40";

/// Posts that name `reader`, each with a word of its own.
fn words_for(reader: &Resident, what: &str, count: usize) -> Vec<String> {
    let handle = reader.handle();
    (0..count)
        .map(|number| {
            let word = marker(&format!("{what}{number}n"));
            format!("{handle} {word}")
        })
        .collect()
}

fn word_in(text: &str) -> &str {
    text.rsplit(' ').next().unwrap()
}

/// All at the same moment; each was promised when this returns.
async fn posts_at_once(author: &Resident, texts: &[String]) -> Vec<Value> {
    join_all(texts.iter().map(|text| author.posts(text))).await
}

/// Waits until the reader was told of all of these, then finds each once: among the notices, on home and on the author's page.
async fn each_is_there_once(reader: &Resident, author: &str, texts: &[String]) {
    within(PATIENCE, "the reader is told of everything", || async {
        let told = reader.list(NOTICES).await;
        let all = texts.iter().all(|text| any_holds(&told, word_in(text)));
        all.then_some(())
    })
    .await;
    let places = [
        ("among the notices", reader.list(NOTICES).await),
        ("on home", reader.home().await),
        ("on the author's page", all_statuses(reader, author).await),
    ];
    for (place, posts) in places {
        for word in texts.iter().map(|text| word_in(text)) {
            let times = posts.iter().filter(|post| holds(post, word)).count();
            assert_eq!(times, 1, "{word} is {times} times {place}");
        }
    }
}

#[tokio::test]
async fn what_a_town_promised_before_its_power_cut_reaches_the_other_town_once() {
    let neighbours = Neighbourhood::of(["valmont", "rivebelle"]).await;
    let (valmont, rivebelle) = (&neighbours["valmont"], &neighbours["rivebelle"]);
    let marie = valmont.resident("marie").await;
    let bruno = rivebelle.resident("bruno").await;
    let marie_there = bruno.follows(&marie.handle()).await;

    // Promised while nobody can take it: the cut lies between commit and delivery for sure.
    rivebelle.kill9();
    let texts = words_for(&bruno, "promise", 24);
    posts_at_once(&marie, &texts).await;
    valmont.kill9();
    rivebelle.restart().await;
    valmont.restart().await;
    each_is_there_once(&bruno, id(&marie_there), &texts).await;
}

#[tokio::test]
async fn a_town_that_is_cut_off_while_posts_come_in_has_each_of_them_once() {
    let neighbours = Neighbourhood::of(["valmont", "rivebelle"]).await;
    let rivebelle = &neighbours["rivebelle"];
    let marie = neighbours["valmont"].resident("marie").await;
    let bruno = rivebelle.resident("bruno").await;
    let marie_there = bruno.follows(&marie.handle()).await;

    let texts = words_for(&bruno, "arrivage", 30);
    let cut = async {
        within(PATIENCE, "the first has come in", || async {
            let there = bruno.statuses_of(id(&marie_there)).await;
            (!there.is_empty()).then_some(())
        })
        .await;
        rivebelle.kill9();
    };
    join(posts_at_once(&marie, &texts), cut).await;
    rivebelle.restart().await;
    each_is_there_once(&bruno, id(&marie_there), &texts).await;
}
