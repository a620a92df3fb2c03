//! What the town tells its residents (<https://docs.joinmastodon.org/methods/announcements/>).

use axum::extract::Path;
use parvis_model::id::{self, Id};
use parvis_town::announcements;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    answer::{self, Answer, done},
    entities::Announcement,
    fault::Fault,
    gate::{Caller, Named},
    params::Params,
};

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[schemars(rename = "AnnouncementsParams")]
#[serde(default)]
pub struct ShownParams {
    with_dismissed: bool,
}

pub async fn list(caller: Caller, params: Params<ShownParams>) -> Answer {
    let all = params.fields.with_dismissed;
    let found = announcements::shown(&caller.town, caller.me, all).await?;
    let shown: Vec<Announcement<'_>> = found.iter().map(Announcement::new).collect();
    answer::json(&shown)
}

pub async fn dismiss(caller: Caller, Named(announcement): Named) -> Answer {
    caller
        .write(move |tx, town, me| Box::pin(announcements::dismiss(tx, town, me, announcement)))
        .await?;
    done()
}

type Place = Path<(String, String)>;

fn placed(Path((announcement, name)): Place) -> Result<(Id, String), Fault> {
    let announcement = id::parse(&announcement).ok_or(Fault::NotFound)?;
    Ok((announcement, name))
}

pub async fn react(caller: Caller, place: Place) -> Answer {
    let (announcement, name) = placed(place)?;
    caller
        .write(move |tx, town, me| {
            Box::pin(async move { announcements::react(tx, town, me, announcement, &name).await })
        })
        .await?;
    done()
}

pub async fn unreact(caller: Caller, place: Place) -> Answer {
    let (announcement, name) = placed(place)?;
    caller
        .write(move |tx, town, me| {
            Box::pin(async move { announcements::unreact(tx, town, me, announcement, &name).await })
        })
        .await?;
    done()
}
