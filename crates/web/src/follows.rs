//! What somebody wants to see and hear of a person they follow.

use axum::extract::Path;
use parvis_town::follows;

use crate::{
    asked::local_path,
    form::Form,
    page::{Answer, Resident, id},
};

pub async fn set_options(
    Resident { page, me, .. }: Resident,
    Path(other): Path<String>,
    form: Form,
) -> Answer {
    let other = id(&other)?;
    let (shares, told) = (form.on("partages"), form.on("prevenir"));
    page.write(move |tx, _| {
        Box::pin(async move { follows::set_options(tx, me, other, shares, told).await })
    })
    .await?;
    Ok(page.onward(local_path(form.text("retour")), "done-saved"))
}
