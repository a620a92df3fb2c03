//! Letters by e-mail on their way, and the keys of the links in them. Holds no words; knows not how letters are sent.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::dialect;

/// To whom and why; the words are written when it is sent.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Letter {
    pub id: i64,
    pub login_id: i64,
    pub kind: String,
    /// `None`: the address that the log-in has when it is sent.
    pub recipient: Option<String>,
    /// Those that failed.
    pub attempts: i64,
    pub due_at: i64,
    pub created_at: i64,
}

const LETTER: &str = "id, login_id, kind, recipient, attempts, due_at, created_at";

/// Nothing where one of a kind that gathers waits for this person already.
pub async fn lay_down(db: &impl ConnectionTrait, row: Letter) -> Result<(), DbErr> {
    let sql = "INSERT INTO letter (id, login_id, kind, recipient, attempts, due_at, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (login_id, kind) \
         WHERE sent_at IS NULL AND kind IN ('notices', 'sign_ups', 'reports') DO NOTHING";
    let params = [
        row.id.into(),
        row.login_id.into(),
        row.kind.into(),
        row.recipient.into(),
        row.attempts.into(),
        row.due_at.into(),
        row.created_at.into(),
    ];
    dialect::run(db, sql, params).await?;
    Ok(())
}

/// The longest overdue first.
pub async fn due(db: &impl ConnectionTrait, now: i64, limit: u64) -> Result<Vec<Letter>, DbErr> {
    let sql = format!(
        "SELECT {LETTER} FROM letter WHERE sent_at IS NULL AND due_at <= $1 ORDER BY due_at, id LIMIT $2"
    );
    let params = [now.into(), (limit as i64).into()];
    Letter::find_by_statement(dialect::statement(db, &sql, params))
        .all(db)
        .await
}

/// It is no longer known where it went.
pub async fn sent(db: &impl ConnectionTrait, letter: i64, now: i64) -> Result<(), DbErr> {
    let sql = "UPDATE letter SET sent_at = $2, recipient = NULL WHERE id = $1";
    dialect::run(db, sql, [letter.into(), now.into()]).await?;
    Ok(())
}

/// Counts a failed attempt.
pub async fn later(db: &impl ConnectionTrait, letter: i64, due_at: i64) -> Result<(), DbErr> {
    let sql = "UPDATE letter SET attempts = attempts + 1, due_at = $2 WHERE id = $1";
    dialect::run(db, sql, [letter.into(), due_at.into()]).await?;
    Ok(())
}

pub async fn delete(db: &impl ConnectionTrait, letter: i64) -> Result<(), DbErr> {
    let sql = "DELETE FROM letter WHERE id = $1";
    dialect::run(db, sql, [letter.into()]).await?;
    Ok(())
}

/// Is it still to be sent? Whoever takes it back meanwhile waits until this write has ended.
pub async fn still_waits(db: &impl ConnectionTrait, letter: i64) -> Result<bool, DbErr> {
    let sql = "UPDATE letter SET attempts = attempts WHERE id = $1 AND sent_at IS NULL";
    Ok(dialect::run(db, sql, [letter.into()]).await? == 1)
}

/// Those of one kind to one person that are not sent yet.
pub async fn delete_waiting(
    db: &impl ConnectionTrait,
    login: i64,
    kind: &str,
) -> Result<(), DbErr> {
    let sql = "DELETE FROM letter WHERE login_id = $1 AND kind = $2 AND sent_at IS NULL";
    dialect::run(db, sql, [login.into(), kind.into()]).await?;
    Ok(())
}

/// When the last of this kind was sent to somebody; 0 where none is remembered.
pub async fn last_sent(db: &impl ConnectionTrait, login: i64, kind: &str) -> Result<i64, DbErr> {
    let sql = "SELECT COALESCE(MAX(sent_at), 0) FROM letter WHERE login_id = $1 AND kind = $2";
    dialect::number(db, sql, [login.into(), kind.into()]).await
}

/// Letters sent before `sent`, those laid down before `stale` that nobody sent, and keys that no longer open anything.
pub async fn forget(
    db: &impl ConnectionTrait,
    (sent, stale): (i64, i64),
    now: i64,
) -> Result<(), DbErr> {
    let sql = "DELETE FROM letter WHERE sent_at < $1";
    dialect::run(db, sql, [sent.into()]).await?;
    let sql = "DELETE FROM letter WHERE sent_at IS NULL AND due_at < $1 AND created_at < $1";
    dialect::run(db, sql, [stale.into()]).await?;
    let sql = "DELETE FROM letter_key WHERE expires_at <= $1";
    dialect::run(db, sql, [now.into()]).await?;
    Ok(())
}

/// What a link in a letter opens.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Key {
    pub id: i64,
    pub login_id: i64,
    pub kind: String,
    pub secret_hash: String,
    /// The address that it confirms.
    pub email: Option<String>,
    pub expires_at: i64,
}

const KEY: &str = "id, login_id, kind, secret_hash, email, expires_at";

/// Of those of one kind of one person the newest `keep` stay.
pub async fn insert_key(db: &impl ConnectionTrait, row: Key, keep: u64) -> Result<(), DbErr> {
    let (login, kind) = (row.login_id, row.kind.clone());
    let sql = "INSERT INTO letter_key (id, login_id, kind, secret_hash, email, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6)";
    let params = [
        row.id.into(),
        row.login_id.into(),
        row.kind.into(),
        row.secret_hash.into(),
        row.email.into(),
        row.expires_at.into(),
    ];
    dialect::run(db, sql, params).await?;
    let sql = "DELETE FROM letter_key WHERE login_id = $1 AND kind = $2 AND id NOT IN \
         (SELECT id FROM letter_key WHERE login_id = $1 AND kind = $2 ORDER BY id DESC LIMIT $3)";
    dialect::run(db, sql, [login.into(), kind.into(), (keep as i64).into()]).await?;
    Ok(())
}

pub async fn key(
    db: &impl ConnectionTrait,
    hash: &str,
    kind: &str,
    now: i64,
) -> Result<Option<Key>, DbErr> {
    let sql = format!(
        "SELECT {KEY} FROM letter_key WHERE secret_hash = $1 AND kind = $2 AND expires_at > $3"
    );
    let params = [hash.into(), kind.into(), now.into()];
    Key::find_by_statement(dialect::statement(db, &sql, params))
        .one(db)
        .await
}

/// Once, for whoever comes first.
pub async fn take_key(
    db: &impl ConnectionTrait,
    hash: &str,
    kind: &str,
    now: i64,
) -> Result<Option<Key>, DbErr> {
    let sql = format!(
        "DELETE FROM letter_key WHERE secret_hash = $1 AND kind = $2 AND expires_at > $3 RETURNING {KEY}"
    );
    let params = [hash.into(), kind.into(), now.into()];
    Key::find_by_statement(dialect::statement(db, &sql, params))
        .one(db)
        .await
}

pub async fn delete_keys(db: &impl ConnectionTrait, login: i64, kind: &str) -> Result<(), DbErr> {
    let sql = "DELETE FROM letter_key WHERE login_id = $1 AND kind = $2";
    dialect::run(db, sql, [login.into(), kind.into()]).await?;
    Ok(())
}
