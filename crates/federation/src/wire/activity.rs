//! Reading activities: who did what to what. Knows no deeds.

use parvis_model::{clock::Timestamp, limits};
use serde_json::Value;

use super::{
    Unreadable,
    read::{Doc, id_of},
};

/// What is done. Everything we do not act on is `Other`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Create,
    Update,
    Delete,
    Follow,
    Accept,
    Reject,
    Undo,
    Like,
    Dislike,
    Announce,
    Block,
    Flag,
    Move,
    Add,
    Remove,
    QuoteRequest,
    ReplyRequest,
    LikeRequest,
    AnnounceRequest,
    /// Nobody is to answer a post any more.
    Lock,
    /// PieFed's way to vote: the words of the answer are a member of the activity.
    PollVote,
    Other,
}

/// What it is done to: named, or written out.
#[derive(Clone, Copy, Debug)]
pub enum Ref<'a> {
    Id(&'a str),
    Embedded(&'a Value),
}

#[derive(Clone, Debug)]
pub struct Activity<'a> {
    /// Missing on some transient activities (Delete, Undo).
    pub id: Option<&'a str>,
    pub kind: Kind,
    pub actor: &'a str,
    pub object: Ref<'a>,
    /// All of them where it is several (a Flag names an account and its posts).
    pub objects: Vec<Ref<'a>>,
    /// What it says in its own words (a Flag, or an Announce that comments).
    pub content: Option<&'a str>,
    pub target: Option<&'a str>,
    /// What it is done with (a QuoteRequest names the post that is to quote).
    pub instrument: Option<Ref<'a>>,
    /// What comes of it (an Accept may name a consent).
    pub result: Option<&'a str>,
    /// The words of the answer that a PollVote chooses.
    pub choice: Option<&'a str>,
    /// Why, as those say it who look after a group.
    pub reason: Option<&'a str>,
    /// When a ban from a group ends.
    pub until: Option<Timestamp>,
    /// With all that who is banned wrote in the group.
    pub with_posts: bool,
    pub to: Vec<&'a str>,
    pub cc: Vec<&'a str>,
    pub published: Option<Timestamp>,
}

/// How many addresses of one list are read.
const ADDRESSES: usize = 500;
const OBJECTS: usize = 100;

impl<'a> Activity<'a> {
    pub fn read(value: &'a Value) -> Result<Self, Unreadable> {
        let doc = Doc::outermost(value)?;
        Self::of(&doc)
    }

    fn of(doc: &Doc<'a>) -> Result<Self, Unreadable> {
        let kind = Kind::of(doc).ok_or(Unreadable::missing("type"))?;
        let actor = doc
            .one_id("actor")
            .or_else(|| doc.one_id("attributedTo"))
            .ok_or(Unreadable::missing("actor"))?;
        let objects: Vec<Ref<'a>> = doc
            .many("object")
            .iter()
            .filter_map(Ref::of)
            .take(OBJECTS)
            .collect();
        let object = *objects.first().ok_or(Unreadable::missing("object"))?;
        let summary = (kind == Kind::Flag).then(|| doc.text("summary"));
        Ok(Self {
            id: doc.id(),
            kind,
            actor,
            object,
            objects,
            content: doc.text("content").or_else(|| summary.flatten()),
            target: doc.one_id("target"),
            instrument: doc.many("instrument").iter().find_map(Ref::of),
            result: doc.one_id("result"),
            choice: doc.text("choice_text"),
            reason: doc.text("summary"),
            until: doc.date("endTime").or_else(|| doc.date("expires")),
            with_posts: doc.flag("removeData").unwrap_or(false),
            to: doc.ids("to").take(ADDRESSES).collect(),
            cc: doc.ids("cc").take(ADDRESSES).collect(),
            published: doc.date("published"),
        })
    }
}

