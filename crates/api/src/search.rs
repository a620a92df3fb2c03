//! Searching; for residents also on other servers, by handle or address: this is how apps open every remote link.

use std::time::Duration;

use parvis_model::id;
use parvis_town::{
    Failure, Outcome, Town, accounts, posts,
    reach::{self, Found},
    search::{self, Results, Wanted},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use crate::{
    answer::{self, Answer},
    entities::{Accounts, Statuses, Tag},
    fault::Fault,
    gate::Asker,
    params::Params,
};

/// How long other servers may keep a reader waiting.
const PATIENCE: Duration = Duration::from_secs(10);
const USUAL: u64 = 20;
const MOST: u64 = 40;

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SearchParams {
    q: String,
    #[schemars(extend("enum" = ["accounts", "statuses", "hashtags", null]))]
    r#type: Option<String>,
    resolve: bool,
    following: bool,
    /// Whose posts alone are wanted.
    account_id: Option<String>,
    max_id: Option<String>,
    min_id: Option<String>,
    limit: Option<u64>,
    offset: u64,
}

impl SearchParams {
    fn wanted(&self) -> Wanted {
        let kind = self.r#type.as_deref().filter(|kind| !kind.is_empty());
        let wants = |name: &str| kind.is_none_or(|kind| kind == name);
        let read = |id: &Option<String>| id.as_deref().and_then(id::parse);
        Wanted {
            accounts: wants("accounts"),
            posts: wants("statuses"),
            tags: wants("hashtags"),
            followed: self.following,
            // Nobody has what is no id, and nobody wrote anything.
            author: self
                .account_id
                .as_deref()
                .map(|id| id::parse(id).unwrap_or(0)),
            before: read(&self.max_id),
            after: read(&self.min_id),
            limit: self.limit.unwrap_or(USUAL).min(MOST),
            offset: self.offset,
        }
    }
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Search")]
pub struct Shown<'a> {
    accounts: Accounts<'a>,
    statuses: Statuses<'a>,
    hashtags: Vec<Tag<'a>>,
}

/// The older form, in which tags are names alone.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SearchV1")]
pub struct OldShown<'a> {
    accounts: Accounts<'a>,
    statuses: Statuses<'a>,
    hashtags: Vec<&'a str>,
}

pub async fn search(asker: Asker, params: Params<SearchParams>) -> Answer {
    let results = found(&asker, &params.fields).await?;
    let (accounts, statuses) = shown(&asker.town, &results);
    let tag = |tag| Tag::new(&asker.town.origin, tag);
    answer::json(&Shown {
        accounts,
        statuses,
        hashtags: results.tags.iter().map(tag).collect(),
    })
}

pub async fn old(asker: Asker, params: Params<SearchParams>) -> Answer {
    let results = found(&asker, &params.fields).await?;
    let (accounts, statuses) = shown(&asker.town, &results);
    answer::json(&OldShown {
        accounts,
        statuses,
        hashtags: results.tags.iter().map(|tag| tag.name.as_str()).collect(),
    })
}

fn shown<'a>(town: &'a Town, results: &'a Results) -> (Accounts<'a>, Statuses<'a>) {
    let origin = town.origin.as_str();
    let accounts = Accounts {
        origin,
        views: &results.accounts,
    };
    let statuses = Statuses {
        origin,
        views: &results.posts,
    };
    (accounts, statuses)
}

async fn found(asker: &Asker, fields: &SearchParams) -> Result<Results, Fault> {
    if (fields.resolve || fields.offset > 0) && !asker.is_resident() {
        return Err(Fault::BadToken);
    }
    let wanted = fields.wanted();
    let mut results = search::find(&asker.town, &asker.viewer(), &fields.q, wanted).await?;
    if fields.resolve && results.accounts.is_empty() && results.posts.is_empty() {
        results = resolve(asker, &fields.q).await?.unwrap_or(results);
        leave(&mut results, &wanted);
    }
    Ok(results)
}

/// Asks the server that a handle or an address names, where it is not this one. One that does not answer spoils nothing.
pub async fn resolve(asker: &Asker, query: &str) -> Outcome<Option<Results>> {
    let query = query.trim();
    let found = match timeout(PATIENCE, fetch(asker, query)).await {
        Ok(Ok(found)) => found,
        Ok(Err(Failure::Broken(error))) if error.is_unavailable() => return Err(error.into()),
        Ok(Err(failure)) => {
            tracing::debug!(%failure, "a search found no answer elsewhere");
            None
        }
        Err(_elapsed) => None,
    };
    Ok(match found {
        Some(Found::Account(id)) => {
            let accounts = accounts::views(&asker.town, &[id]).await?;
            Some(Results {
                accounts,
                ..Results::default()
            })
        }
        Some(Found::Post(id)) => {
            let posts = posts::views(&asker.town, &asker.viewer(), &[id]).await?;
            Some(Results {
                posts,
                ..Results::default()
            })
        }
        None => None,
    })
}

async fn fetch(asker: &Asker, query: &str) -> Outcome<Option<Found>> {
    match asker.viewer().account {
        Some(me) => reach::find(&asker.town, me, query).await,
        None => Ok(None),
    }
}

/// Leaves what was asked for.
fn leave(results: &mut Results, wanted: &Wanted) {
    let first = wanted.offset == 0 && wanted.limit > 0;
    if !(wanted.accounts && first) {
        results.accounts.clear();
    }
    if !(wanted.posts && first) {
        results.posts.clear();
    }
}
