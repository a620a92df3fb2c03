//! Sends what waits: per server in order and one at a time, many servers at once. What becomes of a delivery is decided
//! in [`crate::queue`].

use std::{
    collections::{BTreeMap, HashMap},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use parvis_model::{
    clock::{SECOND, Timestamp},
    id::Id,
    refusal::Refusal,
};
use parvis_store::{
    DbErr, Tx,
    deliveries::{self, Parcel},
    entity::peer,
};
use parvis_town::{Error, Failure, Outcome};
use sea_orm::DatabaseBackend;
use tokio::task::{self, JoinSet};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::{
    Federation,
    queue::{self, Fate, Health},
    send::{self, Content},
};

/// Servers that are sent to at the same time.
const SERVERS: usize = 64;
/// Servers looked at in one go when choosing whom to send to next.
const DUE: u64 = 1_000;
/// Deliveries to one server before their outcomes are written down.
const BATCH: u64 = 16;
/// A batch ends after this even if it is not empty, so that its outcomes are soon on disk.
const BATCH_TIME: Timestamp = 8 * SECOND;
/// How long a server stays ours where several processes send; longer than a batch and one last slow answer.
const CLAIM: Timestamp = 40 * SECOND;
/// Another process may have laid down deliveries without our hearing of it.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
const GATHER: Duration = Duration::from_millis(10);
/// For what is under way when the program is told to stop.
const FAREWELL: Duration = Duration::from_secs(9);

/// Runs until `stop`, then lets what is under way end.
pub(crate) async fn run(federation: &Arc<Federation>, stop: &CancellationToken) {
    let mut round = Round::default();
    while !stop.is_cancelled() {
        let mut stirred = pin!(federation.stirred.notified());
        stirred.as_mut().enable();
        let pause = match round.start(federation, stop).await {
            Ok(pause) => pause,
            Err(err) => {
                tracing::error!(%err, "deliveries cannot be read");
                LOOK_AGAIN
            }
        };
        tokio::select! {
            () = stop.cancelled() => break,
            () = stirred => {}
            () = round.one_done() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
    if tokio::time::timeout(FAREWELL, round.all_done())
        .await
        .is_err()
    {
        tracing::warn!("stopped with deliveries under way; they will be sent again");
    }
}

/// Who is being sent to, and whose turn it is.
#[derive(Default)]
struct Round {
    busy: HashMap<task::Id, String>,
    workers: JoinSet<()>,
    /// The server last begun: the next in the alphabet comes next, so that none waits for ever.
    last: String,
}

impl Round {
    /// Begins with servers that are due; says how long to wait when nothing happens.
    async fn start(
        &mut self,
        federation: &Arc<Federation>,
        stop: &CancellationToken,
    ) -> Result<Duration, DbErr> {
        let free = SERVERS.saturating_sub(self.workers.len());
        if free == 0 {
            return Ok(LOOK_AGAIN);
        }
        let now = federation.town.now();
        let db = federation.town.store.read();
        let mut due = deliveries::due_hosts(db, now, DUE).await?;
        due.retain(|host| !self.busy.values().any(|busy| busy == host));
        due.sort_unstable_by_key(|host| (*host <= self.last, host.clone()));
        for host in due.into_iter().take(free) {
            self.last.clone_from(&host);
            let (federation, stop, to) = (federation.clone(), stop.clone(), host.clone());
            let worker = self
                .workers
                .spawn(async move { serve(&federation, &to, &stop).await });
            self.busy.insert(worker.id(), host);
        }
        let next = deliveries::next_attempt(db, now).await?;
        let wait = next.map_or(LOOK_AGAIN, |at| {
            Duration::from_millis((at - now).max(1) as u64)
        });
        Ok(wait.min(LOOK_AGAIN))
    }

    async fn one_done(&mut self) {
        match self.workers.join_next_with_id().await {
            Some(done) => self.free(done),
            None => std::future::pending().await,
        }
        // Many end at nearly the same time: then we look once for whom they make room.
        tokio::time::sleep(GATHER).await;
        while let Some(done) = self.workers.try_join_next_with_id() {
            self.free(done);
        }
    }

    fn free(&mut self, done: Result<(task::Id, ()), task::JoinError>) {
        let worker = match done {
            Ok((worker, ())) => worker,
            Err(err) => {
                tracing::error!(%err, "a sender broke");
                err.id()
            }
        };
        self.busy.remove(&worker);
    }

    async fn all_done(&mut self) {
        while self.workers.join_next().await.is_some() {}
    }
}

/// One batch for one server.
async fn serve(federation: &Arc<Federation>, host: &str, stop: &CancellationToken) {
    let claims = federation.town.store.backend() != DatabaseBackend::Sqlite;
    let served = async {
        if claims && !claim(federation, host).await? {
            return Ok(());
        }
        let batch = send_batch(federation, host, stop).await?;
        write_down(federation, host.to_owned(), batch, claims).await
    };
    if let Err(err) = served.await {
        tracing::error!(%err, host, "deliveries to a server");
    }
}

async fn claim(federation: &Federation, host: &str) -> Outcome<bool> {
    let (host, now) = (host.to_owned(), federation.town.now());
    let store = &federation.town.store;
    store
        .write(move |tx| {
            Box::pin(async move {
                Ok::<_, Failure>(deliveries::claim(tx, &host, now, now + CLAIM).await?)
            })
        })
        .await
}

/// What came of a batch.
struct Batch {
    /// (state, status) → deliveries that ended so.
    settled: BTreeMap<(&'static str, Option<i32>), Vec<i64>>,
    /// The first that could not be delivered now.
    waits: Option<(i64, Option<i32>)>,
    before: Health,
    after: Health,
}

async fn send_batch(
    federation: &Federation,
    host: &str,
    stop: &CancellationToken,
) -> Outcome<Batch> {
    let db = federation.town.store.read();
    let parcels = deliveries::for_host(db, host, BATCH).await?;
    let before = deliveries::peer(db, host)
        .await?
        .map(|row| health(&row))
        .unwrap_or_default();
    let mut batch = Batch {
        settled: BTreeMap::new(),
        waits: None,
        before,
        after: before,
    };
    let began = federation.town.now();
    for parcel in parcels {
        if stop.is_cancelled() || federation.town.now() - began > BATCH_TIME {
            break;
        }
        let (outcome, status) = send(federation, &parcel).await?;
        let now = federation.town.now();
        let tried = u32::try_from(parcel.attempts).unwrap_or(0);
        let (health, fate) = queue::after(batch.after, outcome, tried, now, rand::random());
        batch.after = health;
        tracing::debug!(host, delivery = parcel.id, ?fate, ?status, "delivery");
        let state = match fate {
            Fate::Delivered => deliveries::DELIVERED,
            Fate::Gone => deliveries::GONE,
            Fate::Refused => deliveries::REFUSED,
            Fate::Waits => {
                batch.waits = Some((parcel.id, status));
                break;
            }
        };
        batch
            .settled
            .entry((state, status))
            .or_default()
            .push(parcel.id);
    }
    Ok(batch)
}

/// An activity as everyone gets it, and who says it.
#[derive(Debug)]
pub(crate) struct Said {
    actor: Id,
    content: Content,
}

/// Read once, however many servers ask at the same time.
async fn said(federation: &Federation, activity: Id) -> Outcome<Arc<Said>> {
    federation
        .said
        .get_or_insert_async(&activity, read(federation, activity))
        .await
}

async fn read(federation: &Federation, activity: Id) -> Outcome<Arc<Said>> {
    let row = deliveries::activity(federation.town.store.read(), activity).await?;
    // What was taken back holds no words any more.
    let row = row
        .filter(|row| !row.json.is_empty())
        .ok_or_else(Refusal::not_found)?;
    let content = Content::of(row.json.into()).map_err(|err| Error::Other(err.to_string()))?;
    Ok(Arc::new(Said {
        actor: row.actor_id,
        content,
    }))
}

/// Sends one; also gives the status for the ledger.
async fn send(federation: &Federation, parcel: &Parcel) -> Outcome<(queue::Outcome, Option<i32>)> {
    let found = async {
        let said = said(federation, parcel.activity_id).await?;
        let signer = federation.signer(said.actor).await?;
        Ok((said, signer))
    };
    let (said, signer) = match found.await {
        Ok(found) => found,
        // The activity or its account is gone: nobody can say this any more.
        Err(Failure::Refused(_)) => return Ok((queue::Outcome::Refused, None)),
        Err(broken) => return Err(broken),
    };
    let Ok(inbox) = Url::parse(&parcel.inbox) else {
        return Ok((queue::Outcome::Refused, None));
    };
    let outcome = send::deliver(&federation.fetcher, &signer, &inbox, &said.content).await;
    let now = federation.town.now();
    Ok(match outcome {
        send::Outcome::Delivered => (queue::Outcome::Delivered, None),
        send::Outcome::Gone => (queue::Outcome::Gone, None),
        send::Outcome::Refused(status) => (queue::Outcome::Refused, Some(i32::from(status))),
        send::Outcome::Retry { status, after } => {
            let not_before = after.map(|wait| now + wait);
            (
                queue::Outcome::Retry { status, not_before },
                status.map(i32::from),
            )
        }
    })
}

fn health(row: &peer::Model) -> Health {
    Health {
        failures: u32::try_from(row.failures).unwrap_or(0),
        failing_since: row.failing_since,
        next_attempt_at: row.next_attempt_at,
        last_success_at: row.last_success_at,
    }
}

async fn write_down(
    federation: &Federation,
    host: String,
    batch: Batch,
    claimed: bool,
) -> Outcome<()> {
    let now = federation.town.now();
    let store = &federation.town.store;
    store
        .write(move |tx| {
            Box::pin(async move {
                for ((state, status), ids) in &batch.settled {
                    deliveries::settle(tx, ids, state, *status, now).await?;
                }
                if let Some((id, status)) = batch.waits {
                    deliveries::attempted(tx, id, status).await?;
                }
                if changed(&batch) {
                    remember(tx, &host, batch.after).await?;
                } else if claimed {
                    deliveries::release(tx, &host).await?;
                }
                if let Some(before) = queue::given_up_before(batch.after, now) {
                    let given_up = deliveries::give_up(tx, &host, before, now).await?;
                    tracing::info!(host, given_up, "a server has not answered for a month");
                }
                Ok::<_, Failure>(())
            })
        })
        .await
}

/// A success after a success is not worth a row each time.
fn changed(batch: &Batch) -> bool {
    let Batch { before, after, .. } = batch;
    let sometimes = |at: Option<Timestamp>| at.map(|at| at / parvis_model::clock::HOUR);
    before.failures != after.failures
        || before.next_attempt_at != after.next_attempt_at
        || sometimes(before.last_success_at) != sometimes(after.last_success_at)
}

async fn remember(tx: &Tx, host: &str, health: Health) -> Result<(), DbErr> {
    let row = peer::Model {
        host: host.to_owned(),
        failures: i32::try_from(health.failures).unwrap_or(i32::MAX),
        failing_since: health.failing_since,
        next_attempt_at: health.next_attempt_at,
        last_success_at: health.last_success_at,
        blocked: false,
        claimed_until: 0,
    };
    deliveries::set_peer(tx, row).await
}
