//! Groups: who looks after them, who may write in them, and which posts they took.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, IntoActiveModel,
    QueryFilter, sea_query::Expr,
};

use crate::{
    dialect,
    entity::{group_moderator, group_rule, post},
};

/// The ids of those who look after a group.
pub async fn moderators(db: &impl ConnectionTrait, group: i64) -> Result<Vec<i64>, DbErr> {
    let sql = "SELECT account_id FROM group_moderator WHERE group_id = $1 ORDER BY account_id";
    dialect::ids(db, sql, [group.into()]).await
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
    let sql = "SELECT (g.suspended_at IS NOT NULL OR p.suspended_at IS NOT NULL OR EXISTS (SELECT 1 FROM block b \
         WHERE (b.account_id = $1 AND b.target_id = $2) OR (b.account_id = $2 AND b.target_id = $1))) AS kept_out, \
         p.domain = '' AS resident, \
         EXISTS (SELECT 1 FROM follow f WHERE f.follower_id = $2 AND f.target_id = $1 AND f.accepted) AS follower, \
         EXISTS (SELECT 1 FROM group_moderator m WHERE m.group_id = $1 AND m.account_id = $2) AS moderator, \
         EXISTS (SELECT 1 FROM group_rule r WHERE r.group_id = $1 AND r.moderators_only) AS moderators_only \
         FROM account g JOIN account p ON p.id = $2 WHERE g.id = $1 AND g.domain = ''";
    let found = dialect::statement(db, sql, [group.into(), who.into()]);
    Standing::find_by_statement(found).one(db).await
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
