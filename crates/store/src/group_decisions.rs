//! What those who look after groups elsewhere decide: threads that are closed, posts taken out, people kept out; and who they
//! are. Knows not whom to believe.

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, sea_query::Expr};

use crate::{dialect, entity::post};

/// When the list of those who look after a group elsewhere was last read, and where it is.
#[derive(Clone, Debug)]
pub struct List {
    pub moderators_uri: Option<String>,
    pub read_at: i64,
}

pub async fn list(db: &impl ConnectionTrait, group: i64) -> Result<Option<List>, DbErr> {
    let sql = "SELECT moderators_uri, read_at FROM group_list WHERE group_id = $1";
    let row = db
        .query_one_raw(dialect::statement(db, sql, [group.into()]))
        .await?;
    row.map(|row| {
        Ok(List {
            moderators_uri: row.try_get_by_index(0)?,
            read_at: row.try_get_by_index(1)?,
        })
    })
    .transpose()
}

pub async fn set_list(db: &impl ConnectionTrait, group: i64, list: List) -> Result<(), DbErr> {
    let sql = "INSERT INTO group_list (group_id, moderators_uri, read_at) VALUES ($1, $2, $3) \
         ON CONFLICT (group_id) DO UPDATE SET moderators_uri = $2, read_at = $3";
    let params = [
        group.into(),
        list.moderators_uri.into(),
        list.read_at.into(),
    ];
    dialect::run(db, sql, params).await?;
    Ok(())
}

/// The list of a group is about to be read, unless it was read after `old`. `false`: it was.
pub async fn claim_list(
    db: &impl ConnectionTrait,
    group: i64,
    now: i64,
    old: i64,
) -> Result<bool, DbErr> {
    let sql = "INSERT INTO group_list (group_id, read_at) VALUES ($1, $2) \
         ON CONFLICT (group_id) DO UPDATE SET read_at = $2 WHERE group_list.read_at <= $3";
    Ok(dialect::run(db, sql, [group.into(), now.into(), old.into()]).await? > 0)
}

/// The groups that name a list as that of those who look after them.
pub async fn groups_of_list(db: &impl ConnectionTrait, uri: &str) -> Result<Vec<i64>, DbErr> {
    let sql = "SELECT group_id FROM group_list WHERE moderators_uri = $1 ORDER BY group_id LIMIT 2";
    dialect::ids(db, sql, [uri.into()]).await
}

pub async fn dismiss_all(db: &impl ConnectionTrait, group: i64) -> Result<(), DbErr> {
    let sql = "DELETE FROM group_moderator WHERE group_id = $1";
    dialect::run(db, sql, [group.into()]).await?;
    Ok(())
}

pub async fn looks_after(db: &impl ConnectionTrait, who: i64, group: i64) -> Result<bool, DbErr> {
    let sql = "SELECT COUNT(*) FROM group_moderator WHERE group_id = $1 AND account_id = $2";
    Ok(dialect::number(db, sql, [group.into(), who.into()]).await? > 0)
}

pub async fn set_closed(db: &impl ConnectionTrait, post: i64, closed: bool) -> Result<(), DbErr> {
    post::Entity::update_many()
        .col_expr(post::Column::Closed, Expr::value(closed))
        .filter(post::Column::Id.eq(post))
        .exec(db)
        .await?;
    Ok(())
}

/// Is a post closed to answers, or one of those above it in its thread, `steps` high at most? Only a group that holds a
/// post, and is known here, closes it.
pub async fn is_closed(db: &impl ConnectionTrait, post: i64, steps: i64) -> Result<bool, DbErr> {
    let sql = "WITH RECURSIVE up (id, above, step) AS (\
         SELECT p.id, p.reply_to_id, CAST(0 AS BIGINT) FROM post p WHERE p.id = $1 \
         UNION ALL SELECT p.id, p.reply_to_id, up.step + 1 FROM up JOIN post p ON p.id = up.above WHERE up.step < $2) \
         SELECT COUNT(*) FROM up JOIN post p ON p.id = up.id JOIN account g ON g.id = p.group_id \
         WHERE p.closed AND p.in_group AND g.suspended_at IS NULL";
    Ok(dialect::number(db, sql, [post.into(), steps.into()]).await? > 0)
}

/// `reason`: `None` where nobody has taken it out any more.
pub async fn set_taken_out(
    db: &impl ConnectionTrait,
    post: i64,
    reason: Option<String>,
    in_group: bool,
) -> Result<(), DbErr> {
    post::Entity::update_many()
        .col_expr(post::Column::InGroup, Expr::value(in_group))
        .col_expr(post::Column::TakenOut, Expr::value(reason))
        .filter(post::Column::Id.eq(post))
        .exec(db)
        .await?;
    Ok(())
}

/// What somebody wrote that stands in a group, the newest first.
pub async fn posts_of(
    db: &impl ConnectionTrait,
    group: i64,
    who: i64,
    limit: u64,
) -> Result<Vec<i64>, DbErr> {
    let sql = "SELECT id FROM post WHERE group_id = $1 AND in_group AND author_id = $2 \
         ORDER BY id DESC LIMIT $3";
    let params = [
        group.into(),
        who.into(),
        i64::try_from(limit).unwrap_or(i64::MAX).into(),
    ];
    dialect::ids(db, sql, params).await
}

/// `ends_at`: `None` for good.
pub async fn keep_out(
    db: &impl ConnectionTrait,
    group: i64,
    who: i64,
    ends_at: Option<i64>,
) -> Result<(), DbErr> {
    let sql = "INSERT INTO group_ban (group_id, account_id, ends_at) VALUES ($1, $2, $3) \
         ON CONFLICT (group_id, account_id) DO UPDATE SET ends_at = $3";
    dialect::run(db, sql, [group.into(), who.into(), ends_at.into()]).await?;
    Ok(())
}

/// `false` if nobody kept them out.
pub async fn let_in(db: &impl ConnectionTrait, group: i64, who: i64) -> Result<bool, DbErr> {
    let sql = "DELETE FROM group_ban WHERE group_id = $1 AND account_id = $2";
    Ok(dialect::run(db, sql, [group.into(), who.into()]).await? > 0)
}

pub async fn is_kept_out(
    db: &impl ConnectionTrait,
    group: i64,
    who: i64,
    now: i64,
) -> Result<bool, DbErr> {
    let sql = "SELECT COUNT(*) FROM group_ban WHERE group_id = $1 AND account_id = $2 \
         AND (ends_at IS NULL OR ends_at > $3)";
    Ok(dialect::number(db, sql, [group.into(), who.into(), now.into()]).await? > 0)
}
