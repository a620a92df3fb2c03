//! Of whom a resident wants to hear, and what is held back of others.

use parvis_model::id::{self, Id};
use parvis_town::notifications::{self, Reception};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    answer::{self, Answer, done},
    entities::{NotificationRequest, OldPolicyShown, PolicyShown},
    fault::Fault,
    gate::{Caller, Named},
    paging::{self, Paging},
    params::Params,
};

pub async fn policy(caller: Caller) -> Answer {
    shown_policy(&caller).await
}

async fn shown_policy(caller: &Caller) -> Answer {
    let policy = notifications::policy(&caller.town, caller.me).await?;
    let held = notifications::held_counts(&caller.town, caller.me).await?;
    answer::json(&PolicyShown::new(policy, held))
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[schemars(rename = "NotificationPolicyParams")]
#[serde(default)]
pub struct PolicyParams {
    #[schemars(extend("enum" = ["accept", "filter", "drop", null]))]
    #[serde(rename = "for_not_following")]
    not_following: Option<String>,
    #[schemars(extend("enum" = ["accept", "filter", "drop", null]))]
    #[serde(rename = "for_not_followers")]
    not_followers: Option<String>,
    #[schemars(extend("enum" = ["accept", "filter", "drop", null]))]
    #[serde(rename = "for_new_accounts")]
    new_accounts: Option<String>,
    #[schemars(extend("enum" = ["accept", "filter", "drop", null]))]
    #[serde(rename = "for_private_mentions")]
    private_mentions: Option<String>,
    #[schemars(extend("enum" = ["accept", "filter", "drop", null]))]
    #[serde(rename = "for_limited_accounts")]
    limited_accounts: Option<String>,
}

/// What is not given stays as it is.
pub async fn set_policy(caller: Caller, params: Params<PolicyParams>) -> Answer {
    change_policy(&caller, params.fields).await?;
    shown_policy(&caller).await
}

async fn change_policy(caller: &Caller, given: PolicyParams) -> Result<(), Fault> {
    let mut policy = notifications::policy(&caller.town, caller.me).await?;
    for (word, kept) in [
        (given.not_following, &mut policy.not_following),
        (given.not_followers, &mut policy.not_followers),
        (given.new_accounts, &mut policy.new_accounts),
        (given.private_mentions, &mut policy.private_mentions),
        (given.limited_accounts, &mut policy.limited_accounts),
    ] {
        let unknown = || Fault::Unprocessable("accept, filter or drop".into());
        if let Some(word) = word {
            *kept = Reception::parse(&word).ok_or_else(unknown)?;
        }
    }
    caller
        .write(move |tx, town, me| Box::pin(notifications::set_policy(tx, town, me, policy)))
        .await?;
    Ok(())
}

pub async fn old_policy(caller: Caller) -> Answer {
    let policy = notifications::policy(&caller.town, caller.me).await?;
    let held = notifications::held_counts(&caller.town, caller.me).await?;
    answer::json(&OldPolicyShown::new(policy, held))
}

/// The older form, which only knows whether something is held back.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[schemars(rename = "NotificationPolicyParamsV1")]
#[serde(default)]
#[expect(clippy::struct_field_names, reason = "the names are Mastodon's")]
pub struct OldPolicyParams {
    filter_not_following: Option<bool>,
    filter_not_followers: Option<bool>,
    filter_new_accounts: Option<bool>,
    filter_private_mentions: Option<bool>,
}

/// What is not given stays as it is.
pub async fn set_old_policy(caller: Caller, params: Params<OldPolicyParams>) -> Answer {
    let word = |filtered: Option<bool>| {
        let word = |filtered| if filtered { "filter" } else { "accept" };
        filtered.map(|filtered| word(filtered).to_owned())
    };
    let given = params.fields;
    let changes = PolicyParams {
        not_following: word(given.filter_not_following),
        not_followers: word(given.filter_not_followers),
        new_accounts: word(given.filter_new_accounts),
        private_mentions: word(given.filter_private_mentions),
        limited_accounts: None,
    };
    change_policy(&caller, changes).await?;
    old_policy(caller).await
}

pub async fn requests(caller: Caller, paging: Paging) -> Answer {
    let page = paging.page(paging::ACCOUNTS);
    let found = notifications::requests(&caller.town, caller.me, page).await?;
    let shown: Vec<_> = found
        .items
        .iter()
        .map(|view| NotificationRequest::new(&caller.town.origin, view))
        .collect();
    Ok(paging.link(found.next, found.prev, answer::json(&shown)?))
}

pub async fn request(caller: Caller, Named(from): Named) -> Answer {
    let view = notifications::request(&caller.town, caller.me, from).await?;
    answer::json(&NotificationRequest::new(&caller.town.origin, &view))
}

pub async fn accept(caller: Caller, Named(from): Named) -> Answer {
    agree(&caller, vec![from]).await
}

async fn agree(caller: &Caller, people: Vec<Id>) -> Answer {
    caller
        .write(move |tx, town, me| {
            Box::pin(async move { notifications::accept(tx, town, me, &people).await })
        })
        .await?;
    done()
}

pub async fn dismiss_request(caller: Caller, Named(from): Named) -> Answer {
    turn_away(&caller, vec![from]).await
}

async fn turn_away(caller: &Caller, people: Vec<Id>) -> Answer {
    caller
        .write(move |tx, town, me| {
            Box::pin(async move { notifications::turn_away(tx, town, me, &people).await })
        })
        .await?;
    done()
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ManyParams {
    id: Vec<String>,
}

impl ManyParams {
    fn ids(&self) -> Result<Vec<Id>, Fault> {
        let ids = self.id.iter();
        ids.map(|text| id::parse(text).ok_or(Fault::NotFound))
            .collect()
    }
}

pub async fn accept_many(caller: Caller, params: Params<ManyParams>) -> Answer {
    agree(&caller, params.fields.ids()?).await
}

pub async fn dismiss_many(caller: Caller, params: Params<ManyParams>) -> Answer {
    turn_away(&caller, params.fields.ids()?).await
}

#[derive(Serialize, JsonSchema)]
pub struct Merged {
    merged: bool,
}

/// What was agreed to is let through in the same step: there is never anything to wait for.
pub async fn merged(_: Caller) -> Answer {
    answer::json(&Merged { merged: true })
}
