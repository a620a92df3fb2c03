//! Of which kinds of notifications somebody is told on the pages, on their devices and by letter.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::dialect;

/// Kinds in a row each.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Choice {
    pub off_page: String,
    pub off_push: String,
    pub by_letter: String,
    /// The last notification that a letter spoke of.
    pub told_upto: i64,
}

pub async fn of(db: &impl ConnectionTrait, me: i64) -> Result<Option<Choice>, DbErr> {
    let sql =
        "SELECT off_page, off_push, by_letter, told_upto FROM notice_choice WHERE account_id = $1";
    Choice::find_by_statement(dialect::statement(db, sql, [me.into()]))
        .one(db)
        .await
}

/// What letters spoke of never goes back.
pub async fn set(db: &impl ConnectionTrait, me: i64, row: Choice) -> Result<(), DbErr> {
    let sql = "INSERT INTO notice_choice (account_id, off_page, off_push, by_letter, told_upto) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (account_id) DO UPDATE SET off_page = excluded.off_page, off_push = excluded.off_push, \
         by_letter = excluded.by_letter, told_upto = CASE WHEN excluded.told_upto > notice_choice.told_upto \
         THEN excluded.told_upto ELSE notice_choice.told_upto END";
    let params = [
        me.into(),
        row.off_page.into(),
        row.off_push.into(),
        row.by_letter.into(),
        row.told_upto.into(),
    ];
    dialect::run(db, sql, params).await?;
    Ok(())
}

pub async fn told(db: &impl ConnectionTrait, me: i64, upto: i64) -> Result<(), DbErr> {
    let sql = "UPDATE notice_choice SET told_upto = $2 WHERE account_id = $1 AND told_upto < $2";
    dialect::run(db, sql, [me.into(), upto.into()]).await?;
    Ok(())
}
