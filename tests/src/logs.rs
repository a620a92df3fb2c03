//! What the program says about its own running: nothing about people, whatever goes wrong, and one line for each request.

use http::Method;
use parvis_testkit::{
    Remote, Reply, Resident, TestTown, actor::marker, eventually, exchange::headers, remote::Page,
    resident::id, until,
};
use serde_json::json;

use crate::app::counts;

/// A town with somebody whose name stands in no word of the program.
async fn town_of_philomene() -> (TestTown, Resident, Remote) {
    let town = TestTown::start("valmont").await;
    let philomene = town.resident("philomene").await;
    (town, philomene, Remote::open().await)
}

/// Lines of the answers to this request, and all that bear its id.
fn lines_of(town: &TestTown, reply: &Reply) -> (usize, usize) {
    let id = reply.header("x-request-id").unwrap();
    let log = town.program.log();
    let told: Vec<&str> = log.lines().filter(|line| line.contains(id)).collect();
    let answered = told.iter().filter(|line| line.contains("answered")).count();
    (answered, told.len())
}

/// She links to a page whose server does not answer.
async fn links_to_nowhere(philomene: &Resident, remote: &Remote, text: &str) {
    let (dead, alive) = (remote.host("muet"), remote.host("journal"));
    dead.goes_down();
    let url = dead.url("/chemin-de-ronde");
    philomene.posts(&format!("{text} {url}")).await;
    alive.serve(
        "/ouvert",
        Page::of("text/html; charset=utf-8", "<title>Ouvert</title>"),
    );
    let post = philomene.posts(&alive.url("/ouvert")).await;
    eventually("what came after it is asked for", || async {
        let shown = philomene.status(id(&post)).await.expecting(200).json();
        (!shown["card"].is_null()).then_some(())
    })
    .await;
}

/// Somebody elsewhere answers what cannot be fetched, and names her.
async fn answers_the_unreachable(
    town: &TestTown,
    philomene: &Resident,
    remote: &Remote,
    text: &str,
) {
    let isaure = remote.host("loin").person("isaure");
    let asked = isaure.note(text);
    isaure.host.goes_down();
    let zelmire = remote.host("pres").person("zelmire");
    let (uri, handle) = philomene.mention();
    let mut note = zelmire.note_mentioning(text, (&uri, &handle));
    note["inReplyTo"] = asked["id"].clone();
    zelmire.host.serve_document(&note);
    let create = zelmire.create(&note);
    let reply = zelmire.post(&town.shared_inbox(), &create).await;
    assert!(reply.is_success(), "{} {}", reply.status, reply.text());
    until("it is to be asked for", || async {
        counts(town, "thread_errand").await > 0
    })
    .await;
}

/// An activity without a signature.
async fn is_refused(town: &TestTown, text: &str) -> Reply {
    let activity = json!({"@context": "https://www.w3.org/ns/activitystreams", "type": "Create",
        "id": "https://loin.example/gertrude/1", "actor": "https://loin.example/gertrude",
        "object": {"type": "Note", "content": text}});
    let kind = headers(&[("content-type", "application/activity+json")]);
    let body = activity.to_string().into_bytes();
    town.send(Method::POST, "/ap/inbox", kind, body).await
}

#[tokio::test]
async fn whatever_goes_wrong_nobody_and_nothing_written_stands_in_the_log() {
    let (town, philomene, remote) = town_of_philomene().await;
    let text = marker("Entre nous");
    links_to_nowhere(&philomene, &remote, &text).await;
    answers_the_unreachable(&town, &philomene, &remote, &text).await;
    let refused = is_refused(&town, &text).await;
    assert_eq!(refused.status, 401, "{}", refused.text());
    let mut browser = town.visitor();
    for who in ["philomene", "philomene@courriel.example"] {
        let shown = browser.tries_to_log_in(who, &text).await;
        assert!(shown.path.starts_with("/connexion"), "{}", shown.path);
    }
    town.get("/@philomene").await.expecting(200);
    town.get("/recherche?q=philomene").await;

    let log = town.program.log();
    assert_eq!(lines_of(&town, &refused).0, 1, "the log is told of this");
    for personal in [
        "philomene",
        "zelmire",
        "isaure",
        "gertrude",
        "courriel.example",
        "chemin-de-ronde",
        text.as_str(),
    ] {
        let telling: Vec<&str> = log.lines().filter(|line| line.contains(personal)).collect();
        assert!(telling.is_empty(), "{personal}: {telling:#?}");
    }
}

#[tokio::test]
async fn a_worker_warns_of_what_is_dangerous_as_the_server_does() {
    let town = TestTown::start_with("valmont", &[("PARVIS_WORKERS", "off")]).await;
    let warned = || town.program.log().matches("limits.rate is off").count();
    assert_eq!(warned(), 1);
    town.program.start_worker();
    until("the worker has said so", || async { warned() == 2 }).await;
}

#[tokio::test]
async fn each_request_leaves_one_line_that_bears_its_id() {
    let (town, philomene, _) = town_of_philomene().await;
    let replies = [
        town.get("/a-propos").await,
        town.get("/@philomene").await,
        town.get("/nulle-part").await,
        town.get("/healthz").await,
        philomene.get("/api/v1/timelines/home").await,
        town.get("/api/v1/timelines/home").await,
        town.get_document("/ap/actor").await,
    ];
    for reply in &replies {
        assert_eq!(lines_of(&town, reply), (1, 1), "{}", reply.status);
    }
    // What became of it stands there as well.
    let refused = is_refused(&town, "Bonjour").await;
    assert_eq!(lines_of(&town, &refused).0, 1);
}
