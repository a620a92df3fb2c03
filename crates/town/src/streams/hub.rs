//! Who listens in this process, to what, and how far the journal was told to them. Knows no database and no rule but its own
//! bounds.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use parvis_model::{id::Id, refusal::Refusal};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use super::{Message, News, Reads, SUBSCRIPTIONS, Stream};
use crate::{
    Outcome, Town,
    journal::{self, Position},
};

/// Messages that may wait for one listener; one that lets more gather does not listen.
const WAITING: usize = 64;
/// Pages of one session that may be told together: nobody looks at more windows of a browser at once.
const PAGES: usize = 4;
/// Where nobody says otherwise.
const LISTENERS: usize = 10_000;
const PER_ACCOUNT: usize = 200;

/// How many may listen.
#[derive(Clone, Debug)]
pub struct Bounds {
    /// A place for each, shared by all towns of the process.
    pub room: Arc<Semaphore>,
    pub per_account: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            room: Arc::new(Semaphore::new(LISTENERS)),
            per_account: PER_ACCOUNT,
        }
    }
}

/// Everyone who listens to a town in this process.
#[derive(Default)]
pub struct Streams {
    bounds: OnceLock<Bounds>,
    listening: Mutex<Listening>,
}

#[derive(Default)]
struct Listening {
    closed: bool,
    last: u64,
    /// How far the journal is told; nobody follows it while nobody listens.
    place: Option<Position>,
    ears: HashMap<u64, Ear>,
    by_account: HashMap<Id, Vec<u64>>,
    screens: HashMap<u64, Screen>,
}

struct Ear {
    account: Id,
    token: Id,
    reads: Reads,
    streams: Vec<Arc<Stream>>,
    messages: mpsc::Sender<Message>,
    _room: OwnedSemaphorePermit,
}

/// A page that somebody looks at.
struct Screen {
    account: Id,
    session: Id,
    /// Holds one word: that more has come since says nothing more.
    came: mpsc::Sender<()>,
    _room: OwnedSemaphorePermit,
}

fn full() -> Refusal {
    Refusal::too_many("refusal-streams-full")
}

/// Gives the number of the new listener, and what it will hear.
pub(super) async fn open(
    town: &Town,
    account: Id,
    token: Id,
    reads: Reads,
) -> Outcome<(u64, mpsc::Receiver<Message>)> {
    let streams = town.streams();
    let (room, here) = entrance(town).await?;
    let (messages, heard) = mpsc::channel(WAITING);
    let mut listening = streams.listening();
    let mine = listening.by_account.get(&account).map_or(0, Vec::len);
    if listening.closed || mine >= streams.bounds().per_account {
        return Err(full().into());
    }
    let id = listening.next(here);
    let ear = Ear {
        account,
        token,
        reads,
        streams: Vec::new(),
        messages,
        _room: room,
    };
    listening.ears.insert(id, ear);
    listening.by_account.entry(account).or_default().push(id);
    Ok((id, heard))
}

/// The same for a page that somebody looks at.
pub(super) async fn open_page(
    town: &Town,
    account: Id,
    session: Id,
) -> Outcome<(u64, mpsc::Receiver<()>)> {
    let streams = town.streams();
    let (room, here) = entrance(town).await?;
    let (came, heard) = mpsc::channel(1);
    let mut listening = streams.listening();
    let screens = listening.screens.values();
    let mine: Vec<&Screen> = screens.filter(|screen| screen.account == account).collect();
    let of_session = mine.iter().filter(|screen| screen.session == session);
    let is_full = of_session.count() >= PAGES || mine.len() >= streams.bounds().per_account;
    if listening.closed || is_full {
        return Err(full().into());
    }
    let id = listening.next(here);
    let screen = Screen {
        account,
        session,
        came,
        _room: room,
    };
    listening.screens.insert(id, screen);
    Ok((id, heard))
}

/// A place among all who listen, and from where on the journal is told to somebody who comes now.
async fn entrance(town: &Town) -> Outcome<(OwnedSemaphorePermit, Position)> {
    let streams = town.streams();
    let room = Arc::clone(&streams.bounds().room);
    let room = room.try_acquire_owned().map_err(|_| full())?;
    // Where nobody listened until now, from here on.
    let here = match streams.place() {
        Some(place) => place,
        None => journal::end(town).await?,
    };
    Ok((room, here))
}

impl Streams {
    /// Given once, by the program that wires the town.
    pub fn set_bounds(&self, bounds: Bounds) {
        if self.bounds.set(bounds).is_err() {
            tracing::warn!("the bounds of streams were set twice");
        }
    }

    fn bounds(&self) -> &Bounds {
        self.bounds.get_or_init(Bounds::default)
    }

    fn listening(&self) -> MutexGuard<'_, Listening> {
        self.listening
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn place(&self) -> Option<Position> {
        self.listening().place
    }

    pub(super) fn advance(&self, place: Position) {
        let mut listening = self.listening();
        let is_anyone_here = !listening.ears.is_empty() || !listening.screens.is_empty();
        listening.place = is_anyone_here.then_some(place);
    }

    pub(super) fn subscribe(&self, id: u64, stream: Stream) -> Result<(), Refusal> {
        let mut listening = self.listening();
        let Some(ear) = listening.ears.get_mut(&id) else {
            return Ok(());
        };
        if ear.streams.iter().any(|open| **open == stream) {
            return Ok(());
        }
        if ear.streams.len() >= SUBSCRIPTIONS {
            return Err(full());
        }
        ear.streams.push(Arc::new(stream));
        Ok(())
    }

    pub(super) fn unsubscribe(&self, id: u64, stream: &Stream) {
        if let Some(ear) = self.listening().ears.get_mut(&id) {
            ear.streams.retain(|open| !open.means(stream));
        }
    }

