//! Lists and posts that residents bring along: what is still to be done of them, and what could not be.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use crate::dialect;

/// Rows written by one statement.
const AT_ONCE: usize = 500;
/// The kind of an import that is an archive of posts: its rows are done one after another.
pub const POSTS: &str = "posts";

#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Import {
    pub id: i64,
    pub kind: String,
    pub total: i64,
    pub created_at: i64,
    pub finished_at: Option<i64>,
    pub waiting: i64,
    pub failed: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Row {
    pub id: i64,
    pub import_id: i64,
    /// Of its import.
    pub kind: String,
    pub account_id: i64,
    pub what: String,
    pub due_at: i64,
    pub attempts: i64,
}

pub async fn insert(
    db: &impl ConnectionTrait,
    id: i64,
    login: i64,
    kind: &str,
    rows: &[(i64, String)],
    now: i64,
) -> Result<(), DbErr> {
    let sql =
        "INSERT INTO import (id, login_id, kind, total, created_at) VALUES ($1, $2, $3, $4, $5)";
    let total = rows.len() as i64;
    let params = [
        id.into(),
        login.into(),
        kind.into(),
        total.into(),
        now.into(),
    ];
    dialect::run(db, sql, params).await?;
    put_down(db, id, rows, now).await
}

async fn put_down(
    db: &impl ConnectionTrait,
    id: i64,
    rows: &[(i64, String)],
    now: i64,
) -> Result<(), DbErr> {
    for piece in rows.chunks(AT_ONCE) {
        let places: Vec<String> = (0..piece.len())
            .map(|n| format!("(${}, $1, ${}, $2, 0)", 2 * n + 3, 2 * n + 4))
            .collect();
        let sql = format!(
            "INSERT INTO import_row (id, import_id, what, due_at, attempts) VALUES {}",
            places.join(", ")
        );
        let mut params: Vec<Value> = vec![id.into(), now.into()];
        for (row, what) in piece {
            params.extend([Value::from(*row), Value::from(what.as_str())]);
        }
        dialect::run(db, &sql, params).await?;
    }
    Ok(())
}

/// More to do, of an import that is under way.
pub async fn add(
    db: &impl ConnectionTrait,
    import: i64,
    rows: &[(i64, String)],
    now: i64,
) -> Result<(), DbErr> {
    let sql = "UPDATE import SET total = total + $2 WHERE id = $1";
    let params = [import.into(), (rows.len() as i64).into()];
    dialect::run(db, sql, params).await?;
    put_down(db, import, rows, now).await
}

/// Nothing is to be done of its import but this row, which counts for nothing itself.
pub async fn begin_anew(db: &impl ConnectionTrait, row: &Row) -> Result<(), DbErr> {
    let sql = "DELETE FROM import_row WHERE import_id = $1 AND id <> $2";
    dialect::run(db, sql, [row.import_id.into(), row.id.into()]).await?;
    let sql = "UPDATE import SET total = 0 WHERE id = $1";
    dialect::run(db, sql, [row.import_id.into()]).await?;
    Ok(())
}

/// The newest first.
pub async fn list(db: &impl ConnectionTrait, login: i64, limit: i64) -> Result<Vec<Import>, DbErr> {
    let sql = "SELECT i.id, i.kind, i.total, i.created_at, i.finished_at, \
               (SELECT COUNT(*) FROM import_row r WHERE r.import_id = i.id AND r.failure IS NULL) AS waiting, \
               (SELECT COUNT(*) FROM import_row r WHERE r.import_id = i.id AND r.failure IS NOT NULL) AS failed \
               FROM import i WHERE i.login_id = $1 ORDER BY i.id DESC LIMIT $2";
    Import::find_by_statement(dialect::statement(db, sql, [login.into(), limit.into()]))
        .all(db)
        .await
}

/// What could not be done, and why.
pub async fn failures(
    db: &impl ConnectionTrait,
    import: i64,
    limit: i64,
) -> Result<Vec<(String, String)>, DbErr> {
    let sql = "SELECT what, failure FROM import_row WHERE import_id = $1 AND failure IS NOT NULL ORDER BY id LIMIT $2";
    let rows = db
        .query_all_raw(dialect::statement(db, sql, [import.into(), limit.into()]))
        .await?;
    rows.iter()
        .map(|row| Ok((row.try_get("", "what")?, row.try_get("", "failure")?)))
        .collect()
}

