//! Codes with which newcomers may sign up.

use parvis_model::{
    clock::{DAY, Timestamp},
    refusal::Refusal,
};
use parvis_store::{Tx, entity, logins};

use crate::{
    Outcome, Town, secrets,
    users::{UserView, must_be_staff},
};

const VALID: Timestamp = 30 * DAY;
const USES: i32 = 100;

#[derive(Clone, Debug)]
pub struct InvitationView {
    pub code: String,
    pub uses_left: i32,
    pub expires_at: Timestamp,
}

/// A code for up to `uses` newcomers within 30 days.
pub async fn issue(tx: &Tx, town: &Town, staff: &UserView, uses: i32) -> Outcome<String> {
    must_be_staff(staff)?;
    let code = secrets::readable(3);
    let row = entity::invitation::Model {
        id: town.ids.next(),
        code: code.clone(),
        created_by: staff.id,
        uses_left: uses.clamp(1, USES),
        expires_at: town.now() + VALID,
        created_at: town.now(),
    };
    logins::insert_invitation(tx, row).await?;
    Ok(code)
}

/// Those that can still be used, newest first.
pub async fn list(town: &Town, staff: &UserView) -> Outcome<Vec<InvitationView>> {
    must_be_staff(staff)?;
    let rows = logins::invitations(town.store.read(), town.now()).await?;
    Ok(rows
        .into_iter()
        .map(|row| InvitationView {
            code: row.code,
            uses_left: row.uses_left,
            expires_at: row.expires_at,
        })
        .collect())
}

pub(crate) async fn spend(tx: &Tx, town: &Town, code: &str) -> Outcome<()> {
    if logins::use_invitation(tx, &code.to_lowercase().replace('\0', ""), town.now()).await? {
        Ok(())
    } else {
        Err(Refusal::invalid("invitation", "refusal-invitation-invalid").into())
    }
}
