//! What threads lack is asked for elsewhere whatever happens to the program meanwhile, once, and not without end.

use parvis_testkit::{
    Actor, Remote, Resident, TestTown,
    actor::marker,
    letter::unix_now,
    remote::Page,
    resident::{holds, id},
    until,
};
use serde_json::{Value, json};

use crate::{
    app::{changes, counts},
    place::Place,
    threads::{answer, hurries, old_note},
};

/// A town that answers, and does nothing in the background until a worker is started.
async fn without_workers() -> (TestTown, Resident, Remote) {
    let town = TestTown::start_with("valmont", &[("PARVIS_WORKERS", "off")]).await;
    let lea = town.resident("lea").await;
    (town, lea, Remote::open().await)
}

/// An answer to `to` that names a resident, so that the town takes it in.
async fn answers_for(town: &TestTown, lea: &Resident, who: &Actor, to: &Value) -> Value {
    let mut note = who.note_mentioning(&marker("réponse"), (&lea.uri, &lea.handle()));
    note["inReplyTo"] = to["id"].clone();
    who.host.serve_document(&note);
    let reply = who.post(&town.shared_inbox(), &who.create(&note)).await;
    assert!(reply.is_success(), "{} {}", reply.status, reply.text());
    note
}

fn address(note: &Value) -> &str {
    note["id"].as_str().unwrap()
}

async fn above(lea: &Resident, post: &Value) -> Vec<Value> {
    let context = lea.context(id(post)).await;
    context["ancestors"].as_array().unwrap().clone()
}

async fn below(lea: &Resident, post: &Value) -> usize {
    let context = lea.context(id(post)).await;
    context["descendants"].as_array().unwrap().len()
}

#[tokio::test]
async fn what_is_answered_is_fetched_after_a_power_cut_though_its_server_was_away() {
    let (town, lea, remote) = without_workers().await;
    let (anna, bob) = (
        remote.host("far").person("anna"),
        remote.host("near").person("bob"),
    );
    let text = marker("question");
    let top = old_note(&anna, "Tout en haut");
    let asked = answer(&anna, &top, &text);
    anna.host.goes_down();
    let note = answers_for(&town, &lea, &bob, &asked).await;
    answers_for(&town, &lea, &bob, &asked).await;
    let errands = "thread_errand WHERE way = 'above' AND due_at IS NOT NULL";
    assert_eq!(counts(&town, errands).await, 1, "one for both answers");
    town.program.kill9();
    anna.host.comes_back();
    town.restart().await;
    let known = format!("post WHERE uri = '{}'", address(&asked));
    assert_eq!(counts(&town, &known).await, 0, "nobody has asked yet");
    town.program.start_worker();
    // Nobody looks at the thread before, which would be another reason to ask.
    until("the errand is done", || async {
        counts(&town, "thread_errand").await == 0
    })
    .await;
    let post = lea.finds_post(address(&note)).await;
    let above = above(&lea, &post).await;
    assert!(above.len() == 2 && holds(&above[1], &text), "{above:#?}");
}

#[tokio::test]
async fn a_look_at_a_thread_asks_once_with_two_workers_and_after_a_power_cut() {
    let (town, lea, remote) = without_workers().await;
    let anna = remote.host("far").person("anna");
    let mut root = old_note(&anna, "Question");
    let text = marker("réponse");
    let reply = answer(&anna, &root, &text);
    root["replies"] = json!({"type": "Collection", "items": [reply["id"]]});
    anna.host.serve_document(&root);
    let path = url::Url::parse(address(&root)).unwrap().path().to_owned();
    let post = lea.finds_post(address(&root)).await;
    let before = anna.host.times_asked(&path);
    for _ in 0..3 {
        assert_eq!(below(&lea, &post).await, 0);
    }
    assert_eq!(counts(&town, "thread_errand").await, 1);
    town.program.kill9();
    town.restart().await;
    town.program.start_worker();
    if town.sqlite_file().is_none() {
        town.program.start_worker();
    }
    until("the answer is there", || async {
        below(&lea, &post).await == 1
    })
    .await;
    until("the errand rests", || async {
        counts(&town, "thread_errand WHERE due_at IS NULL AND attempts = 1").await == 1
    })
    .await;
    assert_eq!(anna.host.times_asked(&path), before + 1);
}