/// With its rows. `false`: there is none; another's is left alone.
pub async fn delete(db: &impl ConnectionTrait, login: i64, import: i64) -> Result<bool, DbErr> {
    let sql = "DELETE FROM import WHERE id = $1 AND login_id = $2";
    Ok(dialect::run(db, sql, [import.into(), login.into()]).await? == 1)
}

/// Finished ones of before then, whoever's.
pub async fn forget(db: &impl ConnectionTrait, before: i64) -> Result<(), DbErr> {
    let sql = "DELETE FROM import WHERE finished_at < $1";
    dialect::run(db, sql, [before.into()]).await?;
    Ok(())
}

pub async fn unfinished(db: &impl ConnectionTrait, login: i64) -> Result<i64, DbErr> {
    let sql = "SELECT COUNT(*) FROM import WHERE login_id = $1 AND finished_at IS NULL";
    dialect::number(db, sql, [login.into()]).await
}

/// The same of archives alone.
pub async fn unfinished_archives(db: &impl ConnectionTrait, login: i64) -> Result<i64, DbErr> {
    let sql =
        "SELECT COUNT(*) FROM import WHERE login_id = $1 AND finished_at IS NULL AND kind = $2";
    dialect::number(db, sql, [login.into(), POSTS.into()]).await
}

/// The archive under way that was brought first, whoever's.
pub async fn oldest_archive(db: &impl ConnectionTrait) -> Result<Option<i64>, DbErr> {
    let sql = "SELECT id FROM import WHERE finished_at IS NULL AND kind = $1 ORDER BY id LIMIT 1";
    let ids = dialect::ids(db, sql, [POSTS.into()]).await?;
    Ok(ids.first().copied())
}

pub async fn is_unfinished(db: &impl ConnectionTrait, import: i64) -> Result<bool, DbErr> {
    let sql = "SELECT COUNT(*) FROM import WHERE id = $1 AND finished_at IS NULL";
    Ok(dialect::number(db, sql, [import.into()]).await? > 0)
}

/// Finished ones of a login but the newest.
pub async fn forget_but(db: &impl ConnectionTrait, login: i64, newest: i64) -> Result<(), DbErr> {
    let sql = "DELETE FROM import WHERE login_id = $1 AND finished_at IS NOT NULL AND id NOT IN \
               (SELECT id FROM import WHERE login_id = $1 AND finished_at IS NOT NULL ORDER BY id DESC LIMIT $2)";
    dialect::run(db, sql, [login.into(), newest.into()]).await?;
    Ok(())
}

/// Logins for which there is something to do now.
pub async fn waiting(db: &impl ConnectionTrait, now: i64) -> Result<Vec<i64>, DbErr> {
    let sql = "SELECT DISTINCT i.login_id FROM import i WHERE i.finished_at IS NULL AND EXISTS \
               (SELECT 1 FROM import_row r WHERE r.import_id = i.id AND r.failure IS NULL AND r.due_at <= $1) \
               ORDER BY i.login_id";
    dialect::ids(db, sql, [now.into()]).await
}

/// What one login waits for and whose time has come, in the order of the files. Archives have an order of their own.
pub async fn due(
    db: &impl ConnectionTrait,
    login: i64,
    now: i64,
    limit: i64,
) -> Result<Vec<Row>, DbErr> {
    let sql = "SELECT r.id, r.import_id, i.kind, l.account_id, r.what, r.due_at, r.attempts FROM import i \
               JOIN login l ON l.id = i.login_id JOIN import_row r ON r.import_id = i.id \
               WHERE i.login_id = $1 AND i.finished_at IS NULL AND i.kind <> $4 AND r.failure IS NULL AND r.due_at <= $2 \
               ORDER BY i.id, r.id LIMIT $3";
    let params = [login.into(), now.into(), limit.into(), POSTS.into()];
    Row::find_by_statement(dialect::statement(db, sql, params))
        .all(db)
        .await
}

