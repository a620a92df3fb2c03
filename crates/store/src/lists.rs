//! Lists of people that a resident keeps. Whoever stands on one is followed; the membership ends with the follow.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::dialect;

#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct List {
    pub id: i64,
    pub account_id: i64,
    pub title: String,
    /// `list`, `followed` or `none`.
    pub replies: String,
    pub exclusive: bool,
}

const COLUMNS: &str = "l.id, l.account_id, l.title, l.replies, l.exclusive";

pub async fn of(db: &impl ConnectionTrait, me: i64) -> Result<Vec<List>, DbErr> {
    let sql = format!("SELECT {COLUMNS} FROM people_list l WHERE l.account_id = $1 ORDER BY l.id");
    List::find_by_statement(dialect::statement(db, &sql, [me.into()]))
        .all(db)
        .await
}

pub async fn by_id(db: &impl ConnectionTrait, id: i64) -> Result<Option<List>, DbErr> {
    let sql = format!("SELECT {COLUMNS} FROM people_list l WHERE l.id = $1");
    List::find_by_statement(dialect::statement(db, &sql, [id.into()]))
        .one(db)
        .await
}

/// Somebody's lists that hold an account.
pub async fn holding(db: &impl ConnectionTrait, me: i64, target: i64) -> Result<Vec<List>, DbErr> {
    let sql = format!(
        "SELECT {COLUMNS} FROM people_list l JOIN list_member m ON m.list_id = l.id AND m.target_id = $2 \
         WHERE l.account_id = $1 ORDER BY l.id"
    );
    List::find_by_statement(dialect::statement(db, &sql, [me.into(), target.into()]))
        .all(db)
        .await
}

pub async fn insert(db: &impl ConnectionTrait, row: List, now: i64) -> Result<(), DbErr> {
    let sql = "INSERT INTO people_list (id, account_id, title, replies, exclusive, created_at) VALUES ($1, $2, $3, $4, $5, $6)";
    let params = [
        row.id.into(),
        row.account_id.into(),
        row.title.into(),
        row.replies.into(),
        row.exclusive.into(),
        now.into(),
    ];
    dialect::run(db, sql, params).await?;
    Ok(())
}

pub async fn update(db: &impl ConnectionTrait, row: List) -> Result<(), DbErr> {
    let sql = "UPDATE people_list SET title = $2, replies = $3, exclusive = $4 WHERE id = $1";
    let params = [
        row.id.into(),
        row.title.into(),
        row.replies.into(),
        row.exclusive.into(),
    ];
    dialect::run(db, sql, params).await?;
    Ok(())
}

pub async fn delete(db: &impl ConnectionTrait, id: i64) -> Result<(), DbErr> {
    dialect::run(db, "DELETE FROM people_list WHERE id = $1", [id.into()]).await?;
    Ok(())
}

pub async fn count(db: &impl ConnectionTrait, me: i64) -> Result<i64, DbErr> {
    let sql = "SELECT COUNT(*) FROM people_list WHERE account_id = $1";
    dialect::number(db, sql, [me.into()]).await
}

/// `false` if the account stands on it already. `follow`: the one it hangs on.
pub async fn add(
    db: &impl ConnectionTrait,
    id: i64,
    list: i64,
    follow: i64,
) -> Result<bool, DbErr> {
    let sql = "INSERT INTO list_member (id, list_id, target_id, follow_id) \
         SELECT $1, $2, target_id, id FROM follow WHERE id = $3 ON CONFLICT DO NOTHING";
    let added = dialect::run(db, sql, [id.into(), list.into(), follow.into()]).await?;
    Ok(added > 0)
}

pub async fn remove(db: &impl ConnectionTrait, list: i64, targets: &[i64]) -> Result<(), DbErr> {
    let sql = format!(
        "DELETE FROM list_member WHERE list_id = $1 AND target_id IN {}",
        dialect::listed(db, 2)
    );
    let params = [list.into(), dialect::json_list(targets).into()];
    dialect::run(db, &sql, params).await?;
    Ok(())
}

/// Everyone on it, the last added first; bounded.
pub async fn members(db: &impl ConnectionTrait, list: i64, limit: u64) -> Result<Vec<i64>, DbErr> {
    let sql = "SELECT target_id FROM list_member WHERE list_id = $1 ORDER BY id DESC LIMIT $2";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    dialect::ids(db, sql, [list.into(), limit.into()]).await
}
