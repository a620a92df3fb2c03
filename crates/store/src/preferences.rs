//! How somebody usually posts.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::dialect;

#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Preference {
    pub visibility: String,
    pub sensitive: bool,
    pub language: Option<String>,
    pub quoters: String,
    pub looks_at: String,
    pub reminds: bool,
}

pub async fn of(db: &impl ConnectionTrait, me: i64) -> Result<Option<Preference>, DbErr> {
    let sql = "SELECT visibility, sensitive, language, quoters, looks_at, reminds FROM preference WHERE account_id = $1";
    Preference::find_by_statement(dialect::statement(db, sql, [me.into()]))
        .one(db)
        .await
}

pub async fn set(db: &impl ConnectionTrait, me: i64, row: Preference) -> Result<(), DbErr> {
    let sql = "INSERT INTO preference (account_id, visibility, sensitive, language, quoters, looks_at, reminds) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (account_id) DO UPDATE SET visibility = excluded.visibility, sensitive = excluded.sensitive, \
         language = excluded.language, quoters = excluded.quoters, looks_at = excluded.looks_at, \
         reminds = excluded.reminds";
    let params = [
        me.into(),
        row.visibility.into(),
        row.sensitive.into(),
        row.language.into(),
        row.quoters.into(),
        row.looks_at.into(),
        row.reminds.into(),
    ];
    dialect::run(db, sql, params).await?;
    Ok(())
}
