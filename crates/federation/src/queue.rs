//! What becomes of a delivery and of its server after each attempt. Pure: no clock, no chance, no network, no rows.

use parvis_model::{
    backoff,
    clock::{DAY, Timestamp},
};

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Delivered,
    /// There is no such inbox (any more).
    Gone,
    /// Any other answer that asking again would not change.
    Refused,
    /// No answer, or one that says "later": `not_before` is what `Retry-After` asked for.
    Retry {
        status: Option<u16>,
        not_before: Option<Timestamp>,
    },
}

/// What we remember of a server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Failed attempts in a row.
    pub failures: u32,
    pub failing_since: Option<Timestamp>,
    pub next_attempt_at: Timestamp,
    pub last_success_at: Option<Timestamp>,
}

/// What becomes of the delivery itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Delivered,
    Gone,
    Refused,
    /// Stays first in line.
    Waits,
}

/// Attempts after which a delivery that alone makes a living server stumble is set aside.
const STUMBLES: u32 = 5;
/// However long a server asks us to wait, we look again after this.
const LONGEST_WAIT: Timestamp = 7 * DAY;

/// Takes note of one attempt at `now`; `attempts` counts the earlier ones of this delivery, `chance` (0 to 1) spreads
/// the next attempts of many servers.
pub fn after(
    health: Health,
    outcome: Outcome,
    attempts: u32,
    now: Timestamp,
    chance: f64,
) -> (Health, Fate) {
    let well = Health {
        last_success_at: Some(now),
        ..Health::default()
    };
    match outcome {
        Outcome::Delivered => (well, Fate::Delivered),
        Outcome::Gone => (well, Fate::Gone),
        Outcome::Refused => (well, Fate::Refused),
        Outcome::Retry {
            status: Some(status),
            ..
        } if stumbles(status) && attempts + 1 >= STUMBLES => (well, Fate::Refused),
        Outcome::Retry { not_before, .. } => (later(health, not_before, now, chance), Fate::Waits),
    }
}

/// The server is there but this delivery breaks it; others may do better.
fn stumbles(status: u16) -> bool {
    !matches!(status, 408 | 425 | 429 | 502 | 503 | 504)
}

fn later(health: Health, not_before: Option<Timestamp>, now: Timestamp, chance: f64) -> Health {
    let failures = health.failures.saturating_add(1);
    let paused = now + backoff::pause(failures, chance);
    let asked = not_before.unwrap_or(0).min(now + LONGEST_WAIT);
    Health {
        failures,
        failing_since: health.failing_since.or(Some(now)),
        next_attempt_at: paused.max(asked),
        last_success_at: health.last_success_at,
    }
}

