//! What authors may know of their own posts beyond the town: who holds a copy, who has confirmed that it is deleted.

use parvis_town::copies;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    answer::{self, Answer},
    entities::{DeletedStatus, Ledger},
    gate::{Caller, Named},
    paging::Paging,
    params::Params,
};

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct CopiesParams {
    /// `next` of the piece before.
    after: Option<String>,
}

pub async fn of_post(caller: Caller, Named(post): Named, params: Params<CopiesParams>) -> Answer {
    let after = params.fields.after.as_deref();
    let found = copies::of_post(&caller.town, caller.me, post, after).await?;
    answer::json(&Ledger::new(post, &found))
}

pub async fn deleted(caller: Caller, paging: Paging) -> Answer {
    let before = paging.before();
    let found = copies::deleted(&caller.town, caller.me, before).await?;
    let shown: Vec<_> = found.items.iter().map(DeletedStatus::new).collect();
    // Newer ones are read from the top.
    Ok(paging.link(found.next, None, answer::json(&shown)?))
}
