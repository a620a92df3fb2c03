//! Threads of other servers, completed in the background when somebody looks at them.

use std::collections::BTreeSet;

use parvis_testkit::{
    Actor, Remote, TestTown,
    actor::{fresh, marker, stamp},
    eventually,
    remote::Page,
    resident::{any_holds, id},
    until,
};
use serde_json::{Value, json};

use crate::{app::changes, place::Place};

const PUBLIC: &str = parvis_testkit::actor::PUBLIC;
/// The first second of 2024.
const LONG_AGO: i64 = 1_704_067_200_000;

/// A public note of long ago that answers another, served at its id.
pub fn answer(who: &Actor, to: &Value, text: &str) -> Value {
    let mut note = old_note(who, text);
    note["inReplyTo"] = to["id"].clone();
    who.host.serve_document(&note);
    note
}

pub fn old_note(who: &Actor, text: &str) -> Value {
    let mut note = who.note_to(text, &[PUBLIC], &[]);
    note["published"] = json!(stamp(LONG_AGO + fresh() as i64 * 1_000));
    who.host.serve_document(&note);
    note
}

fn replies_of(note: &Value) -> String {
    format!("{}/replies", note["id"].as_str().unwrap())
}

/// Lets `note` list its answers on a page that stands in it; gives where more of them are.
fn lists(who: &Actor, note: &mut Value, answers: &[&Value]) -> String {
    let list = replies_of(note);
    let next = format!("{list}?page=2");
    let ids: Vec<&Value> = answers.iter().map(|answer| &answer["id"]).collect();
    note["replies"] = json!({"id": list, "type": "Collection", "first":
        {"type": "CollectionPage", "partOf": list, "items": ids, "next": next}});
    who.host.serve_document(note);
    next
}

fn page(who: &Actor, at: &str, items: &Value, next: Option<&str>) {
    let mut page = json!({"@context": "https://www.w3.org/ns/activitystreams", "id": at,
        "type": "CollectionPage", "items": items});
    if let Some(next) = next {
        page["next"] = json!(next);
    }
    let url = url::Url::parse(at).unwrap();
    let path = format!("{}?{}", url.path(), url.query().unwrap());
    who.host.serve(&path, Page::document(&page));
}

fn texts(posts: &Value) -> BTreeSet<String> {
    let text = |post: &Value| post["content"].as_str().unwrap().to_owned();
    posts.as_array().unwrap().iter().map(text).collect()
}

fn says(texts: &BTreeSet<String>, word: &str) -> bool {
    texts.iter().any(|text| text.contains(word))
}

async fn block(town: &TestTown, authority: &str) {
    let db = Box::pin(sea_orm::Database::connect(town.database_url()))
        .await
        .unwrap();
    let sql = format!(
        "INSERT INTO peer (host, failures, next_attempt_at, blocked) VALUES ('{authority}', 0, 0, true)"
    );
    sea_orm::ConnectionTrait::execute_unprepared(&db, &sql)
        .await
        .unwrap();
}

#[tokio::test]
async fn answers_from_before_are_there_once_somebody_looks() {
    let place = Place::new().await;
    let anna = place.remote.host("far").person("anna");
    let bob = place.remote.host("near").person("bob");
    let evil = place.remote.host("evil").person("mal");
    let blocked = place.remote.host("shut").person("paul");
    block(&place.town, blocked.authority()).await;
    let [first, second, third, unheard, shut, true_words] =
        ["un", "deux", "trois", "ailleurs", "bloqué", "vrai"].map(marker);

    let mut root = old_note(&anna, "Il y a longtemps");
    let mut embedded = answer(&bob, &root, &first);
    let mut nested = answer(&anna, &embedded, &second);
    nested["tag"] = json!([{"type": "Mention", "href": place.lea.uri, "name": place.lea.handle()}]);
    nested["cc"] = json!([place.lea.uri]);
    anna.host.serve_document(&nested);
    lists(&bob, &mut embedded, &[&nested]);
    page(
        &bob,
        &format!("{}?page=2", replies_of(&embedded)),
        &json!([]),
        None,
    );
    let on_next_page = answer(&bob, &root, &third);
    let elsewhere = old_note(&bob, &unheard);
    let of_blocked = answer(&blocked, &root, &shut);
    let forged = answer(&bob, &root, &true_words);
    let mut lie = forged.clone();
    lie["content"] = json!("<p>jamais dit</p>");
    let next = lists(&anna, &mut root, &[&embedded]);
    let items = json!([
        on_next_page["id"],
        elsewhere["id"],
        of_blocked["id"],
        lie,
        root["id"]
    ]);
    page(&anna, &next, &items, Some(&evil.host.url("/more?page=3")));

    let post = place.lea.finds_post(root["id"].as_str().unwrap()).await;
    let shown = eventually("all answers are there", || async {
        let context = place.lea.context(id(&post)).await;
        let shown = texts(&context["descendants"]);
        let there = [&first, &second, &third, &true_words];
        there.iter().all(|word| says(&shown, word)).then_some(shown)
    })
    .await;
    assert!(
        !says(&shown, "jamais dit"),
        "an embedded copy is not believed"
    );
    for word in [&unheard, &shut] {
        assert!(!says(&shown, word), "{word}");
    }
    assert_eq!(shown.len(), 4);
    assert_eq!(blocked.host.times_asked("/users/paul/statuses"), 0);
    assert_eq!(
        evil.host.times_asked("/more"),
        0,
        "a page on another server"
    );

    // Nobody is told, nothing new is on home, and looking again asks nobody.
    assert!(place.lea.list("/api/v1/notifications").await.is_empty());
    let home = place.lea.home().await;
    assert!(home.is_empty(), "{home:#?}");
    let asked = anna.host.times_asked("/users/anna/statuses");
    place.lea.context(id(&post)).await;
    place.lea.context(id(&post)).await;
    assert_eq!(anna.host.times_asked("/users/anna/statuses"), asked);
    let mut browser = place.town.browser_of("lea").await;
    let path = url::Url::parse(post["uri"].as_str().unwrap()).unwrap();
    assert!(path.path().contains("/statuses/"));
    let shown = browser
        .opens(&format!("/@{}/{}", anna.acct(), id(&post)))
        .await
        .expecting(200);
    assert!(shown.says(&second) && shown.says(&true_words));
}

