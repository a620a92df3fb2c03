//! Coming in with a key that one's device keeps (Web Authentication): no password, nothing to copy, and it works at the right
//! address only. The device sees to it that it is oneself, so a key counts as both steps of a log-in.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use parvis_model::{clock::Timestamp, id::Id, limits, refusal::Refusal};
use parvis_store::{Tx, entity, logins, passkeys as rows};

use self::{
    ceremony::{ClientData, Flaw, Site},
    challenge::Purpose,
};
use crate::{
    Outcome, Town,
    accounts::within,
    letters, secrets, two_step,
    users::{Proof, UserView, confirm_password},
};

mod cbor;
mod ceremony;
mod challenge;
mod cose;

pub use cose::ALGORITHMS;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyView {
    pub id: Id,
    pub name: String,
    pub created_at: Timestamp,
    pub used_at: Option<Timestamp>,
}

/// What a browser has to know to have a key made. Bytes are in base64url.
#[derive(Clone, Debug)]
pub struct Creation {
    pub challenge: String,
    pub site: String,
    /// Says nothing of the person to whoever finds the device.
    pub user_handle: String,
    /// Keys that this person has: no device makes two.
    pub known: Vec<String>,
}

/// What a browser has to know to have a key used.
#[derive(Clone, Debug)]
pub struct Question {
    pub challenge: String,
    pub site: String,
}

/// A browser's answer to a [`Creation`], in base64url.
#[derive(Clone, Debug, Default)]
pub struct Attestation {
    pub client_data: String,
    pub object: String,
}

/// A browser's answer to a [`Question`], in base64url.
#[derive(Clone, Debug, Default)]
pub struct Assertion {
    pub credential: String,
    pub client_data: String,
    pub authenticator_data: String,
    pub signature: String,
    pub user_handle: String,
}

/// In the order they were added.
pub async fn list(town: &Town, user: Id) -> Outcome<Vec<PasskeyView>> {
    let kept = rows::of(town.store.read(), user).await?;
    Ok(kept
        .into_iter()
        .map(|row| PasskeyView {
            id: row.id,
            name: row.name,
            created_at: row.created_at,
            used_at: row.used_at,
        })
        .collect())
}

/// The first half of taking on a key: the password shows that it is oneself. `browser`: a word that only this one brings along.
pub async fn begin(
    town: &Arc<Town>,
    user: &UserView,
    password: String,
    browser: &str,
) -> Outcome<Creation> {
    // Seen before it is confirmed: where it changes in between, the answer is refused.
    let login = login_of(town, user).await?;
    confirm_password(town, user.id, password).await?;
    let kept = rows::of(town.store.read(), user.id).await?;
    must_be_few(kept.len())?;
    Ok(Creation {
        challenge: challenge::make(town, Purpose::Add(&login), browser),
        site: town.domain().to_owned(),
        user_handle: handle_of(town, user.id),
        known: kept.into_iter().map(|row| row.credential).collect(),
    })
}

async fn login_of(town: &Town, user: &UserView) -> Outcome<entity::login::Model> {
    let login = logins::by_id(town.store.read(), user.id).await?;
    Ok(login.ok_or_else(Refusal::not_found)?)
}

/// The second half: what the device made. The password must still be the one that was given before.
pub async fn add(
    town: &Arc<Town>,
    user: &UserView,
    browser: &str,
    name: &str,
    given: &Attestation,
) -> Outcome<()> {
    let name = within(
        name.trim(),
        limits::PASSKEY_NAME,
        "name",
        "refusal-text-too-long",
    )?;
    if name.is_empty() {
        return Err(Refusal::invalid("name", "refusal-name-empty").into());
    }
    let client_data = heard(&given.client_data)?;
    let login = login_of(town, user).await?;
    let asked = answered(town, &client_data, Purpose::Add(&login), browser)?;
    let object = bytes(&given.object)?;
    let made = ceremony::made(site(town), &client_data, &object).map_err(refused)?;
    let row = rows::Passkey {
        id: town.ids.next(),
        login_id: user.id,
        credential: URL_SAFE_NO_PAD.encode(made.credential),
        public_key: URL_SAFE_NO_PAD.encode(made.public_key),
        counter: made.counter.into(),
        name,
        created_at: town.now(),
        used_at: None,
    };
    let (here, proof) = (Arc::clone(town), Proof::of_password(&login));
    town.store
        .write(move |tx| {
            Box::pin(async move {
                proof.must_hold(tx).await?;
                spend(tx, &here, &asked).await?;
                must_be_few(rows::of(tx, proof.user()).await?.len())?;
                if rows::insert(tx, row).await? {
                    letters::passkeys_changed(tx, &here, proof.user()).await
                } else {
                    Err(Refusal::forbidden("refusal-passkey-known").into())
                }
            })
        })
        .await
}

