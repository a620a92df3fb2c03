//! What a letter has to say, asked for just before it is sent: so that it is still true, and no secret waits in the database.

use parvis_model::{
    account::Role, clock::Timestamp, id::Id, locale::Locale, page::Page, text::is_hidden,
};
use parvis_store::{
    accounts, departures, entity,
    letters::{self as rows, Key},
    logins, reports,
};

use super::{KEYS, LetterKind, Parcel, way_out};
use crate::{
    Failure, Outcome, Town,
    notifications::{self, NotificationView, Wanted},
    secrets, users,
};

/// Notices named in one letter, of as many as are looked at.
const NAMED: usize = 10;
const LOOKED_AT: u64 = 40;
/// Signs of a name.
const NAME: usize = 40;
/// Of what mail programs make links; the last three pass for a dot in the name of a server (UTS 46).
const OF_LINKS: [&str; 5] = [".", "://", "\u{3002}", "\u{ff0e}", "\u{ff61}"];

/// A letter as it is to be written.
#[derive(Clone, Debug)]
pub struct Told {
    /// An e-mail address.
    pub to: String,
    /// How whoever reads it is called.
    pub name: String,
    pub locale: Locale,
    pub what: What,
    /// Ends letters like this one; `None` where they can't be ended.
    pub way_out: Option<(Id, String)>,
    /// The last notification it speaks of.
    pub upto: Id,
}

#[derive(Clone, Debug)]
pub enum What {
    NewPassword {
        secret: String,
    },
    ConfirmAddress {
        secret: String,
    },
    PasswordChanged,
    PasskeysChanged,
    AddressChanged,
    Notices {
        told: Vec<NotificationView>,
        /// Besides those.
        more: usize,
    },
    /// How many wait.
    SignUps(usize),
    Reports(usize),
}

/// `None` where there is nothing to say any more, or nobody to say it to.
pub async fn told(town: &Town, parcel: &Parcel) -> Outcome<Option<Told>> {
    if town.now() - parcel.since >= parcel.kind.fresh() {
        return Ok(None);
    }
    let db = town.store.read();
    let Some(login) = logins::by_id(db, parcel.user).await? else {
        return Ok(None);
    };
    let Some(account) = accounts::by_id(db, login.account_id).await? else {
        return Ok(None);
    };
    let proven = || users::proven(&login).map(str::to_owned);
    let Some(to) = parcel.recipient.clone().or_else(proven) else {
        return Ok(None);
    };
    let Some((what, upto)) = what(town, parcel, &login, &account).await? else {
        return Ok(None);
    };
    let may_end = matches!(
        what,
        What::Notices { .. } | What::SignUps(_) | What::Reports(_)
    );
    let profile = town.profile();
    let language = login.locale.as_deref().unwrap_or(&profile.language);
    Ok(Some(Told {
        to,
        // Whoever reads at an address to confirm need not know whoever gave it.
        name: match what {
            What::ConfirmAddress { .. } => account.name,
            _ => named(&account.display_name, &account.name),
        },
        locale: Locale::of(language),
        what,
        way_out: may_end.then(|| way_out(town, login.id)),
        upto,
    }))
}

async fn what(
    town: &Town,
    parcel: &Parcel,
    login: &entity::login::Model,
    account: &entity::account::Model,
) -> Outcome<Option<(What, Id)>> {
    let (db, hidden) = (town.store.read(), account.suspended_at.is_some());
    let what = match parcel.kind {
        LetterKind::PasswordChanged => What::PasswordChanged,
        LetterKind::PasskeysChanged => What::PasskeysChanged,
        LetterKind::AddressChanged => What::AddressChanged,
        LetterKind::NewPassword => {
            let may_return = departures::may_return(db, login.id, town.now()).await?;
            if login.approved_at.is_none() || (hidden && !may_return) {
                return Ok(None);
            }
            let Some(secret) = fresh_key(town, parcel, None).await? else {
                return Ok(None);
            };
            What::NewPassword { secret }
        }
        LetterKind::ConfirmAddress => {
            let Some(email) = parcel.recipient.clone() else {
                return Ok(None);
            };
            let taken = logins::by_email(db, &email.to_lowercase()).await?;
            if hidden || taken.is_some_and(|other| other.id != login.id) {
                return Ok(None);
            }
            let Some(secret) = fresh_key(town, parcel, Some(email)).await? else {
                return Ok(None);
            };
            What::ConfirmAddress { secret }
        }
        _ if hidden => return Ok(None),
        LetterKind::SignUps | LetterKind::Reports if !is_staff(login) => return Ok(None),
        LetterKind::Notices => return notices(town, account.id).await,
        LetterKind::SignUps => What::SignUps(logins::waiting(db, LOOKED_AT).await?.len()),
        LetterKind::Reports => What::Reports(reports::open(db, LOOKED_AT).await?.len()),
    };
    let nothing = matches!(what, What::SignUps(0) | What::Reports(0));
    Ok((!nothing).then_some((what, 0)))
}

