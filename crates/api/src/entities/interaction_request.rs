//! What somebody elsewhere would do with a post, and waits until its author has looked at it.

use parvis_model::{clock::Timestamp, policy::Interaction};
use parvis_town::interactions::waiting::WaitingView;
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Account, Status,
    scalar::{IdText, Moment},
};

/// What its author has said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    NotYet,
    Agreed(Timestamp),
    Refused(Timestamp),
}

#[derive(Serialize, JsonSchema)]
pub struct InteractionRequest<'a> {
    id: IdText,
    #[schemars(extend("enum" = ["favourite", "reply", "reblog", "quote"]))]
    r#type: &'static str,
    created_at: Moment,
    account: Account<'a>,
    /// The resident's own, which it is about.
    status: Status<'a>,
    /// What is said, where something is; known by the id of the request, and without its pictures.
    reply: Option<Status<'a>>,
    accepted_at: Option<Moment>,
    rejected_at: Option<Moment>,
    uri: &'a str,
}

impl<'a> InteractionRequest<'a> {
    pub fn new(origin: &'a str, view: &'a WaitingView, settled: Settled) -> Self {
        let (accepted_at, rejected_at) = match settled {
            Settled::NotYet => (None, None),
            Settled::Agreed(at) => (Some(Moment(at)), None),
            Settled::Refused(at) => (None, Some(Moment(at))),
        };
        Self {
            id: IdText(view.id),
            r#type: match view.what {
                Interaction::Like => "favourite",
                Interaction::Reply => "reply",
                Interaction::Boost => "reblog",
                Interaction::Quote => "quote",
            },
            created_at: Moment(view.at),
            account: Account::new(origin, &view.from),
            status: Status::new(origin, &view.about),
            reply: view.said.as_ref().map(|post| Status::new(origin, post)),
            accepted_at,
            rejected_at,
            uri: &view.uri,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn a_request_shows_what_is_said_and_what_about() {
        let view = WaitingView {
            id: 3,
            what: Interaction::Reply,
            from: samples::account(),
            about: samples::post(),
            said: Some(samples::post()),
            pictures: 1,
            uri: "https://r.example/activities/1".into(),
            at: 1_773_480_413_089,
        };
        let settled = Settled::Agreed(1_773_480_500_000);
        let shown = InteractionRequest::new("https://v.example", &view, settled);
        let shown = serde_json::to_value(shown).unwrap();
        insta::assert_json_snapshot!(samples::outline(&shown), @r#"
        {
          "id": "3",
          "type": "reply",
          "created_at": "2026-03-14T09:26:53.089Z",
          "account": {
            "id": "5"
          },
          "status": {
            "id": "7"
          },
          "reply": {
            "id": "7"
          },
          "accepted_at": "2026-03-14T09:28:20.000Z",
          "rejected_at": null,
          "uri": "https://r.example/activities/1"
        }
        "#);
    }
}
