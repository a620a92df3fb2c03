//! What follows from the journal for other servers: entries become activities, and one delivery for each receiving inbox,
//! laid down in the transaction that moves the reader on.

mod audience;
mod translate;

use std::sync::Arc;

use parvis_model::id::Id;
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

use crate::{Federation, uri, wire::emit};

const READER: Reader = Reader::new("federation");
/// Journal entries read at once.
const ENTRIES: u64 = 200;

/// An activity and where it goes.
#[derive(Debug)]
pub(crate) struct Outgoing {
    pub(crate) id: Id,
    pub(crate) uri: String,
    pub(crate) actor: Id,
    pub(crate) kind: &'static str,
    /// By this a later deletion finds who got it.
    pub(crate) object: String,
    pub(crate) json: String,
    pub(crate) inboxes: Vec<String>,
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
    while !stop.is_cancelled()
        && let Some(batch) = READER.next(&federation.town, ENTRIES).await?
    {
        let outgoing = translate::all(&federation.town, &batch.entries).await?;
        let stirs = outgoing.iter().any(|activity| !activity.inboxes.is_empty());
        match lay_down(federation, batch, outgoing).await {
            Ok(()) if stirs => federation.stirred.notify_waiters(),
            // Another process of this town was quicker: what it read is done.
            Ok(()) | Err(Lost::Overtaken) => {}
            Err(Lost::Failed(failure)) => return Err(failure),
        }
    }
    Ok(())
}

/// Why nothing was laid down.
enum Lost {
    Overtaken,
    Failed(Failure),
}

impl From<Failure> for Lost {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
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
    let town = federation.town.clone();
    let laid_down = federation.town.store.write(move |tx| {
        Box::pin(async move {
            // First: two who read the same would lay down the same.
            if !READER.done(tx, &batch).await? {
                return Err(Lost::Overtaken);
            }
            for activity in outgoing {
                insert(tx, &town, activity).await?;
            }
            Ok(())
        })
    });
    laid_down.await
}

async fn insert(tx: &Tx, town: &Town, outgoing: Outgoing) -> Outcome<()> {
    let now = town.now();
    let row = activity::Model {
        id: outgoing.id,
        uri: outgoing.uri,
        actor_id: outgoing.actor,
        kind: outgoing.kind.into(),
        object_uri: outgoing.object,
        json: outgoing.json,
        created_at: now,
    };
    deliveries::insert_activity(tx, row).await?;
    let rows = outgoing.inboxes.into_iter().filter_map(|inbox| {
        Some(delivery::Model {
            id: town.ids.next(),
            activity_id: outgoing.id,
            host: host_of(&inbox)?,
            inbox,
            state: deliveries::PENDING.into(),
            status: None,
            attempts: 0,
            created_at: now,
            settled_at: None,
        })
    });
    Ok(deliveries::insert(tx, rows.collect()).await?)
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
        })
    }

    pub(crate) fn to(mut self, inboxes: Vec<String>) -> Self {
        self.inboxes = inboxes;
        self
    }
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
