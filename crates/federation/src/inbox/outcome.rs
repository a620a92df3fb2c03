//! What becomes of requests to inboxes: a closed list with its statuses, one line in the log each, and how often each was.
//! Knows no network and no store.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

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

impl Idle {
    fn word(self) -> &'static str {
        match self {
            Self::Stranger => "stranger",
            Self::Kind => "kind",
            Self::Suspended => "suspended",
            Self::Nothing(_) => "nothing",
            Self::Forbidden(_) => "forbidden",
            Self::Unchanged => "unchanged",
        }
    }
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
    /// The activity is well made, what it is about is not.
    #[error("its object: {0}")]
    Object(Unreadable),
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
            Self::Object(_) => StatusCode::UNPROCESSABLE_ENTITY,
            // The other server keeps it and tries again.
            Self::Broken(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// For whoever asked: what is wrong here they need not know.
    pub(crate) fn told(&self) -> String {
        match self {
            Self::Broken(_) => "not now, please come back later".to_owned(),
            why => why.to_string(),
        }
    }

    fn word(&self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::NoInbox => "no_inbox",
            Self::Gone => "gone",
            Self::MediaType => "media_type",
            Self::TooLong => "too_long",
            Self::Signature(_) => "signature",
            Self::Key => "key",
            Self::TooOften => "too_often",
            Self::Blocked => "blocked",
            Self::Json(_) => "json",
            Self::Unreadable(_) => "unreadable",
            Self::Object(_) => "object",
            Self::NotTheSigner => "not_the_signer",
            Self::ForeignId => "foreign_id",
            Self::Broken(_) => "broken",
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
        let (outcome, reason) = self.words();
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

    /// Outcome and reason, in short words for log and counters: a closed list.
    fn words(&self) -> (&'static str, &'static str) {
        match self {
            Self::Applied => ("applied", "new"),
            Self::Duplicate => ("duplicate", "seen"),
            Self::Ignored(idle) => ("ignored", idle.word()),
            Self::Refused(fault) => ("refused", fault.word()),
        }
    }
}

/// How often requests ended how, since the program began: by outcome and reason, of which there are few.
#[derive(Debug, Default)]
pub(crate) struct Counts(Mutex<BTreeMap<(&'static str, &'static str), u64>>);

impl Counts {
    pub(super) fn add(&self, outcome: &Outcome) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(outcome.words()).or_default() += 1;
    }

    pub(crate) fn all(&self) -> BTreeMap<(&'static str, &'static str), u64> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_is_counted_under_its_reason_alone() {
        let counts = Counts::default();
        counts.add(&Outcome::Duplicate);
        counts.add(&Outcome::Refused(Fault::Gone));
        counts.add(&Outcome::Refused(Fault::Gone));
        let counted: Vec<_> = counts.all().into_iter().collect();
        assert_eq!(
            counted,
            [(("duplicate", "seen"), 1), (("refused", "gone"), 2)]
        );
    }
}
