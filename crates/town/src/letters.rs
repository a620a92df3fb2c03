//! Letters by e-mail: which are on their way, to whom, and what the links in them open. A letter is laid down in the transaction
//! of the deed it speaks of, and is only words once it is sent. Knows no mail server, no words and no page's address.

mod told;

use std::sync::Arc;

use parvis_model::{
    clock::{DAY, HOUR, MINUTE, Timestamp},
    id::{self, Id},
    refusal::Refusal,
};
use parvis_store::{Tx, letters as rows, logins};

pub use self::told::{Told, What, named, told};
use crate::{
    Outcome, Rate, Town,
    notifications::{self, NotificationKind},
    secrets, users,
};

/// A letter that failed so often is given up …
pub const TRIES: u32 = 8;
/// … and one that was sent is remembered so long, so that the next of its kind is not sent too soon.
pub(crate) const KEPT: Timestamp = 2 * DAY;
/// Those that nobody ever sent, since the mail server was taken out of the settings, go after so long.
pub(crate) const STALE: Timestamp = 14 * DAY;
/// Links of one kind that may be good at the same time: of two letters that cross, both serve.
const KEYS: u64 = 3;
/// Taken up at once.
const BATCH: u64 = 20;
/// A letter about notices waits for what else comes.
const GATHER: Timestamp = 30 * MINUTE;

/// What a letter is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterKind {
    /// A link to choose a new password.
    NewPassword,
    /// A link by which somebody shows that an address is theirs.
    ConfirmAddress,
    PasswordChanged,
    /// A passkey was added or removed.
    PasskeysChanged,
    /// To the address before.
    AddressChanged,
    /// What somebody has not looked at.
    Notices,
    /// For the staff: somebody waits to be let in …
    SignUps,
    /// … or something was reported.
    Reports,
}

impl LetterKind {
    const ALL: [Self; 8] = [
        Self::NewPassword,
        Self::ConfirmAddress,
        Self::PasswordChanged,
        Self::PasskeysChanged,
        Self::AddressChanged,
        Self::Notices,
        Self::SignUps,
        Self::Reports,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::NewPassword => "new_password",
            Self::ConfirmAddress => "confirm_address",
            Self::PasswordChanged => "password_changed",
            Self::PasskeysChanged => "passkeys_changed",
            Self::AddressChanged => "address_changed",
            Self::Notices => "notices",
            Self::SignUps => "sign_ups",
            Self::Reports => "reports",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// What is older is of no use to anybody.
    fn fresh(self) -> Timestamp {
        match self {
            Self::NewPassword => HOUR,
            Self::ConfirmAddress | Self::Notices | Self::SignUps | Self::Reports => 2 * DAY,
            Self::PasswordChanged | Self::PasskeysChanged | Self::AddressChanged => 7 * DAY,
        }
    }

    /// How long the link in it is good.
    fn good_for(self) -> Timestamp {
        if self == Self::ConfirmAddress {
            DAY
        } else {
            HOUR
        }
    }

    fn about(kind: NotificationKind) -> Self {
        match kind {
            NotificationKind::SignUp => Self::SignUps,
            NotificationKind::Report => Self::Reports,
            _ => Self::Notices,
        }
    }

    /// How long after the last of its kind the next one comes.
    fn pause(self) -> Timestamp {
        if self == Self::Notices { DAY } else { HOUR }
    }
}

/// A letter that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parcel {
    pub id: Id,
    pub kind: LetterKind,
    /// Attempts that failed.
    pub attempts: u32,
    user: Id,
    recipient: Option<String>,
    since: Timestamp,
}

/// What becomes of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The mail server has it. `upto`: the last notification it speaks of.
    Sent {
        upto: Id,
    },
    /// It is tried again then.
    Later(Timestamp),
    Dropped,
}

pub async fn due(town: &Town) -> Outcome<Vec<Parcel>> {
    let found = rows::due(town.store.read(), town.now(), BATCH).await?;
    Ok(found
        .into_iter()
        .filter_map(|row| {
            Some(Parcel {
                id: row.id,
                kind: LetterKind::parse(&row.kind)?,
                attempts: u32::try_from(row.attempts).unwrap_or(u32::MAX),
                user: row.login_id,
                recipient: row.recipient,
                since: row.created_at,
            })
        })
        .collect())
}

