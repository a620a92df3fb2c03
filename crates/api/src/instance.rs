//! The town as apps see it before anyone logs in.

use std::sync::Arc;

use axum::Extension;
use parvis_model::{clock::DAY, locale::Locale, text};
use parvis_store::{accounts, posts};
use parvis_town::{Failure, Town};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    answer::{Answer, json},
    entities::{self, Counts, InstanceV1, InstanceV2, Moment},
    privacy,
};

type InTown = Extension<Arc<Town>>;

pub async fn new(Extension(town): InTown) -> Answer {
    let counts = count(&town).await?;
    json(&InstanceV2::new(&town, &town.profile(), counts))
}

pub async fn old(Extension(town): InTown) -> Answer {
    let counts = count(&town).await?;
    json(&InstanceV1::new(&town, &town.profile(), counts))
}

/// A text of the town, and when it was last changed.
#[derive(Serialize, JsonSchema)]
pub struct Text {
    updated_at: Option<Moment>,
    content: String,
}

/// What the town says of itself.
pub async fn extended_description(Extension(town): InTown) -> Answer {
    let profile = town.profile();
    json(&Text {
        updated_at: profile.summary_at.map(Moment),
        content: text::paragraphs(&profile.summary),
    })
}

/// What is kept of people. The date is that of what the town has written itself: the rest comes with the program.
pub async fn privacy_policy(Extension(town): InTown) -> Answer {
    let profile = town.profile();
    json(&Text {
        updated_at: profile.privacy_at.map(Moment),
        content: privacy::policy(&town, &profile),
    })
}

pub async fn rules(Extension(town): InTown) -> Answer {
    json(&entities::rules(&town.profile()))
}

/// One that the town can be read in.
#[derive(Serialize, JsonSchema)]
pub struct Language {
    code: &'static str,
    name: String,
}

pub async fn languages() -> Answer {
    let all = Locale::all().into_iter();
    let shown = all.map(|(code, name)| Language { code, name });
    json(&shown.collect::<Vec<_>>())
}

async fn count(town: &Town) -> Result<Counts, Failure> {
    let (db, now) = (town.store.read(), town.now());
    let (residents, active, _) =
        accounts::local_counts(db, now - 30 * DAY, now - 180 * DAY).await?;
    let (posts, _) = posts::local_counts(db).await?;
    Ok(Counts {
        residents: discreet(residents),
        active: discreet(active),
        posts: u64::try_from(posts).unwrap_or(0),
    })
}

/// Small numbers of people are rounded down, so that nobody can be picked out of them.
fn discreet(count: i64) -> u64 {
    let count = u64::try_from(count).unwrap_or(0);
    if count < 100 { count / 10 * 10 } else { count }
}
