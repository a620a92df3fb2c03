//! Whom somebody shows on their page as worth following. Each hangs on a follow and ends with it.

use sea_orm::{ConnectionTrait, DbErr};

use crate::dialect;

/// Nothing happens where it stands already.
pub async fn insert(
    db: &impl ConnectionTrait,
    id: i64,
    follow: i64,
    now: i64,
) -> Result<(), DbErr> {
    let sql = "INSERT INTO endorsement (id, account_id, target_id, follow_id, created_at) \
         SELECT $1, follower_id, target_id, id, $3 FROM follow WHERE id = $2 ON CONFLICT DO NOTHING";
    dialect::run(db, sql, [id.into(), follow.into(), now.into()]).await?;
    Ok(())
}

pub async fn delete(db: &impl ConnectionTrait, me: i64, other: i64) -> Result<(), DbErr> {
    let sql = "DELETE FROM endorsement WHERE account_id = $1 AND target_id = $2";
    dialect::run(db, sql, [me.into(), other.into()]).await?;
    Ok(())
}
