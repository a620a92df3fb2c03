//! What those are told who look after the town.

use parvis_model::{account::Role, id::Id};
use parvis_store::{Tx, logins, reports};

use super::{NotificationKind, tell};
use crate::{Outcome, Town};

pub(super) async fn reported(tx: &Tx, town: &Town, report: Id) -> Outcome<()> {
    match reports::by_id(tx, report).await? {
        Some(row) => told(tx, town, NotificationKind::Report, row.reporter_id).await,
        None => Ok(()),
    }
}

/// Each of those whose role it is to hear of this kind.
pub(super) async fn told(tx: &Tx, town: &Town, kind: NotificationKind, from: Id) -> Outcome<()> {
    for login in logins::staff(tx).await? {
        if Role::parse(&login.role).is_some_and(|role| kind.is_for(role)) {
            tell(tx, town, login.account_id, kind, from, None).await?;
        }
    }
    Ok(())
}
