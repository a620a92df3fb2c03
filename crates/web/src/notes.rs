//! What somebody notes about another, for themselves only.

use axum::extract::Path;
use parvis_town::notes;

use crate::{
    asked::local_path,
    form::Form,
    page::{Answer, Resident, id},
};

pub async fn keep(
    Resident { page, me, .. }: Resident,
    Path(other): Path<String>,
    form: Form,
) -> Answer {
    let (other, text) = (id(&other)?, form.owned("note"));
    page.write(move |tx, town| {
        Box::pin(async move { notes::set(tx, town, me, other, &text).await })
    })
    .await?;
    Ok(page.onward(local_path(form.text("retour")), "done-note"))
}
