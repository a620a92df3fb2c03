//! What residents choose for themselves alone: markers, preferences, servers they block, whom they endorse.

use std::collections::BTreeMap;

use parvis_model::{id, policy::Quoters};
use parvis_town::{
    accounts, domain_blocks, endorsements,
    markers::{self, HOME, NOTIFICATIONS},
    preferences,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    accounts::{people, relationship},
    answer::{self, Answer, done},
    entities::{Marker, visibility},
    fault::Fault,
    gate::{Asker, Caller, Named},
    paging::{self, Paging},
    params::Params,
};

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct MarkersWanted {
    #[schemars(extend("items" = { "enum": ["home", "notifications"] }))]
    timeline: Vec<String>,
}

pub async fn markers(caller: Caller, params: Params<MarkersWanted>) -> Answer {
    shown_markers(&caller, &params.fields.timeline).await
}

async fn shown_markers(caller: &Caller, wanted: &[String]) -> Answer {
    let all = markers::of(&caller.town, caller.me).await?;
    let shown: BTreeMap<&str, Marker> = all
        .iter()
        .filter(|marker| wanted.contains(&marker.timeline))
        .map(|marker| (marker.timeline.as_str(), Marker::new(marker)))
        .collect();
    answer::json(&shown)
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct MarkerParams {
    home: Option<ReadParams>,
    notifications: Option<ReadParams>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ReadParams {
    last_read_id: String,
}

pub async fn set_markers(caller: Caller, params: Params<MarkerParams>) -> Answer {
    let MarkerParams {
        home,
        notifications,
    } = params.fields;
    let mut set = Vec::new();
    for (timeline, read) in [(HOME, home), (NOTIFICATIONS, notifications)] {
        let Some(read) = read else { continue };
        let unfit = || Fault::Unprocessable("last_read_id is no id".into());
        set.push((timeline, id::parse(&read.last_read_id).ok_or_else(unfit)?));
    }
    let named: Vec<String> = set.iter().map(|(name, _)| (*name).to_owned()).collect();
    caller
        .write(move |tx, town, me| {
            Box::pin(async move {
                for (timeline, last_read) in set {
                    markers::set(tx, town, me, timeline, last_read).await?;
                }
                Ok(())
            })
        })
        .await?;
    shown_markers(&caller, &named).await
}

/// How one usually posts, and how an app reads where nothing is chosen.
#[derive(Serialize, JsonSchema)]
pub struct Preferences<'a> {
    #[serde(rename = "posting:default:visibility")]
    visibility: &'static str,
    #[serde(rename = "posting:default:sensitive")]
    sensitive: bool,
    #[serde(rename = "posting:default:language")]
    language: Option<&'a str>,
    #[serde(rename = "posting:default:quote_policy")]
    quote_policy: &'static str,
    #[serde(rename = "reading:expand:media")]
    media: &'static str,
    #[serde(rename = "reading:expand:spoilers")]
    spoilers: bool,
    #[serde(rename = "reading:autoplay:gifs")]
    gifs: bool,
}

/// What concerns reading is the app's own affair: nothing is kept of it here.
pub async fn preferences(caller: Caller) -> Answer {
    let usual = preferences::of(&caller.town, caller.me).await?;
    answer::json(&Preferences {
        visibility: visibility(usual.audience),
        sensitive: usual.sensitive,
        language: usual.language.as_deref(),
        quote_policy: Quoters::as_str(usual.quoters),
        media: "default",
        spoilers: false,
        gifs: false,
    })
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct DomainParams {
    domain: String,
}

pub async fn blocked_domains(caller: Caller, paging: Paging) -> Answer {
    let page = paging.page(paging::TAGS);
    let found = domain_blocks::list(&caller.town, caller.me, page).await?;
    Ok(paging.link(found.next, found.prev, answer::json(&found.items)?))
}

/// What ends with a block.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "DomainBlockPreview")]
pub struct Foreseen {
    following_count: i64,
    followers_count: i64,
}

pub async fn foreseen_block(caller: Caller, params: Params<DomainParams>) -> Answer {
    let domain = &params.fields.domain;
    let (following_count, followers_count) =
        domain_blocks::foreseen(&caller.town, caller.me, domain).await?;
    answer::json(&Foreseen {
        following_count,
        followers_count,
    })
}

pub async fn block_domain(caller: Caller, params: Params<DomainParams>) -> Answer {
    let domain = params.fields.domain;
    caller
        .write(move |tx, town, me| {
            Box::pin(async move { domain_blocks::block(tx, town, me, &domain).await })
        })
        .await?;
    done()
}

pub async fn unblock_domain(caller: Caller, params: Params<DomainParams>) -> Answer {
    let domain = params.fields.domain;
    caller
        .write(move |tx, town, me| {
            Box::pin(async move { domain_blocks::unblock(tx, town, me, &domain).await })
        })
        .await?;
    done()
}

pub async fn endorse(caller: Caller, Named(other): Named) -> Answer {
    caller
        .write(move |tx, town, me| Box::pin(endorsements::endorse(tx, town, me, other)))
        .await?;
    relationship(&caller, other).await
}

pub async fn unendorse(caller: Caller, Named(other): Named) -> Answer {
    caller
        .write(move |tx, town, me| Box::pin(endorsements::unendorse(tx, town, me, other)))
        .await?;
    relationship(&caller, other).await
}

pub async fn endorsed(caller: Caller, paging: Paging) -> Answer {
    let page = paging.page(paging::ACCOUNTS);
    let found = endorsements::of(&caller.town, caller.me, page).await?;
    people(&caller.town, &paging, &found)
}

pub async fn endorsed_by(asker: Asker, Named(account): Named, paging: Paging) -> Answer {
    accounts::view(&asker.town, &asker.viewer(), account).await?;
    let page = paging.page(paging::ACCOUNTS);
    let found = endorsements::of(&asker.town, account, page).await?;
    people(&asker.town, &paging, &found)
}
