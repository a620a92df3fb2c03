//! What the town has fetched from elsewhere: pictures and pages, given here by a world made for the test.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use async_trait::async_trait;
use parvis_media::{Cache, drawn};
use parvis_model::{
    audience::Audience,
    clock::{DAY, HOUR, MINUTE},
    handle::Handle,
    id::Id,
};
use parvis_store::preview_cards;
use parvis_town::{
    Outcome, Town, accounts, arrivals, posts,
    previews::{PreviewKind, WebPage, errands},
    reach::{Fetched, Found, Missing, Reach, Wish},
    readers,
    remote_pictures::{self, Name, Opened},
};

use crate::scratch::{self, Scratch, compose, stranger};

/// Gives what it has, and counts who asks.
#[derive(Default)]
struct World {
    pictures: HashMap<&'static str, Vec<u8>>,
    /// By what a page calls itself.
    title: Mutex<Option<&'static str>>,
    asked: Mutex<Vec<String>>,
    /// It has no time for anything.
    busy: AtomicBool,
}

impl World {
    fn asks(&self, address: &str) {
        self.asked.lock().unwrap().push(address.to_owned());
    }

    fn has_time(&self) -> Result<(), Missing> {
        let busy = self.busy.load(Ordering::SeqCst);
        (!busy).then_some(()).ok_or(Missing::Busy)
    }

    fn times_asked(&self, address: &str) -> usize {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|it| *it == address).count()
    }
}

#[async_trait]
impl Reach for World {
    async fn handle(&self, _: &Arc<Town>, _: &Handle) -> Outcome<Option<Id>> {
        Ok(None)
    }

    async fn uri(&self, _: &Arc<Town>, _: &str) -> Outcome<Option<Found>> {
        Ok(None)
    }

    fn wish(&self, _: Wish) {}

    async fn picture(&self, address: &str) -> Result<Fetched, Missing> {
        self.has_time()?;
        self.asks(address);
        let bytes = self.pictures.get(address).cloned().ok_or(Missing::Gone)?;
        Ok(Fetched {
            bytes,
            held: Box::new(()),
        })
    }

    async fn web_page(&self, address: &str) -> Result<WebPage, Missing> {
        self.has_time()?;
        self.asks(address);
        let title = self.title.lock().unwrap().ok_or(Missing::NotNow)?;
        Ok(WebPage {
            kind: PreviewKind::Link,
            title: title.into(),
            description: String::new(),
            language: None,
            author_name: String::new(),
            author_url: String::new(),
            provider_name: String::new(),
            provider_url: String::new(),
            image: None,
            image_description: String::new(),
            published_at: None,
            creator: None,
        })
    }

    async fn subscribe_template(&self, _: &Handle) -> Result<Option<String>, Missing> {
        Err(Missing::NotNow)
    }

    async fn may_ask(&self, _: &str) -> bool {
        false
    }
}

async fn town(world: &Arc<World>) -> Scratch {
    let t = scratch::town().await;
    t.town.set_reach(world.clone());
    let cache = Cache::in_folder(t.folder.path().join("cache"));
    t.town.remote_pictures().keep_in(cache, 1 << 20);
    t
}

fn name(address: &str) -> Name {
    let path = address.split_once("/media/remote/").unwrap().1;
    let parts: Vec<&str> = path.split('/').collect();
    Name::parse(parts[0], parts[1], parts[2]).unwrap()
}

async fn is_shown(t: &Scratch, address: &str) -> bool {
    match remote_pictures::open(&t.town, name(address)).await.unwrap() {
        Opened::Picture(picture) => !picture.bytes.is_empty(),
        Opened::Nothing => false,
        Opened::Busy => panic!("nobody else asks"),
    }
}

const FACE: &str = "https://far.example/face.png";

