//! Forms that may come a second time, since the network broke off before the answer was there: what they ask for is done once.
//! The same for apps, which name a key of their own and want to hear what came of it.

use parvis_model::{
    clock::{DAY, HOUR, Timestamp},
    id::Id,
};
use parvis_store::{ConnectionTrait, Tx, sent_forms};

use crate::{Outcome, Town, secrets};

/// A device that was without a network for longer asks its owner again.
const KEPT: Timestamp = 30 * DAY;
/// An app tries again at once; later it may mean another post.
const KEY_HOLDS: Timestamp = HOUR;
/// How the marks of what apps ask begin.
const OF_APPS: &str = "app:";

/// To be asked in the write that does what the form asks for. `mark` tells it and what stands in it from all others.
pub async fn is_first(tx: &Tx, town: &Town, me: Id, mark: &str) -> Outcome<bool> {
    Ok(sent_forms::insert(tx, me, mark, town.now()).await?)
}

pub async fn was_sent(town: &Town, me: Id, mark: &str) -> Outcome<bool> {
    Ok(sent_forms::is_there(town.store.read(), me, mark).await?)
}

/// The mark of what an app asks under a key of its own. No form has one like it: theirs hold no colon.
pub fn of_app(app: Option<Id>, key: &str) -> String {
    format!(
        "{OF_APPS}{}:{}",
        app.unwrap_or_default(),
        secrets::hash(key)
    )
}

/// What came of the same key before.
pub async fn came_of(town: &Town, me: Id, mark: &str) -> Outcome<Option<Id>> {
    made_under(town.store.read(), me, mark, town.now()).await
}

/// To be asked in the write that does what the app asks for: what came of the same key before, or nothing, and the key is taken.
pub async fn taken(tx: &Tx, town: &Town, me: Id, mark: &str) -> Outcome<Option<Id>> {
    let now = town.now();
    if sent_forms::take(tx, me, mark, now, now - KEY_HOLDS).await? {
        return Ok(None);
    }
    made_under(tx, me, mark, now).await
}

/// Puts down what came of a key that was taken in the same write. The table has no place for it but the mark itself.
pub async fn brought(tx: &Tx, town: &Town, me: Id, mark: &str, made: Id) -> Outcome<()> {
    sent_forms::insert(tx, me, &format!("{mark}:{made}"), town.now()).await?;
    Ok(())
}

async fn made_under(
    db: &impl ConnectionTrait,
    me: Id,
    mark: &str,
    now: Timestamp,
) -> Outcome<Option<Id>> {
    let beginning = format!("{mark}:");
    let found = sent_forms::beginning_with(db, me, &beginning, now - KEY_HOLDS).await?;
    let ids = found
        .iter()
        .filter_map(|it| it.strip_prefix(&beginning)?.parse().ok());
    Ok(ids.max())
}

pub(crate) async fn forget_old(tx: &Tx, now: Timestamp) -> Outcome<()> {
    sent_forms::forget_beginning_with(tx, OF_APPS, now - KEY_HOLDS).await?;
    Ok(sent_forms::forget(tx, now - KEPT).await?)
}
