//! Coming in: the password, the second step where there is one, the recovery code of who has forgotten the password. Whoever
//! has asked to be deleted and comes in within the time to think stays.

use std::sync::Arc;

use parvis_model::{
    clock::{MINUTE, Timestamp},
    id::{self, Id},
    refusal::Refusal,
};
use parvis_store::{Tx, accounts, departures as rows, entity, logins};

use super::{Proof, UserView, check_password, find, replace_password};
use crate::{
    Outcome, Rate, Town, departures, letters,
    passkeys::{self, Assertion},
    secrets, two_step,
};

/// How long one has for the second step.
const IN_TIME: Timestamp = 10 * MINUTE;

type Found = (entity::login::Model, entity::account::Model);

/// What a right password gives.
#[derive(Clone, Debug)]
pub enum Admission {
    Admitted {
        user: UserView,
        /// For the write that opens a session.
        proof: Proof,
        /// The account was about to be deleted, and no longer is.
        stays: bool,
    },
    /// A code is wanted as well; the ticket goes along with it.
    SecondStep { ticket: String },
}

/// What the second step follows on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FirstStep {
    Password,
    /// The password was set anew, and keys from before still count.
    Recovered,
}

impl FirstStep {
    fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Recovered => "recovered",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        let all = [Self::Password, Self::Recovered];
        all.into_iter().find(|first| first.as_str() == word)
    }
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
        Some(found) if right => first_step_done(town, found, FirstStep::Password).await,
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
    let ((login, account), first) = holder_of(town, ticket).await?;
    two_step::count_try(town, login.id)?;
    let proof = Proof::of_password(&login);
    let (here, code, shown) = (Arc::clone(town), code.to_owned(), proof.clone());
    let right = town
        .store
        .write::<_, crate::Failure, _>(move |tx| {
            Box::pin(async move {
                shown.must_hold(tx).await?;
                let right = two_step::spend(tx, &here, shown.user(), &code).await?;
                if right && first == FirstStep::Recovered {
                    shut_out_all(tx, shown.user()).await?;
                }
                Ok(right)
            })
        })
        .await?;
    if right {
        admit(town, login, account, proof).await
    } else {
        Err(Refusal::invalid("code", "refusal-two-step-code").into())
    }
}

/// By a key of one's device, which has seen to it that it is oneself: that is both steps in one. `browser`: the one that was
/// asked.
pub async fn log_in_by_passkey(
    town: &Arc<Town>,
    given: &Assertion,
    browser: &str,
    network: &str,
) -> Outcome<Admission> {
    town.rates().count(Rate::LogInNetwork, network)?;
    let (user, key) = passkeys::take(town, given, browser).await?;
    let db = town.store.read();
    let login = logins::by_id(db, user).await?.ok_or_else(wrong)?;
    let account = accounts::by_id(db, login.account_id).await?;
    let proof = Proof::of_passkey(&login, key);
    admit(town, login, account.ok_or_else(wrong)?, proof).await
}

/// Has whoever is at the second step a key that would do as well? After a recovery no key is asked for: it may be an
/// intruder's, and the code is what ends it.
pub async fn ticket_has_passkeys(town: &Town, ticket: &str) -> Outcome<bool> {
    match holder_of(town, ticket).await {
        Ok((_, FirstStep::Recovered)) | Err(crate::Failure::Refused(_)) => Ok(false),
        Ok(((login, _), _)) => Ok(!passkeys::list(town, login.id).await?.is_empty()),
        Err(broken) => Err(broken),
    }
}

/// Sets a new password by a recovery code, which is spent by it. Ends all sessions and tokens, and all keys. It stands for the
/// password alone: the second step is asked for all the same, and keys end once its code is given.
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
    let here = Arc::clone(town);
    let (login, first) = town
        .store
        .write(move |tx| {
            Box::pin(async move {
                if !logins::use_recovery_code(tx, user, &code).await? {
                    return Err(wrong());
                }
                // Who may not come in spends no code.
                must_be_let_in(tx, &here, user).await?;
                start_anew(tx, &here, user, hashed).await
            })
        })
        .await?;
    first_step_done(town, (login, account), first).await
}

