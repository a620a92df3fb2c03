//! People who can log in here: signing up, logging in, passwords, roles, approval.

use std::sync::Arc;

use parvis_model::{
    account::{AccountKind, Role},
    appearance::Appearance,
    handle::{Handle, folded, username},
    id::Id,
    limits,
    locale::Locale,
    refusal::Refusal,
};
use parvis_store::{Tx, accounts, entity, logins};

use crate::{
    AccountView, Outcome, Rate, Town,
    accounts::insert_local,
    invitations,
    journal::{self, Entry},
    letters, passkeys, secrets,
};

mod address;
mod admission;
mod newcomers;
mod proof;

pub use address::{Addressed, change_email};
pub(crate) use address::{proven, set_email, with_address};
pub use admission::{
    Admission, log_in, log_in_by_passkey, recover, recover_by_letter, second_step,
    ticket_has_passkeys,
};
pub use newcomers::{prepare_checked, prepare_sign_up, problems};
pub use proof::Proof;

const RECOVERY_CODES: usize = 8;

/// One who is logged in.
#[derive(Clone, Debug)]
pub struct UserView {
    pub id: Id,
    pub account: Id,
    pub name: String,
    pub role: Role,
    pub locale: Option<String>,
    pub appearance: Appearance,
    pub email: Option<String>,
    /// Somebody showed that the address is theirs; letters go to no other.
    pub email_proven: bool,
    pub approved: bool,
    pub suspended: bool,
}

impl UserView {
    pub(crate) fn new(login: entity::login::Model, account: &entity::account::Model) -> Self {
        Self::from(logins::Holder {
            login,
            account_name: account.name.clone(),
            suspended_at: account.suspended_at,
        })
    }

    /// `None` for one who may not come in (any more).
    pub(crate) fn admitted(holder: logins::Holder) -> Option<Self> {
        Some(Self::from(holder)).filter(Self::may_come_in)
    }

    pub fn may_come_in(&self) -> bool {
        self.approved && !self.suspended
    }

    pub fn is_staff(&self) -> bool {
        self.role >= Role::Moderator
    }
}

impl From<logins::Holder> for UserView {
    fn from(holder: logins::Holder) -> Self {
        let login = holder.login;
        Self {
            id: login.id,
            account: login.account_id,
            name: holder.account_name,
            role: Role::parse(&login.role).unwrap_or(Role::Resident),
            locale: login.locale,
            appearance: Appearance::parse(&login.appearance),
            email: login.email,
            email_proven: login.email_proven_at.is_some(),
            approved: login.approved_at.is_some(),
            suspended: holder.suspended_at.is_some(),
        }
    }
}

/// What a newcomer fills in.
#[derive(Clone, Debug, Default)]
pub struct SignUp {
    pub name: String,
    pub email: Option<String>,
    pub password: String,
    /// Why; asked where a moderator decides.
    pub reason: String,
    pub invitation: Option<String>,
    pub locale: Option<String>,
    /// To the rules of the town.
    pub agreed: bool,
}

/// A sign-up checked, with its password hashed: all that takes time.
#[derive(Clone)]
pub struct Prepared {
    name: String,
    email: Option<String>,
    password_hash: String,
    reason: String,
    invitation: Option<String>,
    locale: Option<String>,
    kind: AccountKind,
    role: Role,
    approved: bool,
    /// Nobody vouches for the address.
    to_confirm: bool,
}

impl Prepared {
    /// Whoever gave the address is asked whether it is theirs.
    pub(crate) fn unproven(self) -> Self {
        Self {
            to_confirm: true,
            ..self
        }
    }
}

/// The answer to a sign-up; the codes are shown this once.
#[derive(Clone, Debug)]
pub struct SignedUp {
    pub user: Id,
    pub account: Id,
    pub waits_for_approval: bool,
    /// The address counts once the link in the letter to it was followed.
    pub asked_by_letter: bool,
    pub recovery_codes: Vec<String>,
    /// Whoever signs up comes in at once.
    pub proof: Proof,
}

