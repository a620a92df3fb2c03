//! Posts that are made, changed and ended by whoever sends the activity.

use std::sync::Arc;

use parvis_model::{account::AccountKind, id::Id, uri as address};
use parvis_store::{accounts, entity::account, follows, posts as rows};
use parvis_town::{Outcome, arrivals::Arrival, neighbours};

use super::{
    Deed,
    Meaning::{self, Ignored},
    consents,
    decisions::{self, Voice},
    quotes, same_server,
};
use crate::{
    Federation,
    actors::same,
    federation::lately,
    fetch::Budget,
    posts::arrived,
    uri,
    wire::{Activity, Post, Ref, is_public},
};

pub(super) async fn create(
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
        // Not its own word: what its author has proven or the true origin shows counts, if we want it at all.
        if !is_followed(federation, actor.id).await? {
            return Ok(Ignored("nobody here asked for it"));
        }
        let said = activity.object.embedded();
        return match federation.resolver.told_post(&id, said, budget).await? {
            Some(_) => Ok(Deed::Nothing.into()),
            None => Ok(Ignored("not to be had from its own server")),
        };
    };
    let language = federation.town.profile().language.clone();
    let post = match Post::read(document, &language) {
        Ok(post) if post.is_vote => return vote(federation, activity, &post, actor).await,
        Ok(post) => post.addressed_as(activity),
        Err(why) => return Ok(why.into()),
    };
    let Some(author) = author(federation, &post, actor, budget).await? else {
        return Ok(Ignored("somebody else's post"));
    };
    match arrival(federation, &post, id, &author, budget).await? {
        Some(arrival) => Ok(Deed::Post(Box::new(arrival)).into()),
        None => Ok(Ignored("nobody here asked for it")),
    }
}

/// Answers to a poll of ours: one, or as many as the activity holds.
async fn vote(
    federation: &Federation,
    activity: &Activity<'_>,
    first: &Post<'_>,
    actor: &account::Model,
) -> Outcome<Meaning> {
    let asked = first.in_reply_to.and_then(address::canonical);
    let Some(poll) = asked
        .as_ref()
        .filter(|it| uri::ours(&federation.town.origin, it).is_some())
    else {
        return Ok(Ignored("a vote in a poll of another server"));
    };
    let votes = activity.objects.iter().filter_map(Ref::embedded);
    let answers: Vec<String> = votes
        .filter_map(|document| Post::read(document, "").ok())
        .filter(|vote| vote.is_vote && vote.author.is_none_or(|author| same(author, &actor.uri)))
        .filter(|vote| vote.in_reply_to.and_then(address::canonical) == asked)
        .filter_map(|vote| vote.title.map(str::to_owned))
        .collect();
    match federation.resolver.known_post(poll).await? {
        Some(poll) if !answers.is_empty() => Ok(Deed::Vote {
            who: actor.id,
            poll,
            answers,
        }
        .into()),
        _ => Ok(Ignored("a vote in no poll of ours")),
    }
}

/// PieFed's vote, which names the poll and the words of one answer.
pub(super) async fn poll_vote(
    federation: &Federation,
    activity: &Activity<'_>,
    who: Id,
) -> Outcome<Meaning> {
    let poll = activity.object.id().and_then(address::canonical);
    let Some(poll) = poll.filter(|it| uri::ours(&federation.town.origin, it).is_some()) else {
        return Ok(Ignored("a vote in a poll of another server"));
    };
    let known = federation.resolver.known_post(&poll).await?;
    match (known, activity.choice) {
        (Some(poll), Some(answer)) => Ok(Deed::Vote {
            who,
            poll,
            answers: vec![answer.to_owned()],
        }
        .into()),
        _ => Ok(Ignored("a vote in no poll of ours")),
    }
}

/// Whose post it is: the sender's, or one's of the same server for whom the sender speaks (a group that its member writes
/// for, a member whose words the group hands on). A post that names nobody is its sender's.
async fn author(
    federation: &Federation,
    post: &Post<'_>,
    sender: &Arc<account::Model>,
    budget: &Budget,
) -> Outcome<Option<Arc<account::Model>>> {
    let is_sender = |id: &str| same(id, &sender.uri);
    let Some(named) = post.author.filter(|named| !is_sender(named)) else {
        return Ok(Some(sender.clone()));
    };
    let by_group = post.group.is_some_and(is_sender);
    let for_group = post.speaker.is_some_and(is_sender);
    let Some(named) = address::canonical(named)
        .filter(|named| (by_group || for_group) && same_server(named, &sender.uri))
    else {
        return Ok(None);
    };
    let found = federation.resolver.account(&named, budget).await?;
    Ok(found.filter(|author| {
        let is_group = |row: &account::Model| row.kind == AccountKind::Group.as_str();
        author.suspended_at.is_none() && (is_group(if by_group { sender } else { author }))
    }))
}

