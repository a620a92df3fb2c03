//! Polls and votes as we send them (docs: federation.md section 6).

use serde::Serialize;

/// What makes a note a Question.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Question {
    /// One of these may be chosen …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub one_of: Option<Vec<Choice>>,
    /// … or several of these; never both.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub any_of: Option<Vec<Choice>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voters_count: Option<u64>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Choice {
    #[serde(rename = "type")]
    kind: &'static str,
    pub name: String,
    pub replies: Votes,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Votes {
    #[serde(rename = "type")]
    kind: &'static str,
    /// Not told before the end where its author wants so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_items: Option<u64>,
}

impl Choice {
    pub fn new(name: String, votes: Option<u64>) -> Self {
        let replies = Votes {
            kind: "Collection",
            total_items: votes,
        };
        Self {
            kind: "Note",
            name,
            replies,
        }
    }
}

/// One chosen answer: a note with a name and nothing to read, for the author of the poll alone.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Vote {
    pub id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    pub attributed_to: String,
    pub to: Vec<String>,
    pub name: String,
    pub in_reply_to: String,
    pub published: String,
}

impl Vote {
    pub fn new(id: String, by: String, to: String, name: String, poll: String, at: String) -> Self {
        Self {
            id,
            kind: "Note",
            attributed_to: by,
            to: vec![to],
            name,
            in_reply_to: poll,
            published: at,
        }
    }
}
