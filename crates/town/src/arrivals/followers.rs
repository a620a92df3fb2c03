//! Who follows an account elsewhere, as its own server lists those of this town: follows that one side has lost are
//! brought together again.

use std::collections::BTreeSet;

use parvis_model::id::Id;
use parvis_store::{Tx, accounts, follows};

use crate::{
    Outcome, Town,
    follows::end,
    journal::{self, Entry},
};

/// Follows that one list may make us take back; the next one goes on.
const TAKEN_BACK: usize = 100;

/// `known`: residents who followed `target` before its server was asked, so that a follow agreed on meanwhile stays.
/// Those it does not list follow it no more. Those it lists and who asked to follow it have been accepted; for those who did
/// not ask, its server is told so. Gives how many follows ended here, and how many are to end there.
pub async fn followers_listed(
    tx: &Tx,
    town: &Town,
    target: Id,
    known: &BTreeSet<Id>,
    listed: &BTreeSet<Id>,
) -> Outcome<(usize, usize)> {
    let (mut ended, mut unknown) = (0, 0);
    for follower in known.difference(listed) {
        let standing = follows::between(tx, *follower, target).await?;
        if let Some(standing) = standing.filter(|standing| standing.accepted) {
            end(tx, &standing).await?;
            ended += 1;
            told(tx, town, *follower, target, standing.uri).await?;
        }
    }
    for follower in listed.difference(known).copied() {
        if unknown >= TAKEN_BACK {
            break;
        }
        match follows::between(tx, follower, target).await? {
            Some(standing) if standing.accepted => {}
            Some(_) => crate::follows::accept(tx, town, target, follower).await?,
            None if is_resident(tx, follower).await? => {
                unknown += 1;
                let never = format!("{}/ap/activities/{}", town.origin, town.ids.next());
                told(tx, town, follower, target, never).await?;
            }
            None => {}
        }
    }
    Ok((ended, unknown))
}

async fn is_resident(tx: &Tx, account: Id) -> Outcome<bool> {
    let row = accounts::by_id(tx, account).await?;
    Ok(row.is_some_and(|row| row.domain.is_empty() && row.kind != "application"))
}

async fn told(tx: &Tx, town: &Town, follower: Id, target: Id, uri: String) -> Outcome<()> {
    let entry = Entry::FollowWithdrawn {
        follower,
        target,
        uri,
    };
    journal::record(tx, town, &entry).await
}
