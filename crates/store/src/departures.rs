//! Who has asked to be deleted, and when that happens.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::dialect;

#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Departure {
    pub login_id: i64,
    pub account_id: i64,
    pub due_at: i64,
    /// May the person still come back by logging in?
    pub revocable: bool,
}

const SELECT: &str = "SELECT d.login_id, l.account_id, d.due_at, d.revocable FROM departure d JOIN login l ON l.id = d.login_id";

pub async fn insert(db: &impl ConnectionTrait, login: i64, due_at: i64) -> Result<(), DbErr> {
    let sql = "INSERT INTO departure (login_id, due_at, revocable) VALUES ($1, $2, TRUE) ON CONFLICT (login_id) DO NOTHING";
    dialect::run(db, sql, [login.into(), due_at.into()]).await?;
    Ok(())
}

pub async fn of(db: &impl ConnectionTrait, login: i64) -> Result<Option<Departure>, DbErr> {
    let sql = format!("{SELECT} WHERE d.login_id = $1");
    Departure::find_by_statement(dialect::statement(db, &sql, [login.into()]))
        .one(db)
        .await
}

/// Whose time has come.
pub async fn due(db: &impl ConnectionTrait, now: i64, limit: u64) -> Result<Vec<Departure>, DbErr> {
    let sql = format!("{SELECT} WHERE d.due_at <= $1 ORDER BY d.due_at LIMIT $2");
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Departure::find_by_statement(dialect::statement(db, &sql, [now.into(), limit.into()]))
        .all(db)
        .await
}

/// It will happen, whatever the person does.
pub async fn make_final(db: &impl ConnectionTrait, account: i64) -> Result<(), DbErr> {
    let sql = "UPDATE departure SET revocable = FALSE WHERE login_id IN (SELECT id FROM login WHERE account_id = $1)";
    dialect::run(db, sql, [account.into()]).await?;
    Ok(())
}

pub async fn delete(db: &impl ConnectionTrait, account: i64) -> Result<(), DbErr> {
    let sql =
        "DELETE FROM departure WHERE login_id IN (SELECT id FROM login WHERE account_id = $1)";
    dialect::run(db, sql, [account.into()]).await?;
    Ok(())
}
