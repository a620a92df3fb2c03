//! What an activity of a verified actor comes to. May ask other servers, changes nothing but what is known of them.

use std::sync::Arc;

use parvis_model::{account::AccountKind, id::Id, uri as address};
use parvis_store::{accounts, deliveries, entity::account, follows};
use parvis_town::Outcome;

use super::deed::Deed;
use crate::{
    Federation,
    actors::same,
    federation::lately,
    fetch::Budget,
    posts::arrived,
    uri::{self, Ours},
    wire::{Activity, Kind, Post, Ref, is_public},
};

pub(crate) enum Meaning {
    Deed(Deed),
    Ignored(&'static str),
}

use Meaning::Ignored;

impl From<Deed> for Meaning {
    fn from(deed: Deed) -> Self {
        Self::Deed(deed)
    }
}

/// `id`: under which the activity is remembered.
pub(crate) async fn of(
    federation: &Federation,
    activity: &Activity<'_>,
    actor: &Arc<account::Model>,
    id: &str,
    budget: &Budget,
) -> Outcome<Meaning> {
    match activity.kind {
        Kind::Create => create(federation, activity, actor, budget).await,
        Kind::Update => update(federation, activity, actor, budget).await,
        Kind::Delete => Ok(delete(activity, actor)),
        Kind::Follow => follow(federation, activity, actor, id).await,
        Kind::Accept => answered(federation, activity, actor, true).await,
        Kind::Reject => answered(federation, activity, actor, false).await,
        Kind::Undo => undo(federation, activity, actor).await,
        Kind::Like => like(federation, activity, actor, id).await,
        Kind::Announce => announce(federation, activity, actor, id, budget).await,
        Kind::Block => match one_of_ours(federation, &activity.object).await? {
            Some(target) => Ok(Deed::Block {
                who: actor.id,
                target,
                uri: id.to_owned(),
            }
            .into()),
            None => Ok(Ignored("blocks nobody here")),
        },
        Kind::Other => Ok(Ignored("a kind we do not act on")),
    }
}

async fn create(
    federation: &Federation,
    activity: &Activity<'_>,
    actor: &Arc<account::Model>,
    budget: &Budget,
) -> Outcome<Meaning> {
    let Some(id) = activity.object.id().and_then(address::canonical) else {
        return Ok(Ignored("a post without an address"));
    };
    let Some(document) = activity
        .object
        .embedded()
        .filter(|_| same_server(&id, &actor.uri))
    else {
        // Not its own word: what the true origin shows counts, if we want it at all.
        if !is_followed(federation, actor.id).await? {
            return Ok(Ignored("nobody here asked for it"));
        }
        return match federation.resolver.post(&id, budget).await? {
            Some(_) => Ok(Deed::Nothing.into()),
            None => Ok(Ignored("not to be had from its own server")),
        };
    };
    let language = federation.town.profile().language.clone();
    let post = match Post::read(document, &language) {
        Ok(post) if post.is_vote => return Ok(Ignored("a vote")),
        Ok(post) => post,
        Err(why) => return Ok(Ignored(why.member)),
    };
    if !says_it(&post, actor) {
        return Ok(Ignored("somebody else's post"));
    }
    match arrival(federation, &post, id, actor, budget).await? {
        Some(arrival) => Ok(Deed::Post(Box::new(arrival)).into()),
        None => Ok(Ignored("nobody here asked for it")),
    }
}

/// Is the actor the one (or the group) the post is by? A post that names nobody is its sender's.
fn says_it(post: &Post, actor: &account::Model) -> bool {
    let is_actor = |id: &str| same(id, &actor.uri);
    post.author.is_none_or(is_actor) || post.group.is_some_and(is_actor)
}

/// The post as the town takes it in; `None` where nobody here has asked for it.
async fn arrival(
    federation: &Federation,
    post: &Post<'_>,
    id: String,
    actor: &Arc<account::Model>,
    budget: &Budget,
) -> Outcome<Option<parvis_town::arrivals::Arrival>> {
    let resolver = &federation.resolver;
    let mentions = resolver.mentioned(post).await?;
    if !is_wanted(federation, post, actor, &mentions).await? {
        return Ok(None);
    }
    resolver.ancestors(post, budget).await?;
    let now = federation.town.now();
    Ok(Some(arrived::arrived(post, id, actor, mentions, now)))
}

/// Somebody here follows its author or group, is named in it, or has the post it answers.
async fn is_wanted(
    federation: &Federation,
    post: &Post<'_>,
    actor: &account::Model,
    mentions: &[Id],
) -> Outcome<bool> {
    if is_followed(federation, actor.id).await? {
        return Ok(true);
    }
    let db = federation.town.store.read();
    let named = accounts::by_ids(db, mentions).await?;
    let is_here = |row: &account::Model| row.domain.is_empty() && row.suspended_at.is_none();
    if named.iter().any(is_here) {
        return Ok(true);
    }
    let sent_to = post.to.iter().chain(&post.cc).copied().chain(post.group);
    let sent_to: Vec<String> = sent_to
        .filter(|to| !is_public(to))
        .filter_map(address::canonical)
        .take(100)
        .collect();
    for group in accounts::by_uris(db, &sent_to).await? {
        if group.kind == AccountKind::Group.as_str() && is_followed(federation, group.id).await? {
            return Ok(true);
        }
    }
    match post.in_reply_to.and_then(address::canonical) {
        Some(parent) => Ok(federation.resolver.known_post(&parent).await?.is_some()),
        None => Ok(false),
    }
}

async fn is_followed(federation: &Federation, account: Id) -> Outcome<bool> {
    let (seen, now) = (&federation.followed, federation.town.now());
    if lately(seen, account, now) {
        return Ok(true);
    }
    let followed = follows::has_local_follower(federation.town.store.read(), account).await?;
    if followed {
        seen.insert(account, now);
    }
    Ok(followed)
}

/// Does a post that somebody passed on answer one that is here?
pub(crate) async fn answers_known(
    federation: &Federation,
    activity: &Activity<'_>,
) -> Outcome<bool> {
    let Some(document) = activity.object.embedded() else {
        return Ok(false);
    };
    let Ok(post) = Post::read(document, "") else {
        return Ok(false);
    };
    match post.in_reply_to.and_then(address::canonical) {
        Some(parent) => Ok(federation.resolver.known_post(&parent).await?.is_some()),
        None => Ok(false),
    }
}

async fn update(
    federation: &Federation,
    activity: &Activity<'_>,
    actor: &Arc<account::Model>,
    budget: &Budget,
) -> Outcome<Meaning> {
    let Some(id) = activity.object.id().and_then(address::canonical) else {
        return Ok(Ignored("an edit of something without an address"));
    };
    if id == actor.uri {
        federation.keys.forget(&actor.key_id);
        federation.resolver.refresh(&id, budget).await?;
        return Ok(Deed::Nothing.into());
    }
    if !same_server(&id, &actor.uri) {
        return Ok(Ignored("an edit of something on another server"));
    }
    let known = federation.resolver.known_post(&id).await?.is_some();
    let Some(document) = activity.object.embedded() else {
        if known
            && federation
                .resolver
                .refresh_post(&id, budget)
                .await?
                .is_some()
        {
            return Ok(Deed::Nothing.into());
        }
        return Ok(Ignored("an edit of something unknown"));
    };
    let language = federation.town.profile().language.clone();
    let post = match Post::read(document, &language) {
        Ok(post) => post,
        Err(why) => return Ok(Ignored(why.member)),
    };
    if !says_it(&post, actor) {
        return Ok(Ignored("somebody else's post"));
    }
    if known {
        let mentions = federation.resolver.mentioned(&post).await?;
        let arrival = arrived::arrived(&post, id, actor, mentions, federation.town.now());
        return Ok(Deed::Edit(Box::new(arrival)).into());
    }
    match arrival(federation, &post, id, actor, budget).await? {
        Some(arrival) => Ok(Deed::Edit(Box::new(arrival)).into()),
        None => Ok(Ignored("nobody here asked for it")),
    }
}

fn delete(activity: &Activity, actor: &account::Model) -> Meaning {
    let Some(id) = activity.object.id().and_then(address::canonical) else {
        return Ignored("the end of something without an address");
    };
    if id == actor.uri {
        return Deed::AccountGone(actor.id).into();
    }
    if !same_server(&id, &actor.uri) {
        return Ignored("the end of something on another server");
    }
    Deed::PostGone {
        author: actor.id,
        uri: id,
    }
    .into()
}

async fn follow(
    federation: &Federation,
    activity: &Activity<'_>,
    actor: &account::Model,
    id: &str,
) -> Outcome<Meaning> {
    let town = &federation.town;
    let asked = activity.object.id().and_then(address::canonical);
    if asked.is_some_and(|asked| uri::ours(&town.origin, &asked) == Some(Ours::TownActor)) {
        return Ok(Deed::FollowOfTown {
            follower: actor.id,
            uri: id.to_owned(),
        }
        .into());
    }
    match one_of_ours(federation, &activity.object).await? {
        Some(target) => Ok(Deed::Follow {
            follower: actor.id,
            target,
            uri: id.to_owned(),
        }
        .into()),
        None => Ok(Ignored("follows nobody here")),
    }
}

/// A Follow of ours is answered: given back whole, or by its id alone.
async fn answered(
    federation: &Federation,
    activity: &Activity<'_>,
    actor: &account::Model,
    accepted: bool,
) -> Outcome<Meaning> {
    let follower = match activity.object.activity() {
        Some(inner) if inner.kind == Kind::Follow => our_actor(federation, inner.actor),
        Some(_) => return Ok(Ignored("an answer to something we do not ask")),
        None => follower_by_id(federation, activity.object.id()).await?,
    };
    match follower {
        Some(follower) => Ok(Deed::FollowAnswered {
            target: actor.id,
            follower,
            accepted,
        }
        .into()),
        None => Ok(Ignored("an answer to nothing we asked")),
    }
}

async fn follower_by_id(federation: &Federation, uri: Option<&str>) -> Outcome<Option<Id>> {
    let Some(uri) = uri else { return Ok(None) };
    let sent = deliveries::activity_by_uri(federation.town.store.read(), uri).await?;
    Ok(sent
        .filter(|sent| sent.kind == Kind::Follow.as_str())
        .map(|sent| sent.actor_id))
}

async fn undo(
    federation: &Federation,
    activity: &Activity<'_>,
    actor: &account::Model,
) -> Outcome<Meaning> {
    let uri = activity.object.id().and_then(address::canonical);
    let uri = uri.filter(|uri| same_server(uri, &actor.uri));
    let origin = address::origin_of(&actor.uri).unwrap_or_default();
    let Some(inner) = activity.object.activity() else {
        let Some(uri) = uri else {
            return Ok(Ignored("undoes something of another server"));
        };
        let who = actor.id;
        return Ok(Deed::Undone { who, uri, origin }.into());
    };
    if !same(inner.actor, &actor.uri) {
        return Ok(Ignored("somebody else's to undo"));
    }
    match inner.kind {
        Kind::Follow => match one_of_ours(federation, &inner.object).await? {
            Some(target) => Ok(Deed::FollowEnded {
                follower: actor.id,
                target,
                uri,
                origin,
            }
            .into()),
            None => Ok(Ignored("follows nobody here")),
        },
        Kind::Like => match object_post(federation, &inner.object).await? {
            Some(post) => Ok(Deed::Unlike {
                who: actor.id,
                post,
            }
            .into()),
            None => Ok(Ignored("a post that is not here")),
        },
        Kind::Announce => {
            let post = object_post(federation, &inner.object).await?;
            Ok(Deed::Unboost {
                who: actor.id,
                uri,
                post,
            }
            .into())
        }
        Kind::Block => match one_of_ours(federation, &inner.object).await? {
            Some(target) => Ok(Deed::Unblock {
                who: actor.id,
                target,
            }
            .into()),
            None => Ok(Ignored("blocks nobody here")),
        },
        _ => Ok(Ignored("undoes something we do not act on")),
    }
}

async fn like(
    federation: &Federation,
    activity: &Activity<'_>,
    actor: &account::Model,
    id: &str,
) -> Outcome<Meaning> {
    match object_post(federation, &activity.object).await? {
        Some(post) => Ok(Deed::Like {
            who: actor.id,
            post,
            uri: id.to_owned(),
        }
        .into()),
        None => Ok(Ignored("a post that is not here")),
    }
}

/// A boost. A group passes on whole activities: what it means is their post.
async fn announce(
    federation: &Federation,
    activity: &Activity<'_>,
    actor: &account::Model,
    id: &str,
    budget: &Budget,
) -> Outcome<Meaning> {
    let inner = activity.object.activity();
    let object = match &inner {
        Some(inner) if inner.kind == Kind::Create => inner.object.id(),
        Some(_) => return Ok(Ignored("passed on by a group")),
        None => activity.object.id(),
    };
    let Some(object) = object.and_then(address::canonical) else {
        return Ok(Ignored("a boost of something without an address"));
    };
    let post = match federation.resolver.known_post(&object).await? {
        Some(post) => Some(post),
        None if is_followed(federation, actor.id).await? => {
            federation.resolver.post(&object, budget).await?
        }
        None => return Ok(Ignored("nobody here asked for it")),
    };
    let at = activity.published.unwrap_or_else(|| federation.town.now());
    match post {
        Some(post) => Ok(Deed::Boost {
            who: actor.id,
            post,
            uri: id.to_owned(),
            at,
        }
        .into()),
        None => Ok(Ignored("not to be had from its own server")),
    }
}

async fn object_post(federation: &Federation, object: &Ref<'_>) -> Outcome<Option<Id>> {
    match object.id().and_then(address::canonical) {
        Some(uri) => federation.resolver.known_post(&uri).await,
        None => Ok(None),
    }
}

/// The account of this town that is meant, if it is there.
async fn one_of_ours(federation: &Federation, object: &Ref<'_>) -> Outcome<Option<Id>> {
    let Some(id) = object.id().and_then(|id| our_actor(federation, id)) else {
        return Ok(None);
    };
    let row = accounts::by_id(federation.town.store.read(), id).await?;
    Ok(row.filter(|row| row.domain.is_empty()).map(|row| row.id))
}

fn our_actor(federation: &Federation, uri: &str) -> Option<Id> {
    match uri::ours(&federation.town.origin, &address::canonical(uri)?)? {
        Ours::Actor(id) => Some(id),
        _ => None,
    }
}

/// Do the same scheme, host and port answer for both?
fn same_server(a: &str, b: &str) -> bool {
    address::origin_of(a).is_some_and(|origin| Some(origin) == address::origin_of(b))
}
