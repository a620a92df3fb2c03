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
