//! The address one can log in with.

use askama::Template;
use parvis_town::users;

use crate::{
    asked::Asked,
    fault::typed_again,
    form::Form,
    frame::{Frame, Typed},
    page::{Answer, Resident, html, html_with},
};

#[derive(Template)]
#[template(path = "settings_email.html")]
pub struct EmailForm<'a> {
    pub page: &'a Frame,
    pub form: Typed,
}

pub async fn form(Resident { page, user, .. }: Resident) -> Answer {
    let email = user.email.unwrap_or_default();
    html(&EmailForm {
        page: &page.frame,
        form: Typed::new(Asked::of([("email", email)])),
    })
}

pub async fn change(Resident { page, user, .. }: Resident, form: Form) -> Answer {
    let password = form.values.exact("old_password").to_owned();
    let email = form.values.some("email").map(str::to_owned);
    match users::change_email(&page.town, user.id, password, email).await {
        Ok(()) => Ok(page.onward("/reglages/compte", "done-email")),
        Err(failure) => {
            let (status, form) = typed_again(failure, Typed::new(form.values), page.frame.locale)?;
            let page = &page.frame;
            html_with(status, &EmailForm { page, form })
        }
    }
}
