//! Groups: which post stands in which, who may write there, and what a group of this town hands on to its followers. Knows
//! no protocol: what somebody elsewhere said is handed on as it came, unread.

mod decisions;

use std::collections::HashSet;

use parvis_model::{
    account::AccountKind, audience::Audience, clock::HOUR, id::Id, limits, page::Page,
    policy::Interaction, refusal::Refusal, uri as address,
};
use parvis_store::{
    Tx, accounts, deliveries, entity,
    groups::{self as rows, Standing},
    timelines::{Pointing, pointing},
};

use crate::{
    AccountView, Failure, Outcome, Paged, Town, Viewer,
    arrivals::Arrival,
    consents,
    interactions::{self, Asked},
    journal::{self, Entry},
    posts, views,
};

pub(crate) use decisions::must_take;
pub use decisions::{Decision, decided, is_closed, listed, reads_list};

/// More than this nobody is made to take from a group.
pub const HANDED_ON_BYTES: usize = 256 * 1024;
/// How many of the addresses of a post are looked at for a group.
const ADDRESSES: usize = 20;

/// Lets somebody of this town look after a group of it.
pub async fn appoint(tx: &Tx, town: &Town, group: Id, moderator: Id) -> Outcome<()> {
    must_be_ours(tx, group).await?;
    let resident = accounts::by_id(tx, moderator).await?;
    if resident.is_none_or(|row| !row.domain.is_empty() || row.id == group) {
        return Err(Refusal::not_found().into());
    }
    rows::appoint(tx, group, moderator).await?;
    changed(tx, town, group).await
}

pub async fn dismiss(tx: &Tx, town: &Town, group: Id, moderator: Id) -> Outcome<()> {
    must_be_ours(tx, group).await?;
    rows::dismiss(tx, group, moderator).await?;
    changed(tx, town, group).await
}

/// Whether only those who look after a group may write in it.
pub async fn restrict(tx: &Tx, town: &Town, group: Id, moderators_only: bool) -> Outcome<()> {
    must_be_ours(tx, group).await?;
    rows::set_for_moderators(tx, group, moderators_only).await?;
    changed(tx, town, group).await
}

/// Its document is another from now on.
async fn changed(tx: &Tx, town: &Town, group: Id) -> Outcome<()> {
    accounts::changed(tx, group, town.now()).await?;
    journal::record(tx, town, &Entry::ProfileChanged { account: group }).await
}

async fn must_be_ours(tx: &Tx, group: Id) -> Outcome<()> {
    match accounts::by_id(tx, group).await? {
        Some(row) if row.domain.is_empty() && is_group(&row) => Ok(()),
        _ => Err(Refusal::not_found().into()),
    }
}

/// What a group of this town says of itself.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Addresses of those who look after it.
    pub moderators: Vec<String>,
    pub moderators_only: bool,
}

pub async fn rule(town: &Town, group: Id) -> Outcome<Rule> {
    let db = town.store.read();
    let moderators = rows::moderators(db, group).await?;
    let moderators = accounts::by_ids(db, &moderators).await?;
    let there = |row: &entity::account::Model| row.suspended_at.is_none();
    Ok(Rule {
        moderators: moderators
            .into_iter()
            .filter(there)
            .map(|row| row.uri)
            .collect(),
        moderators_only: rows::is_for_moderators(db, group).await?,
    })
}

/// A group somebody is in.
#[derive(Clone, Debug)]
pub struct GroupOf {
    pub group: AccountView,
    pub looks_after: bool,
}

/// Those of this town that let themselves be found, the last come first; `indexable`: only those that let search engines.
pub async fn of_town(town: &Town, indexable: bool, page: Page) -> Outcome<Paged<AccountView>> {
    let db = town.store.snapshot().await?;
    let ids = rows::of_town(&db, indexable, &page).await?;
    let groups = views::accounts_in_order(&db, town, &ids).await?;
    Ok(Paged::of_ids(groups, &ids, page.limit))
}

