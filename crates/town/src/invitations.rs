//! Invitations: codes with which newcomers may sign up. Who may give them is the town's rule.

use parvis_model::{
    clock::{DAY, Timestamp},
    id::Id,
    limits,
    refusal::Refusal,
};
use parvis_store::{ConnectionTrait, Tx, accounts as rows, entity, invitations, logins};

use crate::{
    AccountView, Outcome, Town,
    accounts::{self, within},
    secrets,
    users::{UserView, must_be_staff},
};

/// People who may come by one code.
const USES: i32 = 100;
/// Codes of one person that are good at the same time.
const OPEN: u64 = 30;
/// So many are listed.
const LISTED: u64 = 100;
const CODE: usize = 40;

/// How many days a code may be good for.
pub const DAYS: [i64; 4] = [1, 7, 30, 365];

#[derive(Clone, Debug)]
pub struct InvitationView {
    pub id: Id,
    pub code: String,
    pub uses_left: i32,
    pub expires_at: Timestamp,
    /// To oneself: what it is for.
    pub note: String,
    pub state: State,
    /// Who gave it out.
    pub by: AccountView,
    /// Those who came by it and are still here.
    pub came: Vec<AccountView>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Open,
    /// As many came as may.
    UsedUp,
    Over,
    TakenBack,
}

/// What somebody wants to give out.
#[derive(Clone, Debug)]
pub struct Wish {
    pub uses: i32,
    /// One of [`DAYS`].
    pub days: i64,
    pub note: String,
}

/// What becomes of one who comes with a code.
#[derive(Clone, Debug)]
pub enum Found {
    Good {
        by: Box<AccountView>,
    },
    /// Was good once, or never.
    NotAnyMore,
}

pub async fn issue(tx: &Tx, town: &Town, user: &UserView, wish: &Wish) -> Outcome<String> {
    must_be_inviter(town, user)?;
    if !(1..=USES).contains(&wish.uses) {
        return Err(Refusal::invalid("uses", "refusal-number").into());
    }
    if !DAYS.contains(&wish.days) {
        return Err(Refusal::invalid("days", "refusal-choice").into());
    }
    let note = within(
        wish.note.trim(),
        limits::INVITATION_NOTE,
        "note",
        "refusal-text-too-long",
    )?;
    let now = town.now();
    invitations::forget_vain(tx, user.id, now).await?;
    if invitations::count_open(tx, user.id, now).await? >= OPEN {
        return Err(Refusal::forbidden("refusal-invitations-many")
            .with("limit", OPEN)
            .into());
    }
    let code = secrets::readable(3);
    let row = entity::invitation::Model {
        id: town.ids.next(),
        code: code.clone(),
        created_by: user.id,
        uses_left: wish.uses,
        expires_at: now + wish.days * DAY,
        created_at: now,
        note,
        taken_back_at: None,
    };
    invitations::insert(tx, row).await?;
    Ok(code)
}

/// One's own, newest first, whatever has become of them.
pub async fn mine(town: &Town, user: &UserView) -> Outcome<Vec<InvitationView>> {
    let rows = invitations::of(town.store.read(), user.id, LISTED).await?;
    views(town, rows).await
}

/// Everyone's that can still be used, newest first; notes are for those who wrote them.
pub async fn open(town: &Town, staff: &UserView) -> Outcome<Vec<InvitationView>> {
    must_be_staff(staff)?;
    let rows = invitations::open(town.store.read(), town.now(), LISTED).await?;
    let mut views = views(town, rows).await?;
    for view in &mut views {
        if view.by.id != staff.account {
            view.note.clear();
        }
    }
    Ok(views)
}

/// One's own, or as one of the staff anyone's. Who came by it stays.
pub async fn take_back(tx: &Tx, town: &Town, user: &UserView, id: Id) -> Outcome<()> {
    let by = (!user.is_staff()).then_some(user.id);
    if invitations::take_back(tx, id, by, town.now()).await? {
        Ok(())
    } else {
        Err(Refusal::not_found().into())
    }
}

