//! Forms that were sent: which, by whom and when, for as long as they may come a second time.

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

pub async fn forget(db: &impl ConnectionTrait, before: i64) -> Result<(), DbErr> {
    let sql = "DELETE FROM sent_form WHERE sent_at < $1";
    dialect::run(db, sql, [before.into()]).await?;
    Ok(())
}
