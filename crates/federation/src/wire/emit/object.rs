//! Posts as we send them (docs: federation.md section 5), and what is left of them.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    collection::Heap,
    question::Question,
    quote::{Approved, InteractionPolicy, Quoting},
};

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Note {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub attributed_to: String,
    pub to: Vec<String>,
    pub cc: Vec<String>,
    /// The group it is for (FEP-1b12).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub content: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_map: Option<BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    pub media_type: &'static str,
    pub sensitive: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub direct_message: bool,
    pub tag: Vec<Tag>,
    pub attachment: Vec<Document>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_reply_to: Option<String>,
    /// The thread that it begins (FEP-7888).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// The same, as older servers call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation: Option<String>,
    pub published: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated: Option<String>,
    pub url: String,
    /// Where it asks something.
    #[serde(flatten)]
    pub question: Option<Question>,
    #[serde(flatten)]
    pub quoting: Option<Quoting>,
    #[serde(flatten)]
    pub approved: Option<Approved>,
    pub interaction_policy: InteractionPolicy,
    pub replies: Heap,
    pub likes: Heap,
    pub shares: Heap,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Source {
    pub content: String,
    pub media_type: &'static str,
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type")]
pub enum Tag {
    Mention {
        href: String,
        name: String,
    },
    Hashtag {
        href: String,
        name: String,
    },
    Link {
        href: String,
        rel: &'static str,
        #[serde(rename = "mediaType")]
        media_type: &'static str,
    },
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Document {
    #[serde(rename = "type")]
    kind: &'static str,
    pub media_type: String,
    pub url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blurhash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub focal_point: Option<[f32; 2]>,
}

impl Document {
    pub fn new(media_type: String, url: String) -> Self {
        Self {
            kind: "Document",
            media_type,
            url,
            name: None,
            width: None,
            height: None,
            blurhash: None,
            focal_point: None,
        }
    }
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Image {
    #[serde(rename = "type")]
    kind: &'static str,
    pub media_type: String,
    pub url: String,
    /// What it shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl Image {
    pub fn new(media_type: String, url: String) -> Self {
        Self {
            kind: "Image",
            media_type,
            url,
            name: None,
        }
    }
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tombstone {
    pub id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub former_type: Option<&'static str>,
    pub deleted: String,
}

impl Tombstone {
    pub fn new(id: String, former_type: Option<&'static str>, deleted: String) -> Self {
        Self {
            id,
            kind: "Tombstone",
            former_type,
            deleted,
        }
    }
}
