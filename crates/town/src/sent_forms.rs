//! Forms that may come a second time, since the network broke off before the answer was there: what they ask for is done once.

use parvis_model::{
    clock::{DAY, Timestamp},
    id::Id,
};
use parvis_store::{Tx, sent_forms};

use crate::{Outcome, Town};

/// A device that was without a network for longer asks its owner again.
const KEPT: Timestamp = 30 * DAY;

/// To be asked in the write that does what the form asks for. `mark` tells it and what stands in it from all others.
pub async fn is_first(tx: &Tx, town: &Town, me: Id, mark: &str) -> Outcome<bool> {
    Ok(sent_forms::insert(tx, me, mark, town.now()).await?)
}

pub async fn was_sent(town: &Town, me: Id, mark: &str) -> Outcome<bool> {
    Ok(sent_forms::is_there(town.store.read(), me, mark).await?)
}

pub(crate) async fn forget_old(tx: &Tx, now: Timestamp) -> Outcome<()> {
    Ok(sent_forms::forget(tx, now - KEPT).await?)
}
