//! `parvis demo` as newcomers start it: two neighbouring towns from one command, kept until one wants them anew.

use std::sync::Arc;

use parvis_testkit::{
    Resident, TestTown,
    actor::marker,
    exchange::get,
    program::{self, Program},
    resident::{any_holds, id},
};

/// The names that the table lists under a town.
fn people_of<'t>(table: &'t str, town: &TestTown) -> Vec<&'t str> {
    let lines = table.split(&town.origin).nth(1).unwrap_or_default().lines();
    lines
        .skip(1)
        .take_while(|line| line.starts_with("    "))
        .filter_map(|line| line.split_whitespace().next())
        .collect()
}

fn password_in(table: &str) -> &str {
    let named = table.split("with the password ").nth(1);
    named
        .and_then(|rest| rest.split_whitespace().next())
        .unwrap()
}

async fn title_of(town: &TestTown) -> String {
    let shown = town.get("/api/v2/instance").await.expecting(200).json();
    shown["title"].as_str().unwrap().to_owned()
}

/// Everybody whom the table names is there, with a picture that nobody else has and that is shown.
async fn everybody_has_an_avatar(asker: &Resident, names: &[&str]) {
    let mut pictures = Vec::new();
    for name in names {
        let account = asker.lookup(name).await.expecting(200).json();
        pictures.push(account["avatar"].as_str().unwrap().to_owned());
    }
    for picture in &pictures {
        let shown = get(picture).await.expecting(200);
        let kind = shown.header("content-type").unwrap_or_default();
        assert!(kind.starts_with("image/"), "{picture}: {kind}");
    }
    pictures.sort();
    pictures.dedup();
    assert_eq!(pictures.len(), names.len(), "a picture each");
}

/// `one` follows `other`, and both their towns know it.
async fn follows_across(one: &Resident, other: &Resident) {
    let there = one.finds_account(&other.handle()).await;
    assert_eq!(one.relation(id(&there)).await["following"], true);
    let here = other.finds_account(&one.handle()).await;
    assert_eq!(other.relation(id(&here)).await["followed_by"], true);
}

async fn has_ended_well(program: &Program) {
    let (code, _) = program.stop().await;
    assert_eq!(code, Some(0));
}

#[tokio::test]
async fn a_demo_opens_two_towns_that_know_each_other_and_stay_until_it_begins_anew() {
    if std::env::var_os("PARVIS_TEST_POSTGRES").is_some() {
        eprintln!("a demo is kept in SQLite files, whatever the tests run on");
        return;
    }
    let program = Arc::new(Program::new(program::port(), &[]));
    let table = program.start_demo(&[]).await;
    let [valmont, rivebelle] = ["valmont", "rivebelle"].map(|it| TestTown::of_demo(&program, it));
    assert_eq!(title_of(&valmont).await, "Valmont");
    assert_eq!(title_of(&rivebelle).await, "Rivebelle");
    // Both tokens come from the command line, while it runs.
    let camille = valmont.resident_known("camille").await;
    let bruno = rivebelle.resident_known("bruno").await;
    let mut people = 0;
    for (town, resident) in [(&valmont, &camille), (&rivebelle, &bruno)] {
        let names = people_of(&table, town);
        people += names.len();
        assert!(names.contains(&resident.name.as_str()), "{table}");
        everybody_has_an_avatar(resident, &names).await;
        let mut browser = town.visitor();
        browser.opens("/").await.expecting(200);
        browser.logs_in("mairie", password_in(&table)).await;
    }
    assert!(people >= 12, "a dozen residents: {table}");
    assert!(camille.home().await.len() >= 15, "some weeks of talk");
    follows_across(&camille, &bruno).await;
    follows_across(&bruno, &camille).await;

    let text = marker("Levain à donner");
    let post = camille.posts(&text).await;
    bruno.reads_on_home(&text).await;

    has_ended_well(&program).await;
    let again = program.start_demo(&[]).await;
    assert_eq!(again, table, "the same towns");
    camille.status(id(&post)).await.expecting(200);
    assert!(any_holds(&bruno.home().await, &text));

    has_ended_well(&program).await;
    let anew = program.start_demo(&["--reset"]).await;
    assert_eq!(anew, table, "the same story");
    let with_the_old_token = camille.get("/api/v1/accounts/verify_credentials").await;
    assert_eq!(with_the_old_token.status, 401);
    let mut browser = valmont.visitor();
    browser.logs_in("camille", password_in(&anew)).await;
    let profile = browser.opens("/@camille").await.expecting(200);
    assert!(!profile.says(&text), "what was done in it is gone");
}
