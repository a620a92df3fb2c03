//! Files that no row knows: a write broke off after its file was kept, or a row went while its file could not. They are looked
//! for piece by piece, some hours' work a day, and go the way of all files that nobody needs. Where they are many, it is rather
//! the rows that are missing: a database that is new, or older than the files beside it. Then none goes.

use std::{collections::HashSet, sync::Arc};

use parvis_model::clock::{DAY, HOUR, Timestamp};
use parvis_store::{ConnectionTrait, media, town as town_row};

use crate::{
    Error, Failure, Outcome, Town,
    journal::{self, Entry},
    look::Look,
};

/// Whoever keeps a file has a row name it soon after: younger ones are left alone.
const YOUNG: Timestamp = DAY;
/// A town that is founded anew beside its files, before its rows come back from a copy, looks as young.
const NEW: Timestamp = 3 * DAY;
/// The most that writes that broke off leave in an hour's pieces …
const HANDFUL: usize = 20;
/// … or else this part of all.
const PART: usize = 10;
/// Of the 256 pieces by which names begin, those looked at in one hour: each has its turn once a day.
const PIECES: i64 = 11;
/// Asked for at once, and named in one entry.
const PORTION: usize = 500;

/// What is due this hour.
pub async fn sweep_due(town: &Arc<Town>) -> Outcome<()> {
    let row = town_row::get(town.store.read()).await?;
    if row.is_none_or(|row| town.now() - row.created_at < NEW) {
        return Ok(());
    }
    let first = town.now() / HOUR * PIECES;
    let (mut orphans, mut all) = (Vec::new(), 0);
    for piece in first..first + PIECES {
        let shard = u8::try_from(piece.rem_euclid(256)).unwrap_or(u8::MAX);
        all += look_through(town, shard, &mut orphans).await?;
    }
    if orphans.len() > HANDFUL && orphans.len() > all / PART {
        tracing::error!(
            town = town.host,
            files = orphans.len(),
            of = all,
            "so many files that no row knows are left where they are: is this the database that belongs to them?"
        );
        return Ok(());
    }
    for files in orphans.chunks(PORTION) {
        drop_orphans(town, files.to_vec()).await?;
    }
    Ok(())
}

/// Adds those whose names begin with these two hexadecimal digits; gives among how many old files they were.
async fn look_through(town: &Arc<Town>, shard: u8, orphans: &mut Vec<String>) -> Outcome<usize> {
    let before = town.now() - YOUNG;
    let unfinished = town.media.drop_unfinished(shard, before);
    unfinished.await.map_err(Error::Files)?;
    // Listed before the rows are asked for: what is kept meanwhile is not among them.
    let listed = town.media.list(shard).await.map_err(Error::Files)?;
    let old: Vec<String> = listed
        .into_iter()
        .filter(|file| file.since < before)
        .map(|file| file.key.to_string())
        .collect();
    for files in old.chunks(PORTION) {
        let known = known(town.store.read(), files).await?;
        orphans.extend(files.iter().filter(|file| !known.contains(*file)).cloned());
    }
    Ok(old.len())
}

/// Those that something of this town names.
async fn known(db: &impl ConnectionTrait, files: &[String]) -> Outcome<HashSet<String>> {
    let mut known = media::known(db, files).await?;
    if let Some(row) = town_row::get(db).await? {
        known.extend(Look::parse(&row.look).files());
    }
    Ok(known)
}

async fn drop_orphans(town: &Arc<Town>, files: Vec<String>) -> Outcome<()> {
    let writing = Arc::clone(town);
    town.store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move {
                // Another process may have been ahead with what it reads.
                let known = known(tx, &files).await?;
                let keys: Vec<String> = files
                    .into_iter()
                    .filter(|file| !known.contains(file))
                    .collect();
                tracing::info!(
                    town = writing.host,
                    files = keys.len(),
                    "files that no row knows go"
                );
                journal::record(tx, &writing, &Entry::FilesDropped { keys }).await
            })
        })
        .await
}
