//! Moving in from another account, and out to one.

use std::sync::Arc;

use askama::Template;
use axum::{http::StatusCode, response::Response};
use parvis_model::{handle::Handle, id::Id, refusal::Refusal};
use parvis_town::{AccountView, Failure, Outcome, accounts, moves, reach, users};

use crate::{
    fault::{Fault, typed_again},
    form::Form,
    frame::{Frame, Typed},
    page::{Answer, Resident, html_with},
};

const PATH: &str = "/reglages/demenager";

#[derive(Template)]
#[template(path = "settings_moves.html")]
pub struct MovesPage<'a> {
    pub page: &'a Frame,
    /// Accounts elsewhere that are said to be one's own.
    pub aliases: Vec<AccountView>,
    /// Where one has moved to.
    pub successor: Option<AccountView>,
    pub form: Typed,
}

pub async fn form(resident: Resident) -> Answer {
    shown(&resident, StatusCode::OK, Typed::default()).await
}

async fn shown(Resident { page, me, .. }: &Resident, status: StatusCode, form: Typed) -> Answer {
    let who = accounts::view(&page.town, &page.viewer, *me).await?;
    html_with(
        status,
        &MovesPage {
            page: &page.frame,
            aliases: moves::aliases(&page.town, *me).await?,
            successor: moves::successor(&page.town, &who).await?,
            form,
        },
    )
}

pub async fn change(resident: Resident, form: Form) -> Answer {
    let done = match form.text("faire") {
        "ajouter" => add(&resident, &form).await,
        "retirer" => remove(&resident, &form).await,
        "partir" => leave(&resident, &form).await,
        _ => return Err(Fault::BadRequest),
    };
    match done {
        Ok(answer) => Ok(answer),
        Err(failure) => {
            let locale = resident.page.frame.locale;
            let (status, form) = typed_again(failure, Typed::new(form.values), locale)?;
            shown(&resident, status, form).await
        }
    }
}

async fn add(resident: &Resident, form: &Form) -> Outcome<Response> {
    let Resident { page, me, .. } = resident;
    let other = found(resident, form.text("account"), "account").await?;
    let (town, me) = (Arc::clone(&page.town), *me);
    page.town
        .store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move { moves::add_alias(tx, &town, me, other).await })
        })
        .await?;
    Ok(page.onward(PATH, "done-alias-added"))
}

async fn remove(Resident { page, me, .. }: &Resident, form: &Form) -> Outcome<Response> {
    let other = form.values.id("autre").ok_or_else(Refusal::not_found)?;
    let (town, me) = (Arc::clone(&page.town), *me);
    page.town
        .store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move { moves::remove_alias(tx, &town, me, other).await })
        })
        .await?;
    Ok(page.onward(PATH, "done-alias-removed"))
}

async fn leave(resident: &Resident, form: &Form) -> Outcome<Response> {
    let Resident { page, user, me } = resident;
    let password = form.values.exact("old_password").to_owned();
    users::confirm_password(&page.town, user.id, password).await?;
    let to = found(resident, form.text("target"), "target").await?;
    let (town, me) = (Arc::clone(&page.town), *me);
    page.town
        .store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move { moves::leave(tx, &town, me, to).await })
        })
        .await?;
    Ok(page.onward(PATH, "done-moved"))
}

/// Somebody of this town or another, as they are now: their server is asked.
async fn found(
    Resident { page, me, .. }: &Resident,
    text: &str,
    field: &'static str,
) -> Outcome<Id> {
    let unknown = || Refusal::invalid(field, "refusal-handle-unknown");
    let handle: Handle = text.parse().map_err(|()| unknown())?;
    let found = reach::person(&page.town, *me, &handle).await?;
    Ok(found.ok_or_else(unknown)?)
}
