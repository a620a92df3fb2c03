//! What residents' apps hear while they listen: posts where they are shown, what one is told, what is gone. Pages that somebody
//! looks at hear only that something has come. Each process follows the journal once for all who listen in it; who is shown what
//! is asked of the same conditions as the pages'. Knows no socket and no words of apps.

mod hub;
mod screen;
mod told;

use std::{
    collections::HashSet,
    future::Future,
    sync::{Arc, OnceLock},
    time::Duration,
};

use parvis_model::{id::Id, refusal::Refusal, text::folded_tag};
use parvis_store::streams::{self as rows, Held};
pub use parvis_store::timelines::Scope;
use tokio::sync::mpsc;

use crate::{
    Error, Failure, Outcome, PostView, Rate, Town, announcements::AnnouncementView,
    conversations::ConversationView, journal, lists, notifications::NotificationView,
    tokens::Bearer,
};

pub use hub::{Bounds, Streams};
pub use screen::OpenPage;

/// Streams that one listener may have open together.
pub const SUBSCRIPTIONS: usize = 100;
/// Bytes of a tag that one may listen to: posts have no longer ones, whether of this town or of others.
const TAG_BYTES: usize = 400;
/// Entries of the journal read at once.
const BATCH: u64 = 200;
/// How often it is looked whether the tokens and sessions of those who listen are still good.
const LOOK: Duration = Duration::from_secs(4);

/// What one may listen to. The same tag in other letters is a stream of its own: apps know it by the name they asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Home, and what one is told, each as far as the token allows.
    User,
    Notifications,
    Public {
        scope: Scope,
        media_only: bool,
    },
    Tag {
        /// As it was asked for.
        name: String,
        key: String,
        local: bool,
    },
    /// One's own.
    List(Id),
    /// Exchanges among few.
    Direct,
}

impl Stream {
    /// Do both hold the same posts, however a tag is written?
    fn means(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Tag { key, local, .. },
                Self::Tag {
                    key: other,
                    local: others,
                    ..
                },
            ) => key == other && local == others,
            _ => self == other,
        }
    }

    /// `None` where no post could have such a tag: empty, or longer than tags are.
    pub fn tag(name: &str, local: bool) -> Option<Self> {
        let name = name.replace('\0', "");
        let key = folded_tag(&name);
        let fits = !key.is_empty() && name.len() <= TAG_BYTES;
        fits.then_some(Self::Tag { name, key, local })
    }
}

/// What happened, as the listener is shown it.
#[derive(Debug)]
pub enum What {
    Posted(PostView),
    Edited(PostView),
    /// The post of this id.
    Gone(Id),
    Notified(Box<NotificationView>),
    Spoken(Box<ConversationView>),
    FiltersChanged,
    /// What was held back is shown now.
    NotificationsMerged,
    Announced(AnnouncementView),
    /// So many residents answer an announcement with this emoji now.
    Answered {
        announcement: Id,
        name: String,
        count: i64,
    },
    /// The announcement of this id.
    AnnouncementGone(Id),
}

/// Something that happened, shared by all who are shown the same.
#[derive(Debug)]
pub struct News {
    pub what: What,
    words: OnceLock<String>,
}

impl News {
    fn new(what: What) -> Arc<Self> {
        Arc::new(Self {
            what,
            words: OnceLock::new(),
        })
    }

    /// What a face makes of it, made once for all its listeners.
    pub fn words(&self, make: impl FnOnce(&What) -> String) -> &str {
        self.words.get_or_init(|| make(&self.what))
    }
}

#[derive(Clone, Debug)]
pub struct Message {
    /// To which of the listener's streams it belongs.
    pub stream: Arc<Stream>,
    pub news: Arc<News>,
}

/// What a token lets its holder listen to.
#[derive(Clone, Copy, Debug)]
struct Reads {
    statuses: bool,
    notifications: bool,
}

impl Reads {
    fn allow(self, stream: &Stream) -> bool {
        match stream {
            Stream::User => self.statuses || self.notifications,
            Stream::Notifications => self.notifications,
            _ => self.statuses,
        }
    }
}

/// An app that listens for a resident; what it does not take in time ends it, as its token's end does.
pub struct Listener {
    town: Arc<Town>,
    id: u64,
    account: Id,
    reads: Reads,
    messages: mpsc::Receiver<Message>,
}

