//! Sends what waits: per server in order and one at a time, many servers at once. What becomes of a delivery is decided
//! in [`crate::queue`].

use std::{
    collections::{BTreeSet, HashMap},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use parvis_model::{
    clock::{HOUR, SECOND, Timestamp},
    id::Id,
    refusal::Refusal,
};
use parvis_store::{
    DbErr, Tx,
    deliveries::{self, Lane, Parcel, Seen},
    entity::peer,
};
use parvis_town::{Error, Failure, Outcome};
use tokio::{
    sync::Semaphore,
    task::{self, JoinSet},
    time::Instant,
};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::{
    Federation, gone,
    ledger::{Ended, Ledger, Place},
    queue::{self, Fate, Health, Standing},
    send::{self, Content},
    strays,
    synchronization::Summary,
};

/// Servers that are sent to at the same time and answer promptly: more than our processor can sign for.
const QUICK: usize = 64;
/// A server that takes longer no longer takes the place of one that is quick.
const PROMPT: Duration = Duration::from_secs(1);
/// Others' claims looked past when choosing whom to send to next.
const CLAIMED: usize = 64;
/// Deliveries to one server that are read at once.
const BATCH: u64 = 16;
/// Deliveries to one server that are under way or not yet written down: what a power cut may have sent twice.
const UNWRITTEN: usize = 4;
/// A batch ends after this even if it is not full, so that how its server does is soon on disk.
const BATCH_TIME: Timestamp = 2 * SECOND;
/// Then it is the turn of another server.
const TURN: Duration = Duration::from_secs(2);
/// Another process may have laid down deliveries without our hearing of it.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
const GATHER: Duration = Duration::from_millis(10);
/// For what is under way when the program is told to stop.
const FAREWELL: Duration = Duration::from_secs(9);
const UNAUTHORIZED: u16 = 401;
/// A server that failed for less is tried again soon enough by itself, whether or not it speaks to us.
const HOPELESS: Timestamp = HOUR;

/// Servers of one lane that are sent to at the same time, the slow ones among them. What fails may take some of our
/// connections, never those of the others.
fn places(lane: Lane) -> usize {
    match lane {
        Lane::Proven => 256,
        Lane::Untried => 128,
        Lane::Failing => 32,
    }
}

/// Turns that begin in the other lanes while a proven server has one: the processors sign first for those that answer, and
/// nobody waits for ever.
const ASIDE: usize = 4;

/// Runs until `stop`, then lets what is under way end.
pub(crate) async fn run(federation: &Arc<Federation>, stop: &CancellationToken) {
    let mut round = Round::new(Ledger::open(federation));
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

/// Who is being sent to.
struct Round {
    busy: HashMap<task::Id, Turn>,
    workers: JoinSet<()>,
    ledger: Ledger,
}

struct Turn {
    host: String,
    lane: Lane,
    since: Instant,
}

impl Round {
    fn new(ledger: Ledger) -> Self {
        Self {
            busy: HashMap::new(),
            workers: JoinSet::new(),
            ledger,
        }
    }

    /// Begins with servers that are due; says how long to wait when nothing happens.
    async fn start(
        &mut self,
        federation: &Arc<Federation>,
        stop: &CancellationToken,
    ) -> Outcome<Duration> {
        for lane in [Lane::Proven, Lane::Untried, Lane::Failing] {
            for host in self.chosen(federation, lane).await? {
                self.begin(federation, lane, host, stop);
            }
        }
        let now = federation.town.now();
        let next = deliveries::next_attempt(federation.town.store.read(), now).await?;
        let next = next.map_or(LOOK_AGAIN, |at| {
            Duration::from_millis((at - now).max(1) as u64)
        });
        Ok(next.min(self.patience()))
    }

    /// Servers of a lane that are due and that nobody sends to, as many as there is room for.
    async fn chosen(&self, federation: &Federation, lane: Lane) -> Outcome<Vec<String>> {
        let room = self.room(lane);
        if room == 0 {
            return Ok(Vec::new());
        }
        let look_at = (room + self.busy.len() + CLAIMED) as u64;
        let (db, now) = (federation.town.store.read(), federation.town.now());
        let mut due = deliveries::due_hosts(db, lane, now, look_at).await?;
        due.retain(|host| self.busy.values().all(|turn| turn.host != *host));
        let mut chosen = Vec::new();
        while chosen.len() < room && !due.is_empty() {
            let some = due.drain(..due.len().min(room - chosen.len())).collect();
            chosen.extend(federation.claims.take(some).await?);
        }
        Ok(chosen)
    }

    fn begin(
        &mut self,
        federation: &Arc<Federation>,
        lane: Lane,
        host: String,
        stop: &CancellationToken,
    ) {
        let (federation, stop, to) = (federation.clone(), stop.clone(), host.clone());
        let ledger = self.ledger.clone();
        let worker = self
            .workers
            .spawn(async move { serve(&federation, &ledger, &to, &stop).await });
        let since = Instant::now();
        self.busy.insert(worker.id(), Turn { host, lane, since });
    }

    fn room(&self, lane: Lane) -> usize {
        let quick = QUICK.saturating_sub(self.prompt());
        let same = |turn: &&Turn| turn.lane == lane;
        let free = places(lane).saturating_sub(self.busy.values().filter(same).count());
        let is_rushed = self.prompt_of(Lane::Proven) > 0;
        if lane != Lane::Proven && is_rushed {
            let aside = ASIDE.saturating_sub(self.prompt_of(lane));
            return quick.min(free).min(aside);
        }
        quick.min(free)
    }

    /// Turns that may still turn out to be quick.
    fn prompt(&self) -> usize {
        let young = |turn: &&Turn| turn.since.elapsed() < PROMPT;
        self.busy.values().filter(young).count()
    }

    fn prompt_of(&self, lane: Lane) -> usize {
        let young = |turn: &&Turn| turn.lane == lane && turn.since.elapsed() < PROMPT;
        self.busy.values().filter(young).count()
    }

    /// Where all places of the quick are taken, one is free again soon.
    fn patience(&self) -> Duration {
        if self.prompt() < QUICK {
            LOOK_AGAIN
        } else {
            PROMPT / 4
        }
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

/// One turn of one server, which we have claimed.
async fn serve(
    federation: &Arc<Federation>,
    ledger: &Ledger,
    host: &str,
    stop: &CancellationToken,
) {
    let served = async {
        let began = Instant::now();
        loop {
            let batch = send_batch(federation, ledger, host, stop).await?;
            let (gone, more) = (batch.gone.clone(), batch.more);
            if !ledger.is_written().await {
                return Ok(());
            }
            write_down(federation, host.to_owned(), batch).await?;
            gone::inboxes(federation, gone).await?;
            if !more || stop.is_cancelled() || began.elapsed() > TURN {
                return Ok::<_, Failure>(());
            }
        }
    };
    if let Err(err) = served.await {
        tracing::error!(%err, host, "deliveries to a server");
        // It would be its turn again at once, and what is broken is not mended by haste.
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(LOOK_AGAIN) => {}
        }
    }
    if let Err(err) = federation.claims.release(host).await {
        tracing::warn!(%err, host, "a claim could not be given back; it ends with its connection");
    }
}

/// What came of a batch, but for what the ledger knows already.
#[derive(Clone)]
struct Batch {
    /// The first that could not be delivered now.
    waits: Option<(i64, Option<i32>)>,
    /// Inboxes that are no more.
    gone: BTreeSet<String>,
    health: Health,
    /// May there be more to send at once?
    more: bool,
}

/// A delivery that may alone be to blame for the server's stumbling.
struct Doubted {
    parcel: Parcel,
    place: Place,
    status: Option<i32>,
    /// How the server stands if it is not.
    otherwise: Health,
}

impl Batch {
    async fn settle(
        &mut self,
        ledger: &Ledger,
        (parcel, place): (Parcel, Place),
        fate: Fate,
        status: Option<i32>,
    ) {
        let state = match fate {
            Fate::Delivered => deliveries::DELIVERED,
            Fate::Gone => deliveries::GONE,
            Fate::Refused | Fate::Waits | Fate::Doubted => deliveries::REFUSED,
        };
        if fate == Fate::Gone {
            self.gone.insert(parcel.inbox);
        }
        let delivery = parcel.id;
        let ended = Ended {
            delivery,
            state,
            status,
            place,
        };
        ledger.note(ended).await;
    }

    fn wait(&mut self, parcel: &Parcel, status: Option<i32>, health: Health) {
        self.waits = Some((parcel.id, status));
        self.health = health;
        self.more = false;
    }
}

async fn send_batch(
    federation: &Federation,
    ledger: &Ledger,
    host: &str,
    stop: &CancellationToken,
) -> Outcome<Batch> {
    let db = federation.town.store.read();
    let parcels = deliveries::for_host(db, host, BATCH).await?;
    let known = deliveries::peer(db, host).await?;
    let mut batch = Batch {
        waits: None,
        gone: BTreeSet::new(),
        health: known.map(|row| health(&row)).unwrap_or_default(),
        more: parcels.len() as u64 == BATCH,
    };
    let began = federation.town.now();
    let mut doubted: Option<Doubted> = None;
    let places = Arc::new(Semaphore::new(UNWRITTEN));
    for parcel in parcels {
        if stop.is_cancelled() || federation.town.now() - began > BATCH_TIME {
            break;
        }
        if doubted
            .as_ref()
            .is_some_and(|doubted| doubted.parcel.object_uri == parcel.object_uri)
        {
            continue;
        }
        let place = Place::wait(&places).await;
        let (outcome, status) = send(federation, &parcel).await?;
        let now = federation.town.now();
        let tried = u32::try_from(parcel.attempts).unwrap_or(0);
        let (health, fate) = queue::after(batch.health, outcome, tried, now, rand::random());
        tracing::debug!(host, delivery = parcel.id, ?fate, ?status, "delivery");
        match (fate, doubted.take()) {
            // It is the server, not the one in doubt.
            (Fate::Waits | Fate::Doubted, Some(first)) => {
                batch.wait(&first.parcel, first.status, first.otherwise);
                return Ok(batch);
            }
            (Fate::Waits, None) => {
                batch.wait(&parcel, status, health);
                return Ok(batch);
            }
            (Fate::Doubted, None) => {
                doubted = Some(Doubted {
                    parcel,
                    place,
                    status,
                    otherwise: health,
                });
            }
            (settled, first) => {
                batch.health = health;
                batch.settle(ledger, (parcel, place), settled, status).await;
                match first {
                    // Nothing was sent, nothing is shown.
                    first @ Some(_) if outcome == queue::Outcome::Unsent => doubted = first,
                    Some(first) => {
                        batch
                            .settle(
                                ledger,
                                (first.parcel, first.place),
                                Fate::Refused,
                                first.status,
                            )
                            .await;
                        // What was passed over comes next, in its order.
                        return Ok(batch);
                    }
                    None => {}
                }
            }
        }
    }
    if let Some(alone) = doubted {
        let tried = u32::try_from(alone.parcel.attempts).unwrap_or(0);
        if queue::alone_too_long(tried) {
            batch.health = Health {
                last_success_at: batch.health.last_success_at,
                ..Health::default()
            };
            batch
                .settle(
                    ledger,
                    (alone.parcel, alone.place),
                    Fate::Refused,
                    alone.status,
                )
                .await;
        } else {
            batch.wait(&alone.parcel, alone.status, alone.otherwise);
        }
    }
    Ok(batch)
}

/// An activity as everyone gets it, and who says it.
#[derive(Debug)]
pub(crate) struct Said {
    actor: Id,
    content: Content,
    followers: Option<Arc<Summary>>,
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
    let followers = Summary::of(&federation.town, row.actor_id, &row.json).await?;
    let content = Content::of(row.json.into()).map_err(|err| Error::Other(err.to_string()))?;
    Ok(Arc::new(Said {
        actor: row.actor_id,
        content,
        followers,
    }))
}

/// Sends one; also gives the status for the ledger.
async fn send(federation: &Federation, parcel: &Parcel) -> Outcome<(queue::Outcome, Option<i32>)> {
    if federation
        .strays
        .rests(&parcel.inbox, federation.town.now())
    {
        return Ok((queue::Outcome::Unsent, None));
    }
    let found = async {
        let said = said(federation, parcel.activity_id).await?;
        let signer = federation.signer(said.actor).await?;
        Ok((said, signer))
    };
    let (said, signer) = match found.await {
        Ok(found) => found,
        // The activity or its account is gone: nobody can say this any more.
        Err(Failure::Refused(_)) => return Ok((queue::Outcome::Unsent, None)),
        Err(broken) => return Err(broken),
    };
    let Ok(inbox) = Url::parse(&parcel.inbox) else {
        return Ok((queue::Outcome::Unsent, None));
    };
    let outcome = send::deliver(
        &federation.fetcher,
        &signer,
        &inbox,
        &said.content,
        said.followers.as_ref().and_then(|it| it.header(&inbox)),
    )
    .await;
    let now = federation.town.now();
    let (outcome, status) = counted(outcome, now);
    Ok((strays::judged(federation, &inbox, outcome).await?, status))
}

/// What came of it in the words of the queue, and the status for the ledger.
fn counted(outcome: send::Outcome, now: Timestamp) -> (queue::Outcome, Option<i32>) {
    match outcome {
        send::Outcome::Delivered => (queue::Outcome::Delivered, None),
        send::Outcome::Gone => (queue::Outcome::Gone, None),
        send::Outcome::Refused(0) => (queue::Outcome::Unsent, Some(0)),
        // Mostly a clock that is wrong or a key that could not be had just now: not for ever.
        send::Outcome::Refused(UNAUTHORIZED) => (
            queue::Outcome::Retry {
                status: Some(UNAUTHORIZED),
                not_before: None,
            },
            Some(i32::from(UNAUTHORIZED)),
        ),
        send::Outcome::Refused(status) => (queue::Outcome::Refused, Some(i32::from(status))),
        send::Outcome::Retry { status, after } => {
            let not_before = after.map(|wait| now + wait);
            (
                queue::Outcome::Retry { status, not_before },
                status.map(i32::from),
            )
        }
    }
}

fn health(row: &peer::Model) -> Health {
    Health {
        failures: u32::try_from(row.failures).unwrap_or(0),
        failing_since: row.failing_since,
        next_attempt_at: row.next_attempt_at,
        last_success_at: row.last_success_at,
    }
}

async fn write_down(federation: &Federation, host: String, batch: Batch) -> Outcome<()> {
    let now = federation.town.now();
    let store = &federation.town.store;
    store
        .write(move |tx| {
            Box::pin(async move {
                if let Some((id, status)) = batch.waits {
                    deliveries::attempted(tx, id, status).await?;
                }
                remember(tx, &host, batch.health, now).await?;
                if queue::standing(batch.health.failing_since, now) == Standing::Dropped {
                    let given_up = deliveries::give_up(tx, &host, now).await?;
                    tracing::info!(host, given_up, "a server has not answered for a month");
                }
                Ok::<_, Failure>(deliveries::leave_line(tx, &host).await?)
            })
        })
        .await
}

/// A server that did well goes to the end of the line, one that did not waits for its time.
async fn remember(tx: &Tx, host: &str, health: Health, now: Timestamp) -> Result<(), DbErr> {
    let seen = Seen {
        failures: i32::try_from(health.failures).unwrap_or(i32::MAX),
        failing_since: health.failing_since,
        next_attempt_at: health.next_attempt_at,
        last_success_at: health.last_success_at,
        due_at: health.next_attempt_at.max(now),
    };
    deliveries::set_peer(tx, host, seen).await
}

/// A server has spoken to us and proved to be itself: if it was given little hope, it is tried again at once.
pub(crate) async fn heard_from(federation: &Federation, host: &str) -> Outcome<()> {
    if federation.hopeless.remove(host).is_none() {
        return Ok(());
    }
    let (host, now) = (host.to_owned(), federation.town.now());
    let store = &federation.town.store;
    let revived = store.write::<_, Failure, _>(move |tx| {
        Box::pin(async move { Ok(deliveries::revive(tx, &host, now - HOPELESS, now).await?) })
    });
    if revived.await? {
        federation.stirred.notify_waiters();
    }
    Ok(())
}

/// Does a server fail for so long that hearing of it changes something?
pub(crate) fn is_hopeless(peer: &peer::Model, now: Timestamp) -> bool {
    peer.failing_since
        .is_some_and(|since| since <= now - HOPELESS)
}
