//! What becomes of requests to inboxes: a closed list with its statuses, one line in the log each, and how often each was.
//! Knows no network and no store.

use std::sync::atomic::{AtomicU64, Ordering};

use http::StatusCode;
use parvis_town::Failure;

use crate::{json::JsonFault, keys::Miss, signatures, wire::Unreadable};

/// What became of a request.
#[derive(Debug)]
pub(crate) enum Outcome {
    Applied,
    /// It was here before.
    Duplicate,
    Ignored(Idle),
    Refused(Fault),
}

/// Why nothing is done about a request that is believed, or nothing that we may say.
#[derive(Clone, Copy, Debug, thiserror::Error)]
pub(crate) enum Idle {
    #[error("the end of an account nobody here knows")]
    Stranger,
    #[error("a kind we do not act on")]
    Kind,
    #[error("suspended here")]
    Suspended,
    /// Nothing in it is for us.
    #[error("{0}")]
    Nothing(&'static str),
    /// The town does not let them: named by the key of the refusal.
    #[error("{0}")]
    Forbidden(&'static str),
    #[error("nothing changed by it")]
    Unchanged,
}

/// Why a request is not let in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    #[error("for another host")]
    Host,
    #[error("no such inbox")]
    NoInbox,
    #[error("the inbox of an account that is gone")]
    Gone,
    #[error("not a document for servers")]
    MediaType,
    #[error("too long")]
    TooLong,
    #[error(transparent)]
    Signature(#[from] signatures::Fault),
    #[error("nobody has this key")]
    Key,
    #[error("too many keys asked for")]
    TooOften,
    #[error("a blocked server")]
    Blocked,
    #[error(transparent)]
    Json(#[from] JsonFault),
    #[error("unreadable: {0}")]
    Unreadable(#[from] Unreadable),
    #[error("not signed by its actor")]
    NotTheSigner,
    #[error("its id is on another server")]
    ForeignId,
    #[error("{0}")]
    Broken(Failure),
}

impl Fault {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Host => StatusCode::MISDIRECTED_REQUEST,
            Self::NoInbox => StatusCode::NOT_FOUND,
            Self::Gone => StatusCode::GONE,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Signature(_) | Self::Key | Self::NotTheSigner => StatusCode::UNAUTHORIZED,
            Self::TooOften => StatusCode::TOO_MANY_REQUESTS,
            Self::Blocked => StatusCode::FORBIDDEN,
            Self::Json(_) | Self::Unreadable(_) | Self::ForeignId => StatusCode::BAD_REQUEST,
            // The other server keeps it and tries again.
            Self::Broken(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        Self::Broken(failure)
    }
}

impl From<Miss<Failure>> for Fault {
    fn from(miss: Miss<Failure>) -> Self {
        match miss {
            Miss::Unknown => Self::Key,
            Miss::TooOften => Self::TooOften,
            Miss::Broken(failure) => Self::Broken(failure),
        }
    }
}

impl Outcome {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Applied | Self::Duplicate | Self::Ignored(_) => StatusCode::ACCEPTED,
            Self::Refused(fault) => fault.status(),
        }
    }

    /// One line in the log. `peer`: the server that the request says it is from. Names of people and what they wrote stay
    /// out of it.
    pub(super) fn tell(&self, town: &str, peer: &str) {
        let (outcome, reason) = self.reason().words();
        match self {
            Self::Refused(Fault::Broken(err)) => {
                tracing::error!(town, peer, outcome, reason, %err, "inbox");
            }
            Self::Refused(why) => tracing::info!(town, peer, outcome, reason, %why, "inbox"),
            Self::Ignored(why) => tracing::info!(town, peer, outcome, reason, %why, "inbox"),
            Self::Applied | Self::Duplicate => {
                tracing::info!(town, peer, outcome, reason, "inbox");
            }
        }
    }

    fn reason(&self) -> Reason {
        match self {
            Self::Applied => Reason::New,
            Self::Duplicate => Reason::Seen,
            Self::Ignored(idle) => match idle {
                Idle::Stranger => Reason::Stranger,
                Idle::Kind => Reason::Kind,
                Idle::Suspended => Reason::Suspended,
                Idle::Nothing(_) => Reason::Nothing,
                Idle::Forbidden(_) => Reason::Forbidden,
                Idle::Unchanged => Reason::Unchanged,
            },
            Self::Refused(fault) => match fault {
                Fault::Host => Reason::Host,
                Fault::NoInbox => Reason::NoInbox,
                Fault::Gone => Reason::Gone,
                Fault::MediaType => Reason::MediaType,
                Fault::TooLong => Reason::TooLong,
                Fault::Signature(_) => Reason::Signature,
                Fault::Key => Reason::Key,
                Fault::TooOften => Reason::TooOften,
                Fault::Blocked => Reason::Blocked,
                Fault::Json(_) => Reason::Json,
                Fault::Unreadable(_) => Reason::Unreadable,
                Fault::NotTheSigner => Reason::NotTheSigner,
                Fault::ForeignId => Reason::ForeignId,
                Fault::Broken(_) => Reason::Broken,
            },
        }
    }
}

/// By what requests are counted: each belongs to one outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    New,
    Seen,
    Stranger,
    Kind,
    Suspended,
    Nothing,
    Forbidden,
    Unchanged,
    Host,
    NoInbox,
    Gone,
    MediaType,
    TooLong,
    Signature,
    Key,
    TooOften,
    Blocked,
    Json,
    Unreadable,
    NotTheSigner,
    ForeignId,
    Broken,
}

impl Reason {
    /// In the order of their declaration, which is that of the counters.
    const ALL: [Self; 22] = [
        Self::New,
        Self::Seen,
        Self::Stranger,
        Self::Kind,
        Self::Suspended,
        Self::Nothing,
        Self::Forbidden,
        Self::Unchanged,
        Self::Host,
        Self::NoInbox,
        Self::Gone,
        Self::MediaType,
        Self::TooLong,
        Self::Signature,
        Self::Key,
        Self::TooOften,
        Self::Blocked,
        Self::Json,
        Self::Unreadable,
        Self::NotTheSigner,
        Self::ForeignId,
        Self::Broken,
    ];

