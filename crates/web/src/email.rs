//! The address one can log in with.

use askama::Template;
use parvis_town::users::{self, Addressed, UserView};

use crate::{
    asked::Asked,
    fault::typed_again,
    form::Form,
    frame::{Frame, Typed},
    page::{Answer, Page, Resident, html, html_with},
};

#[derive(Template)]
#[template(path = "settings_email.html")]
pub struct EmailForm<'a> {
    pub page: &'a Frame,
    /// A new address counts once the link in the letter to it was followed.
    pub by_letter: bool,
    /// The address of now is nobody's for sure, so that no letter goes there.
    pub to_prove: bool,
    pub form: Typed,
}

/// A town that sends letters does not know yet whether the address is theirs.
fn is_to_prove(page: &Page, user: &UserView) -> bool {
    page.town.sends_letters() && user.email.is_some() && !user.email_proven
}

pub async fn form(Resident { page, user, .. }: Resident) -> Answer {
    let to_prove = is_to_prove(&page, &user);
    let email = user.email.unwrap_or_default();
    html(&EmailForm {
        page: &page.frame,
        by_letter: page.town.sends_letters(),
        to_prove,
        form: Typed::new(Asked::of([("email", email)])),
    })
}

pub async fn change(Resident { page, user, .. }: Resident, form: Form) -> Answer {
    let password = form.values.exact("old_password").to_owned();
    let email = form.values.some("email").map(str::to_owned);
    match users::change_email(&page.town, user.id, password, email).await {
        Ok(Addressed::Set) => Ok(page.onward("/reglages/compte", "done-email")),
        Ok(Addressed::AskedByLetter) => Ok(page.onward("/reglages/compte", "done-email-asked")),
        Err(failure) => {
            let (status, form) = typed_again(failure, Typed::new(form.values), page.frame.locale)?;
            html_with(
                status,
                &EmailForm {
                    page: &page.frame,
                    by_letter: page.town.sends_letters(),
                    to_prove: is_to_prove(&page, &user),
                    form,
                },
            )
        }
    }
}
