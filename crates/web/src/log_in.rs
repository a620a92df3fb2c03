//! Coming in and going out: log-in, log-out, and the way back in with a recovery code.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;
use parvis_model::id::Id;
use parvis_town::{Failure, Outcome, sessions, users};

use crate::{
    asked::local_path,
    authorize::app_behind,
    cookies::Cookie,
    fault::typed_again,
    form::Form,
    frame::{Frame, Typed},
    page::{Answer, Page, html, html_with, redirect},
};

#[derive(Template)]
#[template(path = "log_in.html")]
pub struct LogInPage<'a> {
    pub page: &'a Frame,
    /// The app that waits for the log-in.
    pub towards: Option<String>,
    pub form: Typed,
}

#[derive(Template)]
#[template(path = "recover.html")]
pub struct RecoverPage<'a> {
    pub page: &'a Frame,
    pub form: Typed,
}

pub async fn form(page: Page) -> Answer {
    let next = local_path(page.query.text("suite")).to_owned();
    if page.user.is_some() {
        return Ok(redirect(&next));
    }
    html(&LogInPage {
        page: &page.frame,
        towards: app_behind(&page.town, &next).await?,
        form: Typed::new([("suite", next)].into_iter().collect()),
    })
}

pub async fn log_in(page: Page, form: Form) -> Answer {
    let password = form.values.exact("password").to_owned();
    match users::log_in(&page.town, form.text("name"), password, &page.network).await {
        Ok(user) => {
            let response = redirect(local_path(form.text("suite")));
            Ok(opened(&page, user.id, response).await?)
        }
        Err(failure) => {
            let towards = app_behind(&page.town, form.text("suite")).await?;
            let (status, form) = typed_again(failure, Typed::new(form.values), page.frame.locale)?;
            html_with(
                status,
                &LogInPage {
                    page: &page.frame,
                    towards,
                    form,
                },
            )
        }
    }
}

/// Opens a session with a new secret, whatever the browser had before, and gives it to the browser.
pub async fn opened(page: &Page, user: Id, mut response: Response) -> Outcome<Response> {
    let town = Arc::clone(&page.town);
    let (agent, network) = (page.user_agent.clone(), page.network.clone());
    let secret = page
        .town
        .store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move { sessions::open(tx, &town, user, &agent, &network).await })
        })
        .await?;
    page.jar()
        .set(response.headers_mut(), Cookie::Session, &secret);
    page.jar().clear(response.headers_mut(), Cookie::Visitor);
    Ok(response)
}

pub async fn log_out(page: Page, _form: Form) -> Answer {
    if let (Some(user), Some(session)) = (&page.user, &page.session) {
        let (town, user, session) = (Arc::clone(&page.town), user.id, session.id);
        page.town
            .store
            .write::<_, Failure, _>(move |tx| {
                Box::pin(async move { sessions::close(tx, &town, user, session).await })
            })
            .await?;
    }
    let mut response = page.onward("/", "done-logged-out");
    page.jar().clear(response.headers_mut(), Cookie::Session);
    Ok(response)
}

pub async fn recovery_form(page: Page) -> Answer {
    html(&RecoverPage {
        page: &page.frame,
        form: Typed::default(),
    })
}

pub async fn recover(page: Page, form: Form) -> Answer {
    let password = form.values.exact("password").to_owned();
    match users::recover(
        &page.town,
        form.text("name"),
        form.text("code"),
        password,
        &page.network,
    )
    .await
    {
        Ok(user) => Ok(opened(&page, user.id, page.onward("/", "done-password")).await?),
        Err(failure) => {
            let (status, form) = typed_again(failure, Typed::new(form.values), page.frame.locale)?;
            html_with(
                status,
                &RecoverPage {
                    page: &page.frame,
                    form,
                },
            )
        }
    }
}
