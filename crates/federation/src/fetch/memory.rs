//! What the fetcher remembers of servers for a moment: what just failed, and how many requests are under way. Bounded;
//! knows nothing of documents.

use std::{convert::Infallible, sync::Arc};

use parvis_model::clock::{MINUTE, Timestamp};
use quick_cache::sync::Cache;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::Url;

/// How long a failure is remembered.
const FAILURE: Timestamp = MINUTE;
const FAILURES: usize = 10_000;
/// Requests to one server at a time.
const AT_ONCE: usize = 8;
const SERVERS: usize = 10_000;

pub(super) struct Memory {
    /// Until when an address, or an origin, is left alone.
    failures: Cache<String, Timestamp>,
    turns: Cache<String, Arc<Semaphore>>,
}

impl Memory {
    pub(super) fn new() -> Self {
        Self {
            failures: Cache::new(FAILURES),
            turns: Cache::new(SERVERS),
        }
    }

    /// Did this address, or its whole server, fail a moment ago?
    pub(super) fn just_failed(&self, url: &Url, now: Timestamp) -> bool {
        let failed = |key: &str| self.failures.get(key).is_some_and(|until| now < until);
        failed(url.as_str()) || failed(&origin(url))
    }

    pub(super) fn address_failed(&self, url: &Url, now: Timestamp) {
        self.failures.insert(url.as_str().to_owned(), now + FAILURE);
    }

    pub(super) fn server_failed(&self, url: &Url, now: Timestamp) {
        self.failures.insert(origin(url), now + FAILURE);
    }

    /// Waits until the server has fewer than eight requests of ours. Hold it as long as the request lasts.
    pub(super) async fn turn(&self, url: &Url) -> Option<OwnedSemaphorePermit> {
        let new = || Ok::<_, Infallible>(Arc::new(Semaphore::new(AT_ONCE)));
        let Ok(turns) = self.turns.get_or_insert_with(origin(url).as_str(), new);
        // Nobody closes these semaphores.
        turns.acquire_owned().await.ok()
    }
}

/// Without a slash at its end, so that it is never an address too.
fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}
