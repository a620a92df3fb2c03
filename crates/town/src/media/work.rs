//! Uploads that take longer are prepared in the background: what waits stands in the database and lies on the disk, so that
//! a crash loses none.

use std::{future::Future, sync::Arc, time::Duration};

use parvis_media::{Fault, KeptUpload};
use parvis_model::{
    clock::{HOUR, MINUTE, SECOND, Timestamp},
    id::{self, Id},
};
use parvis_store::media::{self, work};
use tokio::task::JoinSet;

use super::{finished, unfit};
use crate::{Error, Failure, Outcome, Town};

/// Prepared at the same time; how many of them are worked on is the folder's affair.
const AT_ONCE: usize = 8;
/// Looked at in one question.
const PAGE: i64 = 64;
/// Whose file is nowhere by then will not be found any more, by no process.
const LOST: Timestamp = HOUR;
/// Whoever has neither finished nor renewed it by then has been killed.
const CLAIM: Timestamp = 5 * MINUTE;
/// A file on its way to a bucket, and the wait for its turn, may take longer.
const RENEWED: Duration = Duration::from_mins(2);
/// Until what could not be kept is tried again: no space, or the storage does not answer. The longer it waits already, the
/// longer …
const AGAIN: Timestamp = 10 * SECOND;
/// … up to this.
const AGAIN_AT_LAST: Timestamp = 10 * MINUTE;
/// What brought its worker down so often is left.
const TRIES: i64 = 3;
/// Also without being woken, for what another process left.
const PAUSE: Duration = Duration::from_secs(10);

/// Prepares what waits until `stop` is done.
pub async fn watch(town: Arc<Town>, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    loop {
        if let Err(err) = prepare_waiting(&town).await {
            tracing::error!(%err, town = town.host, "uploads are not prepared for now");
        }
        tokio::select! {
            () = &mut stop => return,
            () = town.media.left() => {}
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

/// Prepares whatever waits in this process's folder.
pub async fn prepare_waiting(town: &Arc<Town>) -> Outcome<()> {
    let now = town.now();
    town.store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move { Ok(work::give_up(tx, now, TRIES).await?) })
        })
        .await?;
    let mut under_way = JoinSet::new();
    loop {
        while under_way.len() < AT_ONCE {
            let Some(claim) = taken(town).await? else {
                break;
            };
            let town = Arc::clone(town);
            under_way.spawn(async move { prepare(&town, claim).await });
        }
        match under_way.join_next().await {
            Some(ended) => {
                ended.map_err(|err| Error::Other(format!("preparing broke off: {err}")))??;
            }
            None => return Ok(()),
        }
    }
}

/// An upload that nobody else works on until then.
#[derive(Clone, Copy)]
struct Claim {
    id: Id,
    until: Timestamp,
}

/// Takes the oldest whose file lies here. Of the others the file is elsewhere, or lost.
async fn taken(town: &Town) -> Outcome<Option<Claim>> {
    let now = town.now();
    let mut after = 0;
    loop {
        let due = work::due(town.store.read(), now, after, PAGE).await?;
        let Some(last) = due.last() else {
            return Ok(None);
        };
        after = *last;
        for id in due {
            if !town.media.waits(id) {
                if id < id::first_of(now - LOST) {
                    tracing::warn!(town = town.host, id, "the file of an upload is gone");
                    refuse(town, id).await?;
                }
            } else if let Some(claim) = claim(town, id).await? {
                return Ok(Some(claim));
            }
        }
    }
}

async fn claim(town: &Town, id: Id) -> Outcome<Option<Claim>> {
    let now = town.now();
    let until = now + CLAIM;
    let taken = town
        .store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move { Ok(work::claim(tx, id, now, until).await?) })
        })
        .await?;
    Ok(taken.then_some(Claim { id, until }))
}

/// Renews it now and then while `working`. Where another has taken it meanwhile the work is done all the same: whoever
/// comes second takes its files away.
async fn holding<R>(town: &Town, claim: &mut Claim, working: impl Future<Output = R>) -> R {
    tokio::pin!(working);
    loop {
        tokio::select! {
            done = &mut working => return done,
            () = tokio::time::sleep(RENEWED) => {}
        }
        let (Claim { id, until }, later) = (*claim, town.now() + CLAIM);
        let renewed = town.store.write::<_, Failure, _>(move |tx| {
            Box::pin(async move { Ok(work::renew(tx, id, until, later).await?) })
        });
        match renewed.await {
            Ok(true) => claim.until = later,
            Ok(false) => return working.await,
            Err(err) => {
                tracing::warn!(%err, town = town.host, id, "a claim on an upload is not renewed for now");
            }
        }
    }
}

async fn prepare(town: &Town, mut claim: Claim) -> Outcome<()> {
    let id = claim.id;
    match holding(town, &mut claim, town.media.keep_waiting(id)).await {
        Ok(Some(kept)) => finish(town, id, kept).await?,
        Ok(None) => return Ok(()),
        Err(Fault::Storage(err)) => {
            tracing::error!(%err, town = town.host, id, "an upload cannot be kept for now");
            return put_back(town, claim).await;
        }
        Err(fault) => {
            tracing::info!(%fault, town = town.host, id, "an upload could not be prepared");
            refuse(town, id).await?;
        }
    }
    town.media.discard(id);
    Ok(())
}

/// It was taken in, so it is not lost for what is no fault of its own.
async fn put_back(town: &Town, claim: Claim) -> Outcome<()> {
    let now = town.now();
    let waited = now - id::time_of(claim.id);
    let later = now + (waited / 2).clamp(AGAIN, AGAIN_AT_LAST);
    town.store
        .write(move |tx| {
            Box::pin(async move { Ok(work::put_back(tx, claim.id, claim.until, later).await?) })
        })
        .await
}

async fn refuse(town: &Town, id: Id) -> Outcome<()> {
    town.store
        .write(move |tx| Box::pin(async move { Ok(work::fail(tx, id).await?) }))
        .await
}

/// Whoever finds it gone, or done by another, takes the files away again.
async fn finish(town: &Town, id: Id, kept: KeptUpload) -> Outcome<()> {
    let files = [
        Some(kept.original.key.to_string()),
        kept.preview.as_ref().map(|preview| preview.key.to_string()),
    ];
    let written: Outcome<Vec<String>> = town
        .store
        .write(move |tx| {
            Box::pin(async move {
                let row = media::by_ids(tx, &[id]).await?.into_iter().next();
                let (true, Some(row)) = (work::done(tx, id).await?, row) else {
                    return Ok(files.into_iter().flatten().collect());
                };
                // A thumbnail that was chosen meanwhile stays.
                let mut unused = Vec::new();
                if row.preview_file.is_some() {
                    unused.extend(kept.preview.as_ref().map(|it| it.key.to_string()));
                }
                let chosen = row.preview_file.is_some();
                let row = finished(row, &kept);
                media::set_file(tx, &row).await?;
                if !chosen {
                    media::set_preview(tx, &row).await?;
                }
                Ok(unused)
            })
        })
        .await;
    for file in written? {
        town.media.remove(&file).await.map_err(Error::Files)?;
    }
    Ok(())
}

/// The same at once, for whoever waits for it.
pub(super) async fn now(town: &Town, id: Id) -> Outcome<KeptUpload> {
    let kept = town.media.keep_waiting(id).await.map_err(unfit)?;
    kept.ok_or_else(|| Error::Other("an upload is gone while it is prepared".into()).into())
}
