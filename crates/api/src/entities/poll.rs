//! A poll, inside its post and alone.

use parvis_town::{PostView, polls::PollView};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    custom_emoji::CustomEmoji,
    scalar::{IdText, Moment, counted},
};

#[derive(Serialize, JsonSchema)]
pub struct Poll<'a> {
    /// That of its post: there is one at most with each.
    id: IdText,
    expires_at: Option<Moment>,
    expired: bool,
    multiple: bool,
    votes_count: i64,
    voters_count: Option<i64>,
    options: Vec<Choice<'a>>,
    emojis: Vec<CustomEmoji<'a>>,
    #[serde(flatten)]
    mine: Option<Mine>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PollOption")]
struct Choice<'a> {
    title: &'a str,
    votes_count: Option<i64>,
}

#[derive(Serialize, JsonSchema)]
struct Mine {
    voted: bool,
    own_votes: Vec<usize>,
}

impl<'a> Poll<'a> {
    pub fn of(post: &'a PostView) -> Option<Self> {
        let poll = post.poll.as_ref()?;
        let titles = poll.options.iter().map(|option| option.title.as_str());
        let titles: Vec<&str> = titles.collect();
        Some(Self {
            id: IdText(post.id),
            expires_at: poll.expires_at.map(Moment),
            expired: poll.over,
            multiple: poll.multiple,
            votes_count: counted(poll.votes),
            voters_count: poll.voters.map(counted),
            options: poll.options.iter().map(choice).collect(),
            emojis: CustomEmoji::held_by(&post.emojis, &titles),
            mine: post.mine.map(|mine| Mine {
                // Its author has nothing to choose, and is shown the counts.
                voted: poll.voted || mine.author,
                own_votes: own(poll),
            }),
        })
    }
}

fn choice(option: &parvis_town::polls::OptionView) -> Choice<'_> {
    Choice {
        title: &option.title,
        votes_count: option.votes.map(counted),
    }
}

fn own(poll: &PollView) -> Vec<usize> {
    let numbered = poll.options.iter().enumerate();
    let mine = numbered.filter(|(_, option)| option.mine);
    mine.map(|(at, _)| at).collect()
}

#[cfg(test)]
mod tests {
    use parvis_town::polls::OptionView;

    use super::super::samples;
    use super::*;

    fn asking(hidden: bool) -> PostView {
        let option = |title: &str, votes, mine| OptionView {
            title: title.into(),
            votes: (!hidden).then_some(votes),
            mine,
        };
        PostView {
            poll: Some(PollView {
                options: vec![option("Samedi", 3, false), option("Dimanche", 1, true)],
                multiple: false,
                hide_totals: hidden,
                expires_at: Some(1_773_566_813_089),
                closed_at: None,
                over: false,
                votes: 4,
                voters: Some(4),
                voted: true,
            }),
            ..samples::post()
        }
    }

    #[test]
    fn a_poll_has_every_key_apps_need() {
        let mut post = asking(false);
        insta::assert_json_snapshot!(Poll::of(&post), @r#"
        {
          "id": "7",
          "expires_at": "2026-03-15T09:26:53.089Z",
          "expired": false,
          "multiple": false,
          "votes_count": 4,
          "voters_count": 4,
          "options": [
            {
              "title": "Samedi",
              "votes_count": 3
            },
            {
              "title": "Dimanche",
              "votes_count": 1
            }
          ],
          "emojis": [],
          "voted": true,
          "own_votes": [
            1
          ]
        }
        "#);
        post.mine = None;
        let seen = serde_json::to_value(Poll::of(&post)).unwrap();
        assert!(seen.get("voted").is_none() && seen.get("own_votes").is_none());
    }

    #[test]
    fn hidden_counts_are_null() {
        let seen = serde_json::to_value(Poll::of(&asking(true))).unwrap();
        assert!(seen["options"][0]["votes_count"].is_null());
        assert_eq!(seen["votes_count"], 4);
    }
}
