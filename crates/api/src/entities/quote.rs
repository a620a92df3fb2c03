//! The post inside a post, and who may quote.

use parvis_model::policy::{Circles, Consent};
use parvis_town::{
    PostView,
    quotes::{InnerQuote, QuoteState, Quoting},
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{IdText, Status};

#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Quote<'a> {
    Whole {
        state: &'static str,
        quoted_status: Option<Box<Status<'a>>>,
    },
    /// Inside a quoted post.
    Shallow {
        state: &'static str,
        quoted_status_id: Option<IdText>,
    },
}

impl<'a> Quote<'a> {
    /// `None` also where it is only a link.
    pub fn of(origin: &'a str, view: &'a PostView) -> Option<Self> {
        let quote = view.quote.as_ref()?;
        let inner = quote.within.as_ref().and_then(Self::within);
        let quoted = quote.post.as_deref();
        let quoted = quoted.map(|post| Status::new(origin, post).quoting(inner));
        Some(Self::Whole {
            state: name(quote.state)?,
            quoted_status: quoted.map(Box::new),
        })
    }

    fn within(inner: &InnerQuote) -> Option<Self> {
        Some(Self::Shallow {
            state: name(inner.state)?,
            quoted_status_id: inner.post.map(IdText),
        })
    }
}

fn name(state: QuoteState) -> Option<&'static str> {
    Some(match state {
        QuoteState::Pending => "pending",
        QuoteState::Accepted => "accepted",
        QuoteState::Refused => "rejected",
        QuoteState::Revoked => "revoked",
        QuoteState::Deleted => "deleted",
        QuoteState::Hidden => "unauthorized",
        QuoteState::OfBlocked => "blocked_account",
        QuoteState::OfBlockedServer => "blocked_domain",
        QuoteState::OfMuted => "muted_account",
        QuoteState::Unverified => return None,
    })
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
    use serde_json::json;

    use super::super::samples;
    use super::*;

    fn quoting(state: QuoteState, post: Option<PostView>, within: Option<InnerQuote>) -> PostView {
        PostView {
            quote: Some(QuoteView {
                state,
                post: post.map(Arc::new),
                uri: "https://r.example/objects/9".into(),
                stamp: None,
                request: None,
                author: Some(5),
                within,
            }),
            ..samples::post()
        }
    }

    fn shown(state: QuoteState, post: Option<PostView>) -> serde_json::Value {
        let view = quoting(state, post, None);
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
    fn a_quoted_post_names_what_it_quotes() {
        for (state, post, shown) in [
            (
                QuoteState::Accepted,
                Some(3),
                json!({ "state": "accepted", "quoted_status_id": "3" }),
            ),
            (
                QuoteState::Hidden,
                None,
                json!({ "state": "unauthorized", "quoted_status_id": null }),
            ),
            (QuoteState::Unverified, None, json!(null)),
        ] {
            let inner = InnerQuote { state, post };
            let view = quoting(QuoteState::Accepted, Some(samples::post()), Some(inner));
            let quote = serde_json::to_value(Quote::of("https://v.example", &view)).unwrap();
            assert_eq!(quote["quoted_status"]["quote"], shown);
        }
    }

    #[test]
    fn every_state_has_the_name_apps_know() {
        let states = [
            QuoteState::Pending,
            QuoteState::Refused,
            QuoteState::Revoked,
            QuoteState::Deleted,
            QuoteState::Hidden,
            QuoteState::OfBlocked,
            QuoteState::OfBlockedServer,
            QuoteState::OfMuted,
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
          {
            "state": "blocked_account",
            "quoted_status": null
          },
          {
            "state": "blocked_domain",
            "quoted_status": null
          },
          {
            "state": "muted_account",
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
