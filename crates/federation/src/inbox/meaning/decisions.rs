//! What those who look after a group elsewhere decide (FEP-1b12): the group passes it on, or one whom it lists says it.
//! Nobody else is believed, and nobody about what is not the group's; that the town makes sure of.

use parvis_model::{account::AccountKind, id::Id, uri as address};
use parvis_store::{accounts, entity::account, group_decisions, posts as rows};
use parvis_town::{Outcome, groups::Decision};

use super::{Deed, object_post, same_server};
use crate::{
    Federation,
    actors::same,
    fetch::Budget,
    wire::{Activity, Kind},
};

/// Whose word it is.
pub(super) enum Voice<'a> {
    /// The group passes on what somebody decided.
    Group(&'a account::Model),
    /// One who says to look after it.
    Person(&'a account::Model),
}

/// `id`: of what arrived. `None`: it is no such decision, or not theirs to take.
pub(super) async fn read(
    federation: &Federation,
    activity: &Activity<'_>,
    voice: &Voice<'_>,
    id: &str,
    budget: &Budget,
) -> Outcome<Option<Deed>> {
    let undone = activity.object.activity();
    let (what, on) = match (activity.kind, &undone) {
        (Kind::Undo, Some(inner)) => (inner, false),
        _ => (activity, true),
    };
    if !may_be(what) {
        return Ok(None);
    }
    let post = object_post(federation, &what.object).await?;
    let Some(group) = concerned(federation, what, post, voice).await? else {
        return Ok(None);
    };
    if !may_decide(federation, activity, &group, voice, budget).await? {
        return Ok(None);
    }
    let decision = decision(federation, what, on, post, &group, id, budget).await?;
    let group = group.id;
    Ok(decision.map(|decision| Deed::Decided { group, decision }))
}

/// A block without a target is between two people.
pub(super) fn may_be(activity: &Activity) -> bool {
    match activity.kind {
        Kind::Add | Kind::Delete | Kind::Lock | Kind::Remove => true,
        Kind::Block => activity.target.is_some(),
        _ => false,
    }
}

/// The group that is meant: the one that speaks, else the one the post stands in or the target names.
async fn concerned(
    federation: &Federation,
    what: &Activity<'_>,
    post: Option<Id>,
    voice: &Voice<'_>,
) -> Outcome<Option<account::Model>> {
    if let Voice::Group(group) = voice {
        return Ok(Some((*group).clone()).filter(is_elsewhere));
    }
    let db = federation.town.store.read();
    let target = what.target.and_then(address::canonical);
    let found = match (post, target) {
        (Some(post), _) => match rows::by_id(db, post).await?.and_then(|row| row.group_id) {
            Some(group) => accounts::by_id(db, group).await?,
            None => None,
        },
        (None, Some(target)) => match accounts::by_uri(db, &target).await? {
            Some(group) => Some(group),
            None => match group_decisions::groups_of_list(db, &target)
                .await?
                .as_slice()
            {
                [group] => accounts::by_id(db, *group).await?,
                _ => None,
            },
        },
        (None, None) => None,
    };
    Ok(found.filter(is_elsewhere))
}

fn is_elsewhere(row: &account::Model) -> bool {
    let is_group = row.kind == AccountKind::Group.as_str();
    is_group && !row.domain.is_empty() && row.suspended_at.is_none()
}

/// A group answers for the people of its own server, who may be its staff; others it must list.
async fn may_decide(
    federation: &Federation,
    activity: &Activity<'_>,
    group: &account::Model,
    voice: &Voice<'_>,
    budget: &Budget,
) -> Outcome<bool> {
    let who = match voice {
        Voice::Person(person) => person.id,
        Voice::Group(_) => {
            let Some(uri) = address::canonical(activity.actor) else {
                return Ok(false);
            };
            if same_server(&uri, &group.uri) {
                return Ok(true);
            }
            let mut known = federation.resolver.known(&uri).await?;
            if known.is_none() {
                // Reading the list makes those on it known.
                federation.resolver.moderators_list(group, budget).await?;
                known = federation.resolver.known(&uri).await?;
            }
            let Some(known) = known else {
                return Ok(false);
            };
            known.id
        }
    };
    federation.resolver.looks_after(who, group, budget).await
}

/// `on`: `false` takes back what is written there.
async fn decision(
    federation: &Federation,
    what: &Activity<'_>,
    on: bool,
    post: Option<Id>,
    group: &account::Model,
    id: &str,
    budget: &Budget,
) -> Outcome<Option<Decision>> {
    let reason = || parvis_model::text::plain(what.reason.unwrap_or_default());
    let stands = |on: bool, post: Id| {
        if on {
            let uri = id.to_owned();
            Decision::PutBack { post, uri }
        } else {
            let reason = reason();
            Decision::TakeOut { post, reason }
        }
    };
    Ok(match (what.kind, on) {
        (Kind::Lock, true) => post.map(Decision::Close),
        (Kind::Lock, false) => post.map(Decision::Reopen),
        (Kind::Delete, _) => post.map(|post| stands(!on, post)),
        (Kind::Block, _) => banned(federation, what, on, group, reason()).await?,
        (Kind::Add | Kind::Remove, _) => {
            let adds = (what.kind == Kind::Add) == on;
            match (target(federation, what, group, budget).await?, post) {
                (Target::Featured, Some(post)) if adds => Some(Decision::Pin(post)),
                (Target::Featured, Some(post)) => Some(Decision::Unpin(post)),
                (Target::Moderators, None) => appointed(federation, what, adds, budget).await?,
                (Target::Group, Some(post)) => Some(stands(adds, post)),
                _ => None,
            }
        }
        _ => None,
    })
}

enum Target {
    Featured,
    Moderators,
    /// Its posts.
    Group,
    Else,
}

async fn target(
    federation: &Federation,
    what: &Activity<'_>,
    group: &account::Model,
    budget: &Budget,
) -> Outcome<Target> {
    let Some(target) = what.target else {
        return Ok(Target::Group);
    };
    let is = |place: Option<&str>| place.is_some_and(|place| same(place, target));
    if is(Some(&group.uri)) || is(Some(&group.outbox)) {
        return Ok(Target::Group);
    }
    if is(group.featured_uri.as_deref()) {
        return Ok(Target::Featured);
    }
    let list = federation.resolver.moderators_list(group, budget).await?;
    Ok(if is(list.as_deref()) {
        Target::Moderators
    } else {
        Target::Else
    })
}

/// Whom nobody here knows need not be kept out.
async fn banned(
    federation: &Federation,
    what: &Activity<'_>,
    on: bool,
    group: &account::Model,
    reason: String,
) -> Outcome<Option<Decision>> {
    let is_group = |target: &str| same(target, &group.uri);
    if !what.target.is_some_and(is_group) {
        return Ok(None);
    }
    let Some(uri) = what.object.id().and_then(address::canonical) else {
        return Ok(None);
    };
    let known = federation.resolver.known(&uri).await?;
    let Some(who) = known.map(|row| row.id) else {
        return Ok(None);
    };
    Ok(Some(if on {
        Decision::KeepOut {
            who,
            until: what.until,
            with_posts: what.with_posts,
            reason,
        }
    } else {
        Decision::LetIn(who)
    }))
}

async fn appointed(
    federation: &Federation,
    what: &Activity<'_>,
    adds: bool,
    budget: &Budget,
) -> Outcome<Option<Decision>> {
    let Some(uri) = what.object.id().and_then(address::canonical) else {
        return Ok(None);
    };
    let who = federation.resolver.person(&uri, budget).await?;
    Ok(who.map(if adds {
        Decision::Appoint
    } else {
        Decision::Dismiss
    }))
}
