//! What the town tells all its residents.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::dialect;

#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Announcement {
    pub id: i64,
    pub text: String,
    pub html: String,
    pub starts_at: Option<i64>,
    pub ends_at: Option<i64>,
    pub all_day: bool,
    pub published_at: i64,
    /// Has the one who looks put it away?
    pub put_away: bool,
}

const COLUMNS: &str = "a.id, a.text, a.html, a.starts_at, a.ends_at, a.all_day, a.published_at, EXISTS \
     (SELECT 1 FROM announcement_read r WHERE r.announcement_id = a.id AND r.account_id = $1) AS put_away";

/// What `$2`, now, has not ended.
const HOLDS: &str = "(a.ends_at IS NULL OR a.ends_at > $2)";

pub async fn insert(db: &impl ConnectionTrait, row: Announcement) -> Result<(), DbErr> {
    let sql = "INSERT INTO announcement (id, text, html, starts_at, ends_at, all_day, published_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let params = [
        row.id.into(),
        row.text.into(),
        row.html.into(),
        row.starts_at.into(),
        row.ends_at.into(),
        row.all_day.into(),
        row.published_at.into(),
    ];
    dialect::run(db, sql, params).await?;
    Ok(())
}

/// `false` if it was not there.
pub async fn delete(db: &impl ConnectionTrait, id: i64) -> Result<bool, DbErr> {
    let sql = "DELETE FROM announcement WHERE id = $1";
    Ok(dialect::run(db, sql, [id.into()]).await? > 0)
}

/// Also those that have ended, the oldest first.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Announcement>, DbErr> {
    let sql = format!("SELECT {COLUMNS} FROM announcement a ORDER BY a.id");
    Announcement::find_by_statement(dialect::statement(db, &sql, [0_i64.into()]))
        .all(db)
        .await
}

/// Those that hold now, in the order of what they are about.
pub async fn holding(
    db: &impl ConnectionTrait,
    me: i64,
    now: i64,
) -> Result<Vec<Announcement>, DbErr> {
    let sql = format!(
        "SELECT {COLUMNS} FROM announcement a WHERE {HOLDS} ORDER BY COALESCE(a.starts_at, a.published_at), a.id"
    );
    Announcement::find_by_statement(dialect::statement(db, &sql, [me.into(), now.into()]))
        .all(db)
        .await
}

/// One that holds now.
pub async fn by_id(
    db: &impl ConnectionTrait,
    me: i64,
    id: i64,
    now: i64,
) -> Result<Option<Announcement>, DbErr> {
    let sql = format!("SELECT {COLUMNS} FROM announcement a WHERE {HOLDS} AND a.id = $3");
    let params = [me.into(), now.into(), id.into()];
    Announcement::find_by_statement(dialect::statement(db, &sql, params))
        .one(db)
        .await
}

/// Those that ended before `before`.
pub async fn forget(db: &impl ConnectionTrait, before: i64) -> Result<(), DbErr> {
    let sql = "DELETE FROM announcement WHERE ends_at < $1";
    dialect::run(db, sql, [before.into()]).await?;
    Ok(())
}

/// Nothing happens where it is put away already.
pub async fn put_away(db: &impl ConnectionTrait, me: i64, id: i64) -> Result<(), DbErr> {
    let sql = "INSERT INTO announcement_read (account_id, announcement_id) VALUES ($1, $2) \
         ON CONFLICT DO NOTHING";
    dialect::run(db, sql, [me.into(), id.into()]).await?;
    Ok(())
}

/// An emoji with which residents answered.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Reaction {
    pub announcement_id: i64,
    pub name: String,
    pub count: i64,
    /// How often it is by the one who looks: once or not.
    pub mine: i64,
}

/// In the order in which they were first given.
pub async fn reactions(
    db: &impl ConnectionTrait,
    me: i64,
    announcements: &[i64],
) -> Result<Vec<Reaction>, DbErr> {
    let sql = format!(
        "SELECT x.announcement_id, x.name, COUNT(*) AS count, \
         COUNT(CASE WHEN x.account_id = $1 THEN 1 END) AS mine FROM announcement_reaction x \
         WHERE x.announcement_id IN {} GROUP BY x.announcement_id, x.name ORDER BY MIN(x.created_at), x.name",
        dialect::listed(db, 2)
    );
    let params = [me.into(), dialect::json_list(announcements).into()];
    Reaction::find_by_statement(dialect::statement(db, &sql, params))
        .all(db)
        .await
}

/// `false` where it was given already.
pub async fn react(
    db: &impl ConnectionTrait,
    me: i64,
    id: i64,
    name: &str,
    now: i64,
) -> Result<bool, DbErr> {
    let sql = "INSERT INTO announcement_reaction (announcement_id, name, account_id, created_at) \
         VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    let params = [id.into(), name.into(), me.into(), now.into()];
    Ok(dialect::run(db, sql, params).await? > 0)
}

/// `false` where it was not given.
pub async fn unreact(
    db: &impl ConnectionTrait,
    me: i64,
    id: i64,
    name: &str,
) -> Result<bool, DbErr> {
    let sql = "DELETE FROM announcement_reaction WHERE announcement_id = $1 AND name = $2 AND account_id = $3";
    Ok(dialect::run(db, sql, [id.into(), name.into(), me.into()]).await? > 0)
}