    /// Outcome and reason, in short words for log and counters.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::New => ("applied", "new"),
            Self::Seen => ("duplicate", "seen"),
            Self::Stranger => ("ignored", "stranger"),
            Self::Kind => ("ignored", "kind"),
            Self::Suspended => ("ignored", "suspended"),
            Self::Nothing => ("ignored", "nothing"),
            Self::Forbidden => ("ignored", "forbidden"),
            Self::Unchanged => ("ignored", "unchanged"),
            Self::Host => ("refused", "host"),
            Self::NoInbox => ("refused", "no_inbox"),
            Self::Gone => ("refused", "gone"),
            Self::MediaType => ("refused", "media_type"),
            Self::TooLong => ("refused", "too_long"),
            Self::Signature => ("refused", "signature"),
            Self::Key => ("refused", "key"),
            Self::TooOften => ("refused", "too_often"),
            Self::Blocked => ("refused", "blocked"),
            Self::Json => ("refused", "json"),
            Self::Unreadable => ("refused", "unreadable"),
            Self::NotTheSigner => ("refused", "not_the_signer"),
            Self::ForeignId => ("refused", "foreign_id"),
            Self::Broken => ("refused", "broken"),
        }
    }
}

/// How often requests ended how, since the program began.
#[derive(Debug, Default)]
pub(crate) struct Counts([AtomicU64; Reason::ALL.len()]);

impl Counts {
    pub(super) fn add(&self, outcome: &Outcome) {
        self.0[outcome.reason() as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// Outcome, reason and how often; what never was, too.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&'static str, &'static str, u64)> {
        Reason::ALL.into_iter().zip(&self.0).map(|(reason, count)| {
            let (outcome, reason) = reason.words();
            (outcome, reason, count.load(Ordering::Relaxed))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_has_a_counter_and_words_of_its_own() {
        for (at, reason) in Reason::ALL.into_iter().enumerate() {
            assert_eq!(reason as usize, at, "{reason:?}");
            let same = Reason::ALL.iter().filter(|it| it.words() == reason.words());
            assert_eq!(same.count(), 1, "{reason:?}");
        }
    }

    #[test]
    fn an_outcome_is_counted_under_its_reason_alone() {
        let counts = Counts::default();
        counts.add(&Outcome::Duplicate);
        counts.add(&Outcome::Refused(Fault::Gone));
        counts.add(&Outcome::Refused(Fault::Gone));
        let counted: Vec<_> = counts.all().filter(|(_, _, count)| *count > 0).collect();
        assert_eq!(counted, [("duplicate", "seen", 1), ("refused", "gone", 2)]);
    }
}
