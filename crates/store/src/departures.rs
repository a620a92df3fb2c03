//! Who has asked to be deleted, and when that happens.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::dialect;

#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Departure {
    pub login_id: i64,
    pub account_id: i64,
}

/// Its person may come back by logging in.
pub async fn insert(db: &impl ConnectionTrait, login: i64, due_at: i64) -> Result<(), DbErr> {
    let sql = "INSERT INTO departure (login_id, due_at, revocable) VALUES ($1, $2, TRUE) ON CONFLICT (login_id) DO NOTHING";
    dialect::run(db, sql, [login.into(), due_at.into()]).await?;
    Ok(())
}

/// Those by whom the person may still come back.
pub async fn revocable(db: &impl ConnectionTrait) -> Result<Vec<i64>, DbErr> {
    dialect::ids(db, "SELECT login_id FROM departure WHERE revocable", []).await
}

/// Whose time has come, behind that login.
pub async fn due(
    db: &impl ConnectionTrait,
    now: i64,
    after: i64,
    limit: i64,
) -> Result<Vec<Departure>, DbErr> {
    let sql = "SELECT d.login_id, l.account_id FROM departure d JOIN login l ON l.id = d.login_id \
               WHERE d.due_at <= $1 AND d.login_id > $2 ORDER BY d.login_id LIMIT $3";
    let params = [now.into(), after.into(), limit.into()];
    Departure::find_by_statement(dialect::statement(db, sql, params))
        .all(db)
        .await
}

/// It will happen, whatever the person does.
pub async fn make_final(db: &impl ConnectionTrait, account: i64) -> Result<(), DbErr> {
    set_revocable(db, account, false).await?;
    Ok(())
}

/// `false`: there is none.
pub async fn make_revocable(db: &impl ConnectionTrait, account: i64) -> Result<bool, DbErr> {
    Ok(set_revocable(db, account, true).await? == 1)
}

async fn set_revocable(
    db: &impl ConnectionTrait,
    account: i64,
    revocable: bool,
) -> Result<u64, DbErr> {
    let sql = "UPDATE departure SET revocable = $2 WHERE login_id IN (SELECT id FROM login WHERE account_id = $1)";
    dialect::run(db, sql, [account.into(), revocable.into()]).await
}

/// Of one who comes back in time. Looked for and removed in one, since what else happens to it may happen just now.
pub async fn call_off(db: &impl ConnectionTrait, login: i64, now: i64) -> Result<bool, DbErr> {
    let sql = "DELETE FROM departure WHERE login_id = $1 AND revocable AND due_at > $2";
    Ok(dialect::run(db, sql, [login.into(), now.into()]).await? == 1)
}

/// May they still come back by themselves?
pub async fn may_return(db: &impl ConnectionTrait, login: i64, now: i64) -> Result<bool, DbErr> {
    let sql = "SELECT login_id FROM departure WHERE login_id = $1 AND revocable AND due_at > $2";
    Ok(!dialect::ids(db, sql, [login.into(), now.into()])
        .await?
        .is_empty())
}

/// Of one whose time has come, in the write that ends the account. `false`: it was called off meanwhile.
pub async fn take(db: &impl ConnectionTrait, login: i64, now: i64) -> Result<bool, DbErr> {
    let sql = "DELETE FROM departure WHERE login_id = $1 AND due_at <= $2";
    Ok(dialect::run(db, sql, [login.into(), now.into()]).await? == 1)
}
