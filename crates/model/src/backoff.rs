//! How long to wait before trying a server again. Pure: time and chance are passed in.

use crate::clock::{DAY, HOUR, MINUTE, SECOND, Timestamp};

const STEPS: [Timestamp; 10] = [
    5 * SECOND,
    30 * SECOND,
    2 * MINUTE,
    10 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    4 * HOUR,
    8 * HOUR,
    12 * HOUR,
];

/// A server that has not answered for so long is said to be unreachable, and gets no more news.
pub const UNREACHABLE: Timestamp = 7 * DAY;
/// A server that has not answered for so long is given up.
pub const GIVE_UP: Timestamp = 30 * DAY;

/// The pause after `failures` failed attempts in a row (1 or more), spread by up to a quarter by
/// `chance` (0.0 to 1.0), so that servers that failed together are not asked again together.
pub fn pause(failures: u32, chance: f64) -> Timestamp {
    let step = STEPS
        .get(failures.saturating_sub(1) as usize)
        .copied()
        .unwrap_or(DAY);
    step + (step as f64 * 0.25 * chance.clamp(0.0, 1.0)) as Timestamp
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_day() {
        let pauses: Vec<_> = (1..=12).map(|n| pause(n, 0.0)).collect();
        assert!(pauses.is_sorted());
        assert_eq!(pauses[0], 5 * SECOND);
        assert_eq!(pauses[11], DAY);
    }

    #[test]
    fn chance_adds_at_most_a_quarter() {
        assert_eq!(pause(6, 1.0), HOUR + HOUR / 4);
    }
}