pub async fn settle(tx: &Tx, town: &Town, parcel: &Parcel, fate: Fate) -> Outcome<()> {
    match fate {
        Fate::Sent { upto } => {
            rows::sent(tx, parcel.id, town.now()).await?;
            if let Some(login) = logins::by_id(tx, parcel.user).await? {
                notifications::told_by_letter(tx, login.account_id, upto).await?;
            }
        }
        Fate::Later(at) => rows::later(tx, parcel.id, at).await?,
        Fate::Dropped => rows::delete(tx, parcel.id).await?,
    }
    Ok(())
}

/// Nothing happens in a town that sends no letters. `recipient`: where it goes, if not to the address the login has by then.
async fn lay_down(
    tx: &Tx,
    town: &Town,
    user: Id,
    kind: LetterKind,
    (recipient, due_at): (Option<String>, Timestamp),
) -> Outcome<()> {
    if !town.sends_letters() {
        return Ok(());
    }
    let row = rows::Letter {
        id: town.ids.next(),
        login_id: user,
        kind: kind.as_str().into(),
        recipient,
        attempts: 0,
        due_at,
        // It grows old from when it could first be sent.
        created_at: due_at,
    };
    Ok(rows::lay_down(tx, row).await?)
}

/// Whoever asks learns nothing: not from the answer, nor from the time it takes, since all that depends on who has a login
/// happens afterwards.
pub fn ask_for_password(town: &Arc<Town>, who: &str, network: &str) -> Outcome<()> {
    let rates = town.rates();
    rates.count(Rate::LetterNetwork, network)?;
    rates.count(Rate::Letter, &secrets::hash(&who.trim().to_lowercase()))?;
    let (here, who) = (Arc::clone(town), who.to_owned());
    tokio::spawn(async move {
        if let Err(err) = send_password_link(&here, &who).await {
            tracing::error!(%err, town = here.host, "a letter for a new password");
        }
    });
    Ok(())
}

async fn send_password_link(town: &Arc<Town>, who: &str) -> Outcome<()> {
    let Some(user) = users::with_address(town, who).await? else {
        return Ok(());
    };
    // By whichever of their names they were called.
    if town.rates().count(Rate::Letter, &user.to_string()).is_err() {
        return Ok(());
    }
    let here = Arc::clone(town);
    town.store
        .write(move |tx| {
            Box::pin(async move {
                let kind = LetterKind::NewPassword;
                rows::delete_waiting(tx, user, kind.as_str()).await?;
                lay_down(tx, &here, user, kind, (None, here.now())).await
            })
        })
        .await
}

/// Counts what [`confirm_address`] is about to send: before the write, which may be run twice.
pub(crate) fn count_confirmation(town: &Town, email: &str) -> Outcome<()> {
    if !town.sends_letters() {
        return Ok(());
    }
    // Whoever reads there may never have heard of this town.
    let reader = secrets::hash(&email.to_lowercase());
    Ok(town.rates().count(Rate::ConfirmAddress, &reader)?)
}

/// A letter to an address, which is the login's once its link was followed. It has been counted.
pub(crate) async fn confirm_address(tx: &Tx, town: &Town, user: Id, email: String) -> Outcome<()> {
    let kind = LetterKind::ConfirmAddress;
    end_links(tx, user, kind).await?;
    lay_down(tx, town, user, kind, (Some(email), town.now())).await
}

/// Links that went out before no longer open anything; the owner is told, in case it was not them.
pub(crate) async fn password_changed(tx: &Tx, town: &Town, user: Id) -> Outcome<()> {
    end_links(tx, user, LetterKind::NewPassword).await?;
    end_links(tx, user, LetterKind::ConfirmAddress).await?;
    let address = address_of(tx, user).await?;
    tell_owner(tx, town, user, LetterKind::PasswordChanged, address).await
}

/// The owner is told, in case it was not them.
pub(crate) async fn passkeys_changed(tx: &Tx, town: &Town, user: Id) -> Outcome<()> {
    let address = address_of(tx, user).await?;
    tell_owner(tx, town, user, LetterKind::PasskeysChanged, address).await
}

/// `before`: the address until now. What was sent there opens nothing any more.
pub(crate) async fn address_changed(
    tx: &Tx,
    town: &Town,
    user: Id,
    before: Option<String>,
) -> Outcome<()> {
    end_links(tx, user, LetterKind::NewPassword).await?;
    end_links(tx, user, LetterKind::ConfirmAddress).await?;
    tell_owner(tx, town, user, LetterKind::AddressChanged, before).await
}

