//! How often something may be tried: per account and per network. Kept in memory, bounded.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use parvis_model::{
    clock::{Clock, MINUTE, Timestamp},
    refusal::Refusal,
};

/// More keys than this are a flood; then only those that are over their limit are remembered.
const KEYS: usize = 50_000;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rate {
    /// Log-ins for one account, right or wrong.
    LogInAccount,
    /// Log-ins from one network.
    LogInNetwork,
    /// Codes tried at the second step of one login, right or wrong.
    SecondStep,
    /// Archives of all posts that one account takes along.
    Archive,
    /// Tables and archives that one account brings along.
    Import,
    /// Accounts opened from one network.
    SignUpNetwork,
    /// Forms for an account sent from one network, good or not.
    SignUpTries,
    /// Letters that are asked for, to one person.
    Letter,
    /// Letters that ask whether an address is somebody's own: to one address, and for one person.
    ConfirmAddress,
    /// Letters for a new password that are asked for from one network.
    LetterNetwork,
    /// Apps registered from one network.
    RegisterApp,
    /// Apps that one person lets in.
    LetIn,
    /// Requests of one app user, or of one network without a token.
    Api,
    /// Searches that go out to other servers, per account.
    Reach,
    /// Posts of one account.
    Publish,
    /// Pictures an account sends through apps.
    Upload,
    /// Reports of one account.
    Report,
    /// Posts and boosts an account takes back through apps.
    TakeBack,
}

impl Rate {
    /// How many, in how long.
    fn limit(self) -> (u32, Timestamp) {
        match self {
            Self::LogInAccount => (10, 15 * MINUTE),
            Self::LogInNetwork => (60, 15 * MINUTE),
            Self::SecondStep => (6, 15 * MINUTE),
            Self::Archive => (4, 60 * MINUTE),
            Self::Letter => (5, 60 * MINUTE),
            Self::ConfirmAddress => (5, 6 * 60 * MINUTE),
            Self::Import | Self::SignUpNetwork => (10, 60 * MINUTE),
            Self::SignUpTries => (60, 60 * MINUTE),
            Self::RegisterApp | Self::LetIn => (30, 10 * MINUTE),
            Self::Api => (300, 5 * MINUTE),
            Self::Reach | Self::Publish => (60, 5 * MINUTE),
            Self::Report | Self::LetterNetwork => (20, 60 * MINUTE),
            Self::Upload | Self::TakeBack => (30, 30 * MINUTE),
        }
    }
}

/// What is left after a try was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    pub limit: u32,
    pub remaining: u32,
    /// When everything is allowed again.
    pub reset: Timestamp,
    /// This one was too many.
    pub over: bool,
}

impl Allowance {
    /// The refusal of one too many; `now` by the same clock.
    pub fn check(self, now: Timestamp) -> Result<(), Refusal> {
        if self.over {
            let minutes = (self.reset - now + MINUTE - 1) / MINUTE;
            return Err(Refusal::too_many("refusal-too-often").with("minutes", minutes));
        }
        Ok(())
    }
}

#[derive(Debug)]
pub struct Rates {
    on: bool,
    clock: Clock,
    windows: Mutex<HashMap<(Rate, String), Window>>,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    until: Timestamp,
    count: u32,
}

impl Rates {
    pub(crate) fn new(on: bool, clock: Clock) -> Self {
        Self {
            on,
            clock,
            windows: Mutex::default(),
        }
    }

    /// Is anything counted at all?
    pub fn are_on(&self) -> bool {
        self.on
    }

    /// Counts one more; refused where it is one too many.
    pub fn count(&self, rate: Rate, key: &str) -> Result<(), Refusal> {
        self.spend(rate, key).check(self.clock.now())
    }

    /// Counts one more, and says what is left. Nothing is counted where rates are off.
    pub fn spend(&self, rate: Rate, key: &str) -> Allowance {
        let (limit, span) = rate.limit();
        let now = self.clock.now();
        if !self.on {
            return Allowance {
                limit,
                remaining: limit,
                reset: now + span,
                over: false,
            };
        }
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= KEYS {
            windows.retain(|_, window| window.until > now);
            if windows.len() >= KEYS {
                windows.retain(|(rate, _), window| window.count > rate.limit().0);
            }
            if windows.len() >= KEYS {
                windows.clear();
            }
        }
        let window = windows
            .entry((rate, key.to_owned()))
            .and_modify(|window| {
                if window.until <= now {
                    *window = Window {
                        until: now + span,
                        count: 0,
                    };
                }
            })
            .or_insert(Window {
                until: now + span,
                count: 0,
            });
        window.count = window.count.saturating_add(1);
        Allowance {
            limit,
            remaining: limit.saturating_sub(window.count),
            reset: window.until,
            over: window.count > limit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eleventh_log_in_waits_and_only_for_that_account() {
        let clock = Clock::fixed(0);
        let rates = Rates::new(true, clock.clone());
        for _ in 0..10 {
            rates.count(Rate::LogInAccount, "marie").unwrap();
        }
        assert!(rates.count(Rate::LogInAccount, "marie").is_err());
        assert!(rates.count(Rate::LogInAccount, "bruno").is_ok());
        clock.advance(15 * MINUTE);
        assert!(rates.count(Rate::LogInAccount, "marie").is_ok());
    }

    #[test]
    fn what_is_left_is_told_and_never_below_nothing() {
        let rates = Rates::new(true, Clock::fixed(0));
        let first = rates.spend(Rate::Upload, "1");
        assert_eq!(
            (first.limit, first.remaining, first.reset),
            (30, 29, 30 * MINUTE)
        );
        let last = (0..40)
            .map(|_| rates.spend(Rate::Upload, "1"))
            .last()
            .unwrap();
        assert_eq!((last.remaining, last.over), (0, true));
        let off = Rates::new(false, Clock::fixed(0));
        assert!(!(0..40).any(|_| off.spend(Rate::Upload, "1").over));
    }
}
