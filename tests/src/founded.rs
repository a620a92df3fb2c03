//! Towns that are founded while the program serves others.

use std::sync::Arc;

use parvis_testkit::{
    TestTown,
    actor::marker,
    exchange::get,
    program::{self, Program},
    resident::any_holds,
    until,
};

#[tokio::test]
async fn a_running_server_takes_up_a_town_that_is_founded_meanwhile_and_works_for_it() {
    let program = Arc::new(Program::new(program::port(), &[]));
    let valmont = TestTown::create_in(&program, "valmont").await;
    program.start().await;
    let camille = valmont.resident("camille").await;
    let page = format!("http://rivebelle.localhost:{}/", program.port);
    assert_eq!(get(&page).await.status, 421, "nobody lives there yet");

    let rivebelle = TestTown::create_in(&program, "rivebelle").await;
    until("the new town answers", || async {
        rivebelle.get("/api/v2/instance").await.status == 200
    })
    .await;
    let instance = rivebelle.get("/api/v2/instance").await.json();
    assert_eq!(instance["domain"], rivebelle.host);
    until("the log tells of it", || async {
        program.log().contains("a new town is served")
    })
    .await;

    let bruno = rivebelle.resident("bruno").await;
    rivebelle.browser_of("bruno").await;
    camille.follows(&bruno.handle()).await;
    let news = marker("Le quai est ouvert");
    bruno.posts(&news).await;
    let arrived = camille.reads_on_home(&news).await;
    let answer = marker("On arrive");
    let words = format!("{} {answer}", bruno.handle());
    camille.answers(&arrived, &words).await;
    until("the answer arrives in the new town", || async {
        let told = bruno.list("/api/v1/notifications").await;
        any_holds(&told, &answer)
    })
    .await;
}
