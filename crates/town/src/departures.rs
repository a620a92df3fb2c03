//! Leaving for good: an account is hidden at once and deleted after a time to think, in which its owner stays by coming in
//! again. It stands in the database, so that a restart forgets nobody.

use std::{collections::HashSet, sync::Arc};

use parvis_model::{
    account::Role,
    clock::{DAY, Timestamp},
    id::Id,
    refusal::Refusal,
};
use parvis_store::{Tx, departures as rows, entity, logins};

use crate::{
    Outcome, Town, accounts,
    users::{UserView, confirm_password},
};

/// Days to change one's mind.
pub const DAYS: i64 = 30;
/// Looked up at once.
const BATCH: i64 = 20;

/// Hides the account, ends its sessions and its apps' access; gives when it will be deleted.
pub async fn ask(town: &Arc<Town>, user: &UserView, password: String) -> Outcome<Timestamp> {
    confirm_password(town, user.id, password).await?;
    let (here, user, due_at) = (Arc::clone(town), user.clone(), town.now() + DAYS * DAY);
    town.store
        .write(move |tx| {
            Box::pin(async move {
                must_not_be_last(tx, &user).await?;
                rows::insert(tx, user.id, due_at).await?;
                accounts::hide(tx, &here, user.account).await?;
                Ok(due_at)
            })
        })
        .await
}

/// A town must not be left without anybody to look after it.
async fn must_not_be_last(tx: &Tx, user: &UserView) -> Outcome<()> {
    if user.role < Role::Admin {
        return Ok(());
    }
    let others: Vec<Id> = logins::staff(tx)
        .await?
        .into_iter()
        .filter(|login| login.id != user.id && login.role == Role::Admin.as_str())
        .map(|login| login.account_id)
        .collect();
    let others = parvis_store::accounts::by_ids(tx, &others).await?;
    if others.iter().any(|account| account.suspended_at.is_none()) {
        Ok(())
    } else {
        Err(Refusal::forbidden("refusal-last-admin").into())
    }
}

/// By coming in again. `false`: there is nothing to call off, or it is too late.
pub(crate) async fn call_off(town: &Arc<Town>, login: &entity::login::Model) -> Outcome<bool> {
    let (here, user, account) = (Arc::clone(town), login.id, login.account_id);
    town.store
        .write(move |tx| {
            Box::pin(async move {
                let in_time = rows::call_off(tx, user, here.now()).await?;
                if in_time {
                    accounts::show(tx, &here, account).await?;
                }
                Ok(in_time)
            })
        })
        .await
}

/// Those who have asked to be deleted and may still come back, for the command line.
pub async fn leaving(town: &Town) -> Outcome<HashSet<Id>> {
    let users = rows::revocable(town.store.read()).await?;
    Ok(users.into_iter().collect())
}

/// Deletes those whose time has come. One that cannot be deleted waits for the next time, as the log says, and does not keep
/// the others.
pub async fn carry_out(town: &Arc<Town>) -> Outcome<()> {
    let mut after = 0;
    loop {
        let due = rows::due(town.store.read(), town.now(), after, BATCH).await?;
        let Some(last) = due.last() else {
            return Ok(());
        };
        after = last.login_id;
        for row in due {
            let (here, account) = (Arc::clone(town), row.account_id);
            let closed = town.store.write(move |tx| Box::pin(close(tx, here, row)));
            if let Err(err) = closed.await {
                tracing::error!(%err, town = town.host, account, "one who asked to be deleted can't be");
            }
        }
    }
}

/// Unless they came back meanwhile.
async fn close(tx: &Tx, town: Arc<Town>, row: rows::Departure) -> Outcome<()> {
    if rows::take(tx, row.login_id, town.now()).await? {
        accounts::close(tx, &town, row.account_id).await?;
    }
    Ok(())
}
