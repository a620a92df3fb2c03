//! What follows from the journal for other servers: entries become activities, and one delivery for each receiving inbox,
//! laid down in the transaction that moves the reader on.

mod audience;
mod consents;
mod gestures;
mod groups;
mod messages;
mod proven;
mod translate;

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use parvis_model::{audience::Audience, clock::Timestamp, id::Id};
use parvis_store::{
    DbErr, Tx, deliveries,
    entity::{activity, delivery},
};
use parvis_town::{
    Error, Failure, Outcome, Town,
    journal::{self, Batch, Reader},
};
use serde::Serialize;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::{
    Federation,
    queue::{self, Laid, Standing},
    uri,
    wire::emit,
};

const READER: Reader = Reader::new("federation");
/// Journal entries read at once, at most …
const ENTRIES: u64 = 200;
/// … and to begin with, until it is known for how many servers they are.
const FIRST_ENTRIES: u64 = 8;
/// Deliveries laid down in one write where they come from several entries: others wait for it, and it must end in time.
const DELIVERIES: usize = 5_000;

/// An activity and where it goes.
#[derive(Clone, Debug)]
pub(crate) struct Outgoing {
    pub(crate) id: Id,
    pub(crate) uri: String,
    pub(crate) actor: Id,
    pub(crate) kind: &'static str,
    /// By this a later deletion finds who got it.
    pub(crate) object: String,
    pub(crate) json: String,
    pub(crate) inboxes: Vec<String>,
    /// What was written is not to go out any more.
    pub(crate) ends: bool,
    /// Nobody asks about it once it is delivered: it is no part of the ledger of a post.
    pub(crate) passing: bool,
    /// For the people it names alone.
    pub(crate) direct: bool,
}

/// Reads until `stop`.
pub(crate) async fn run(federation: &Arc<Federation>, stop: &CancellationToken) {
    let town = &federation.town;
    journal::follow(town, stop.cancelled(), || async {
        if let Err(err) = read_all(federation, stop).await {
            tracing::error!(%err, "the journal cannot be sent on; trying again");
        }
    })
    .await;
}

async fn read_all(federation: &Federation, stop: &CancellationToken) -> Outcome<()> {
    let mut limit = FIRST_ENTRIES;
    while !stop.is_cancelled()
        && let Some(batch) = READER.next(&federation.town, limit).await?
    {
        let outgoing = translate::all(&federation.town, &batch.entries).await?;
        let entries = batch.entries.len() as u64;
        let deliveries: usize = outgoing.iter().map(|one| one.inboxes.len()).sum();
        if deliveries > DELIVERIES && entries > 1 {
            limit = entries / 2;
            continue;
        }
        if deliveries <= DELIVERIES / 2 {
            limit = (limit * 2).min(ENTRIES);
        }
        let mut outgoing = messages::split(federation, outgoing).await?;
        proven::all(federation, &mut outgoing).await?;
        let stirs = deliveries > 0;
        let entry = batch.last();
        let ends = outgoing.iter().any(|activity| activity.ends);
        let laid_down = lay_down(federation, batch, outgoing).await;
        if ends {
            // The words that were taken back may still be at hand.
            federation.said.clear();
        }
        match laid_down {
            Ok(()) if stirs => federation.stirred.notify_waiters(),
            // Another process of this town was quicker: what it read is done.
            Ok(()) | Err(Lost::Overtaken) => {}
            Err(Lost::Failed(failure)) => {
                if entries == 1 {
                    // It cannot be cut any smaller, and all that comes after it waits.
                    tracing::error!(entry, deliveries, "one entry cannot be laid down");
                }
                return Err(failure);
            }
        }
    }
    Ok(())
}

