//! What of threads is to be asked for elsewhere: one errand for each direction and post, kept for a while after it was run so
//! that it is not run again at once.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::dialect;

#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Errand {
    pub way: String,
    /// Of a post.
    pub uri: String,
    /// Who is asked first.
    pub server: String,
    pub due_at: i64,
    pub attempts: i32,
    /// How far up it may still go.
    pub steps: i32,
}

/// Lays an errand down, unless the same waits already, or rests since after `rested`: then `false`.
pub async fn lay_down(
    db: &impl ConnectionTrait,
    errand: &Errand,
    now: i64,
    rested: i64,
) -> Result<bool, DbErr> {
    let sql = "INSERT INTO thread_errand (way, uri, server, since, due_at, held, attempts, steps) \
               VALUES ($1, $2, $3, $4, $5, false, $6, $7) ON CONFLICT (way, uri) DO UPDATE \
               SET since = $4, due_at = $5, held = false, attempts = $6, steps = $7 \
               WHERE thread_errand.due_at IS NULL AND thread_errand.since <= $8";
    let params = [
        errand.way.as_str().into(),
        errand.uri.as_str().into(),
        errand.server.as_str().into(),
        now.into(),
        errand.due_at.into(),
        errand.attempts.into(),
        errand.steps.into(),
        rested.into(),
    ];
    Ok(dialect::run(db, sql, params).await? > 0)
}

/// Would [`lay_down`] be in vain?
pub async fn stands(
    db: &impl ConnectionTrait,
    way: &str,
    uri: &str,
    rested: i64,
) -> Result<bool, DbErr> {
    let sql = "SELECT COUNT(*) FROM thread_errand WHERE way = $1 AND uri = $2 \
               AND (due_at IS NOT NULL OR since > $3)";
    let params = [way.into(), uri.into(), rested.into()];
    Ok(dialect::number(db, sql, params).await? > 0)
}

/// Do so many wait, of all or of one server?
pub async fn are_many(
    db: &impl ConnectionTrait,
    way: &str,
    server: Option<&str>,
    many: i64,
) -> Result<bool, DbErr> {
    let waiting = "SELECT 1 FROM thread_errand WHERE way = $1 AND due_at >= 0";
    let count = if let Some(server) = server {
        let sql = format!("SELECT COUNT(*) FROM ({waiting} AND server = $2 LIMIT $3) w");
        dialect::number(db, &sql, [way.into(), server.into(), many.into()]).await?
    } else {
        let sql = format!("SELECT COUNT(*) FROM ({waiting} LIMIT $2) w");
        dialect::number(db, &sql, [way.into(), many.into()]).await?
    };
    Ok(count >= many)
}

/// Those whose time has come, the longest due first: one of each server, and none of a server that is being asked.
pub async fn due(
    db: &impl ConnectionTrait,
    way: &str,
    now: i64,
    limit: usize,
) -> Result<Vec<Errand>, DbErr> {
    let sql = "SELECT way, uri, server, due_at, attempts, steps FROM (\
               SELECT e.way, e.uri, e.server, e.due_at, e.attempts, e.steps, \
               ROW_NUMBER() OVER (PARTITION BY e.server ORDER BY e.due_at, e.uri) AS turn \
               FROM thread_errand e WHERE e.way = $1 AND e.due_at <= $2 AND NOT EXISTS (SELECT 1 FROM thread_errand h \
               WHERE h.way = $1 AND h.server = e.server AND h.held AND h.due_at > $2)) d \
               WHERE turn = 1 ORDER BY due_at, uri LIMIT $3";
    let params = [way.into(), now.into(), (limit as i64).into()];
    Errand::find_by_statement(dialect::statement(db, sql, params))
        .all(db)
        .await
}

/// Takes an errand until a moment, for one attempt more. `false`: it is no longer as it was read, another process has it.
pub async fn claim(db: &impl ConnectionTrait, errand: &Errand, until: i64) -> Result<bool, DbErr> {
    stands_then(db, errand, errand.attempts + 1, until, true).await
}

/// Puts an errand off, unless it has changed since it was read.
pub async fn put_off(
    db: &impl ConnectionTrait,
    errand: &Errand,
    attempts: i32,
    until: i64,
) -> Result<bool, DbErr> {
    stands_then(db, errand, attempts, until, false).await
}

/// What else waits for the same server waits until then, too: it would be turned away one by one.
pub async fn put_off_others(
    db: &impl ConnectionTrait,
    errand: &Errand,
    until: i64,
) -> Result<(), DbErr> {
    let sql = "UPDATE thread_errand SET due_at = $3 \
               WHERE way = $1 AND server = $2 AND NOT held AND due_at >= 0 AND due_at < $3";
    let params = [
        errand.way.as_str().into(),
        errand.server.as_str().into(),
        until.into(),
    ];
    dialect::run(db, sql, params).await?;
    Ok(())
}

async fn stands_then(
    db: &impl ConnectionTrait,
    errand: &Errand,
    attempts: i32,
    due_at: i64,
    held: bool,
) -> Result<bool, DbErr> {
    let sql = "UPDATE thread_errand SET due_at = $4, attempts = $5, held = $6 \
               WHERE way = $1 AND uri = $2 AND due_at = $3";
    let params = [
        errand.way.as_str().into(),
        errand.uri.as_str().into(),
        errand.due_at.into(),
        due_at.into(),
        attempts.into(),
        held.into(),
    ];
    Ok(dialect::run(db, sql, params).await? > 0)
}

/// It was run: lets it rest, unless it has changed since it was read.
pub async fn rest(db: &impl ConnectionTrait, errand: &Errand, now: i64) -> Result<bool, DbErr> {
    let sql = "UPDATE thread_errand SET due_at = NULL, since = $4, held = false \
               WHERE way = $1 AND uri = $2 AND due_at = $3";
    let params = [
        errand.way.as_str().into(),
        errand.uri.as_str().into(),
        errand.due_at.into(),
        now.into(),
    ];
    Ok(dialect::run(db, sql, params).await? > 0)
}

/// The same as [`rest`], for good.
pub async fn end(db: &impl ConnectionTrait, errand: &Errand) -> Result<bool, DbErr> {
    let sql = "DELETE FROM thread_errand WHERE way = $1 AND uri = $2 AND due_at = $3";
    let params = [
        errand.way.as_str().into(),
        errand.uri.as_str().into(),
        errand.due_at.into(),
    ];
    Ok(dialect::run(db, sql, params).await? > 0)
}

/// Drops those that rest since before a moment.
pub async fn forget(db: &impl ConnectionTrait, before: i64) -> Result<(), DbErr> {
    let sql = "DELETE FROM thread_errand WHERE due_at IS NULL AND since < $1";
    dialect::run(db, sql, [before.into()]).await?;
    Ok(())
}
