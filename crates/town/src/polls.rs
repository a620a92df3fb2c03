//! Polls: asking with a post, voting once, ending in time. Counts of polls of other servers are theirs. Every vote of a poll
//! of ours is counted here, whoever casts it.

mod elsewhere;
mod ending;

use std::collections::{HashMap, HashSet};

use parvis_model::{
    clock::{DAY, MINUTE, Timestamp},
    id::Id,
    limits,
    polls::answer_key,
    refusal::Refusal,
};
use parvis_store::{ConnectionTrait, Tx, entity, notifications, polls as rows};

use crate::{
    Error, Outcome, PostView, Town, Viewer,
    journal::{self, Entry},
    notifications::NotificationKind,
    posts::{may_write, readable},
    reach::Wish,
};

pub(crate) use elsewhere::{Again, arrived_again, keep};
pub use elsewhere::{RemotePoll, vote_arrived};
pub use ending::{attend, watch};

/// Between two times that other servers hear the counts of one poll.
const QUIET: Timestamp = 3 * MINUTE;

/// A poll elsewhere that a resident looks at is asked for again while its counts still move.
pub(crate) fn look_again(town: &Town, viewer: &Viewer, post: &PostView) {
    let post = post.boost_of.as_deref().unwrap_or(post);
    let moves = |poll: &PollView| {
        let end = poll.closed_at.or(poll.expires_at);
        !poll.over || end.is_some_and(|at| town.now() - at < DAY)
    };
    if viewer.is_resident() && !post.local && post.poll.as_ref().is_some_and(moves) {
        town.reach().wish(Wish::Poll(post.id));
    }
}

/// What someone asks.
#[derive(Clone, Debug)]
pub struct NewPoll {
    /// Empty ones do not count.
    pub options: Vec<String>,
    pub multiple: bool,
    /// Show the counts only when it has ended.
    pub hide_totals: bool,
    /// Milliseconds from its publication, or its change.
    pub lasts: Timestamp,
}

/// A poll as the viewer may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PollView {
    pub options: Vec<OptionView>,
    pub multiple: bool,
    pub hide_totals: bool,
    /// `None`: it has no end.
    pub expires_at: Option<Timestamp>,
    /// When it was over, as far as that is known.
    pub closed_at: Option<Timestamp>,
    pub over: bool,
    pub votes: i64,
    /// `None` where its server does not tell.
    pub voters: Option<i64>,
    /// The viewer chose something.
    pub voted: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionView {
    pub title: String,
    /// `None` while they are hidden.
    pub votes: Option<i64>,
    /// The viewer chose it.
    pub mine: bool,
}

/// Lengths, numbers and times are as they must be; what is left empty is dropped.
pub(crate) fn checked(poll: &NewPoll) -> Result<NewPoll, Refusal> {
    let options = poll.options.iter().map(|it| it.trim().replace('\0', ""));
    let options: Vec<String> = options.filter(|option| !option.is_empty()).collect();
    let refused = |key| Refusal::invalid("poll", key);
    if options.len() < 2 {
        return Err(refused("refusal-poll-few-options"));
    }
    if options.len() > limits::POLL_OPTIONS {
        return Err(refused("refusal-poll-many-options").with("limit", limits::POLL_OPTIONS));
    }
    if options
        .iter()
        .any(|it| it.chars().count() > limits::POLL_OPTION)
    {
        return Err(refused("refusal-poll-long-option").with("limit", limits::POLL_OPTION));
    }
    let mut met = HashSet::new();
    if !options.iter().all(|option| met.insert(answer_key(option))) {
        return Err(refused("refusal-poll-same-options"));
    }
    if poll.lasts < limits::POLL_SHORTEST {
        return Err(refused("refusal-poll-too-short"));
    }
    if poll.lasts > limits::POLL_LONGEST {
        return Err(refused("refusal-poll-too-long"));
    }
    Ok(NewPoll {
        options,
        ..poll.clone()
    })
}

/// With a post that was just published at `at`.
pub(crate) async fn open(tx: &Tx, post: Id, poll: NewPoll, at: Timestamp) -> Outcome<()> {
    let row = entity::poll::Model {
        post_id: post,
        multiple: poll.multiple,
        hide_totals: poll.hide_totals,
        voters: Some(0),
        expires_at: Some(at + poll.lasts),
        closed_at: None,
        told_at: 0,
        tell_at: None,
    };
    let options = poll.options.into_iter().map(|title| (title, 0));
    Ok(rows::insert(tx, row, numbered(post, options)).await?)
}

fn numbered(
    post: Id,
    options: impl IntoIterator<Item = (String, i64)>,
) -> Vec<entity::poll_option::Model> {
    let option = |(position, (title, votes))| entity::poll_option::Model {
        post_id: post,
        position,
        title,
        votes,
    };
    (0..).zip(options).map(option).collect()
}

/// Asks something else with a post of one's own: other answers drop the votes, the same answers keep them.
/// `false`: nothing but its end or the showing of counts is different.
pub(crate) async fn change(
    tx: &Tx,
    town: &Town,
    post: &entity::post::Model,
    poll: NewPoll,
) -> Outcome<bool> {
    let now = town.now();
    // Its end is told once more when it comes again.
    let kind = NotificationKind::Poll.as_str();
    notifications::withdraw(tx, kind, post.author_id, post.id).await?;
    let Some(row) = rows::by_post(tx, post.id).await? else {
        open(tx, post.id, poll, now).await?;
        return Ok(true);
    };
    let before = rows::options(tx, post.id).await?;
    let same = row.multiple == poll.multiple
        && before.iter().map(|option| &option.title).eq(&poll.options);
    if !same {
        rows::delete(tx, post.id).await?;
        open(tx, post.id, poll, now).await?;
        return Ok(true);
    }
    let row = entity::poll::Model {
        hide_totals: poll.hide_totals,
        expires_at: Some(now + poll.lasts),
        closed_at: None,
        ..row
    };
    rows::update(tx, row).await?;
    journal::record(tx, town, &Entry::PollCounted { post: post.id }).await?;
    Ok(false)
}