/// The groups in somebody's hands, which each group tells everybody; to oneself also those one is merely in, since of that
/// nobody has agreed to have a list shown.
pub async fn of_person(
    town: &Town,
    viewer: &Viewer,
    person: Id,
    page: Page,
) -> Outcome<Paged<GroupOf>> {
    let list = if viewer.is_resident() && viewer.account == Some(person) {
        Pointing::GroupsOrLookedAfter
    } else {
        Pointing::LookedAfter
    };
    let db = town.store.snapshot().await?;
    let cursors = pointing(&db, list, person, &page).await?;
    let ids: Vec<Id> = cursors.iter().map(|(_, group)| *group).collect();
    let looked_after = rows::looked_after(&db, person, &ids).await?;
    let groups = views::accounts_in_order(&db, town, &ids).await?;
    let of = |group: AccountView| GroupOf {
        looks_after: looked_after.contains(&group.id),
        group,
    };
    let items = groups.into_iter().map(of).collect();
    Ok(Paged::new(items, &cursors, page.limit))
}

fn is_group(row: &entity::account::Model) -> bool {
    row.kind == AccountKind::Group.as_str()
}

/// The group a post is meant for: that of what it answers, else the first that it names.
pub(crate) async fn meant(
    tx: &Tx,
    parent: Option<&entity::post::Model>,
    named: &[Id],
) -> Outcome<Option<entity::account::Model>> {
    if let Some(group) = parent.filter(|it| it.in_group).and_then(|it| it.group_id) {
        return Ok(accounts::by_id(tx, group).await?);
    }
    if named.is_empty() {
        return Ok(None);
    }
    let mut found = accounts::by_ids(tx, named).await?;
    found.retain(is_group);
    Ok(found.into_iter().min_by_key(|row| {
        let place = named.iter().position(|id| *id == row.id);
        place.unwrap_or(usize::MAX)
    }))
}

/// The same for a post that arrives, by those it is for.
pub(crate) async fn meant_by(
    tx: &Tx,
    arrival: &Arrival,
    parent: Option<&entity::post::Model>,
) -> Outcome<Option<entity::account::Model>> {
    if let Some(group) = meant(tx, parent, &[]).await? {
        return Ok(Some(group));
    }
    let addresses: Vec<String> = arrival.sent_to.iter().take(ADDRESSES).cloned().collect();
    if addresses.is_empty() {
        return Ok(None);
    }
    let mut found = accounts::by_uris(tx, &addresses).await?;
    found.retain(is_group);
    Ok(found.into_iter().min_by_key(|row| {
        let place = addresses.iter().position(|uri| *uri == row.uri);
        place.unwrap_or(usize::MAX)
    }))
}

/// Does the group's own server answer for a post? Then nobody else need say that the group has taken it.
pub(crate) fn is_at_home(group: &entity::account::Model, post: &str) -> bool {
    !group.domain.is_empty()
        && address::origin_of(&group.uri).is_some_and(|it| Some(it) == address::origin_of(post))
}

/// A post of this town for a group of it.
pub(crate) async fn written(
    tx: &Tx,
    town: &Town,
    post: &entity::post::Model,
    group: &entity::account::Model,
) -> Outcome<()> {
    // The group has everybody read it, which whom it answers has not agreed to yet.
    if !consents::is_held_back(post) {
        take(tx, town, post, group).await?;
    }
    Ok(())
}

/// Whom an answer of this town answers agrees to it: now it is for the group, too.
pub(crate) async fn agreed(tx: &Tx, town: &Town, post: Id) -> Outcome<()> {
    let Some(post) = parvis_store::posts::by_id(tx, post).await? else {
        return Ok(());
    };
    let group = match post.group_id {
        Some(group) => accounts::by_id(tx, group).await?,
        None => None,
    };
    match group {
        Some(group) => written(tx, town, &post, &group).await,
        None => Ok(()),
    }
}

/// A post from elsewhere for a group of this town. `said`: how its author sent it.
pub(crate) async fn arrived(
    tx: &Tx,
    town: &Town,
    post: &entity::post::Model,
    group: &entity::account::Model,
    said: String,
) -> Outcome<()> {
    if take(tx, town, post, group).await? {
        hand_on(tx, town, group.id, &post.uri, said).await?;
    }
    Ok(())
}

