//! Inviting others: links of one's own, and where a link leads whoever was given it.

use askama::Template;
use axum::{extract::Path, http::StatusCode};
use parvis_model::{account::Role, refusal::Refusal};
use parvis_town::{
    Outcome,
    invitations::{self, DAYS, Found, InvitationView, State, Wish},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    asked::Asked,
    fault::{Fault, typed_again},
    form::Form,
    frame::{Frame, Number, Typed},
    page::{Answer, Page, Resident, html_with},
    sign_up,
};

const PATH: &str = "/reglages/invitations";

#[derive(Template)]
#[template(path = "settings_invitations.html")]
pub struct InvitationsPage<'a> {
    pub page: &'a Frame,
    pub links: Vec<Link>,
    pub form: Typed,
}

/// One that was given out.
pub struct Link {
    pub kept: InvitationView,
    pub address: String,
    /// To be written in one's own mail program.
    pub letter: String,
}

#[derive(Template)]
#[template(path = "invitation_over.html")]
pub struct OverPage<'a> {
    pub page: &'a Frame,
}

/// What templates ask about inviting.
impl Frame {
    pub fn may_invite(&self) -> bool {
        self.me
            .as_ref()
            .is_some_and(|me| self.town.lets_invite(me.role))
    }

    /// From which role on one may invite, and how that is said.
    #[expect(clippy::unused_self, reason = "templates ask everything of their page")]
    pub fn inviters(&self) -> [(&'static str, &'static str); 3] {
        Role::ALL.map(|role| {
            let words = match role {
                Role::Resident => "inviters-residents",
                Role::Moderator => "inviters-staff",
                Role::Admin => "inviters-admins",
            };
            (role.as_str(), words)
        })
    }
}

impl InvitationsPage<'_> {
    /// Days and the key of their name.
    #[expect(clippy::unused_self, reason = "templates ask everything of their page")]
    fn days(&self) -> [(i64, &'static str); DAYS.len()] {
        DAYS.map(|days| {
            let word = match days {
                1 => "invitation-for-day",
                7 => "invitation-for-week",
                30 => "invitation-for-month",
                _ => "invitation-for-year",
            };
            (days, word)
        })
    }

    fn chose(&self, days: impl Number) -> bool {
        let days = days.number();
        self.form.chose("days", &days.to_string(), days == 7)
    }
}

impl Link {
    pub fn new(page: &Frame, origin: &str, kept: InvitationView) -> Self {
        let address = format!("{origin}/invitation/{}", kept.code);
        let plain = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let subject = page.tw("invitation-letter-subject", "town", &page.town.name);
        let body = page.tw("invitation-letter", "town", &page.town.name);
        let letter = format!(
            "mailto:?subject={}&body={}",
            plain(&subject),
            plain(&format!("{body}\n\n{address}"))
        );
        Self {
            kept,
            address,
            letter,
        }
    }

    fn is_open(&self) -> bool {
        self.kept.state == State::Open
    }

    /// What has become of it, where it is no longer good.
    fn ended(&self) -> Option<&'static str> {
        match self.kept.state {
            State::Open => None,
            State::UsedUp => Some("invitation-used-up"),
            State::Over => Some("invitation-over"),
            State::TakenBack => Some("invitation-taken-back"),
        }
    }
}

pub async fn list(resident: Resident) -> Answer {
    let form = Typed::new(Asked::of([("uses", "1".to_owned())]));
    shown(&resident, StatusCode::OK, form).await
}

async fn shown(Resident { page, user, .. }: &Resident, status: StatusCode, form: Typed) -> Answer {
    let mine = invitations::mine(&page.town, user).await?;
    if mine.is_empty() && !page.frame.may_invite() {
        return Err(Fault::NotFound);
    }
    let links = mine
        .into_iter()
        .map(|kept| Link::new(&page.frame, &page.town.origin, kept));
    html_with(
        status,
        &InvitationsPage {
            page: &page.frame,
            links: links.collect(),
            form,
        },
    )
}

pub async fn change(resident: Resident, form: Form) -> Answer {
    let done = match form.text("faire") {
        "inviter" => invite(&resident, &form).await.map(|()| "done-invitation"),
        "reprendre" => take_back(&resident, &form)
            .await
            .map(|()| "done-invitation-taken-back"),
        _ => return Err(Fault::BadRequest),
    };
    match done {
        Ok(done) => Ok(resident.page.onward(PATH, done)),
        Err(failure) => {
            let locale = resident.page.frame.locale;
            let (status, form) = typed_again(failure, Typed::new(form.values), locale)?;
            shown(&resident, status, form).await
        }
    }
}

async fn invite(Resident { page, user, .. }: &Resident, form: &Form) -> Outcome<()> {
    let number = |name: &'static str, key: &'static str| {
        let typed = form.text(name).parse::<i32>();
        typed.map_err(|_| Refusal::invalid(name, key))
    };
    let wish = Wish {
        uses: number("uses", "refusal-number")?,
        days: number("days", "refusal-choice")?.into(),
        note: form.owned("note"),
    };
    let user = user.clone();
    page.write(move |tx, town| {
        Box::pin(async move { invitations::issue(tx, town, &user, &wish).await.map(drop) })
    })
    .await
}

async fn take_back(Resident { page, user, .. }: &Resident, form: &Form) -> Outcome<()> {
    let id = form
        .values
        .id("invitation")
        .ok_or_else(Refusal::not_found)?;
    let user = user.clone();
    page.write(move |tx, town| {
        Box::pin(async move { invitations::take_back(tx, town, &user, id).await })
    })
    .await
}

/// Where a link leads: the form for an account with the code in it, or a kind word.
pub async fn arrive(page: Page, Path(code): Path<String>) -> Answer {
    if page.user.is_some() {
        return Ok(page.onward("/", "done-have-account"));
    }
    let found = invitations::look_up(&page.town, &code).await?;
    match found {
        Found::Good { by } if page.frame.may_join() => sign_up::invited(&page, *by, code),
        _ => html_with(StatusCode::GONE, &OverPage { page: &page.frame }),
    }
}
