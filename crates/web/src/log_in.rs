//! Coming in and going out: log-in, log-out, and the way back in with a recovery code.

use std::sync::Arc;

use askama::Template;
use axum::{http::StatusCode, response::Response};
use parvis_model::refusal::Kind;
use parvis_town::{
    Failure, Outcome, sessions,
    users::{self, Admission, Proof},
};

use crate::{
    asked::{Asked, local_path},
    authorize::app_behind,
    cookies::Cookie,
    fault::{Fault, typed_again},
    form::Form,
    frame::{Frame, Typed},
    page::{Answer, Page, html, html_with, redirect},
    passkeys, two_step, write,
};

#[derive(Template)]
#[template(path = "log_in.html")]
pub struct LogInPage<'a> {
    pub page: &'a Frame,
    /// The app that waits for the log-in.
    pub towards: Option<String>,
    /// What a key of one's device is asked.
    pub passkey: String,
    pub form: Typed,
}

#[derive(Template)]
#[template(path = "recover.html")]
pub struct RecoverPage<'a> {
    pub page: &'a Frame,
    /// A link can be sent as well.
    pub by_letter: bool,
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
        passkey: passkeys::question(&page),
        form: Typed::new([("suite", next)].into_iter().collect()),
    })
}

/// Bytes of what somebody typed, as it goes along with the log-in.
const TYPED: usize = 64 * 1024;

/// For somebody whose session ended while they wrote: what they typed goes along and is a draft afterwards.
pub fn with_text(page: &Page, typed: &Asked) -> Answer {
    let values = Asked::of([
        ("suite", "/brouillons".to_owned()),
        ("ecrit", typed.encoded(TYPED)),
    ]);
    html_with(
        StatusCode::FORBIDDEN,
        &LogInPage {
            page: &page.frame,
            towards: None,
            passkey: passkeys::question(page),
            form: Typed::new(values),
        },
    )
}

pub async fn log_in(page: Page, form: Form) -> Answer {
    let password = form.values.exact("password").to_owned();
    match users::log_in(&page.town, form.text("name"), password, &page.network).await {
        Ok(admission) => come_in_typing(&page, admission, &form.values).await,
        Err(failure) => again(&page, failure, form.values).await,
    }
}

async fn again(page: &Page, failure: Failure, values: Asked) -> Answer {
    let towards = app_behind(&page.town, values.text("suite")).await?;
    let (status, form) = typed_again(failure, Typed::new(values), page.frame.locale)?;
    html_with(
        status,
        &LogInPage {
            page: &page.frame,
            towards,
            passkey: passkeys::question(page),
            form,
        },
    )
}

/// The log-in from its beginning, where the second step came too late and a text must not be lost with it.
pub async fn anew(page: &Page, failure: Failure, values: &Asked) -> Answer {
    let kept = ["suite", "ecrit"].map(|name| (name, values.exact(name).to_owned()));
    again(page, failure, Asked::of(kept)).await
}

/// Is it the log-in that is refused, and not the code?
pub fn is_over(failure: &Failure) -> bool {
    matches!(failure, Failure::Refused(refusal) if refusal.kind == Kind::Unauthenticated)
}

/// In, or on to the second step. What was typed before goes along, and is a draft once it is sure whose.
pub async fn come_in_typing(page: &Page, admission: Admission, values: &Asked) -> Answer {
    let (next, typed) = (values.text("suite"), values.text("ecrit"));
    let account = match &admission {
        Admission::SecondStep { ticket } => {
            return two_step::asked_for(page, ticket, next, typed).await;
        }
        Admission::Admitted { user, .. } => user.account,
    };
    if typed.is_empty() {
        return come_in(page, admission, next, None).await;
    }
    let typed = Asked::parse(typed.as_bytes());
    if write::is_anothers(&typed, account) {
        return come_in(page, admission, next, None).await;
    }
    match write::keep_typed(page, account, &typed).await {
        Ok(draft) => come_in(page, admission, &draft, None).await,
        Err(failure) => {
            tracing::info!(%failure, town = page.town.host, "what was typed is shown again");
            show_typed(page, admission, typed, failure).await
        }
    }
}

/// In, and at once in the form where it was typed.
async fn show_typed(page: &Page, admission: Admission, typed: Asked, why: Failure) -> Answer {
    let Admission::Admitted { user, proof, .. } = admission else {
        return Err(Fault::BadRequest);
    };
    let secret = open(page, proof).await?;
    let inside = page.inside(&secret).await?;
    let response = write::typed_before(inside, user.account, typed, why).await?;
    Ok(given(page, &secret, response))
}

/// In, or on to the second step. `next` is where to go, `done` what to say there.
pub async fn come_in(
    page: &Page,
    admission: Admission,
    next: &str,
    done: Option<&'static str>,
) -> Answer {
    let next = local_path(next);
    let (proof, stays) = match admission {
        Admission::Admitted { proof, stays, .. } => (proof, stays),
        Admission::SecondStep { ticket } => {
            return two_step::asked_for(page, &ticket, next, "").await;
        }
    };
    let response = match done {
        _ if stays => page.onward(next, "done-staying"),
        Some(done) => page.onward(next, done),
        None => redirect(next),
    };
    Ok(opened(page, proof, response).await?)
}

/// Opens a session with a new secret, whatever the browser had before, and gives it to the browser.
pub async fn opened(page: &Page, proof: Proof, response: Response) -> Outcome<Response> {
    let secret = open(page, proof).await?;
    Ok(given(page, &secret, response))
}

/// The log-in that the browser had, of whomever, ends with what is sent to it.
async fn open(page: &Page, proof: Proof) -> Outcome<String> {
    let town = Arc::clone(&page.town);
    let before = page.user.as_ref().zip(page.session.as_ref());
    let before = before.map(|(user, session)| (user.id, session.id));
    let (agent, network) = (page.user_agent.clone(), page.network.clone());
    page.town
        .store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move {
                let secret = sessions::open(tx, &town, &proof, &agent, &network).await?;
                if let Some((user, session)) = before {
                    sessions::close(tx, &town, user, session).await?;
                }
                Ok(secret)
            })
        })
        .await
}

fn given(page: &Page, secret: &str, mut response: Response) -> Response {
    page.jar()
        .set(response.headers_mut(), Cookie::Session, secret);
    page.jar().clear(response.headers_mut(), Cookie::Visitor);
    response
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
        by_letter: page.town.sends_letters(),
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
        Ok(admission) => come_in(&page, admission, "/", Some("done-password")).await,
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
