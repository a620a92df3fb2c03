//! Which pages that profiles link to are to be asked whether they link back.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::dialect;

#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Errand {
    pub account_id: i64,
    pub url: String,
    pub due_at: i64,
    pub attempts: i32,
}

/// Has a page asked, from the beginning if it was to be asked already.
pub async fn send(db: &impl ConnectionTrait, errand: Errand) -> Result<(), DbErr> {
    let sql = "INSERT INTO link_errand (account_id, url, due_at, attempts) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (account_id, url) DO UPDATE SET due_at = $3, attempts = $4";
    let params = [
        errand.account_id.into(),
        errand.url.into(),
        errand.due_at.into(),
        errand.attempts.into(),
    ];
    dialect::run(db, sql, params).await?;
    Ok(())
}

/// Of an account: asks no other pages than these.
pub async fn call_back_others(
    db: &impl ConnectionTrait,
    account: i64,
    urls: &[String],
) -> Result<(), DbErr> {
    let listed = dialect::listed_texts(db, 2);
    let sql = format!("DELETE FROM link_errand WHERE account_id = $1 AND url NOT IN {listed}");
    let params = [account.into(), dialect::json_texts(urls).into()];
    dialect::run(db, &sql, params).await?;
    Ok(())
}

/// Those whose time has come, the longest due first.
pub async fn due(db: &impl ConnectionTrait, now: i64, limit: u64) -> Result<Vec<Errand>, DbErr> {
    let sql = "SELECT account_id, url, due_at, attempts FROM link_errand WHERE due_at <= $1 \
               ORDER BY due_at, account_id LIMIT $2";
    let params = [now.into(), (limit as i64).into()];
    Errand::find_by_statement(dialect::statement(db, sql, params))
        .all(db)
        .await
}

/// Puts an errand off, unless it has changed since it was read: then `false`.
pub async fn put_off(
    db: &impl ConnectionTrait,
    errand: &Errand,
    attempts: i32,
    until: i64,
) -> Result<bool, DbErr> {
    let sql = "UPDATE link_errand SET due_at = $4, attempts = $5 \
               WHERE account_id = $1 AND url = $2 AND due_at = $3";
    let params = [
        errand.account_id.into(),
        errand.url.as_str().into(),
        errand.due_at.into(),
        until.into(),
        attempts.into(),
    ];
    Ok(dialect::run(db, sql, params).await? > 0)
}

/// The same as [`put_off`], for good.
pub async fn end(db: &impl ConnectionTrait, errand: &Errand) -> Result<bool, DbErr> {
    let sql = "DELETE FROM link_errand WHERE account_id = $1 AND url = $2 AND due_at = $3";
    let params = [
        errand.account_id.into(),
        errand.url.as_str().into(),
        errand.due_at.into(),
    ];
    Ok(dialect::run(db, sql, params).await? > 0)
}

/// Begins a round of asking for an account, unless one was begun after `lately`: then `false`.
pub async fn begin_round(
    db: &impl ConnectionTrait,
    account: i64,
    now: i64,
    lately: i64,
) -> Result<bool, DbErr> {
    let sql = "INSERT INTO link_round (account_id, begun_at) VALUES ($1, $2) \
               ON CONFLICT (account_id) DO UPDATE SET begun_at = $2 WHERE link_round.begun_at <= $3";
    let params = [account.into(), now.into(), lately.into()];
    Ok(dialect::run(db, sql, params).await? > 0)
}

/// What stands in a profile, with what is known of its links.
pub async fn set_fields(
    db: &impl ConnectionTrait,
    account: i64,
    fields: &str,
) -> Result<(), DbErr> {
    let sql = "UPDATE account SET fields = $2 WHERE id = $1";
    dialect::run(db, sql, [account.into(), fields.into()]).await?;
    Ok(())
}