/// Neither what was sent nor what is about to be opens anything any more.
async fn end_links(tx: &Tx, user: Id, kind: LetterKind) -> Outcome<()> {
    rows::delete_waiting(tx, user, kind.as_str()).await?;
    Ok(rows::delete_keys(tx, user, kind.as_str()).await?)
}

/// Also one that nobody has proven: what is said there opens nothing.
async fn address_of(tx: &Tx, user: Id) -> Outcome<Option<String>> {
    Ok(logins::by_id(tx, user).await?.and_then(|login| login.email))
}

async fn tell_owner(
    tx: &Tx,
    town: &Town,
    user: Id,
    kind: LetterKind,
    address: Option<String>,
) -> Outcome<()> {
    if address.is_none() {
        return Ok(());
    }
    lay_down(tx, town, user, kind, (address, town.now())).await
}

/// Somebody is told of something of which they want to hear by letter: it goes in the one that waits already, or in the next.
pub(crate) async fn about(tx: &Tx, town: &Town, to: Id, kind: NotificationKind) -> Outcome<()> {
    if !town.sends_letters() {
        return Ok(());
    }
    let Some(login) = logins::by_account(tx, to).await? else {
        return Ok(());
    };
    let kind = LetterKind::about(kind);
    if users::proven(&login).is_none() {
        return Ok(());
    }
    let gather = if kind == LetterKind::Notices {
        GATHER
    } else {
        0
    };
    let last = rows::last_sent(tx, login.id, kind.as_str()).await?;
    let due_at = (town.now() + gather).max(last + kind.pause());
    lay_down(tx, town, login.id, kind, (None, due_at)).await
}

fn is_over() -> Refusal {
    Refusal::forbidden("refusal-letter-link")
}

/// Is this the secret of a link for a new password, and still good?
pub async fn opens_password(town: &Town, secret: &str) -> Outcome<()> {
    found(town, LetterKind::NewPassword, secret).await.map(drop)
}

/// The address that this link confirms.
pub async fn address_to_confirm(town: &Town, secret: &str) -> Outcome<String> {
    let key = found(town, LetterKind::ConfirmAddress, secret).await?;
    Ok(key.email.ok_or_else(is_over)?)
}

async fn found(town: &Town, kind: LetterKind, secret: &str) -> Outcome<rows::Key> {
    let (db, hash) = (town.store.read(), secrets::hash(secret));
    let key = rows::key(db, &hash, kind.as_str(), town.now()).await?;
    Ok(key.ok_or_else(is_over)?)
}

/// The link is spent. Gives whose it is.
pub(crate) async fn spend_password_link(tx: &Tx, town: &Town, secret: &str) -> Outcome<Id> {
    let (kind, hash) = (LetterKind::NewPassword.as_str(), secrets::hash(secret));
    let key = rows::take_key(tx, &hash, kind, town.now()).await?;
    Ok(key.ok_or_else(is_over)?.login_id)
}

/// By whoever reads what comes to the address, logged in or not.
pub async fn set_confirmed_address(tx: &Tx, town: &Town, secret: &str) -> Outcome<()> {
    let (kind, hash) = (LetterKind::ConfirmAddress.as_str(), secrets::hash(secret));
    let key = rows::take_key(tx, &hash, kind, town.now()).await?;
    let key = key.ok_or_else(is_over)?;
    users::set_email(tx, town, key.login_id, key.email, Some(town.now())).await
}

/// Lets whoever holds a letter end letters of its kind, without a log-in: the login, and a seal on it.
pub fn way_out(town: &Town, user: Id) -> (Id, String) {
    let seal = secrets::seal(town, format!("parvis letters\n{user}").as_bytes());
    (user, hex::encode(seal))
}

/// Whose letters these are to end; refused where the seal is not ours.
pub fn check_way_out(town: &Town, user: &str, seal: &str) -> Result<Id, Refusal> {
    let user = id::parse(user).ok_or_else(is_over)?;
    if secrets::same(&way_out(town, user).1, seal) {
        Ok(user)
    } else {
        Err(is_over())
    }
}

/// No more notices by letter; what concerns the account itself is still written.
pub async fn stop(tx: &Tx, user: Id) -> Outcome<()> {
    let login = logins::by_id(tx, user).await?;
    let login = login.ok_or_else(Refusal::not_found)?;
    for kind in [
        LetterKind::Notices,
        LetterKind::SignUps,
        LetterKind::Reports,
    ] {
        rows::delete_waiting(tx, user, kind.as_str()).await?;
    }
    notifications::no_letters(tx, login.account_id).await
}
