//! Time as a thing one is given. Only this module may ask the machine what time it is.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

/// Milliseconds since 1970-01-01T00:00:00Z.
pub type Timestamp = i64;

pub const SECOND: Timestamp = 1_000;
pub const MINUTE: Timestamp = 60 * SECOND;
pub const HOUR: Timestamp = 60 * MINUTE;
pub const DAY: Timestamp = 24 * HOUR;

/// Says what time it is. Cloning gives another view of the same clock.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// `None`: the machine's own time.
    held: Option<Arc<AtomicI64>>,
}

impl Clock {
    pub fn system() -> Self {
        Self { held: None }
    }

    /// A clock that stands still at `at` until [`Clock::advance`] moves it.
    pub fn fixed(at: Timestamp) -> Self {
        Self {
            held: Some(Arc::new(AtomicI64::new(at))),
        }
    }

    pub fn now(&self) -> Timestamp {
        match &self.held {
            Some(held) => held.load(Ordering::Relaxed),
            None => machine_time(),
        }
    }

    /// Moves a fixed clock on; the machine's own time is not ours to move.
    pub fn advance(&self, by: Timestamp) {
        if let Some(held) = &self.held {
            held.fetch_add(by, Ordering::Relaxed);
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the machine is asked"
)]
fn machine_time() -> Timestamp {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| {
            i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_moves_only_when_told() {
        let clock = Clock::fixed(5);
        let same = clock.clone();
        assert_eq!(clock.now(), 5);
        same.advance(HOUR);
        assert_eq!(clock.now(), 5 + HOUR);
    }
}
