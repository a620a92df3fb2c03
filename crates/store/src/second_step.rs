//! The second step of a log-in: the secret shared with someone's phone, and the codes kept on paper. Knows not how a code
//! is made.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::dialect;

#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct SecondStep {
    pub login_id: i64,
    /// In base32 (RFC 4648).
    pub secret: String,
    /// `None` until a first code has shown that the phone has it.
    pub since: Option<i64>,
    /// The step of time whose code was taken last.
    pub last_step: i64,
}

pub async fn of(db: &impl ConnectionTrait, login: i64) -> Result<Option<SecondStep>, DbErr> {
    let sql = "SELECT login_id, secret, since, last_step FROM second_step WHERE login_id = $1";
    SecondStep::find_by_statement(dialect::statement(db, sql, [login.into()]))
        .one(db)
        .await
}

/// Begins anew with another secret; nothing happens where one is in use. `false` then.
pub async fn begin(db: &impl ConnectionTrait, login: i64, secret: &str) -> Result<bool, DbErr> {
    let sql = "DELETE FROM second_step WHERE login_id = $1 AND since IS NULL";
    dialect::run(db, sql, [login.into()]).await?;
    let sql = "INSERT INTO second_step (login_id, secret, since, last_step) VALUES ($1, $2, NULL, 0) \
               ON CONFLICT (login_id) DO NOTHING";
    let done = dialect::run(db, sql, [login.into(), secret.into()]).await?;
    Ok(done == 1)
}

/// From now on it is asked for. `false` where it is already.
pub async fn confirm(db: &impl ConnectionTrait, login: i64, now: i64) -> Result<bool, DbErr> {
    let sql = "UPDATE second_step SET since = $2 WHERE login_id = $1 AND since IS NULL";
    Ok(dialect::run(db, sql, [login.into(), now.into()]).await? == 1)
}

/// Takes the code of a step of time, once. `false`: that one, or a later one, was taken before.
pub async fn take(db: &impl ConnectionTrait, login: i64, step: i64) -> Result<bool, DbErr> {
    let sql = "UPDATE second_step SET last_step = $2 WHERE login_id = $1 AND last_step < $2";
    Ok(dialect::run(db, sql, [login.into(), step.into()]).await? == 1)
}

/// With all its codes. `false` where there was none.
pub async fn delete(db: &impl ConnectionTrait, login: i64) -> Result<bool, DbErr> {
    let sql = "DELETE FROM second_step_code WHERE login_id = $1";
    dialect::run(db, sql, [login.into()]).await?;
    let sql = "DELETE FROM second_step WHERE login_id = $1";
    Ok(dialect::run(db, sql, [login.into()]).await? == 1)
}

/// In place of those there were.
pub async fn set_codes(
    db: &impl ConnectionTrait,
    login: i64,
    codes: Vec<(i64, String)>,
) -> Result<(), DbErr> {
    let sql = "DELETE FROM second_step_code WHERE login_id = $1";
    dialect::run(db, sql, [login.into()]).await?;
    for (id, hash) in codes {
        let sql = "INSERT INTO second_step_code (id, login_id, code_hash) VALUES ($1, $2, $3)";
        dialect::run(db, sql, [id.into(), login.into(), hash.into()]).await?;
    }
    Ok(())
}

/// `true` if the code was there; it is gone now.
pub async fn use_code(db: &impl ConnectionTrait, login: i64, hash: &str) -> Result<bool, DbErr> {
    let sql = "DELETE FROM second_step_code WHERE login_id = $1 AND code_hash = $2";
    Ok(dialect::run(db, sql, [login.into(), hash.into()]).await? > 0)
}

pub async fn codes_left(db: &impl ConnectionTrait, login: i64) -> Result<i64, DbErr> {
    let sql = "SELECT COUNT(*) FROM second_step_code WHERE login_id = $1";
    dialect::number(db, sql, [login.into()]).await
}
