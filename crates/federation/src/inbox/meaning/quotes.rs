//! Consents to quotes: asked for, answered, taken back.

use std::sync::Arc;

use parvis_model::{id::Id, policy::Interaction, uri as address};
use parvis_store::{
    deliveries,
    entity::{account, activity},
    posts as rows, quotes,
};
use parvis_town::{Outcome, arrivals::Arrival, quotes::AskedQuote};

use super::{
    Deed,
    Meaning::{self, Ignored},
    object_post, same_server,
};
use crate::{
    Federation,
    actors::same,
    fetch::Budget,
    posts::arrived,
    wire::{Activity, Kind, Post, Ref},
};

/// Somebody asks to quote a post of ours. `instrument` is theirs, and on their server.
pub(super) async fn asked(
    federation: &Federation,
    activity: &Activity<'_>,
    actor: &Arc<account::Model>,
    id: &str,
    budget: &Budget,
) -> Outcome<Meaning> {
    let Some(instrument) = activity.instrument else {
        return Ok(Ignored("asks to quote with nothing"));
    };
    let quoting = instrument.id().and_then(address::canonical);
    let Some(quoting) = quoting.filter(|quoting| same_server(quoting, &actor.uri)) else {
        return Ok(Ignored("asks to quote with somebody else's post"));
    };
    let Some(quoted) = object_post(federation, &activity.object).await? else {
        return Ok(Ignored("a post that is not here"));
    };
    let known = rows::by_uri(federation.town.store.read(), &quoting).await?;
    if known.is_some_and(|row| row.author_id != actor.id) {
        return Ok(Ignored("asks to quote with somebody else's post"));
    }
    let arrival = came_along(federation, &instrument, &quoting, quoted, actor, budget).await?;
    Ok(Deed::QuoteAsked(AskedQuote {
        who: actor.id,
        quoted,
        quoting,
        request: id.to_owned(),
        arrival,
    })
    .into())
}

/// The post that is to quote, where it stands in the question and is what it should be.
async fn came_along(
    federation: &Federation,
    instrument: &Ref<'_>,
    quoting: &str,
    quoted: Id,
    actor: &Arc<account::Model>,
    budget: &Budget,
) -> Outcome<Option<Box<Arrival>>> {
    let language = federation.town.profile().language.clone();
    let Some(Ok(post)) = instrument.embedded().map(|it| Post::read(it, &language)) else {
        return Ok(None);
    };
    if post.is_vote || !post.author.is_some_and(|author| same(author, &actor.uri)) {
        return Ok(None);
    }
    let resolver = &federation.resolver;
    let quote = resolver
        .quoted(&post, quoting, &actor.uri, budget, true)
        .await?;
    if quote.as_ref().and_then(|quote| quote.quoted) != Some(quoted) {
        return Ok(None);
    }
    let mentions = resolver.mentioned(&post).await?;
    let arrival = arrived::arrived(
        &post,
        quoting.to_owned(),
        actor,
        mentions,
        quote,
        &federation.town,
    );
    Ok(Some(Box::new(arrival)))
}

/// An author answers one of ours, who asked to quote: given back whole, or by its id alone.
pub(super) async fn answered(
    federation: &Federation,
    activity: &Activity<'_>,
    asked: Option<&activity::Model>,
    actor: &account::Model,
    accepted: bool,
    budget: &Budget,
) -> Outcome<Meaning> {
    let named = || {
        let inner = activity.object.activity()?;
        inner.instrument?.id().and_then(address::canonical)
    };
    let quoting = asked.map(|asked| asked.object_uri.clone()).or_else(named);
    let db = federation.town.store.read();
    let post = match quoting {
        Some(quoting) => rows::by_uri(db, &quoting).await?.filter(|row| row.local),
        None => None,
    };
    let Some(post) = post else {
        return Ok(Ignored("an answer to nothing we asked"));
    };
    let Some(quote) = quotes::by_post(db, post.id).await? else {
        return Ok(Ignored("an answer about a post that quotes nothing"));
    };
    let stamp = match activity.result {
        Some(stamp) if accepted => {
            let said = (
                actor.uri.as_str(),
                post.uri.as_str(),
                quote.quoted_uri.as_str(),
            );
            let quote = Interaction::Quote;
            federation
                .resolver
                .confirmed(quote, stamp, said, budget)
                .await?
        }
        _ => None,
    };
    if accepted && stamp.is_none() {
        return Ok(Ignored("a consent that does not hold"));
    }
    Ok(Deed::QuoteAnswered {
        author: actor.id,
        post: post.id,
        stamp,
    }
    .into())
}

/// The activity of ours that is answered, where it is known by its id.
pub(super) async fn sent(
    federation: &Federation,
    object: &Ref<'_>,
) -> Outcome<Option<activity::Model>> {
    let Some(uri) = object.id() else {
        return Ok(None);
    };
    Ok(deliveries::activity_by_uri(federation.town.store.read(), uri).await?)
}

pub(super) fn is_request(sent: &activity::Model) -> bool {
    sent.kind == Kind::QuoteRequest.as_str()
}

/// Does a quote here rely on this stamp?
pub(super) async fn is_stamp(federation: &Federation, uri: &str) -> Outcome<bool> {
    let relying = quotes::by_stamp(federation.town.store.read(), uri).await?;
    Ok(!relying.is_empty())
}
