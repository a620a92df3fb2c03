//! Tables that residents bring along.

use parvis_model::{clock::HOUR, id::Id};
use parvis_store::dialect;
use parvis_town::{
    Outcome, domain_blocks,
    exports::Sheet,
    imports::{self, begin, work},
};

use crate::scratch::{self, Scratch, refused};

async fn brings(t: &Scratch, who: Id, sheet: Sheet, table: &str, overwrite: bool) -> Outcome<()> {
    begin(
        &t.town,
        &t.user(who).await,
        sheet,
        table.as_bytes(),
        overwrite,
    )
    .await
}

async fn worked_off(t: &Scratch) {
    while work(&t.town).await.unwrap() > 0 {}
}

async fn finished(t: &Scratch, who: Id) -> Vec<bool> {
    let all = imports::list(&t.town, &t.user(who).await).await.unwrap();
    all.iter().map(|import| import.finished).collect()
}

fn servers(many: usize) -> String {
    let names: Vec<String> = (0..many).map(|n| format!("s{n}.example")).collect();
    names.join("\n")
}

#[tokio::test]
async fn the_wrong_file_replaces_nothing() {
    let t = scratch::town().await;
    let (marie, jean) = (t.resident("marie").await, t.resident("jean").await);
    t.follows(marie, jean).await;
    deed!(t, |tx, town| domain_blocks::block(
        tx,
        town,
        marie,
        "loin.example"
    ))
    .unwrap();
    for (sheet, table) in [
        (Sheet::Following, "loin.example\n"),
        (Sheet::Following, "https://loin.example/p/1\n"),
        (Sheet::Following, "paul@far.example\nCher Paul, bonjour\n"),
        (Sheet::Servers, "paul@far.example\n"),
        (Sheet::Lists, "paul@far.example,true\n"),
        (Sheet::Bookmarks, "paul@far.example\n"),
    ] {
        let refusal = brings(&t, marie, sheet, table, true).await.unwrap_err();
        assert_eq!(refused(refusal).key, "refusal-import-unfit", "{table}");
    }
    assert_eq!(work(&t.town).await.unwrap(), 0);
    assert_eq!(t.account(marie).await.following, 1);
}

#[tokio::test]
async fn who_stands_in_the_file_in_another_spelling_stays() {
    let t = scratch::town().await;
    let (marie, jean) = (t.resident("marie").await, t.resident("jean").await);
    let paul = t.stranger("paul").await;
    deed!(t, |tx, town| parvis_town::relations::block(
        tx, town, marie, jean
    ))
    .unwrap();
    deed!(t, |tx, town| parvis_town::relations::block(
        tx, town, marie, paul
    ))
    .unwrap();
    let table = "Account address\nacct:Paul@FAR.example.\n";
    brings(&t, marie, Sheet::Blocked, table, true)
        .await
        .unwrap();
    worked_off(&t).await;
    let sql = "SELECT target_id FROM block WHERE account_id = $1";
    let blocked = dialect::ids(t.town.store.read(), sql, [marie.into()]);
    assert_eq!(blocked.await.unwrap(), [paul]);
}

#[tokio::test]
async fn who_brings_little_does_not_wait_for_who_brings_much() {
    let t = scratch::town().await;
    let (marie, jean) = (t.resident("marie").await, t.resident("jean").await);
    brings(&t, marie, Sheet::Servers, &servers(40), false)
        .await
        .unwrap();
    brings(&t, jean, Sheet::Servers, "loin.example\n", false)
        .await
        .unwrap();
    work(&t.town).await.unwrap();
    assert_eq!(finished(&t, jean).await, [true]);
    assert_eq!(finished(&t, marie).await, [false]);
    worked_off(&t).await;
    assert_eq!(finished(&t, marie).await, [true]);
}

#[tokio::test]
async fn no_more_is_brought_and_kept_than_can_be_shown() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    for _ in 0..3 {
        brings(&t, marie, Sheet::Servers, &servers(1), false)
            .await
            .unwrap();
    }
    let refusal = brings(&t, marie, Sheet::Servers, &servers(1), false).await;
    assert_eq!(refused(refusal.unwrap_err()).key, "refusal-imports-full");
    worked_off(&t).await;
    for _ in 0..12 {
        t.clock.advance(HOUR);
        brings(&t, marie, Sheet::Servers, &servers(1), false)
            .await
            .unwrap();
        worked_off(&t).await;
    }
    let all = dialect::number(t.town.store.read(), "SELECT COUNT(*) FROM import", []);
    assert_eq!(all.await.unwrap(), 11, "ten, and the one that came last");
    for _ in 0..9 {
        brings(&t, marie, Sheet::Servers, &servers(1), false)
            .await
            .unwrap();
        worked_off(&t).await;
    }
    let often = brings(&t, marie, Sheet::Servers, &servers(1), false).await;
    assert_eq!(refused(often.unwrap_err()).key, "refusal-too-often");
}

#[tokio::test]
async fn t242_nobody_sees_or_stops_what_another_brings() {
    let t = scratch::town().await;
    let (marie, jean) = (t.resident("marie").await, t.resident("jean").await);
    brings(&t, marie, Sheet::Servers, &servers(2), false)
        .await
        .unwrap();
    let (of_marie, of_jean) = (t.user(marie).await, t.user(jean).await);
    let own = imports::list(&t.town, &of_marie).await.unwrap();
    assert!(imports::list(&t.town, &of_jean).await.unwrap().is_empty());
    imports::forget(&t.town, &of_jean, own[0].id).await.unwrap();
    assert_eq!(finished(&t, marie).await, [false], "still there");
    worked_off(&t).await;
    assert_eq!(finished(&t, marie).await, [true]);
    imports::forget(&t.town, &of_marie, own[0].id)
        .await
        .unwrap();
    assert!(finished(&t, marie).await.is_empty(), "one's own goes");
}

#[tokio::test]
async fn what_was_begun_again_and_again_and_never_ended_is_given_up() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    brings(&t, marie, Sheet::Servers, &servers(1), false)
        .await
        .unwrap();
    deed!(t, |tx, _town| async {
        let begun = "UPDATE import_row SET attempts = 6";
        Ok(dialect::run(tx, begun, []).await?)
    })
    .unwrap();
    worked_off(&t).await;
    let all = imports::list(&t.town, &t.user(marie).await).await.unwrap();
    assert_eq!((all[0].finished, all[0].failed), (true, 1));
}
