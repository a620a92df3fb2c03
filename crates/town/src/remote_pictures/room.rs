//! How pictures of others go: with what they belong to, or since there is no more room.

use std::sync::{Arc, atomic::Ordering};

use parvis_model::id::Id;
use parvis_store::{Tx, entity, remote_pictures};

use super::{Name, Place};
use crate::{
    Error, Failure, Outcome, Town,
    journal::{self, Entry},
};

/// Rows looked at at once when there is no more room.
const OLDEST: u64 = 100;
/// How files of ours are told from these in the journal.
const PREFIX: &str = "remote/";

/// Removes those used longest ago until there is a little room again. What lies there is counted after every twentieth part
/// of the room, since counting looks at every row. `more`: bytes that came.
pub(super) async fn make_room(town: &Arc<Town>, place: &Place, more: usize) -> Outcome<()> {
    let before = place.uncounted.fetch_add(more as u64, Ordering::Relaxed);
    if before + (more as u64) < place.quota / 20 {
        return Ok(());
    }
    place.uncounted.store(0, Ordering::Relaxed);
    let total = remote_pictures::total(town.store.read()).await? as u64;
    if total <= place.quota {
        return Ok(());
    }
    let mut over = total.saturating_sub(place.quota - place.quota / 20);
    while over > 0 {
        let rows = remote_pictures::oldest(town.store.read(), OLDEST).await?;
        if rows.is_empty() {
            return Ok(());
        }
        let mut going = Vec::new();
        for row in rows {
            if over == 0 {
                break;
            }
            over = over.saturating_sub(row.bytes as u64);
            going.push(row);
        }
        let host = Arc::clone(town);
        let forgotten = town.store.write::<_, Failure, _>(move |tx| {
            Box::pin(async move {
                let mut gone = Vec::new();
                for row in going {
                    if remote_pictures::forget(tx, &row).await? {
                        gone.push(row);
                    }
                }
                drop_all(tx, &host, &gone).await
            })
        });
        forgotten.await?;
    }
    Ok(())
}

/// Their files go once the write is on disk.
async fn drop_all(tx: &Tx, town: &Town, rows: &[remote_pictures::Kept]) -> Outcome<()> {
    let keys: Vec<String> = rows.iter().map(key).collect();
    if keys.is_empty() {
        return Ok(());
    }
    journal::record(tx, town, &Entry::FilesDropped { keys }).await
}

/// How a kept picture is called in the journal.
fn key(row: &remote_pictures::Kept) -> String {
    format!("{PREFIX}{}/{}/{}", row.kind, row.of_id, row.name)
}

/// Pictures whose rows went are forgotten, and their files once the write is on disk.
pub(crate) async fn forget_media(
    tx: &Tx,
    town: &Town,
    rows: &[entity::media::Model],
) -> Outcome<()> {
    let elsewhere = rows.iter().filter(|row| row.remote_url.is_some());
    let ids: Vec<Id> = elsewhere.map(|row| row.id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    forget(tx, town, &ids, None).await
}

/// The same of all that an account elsewhere shows.
pub(crate) async fn forget_account(tx: &Tx, town: &Town, account: Id) -> Outcome<()> {
    forget(tx, town, &[], Some(account)).await
}

async fn forget(tx: &Tx, town: &Town, media: &[Id], account: Option<Id>) -> Outcome<()> {
    let rows = remote_pictures::take(tx, media, account).await?;
    drop_all(tx, town, &rows).await
}

/// Those of an account that shows others now.
pub(crate) async fn forget_portraits(tx: &Tx, town: &Town, account: Id) -> Outcome<()> {
    let rows = remote_pictures::take_of(tx, &["avatar", "header"], &[account]).await?;
    drop_all(tx, town, &rows).await
}

/// Those of cards that went.
pub(crate) async fn forget_cards(tx: &Tx, town: &Town, cards: &[Id]) -> Outcome<()> {
    let rows = remote_pictures::take_of(tx, &["card"], cards).await?;
    drop_all(tx, town, &rows).await
}

/// `false`: the file is none of these.
pub(crate) async fn drop_file(town: &Town, key: &str) -> Outcome<bool> {
    let Some(name) = key.strip_prefix(PREFIX) else {
        return Ok(false);
    };
    if let (Some(name), Some(place)) = (Name::read(name), town.remote_pictures().place.get()) {
        let removed = place.cache.remove(name.slot()).await;
        removed.map_err(Error::Files)?;
    }
    Ok(true)
}