/// Chooses answers, by their place from 0. Once and for all, and not in a poll of one's own.
pub async fn vote(tx: &Tx, town: &Town, me: Id, post: Id, choices: &[usize]) -> Outcome<()> {
    may_write(tx, me).await?;
    let post = readable(tx, me, post).await?;
    rows::hold(tx, post.id).await?;
    let poll = rows::by_post(tx, post.id)
        .await?
        .ok_or_else(Refusal::not_found)?;
    let refused = |key| Refusal::invalid("poll", key);
    if post.author_id == me {
        return Err(refused("refusal-poll-own").into());
    }
    if is_over(&poll, town.now()) {
        return Err(refused("refusal-poll-over").into());
    }
    if !rows::votes_of(tx, post.id, me).await?.is_empty() {
        return Err(refused("refusal-poll-voted").into());
    }
    let offered = rows::options(tx, post.id).await?.len();
    let mut chosen: Vec<usize> = choices.to_vec();
    chosen.sort_unstable();
    chosen.dedup();
    let fits = !chosen.is_empty()
        && (poll.multiple || chosen.len() == 1)
        && chosen.iter().all(|choice| *choice < offered);
    if !fits {
        return Err(refused("refusal-poll-choice").into());
    }
    let chosen: Vec<i32> = chosen.into_iter().map(|choice| choice as i32).collect();
    cast(tx, town, me, &post, &chosen, true).await
}

fn is_over(poll: &entity::poll::Model, now: Timestamp) -> bool {
    poll.closed_at.is_some() || poll.expires_at.is_some_and(|at| at <= now)
}

/// Counts votes that have been found good. `first`: of somebody who had not voted before.
async fn cast(
    tx: &Tx,
    town: &Town,
    who: Id,
    post: &entity::post::Model,
    chosen: &[i32],
    first: bool,
) -> Outcome<()> {
    for position in chosen {
        let row = entity::poll_vote::Model {
            id: town.ids.next(),
            post_id: post.id,
            position: *position,
            account_id: who,
            created_at: town.now(),
        };
        rows::vote(tx, row).await?;
    }
    if first {
        rows::count_voter(tx, post.id).await?;
    }
    if post.local {
        rows::tell(tx, post.id, town.now(), QUIET).await?;
    }
    let entry = Entry::PollVoted {
        account: who,
        post: post.id,
    };
    journal::record(tx, town, &entry).await
}

/// The polls of these posts as the viewer may see them; asks nothing where there is none.
pub(crate) async fn of_posts(
    db: &impl ConnectionTrait,
    town: &Town,
    viewer: Viewer,
    posts: &[Id],
) -> Result<HashMap<Id, PollView>, Error> {
    let mut polls: HashMap<Id, PollView> = HashMap::new();
    if posts.is_empty() {
        return Ok(polls);
    }
    let now = town.now();
    for row in rows::shown(db, viewer.account.unwrap_or(0), posts).await? {
        let poll = polls.entry(row.post_id).or_insert_with(|| PollView {
            options: Vec::new(),
            multiple: row.multiple,
            hide_totals: row.hide_totals,
            expires_at: row.expires_at,
            closed_at: row.closed_at,
            over: row.closed_at.is_some() || row.expires_at.is_some_and(|at| at <= now),
            votes: 0,
            voters: row.voters,
            voted: false,
        });
        let shown = !row.hide_totals || poll.over;
        poll.votes += row.votes;
        poll.voted |= row.mine;
        poll.options.push(OptionView {
            title: row.title,
            votes: shown.then_some(row.votes),
            mine: row.mine,
        });
    }
    Ok(polls)
}

#[cfg(test)]
mod tests {
    use parvis_model::clock::HOUR;

    use super::*;

    fn poll(options: &[&str]) -> NewPoll {
        NewPoll {
            options: options.iter().map(|option| (*option).to_owned()).collect(),
            multiple: false,
            hide_totals: false,
            lasts: HOUR,
        }
    }

    #[test]
    fn answers_left_empty_do_not_count() {
        let kept = checked(&poll(&[" Oui", "", " ", "Non "])).unwrap();
        assert_eq!(kept.options, ["Oui", "Non"]);
    }

    #[test]
    fn a_poll_that_cannot_be_answered_is_refused() {
        let long = "a".repeat(limits::POLL_OPTION + 1);
        for (options, key) in [
            (vec!["Oui", " "], "refusal-poll-few-options"),
            (
                "1 2 3 4 5 6 7 8 9 10 11 12 13".split(' ').collect(),
                "refusal-poll-many-options",
            ),
            (vec!["Oui", &long], "refusal-poll-long-option"),
            (vec!["E\u{301}té", "Été"], "refusal-poll-same-options"),
        ] {
            assert_eq!(checked(&poll(&options)).unwrap_err().key, key);
        }
        for (lasts, key) in [
            (limits::POLL_SHORTEST - 1, "refusal-poll-too-short"),
            (limits::POLL_LONGEST + 1, "refusal-poll-too-long"),
        ] {
            let poll = NewPoll {
                lasts,
                ..poll(&["Oui", "Non"])
            };
            assert_eq!(checked(&poll).unwrap_err().key, key);
        }
    }
}
