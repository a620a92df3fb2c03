//! Quotes, consents to them and policies as we send them (docs: federation.md section 13, FEP-044f).

use parvis_model::policy::Interaction;
use serde::Serialize;

/// What makes a post quote another, for readers of every kind.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Quoting {
    pub quote: String,
    quote_url: String,
    quote_uri: String,
    #[serde(rename = "_misskey_quote")]
    misskey_quote: String,
    /// Where the consent of the quoted author is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote_authorization: Option<String>,
}

impl Quoting {
    pub fn new(quoted: String, quote_authorization: Option<String>) -> Self {
        Self {
            quote_url: quoted.clone(),
            quote_uri: quoted.clone(),
            misskey_quote: quoted.clone(),
            quote: quoted,
            quote_authorization,
        }
    }
}

/// Where the consent of whom a post answers is, in the newer and the older word of GoToSocial.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Approved {
    pub reply_authorization: String,
    approved_by: String,
}

impl Approved {
    pub fn new(stamp: String) -> Self {
        Self {
            approved_by: stamp.clone(),
            reply_authorization: stamp,
        }
    }
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InteractionPolicy {
    pub can_reply: Permission,
    pub can_like: Permission,
    pub can_announce: Permission,
    pub can_quote: Permission,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Permission {
    pub automatic_approval: Vec<String>,
    /// Those whom the author looks at first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub manual_approval: Vec<String>,
}

/// Asks an author; `instrument` is the post that is to quote, or whatever else is asked for.
#[derive(Clone, Debug, Serialize)]
pub struct Request<T> {
    pub id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    pub actor: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<String>,
    pub object: String,
    pub instrument: T,
}

impl<T> Request<T> {
    pub fn new(id: String, actor: String, to: Vec<String>, object: String, instrument: T) -> Self {
        Self {
            id,
            kind: Interaction::Quote.request(),
            actor,
            to,
            object,
            instrument,
        }
    }

    #[must_use]
    pub fn about(self, what: Interaction) -> Self {
        let kind = what.request();
        Self { kind, ..self }
    }
}

/// How the questions and the stamps of each are called.
pub trait Named {
    fn request(self) -> &'static str;
    fn authorization(self) -> &'static str;
}

impl Named for Interaction {
    fn request(self) -> &'static str {
        match self {
            Self::Reply => "ReplyRequest",
            Self::Like => "LikeRequest",
            Self::Boost => "AnnounceRequest",
            Self::Quote => "QuoteRequest",
        }
    }

    fn authorization(self) -> &'static str {
        match self {
            Self::Reply => "ReplyAuthorization",
            Self::Like => "LikeAuthorization",
            Self::Boost => "AnnounceAuthorization",
            Self::Quote => "QuoteAuthorization",
        }
    }
}

/// What an author says yes or no to.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Answered {
    Asked(Request<String>),
    /// The address of what was done unasked.
    Done(String),
}

/// An Accept with the consent, or a Reject without one.
#[derive(Clone, Debug, Serialize)]
pub struct Answer {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub actor: String,
    pub to: Vec<String>,
    pub object: Answered,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Stamp {
    pub id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    pub attributed_to: String,
    pub interacting_object: String,
    pub interaction_target: String,
}

impl Stamp {
    pub fn new(id: String, author: String, quoting: String, quoted: String) -> Self {
        Self {
            id,
            kind: Interaction::Quote.authorization(),
            attributed_to: author,
            interacting_object: quoting,
            interaction_target: quoted,
        }
    }
    #[must_use]
    pub fn about(self, what: Interaction) -> Self {
        let kind = what.authorization();
        Self { kind, ..self }
    }
}
