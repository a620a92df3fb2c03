//! Favourites, bookmarks, boosts, pins, muted threads. A boost stands for the post it passes on. Every answer shows the post afterwards.

use parvis_model::id::Id;
use parvis_town::{pins, posts, reactions, thread_mutes};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    accounts::people,
    answer::Answer,
    fault::Fault,
    gate::{Asker, Caller, Named},
    paging::{self, Paging},
    params::Params,
    statuses::{audience, show_mine},
};

/// The post itself, whether it or a boost of it was named.
async fn original(caller: &Caller, post: Id) -> Result<Id, Fault> {
    let view = posts::view(&caller.town, &caller.viewer(), post).await?;
    Ok(view.boost_of.map_or(view.id, |original| original.id))
}

pub async fn favourite(caller: Caller, Named(post): Named) -> Answer {
    let post = original(&caller, post).await?;
    caller
        .write(move |tx, town, me| Box::pin(reactions::favourite(tx, town, me, post)))
        .await?;
    show_mine(&caller, post).await
}

pub async fn unfavourite(caller: Caller, Named(post): Named) -> Answer {
    let post = original(&caller, post).await?;
    caller
        .write(move |tx, town, me| Box::pin(reactions::unfavourite(tx, town, me, post)))
        .await?;
    show_mine(&caller, post).await
}

pub async fn favourited_by(asker: Asker, Named(post): Named, paging: Paging) -> Answer {
    let page = paging.page(paging::ACCOUNTS);
    let found = reactions::favourited_by(&asker.town, &asker.viewer(), post, page).await?;
    people(&asker.town, &paging, &found)
}

pub async fn reblogged_by(asker: Asker, Named(post): Named, paging: Paging) -> Answer {
    let page = paging.page(paging::ACCOUNTS);
    let found = reactions::boosted_by(&asker.town, &asker.viewer(), post, page).await?;
    people(&asker.town, &paging, &found)
}

pub async fn bookmark(caller: Caller, Named(post): Named) -> Answer {
    let post = original(&caller, post).await?;
    caller
        .write(move |tx, town, me| Box::pin(reactions::bookmark(tx, town, me, post)))
        .await?;
    show_mine(&caller, post).await
}

pub async fn unbookmark(caller: Caller, Named(post): Named) -> Answer {
    let post = original(&caller, post).await?;
    caller
        .write(move |tx, town, me| Box::pin(reactions::unbookmark(tx, town, me, post)))
        .await?;
    show_mine(&caller, post).await
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ReblogParams {
    #[schemars(extend("enum" = ["public", "unlisted", "private", "direct", null]))]
    visibility: Option<String>,
}

/// Answers with the boost, which holds the post. Whoever wants to share with a few must not find it shared with everyone.
pub async fn reblog(caller: Caller, Named(post): Named, params: Params<ReblogParams>) -> Answer {
    let asked = params.fields.visibility.filter(|text| !text.is_empty());
    let asked = asked.as_deref().map(audience).transpose()?;
    if asked.is_some_and(|asked| !asked.is_open()) {
        return Err(Fault::Unprocessable("boosts are for everyone here".into()));
    }
    let boost = caller
        .write(move |tx, town, me| Box::pin(posts::boost(tx, town, me, post)))
        .await?;
    show_mine(&caller, boost).await
}

pub async fn unreblog(caller: Caller, Named(post): Named) -> Answer {
    let post = original(&caller, post).await?;
    caller
        .write(move |tx, town, me| Box::pin(posts::unboost(tx, town, me, post)))
        .await?;
    show_mine(&caller, post).await
}

pub async fn pin(caller: Caller, Named(post): Named) -> Answer {
    caller
        .write(move |tx, town, me| Box::pin(pins::pin(tx, town, me, post)))
        .await?;
    show_mine(&caller, post).await
}

pub async fn unpin(caller: Caller, Named(post): Named) -> Answer {
    caller
        .write(move |tx, town, me| Box::pin(pins::unpin(tx, town, me, post)))
        .await?;
    show_mine(&caller, post).await
}

/// Nothing more is told of the whole thread.
pub async fn mute(caller: Caller, Named(post): Named) -> Answer {
    caller
        .write(move |tx, town, me| Box::pin(thread_mutes::mute(tx, town, me, post)))
        .await?;
    show_mine(&caller, post).await
}

pub async fn unmute(caller: Caller, Named(post): Named) -> Answer {
    caller
        .write(move |tx, town, me| Box::pin(thread_mutes::unmute(tx, town, me, post)))
        .await?;
    show_mine(&caller, post).await
}