    pub(super) fn leave(&self, id: u64) {
        self.listening().leave(id);
    }

    /// Of those who listen, each once.
    pub(super) fn tokens(&self) -> Vec<Id> {
        let listening = self.listening();
        let tokens: HashSet<Id> = listening.ears.values().map(|ear| ear.token).collect();
        tokens.into_iter().collect()
    }

    /// Lets go who holds one of `tokens` that is not among the `good` ones.
    pub(super) fn keep_only(&self, tokens: &[Id], good: &HashSet<Id>) {
        let bad = without(tokens, good);
        let mut listening = self.listening();
        let gone = listening.ears.iter();
        let gone: Vec<u64> = gone
            .filter(|(_, ear)| bad.contains(&ear.token))
            .map(|(id, _)| *id)
            .collect();
        for id in gone {
            listening.leave(id);
        }
    }

    /// Of the pages that are told, each once.
    pub(super) fn sessions(&self) -> Vec<Id> {
        let listening = self.listening();
        let screens = listening.screens.values();
        let sessions: HashSet<Id> = screens.map(|screen| screen.session).collect();
        sessions.into_iter().collect()
    }

    /// Lets the pages go of those of `sessions` that are not among the `good` ones.
    pub(super) fn keep_only_pages(&self, sessions: &[Id], good: &HashSet<Id>) {
        let bad = without(sessions, good);
        let mut listening = self.listening();
        let screens = &mut listening.screens;
        screens.retain(|_, screen| !bad.contains(&screen.session));
    }

    /// Lets everyone go, and nobody in any more.
    pub(super) fn close(&self) {
        let mut listening = self.listening();
        let (closed, last) = (true, listening.last);
        *listening = Listening {
            closed,
            last,
            ..Listening::default()
        };
    }

    /// What is listened to, and by whom; what a token does not allow is left out.
    pub(super) fn each(&self, mut look: impl FnMut(Id, &Stream)) {
        for ear in self.listening().ears.values() {
            let open = ear.streams.iter();
            for stream in open.filter(|stream| ear.hears_posts(stream)) {
                look(ear.account, stream);
            }
        }
    }

    /// Tells one resident's apps of a post, or that it is gone, on the streams that show it.
    pub(super) fn show(&self, account: Id, news: &Arc<News>, shows: impl Fn(&Stream) -> bool) {
        self.listening().tell(account, news, |ear, stream| {
            ear.hears_posts(stream) && shows(stream)
        });
    }

    /// Tells one resident's apps what concerns only them.
    pub(super) fn notify(&self, account: Id, news: &Arc<News>) {
        self.listening()
            .tell(account, news, |ear, stream| match stream {
                Stream::User | Stream::Notifications => ear.reads.notifications,
                _ => false,
            });
    }

    /// Tells everyone who listens to their own stream.
    pub(super) fn tell_all(&self, news: &Arc<News>) {
        let mut listening = self.listening();
        let accounts: Vec<Id> = listening.by_account.keys().copied().collect();
        for account in accounts {
            listening.tell(account, news, |_, stream| matches!(stream, Stream::User));
        }
    }

    pub(super) fn hears(&self, account: Id) -> bool {
        self.listening().by_account.contains_key(&account)
    }

    /// Those who look at a page, each once.
    pub(super) fn before_pages(&self) -> Vec<Id> {
        let listening = self.listening();
        let screens = listening.screens.values();
        let accounts: HashSet<Id> = screens.map(|screen| screen.account).collect();
        accounts.into_iter().collect()
    }

    /// Tells the pages of these accounts that something has come.
    pub(super) fn came(&self, accounts: &HashSet<Id>) {
        let listening = self.listening();
        let theirs = listening.screens.values();
        for screen in theirs.filter(|screen| accounts.contains(&screen.account)) {
            // Where the word from before still waits, or nobody is there any more, there is nothing to add.
            let _said = screen.came.try_send(());
        }
    }
}

/// Of those that were asked about, the ones that are not good (any more).
fn without(asked: &[Id], good: &HashSet<Id>) -> HashSet<Id> {
    let asked = asked.iter().copied();
    asked.filter(|id| !good.contains(id)).collect()
}

impl Ear {
    fn hears_posts(&self, stream: &Stream) -> bool {
        !matches!(stream, Stream::Notifications) && self.reads.statuses
    }
}

impl Listening {
    /// The number of one who comes, told from `here` on where nobody else is.
    fn next(&mut self, here: Position) -> u64 {
        // Whoever listened meanwhile may all be gone again; then `here` is behind what nobody was told.
        self.place.get_or_insert(here);
        self.last += 1;
        self.last
    }

    fn leave(&mut self, id: u64) {
        self.screens.remove(&id);
        let Some(ear) = self.ears.remove(&id) else {
            return;
        };
        if let Some(ids) = self.by_account.get_mut(&ear.account) {
            ids.retain(|other| *other != id);
            if ids.is_empty() {
                self.by_account.remove(&ear.account);
            }
        }
    }

    /// Whoever has not taken what waits is let go.
    fn tell(&mut self, account: Id, news: &Arc<News>, hears: impl Fn(&Ear, &Stream) -> bool) {
        let mut deaf = Vec::new();
        for id in self.by_account.get(&account).into_iter().flatten() {
            let Some(ear) = self.ears.get(id) else {
                continue;
            };
            for stream in ear.streams.iter().filter(|stream| hears(ear, stream)) {
                let message = Message {
                    stream: Arc::clone(stream),
                    news: Arc::clone(news),
                };
                if ear.messages.try_send(message).is_err() {
                    deaf.push(*id);
                    break;
                }
            }
        }
        for id in deaf {
            self.leave(id);
        }
    }
}
