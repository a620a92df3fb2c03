//! Polls and votes: ours as others read them, theirs as the town takes them in. Who may vote is decided elsewhere.

use parvis_model::{clock::Timestamp, id::Id};
use parvis_store::{
    entity::{account, poll_option, poll_vote, post},
    polls as rows,
};
use parvis_town::{Outcome, PostView, Town, arrivals::RemotePoll, polls::PollView};

use crate::{
    outbox::Outgoing,
    posts,
    wire::{
        emit::{
            self,
            activity::Activity,
            question::{Choice, Question, Vote},
        },
        poll::{Closed, Poll},
    },
};

/// More votes than this nobody counts.
const MOST: u64 = u32::MAX as u64;

/// What makes a note of ours a Question.
pub(crate) fn question(poll: &PollView) -> Question {
    let count = |votes: i64| u64::try_from(votes).unwrap_or(0);
    let choice = |option: &parvis_town::polls::OptionView| {
        Choice::new(option.title.clone(), option.votes.map(count))
    };
    let choices: Vec<Choice> = poll.options.iter().map(choice).collect();
    let (one_of, any_of) = if poll.multiple {
        (None, Some(choices))
    } else {
        (Some(choices), None)
    };
    let closed = poll.closed_at.or(poll.expires_at).filter(|_| poll.over);
    Question {
        one_of,
        any_of,
        end_time: poll.expires_at.map(emit::date),
        closed: closed.map(emit::date),
        voters_count: poll.voters.map(count),
    }
}

/// Tells the counts of a poll of ours, or its end: no edit, so `updated` stays what it was.
pub(crate) fn counted(town: &Town, post: &PostView) -> Outcome<Option<Outgoing>> {
    let Some(note) = posts::note(town, post) else {
        return Ok(None);
    };
    let at = emit::date(town.now());
    let update = Outgoing::new(town, post.author.id, "Update", &post.uri, |id| {
        Activity::around("Update", id, at, note)
    })?;
    Ok(Some(update.for_readers(post.audience)))
}

/// The votes of one of ours in a poll of theirs: one activity for each answer, in their order.
pub(crate) async fn votes(
    town: &Town,
    voter: &account::Model,
    author: &account::Model,
    poll: &post::Model,
) -> Outcome<Vec<Outgoing>> {
    let db = town.store.read();
    let options = rows::options(db, poll.id).await?;
    let cast = rows::votes_of(db, poll.id, voter.id).await?;
    let votes = cast.iter().filter_map(|vote| {
        let option = options.iter().find(|it| it.position == vote.position)?;
        Some(one_vote(town, voter, author, poll, vote, option))
    });
    votes.collect()
}

fn one_vote(
    town: &Town,
    voter: &account::Model,
    author: &account::Model,
    poll: &post::Model,
    vote: &poll_vote::Model,
    option: &poll_option::Model,
) -> Outcome<Outgoing> {
    // No document of its own: a vote is nobody's to read but the counter's.
    let object = format!("{}#votes/{}", voter.uri, vote.id);
    let at = emit::date(vote.created_at);
    let note = Vote::new(
        object.clone(),
        voter.uri.clone(),
        author.uri.clone(),
        option.title.clone(),
        poll.uri.clone(),
        at.clone(),
    );
    let vote = Outgoing::new(town, voter.id, "Create", &object, |id| Activity {
        published: Some(at),
        ..Activity::to_one("Create", id, voter.uri.clone(), author.uri.clone(), note)
    })?;
    Ok(vote.in_passing())
}

/// Where people of other servers who voted take their post.
pub(crate) async fn inboxes_of_voters(town: &Town, post: Id) -> Outcome<Vec<String>> {
    Ok(rows::inboxes_of_voters(town.store.read(), post).await?)
}

/// A poll of theirs as the town takes it in.
pub(crate) fn arrived(poll: &Poll, now: Timestamp) -> RemotePoll {
    let count = |votes: u64| votes.min(MOST) as i64;
    let (expires_at, closed_at) = match poll.closed {
        Closed::No => (poll.ends, None),
        Closed::Yes => (poll.ends, Some(poll.ends.unwrap_or(now).min(now))),
        Closed::At(at) if at > now => (poll.ends.or(Some(at)), None),
        Closed::At(at) => (poll.ends.or(Some(at)), Some(at)),
    };
    let options = poll.choices.iter();
    RemotePoll {
        options: options
            .map(|choice| (choice.name.to_owned(), count(choice.votes)))
            .collect(),
        multiple: poll.multiple,
        voters: poll.voters.map(count),
        expires_at,
        closed_at,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::wire::read::Doc;

    const NOW: Timestamp = 1_735_732_800_000;

    fn ends(closed: &serde_json::Value) -> (Option<Timestamp>, Option<Timestamp>) {
        let value = json!({"oneOf": ["a", "b"], "closed": closed});
        let doc = Doc::of(&value).unwrap();
        let poll = arrived(&Poll::read(&doc).unwrap(), NOW);
        (poll.expires_at, poll.closed_at)
    }

    #[test]
    fn a_closing_still_to_come_is_an_end() {
        assert_eq!(
            ends(&json!("2025-01-01T13:00:00Z")),
            (Some(NOW + 3_600_000), None)
        );
        assert_eq!(ends(&json!("2025-01-01T12:00:00Z")), (Some(NOW), Some(NOW)));
        assert_eq!(ends(&json!(true)), (None, Some(NOW)));
        assert_eq!(ends(&json!(null)), (None, None));
    }

    #[test]
    fn counts_beyond_reason_are_cut() {
        let value = json!({"oneOf": [{"name": "a", "replies": {"totalItems": u64::MAX}}], "votersCount": u64::MAX});
        let doc = Doc::of(&value).unwrap();
        let poll = arrived(&Poll::read(&doc).unwrap(), NOW);
        assert_eq!(
            (poll.options[0].1, poll.voters),
            (MOST as i64, Some(MOST as i64))
        );
    }
}