/// Deliveries that were laid down before this moment are given up, if the server has not answered since.
pub fn given_up_before(health: Health, now: Timestamp) -> Option<Timestamp> {
    let limit = now - backoff::GIVE_UP;
    health
        .failing_since
        .filter(|since| *since <= limit)
        .map(|_| limit)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, VecDeque};

    use parvis_model::clock::{HOUR, MINUTE, SECOND};
    use rand::{RngExt, SeedableRng, rngs::StdRng};

    use super::*;

    const RETRY: Outcome = Outcome::Retry {
        status: None,
        not_before: None,
    };

    #[test]
    fn a_server_that_fails_is_left_alone_longer_each_time() {
        let (first, fate) = after(Health::default(), RETRY, 0, 1_000, 0.0);
        assert_eq!(
            (first.next_attempt_at, fate),
            (1_000 + 5 * SECOND, Fate::Waits)
        );
        let (second, _) = after(first, RETRY, 1, first.next_attempt_at, 0.0);
        assert_eq!(second.next_attempt_at - first.next_attempt_at, 30 * SECOND);
        assert_eq!(second.failing_since, Some(1_000));
        let (well, _) = after(second, Outcome::Delivered, 2, HOUR, 0.0);
        assert_eq!(
            (well.failures, well.next_attempt_at, well.failing_since),
            (0, 0, None)
        );
    }

    #[test]
    fn a_wish_to_wait_is_granted_within_reason() {
        let asked = |not_before| Outcome::Retry {
            status: Some(429),
            not_before: Some(not_before),
        };
        let (health, _) = after(Health::default(), asked(HOUR), 0, 0, 0.0);
        assert_eq!(health.next_attempt_at, HOUR);
        let (health, _) = after(Health::default(), asked(365 * DAY), 0, 0, 0.0);
        assert_eq!(health.next_attempt_at, LONGEST_WAIT);
    }

    #[test]
    fn one_indigestible_delivery_does_not_hold_up_the_rest_for_ever() {
        let broken = Outcome::Retry {
            status: Some(500),
            not_before: None,
        };
        assert_eq!(after(Health::default(), broken, 3, 0, 0.0).1, Fate::Waits);
        assert_eq!(after(Health::default(), broken, 4, 0, 0.0).1, Fate::Refused);
        let down = Outcome::Retry {
            status: Some(503),
            not_before: None,
        };
        assert_eq!(after(Health::default(), down, 400, 0, 0.0).1, Fate::Waits);
    }

    /// A server as it really is: reachable or not, in spells.
    struct Server {
        outages: Vec<(Timestamp, Timestamp)>,
        received: Vec<u32>,
        attempts: Vec<Timestamp>,
        health: Health,
        line: VecDeque<(u32, Timestamp, u32)>,
        given_up: u32,
    }

    impl Server {
        fn new(random: &mut StdRng) -> Self {
            let mut outages = Vec::new();
            let mut at = 0;
            for _ in 0..random.random_range(0..6) {
                at += random.random_range(MINUTE..3 * DAY);
                let long = if random.random_bool(0.2) {
                    45 * DAY
                } else {
                    2 * DAY
                };
                let end = at + random.random_range(SECOND..long);
                outages.push((at, end));
                at = end;
            }
            Self {
                outages,
                received: Vec::new(),
                attempts: Vec::new(),
                health: Health::default(),
                line: VecDeque::new(),
                given_up: 0,
            }
        }

        fn up(&self, at: Timestamp) -> bool {
            !self
                .outages
                .iter()
                .any(|(from, to)| (*from..*to).contains(&at))
        }

        /// Sends what may be sent at `now`, as the sender does.
        fn work(&mut self, now: Timestamp, random: &mut StdRng) {
            while self.health.next_attempt_at <= now {
                let Some((parcel, created, tried)) = self.line.front().copied() else {
                    return;
                };
                self.attempts.push(now);
                let outcome = if self.up(now) {
                    Outcome::Delivered
                } else {
                    RETRY
                };
                let (health, fate) = after(self.health, outcome, tried, now, random.random());
                self.health = health;
                if fate == Fate::Waits {
                    self.line[0] = (parcel, created, tried + 1);
                } else {
                    self.received.push(parcel);
                    self.line.pop_front();
                }
                if let Some(before) = given_up_before(health, now) {
                    let had = self.line.len();
                    self.line.retain(|(_, created, _)| *created >= before);
                    self.given_up += (had - self.line.len()) as u32;
                }
            }
        }
    }

    /// Thousands of histories: nothing is lost, doubled or overtaken, and a dead server costs little.
    #[test]
    fn whatever_happens_everything_arrives_once_and_in_order() {
        for seed in 0..2_000 {
            let mut random = StdRng::seed_from_u64(seed);
            let mut server = Server::new(&mut random);
            let mut todo: BTreeMap<Timestamp, u32> = BTreeMap::new();
            for parcel in 0..random.random_range(1..40) {
                todo.insert(random.random_range(0..20 * DAY), parcel);
            }
            let sent = todo.len();
            let order: Vec<u32> = todo.values().copied().collect();
            let mut now = 0;
            let end = 150 * DAY;
            while now < end {
                let due = server.health.next_attempt_at;
                let next = todo.keys().next().copied().unwrap_or(end);
                now = if server.line.is_empty() {
                    next
                } else {
                    next.min(due.max(now + 1))
                };
                if let Some(parcel) = todo.remove(&now) {
                    server.line.push_back((parcel, now, 0));
                }
                server.work(now, &mut random);
            }
            assert!(
                server.line.is_empty(),
                "seed {seed}: nothing waits for ever"
            );
            assert_eq!(
                server.received.len() + server.given_up as usize,
                sent,
                "seed {seed}"
            );
            let mut expected = order
                .iter()
                .filter(|parcel| server.received.contains(parcel));
            assert!(
                server
                    .received
                    .iter()
                    .all(|got| expected.next() == Some(got)),
                "seed {seed}: in order, once"
            );
            let longest = server
                .outages
                .iter()
                .map(|(from, to)| to - from)
                .max()
                .unwrap_or(0);
            if longest < 20 * DAY {
                assert_eq!(
                    server.given_up, 0,
                    "seed {seed}: only a long silence ends in giving up"
                );
            }
            for (from, to) in &server.outages {
                let tries = server
                    .attempts
                    .iter()
                    .filter(|at| (*from..*to).contains(*at))
                    .count() as i64;
                assert!(
                    tries <= 12 + (to - from) / (12 * HOUR),
                    "seed {seed}: {tries} attempts in one outage"
                );
            }
        }
    }
}
