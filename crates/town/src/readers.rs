//! The readers of the journal that need no face: notifications, and keeping house. Run by the program's worker loops.

use std::{future::Future, sync::Arc};

use parvis_model::clock::{DAY, HOUR, Timestamp};
use parvis_store::{Tx, media, seen};

use crate::{
    Error, Failure, Outcome, Town,
    journal::{self, Batch, Reader},
    notifications,
};

pub const NOTIFICATIONS: Reader = Reader::new("notifications");

/// Names of all readers; entries that each of them has read may go.
pub const ALL: [&str; 2] = ["notifications", "federation"];

const BATCH: u64 = 200;
/// Pictures uploaded and not used for so long are removed.
const ABANDONED: Timestamp = DAY;
/// Ids of arrived activities are kept so long (federation.md: 30 days).
const SEEN: Timestamp = 30 * DAY;

/// Makes notifications until `stop` is done.
pub async fn notify(town: Arc<Town>, stop: impl Future<Output = ()>) {
    journal::follow(&town, stop, || async {
        while let Some(count) = told(&town, notify_next(&town).await) {
            if count == 0 {
                return;
            }
        }
    })
    .await;
}

fn told(town: &Town, outcome: Outcome<usize>) -> Option<usize> {
    outcome
        .inspect_err(|err| tracing::error!(%err, town = town.host, "notifications stopped for now"))
        .ok()
}

/// Reads one batch; gives how many entries it held.
pub async fn notify_next(town: &Arc<Town>) -> Outcome<usize> {
    let Some(batch) = NOTIFICATIONS.next(town, BATCH).await? else { return Ok(0) };
    let count = batch.entries.len().max(1);
    let reading = Arc::clone(town);
    town.store
        .write(move |tx| Box::pin(async move { notify_batch(tx, &reading, &batch).await }))
        .await?;
    Ok(count)
}

async fn notify_batch(tx: &Tx, town: &Town, batch: &Batch) -> Outcome<()> {
    for entry in &batch.entries {
        notifications::read_entry(tx, town, entry).await?;
    }
    if NOTIFICATIONS.done(tx, batch).await? {
        Ok(())
    } else {
        Err(Failure::Broken(Error::Other("another process read the journal meanwhile".into())))
    }
}

/// Removes what nobody needs any more: read entries, old ids, unused pictures.
pub async fn keep_house(town: &Arc<Town>) -> Outcome<()> {
    let now = town.now();
    let keeper = Arc::clone(town);
    let abandoned = town
        .store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move {
                parvis_store::journal::prune(tx, &ALL, 10_000).await?;
                seen::forget_before(tx, keeper.now() - SEEN).await?;
                let rows = media::abandoned(tx, now - ABANDONED).await?;
                media::delete(tx, &rows.iter().map(|row| row.id).collect::<Vec<_>>()).await?;
                Ok(rows)
            })
        })
        .await?;
    for row in abandoned {
        crate::media::remove_files(town, &row).await;
    }
    Ok(())
}

/// Keeps house now and every hour, until `stop` is done.
pub async fn keep_house_hourly(town: Arc<Town>, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    loop {
        if let Err(err) = keep_house(&town).await {
            tracing::warn!(%err, town = town.host, "keeping house failed; next try in an hour");
        }
        let pause = tokio::time::sleep(std::time::Duration::from_millis(HOUR as u64));
        tokio::select! {
            () = &mut stop => return,
            () = pause => {}
        }
    }
}
