//! Threads of which somebody wants to be told no more.

use sea_orm::{ConnectionTrait, DbErr};

use crate::dialect;

/// Nothing happens where it stands already.
pub async fn insert(
    db: &impl ConnectionTrait,
    me: i64,
    thread: i64,
    now: i64,
) -> Result<(), DbErr> {
    let sql = "INSERT INTO thread_mute (account_id, thread_id, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    dialect::run(db, sql, [me.into(), thread.into(), now.into()]).await?;
    Ok(())
}

pub async fn delete(db: &impl ConnectionTrait, me: i64, thread: i64) -> Result<(), DbErr> {
    let sql = "DELETE FROM thread_mute WHERE account_id = $1 AND thread_id = $2";
    dialect::run(db, sql, [me.into(), thread.into()]).await?;
    Ok(())
}

/// These threads turn out to be part of another: who muted one of them mutes it.
pub async fn move_to(db: &impl ConnectionTrait, threads: &[i64], whole: i64) -> Result<(), DbErr> {
    let parts = dialect::listed(db, 1);
    let copy = format!(
        "INSERT INTO thread_mute (account_id, thread_id, created_at) SELECT t.account_id, $2, MIN(t.created_at) \
         FROM thread_mute t WHERE t.thread_id IN {parts} GROUP BY t.account_id ON CONFLICT DO NOTHING"
    );
    let old = format!("DELETE FROM thread_mute WHERE thread_id IN {parts} AND thread_id <> $2");
    for step in [copy, old] {
        let params = [dialect::json_list(threads).into(), whole.into()];
        dialect::run(db, &step, params).await?;
    }
    Ok(())
}

/// Does the post belong to one of them?
pub async fn holds(db: &impl ConnectionTrait, me: i64, post: i64) -> Result<bool, DbErr> {
    let sql = "SELECT COUNT(*) FROM post p JOIN thread_mute t ON t.thread_id = p.thread_id \
         WHERE p.id = $2 AND t.account_id = $1";
    Ok(dialect::number(db, sql, [me.into(), post.into()]).await? > 0)
}
