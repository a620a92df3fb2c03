//! How a resident wants the pages to look.

use parvis_model::{appearance::Appearance, id::Id};
use parvis_store::{Tx, logins};

use crate::{Outcome, Town};

pub async fn set(tx: &Tx, _town: &Town, user: Id, wanted: Appearance) -> Outcome<()> {
    Ok(logins::set_appearance(tx, user, wanted.to_string()).await?)
}
