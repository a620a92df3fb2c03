//! Posts passed on. A boost is a post of its own that holds nothing but what it passes on.

use parvis_model::{audience::Audience, clock::Timestamp, id::Id, refusal::Refusal};
use parvis_store::{Tx, accounts, entity, posts};

use super::{may_write, original, readable};
use crate::{
    Error, Outcome, Town, consents, groups,
    journal::{self, Entry},
    policies,
};

/// Passes a post on to one's followers. Gives the boost's own id; the same one when done twice.
pub async fn boost(tx: &Tx, town: &Town, me: Id, post: Id) -> Outcome<Id> {
    let booster = may_write(tx, me).await?;
    let of = boostable(tx, me, post).await?;
    policies::must_allow(tx, me, &of, policies::Gesture::Boost).await?;
    if let Some(done) = posts::boost_by(tx, me, of.id).await? {
        return Ok(done.id);
    }
    let id = town.ids.next();
    let uri = format!("{}/ap/activities/{id}", town.origin);
    let row = boost_row(&booster, &of, id, uri, town.now());
    if !posts::insert(tx, row.clone()).await? {
        let done = posts::boost_by(tx, me, of.id).await?;
        return Ok(done
            .ok_or_else(|| Error::Other(format!("the id {id} is taken")))?
            .id);
    }
    boosted(tx, town, row).await?;
    Ok(id)
}

/// The post to pass on: seen by the one who does it, and open to all.
pub(crate) async fn boostable(tx: &Tx, me: Id, post: Id) -> Outcome<entity::post::Model> {
    let of = readable(tx, me, post).await?;
    let is_for_all = Audience::parse(&of.audience).is_some_and(Audience::may_be_boosted);
    if is_for_all && !consents::is_held_back(&of) {
        Ok(of)
    } else {
        Err(Refusal::forbidden("refusal-cannot-boost").into())
    }
}

pub(crate) fn boost_row(
    booster: &entity::account::Model,
    of: &entity::post::Model,
    id: Id,
    uri: String,
    at: Timestamp,
) -> entity::post::Model {
    entity::post::Model {
        id,
        uri,
        url: of.url.clone(),
        author_id: booster.id,
        local: booster.domain.is_empty(),
        kind: of.kind.clone(),
        audience: Audience::Public.as_str().into(),
        boost_of_id: Some(of.id),
        thread_id: id,
        created_at: at,
        ..entity::post::Model::default()
    }
}

/// What follows from a boost that was just inserted.
pub(crate) async fn boosted(tx: &Tx, town: &Town, boost: entity::post::Model) -> Outcome<()> {
    if let Some(of) = boost.boost_of_id {
        posts::count(tx, of, posts::Count::Boosts, 1).await?;
    }
    let is_open = Audience::parse(&boost.audience).is_some_and(Audience::is_open);
    let seen_at = is_open.then_some(boost.created_at);
    accounts::posted(tx, boost.author_id, seen_at).await?;
    journal::record(tx, town, &Entry::Boosted { boost: boost.id }).await
}

pub async fn unboost(tx: &Tx, town: &Town, me: Id, post: Id) -> Outcome<()> {
    let post = original(tx, post).await?;
    let Some(boost) = posts::boost_by(tx, me, post).await? else {
        return Ok(());
    };
    let of = posts::by_id(tx, post)
        .await?
        .ok_or_else(Refusal::not_found)?;
    posts::delete(tx, boost.id).await?;
    posts::count(tx, post, posts::Count::Boosts, -1).await?;
    accounts::unposted(tx, me).await?;
    groups::put_out(tx, me, &of).await?;
    let entry = Entry::Unboosted {
        uri: boost.uri,
        account: me,
        of_uri: of.uri,
        of_author: of.author_id,
        boost: boost.id,
    };
    journal::record(tx, town, &entry).await
}