/// Why nothing was laid down.
#[derive(Debug, thiserror::Error)]
enum Lost {
    #[error("another process was quicker")]
    Overtaken,
    #[error(transparent)]
    Failed(#[from] Failure),
}

impl From<DbErr> for Lost {
    fn from(err: DbErr) -> Self {
        Self::Failed(err.into())
    }
}

async fn lay_down(
    federation: &Federation,
    batch: Batch,
    outgoing: Vec<Outgoing>,
) -> Result<(), Lost> {
    let now = federation.town.now();
    let laid_down = federation.town.store.write(move |tx| {
        Box::pin(async move {
            // First: two who read the same would lay down the same.
            if !READER.done(tx, &batch).await? {
                return Err(Lost::Overtaken);
            }
            Ok(insert_all(tx, now, outgoing).await?)
        })
    });
    laid_down.await
}

async fn insert_all(tx: &Tx, now: Timestamp, outgoing: Vec<Outgoing>) -> Outcome<()> {
    // Above all there are, whatever the clock did: in this order they are sent.
    let mut number = deliveries::next_number(tx).await?;
    let hosts = outgoing.iter().flat_map(|one| &one.inboxes);
    let hosts: BTreeSet<String> = hosts.filter_map(|inbox| host_of(inbox)).collect();
    let hosts: Vec<String> = hosts.into_iter().collect();
    let standing = standing(tx, &hosts, now).await?;
    let mut waiting = BTreeSet::new();
    for one in outgoing {
        if one.ends {
            deliveries::hush(tx, &one.object).await?;
        }
        let rows = rows(&one, now, &standing, &mut number);
        let pending = rows.iter().filter(|row| row.state == deliveries::PENDING);
        waiting.extend(pending.map(|row| row.host.clone()));
        deliveries::insert_activity(tx, row(one, now)).await?;
        deliveries::insert(tx, rows).await?;
    }
    if !waiting.is_empty() {
        let waiting: Vec<String> = waiting.into_iter().collect();
        deliveries::line_up(tx, &waiting, now).await?;
    }
    Ok(())
}

/// Of those of `hosts` that have not answered for long.
async fn standing(tx: &Tx, hosts: &[String], now: Timestamp) -> Outcome<HashMap<String, Standing>> {
    if hosts.is_empty() {
        return Ok(HashMap::new());
    }
    let failing = deliveries::failing_among(tx, hosts, queue::doubtful_before(now)).await?;
    let standing = |(host, since)| (host, queue::standing(Some(since), now));
    Ok(failing.into_iter().map(standing).collect())
}

fn row(outgoing: Outgoing, now: Timestamp) -> activity::Model {
    activity::Model {
        id: outgoing.id,
        uri: outgoing.uri,
        actor_id: outgoing.actor,
        kind: outgoing.kind.into(),
        object_uri: outgoing.object,
        json: outgoing.json,
        created_at: now,
        passing: outgoing.passing,
    }
}

/// One delivery for each inbox that is to hear of it.
fn rows(
    outgoing: &Outgoing,
    now: Timestamp,
    standing: &HashMap<String, Standing>,
    number: &mut i64,
) -> Vec<delivery::Model> {
    let addressed = outgoing.inboxes.iter().filter_map(|inbox| {
        let host = host_of(inbox)?;
        let stands = standing.get(&host).copied().unwrap_or(Standing::Reachable);
        Some((inbox, host, queue::laid_down(stands, outgoing.kind)?))
    });
    let rows = addressed.map(|(inbox, host, fate)| {
        let id = *number;
        *number += 1;
        let waits = fate == Laid::Waiting;
        delivery::Model {
            id,
            activity_id: outgoing.id,
            inbox: inbox.clone(),
            host,
            state: if waits {
                deliveries::PENDING
            } else {
                deliveries::GIVEN_UP
            }
            .into(),
            status: None,
            attempts: 0,
            created_at: now,
            settled_at: (!waits).then_some(now),
        }
    });
    rows.collect()
}

/// Host and port of an inbox: what is one server to us.
pub(crate) fn host_of(inbox: &str) -> Option<String> {
    let url = Url::parse(inbox).ok()?;
    let host = url.host_str()?;
    Some(
        url.port()
            .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")),
    )
}

impl Outgoing {
    /// With a fresh id, given to `body` to put into the document.
    pub(crate) fn new<B: Serialize>(
        town: &Town,
        actor: Id,
        kind: &'static str,
        object: &str,
        body: impl FnOnce(String) -> B,
    ) -> Outcome<Self> {
        let id = town.ids.next();
        let uri = uri::activity(&town.origin, id);
        Self::known(id, uri, actor, kind, object, body)
    }

    /// With the id it already has.
    pub(crate) fn known<B: Serialize>(
        id: Id,
        uri: String,
        actor: Id,
        kind: &'static str,
        object: &str,
        body: impl FnOnce(String) -> B,
    ) -> Outcome<Self> {
        let json =
            emit::document(&body(uri.clone())).map_err(|err| Error::Other(err.to_string()))?;
        Ok(Self {
            id,
            uri,
            actor,
            kind,
            object: object.to_owned(),
            json,
            inboxes: Vec::new(),
            ends: kind == "Delete",
            passing: is_passing(kind),
            direct: false,
        })
    }

    /// About a post for these.
    pub(crate) fn for_readers(mut self, audience: Audience) -> Self {
        self.direct = audience == Audience::Direct;
        self
    }

    /// About an account and no post of it, or for one server to count.
    pub(crate) fn in_passing(mut self) -> Self {
        self.passing = true;
        self
    }

    pub(crate) fn to(mut self, inboxes: Vec<String>) -> Self {
        self.inboxes = inboxes;
        self
    }
}

fn is_passing(kind: &str) -> bool {
    matches!(
        kind,
        "Accept" | "Block" | "Dislike" | "Flag" | "Like" | "Move" | "Reject" | "Undo"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_its_host_and_port() {
        assert_eq!(
            host_of("http://rive.localhost:8000/ap/inbox").as_deref(),
            Some("rive.localhost:8000")
        );
        assert_eq!(
            host_of("https://Rive.example:443/ap/inbox").as_deref(),
            Some("rive.example")
        );
        assert_eq!(host_of("nowhere"), None);
    }
}
