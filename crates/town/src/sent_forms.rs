//! Forms that may come a second time, since the network broke off before the answer was there: what they ask for is done once.
//! The same for apps, which name a key of their own and want to hear what came of it.

use parvis_model::{
    clock::{DAY, HOUR, Timestamp},
    id::Id,
};
use parvis_store::{Tx, sent_forms};

use crate::{Outcome, Town, secrets};

/// A device that was without a network for longer asks its owner again.
const KEPT: Timestamp = 30 * DAY;
/// An app tries again at once; later it may mean another post.
const KEY_HOLDS: Timestamp = HOUR;

/// To be asked in the write that does what the form asks for. `mark` tells it and what stands in it from all others.
pub async fn is_first(tx: &Tx, town: &Town, me: Id, mark: &str) -> Outcome<bool> {
    Ok(sent_forms::insert(tx, me, mark, town.now()).await?)
}

pub async fn was_sent(town: &Town, me: Id, mark: &str) -> Outcome<bool> {
    Ok(sent_forms::is_there(town.store.read(), me, mark).await?)
}

/// The mark of what an app asks under a key of its own. No form has one like it: theirs hold no colon.
pub fn of_app(app: Option<Id>, key: &str) -> String {
    format!("app:{}:{}", app.unwrap_or_default(), secrets::hash(key))
}

/// What came of the same key before.
pub async fn came_of(town: &Town, me: Id, mark: &str) -> Outcome<Option<Id>> {
    let since = town.now() - KEY_HOLDS;
    Ok(sent_forms::made(town.store.read(), me, mark, since).await?)
}

/// To be asked in the write that does what the app asks for: what came of the same key before, or nothing, and the key is taken.
/// Of two tries at once, one waits for the other.
pub async fn taken(tx: &Tx, town: &Town, me: Id, mark: &str) -> Outcome<Option<Id>> {
    let (now, since) = (town.now(), town.now() - KEY_HOLDS);
    if sent_forms::take(tx, me, mark, now, since).await? {
        return Ok(None);
    }
    Ok(sent_forms::made(tx, me, mark, since).await?)
}

/// Puts down what came of a key that was taken in the same write.
pub async fn brought(tx: &Tx, me: Id, mark: &str, made: Id) -> Outcome<()> {
    Ok(sent_forms::brought(tx, me, mark, made).await?)
}

pub(crate) async fn forget_old(tx: &Tx, now: Timestamp) -> Outcome<()> {
    Ok(sent_forms::forget(tx, now - KEPT, now - KEY_HOLDS).await?)
}
