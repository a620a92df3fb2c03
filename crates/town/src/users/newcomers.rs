//! What newcomers fill in, held against the town's rules for newcomers.

use std::sync::Arc;

use parvis_model::{
    account::{AccountKind, Registration},
    handle::{folded, username},
    limits,
    refusal::Refusal,
};
use parvis_store::{accounts, logins};

use super::{Prepared, SignUp, check_password, checked_email, is_locale, prepare};
use crate::{Outcome, Town, accounts::within, letters};

/// By a newcomer.
pub async fn prepare_sign_up(town: &Arc<Town>, sign_up: SignUp) -> Outcome<Prepared> {
    if let Some(first) = problems(town, &sign_up).await?.into_iter().next() {
        return Err(first.into());
    }
    prepare_checked(town, sign_up).await
}

/// By a newcomer in whose sign-up [`problems`] has found none.
pub async fn prepare_checked(town: &Arc<Town>, sign_up: SignUp) -> Outcome<Prepared> {
    let approved = !is_by_approval(town, &sign_up);
    let invitation = invitation(&sign_up).map(str::to_owned);
    let kind = AccountKind::Person;
    let email = sign_up.email.as_deref();
    let prepared = prepare(town, &sign_up.name, email, sign_up.password, kind).await?;
    if let Some(email) = &prepared.email {
        letters::count_confirmation(town, email)?;
    }
    Ok(Prepared {
        reason: sign_up.reason.trim().replace('\0', ""),
        invitation,
        locale: sign_up.locale.filter(|code| is_locale(code)),
        approved,
        to_confirm: true,
        ..prepared
    })
}

/// All that is wrong with it, what weighs most first; refused where nobody can sign up at all.
pub async fn problems(town: &Town, sign_up: &SignUp) -> Outcome<Vec<Refusal>> {
    let registration = town.profile().registration;
    if registration == Registration::Closed {
        return Err(Refusal::forbidden("refusal-registration-closed").into());
    }
    let mut problems = Vec::new();
    if !sign_up.agreed {
        problems.push(Refusal::invalid("agreed", "refusal-terms-not-agreed"));
    }
    if registration == Registration::Invitation && invitation(sign_up).is_none() {
        problems.push(Refusal::invalid("invitation", "refusal-invitation-invalid"));
    }
    problems.extend(reason_problem(town, sign_up));
    problems.extend(name_problem(town, &sign_up.name).await?);
    problems.extend(email_problem(town, sign_up.email.as_deref()).await?);
    problems.extend(password_problem(&sign_up.password));
    Ok(problems)
}

fn invitation(sign_up: &SignUp) -> Option<&str> {
    let code = sign_up.invitation.as_deref().map(str::trim);
    code.filter(|code| !code.is_empty())
}

/// An invitation stands for the town's yes.
fn is_by_approval(town: &Town, sign_up: &SignUp) -> bool {
    town.profile().registration == Registration::Approval && invitation(sign_up).is_none()
}

fn reason_problem(town: &Town, sign_up: &SignUp) -> Option<Refusal> {
    let (reason, limit) = (sign_up.reason.trim(), limits::SIGN_UP_REASON);
    if is_by_approval(town, sign_up) && reason.is_empty() {
        return Some(Refusal::invalid("reason", "refusal-reason-needed"));
    }
    within(reason, limit, "reason", "refusal-text-too-long").err()
}

fn password_problem(password: &str) -> Option<Refusal> {
    if password.is_empty() {
        return Some(Refusal::invalid("password", "refusal-password-empty"));
    }
    check_password(password, "password").err()
}

async fn name_problem(town: &Town, name: &str) -> Outcome<Option<Refusal>> {
    if name.trim().is_empty() {
        return Ok(Some(Refusal::invalid("name", "refusal-name-empty")));
    }
    let name = match username(name) {
        Ok(name) => name,
        Err(refusal) => {
            let field = Some("name");
            return Ok(Some(Refusal { field, ..refusal }));
        }
    };
    let taken = accounts::by_handle(town.store.read(), &folded(&name), "").await?;
    Ok(taken.map(|_| Refusal::invalid("name", "refusal-username-taken")))
}

async fn email_problem(town: &Town, email: Option<&str>) -> Outcome<Option<Refusal>> {
    let email = email.map(str::trim).filter(|email| !email.is_empty());
    let email = match email.map(checked_email).transpose() {
        Ok(None) => return Ok(None),
        Ok(Some(email)) => email,
        Err(refusal) => return Ok(Some(refusal)),
    };
    let taken = logins::by_email(town.store.read(), &email.to_lowercase()).await?;
    Ok(taken.map(|_| Refusal::invalid("email", "refusal-email-taken")))
}
