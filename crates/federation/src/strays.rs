//! Inboxes that lie among people of another server, none of whom uses them: somebody elsewhere says that their post is to
//! go there. Some software needs that. But whoever names an inbox on a server of others could let us take that for broken
//! and hold up the post of those who live there: so what fails at such an inbox does not count for its server, is not tried
//! again, and the inbox is left alone for a while. Where nobody lives that we know, nobody is held up, and it is a server
//! like any other.

use parvis_model::clock::{HOUR, Timestamp};
use parvis_store::deliveries;
use parvis_town::Outcome;
use quick_cache::sync::Cache;
use url::Url;

use crate::{Federation, queue};

/// How long nothing more is brought to one that failed.
const REST: Timestamp = HOUR;
const REMEMBERED: usize = 10_000;

/// Those that failed and when, and whether they are among people of another server.
pub(crate) struct Strays(Cache<String, (Timestamp, bool)>);

impl Strays {
    pub(crate) fn new() -> Self {
        Self(Cache::new(REMEMBERED))
    }

    pub(crate) fn rests(&self, inbox: &str, now: Timestamp) -> bool {
        self.known(inbox, now) == Some(true)
    }

    fn known(&self, inbox: &str, now: Timestamp) -> Option<bool> {
        let (at, is_stray) = self.0.get(inbox)?;
        (now - at < REST).then_some(is_stray)
    }
}

/// What a delivery to `inbox` counts for. Only what failed is looked at more closely.
pub(crate) async fn judged(
    federation: &Federation,
    inbox: &Url,
    outcome: queue::Outcome,
) -> Outcome<queue::Outcome> {
    if !matches!(outcome, queue::Outcome::Retry { .. }) {
        return Ok(outcome);
    }
    let (strays, now) = (&federation.strays, federation.town.now());
    let is_stray = if let Some(known) = strays.known(inbox.as_str(), now) {
        known
    } else {
        let found = is_among_others(federation, inbox).await?;
        strays.0.insert(inbox.as_str().to_owned(), (now, found));
        found
    };
    Ok(if is_stray {
        queue::Outcome::Refused
    } else {
        outcome
    })
}

async fn is_among_others(federation: &Federation, inbox: &Url) -> Outcome<bool> {
    let server = format!("{}/", inbox.origin().ascii_serialization());
    let db = federation.town.store.read();
    let is_own = deliveries::is_inbox_of(db, inbox.as_str(), &server).await?;
    Ok(!is_own && deliveries::is_home_of_anybody(db, &server).await?)
}
