//! The shapes of ActivityPub documents: tolerant in, strict out. Knows nothing of towns, databases or the network.
//!
//! Reading borrows from a parsed document that is already bounded in size and depth. A wrong optional member is lost,
//! a wrong essential one makes the document [`Unreadable`].

pub mod activity;
pub mod actor;
pub mod collection;
pub mod context;
pub mod emit;
pub mod emoji;
pub mod event;
pub mod jrd;
pub mod media;
pub mod poll;
pub mod post;
pub mod quote;
pub mod read;

pub use activity::{Activity, Kind, Ref};
pub use actor::Actor;
pub use collection::Collection;
pub use post::Post;
pub(crate) use post::is_no_post;

use serde_json::Value;

use read::Doc;

/// The collection of everyone, as it is always written.
pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// What software says that understands signatures of RFC 9421 with RSA, and with Ed25519 (FEP-844e).
pub const MESSAGE_SIGNATURES: &str = "https://datatracker.ietf.org/doc/html/rfc9421";
pub const MESSAGE_SIGNATURES_ED25519: &str =
    "https://datatracker.ietf.org/doc/html/rfc9421#name-eddsa-using-curve-edwards25519";

/// Does this address mean everyone, in any of its spellings?
pub fn is_public(address: &str) -> bool {
    matches!(address, PUBLIC | "as:Public" | "Public")
}

/// Any document, told apart by what it says it is.
#[derive(Clone, Debug)]
pub enum Document<'a> {
    Actor(Actor<'a>),
    Activity(Activity<'a>),
    Collection(Collection<'a>),
    Post(Box<Post<'a>>),
}

impl<'a> Document<'a> {
    /// `prefer`: the language to take where a text comes in several.
    pub fn read(value: &'a Value, prefer: &str) -> Result<Self, Unreadable> {
        let doc = Doc::outermost(value)?;
        let acts = Kind::of(&doc).is_some_and(|kind| kind != Kind::Other);
        if acts || (doc.has("actor") && doc.has("object")) {
            return Activity::read(value).map(Self::Activity);
        }
        if Collection::is(&doc) {
            return Collection::read(value).map(Self::Collection);
        }
        if Actor::is(&doc) {
            return Actor::read(value).map(Self::Actor);
        }
        Post::read(value, prefer).map(|post| Self::Post(Box::new(post)))
    }
}

/// Why a document cannot be used at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{member}: {why}")]
pub struct Unreadable {
    pub member: &'static str,
    pub why: &'static str,
    /// It may be well made, but is of a kind that is not read here.
    pub other: bool,
}

impl Unreadable {
    pub(crate) fn missing(member: &'static str) -> Self {
        Self::wrong(member, "missing or of no usable form")
    }

    pub(crate) fn wrong(member: &'static str, why: &'static str) -> Self {
        let other = false;
        Self { member, why, other }
    }

    pub(crate) fn other(member: &'static str, why: &'static str) -> Self {
        let other = true;
        Self { member, why, other }
    }
}

#[cfg(test)]
mod properties;