/// What is next of one login's archive, if its time has come: nothing before the row ahead of it is done.
pub async fn next_of_archive(
    db: &impl ConnectionTrait,
    login: i64,
    now: i64,
) -> Result<Option<Row>, DbErr> {
    let sql = "SELECT r.id, r.import_id, i.kind, l.account_id, r.what, r.due_at, r.attempts FROM import i \
               JOIN login l ON l.id = i.login_id JOIN import_row r ON r.id = \
               (SELECT MIN(f.id) FROM import_row f WHERE f.import_id = i.id AND f.failure IS NULL) \
               WHERE i.login_id = $1 AND i.finished_at IS NULL AND i.kind = $3 AND r.due_at <= $2 \
               ORDER BY i.id LIMIT 1";
    let params = [login.into(), now.into(), POSTS.into()];
    Row::find_by_statement(dialect::statement(db, sql, params))
        .one(db)
        .await
}

/// Puts a row off, and counts the try. `false`: another process has it.
pub async fn claim(db: &impl ConnectionTrait, row: &Row, until: i64) -> Result<bool, DbErr> {
    let sql = "UPDATE import_row SET due_at = $3, attempts = attempts + 1 WHERE id = $1 AND due_at = $2 AND failure IS NULL";
    let params = [row.id.into(), row.due_at.into(), until.into()];
    Ok(dialect::run(db, sql, params).await? == 1)
}

pub async fn done(db: &impl ConnectionTrait, row: &Row, now: i64) -> Result<(), DbErr> {
    let sql = "DELETE FROM import_row WHERE id = $1";
    dialect::run(db, sql, [row.id.into()]).await?;
    finish(db, row.import_id, now).await
}

/// `why`: key of a message.
pub async fn fail(db: &impl ConnectionTrait, row: &Row, why: &str, now: i64) -> Result<(), DbErr> {
    let sql = "UPDATE import_row SET failure = $2 WHERE id = $1";
    dialect::run(db, sql, [row.id.into(), why.into()]).await?;
    finish(db, row.import_id, now).await
}

pub async fn put_off(db: &impl ConnectionTrait, row: &Row, until: i64) -> Result<(), DbErr> {
    let sql = "UPDATE import_row SET due_at = $2 WHERE id = $1";
    dialect::run(db, sql, [row.id.into(), until.into()]).await?;
    Ok(())
}

/// Puts a row off; this try counts for nothing.
pub async fn put_back(db: &impl ConnectionTrait, row: &Row, until: i64) -> Result<(), DbErr> {
    let sql = "UPDATE import_row SET due_at = $2, attempts = attempts - 1 WHERE id = $1";
    dialect::run(db, sql, [row.id.into(), until.into()]).await?;
    Ok(())
}

/// On PostgreSQL the last two rows may end at the same time: who changes the import first is waited for, and seen.
async fn finish(db: &impl ConnectionTrait, import: i64, now: i64) -> Result<(), DbErr> {
    let sql = "UPDATE import SET total = total WHERE id = $1";
    dialect::run(db, sql, [import.into()]).await?;
    let sql = "UPDATE import SET finished_at = $2 WHERE id = $1 AND finished_at IS NULL AND NOT EXISTS \
               (SELECT 1 FROM import_row r WHERE r.import_id = $1 AND r.failure IS NULL)";
    dialect::run(db, sql, [import.into(), now.into()]).await?;
    Ok(())
}

/// The post that somebody brought along which stood under this address before. It may have been deleted since.
pub async fn imported(
    db: &impl ConnectionTrait,
    account: i64,
    uri: &str,
) -> Result<Option<i64>, DbErr> {
    let sql = "SELECT post_id FROM imported_post WHERE account_id = $1 AND uri = $2";
    let ids = dialect::ids(db, sql, [account.into(), uri.into()]).await?;
    Ok(ids.first().copied())
}

/// `uri`: where the post stood before.
pub async fn remember(
    db: &impl ConnectionTrait,
    post: i64,
    account: i64,
    uri: &str,
) -> Result<(), DbErr> {
    let sql = "INSERT INTO imported_post (post_id, account_id, uri) VALUES ($1, $2, $3)";
    dialect::run(db, sql, [post.into(), account.into(), uri.into()]).await?;
    Ok(())
}
