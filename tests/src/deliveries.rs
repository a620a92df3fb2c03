//! What goes out to others, under kill -9, with several processes at work and to servers that answer oddly. Every server gets
//! everything, in order for each thing, and once as far as its yes was heard.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use parvis_testkit::{Actor, Host, Remote, Resident, TestTown, keys, patience::within, until};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::Value;

use crate::faults::follow;

const SERVERS: usize = 20;
/// What the program may have sent to a server and not yet written down: what one power cut can double. It is the `UNWRITTEN` of
/// `federation::delivery`: a server gets one letter after the other in the order of the queue, and the next waits while four are
/// under way or in the hands of the ledger. Those are always the last four in the order of the queue, which after a cut go out
/// again from the first of them on. So whatever comes a second time is among the last four different letters that its server
/// has seen, and between two cuts there are four of them at most. How many outcomes the ledger writes at once (500, of all
/// servers) changes nothing: a place is free only when its outcome is on disk.
const UNWRITTEN: usize = 4;
/// For what was on its way at the moment of the cut to be counted by the server it went to.
const SETTLES: Duration = Duration::from_millis(100);

/// Twenty servers with a follower each.
async fn followed_by_twenty(town: &TestTown, remote: &Remote) -> (Resident, Vec<Host>) {
    let marie = town.resident("marie").await;
    let mut hosts = Vec::new();
    for number in 0..SERVERS {
        let paul = remote.host(&format!("loin{number}")).person("paul");
        follow(&paul, &marie).await;
        paul.host.hurries();
        hosts.push(paul.host);
    }
    (marie, hosts)
}

/// `PARVIS_TEST_…`, or what fits the debug build.
fn number(name: &str, usual: usize) -> usize {
    let given = std::env::var(name).ok();
    given.map_or(usual, |given| given.parse().unwrap())
}

fn uri(post: &Value) -> String {
    post["uri"].as_str().unwrap().to_owned()
}

/// What a server took, by what it is about: kinds and ids in order of arrival.
fn by_object(host: &Host) -> HashMap<String, Vec<(String, String)>> {
    let mut found: HashMap<String, Vec<(String, String)>> = HashMap::new();
    for document in host.accepted() {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let said = (text(&document["type"]), text(&document["id"]));
        found
            .entry(text(&document["object"]["id"]))
            .or_default()
            .push(said);
    }
    found
}

/// The same, each id at its first arrival only; and how many came again.
fn once(said: &[(String, String)]) -> (Vec<&str>, usize) {
    let mut ids = HashSet::new();
    let first: Vec<&str> = said
        .iter()
        .filter(|(_, id)| ids.insert(id.as_str()))
        .map(|(kind, _)| kind.as_str())
        .collect();
    let again = said.len() - first.len();
    (first, again)
}

/// How many letters came to this server a second time, when `cuts` says how many it had at each power cut.
fn doubled(host: &Host, cuts: &[usize]) -> usize {
    let arrived = host.accepted();
    let ids = arrived.iter().map(|letter| letter["id"].as_str().unwrap());
    // Different ones, the one that came last at the end.
    let mut latest: Vec<&str> = Vec::new();
    let mut after = vec![0; cuts.len() + 1];
    for (number, id) in ids.enumerate() {
        if let Some(place) = latest.iter().rposition(|known| *known == id) {
            let others = latest.len() - place;
            assert!(
                others <= UNWRITTEN,
                "{}: {id} comes again {others} letters later: it was written down by then",
                host.authority
            );
            latest.remove(place);
            after[cuts.partition_point(|cut| *cut <= number)] += 1;
        }
        latest.push(id);
    }
    assert_eq!(
        after[0], 0,
        "{}: twice without a cut, or after a slow answer",
        host.authority
    );
    for (cut, again) in after.iter().enumerate() {
        assert!(
            *again <= UNWRITTEN,
            "{}: {again} came again after cut {cut}",
            host.authority
        );
    }
    after.iter().sum()
}

