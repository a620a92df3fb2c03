//! The first administrator's first steps, behind a link that is good once.

use std::sync::Arc;

use askama::Template;
use axum::{http::StatusCode, response::Response};
use parvis_model::{
    account::{Registration, Role},
    refusal::Refusal,
};
use parvis_town::{
    Failure, Outcome,
    settings::{self, TownEdit},
    users::SignedUp,
};

use crate::{
    asked::Asked,
    fault::{Fault, typed_again},
    form::Form,
    frame::{Frame, Typed},
    log_in::opened,
    page::{Answer, Page, html, html_with},
    sign_up::SignedUpPage,
};

#[derive(Template)]
#[template(path = "set_up.html")]
pub struct SetUpPage<'a> {
    pub page: &'a Frame,
    pub form: Typed,
}

pub async fn form(page: Page) -> Answer {
    let secret = page.query.text("lien");
    settings::check_setup(&page.town, secret).await?;
    let mut values = described(&page.frame);
    values.add("lien", secret);
    html(&SetUpPage {
        page: &page.frame,
        form: Typed::new(values),
    })
}

/// The town as a form shows it.
pub fn described(page: &Frame) -> Asked {
    let town = &page.town;
    let registration = if town.set_up {
        town.registration
    } else {
        Registration::Approval
    };
    Asked::of([
        ("town_name", town.name.clone()),
        ("summary", town.summary.clone()),
        ("rules", town.rules.join("\n")),
        ("contact", town.contact.clone().unwrap_or_default()),
        ("language", town.language.clone()),
        ("time_zone", town.time_zone.clone()),
        ("registration", registration.as_str().to_owned()),
        ("inviters", town.inviters.as_str().to_owned()),
        ("hue", town.hue.to_string()),
        ("privacy", town.privacy.clone()),
    ])
}

/// The town as a form describes it.
pub fn town_edit(form: &Form) -> Result<TownEdit, Refusal> {
    let registration = Registration::parse(form.text("registration"))
        .ok_or_else(|| Refusal::invalid("registration", "refusal-choice"))?;
    let inviters = Role::parse(form.text("inviters"))
        .ok_or_else(|| Refusal::invalid("inviters", "refusal-choice"))?;
    let hue = form.values.some("hue").map(str::parse).transpose();
    let hue = hue.map_err(|_| Refusal::invalid("hue", "refusal-choice"))?;
    Ok(TownEdit {
        name: form.owned("town_name"),
        summary: form.owned("summary"),
        language: form.owned("language"),
        time_zone: form.owned("time_zone"),
        registration,
        inviters,
        contact: form.owned("contact"),
        rules: form.owned("rules"),
        hue,
        privacy: form.owned("privacy"),
    })
}

pub async fn set_up(page: Page, form: Form) -> Answer {
    match open_square(&page, &form).await {
        Ok(joined) => welcome(page, joined).await,
        Err(failure) => {
            let (status, form) = typed_again(failure, Typed::new(form.values), page.frame.locale)?;
            html_with(
                status,
                &SetUpPage {
                    page: &page.frame,
                    form,
                },
            )
        }
    }
}

async fn open_square(page: &Page, form: &Form) -> Outcome<SignedUp> {
    let secret = form.owned("lien");
    let edit = town_edit(form)?;
    let password = form.values.exact("password").to_owned();
    let (name, email) = (form.text("name"), form.values.some("email"));
    let admin = settings::prepare_first_admin(&page.town, &secret, name, email, password).await?;
    let town = Arc::clone(&page.town);
    let joined = page
        .town
        .store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move { settings::set_up(tx, &town, &secret, &edit, admin).await })
        })
        .await?;
    page.town.refresh_profile().await?;
    Ok(joined)
}

async fn welcome(mut page: Page, joined: SignedUp) -> Result<Response, Fault> {
    page.frame.town = page.town.profile();
    let frame = &page.frame;
    let mut what = frame.t("set-up-done");
    if joined.asked_by_letter {
        what = format!("{what} {}", frame.t("joined-letter"));
    }
    let answer = html_with(
        StatusCode::OK,
        &SignedUpPage {
            page: frame,
            heading: frame.t("joined-heading"),
            what,
            codes: joined.recovery_codes,
            next: ("/reglages/profil", frame.t("joined-next")),
        },
    )?;
    Ok(opened(&page, joined.proof, answer).await?)
}
