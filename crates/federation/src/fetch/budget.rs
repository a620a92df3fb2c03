//! How many fetches one arriving thing may still cause. Knows nothing of what is fetched.

use std::sync::atomic::{AtomicUsize, Ordering};

use parvis_model::limits;

use super::FetchFault;

#[derive(Debug)]
pub struct Budget(AtomicUsize);

impl Budget {
    pub fn of(fetches: usize) -> Self {
        Self(AtomicUsize::new(fetches))
    }

    /// For one activity, or for one person's search.
    pub fn for_activity() -> Self {
        Self::of(limits::FETCHES_PER_ACTIVITY)
    }

    pub fn spend(&self) -> Result<(), FetchFault> {
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(1)
            })
            .map(drop)
            .map_err(|_| FetchFault::Budget)
    }
}
