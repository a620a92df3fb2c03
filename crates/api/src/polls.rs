//! Polls: looking at one, voting in it, and how an app asks.

use parvis_model::{clock::SECOND, id::Id, limits, refusal::Refusal};
use parvis_town::{
    Failure, Town, Viewer,
    polls::{self, NewPoll},
    posts,
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    answer::{self, Answer},
    entities::Poll,
    fault::Fault,
    gate::{Asker, Caller, Named},
    params::Params,
};

/// `poll[…]` of a post.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct PollParams {
    options: Vec<String>,
    /// Seconds.
    expires_in: Option<i64>,
    multiple: bool,
    hide_totals: bool,
}

impl PollParams {
    /// `None`: some apps send the group of parameters with nothing in it.
    pub fn asked(self) -> Option<NewPoll> {
        if self.options.is_empty() && self.expires_in.is_none() {
            return None;
        }
        Some(NewPoll {
            options: self.options,
            multiple: self.multiple,
            hide_totals: self.hide_totals,
            lasts: self.expires_in.unwrap_or(0).saturating_mul(SECOND),
        })
    }
}

pub async fn show(asker: Asker, Named(post): Named) -> Answer {
    shown(&asker.town, asker.viewer(), post).await
}

async fn shown(town: &Town, viewer: Viewer, post: Id) -> Answer {
    let view = posts::view(town, &viewer, post).await?;
    let post = view.boost_of.as_deref().unwrap_or(&view);
    answer::json(&Poll::of(post).ok_or(Fault::NotFound)?)
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct VoteParams {
    choices: Vec<String>,
}

pub async fn vote(caller: Caller, Named(post): Named, params: Params<VoteParams>) -> Answer {
    let choices = params.fields.choices;
    let choices: Result<Vec<usize>, _> = choices.iter().map(|it| it.trim().parse()).collect();
    let choices =
        choices.map_err(|_| told(Refusal::invalid("poll", "refusal-poll-choice").into()))?;
    caller
        .write(move |tx, town, me| {
            Box::pin(async move { polls::vote(tx, town, me, post, &choices).await })
        })
        .await
        .map_err(told)?;
    shown(&caller.town, caller.viewer(), post).await
}

/// What is refused about polls in Mastodon's own words, which apps know.
pub fn told(failure: Failure) -> Fault {
    let Failure::Refused(refusal) = &failure else {
        return failure.into();
    };
    let words = match refusal.key {
        "refusal-poll-voted" => "You have already voted on this poll",
        "refusal-poll-over" => "The poll has already ended",
        "refusal-poll-choice" => "The chosen vote option does not exist",
        "refusal-poll-own" => "You cannot vote in your own polls",
        "refusal-poll-few-options" => "Poll options must have more than one item",
        "refusal-poll-many-options" => {
            return said(format!(
                "Poll options can't contain more than {} items",
                limits::POLL_OPTIONS
            ));
        }
        "refusal-poll-long-option" => {
            return said(format!(
                "Poll options cannot be longer than {} characters each",
                limits::POLL_OPTION
            ));
        }
        "refusal-poll-same-options" => "Poll options contain duplicate items",
        "refusal-poll-too-short" => "Poll expires at is too soon",
        "refusal-poll-too-long" => "Poll expires at is too far into the future",
        _ => return failure.into(),
    };
    said(words.into())
}

fn said(words: String) -> Fault {
    Fault::Unprocessable(words)
}
