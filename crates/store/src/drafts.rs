//! What people are still writing, with the files it holds.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::dialect;

#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Draft {
    pub id: i64,
    pub account_id: i64,
    pub saved_at: i64,
    /// When it is to be published, as far as that is chosen.
    pub due_at: Option<i64>,
    /// What is written so far, as JSON.
    pub post: String,
}

const COLUMNS: &str = "d.id, d.account_id, d.saved_at, d.due_at, d.post";

/// Saved anew where it is there already. Files that another draft held are this one's now.
pub async fn save(db: &impl ConnectionTrait, row: Draft, media: &[i64]) -> Result<(), DbErr> {
    let id = row.id;
    let sql = "INSERT INTO draft (id, account_id, saved_at, due_at, post) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (id) DO UPDATE SET saved_at = excluded.saved_at, due_at = excluded.due_at, post = excluded.post";
    let params = [
        id.into(),
        row.account_id.into(),
        row.saved_at.into(),
        row.due_at.into(),
        row.post.into(),
    ];
    dialect::run(db, sql, params).await?;
    let sql = "DELETE FROM draft_media WHERE draft_id = $1";
    dialect::run(db, sql, [id.into()]).await?;
    let sql = "INSERT INTO draft_media (media_id, draft_id) VALUES ($1, $2) \
         ON CONFLICT (media_id) DO UPDATE SET draft_id = excluded.draft_id";
    for file in media {
        dialect::run(db, sql, [(*file).into(), id.into()]).await?;
    }
    Ok(())
}

/// The last saved first.
pub async fn list(db: &impl ConnectionTrait, me: i64, limit: i64) -> Result<Vec<Draft>, DbErr> {
    let sql = format!(
        "SELECT {COLUMNS} FROM draft d WHERE d.account_id = $1 ORDER BY d.saved_at DESC, d.id DESC LIMIT $2"
    );
    Draft::find_by_statement(dialect::statement(db, &sql, [me.into(), limit.into()]))
        .all(db)
        .await
}

pub async fn by_id(db: &impl ConnectionTrait, id: i64) -> Result<Option<Draft>, DbErr> {
    let sql = format!("SELECT {COLUMNS} FROM draft d WHERE d.id = $1");
    Draft::find_by_statement(dialect::statement(db, &sql, [id.into()]))
        .one(db)
        .await
}

pub async fn count(db: &impl ConnectionTrait, me: i64) -> Result<i64, DbErr> {
    let sql = "SELECT COUNT(*) FROM draft WHERE account_id = $1";
    dialect::number(db, sql, [me.into()]).await
}

/// The files that one draft holds.
pub async fn media(db: &impl ConnectionTrait, id: i64) -> Result<Vec<i64>, DbErr> {
    let sql = "SELECT media_id FROM draft_media WHERE draft_id = $1";
    dialect::ids(db, sql, [id.into()]).await
}

pub async fn delete(db: &impl ConnectionTrait, id: i64) -> Result<(), DbErr> {
    dialect::run(db, "DELETE FROM draft WHERE id = $1", [id.into()]).await?;
    Ok(())
}
