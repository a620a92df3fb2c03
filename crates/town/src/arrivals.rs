//! What comes in from other servers, already verified and translated: accounts, posts, boosts, follows. The same rules and
//! the same journal as for residents; no word of the protocol.

mod changes;
mod followers;
mod people;

use std::collections::HashSet;

use parvis_model::{
    audience::Audience,
    clock::{HOUR, Timestamp},
    id::Id,
    limits,
    policy::{Interaction, Policy},
    refusal::Refusal,
};
use parvis_store::{Tx, accounts, entity, follows, media, posts, reactions, relations, seen};
use serde::{Deserialize, Serialize};

use crate::{
    Error, Outcome, Town, conversations, emojis,
    follows::{FollowState, end, request_as},
    groups,
    interactions::waiting,
    journal::{self, Entry},
    neighbours, polls,
    posts::{
        boost_row, boostable, boosted, count_answer, count_of_author, is_seen, may_write, original,
        tag,
    },
    previews, quotes,
    relations::block_as,
    remote_pictures, threads,
    views::PostKind,
};

pub use crate::{
    emojis::RemoteEmoji,
    polls::{RemotePoll, vote_arrived},
    quotes::RemoteQuote,
};
pub use changes::{post_edited, post_gone};
pub use followers::followers_listed;
pub use people::{RemoteAccount, account, account_gone, moved};

/// Milliseconds back that are looked through for a free id; each has room for 65,536 posts.
const CROWDED: Timestamp = 100;

/// Marks an activity of the actor `by` as arrived. `false`: it was here before, and nothing more may be done.
pub async fn first_time(tx: &Tx, town: &Town, activity: &str, by: Id) -> Outcome<bool> {
    Ok(seen::mark(tx, activity, &by.to_string(), town.now()).await?)
}

/// Nothing came of it: it may come again.
pub async fn not_taken_in(tx: &Tx, activity: &str, by: Id) -> Outcome<()> {
    Ok(seen::forget(tx, activity, &by.to_string()).await?)
}

/// Under which it is kept that its author has deleted what another claims to have deleted; no activity is called so.
fn grave(uri: &str) -> String {
    format!("gone:{uri}")
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RemoteMedia {
    pub url: String,
    pub mime: String,
    pub description: String,
    pub width: i32,
    pub height: i32,
    pub blurhash: Option<String>,
    pub focus: (f32, f32),
}

/// A post of another server. HTML is cleaned, lengths are bounded, the people named are known here. It is also written down
/// as it is while it waits for a resident's yes: a new field needs a default.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Arrival {
    pub uri: String,
    pub url: String,
    pub author: Id,
    pub kind: PostKind,
    pub title: Option<String>,
    pub html: String,
    pub summary: String,
    pub sensitive: bool,
    pub language: Option<String>,
    pub audience: Audience,
    /// For the neighbours of its author's town: what that means here the agreements say.
    #[serde(default)]
    pub for_neighbours: bool,
    pub mentions: Vec<Id>,
    pub tags: Vec<String>,
    pub media: Vec<RemoteMedia>,
    /// Of the codes in its texts, each once.
    #[serde(default)]
    pub emojis: Vec<RemoteEmoji>,
    pub poll: Option<RemotePoll>,
    pub quote: Option<RemoteQuote>,
    /// Who may do what with it.
    pub policy: Policy,
    pub reply_to_uri: Option<String>,
    /// Addresses of accounts it is for, those elsewhere too.
    pub sent_to: Vec<String>,
    /// As its author sent it, for a group to hand on; `None` for what was fetched.
    pub said: Option<String>,
    pub published: Timestamp,
    pub edited: Option<Timestamp>,
}

/// A post that its server delivers. `None`: it is here already, or was deleted before it came.
pub async fn post(tx: &Tx, town: &Town, arrival: Arrival) -> Outcome<Option<Id>> {
    if let Some(new) = take_in(tx, town, &arrival, false).await? {
        return Ok(Some(new));
    }
    // Somebody here may have read around it before it came.
    let Some(row) = posts::delivered(tx, &arrival.uri, arrival.author).await? else {
        // A boost may have overtaken it.
        if let Some(row) = posts::by_uri(tx, &arrival.uri).await? {
            for_its_group(tx, town, &row, arrival).await?;
        }
        return Ok(None);
    };
    neighbours::arrived(tx, town, &row).await?;
    conversations::said(tx, town, &row).await?;
    journal::record(tx, town, &Entry::PostPublished { post: row.id }).await?;
    for_its_group(tx, town, &row, arrival).await?;
    previews::look_for(tx, town, &row).await?;
    threads::errands::look_above(tx, town, &row).await?;
    Ok(Some(row.id))
}

