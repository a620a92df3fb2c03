//! What is passed on: boosts, and the activities of members that a group hands to its followers (FEP-1b12). That a group
//! approved of something is all its signature proves; what was said is believed for a proof in it, else asked of the server
//! that answers for it.

use std::sync::Arc;

use parvis_model::{account::AccountKind, id::Id, uri as address};
use parvis_store::{accounts, entity::account, posts as rows};
use parvis_town::{Outcome, arrivals::ArrivedBoost};
use serde_json::Value;

use super::{
    Deed,
    Meaning::{self, Ignored},
    comments::commented,
    decisions::{self, Voice},
    posts::{is_followed, poll_vote},
    same_server,
};
use crate::{
    Federation,
    actors::same,
    fetch::Budget,
    wire::{Activity, Kind, is_public},
};

pub(super) async fn announce(
    federation: &Federation,
    activity: &Activity<'_>,
    actor: &Arc<account::Model>,
    id: &str,
    budget: &Budget,
) -> Outcome<Meaning> {
    let Some(inner) = activity.object.activity() else {
        let Some(object) = activity.object.id().and_then(address::canonical) else {
            return Ok(Ignored("a boost of something without an address"));
        };
        let is_group = actor.kind == AccountKind::Group.as_str();
        if let Some(words) = activity.content.filter(|_| !is_group) {
            let which = (id, object.as_str());
            return commented(federation, activity, words, actor, which, budget).await;
        }
        return boost(federation, activity, actor, id, &object, budget).await;
    };
    let Some(object) = inner.object.id().and_then(address::canonical) else {
        return Ok(Ignored("something without an address, passed on"));
    };
    let said = activity.object.embedded();
    match inner.kind {
        Kind::Create if answers(&inner) => {
            // An answer belongs under what it answers, not on everyone's page.
            match wanted(federation, said, actor, &object, budget).await? {
                Some(post) => Ok(Deed::Taken {
                    group: actor.id,
                    post,
                }
                .into()),
                None => Ok(Ignored("an answer nobody here asked for")),
            }
        }
        Kind::Create => boost(federation, activity, actor, id, &object, budget).await,
        Kind::Update => updated(federation, said, actor, &object, budget).await,
        Kind::Delete => deleted(federation, said, &inner, actor, id, budget).await,
        Kind::PollVote => voted(federation, &inner, actor, budget).await,
        Kind::Like => liked(federation, &inner, actor, &object, budget).await,
        Kind::Undo => undone(federation, &inner, actor, id, budget).await,
        Kind::Lock | Kind::Block | Kind::Add | Kind::Remove => {
            decided(federation, &inner, actor, id, budget).await
        }
        _ => Ok(Ignored("passed on by a group")),
    }
}

/// Does a Create that is passed on hold an answer?
fn answers(create: &Activity) -> bool {
    let note = create.object.embedded();
    note.and_then(crate::wire::read::Doc::of)
        .is_some_and(|note| note.one_id("inReplyTo").is_some())
}

/// A post that is here, or that somebody who follows the one that passes it on wants to see.
async fn wanted(
    federation: &Federation,
    said: Option<&Value>,
    actor: &account::Model,
    object: &str,
    budget: &Budget,
) -> Outcome<Option<Id>> {
    match federation.resolver.known_post(object).await? {
        Some(post) => Ok(Some(post)),
        None if is_followed(federation, actor.id).await? => {
            federation.resolver.told_post(object, said, budget).await
        }
        None => Ok(None),
    }
}

/// Does a boost say whom it is for, and not everyone?
pub(super) fn is_for_followers(boost: &Activity) -> bool {
    let addresses = || boost.to.iter().chain(&boost.cc);
    addresses().next().is_some() && !addresses().any(|to| is_public(to))
}

async fn boost(
    federation: &Federation,
    activity: &Activity<'_>,
    actor: &Arc<account::Model>,
    id: &str,
    object: &str,
    budget: &Budget,
) -> Outcome<Meaning> {
    let said = activity.object.embedded();
    match wanted(federation, said, actor, object, budget).await? {
        Some(post) => Ok(Deed::Boost(ArrivedBoost {
            who: actor.id,
            post,
            uri: id.to_owned(),
            published: activity.published.unwrap_or_else(|| federation.town.now()),
            for_followers: is_for_followers(activity),
        })
        .into()),
        None => Ok(Ignored("nobody here asked for it, or it is not to be had")),
    }
}

/// The post, or the group itself, as its own server shows it now.
async fn updated(
    federation: &Federation,
    said: Option<&Value>,
    actor: &account::Model,
    object: &str,
    budget: &Budget,
) -> Outcome<Meaning> {
    let resolver = &federation.resolver;
    if same(object, &actor.uri) {
        resolver.refresh(object, budget).await?;
        return Ok(Deed::Nothing.into());
    }
    // Else anybody could make us ask others for what they like.
    let is_group = actor.kind == AccountKind::Group.as_str();
    if !is_group || !is_followed(federation, actor.id).await? {
        return Ok(Ignored("an edit that nobody here asked for"));
    }
    if resolver.known_post(object).await?.is_none() {
        return Ok(Ignored("an edit of something unknown"));
    }
    match resolver.told_change(object, said, budget).await? {
        Some(_) => Ok(Deed::Nothing.into()),
        None => Ok(Ignored("not to be had from its own server")),
    }
}