#[tokio::test]
async fn a_found_post_is_told_of_once_it_is_delivered() {
    let place = Place::new().await;
    let anna = place.remote.host("far").person("anna");
    let text = marker("réponse");
    let mut root = old_note(&anna, "Question");
    let mut reply = anna.note_mentioning(&text, (&place.lea.uri, &place.lea.handle()));
    reply["inReplyTo"] = root["id"].clone();
    anna.host.serve_document(&reply);
    lists(&anna, &mut root, &[&reply]);
    let post = place.lea.finds_post(root["id"].as_str().unwrap()).await;
    place.lea.reads_under(&post, &text).await;
    assert!(place.lea.list("/api/v1/notifications").await.is_empty());
    place.arrives(&anna, &anna.create(&reply)).await;
    place.arrives(&anna, &anna.create(&reply)).await;
    until("she is told", || async {
        let told = place.lea.list("/api/v1/notifications").await;
        assert!(told.len() <= 1, "{told:#?}");
        told.len() == 1 && told[0]["type"] == "mention"
    })
    .await;
}

/// What threads lack is asked for now, not after a pause.
pub async fn hurries(town: &TestTown) {
    let sql = "UPDATE thread_errand SET due_at = 0 WHERE due_at > 0 AND NOT held";
    changes(town, sql).await;
}

#[tokio::test]
async fn a_long_way_up_is_climbed_in_the_background() {
    let place = Place::new().await;
    let paul = place.followed("far", "paul").await;
    let mut note = old_note(&paul, "sommet");
    for step in 1..45 {
        note = answer(&paul, &note, &format!("marche {step}"));
    }
    let text = marker("en bas");
    let last = answer(&paul, &note, &text);
    place.arrives(&paul, &paul.create(&last)).await;
    let post = eventually("the answer is here", || async {
        let account = place.lea.finds_account(&paul.handle()).await;
        let posts = place.lea.statuses_of(id(&account)).await;
        posts
            .into_iter()
            .find(|post| parvis_testkit::resident::holds(post, &text))
    })
    .await;
    until("the whole way up is here", || async {
        hurries(&place.town).await;
        let context = place.lea.context(id(&post)).await;
        context["ancestors"].as_array().unwrap().len() == 45
    })
    .await;
    assert!(place.lea.list("/api/v1/notifications").await.is_empty());
    // Of one followed they are on home, where they belong: below what is newer.
    let fresh_text = marker("neuf");
    let new = paul.note(&fresh_text);
    place.arrives(&paul, &paul.create(&new)).await;
    place.lea.reads_on_home(&fresh_text).await;
    let home = place.lea.home().await;
    assert!(any_holds(&home[..1], &fresh_text));
}