#[tokio::test]
async fn a_face_goes_while_its_owner_is_suspended() {
    let face = drawn::avatar("paul", drawn::Motif::Person);
    let world = Arc::new(World {
        pictures: HashMap::from([(FACE, face)]),
        ..World::default()
    });
    let t = town(&world).await;
    let mut remote = stranger("paul", "far.example");
    remote.avatar = Some(FACE.into());
    let paul = deed!(t, |tx, town| arrivals::account(tx, town, remote)).unwrap();
    let address = t.account(paul).await.avatar.unwrap();
    for _ in 0..2 {
        assert!(is_shown(&t, &address).await);
    }
    assert_eq!(world.times_asked(FACE), 1, "it is kept");
    deed!(t, |tx, town| accounts::suspend(tx, town, paul)).unwrap();
    assert!(!is_shown(&t, &address).await);
    t.settle().await;
    assert_eq!(files(&t), 0);
    deed!(t, |tx, town| accounts::unsuspend(tx, town, paul)).unwrap();
    assert!(is_shown(&t, &address).await);
    assert_eq!((world.times_asked(FACE), files(&t)), (2, 1));
    let host = "far.example";
    deed!(t, |tx, town| parvis_town::servers::block(tx, town, host)).unwrap();
    assert!(!is_shown(&t, &address).await, "not even what is kept");
    let other = t.another_process().await;
    other.set_reach(world.clone());
    let elsewhere = Cache::in_folder(t.folder.path().join("another"));
    other.remote_pictures().keep_in(elsewhere, 1 << 20);
    let opened = remote_pictures::open(&other, name(&address)).await.unwrap();
    assert!(
        matches!(opened, Opened::Nothing),
        "nobody asks a server that is blocked"
    );
}

#[tokio::test]
async fn a_face_that_was_exchanged_is_shown_no_more() {
    let face = drawn::avatar("paul", drawn::Motif::Person);
    let world = Arc::new(World {
        pictures: HashMap::from([(FACE, face)]),
        ..World::default()
    });
    let t = town(&world).await;
    let mut remote = stranger("paul", "far.example");
    remote.avatar = Some(FACE.into());
    let first = remote.clone();
    let paul = deed!(t, |tx, town| arrivals::account(tx, town, first)).unwrap();
    let address = t.account(paul).await.avatar.unwrap();
    let same = remote.clone();
    for (described, kept) in [(same, 1), (stranger("paul", "far.example"), 0)] {
        assert!(is_shown(&t, &address).await);
        deed!(t, |tx, town| arrivals::account(tx, town, described)).unwrap();
        t.settle().await;
        assert_eq!(files(&t), kept);
    }
    assert!(!is_shown(&t, &address).await);
}

#[tokio::test]
async fn that_we_have_no_time_is_not_held_against_a_picture_or_a_page() {
    let face = drawn::avatar("paul", drawn::Motif::Person);
    let world = Arc::new(World {
        pictures: HashMap::from([(FACE, face)]),
        busy: AtomicBool::new(true),
        ..World::default()
    });
    *world.title.lock().unwrap() = Some("Le pont");
    let t = town(&world).await;
    let mut remote = stranger("paul", "far.example");
    remote.avatar = Some(FACE.into());
    let paul = deed!(t, |tx, town| arrivals::account(tx, town, remote)).unwrap();
    let address = t.account(paul).await.avatar.unwrap();
    let opened = remote_pictures::open(&t.town, name(&address)).await;
    assert!(matches!(opened.unwrap(), Opened::Busy));
    let watch = tokio::spawn(errands::watch(t.town.clone(), std::future::pending()));
    let marie = t.resident("marie").await;
    let post = t.says(marie, PAGE, Audience::Public).await;
    for _ in 0..4 {
        while errands(&t).await > 0 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        t.clock.advance(MINUTE);
    }
    world.busy.store(false, Ordering::SeqCst);
    assert!(is_shown(&t, &address).await);
    assert_eq!(asked(&t, &world, 1, post).await.as_deref(), Some("Le pont"));
    watch.abort();
}

#[tokio::test]
async fn a_link_that_was_taken_out_comes_back_as_no_card() {
    let world = Arc::new(World::default());
    *world.title.lock().unwrap() = Some("Le pont");
    let t = town(&world).await;
    let marie = t.resident("marie").await;
    let post = t.says(marie, PAGE, Audience::Public).await;
    let other = t.says(marie, PAGE, Audience::Public).await;
    let words = compose("sans lien", Audience::Public);
    let draft = posts::prepare(&t.town, marie, words).await.unwrap();
    deed!(t, |tx, town| posts::edit(tx, town, marie, post, draft)).unwrap();
    assert_eq!(errands(&t).await, 1);
    let watch = tokio::spawn(errands::watch(t.town.clone(), std::future::pending()));
    assert_eq!(
        asked(&t, &world, 1, other).await.as_deref(),
        Some("Le pont")
    );
    assert_eq!(title(&t, post).await, None);
    watch.abort();
    let card = || preview_cards::by_url(t.town.store.read(), PAGE);
    t.clock.advance(15 * DAY);
    readers::keep_house(&t.town).await.unwrap();
    assert!(card().await.unwrap().is_some(), "a post shows it");
    deed!(t, |tx, town| posts::delete(tx, town, marie, other)).unwrap();
    readers::keep_house(&t.town).await.unwrap();
    assert!(card().await.unwrap().is_none());
}

