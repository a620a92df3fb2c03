//! What posts said before they were edited.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::dialect;

#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Revision {
    pub id: i64,
    pub post_id: i64,
    pub title: Option<String>,
    pub html: String,
    pub summary: String,
    pub sensitive: bool,
    /// Ids of its pictures, as JSON.
    pub media: String,
    /// Answers of its poll, as JSON.
    pub options: String,
    pub created_at: i64,
}

/// Keeps the newest of a post: `most` at most, and no more than `bytes` of text.
pub async fn insert(
    db: &impl ConnectionTrait,
    row: Revision,
    most: u64,
    bytes: usize,
) -> Result<(), DbErr> {
    let post = row.post_id;
    let params = [
        row.id.into(),
        post.into(),
        row.title.into(),
        row.html.into(),
        row.summary.into(),
        row.sensitive.into(),
        row.media.into(),
        row.options.into(),
        row.created_at.into(),
    ];
    let keep = "INSERT INTO post_revision (id, post_id, title, html, summary, sensitive, media, options, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    dialect::run(db, keep, params).await?;
    let forget = "DELETE FROM post_revision WHERE post_id = $1 AND id <= (SELECT MAX(kept.id) FROM \
         (SELECT id, ROW_NUMBER() OVER newest AS place, SUM(OCTET_LENGTH(html) + OCTET_LENGTH(options)) OVER newest AS bytes \
         FROM post_revision WHERE post_id = $1 WINDOW newest AS (ORDER BY id DESC)) kept \
         WHERE kept.place > $2 OR kept.bytes > $3)";
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
    dialect::run(db, forget, [post.into(), most.into(), bytes.into()]).await?;
    Ok(())
}

/// The oldest first.
pub async fn of(db: &impl ConnectionTrait, post: i64) -> Result<Vec<Revision>, DbErr> {
    let sql = "SELECT id, post_id, title, html, summary, sensitive, media, options, created_at \
         FROM post_revision WHERE post_id = $1 ORDER BY id";
    Revision::find_by_statement(dialect::statement(db, sql, [post.into()]))
        .all(db)
        .await
}
