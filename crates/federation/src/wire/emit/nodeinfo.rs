//! NodeInfo 2.0 and 2.1 (docs: federation.md section 2.4, FEP-f1d5).

use serde::Serialize;

pub const SCHEMA_2_0: &str = "http://nodeinfo.diaspora.software/ns/schema/2.0";
pub const SCHEMA_2_1: &str = "http://nodeinfo.diaspora.software/ns/schema/2.1";
/// FEP-2677: the town's own actor.
pub const APPLICATION: &str = "https://www.w3.org/ns/activitystreams#Application";

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeInfo {
    pub version: &'static str,
    pub software: Software,
    pub protocols: [&'static str; 1],
    pub services: Services,
    pub open_registrations: bool,
    pub usage: Usage,
    pub metadata: Metadata,
}

#[derive(Clone, Debug, Serialize)]
pub struct Software {
    pub name: &'static str,
    pub version: &'static str,
    /// Only in 2.1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository: Option<&'static str>,
    /// Only in 2.1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub homepage: Option<&'static str>,
}

/// What is read and offered besides: feeds of people, tags and the town.
#[derive(Clone, Debug, Serialize)]
pub struct Services {
    pub inbound: [&'static str; 0],
    pub outbound: [&'static str; 1],
}

impl Default for Services {
    fn default() -> Self {
        Self {
            inbound: [],
            outbound: ["atom1.0"],
        }
    }
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    pub users: Users,
    pub local_posts: u64,
    pub local_comments: u64,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Users {
    pub total: u64,
    pub active_month: u64,
    pub active_halfyear: u64,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Metadata {
    pub node_name: String,
    pub node_description: String,
    pub upstream: Upstream,
    pub federation: Policy,
    pub features: [&'static str; 5],
    /// Actors of those who run the town, as its own page names them.
    pub staff_accounts: Vec<String>,
}

/// What works here today.
pub const FEATURES: [&str; 5] = [
    "groups",
    "polls",
    "quotes",
    "neighbours",
    "private-messages",
];

/// With whom there is an exchange: everybody who is not blocked.
#[derive(Clone, Debug, Serialize)]
pub struct Policy {
    pub enabled: bool,
    pub policy: &'static str,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            enabled: true,
            policy: "open",
        }
    }
}

/// Whose client API is spoken: megalodon, under Whalebird and others, knows a server that it has not heard of by this.
#[derive(Clone, Debug, Serialize)]
pub struct Upstream {
    pub name: &'static str,
}

impl Default for Upstream {
    fn default() -> Self {
        Self { name: "mastodon" }
    }
}

/// In a village exact numbers tell who is who: below a hundred, down to tens.
pub fn discreet(count: u64) -> u64 {
    if count < 100 { count / 10 * 10 } else { count }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_numbers_are_rounded_down() {
        assert_eq!([7, 19, 99, 100, 412].map(discreet), [0, 10, 90, 100, 412]);
    }
}
