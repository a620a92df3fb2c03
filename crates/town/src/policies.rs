//! Who may answer a post, like it, pass it on or quote it, as its author says. Knows no protocol.

use parvis_model::{
    audience::Audience,
    id::Id,
    policy::{Allowed, Consent, LooksAt, Policy, Quoters, Ties},
    refusal::Refusal,
};
use parvis_store::{Tx, entity, follows, posts, quotes as rows};

use crate::{
    Outcome, Town,
    journal::{self, Entry},
    posts::own,
    preferences,
};

/// What somebody would do with a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gesture {
    Reply,
    Like,
    Boost,
}

/// Of a new post of this town: as its author usually receives strangers.
pub(crate) async fn of_new(
    tx: &Tx,
    me: Id,
    audience: Audience,
    quoters: Option<Quoters>,
) -> Outcome<Policy> {
    let looks_at = preferences::looks_at(tx, me).await?;
    Ok(policy(audience, looks_at, quoters))
}

/// What is not for everyone nobody else quotes, and who may see it may answer it.
fn policy(audience: Audience, looks_at: LooksAt, quoters: Option<Quoters>) -> Policy {
    if audience.is_open() {
        looks_at.policy(quoters.unwrap_or(Quoters::Everyone))
    } else {
        LooksAt::Nothing.policy(Quoters::Nobody)
    }
}

/// Who may quote a post: what it says, or what is usual where it says nothing. Other software knows no such word, so what
/// is public there may be quoted.
pub(crate) fn quoting(post: &entity::post::Model) -> Allowed {
    let said = post
        .policy
        .as_deref()
        .and_then(|it| Policy::parse(it).quote);
    let audience = Audience::parse(&post.audience).unwrap_or(Audience::Direct);
    match said {
        Some(allowed) if audience.is_open() => allowed,
        None if audience == Audience::Public || (post.local && audience.is_open()) => {
            Allowed::EVERYONE
        }
        _ => Allowed::NOBODY,
    }
}

/// Does its server ask its author before it is quoted?
pub(crate) fn asks_before_quotes(post: &entity::post::Model) -> bool {
    let policy = post.policy.as_deref().map(Policy::parse);
    policy.is_some_and(|policy| policy.quote.is_some())
}

/// Refused in plain words where the author does not want it. What the author first looks at goes to them.
pub(crate) async fn must_allow(
    tx: &Tx,
    me: Id,
    post: &entity::post::Model,
    gesture: Gesture,
) -> Outcome<()> {
    let Some(policy) = post.policy.as_deref().map(Policy::parse) else {
        return Ok(());
    };
    let (allowed, key) = match gesture {
        Gesture::Reply => (policy.reply, "refusal-reply-not-wanted"),
        Gesture::Like => (policy.like, "refusal-favourite-not-wanted"),
        Gesture::Boost => (policy.boost, "refusal-share-not-wanted"),
    };
    let Some(allowed) = allowed.filter(|_| post.author_id != me) else {
        return Ok(());
    };
    if allowed.consent(ties(tx, me, post.author_id).await?) != Consent::Refused {
        return Ok(());
    }
    // Who is named may always answer.
    if gesture == Gesture::Reply && posts::is_mentioned(tx, post.id, me).await? {
        return Ok(());
    }
    Err(Refusal::forbidden(key).into())
}

pub(crate) async fn ties(tx: &Tx, me: Id, author: Id) -> Outcome<Ties> {
    let accepted = |follow: Option<entity::follow::Model>| follow.is_some_and(|it| it.accepted);
    Ok(Ties {
        follows: accepted(follows::between(tx, me, author).await?),
        followed: accepted(follows::between(tx, author, me).await?),
    })
}

/// Lets others quote a post of one's own, or no longer; what quotes it already stays.
pub async fn set_quoters(tx: &Tx, town: &Town, me: Id, post: Id, quoters: Quoters) -> Outcome<()> {
    let row = own(tx, me, post).await?;
    if row.boost_of_id.is_some() {
        return Err(Refusal::not_found().into());
    }
    changed(tx, town, row, Some(quoters)).await?;
    Ok(())
}

/// The row with its new policy, if that is another.
pub(crate) async fn changed(
    tx: &Tx,
    town: &Town,
    row: entity::post::Model,
    quoters: Option<Quoters>,
) -> Outcome<entity::post::Model> {
    let audience = Audience::parse(&row.audience).unwrap_or(Audience::Direct);
    let Some(quoters) = quoters else {
        return Ok(row);
    };
    let before = row.policy.as_deref().map(Policy::parse);
    let looks_at = LooksAt::of(&before.unwrap_or_default());
    let policy = policy(audience, looks_at, Some(quoters)).kept();
    if policy == row.policy {
        return Ok(row);
    }
    rows::set_policy(tx, row.id, policy.clone()).await?;
    journal::record(tx, town, &Entry::PostAmended { post: row.id }).await?;
    Ok(entity::post::Model { policy, ..row })
}