impl Kind {
    /// The kind of a document that has a type; a known one among several wins.
    pub fn of(doc: &Doc) -> Option<Self> {
        let mut types = doc.types().peekable();
        types.peek()?;
        Some(types.find_map(Self::named).unwrap_or(Self::Other))
    }

    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "Create" => Self::Create,
            "Update" => Self::Update,
            "Delete" => Self::Delete,
            "Follow" => Self::Follow,
            "Accept" => Self::Accept,
            "Reject" => Self::Reject,
            "Undo" => Self::Undo,
            // An emoji is a like to who does not show it.
            "Like" | "EmojiReact" => Self::Like,
            "Dislike" => Self::Dislike,
            "Announce" => Self::Announce,
            "Block" => Self::Block,
            "Flag" => Self::Flag,
            "Move" => Self::Move,
            "Add" => Self::Add,
            "Remove" => Self::Remove,
            // Written out where a context names no term for it.
            "QuoteRequest" | "https://w3id.org/fep/044f#QuoteRequest" => Self::QuoteRequest,
            "ReplyRequest" | "https://gotosocial.org/ns#ReplyRequest" => Self::ReplyRequest,
            "LikeRequest" | "https://gotosocial.org/ns#LikeRequest" => Self::LikeRequest,
            "AnnounceRequest" | "https://gotosocial.org/ns#AnnounceRequest" => {
                Self::AnnounceRequest
            }
            "Lock" => Self::Lock,
            "PollVote" => Self::PollVote,
            _ => return None,
        })
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "Create",
            Self::Update => "Update",
            Self::Delete => "Delete",
            Self::Follow => "Follow",
            Self::Accept => "Accept",
            Self::Reject => "Reject",
            Self::Undo => "Undo",
            Self::Like => "Like",
            Self::Dislike => "Dislike",
            Self::Announce => "Announce",
            Self::Block => "Block",
            Self::Flag => "Flag",
            Self::Move => "Move",
            Self::Add => "Add",
            Self::Remove => "Remove",
            Self::QuoteRequest => "QuoteRequest",
            Self::ReplyRequest => "ReplyRequest",
            Self::LikeRequest => "LikeRequest",
            Self::AnnounceRequest => "AnnounceRequest",
            Self::Lock => "Lock",
            Self::PollVote => "PollVote",
            Self::Other => "other",
        }
    }
}

impl<'a> Ref<'a> {
    pub(super) fn of(value: &'a Value) -> Option<Self> {
        match value {
            Value::String(id) if id.is_empty() || id.len() > limits::REMOTE_URI => None,
            Value::String(id) => Some(Self::Id(id)),
            Value::Object(_) => Some(Self::Embedded(value)),
            _ => None,
        }
    }

    pub fn id(&self) -> Option<&'a str> {
        match self {
            Self::Id(id) => Some(id),
            Self::Embedded(value) => id_of(value),
        }
    }

    /// The object as it stands in the activity.
    pub fn embedded(&self) -> Option<&'a Value> {
        match self {
            Self::Id(_) => None,
            Self::Embedded(value) => Some(value),
        }
    }

    /// The object read as an activity: the inner one of an Undo, an Accept, a group's Announce.
    pub fn activity(&self) -> Option<Activity<'a>> {
        let inner = Doc::of(self.embedded()?)?;
        Activity::of(&inner)
            .ok()
            .filter(|activity| activity.kind != Kind::Other)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn actor_and_object_may_be_written_out() {
        let value = json!({"type": ["Create", "x:Y"], "actor": [{"type": "Person", "id": "https://a.example/u"}],
            "object": [{"type": "Note", "id": "https://a.example/n"}], "to": "as:Public"});
        let activity = Activity::read(&value).unwrap();
        assert_eq!(
            (activity.kind, activity.actor),
            (Kind::Create, "https://a.example/u")
        );
        assert_eq!(activity.object.id(), Some("https://a.example/n"));
        assert_eq!(activity.to, ["as:Public"]);
    }

    #[test]
    fn what_is_missing_is_named() {
        let read = |value: &Value| Activity::read(value).map(|_| ()).unwrap_err().member;
        assert_eq!(
            read(&json!({"actor": "https://a.example", "object": "https://b.example"})),
            "type"
        );
        assert_eq!(
            read(&json!({"type": "Like", "object": "https://b.example"})),
            "actor"
        );
        assert_eq!(
            read(&json!({"type": "Like", "actor": "https://a.example", "object": null})),
            "object"
        );
    }

    #[test]
    fn an_undo_shows_what_it_undoes() {
        let value = json!({"type": "Undo", "actor": "https://a.example/u", "object":
            {"type": "Follow", "id": "https://a.example/f", "actor": "https://a.example/u", "object": "https://b.example/v"}});
        let activity = Activity::read(&value).unwrap();
        let inner = activity.object.activity().unwrap();
        assert_eq!(
            (inner.kind, inner.object.id()),
            (Kind::Follow, Some("https://b.example/v"))
        );
    }
}