/// Sets a new password by the link of a letter, which is spent by it. Like [`recover`], it stands for the password alone.
pub async fn recover_by_letter(
    town: &Arc<Town>,
    secret: &str,
    password: String,
    network: &str,
) -> Outcome<Admission> {
    check_password(&password, "password")?;
    town.rates().count(Rate::LogInNetwork, network)?;
    letters::opens_password(town, secret).await?;
    let hashed = secrets::hash_password(password).await?;
    let (here, secret) = (Arc::clone(town), secret.to_owned());
    let (login, first) = town
        .store
        .write::<_, crate::Failure, _>(move |tx| {
            Box::pin(async move {
                let user = letters::spend_password_link(tx, &here, &secret).await?;
                must_be_let_in(tx, &here, user).await?;
                start_anew(tx, &here, user, hashed).await
            })
        })
        .await?;
    let account = accounts::by_id(town.store.read(), login.account_id).await?;
    first_step_done(town, (login, account.ok_or_else(wrong)?), first).await
}

/// A password forgotten may be one that somebody else took. Where the second step is on, a letter or a sheet of paper alone must
/// not end the keys: they are its equal. Gives the login with the password of this very write.
async fn start_anew(
    tx: &Tx,
    town: &Town,
    user: Id,
    hashed: String,
) -> Outcome<(entity::login::Model, FirstStep)> {
    replace_password(tx, town, user, hashed, None).await?;
    let login = logins::by_id(tx, user).await?.ok_or_else(wrong)?;
    if two_step::is_on(tx, user).await? {
        return Ok((login, FirstStep::Recovered));
    }
    passkeys::forget_all(tx, user).await?;
    Ok((login, FirstStep::Password))
}

/// Also whoever came in by a key since the password was set.
async fn shut_out_all(tx: &Tx, user: Id) -> Outcome<()> {
    passkeys::forget_all(tx, user).await?;
    logins::delete_sessions(tx, user, None).await?;
    Ok(logins::delete_tokens(tx, user).await?)
}

async fn must_be_let_in(tx: &Tx, town: &Town, user: Id) -> Outcome<()> {
    let login = logins::by_id(tx, user).await?.ok_or_else(wrong)?;
    let account = accounts::by_id(tx, login.account_id).await?;
    let hidden = account.is_none_or(|account| account.suspended_at.is_some());
    if hidden && !rows::may_return(tx, user, town.now()).await? {
        return Err(is_suspended());
    }
    if login.approved_at.is_none() {
        return Err(is_waiting());
    }
    Ok(())
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

async fn first_step_done(
    town: &Arc<Town>,
    (login, account): Found,
    first: FirstStep,
) -> Outcome<Admission> {
    let to_come = first == FirstStep::Recovered;
    if to_come || two_step::is_on(town.store.read(), login.id).await? {
        let ticket = ticket(town, &login, first, town.now());
        return Ok(Admission::SecondStep { ticket });
    }
    let proof = Proof::of_password(&login);
    admit(town, login, account, proof).await
}

async fn admit(
    town: &Arc<Town>,
    login: entity::login::Model,
    mut account: entity::account::Model,
    proof: Proof,
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
    Ok(Admission::Admitted { user, proof, stays })
}

/// Says that the first step was done, how and when. Worthless once the password has changed.
fn ticket(town: &Town, login: &entity::login::Model, first: FirstStep, at: Timestamp) -> String {
    let (user, first) = (login.id, first.as_str());
    let said = format!(
        "parvis second step\n{user}\n{at}\n{first}\n{}",
        login.password_hash
    );
    let seal = secrets::seal(town, said.as_bytes());
    format!("{user}.{at}.{first}.{}", hex::encode(seal))
}

/// Whose ticket it is; refused where it is none, or too old.
async fn holder_of(town: &Town, given: &str) -> Outcome<(Found, FirstStep)> {
    let late = || Refusal::unauthenticated("refusal-two-step-late");
    let mut parts = given.split('.');
    let user: Option<Id> = parts.next().and_then(id::parse);
    let at: Option<Timestamp> = parts.next().and_then(|at| at.parse().ok());
    let first = parts.next().and_then(FirstStep::parse);
    let (Some(user), Some(at), Some(first)) = (user, at, first) else {
        return Err(late().into());
    };
    let db = town.store.read();
    let login = logins::by_id(db, user).await?.ok_or_else(late)?;
    let in_time = (at..at.saturating_add(IN_TIME)).contains(&town.now());
    if !in_time || !secrets::same(given, &ticket(town, &login, first, at)) {
        return Err(late().into());
    }
    let account = accounts::by_id(db, login.account_id).await?;
    Ok(((login, account.ok_or_else(late)?), first))
}
