//! A database that goes away, is locked or is full: the town says so in plain words, loses nothing that was acknowledged,
//! and goes on by itself.

use std::{
    collections::BTreeSet,
    path::Path,
    time::{Duration, Instant},
};

use base64::Engine as _;
use futures_util::future::join_all;
use http::Method;
use parvis_testkit::{
    Actor, Browser, Remote, Reply, Resident, TestTown,
    actor::marker,
    exchange::{self, headers},
    patience::within,
    resident::{holds, id},
    town::PASSWORD,
    until,
};
use sea_orm::sqlx::{self, Connection, SqliteConnection};
use serde_json::Value;

use crate::story::PNG;

/// Everything `author` has written that others can read.
async fn written(author: &Resident) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let mut older = String::new();
    loop {
        let path = format!("/api/v1/accounts/{}/statuses?limit=40{older}", author.id);
        let page = author.list(&path).await;
        let Some(last) = page.last() else {
            return all;
        };
        older = format!("&max_id={}", id(last));
        all.extend(page.iter().map(|post| id(post).to_owned()));
    }
}

async fn tries_to_post(author: &Resident, text: &str) -> Reply {
    author
        .post_form("/api/v1/statuses", &[("status", text)])
        .await
}

/// The id of the new post, if it was taken.
fn taken(reply: &Reply) -> Option<String> {
    reply.is_success().then(|| id(&reply.json()).to_owned())
}

/// An error of the client API, readable for web apps of other origins.
fn says_why(reply: &Reply, status: u16) -> String {
    assert_eq!(reply.status, status, "{}", reply.text());
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    reply.json()["error"].as_str().unwrap().to_owned()
}

/// A post of somebody elsewhere that names a resident, and the activity that brings it.
fn brings(from: &Actor, to: &Resident) -> (String, Value) {
    let text = marker("ailleurs");
    let (uri, handle) = to.mention();
    let note = from.note_mentioning(&text, (&uri, &handle));
    (text, from.create(&note))
}

/// Another server is told to keep what it has and to come again.
async fn is_put_off(from: &Actor, inbox: &str, create: &Value) {
    let reply = from.post(inbox, create).await;
    assert_eq!(reply.status, 503, "{inbox}: {}", reply.text());
    assert!(reply.header("retry-after").is_some(), "{inbox}");
}

/// What comes again counts, once, however often it was put off.
async fn comes_again(from: &Actor, to: &Resident, (text, create): &(String, Value)) {
    from.post(&to.inbox(), create).await.expecting(202);
    to.reads_on_home(text).await;
    from.post(&to.inbox(), create).await.expecting(202);
    let home = to.home().await;
    let there = home.iter().filter(|post| holds(post, text)).count();
    assert_eq!(there, 1, "{text}");
}

async fn health(town: &TestTown) -> (u16, u16) {
    let (alive, ready) = tokio::join!(town.get("/healthz"), town.get("/readyz"));
    (alive.status, ready.status)
}

async fn page(town: &TestTown, path: &str, language: &str) -> Reply {
    let wanted = headers(&[("accept", "text/html"), ("accept-language", language)]);
    town.send(Method::GET, path, wanted, Vec::new()).await
}

fn is_a_pause(reply: &Reply, words: &str) {
    assert_eq!(reply.status, 503);
    assert!(reply.header("retry-after").is_some());
    assert!(reply.text().contains(words), "{}", reply.text());
}

