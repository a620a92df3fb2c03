//! Asking for one's account to be deleted.

use askama::Template;
use parvis_model::refusal::Refusal;
use parvis_town::{Outcome, departures};

use crate::{
    cookies::Cookie,
    fault::typed_again,
    form::Form,
    frame::{Frame, Typed},
    page::{Answer, Resident, html, html_with},
};

#[derive(Template)]
#[template(path = "settings_leaving.html")]
pub struct LeavingForm<'a> {
    pub page: &'a Frame,
    pub form: Typed,
}

pub async fn form(Resident { page, .. }: Resident) -> Answer {
    html(&LeavingForm {
        page: &page.frame,
        form: Typed::default(),
    })
}

pub async fn leave(resident: Resident, form: Form) -> Answer {
    let page = &resident.page;
    match asked(&resident, &form).await {
        Ok(()) => {
            let mut response = page.onward("/", "done-leaving");
            page.jar().clear(response.headers_mut(), Cookie::Session);
            Ok(response)
        }
        Err(failure) => {
            let (status, form) = typed_again(failure, Typed::new(form.values), page.frame.locale)?;
            let page = &page.frame;
            html_with(status, &LeavingForm { page, form })
        }
    }
}

async fn asked(Resident { page, user, .. }: &Resident, form: &Form) -> Outcome<()> {
    if !form.on("sure") {
        return Err(Refusal::invalid("sure", "refusal-leaving-unsure").into());
    }
    let password = form.values.exact("old_password").to_owned();
    departures::ask(&page.town, user, password).await?;
    Ok(())
}