/// The post as the town takes it in; `None` where nobody here has asked for it.
pub(super) async fn arrival(
    federation: &Federation,
    post: &Post<'_>,
    id: String,
    actor: &Arc<account::Model>,
    budget: &Budget,
) -> Outcome<Option<Arrival>> {
    let resolver = &federation.resolver;
    let mentions = resolver.mentioned(post).await?;
    if !is_wanted(federation, post, actor, &mentions).await? {
        return Ok(None);
    }
    resolver.ancestors(post, budget).await?;
    let quote = resolver.quoted(post, &id, &actor.uri, budget, true).await?;
    Ok(Some(arrived::arrived(
        post,
        id,
        actor,
        mentions,
        quote,
        &federation.town,
    )))
}

/// Somebody here follows its author or group, is named in it, or has the post it answers; or it is a neighbour's.
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
        let is_group = group.kind == AccountKind::Group.as_str();
        if is_group && (group.domain.is_empty() || is_followed(federation, group.id).await?) {
            return Ok(true);
        }
    }
    if is_of_a_neighbour(federation, post, actor).await? {
        return Ok(true);
    }
    if federation.resolver.quotes_ours(post).await? {
        return Ok(true);
    }
    match post.in_reply_to.and_then(address::canonical) {
        Some(parent) => Ok(federation.resolver.known_post(&parent).await?.is_some()),
        None => Ok(false),
    }
}

/// Written in a neighbour town for everyone, or for its neighbours.
async fn is_of_a_neighbour(
    federation: &Federation,
    post: &Post<'_>,
    actor: &account::Model,
) -> Outcome<bool> {
    let is_shown =
        post.to.iter().any(|to| is_public(to)) || arrived::for_neighbours(post, &actor.uri);
    Ok(is_shown && neighbours::is_of_one(&federation.town, actor.id).await?)
}

pub(super) async fn is_followed(federation: &Federation, account: Id) -> Outcome<bool> {
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

pub(super) async fn update(
    federation: &Federation,
    activity: &Activity<'_>,
    actor: &Arc<account::Model>,
    budget: &Budget,
) -> Outcome<Meaning> {
    let Some(id) = activity.object.id().and_then(address::canonical) else {
        return Ok(Ignored("an edit of something without an address"));
    };
    if id == actor.uri {
        federation.keys.forget_of(&actor.uri);
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
        Ok(post) => post.addressed_as(activity),
        Err(why) => return Ok(why.into()),
    };
    let Some(author) = author(federation, &post, actor, budget).await? else {
        return Ok(Ignored("somebody else's post"));
    };
    if known {
        let mentions = federation.resolver.mentioned(&post).await?;
        let resolver = &federation.resolver;
        let quote = resolver
            .quoted(&post, &id, &author.uri, budget, true)
            .await?;
        let arrival = arrived::edited(&post, id, &author, mentions, quote, &federation.town);
        return Ok(Deed::Edit(Box::new(arrival)).into());
    }
    match arrival(federation, &post, id, &author, budget).await? {
        Some(arrival) => Ok(Deed::Edit(Box::new(arrival)).into()),
        None => Ok(Ignored("nobody here asked for it")),
    }
}

/// The post of somebody else, out of the group elsewhere that its sender looks after.
async fn taken_out(
    federation: &Federation,
    activity: &Activity<'_>,
    actor: &account::Model,
    (id, post): (&str, &str),
    budget: &Budget,
) -> Outcome<Option<Deed>> {
    let Some(post) = federation.resolver.known_post(post).await? else {
        return Ok(None);
    };
    let row = rows::by_id(federation.town.store.read(), post).await?;
    if row.is_none_or(|row| row.author_id == actor.id || row.group_id.is_none()) {
        return Ok(None);
    }
    decisions::read(federation, activity, &Voice::Person(actor), id, budget).await
}

pub(super) async fn delete(
    federation: &Federation,
    activity: &Activity<'_>,
    actor: &account::Model,
    id: &str,
    budget: &Budget,
) -> Outcome<Meaning> {
    let Some(uri) = activity.object.id().and_then(address::canonical) else {
        return Ok(Ignored("the end of something without an address"));
    };
    if uri == actor.uri {
        return Ok(Deed::AccountGone(actor.id).into());
    }
    if let Some(deed) = taken_out(federation, activity, actor, (id, &uri), budget).await? {
        return Ok(deed.into());
    }
    if !same_server(&uri, &actor.uri) {
        return Ok(Ignored("the end of something on another server"));
    }
    if quotes::is_stamp(federation, &uri).await? {
        let author = actor.id;
        return Ok(Deed::QuoteRevoked { author, stamp: uri }.into());
    }
    if consents::is_stamp(federation, &uri).await? {
        let author = actor.id;
        return Ok(Deed::ReplyRevoked { author, stamp: uri }.into());
    }
    let row = rows::by_uri(federation.town.store.read(), &uri).await?;
    let author = match row {
        // A moderator of that server, or a member of the group whose post it is: its server shows whether it is gone.
        Some(row) if row.author_id != actor.id => {
            if row.local || !federation.resolver.is_post_gone(&row, budget).await {
                return Ok(Ignored("somebody else's post"));
            }
            row.author_id
        }
        _ => actor.id,
    };
    Ok(Deed::PostGone { author, uri }.into())
}