fn files(t: &Scratch) -> usize {
    let shards = std::fs::read_dir(t.folder.path().join("cache")).unwrap();
    shards
        .map(|shard| std::fs::read_dir(shard.unwrap().path()).unwrap().count())
        .sum()
}

#[tokio::test]
async fn what_is_lost_or_not_there_is_asked_for_again_in_time() {
    let world = Arc::new(World::default());
    let t = town(&world).await;
    let mut remote = stranger("paul", "far.example");
    remote.avatar = Some(FACE.into());
    let paul = deed!(t, |tx, town| arrivals::account(tx, town, remote)).unwrap();
    let address = t.account(paul).await.avatar.unwrap();
    for (later, times) in [(0, 1), (HOUR - 1, 1), (1, 2)] {
        t.clock.advance(later);
        assert!(!is_shown(&t, &address).await);
        assert_eq!(world.times_asked(FACE), times);
    }
}

/// Until the page has been asked so often; then what the post shows.
async fn asked(t: &Scratch, world: &World, times: usize, post: Id) -> Option<String> {
    while world.times_asked(PAGE) < times || errands(t).await > 0 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    title(t, post).await
}

async fn title(t: &Scratch, post: Id) -> Option<String> {
    let preview = t.post(post).await.preview?;
    Some(preview.title.clone())
}

/// Those that are due or under way.
async fn errands(t: &Scratch) -> i64 {
    let sql = "SELECT COUNT(*) FROM preview_errand WHERE due_at <= $1 OR due_at = $2";
    let now = t.town.now();
    let leased = now + 2 * MINUTE;
    parvis_store::dialect::number(t.town.store.read(), sql, [now.into(), leased.into()])
        .await
        .unwrap()
}

const PAGE: &str = "https://journal.example/pont";

#[tokio::test]
async fn a_page_is_asked_anew_after_a_fortnight_when_somebody_links_to_it() {
    let world = Arc::new(World::default());
    *world.title.lock().unwrap() = Some("Avant");
    let t = town(&world).await;
    let watch = tokio::spawn(errands::watch(t.town.clone(), std::future::pending()));
    let marie = t.resident("marie").await;
    let first = t.says(marie, PAGE, Audience::Public).await;
    assert_eq!(asked(&t, &world, 1, first).await.as_deref(), Some("Avant"));
    *world.title.lock().unwrap() = Some("Après");
    t.clock.advance(13 * DAY);
    let second = t.says(marie, PAGE, Audience::Unlisted).await;
    assert_eq!(title(&t, second).await.as_deref(), Some("Avant"), "at once");
    t.clock.advance(2 * DAY);
    let third = t.says(marie, PAGE, Audience::Public).await;
    assert_eq!(asked(&t, &world, 2, third).await.as_deref(), Some("Après"));
    assert_eq!(
        title(&t, first).await.as_deref(),
        Some("Après"),
        "one card for all"
    );
    let stays = t.says(marie, PAGE, Audience::Town).await;
    assert_eq!(title(&t, stays).await, None);
    watch.abort();
}

#[tokio::test]
async fn a_silent_server_is_asked_three_times() {
    let world = Arc::new(World::default());
    let t = town(&world).await;
    let watch = tokio::spawn(errands::watch(t.town.clone(), std::future::pending()));
    let marie = t.resident("marie").await;
    let post = t.says(marie, PAGE, Audience::Public).await;
    for (times, later) in [(1, MINUTE), (2, 8 * MINUTE), (3, 0)] {
        assert_eq!(asked(&t, &world, times, post).await, None);
        t.clock.advance(later);
    }
    *world.title.lock().unwrap() = Some("Trop tard");
    let again = t.says(marie, PAGE, Audience::Public).await;
    assert_eq!(
        asked(&t, &world, 3, again).await,
        None,
        "that it says nothing is known"
    );
    watch.abort();
}
