//! What a resident notes about others, for themselves only.

use std::collections::HashMap;

use parvis_model::{id::Id, limits, refusal::Refusal};
use parvis_store::{Tx, accounts as rows, notes};

use crate::{Outcome, Town, accounts::within};

/// An empty text takes the note away.
pub async fn set(tx: &Tx, _town: &Town, me: Id, other: Id, text: &str) -> Outcome<()> {
    rows::by_id(tx, other)
        .await?
        .ok_or_else(Refusal::not_found)?;
    let limit = limits::PRIVATE_NOTE;
    let text = within(text.trim(), limit, "note", "refusal-note-too-long")?;
    Ok(notes::set(tx, me, other, &text).await?)
}

/// Whom of `others` a note is about, and what it says.
pub async fn about(town: &Town, me: Id, others: &[Id]) -> Outcome<HashMap<Id, String>> {
    let notes = notes::about(town.store.read(), me, others).await?;
    Ok(notes.into_iter().collect())
}
