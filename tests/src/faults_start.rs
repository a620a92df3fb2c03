//! A database that is away when the program starts: whoever asks for its town is told to come back, everybody else is served.

use std::{sync::Arc, time::Duration};

use http::Method;
use parvis_testkit::{
    Reply, TestTown,
    exchange::{self, headers},
    patience::within,
    program::{self, Program},
};

/// As a browser asks; `None` while nobody listens.
async fn page(url: &str) -> Option<Reply> {
    let wanted = headers(&[("accept", "text/html"), ("accept-language", "fr")]);
    let asked = exchange::try_send(Method::GET, url, wanted, Vec::new());
    asked.await.ok()
}

/// Waits until such an address answers so.
async fn answers(url: &str, status: u16) -> Reply {
    let what = format!("{url} answers {status}");
    within(Duration::from_secs(40), &what, || async {
        page(url).await.filter(|reply| reply.status == status)
    })
    .await
}

#[tokio::test]
async fn a_town_whose_database_is_away_keeps_no_other_from_being_served() {
    let program = Arc::new(Program::new(program::port(), &[]));
    let valmont = TestTown::create_in(&program, "valmont").await;
    let host = format!("rivebelle.localhost:{}", program.port);
    // Nobody listens there.
    let nowhere = format!("postgres://parvis@127.0.0.1:{}/ville", program::port());
    let create = ["town", "create", &host, "--database-url", &nowhere];
    let founded = program.cli(&create).await;
    assert_eq!(founded.code, 1, "{founded:#?}");

    program.start_unready();
    answers(&valmont.url("/ville"), 200).await;
    let away = format!("http://{host}");
    let told = answers(&format!("{away}/ville"), 503).await;
    assert!(told.header("retry-after").is_some());
    assert!(
        told.text().contains("réessayez dans une minute"),
        "{}",
        told.text()
    );
    let app = exchange::get(&format!("{away}/api/v1/instance")).await;
    assert_eq!(app.status, 503);
    assert!(app.json()["error"].is_string());
    assert_eq!(valmont.get("/healthz").await.status, 200);
    assert_eq!(valmont.get("/readyz").await.status, 503);
    let elsewhere = format!("http://ailleurs.localhost:{}/", program.port);
    answers(&elsewhere, 421).await;

    let lea = valmont.resident("lea").await;
    lea.posts("Tout va bien ici").await;
    let (code, took) = program.stop().await;
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[tokio::test]
async fn the_only_town_opens_by_itself_once_its_database_is_there() {
    let Some((town, line)) = TestTown::start_at_a_line("valmont").await else {
        eprintln!("needs PARVIS_TEST_POSTGRES");
        return;
    };
    let marie = town.resident("marie").await;
    assert_eq!(town.stop().await.0, Some(0));
    line.cut();
    town.program.start_unready();
    let told = answers(&town.url("/ville"), 503).await;
    assert!(told.header("retry-after").is_some());
    assert!(town.program.is_running());

    line.mend().await;
    answers(&town.url("/readyz"), 200).await;
    answers(&town.url("/ville"), 200).await;
    marie.posts("De retour").await;
}
