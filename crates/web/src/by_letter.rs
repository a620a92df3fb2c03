//! Where letters lead: to a new password, to an address that counts, to no more letters. And where they are asked for.

use askama::Template;
use axum::http::{StatusCode, header};
use parvis_model::refusal::Refusal;
use parvis_town::{Failure, letters, users};

use crate::{
    asked::Asked,
    fault::{Fault, typed_again},
    form::Form,
    frame::{Frame, Typed},
    log_in::{RecoverPage, come_in},
    page::{Answer, Page, html, html_with},
    visit::PRIVATE,
};

#[derive(Template)]
#[template(path = "new_password.html")]
pub struct NewPasswordPage<'a> {
    pub page: &'a Frame,
    pub form: Typed,
}

/// Something that a link in a letter does once it is confirmed; a program that looks into letters must not do it.
#[derive(Template)]
#[template(path = "from_letter.html")]
pub struct FromLetterPage<'a> {
    pub page: &'a Frame,
    pub heading: String,
    pub what: String,
    /// Address and words of the button; `None` once it is done.
    pub action: Option<(String, String)>,
}

impl FromLetterPage<'_> {
    /// Who has the letter sees it, and no cache between: the address of the page is the secret, with or without a log-in.
    fn shown(&self, status: StatusCode) -> Answer {
        let mut answer = html_with(status, self)?;
        answer.headers_mut().insert(header::CACHE_CONTROL, PRIVATE);
        Ok(answer)
    }
}

pub async fn ask(page: Page, form: Form) -> Answer {
    match letters::ask_for_password(&page.town, form.text("who"), &page.network) {
        Ok(()) => Ok(page.onward("/mot-de-passe-oublie", "done-letter-asked")),
        Err(failure) => {
            let (status, form) = typed_again(failure, Typed::new(form.values), page.frame.locale)?;
            html_with(
                status,
                &RecoverPage {
                    page: &page.frame,
                    by_letter: page.town.sends_letters(),
                    form,
                },
            )
        }
    }
}

/// A page for a link that opens nothing any more.
fn over(page: &Page, refusal: &Refusal) -> Answer {
    let frame = &page.frame;
    let page = FromLetterPage {
        page: frame,
        heading: frame.t("from-letter-over"),
        what: frame.locale.refusal(refusal),
        action: None,
    };
    page.shown(StatusCode::FORBIDDEN)
}

fn refused(failure: Failure) -> Result<Refusal, Fault> {
    match failure {
        Failure::Refused(refusal) => Ok(refusal),
        Failure::Broken(error) => Err(error.into()),
    }
}

pub async fn password_form(page: Page) -> Answer {
    let secret = page.query.text("cle").to_owned();
    if let Err(failure) = letters::opens_password(&page.town, &secret).await {
        return over(&page, &refused(failure)?);
    }
    html(&NewPasswordPage {
        page: &page.frame,
        form: Typed::new(Asked::of([("cle", secret)])),
    })
}

pub async fn set_password(page: Page, form: Form) -> Answer {
    let password = form.values.exact("password").to_owned();
    let secret = form.text("cle");
    match users::recover_by_letter(&page.town, secret, password, &page.network).await {
        Ok(admission) => come_in(&page, admission, "/", Some("done-password")).await,
        Err(failure) => {
            let (status, form) = typed_again(failure, Typed::new(form.values), page.frame.locale)?;
            let page = &page.frame;
            html_with(status, &NewPasswordPage { page, form })
        }
    }
}

pub async fn address_form(page: Page) -> Answer {
    let secret = page.query.text("cle");
    let email = match letters::address_to_confirm(&page.town, secret).await {
        Ok(email) => email,
        Err(failure) => return over(&page, &refused(failure)?),
    };
    let frame = &page.frame;
    let page = FromLetterPage {
        page: frame,
        heading: frame.t("address-confirm"),
        what: frame.tw("address-confirm-what", "email", email),
        action: Some((frame.here.clone(), frame.t("address-confirm-yes"))),
    };
    page.shown(StatusCode::OK)
}

/// The secret in the address is what counts, as in the next two: whoever has it need not be logged in.
pub async fn confirm_address(page: Page) -> Answer {
    let secret = page.query.text("cle").to_owned();
    let confirmed = page.write(move |tx, town| {
        Box::pin(async move { letters::set_confirmed_address(tx, town, &secret).await })
    });
    match confirmed.await {
        Ok(()) => Ok(page.onward("/", "done-email-confirmed")),
        Err(failure) => over(&page, &refused(failure)?),
    }
}

pub async fn stop_form(page: Page) -> Answer {
    if let Err(refusal) = way_out(&page) {
        return over(&page, &refusal);
    }
    let frame = &page.frame;
    let page = FromLetterPage {
        page: frame,
        heading: frame.t("letters-stop"),
        what: frame.t("letters-stop-what"),
        action: Some((frame.here.clone(), frame.t("letters-stop-yes"))),
    };
    page.shown(StatusCode::OK)
}

/// Also by a mail program, in one request, without cookies (RFC 8058, section 3.2); it follows no redirect.
pub async fn stop(page: Page) -> Answer {
    let user = match way_out(&page) {
        Ok(user) => user,
        Err(refusal) => return over(&page, &refusal),
    };
    page.write(move |tx, _| Box::pin(letters::stop(tx, user)))
        .await?;
    let frame = &page.frame;
    let page = FromLetterPage {
        page: frame,
        heading: frame.t("letters-stopped"),
        what: frame.t("letters-stopped-what"),
        action: None,
    };
    page.shown(StatusCode::OK)
}

fn way_out(page: &Page) -> Result<i64, Refusal> {
    let (user, seal) = (page.query.text("compte"), page.query.text("sceau"));
    letters::check_way_out(&page.town, user, seal)
}
