//! The e-mail address of a log-in: taken at once where the town sends no letters, else once its owner has followed the link in
//! one. The address before is told.

use std::sync::Arc;

use parvis_model::{clock::Timestamp, id::Id, refusal::Refusal};
use parvis_store::{Tx, entity, logins};

use super::{checked_email, confirm_password, find, there};
use crate::{Outcome, Rate, Town, letters};

/// What becomes of a new address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addressed {
    Set,
    /// It counts once the link in the letter to it was followed.
    AskedByLetter,
}

/// `None`: none any more.
pub async fn change_email(
    town: &Arc<Town>,
    user: Id,
    password: String,
    email: Option<String>,
) -> Outcome<Addressed> {
    let email = email.as_deref().map(checked_email).transpose()?;
    confirm_password(town, user, password).await?;
    if let Some(email) = email.as_deref().filter(|_| town.sends_letters()) {
        town.rates()
            .count(Rate::ConfirmAddress, &user.to_string())?;
        letters::count_confirmation(town, email)?;
    }
    let here = Arc::clone(town);
    town.store
        .write(move |tx| Box::pin(async move { change(tx, &here, user, email).await }))
        .await
}

async fn change(tx: &Tx, town: &Town, user: Id, email: Option<String>) -> Outcome<Addressed> {
    let login = logins::by_id(tx, user).await?;
    let key = key_of(email.as_deref());
    let same = login.filter(|login| login.email_key == key);
    let proven_at = same.and_then(|login| login.email_proven_at);
    match email {
        Some(email) if proven_at.is_none() && town.sends_letters() => {
            must_be_free(tx, user, key.as_deref()).await?;
            letters::confirm_address(tx, town, user, email).await?;
            Ok(Addressed::AskedByLetter)
        }
        email => {
            set_email(tx, town, user, email, proven_at).await?;
            Ok(Addressed::Set)
        }
    }
}

pub(super) fn key_of(email: Option<&str>) -> Option<String> {
    email.map(str::to_lowercase)
}

pub(super) async fn must_be_free(tx: &Tx, user: Id, key: Option<&str>) -> Outcome<()> {
    if let Some(key) = key
        && logins::by_email(tx, key)
            .await?
            .is_some_and(|other| other.id != user)
    {
        return Err(Refusal::invalid("email", "refusal-email-taken").into());
    }
    Ok(())
}

/// The address before is told of it. `proven_at`: when its owner was seen to read what comes there.
pub(crate) async fn set_email(
    tx: &Tx,
    town: &Town,
    user: Id,
    email: Option<String>,
    proven_at: Option<Timestamp>,
) -> Outcome<()> {
    let key = key_of(email.as_deref());
    must_be_free(tx, user, key.as_deref()).await?;
    let before = logins::by_id(tx, user).await?;
    let before = before.filter(|login| login.email_key != key);
    there(logins::set_email(tx, user, (email, key), proven_at).await?)?;
    match before {
        Some(login) => letters::address_changed(tx, town, user, login.email).await,
        None => Ok(()),
    }
}

/// Somebody, called by name or address, whom letters reach.
pub(crate) async fn with_address(town: &Town, who: &str) -> Outcome<Option<Id>> {
    let found = find(town, who).await?;
    Ok(found
        .filter(|(login, _)| proven(login).is_some())
        .map(|(login, _)| login.id))
}

/// The address to which letters go: one that nobody has shown to be theirs may be a stranger's.
pub(crate) fn proven(login: &entity::login::Model) -> Option<&str> {
    let email = login.email.as_deref();
    email.filter(|_| login.email_proven_at.is_some())
}