/// A post that was here before its author delivered it: the group it is meant for hears of it only now.
async fn for_its_group(
    tx: &Tx,
    town: &Town,
    row: &entity::post::Model,
    arrival: Arrival,
) -> Outcome<()> {
    let is_new = !row.in_group && row.author_id == arrival.author && arrival.audience.is_open();
    let (Some(group), Some(said)) = (row.group_id.filter(|_| is_new), arrival.said) else {
        return Ok(());
    };
    if let Some(group) = accounts::by_id(tx, group).await? {
        groups::arrived(tx, town, row, &group, said).await?;
    }
    Ok(())
}

/// A post that nobody delivered: it was asked for to complete what somebody reads. Nobody is told of it, however new.
pub async fn found(tx: &Tx, town: &Town, arrival: &Arrival) -> Outcome<Option<Id>> {
    take_in(tx, town, arrival, true).await
}

/// Was it deleted by its author before it came? A neighbour, for whom the same server answers, cannot do that.
async fn is_buried(tx: &Tx, expected: &posts::Expected, arrival: &Arrival) -> Outcome<bool> {
    let Some(by) = &expected.buried_by else {
        return Ok(false);
    };
    let author = accounts::by_id(tx, arrival.author).await?;
    if author.is_none_or(|author| author.uri == *by) {
        return Ok(true);
    }
    Ok(seen::contains(tx, &grave(&arrival.uri), &arrival.author.to_string()).await?)
}

async fn take_in(tx: &Tx, town: &Town, arrival: &Arrival, found: bool) -> Outcome<Option<Id>> {
    posts::take_turns(tx, &arrival.uri, arrival.reply_to_uri.as_deref()).await?;
    let expected = posts::expected(tx, &arrival.uri).await?;
    if is_buried(tx, &expected, arrival).await? {
        return Ok(None);
    }
    let arrival = &*neighbours::understood(tx, arrival).await?;
    let parent = match &arrival.reply_to_uri {
        Some(uri) => posts::held_by_uri(tx, uri)
            .await?
            .filter(|parent| parent.boost_of_id.is_none()),
        None => None,
    };
    let parent = match parent {
        Some(parent) => parent_for(tx, arrival.author, parent).await?,
        None => None,
    };
    if let Some(parent) = &parent
        && waiting::keeps_answer(tx, town, parent, arrival).await?
    {
        return Ok(None);
    }
    let group = groups::meant_by(tx, arrival, parent.as_ref()).await?;
    let emoji = emojis::keep(tx, town, &arrival.uri, &arrival.emojis).await?;
    let row = |id| entity::post::Model {
        found,
        emoji: emoji.clone(),
        group_id: group.as_ref().map(|group| group.id),
        in_group: group
            .as_ref()
            .is_some_and(|group| groups::is_at_home(group, &arrival.uri)),
        ..arrived_row(town, id, arrival, parent.as_ref())
    };
    let Some(row) = insert_at(tx, town, arrival.published, row).await? else {
        return Ok(None);
    };
    follow_up(tx, town, row.id, arrival).await?;
    if let Some(poll) = &arrival.poll {
        polls::keep(tx, town, row.id, poll).await?;
    }
    if let Some(quote) = &arrival.quote {
        quotes::keep(tx, town, &row, quote).await?;
    }
    if !arrival.tags.is_empty() {
        tag(tx, town, row.id, &arrival.tags).await?;
    }
    if let Some(parent) = parent {
        count_answer(tx, &row, &parent, 1).await?;
    }
    if expected.answered {
        let adopted = posts::adopt_answers(tx, &row).await?;
        posts::count(tx, row.id, posts::Count::Replies, adopted).await?;
    }
    count_of_author(tx, &row, 1).await?;
    if !found || row.audience == Audience::Neighbours.as_str() {
        neighbours::arrived(tx, town, &row).await?;
    }
    if found {
        return Ok(Some(row.id));
    }
    conversations::said(tx, town, &row).await?;
    journal::record(tx, town, &Entry::PostPublished { post: row.id }).await?;
    if let (Some(group), Some(said)) = (group, arrival.said.clone()) {
        groups::arrived(tx, town, &row, &group, said).await?;
    }
    previews::look_for(tx, town, &row).await?;
    threads::errands::look_above(tx, town, &row).await?;
    Ok(Some(row.id))
}

