//! Coming in: the password, the second step where there is one, the recovery code of who has forgotten the password. Whoever
//! has asked to be deleted and comes in within the time to think stays.

use std::sync::Arc;

use aws_lc_rs::hmac;
use parvis_model::{
    clock::{MINUTE, Timestamp},
    id::{self, Id},
    refusal::Refusal,
};
use parvis_store::{accounts, departures as rows, entity, logins};

use super::{UserView, check_password, find, replace_password};
use crate::{Outcome, Rate, Town, departures, secrets, two_step};

/// How long one has for the second step.
const IN_TIME: Timestamp = 10 * MINUTE;

type Found = (entity::login::Model, entity::account::Model);

/// What a right password gives.
#[derive(Clone, Debug)]
pub enum Admission {
    Admitted {
        user: UserView,
        /// The account was about to be deleted, and no longer is.
        stays: bool,
    },
    /// A code is wanted as well; the ticket goes along with it.
    SecondStep { ticket: String },
}

/// `network`: where the attempt comes from, for the count of attempts.
pub async fn log_in(
    town: &Arc<Town>,
    who: &str,
    password: String,
    network: &str,
) -> Outcome<Admission> {
    let found = find_to_admit(town, who, network).await?;
    let hashed = found.as_ref().map(|(login, _)| login.password_hash.clone());
    let right = secrets::verify_password(password, hashed).await?;
    match found {
        Some(found) if right => first_step_done(town, found).await,
        _ => Err(wrong()),
    }
}

/// The code from the phone or from paper. `ticket`: as the first step gave it.
pub async fn second_step(
    town: &Arc<Town>,
    ticket: &str,
    code: &str,
    network: &str,
) -> Outcome<Admission> {
    town.rates().count(Rate::LogInNetwork, network)?;
    let (login, account) = holder_of(town, ticket).await?;
    two_step::count_try(town, login.id)?;
    let (here, user, code) = (Arc::clone(town), login.id, code.to_owned());
    let right = town
        .store
        .write(move |tx| Box::pin(async move { two_step::spend(tx, &here, user, &code).await }))
        .await?;
    if right {
        admit(town, login, account).await
    } else {
        Err(Refusal::invalid("code", "refusal-two-step-code").into())
    }
}

/// Sets a new password by a recovery code, which is spent by it. Ends all sessions and tokens. It stands for the password
/// alone: the second step is asked for all the same.
pub async fn recover(
    town: &Arc<Town>,
    who: &str,
    code: &str,
    password: String,
    network: &str,
) -> Outcome<Admission> {
    check_password(&password, "password")?;
    let found = find_to_admit(town, who, network).await?;
    let hashed = secrets::hash_password(password).await?;
    let Some((login, account)) = found else {
        return Err(wrong());
    };
    let (code, user) = (secrets::hash(&code.trim().to_lowercase()), login.id);
    let (now, waits, suspended) = (
        town.now(),
        login.approved_at.is_none(),
        account.suspended_at.is_some(),
    );
    town.store
        .write(move |tx| {
            Box::pin(async move {
                if !logins::use_recovery_code(tx, user, &code).await? {
                    return Err(wrong());
                }
                // Who may not come in spends no code.
                if suspended && !rows::may_return(tx, user, now).await? {
                    return Err(is_suspended());
                }
                if waits {
                    return Err(is_waiting());
                }
                replace_password(tx, user, hashed, None).await
            })
        })
        .await?;
    let login = logins::by_id(town.store.read(), user)
        .await?
        .ok_or_else(wrong)?;
    first_step_done(town, (login, account)).await
}

fn wrong() -> crate::Failure {
    Refusal::unauthenticated("refusal-login-wrong").into()
}

fn is_suspended() -> crate::Failure {
    Refusal::unauthenticated("refusal-login-suspended").into()
}

fn is_waiting() -> crate::Failure {
    Refusal::unauthenticated("refusal-login-waiting").into()
}

/// Counts the attempt for the network and for the login, by whichever of its names it was called.
async fn find_to_admit(town: &Town, who: &str, network: &str) -> Outcome<Option<Found>> {
    town.rates().count(Rate::LogInNetwork, network)?;
    let found = find(town, who).await?;
    match &found {
        Some((login, _)) => town
            .rates()
            .count(Rate::LogInAccount, &login.id.to_string())?,
        // Counted alike, so that the answer does not tell who has a login.
        None => town.rates().count(
            Rate::LogInAccount,
            &secrets::hash(&who.trim().to_lowercase()),
        )?,
    }
    Ok(found)
}

async fn first_step_done(town: &Arc<Town>, (login, account): Found) -> Outcome<Admission> {
    if two_step::is_on(town.store.read(), login.id).await? {
        let ticket = ticket(town, &login, town.now());
        return Ok(Admission::SecondStep { ticket });
    }
    admit(town, login, account).await
}

async fn admit(
    town: &Arc<Town>,
    login: entity::login::Model,
    mut account: entity::account::Model,
) -> Outcome<Admission> {
    let stays = account.suspended_at.is_some() && departures::call_off(town, &login).await?;
    if stays {
        account.suspended_at = None;
    }
    if account.suspended_at.is_some() {
        return Err(is_suspended());
    }
    if login.approved_at.is_none() {
        return Err(is_waiting());
    }
    let user = UserView::new(login, &account);
    Ok(Admission::Admitted { user, stays })
}

/// Says that the first step was done, and when. Worthless once the password has changed.
fn ticket(town: &Town, login: &entity::login::Model, at: Timestamp) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, town.profile().secret.as_bytes());
    let said = format!(
        "parvis second step\n{}\n{at}\n{}",
        login.id, login.password_hash
    );
    let seal = hmac::sign(&key, said.as_bytes());
    format!("{}.{at}.{}", login.id, hex::encode(seal))
}

/// Whose ticket it is; refused where it is none, or too old.
async fn holder_of(town: &Town, given: &str) -> Outcome<Found> {
    let late = || Refusal::unauthenticated("refusal-two-step-late");
    let mut parts = given.split('.');
    let user: Option<Id> = parts.next().and_then(id::parse);
    let at: Option<Timestamp> = parts.next().and_then(|at| at.parse().ok());
    let (Some(user), Some(at)) = (user, at) else {
        return Err(late().into());
    };
    let db = town.store.read();
    let login = logins::by_id(db, user).await?.ok_or_else(late)?;
    let in_time = (at..at.saturating_add(IN_TIME)).contains(&town.now());
    if !in_time || !secrets::same(given, &ticket(town, &login, at)) {
        return Err(late().into());
    }
    let account = accounts::by_id(db, login.account_id).await?;
    Ok((login, account.ok_or_else(late)?))
}