impl Listener {
    /// From now on nothing is missed. Refused where too many listen.
    pub async fn open(town: &Arc<Town>, bearer: &Bearer) -> Outcome<Self> {
        let (Some(user), Some(token)) = (&bearer.user, bearer.token) else {
            return Err(Refusal::not_found().into());
        };
        let reads = Reads {
            statuses: bearer.scopes.allow("read:statuses"),
            notifications: bearer.scopes.allow("read:notifications"),
        };
        let (id, messages) = hub::open(town, user.account, token, reads).await?;
        Ok(Self {
            town: Arc::clone(town),
            id,
            account: user.account,
            reads,
            messages,
        })
    }

    /// Refused where the token or the listener's patience does not allow it, or the list is somebody else's.
    pub async fn subscribe(&self, stream: Stream) -> Outcome<()> {
        if !self.reads.allow(&stream) {
            return Err(Refusal::forbidden("refusal-stream-scope").into());
        }
        let count = self
            .town
            .rates()
            .spend(Rate::Api, &self.account.to_string());
        count.check(self.town.now())?;
        if let Stream::List(list) = stream {
            lists::view(&self.town, self.account, list).await?;
        }
        Ok(self.town.streams().subscribe(self.id, stream)?)
    }

    pub fn town(&self) -> &Town {
        &self.town
    }

    pub fn unsubscribe(&self, stream: &Stream) {
        self.town.streams().unsubscribe(self.id, stream);
    }

    /// `None`: it is over.
    pub async fn next(&mut self) -> Option<Message> {
        self.messages.recv().await
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.town.streams().leave(self.id);
    }
}

/// Tells those who listen in this process what happens, until `stop`; then all of them are let go.
pub async fn run(town: Arc<Town>, stop: impl Future<Output = ()>) {
    let following = journal::follow(&town, std::future::pending(), || tell_all(&town));
    tokio::select! {
        () = stop => {}
        () = following => {}
        () = look_after_those_who_listen(&town) => {}
    }
    town.streams().close();
}

async fn tell_all(town: &Town) {
    if let Err(err) = tell_what_is_new(town).await {
        tracing::warn!(%err, town = town.host, "those who listen are told later");
    }
}

async fn tell_what_is_new(town: &Town) -> Outcome<()> {
    while let Some(place) = town.streams().place() {
        let entries = journal::after(town, place, BATCH).await?;
        if entries.is_empty() {
            return Ok(());
        }
        for (place, entry) in entries {
            if let Some(entry) = entry {
                told_or_left_out(town, place.id, &entry).await?;
            }
            town.streams().advance(place);
        }
    }
    Ok(())
}

/// While the database is away the entry waits; with anything else it is given up, or none behind it would be told.
async fn told_or_left_out(town: &Town, id: i64, entry: &journal::Entry) -> Outcome<()> {
    match told::tell(town, entry).await {
        Err(Failure::Broken(err)) if err.is_unavailable() => Err(err.into()),
        Err(Failure::Broken(err)) => {
            tracing::error!(%err, town = town.host, id, "those who listen are not told of this");
            Ok(())
        }
        Ok(()) | Err(Failure::Refused(_)) => Ok(()),
    }
}

/// Lets those go whose token or session is no longer good, or whose holder may not come in any more.
async fn look_after_those_who_listen(town: &Town) {
    loop {
        tokio::time::sleep(LOOK).await;
        if let Err(err) = let_go(town).await {
            tracing::warn!(%err, town = town.host, "whether those who listen still may is looked at later");
        }
    }
}

async fn let_go(town: &Town) -> Result<(), Error> {
    let (db, streams) = (town.store.read(), town.streams());
    let tokens = streams.tokens();
    if !tokens.is_empty() {
        let held = rows::held_tokens(db, &tokens).await?;
        streams.keep_only(&tokens, &good(&held));
    }
    let sessions = streams.sessions();
    if !sessions.is_empty() {
        let held = rows::held_sessions(db, &sessions).await?;
        streams.keep_only_pages(&sessions, &good(&held));
    }
    Ok(())
}

fn good(held: &[Held]) -> HashSet<Id> {
    let good = held
        .iter()
        .filter(|held| held.approved_at.is_some() && held.suspended_at.is_none());
    good.map(|held| held.id).collect()
}