/// What is answered: one who is blocked by its author cannot answer, and an answer to what its writer may not see stands
/// alone.
async fn parent_for(
    tx: &Tx,
    author: Id,
    parent: entity::post::Model,
) -> Outcome<Option<entity::post::Model>> {
    if relations::is_blocked(tx, author, parent.author_id).await? {
        return Err(Refusal::forbidden("refusal-blocked").into());
    }
    // What servers elsewhere show one another is theirs to decide.
    if parent.local && !is_seen(tx, author, &parent).await? {
        return Ok(None);
    }
    Ok(Some(parent))
}

/// Inserts a post under an id of the moment it was published. Many servers tell time by the second, so two posts of one
/// second may meet at one id: then one of a moment before is tried. `None`: the post is here already.
async fn insert_at(
    tx: &Tx,
    town: &Town,
    published: Timestamp,
    row: impl Fn(Id) -> entity::post::Model,
) -> Outcome<Option<entity::post::Model>> {
    for earlier in 0..CROWDED {
        let row = row(town.ids.at(published - earlier));
        if posts::insert(tx, row.clone()).await? {
            return Ok(Some(row));
        }
        if posts::by_id(tx, row.id)
            .await?
            .is_none_or(|there| there.uri == row.uri)
        {
            return Ok(None);
        }
    }
    Err(Error::Other(format!("no id is free at {published}")).into())
}

pub(crate) fn arrived_row(
    town: &Town,
    id: Id,
    arrival: &Arrival,
    parent: Option<&entity::post::Model>,
) -> entity::post::Model {
    entity::post::Model {
        id,
        uri: arrival.uri.clone(),
        url: arrival.url.clone(),
        author_id: arrival.author,
        local: false,
        kind: arrival.kind.as_str().into(),
        audience: arrival.audience.as_str().into(),
        reply_to_id: parent.map(|parent| parent.id),
        reply_to_uri: arrival.reply_to_uri.clone(),
        reply_to_account_id: parent.map(|parent| parent.author_id),
        thread_id: parent.map_or(id, |parent| parent.thread_id),
        title: arrival.title.clone(),
        html: arrival.html.clone(),
        summary: arrival.summary.clone(),
        sensitive: arrival.sensitive,
        language: arrival.language.clone(),
        tags: arrival.tags.join("\n"),
        has_media: !arrival.media.is_empty(),
        created_at: no_later(town, arrival.published),
        // Many servers say of every post when it was last changed, which is when it was written.
        edited_at: arrival
            .edited
            .filter(|at| *at > arrival.published)
            .map(|at| no_later(town, at)),
        has_poll: arrival.poll.is_some(),
        has_quote: arrival.quote.is_some(),
        policy: arrival.policy.kept(),
        ..entity::post::Model::default()
    }
}

/// A clock that runs ahead is set right; a little ahead is normal.
fn no_later(town: &Town, at: Timestamp) -> Timestamp {
    if at > town.now() + HOUR {
        town.now()
    } else {
        at
    }
}

/// Mentions and pictures.
async fn follow_up(tx: &Tx, town: &Town, id: Id, arrival: &Arrival) -> Outcome<()> {
    let mut met = HashSet::new();
    let mentions: Vec<Id> = arrival
        .mentions
        .iter()
        .copied()
        .filter(|mentioned| *mentioned != arrival.author && met.insert(*mentioned))
        .take(limits::MENTIONS)
        .collect();
    posts::mention(tx, id, &mentions).await?;
    let pictures = arrival
        .media
        .iter()
        .take(limits::REMOTE_ATTACHMENTS)
        .enumerate();
    let rows =
        pictures.map(|(position, media)| media_row(town, arrival.author, id, position, media));
    media::insert_many(tx, rows.collect()).await?;
    Ok(())
}