/// By the town itself, which vouches for the address: the command line, the demo.
pub async fn prepare_account(
    town: &Arc<Town>,
    name: &str,
    email: Option<&str>,
    password: String,
    role: Role,
    kind: AccountKind,
) -> Outcome<Prepared> {
    let mut prepared = prepare(town, name, email, password, kind).await?;
    prepared.role = role;
    Ok(prepared)
}

async fn prepare(
    town: &Arc<Town>,
    name: &str,
    email: Option<&str>,
    password: String,
    kind: AccountKind,
) -> Outcome<Prepared> {
    let name = username(name).map_err(|refusal| Refusal {
        field: Some("name"),
        ..refusal
    })?;
    let email = email
        .map(str::trim)
        .filter(|email| !email.is_empty())
        .map(checked_email)
        .transpose()?;
    check_password(&password, "password")?;
    let db = town.store.read();
    if accounts::by_handle(db, &folded(&name), "").await?.is_some() {
        return Err(Refusal::invalid("name", "refusal-username-taken").into());
    }
    if let Some(email) = &email
        && logins::by_email(db, &email.to_lowercase()).await?.is_some()
    {
        return Err(Refusal::invalid("email", "refusal-email-taken").into());
    }
    Ok(Prepared {
        name,
        email,
        password_hash: secrets::hash_password(password).await?,
        reason: String::new(),
        invitation: None,
        locale: None,
        kind,
        role: Role::Resident,
        approved: true,
        to_confirm: false,
    })
}

/// Enough to catch a slip of the hand; whether it exists only a letter to it would show. Whatever mail servers read in several
/// ways is refused: comments, quotes, routes by `%` and `!`, a machine's number for its name.
fn checked_email(email: &str) -> Result<String, Refusal> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "#$&'*+-./=?^_`{|}~".contains(c);
    let fits = email.len() <= limits::EMAIL
        && email.split_once('@').is_some_and(|(user, host)| {
            !user.is_empty() && user.chars().all(is_plain) && is_host_of_mail(host)
        });
    if fits {
        Ok(email.to_owned())
    } else {
        Err(Refusal::invalid("email", "refusal-email-invalid"))
    }
}

fn is_host_of_mail(host: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    host.split('.').all(is_label)
        && host
            .rsplit_once('.')
            .is_some_and(|(_, last)| !last.chars().all(|c| c.is_ascii_digit()))
}

fn check_password(password: &str, field: &'static str) -> Result<(), Refusal> {
    let count = password.chars().count();
    if count < limits::PASSWORD_MIN {
        return Err(
            Refusal::invalid(field, "refusal-password-short").with("limit", limits::PASSWORD_MIN)
        );
    }
    if count > limits::PASSWORD_MAX {
        return Err(
            Refusal::invalid(field, "refusal-password-long").with("limit", limits::PASSWORD_MAX)
        );
    }
    Ok(())
}

/// In a town that sends letters, an address counts once its owner has followed the link in one.
pub async fn sign_up(tx: &Tx, town: &Town, mut prepared: Prepared) -> Outcome<SignedUp> {
    let invited = match &prepared.invitation {
        Some(code) => Some(invitations::spend(tx, town, code).await?),
        None => None,
    };
    let email_key = address::key_of(prepared.email.as_deref());
    let user = town.ids.next();
    address::must_be_free(tx, user, email_key.as_deref()).await?;
    let to_confirm = prepared.to_confirm && town.sends_letters();
    let unsure = prepared.email.take_if(|_| to_confirm);
    let account = insert_local(tx, town, &prepared.name, prepared.kind).await?;
    let login = entity::login::Model {
        id: user,
        account_id: account,
        email_key: email_key.filter(|_| prepared.email.is_some()),
        email_proven_at: (prepared.email.is_some() && !prepared.to_confirm).then(|| town.now()),
        email: prepared.email,
        password_hash: prepared.password_hash,
        role: prepared.role.as_str().into(),
        locale: prepared.locale,
        reason: prepared.reason,
        created_at: town.now(),
        approved_at: prepared.approved.then(|| town.now()),
        notifications_read_id: 0,
        appearance: String::new(),
    };
    let proof = Proof::of_password(&login);
    logins::insert(tx, login).await?;
    let asked_by_letter = unsure.is_some();
    if let Some(email) = unsure {
        letters::confirm_address(tx, town, user, email).await?;
    }
    if let Some(invitation) = invited {
        invitations::remember(tx, invitation, user).await?;
    }
    let recovery_codes = fresh_recovery_codes(tx, town, user).await?;
    let waits = !prepared.approved;
    journal::record(tx, town, &Entry::SignedUp { account, waits }).await?;
    Ok(SignedUp {
        user,
        account,
        waits_for_approval: waits,
        asked_by_letter,
        recovery_codes,
        proof,
    })
}