/// Takes a post into a group of this town, if its author may write there. What begins a thread the group passes on by
/// itself, too, for those who know nothing of groups; an answer stands under what it answers.
async fn take(
    tx: &Tx,
    town: &Town,
    post: &entity::post::Model,
    group: &entity::account::Model,
) -> Outcome<bool> {
    let is_open = Audience::parse(&post.audience).is_some_and(Audience::is_open);
    let ours = group.domain.is_empty() && post.author_id != group.id;
    if !(is_open && ours) {
        return Ok(false);
    }
    let standing = rows::standing(tx, group.id, post.author_id).await?;
    if !standing.is_some_and(may_write) {
        return Ok(false);
    }
    let answered = match post.reply_to_id {
        Some(parent) => parvis_store::posts::by_id(tx, parent).await?,
        None => None,
    };
    let is_comment = answered.is_some_and(|it| it.in_group && it.group_id == Some(group.id));
    if !is_comment {
        match posts::boost(tx, town, group.id, post.id).await {
            Ok(_) => {}
            // Its author does not want it passed on.
            Err(Failure::Refused(_)) => return Ok(false),
            Err(broken) => return Err(broken),
        }
    }
    rows::set_taken(tx, post.id, true).await?;
    Ok(true)
}

/// Residents and followers have a part in a group, unless they are kept out.
fn has_part(standing: Standing) -> bool {
    !standing.kept_out && (standing.resident || standing.follower || standing.moderator)
}

/// Where only those who look after it write, they alone.
fn may_write(standing: Standing) -> bool {
    has_part(standing) && (standing.moderator || !standing.moderators_only)
}

/// Of pairs of a group of this town and a resident: does the group hand on what they do with a post in it?
pub async fn hear(town: &Town, pairs: &[(Id, Id)]) -> Outcome<HashSet<(Id, Id)>> {
    if pairs.is_empty() {
        return Ok(HashSet::new());
    }
    let mut standings = rows::standings(town.store.read(), pairs).await?;
    standings.retain(|standing| has_part(*standing));
    let pair = |standing: Standing| (standing.group_id, standing.account_id);
    Ok(standings.into_iter().map(pair).collect())
}

/// Does the group in which a post stands hand on that a resident likes it, or no longer does?
pub(crate) async fn echoes(
    tx: &Tx,
    town: &Town,
    resident: Id,
    post: &entity::post::Model,
) -> Outcome<bool> {
    let Some(group) = post.group_id.filter(|_| post.in_group) else {
        return Ok(false);
    };
    match rows::standing(tx, group, resident).await? {
        Some(standing) if standing.resident => hears_of_like(tx, town, standing).await,
        _ => Ok(false),
    }
}

/// So often in an hour of each member: nobody has a group write to everyone by liking a thousand posts and taking it back.
async fn hears_of_like(tx: &Tx, town: &Town, standing: Standing) -> Outcome<bool> {
    if !has_part(standing) {
        return Ok(false);
    }
    let (group, who, now) = (standing.group_id, standing.account_id, town.now());
    let done = rows::count_gesture(tx, group, who, now, now - HOUR).await?;
    Ok(done <= limits::GROUP_GESTURES)
}

/// Somebody elsewhere has done something with a post that stands in a group of this town: its followers hear of it.
pub(crate) async fn echo(
    tx: &Tx,
    town: &Town,
    who: Id,
    post: &entity::post::Model,
    said: Option<String>,
) -> Outcome<()> {
    let (Some(said), Some(group)) = (said, post.group_id.filter(|_| post.in_group)) else {
        return Ok(());
    };
    let standing = rows::standing(tx, group, who).await?;
    if standing.is_some_and(has_part) {
        hand_on(tx, town, group, &post.uri, said).await?;
    }
    Ok(())
}

async fn hand_on(tx: &Tx, town: &Town, group: Id, about: &str, said: String) -> Outcome<()> {
    if said.len() > HANDED_ON_BYTES {
        return Ok(());
    }
    let entry = Entry::HandedOn {
        group,
        about: about.to_owned(),
        said,
    };
    journal::record(tx, town, &entry).await
}

/// Somebody elsewhere likes a post, or no longer likes or dislikes it. `false`: nobody hears of it.
pub async fn echo_of_like(tx: &Tx, town: &Town, who: Id, post: Id, said: String) -> Outcome<bool> {
    match parvis_store::posts::by_id(tx, post).await? {
        Some(post) => echo_of_gesture(tx, town, who, &post, said).await,
        None => Ok(false),
    }
}

