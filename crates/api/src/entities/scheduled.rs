//! Posts that wait for their time.

use parvis_model::{audience::Audience, clock::SECOND, policy::Quoters};
use parvis_town::{MediaView, polls::NewPoll, posts::Compose, scheduled::ScheduledView};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    MediaAttachment,
    scalar::{Each, IdText, Moment},
    visibility,
};

#[derive(Serialize, JsonSchema)]
pub struct ScheduledStatus<'a> {
    id: IdText,
    scheduled_at: Moment,
    params: PostParams<'a>,
    /// Ours: it could not be published when its time came, and waits for its author to choose another.
    refused: bool,
    media_attachments: Each<'a, MediaView, MediaAttachment<'a>>,
}

/// What was asked for. Which app asked is not kept.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ScheduledParams")]
struct PostParams<'a> {
    text: &'a str,
    visibility: &'static str,
    /// Ours, as in a post that is published.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    local_only: bool,
    /// Ours, as in a post that is published.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    neighbours_only: bool,
    sensitive: bool,
    spoiler_text: Option<&'a str>,
    language: Option<&'a str>,
    in_reply_to_id: Option<IdText>,
    media_ids: Option<Vec<IdText>>,
    poll: Option<PollParams<'a>>,
    quoted_status_id: Option<IdText>,
    quote_approval_policy: Option<&'static str>,
    application_id: Option<()>,
    idempotency: Option<()>,
    scheduled_at: Option<()>,
    with_rate_limit: bool,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ScheduledPoll")]
struct PollParams<'a> {
    options: &'a [String],
    /// Seconds.
    expires_in: i64,
    multiple: bool,
    hide_totals: bool,
}

impl<'a> PollParams<'a> {
    fn new(poll: &'a NewPoll) -> Self {
        Self {
            options: &poll.options,
            expires_in: poll.lasts / SECOND,
            multiple: poll.multiple,
            hide_totals: poll.hide_totals,
        }
    }
}

impl<'a> ScheduledStatus<'a> {
    pub fn new(view: &'a ScheduledView) -> Self {
        Self {
            id: IdText(view.id),
            scheduled_at: Moment(view.due_at),
            params: PostParams::new(&view.post),
            refused: view.refused,
            media_attachments: Each(&view.media, MediaAttachment::new),
        }
    }
}

impl<'a> PostParams<'a> {
    fn new(post: &'a Compose) -> Self {
        let media: Vec<_> = post.media.iter().map(|id| IdText(*id)).collect();
        Self {
            text: &post.text,
            visibility: visibility(post.audience),
            local_only: post.audience == Audience::Town,
            neighbours_only: post.audience == Audience::Neighbours,
            sensitive: post.sensitive,
            spoiler_text: Some(post.summary.as_str()).filter(|text| !text.is_empty()),
            language: post.language.as_deref(),
            in_reply_to_id: post.reply_to.map(IdText),
            media_ids: Some(media).filter(|media| !media.is_empty()),
            poll: post.poll.as_ref().map(PollParams::new),
            quoted_status_id: post.quote.map(IdText),
            quote_approval_policy: post.quoters.map(Quoters::as_str),
            application_id: None,
            idempotency: None,
            scheduled_at: None,
            with_rate_limit: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    fn waiting() -> ScheduledView {
        ScheduledView {
            id: 3,
            due_at: 1_773_566_813_089,
            post: Compose {
                text: "Demain".into(),
                summary: "Fête".into(),
                sensitive: true,
                language: Some("fr".into()),
                audience: Audience::Followers,
                reply_to: Some(7),
                media: vec![6],
                poll: Some(NewPoll {
                    options: vec!["Oui".into(), "Non".into()],
                    multiple: false,
                    hide_totals: true,
                    lasts: 3_600_000,
                }),
                quote: Some(8),
                quoters: Some(Quoters::Nobody),
            },
            media: vec![samples::picture()],
            refused: false,
        }
    }

    #[test]
    fn a_waiting_post_tells_all_that_was_asked_for() {
        let view = waiting();
        let shown = serde_json::to_value(ScheduledStatus::new(&view)).unwrap();
        insta::assert_json_snapshot!(samples::outline(&shown), @r#"
        {
          "id": "3",
          "scheduled_at": "2026-03-15T09:26:53.089Z",
          "params": {
            "text": "Demain",
            "visibility": "private",
            "sensitive": true,
            "spoiler_text": "Fête",
            "language": "fr",
            "in_reply_to_id": "7",
            "media_ids": [
              "6"
            ],
            "poll": {
              "options": [
                "Oui",
                "Non"
              ],
              "expires_in": 3600,
              "multiple": false,
              "hide_totals": true
            },
            "quoted_status_id": "8",
            "quote_approval_policy": "nobody",
            "application_id": null,
            "idempotency": null,
            "scheduled_at": null,
            "with_rate_limit": true
          },
          "refused": false,
          "media_attachments": [
            {
              "id": "6"
            }
          ]
        }
        "#);
    }

    #[test]
    fn a_waiting_post_says_that_it_is_for_the_town_or_for_the_neighbours() {
        for (audience, local_only, neighbours_only) in [
            (Audience::Town, true, false),
            (Audience::Neighbours, false, true),
            (Audience::Followers, false, false),
        ] {
            let mut view = waiting();
            view.post.audience = audience;
            let shown = serde_json::to_value(ScheduledStatus::new(&view)).unwrap();
            let shown = &shown["params"];
            assert_eq!(shown["visibility"], "private");
            assert_eq!(shown.get("local_only").is_some(), local_only);
            assert_eq!(shown.get("neighbours_only").is_some(), neighbours_only);
        }
    }
}