/// What those who look after the group have decided.
async fn decided(
    federation: &Federation,
    inner: &Activity<'_>,
    group: &account::Model,
    id: &str,
    budget: &Budget,
) -> Outcome<Meaning> {
    match decisions::read(federation, inner, &Voice::Group(group), id, budget).await? {
        Some(deed) => Ok(deed.into()),
        None => Ok(Ignored("not for the group to decide")),
    }
}

/// Somebody else than its author takes it out of the group. Gone where it came from, it is gone here; else the group has
/// only taken it out of its own.
async fn deleted(
    federation: &Federation,
    said: Option<&Value>,
    inner: &Activity<'_>,
    actor: &account::Model,
    id: &str,
    budget: &Budget,
) -> Outcome<Meaning> {
    let db = federation.town.store.read();
    let object = inner.object.id().and_then(address::canonical);
    let row = match object {
        Some(object) => rows::by_uri(db, &object).await?,
        None => None,
    };
    let Some(post) = row else {
        return Ok(Ignored("the end of something unknown"));
    };
    let author = accounts::by_id(db, post.author_id).await?;
    let is_own = author.is_some_and(|author| same(inner.actor, &author.uri));
    if !is_own
        && post.group_id == Some(actor.id)
        && let Some(deed) =
            decisions::read(federation, inner, &Voice::Group(actor), id, budget).await?
    {
        return Ok(deed.into());
    }
    let resolver = &federation.resolver;
    if !post.local && resolver.has_ended(&post, said, budget).await? {
        return Ok(Deed::PostGone {
            author: post.author_id,
            uri: post.uri,
        }
        .into());
    }
    Ok(Deed::Unboost {
        who: actor.id,
        uri: None,
        post: Some(post.id),
    }
    .into())
}

/// A group tells what the people of its own server like; what those of other servers do is between them and the author. A
/// person tells it of nobody, also not of a neighbour.
async fn liker(
    federation: &Federation,
    inner: &Activity<'_>,
    group: &account::Model,
    budget: &Budget,
) -> Outcome<Option<Arc<account::Model>>> {
    let Some(liker) = address::canonical(inner.actor) else {
        return Ok(None);
    };
    if group.kind != AccountKind::Group.as_str() || !same_server(&liker, &group.uri) {
        return Ok(None);
    }
    let found = federation.resolver.account(&liker, budget).await?;
    Ok(found.filter(|row| row.suspended_at.is_none()))
}

async fn liked(
    federation: &Federation,
    inner: &Activity<'_>,
    group: &account::Model,
    object: &str,
    budget: &Budget,
) -> Outcome<Meaning> {
    let Some(post) = federation.resolver.known_post(object).await? else {
        return Ok(Ignored("a post that is not here"));
    };
    let uri = inner.id.and_then(address::canonical);
    let Some(uri) = uri.filter(|uri| same_server(uri, &group.uri)) else {
        return Ok(Ignored("a like without an address"));
    };
    match liker(federation, inner, group, budget).await? {
        Some(liker) => Ok(Deed::Like {
            who: liker.id,
            post,
            uri,
        }
        .into()),
        None => Ok(Ignored("the group does not answer for who likes it")),
    }
}

/// As with likes: of people of the group's own server alone.
async fn voted(
    federation: &Federation,
    inner: &Activity<'_>,
    group: &account::Model,
    budget: &Budget,
) -> Outcome<Meaning> {
    match liker(federation, inner, group, budget).await? {
        Some(voter) => poll_vote(federation, inner, voter.id).await,
        None => Ok(Ignored("the group does not answer for who votes")),
    }
}

async fn undone(
    federation: &Federation,
    undo: &Activity<'_>,
    group: &account::Model,
    id: &str,
    budget: &Budget,
) -> Outcome<Meaning> {
    let Some(like) = undo
        .object
        .activity()
        .filter(|inner| inner.kind == Kind::Like)
    else {
        return decided(federation, undo, group, id, budget).await;
    };
    let object = like.object.id().and_then(address::canonical);
    let post = match object {
        Some(object) => federation.resolver.known_post(&object).await?,
        None => None,
    };
    let Some(post) = post else {
        return Ok(Ignored("a post that is not here"));
    };
    if !same(like.actor, undo.actor) {
        return Ok(Ignored("somebody else's to undo"));
    }
    match liker(federation, undo, group, budget).await? {
        Some(liker) => Ok(Deed::Unlike {
            who: liker.id,
            post,
        }
        .into()),
        None => Ok(Ignored("the group does not answer for who liked it")),
    }
}