pub async fn remove(town: &Arc<Town>, user: &UserView, password: String, key: Id) -> Outcome<()> {
    confirm_password(town, user.id, password).await?;
    let (here, user) = (Arc::clone(town), user.id);
    town.store
        .write(move |tx| {
            Box::pin(async move {
                if rows::delete(tx, user, key).await? {
                    letters::passkeys_changed(tx, &here, user).await
                } else {
                    Err(Refusal::not_found().into())
                }
            })
        })
        .await
}

/// What whoever wants to come in by a key is asked; whose it will be is not known yet.
pub fn ask(town: &Town, browser: &str) -> Question {
    Question {
        challenge: challenge::make(town, Purpose::LogIn, browser),
        site: town.domain().to_owned(),
    }
}

/// Whose key it is and which, once everything about it is right. Its challenge is spent by it.
pub(crate) async fn take(town: &Arc<Town>, given: &Assertion, browser: &str) -> Outcome<(Id, Id)> {
    let client_data = heard(&given.client_data)?;
    let asked = answered(town, &client_data, Purpose::LogIn, browser)?;
    let kept = rows::by_credential(town.store.read(), &known_form(&given.credential)?)
        .await?
        .ok_or_else(|| Refusal::unauthenticated("refusal-passkey-unknown"))?;
    two_step::count_try(town, kept.login_id)?;
    if !secrets::same(&given.user_handle, &handle_of(town, kept.login_id)) {
        return Err(Refusal::unauthenticated("refusal-passkey-unknown").into());
    }
    let counter = ceremony::used(
        site(town),
        &bytes(&kept.public_key)?,
        &client_data,
        &bytes(&given.authenticator_data)?,
        &bytes(&given.signature)?,
    )
    .map_err(refused)?;
    let here = Arc::clone(town);
    town.store
        .write(move |tx| {
            Box::pin(async move {
                spend(tx, &here, &asked).await?;
                if rows::count_on(tx, kept.id, counter.into(), here.now()).await? {
                    Ok((kept.login_id, kept.id))
                } else {
                    tracing::warn!(town = here.host, "a passkey has not counted on: a copy?");
                    Err(Refusal::unauthenticated("refusal-passkey-copied").into())
                }
            })
        })
        .await
}

/// With a password that is set anew, by the town itself or by whoever has forgotten it.
pub(crate) async fn forget_all(tx: &Tx, user: Id) -> Outcome<()> {
    Ok(rows::delete_all(tx, user).await?)
}

/// A challenge that this browser may answer just now.
#[derive(Clone)]
struct Asked {
    challenge: String,
    until: Timestamp,
}

fn answered(
    town: &Town,
    client_data: &ClientData,
    purpose: Purpose<'_>,
    browser: &str,
) -> Result<Asked, Refusal> {
    let challenge = client_data.challenge();
    match challenge::good_until(town, challenge, purpose, browser) {
        Some(until) => Ok(Asked {
            challenge: challenge.to_owned(),
            until,
        }),
        None => Err(refused(Flaw::Challenge)),
    }
}

async fn spend(tx: &Tx, town: &Town, asked: &Asked) -> Outcome<()> {
    let hash = secrets::hash(&asked.challenge);
    if rows::spend_challenge(tx, &hash, asked.until, town.now()).await? {
        Ok(())
    } else {
        Err(refused(Flaw::Challenge).into())
    }
}

fn must_be_few(count: usize) -> Result<(), Refusal> {
    if count < limits::PASSKEYS {
        Ok(())
    } else {
        Err(Refusal::forbidden("refusal-passkeys-many").with("limit", limits::PASSKEYS))
    }
}

/// People are told what they can do about it; the flaw itself is for the log.
fn refused(flaw: Flaw) -> Refusal {
    tracing::debug!(?flaw, "a passkey was refused");
    Refusal::unauthenticated(match flaw {
        Flaw::Challenge => "refusal-passkey-late",
        Flaw::Unverified => "refusal-passkey-unverified",
        _ => "refusal-passkey",
    })
}

fn heard(client_data: &str) -> Result<ClientData, Refusal> {
    ClientData::read(bytes(client_data)?).map_err(refused)
}

fn bytes(text: &str) -> Result<Vec<u8>, Refusal> {
    URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_| refused(Flaw::Unreadable))
}

/// As it is kept, however it was written.
fn known_form(credential: &str) -> Result<String, Refusal> {
    Ok(URL_SAFE_NO_PAD.encode(bytes(credential)?))
}

fn site(town: &Town) -> Site<'_> {
    Site {
        origin: &town.origin,
        // What keys are bound to (WebAuthn, 5.1.2).
        id: town.domain(),
    }
}

/// Under what name a device keeps the key. WebAuthn, 14.6.1: nothing that tells whose it is.
fn handle_of(town: &Town, user: Id) -> String {
    let said = format!("parvis user handle\n{user}");
    URL_SAFE_NO_PAD.encode(secrets::seal(town, said.as_bytes()))
}
