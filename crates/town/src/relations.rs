//! Blocking and muting.

use parvis_model::{clock::Timestamp, id::Id, page::Page, refusal::Refusal};
use parvis_store::{Tx, accounts, entity, follows, relations, timelines::Pointing};

use crate::{
    AccountView, Outcome, Paged, Town,
    follows::{end, people},
    journal::{self, Entry},
};

/// Neither sees nor reaches the other any more; both follows end.
pub async fn block(tx: &Tx, town: &Town, me: Id, other: Id) -> Outcome<()> {
    let uri = format!("{}/ap/activities/{}", town.origin, town.ids.next());
    block_as(tx, town, me, other, uri).await
}

pub(crate) async fn block_as(tx: &Tx, town: &Town, me: Id, other: Id, uri: String) -> Outcome<()> {
    if me == other {
        return Err(Refusal::invalid("account", "refusal-self").into());
    }
    accounts::by_id(tx, other)
        .await?
        .ok_or_else(Refusal::not_found)?;
    let row = entity::block::Model {
        id: town.ids.next(),
        account_id: me,
        target_id: other,
        uri: uri.clone(),
        created_at: town.now(),
    };
    if !relations::insert_block(tx, row).await? {
        return Ok(());
    }
    end_both(tx, town, me, other).await?;
    journal::record(
        tx,
        town,
        &Entry::Blocked {
            account: me,
            target: other,
            uri,
        },
    )
    .await
}

async fn end_both(tx: &Tx, town: &Town, me: Id, other: Id) -> Outcome<()> {
    if let Some(mine) = follows::between(tx, me, other).await? {
        end(tx, &mine).await?;
        let entry = Entry::FollowWithdrawn {
            follower: me,
            target: other,
            uri: mine.uri,
        };
        journal::record(tx, town, &entry).await?;
    }
    if let Some(theirs) = follows::between(tx, other, me).await? {
        end(tx, &theirs).await?;
        let entry = Entry::FollowRefused {
            follower: other,
            target: me,
            uri: theirs.uri,
        };
        journal::record(tx, town, &entry).await?;
    }
    Ok(())
}

pub async fn unblock(tx: &Tx, town: &Town, me: Id, other: Id) -> Outcome<()> {
    let Some(standing) = relations::block_between(tx, me, other).await? else {
        return Ok(());
    };
    relations::delete_block(tx, standing.id).await?;
    let entry = Entry::Unblocked {
        account: me,
        target: other,
        uri: standing.uri,
    };
    journal::record(tx, town, &entry).await
}

/// How far a mute goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MuteTerms {
    /// Also no notifications.
    pub notifications: bool,
    pub until: Option<Timestamp>,
}

/// Only for oneself: nobody is told.
pub async fn mute(tx: &Tx, town: &Town, me: Id, other: Id, terms: MuteTerms) -> Outcome<()> {
    if me == other {
        return Err(Refusal::invalid("account", "refusal-self").into());
    }
    accounts::by_id(tx, other)
        .await?
        .ok_or_else(Refusal::not_found)?;
    let row = entity::mute::Model {
        id: town.ids.next(),
        account_id: me,
        target_id: other,
        notifications: terms.notifications,
        until: terms.until,
        created_at: town.now(),
    };
    Ok(relations::set_mute(tx, row).await?)
}

pub async fn unmute(tx: &Tx, _town: &Town, me: Id, other: Id) -> Outcome<()> {
    Ok(relations::delete_mute(tx, me, other).await?)
}

pub async fn blocked(town: &Town, me: Id, page: Page) -> Outcome<Paged<AccountView>> {
    people(town, Pointing::Blocked, me, page).await
}

pub async fn muted(town: &Town, me: Id, page: Page) -> Outcome<Paged<AccountView>> {
    people(town, Pointing::Muted, me, page).await
}
