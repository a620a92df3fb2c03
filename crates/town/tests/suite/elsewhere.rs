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
use parvis_store::{dialect, preview_cards};
use parvis_testkit::{eventually, until};
use parvis_town::{
    Outcome, Town, accounts,
    arrivals::{self, RemoteAccount},
    posts,
    previews::{PreviewKind, WebPage, errands},
    profile_links,
    reach::{Fetched, Found, Missing, Reach, Wish},
    readers,
    remote_pictures::{self, Name, Opened},
    threads,
    views::FieldView,
};

use crate::scratch::{self, Scratch, compose, stranger};

/// Gives what it has, and counts who asks.
#[derive(Default)]
struct World {
    pictures: HashMap<&'static str, Vec<u8>>,
    /// By what a page calls itself.
    title: Mutex<Option<&'static str>>,
    asked: Mutex<Vec<String>>,
    /// What stands in them.
    pages: Mutex<HashMap<String, String>>,
    /// It has no time for anything.
    busy: AtomicBool,
    /// It is asked and never answers.
    silent: AtomicBool,
}

impl World {
    fn asks(&self, address: &str) {
        self.asked.lock().unwrap().push(address.to_owned());
    }

    fn has_time(&self) -> Result<(), Missing> {
        let busy = self.busy.load(Ordering::SeqCst);
        (!busy).then_some(()).ok_or(Missing::Busy)
    }

