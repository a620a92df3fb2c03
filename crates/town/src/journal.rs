//! What happened, written in the same transaction as the deed. Everything that follows from a deed reads it here: a new
//! variant does not compile until every reader says what it does with it.

use std::future::Future;

use parvis_model::{audience::Audience, id::Id, policy::Interaction};
pub use parvis_store::journal::Position;
use parvis_store::{Tx, journal};
use serde::{Deserialize, Serialize};

use crate::{Error, Outcome, Town};

/// Things that happened, by people here and elsewhere alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Entry {
    PostPublished {
        post: Id,
    },
    PostEdited {
        post: Id,
    },
    /// A post of elsewhere stands for fewer now; for whom until then, and where.
    PostNarrowed {
        author: Id,
        audience: Audience,
        stood: Stood,
    },
    /// Somebody chose answers of a poll; which, the votes say.
    PollVoted {
        account: Id,
        post: Id,
    },
    /// The counts of a poll, or when it ends, are to be told.
    PollCounted {
        post: Id,
    },
    PollClosed {
        post: Id,
    },
    /// What stands around the words of a post is new: its quote, or who may quote it.
    PostAmended {
        post: Id,
    },
    /// An author elsewhere lets a post of this town answer them, which waited for that; or they do not want it.
    ReplyAnswered {
        post: Id,
        agreed: bool,
    },
    /// A post of this town asks an author of another to be allowed to quote.
    QuoteAsked {
        post: Id,
    },
    /// Somebody elsewhere asked to quote a post of this town by the activity `request`; refused where there is no stamp.
    QuoteAnswered {
        quoted: Id,
        asker: Id,
        request: String,
        quoting: String,
        stamp: Option<Id>,
    },
    /// Somebody elsewhere asked by the activity `request` whether they may answer a post of this town, like it or pass it on, or
    /// did so unasked, and then `request` is `instrument`; refused where there is no stamp.
    InteractionAnswered {
        interaction: Interaction,
        post: Id,
        asker: Id,
        request: String,
        instrument: String,
        stamp: Option<Id>,
    },
    /// A post quotes another with its author's consent.
    Quoted {
        post: Id,
    },
    /// The author takes the consent back. `quoting`: the post that may no longer quote.
    QuoteRevoked {
        author: Id,
        quoter: Id,
        stamp: String,
        quoted: String,
        quoting: String,
    },
    /// The row is gone; what others need to know of it stands here.
    PostDeleted {
        uri: String,
        author: Id,
        audience: Audience,
        /// The group of this town it stood in.
        #[serde(default)]
        group: Option<Id>,
        /// Where it stood until then.
        #[serde(default)]
        stood: Stood,
    },
    /// A group of this town hands on what somebody elsewhere said `about` a post in it; `said`: as it came.
    HandedOn {
        group: Id,
        about: String,
        said: String,
    },
    /// `boost` is a post row of its own.
    Boosted {
        boost: Id,
    },
    Unboosted {
        uri: String,
        account: Id,
        of_uri: String,
        of_author: Id,
        /// 0 in entries of earlier versions.
        #[serde(default)]
        boost: Id,
    },
    Favourited {
        account: Id,
        post: Id,
        uri: String,
        /// The group of this town in which the post stands hands it on.
        #[serde(default)]
        echoes: bool,
    },
    Unfavourited {
        account: Id,
        post: Id,
        uri: String,
        #[serde(default)]
        echoes: bool,
    },
    FollowRequested {
        follower: Id,
        target: Id,
        uri: String,
        accepted: bool,
    },
    FollowWithdrawn {
        follower: Id,
        target: Id,
        uri: String,
    },
    FollowAccepted {
        follower: Id,
        target: Id,
        uri: String,
    },
    /// Also: a follower was removed.
    FollowRefused {
        follower: Id,
        target: Id,
        uri: String,
    },
    Blocked {
        account: Id,
        target: Id,
        uri: String,
    },
    Unblocked {
        account: Id,
        target: Id,
        uri: String,
    },
    ProfileChanged {
        account: Id,
    },
    /// Ended for good; the row is empty. `inboxes`: where its followers elsewhere took their post until then.
    AccountClosed {
        account: Id,
        uri: String,
        inboxes: Vec<String>,
    },
    SignedUp {
        account: Id,
        waits: bool,
    },
    /// Another town, known by its own actor, would be a neighbour of this one.
    NeighbourAsks {
        actor: Id,
    },
    Pinned {
        account: Id,
        post: Id,
    },
    Unpinned {
        account: Id,
        post: Id,
    },
    /// An account of this town has gone to `to`.
    AccountMoved {
        account: Id,
        to: Id,
    },
    /// `forwarded`: the accused's own server is to be told.
    Reported {
        report: Id,
        forwarded: bool,
    },
    /// A resident is told of something that is not held back.
    Notified {
        account: Id,
        notification: Id,
    },
    /// A resident is shown what was held back until now.
    NotificationsMerged {
        account: Id,
    },
    FiltersChanged {
        account: Id,
    },
    /// The town tells all its residents something.
    Announced {
        announcement: Id,
    },
    /// Residents answer an announcement with an emoji, or no longer.
    AnnouncementAnswered {
        announcement: Id,
        name: String,
    },
    AnnouncementRemoved {
        announcement: Id,
    },
    /// Files that nothing points to any more.
    FilesDropped {
        keys: Vec<String>,
    },
}

