//! Finding people: completing a name as it is typed, and residents who let themselves be found.

use parvis_model::handle::Handle;
use parvis_town::{AccountView, accounts, search as people};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    answer::{self, Answer},
    entities::Accounts,
    fault::Fault,
    gate::Asker,
    params::Params,
    search::resolve,
};

const USUAL: u64 = 40;
const MOST: u64 = 80;
/// Deeper nobody reads.
const DEEPEST: u64 = 10_000;

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[schemars(rename = "AccountSearchParams")]
#[serde(default)]
pub struct SearchParams {
    q: String,
    limit: Option<u64>,
    offset: u64,
    resolve: bool,
    following: bool,
}

fn limited(limit: Option<u64>) -> u64 {
    limit.unwrap_or(USUAL).clamp(1, MOST)
}

fn shown(asker: &Asker, found: &[AccountView]) -> Answer {
    answer::json(&Accounts {
        origin: &asker.town.origin,
        views: found,
    })
}

/// A whole handle names one person, who is asked for elsewhere where need be; it may also be the beginning of one.
pub async fn search(asker: Asker, params: Params<SearchParams>) -> Answer {
    let fields = params.fields;
    let me = asker.viewer().account.ok_or(Fault::BadToken)?;
    let whole = fields.q.trim().parse::<Handle>().ok();
    if whole.is_some_and(|handle| handle.domain.is_some()) {
        let mut found: Vec<AccountView> = accounts::by_acct(&asker.town, &fields.q)
            .await?
            .into_iter()
            .collect();
        if found.is_empty() && fields.resolve {
            found = resolve(&asker, &fields.q)
                .await?
                .map_or_else(Vec::new, |results| results.accounts);
        }
        if fields.following {
            let ids: Vec<_> = found.iter().map(|view| view.id).collect();
            let relations = accounts::relations(&asker.town, me, &ids).await?;
            found.retain(|view| {
                relations
                    .iter()
                    .any(|it| it.other == view.id && it.following)
            });
        }
        if !found.is_empty() {
            return shown(&asker, &found);
        }
    }
    let (limit, offset) = (limited(fields.limit), fields.offset.min(DEEPEST));
    let followed = fields.following;
    let found = people::people(&asker.town, me, &fields.q, followed, limit, offset).await?;
    shown(&asker, &found)
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct DirectoryParams {
    #[schemars(extend("enum" = ["active", "new", null]))]
    order: Option<String>,
    limit: Option<u64>,
    offset: u64,
}

/// Of this town alone, whether an app asks for that or not: nobody else's list of residents is ours to keep.
pub async fn directory(asker: Asker, params: Params<DirectoryParams>) -> Answer {
    let fields = params.fields;
    let newest = fields.order.as_deref() == Some("new");
    let (limit, offset) = (limited(fields.limit), fields.offset.min(DEEPEST));
    let found = people::directory(&asker.town, newest, limit, offset).await?;
    shown(&asker, &found)
}
