//! Questions whether one may answer, like or pass on a post of ours: what they are about is taken in as if it came by itself.

use std::sync::Arc;

use parvis_model::{policy::Interaction, uri as address};
use parvis_store::entity::account;
use parvis_town::{
    Outcome,
    arrivals::ArrivedBoost,
    interactions::{self, Asked, Decision},
};
use serde_json::Value;

use super::{
    Deed,
    Meaning::{self, Ignored},
    groups::is_for_followers,
    object_post, posts, same_server,
};
use crate::{
    Federation,
    actors::same,
    fetch::Budget,
    wire::{Activity, Kind, Post, Ref},
};

/// `instrument` is theirs, and on their server.
pub(super) async fn asked(
    federation: &Federation,
    activity: &Activity<'_>,
    actor: &Arc<account::Model>,
    id: &str,
    budget: &Budget,
) -> Outcome<Meaning> {
    let what = match activity.kind {
        Kind::ReplyRequest => Interaction::Reply,
        Kind::LikeRequest => Interaction::Like,
        _ => Interaction::Boost,
    };
    let Some(instrument) = activity.instrument else {
        return Ok(Ignored("asks to do nothing"));
    };
    let uri = instrument.id().and_then(address::canonical);
    let Some(uri) = uri.filter(|uri| same_server(uri, &actor.uri)) else {
        return Ok(Ignored("asks with something of another server"));
    };
    let Some(post) = object_post(federation, &activity.object).await? else {
        return Ok(Ignored("a post that is not here"));
    };
    let asked = Asked {
        who: actor.id,
        what,
        post,
        request: id.to_owned(),
        instrument: uri,
    };
    let about = About {
        federation,
        actor,
        asked: &asked,
        budget,
    };
    let Some(deed) = about.deed(&instrument).await? else {
        return Ok(Ignored("asks for something else than it shows"));
    };
    let deed = Box::new(deed);
    Ok(Deed::Asked { asked, deed }.into())
}

/// Who asks, and for what.
struct About<'a> {
    federation: &'a Federation,
    actor: &'a Arc<account::Model>,
    asked: &'a Asked,
    budget: &'a Budget,
}

impl About<'_> {
    /// What they would do: written out, or as its server shows it. Nothing is fetched for those who may not.
    async fn deed(&self, instrument: &Ref<'_>) -> Outcome<Option<Deed>> {
        if let Some(document) = instrument.embedded() {
            return self.read(document).await;
        }
        let (resolver, uri) = (&self.federation.resolver, &self.asked.instrument);
        let is_reply = self.asked.what == Interaction::Reply;
        if !self.is_allowed().await? || (is_reply && resolver.known_post(uri).await?.is_some()) {
            return Ok(Some(Deed::Nothing));
        }
        match resolver.fetch(uri, self.budget).await {
            Some(fetched) if same(&fetched.id, uri) => self.read(&fetched.json).await,
            _ => Ok(None),
        }
    }

    /// As of now: it is asked again when it is written.
    async fn is_allowed(&self) -> Outcome<bool> {
        let db = self.federation.town.store.snapshot().await?;
        let decision = interactions::decided(&db, self.asked).await?;
        Ok(decision.is_some_and(|it| it != Decision::No))
    }

    async fn read(&self, document: &Value) -> Outcome<Option<Deed>> {
        match self.asked.what {
            Interaction::Reply => self.reply(document).await,
            _ => self.gesture(document).await,
        }
    }

    async fn reply(&self, document: &Value) -> Outcome<Option<Deed>> {
        let language = self.federation.town.profile().language.clone();
        let Ok(reply) = Post::read(document, &language) else {
            return Ok(None);
        };
        let by_asker = reply.author.is_some_and(|it| same(it, &self.actor.uri));
        let parent = reply.in_reply_to.and_then(address::canonical);
        if reply.is_vote || !by_asker || !self.is_meant(parent).await? {
            return Ok(None);
        }
        let (federation, uri) = (self.federation, self.asked.instrument.clone());
        let arrival = posts::arrival(federation, &reply, uri, self.actor, self.budget).await?;
        Ok(arrival.map(|arrival| Deed::Post(Box::new(arrival))))
    }

    async fn gesture(&self, document: &Value) -> Outcome<Option<Deed>> {
        let Ok(inner) = Activity::read(document) else {
            return Ok(None);
        };
        let object = inner.object.id().and_then(address::canonical);
        if !same(inner.actor, &self.actor.uri) || !self.is_meant(object).await? {
            return Ok(None);
        }
        let (who, post, uri) = (
            self.actor.id,
            self.asked.post,
            self.asked.instrument.clone(),
        );
        Ok(match (self.asked.what, inner.kind) {
            (Interaction::Like, Kind::Like) => Some(Deed::Like { who, post, uri }),
            (Interaction::Boost, Kind::Announce) => Some(Deed::Boost(ArrivedBoost {
                who,
                post,
                uri,
                published: inner
                    .published
                    .unwrap_or_else(|| self.federation.town.now()),
                for_followers: is_for_followers(&inner),
            })),
            _ => None,
        })
    }

    /// Is it about the post that the question names?
    async fn is_meant(&self, uri: Option<String>) -> Outcome<bool> {
        match uri {
            Some(uri) => {
                Ok(self.federation.resolver.known_post(&uri).await? == Some(self.asked.post))
            }
            None => Ok(false),
        }
    }
}
