//! Moving from one account to another, in the town or between servers. Both accounts must say so before anything happens:
//! the new one names the old one among its aliases, then the old one leaves.

use parvis_model::{
    clock::{DAY, Timestamp},
    id::Id,
    limits,
    refusal::Refusal,
};
use parvis_store::{Tx, accounts, entity, follows};

use crate::{
    AccountView, Failure, Outcome, Town, Viewer,
    journal::{self, Entry},
    posts::may_write,
};

/// How long one who has moved stays before moving on.
const SETTLED: Timestamp = 30 * DAY;
/// Followers here that one move takes along.
const FLOCK: u64 = 1_000;

/// `other` is mine too, so that it may move here.
pub async fn add_alias(tx: &Tx, town: &Town, me: Id, other: Id) -> Outcome<()> {
    if me == other {
        return Err(Refusal::invalid("account", "refusal-self").into());
    }
    let mine = may_write(tx, me).await?;
    let other = accounts::by_id(tx, other)
        .await?
        .ok_or_else(Refusal::not_found)?;
    let mut aliases: Vec<&str> = mine.aliases.lines().collect();
    if aliases.contains(&other.uri.as_str()) {
        return Ok(());
    }
    if aliases.len() >= limits::ALIASES {
        return Err(Refusal::invalid("account", "refusal-aliases-full").into());
    }
    aliases.push(&other.uri);
    set_aliases(tx, town, me, &aliases).await
}

pub async fn remove_alias(tx: &Tx, town: &Town, me: Id, other: Id) -> Outcome<()> {
    let mine = may_write(tx, me).await?;
    let Some(other) = accounts::by_id(tx, other).await? else {
        return Ok(());
    };
    let kept: Vec<&str> = mine
        .aliases
        .lines()
        .filter(|alias| *alias != other.uri)
        .collect();
    if kept.len() == mine.aliases.lines().count() {
        return Ok(());
    }
    set_aliases(tx, town, me, &kept).await
}

async fn set_aliases(tx: &Tx, town: &Town, me: Id, aliases: &[&str]) -> Outcome<()> {
    accounts::set_aliases(tx, me, &aliases.join("\n"), town.now()).await?;
    journal::record(tx, town, &Entry::ProfileChanged { account: me }).await
}

/// Leaves for `to`, which must name this account among its aliases. Followers here and elsewhere are asked to come along.
pub async fn leave(tx: &Tx, town: &Town, me: Id, to: Id) -> Outcome<()> {
    if me == to {
        return Err(Refusal::invalid("target", "refusal-self").into());
    }
    let mine = may_write(tx, me).await?;
    let new = accounts::by_id(tx, to)
        .await?
        .filter(|new| new.suspended_at.is_none())
        .ok_or_else(Refusal::not_found)?;
    if !new.aliases.lines().any(|alias| alias == mine.uri) {
        return Err(Refusal::invalid("target", "refusal-no-alias").into());
    }
    if !settled(&mine, town.now(), SETTLED) {
        return Err(Refusal::forbidden("refusal-moved-lately").into());
    }
    accounts::set_moved(tx, me, Some(to), town.now()).await?;
    journal::record(tx, town, &Entry::ProfileChanged { account: me }).await?;
    journal::record(tx, town, &Entry::AccountMoved { account: me, to }).await?;
    take_along(tx, town, me, to).await
}

pub(crate) fn settled(account: &entity::account::Model, now: Timestamp, time: Timestamp) -> bool {
    account.moved_at.is_none_or(|at| now - at >= time)
}

/// Who followed the old account here follows the new one, and in the same way.
pub(crate) async fn take_along(tx: &Tx, town: &Town, from: Id, to: Id) -> Outcome<()> {
    for follower in follows::local_followers(tx, from, FLOCK).await? {
        let old = follows::between(tx, follower, from).await?;
        let follows_both = follows::between(tx, follower, to).await?.is_some();
        crate::follows::withdraw(tx, town, follower, from).await?;
        match crate::follows::request(tx, town, follower, to).await {
            Ok(_) if follows_both => {}
            Ok(_) => follow_alike(tx, old, to).await?,
            // Who has blocked the new one, or is it, does not go along.
            Err(Failure::Refused(_)) => {}
            Err(broken) => return Err(broken),
        }
    }
    Ok(())
}

/// The new follow shows and tells what the old one did.
async fn follow_alike(tx: &Tx, old: Option<entity::follow::Model>, to: Id) -> Outcome<()> {
    let Some(old) = old else {
        return Ok(());
    };
    let Some(new) = follows::between(tx, old.follower_id, to).await? else {
        return Ok(());
    };
    follows::set_options(tx, new.id, old.show_boosts, old.notify).await?;
    let languages = old.languages.as_deref().unwrap_or_default();
    let languages: Vec<String> = languages.split_whitespace().map(str::to_owned).collect();
    follows::set_languages(tx, new.id, &languages).await?;
    Ok(())
}

/// Accounts that I have said are mine too, so far as they are known here.
pub async fn aliases(town: &Town, me: Id) -> Outcome<Vec<AccountView>> {
    let db = town.store.read();
    let mine = accounts::by_id(db, me)
        .await?
        .ok_or_else(Refusal::not_found)?;
    let uris: Vec<String> = mine.aliases.lines().map(str::to_owned).collect();
    let rows = accounts::by_uris(db, &uris).await?;
    Ok(rows
        .into_iter()
        .map(|row| AccountView::new(town, row))
        .collect())
}

/// The account that has taken the place of another.
pub async fn successor(town: &Town, account: &AccountView) -> Outcome<Option<AccountView>> {
    let Some(id) = account.moved_to.filter(|_| !account.suspended) else {
        return Ok(None);
    };
    match crate::accounts::view(town, &Viewer::nobody(), id).await {
        Ok(view) => Ok(Some(view).filter(|view| !view.suspended)),
        Err(Failure::Refused(_)) => Ok(None),
        Err(broken) => Err(broken),
    }
}
