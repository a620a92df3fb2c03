//! Tags: what they are to the reader, following them, showing them on one's page.

use axum::extract::Path;
use parvis_model::{id::Id, refusal::Kind};
use parvis_town::{
    Failure, accounts,
    tags::{self, MyTag},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    answer::{self, Answer, done},
    entities::{FeaturedTag, Tag},
    fault::Fault,
    gate::{Asker, Caller, Named},
    paging::{self, Paging},
    params::Params,
};

pub async fn show(asker: Asker, Path(name): Path<String>) -> Answer {
    let standing = tags::standing(&asker.town, &asker.viewer(), &name).await?;
    answer::json(&Tag::standing(&asker.town.origin, &standing))
}

async fn mine(caller: &Caller, name: &str) -> Answer {
    let standing = tags::standing(&caller.town, &caller.viewer(), name).await?;
    answer::json(&Tag::standing(&caller.town.origin, &standing))
}

pub async fn follow(caller: Caller, Path(name): Path<String>) -> Answer {
    let tag = name.clone();
    caller
        .write(move |tx, town, me| Box::pin(async move { tags::follow(tx, town, me, &tag).await }))
        .await?;
    mine(&caller, &name).await
}

pub async fn unfollow(caller: Caller, Path(name): Path<String>) -> Answer {
    let tag = name.clone();
    caller
        .write(move |tx, town, me| {
            Box::pin(async move { tags::unfollow(tx, town, me, &tag).await })
        })
        .await?;
    mine(&caller, &name).await
}

pub async fn feature(caller: Caller, Path(name): Path<String>) -> Answer {
    let tag = name.clone();
    caller
        .write(move |tx, town, me| Box::pin(async move { tags::feature(tx, town, me, &tag).await }))
        .await?;
    mine(&caller, &name).await
}

pub async fn unfeature(caller: Caller, Path(name): Path<String>) -> Answer {
    let tag = name.clone();
    caller
        .write(move |tx, town, me| {
            Box::pin(async move { tags::unfeature(tx, town, me, &tag).await })
        })
        .await?;
    mine(&caller, &name).await
}

pub async fn followed(caller: Caller, paging: Paging) -> Answer {
    let page = paging.page(paging::TAGS);
    let found = tags::followed(&caller.town, caller.me, page).await?;
    let mine = MyTag {
        following: true,
        ..MyTag::default()
    };
    let origin = caller.town.origin.as_str();
    let shown: Vec<_> = found
        .items
        .iter()
        .map(|tag| Tag::new(origin, tag).to(Some(mine)))
        .collect();
    Ok(paging.link(found.next, found.prev, answer::json(&shown)?))
}

pub async fn featured(caller: Caller) -> Answer {
    let found = tags::featured(&caller.town, caller.me).await?;
    let shown = found
        .iter()
        .map(|tag| FeaturedTag::new(&caller.town.origin, tag));
    answer::json(&shown.collect::<Vec<_>>())
}

pub async fn featured_of(asker: Asker, Named(account): Named) -> Answer {
    accounts::view(&asker.town, &asker.viewer(), account).await?;
    let found = tags::featured(&asker.town, account).await?;
    let shown = found
        .iter()
        .map(|tag| FeaturedTag::new(&asker.town.origin, tag));
    answer::json(&shown.collect::<Vec<_>>())
}

pub async fn suggested(caller: Caller) -> Answer {
    let found = tags::worth_featuring(&caller.town, caller.me).await?;
    let shown = found.iter().map(|tag| Tag::new(&caller.town.origin, tag));
    answer::json(&shown.collect::<Vec<_>>())
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct NameParams {
    name: String,
}

pub async fn put_on_page(caller: Caller, params: Params<NameParams>) -> Answer {
    let name = params.fields.name;
    let shown: Id = caller
        .write(move |tx, town, me| {
            Box::pin(async move { tags::feature(tx, town, me, &name).await })
        })
        .await
        .map_err(no_tag)?;
    let mine = tags::featured(&caller.town, caller.me).await?;
    let tag = mine.iter().find(|tag| tag.id == shown);
    let tag = tag.ok_or(Fault::NotFound)?;
    answer::json(&FeaturedTag::new(&caller.town.origin, tag))
}

/// In the address such a name leads nowhere; as a parameter it does not fit.
fn no_tag(failure: Failure) -> Fault {
    match failure {
        Failure::Refused(refusal) if refusal.kind == Kind::NotFound => {
            Fault::Unprocessable("name is not that of a tag".into())
        }
        other => other.into(),
    }
}

pub async fn take_off_page(caller: Caller, Named(shown): Named) -> Answer {
    caller
        .write(move |tx, town, me| Box::pin(tags::take_off(tx, town, me, shown)))
        .await?;
    done()
}
