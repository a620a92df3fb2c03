//! Those who ask to follow: the list, yes and no. The id in the address is the account's.

use parvis_town::follows;

use crate::{
    accounts::{people, relationship},
    answer::Answer,
    gate::{Caller, Named},
    paging::{self, Paging},
};

pub async fn list(caller: Caller, paging: Paging) -> Answer {
    let page = paging.page(paging::ACCOUNTS);
    people(
        &caller.town,
        &paging,
        &follows::requests(&caller.town, caller.me, page).await?,
    )
}

pub async fn authorize(caller: Caller, Named(follower): Named) -> Answer {
    caller
        .write(move |tx, town, me| Box::pin(follows::accept(tx, town, me, follower)))
        .await?;
    relationship(&caller, follower).await
}

pub async fn reject(caller: Caller, Named(follower): Named) -> Answer {
    caller
        .write(move |tx, town, me| Box::pin(follows::refuse(tx, town, me, follower)))
        .await?;
    relationship(&caller, follower).await
}
