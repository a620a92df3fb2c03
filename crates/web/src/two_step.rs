//! The second step: setting it up, changing and stopping it, and the page that asks for its code at a log-in.

use std::fmt::Write as _;

use askama::Template;
use axum::response::Response;
use parvis_town::{
    Failure, Outcome,
    two_step::{self, TwoStepView},
    users,
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use qrcode::{Color, EcLevel, QrCode};

use crate::{
    asked::{Asked, local_path},
    authorize::app_behind,
    fault::{Fault, typed_again},
    form::Form,
    frame::{Frame, Typed},
    log_in::{anew, come_in_typing, is_over},
    page::{Answer, Page, Resident, html, html_with, redirect},
    passkeys,
};

const PATH: &str = "/reglages/deux-etapes";
/// Light modules around the drawing (ISO/IEC 18004, 6.3.8).
const QUIET: usize = 4;

#[derive(Template)]
#[template(path = "settings_two_step.html")]
pub struct TwoStepForm<'a> {
    pub page: &'a Frame,
    pub shown: Shown,
    pub form: Typed,
}

pub enum Shown {
    Off,
    Begun(Pairing),
    On(TwoStepView),
}

/// How a phone takes over the secret.
pub struct Pairing {
    /// In groups of four, to be copied by hand.
    pub key: String,
    /// The QR code: the box it is drawn in, and the path of its dark modules.
    pub view_box: String,
    pub drawn: String,
}

#[derive(Template)]
#[template(path = "two_step_codes.html")]
pub struct PaperCodesPage<'a> {
    pub page: &'a Frame,
    pub heading: String,
    pub what: String,
    pub codes: Vec<String>,
}

#[derive(Template)]
#[template(path = "second_step.html")]
pub struct SecondStepPage<'a> {
    pub page: &'a Frame,
    /// The app that waits for the log-in.
    pub towards: Option<String>,
    /// What a key of one's device is asked, where there is one.
    pub passkey: Option<String>,
    /// Where to begin anew.
    pub again: String,
    pub form: Typed,
}

impl Pairing {
    pub fn new(secret: &str, host: &str, name: &str) -> Outcome<Self> {
        let drawing = QrCode::with_error_correction_level(address(secret, host, name), EcLevel::M)
            .map_err(|err| parvis_town::Error::Other(format!("QR code: {err}")))?;
        let width = drawing.width();
        let box_ = width + 2 * QUIET;
        let groups = secret.as_bytes().chunks(4).map(String::from_utf8_lossy);
        Ok(Self {
            key: groups.collect::<Vec<_>>().join(" "),
            view_box: format!("-{QUIET} -{QUIET} {box_} {box_}"),
            drawn: dark_runs(&drawing.to_colors(), width),
        })
    }
}

/// What authenticator apps read (<https://github.com/google/google-authenticator/wiki/Key-Uri-Format>).
fn address(secret: &str, host: &str, name: &str) -> String {
    let plain = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let (host, name) = (plain(host), plain(name));
    format!("otpauth://totp/{host}:{name}?secret={secret}&issuer={host}")
}

/// Each run of dark modules in a row is one rectangle.
fn dark_runs(colors: &[Color], width: usize) -> String {
    let mut path = String::new();
    for (y, row) in colors.chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|one, next| one == next) {
            let length = run.len();
            if run.first() == Some(&Color::Dark) {
                let _ = write!(path, "M{x} {y}h{length}v1h-{length}z");
            }
            x += length;
        }
    }
    path
}

pub async fn form(Resident { page, user, .. }: Resident) -> Answer {
    let shown = match two_step::state(&page.town, user.id).await? {
        Some(state) => Shown::On(state),
        None => Shown::Off,
    };
    html(&TwoStepForm {
        page: &page.frame,
        shown,
        form: Typed::default(),
    })
}

pub async fn change(resident: Resident, form: Form) -> Answer {
    let done = match form.text("faire") {
        "commencer" => begin(&resident, &form).await,
        "confirmer" => confirm(&resident, &form).await,
        "codes" => renew(&resident, &form).await,
        "arreter" => turn_off(&resident, &form).await,
        _ => return Err(Fault::BadRequest),
    };
    match done {
        Ok(answer) => answer,
        Err(failure) => again(&resident, failure, form.text("faire") == "confirmer").await,
    }
}

/// Where it stood, with what was wrong.
async fn again(resident: &Resident, failure: Failure, begun: bool) -> Answer {
    let Resident { page, user, .. } = resident;
    let (status, form) = typed_again(failure, Typed::default(), page.frame.locale)?;
    let pending = if begun {
        two_step::begun(&page.town, user.id).await?
    } else {
        None
    };
    let shown = match (two_step::state(&page.town, user.id).await?, pending) {
        (Some(state), _) => Shown::On(state),
        (None, Some(secret)) => Shown::Begun(Pairing::new(&secret, &page.town.host, &user.name)?),
        (None, None) => Shown::Off,
    };
    let page = &page.frame;
    html_with(status, &TwoStepForm { page, shown, form })
}

