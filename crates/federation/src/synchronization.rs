//! Followers synchronisation (FEP-8fcf): with what is for followers alone goes a digest of those that live on the receiving
//! server, and who sees another number may ask for the list. Decides nothing about follows.

use std::{collections::HashMap, sync::Arc};

use aws_lc_rs::digest::{SHA256, digest};
use axum::{
    extract::{Path, State},
    response::Response,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use parvis_model::{id::Id, uri as address};
use parvis_store::follows;
use parvis_town::{Outcome, Town};
use url::Url;

use crate::{
    Federation,
    actors::same,
    inbox,
    routes::{Asker, PRIVATE_CACHE, Shared, answered, document, local, not_found},
    uri,
    wire::{Activity, emit::collection::Collection, is_public},
};

pub(crate) const HEADER: HeaderName = HeaderName::from_static("collection-synchronization");
const NAME: &str = "followers_synchronization";
/// Bytes of the header.
const LONGEST: usize = 5_000;

/// The SHA-256 of each id, all laid over one another: the order does not matter, and of nobody it is zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Digest([u8; 32]);

impl Digest {
    pub(crate) fn of<'a>(ids: impl IntoIterator<Item = &'a str>) -> Self {
        let mut sum = Self::default();
        ids.into_iter().for_each(|id| sum.add(id));
        sum
    }

    fn add(&mut self, id: &str) {
        for (sum, byte) in self
            .0
            .iter_mut()
            .zip(digest(&SHA256, id.as_bytes()).as_ref())
        {
            *sum ^= byte;
        }
    }

    /// In hexadecimal digits of either case.
    fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }
}

/// The followers of an account of ours, summed up for each server they live on. Computed once for an activity.
#[derive(Debug)]
pub(crate) struct Summary {
    actor: String,
    servers: HashMap<String, Digest>,
}

impl Summary {
    /// `None` for what everyone may read, or what is not for followers: there an old follower does no harm.
    pub(crate) async fn of(town: &Town, actor: Id, json: &str) -> Outcome<Option<Arc<Self>>> {
        let Some(actor_uri) = private(json) else {
            return Ok(None);
        };
        let mut servers: HashMap<String, Digest> = HashMap::new();
        for follower in follows::uris_elsewhere(town.store.read(), actor).await? {
            if let Some(server) = address::origin_of(&follower) {
                servers.entry(server).or_default().add(&follower);
            }
        }
        Ok(Some(Arc::new(Self {
            actor: actor_uri,
            servers,
        })))
    }

    /// For the server of an inbox.
    pub(crate) fn header(&self, inbox: &Url) -> Option<HeaderValue> {
        let server = address::origin_of(inbox.as_str())?;
        let digest = self.servers.get(&server).copied().unwrap_or_default();
        let line = format!(
            "collectionId=\"{}\", url=\"{}\", digest=\"{}\"",
            uri::collection(&self.actor, "followers"),
            uri::collection(&self.actor, NAME),
            hex::encode(digest.0)
        );
        HeaderValue::from_str(&line).ok()
    }
}

/// Whose activity it is, if it is for their followers and not for everyone.
fn private(json: &str) -> Option<String> {
    let value = serde_json::from_str(json).ok()?;
    let activity = Activity::read(&value).ok()?;
    let followers = uri::collection(activity.actor, "followers");
    let addresses = || activity.to.iter().chain(&activity.cc);
    let is_private = addresses().any(|to| *to == followers) && !addresses().any(|to| is_public(to));
    is_private.then(|| activity.actor.to_owned())
}

/// What another server says of one of its accounts' followers here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Claim {
    pub(crate) actor: String,
    pub(crate) collection: String,
    /// Where the list is, on the server of the actor.
    pub(crate) url: String,
    pub(crate) digest: Digest,
}

impl Claim {
    /// Of a request that `actor` signed. What cannot be read, or leads elsewhere, says nothing.
    pub(crate) fn read(headers: &HeaderMap, actor: &str) -> Option<Self> {
        let mut lines = headers.get_all(HEADER).iter();
        let (line, None) = (lines.next()?, lines.next()) else {
            return None;
        };
        let parts = parts(line.to_str().ok().filter(|line| line.len() <= LONGEST)?)?;
        let part = |name: &str| {
            let mut named = parts.iter().filter(|(it, _)| *it == name);
            match (named.next(), named.next()) {
                (Some((_, value)), None) => Some(*value),
                _ => None,
            }
        };
        let url = address::canonical(part("url")?)?;
        address::is_beside(&url, actor).then_some(())?;
        Some(Self {
            actor: actor.to_owned(),
            collection: part("collectionId")?.to_owned(),
            url,
            digest: Digest::parse(part("digest")?)?,
        })
    }

