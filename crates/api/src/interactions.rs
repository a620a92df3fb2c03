//! What waits until a resident has looked at it, in the words of GoToSocial
//! (<https://docs.gotosocial.org/en/latest/api/swagger/>, `interaction_requests`).

use parvis_model::{id, policy::Interaction};
use parvis_town::interactions::waiting::{self, Wanted};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    answer::{self, Answer},
    entities::{InteractionRequest, Settled},
    fault::Fault,
    gate::{Caller, Named},
    paging::{self, Paging},
    params::Params,
};

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct RequestsWanted {
    /// Only what is about this post.
    status_id: Option<String>,
    favourites: Option<bool>,
    replies: Option<bool>,
    reblogs: Option<bool>,
    quotes: Option<bool>,
}

impl RequestsWanted {
    /// A kind that is not spoken of is wanted.
    fn wanted(&self) -> Result<Wanted, Fault> {
        let post = self.status_id.as_deref().filter(|text| !text.is_empty());
        let post = post.map(|text| id::parse(text).ok_or(Fault::NotFound));
        let said = [
            (Interaction::Like, self.favourites),
            (Interaction::Reply, self.replies),
            (Interaction::Boost, self.reblogs),
            (Interaction::Quote, self.quotes),
        ];
        let wanted = said.into_iter().filter(|(_, said)| *said != Some(false));
        Ok(Wanted {
            post: post.transpose()?,
            kinds: wanted.map(|(kind, _)| kind.as_str().to_owned()).collect(),
        })
    }
}

pub async fn list(caller: Caller, paging: Paging, params: Params<RequestsWanted>) -> Answer {
    let wanted = params.fields.wanted()?;
    let page = paging.page(paging::STATUSES);
    let found = waiting::list(&caller.town, caller.me, &wanted, page).await?;
    let shown = found.items.iter();
    let shown: Vec<_> = shown
        .map(|view| InteractionRequest::new(&caller.town.origin, view, Settled::NotYet))
        .collect();
    Ok(paging.link(found.next, found.prev, answer::json(&shown)?))
}

pub async fn show(caller: Caller, Named(request): Named) -> Answer {
    let view = waiting::view(&caller.town, caller.me, request).await?;
    answer::json(&InteractionRequest::new(
        &caller.town.origin,
        &view,
        Settled::NotYet,
    ))
}

pub async fn authorize(caller: Caller, Named(request): Named) -> Answer {
    let view = waiting::view(&caller.town, caller.me, request).await?;
    caller
        .write(move |tx, town, me| Box::pin(waiting::agree(tx, town, me, request)))
        .await?;
    let settled = Settled::Agreed(caller.town.now());
    answer::json(&InteractionRequest::new(
        &caller.town.origin,
        &view,
        settled,
    ))
}

pub async fn reject(caller: Caller, Named(request): Named) -> Answer {
    let view = waiting::view(&caller.town, caller.me, request).await?;
    caller
        .write(move |tx, town, me| Box::pin(waiting::refuse(tx, town, me, request)))
        .await?;
    let settled = Settled::Refused(caller.town.now());
    answer::json(&InteractionRequest::new(
        &caller.town.origin,
        &view,
        settled,
    ))
}
