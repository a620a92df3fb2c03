//! The wiring of a running program: towns, their faces and their background work. Knows no single request.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::Context as _;
use futures_util::future::join_all;
use parvis_federation::{
    Federation, Push,
    fetch::{FetchOptions, Fetcher, TIMEOUT},
};
use parvis_media::{Cache, Converter};
use parvis_model::clock::Clock;
use parvis_town::{Town, streams::Bounds};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::Semaphore,
    time::{Instant, timeout, timeout_at},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    exit::{Done, Stop},
    front::{Front, Site},
    installation::{self, Place},
    letters::PostOffice,
    metrics::Metrics,
    server,
    settings::Settings,
    site, towns, worker,
};

/// Requests and deliveries in flight have this long to end after the signal to stop; a little less than the ten seconds
/// after which others lose patience with us.
pub const GRACE: Duration = Duration::from_secs(9);
/// For closing databases after that.
const LAST_WORDS: Duration = Duration::from_millis(900);
/// How we call ourselves when we ask other servers.
const USER_AGENT: &str = concat!("Parvis/", env!("CARGO_PKG_VERSION"));
const MIB: u64 = 1024 * 1024;

/// Every town of this process.
pub struct Node {
    pub front: Arc<Front>,
    settings: Settings,
    clock: Clock,
    fetcher: Arc<Fetcher>,
    /// For all towns together.
    converter: Option<Converter>,
    /// By host.
    towns: Mutex<HashMap<String, Arc<Town>>>,
    /// How many apps may listen, to all towns together.
    streams: Bounds,
    work: TaskTracker,
    stop: CancellationToken,
}

/// With what everything from outside is fetched.
pub fn fetcher(settings: &Settings, clock: Clock) -> Done<Arc<Fetcher>> {
    let fetcher = Fetcher::new(FetchOptions {
        allow_private: settings.federation.allow_private_networks.clone(),
        user_agent: USER_AGENT.to_owned(),
        timeout: TIMEOUT,
        clock,
    })
    .context("preparing to ask other servers")?;
    Ok(Arc::new(fetcher))
}

impl Node {
    pub fn new(settings: Settings, clock: Clock) -> Done<Arc<Self>> {
        let fetcher = fetcher(&settings, clock.clone())?;
        Ok(Arc::new(Self {
            front: Arc::new(Front::new(
                settings.trusted_proxies.clone(),
                Metrics::new(settings.metrics.clone()),
            )),
            streams: Bounds {
                room: Arc::new(Semaphore::new(room(settings.limits.streams))),
                per_account: room(settings.limits.streams_per_account),
            },
            converter: settings.media.ffmpeg.clone().map(Converter::new),
            settings,
            clock,
            fetcher,
            towns: Mutex::default(),
            work: TaskTracker::new(),
            stop: CancellationToken::new(),
        }))
    }

    /// Connections at the same time: each that listens stays.
    pub fn connections(&self) -> usize {
        server::CONNECTIONS + room(self.settings.limits.streams)
    }

