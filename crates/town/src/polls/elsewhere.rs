//! Polls of other servers, which count for themselves, and votes that their people cast in ours.

use parvis_model::{
    clock::{MINUTE, Timestamp},
    id::Id,
    polls::answer_key,
};
use parvis_store::{Tx, entity, polls as rows};
use serde::{Deserialize, Serialize};

use super::{cast, numbered};
use crate::{
    Outcome, Town,
    journal::{self, Entry},
    posts::{may_write, readable},
};

/// Votes on their way when a poll ends still count.
const LATE: Timestamp = 5 * MINUTE;

/// A poll as its server tells it, bounded.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RemotePoll {
    /// The words, and how often they were chosen.
    pub options: Vec<(String, i64)>,
    pub multiple: bool,
    pub voters: Option<i64>,
    pub expires_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
}

/// What a poll that is here already was told again with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Again {
    /// Nothing new.
    Same,
    /// Other counts, or another end.
    Counted,
    /// Other answers, or none at all, and the old votes with them gone.
    Anew,
}

/// With a post that just arrived.
pub(crate) async fn keep(tx: &Tx, town: &Town, post: Id, poll: &RemotePoll) -> Outcome<()> {
    let over = poll.expires_at.filter(|at| *at <= town.now());
    let row = entity::poll::Model {
        post_id: post,
        multiple: poll.multiple,
        hide_totals: false,
        voters: poll.voters,
        expires_at: poll.expires_at,
        // Nobody here waits for the end of what was over before it came.
        closed_at: poll.closed_at.or(over),
        told_at: 0,
        tell_at: None,
    };
    let options = numbered(post, poll.options.iter().cloned());
    Ok(rows::insert(tx, row, options).await?)
}

/// `newer`: with an edit of its post, and so perhaps with other answers.
pub(crate) async fn arrived_again(
    tx: &Tx,
    town: &Town,
    post: &entity::post::Model,
    poll: Option<&RemotePoll>,
    newer: bool,
) -> Outcome<Again> {
    let known = rows::by_post(tx, post.id).await?;
    let (row, poll) = match (known, poll) {
        (None, None) => return Ok(Again::Same),
        (Some(row), Some(poll)) => (row, poll),
        _ if !newer => return Ok(Again::Same),
        (None, Some(poll)) => {
            keep(tx, town, post.id, poll).await?;
            return Ok(Again::Anew);
        }
        (Some(_), None) => {
            rows::delete(tx, post.id).await?;
            return Ok(Again::Anew);
        }
    };
    let before = rows::options(tx, post.id).await?;
    let titles = poll.options.iter().map(|(title, _)| title);
    let same = row.multiple == poll.multiple && before.iter().map(|it| &it.title).eq(titles);
    if same {
        return counted(tx, town, row, &before, poll).await;
    }
    if !newer {
        return Ok(Again::Same);
    }
    rows::delete(tx, post.id).await?;
    keep(tx, town, post.id, poll).await?;
    Ok(Again::Anew)
}

/// Takes over what its own server counts.
async fn counted(
    tx: &Tx,
    town: &Town,
    row: entity::poll::Model,
    before: &[entity::poll_option::Model],
    poll: &RemotePoll,
) -> Outcome<Again> {
    let mut changed = false;
    for (option, (_, votes)) in before.iter().zip(&poll.options) {
        if option.votes != *votes {
            rows::set_votes(tx, row.post_id, option.position, *votes).await?;
            changed = true;
        }
    }
    let ends = poll.closed_at.filter(|_| row.closed_at.is_none());
    let told = entity::poll::Model {
        voters: poll.voters.or(row.voters),
        expires_at: poll.expires_at.or(row.expires_at),
        closed_at: row.closed_at.or(poll.closed_at),
        ..row.clone()
    };
    if told != row {
        let post = row.post_id;
        rows::update(tx, told).await?;
        changed = true;
        if ends.is_some() {
            journal::record(tx, town, &Entry::PollClosed { post }).await?;
        }
    }
    Ok(if changed { Again::Counted } else { Again::Same })
}

/// Somebody elsewhere chose answers of a poll of ours, by their words. What does not count is dropped without a word;
/// `false` where nothing was left.
pub async fn vote_arrived(
    tx: &Tx,
    town: &Town,
    who: Id,
    post: Id,
    answers: &[String],
) -> Outcome<bool> {
    may_write(tx, who).await?;
    let post = readable(tx, who, post).await?;
    if !post.local || post.author_id == who {
        return Ok(false);
    }
    rows::hold(tx, post.id).await?;
    let Some(poll) = rows::by_post(tx, post.id).await? else {
        return Ok(false);
    };
    if poll.expires_at.is_some_and(|at| at + LATE <= town.now()) {
        return Ok(false);
    }
    let had = rows::votes_of(tx, post.id, who).await?;
    if !had.is_empty() && !poll.multiple {
        return Ok(false);
    }
    let asked: Vec<String> = answers.iter().map(|answer| answer_key(answer)).collect();
    let mut chosen: Vec<i32> = rows::options(tx, post.id)
        .await?
        .iter()
        .filter(|option| asked.contains(&answer_key(&option.title)))
        .map(|option| option.position)
        .filter(|position| had.iter().all(|vote| vote.position != *position))
        .collect();
    if !poll.multiple {
        chosen.truncate(1);
    }
    if chosen.is_empty() {
        return Ok(false);
    }
    cast(tx, town, who, &post, &chosen, had.is_empty()).await?;
    Ok(true)
}
