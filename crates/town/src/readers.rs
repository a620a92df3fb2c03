//! The readers of the journal that need no face: notifications, and keeping house. Run by the program's worker loops.

use std::{
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

use parvis_model::{
    clock::{DAY, HOUR, MINUTE, Timestamp},
    id,
};
use parvis_store::{Tx, interactions, logins, media, preview_cards, seen, thread_errands};
use tokio::task::JoinSet;

use crate::{
    Error, Failure, Outcome, Town, announcements, apps, bygones, departures, imports,
    interactions::waiting,
    journal::{self, Batch, Entry, Reader},
    letters,
    media::{drop_files, sweep_due},
    neighbours, notifications,
    previews::FRESH,
    remote_pictures, sent_forms,
    sessions::IDLE,
    threads,
};

pub const NOTIFICATIONS: Reader = Reader::new("notifications");
pub const FILES: Reader = Reader::new("files");

/// Names of all readers; entries that each of them has read may go.
pub const ALL: [&str; 3] = ["notifications", "files", "federation"];

const BATCH: u64 = 200;
/// Files removed at the same time.
const AT_ONCE: usize = 8;
/// Named in one entry.
const KEYS: usize = 500;
/// What could not be removed is tried again after so long, then after twice as long …
const AGAIN: Duration = Duration::from_secs(1);
/// … and so on up to this.
const AGAIN_AT_LAST: Duration = Duration::from_mins(5);
/// Pictures uploaded and not used for so long are removed.
pub(crate) const ABANDONED: Timestamp = DAY;
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

/// Makes notifications until `stop` is done.
pub async fn notify(town: Arc<Town>, stop: impl Future<Output = ()>) {
    journal::follow(&town, stop, || async {
        read_all(&town, NOTIFICATIONS, || notify_next(&town)).await;
    })
    .await;
}

/// Removes files until `stop` is done. By itself: where they lie may be slow to answer, or not answer at all.
pub async fn remove_files(town: Arc<Town>, stop: impl Future<Output = ()>) {
    let patience = tokio::sync::Mutex::new(Patience::default());
    journal::follow(&town, stop, || async {
        let mut patience = patience.lock().await;
        if patience.is_over() {
            let all = read_all(&town, FILES, || drop_files_next(&town)).await;
            patience.after(all);
        }
    })
    .await;
}

/// Waits that grow as long as nothing comes of it.
#[derive(Default)]
struct Patience {
    failures: u32,
    until: Option<Instant>,
}

impl Patience {
    fn is_over(&self) -> bool {
        self.until.is_none_or(|until| until <= Instant::now())
    }

    fn after(&mut self, well: bool) {
        self.failures = if well { 0 } else { self.failures + 1 };
        let pause = AGAIN.saturating_mul(1 << self.failures.min(16));
        self.until = (!well).then(|| Instant::now() + pause.min(AGAIN_AT_LAST));
    }
}

/// Reads until nothing is left. `false`: something failed, which is said; it is tried again at a later waking.
async fn read_all<R: Future<Output = Outcome<usize>>>(
    town: &Town,
    reader: Reader,
    next: impl Fn() -> R,
) -> bool {
    loop {
        match next().await {
            Ok(0) => return true,
            Ok(_) => {}
            Err(err) => {
                tracing::error!(%err, town = town.host, ?reader, "a reader of the journal stopped for now");
                return false;
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

/// Removes the files that one batch of entries dropped. Removing twice is harmless, so a crash in between is too. On an
/// error what is left of them stands in the journal anew, so that none stays for ever and nothing else waits for them.
pub async fn drop_files_next(town: &Arc<Town>) -> Outcome<usize> {
    let Some(batch) = FILES.next(town, BATCH).await? else {
        return Ok(0);
    };
    let dropped = batch.entries.iter().filter_map(|entry| match entry {
        Entry::FilesDropped { keys } => Some(keys.as_slice()),
        _ => None,
    });
    let (left, failure) = drop_all(town, dropped.flatten().cloned().collect()).await;
    let count = batch.entries.len().max(1);
    let writing = Arc::clone(town);
    town.store
        .write(move |tx| {
            Box::pin(async move {
                for keys in left.chunks(KEYS) {
                    let keys = keys.to_vec();
                    journal::record(tx, &writing, &Entry::FilesDropped { keys }).await?;
                }
                moved_on(FILES, tx, &batch).await
            })
        })
        .await?;
    failure.map_or(Ok(count), Err)
}

/// Removes files, some at a time, until one cannot be. Gives what is left, the untried before those that failed, so that
/// one which never can be removed keeps none of the others; and why.
async fn drop_all(town: &Arc<Town>, keys: Vec<String>) -> (Vec<String>, Option<Failure>) {
    let mut keys = keys.into_iter();
    let (mut under_way, mut failed, mut failure) = (JoinSet::new(), Vec::new(), None);
    loop {
        while failure.is_none()
            && under_way.len() < AT_ONCE
            && let Some(key) = keys.next()
        {
            let town = Arc::clone(town);
            under_way.spawn(async move {
                let dropped = drop_file(&town, &key).await;
                (key, dropped)
            });
        }
        match under_way.join_next().await {
            None => break,
            Some(Ok((_, Ok(())))) => {}
            Some(Ok((key, Err(err)))) => {
                tracing::warn!(%err, town = town.host, key, "a file that nobody needs can't be removed for now");
                failed.push(key);
                failure = Some(err);
            }
            // Which one it was is not known any more.
            Some(Err(panic)) => {
                tracing::error!(%panic, town = town.host, "removing a file broke off");
            }
        }
    }
    (keys.chain(failed).collect(), failure)
}

async fn drop_file(town: &Town, key: &str) -> Outcome<()> {
    if !remote_pictures::drop_file(town, key).await? {
        town.media.remove(key).await.map_err(Error::Files)?;
    }
    Ok(())
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

/// Removes what nobody needs any more: read entries, old ids, ended sessions, unused pictures, what was delivered. Whatever
/// fails is said, and keeps nothing else from being done; gives the last failure.
pub async fn keep_house(town: &Arc<Town>) -> Outcome<()> {
    let steps = [
        ("unfinished uploads", forget_uploads(town).await),
        ("departures", departures::carry_out(town).await),
        ("journal", prune(town).await.map(drop)),
        ("old rows", forget(town).await),
        ("unused pictures", drop_unused(town).await),
        ("files without a row", sweep_due(town).await),
        ("settled deliveries", bygones::forget_settled(town).await),
        ("idle servers", bygones::forget_idle_servers(town).await),
    ];
    let mut kept = Ok(());
    for (step, done) in steps {
        if let Err(err) = done {
            tracing::error!(%err, town = town.host, step, "keeping house failed");
            kept = Err(err);
        }
    }
    kept
}

/// What an archive is made of that is still worked through is needed, however old it is.
async fn forget_uploads(town: &Town) -> Outcome<()> {
    let abandoned = id::first_of(town.now() - ABANDONED);
    let needed = parvis_store::imports::oldest_archive(town.store.read()).await?;
    let before = needed.map_or(abandoned, |import| import.min(abandoned));
    Ok(town.media.forget_before(before).map_err(Error::Files)?)
}

async fn forget(town: &Town) -> Outcome<()> {
    let now = town.now();
    town.store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move {
                seen::forget_before(tx, now - SEEN).await?;
                logins::forget_sessions(tx, now - IDLE).await?;
                apps::forget(tx, now).await?;
                announcements::forget(tx, now).await?;
                let old = (now - letters::KEPT, now - letters::STALE);
                parvis_store::letters::forget(tx, old, now).await?;
                sent_forms::forget_old(tx, now).await?;
                neighbours::forget_old(tx, now).await?;
                thread_errands::forget(tx, now - threads::errands::REST).await?;
                interactions::forget_before(tx, now - waiting::KEPT).await?;
                Ok(parvis_store::imports::forget(tx, now - imports::KEPT).await?)
            })
        })
        .await
}

async fn drop_unused(town: &Arc<Town>) -> Outcome<()> {
    let (now, keeper) = (town.now(), Arc::clone(town));
    town.store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move {
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
        if keep_house(&town).await.is_err() {
            tracing::warn!(
                town = town.host,
                "not all of the house was kept; next try in an hour"
            );
        }
        let pause = tokio::time::sleep(std::time::Duration::from_millis(HOUR as u64));
        tokio::select! {
            () = &mut stop => return,
            () = pause => {}
        }
    }
}