#[tokio::test]
async fn while_the_database_server_is_away_the_town_says_so_and_afterwards_goes_on_by_itself() {
    let Some((town, line)) = TestTown::start_at_a_line("valmont").await else {
        eprintln!("needs PARVIS_TEST_POSTGRES");
        return;
    };
    let remote = Remote::open().await;
    let marie = town.resident("marie").await;
    let mut browser = town.browser_of("marie").await;
    let paul = remote.host("far").person("paul");
    crate::faults::follow(&paul, &marie).await;
    let rose = remote.host("good").person("rose");
    marie.follows_actor(&rose).await;
    let letter = brings(&rose, &marie);
    paul.host.goes_down();
    let mut acknowledged = BTreeSet::from([id(&marie.posts("Avant").await).to_owned()]);

    // Cut while people write: each learns whether their post was taken.
    let under_way = (0..24).map(|number| {
        let marie = marie.clone();
        async move { tries_to_post(&marie, &format!("Pendant {number}")).await }
    });
    let cut = async {
        tokio::time::sleep(Duration::from_millis(60)).await;
        line.cut();
    };
    let (replies, ()) = tokio::join!(join_all(under_way), cut);
    acknowledged.extend(replies.iter().filter_map(taken));
    for reply in replies.iter().filter(|reply| !reply.is_success()) {
        says_why(reply, 503);
    }

    assert_eq!(health(&town).await, (200, 503));
    let (visitor, english, resident, read, write) = tokio::join!(
        page(&town, "/ville", "fr"),
        page(&town, "/@marie", "en"),
        browser.opens("/avis"),
        marie.get("/api/v1/timelines/home"),
        tries_to_post(&marie, "Personne ne le garde"),
    );
    is_a_pause(&visitor, "réessayez dans une minute");
    is_a_pause(&english, "try again in a minute");
    assert_eq!(resident.status, 503);
    assert!(resident.headers.contains_key("retry-after"));
    for reply in [read, write] {
        says_why(&reply, 503);
        assert!(reply.header("retry-after").is_some());
    }
    for inbox in [marie.inbox(), town.shared_inbox()] {
        is_put_off(&rose, &inbox, &letter.1).await;
    }
    assert!(town.program.is_running());

    paul.host.comes_back();
    line.mend().await;
    let mended = Instant::now();
    within(
        Duration::from_secs(5),
        "the town is ready again",
        || async { (health(&town).await == (200, 200)).then_some(()) },
    )
    .await;
    browser.opens("/avis").await.expecting(200);
    comes_again(&rose, &marie, &letter).await;
    let after = marie.posts("Après").await;
    acknowledged.insert(id(&after).to_owned());
    until("deliveries go on", || async {
        let creates = paul.host.accepted_of("Create");
        let there: BTreeSet<&str> = creates
            .iter()
            .filter_map(|create| create["object"]["id"].as_str())
            .collect();
        there.len() >= acknowledged.len() && there.contains(after["uri"].as_str().unwrap())
    })
    .await;
    eprintln!("everything was delivered {:?} later", mended.elapsed());
    let there = written(&marie).await;
    assert!(there.is_superset(&acknowledged), "acknowledged and lost");
}

/// Someone else's connection to a town's file, as a careless administrator may have one.
async fn open(file: &Path) -> SqliteConnection {
    SqliteConnection::connect(&format!("sqlite://{}", file.display()))
        .await
        .unwrap()
}

async fn tell(connection: &mut SqliteConnection, sql: &'static str) {
    sqlx::query(sql).execute(connection).await.unwrap();
}

#[tokio::test]
async fn while_another_program_locks_the_file_reading_goes_on_and_writing_is_refused_kindly() {
    let town = TestTown::start("valmont").await;
    let Some(file) = town.sqlite_file() else {
        return;
    };
    let remote = Remote::open().await;
    let marie = town.resident("marie").await;
    let rose = remote.host("good").person("rose");
    marie.follows_actor(&rose).await;
    let letter = brings(&rose, &marie);
    let mut browser = town.browser_of("marie").await;
    let before = marie.posts("Avant").await;
    let mut other = open(&file).await;
    tell(&mut other, "BEGIN EXCLUSIVE").await;

    let refused = async {
        let (one, two) = tokio::join!(
            tries_to_post(&marie, "Personne ne le garde"),
            tries_to_post(&marie, "Ni cela"),
        );
        for reply in [one, two] {
            says_why(&reply, 503);
            assert!(reply.header("retry-after").is_some());
        }
        is_put_off(&rose, &town.shared_inbox(), &letter.1).await;
        // Whoever waits when the lock is released is served.
        let waiting = tries_to_post(&marie, "Attendu");
        let released = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            tell(&mut other, "ROLLBACK").await;
        };
        let (waited, ()) = tokio::join!(waiting, released);
        taken(&waited).expect("what waits a moment is taken")
    };
    let reading = async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!(health(&town).await, (200, 200));
        assert!(browser.opens("/@marie").await.expecting(200).says("Avant"));
        page(&town, "/ville", "fr").await.expecting(200);
    };
    let (waited, ()) = tokio::join!(refused, reading);
    comes_again(&rose, &marie, &letter).await;
    let last = marie.posts("Après").await;
    let expected = [id(&before).to_owned(), waited, id(&last).to_owned()];
    assert_eq!(written(&marie).await, BTreeSet::from(expected));
}