/// Where a post stood, for those who were shown it and are to be told that it is gone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Stood {
    /// 0 in entries of earlier versions.
    pub post: Id,
    /// Keys of its tags.
    pub tags: Vec<String>,
    pub named: Vec<Id>,
    /// Who passed it on, the newest of them.
    pub boosters: Vec<Id>,
}

pub(crate) async fn record(tx: &Tx, town: &Town, entry: &Entry) -> Outcome<()> {
    let text = serde_json::to_string(entry).map_err(|err| Error::Other(err.to_string()))?;
    journal::append(tx, town.ids.next(), text, town.now()).await?;
    Ok(())
}

/// One who reads the journal, with a place of its own to go on from after a crash.
#[derive(Clone, Copy, Debug)]
pub struct Reader {
    name: &'static str,
}

/// What a reader got, and the step that reading it makes.
#[derive(Clone, Debug)]
pub struct Batch {
    pub entries: Vec<Entry>,
    from: Position,
    to: Position,
}

impl Batch {
    /// The id of its last entry.
    pub fn last(&self) -> i64 {
        self.to.id
    }
}

impl Reader {
    pub const fn new(name: &'static str) -> Self {
        Self { name }
    }

    /// The next entries, oldest first; none where everything is read.
    pub async fn next(&self, town: &Town, limit: u64) -> Outcome<Option<Batch>> {
        let from = journal::position(town.store.read(), self.name).await?;
        let written = journal::after(town.store.read(), from, limit).await?;
        let Some(to) = written.last().map(journal::Written::position) else {
            return Ok(None);
        };
        let entries = written
            .into_iter()
            .filter_map(|row| understood(&row))
            .collect();
        Ok(Some(Batch { entries, from, to }))
    }

    /// Moves on, in the transaction that holds what came of the entries. `false`: another process did it meanwhile, and
    /// the transaction must be given up.
    pub async fn done(&self, tx: &Tx, batch: &Batch) -> Outcome<bool> {
        Ok(journal::advance(tx, self.name, batch.from, batch.to).await?)
    }
}

/// The next entries after a place, oldest first, each with its own place: for who keeps none in the database and begins at
/// [`end`].
pub(crate) async fn after(
    town: &Town,
    place: Position,
    limit: u64,
) -> Outcome<Vec<(Position, Option<Entry>)>> {
    let written = journal::after(town.store.read(), place, limit).await?;
    let entries = written.iter().map(|row| (row.position(), understood(row)));
    Ok(entries.collect())
}

/// Behind everything that can be read now.
pub(crate) async fn end(town: &Town) -> Outcome<Position> {
    Ok(journal::end(town.store.read()).await?)
}

/// An entry of another version of the program is skipped, and said so.
fn understood(row: &journal::Written) -> Option<Entry> {
    serde_json::from_str(&row.entry)
        .inspect_err(
            |err| tracing::error!(%err, id = row.id, "an entry of the journal is not understood"),
        )
        .ok()
}

/// How long entries gather between two readings: short beside what a person notices.
const GATHER: std::time::Duration = std::time::Duration::from_millis(20);

/// Calls `read` whenever the journal may have grown, until `stop` is done.
pub async fn follow<F, R>(town: &Town, stop: impl Future<Output = ()>, mut read: F)
where
    F: FnMut() -> R,
    R: Future<Output = ()>,
{
    tokio::pin!(stop);
    loop {
        let woken = town.wake().notified();
        tokio::pin!(woken);
        woken.as_mut().enable();
        read().await;
        // Where much happens, what comes within a moment is read together.
        tokio::time::sleep(GATHER).await;
        // Another process on the same database cannot wake us: look again now and then.
        let pause = tokio::time::sleep(std::time::Duration::from_secs(1));
        tokio::select! {
            () = &mut stop => return,
            () = woken => {}
            () = pause => {}
        }
    }
}