fn is_staff(login: &entity::login::Model) -> bool {
    Role::parse(&login.role).is_some_and(|role| role >= Role::Moderator)
}

/// What came since the last letter and was not looked at; what one may no longer see is left out.
async fn notices(town: &Town, account: Id) -> Outcome<Option<(What, Id)>> {
    let (choices, told_upto) = notifications::choices_and_place(town, account).await?;
    let (mut kinds, unseen) = (choices.by_letter, choices.off_page);
    kinds.retain(|kind| LetterKind::about(*kind) == LetterKind::Notices);
    if kinds.is_empty() {
        return Ok(None);
    }
    let wanted = Wanted {
        kinds: Some(kinds.iter().map(|kind| kind.as_str().into()).collect()),
        ..Wanted::default()
    };
    let page = Page {
        since_id: Some(told_upto),
        limit: LOOKED_AT,
        ..Page::default()
    };
    let mut told = notifications::chosen(town, account, &wanted, page).await?;
    // Of what does not stand on the page, none was read there.
    told.retain(|it| it.unread || unseen.contains(&it.kind));
    let Some(upto) = told.first().map(|newest| newest.id) else {
        return Ok(None);
    };
    let more = told.len().saturating_sub(NAMED);
    told.truncate(NAMED);
    Ok(Some((What::Notices { told, more }, upto)))
}

/// A new one for each attempt: what failed to be sent may have arrived all the same. `None` where the letter was taken back
/// since it was found to be due: its link must open nothing.
async fn fresh_key(town: &Town, parcel: &Parcel, email: Option<String>) -> Outcome<Option<String>> {
    let (secret, kind, letter) = (secrets::random(), parcel.kind, parcel.id);
    let expires_at: Timestamp = town.now() + kind.good_for();
    let row = Key {
        id: town.ids.next(),
        login_id: parcel.user,
        kind: kind.as_str().into(),
        secret_hash: secrets::hash(&secret),
        email,
        expires_at,
    };
    let made = town
        .store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move {
                let waits = rows::still_waits(tx, letter).await?;
                if waits {
                    rows::insert_key(tx, row, KEYS).await?;
                }
                Ok(waits)
            })
        })
        .await?;
    Ok(made.then_some(secret))
}

/// A name as it may stand in a letter, which is the town's word: short, in one line, and nothing that a mail program makes a
/// link of; else the handle.
pub fn named(display_name: &str, handle: &str) -> String {
    let seen = display_name.chars().filter(|c| !is_hidden(*c));
    let short: String = seen.take(NAME).collect();
    let short = short.trim();
    let leads_away = OF_LINKS.iter().any(|sign| short.contains(sign));
    let name = if short.is_empty() || leads_away {
        handle
    } else {
        short
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strangers_name_says_nothing_in_the_towns_letters() {
        let said = |name: &str| named(name, "bruno@far.example");
        assert_eq!(
            said(" Bruno\u{2028}, le\u{202e} boulanger\r\n"),
            "Bruno, le boulanger"
        );
        assert_eq!(said(&"é".repeat(100)), "é".repeat(40));
        for bad in [
            "gagnez sur www.far.example",
            "http://far/",
            "far\u{200b}。example",
            "\u{2060} ",
        ] {
            assert_eq!(said(bad), "bruno@far.example", "{bad}");
        }
    }
}
