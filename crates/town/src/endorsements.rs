//! Whom residents show on their page as worth following.

use parvis_model::{id::Id, page::Page, refusal::Refusal};
use parvis_store::{Tx, endorsements, follows as rows, timelines::Pointing};

use crate::{AccountView, Outcome, Paged, Town, follows};

/// Only people one follows; it ends with the follow.
pub async fn endorse(tx: &Tx, town: &Town, me: Id, other: Id) -> Outcome<()> {
    let follow = rows::between(tx, me, other).await?;
    let follow = follow.filter(|follow| follow.accepted);
    let follow = follow.ok_or_else(|| Refusal::invalid("account", "refusal-not-followed"))?;
    Ok(endorsements::insert(tx, town.ids.next(), follow.id, town.now()).await?)
}

pub async fn unendorse(tx: &Tx, _town: &Town, me: Id, other: Id) -> Outcome<()> {
    Ok(endorsements::delete(tx, me, other).await?)
}

/// The last endorsed first.
pub async fn of(town: &Town, account: Id, page: Page) -> Outcome<Paged<AccountView>> {
    follows::people(town, Pointing::Endorsed, account, page).await
}