    pub fn stop(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Opens a town, answers for it from now on and, where the settings say so, does its background work.
    pub async fn take_up(&self, place: &Place) -> Done<Arc<Town>> {
        let (town, federation) = self.open(place).await?;
        town.streams().set_bounds(self.streams.clone());
        let router = site::router(&town, &federation, &self.settings);
        self.front.metrics.watch(&town.host, federation.clone());
        self.front.open(
            place.public_url.names(),
            Site {
                town: town.clone(),
                router,
            },
        );
        self.work.spawn(look_for_files(town.clone()));
        self.work
            .spawn(worker::keep_profile_fresh(town.clone(), self.stop.clone()));
        self.work
            .spawn(worker::tell_listeners(town.clone(), self.stop.clone()));
        if self.settings.workers {
            self.work_for(&town, &federation)?;
        }
        Ok(town)
    }

    /// Only the background work of a town, without answering for it.
    pub async fn work_only(&self, place: &Place) -> Done {
        let (town, federation) = self.open(place).await?;
        self.work_for(&town, &federation)
    }

    async fn open(&self, place: &Place) -> Done<(Arc<Town>, Arc<Federation>)> {
        let town = towns::open(place, self.settings.limits.rate, self.clock.clone()).await?;
        town.set_sends_letters(self.settings.mail.is_on());
        if let Some(converter) = &self.converter {
            town.media.convert_with(converter.clone());
        }
        town.remote_pictures().keep_in(
            Cache::in_folder(place.remote_pictures()),
            self.settings.media.cache_quota.saturating_mul(MIB),
        );
        let federation = Federation::new(town.clone(), self.fetcher.clone()).await?;
        self.towns
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(place.host().to_owned(), town.clone());
        Ok((town, federation))
    }

    fn work_for(&self, town: &Arc<Town>, federation: &Arc<Federation>) -> Done {
        let (fetcher, stop) = (self.fetcher.clone(), self.stop.clone());
        let push = Push::new(town.clone(), fetcher, parvis_api::push_message)?;
        if let Some(office) = PostOffice::open(&self.settings.mail, town)? {
            let work = worker::send_letters(town.clone(), office, stop.clone());
            self.work.spawn(work);
        }
        let work = worker::run(town.clone(), federation.clone(), push, stop);
        self.work.spawn(work);
        Ok(())
    }

    fn knows(&self, place: &Place) -> bool {
        self.towns
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains_key(place.host())
    }

    /// A town whose database does not answer keeps no other from being served, nor the program from running: whoever asks
    /// for it is told to come back. Whatever else is wrong with it is given back.
    pub fn put_off(&self, place: &Place, problem: Stop) -> Done {
        if place.sqlite_file().is_some() || !problem.is_absence() {
            return Err(problem);
        }
        tracing::error!(town = place.host(), %problem, "the town is not open yet; trying again");
        self.front.expect(place.public_url.names());
        Ok(())
    }

    /// Towns that were founded while we run, and those that were put off.
    pub fn not_taken_up(&self) -> Vec<Place> {
        let mut places = installation::places(&self.settings).unwrap_or_else(|problem| {
            tracing::error!(%problem, "which towns there are cannot be read");
            Vec::new()
        });
        places.retain(|place| !self.knows(place));
        places
    }

    /// Waits for the signal to stop, and for what is in flight; a second signal cuts that short.
    pub async fn wait_for_the_end(&self) -> Done {
        asked_to_stop().await?;
        tracing::info!("stopping");
        tokio::select! {
            () = self.end() => Ok(()),
            again = asked_to_stop() => again,
        }
    }

    /// Stops, and waits for what is in flight as long as is reasonable.
    pub async fn end(&self) {
        let deadline = Instant::now() + GRACE;
        self.stop.cancel();
        self.work.close();
        if timeout_at(deadline, self.work.wait()).await.is_err() {
            tracing::warn!("some work did not end in time; it is done again after the next start");
        }
        self.close_databases().await;
    }

    /// A database that is closed is whole in its file, without a log beside it.
    async fn close_databases(&self) {
        let towns: Vec<_> = self
            .towns
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .drain()
            .collect();
        let closing = towns.iter().map(async |(host, town)| {
            match timeout(LAST_WORDS, town.store.close()).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(town = host, %error, "closing the database"),
                Err(_elapsed) => tracing::warn!(town = host, "the database is left open"),
            }
        });
        join_all(closing).await;
    }

    /// Work that must end before the program does.
    pub fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.work.spawn(work);
    }
}

/// Says at the start, rather than with the first upload, that files cannot be kept.
async fn look_for_files(town: Arc<Town>) {
    if let Err(error) = town.media.check().await {
        tracing::error!(town = town.host, %error, "files can be neither kept nor shown for now");
    }
}

fn room(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

async fn asked_to_stop() -> Done {
    let mut terminate = signal(SignalKind::terminate()).context("listening for signals")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("listening for signals")?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