/// For one who comes by a link.
pub async fn look_up(town: &Town, code: &str) -> Outcome<Found> {
    let db = town.store.read();
    let Some(row) = invitations::by_code(db, &plain(code)).await? else {
        return Ok(Found::NotAnyMore);
    };
    match giver_of(db, town, &row).await? {
        Some(giver) if state_of(&row, town.now()) == State::Open => {
            let by = accounts::view(town, &crate::Viewer::nobody(), giver.account).await?;
            Ok(Found::Good { by: Box::new(by) })
        }
        _ => Ok(Found::NotAnyMore),
    }
}

/// Who gave it out, for as long as they may invite.
async fn giver_of(
    db: &impl ConnectionTrait,
    town: &Town,
    row: &entity::invitation::Model,
) -> Outcome<Option<UserView>> {
    let Some(login) = logins::by_id(db, row.created_by).await? else {
        return Ok(None);
    };
    let account = rows::by_id(db, login.account_id).await?;
    let giver = account.map(|account| UserView::new(login, &account));
    Ok(giver.filter(|giver| giver.may_come_in() && town.profile().lets_invite(giver.role)))
}

/// One use less; gives the invitation.
pub(crate) async fn spend(tx: &Tx, town: &Town, code: &str) -> Outcome<Id> {
    let invalid = || Refusal::invalid("invitation", "refusal-invitation-invalid");
    let row = invitations::by_code(tx, &plain(code)).await?;
    let row = row.ok_or_else(invalid)?;
    let giver = giver_of(tx, town, &row).await?;
    if giver.is_some() && invitations::spend(tx, row.id, town.now()).await? {
        Ok(row.id)
    } else {
        Err(invalid().into())
    }
}

/// Who came by it, once they have a log-in.
pub(crate) async fn remember(tx: &Tx, invitation: Id, newcomer: Id) -> Outcome<()> {
    Ok(invitations::remember(tx, invitation, newcomer).await?)
}

/// As people copy it.
fn plain(code: &str) -> String {
    let written = code.trim().chars().filter(|letter| *letter != '\0');
    written.take(CODE).collect::<String>().to_lowercase()
}

fn must_be_inviter(town: &Town, user: &UserView) -> Result<(), Refusal> {
    if town.profile().lets_invite(user.role) {
        Ok(())
    } else {
        Err(Refusal::forbidden("refusal-may-not-invite"))
    }
}

fn state_of(row: &entity::invitation::Model, now: Timestamp) -> State {
    if row.taken_back_at.is_some() {
        State::TakenBack
    } else if row.uses_left <= 0 {
        State::UsedUp
    } else if row.expires_at <= now {
        State::Over
    } else {
        State::Open
    }
}

async fn views(town: &Town, rows: Vec<entity::invitation::Model>) -> Outcome<Vec<InvitationView>> {
    let db = town.store.read();
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let came = invitations::came(db, &ids).await?;
    let givers: Vec<Id> = rows.iter().map(|row| row.created_by).collect();
    let givers = logins::by_ids(db, &givers).await?;
    let people: Vec<Id> = came
        .iter()
        .map(|one| one.account_id)
        .chain(givers.iter().map(|giver| giver.account_id))
        .collect();
    let people = accounts::views(town, &people).await?;
    let person = |account: Id| people.iter().find(|one| one.id == account).cloned();
    let now = town.now();
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let giver = givers.iter().find(|giver| giver.id == row.created_by)?;
            let by_this = came.iter().filter(|one| one.invitation_id == row.id);
            Some(InvitationView {
                id: row.id,
                state: state_of(&row, now),
                by: person(giver.account_id)?,
                came: by_this.filter_map(|one| person(one.account_id)).collect(),
                code: row.code,
                uses_left: row.uses_left,
                expires_at: row.expires_at,
                note: row.note,
            })
        })
        .collect())
}
