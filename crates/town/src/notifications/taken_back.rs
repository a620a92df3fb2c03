//! Notices of what was undone: they go, and who does it again is no news for a while.

use parvis_model::id::Id;
use parvis_store::{Tx, entity, notifications, seen};

use super::NotificationKind;
use crate::{Outcome, Town};

/// What was told, and is so no longer.
pub(super) async fn withdraw(
    tx: &Tx,
    town: &Town,
    kind: NotificationKind,
    from: Id,
    subject: Id,
) -> Outcome<()> {
    let kind = kind.as_str();
    if notifications::withdraw(tx, kind, from, subject).await? {
        seen::mark(tx, &told_of(kind, subject), &from.to_string(), town.now()).await?;
    }
    Ok(())
}

/// What comes again is in the list again, but is not called out: whoever does and undoes a thing over and over would have
/// somebody's telephone ring each time.
pub(super) async fn was_taken_back(tx: &Tx, row: &entity::notification::Model) -> Outcome<bool> {
    let told = told_of(&row.kind, row.subject_id);
    Ok(seen::contains(tx, &told, &row.from_id.to_string()).await?)
}

/// No activity is called so.
fn told_of(kind: &str, subject: Id) -> String {
    format!("told:{kind}:{subject}")
}
