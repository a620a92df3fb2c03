//! Uploads that take longer are prepared in the background: what waits stands in the database and lies on the disk, so that
//! a crash loses none.

use std::{future::Future, sync::Arc, time::Duration};

use parvis_media::{Conversion, Fault, KeptUpload};
use parvis_model::{
    clock::{HOUR, MINUTE, SECOND, Timestamp},
    id::{self, Id},
};
use parvis_store::media::{self, work};
use tokio::{
    sync::watch::{Receiver, channel},
    task::JoinSet,
    time::{Instant, sleep, timeout_at},
};

use super::{finished, unfit, unused};
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
/// For whoever waits for it, converting may take as long, its turn included; else it is kept as it came.
pub(super) const WAITED_FOR: Duration = Duration::from_secs(20);

/// Prepares what waits until `stop` is done. What is nearly kept then is kept, what is being converted put back.
pub async fn watch(town: Arc<Town>, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    let (ending, end) = channel(false);
    loop {
        let round = prepare_until(&town, &end);
        tokio::pin!(round);
        let (prepared, stopped) = tokio::select! {
            prepared = &mut round => (prepared, false),
            () = &mut stop => {
                ending.send_replace(true);
                (round.await, true)
            }
        };
        if let Err(err) = prepared {
            tracing::error!(%err, town = town.host, "uploads are not prepared for now");
        }
        if stopped {
            return;
        }
        tokio::select! {
            () = &mut stop => return,
            () = town.media.left() => {}
            () = sleep(PAUSE) => {}
        }
    }
}

/// Prepares whatever waits in this process's folder.
pub async fn prepare_waiting(town: &Arc<Town>) -> Outcome<()> {
    let (_ending, end) = channel(false);
    prepare_until(town, &end).await
}

/// The same; nothing is begun once `end` says so. What is under way goes on to its end, whatever fails beside it.
async fn prepare_until(town: &Arc<Town>, end: &Receiver<bool>) -> Outcome<()> {
    let now = town.now();
    town.store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move { Ok(work::give_up(tx, now, TRIES).await?) })
        })
        .await?;
    let mut under_way = JoinSet::new();
    let mut done = Ok(());
    // Not after a failure, until something has succeeded or a while has passed.
    let mut goes_on = true;
    loop {
        while goes_on && under_way.len() < AT_ONCE && !is_over(end) {
            match taken(town).await {
                Ok(Some(claim)) => {
                    let (town, end) = (Arc::clone(town), end.clone());
                    under_way.spawn(async move { prepare(&town, claim, end).await });
                }
                Ok(None) => break,
                Err(failure) => {
                    goes_on = false;
                    done = done.and(Err(failure));
                }
            }
        }
        let more = under_way.len() < AT_ONCE && !is_over(end);
        let ended = tokio::select! {
            ended = under_way.join_next() => ended,
            // What is soon done does not wait for what is converted.
            () = town.media.left(), if more && goes_on => continue,
            () = sleep(PAUSE), if more => {
                goes_on = true;
                continue;
            }
        };
        let Some(ended) = ended else {
            return done;
        };
        let ended = ended
            .unwrap_or_else(|err| Err(Error::Other(format!("preparing broke off: {err}")).into()));
        goes_on = ended.is_ok();
        done = done.and(ended);
    }
}

fn is_over(end: &Receiver<bool>) -> bool {
    *end.borrow()
}

/// Until it is over.
async fn over(mut end: Receiver<bool>) {
    let told = end.wait_for(|over| *over).await.is_ok();
    if !told {
        std::future::pending::<()>().await;
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

async fn prepare(town: &Town, mut claim: Claim, end: Receiver<bool>) -> Outcome<()> {
    let id = claim.id;
    let conversion = tokio::select! {
        conversion = holding(town, &mut claim, converted(town, id)) => conversion?,
        () = over(end) => return put_back(town, claim, town.now()).await,
    };
    let keeping = async {
        match conversion {
            Some(conversion) => town.media.keep_converted(conversion).await.map(Some),
            None => town.media.keep_waiting(id).await,
        }
    };
    match holding(town, &mut claim, keeping).await {
        Ok(Some(kept)) => finish(town, id, kept).await?,
        Ok(None) => return Ok(()),
        Err(Fault::Storage(err)) => {
            tracing::error!(%err, town = town.host, id, "an upload cannot be kept for now");
            let waited = town.now() - id::time_of(id);
            let later = town.now() + (waited / 2).clamp(AGAIN, AGAIN_AT_LAST);
            return put_back(town, claim, later).await;
        }
        Err(fault) => {
            tracing::info!(%fault, town = town.host, id, "an upload could not be prepared");
            refuse(town, id).await?;
        }
    }
    town.media.discard(id);
    Ok(())
}

/// `None`: it is kept as it came, as is what brought its worker down before: converting may have. Where the storage does not
/// answer, what would be made could not be kept either, and is made once it answers.
async fn converted(town: &Town, id: Id) -> Outcome<Option<Conversion>> {
    if !town.media.converts() || work::begun_before(town.store.read(), id).await? {
        return Ok(None);
    }
    if let Err(err) = town.media.check().await {
        tracing::warn!(%err, town = town.host, id, "an upload is not converted for now");
        return Ok(None);
    }
    Ok(town.media.convert_waiting(id).await)
}

/// It was taken in, so it is not lost for what is no fault of its own.
async fn put_back(town: &Town, claim: Claim, later: Timestamp) -> Outcome<()> {
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
                let unused = unused(&row, &kept);
                let chosen = row.preview_file.is_some();
                let row = finished(row, &kept);
                media::set_file(tx, &row).await?;
                if !chosen {
                    media::set_preview(tx, &row).await?;
                }
                Ok(unused.into_iter().collect())
            })
        })
        .await;
    for file in written? {
        town.media.remove(&file).await.map_err(Error::Files)?;
    }
    Ok(())
}

/// The same at once, for whoever waits for it; it is converted if that is done by then.
pub(super) async fn now(town: &Town, id: Id, until: Instant) -> Outcome<KeptUpload> {
    let converting = timeout_at(until, town.media.convert_waiting(id)).await;
    if let Ok(Some(conversion)) = converting {
        let kept = town.media.keep_converted(conversion).await;
        return kept.map_err(unfit);
    }
    let kept = town.media.keep_waiting(id).await.map_err(unfit)?;
    kept.ok_or_else(|| Error::Other("an upload is gone while it is prepared".into()).into())
}