fn media_row(
    town: &Town,
    author: Id,
    post: Id,
    position: usize,
    remote: &RemoteMedia,
) -> entity::media::Model {
    let (preview_width, preview_height) = remote_pictures::small(remote.width, remote.height);
    let thousandths = |part: f32| (part.clamp(-1.0, 1.0) * 1000.0) as i32;
    entity::media::Model {
        id: town.ids.next(),
        account_id: author,
        post_id: Some(post),
        position: position as i32,
        file: None,
        preview_file: None,
        remote_url: Some(remote.url.clone()),
        mime: remote.mime.clone(),
        description: remote.description.clone(),
        width: remote.width,
        height: remote.height,
        preview_width,
        preview_height,
        blurhash: remote.blurhash.clone(),
        focus_x: thousandths(remote.focus.0),
        focus_y: thousandths(remote.focus.1),
        created_at: town.now(),
        duration: 0,
        frame_rate: 0,
        bit_rate: 0,
    }
}

/// A post passed on by somebody elsewhere.
#[derive(Clone, Debug)]
pub struct ArrivedBoost {
    pub who: Id,
    pub post: Id,
    /// The activity that passes it on.
    pub uri: String,
    pub published: Timestamp,
    /// Only the booster's followers are meant to see it.
    pub for_followers: bool,
}

pub async fn boost(tx: &Tx, town: &Town, arrived: ArrivedBoost) -> Outcome<()> {
    let booster = may_write(tx, arrived.who).await?;
    let of = posts::by_id(tx, arrived.post).await?;
    // Some servers let people show their own followers a post of theirs a second time.
    let own = |of: &entity::post::Model| {
        arrived.for_followers
            && of.author_id == booster.id
            && of.audience == Audience::Followers.as_str()
    };
    let of = match of.filter(own) {
        Some(of) => of,
        None => boostable(tx, booster.id, arrived.post).await?,
    };
    if of.taken_out.is_some() && of.group_id == Some(booster.id) {
        return Ok(());
    }
    groups::confirmed(tx, booster.id, of.id).await?;
    if posts::boost_by(tx, booster.id, of.id).await?.is_some() {
        return Ok(());
    }
    // Who writes in a group wants it to show that.
    let is_its_group = of.group_id == Some(booster.id);
    if !is_its_group && waiting::keeps_boost(tx, town, &of, &arrived).await? {
        return Ok(());
    }
    let at = arrived.published.min(town.now());
    let audience = if arrived.for_followers {
        Audience::Followers
    } else {
        Audience::Public
    };
    let row = |id| entity::post::Model {
        audience: audience.as_str().into(),
        ..boost_row(&booster, &of, id, arrived.uri.clone(), at)
    };
    match insert_at(tx, town, arrived.published, row).await? {
        Some(row) => boosted(tx, town, row).await,
        None => Ok(()),
    }
}

/// By the address of the activity; only one's own.
pub async fn unboost(tx: &Tx, town: &Town, who: Id, uri: &str) -> Outcome<bool> {
    waiting::taken_back(tx, who, uri).await?;
    let Some(boost) = posts::by_uri(tx, uri).await? else {
        return Ok(false);
    };
    match boost.boost_of_id {
        Some(of) if boost.author_id == who => {
            crate::posts::unboost(tx, town, who, of).await?;
            Ok(true)
        }
        // Passed on with a word of one's own: that is a post.
        None if boost.author_id == who && boost.has_quote => {
            post_gone(tx, town, who, uri).await?;
            Ok(true)
        }
        _ => Ok(false),
    }
}

/// By what was passed on: some servers undo under another address.
pub async fn unboost_of(tx: &Tx, town: &Town, who: Id, post: Id) -> Outcome<()> {
    let of = original(tx, post).await?;
    waiting::not_done(tx, who, of, Interaction::Boost).await?;
    crate::posts::unboost(tx, town, who, of).await
}

/// `false`: it stands already.
pub async fn favourite(tx: &Tx, town: &Town, who: Id, post: Id, uri: String) -> Outcome<bool> {
    crate::reactions::favourite_as(tx, town, who, post, uri).await
}

