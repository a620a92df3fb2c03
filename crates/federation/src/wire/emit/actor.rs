//! Actors as we show them (docs: federation.md section 2).

use serde::Serialize;

use super::object::Image;

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
    pub inbox: String,
    pub outbox: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub followers: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub following: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub featured: Option<String>,
    pub endpoints: Endpoints,
    pub manually_approves_followers: bool,
    pub discoverable: bool,
    pub indexable: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub suspended: bool,
    pub public_key: PublicKey,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<Image>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<Image>,
    pub attachment: Vec<PropertyValue>,
    pub tag: [(); 0],
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