/// The secret is shown in the answer itself, to be read by the phone at once.
async fn begin(Resident { page, user, .. }: &Resident, form: &Form) -> Outcome<Answer> {
    let password = form.values.exact("old_password").to_owned();
    let secret = two_step::begin(&page.town, user, password).await?;
    let pairing = Pairing::new(&secret, &page.town.host, &user.name)?;
    Ok(html(&TwoStepForm {
        page: &page.frame,
        shown: Shown::Begun(pairing),
        form: Typed::default(),
    }))
}

async fn confirm(Resident { page, user, .. }: &Resident, form: &Form) -> Outcome<Answer> {
    let codes = two_step::confirm(&page.town, user.id, form.text("code")).await?;
    Ok(html(&PaperCodesPage {
        page: &page.frame,
        heading: page.frame.t("two-step-now-on"),
        what: page.frame.t("two-step-now-on-what"),
        codes,
    }))
}

async fn renew(Resident { page, user, .. }: &Resident, form: &Form) -> Outcome<Answer> {
    let password = form.values.exact("old_password").to_owned();
    let codes = two_step::renew_codes(&page.town, user, password).await?;
    Ok(html(&PaperCodesPage {
        page: &page.frame,
        heading: page.frame.t("two-step-new-codes"),
        what: page.frame.t("two-step-new-codes-what"),
        codes,
    }))
}

async fn turn_off(Resident { page, user, .. }: &Resident, form: &Form) -> Outcome<Answer> {
    let password = form.values.exact("old_password").to_owned();
    two_step::turn_off(&page.town, user, password).await?;
    Ok(Ok(page.onward(PATH, "done-two-step-off")))
}

/// Asks for the code after a right password; `next` is where the log-in leads, `typed` what was typed before.
pub async fn asked_for(page: &Page, ticket: &str, next: &str, typed: &str) -> Answer {
    let waiting = waiting_page(page, ticket, next, typed).await?;
    html(&waiting)
}

async fn waiting_page<'a>(
    page: &'a Page,
    ticket: &str,
    next: &str,
    typed: &str,
) -> Result<SecondStepPage<'a>, Fault> {
    let next = local_path(next);
    let has_passkeys = users::ticket_has_passkeys(&page.town, ticket).await?;
    Ok(SecondStepPage {
        page: &page.frame,
        towards: app_behind(&page.town, next).await?,
        passkey: has_passkeys.then(|| passkeys::question(page)),
        again: format!(
            "/connexion?suite={}",
            utf8_percent_encode(next, NON_ALPHANUMERIC)
        ),
        form: Typed::new(Asked::of([
            ("suite", next.to_owned()),
            ("ticket", ticket.to_owned()),
            ("ecrit", typed.to_owned()),
        ])),
    })
}

/// Nothing stands there by itself: it is an answer to the first step.
pub async fn elsewhere() -> Response {
    redirect("/connexion")
}

pub async fn log_in(page: Page, form: Form) -> Answer {
    let (ticket, next) = (form.text("ticket"), form.text("suite"));
    let typed = form.text("ecrit");
    match users::second_step(&page.town, ticket, form.text("code"), &page.network).await {
        Ok(admission) => come_in_typing(&page, admission, &form.values).await,
        Err(failure) if !typed.is_empty() && is_over(&failure) => {
            anew(&page, failure, &form.values).await
        }
        Err(failure) => {
            let mut waiting = waiting_page(&page, ticket, next, typed).await?;
            let (status, form) = typed_again(failure, waiting.form, page.frame.locale)?;
            waiting.form = form;
            html_with(status, &waiting)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_finds_the_key_of_this_town_and_name() {
        assert_eq!(
            address("GEZDGNBV", "valmont.localhost:8000", "marie_d"),
            "otpauth://totp/valmont%2Elocalhost%3A8000:marie%5Fd?secret=GEZDGNBV&issuer=valmont%2Elocalhost%3A8000"
        );
    }

    #[test]
    fn every_dark_module_is_drawn_once() {
        use Color::{Dark, Light};
        let colors = [Dark, Dark, Light, Light, Dark, Light, Dark, Light, Dark];
        assert_eq!(
            dark_runs(&colors, 3),
            "M0 0h2v1h-2zM1 1h1v1h-1zM0 2h1v1h-1zM2 2h1v1h-1z"
        );
        let pairing = Pairing::new(
            "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
            "valmont.example",
            "marie",
        )
        .unwrap();
        assert!(pairing.key.starts_with("GEZD GNBV "));
        assert!(pairing.view_box.starts_with("-4 -4 ") && pairing.drawn.starts_with("M0 0h7v1"));
    }
}
