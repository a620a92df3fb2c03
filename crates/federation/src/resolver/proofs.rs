//! What is believed for the proof that it bears (FEP-8b32), whoever brings it and without asking its server: only what an
//! actor says of its own things, by a key that its own document names for that.

use std::sync::Arc;

use parvis_model::{
    clock::{HOUR, MINUTE, Timestamp},
    id::Id,
    uri as address,
};
use parvis_store::{accounts, entity::post, posts as rows};
use parvis_town::Outcome;
use serde_json::Value;
use url::Url;

use super::{PARENTS, Resolver, Way};
use crate::{
    actors::same,
    fetch::{Budget, Fetched},
    proofs::Proof,
    signatures::VerifyingKey,
    wire::{Activity, Kind, Post, is_public, read::Doc},
};

/// How long the keys of an actor count before they are asked for again, and the pause after asking for one in vain.
const FRESH: Timestamp = HOUR;
const PAUSE: Timestamp = MINUTE;
/// What was said before this may have been taken back since: its own server knows.
const LATELY: Timestamp = HOUR;

/// The keys by which an actor proves what it says, as its document named them.
#[derive(Clone, Default)]
pub(super) struct Asserting {
    /// When they were named …
    at: Timestamp,
    /// … and last asked for.
    asked: Timestamp,
    /// By their ids.
    keys: Vec<(String, Arc<VerifyingKey>)>,
}

impl Asserting {
    fn key(&self, key_id: &str, now: Timestamp) -> Option<Arc<VerifyingKey>> {
        let mut keys = self.keys.iter().filter(|_| now - self.at < FRESH);
        let key = keys.find(|(id, _)| id == key_id);
        key.map(|(_, key)| Arc::clone(key))
    }
}

/// A post for everyone as somebody passes it on, with a proof in it; of its author's own server.
struct Passed<'a> {
    author: String,
    post: &'a Value,
    /// The Create or Update of its author around it.
    envelope: Option<&'a Value>,
    /// Of an Update that says when it was made, so that an older one cannot pass for a newer.
    updated: Option<Timestamp>,
}

impl<'a> Passed<'a> {
    fn read(said: &'a Value, uri: &str) -> Option<Self> {
        let activity = Activity::read(said)
            .ok()
            .filter(|it| matches!(it.kind, Kind::Create | Kind::Update));
        let document = match &activity {
            Some(activity) => activity.object.embedded()?,
            None => said,
        };
        let bears_proof = |it: &Value| it.get("proof").is_some();
        if !bears_proof(said) && !bears_proof(document) {
            return None;
        }
        let post = Post::read(document, "").ok()?;
        let author = address::canonical(post.author?)?;
        let is_open = post.to.iter().chain(&post.cc).any(|to| is_public(to));
        if !is_open || !same(post.id, uri) || !address::is_beside(uri, &author) {
            return None;
        }
        let is_update = |it: &Activity| it.kind == Kind::Update;
        let is_own = |it: &Activity| it.objects.len() == 1 && same(it.actor, &author);
        Some(Self {
            post: document,
            envelope: activity.as_ref().filter(|it| is_own(it)).map(|_| said),
            updated: post
                .updated
                .filter(|_| activity.as_ref().is_some_and(is_update)),
            author,
        })
    }
}

impl Resolver {
    /// A post by its id: one that is known, else as it is `said`, if its author has proven that, else fetched.
    pub(crate) async fn told_post(
        &self,
        uri: &str,
        said: Option<&Value>,
        budget: &Budget,
    ) -> Outcome<Option<Id>> {
        match self.proven_post(uri, said, budget).await? {
            Some(post) => Ok(Some(post)),
            None => self.post(uri, budget).await,
        }
    }

    /// A post that is new or has changed: as it is `said`, if its author has proven that, else as its server shows it now.
    pub(crate) async fn told_change(
        &self,
        uri: &str,
        said: Option<&Value>,
        budget: &Budget,
    ) -> Outcome<Option<Id>> {
        match self.proven_post(uri, said, budget).await? {
            Some(post) => Ok(Some(post)),
            None => self.refresh_post(uri, budget).await,
        }
    }

