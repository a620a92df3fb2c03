//! Posts that wait for their time.

use parvis_model::page::Page;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::{
    dialect,
    timelines::{bounds, order},
};

#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Scheduled {
    pub id: i64,
    pub account_id: i64,
    pub due_at: i64,
    /// What was asked for, as JSON.
    pub post: String,
    /// It could not be published when its time came: it waits for its author.
    pub refused: bool,
}

const COLUMNS: &str = "s.id, s.account_id, s.due_at, s.post, s.refused";

pub async fn insert(db: &impl ConnectionTrait, row: Scheduled, media: &[i64]) -> Result<(), DbErr> {
    let id = row.id;
    let sql = "INSERT INTO scheduled_post (id, account_id, due_at, post) VALUES ($1, $2, $3, $4)";
    let params = [
        id.into(),
        row.account_id.into(),
        row.due_at.into(),
        row.post.into(),
    ];
    dialect::run(db, sql, params).await?;
    for picture in media {
        let sql = "INSERT INTO scheduled_media (media_id, scheduled_id) VALUES ($1, $2)";
        dialect::run(db, sql, [(*picture).into(), id.into()]).await?;
    }
    Ok(())
}

/// Of these pictures, those that wait with another post already.
pub async fn waiting_media(db: &impl ConnectionTrait, media: &[i64]) -> Result<Vec<i64>, DbErr> {
    let sql = format!(
        "SELECT media_id FROM scheduled_media WHERE media_id IN {}",
        dialect::listed(db, 1)
    );
    dialect::ids(db, &sql, [dialect::json_list(media).into()]).await
}

pub async fn list(
    db: &impl ConnectionTrait,
    me: i64,
    page: &Page,
) -> Result<Vec<Scheduled>, DbErr> {
    let mut params = vec![me.into()];
    let (between, upwards) = bounds(page, "s.id", &mut params);
    params.push((page.limit as i64).into());
    let sql = format!(
        "SELECT {COLUMNS} FROM scheduled_post s WHERE s.account_id = $1{between} ORDER BY s.id {} LIMIT ${}",
        order(upwards),
        params.len()
    );
    let mut rows = Scheduled::find_by_statement(dialect::statement(db, &sql, params))
        .all(db)
        .await?;
    if upwards {
        rows.reverse();
    }
    Ok(rows)
}

pub async fn by_id(db: &impl ConnectionTrait, id: i64) -> Result<Option<Scheduled>, DbErr> {
    let sql = format!("SELECT {COLUMNS} FROM scheduled_post s WHERE s.id = $1");
    Scheduled::find_by_statement(dialect::statement(db, &sql, [id.into()]))
        .one(db)
        .await
}

/// Whose time has come, the longest overdue first.
pub async fn due(db: &impl ConnectionTrait, now: i64, limit: u64) -> Result<Vec<Scheduled>, DbErr> {
    let sql = format!(
        "SELECT {COLUMNS} FROM scheduled_post s WHERE s.due_at <= $1 AND NOT s.refused ORDER BY s.due_at LIMIT $2"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Scheduled::find_by_statement(dialect::statement(db, &sql, [now.into(), limit.into()]))
        .all(db)
        .await
}

pub async fn count(db: &impl ConnectionTrait, me: i64) -> Result<i64, DbErr> {
    let sql = "SELECT COUNT(*) FROM scheduled_post WHERE account_id = $1";
    dialect::number(db, sql, [me.into()]).await
}

/// `false` if it is not there any more.
pub async fn set_due(db: &impl ConnectionTrait, id: i64, at: i64) -> Result<bool, DbErr> {
    let sql = "UPDATE scheduled_post SET due_at = $2, refused = FALSE WHERE id = $1";
    Ok(dialect::run(db, sql, [id.into(), at.into()]).await? > 0)
}

/// Moves what is due, and only that: its author may have chosen another time meanwhile.
pub async fn postpone(
    db: &impl ConnectionTrait,
    id: i64,
    now: i64,
    until: i64,
) -> Result<(), DbErr> {
    let sql = "UPDATE scheduled_post SET due_at = $3 WHERE id = $1 AND due_at <= $2";
    dialect::run(db, sql, [id.into(), now.into(), until.into()]).await?;
    Ok(())
}

/// Keeps what is due for its author, who may choose another time.
pub async fn refuse(db: &impl ConnectionTrait, id: i64, now: i64) -> Result<(), DbErr> {
    let sql = "UPDATE scheduled_post SET refused = TRUE WHERE id = $1 AND due_at <= $2";
    dialect::run(db, sql, [id.into(), now.into()]).await?;
    Ok(())
}

/// Takes out what is due. `false` if it is not there any more: somebody else published it, or its author thought better of
/// it or of its time.
pub async fn take(db: &impl ConnectionTrait, id: i64, now: i64) -> Result<bool, DbErr> {
    let sql = "DELETE FROM scheduled_post WHERE id = $1 AND due_at <= $2";
    Ok(dialect::run(db, sql, [id.into(), now.into()]).await? > 0)
}

/// `false` if it is not there any more.
pub async fn delete(db: &impl ConnectionTrait, id: i64) -> Result<bool, DbErr> {
    let sql = "DELETE FROM scheduled_post WHERE id = $1";
    Ok(dialect::run(db, sql, [id.into()]).await? > 0)
}