    async fn answers(&self) {
        if self.silent.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
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

    async fn above(&self, uri: &str) -> Outcome<Result<Option<String>, Missing>> {
        if self.has_time().is_err() {
            return Ok(Err(Missing::Busy));
        }
        self.asks(uri);
        self.answers().await;
        let next = self.pages.lock().unwrap().get(uri).cloned();
        Ok(next.map(Some).ok_or(Missing::NotNow))
    }

    async fn around(&self, post: Id) -> Outcome<Result<(), Missing>> {
        self.asks(&post.to_string());
        Ok(Ok(()))
    }

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
        self.answers().await;
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

    async fn links_back(&self, page: &str, to: &[String]) -> Result<bool, Missing> {
        self.has_time()?;
        self.asks(page);
        self.answers().await;
        let html = self.pages.lock().unwrap().get(page).cloned();
        let html = html.ok_or(Missing::NotNow)?;
        Ok(to.iter().any(|address| html.contains(address)))
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

/// When the first line of a profile was seen to lead back.
async fn verified(t: &Scratch, account: Id) -> Option<i64> {
    t.account(account).await.fields[0].verified_at
}

const SITE: &str = "https://marie.example/";

async fn names_her_site(t: &Scratch, who: Id) {
    let edit = accounts::ProfileEdit {
        fields: Some(vec![("Site".into(), SITE.into())]),
        ..accounts::ProfileEdit::default()
    };
    deed!(t, |tx, town| accounts::edit_profile(tx, town, who, edit)).unwrap();
}

#[tokio::test]
async fn a_link_that_leads_back_is_asked_again_each_month_and_loses_its_mark_when_it_does_not() {
    let world = Arc::new(World::default());
    let t = town(&world).await;
    let marie = t.resident("marie").await;
    let page = || world.pages.lock().unwrap();
    page().insert(SITE.into(), "http://valmont.test/@marie".into());
    names_her_site(&t, marie).await;
    assert_eq!(world.times_asked(SITE), 0, "nobody waits for it");
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let watching = tokio::spawn(profile_links::watch(Arc::clone(&t.town), async {
        stopped.await.ok();
    }));
    let since = eventually("it is seen", || async { verified(&t, marie).await }).await;
    assert_eq!((since, world.times_asked(SITE)), (t.town.now(), 1));
    t.clock.advance(31 * DAY);
    until("it is asked again", || async {
        world.times_asked(SITE) == 2
    })
    .await;
    assert_eq!(verified(&t, marie).await, Some(since));
    page().insert(SITE.into(), "rien".into());
    t.clock.advance(31 * DAY);
    until("the mark is gone", || async {
        verified(&t, marie).await.is_none()
    })
    .await;
    stop.send(()).unwrap();
    watching.await.unwrap();
}

const ABOVE: &str = "https://silent.example/n/1";

/// Errands for threads of which this holds.
async fn errands_with(t: &Scratch, condition: &str) -> i64 {
    let sql = format!("SELECT COUNT(*) FROM thread_errand WHERE {condition}");
    parvis_store::dialect::number(t.town.store.read(), &sql, [])
        .await
        .unwrap()
}

/// A new answer to a post of a server that says nothing.
async fn answer_arrives(t: &Scratch, paul: Id, number: usize) {
    let uri = format!("https://far.example/n/{number}");
    let mut answer = scratch::arrival(paul, &uri, Audience::Public);
    answer.reply_to_uri = Some(ABOVE.into());
    t.arrives(answer).await.unwrap().unwrap();
}

#[tokio::test]
async fn what_is_answered_and_not_to_be_had_is_asked_for_five_times() {
    let world = Arc::new(World::default());
    let t = town(&world).await;
    let paul = t.stranger("paul").await;
    for number in 0..3 {
        answer_arrives(&t, paul, number).await;
    }
    assert_eq!(errands_with(&t, "due_at IS NOT NULL").await, 1);
    let watch = tokio::spawn(threads::errands::watch(
        t.town.clone(),
        std::future::pending(),
    ));
    let waits = [MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, 0];
    for (times, later) in (1..).zip(waits) {
        until("it is asked", || async {
            errands_with(&t, &format!("NOT held AND attempts = {times}")).await == 1
        })
        .await;
        assert_eq!(world.times_asked(ABOVE), times);
        t.clock.advance(later);
    }
    assert_eq!(errands_with(&t, "due_at IS NULL").await, 1, "it has ended");
    answer_arrives(&t, paul, 3).await;
    assert_eq!(errands_with(&t, "due_at IS NULL").await, 1);
    t.clock.advance(HOUR);
    answer_arrives(&t, paul, 4).await;
    until("it is begun anew", || async {
        world.times_asked(ABOVE) == 6
    })
    .await;
    until("it waits again", || async {
        errands_with(&t, "NOT held").await == 1
    })
    .await;
    watch.abort();
    t.clock.advance(DAY);
    readers::keep_house(&t.town).await.unwrap();
    assert_eq!(errands_with(&t, "due_at IS NOT NULL").await, 1, "not lost");
}

#[tokio::test]
async fn what_the_end_of_the_program_cuts_short_is_no_attempt_and_due_at_once() {
    let world = Arc::new(World::default());
    world.silent.store(true, Ordering::SeqCst);
    let t = town(&world).await;
    let (marie, paul) = (t.resident("marie").await, t.stranger("paul").await);
    t.says(marie, PAGE, Audience::Public).await;
    names_her_site(&t, marie).await;
    answer_arrives(&t, paul, 1).await;
    let (running, stopped) = tokio::sync::watch::channel(());
    let stop = || {
        let mut stopped = stopped.clone();
        async move { drop(stopped.changed().await) }
    };
    let watching = [
        tokio::spawn(errands::watch(t.town.clone(), stop())),
        tokio::spawn(profile_links::watch(t.town.clone(), stop())),
        tokio::spawn(threads::errands::watch(t.town.clone(), stop())),
    ];
    until("all are asked", || async {
        [PAGE, SITE, ABOVE].map(|it| world.times_asked(it)) == [1; 3]
    })
    .await;
    drop(running);
    for watching in watching {
        watching.await.unwrap();
    }
    for errand in ["preview_errand", "link_errand", "thread_errand"] {
        let sql = format!("SELECT COUNT(*) FROM {errand} WHERE attempts = 0 AND due_at <= $1");
        let untried = dialect::number(t.town.store.read(), &sql, [t.town.now().into()]).await;
        assert_eq!(untried.unwrap(), 1, "{errand}");
    }
}

#[tokio::test]
async fn the_pages_of_people_elsewhere_are_four_at_most_once_in_a_week_and_their_mark_lasts() {
    let world = Arc::new(World::default());
    let t = town(&world).await;
    let site = |n: usize| format!("https://site{n}.example/");
    let line = |n: usize| FieldView {
        name: format!("Site {n}"),
        value_html: format!("<a href=\"{0}\">{0}</a>", site(n)),
        value_source: site(n),
        verified_at: None,
    };
    // The other's page names somebody of a server that is not theirs.
    let paul = RemoteAccount {
        fields: (0..6).map(line).collect(),
        ..stranger("paul", "far.example")
    };
    let thief = RemoteAccount {
        fields: vec![line(7)],
        url: "https://far.example/@paul".into(),
        ..stranger("thief", "evil.example")
    };
    let made = |who: RemoteAccount| {
        let t = &t;
        async move { deed!(t, |tx, town| arrivals::account(tx, town, who)).unwrap() }
    };
    let (id, thief) = (made(paul.clone()).await, made(thief).await);
    for n in [0, 5, 7] {
        let leads_back = "https://far.example/@paul".to_owned();
        world.pages.lock().unwrap().insert(site(n), leads_back);
    }
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let watching = tokio::spawn(profile_links::watch(Arc::clone(&t.town), async {
        stopped.await.ok();
    }));
    let look = async || {
        profile_links::look_elsewhere(&t.town, thief).await.unwrap();
        profile_links::look_elsewhere(&t.town, id).await.unwrap();
        let none = async || {
            let waiting = "SELECT COUNT(*) FROM link_errand";
            dialect::number(t.town.store.read(), waiting, [])
                .await
                .unwrap()
                == 0
        };
        until("all were asked", none).await;
    };
    look().await;
    look().await;
    let times = |n: usize| world.times_asked(&site(n));
    assert_eq!([0, 1, 2, 3, 4, 5].map(times), [1, 1, 1, 1, 0, 0]);
    assert_eq!(times(7), 1);
    let since = verified(&t, id).await;
    assert_eq!(since, Some(t.town.now()));
    assert_eq!(verified(&t, thief).await, None);

    // What their server says again changes nothing; what is not to be had now takes nothing away, what says no does.
    made(paul).await;
    assert_eq!(verified(&t, id).await, since);
    world.pages.lock().unwrap().remove(&site(0));
    t.clock.advance(8 * DAY);
    look().await;
    assert_eq!((times(0), verified(&t, id).await), (2, since));
    let silent = "rien".to_owned();
    world.pages.lock().unwrap().insert(site(0), silent);
    t.clock.advance(8 * DAY);
    look().await;
    assert_eq!((times(0), verified(&t, id).await), (3, None));
    stop.send(()).unwrap();
    watching.await.unwrap();
}