/// Did what was said of one thing come in its order? A post that was deleted before its turn comes as its Delete alone.
fn is_in_order(said: &[(String, String)]) -> bool {
    let (kinds, _) = once(said);
    let told = matches!(
        kinds[..],
        ["Create" | "Accept" | "Delete"]
            | ["Create", "Update" | "Delete"]
            | ["Create", "Update", "Delete"]
    );
    let mut rest = said.iter().skip_while(|(kind, _)| kind != "Delete");
    told && rest.all(|(kind, _)| kind == "Delete")
}

/// Writes, edits and deletes until all is written; only what was acknowledged counts.
#[derive(Clone, Default)]
struct Writers {
    posted: Arc<Mutex<Vec<String>>>,
    edited: Arc<Mutex<HashSet<String>>>,
    deleted: Arc<Mutex<HashSet<String>>>,
    ended: Arc<AtomicBool>,
}

impl Writers {
    fn start(marie: &Resident, posts: usize) -> Self {
        let writers = Self::default();
        let (busy, marie) = (writers.clone(), marie.clone());
        tokio::spawn(async move {
            let hands = (0..4).map(|hand| {
                let (busy, marie) = (busy.clone(), marie.clone());
                async move {
                    while busy.posted.lock().unwrap().len() < posts {
                        busy.write_one(&marie, hand).await;
                    }
                }
            });
            join_all(hands).await;
            busy.ended.store(true, Ordering::Release);
        });
        writers
    }

    async fn write_one(&self, marie: &Resident, hand: usize) {
        let text = format!("Nouvelle {hand} {}", parvis_testkit::actor::fresh());
        let answer = marie
            .try_post_form("/api/v1/statuses", &[("status", text.as_str())])
            .await;
        let Some(post) = answer.ok().filter(parvis_testkit::Reply::is_success) else {
            tokio::time::sleep(Duration::from_millis(20)).await;
            return;
        };
        let post = post.json();
        let number = {
            let mut posted = self.posted.lock().unwrap();
            posted.push(uri(&post));
            posted.len()
        };
        // Some are edited, some deleted, some both.
        if number.is_multiple_of(5) {
            let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
            let better = format!("{text}, en mieux");
            let answer = marie
                .try_put_form(&path, &[("status", better.as_str())])
                .await;
            if answer.is_ok_and(|answer| answer.is_success()) {
                self.edited.lock().unwrap().insert(uri(&post));
            }
        }
        if number % 7 == 3 {
            let answer = marie.try_deletes(&post).await;
            if answer.is_ok_and(|answer| answer.is_success()) {
                self.deleted.lock().unwrap().insert(uri(&post));
            }
        }
    }