    pub(crate) fn is_of(&self, followers: &str) -> bool {
        !followers.is_empty() && same(&self.collection, followers)
    }
}

/// `name="value", name="value"`, as in a Signature header.
fn parts(line: &str) -> Option<Vec<(&str, &str)>> {
    let mut parts = Vec::new();
    let mut rest = line.trim();
    while !rest.is_empty() {
        let (name, value) = rest.split_once("=\"")?;
        let (value, after) = value.split_once('"')?;
        parts.push((name.trim(), value));
        rest = after.trim_start();
        if !rest.is_empty() {
            rest = rest.strip_prefix(',')?.trim_start();
        }
    }
    Some(parts)
}

/// The followers of one of ours that live on the server which asks, and for no other eyes.
pub(crate) async fn followers(
    State(federation): Shared,
    Path(account): Path<String>,
    asker: Asker,
) -> Response {
    let found = async {
        let Some(view) = local(&federation, &account).await? else {
            return Ok(not_found());
        };
        let Some(server) = server_of(&federation, &asker).await else {
            return Ok(not_found());
        };
        let mut all = follows::uris_elsewhere(federation.town.store.read(), view.id).await?;
        all.retain(|follower| address::origin_of(follower).as_ref() == Some(&server));
        let list = Collection::whole(uri::collection(&view.uri, NAME), all);
        Ok(document(&list, PRIVATE_CACHE))
    };
    answered(found.await)
}

/// The server that signed the question.
async fn server_of(federation: &Federation, asker: &Asker) -> Option<String> {
    match inbox::reader(federation, &asker.letter).await {
        Ok(reader) => address::origin_of(&reader?.uri),
        Err(fault) => {
            tracing::debug!(%fault, "a signed question that is not believed");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACTOR: &str = "https://far.example/users/anna";

    fn read(line: &str) -> Option<Claim> {
        let mut headers = HeaderMap::new();
        headers.insert(HEADER, line.parse().unwrap());
        Claim::read(&headers, ACTOR)
    }

    #[test]
    fn a_digest_is_the_same_in_any_order_and_zero_for_nobody() {
        let (one, two) = ("https://a.example/1", "https://a.example/2");
        assert_eq!(Digest::of([one, two]), Digest::of([two, one]));
        assert_ne!(Digest::of([one]), Digest::of([two]));
        assert_eq!(hex::encode(Digest::of([]).0), "0".repeat(64));
        assert_eq!(Digest::of([one, two, one]), Digest::of([two]));
    }

    #[test]
    fn a_claim_is_read_as_mastodon_writes_it() {
        let zeros = "0".repeat(64);
        let line = format!(
            "collectionId=\"{ACTOR}/followers\", url=\"{ACTOR}/followers_synchronization\", digest=\"{zeros}\""
        );
        let claim = read(&line).unwrap();
        assert!(claim.is_of("https://far.example/users/anna/followers"));
        assert!(!claim.is_of("https://far.example/users/bob/followers") && !claim.is_of(""));
        assert_eq!(claim.digest, Digest::default());
    }

    #[test]
    fn a_claim_that_leads_elsewhere_or_says_twice_counts_for_nothing() {
        let zeros = "0".repeat(64);
        for line in [
            format!(
                "collectionId=\"{ACTOR}/followers\", url=\"https://evil.example/x\", digest=\"{zeros}\""
            ),
            format!(
                "collectionId=\"{ACTOR}/followers\", url=\"{ACTOR}/x\", url=\"{ACTOR}/y\", digest=\"{zeros}\""
            ),
            format!("collectionId=\"{ACTOR}/followers\", url=\"{ACTOR}/x\", digest=\"00\""),
            format!("collectionId=\"{ACTOR}/followers\", url=\"{ACTOR}/x\" digest=\"{zeros}\""),
            "digest".to_owned(),
            String::new(),
            "x".repeat(6_000),
        ] {
            assert_eq!(read(&line), None, "{line}");
        }
    }

    #[test]
    fn only_what_is_for_followers_alone_is_accompanied() {
        let said = |to: &str, cc: &str| {
            private(&format!(
                "{{\"type\": \"Create\", \"id\": \"{ACTOR}/1\", \"actor\": \"{ACTOR}\", \"object\": \"{ACTOR}/2\", \"to\": [\"{to}\"], \"cc\": [\"{cc}\"]}}"
            ))
        };
        let followers = format!("{ACTOR}/followers");
        let public = crate::wire::PUBLIC;
        assert_eq!(
            said(&followers, "https://b.example/u").as_deref(),
            Some(ACTOR)
        );
        assert_eq!(said(public, &followers), None);
        assert_eq!(said(&followers, public), None);
        assert_eq!(said("https://b.example/u", "https://b.example/v"), None);
    }
}
