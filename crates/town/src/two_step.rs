//! Logging in with two steps: beside the password, a code from one's phone, or one kept on paper. The phone's secret has to be
//! readable to make the same codes with; it lies in the town's database as the private keys do.

use std::sync::Arc;

use parvis_model::{clock::Timestamp, id::Id, refusal::Refusal};
use parvis_store::{ConnectionTrait, DbErr, Tx, second_step};

use crate::{
    Failure, Outcome, Rate, Town, secrets,
    users::{UserView, confirm_password},
};

mod totp;

const CODES: usize = 8;

/// Of one for whom it is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TwoStepView {
    pub since: Timestamp,
    /// Codes on paper that are not spent.
    pub codes_left: i64,
}

/// `None`: the password is enough.
pub async fn state(town: &Town, user: Id) -> Outcome<Option<TwoStepView>> {
    let db = town.store.read();
    let Some(since) = second_step::of(db, user).await?.and_then(|row| row.since) else {
        return Ok(None);
    };
    let codes_left = second_step::codes_left(db, user).await?;
    Ok(Some(TwoStepView { since, codes_left }))
}

pub(crate) async fn is_on(db: &impl ConnectionTrait, user: Id) -> Result<bool, DbErr> {
    let row = second_step::of(db, user).await?;
    Ok(row.is_some_and(|row| row.since.is_some()))
}

/// A secret to be taken over by the phone, in base32. Nothing is asked for until [`confirm`] has seen that it was.
pub async fn begin(town: &Arc<Town>, user: &UserView, password: String) -> Outcome<String> {
    confirm_password(town, user.id, password).await?;
    let (secret, user) = (totp::secret(), user.id);
    let kept = secret.clone();
    town.store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move {
                if second_step::begin(tx, user, &kept).await? {
                    Ok(())
                } else {
                    Err(Refusal::forbidden("refusal-two-step-on").into())
                }
            })
        })
        .await?;
    Ok(secret)
}

/// The secret that waits for its first code.
pub async fn begun(town: &Town, user: Id) -> Outcome<Option<String>> {
    let row = second_step::of(town.store.read(), user).await?;
    Ok(row.filter(|row| row.since.is_none()).map(|row| row.secret))
}

/// Turned on by the first code from the phone. The codes for paper are shown this once.
pub async fn confirm(town: &Arc<Town>, user: Id, code: &str) -> Outcome<Vec<String>> {
    count_try(town, user)?;
    let (here, code) = (Arc::clone(town), plain(code));
    town.store
        .write(move |tx| {
            Box::pin(async move {
                let row = second_step::of(tx, user)
                    .await?
                    .filter(|row| row.since.is_none());
                let row = row.ok_or_else(|| Refusal::forbidden("refusal-two-step-not-begun"))?;
                if !take(tx, &here, &row, &code).await? {
                    return Err(Refusal::invalid("code", "refusal-two-step-code").into());
                }
                second_step::confirm(tx, user, here.now()).await?;
                fresh_codes(tx, &here, user).await
            })
        })
        .await
}

/// New codes for paper; the old ones no longer count.
pub async fn renew_codes(
    town: &Arc<Town>,
    user: &UserView,
    password: String,
) -> Outcome<Vec<String>> {
    confirm_password(town, user.id, password).await?;
    let (here, user) = (Arc::clone(town), user.id);
    town.store
        .write(move |tx| {
            Box::pin(async move {
                if !is_on(tx, user).await? {
                    return Err(Refusal::not_found().into());
                }
                fresh_codes(tx, &here, user).await
            })
        })
        .await
}

pub async fn turn_off(town: &Arc<Town>, user: &UserView, password: String) -> Outcome<()> {
    confirm_password(town, user.id, password).await?;
    let user = user.id;
    town.store
        .write(move |tx| Box::pin(async move { remove(tx, user).await.map(drop) }))
        .await
}

/// By the town itself, for someone who has lost phone and paper. `false`: it was not on.
pub async fn remove(tx: &Tx, user: Id) -> Outcome<bool> {
    Ok(second_step::delete(tx, user).await?)
}

/// Spends the code given at a log-in: the phone's or one from paper, each once.
pub(crate) async fn spend(tx: &Tx, town: &Town, user: Id, code: &str) -> Outcome<bool> {
    let code = plain(code);
    let Some(row) = second_step::of(tx, user)
        .await?
        .filter(|row| row.since.is_some())
    else {
        return Ok(false);
    };
    if code.len() == totp::DIGITS && code.bytes().all(|digit| digit.is_ascii_digit()) {
        Ok(take(tx, town, &row, &code).await?)
    } else {
        Ok(second_step::use_code(tx, user, &secrets::hash(&code)).await?)
    }
}

/// Of one login, wherever the tries come from: a code has a million values only.
pub(crate) fn count_try(town: &Town, user: Id) -> Result<(), Refusal> {
    town.rates().count(Rate::SecondStep, &user.to_string())
}

async fn take(
    tx: &Tx,
    town: &Town,
    row: &second_step::SecondStep,
    code: &str,
) -> Result<bool, DbErr> {
    match totp::step_of(code, &row.secret, town.now()) {
        Some(step) => second_step::take(tx, row.login_id, step).await,
        None => Ok(false),
    }
}

/// Phones show their codes in two groups, and people copy the space.
fn plain(code: &str) -> String {
    let written = code.chars().filter(|letter| !letter.is_whitespace());
    written.take(40).collect::<String>().to_lowercase()
}

async fn fresh_codes(tx: &Tx, town: &Town, user: Id) -> Outcome<Vec<String>> {
    let codes: Vec<String> = (0..CODES).map(|_| secrets::readable(3)).collect();
    let rows = codes
        .iter()
        .map(|code| (town.ids.next(), secrets::hash(code)));
    second_step::set_codes(tx, user, rows.collect()).await?;
    Ok(codes)
}