    /// Has this server heard all that it must?
    fn is_told(&self, host: &Host) -> bool {
        let posted = self.posted.lock().unwrap();
        if host.count_accepted() < posted.len() {
            return false;
        }
        let (edited, deleted) = (self.edited.lock().unwrap(), self.deleted.lock().unwrap());
        let found = by_object(host);
        posted.iter().all(|uri| {
            let said = |kind: &str| {
                let mut told = found.get(uri).into_iter().flatten();
                told.any(|(of, _)| of == kind)
            };
            // One may be deleted though the power was cut before that was acknowledged.
            let stands = || said("Create") && (!edited.contains(uri) || said("Update"));
            said("Delete") || (!deleted.contains(uri) && stands())
        })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_power_cuts_while_writing_lose_nothing_and_overtake_nothing() {
    let seed = number("PARVIS_TEST_SEED", std::process::id() as usize) as u64;
    let (posts, cuts) = (
        number("PARVIS_TEST_POSTS", 400),
        number("PARVIS_TEST_CUTS", 50),
    );
    println!("seed {seed}, {posts} posts, {cuts} power cuts");
    let mut random = StdRng::seed_from_u64(seed);
    let (town, remote) = (TestTown::start("valmont").await, Remote::open().await);
    let (marie, hosts) = followed_by_twenty(&town, &remote).await;
    let writers = Writers::start(&marie, posts);
    let mut had: Vec<Vec<usize>> = vec![Vec::new(); hosts.len()];
    for _ in 0..cuts {
        tokio::time::sleep(Duration::from_millis(random.random_range(20..600))).await;
        town.kill9();
        tokio::time::sleep(SETTLES).await;
        for (host, had) in hosts.iter().zip(&mut had) {
            had.push(host.accepted().len());
        }
        let down = Instant::now();
        town.restart().await;
        assert!(
            down.elapsed() < Duration::from_secs(10),
            "back after {:?}",
            down.elapsed()
        );
    }
    within(Duration::from_mins(2), "all is written", || async {
        writers.ended.load(Ordering::Acquire).then_some(())
    })
    .await;
    let (edits, deletions) = (
        writers.edited.lock().unwrap().len(),
        writers.deleted.lock().unwrap().len(),
    );
    let expected = writers.posted.lock().unwrap().len() + edits + deletions;
    assert!(deletions > 0, "nothing was deleted meanwhile");
    let patience = Duration::from_secs(30 + (expected / 5) as u64);
    within(patience, "everything arrives", || async {
        let all = hosts.iter().all(|host| writers.is_told(host));
        all.then_some(())
    })
    .await;
    let mut again = 0;
    for (host, had) in hosts.iter().zip(&had) {
        again += doubled(host, had);
        for (object, said) in by_object(host) {
            assert!(is_in_order(&said), "{}: {object}: {said:?}", host.authority);
        }
    }
    println!(
        "about {} deliveries, {again} of them a second time",
        expected * SERVERS
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_share_the_work_do_nothing_twice_and_one_takes_over_from_the_other() {
    let settings = [("PARVIS_WORKERS", "off"), ("PARVIS_LOG__LEVEL", "debug")];
    let town = TestTown::prepare("valmont", &settings);
    if town.sqlite_file().is_some() {
        println!("not on SQLite, which has one process");
        return;
    }
    let remote = Remote::open().await;
    town.restart().await;
    town.program.start_worker();
    town.program.start_worker();
    let (marie, hosts) = followed_by_twenty(&town, &remote).await;
    let mut posted = Vec::new();
    for number in 0..30 {
        posted.push(uri(&marie.posts(&format!("Nouvelle {number}")).await));
    }
    arrived(&hosts, posted.len()).await;
    for host in &hosts {
        let creates = host.accepted_of("Create");
        let got: Vec<&str> = creates
            .iter()
            .map(|create| create["object"]["id"].as_str().unwrap())
            .collect();
        assert_eq!(got, posted, "{}: each once, in order", host.authority);
    }
    // One dies with claims in its hands: the other does the rest, and need not wait for them to end.
    for number in 0..30 {
        posted.push(uri(&marie.posts(&format!("Encore {number}")).await));
    }
    let start = Instant::now();
    town.program.kill9_worker();
    let first_of = |host: &Host| by_object(host).len() > posted.len();
    within(
        Duration::from_mins(1),
        "the other does the rest",
        || async { hosts.iter().all(first_of).then_some(()) },
    )
    .await;
    println!("the rest took {:?}", start.elapsed());
    for host in &hosts {
        let found = by_object(host);
        let again: usize = found.values().map(|said| once(said).1).sum();
        assert!(again <= UNWRITTEN, "{}: {again} came twice", host.authority);
    }
}

/// So many posts arrived everywhere.
async fn arrived(hosts: &[Host], posts: usize) {
    until("they arrive everywhere", || async {
        hosts
            .iter()
            .all(|host| host.accepted_of("Create").len() >= posts)
    })
    .await;
}

/// An actor whose inbox is at a server made of bare sockets, which answers one letter after the other with `answers` and then
/// with yes. Gives what it counted: connections, letters.
async fn bare_server(answers: &'static [&'static str]) -> (String, Arc<Mutex<(usize, usize)>>) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let inbox = format!(
        "http://bare.localhost:{}/inbox",
        listener.local_addr().unwrap().port()
    );
    let counted: Arc<Mutex<(usize, usize)>> = Arc::default();
    let counts = counted.clone();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            counts.lock().unwrap().0 += 1;
            let counts = counts.clone();
            tokio::spawn(async move {
                let mut kept = Vec::new();
                loop {
                    let mut piece = [0_u8; 16_384];
                    let Ok(read @ 1..) = stream.read(&mut piece).await else {
                        return;
                    };
                    kept.extend_from_slice(&piece[..read]);
                    if !is_whole(&kept) {
                        continue;
                    }
                    kept.clear();
                    let number = {
                        let mut counts = counts.lock().unwrap();
                        counts.1 += 1;
                        counts.1 - 1
                    };
                    let answer = answers.get(number).copied().unwrap_or(YES);
                    if let Some(slowly) = answer.strip_prefix("drip:") {
                        for byte in slowly.as_bytes() {
                            tokio::time::sleep(Duration::from_millis(400)).await;
                            if stream.write_all(&[*byte]).await.is_err() {
                                return;
                            }
                        }
                        return;
                    }
                    if stream.write_all(answer.as_bytes()).await.is_err() || answer != YES {
                        return;
                    }
                }
            });
        }
    });
    (inbox, counted)
}

