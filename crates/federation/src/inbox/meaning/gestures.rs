//! Accounts that move, and what they say of others and of their own: reports, pinned posts.

use parvis_model::{id::Id, limits, uri as address};
use parvis_store::{entity::account, posts as rows};
use parvis_town::{Outcome, reports::ArrivedReport};

use super::{
    Deed,
    Meaning::{self, Ignored},
    object_post, our_actor,
};
use crate::{
    Federation,
    actors::same,
    fetch::Budget,
    uri::{self, Ours},
    wire::{Activity, Ref},
};

/// Believed only if both accounts say so where they live (FEP-7628).
pub(super) async fn moved(
    federation: &Federation,
    activity: &Activity<'_>,
    actor: &account::Model,
    budget: &Budget,
) -> Outcome<Meaning> {
    let object = activity.object.id().and_then(address::canonical);
    let target = activity.target.and_then(address::canonical);
    let (Some(from), Some(to)) = (object, target) else {
        return Ok(Ignored("a move without a place"));
    };
    // The old account says so, or the new one comes to tell.
    if !same(&from, &actor.uri) && !same(&to, &actor.uri) {
        return Ok(Ignored("somebody else's move"));
    }
    let Some(old) = federation.resolver.known(&from).await? else {
        return Ok(Ignored("nobody here knows who moves"));
    };
    let moved = federation.resolver.moved(&old.uri, &to, budget).await?;
    federation.keys.forget_of(&old.uri);
    match moved {
        Some((from, to)) => Ok(Deed::Moved { from, to }.into()),
        None => Ok(Ignored("only one of the two accounts says so")),
    }
}

/// A report names an account and its posts; only what is of this town counts.
pub(super) async fn flag(
    federation: &Federation,
    activity: &Activity<'_>,
    actor: &account::Model,
    id: &str,
) -> Outcome<Meaning> {
    let mut accused = None;
    let mut posts = Vec::new();
    let db = federation.town.store.read();
    for object in activity.objects.iter().filter_map(Ref::id) {
        let Some(object) = address::canonical(object) else {
            continue;
        };
        match uri::ours(&federation.town.origin, &object) {
            Some(Ours::Actor(account)) => accused = accused.or(Some(account)),
            Some(Ours::Object(post) | Ours::Page(post)) => posts.push(post),
            _ => {}
        }
    }
    let rows = rows::local_by_ids(db, &posts).await?;
    let Some(accused) = accused.or_else(|| rows.first().map(|row| row.author_id)) else {
        return Ok(Ignored("reports nobody here"));
    };
    let of_accused = rows.iter().filter(|row| row.author_id == accused);
    let words = parvis_model::text::plain(activity.content.unwrap_or_default());
    Ok(Deed::Report(ArrivedReport {
        reporter: actor.id,
        accused,
        posts: of_accused.map(|row| row.id).collect(),
        comment: words.chars().take(limits::REPORT).collect(),
        uri: id.to_owned(),
    })
    .into())
}

/// Is it about what one keeps on top of one's own page?
pub(super) fn is_of_own_list(activity: &Activity, actor: &account::Model) -> bool {
    let featured = actor.featured_uri.as_deref();
    let is_featured = |target: &str| featured.is_some_and(|featured| same(target, featured));
    activity.target.is_some_and(is_featured)
}

/// One's own posts on top of one's own page.
pub(super) async fn pinned(
    federation: &Federation,
    activity: &Activity<'_>,
    actor: &account::Model,
    budget: &Budget,
    on: bool,
) -> Outcome<Meaning> {
    let who = actor.id;
    match pinnable(federation, activity, actor, budget, on).await? {
        Some(post) if on => Ok(Deed::Pin { who, post }.into()),
        Some(post) => Ok(Deed::Unpin { who, post }.into()),
        None => Ok(Ignored("a post that is not here")),
    }
}

/// A pinned post is fetched if somebody here follows its author.
async fn pinnable(
    federation: &Federation,
    activity: &Activity<'_>,
    actor: &account::Model,
    budget: &Budget,
    fetch: bool,
) -> Outcome<Option<Id>> {
    if let Some(post) = object_post(federation, &activity.object).await? {
        return Ok(Some(post));
    }
    let object = activity.object.id().and_then(address::canonical);
    match object {
        Some(object)
            if fetch
                && our_actor(federation, &object).is_none()
                && super::posts::is_followed(federation, actor.id).await? =>
        {
            federation.resolver.found_post(&object, budget).await
        }
        _ => Ok(None),
    }
}
