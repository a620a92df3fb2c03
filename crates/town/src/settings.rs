//! What a town's own administrators decide: its name, its words, its rules, who may register. And the first steps.

use std::sync::Arc;

use parvis_model::{
    account::{AccountKind, Registration, Role},
    clock::Timestamp,
    refusal::Refusal,
};
use parvis_store::{Tx, entity, town};

use crate::{
    Failure, Outcome, Town,
    accounts::within,
    users::{self, Prepared, SignedUp, UserView, must_be_admin},
};

const NAME: usize = 80;
const SUMMARY: usize = 1_000;
const CONTACT: usize = 500;
const RULES: usize = 5_000;
const PRIVACY: usize = 5_000;

/// The whole of it, as the form gives it.
#[derive(Clone, Debug)]
pub struct TownEdit {
    pub name: String,
    pub summary: String,
    /// Code of a language of the pages.
    pub language: String,
    /// Name in the IANA time zone database.
    pub time_zone: String,
    pub registration: Registration,
    /// The lowest role that may invite.
    pub inviters: Role,
    pub contact: String,
    /// One a line.
    pub rules: String,
    /// Degrees of the colour circle; `None` leaves the colour as it is.
    pub hue: Option<i32>,
    /// What the town adds to what is said of people's data.
    pub privacy: String,
}

pub async fn change(tx: &Tx, town: &Town, staff: &UserView, edit: &TownEdit) -> Outcome<()> {
    must_be_admin(staff)?;
    apply(tx, edit, town.now(), false).await
}

/// By the town itself: the demo, the command line.
pub async fn describe(tx: &Tx, town: &Town, edit: &TownEdit) -> Outcome<()> {
    apply(tx, edit, town.now(), true).await
}

/// Callers refresh the town's profile once the write is done ([`Town::refresh_profile`]).
async fn apply(tx: &Tx, edit: &TownEdit, now: Timestamp, first_steps_done: bool) -> Outcome<()> {
    let row = town::held(tx).await?.ok_or_else(Refusal::not_found)?;
    let name = within(edit.name.trim(), NAME, "town_name", "refusal-text-too-long")?;
    if name.is_empty() {
        return Err(Refusal::invalid("town_name", "refusal-name-empty").into());
    }
    if !users::is_locale(&edit.language) {
        return Err(Refusal::invalid("language", "refusal-language-unknown").into());
    }
    let Ok(time_zone) = jiff::tz::db().get(edit.time_zone.trim()) else {
        return Err(Refusal::invalid("time_zone", "refusal-time-zone-unknown").into());
    };
    let contact = within(
        edit.contact.trim(),
        CONTACT,
        "contact",
        "refusal-text-too-long",
    )?;
    let summary = within(
        edit.summary.trim(),
        SUMMARY,
        "summary",
        "refusal-text-too-long",
    )?;
    // As somebody counts who writes it: browsers send two signs for the end of a line.
    let privacy = within(
        &edit.privacy.trim().replace("\r\n", "\n"),
        PRIVACY,
        "privacy",
        "refusal-text-too-long",
    )?;
    // A form sends them along whatever was changed.
    let since = |is_new: bool, before| if is_new { Some(now) } else { before };
    let changed = entity::town::Model {
        name,
        summary_at: since(summary != row.summary, row.summary_at),
        summary,
        privacy_at: since(privacy != row.privacy, row.privacy_at),
        privacy,
        language: edit.language.clone(),
        time_zone: time_zone.iana_name().unwrap_or("UTC").to_owned(),
        registration: edit.registration.as_str().into(),
        inviters: edit.inviters.as_str().into(),
        contact: Some(contact).filter(|contact| !contact.is_empty()),
        rules: within(edit.rules.trim(), RULES, "rules", "refusal-text-too-long")?,
        hue: edit.hue.map_or(row.hue, |hue| hue.rem_euclid(360)),
        setup_secret: row.setup_secret.clone().filter(|_| !first_steps_done),
        ..row
    };
    Ok(town::update(tx, changed).await?)
}

/// The secret of the link for the first administrator; `None` once the town is set up.
pub async fn setup_secret(town: &Town) -> Outcome<Option<String>> {
    Ok(town::get(town.store.read())
        .await?
        .and_then(|row| row.setup_secret))
}

/// Is this the link's secret, and still good?
pub async fn check_setup(town: &Town, secret: &str) -> Outcome<()> {
    match setup_secret(town).await? {
        None => Err(Refusal::forbidden("refusal-setup-done").into()),
        Some(right) if same(&right, secret) => Ok(()),
        Some(_) => Err(Refusal::forbidden("refusal-setup-link").into()),
    }
}

/// Compared by hash, so that the time taken says nothing of the letters.
fn same(right: &str, given: &str) -> bool {
    crate::secrets::hash(right) == crate::secrets::hash(given)
}

/// The first administrator's own account, hashed and keyed before the write.
pub async fn prepare_first_admin(
    town: &Arc<Town>,
    secret: &str,
    name: &str,
    email: Option<&str>,
    password: String,
) -> Outcome<Prepared> {
    check_setup(town, secret).await?;
    users::prepare_account(
        town,
        name,
        email,
        password,
        Role::Admin,
        AccountKind::Person,
    )
    .await
    .map(Prepared::unproven)
}

/// The first steps: the town's words and its first administrator, in one. The link is spent by it.
pub async fn set_up(
    tx: &Tx,
    town: &Town,
    secret: &str,
    edit: &TownEdit,
    admin: Prepared,
) -> Outcome<SignedUp> {
    let row = town::get(tx).await?.ok_or_else(Refusal::not_found)?;
    let right = row.setup_secret.filter(|right| same(right, secret));
    if !town::spend_setup_secret(tx, &right.unwrap_or_default()).await? {
        return Err(Refusal::forbidden("refusal-setup-done").into());
    }
    apply(tx, edit, town.now(), true).await?;
    users::sign_up(tx, town, admin).await
}

/// An administrator made on the command line also ends the first steps.
pub async fn end_first_steps(tx: &Tx) -> Result<(), Failure> {
    let row = town::held(tx).await?.ok_or_else(Refusal::not_found)?;
    Ok(town::update(
        tx,
        entity::town::Model {
            setup_secret: None,
            ..row
        },
    )
    .await?)
}
