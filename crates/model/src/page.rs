//! Keyset paging: which piece of a list is asked for. Newest first, always.

use crate::{id::Id, limits};

/// Bounds are exclusive. `since_id` and `min_id` both mean "newer than"; `since_id` gives the newest page, `min_id` the
/// page directly above (<https://docs.joinmastodon.org/api/guidelines/#pagination>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    pub max_id: Option<Id>,
    pub since_id: Option<Id>,
    pub min_id: Option<Id>,
    pub limit: u64,
}

impl Default for Page {
    fn default() -> Self {
        Self {
            max_id: None,
            since_id: None,
            min_id: None,
            limit: limits::PAGE,
        }
    }
}

impl Page {
    /// The newest items older than `max_id`.
    pub fn older_than(max_id: Option<Id>) -> Self {
        Self {
            max_id,
            ..Self::default()
        }
    }

    #[must_use]
    pub fn limited(mut self, limit: u64) -> Self {
        self.limit = limit.clamp(1, limits::PAGE_MAX * 2);
        self
    }
}
