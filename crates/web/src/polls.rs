//! Polls on pages: the form in which one is asked, the form in which one votes, the result. Decides nothing about who may.

use std::sync::Arc;

use axum::extract::Path;
use parvis_model::{
    clock::{DAY, HOUR, MINUTE, Timestamp},
    limits,
};
use parvis_town::{
    Failure, PostView,
    polls::{self, NewPoll, OptionView, PollView},
};

use crate::{
    asked::{Asked, local_path},
    card::Card,
    form::Form,
    frame::Frame,
    page::{Answer, Resident, id},
};

/// How long a poll lasts: as the form says it, and the key of its name.
pub struct Span {
    pub word: &'static str,
    pub key: &'static str,
    pub usual: bool,
    pub lasts: Timestamp,
}

const fn span(word: &'static str, key: &'static str, lasts: Timestamp) -> Span {
    Span {
        word,
        key,
        usual: false,
        lasts,
    }
}

pub const SPANS: [Span; 6] = [
    span("1h", "poll-lasts-hour", HOUR),
    span("6h", "poll-lasts-six-hours", 6 * HOUR),
    span("1j", "poll-lasts-day", DAY),
    Span {
        usual: true,
        ..span("3j", "poll-lasts-three-days", 3 * DAY)
    },
    span("7j", "poll-lasts-week", 7 * DAY),
    span("30j", "poll-lasts-month", 30 * DAY),
];

/// What a form for writing asks; nothing where every answer was left empty.
pub fn asked(form: &Asked) -> Option<NewPoll> {
    let places = 1..=limits::POLL_OPTIONS;
    let options: Vec<String> = places
        .map(|n| form.text(&format!("reponse-{n}")).to_owned())
        .collect();
    if options.iter().all(String::is_empty) {
        return None;
    }
    let chosen = SPANS.iter().find(|span| span.word == form.text("duree"));
    Some(NewPoll {
        options,
        multiple: form.on("plusieurs"),
        hide_totals: form.on("cacher"),
        lasts: chosen.map_or(0, |span| span.lasts),
    })
}

pub async fn vote(
    Resident { page, me, .. }: Resident,
    Path(post): Path<String>,
    form: Form,
) -> Answer {
    let post = id(&post)?;
    // What is no number is beyond every answer.
    let chosen = form.values.texts("choix");
    let chosen: Vec<usize> = chosen.map(|it| it.parse().unwrap_or(usize::MAX)).collect();
    let town = Arc::clone(&page.town);
    page.town
        .store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move { polls::vote(tx, &town, me, post, &chosen).await })
        })
        .await?;
    Ok(page.onward(local_path(form.text("retour")), "done-voted"))
}

/// An answer with its part of the result.
pub struct Share<'a> {
    pub option: &'a OptionView,
    /// Of a hundred; `None` while it is hidden.
    pub percent: Option<i64>,
    /// No other has more.
    pub leads: bool,
}

/// The result, in the order of the answers.
pub fn shares(poll: &PollView) -> Vec<Share<'_>> {
    // Where several could be chosen, a part is one of the people and not of the votes.
    let people = poll.voters.filter(|people| poll.multiple && *people > 0);
    let all = people.unwrap_or(poll.votes);
    let most = poll.options.iter().filter_map(|it| it.votes).max();
    let share = |option| share(option, all, most);
    poll.options.iter().map(share).collect()
}

fn share(option: &OptionView, all: i64, most: Option<i64>) -> Share<'_> {
    let percent = |votes: i64| {
        if all > 0 {
            ((votes * 200 + all) / (all * 2)).clamp(0, 100)
        } else {
            0
        }
    };
    Share {
        option,
        percent: option.votes.map(percent),
        leads: option.votes == most && option.votes.is_some_and(|votes| votes > 0),
    }
}

impl Card<'_> {
    /// May the one who looks still vote? That they are not its author and have not done so, the page knows.
    pub fn may_vote(&self) -> bool {
        let open = |poll: &PollView| !poll.over && !poll.voted;
        let of_another = |post: &PostView| post.mine.is_some_and(|mine| !mine.author);
        self.post.poll.as_ref().is_some_and(open) && of_another(self.post)
    }

    pub fn shares(&self) -> Vec<Share<'_>> {
        self.post.poll.as_ref().map_or_else(Vec::new, shares)
    }
}

impl Frame {
    /// How many have voted, as far as is known.
    pub fn turnout(&self, poll: &PollView) -> String {
        match poll.voters {
            Some(voters) => self.tn("poll-voters", voters),
            None => self.tn("poll-votes", poll.votes),
        }
    }

    /// `None`: it has no end.
    pub fn time_left(&self, poll: &PollView) -> Option<String> {
        if poll.over {
            return Some(self.t("poll-over"));
        }
        let left = poll.expires_at? - self.now;
        // Never more than there is, and never nothing.
        Some(if left >= 2 * DAY {
            self.tn("poll-days-left", left / DAY)
        } else if left >= 2 * HOUR {
            self.tn("poll-hours-left", left / HOUR)
        } else {
            self.tn("poll-minutes-left", (left / MINUTE).max(1))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn poll(votes: &[i64], multiple: bool, voters: Option<i64>) -> PollView {
        let option = |votes: &i64| OptionView {
            title: votes.to_string(),
            votes: Some(*votes),
            mine: false,
        };
        PollView {
            options: votes.iter().map(option).collect(),
            multiple,
            hide_totals: false,
            expires_at: None,
            closed_at: None,
            over: false,
            votes: votes.iter().sum(),
            voters,
            voted: false,
        }
    }

    fn percents(poll: &PollView) -> Vec<i64> {
        shares(poll).iter().filter_map(|it| it.percent).collect()
    }

    #[test]
    fn parts_are_of_the_votes_or_of_the_people() {
        assert_eq!(percents(&poll(&[3, 1], false, Some(4))), [75, 25]);
        assert_eq!(percents(&poll(&[3, 2], true, Some(4))), [75, 50]);
        assert_eq!(percents(&poll(&[3, 1], true, None)), [75, 25]);
        assert_eq!(percents(&poll(&[0, 0], false, Some(0))), [0, 0]);
        // What another server tells need not fit together.
        assert_eq!(percents(&poll(&[9, 1], true, Some(3))), [100, 33]);
    }

    #[test]
    fn the_answer_with_most_votes_leads_and_so_do_two() {
        let leads = |votes: &[i64]| -> Vec<bool> {
            let poll = poll(votes, false, None);
            shares(&poll).iter().map(|it| it.leads).collect()
        };
        assert_eq!(leads(&[1, 2, 2]), [false, true, true]);
        assert_eq!(leads(&[0, 0]), [false, false]);
    }
}