    /// Has a post ended, as its author has proven with `said` or as its own server says?
    pub(crate) async fn has_ended(
        &self,
        post: &post::Model,
        said: Option<&Value>,
        budget: &Budget,
    ) -> Outcome<bool> {
        if let Some(said) = said.filter(|said| said.get("proof").is_some())
            && self.is_proven_end(post, said, budget).await?
        {
            return Ok(true);
        }
        Ok(self.is_post_gone(post, budget).await)
    }

    async fn is_proven_end(
        &self,
        post: &post::Model,
        said: &Value,
        budget: &Budget,
    ) -> Outcome<bool> {
        let Ok(delete) = Activity::read(said) else {
            return Ok(false);
        };
        let is_meant = delete.kind == Kind::Delete
            && delete.objects.len() == 1
            && delete.object.id().is_some_and(|id| same(id, &post.uri));
        let author = accounts::by_id(self.town.store.read(), post.author_id).await?;
        match author.filter(|author| is_meant && same(delete.actor, &author.uri)) {
            Some(author) => self.is_proven(said, &author.uri, budget).await,
            None => Ok(false),
        }
    }

    async fn proven_post(
        &self,
        uri: &str,
        said: Option<&Value>,
        budget: &Budget,
    ) -> Outcome<Option<Id>> {
        let Some(passed) = said.and_then(|said| Passed::read(said, uri)) else {
            return Ok(None);
        };
        let way = Way::Proven {
            updated: passed.updated,
        };
        let here = rows::by_uri(self.town.store.read(), uri).await?;
        if here.is_some_and(|here| way.leaves(&here)) {
            return Ok(None);
        }
        let Ok(final_url) = Url::parse(uri) else {
            return Ok(None);
        };
        let mut is_proven = false;
        for document in passed.envelope.into_iter().chain([passed.post]) {
            is_proven = is_proven || self.is_proven(document, &passed.author, budget).await?;
        }
        if !is_proven {
            return Ok(None);
        }
        let shown = Fetched {
            final_url,
            id: uri.to_owned(),
            json: passed.post.clone(),
        };
        self.take_in(&shown, budget, PARENTS, way).await
    }

    /// Does a document of an actor's server bear a proof of late by a key that this very actor names for it?
    async fn is_proven(&self, document: &Value, actor: &str, budget: &Budget) -> Outcome<bool> {
        let now = self.town.now();
        let Some(proof) = Proof::of(document, now).filter(|it| it.created > now - LATELY) else {
            return Ok(false);
        };
        let id = Doc::of(document).and_then(|doc| doc.id());
        let is_theirs = id.is_some_and(|id| address::is_beside(id, actor))
            && address::is_beside(&proof.key_id, actor);
        if !is_theirs || self.is_ours(actor) || self.is_blocked(actor).await {
            return Ok(false);
        }
        let key = self.asserted_by(actor, &proof.key_id, budget).await?;
        Ok(key.is_some_and(|key| proof.holds(&key)))
    }

    /// A key that an actor names for its proofs; asked for where it is not known, or not of late.
    async fn asserted_by(
        &self,
        actor: &str,
        key_id: &str,
        budget: &Budget,
    ) -> Outcome<Option<Arc<VerifyingKey>>> {
        let now = self.town.now();
        let known = self.asserting.get(actor).unwrap_or_default();
        let key = known.key(key_id, now);
        if key.is_some() || now - known.asked < PAUSE {
            return Ok(key);
        }
        // Whatever comes of asking, it is not done again at once, and the keys that are known count meanwhile.
        let mut known = Asserting::clone(&known);
        known.asked = now;
        self.asserting.insert(actor.to_owned(), Arc::new(known));
        self.refresh(actor, budget).await?;
        let known = self.asserting.get(actor);
        Ok(known.and_then(|known| known.key(key_id, now)))
    }

    /// Remembers with which keys an actor proves what it says.
    pub(super) fn asserts_by(&self, actor: &str, keys: Vec<(String, Arc<VerifyingKey>)>) {
        let now = self.town.now();
        let asserting = Asserting {
            at: now,
            asked: now,
            keys,
        };
        self.asserting.insert(actor.to_owned(), Arc::new(asserting));
    }
}
