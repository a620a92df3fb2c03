//! Quotes: who quotes a post, taking one's own out of another, who may quote.

use parvis_model::{id, policy::Quoters, refusal::Refusal};
use parvis_town::{policies, quotes};
use schemars::JsonSchema;
use serde::Deserialize;

use axum::extract::Path;

use crate::{
    answer::Answer,
    fault::Fault,
    gate::{Asker, Caller, Named},
    paging::{self, Paging},
    params::Params,
    statuses::show_mine,
    timelines,
};

/// `quote_approval_policy`; absent and empty mean what is usual.
pub fn quoters(word: Option<&str>) -> Result<Option<Quoters>, Refusal> {
    let unknown = || Refusal::invalid("quoters", "refusal-quoters-unknown");
    let given = word.filter(|word| !word.is_empty());
    given
        .map(|word| Quoters::parse(word).ok_or_else(unknown))
        .transpose()
}

pub async fn list(asker: Asker, Named(post): Named, paging: Paging) -> Answer {
    let page = paging.page(paging::STATUSES);
    let found = quotes::of(&asker.town, &asker.viewer(), post, page).await?;
    timelines::posts(&asker.town, &paging, &found)
}

pub async fn revoke(caller: Caller, Path((quoted, quoting)): Path<(String, String)>) -> Answer {
    let parse = |text: &str| id::parse(text).ok_or(Fault::NotFound);
    let (quoted, quoting) = (parse(&quoted)?, parse(&quoting)?);
    caller
        .write(move |tx, town, me| Box::pin(quotes::revoke(tx, town, me, quoted, quoting)))
        .await?;
    show_mine(&caller, quoting).await
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[schemars(rename = "InteractionPolicyParams")]
#[serde(default)]
pub struct PolicyParams {
    #[schemars(extend("enum" = ["public", "followers", "nobody", null]))]
    quote_approval_policy: Option<String>,
}

pub async fn set_policy(
    caller: Caller,
    Named(post): Named,
    params: Params<PolicyParams>,
) -> Answer {
    if let Some(quoters) = quoters(params.fields.quote_approval_policy.as_deref())? {
        caller
            .write(move |tx, town, me| Box::pin(policies::set_quoters(tx, town, me, post, quoters)))
            .await?;
    }
    show_mine(&caller, post).await
}