pub async fn unfavourite(tx: &Tx, town: &Town, who: Id, post: Id) -> Outcome<bool> {
    waiting::not_done(tx, who, post, Interaction::Like).await?;
    if reactions::favourite_of(tx, who, post).await?.is_none() {
        return Ok(false);
    }
    crate::reactions::unfavourite(tx, town, who, post).await?;
    Ok(true)
}

/// Takes back what `who` did by an activity that is known by its address alone. One that arrives after its end must not
/// count any more. `false`: nothing of that kind is here.
pub async fn undone(tx: &Tx, town: &Town, who: Id, activity: &str) -> Outcome<bool> {
    first_time(tx, town, activity, who).await?;
    if unboost(tx, town, who, activity).await? {
        return Ok(true);
    }
    if let Some(favourite) = reactions::favourite_by_uri(tx, who, activity).await? {
        return unfavourite(tx, town, who, favourite.post_id).await;
    }
    if let Some(follow) = follows::by_uri(tx, who, activity).await? {
        return follow_ended(tx, town, who, follow.target_id).await;
    }
    if neighbours::undone(tx, town, who, activity).await? {
        return Ok(true);
    }
    if let Some(block) = relations::block_by_uri(tx, who, activity).await? {
        unblock(tx, town, who, block.target_id).await?;
        return Ok(true);
    }
    Ok(false)
}

/// Someone elsewhere asks to follow the town itself: another town that would be its neighbour, or somebody to whom it says
/// that it is nobody to follow.
pub async fn follow_of_town(tx: &Tx, town: &Town, follower: Id, uri: String) -> Outcome<()> {
    let asking = may_write(tx, follower).await?;
    if neighbours::asked(tx, town, &asking, &uri).await? {
        return Ok(());
    }
    let entry = Entry::FollowRefused {
        follower,
        target: town.profile().actor_id,
        uri,
    };
    journal::record(tx, town, &entry).await
}

/// Someone elsewhere asks to follow someone here.
pub async fn follow(
    tx: &Tx,
    town: &Town,
    follower: Id,
    target: Id,
    uri: String,
) -> Outcome<FollowState> {
    must_be_here(tx, target).await?;
    request_as(tx, town, follower, target, uri).await
}

/// What two people of other servers do to each other is not ours to keep.
async fn must_be_here(tx: &Tx, account: Id) -> Outcome<()> {
    match accounts::by_id(tx, account).await? {
        Some(row) if row.domain.is_empty() => Ok(()),
        _ => Err(Refusal::not_found().into()),
    }
}

/// Someone elsewhere answers one of us; an answer to nothing is dropped.
pub async fn follow_answered(
    tx: &Tx,
    town: &Town,
    target: Id,
    follower: Id,
    accepted: bool,
) -> Outcome<bool> {
    if follower == town.profile().actor_id {
        return neighbours::answered(tx, town, target, accepted).await;
    }
    if follows::between(tx, follower, target).await?.is_none() {
        return Ok(false);
    }
    if accepted {
        crate::follows::accept(tx, town, target, follower).await?;
    } else {
        crate::follows::refuse(tx, town, target, follower).await?;
    }
    Ok(true)
}

/// Someone elsewhere no longer follows someone here.
pub async fn follow_ended(tx: &Tx, town: &Town, follower: Id, target: Id) -> Outcome<bool> {
    if target == town.profile().actor_id {
        return neighbours::taken_back(tx, town, follower).await;
    }
    let Some(standing) = follows::between(tx, follower, target).await? else {
        return Ok(false);
    };
    end(tx, &standing).await?;
    let entry = Entry::FollowWithdrawn {
        follower,
        target,
        uri: standing.uri,
    };
    journal::record(tx, town, &entry).await?;
    Ok(true)
}

/// Someone elsewhere blocks someone here; never told.
pub async fn block(tx: &Tx, town: &Town, who: Id, target: Id, uri: String) -> Outcome<()> {
    must_be_here(tx, target).await?;
    block_as(tx, town, who, target, uri).await
}

pub async fn unblock(tx: &Tx, town: &Town, who: Id, target: Id) -> Outcome<()> {
    crate::relations::unblock(tx, town, who, target).await
}