/// Writes until nothing more is taken, not even what is short; gives what was, and the refusal. One refusal is not the end:
/// what was written beside the database may be put into it a moment later, and makes room.
async fn fills_up(author: &Resident) -> (Vec<String>, Reply) {
    let mut kept = Vec::new();
    let long = "Encore un mot. ".repeat(300);
    for text in [long.as_str(), "Court"] {
        let mut refusals = 0;
        while refusals < 5 {
            match taken(&tries_to_post(author, &format!("{} {text}", kept.len())).await) {
                Some(id) => {
                    kept.push(id);
                    refusals = 0;
                }
                None => refusals += 1,
            }
            assert!(kept.len() < 500, "the limit is not felt");
        }
    }
    (kept, tries_to_post(author, "Non").await)
}

#[tokio::test]
async fn on_a_full_disk_writing_is_refused_reading_goes_on_and_nothing_breaks() {
    let town = TestTown::prepare("valmont", &[]);
    let Some(file) = town.sqlite_file() else {
        return;
    };
    town.restart().await;
    let remote = Remote::open().await;
    let marie = town.resident("marie").await;
    let rose = remote.host("good").person("rose");
    marie.follows_actor(&rose).await;
    let mut browser = town.browser_of("marie").await;
    town.stop().await;
    let size = std::fs::metadata(&file).unwrap().len();

    town.program.start_to_be_limited().await;
    town.program.limit_files(Some(size + 300 * 1024));
    let (kept, refused) = fills_up(&marie).await;
    let mut acknowledged: BTreeSet<String> = kept.into_iter().collect();
    assert!(acknowledged.len() > 2, "{acknowledged:?}");
    assert!(says_why(&refused, 507).contains("storage is full"));
    for number in 0..5 {
        says_why(&tries_to_post(&marie, &format!("Non {number}")).await, 507);
    }
    still_reads(&town, &mut browser).await;
    keeps_what_was_typed(&mut browser).await;
    complains_in_few_words(&town).await;
    let letter = is_full_for(&rose, &marie).await;

    // Somebody makes room: no restart is needed.
    town.program.limit_files(None);
    comes_again(&rose, &marie, &letter).await;
    acknowledged.insert(id(&marie.posts("Il y a de la place").await).to_owned());
    assert_eq!(written(&marie).await, acknowledged);

    // Full once more, and then the program has to stop.
    let size = std::fs::metadata(&file).unwrap().len();
    town.program.limit_files(Some(size));
    let (kept, _) = fills_up(&marie).await;
    acknowledged.extend(kept);
    assert_eq!(town.stop().await.0, Some(0));
    town.restart().await;
    assert_eq!(written(&marie).await, acknowledged);
    acknowledged.insert(id(&marie.posts("Tout va bien").await).to_owned());
    town.stop().await;
    is_whole(&file).await;
    town.restart().await;
    assert_eq!(written(&marie).await, acknowledged);
}

/// Another server is put off sooner or later, since a little room may be found now and then; until then a yes means that it is
/// kept. Gives what was put off.
async fn is_full_for(from: &Actor, to: &Resident) -> (String, Value) {
    for _ in 0..50 {
        let (text, create) = brings(from, to);
        let reply = from.post(&to.inbox(), &create).await;
        if reply.status == 503 {
            assert!(reply.header("retry-after").is_some());
            return (text, create);
        }
        reply.expecting(202);
        to.reads_on_home(&text).await;
    }
    panic!("the limit is not felt by other servers");
}

