//! Actors as we show them (docs: federation.md section 2).

use serde::Serialize;

use super::object::{Image, Source, Tag};
use crate::wire::{MESSAGE_SIGNATURES, MESSAGE_SIGNATURES_ED25519};

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Actor {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub preferred_username: String,
    pub name: String,
    pub summary: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    pub webfinger: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    /// Of what it says of itself; none where that is as it was on the first day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated: Option<String>,
    pub inbox: String,
    pub outbox: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub followers: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub following: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub featured: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub featured_tags: Option<String>,
    pub endpoints: Endpoints,
    pub manually_approves_followers: bool,
    pub discoverable: bool,
    pub indexable: bool,
    /// Who may find its posts: everybody or nobody (the elder word for `indexable`).
    pub searchable_by: Vec<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub suspended: bool,
    pub public_key: PublicKey,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assertion_method: Vec<Multikey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<Image>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<Image>,
    pub attachment: Vec<PropertyValue>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also_known_as: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved_to: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attribution_domains: Vec<String>,
    #[serde(flatten)]
    pub group: Option<GroupRule>,
    pub tag: Vec<Tag>,
    pub generator: Generator,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Endpoints {
    pub shared_inbox: String,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicKey {
    pub id: String,
    pub owner: String,
    pub public_key_pem: String,
}

/// What a group says of itself (FEP-1b12). Some read one name for the list of moderators, some the other.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupRule {
    pub attributed_to: String,
    pub moderators: String,
    pub posting_restricted_to_mods: bool,
    pub sensitive: bool,
    /// What `summary` was made of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

/// FEP-521a
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Multikey {
    pub id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    pub controller: String,
    pub public_key_multibase: String,
}

impl Multikey {
    pub fn new(id: String, controller: String, public_key_multibase: String) -> Self {
        Self {
            id,
            kind: "Multikey",
            controller,
            public_key_multibase,
        }
    }
}

/// The software behind an actor, and what it understands (FEP-844e).
#[derive(Clone, Debug, Serialize)]
pub struct Generator {
    pub id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    name: &'static str,
    implements: [Specification; 2],
}

#[derive(Clone, Debug, Serialize)]
struct Specification {
    name: &'static str,
    href: &'static str,
}

impl Generator {
    /// Signatures of RFC 9421 are understood, with RSA and with Ed25519.
    pub fn new(id: String) -> Self {
        Self {
            id,
            kind: "Application",
            name: "Parvis",
            implements: [
                Specification {
                    name: "RFC-9421: HTTP Message Signatures",
                    href: MESSAGE_SIGNATURES,
                },
                Specification {
                    name: "RFC-9421 signatures using the Ed25519 algorithm",
                    href: MESSAGE_SIGNATURES_ED25519,
                },
            ],
        }
    }
}

/// FEP-fb2a; `value` is HTML.
#[derive(Clone, Debug, Serialize)]
pub struct PropertyValue {
    #[serde(rename = "type")]
    kind: &'static str,
    pub name: String,
    pub value: String,
}

impl PropertyValue {
    pub fn new(name: String, value: String) -> Self {
        Self {
            kind: "PropertyValue",
            name,
            value,
        }
    }
}
