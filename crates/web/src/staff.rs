//! The town hall's desk: who waits for an account, who was invited by whom, the town's settings.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;
use parvis_model::{clock::Timestamp, id::Id, refusal::Refusal};
use parvis_town::{
    Failure, Outcome,
    invitations::{self, InvitationView},
    settings, users,
};

use crate::{
    fault::{Fault, typed_again},
    form::Form,
    frame::{Frame, Typed},
    page::{Answer, Page, Staff, html, html_with},
    set_up::{described, town_edit},
};

#[derive(Template)]
#[template(path = "staff_sign_ups.html")]
pub struct SignUpsPage<'a> {
    pub page: &'a Frame,
    pub waiting: Vec<Waiting>,
    pub invitations: Vec<InvitationView>,
}

pub struct Waiting {
    pub user: Id,
    pub name: String,
    pub email: String,
    pub reason: String,
    pub at: Timestamp,
}

#[derive(Template)]
#[template(path = "staff_town.html")]
pub struct TownForm<'a> {
    pub page: &'a Frame,
    pub form: Typed,
}

pub async fn sign_ups(staff: Staff) -> Answer {
    let waiting = users::waiting(&staff.page.town, &staff.user).await?;
    let waiting = waiting.into_iter().map(|person| Waiting {
        user: person.user,
        name: person.account.name,
        email: person.email.unwrap_or_default(),
        reason: person.reason,
        at: person.since,
    });
    html(&SignUpsPage {
        page: &staff.page.frame,
        waiting: waiting.collect(),
        invitations: invitations::open(&staff.page.town, &staff.user).await?,
    })
}

pub async fn decide(staff: Staff, form: Form) -> Answer {
    match form.text("faire") {
        "reprendre" => take_back(staff, form).await,
        word @ ("accepter" | "refuser") => answer(&staff, word == "accepter", &form).await,
        _ => Err(Fault::BadRequest),
    }
}

async fn answer(staff: &Staff, yes: bool, form: &Form) -> Answer {
    let newcomer = form.values.id("user").ok_or_else(Refusal::not_found)?;
    let (town, user) = (Arc::clone(&staff.page.town), staff.user.clone());
    staff
        .page
        .town
        .store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move {
                if yes {
                    users::approve(tx, &town, &user, newcomer).await
                } else {
                    users::refuse(tx, &town, &user, newcomer).await
                }
            })
        })
        .await?;
    Ok(staff.page.onward(
        "/mairie/inscriptions",
        if yes {
            "done-approved"
        } else {
            "done-rejected"
        },
    ))
}

async fn take_back(staff: Staff, form: Form) -> Answer {
    let invitation = form.values.id("invitation");
    let invitation = invitation.ok_or_else(Refusal::not_found)?;
    let Staff { page, user } = staff;
    page.write(move |tx, town| {
        Box::pin(async move { invitations::take_back(tx, town, &user, invitation).await })
    })
    .await?;
    Ok(page.onward("/mairie/inscriptions", "done-invitation-taken-back"))
}

pub async fn town(staff: Staff) -> Answer {
    let Staff { page, .. } = staff.admin()?;
    html(&TownForm {
        page: &page.frame,
        form: Typed::new(described(&page.frame)),
    })
}

pub async fn change_town(staff: Staff, form: Form) -> Answer {
    let staff = staff.admin()?;
    match change(&staff, &form).await {
        Ok(()) => Ok(saved(&staff.page)),
        Err(failure) => {
            let frame = &staff.page.frame;
            let (status, form) = typed_again(failure, Typed::new(form.values), frame.locale)?;
            html_with(status, &TownForm { page: frame, form })
        }
    }
}

fn saved(page: &Page) -> Response {
    page.onward("/mairie/reglages", "done-saved")
}

async fn change(staff: &Staff, form: &Form) -> Outcome<()> {
    let (edit, user) = (town_edit(form)?, staff.user.clone());
    let town = &staff.page.town;
    let here = Arc::clone(town);
    town.store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move { settings::change(tx, &here, &user, &edit).await })
        })
        .await?;
    town.refresh_profile().await
}
