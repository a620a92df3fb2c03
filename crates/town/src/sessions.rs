//! Logged-in browsers: opened, listed, closed. The secret is in the cookie only; here is its hash.

use parvis_model::{
    clock::{DAY, HOUR, Timestamp},
    id::Id,
    limits,
};
use parvis_store::{Tx, entity, logins};

use crate::{
    Outcome, Town, secrets, touches,
    users::{Proof, UserView},
};

/// A session that is not used for so long ends.
pub(crate) const IDLE: Timestamp = 60 * DAY;

#[derive(Clone, Debug)]
pub struct SessionView {
    pub id: Id,
    pub created_at: Timestamp,
    pub last_seen_at: Timestamp,
    /// What the browser calls itself.
    pub user_agent: String,
    pub network: String,
    pub current: bool,
}

impl SessionView {
    fn new(row: entity::session::Model, current: bool) -> Self {
        Self {
            id: row.id,
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
            user_agent: row.user_agent,
            network: row.network,
            current,
        }
    }
}

/// Gives the secret for the cookie. Refused where what was shown no longer counts.
pub async fn open(
    tx: &Tx,
    town: &Town,
    proof: &Proof,
    user_agent: &str,
    network: &str,
) -> Outcome<String> {
    proof.must_hold(tx).await?;
    let (secret, user) = (secrets::random(), proof.user());
    let row = entity::session::Model {
        id: town.ids.next(),
        login_id: user,
        secret_hash: secrets::hash(&secret),
        user_agent: user_agent.chars().take(200).collect(),
        network: network.chars().take(60).collect(),
        created_at: town.now(),
        last_seen_at: town.now(),
    };
    logins::insert_session(tx, row).await?;
    let all = logins::sessions(tx, user).await?;
    for oldest in all.iter().skip(limits::SESSIONS_PER_USER as usize) {
        logins::delete_session(tx, user, oldest.id).await?;
    }
    Ok(secret)
}

/// Who is behind a cookie's secret.
pub async fn user(town: &Town, secret: &str) -> Outcome<Option<(UserView, SessionView)>> {
    let db = town.store.read();
    let Some((session, holder)) = logins::session_by_hash(db, &secrets::hash(secret)).await? else {
        return Ok(None);
    };
    if session.last_seen_at + IDLE < town.now() {
        return Ok(None);
    }
    let Some(user) = UserView::admitted(holder) else {
        return Ok(None);
    };
    touch(town, &session);
    Ok(Some((user, SessionView::new(session, true))))
}

/// When a session was used is remembered to the hour: a write for each page would tell more than anyone needs.
fn touch(town: &Town, session: &entity::session::Model) {
    let (id, now) = (session.id, town.now());
    if session.last_seen_at + HOUR > now {
        return;
    }
    touches::write_down(town, "session", move |tx| {
        Box::pin(async move { Ok(logins::touch_session(tx, id, now).await?) })
    });
}

/// Last used first.
pub async fn list(town: &Town, user: Id, current: Id) -> Outcome<Vec<SessionView>> {
    let rows = logins::sessions(town.store.read(), user).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let is = row.id == current;
            SessionView::new(row, is)
        })
        .collect())
}

pub async fn close(tx: &Tx, _town: &Town, user: Id, session: Id) -> Outcome<()> {
    Ok(logins::delete_session(tx, user, session).await?)
}

pub async fn close_others(tx: &Tx, _town: &Town, user: Id, keep: Id) -> Outcome<()> {
    Ok(logins::delete_sessions(tx, user, Some(keep)).await?)
}