#[tokio::test]
async fn who_wants_more_asks_for_it_with_a_button_and_is_told_what_happens() {
    let place = Place::new().await;
    let anna = place.remote.host("far").person("anna");
    let mut root = old_note(&anna, "Question");
    let post = place.lea.finds_post(address(&root)).await;
    let mut browser = place.town.browser_of("lea").await;
    let path = format!("/@{}/{}", anna.acct(), id(&post));
    let resting = "thread_errand WHERE due_at IS NULL";
    let page = browser.opens(&path).await.expecting(200);
    until("the look is over", || async {
        counts(&place.town, resting).await == 1
    })
    .await;
    let button = page.form("/chercher-ailleurs");
    let shown = browser.submits(&page, &button).await.expecting(200);
    assert!(shown.says("C’est déjà demandé."), "{}", shown.html);

    let reply = answer(&anna, &root, &marker("tard"));
    root["replies"] = json!({"type": "Collection", "items": [reply["id"]]});
    anna.host.serve_document(&root);
    let later = "UPDATE thread_errand SET since = since - 300000";
    assert_eq!(changes(&place.town, later).await, 1);
    let shown = browser.submits(&shown, &button).await.expecting(200);
    assert!(shown.says("C’est demandé."), "{}", shown.html);
    assert_eq!(shown.path, path);
    until("the new answer is there", || async {
        below(&place.lea, &post).await == 1
    })
    .await;
    let visitor = place.town.visitor().opens(&path).await.expecting(200);
    assert!(visitor.find_form("/chercher-ailleurs").is_none());
}

#[tokio::test]
async fn what_else_is_said_is_asked_for_where_a_resident_answers() {
    let (town, lea, remote) = without_workers().await;
    let anna = remote.host("far").person("anna");
    let root = old_note(&anna, "Question");
    let post = lea.finds_post(address(&root)).await;
    assert_eq!(counts(&town, "thread_errand").await, 0);
    lea.answers(&post, "Moi !").await;
    let errand = format!(
        "thread_errand WHERE way = 'around' AND uri = '{}'",
        address(&root)
    );
    assert_eq!(counts(&town, &errand).await, 1);
    // A thread of this town alone is nobody else's business.
    let own = lea.posts("Entre nous").await;
    lea.answers(&own, "Oui").await;
    lea.context(id(&own)).await;
    assert_eq!(counts(&town, "thread_errand").await, 1);
}

#[tokio::test]
async fn a_dead_server_is_asked_later_and_then_no_more() {
    let (town, lea, remote) = without_workers().await;
    let (anna, bob) = (
        remote.host("far").person("anna"),
        remote.host("near").person("bob"),
    );
    let asked = old_note(&anna, "Personne");
    anna.host.goes_down();
    answers_for(&town, &lea, &bob, &asked).await;
    town.program.start_worker();
    let soon = (unix_now() + 45) * 1000;
    until("it waits for its next time", || async {
        let waiting = format!("thread_errand WHERE attempts = 1 AND NOT held AND due_at > {soon}");
        counts(&town, &waiting).await == 1
    })
    .await;
    town.program.kill9_worker();
    let last = "UPDATE thread_errand SET due_at = 0, attempts = 4";
    assert_eq!(changes(&town, last).await, 1);
    town.program.start_worker();
    let ended = "thread_errand WHERE due_at IS NULL AND attempts = 5";
    until("it has ended", || async { counts(&town, ended).await == 1 }).await;
    // The next answer does not begin it anew at once.
    answers_for(&town, &lea, &bob, &asked).await;
    assert_eq!(counts(&town, ended).await, 1);
}

