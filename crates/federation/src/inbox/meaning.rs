//! What an activity of a verified actor comes to. May ask other servers, changes nothing but what is known of them.

mod comments;
mod consents;
mod decisions;
mod gestures;
mod groups;
mod interactions;
mod posts;
mod quotes;

use std::sync::Arc;

use parvis_model::{id::Id, uri as address};
use parvis_store::{accounts, entity::account};
use parvis_town::Outcome;

use self::decisions::Voice;
use super::deed::Deed;
use crate::{
    Federation,
    actors::same,
    fetch::Budget,
    uri::{self, Ours},
    wire::{Activity, Kind, Ref, Unreadable},
};

pub(crate) use posts::answers_known;

pub(crate) enum Meaning {
    Deed(Deed),
    Ignored(&'static str),
    /// What it is about is badly made.
    Malformed(Unreadable),
}

use Meaning::Ignored;

impl From<Deed> for Meaning {
    fn from(deed: Deed) -> Self {
        Self::Deed(deed)
    }
}

impl From<Unreadable> for Meaning {
    fn from(why: Unreadable) -> Self {
        if why.other {
            Ignored(why.why)
        } else {
            Self::Malformed(why)
        }
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
        Kind::Create => posts::create(federation, activity, actor, budget).await,
        Kind::Update => posts::update(federation, activity, actor, budget).await,
        Kind::Delete => posts::delete(federation, activity, actor, id, budget).await,
        Kind::Follow => follow(federation, activity, actor, id).await,
        Kind::Accept => answered(federation, activity, actor, true, budget).await,
        Kind::Reject => answered(federation, activity, actor, false, budget).await,
        Kind::QuoteRequest => quotes::asked(federation, activity, actor, id, budget).await,
        Kind::ReplyRequest | Kind::LikeRequest | Kind::AnnounceRequest => {
            interactions::asked(federation, activity, actor, id, budget).await
        }
        Kind::PollVote => posts::poll_vote(federation, activity, actor.id).await,
        Kind::Undo => undo(federation, activity, actor, id, budget).await,
        Kind::Like => like(federation, activity, actor, id).await,
        Kind::Dislike => dislike(federation, activity).await,
        Kind::Announce => groups::announce(federation, activity, actor, id, budget).await,
        Kind::Move => gestures::moved(federation, activity, actor, budget).await,
        Kind::Flag => gestures::flag(federation, activity, actor, id).await,
        Kind::Add | Kind::Remove if gestures::is_of_own_list(activity, actor) => {
            let adds = activity.kind == Kind::Add;
            gestures::pinned(federation, activity, actor, budget, adds).await
        }
        Kind::Add | Kind::Remove | Kind::Lock => {
            decided(federation, activity, actor, id, budget).await
        }
        // From a group, or a whole server; not by a person for themselves.
        Kind::Block if activity.target.is_some() => {
            decided(federation, activity, actor, id, budget).await
        }
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

/// What one who looks after a group elsewhere decides, told by themselves.
async fn decided(
    federation: &Federation,
    activity: &Activity<'_>,
    actor: &account::Model,
    id: &str,
    budget: &Budget,
) -> Outcome<Meaning> {
    let voice = Voice::Person(actor);
    match decisions::read(federation, activity, &voice, id, budget).await? {
        Some(deed) => Ok(deed.into()),
        None => Ok(Ignored("nothing of a group here that is theirs to decide")),
    }
}

async fn follow(
    federation: &Federation,
    activity: &Activity<'_>,
    actor: &account::Model,
    id: &str,
) -> Outcome<Meaning> {
    if is_the_town(federation, &activity.object) {
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

/// A Follow of ours is answered, or a question whether one may quote: given back whole, or by its id alone.
async fn answered(
    federation: &Federation,
    activity: &Activity<'_>,
    actor: &account::Model,
    accepted: bool,
    budget: &Budget,
) -> Outcome<Meaning> {
    let sent = quotes::sent(federation, &activity.object).await?;
    let inner = activity.object.activity();
    let quotes = sent.as_ref().is_some_and(quotes::is_request)
        || inner
            .as_ref()
            .is_some_and(|it| it.kind == Kind::QuoteRequest);
    if quotes {
        let asked = sent.as_ref().filter(|sent| quotes::is_request(sent));
        return quotes::answered(federation, activity, asked, actor, accepted, budget).await;
    }
    if let Some(post) = consents::answer_of_ours(federation, activity, sent.as_ref()).await? {
        return consents::answered(federation, activity, &post, actor, accepted, budget).await;
    }
    let follower = match inner {
        Some(inner) if inner.kind == Kind::Follow => our_follower(federation, inner.actor),
        Some(_) => return Ok(Ignored("an answer to something we do not ask")),
        None => sent
            .filter(|sent| sent.kind == Kind::Follow.as_str())
            .map(|sent| sent.actor_id),
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

async fn undo(
    federation: &Federation,
    activity: &Activity<'_>,
    actor: &account::Model,
    id: &str,
    budget: &Budget,
) -> Outcome<Meaning> {
    let uri = activity.object.id().and_then(address::canonical);
    let uri = uri.filter(|uri| same_server(uri, &actor.uri));
    let Some(inner) = activity.object.activity() else {
        let Some(uri) = uri else {
            return Ok(Ignored("undoes something of another server"));
        };
        let who = actor.id;
        return Ok(Deed::Undone { who, uri }.into());
    };
    if decisions::may_be(&inner) {
        return decided(federation, activity, actor, id, budget).await;
    }
    if !same(inner.actor, &actor.uri) {
        return Ok(Ignored("somebody else's to undo"));
    }
    // What is undone must not count when it arrives after its end.
    let ended = |deed| match &uri {
        Some(uri) => Meaning::Deed(Deed::Ended {
            who: actor.id,
            uri: uri.clone(),
            end: Box::new(deed),
        }),
        None => Meaning::Deed(deed),
    };
    match inner.kind {
        Kind::Follow if is_the_town(federation, &inner.object) => Ok(ended(Deed::FollowEnded {
            follower: actor.id,
            target: federation.town.profile().actor_id,
        })),
        Kind::Follow => match one_of_ours(federation, &inner.object).await? {
            Some(target) => Ok(ended(Deed::FollowEnded {
                follower: actor.id,
                target,
            })),
            None => Ok(Ignored("follows nobody here")),
        },
        Kind::Like => match object_post(federation, &inner.object).await? {
            Some(post) => Ok(ended(Deed::Unlike {
                who: actor.id,
                post,
            })),
            None => Ok(Ignored("a post that is not here")),
        },
        Kind::Dislike => match object_post(federation, &inner.object).await? {
            Some(post) => Ok(ended(Deed::Dislike { post, ends: true })),
            None => Ok(Ignored("a post that is not here")),
        },
        Kind::Announce => {
            let post = object_post(federation, &inner.object).await?;
            Ok(ended(Deed::Unboost {
                who: actor.id,
                uri: uri.clone(),
                post,
            }))
        }
        Kind::Block => match one_of_ours(federation, &inner.object).await? {
            Some(target) => Ok(ended(Deed::Unblock {
                who: actor.id,
                target,
            })),
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

async fn dislike(federation: &Federation, activity: &Activity<'_>) -> Outcome<Meaning> {
    match object_post(federation, &activity.object).await? {
        Some(post) => Ok(Deed::Dislike { post, ends: false }.into()),
        None => Ok(Ignored("a post that is not here")),
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

/// The town itself, which people elsewhere follow as little as it follows any: towns that would be its neighbours do.
fn is_the_town(federation: &Federation, object: &Ref<'_>) -> bool {
    let meant = object.id().and_then(address::canonical);
    let origin = &federation.town.origin;
    meant.is_some_and(|meant| uri::ours(origin, &meant) == Some(Ours::TownActor))
}

/// Whoever of ours asked to follow: somebody here, or the town.
fn our_follower(federation: &Federation, actor: &str) -> Option<Id> {
    if is_the_town(federation, &Ref::Id(actor)) {
        return Some(federation.town.profile().actor_id);
    }
    our_actor(federation, actor)
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
