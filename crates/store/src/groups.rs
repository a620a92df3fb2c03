//! Groups: who looks after them, who may write in them, and which posts they took.

use parvis_model::page::Page;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseBackend, DbErr, EntityTrait, FromQueryResult,
    IntoActiveModel, QueryFilter, sea_query::Expr,
};

use crate::{
    dialect,
    entity::{group_moderator, group_rule, post},
    timelines::paged,
};

/// Those of this town that let themselves be found, the last come first; `indexable`: only those that let search engines.
pub async fn of_town(
    db: &impl ConnectionTrait,
    indexable: bool,
    page: &Page,
) -> Result<Vec<i64>, DbErr> {
    // Left to itself, SQLite would walk through everyone known here.
    let groups = match db.get_database_backend() {
        DatabaseBackend::Sqlite => "account a INDEXED BY account_group",
        _ => "account a",
    };
    let indexable = if indexable { " AND a.indexable" } else { "" };
    let from = format!(
        "{groups} WHERE a.domain = '' AND a.kind = 'group' AND a.discoverable AND a.suspended_at IS NULL{indexable}"
    );
    paged(db, &from, "a.id", page, Vec::new()).await
}

/// The ids of those who look after a group.
pub async fn moderators(db: &impl ConnectionTrait, group: i64) -> Result<Vec<i64>, DbErr> {
    let sql = "SELECT account_id FROM group_moderator WHERE group_id = $1 ORDER BY account_id";
    dialect::ids(db, sql, [group.into()]).await
}

/// Those of these groups that are of this town and that somebody looks after.
pub async fn looked_after(
    db: &impl ConnectionTrait,
    account: i64,
    groups: &[i64],
) -> Result<Vec<i64>, DbErr> {
    let sql = format!(
        "SELECT m.group_id FROM group_moderator m JOIN account g ON g.id = m.group_id \
         WHERE m.account_id = $1 AND g.domain = '' AND m.group_id IN {}",
        dialect::listed(db, 2)
    );
    let params = [account.into(), dialect::json_list(groups).into()];
    dialect::ids(db, &sql, params).await
}

pub async fn appoint(db: &impl ConnectionTrait, group: i64, account: i64) -> Result<(), DbErr> {
    let row = group_moderator::Model {
        group_id: group,
        account_id: account,
    };
    dialect::unless_there(row.into_active_model())
        .exec_without_returning(db)
        .await?;
    Ok(())
}

pub async fn dismiss(db: &impl ConnectionTrait, group: i64, account: i64) -> Result<(), DbErr> {
    group_moderator::Entity::delete_by_id((group, account))
        .exec(db)
        .await?;
    Ok(())
}

/// May only those who look after a group write in it?
pub async fn is_for_moderators(db: &impl ConnectionTrait, group: i64) -> Result<bool, DbErr> {
    let rule = group_rule::Entity::find_by_id(group).one(db).await?;
    Ok(rule.is_some_and(|rule| rule.moderators_only))
}

pub async fn set_for_moderators(
    db: &impl ConnectionTrait,
    group: i64,
    moderators_only: bool,
) -> Result<(), DbErr> {
    group_rule::Entity::delete_by_id(group).exec(db).await?;
    let row = group_rule::Model {
        group_id: group,
        moderators_only,
    };
    group_rule::Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// How somebody stands to a group of this town.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub struct Standing {
    pub group_id: i64,
    pub account_id: i64,
    /// Either is suspended, or has blocked the other.
    pub kept_out: bool,
    pub resident: bool,
    pub follower: bool,
    pub moderator: bool,
    /// Only moderators may write in it.
    pub moderators_only: bool,
}

/// `None` where one of the two is not there.
pub async fn standing(
    db: &impl ConnectionTrait,
    group: i64,
    who: i64,
) -> Result<Option<Standing>, DbErr> {
    Ok(standings(db, &[(group, who)]).await?.pop())
}

/// The same of many pairs: a group, and somebody.
pub async fn standings(
    db: &impl ConnectionTrait,
    pairs: &[(i64, i64)],
) -> Result<Vec<Standing>, DbErr> {
    let sql = format!(
        "SELECT w.a AS group_id, w.b AS account_id, \
         (g.suspended_at IS NOT NULL OR p.suspended_at IS NOT NULL OR EXISTS (SELECT 1 FROM block b \
         WHERE (b.account_id = w.a AND b.target_id = w.b) OR (b.account_id = w.b AND b.target_id = w.a))) AS kept_out, \
         p.domain = '' AS resident, \
         EXISTS (SELECT 1 FROM follow f WHERE f.follower_id = w.b AND f.target_id = w.a AND f.accepted) AS follower, \
         EXISTS (SELECT 1 FROM group_moderator m WHERE m.group_id = w.a AND m.account_id = w.b) AS moderator, \
         EXISTS (SELECT 1 FROM group_rule r WHERE r.group_id = w.a AND r.moderators_only) AS moderators_only \
         FROM {} account g ON g.id = w.a JOIN account p ON p.id = w.b WHERE g.domain = ''",
        dialect::each_pair(db, 1, "w")
    );
    let pairs = serde_json::json!(pairs).to_string();
    let found = dialect::statement(db, &sql, [pairs.into()]);
    Standing::find_by_statement(found).all(db).await
}

/// Counts one more like or dislike, or end of one, of somebody in a group; or consent of somebody elsewhere, in the place of
/// the group, to answers of a resident. Gives how many there were since then; what began at `old` or before begins anew.
pub async fn count_gesture(
    db: &impl ConnectionTrait,
    group: i64,
    who: i64,
    now: i64,
    old: i64,
) -> Result<i64, DbErr> {
    let sql = "INSERT INTO group_gesture (group_id, account_id, since, done) VALUES ($1, $2, $3, 1) \
         ON CONFLICT (group_id, account_id) DO UPDATE SET \
         done = CASE WHEN group_gesture.since <= $4 THEN 1 ELSE group_gesture.done + 1 END, \
         since = CASE WHEN group_gesture.since <= $4 THEN $3 ELSE group_gesture.since END RETURNING done";
    dialect::number(db, sql, [group.into(), who.into(), now.into(), old.into()]).await
}

/// The group has taken the post, or puts it out again.
pub async fn set_taken(db: &impl ConnectionTrait, post: i64, taken: bool) -> Result<(), DbErr> {
    post::Entity::update_many()
        .col_expr(post::Column::InGroup, Expr::value(taken))
        .filter(post::Column::Id.eq(post))
        .exec(db)
        .await?;
    Ok(())
}
