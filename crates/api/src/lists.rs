//! Lists of people, and what they write.

use parvis_model::{
    id::{self, Id},
    limits,
};
use parvis_town::{
    accounts::view,
    lists::{self, Answers},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    accounts::people,
    answer::{self, Answer, done},
    entities::{Accounts, List},
    fault::Fault,
    gate::{Caller, Named},
    paging::{self, Paging},
    params::Params,
    timelines,
};

pub async fn all(caller: Caller) -> Answer {
    let mine = lists::mine(&caller.town, caller.me).await?;
    answer::json(&mine.iter().map(List::new).collect::<Vec<_>>())
}

pub async fn show(caller: Caller, Named(list): Named) -> Answer {
    answer::json(&List::new(
        &lists::view(&caller.town, caller.me, list).await?,
    ))
}

/// Those of the caller's that hold an account.
pub async fn holding(caller: Caller, Named(account): Named) -> Answer {
    view(&caller.town, &caller.viewer(), account).await?;
    let found = lists::holding(&caller.town, caller.me, account).await?;
    answer::json(&found.iter().map(List::new).collect::<Vec<_>>())
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ListParams {
    title: Option<String>,
    #[schemars(extend("enum" = ["followed", "list", "none", null]))]
    replies_policy: Option<String>,
    exclusive: Option<bool>,
}

impl ListParams {
    fn answers(&self) -> Result<Option<Answers>, Fault> {
        match self.replies_policy.as_deref() {
            None | Some("") => Ok(None),
            Some("list") => Ok(Some(Answers::ToMembers)),
            Some("followed") => Ok(Some(Answers::ToFollowed)),
            Some("none") => Ok(Some(Answers::None)),
            Some(_) => Err(Fault::Unprocessable("replies_policy is unknown".into())),
        }
    }
}

pub async fn create(caller: Caller, params: Params<ListParams>) -> Answer {
    let answers = params.fields.answers()?.unwrap_or(Answers::ToMembers);
    let ListParams {
        title, exclusive, ..
    } = params.fields;
    let list = caller
        .write(move |tx, town, me| {
            Box::pin(async move {
                let title = title.unwrap_or_default();
                let exclusive = exclusive.unwrap_or(false);
                lists::create(tx, town, me, &title, answers, exclusive).await
            })
        })
        .await?;
    show(caller, Named(list)).await
}

pub async fn change(caller: Caller, Named(list): Named, params: Params<ListParams>) -> Answer {
    let answers = params.fields.answers()?;
    let ListParams {
        title, exclusive, ..
    } = params.fields;
    // As Mastodon has it: a list cannot be changed without saying what it is called.
    let title = title.unwrap_or_default();
    caller
        .write(move |tx, town, me| {
            Box::pin(lists::change(
                tx,
                town,
                me,
                list,
                Some(title),
                answers,
                exclusive,
            ))
        })
        .await?;
    show(caller, Named(list)).await
}

pub async fn delete(caller: Caller, Named(list): Named) -> Answer {
    caller
        .write(move |tx, town, me| Box::pin(lists::delete(tx, town, me, list)))
        .await?;
    done()
}

/// `limit=0` means all of them.
pub async fn members(caller: Caller, Named(list): Named, paging: Paging) -> Answer {
    if paging.asks_for_all() {
        let all = lists::all_members(&caller.town, caller.me, list).await?;
        return answer::json(&Accounts {
            origin: &caller.town.origin,
            views: &all,
        });
    }
    let page = paging.page(paging::ACCOUNTS);
    let found = lists::members(&caller.town, caller.me, list, page).await?;
    people(&caller.town, &paging, &found)
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[schemars(rename = "ListAccountsParams")]
#[serde(default)]
pub struct PeopleParams {
    account_ids: Vec<String>,
}

impl PeopleParams {
    fn ids(&self) -> Result<Vec<Id>, Fault> {
        if self.account_ids.len() > limits::LIST_CHANGED {
            let most = limits::LIST_CHANGED;
            return Err(Fault::Unprocessable(format!(
                "account_ids are {most} at most"
            )));
        }
        let ids = self.account_ids.iter();
        ids.map(|text| id::parse(text).ok_or(Fault::NotFound))
            .collect()
    }
}

pub async fn add(caller: Caller, Named(list): Named, params: Params<PeopleParams>) -> Answer {
    let people = params.fields.ids()?;
    caller
        .write(move |tx, town, me| {
            Box::pin(async move { lists::add(tx, town, me, list, &people).await })
        })
        .await?;
    done()
}

pub async fn remove(caller: Caller, Named(list): Named, params: Params<PeopleParams>) -> Answer {
    let people = params.fields.ids()?;
    caller
        .write(move |tx, town, me| {
            Box::pin(async move { lists::remove(tx, town, me, list, &people).await })
        })
        .await?;
    done()
}

pub async fn timeline(caller: Caller, Named(list): Named, paging: Paging) -> Answer {
    let page = paging.page(paging::STATUSES);
    let found = lists::timeline(&caller.town, caller.me, list, page).await?;
    timelines::posts(&caller.town, &paging, &found)
}