async fn still_reads(town: &TestTown, browser: &mut Browser) {
    assert_eq!(health(town).await, (200, 200));
    for path in [
        "/",
        "/@marie",
        "/ville",
        "/avis",
        "/ecrire",
        "/reglages/profil",
    ] {
        browser.opens(path).await.expecting(200);
    }
    page(town, "/@marie", "fr").await.expecting(200);
    let document = town.get_document("/ap/actor").await;
    document.expecting(200);
}

/// What cannot be done is tried again now and then, not all the time: the log must not fill the disk still more.
async fn complains_in_few_words(town: &TestTown) {
    let lines = || town.program.log().lines().count();
    let before = lines();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let more = lines() - before;
    assert!(more < 30, "{more} lines in two seconds");
}

async fn keeps_what_was_typed(browser: &mut Browser) {
    let page = browser.opens("/ecrire").await.expecting(200);
    let form = page.form("/ecrire").with("text", "Une longue lettre");
    let shown = browser.submits(&page, &form).await.expecting(507);
    assert!(shown.says("Sa mémoire est pleine"), "{}", shown.html);
    let again = shown.form("/ecrire");
    assert_eq!(
        again.field("text").unwrap().value.trim(),
        "Une longue lettre"
    );
    let png = base64::engine::general_purpose::STANDARD
        .decode(PNG)
        .unwrap();
    let files: [(&str, &str, &str, &[u8]); 1] = [("image-1", "point.png", "image/png", &png)];
    let shown = browser
        .submits_with_files(&page, &form, &files)
        .await
        .expecting(507);
    assert!(shown.form("/ecrire").field("text").is_some());
}

async fn is_whole(file: &Path) {
    let mut connection = open(file).await;
    let verdict: String = sqlx::query_scalar("PRAGMA integrity_check")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(verdict, "ok");
    connection.close().await.unwrap();
}

#[tokio::test]
async fn after_a_graceful_stop_everything_is_in_the_one_file() {
    let town = TestTown::start("valmont").await;
    let Some(file) = town.sqlite_file() else {
        return;
    };
    let marie = town.resident("marie").await;
    let post = marie.posts("Dans le fichier").await;
    let log = file.with_extension("sqlite-wal");
    assert!(log.exists(), "while it runs there is a log beside the file");
    assert_eq!(town.stop().await.0, Some(0));
    assert!(!log.exists(), "the log was taken over into the file");

    // The file alone is the town: carried away, it holds what was acknowledged a moment before.
    let copy = town.program.folder.path().join("copy.sqlite");
    std::fs::copy(&file, &copy).unwrap();
    let mut connection = open(&copy).await;
    let texts: Vec<String> = sqlx::query_scalar("SELECT html FROM post")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    assert!(texts.iter().any(|text| text.contains("Dans le fichier")));
    drop(connection);
    town.restart().await;
    assert!(holds(
        &marie.status(id(&post)).await.expecting(200).json(),
        "Dans le fichier"
    ));
}

#[tokio::test]
async fn a_stop_in_the_middle_of_writing_answers_or_refuses_everyone() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let writers = (0..40).map(|number| {
        let (marie, text) = (marie.clone(), format!("Pendant l’arrêt {number}"));
        async move {
            tokio::time::sleep(Duration::from_millis(number * 3)).await;
            // Who comes after the doors are shut gets no answer at all.
            let reply = marie
                .try_post_form("/api/v1/statuses", &[("status", &text)])
                .await;
            reply.ok().as_ref().and_then(taken)
        }
    });
    let stop = async {
        tokio::time::sleep(Duration::from_millis(60)).await;
        town.stop().await
    };
    let (kept, (code, took)) = tokio::join!(join_all(writers), stop);
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(10), "{took:?}");
    let acknowledged: BTreeSet<String> = kept.into_iter().flatten().collect();
    town.restart().await;
    assert!(written(&marie).await.is_superset(&acknowledged));
    let mut browser = town.visitor();
    browser.logs_in("marie", PASSWORD).await;
    let _ = exchange::get(&town.url("/")).await.expecting(200);
}
