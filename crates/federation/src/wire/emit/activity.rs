//! Activities as we send them (docs: federation.md sections 5, 10, 11, 12, 15).

use serde::Serialize;

use super::object::{Note, Tombstone};

/// An activity around some object: its id, a post, a tombstone or another activity.
#[derive(Clone, Debug, Serialize)]
pub struct Activity<T> {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub actor: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cc: Option<Vec<String>>,
    pub object: T,
}

/// An activity that says a word more: where to, or why (Add, Remove, Move, Flag).
#[derive(Clone, Debug, Serialize)]
pub struct Aimed<T> {
    #[serde(flatten)]
    pub activity: Activity<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
}

/// Another activity, as it stands inside an Accept, a Reject or an Undo.
#[derive(Clone, Debug, Serialize)]
pub struct Inner {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub actor: String,
    pub object: String,
}

impl<T> Activity<T> {
    /// To certain people only: Follow, Accept, Reject, Undo, Like, Block.
    pub fn to_one(kind: &'static str, id: String, actor: String, to: String, object: T) -> Self {
        Self {
            id,
            kind,
            actor,
            published: None,
            to: vec![to],
            cc: None,
            object,
        }
    }
}

impl Activity<Note> {
    /// A Create or an Update, addressed as the post is.
    pub fn around(kind: &'static str, id: String, published: String, note: Note) -> Self {
        Self {
            id,
            kind,
            actor: note.attributed_to.clone(),
            published: Some(published),
            to: note.to.clone(),
            cc: Some(note.cc.clone()),
            object: note,
        }
    }
}

impl Activity<Tombstone> {
    pub fn delete(
        id: String,
        actor: String,
        to: Vec<String>,
        cc: Vec<String>,
        gone: Tombstone,
    ) -> Self {
        Self {
            id,
            kind: "Delete",
            actor,
            published: None,
            to,
            cc: Some(cc),
            object: gone,
        }
    }
}
