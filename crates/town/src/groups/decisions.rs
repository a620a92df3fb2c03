//! What those who look after a group elsewhere decide about it: what they close, take out, put on top, whom they keep out.
//! Knows no protocol, and believes who asks: that it is the group's own word has been made sure of.

use parvis_model::{audience::Audience, clock::Timestamp, id::Id, limits, refusal::Refusal};
use parvis_store::{Tx, accounts, entity, group_decisions as rows, groups, pins, posts};

use super::is_group;
use crate::{
    Outcome, Town,
    arrivals::{self, ArrivedBoost},
    posts::unboost,
};

/// How far up a thread is looked for what is closed.
const STEPS: i64 = 100;

#[derive(Clone, Debug)]
pub enum Decision {
    /// The post, and what stands under it, is to be answered no more.
    Close(Id),
    Reopen(Id),
    /// `reason`: as they say it, bounded; empty where they say none.
    TakeOut {
        post: Id,
        reason: String,
    },
    /// `uri`: of the activity that says so.
    PutBack {
        post: Id,
        uri: String,
    },
    KeepOut {
        who: Id,
        until: Option<Timestamp>,
        /// With all that they wrote in the group.
        with_posts: bool,
        reason: String,
    },
    LetIn(Id),
    Appoint(Id),
    Dismiss(Id),
    Pin(Id),
    Unpin(Id),
}

/// `false`: it is no group elsewhere, the post is none of its own, or it is so already.
pub async fn decided(tx: &Tx, town: &Town, group: Id, decision: Decision) -> Outcome<bool> {
    let found = accounts::by_id(tx, group).await?;
    if !found.is_some_and(|row| is_group(&row) && !row.domain.is_empty()) {
        return Ok(false);
    }
    match decision {
        Decision::Close(post) => closed(tx, group, post, true).await,
        Decision::Reopen(post) => closed(tx, group, post, false).await,
        Decision::TakeOut { post, reason } => taken_out(tx, town, group, post, &reason).await,
        Decision::PutBack { post, uri } => put_back(tx, town, group, post, uri).await,
        Decision::KeepOut {
            who,
            until,
            with_posts,
            reason,
        } => {
            if needs_keeping_out(tx, town, who, until).await? {
                rows::keep_out(tx, group, who, until).await?;
            } else {
                rows::let_in(tx, group, who).await?;
            }
            if with_posts {
                for post in rows::posts_of(tx, group, who, limits::TAKEN_OUT_AT_ONCE).await? {
                    taken_out(tx, town, group, post, &reason).await?;
                }
            }
            Ok(true)
        }
        Decision::LetIn(who) => Ok(rows::let_in(tx, group, who).await?),
        Decision::Appoint(who) => {
            groups::appoint(tx, group, who).await?;
            Ok(true)
        }
        Decision::Dismiss(who) => {
            groups::dismiss(tx, group, who).await?;
            Ok(true)
        }
        Decision::Pin(post) => match standing(tx, group, post).await? {
            Some(post) => crate::pins::by_group(tx, town, group, post.id).await,
            None => Ok(false),
        },
        Decision::Unpin(post) => Ok(pins::delete(tx, group, post).await?),
    }
}

/// The doors of other towns are theirs to keep, and what has ended keeps nobody out.
async fn needs_keeping_out(
    tx: &Tx,
    town: &Town,
    who: Id,
    until: Option<Timestamp>,
) -> Outcome<bool> {
    let found = accounts::by_id(tx, who).await?;
    let is_ours = found.is_some_and(|row| row.domain.is_empty());
    Ok(is_ours && until.is_none_or(|until| until > town.now()))
}

/// A post that stands in the group.
async fn standing(tx: &Tx, group: Id, post: Id) -> Outcome<Option<entity::post::Model>> {
    let row = posts::by_id(tx, post).await?;
    Ok(row.filter(|row| row.group_id == Some(group) && row.in_group))
}

async fn closed(tx: &Tx, group: Id, post: Id, on: bool) -> Outcome<bool> {
    let row = if on {
        standing(tx, group, post).await?
    } else {
        let row = posts::by_id(tx, post).await?;
        row.filter(|row| row.group_id == Some(group))
    };
    match row.filter(|row| row.closed != on) {
        Some(row) => {
            rows::set_closed(tx, row.id, on).await?;
            Ok(true)
        }
        None => Ok(false),
    }
}

async fn taken_out(tx: &Tx, town: &Town, group: Id, post: Id, reason: &str) -> Outcome<bool> {
    let Some(row) = standing(tx, group, post).await? else {
        return Ok(false);
    };
    unboost(tx, town, group, row.id).await?;
    pins::delete(tx, group, row.id).await?;
    let reason = reason.chars().take(limits::REPORT).collect();
    rows::set_taken_out(tx, row.id, Some(reason), false).await?;
    Ok(true)
}

/// Where it stood before, also among what the group passed on; what is for few by now stands in no group.
async fn put_back(tx: &Tx, town: &Town, group: Id, post: Id, uri: String) -> Outcome<bool> {
    let row = posts::by_id(tx, post).await?;
    let Some(row) = row.filter(|row| row.group_id == Some(group) && row.taken_out.is_some()) else {
        return Ok(false);
    };
    let is_open = Audience::parse(&row.audience).is_some_and(Audience::is_open);
    rows::set_taken_out(tx, row.id, None, is_open).await?;
    if is_open && row.reply_to_uri.is_none() {
        let boost = ArrivedBoost {
            who: group,
            post: row.id,
            uri,
            published: row.created_at,
            for_followers: false,
        };
        arrivals::boost(tx, town, boost).await?;
    }
    Ok(true)
}

/// Who looks after a group elsewhere, as its own server lists them now.
pub async fn listed(
    tx: &Tx,
    town: &Town,
    group: Id,
    list: Option<String>,
    mut who: Vec<Id>,
) -> Outcome<()> {
    rows::dismiss_all(tx, group).await?;
    // In one order, so that two who write the same never wait for each other.
    who.sort_unstable();
    who.dedup();
    for moderator in who {
        groups::appoint(tx, group, moderator).await?;
    }
    let list = rows::List {
        moderators_uri: list,
        read_at: town.now(),
    };
    Ok(rows::set_list(tx, group, list).await?)
}

/// May the list be read again, that was read before? Noted beforehand: nobody else reads it meanwhile, nor at once where it
/// could not be had.
pub async fn reads_list(tx: &Tx, town: &Town, group: Id, every: Timestamp) -> Outcome<bool> {
    let now = town.now();
    Ok(rows::claim_list(tx, group, now, now - every).await?)
}

/// Can this be answered, as far as the group is concerned in which it stands?
pub async fn is_closed(town: &Town, post: Id) -> Outcome<bool> {
    Ok(rows::is_closed(town.store.read(), post, STEPS).await?)
}

/// Refused in plain words where the thread is closed, or the group has no room for this person.
pub(crate) async fn must_take(
    tx: &Tx,
    town: &Town,
    me: Id,
    parent: Option<&entity::post::Model>,
    group: Option<&entity::account::Model>,
) -> Outcome<()> {
    if let Some(parent) = parent
        && rows::is_closed(tx, parent.id, STEPS).await?
    {
        return Err(Refusal::forbidden("refusal-thread-closed").into());
    }
    if let Some(group) = group.filter(|group| !group.domain.is_empty())
        && rows::is_kept_out(tx, group.id, me, town.now()).await?
    {
        return Err(Refusal::forbidden("refusal-out-of-group").into());
    }
    Ok(())
}