/// New codes for people without e-mail; the old ones no longer count.
pub async fn fresh_recovery_codes(tx: &Tx, town: &Town, user: Id) -> Outcome<Vec<String>> {
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| secrets::readable(3)).collect();
    let rows = codes
        .iter()
        .map(|code| entity::recovery_code::Model {
            id: town.ids.next(),
            login_id: user,
            code_hash: secrets::hash(code),
        })
        .collect();
    logins::set_recovery_codes(tx, user, rows).await?;
    Ok(codes)
}

type Found = Option<(entity::login::Model, entity::account::Model)>;

/// By name or e-mail. `marie@this.town` is Marie, even where somebody else gave it as an e-mail address.
async fn find(town: &Town, who: &str) -> Outcome<Found> {
    let who = who.trim();
    if who.contains('\0') {
        return Ok(None);
    }
    let handle = who.parse::<Handle>().ok();
    let is_of_here = |handle: &&Handle| handle.domain.is_some() && !town.is_elsewhere(handle);
    if let Some(handle) = handle.as_ref().filter(is_of_here)
        && let Some(found) = find_by_handle(town, handle).await?
    {
        return Ok(Some(found));
    }
    let db = town.store.read();
    if let Some(login) = logins::by_email(db, &who.to_lowercase()).await? {
        let account = accounts::by_id(db, login.account_id).await?;
        return Ok(account.map(|account| (login, account)));
    }
    match handle {
        Some(handle) => find_by_handle(town, &handle).await,
        None => Ok(None),
    }
}

async fn find_by_handle(town: &Town, handle: &Handle) -> Outcome<Found> {
    let Some(account) = crate::accounts::by_handle(town, handle).await? else {
        return Ok(None);
    };
    let login = logins::by_account(town.store.read(), account.id).await?;
    Ok(login.map(|login| (login, account)))
}

/// By oneself; `keep` is the session that stays.
pub async fn change_password(
    town: &Arc<Town>,
    user: Id,
    old: String,
    new: String,
    keep: Option<Id>,
) -> Outcome<()> {
    confirm_password(town, user, old).await?;
    check_password(&new, "password")?;
    let (hashed, here) = (secrets::hash_password(new).await?, Arc::clone(town));
    town.store
        .write(move |tx| {
            Box::pin(async move { replace_password(tx, &here, user, hashed, keep).await })
        })
        .await
}

/// Refused where there was no such login to change.
pub(crate) fn there(changed: bool) -> Outcome<()> {
    if changed {
        Ok(())
    } else {
        Err(Refusal::not_found().into())
    }
}

/// New recovery codes for oneself; the password shows that it is oneself.
pub async fn renew_recovery_codes(
    town: &Arc<Town>,
    user: Id,
    password: String,
) -> Outcome<Vec<String>> {
    confirm_password(town, user, password).await?;
    let here = Arc::clone(town);
    town.store
        .write(move |tx| Box::pin(async move { fresh_recovery_codes(tx, &here, user).await }))
        .await
}

/// Counted like a log-in, so that an open session is no way to guess it.
pub async fn confirm_password(town: &Town, user: Id, password: String) -> Outcome<()> {
    let login = logins::by_id(town.store.read(), user)
        .await?
        .ok_or_else(Refusal::not_found)?;
    town.rates().count(Rate::LogInAccount, &user.to_string())?;
    if secrets::verify_password(password, Some(login.password_hash)).await? {
        Ok(())
    } else {
        Err(Refusal::invalid("old_password", "refusal-password-wrong").into())
    }
}

