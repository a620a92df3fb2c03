//! Brings to push services what apps are to be told. It stands here since every request to the outside goes through
//! [`crate::fetch`]. Holds no rule of who is told, and does not know what a message says.

mod sealed;
mod vapid;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::body::Bytes;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use futures_util::{StreamExt as _, stream};
use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE},
};
use parvis_model::{
    backoff,
    clock::{DAY, SECOND, Timestamp},
};
use parvis_store::Claims;
use parvis_town::{
    Error, Failure, Outcome, Town, journal,
    push::{self, Fate, Parcel, Told},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;

use self::{
    sealed::{Device, Fresh},
    vapid::Vapid,
};
use crate::fetch::{Answer, FetchFault, Fetcher};

/// Push services that are sent to at the same time: those that answer, and those that did not the last time.
const ANSWERING: usize = 64;
const FAILING: usize = 8;
/// Messages to one push service that are under way at the same time.
const AT_ONCE: usize = 4;
/// Messages to one push service between two looks at how it fares …
const BATCH: u64 = 8;
/// … and to one that did not answer the last time.
const TRIAL: u64 = 2;
/// After so many failed attempts, over some four hours, a message is given up.
const TRIES: u32 = 8;
/// For what is under way when the program is told to stop.
const FAREWELL: Duration = Duration::from_secs(5);

const TTL: HeaderName = HeaderName::from_static("ttl");
const URGENCY: HeaderName = HeaderName::from_static("urgency");
const ENCRYPTION: HeaderName = HeaderName::from_static("encryption");
const CRYPTO_KEY: HeaderName = HeaderName::from_static("crypto-key");

/// Writes what an app is told, in at most so many bytes.
pub type Writer = fn(&Town, &Told, usize) -> Vec<u8>;

/// One town's way to push services.
pub struct Push {
    town: Arc<Town>,
    fetcher: Arc<Fetcher>,
    write: Writer,
    vapid: Vapid,
    claims: Claims,
    services: Mutex<HashMap<String, Service>>,
    turns: TaskTracker,
}

/// How a push service does.
#[derive(Clone, Copy, Debug, Default)]
struct Service {
    busy: bool,
    /// Failed turns in a row.
    failures: u32,
    rests_until: Timestamp,
}

/// What came of one message.
struct Tried {
    parcel: Parcel,
    ended: Ended,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// It was taken, or will never be.
    Done,
    Gone,
    /// Nobody answered, or said "later": after so many milliseconds, if it says when.
    Later(Option<Timestamp>),
    /// It was not sent, and will not be.
    Dropped,
    /// It was not sent, since nobody may be asked at its address.
    Nowhere,
    /// It was not sent, for something here broke.
    Broken,
}

impl Push {
    pub fn new(town: Arc<Town>, fetcher: Arc<Fetcher>, write: Writer) -> Outcome<Arc<Self>> {
        Ok(Arc::new(Self {
            vapid: Vapid::new(&town.push_key, &town.origin)?,
            claims: town.store.claims(),
            town,
            fetcher,
            write,
            services: Mutex::default(),
            turns: TaskTracker::new(),
        }))
    }

    /// Sends what is due, until `stop`.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        journal::follow(&self.town, stop.clone().cancelled_owned(), || async {
            if let Err(err) = self.start(&stop).await {
                tracing::error!(%err, town = self.town.host, "messages for push services cannot be read");
            }
        })
        .await;
        self.turns.close();
        if tokio::time::timeout(FAREWELL, self.turns.wait())
            .await
            .is_err()
        {
            tracing::warn!(
                "stopped with messages to push services under way; they will be sent again"
            );
        }
    }

    /// Begins with the push services for which something is due and for which there is room.
    async fn start(self: &Arc<Self>, stop: &CancellationToken) -> Outcome<()> {
        let due = push::due_hosts(&self.town).await?;
        if due.is_empty() || stop.is_cancelled() {
            return Ok(());
        }
        let chosen = self.choose(due);
        let claims = chosen.iter().map(|host| claim(host)).collect();
        let ours = match self.claims.take(claims).await {
            Ok(ours) => ours,
            Err(err) => {
                for host in &chosen {
                    self.end(host);
                }
                return Err(err.into());
            }
        };
        for host in chosen {
            if ours.contains(&claim(&host)) {
                self.turns.spawn(Arc::clone(self).turn(host, stop.clone()));
            } else {
                // Another process sends there.
                self.end(&host);
            }
        }
        Ok(())
    }

    fn choose(&self, due: Vec<String>) -> Vec<String> {
        let now = self.town.now();
        let mut services = self.services();
        services.retain(|_, service| service.busy || service.rests_until + DAY > now);
        let busy = |failing: bool| {
            let same = services
                .values()
                .filter(|service| service.busy && (service.failures > 0) == failing);
            same.count()
        };
        let mut places = [
            ANSWERING.saturating_sub(busy(false)),
            FAILING.saturating_sub(busy(true)),
        ];
        let mut chosen = Vec::new();
        for host in due {
            let service = services.get(&host).copied().unwrap_or_default();
            let place = &mut places[usize::from(service.failures > 0)];
            if service.busy || service.rests_until > now || *place == 0 {
                continue;
            }
            *place -= 1;
            services.entry(host.clone()).or_default().busy = true;
            chosen.push(host);
        }
        chosen
    }

    /// One push service, which we have claimed, whatever happens meanwhile.
    async fn turn(self: Arc<Self>, host: String, stop: CancellationToken) {
        let (this, to) = (Arc::clone(&self), host.clone());
        let served = tokio::spawn(async move { this.serve(&to, &stop).await });
        if let Err(err) = served.await {
            tracing::error!(%err, host, "a sender to push services broke");
            self.rest(&host, 0);
        }
        if let Err(err) = self.claims.release(&claim(&host)).await {
            tracing::warn!(%err, host, "a claim could not be given back; it ends with its connection");
        }
        self.end(&host);
    }

    /// Until nothing is due there or it does not answer.
    async fn serve(&self, host: &str, stop: &CancellationToken) {
        let mut failing = self.services().get(host).is_some_and(|it| it.failures > 0);
        while !stop.is_cancelled() {
            let limit = if failing { TRIAL } else { BATCH };
            match self.batch(host, limit).await {
                Ok(Batch::Nothing) => return,
                Ok(Batch::Answered) => {
                    failing = false;
                    self.change(host, |service| service.failures = 0);
                }
                Ok(Batch::Unasked) => {}
                Ok(Batch::Silent(rest)) => return self.rest(host, rest),
                // What cannot be written down would be sent over and over.
                Err(err) => {
                    tracing::error!(%err, host, "messages to a push service");
                    return self.rest(host, 0);
                }
            }
        }
    }

    /// Leaves a push service alone, longer each time, and no shorter than it asked for.
    fn rest(&self, host: &str, asked: Timestamp) {
        let now = self.town.now();
        self.change(host, |service| {
            service.failures = service.failures.saturating_add(1);
            let pause = backoff::pause(service.failures, rand::random());
            service.rests_until = now + pause.max(asked);
        });
    }

    async fn batch(&self, host: &str, limit: u64) -> Outcome<Batch> {
        let parcels = push::due(&self.town, host, limit).await?;
        if parcels.is_empty() {
            return Ok(Batch::Nothing);
        }
        let tried: Vec<Tried> = stream::iter(parcels)
            .map(|parcel| self.tried(parcel))
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        let came_of_it = Batch::of(&tried);
        self.write_down(tried).await?;
        Ok(came_of_it)
    }

    /// What breaks over one message is counted as an attempt of it, so that it ends and keeps no other waiting.
    async fn tried(&self, parcel: Parcel) -> Tried {
        let ended = match self.sent(&parcel).await {
            Ok(ended) => ended,
            Err(err) => {
                tracing::error!(%err, message = parcel.id, "a message to a push service");
                Ended::Broken
            }
        };
        tracing::debug!(message = parcel.id, ?ended, "push");
        Tried { parcel, ended }
    }

    async fn sent(&self, parcel: &Parcel) -> Outcome<Ended> {
        if self.town.now() - parcel.since >= push::FRESH {
            return Ok(Ended::Dropped);
        }
        match push::told(&self.town, parcel).await? {
            Some(told) => self.send(&told, parcel.since).await,
            None => Ok(Ended::Dropped),
        }
    }

    async fn send(&self, told: &Told, since: Timestamp) -> Outcome<Ended> {
        let Ok(endpoint) = Url::parse(&told.endpoint) else {
            return Ok(Ended::Nowhere);
        };
        let (headers, body) = self.sealed(told, &endpoint, since)?;
        Ok(match self.fetcher.post(&endpoint, headers, body).await {
            Ok(answer) => {
                let ended = ended(&answer);
                if ended == Ended::Done && !(200..300).contains(&answer.status) {
                    let (host, status) = (endpoint.host_str(), answer.status);
                    tracing::warn!(host, status, "a push service refuses a message");
                }
                ended
            }
            Err(FetchFault::Address | FetchFault::Insecure) => Ended::Nowhere,
            // No name that could lead elsewhere tomorrow.
            Err(FetchFault::Forbidden) if endpoint.domain().is_none() => Ended::Nowhere,
            // Also a name that leads into our own network, as a resolver that is misled may say for a minute.
            Err(_) => Ended::Later(None),
        })
    }

    fn sealed(&self, told: &Told, endpoint: &Url, since: Timestamp) -> Outcome<(HeaderMap, Bytes)> {
        let now = self.town.now();
        let text = (self.write)(&self.town, told, sealed::LONGEST);
        let token = self.vapid.token(endpoint, now)?;
        let device = Device {
            key: &told.p256dh,
            auth: &told.auth,
        };
        let unsealed = |_| Error::Other("a message to a push service cannot be encrypted".into());
        let fresh = Fresh::new().map_err(unsealed)?;
        let left = (since + push::FRESH - now).max(0) / SECOND;
        let mut headers = HeaderMap::from_iter([
            (TTL, HeaderValue::from(left)),
            (URGENCY, HeaderValue::from_static("normal")),
            (
                CONTENT_TYPE,
                HeaderValue::from_static("application/octet-stream"),
            ),
        ]);
        let public = &self.vapid.public;
        if told.standard {
            let body = sealed::standard(device, &fresh, &text).map_err(unsealed)?;
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("aes128gcm"));
            headers.insert(
                AUTHORIZATION,
                value(&format!("vapid t={token}, k={public}"))?,
            );
            return Ok((headers, body.into()));
        }
        let draft = sealed::draft(device, &fresh, &text).map_err(unsealed)?;
        let (salt, key) = (encoded(&draft.salt), encoded(&draft.key));
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("aesgcm"));
        headers.insert(ENCRYPTION, value(&format!("salt={salt}"))?);
        let keys = format!("dh={key};p256ecdsa={public}");
        headers.insert(CRYPTO_KEY, value(&keys)?);
        headers.insert(AUTHORIZATION, value(&format!("WebPush {token}"))?);
        Ok((headers, draft.body.into()))
    }

    async fn write_down(&self, tried: Vec<Tried>) -> Outcome<()> {
        let now = self.town.now();
        let mut fates: Vec<(Parcel, Fate)> = tried
            .into_iter()
            .map(|tried| {
                let fate = fate(&tried, now, rand::random());
                (tried.parcel, fate)
            })
            .collect();
        // In one order for all, and what ends a subscription, with all that waits for it, by itself: so nobody waits for us
        // while we wait for them.
        fates.sort_unstable_by_key(|(parcel, _)| parcel.id);
        let is_end = |(_, fate): &mut (Parcel, Fate)| *fate == Fate::Gone;
        let ends: Vec<_> = fates.extract_if(.., is_end).collect();
        self.settle(fates).await?;
        for end in ends {
            self.settle(vec![end]).await?;
        }
        Ok(())
    }

    async fn settle(&self, fates: Vec<(Parcel, Fate)>) -> Outcome<()> {
        if fates.is_empty() {
            return Ok(());
        }
        let town = Arc::clone(&self.town);
        self.town
            .store
            .write::<_, Failure, _>(move |tx| {
                Box::pin(async move {
                    for (parcel, fate) in fates {
                        push::settle(tx, &town, &parcel, fate).await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    fn services(&self) -> MutexGuard<'_, HashMap<String, Service>> {
        self.services.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, host: &str, change: impl FnOnce(&mut Service)) {
        if let Some(service) = self.services().get_mut(host) {
            change(service);
        }
    }

    /// Others may be sent to in its place.
    fn end(&self, host: &str) {
        self.change(host, |service| service.busy = false);
    }
}

/// How a push service did with some messages.
enum Batch {
    /// There were none.
    Nothing,
    Answered,
    /// None of them was sent.
    Unasked,
    /// It wants to be left alone, for so many milliseconds at least.
    Silent(Timestamp),
}

impl Batch {
    /// A single message that it does not digest, or one subscriber whom it wants to be left alone, says nothing of the others.
    fn of(tried: &[Tried]) -> Self {
        let (mut answered, mut pauses) = (false, Vec::new());
        for tried in tried {
            match tried.ended {
                Ended::Done | Ended::Gone => answered = true,
                Ended::Later(pause) => pauses.push(pause.unwrap_or(0)),
                Ended::Dropped | Ended::Nowhere | Ended::Broken => {}
            }
        }
        match pauses.into_iter().min() {
            _ if answered => Self::Answered,
            Some(shortest) => Self::Silent(shortest),
            None => Self::Unasked,
        }
    }
}

/// Names of our claims hold a blank, those of deliveries never do.
fn claim(host: &str) -> String {
    format!("push {host}")
}

fn value(text: &str) -> Outcome<HeaderValue> {
    let value = HeaderValue::from_str(text);
    Ok(value.map_err(|_| Error::Other("a header for a push service cannot be written".into()))?)
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// RFC 8030, sections 5 and 7.3.
fn ended(answer: &Answer) -> Ended {
    match answer.status {
        404 | 410 => Ended::Gone,
        408 | 425 | 429 | 500..=599 => Ended::Later(answer.retry_after),
        _ => Ended::Done,
    }
}

fn fate(tried: &Tried, now: Timestamp, chance: f64) -> Fate {
    let asked = match tried.ended {
        Ended::Done | Ended::Dropped => return Fate::Done,
        Ended::Gone | Ended::Nowhere => return Fate::Gone,
        Ended::Later(asked) => asked.unwrap_or(0),
        Ended::Broken => 0,
    };
    if tried.parcel.attempts + 1 >= TRIES {
        return Fate::Done;
    }
    let pause = backoff::pause(tried.parcel.attempts + 1, chance);
    Fate::Later(now + pause.max(asked))
}

#[cfg(test)]
mod tests {
    use parvis_model::clock::{HOUR, MINUTE};

    use super::*;

    fn of(status: u16) -> Ended {
        ended(&Answer {
            status,
            retry_after: Some(MINUTE),
            accept_signature: None,
        })
    }

    fn tried(attempts: u32, ended: Ended) -> Tried {
        let mut parcel = Parcel::default();
        parcel.attempts = attempts;
        Tried { parcel, ended }
    }

    #[test]
    fn every_answer_has_its_end() {
        for status in [200, 201, 202, 204, 301, 400, 401, 403, 413] {
            assert_eq!(of(status), Ended::Done, "{status}");
        }
        for status in [404, 410] {
            assert_eq!(of(status), Ended::Gone);
        }
        for status in [408, 429, 500, 503] {
            assert_eq!(of(status), Ended::Later(Some(MINUTE)));
        }
    }

    #[test]
    fn a_message_is_tried_later_each_time_and_given_up_in_the_end() {
        let mut last = 0;
        for attempts in 0..TRIES - 1 {
            let Fate::Later(at) = fate(&tried(attempts, Ended::Later(None)), 0, 0.0) else {
                panic!("{attempts}");
            };
            assert!(at > last, "{attempts}");
            last = at;
        }
        let asked = tried(0, Ended::Later(Some(HOUR)));
        assert_eq!(fate(&asked, 7, 0.0), Fate::Later(7 + HOUR));
        let spent = tried(TRIES - 1, Ended::Later(None));
        assert_eq!(fate(&spent, 0, 0.0), Fate::Done);
        assert_eq!(fate(&tried(0, Ended::Gone), 0, 0.0), Fate::Gone);
    }

    #[test]
    fn one_message_that_is_not_digested_says_nothing_of_its_push_service() {
        let later = |pause| tried(0, Ended::Later(pause));
        let silent = |tried: &[Tried]| matches!(Batch::of(tried), Batch::Silent(_));
        assert!(!silent(&[later(None), tried(0, Ended::Done)]));
        assert!(!silent(&[later(None), tried(0, Ended::Gone)]));
        assert!(silent(&[later(None), later(None)]));
        assert!(!silent(&[later(Some(MINUTE)), tried(0, Ended::Done)]));
        let limited = Batch::of(&[later(Some(HOUR)), later(Some(MINUTE))]);
        assert!(matches!(limited, Batch::Silent(MINUTE)));
    }

    #[test]
    fn what_was_never_sent_says_nothing_of_its_push_service() {
        let unsent = [Ended::Dropped, Ended::Nowhere, Ended::Broken];
        let mut all: Vec<Tried> = unsent.map(|ended| tried(0, ended)).into();
        assert!(matches!(Batch::of(&all), Batch::Unasked));
        all.push(tried(0, Ended::Later(None)));
        assert!(matches!(Batch::of(&all), Batch::Silent(_)));
        assert_eq!(fate(&tried(0, Ended::Dropped), 0, 0.0), Fate::Done);
        assert_eq!(fate(&tried(0, Ended::Nowhere), 0, 0.0), Fate::Gone);
        let broken = fate(&tried(0, Ended::Broken), 0, 0.0);
        assert!(matches!(broken, Fate::Later(at) if at > 0));
    }
}