const YES: &str = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";

/// Head and announced length are there.
fn is_whole(letter: &[u8]) -> bool {
    let text = String::from_utf8_lossy(letter);
    let Some(end) = text.find("\r\n\r\n") else {
        return false;
    };
    let head = text[..end].to_lowercase();
    let length = head.split("content-length: ").nth(1).unwrap_or("0");
    let length: usize = length.split("\r\n").next().unwrap().parse().unwrap();
    letter.len() >= end + 4 + length
}

/// Lives on a usual server and takes post at a bare one.
fn at(remote: &Remote, inbox: &str) -> Actor {
    remote.host("odd").actor("paul", keys::first(), |actor| {
        actor["inbox"] = inbox.into();
        actor.as_object_mut().unwrap().remove("endpoints");
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_server_answers_it_gets_everything_in_the_end_or_its_no_counts() {
    let (town, remote) = (TestTown::start("valmont").await, Remote::open().await);
    let marie = town.resident("marie").await;
    // Its Accept gets through; what comes after is cut off in the head, and lies: more was announced than comes, but the
    // yes stands in the first line.
    let (inbox, counted) = bare_server(&[
        YES,
        "HTTP/1.1 202 Acc",
        "HTTP/1.1 202 Accepted\r\nContent-Length: 5000\r\n\r\nshort",
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/elsewhere\r\nContent-Length: 0\r\n\r\n",
    ])
    .await;
    let paul = at(&remote, &inbox);
    let asked = paul.activity("Follow", &marie.uri.as_str().into());
    assert!(paul.post(&marie.inbox(), &asked).await.is_success());
    let letters = |wanted: usize| {
        let counted = counted.clone();
        within(Duration::from_secs(40), "a letter", move || {
            let counted = counted.clone();
            async move { (counted.lock().unwrap().1 >= wanted).then_some(()) }
        })
    };
    letters(1).await;
    marie.posts("Coupée, puis reçue").await;
    letters(3).await;
    marie.posts("Renvoyée ailleurs : c’est non").await;
    letters(4).await;
    marie.posts("Reçue").await;
    letters(5).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(counted.lock().unwrap().1, 5, "nothing is sent without need");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_drips_costs_the_others_nothing_and_connections_are_used_again() {
    let (town, remote) = (TestTown::start("valmont").await, Remote::open().await);
    let marie = town.resident("marie").await;
    let (drips, _) = bare_server(&[
        YES,
        "drip:HTTP/1.1 202 Accepted and so on, for longer than anybody waits\r\n\r\n",
    ])
    .await;
    let paul = at(&remote, &drips);
    let (good, counted) = bare_server(&[]).await;
    let rose = remote.host("good").actor("rose", keys::first(), |actor| {
        actor["inbox"] = good.as_str().into();
        actor.as_object_mut().unwrap().remove("endpoints");
    });
    for actor in [&paul, &rose] {
        let asked = actor.activity("Follow", &marie.uri.as_str().into());
        assert!(actor.post(&marie.inbox(), &asked).await.is_success());
    }
    until("the Accept is there", || async {
        counted.lock().unwrap().1 == 1
    })
    .await;
    let start = Instant::now();
    for number in 0..10 {
        marie.posts(&format!("Nouvelle {number}")).await;
    }
    until("the good one has all", || async {
        counted.lock().unwrap().1 == 11
    })
    .await;
    assert!(
        start.elapsed() < Duration::from_secs(8),
        "{:?}",
        start.elapsed()
    );
    assert_eq!(counted.lock().unwrap().0, 1, "one connection for all");
}
