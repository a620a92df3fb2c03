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
    /// Never asked: there is nothing to say any more, or the address may not be asked.
    Unsent,
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
    /// Waits too, but may alone be to blame: what becomes of the next one, about something else, shows it. If that fares
    /// well, this one is refused.
    Doubted,
}

/// What may be said to a server that has not answered for long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Reachable,
    /// Asked once a day; nothing new is laid down for it but what it must hear to be right about what it has.
    Unreachable,
    /// Not asked any more until it is heard of; what waited is given up.
    Dropped,
}

/// Attempts after which a delivery that makes a server stumble comes under doubt.
const STUMBLES: u32 = 5;
/// Attempts (some 28 hours) after which one is set aside that stumbles while there is no other to compare it with.
const STUMBLES_ALONE: u32 = 12;
/// However long a server asks us to wait, we look again after this.
const LONGEST_WAIT: Timestamp = DAY;

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
        Outcome::Unsent => (health, Fate::Refused),
        Outcome::Retry { status, not_before } => {
            let fate = if attempts + 1 >= STUMBLES && status.is_some_and(stumbles) {
                Fate::Doubted
            } else {
                Fate::Waits
            };
            (later(health, not_before, now, chance), fate)
        }
    }
}

/// Is one in doubt set aside, though there was no other to compare it with? `attempts` counts the earlier ones.
pub fn alone_too_long(attempts: u32) -> bool {
    attempts + 1 >= STUMBLES_ALONE
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

pub fn standing(failing_since: Option<Timestamp>, now: Timestamp) -> Standing {
    match failing_since.map(|since| now - since) {
        Some(long) if long >= backoff::GIVE_UP => Standing::Dropped,
        Some(long) if long >= backoff::UNREACHABLE => Standing::Unreachable,
        _ => Standing::Reachable,
    }
}

/// How an activity is laid down for a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Laid {
    Waiting,
    /// As one that was given up at once: the ledger says so, nobody tries.
    GivenUp,
}

/// What is laid down for a server that stands so: `None`, nothing. An unreachable one gets no news, of which there would be
/// ever more rows, but all that changes or takes back what it has, and what is between two people. A dropped one gets
/// nothing but somebody's wish to follow, and a note in the ledger of what it should have forgotten.
pub fn laid_down(standing: Standing, kind: &str) -> Option<Laid> {
    let news = matches!(kind, "Create" | "Announce" | "Like" | "EmojiReact");
    match (standing, kind) {
        (Standing::Reachable, _) | (Standing::Dropped, "Follow") => Some(Laid::Waiting),
        (Standing::Unreachable, _) => (!news).then_some(Laid::Waiting),
        (Standing::Dropped, "Delete") => Some(Laid::GivenUp),
        (Standing::Dropped, _) => None,
    }
}

/// Servers that have failed since before this moment stand differently.
pub fn doubtful_before(now: Timestamp) -> Timestamp {
    now - backoff::UNREACHABLE
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
    fn one_indigestible_delivery_comes_under_doubt_and_a_silent_server_never() {
        let broken = Outcome::Retry {
            status: Some(500),
            not_before: None,
        };
        assert_eq!(after(Health::default(), broken, 3, 0, 0.0).1, Fate::Waits);
        assert_eq!(after(Health::default(), broken, 4, 0, 0.0).1, Fate::Doubted);
        for status in [Some(503), Some(429), None] {
            let down = Outcome::Retry {
                status,
                not_before: None,
            };
            assert_eq!(after(Health::default(), down, 400, 0, 0.0).1, Fate::Waits);
        }
        assert!(alone_too_long(11) && !alone_too_long(10));
    }

    #[test]
    fn who_is_away_for_long_gets_no_news_but_hears_of_every_deletion_while_there_is_hope() {
        for kind in ["Create", "Announce", "Delete", "Follow"] {
            assert_eq!(laid_down(Standing::Reachable, kind), Some(Laid::Waiting));
        }
        assert_eq!(laid_down(Standing::Unreachable, "Create"), None);
        assert_eq!(
            laid_down(Standing::Unreachable, "Update"),
            Some(Laid::Waiting)
        );
        assert_eq!(
            laid_down(Standing::Unreachable, "Delete"),
            Some(Laid::Waiting)
        );
        assert_eq!(laid_down(Standing::Dropped, "Delete"), Some(Laid::GivenUp));
        assert_eq!(laid_down(Standing::Dropped, "Update"), None);
        assert_eq!(laid_down(Standing::Dropped, "Follow"), Some(Laid::Waiting));
    }

    #[test]
    fn what_was_never_sent_says_nothing_of_the_server() {
        let (failing, _) = after(Health::default(), RETRY, 0, 1_000, 0.0);
        let (same, fate) = after(failing, Outcome::Unsent, 0, 2_000, 0.0);
        assert_eq!((same, fate), (failing, Fate::Refused));
    }

    #[test]
    fn a_server_is_unreachable_after_a_week_and_dropped_after_a_month() {
        let standing = |days| standing(Some(0), days * DAY);
        assert_eq!(super::standing(None, 400 * DAY), Standing::Reachable);
        assert_eq!(standing(6), Standing::Reachable);
        assert_eq!(
            (standing(7), standing(29)),
            (Standing::Unreachable, Standing::Unreachable)
        );
        assert_eq!(standing(30), Standing::Dropped);
    }

    /// A server as it really is: reachable or not, in spells.
    struct Server {
        outages: Vec<(Timestamp, Timestamp)>,
        received: Vec<u32>,
        attempts: Vec<Timestamp>,
        health: Health,
        line: VecDeque<(u32, u32)>,
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
                let Some((parcel, tried)) = self.line.front().copied() else {
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
                    self.line[0] = (parcel, tried + 1);
                } else {
                    self.received.push(parcel);
                    self.line.pop_front();
                }
                if standing(health.failing_since, now) == Standing::Dropped {
                    self.given_up += self.line.len() as u32;
                    self.line.clear();
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
                    server.line.push_back((parcel, 0));
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