/// By the town itself; everyone who was logged in as this user is out, and so is whoever had a key.
pub async fn set_password(town: &Arc<Town>, user: Id, new: String) -> Outcome<()> {
    check_password(&new, "password")?;
    let (hashed, here) = (secrets::hash_password(new).await?, Arc::clone(town));
    town.store
        .write(move |tx| {
            Box::pin(async move {
                replace_password(tx, &here, user, hashed, None).await?;
                // Only now that the login is locked: no key comes in between.
                passkeys::forget_all(tx, user).await
            })
        })
        .await
}

async fn replace_password(
    tx: &Tx,
    town: &Town,
    user: Id,
    hashed: String,
    keep: Option<Id>,
) -> Outcome<()> {
    there(logins::set_password(tx, user, hashed).await?)?;
    logins::delete_sessions(tx, user, keep).await?;
    logins::delete_tokens(tx, user).await?;
    letters::password_changed(tx, town, user).await
}

/// A new random password, for the command line.
pub fn random_password() -> String {
    secrets::readable(4)
}

/// By name, for the command line.
pub async fn by_name(town: &Town, name: &str) -> Outcome<Option<UserView>> {
    Ok(find(town, name)
        .await?
        .map(|(login, account)| UserView::new(login, &account)))
}

/// Everyone with a login, by name.
pub async fn all(town: &Town) -> Outcome<Vec<UserView>> {
    let pairs = logins::all(town.store.read()).await?;
    Ok(pairs
        .into_iter()
        .map(|(login, account)| UserView::new(login, &account))
        .collect())
}

/// Whom people here can turn to.
pub async fn staff(town: &Town) -> Outcome<Vec<AccountView>> {
    let staff = logins::staff(town.store.read()).await?;
    let ids: Vec<Id> = staff.iter().map(|login| login.account_id).collect();
    crate::accounts::views(town, &ids).await
}

/// Language of the pages; `None` follows the browser.
pub async fn set_locale(tx: &Tx, _town: &Town, user: Id, locale: Option<String>) -> Outcome<()> {
    if locale.as_ref().is_some_and(|code| !is_locale(code)) {
        return Err(Refusal::invalid("language", "refusal-language-unknown").into());
    }
    there(logins::set_locale(tx, user, locale).await?)
}

pub(crate) fn is_locale(code: &str) -> bool {
    Locale::all().iter().any(|(known, _)| *known == code)
}

pub async fn set_role(tx: &Tx, _town: &Town, user: Id, role: Role) -> Outcome<()> {
    there(logins::set_role(tx, user, role.as_str()).await?)
}

/// One who waits for a moderator's yes.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub user: Id,
    pub account: AccountView,
    pub email: Option<String>,
    pub reason: String,
    pub since: i64,
}

pub async fn waiting(town: &Town, staff: &UserView) -> Outcome<Vec<Waiting>> {
    must_be_staff(staff)?;
    let db = town.store.read();
    let rows = logins::waiting(db, limits::PAGE_MAX).await?;
    let ids: Vec<Id> = rows.iter().map(|row| row.account_id).collect();
    let people = crate::accounts::views(town, &ids).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let account = people
                .iter()
                .find(|account| account.id == row.account_id)?
                .clone();
            Some(Waiting {
                user: row.id,
                account,
                email: row.email,
                reason: row.reason,
                since: row.created_at,
            })
        })
        .collect())
}

pub async fn approve(tx: &Tx, town: &Town, staff: &UserView, user: Id) -> Outcome<()> {
    must_be_staff(staff)?;
    there(logins::approve(tx, user, town.now()).await?)
}

/// Nothing stays of one who was refused.
pub async fn refuse(tx: &Tx, _town: &Town, staff: &UserView, user: Id) -> Outcome<()> {
    must_be_staff(staff)?;
    let login = logins::by_id(tx, user)
        .await?
        .ok_or_else(Refusal::not_found)?;
    if login.approved_at.is_some() {
        return Err(Refusal::not_found().into());
    }
    Ok(accounts::delete(tx, login.account_id).await?)
}

pub(crate) fn must_be_staff(user: &UserView) -> Result<(), Refusal> {
    if user.is_staff() {
        Ok(())
    } else {
        Err(Refusal::not_found())
    }
}

pub(crate) fn must_be_admin(user: &UserView) -> Result<(), Refusal> {
    if user.role == Role::Admin {
        Ok(())
    } else {
        Err(Refusal::not_found())
    }
}