#[tokio::test]
async fn an_endless_list_of_answers_ends() {
    let place = Place::new().await;
    let anna = place.remote.host("far").person("anna");
    let mut root = old_note(&anna, "Sans fin");
    let list = replies_of(&root);
    root["replies"] = json!(format!("{list}?page=1"));
    anna.host.serve_document(&root);
    let mut written = Vec::new();
    for number in 1..=30 {
        let note = answer(&anna, &root, &marker("page"));
        let next = format!("{list}?page={}", number + 1);
        page(
            &anna,
            &format!("{list}?page={number}"),
            &json!([note["id"]]),
            Some(&next),
        );
        written.push(note);
    }
    let path = url::Url::parse(&list).unwrap().path().to_owned();
    let post = place.lea.finds_post(root["id"].as_str().unwrap()).await;
    until("ten pages are read", || async {
        let context = place.lea.context(id(&post)).await;
        context["descendants"].as_array().unwrap().len() == 10
    })
    .await;
    assert_eq!(anna.host.times_asked(&path), 10);
}

#[tokio::test]
async fn a_visitor_makes_nobody_fetch() {
    let place = Place::new().await;
    let remote: &Remote = &place.remote;
    let anna = remote.host("far").person("anna");
    let mut root = old_note(&anna, "Question");
    let text = marker("réponse");
    let reply = answer(&anna, &root, &text);
    lists(&anna, &mut root, &[&reply]);
    let post = place.lea.finds_post(root["id"].as_str().unwrap()).await;
    let asked = anna.host.times_asked("/users/anna/statuses");
    let path = format!("/api/v1/statuses/{}/context", id(&post));
    place.town.get(&path).await.expecting(200);
    let mut browser = place.town.visitor();
    browser
        .opens(&format!("/@{}/{}", anna.acct(), id(&post)))
        .await;
    // What a resident asks for afterwards is done when hers is; a visitor's would have been before.
    place.lea.reads_under(&post, &text).await;
    assert_eq!(
        anna.host.times_asked("/users/anna/statuses"),
        asked + 3,
        "the post, its answer and the next page, once"
    );
}

#[tokio::test]
async fn who_passes_on_an_answer_of_somebody_blocked_has_done_nothing_wrong() {
    let place = Place::new().await;
    let paul = place.followed("far", "paul").await;
    let odile = place.remote.host("other").person("odile");
    let account = place.lea.finds_account(&odile.handle()).await;
    let path = format!("/api/v1/accounts/{}/block", id(&account));
    place.lea.post_form(&path, &[]).await.expecting(200);
    let post = place.lea.posts(&marker("bonjour")).await;
    let mut answer = odile.note(&marker("dispute"));
    answer["inReplyTo"] = post["uri"].clone();
    odile.host.serve_document(&answer);
    let mut boost = paul.activity("Announce", &answer["id"]);
    boost["to"] = json!([PUBLIC]);
    place.arrives(&paul, &boost).await;
    let context = place.lea.context(id(&post)).await;
    assert_eq!(context["descendants"], json!([]));
}

/// The path of a post's document at its own town.
fn uri_path(post: &Value) -> String {
    let uri = post["uri"].as_str().unwrap();
    uri[uri.find("/ap/").unwrap()..].to_owned()
}

#[tokio::test]
async fn a_thread_that_began_here_is_shown_whole() {
    let place = Place::new().await;
    let marie = place.town.resident("marie").await;
    let root = marie.posts("Qui vient dimanche ?").await;
    let own = place.town.get_document(&uri_path(&root)).await;
    let own = own.expecting(200).json();
    let context = own["context"].as_str().expect("a context").to_owned();
    assert_eq!(own["conversation"], own["context"]);

    let inner = place.lea.answers(&root, "Moi").await;
    let anna = place.remote.host("far").person("anna");
    let far = answer(&anna, &json!({"id": root["uri"]}), "Moi aussi");
    place.arrives(&anna, &anna.create(&far)).await;
    let hidden = [
        ("status", "non"),
        ("visibility", "private"),
        ("in_reply_to_id", id(&root)),
    ];
    place
        .lea
        .post_form("/api/v1/statuses", &hidden)
        .await
        .expecting(200);
    let path = context.strip_prefix(&place.town.origin).expect("ours");
    let thread = place.town.get_document(path).await.expecting(200).json();
    assert_eq!(thread["totalItems"], 3);
    let first = thread["first"].as_str().unwrap();
    let first = first.strip_prefix(&place.town.origin).expect("ours");
    let page = place.town.get_document(first).await.expecting(200).json();
    assert_eq!(
        page["orderedItems"],
        json!([far["id"], root["uri"], inner["uri"]]),
        "the oldest first; what is for a few is not told"
    );
    assert_eq!(
        (&page["partOf"], &page["next"]),
        (&thread["id"], &Value::Null)
    );
    assert_eq!(thread["attributedTo"], json!(marie.uri));

    let answer = place.town.get_document(&uri_path(&inner)).await.json();
    assert_eq!(answer["context"], own["context"], "it belongs to the other");
    let none = format!("{}/context", uri_path(&inner));
    place.town.get_document(&none).await.expecting(404);
}
