//! 64-bit ids in order of time: 47 bits of milliseconds above 16 bits of sequence. Knows no database.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::clock::{Clock, Timestamp};

/// Shown to the outside as a decimal string.
pub type Id = i64;

const SEQUENCE_BITS: u32 = 16;

/// Hands out ids. Several processes on one database may each hold one: the sequence starts at a
/// random place, and a clash is refused by the primary key rather than overwriting anything.
#[derive(Debug)]
pub struct Ids {
    clock: Clock,
    last: AtomicI64,
}

impl Ids {
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            last: AtomicI64::new(0),
        }
    }

    /// A new id, greater than every one handed out before by this process.
    pub fn next(&self) -> Id {
        let now = first_of(self.clock.now()) | jitter();
        let mut last = self.last.load(Ordering::Relaxed);
        loop {
            let id = now.max(last + 1);
            match self
                .last
                .compare_exchange_weak(last, id, Ordering::Relaxed, Ordering::Relaxed)
            {
                Ok(_) => return id,
                Err(seen) => last = seen,
            }
        }
    }

    /// One that stays whole where it is read as a floating-point number, as JavaScript does, until the year 2109.
    pub fn next_exact(&self) -> Id {
        loop {
            let id = self.next();
            if id % 32 == 0 {
                return id;
            }
        }
    }

    /// An id for something that another server published at `published`; never in the future.
    pub fn at(&self, published: Timestamp) -> Id {
        let published = published.clamp(0, self.clock.now());
        first_of(published) | i64::from(rand::random::<u16>())
    }
}

/// The moment an id stands for.
pub fn time_of(id: Id) -> Timestamp {
    id >> SEQUENCE_BITS
}

/// The smallest id of a moment.
pub fn first_of(at: Timestamp) -> Id {
    at << SEQUENCE_BITS
}

/// Low bits that keep two processes apart within one millisecond and leave room to count up.
fn jitter() -> i64 {
    i64::from(rand::random::<u16>() >> 2)
}

/// Reads an id as the outside writes it.
pub fn parse(text: &str) -> Option<Id> {
    text.parse().ok().filter(|id| *id > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_grow_even_when_time_stands_still() {
        let ids = Ids::new(Clock::fixed(1_700_000_000_000));
        let handed: Vec<Id> = (0..1000).map(|_| ids.next()).collect();
        assert!(handed.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn an_exact_id_survives_being_a_floating_point_number() {
        let ids = Ids::new(Clock::fixed(4_300_000_000_000));
        for _ in 0..100 {
            let id = ids.next_exact();
            assert_eq!(id as f64 as i64, id);
        }
    }

    #[test]
    fn an_id_tells_its_moment() {
        let ids = Ids::new(Clock::fixed(1_700_000_000_000));
        assert_eq!(time_of(ids.at(1_600_000_000_123)), 1_600_000_000_123);
        assert_eq!(
            time_of(ids.at(1_900_000_000_000)),
            1_700_000_000_000,
            "never in the future"
        );
    }
}
