//! What is asked of other servers in the background, since somebody looks at what they may know more of. In memory alone:
//! an errand that is lost with a restart harms nobody, whoever looks again sends it again, and nothing is written for it.
//! Bounded in number, in time and in how often. What threads lack is no errand of this kind: `town` keeps those.

use std::{sync::Arc, time::Duration};

use parvis_model::clock::{HOUR, MINUTE, Timestamp};
use parvis_model::id::Id;
use parvis_town::{Outcome, profile_links, reach::Wish};
use quick_cache::sync::Cache;
use tokio::{sync::Semaphore, time::timeout};

use super::Resolver;
use crate::synchronization::Claim;

/// Errands of one cause that wait or are under way; what comes beyond is not sent out.
const WAITING: usize = 64;
/// Those under way.
const AT_ONCE: usize = 4;
/// Remembered, so that the same is not asked again and again.
const REMEMBERED: usize = 10_000;
/// One errand ends after this, with what it has found.
const PATIENCE: Duration = Duration::from_mins(1);

#[derive(Clone, Debug)]
pub(crate) enum Errand {
    /// What an account keeps on top of its page.
    Pins(Id),
    /// How a poll stands.
    Poll(Id),
    /// Which pages that an account links to lead back to it.
    Links(Id),
    /// Who here follows an account elsewhere, as its server knows it.
    Followers(Box<Claim>),
}

/// Who causes an errand. What arrives cannot take the places of what people here look at.
#[derive(Clone, Copy, Debug)]
enum Cause {
    Reader,
    Arrival,
}

impl From<Wish> for Errand {
    fn from(wish: Wish) -> Self {
        match wish {
            Wish::Pins(account) => Self::Pins(account),
            Wish::Poll(post) => Self::Poll(post),
            Wish::Links(account) => Self::Links(account),
        }
    }
}

impl Errand {
    fn cause(&self) -> Cause {
        match self {
            Self::Pins(_) | Self::Poll(_) | Self::Links(_) => Cause::Reader,
            Self::Followers(_) => Cause::Arrival,
        }
    }

    /// The same for what is not to be done again at once, whatever else is said with it.
    fn name(&self) -> String {
        match self {
            Self::Pins(account) => format!("pins {account}"),
            Self::Poll(post) => format!("poll {post}"),
            Self::Links(account) => format!("links {account}"),
            Self::Followers(claim) => format!("followers {}", claim.actor),
        }
    }

    /// Its name for the log, where addresses of people do not stand.
    fn told(&self) -> String {
        match self {
            Self::Pins(_) | Self::Poll(_) | Self::Links(_) => self.name(),
            Self::Followers(_) => "followers".to_owned(),
        }
    }

    /// How long it is not sent out again.
    fn rest(&self) -> Timestamp {
        match self {
            Self::Pins(_) | Self::Links(_) | Self::Followers(_) => HOUR,
            Self::Poll(_) => 3 * MINUTE,
        }
    }
}

pub(super) struct Errands {
    sent: Cache<String, Timestamp>,
    of_readers: Places,
    of_arrivals: Places,
}

struct Places {
    room: Arc<Semaphore>,
    turns: Semaphore,
}

impl Places {
    fn new() -> Self {
        Self {
            room: Arc::new(Semaphore::new(WAITING)),
            turns: Semaphore::new(AT_ONCE),
        }
    }
}

impl Errands {
    pub(super) fn new() -> Self {
        Self {
            sent: Cache::new(REMEMBERED),
            of_readers: Places::new(),
            of_arrivals: Places::new(),
        }
    }

    fn places(&self, errand: &Errand) -> &Places {
        match errand.cause() {
            Cause::Reader => &self.of_readers,
            Cause::Arrival => &self.of_arrivals,
        }
    }
}

impl Resolver {
    /// Never waits.
    pub(crate) fn send_out(self: &Arc<Self>, errand: Errand) {
        let (errands, now) = (&self.errands, self.town.now());
        let name = errand.name();
        if let Some(at) = errands.sent.get(&name)
            && now - at < errand.rest()
        {
            return;
        }
        let room = errands.places(&errand).room.clone();
        let Ok(room) = room.try_acquire_owned() else {
            tracing::debug!(name, "too much to ask for already");
            return;
        };
        errands.sent.insert(name.clone(), now);
        let resolver = self.clone();
        tokio::spawn(async move {
            let _room = room;
            // Nobody closes it.
            let _turn = resolver.errands.places(&errand).turns.acquire().await.ok();
            match timeout(PATIENCE, resolver.run(&errand)).await {
                Ok(Ok(true)) => {}
                Ok(Ok(false)) => drop(resolver.errands.sent.remove(&name)),
                Ok(Err(err)) => {
                    tracing::warn!(%err, errand = errand.told(), "an errand failed");
                }
                Err(_) => tracing::debug!(errand = errand.told(), "an errand took too long"),
            }
        });
    }

    /// `false`: nothing came of it, and nothing speaks against the same soon: the fetcher leaves alone what just failed.
    async fn run(self: &Arc<Self>, errand: &Errand) -> Outcome<bool> {
        match errand {
            Errand::Pins(account) => self.refresh_pins(*account).await,
            Errand::Poll(post) => self.recount(*post).await,
            Errand::Links(account) => {
                profile_links::look_elsewhere(&self.town, *account).await?;
                Ok(true)
            }
            Errand::Followers(claim) => self.synchronise(claim).await,
        }
    }
}
