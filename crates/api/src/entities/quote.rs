//! The post inside a post, and who may quote.

use parvis_model::policy::{Circles, Consent};
use parvis_town::{
    PostView,
    quotes::{QuoteState, Quoting},
};
use schemars::JsonSchema;
use serde::Serialize;

use super::Status;

#[derive(Serialize, JsonSchema)]
pub struct Quote<'a> {
    state: &'static str,
    quoted_status: Option<Box<Status<'a>>>,
}

impl<'a> Quote<'a> {
    /// `None` also where it is only a link.
    pub fn of(origin: &'a str, view: &'a PostView) -> Option<Self> {
        let quote = view.quote.as_ref()?;
        let state = match quote.state {
            QuoteState::Pending => "pending",
            QuoteState::Accepted => "accepted",
            QuoteState::Refused => "rejected",
            QuoteState::Revoked => "revoked",
            QuoteState::Deleted => "deleted",
            QuoteState::Hidden => "unauthorized",
            QuoteState::Unverified => return None,
        };
        let quoted = quote.post.as_deref();
        Some(Self {
            state,
            quoted_status: quoted.map(|post| Box::new(Status::new(origin, post))),
        })
    }
}

#[derive(Serialize, JsonSchema)]
pub struct QuoteApproval {
    automatic: Vec<&'static str>,
    manual: Vec<&'static str>,
    current_user: &'static str,
}

impl QuoteApproval {
    pub fn new(quoting: Quoting) -> Self {
        Self {
            automatic: circles(quoting.allowed.at_once),
            manual: circles(quoting.allowed.on_request),
            current_user: match quoting.me {
                Consent::AtOnce => "automatic",
                Consent::OnRequest => "manual",
                Consent::Unknown => "unknown",
                Consent::Refused => "denied",
            },
        }
    }
}

fn circles(circles: Circles) -> Vec<&'static str> {
    let named = [
        (Circles::PUBLIC, "public"),
        (Circles::FOLLOWERS, "followers"),
        (Circles::FOLLOWING, "following"),
        (Circles::CERTAIN, "unsupported_policy"),
    ];
    let held = named
        .into_iter()
        .filter(|(circle, _)| circles.holds(*circle));
    held.map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use parvis_model::policy::Allowed;
    use parvis_town::quotes::QuoteView;

    use super::super::samples;
    use super::*;

    fn quoting(state: QuoteState, post: Option<PostView>) -> PostView {
        PostView {
            quote: Some(QuoteView {
                state,
                post: post.map(Arc::new),
                uri: "https://r.example/objects/9".into(),
                stamp: None,
                request: None,
                author: Some(5),
            }),
            ..samples::post()
        }
    }

    fn shown(state: QuoteState, post: Option<PostView>) -> serde_json::Value {
        let view = quoting(state, post);
        serde_json::to_value(Quote::of("https://v.example", &view)).unwrap()
    }

    #[test]
    fn a_quote_holds_the_post_and_how_it_stands() {
        let accepted = shown(QuoteState::Accepted, Some(samples::post()));
        insta::assert_json_snapshot!(samples::outline(&accepted), @r#"
        {
          "state": "accepted",
          "quoted_status": {
            "id": "7"
          }
        }
        "#);
    }

    #[test]
    fn every_state_has_the_name_apps_know() {
        let states = [
            QuoteState::Pending,
            QuoteState::Refused,
            QuoteState::Revoked,
            QuoteState::Deleted,
            QuoteState::Hidden,
            QuoteState::Unverified,
        ];
        let all: Vec<_> = states.map(|state| shown(state, None)).into();
        insta::assert_json_snapshot!(all, @r#"
        [
          {
            "state": "pending",
            "quoted_status": null
          },
          {
            "state": "rejected",
            "quoted_status": null
          },
          {
            "state": "revoked",
            "quoted_status": null
          },
          {
            "state": "deleted",
            "quoted_status": null
          },
          {
            "state": "unauthorized",
            "quoted_status": null
          },
          null
        ]
        "#);
    }

    #[test]
    fn who_may_quote_is_told_in_circles() {
        let quoting = Quoting {
            allowed: Allowed::EVERYONE,
            me: Consent::Refused,
        };
        insta::assert_json_snapshot!(QuoteApproval::new(quoting), @r#"
        {
          "automatic": [
            "public"
          ],
          "manual": [],
          "current_user": "denied"
        }
        "#);
    }
}