#[tokio::test]
async fn the_list_of_a_whole_thread_is_believed_from_the_server_of_its_post_alone() {
    let place = Place::new().await;
    let (anna, bob) = (
        place.remote.host("far").person("anna"),
        place.remote.host("near").person("bob"),
    );
    let mut root = old_note(&anna, "Question");
    let child = answer(&bob, &root, &marker("un"));
    let grandchild = answer(&anna, &child, &marker("deux"));
    let stray = old_note(&bob, &marker("autre"));
    let (list, more) = (anna.host.url("/contexts/1"), anna.host.url("/contexts/1b"));
    root["context"] = json!(list);
    anna.host.serve_document(&root);
    let first = json!({"@context": "https://www.w3.org/ns/activitystreams", "id": list, "type": "OrderedCollection",
        "first": {"type": "OrderedCollectionPage", "next": more, "orderedItems": [grandchild["id"], stray["id"]]}});
    // It goes round.
    let second = json!({"@context": "https://www.w3.org/ns/activitystreams", "id": more,
        "type": "OrderedCollectionPage", "orderedItems": [child["id"], root["id"]], "next": more});
    for page in [&first, &second] {
        anna.host.serve_document(page);
    }
    // Another's list is not read, whatever it holds.
    let mut other = old_note(&bob, "Autre question");
    other["context"] = json!(list);
    bob.host.serve_document(&other);
    let second = place.lea.finds_post(address(&other)).await;
    place.lea.context(id(&second)).await;
    until("it was looked at", || async {
        counts(&place.town, "thread_errand WHERE due_at IS NULL").await == 1
    })
    .await;
    assert_eq!(anna.host.times_asked("/contexts/"), 0);

    let post = place.lea.finds_post(address(&root)).await;
    until("all of it is there", || async {
        below(&place.lea, &post).await == 2
    })
    .await;
    assert_eq!(anna.host.times_asked("/contexts/"), 2);
    let known = format!("post WHERE uri = '{}'", address(&stray));
    assert_eq!(counts(&place.town, &known).await, 0, "of another thread");
}

#[tokio::test]
async fn a_list_of_a_whole_thread_without_end_ends() {
    let place = Place::new().await;
    let anna = place.remote.host("far").person("anna");
    let mut root = old_note(&anna, "Sans fin");
    root["context"] = json!(anna.host.url("/contexts/0"));
    anna.host.serve_document(&root);
    for number in 0..30 {
        let note = answer(&anna, &root, &marker("page"));
        let at = anna.host.url(&format!("/contexts/{number}"));
        let page = json!({"@context": "https://www.w3.org/ns/activitystreams", "id": at,
            "type": "OrderedCollectionPage", "orderedItems": [note["id"]],
            "next": anna.host.url(&format!("/contexts/{}", number + 1))});
        let path = format!("/contexts/{number}");
        anna.host.serve(&path, Page::document(&page));
    }
    let post = place.lea.finds_post(address(&root)).await;
    until("ten pages are read", || async {
        below(&place.lea, &post).await == 10
    })
    .await;
    until("the errand rests", || async {
        counts(&place.town, "thread_errand WHERE due_at IS NULL").await == 1
    })
    .await;
    assert_eq!(anna.host.times_asked("/contexts/"), 10);
}

#[tokio::test]
async fn nobodys_chain_of_answers_keeps_the_town_climbing() {
    let place = Place::new().await;
    let (town, lea) = (&place.town, &place.lea);
    let anna = place.remote.host("far").person("anna");
    let mut note = old_note(&anna, "sommet");
    for step in 0..150 {
        note = answer(&anna, &note, &format!("marche {step}"));
    }
    let last = answers_for(town, lea, &anna, &note).await;
    let asked = || anna.host.times_asked("/users/anna/statuses");
    assert!(asked() <= 20, "one arrival has asked {} times", asked());
    until("the climbing is over", || async {
        hurries(town).await;
        counts(town, "thread_errand WHERE way = 'above' AND due_at IS NULL").await == 1
    })
    .await;
    let post = lea.finds_post(address(&last)).await;
    // 20 while it arrived, 100 afterwards.
    assert_eq!(above(lea, &post).await.len(), 120);
    answers_for(town, lea, &anna, &note).await;
    assert_eq!(above(lea, &post).await.len(), 120, "not again at once");
}
