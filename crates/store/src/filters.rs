//! Words and posts that somebody does not want to meet unprepared.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::dialect;

#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Filter {
    pub id: i64,
    pub account_id: i64,
    pub title: String,
    /// Words in a row.
    pub contexts: String,
    pub action: String,
    pub expires_at: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Keyword {
    pub id: i64,
    pub filter_id: i64,
    pub keyword: String,
    pub whole_word: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct FilteredPost {
    pub id: i64,
    pub filter_id: i64,
    pub post_id: i64,
}

pub async fn of(db: &impl ConnectionTrait, me: i64) -> Result<Vec<Filter>, DbErr> {
    let sql = "SELECT id, account_id, title, contexts, action, expires_at FROM word_filter WHERE account_id = $1 ORDER BY id";
    Filter::find_by_statement(dialect::statement(db, sql, [me.into()]))
        .all(db)
        .await
}

pub async fn keywords_of(db: &impl ConnectionTrait, me: i64) -> Result<Vec<Keyword>, DbErr> {
    let sql = "SELECT k.id, k.filter_id, k.keyword, k.whole_word FROM word_filter f \
         JOIN filter_keyword k ON k.filter_id = f.id WHERE f.account_id = $1 ORDER BY k.id";
    Keyword::find_by_statement(dialect::statement(db, sql, [me.into()]))
        .all(db)
        .await
}

pub async fn posts_of(db: &impl ConnectionTrait, me: i64) -> Result<Vec<FilteredPost>, DbErr> {
    let sql = "SELECT s.id, s.filter_id, s.post_id FROM word_filter f \
         JOIN filter_post s ON s.filter_id = f.id WHERE f.account_id = $1 ORDER BY s.id";
    FilteredPost::find_by_statement(dialect::statement(db, sql, [me.into()]))
        .all(db)
        .await
}

pub async fn insert(db: &impl ConnectionTrait, row: Filter) -> Result<(), DbErr> {
    let sql = "INSERT INTO word_filter (id, account_id, title, contexts, action, expires_at) VALUES ($1, $2, $3, $4, $5, $6)";
    let params = [
        row.id.into(),
        row.account_id.into(),
        row.title.into(),
        row.contexts.into(),
        row.action.into(),
        row.expires_at.into(),
    ];
    dialect::run(db, sql, params).await?;
    Ok(())
}

pub async fn update(db: &impl ConnectionTrait, row: Filter) -> Result<(), DbErr> {
    let sql = "UPDATE word_filter SET title = $2, contexts = $3, action = $4, expires_at = $5 WHERE id = $1";
    let params = [
        row.id.into(),
        row.title.into(),
        row.contexts.into(),
        row.action.into(),
        row.expires_at.into(),
    ];
    dialect::run(db, sql, params).await?;
    Ok(())
}

pub async fn delete(db: &impl ConnectionTrait, id: i64) -> Result<(), DbErr> {
    dialect::run(db, "DELETE FROM word_filter WHERE id = $1", [id.into()]).await?;
    Ok(())
}

pub async fn insert_keyword(db: &impl ConnectionTrait, row: Keyword) -> Result<(), DbErr> {
    let sql =
        "INSERT INTO filter_keyword (id, filter_id, keyword, whole_word) VALUES ($1, $2, $3, $4)";
    let params = [
        row.id.into(),
        row.filter_id.into(),
        row.keyword.into(),
        row.whole_word.into(),
    ];
    dialect::run(db, sql, params).await?;
    Ok(())
}

pub async fn update_keyword(db: &impl ConnectionTrait, row: Keyword) -> Result<(), DbErr> {
    let sql = "UPDATE filter_keyword SET keyword = $2, whole_word = $3 WHERE id = $1";
    let params = [row.id.into(), row.keyword.into(), row.whole_word.into()];
    dialect::run(db, sql, params).await?;
    Ok(())
}

pub async fn delete_keyword(db: &impl ConnectionTrait, id: i64) -> Result<(), DbErr> {
    dialect::run(db, "DELETE FROM filter_keyword WHERE id = $1", [id.into()]).await?;
    Ok(())
}

/// Nothing happens where it stands already.
pub async fn insert_post(db: &impl ConnectionTrait, row: FilteredPost) -> Result<(), DbErr> {
    let sql = "INSERT INTO filter_post (id, filter_id, post_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    let params = [row.id.into(), row.filter_id.into(), row.post_id.into()];
    dialect::run(db, sql, params).await?;
    Ok(())
}

pub async fn delete_post(db: &impl ConnectionTrait, id: i64) -> Result<(), DbErr> {
    dialect::run(db, "DELETE FROM filter_post WHERE id = $1", [id.into()]).await?;
    Ok(())
}