/// Somebody elsewhere dislikes a post. Nothing is ranked here, so that it is shown and counted nowhere;
/// others who follow the group may rank by it. Whoever may not like the post now may not do this either; whoever has done it may
/// always take it back ([`echo_of_like`]). `false`: nobody hears of it.
pub async fn echo_of_dislike(
    tx: &Tx,
    town: &Town,
    who: Id,
    post: Id,
    said: String,
) -> Outcome<bool> {
    let post = posts::readable(tx, who, post).await?;
    if !post.in_group {
        return Ok(false);
    }
    let asked = Asked {
        who,
        what: Interaction::Like,
        post: post.id,
        request: String::new(),
        instrument: String::new(),
    };
    match interactions::decided(tx, &asked).await? {
        // Of what was not written here, its own server decides.
        None | Some(interactions::Decision::Yes) => {
            echo_of_gesture(tx, town, who, &post, said).await
        }
        Some(_) => Ok(false),
    }
}

async fn echo_of_gesture(
    tx: &Tx,
    town: &Town,
    who: Id,
    post: &entity::post::Model,
    said: String,
) -> Outcome<bool> {
    let Some(group) = post.group_id.filter(|_| post.in_group) else {
        return Ok(false);
    };
    match rows::standing(tx, group, who).await? {
        Some(standing) if hears_of_like(tx, town, standing).await? => {
            hand_on(tx, town, group, &post.uri, said).await?;
            Ok(true)
        }
        _ => Ok(false),
    }
}

/// Somebody elsewhere is about to delete a post of their own.
pub async fn echo_of_end(tx: &Tx, town: &Town, who: Id, uri: &str, said: String) -> Outcome<()> {
    match parvis_store::posts::by_uri(tx, uri).await? {
        Some(post) if post.author_id == who => {
            let post = as_handed_on(tx, post).await?;
            echo(tx, town, who, &post, Some(said)).await
        }
        _ => Ok(()),
    }
}

/// What has left its group since, because its author made it one for few, say, ends for those to whom the group handed it on.
async fn as_handed_on(tx: &Tx, mut post: entity::post::Model) -> Outcome<entity::post::Model> {
    if let Some(group) = post.group_id.filter(|_| !post.in_group) {
        post.in_group = deliveries::has_told_of(tx, group, &post.uri).await?;
    }
    Ok(post)
}

/// A post goes: the group of this town it stood in, which no longer passes it on.
pub(crate) async fn left(tx: &Tx, town: &Town, post: &entity::post::Model) -> Outcome<Option<Id>> {
    let Some(group) = post.group_id.filter(|_| post.in_group) else {
        return Ok(None);
    };
    let group = accounts::by_id(tx, group).await?;
    let Some(group) = group.filter(|group| group.domain.is_empty()) else {
        return Ok(None);
    };
    if let Some(boost) = parvis_store::posts::boost_by(tx, group.id, post.id).await? {
        let entry = Entry::Unboosted {
            uri: boost.uri,
            account: group.id,
            of_uri: post.uri.clone(),
            of_author: post.author_id,
            boost: boost.id,
        };
        journal::record(tx, town, &entry).await?;
    }
    Ok(Some(group.id))
}

/// A group elsewhere passes a post on: if it was meant for that group, it stands there now.
pub async fn confirmed(tx: &Tx, group: Id, post: Id) -> Outcome<bool> {
    let found = parvis_store::posts::by_id(tx, post).await?;
    // What it has taken out comes back by its word for that alone.
    let is_new = |row: &entity::post::Model| {
        row.group_id == Some(group) && !row.in_group && row.taken_out.is_none()
    };
    let Some(row) = found.filter(is_new) else {
        return Ok(false);
    };
    rows::set_taken(tx, row.id, true).await?;
    Ok(true)
}

/// A group no longer passes a post on.
pub(crate) async fn put_out(tx: &Tx, group: Id, post: &entity::post::Model) -> Outcome<()> {
    if post.group_id == Some(group) && post.in_group {
        rows::set_taken(tx, post.id, false).await?;
    }
    Ok(())
}
