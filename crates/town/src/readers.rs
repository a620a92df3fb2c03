//! The readers of the journal that need no face: notifications, and keeping house. Run by the program's worker loops.

use std::{future::Future, sync::Arc};

use parvis_model::{
    clock::{DAY, HOUR, MINUTE, Timestamp},
    id,
};
use parvis_store::{Tx, logins, media, preview_cards, seen};

use crate::{
    Error, Failure, Outcome, Town, announcements, apps, departures, imports,
    journal::{self, Batch, Entry, Reader},
    media::drop_files,
    notifications,
    previews::FRESH,
    remote_pictures,
    sessions::IDLE,
};

pub const NOTIFICATIONS: Reader = Reader::new("notifications");
pub const FILES: Reader = Reader::new("files");

/// Names of all readers; entries that each of them has read may go.
pub const ALL: [&str; 3] = ["notifications", "files", "federation"];

const BATCH: u64 = 200;
/// Pictures uploaded and not used for so long are removed.
const ABANDONED: Timestamp = DAY;
/// Entries stay so long for the streams, which keep no place of their own in the journal.
const FOR_STREAMS: Timestamp = 5 * MINUTE;
/// Entries dropped in one write …
const PORTION: u64 = 5_000;
/// … and portions in one hour: two million entries, so that the journal of the busiest town does not grow without end.
const PORTIONS: usize = 400;
/// Between two portions, for others who want to write.
const BREATH: std::time::Duration = std::time::Duration::from_millis(100);
/// Ids of arrived activities are kept so long (federation.md: 30 days).
const SEEN: Timestamp = 30 * DAY;

/// Makes notifications and removes files until `stop` is done.
pub async fn run(town: Arc<Town>, stop: impl Future<Output = ()>) {
    journal::follow(&town, stop, || async {
        read_all(&town, "notifications", || notify_next(&town)).await;
        read_all(&town, "files", || drop_files_next(&town)).await;
    })
    .await;
}

/// Reads until nothing is left. What fails is said and tried again at the next waking.
async fn read_all<R: Future<Output = Outcome<usize>>>(
    town: &Town,
    reader: &str,
    next: impl Fn() -> R,
) {
    loop {
        match next().await {
            Ok(0) => return,
            Ok(_) => {}
            Err(err) => {
                tracing::error!(%err, town = town.host, reader, "a reader of the journal stopped for now");
                return;
            }
        }
    }
}

/// Makes the notifications of one batch of entries; gives how many entries it held.
pub async fn notify_next(town: &Arc<Town>) -> Outcome<usize> {
    let Some(batch) = NOTIFICATIONS.next(town, BATCH).await? else {
        return Ok(0);
    };
    let count = batch.entries.len().max(1);
    let reading = Arc::clone(town);
    town.store
        .write(move |tx| {
            Box::pin(async move {
                notifications::read_entries(tx, &reading, &batch.entries).await?;
                moved_on(NOTIFICATIONS, tx, &batch).await
            })
        })
        .await?;
    Ok(count)
}

/// Removes the files that one batch of entries dropped. Removing twice is harmless, so a crash in between is too.
pub async fn drop_files_next(town: &Arc<Town>) -> Outcome<usize> {
    let Some(batch) = FILES.next(town, BATCH).await? else {
        return Ok(0);
    };
    for entry in &batch.entries {
        if let Entry::FilesDropped { keys } = entry {
            for key in keys {
                drop_file(town, key).await;
            }
        }
    }
    let count = batch.entries.len().max(1);
    town.store
        .write(move |tx| Box::pin(async move { moved_on(FILES, tx, &batch).await }))
        .await?;
    Ok(count)
}

/// One that cannot be removed stays, as the log says, and does not keep the others.
async fn drop_file(town: &Town, key: &str) {
    let dropped = match remote_pictures::drop_file(town, key).await {
        Ok(false) => town
            .media
            .remove(key)
            .await
            .map_err(|err| Error::Files(err).into()),
        other => other,
    };
    if let Err(err) = dropped {
        tracing::error!(%err, town = town.host, key, "a file that nobody needs can't be removed");
    }
}

async fn moved_on(reader: Reader, tx: &Tx, batch: &Batch) -> Outcome<()> {
    if reader.done(tx, batch).await? {
        Ok(())
    } else {
        Err(Failure::Broken(Error::Other(
            "another process read the journal meanwhile".into(),
        )))
    }
}

/// Removes what nobody needs any more: read entries, old ids, ended sessions, unused pictures.
pub async fn keep_house(town: &Arc<Town>) -> Outcome<()> {
    let now = town.now();
    let abandoned = id::first_of(now - ABANDONED);
    town.media.forget_before(abandoned).map_err(Error::Files)?;
    departures::carry_out(town).await?;
    prune(town).await?;
    let keeper = Arc::clone(town);
    town.store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move {
                seen::forget_before(tx, now - SEEN).await?;
                logins::forget_sessions(tx, now - IDLE).await?;
                apps::forget(tx, now).await?;
                announcements::forget(tx, now).await?;
                parvis_store::imports::forget(tx, now - imports::KEPT).await?;
                let cards = preview_cards::take_unused(tx, now - FRESH, 1_000).await?;
                remote_pictures::forget_cards(tx, &keeper, &cards).await?;
                let rows = media::abandoned(tx, now - ABANDONED).await?;
                media::delete(tx, &rows.iter().map(|row| row.id).collect::<Vec<_>>()).await?;
                drop_files(tx, &keeper, &rows).await
            })
        })
        .await
}

/// Drops what every reader has read and no stream needs, portion by portion, so that nobody who writes waits for all of it.
/// Gives how many entries went.
pub async fn prune(town: &Town) -> Outcome<u64> {
    let before = town.now() - FOR_STREAMS;
    let mut all = 0;
    for _ in 0..PORTIONS {
        let portion = town.store.write::<_, Failure, _>(move |tx| {
            Box::pin(
                async move { Ok(parvis_store::journal::prune(tx, &ALL, before, PORTION).await?) },
            )
        });
        let gone = portion.await?;
        all += gone;
        if gone < PORTION {
            break;
        }
        tokio::time::sleep(BREATH).await;
    }
    Ok(all)
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
