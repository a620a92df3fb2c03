//! Searching; for residents also on other servers, by handle or address: this is how apps open every remote link.

use std::time::Duration;

use parvis_model::handle::Handle;
use parvis_town::{
    Failure, Outcome, Rate, accounts, posts,
    reach::Found,
    search::{self, Results},
};
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
const USUAL: usize = 20;
const MOST: usize = 40;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct SearchParams {
    q: String,
    r#type: Option<String>,
    resolve: bool,
    limit: Option<u32>,
    offset: u32,
}

#[derive(Serialize)]
struct Shown<'a> {
    accounts: Accounts<'a>,
    statuses: Statuses<'a>,
    hashtags: Vec<Tag<'a>>,
}

pub async fn search(asker: Asker, params: Params<SearchParams>) -> Answer {
    let fields = params.fields;
    if (fields.resolve || fields.offset > 0) && !asker.is_resident() {
        return Err(Fault::BadToken);
    }
    let mut results = search::find(&asker.town, &asker.viewer(), &fields.q).await?;
    if fields.resolve && results.accounts.is_empty() && results.posts.is_empty() {
        results = resolve(&asker, &fields.q).await?.unwrap_or(results);
    }
    narrow(&mut results, &fields);
    let origin = asker.town.origin.as_str();
    answer::json(&Shown {
        accounts: Accounts {
            origin,
            views: &results.accounts,
        },
        statuses: Statuses {
            origin,
            views: &results.posts,
        },
        hashtags: results
            .tags
            .iter()
            .map(|tag| Tag::new(origin, tag))
            .collect(),
    })
}

/// Asks the server that a handle or an address names, where it is not this one. One that does not answer spoils nothing.
pub async fn resolve(asker: &Asker, query: &str) -> Outcome<Option<Results>> {
    let query = query.trim();
    let found = match timeout(PATIENCE, reach(asker, query)).await {
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

async fn reach(asker: &Asker, query: &str) -> Outcome<Option<Found>> {
    let town = &asker.town;
    let who = asker.viewer().account.unwrap_or_default().to_string();
    let ours = query
        .strip_prefix(town.origin.as_str())
        .is_some_and(|rest| rest.starts_with('/'));
    if ours {
        return Ok(None);
    }
    if query.starts_with("https://") || query.starts_with("http://") {
        town.rates().count(Rate::Reach, &who)?;
        return town.reach().uri(town, query).await;
    }
    let elsewhere = |domain: &str| !domain.eq_ignore_ascii_case(&town.host);
    match query.parse::<Handle>() {
        Ok(handle) if handle.domain.as_deref().is_some_and(elsewhere) => {
            town.rates().count(Rate::Reach, &who)?;
            Ok(town
                .reach()
                .handle(town, &handle)
                .await?
                .map(Found::Account))
        }
        _ => Ok(None),
    }
}

/// Leaves what was asked for.
fn narrow(results: &mut Results, fields: &SearchParams) {
    let kind = fields.r#type.as_deref().filter(|kind| !kind.is_empty());
    let limit = fields
        .limit
        .map_or(USUAL, |limit| (limit as usize).min(MOST));
    let wanted = |name: &str| {
        if kind.is_none_or(|kind| kind == name) {
            limit
        } else {
            0
        }
    };
    page(&mut results.accounts, fields.offset, wanted("accounts"));
    page(&mut results.posts, fields.offset, wanted("statuses"));
    page(&mut results.tags, fields.offset, wanted("hashtags"));
}

fn page<T>(list: &mut Vec<T>, offset: u32, limit: usize) {
    list.drain(..list.len().min(offset as usize));
    list.truncate(limit);
}
