//! Forms that were sent, and what apps asked under keys of their own: which, by whom and when, for as long as they may come a
//! second time.

use sea_orm::{ConnectionTrait, DbErr};

use crate::dialect;

/// Gives whether it was not there yet. Of two at once, one waits for the other.
pub async fn insert(
    db: &impl ConnectionTrait,
    account: i64,
    mark: &str,
    now: i64,
) -> Result<bool, DbErr> {
    let sql = "INSERT INTO sent_form (account_id, mark, sent_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    let done = dialect::run(db, sql, [account.into(), mark.into(), now.into()]).await?;
    Ok(done > 0)
}

pub async fn is_there(db: &impl ConnectionTrait, account: i64, mark: &str) -> Result<bool, DbErr> {
    let sql = "SELECT 1 FROM sent_form WHERE account_id = $1 AND mark = $2";
    let found = db
        .query_one_raw(dialect::statement(db, sql, [account.into(), mark.into()]))
        .await?;
    Ok(found.is_some())
}

/// As [`insert`], for a mark that holds no longer than since `since`: an older one is taken anew.
pub async fn take(
    db: &impl ConnectionTrait,
    account: i64,
    mark: &str,
    now: i64,
    since: i64,
) -> Result<bool, DbErr> {
    let sql = "INSERT INTO sent_form (account_id, mark, sent_at) VALUES ($1, $2, $3) \
               ON CONFLICT (account_id, mark) DO UPDATE SET sent_at = excluded.sent_at, made = NULL \
               WHERE sent_form.sent_at <= $4";
    let values = [account.into(), mark.into(), now.into(), since.into()];
    Ok(dialect::run(db, sql, values).await? > 0)
}

/// Puts down what came of it.
pub async fn brought(
    db: &impl ConnectionTrait,
    account: i64,
    mark: &str,
    made: i64,
) -> Result<(), DbErr> {
    let sql = "UPDATE sent_form SET made = $3 WHERE account_id = $1 AND mark = $2";
    dialect::run(db, sql, [account.into(), mark.into(), made.into()]).await?;
    Ok(())
}

/// What came of a mark that was put down after `since`.
pub async fn made(
    db: &impl ConnectionTrait,
    account: i64,
    mark: &str,
    since: i64,
) -> Result<Option<i64>, DbErr> {
    let sql = "SELECT made FROM sent_form WHERE account_id = $1 AND mark = $2 AND sent_at > $3";
    let values = [account.into(), mark.into(), since.into()];
    let found = db
        .query_one_raw(dialect::statement(db, sql, values))
        .await?;
    found.map_or(Ok(None), |row| row.try_get_by_index(0))
}

/// Of apps those from before `of_apps`, all from before `before`.
pub async fn forget(db: &impl ConnectionTrait, before: i64, of_apps: i64) -> Result<(), DbErr> {
    let sql = "DELETE FROM sent_form WHERE sent_at < $2 AND (made IS NOT NULL OR sent_at < $1)";
    dialect::run(db, sql, [before.into(), of_apps.into()]).await?;
    Ok(())
}
