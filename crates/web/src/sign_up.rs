//! Opening an account.

use std::sync::Arc;

use askama::Template;
use axum::{http::StatusCode, response::Response};
use parvis_model::account::Registration;
use parvis_town::{
    AccountView, Failure, Outcome, Rate,
    invitations::{self, Found},
    users::{self, SignUp, SignedUp},
};

use crate::{
    fault::{Fault, typed_again},
    form::Form,
    frame::{Frame, Typed},
    log_in::opened,
    page::{Answer, Page, html, html_with, redirect},
};

#[derive(Template)]
#[template(path = "sign_up.html")]
pub struct SignUpPage<'a> {
    pub page: &'a Frame,
    pub open: bool,
    pub by_approval: bool,
    /// Who invites, where a good code was brought along.
    pub invited_by: Option<AccountView>,
    pub form: Typed,
}

impl<'a> SignUpPage<'a> {
    pub fn new(page: &'a Frame, invited_by: Option<AccountView>, form: Typed) -> Self {
        let by_approval = page.town.registration == Registration::Approval;
        Self {
            open: page.may_join(),
            by_approval: by_approval && invited_by.is_none(),
            page,
            invited_by,
            form,
        }
    }

    /// Is a code to be typed? Also where one was brought that is none, so that it can be mended.
    fn asks_code(&self) -> bool {
        let must = self.page.town.registration == Registration::Invitation;
        self.invited_by.is_none() && (must || !self.form.text("invitation").is_empty())
    }
}

#[derive(Template)]
#[template(path = "signed_up.html")]
pub struct SignedUpPage<'a> {
    pub page: &'a Frame,
    pub heading: String,
    pub what: String,
    pub codes: Vec<String>,
    /// Where to go from here: address and words.
    pub next: (&'static str, String),
}

pub async fn form(page: Page) -> Answer {
    if page.user.is_some() {
        return Ok(redirect("/"));
    }
    let invitation = page.query.text("invitation").to_owned();
    let form = Typed::new([("invitation", invitation)].into_iter().collect());
    shown(&page, StatusCode::OK, form).await
}

/// For one who followed a link.
pub fn invited(page: &Page, by: AccountView, code: String) -> Answer {
    let form = Typed::new([("invitation", code)].into_iter().collect());
    html(&SignUpPage::new(&page.frame, Some(by), form))
}

async fn shown(page: &Page, status: StatusCode, form: Typed) -> Answer {
    let invited_by = match form.text("invitation").trim() {
        "" => None,
        code => match invitations::look_up(&page.town, code).await? {
            Found::Good { by } => Some(*by),
            Found::NotAnyMore => None,
        },
    };
    html_with(status, &SignUpPage::new(&page.frame, invited_by, form))
}

pub async fn sign_up(page: Page, form: Form) -> Answer {
    match join(&page, &form).await {
        Ok(joined) => welcome(&page, joined).await,
        Err(failure) => {
            let (status, form) = typed_again(failure, Typed::new(form.values), page.frame.locale)?;
            shown(&page, status, form).await
        }
    }
}

async fn join(page: &Page, form: &Form) -> Outcome<SignedUp> {
    let rates = page.town.rates();
    rates.count(Rate::SignUpTries, &page.network)?;
    let asked = SignUp {
        name: form.owned("name"),
        email: form.values.some("email").map(str::to_owned),
        password: form.values.exact("password").to_owned(),
        reason: form.owned("reason"),
        invitation: form.values.some("invitation").map(str::to_owned),
        locale: Some(page.frame.lang().to_owned()),
        agreed: form.on("agreed"),
    };
    let prepared = users::prepare_sign_up(&page.town, asked).await?;
    // Only now: a slip of the hand costs nobody an account.
    rates.count(Rate::SignUpNetwork, &page.network)?;
    let town = Arc::clone(&page.town);
    page.town
        .store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move { users::sign_up(tx, &town, prepared).await })
        })
        .await
}

/// The codes are shown once, here; so this answer is no redirect.
async fn welcome(page: &Page, joined: SignedUp) -> Result<Response, Fault> {
    let frame = &page.frame;
    let (heading, what, next) = if joined.waits_for_approval {
        (
            "waiting-heading",
            "waiting-what",
            ("/ville", frame.t("waiting-next")),
        )
    } else {
        (
            "joined-heading",
            "joined-what",
            ("/premiers-pas/1", frame.t("joined-next")),
        )
    };
    let mut what = frame.t(what);
    if joined.asked_by_letter {
        what = format!("{what} {}", frame.t("joined-letter"));
    }
    let answer = html_with(
        StatusCode::OK,
        &SignedUpPage {
            page: frame,
            heading: frame.t(heading),
            what,
            codes: joined.recovery_codes,
            next,
        },
    )?;
    if joined.waits_for_approval {
        Ok(answer)
    } else {
        Ok(opened(page, joined.proof, answer).await?)
    }
}
