//! Blocks and mutes, and how one account stands to others.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, IntoActiveModel,
    QueryFilter, TryInsertResult,
};

use crate::{
    dialect,
    entity::{block, mute},
};

/// How `me` stands to `other`, both ways.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct Relation {
    pub other: i64,
    pub following: bool,
    pub requested: bool,
    pub showing_boosts: bool,
    pub notifying: bool,
    /// As it is kept; see [`Self::read_in`].
    pub languages: Option<String>,
    pub followed_by: bool,
    pub requested_by: bool,
    pub blocking: bool,
    pub blocked_by: bool,
    pub muting: bool,
    pub muting_notifications: bool,
    /// Until when; for ever where absent.
    pub muting_until: Option<i64>,
    pub domain_blocking: bool,
    pub endorsed: bool,
}

impl Relation {
    /// In which languages `me` reads `other`, by the first parts of their tags; absent where in all.
    pub fn read_in(&self) -> Option<Vec<&str>> {
        let kept = self.languages.as_deref()?;
        Some(kept.split_ascii_whitespace().collect())
    }
}

pub async fn between(
    db: &impl ConnectionTrait,
    me: i64,
    others: &[i64],
    now: i64,
) -> Result<Vec<Relation>, DbErr> {
    let sql = format!(
        "SELECT a.id AS other, \
         COALESCE(f.accepted, FALSE) AS following, COALESCE(NOT f.accepted, FALSE) AS requested, \
         COALESCE(f.show_boosts, FALSE) AS showing_boosts, COALESCE(f.notify, FALSE) AS notifying, f.languages, \
         COALESCE(g.accepted, FALSE) AS followed_by, COALESCE(NOT g.accepted, FALSE) AS requested_by, \
         b.id IS NOT NULL AS blocking, c.id IS NOT NULL AS blocked_by, \
         u.id IS NOT NULL AS muting, COALESCE(u.notifications, FALSE) AS muting_notifications, u.until AS muting_until, \
         d.id IS NOT NULL AS domain_blocking, e.id IS NOT NULL AS endorsed \
         FROM account a \
         LEFT JOIN follow f ON f.follower_id = $1 AND f.target_id = a.id \
         LEFT JOIN follow g ON g.follower_id = a.id AND g.target_id = $1 \
         LEFT JOIN block b ON b.account_id = $1 AND b.target_id = a.id \
         LEFT JOIN block c ON c.account_id = a.id AND c.target_id = $1 \
         LEFT JOIN mute u ON u.account_id = $1 AND u.target_id = a.id AND (u.until IS NULL OR u.until > $2) \
         LEFT JOIN domain_block d ON d.account_id = $1 AND d.domain = a.domain \
         LEFT JOIN endorsement e ON e.account_id = $1 AND e.target_id = a.id \
         WHERE a.id IN {}",
        dialect::listed(db, 3)
    );
    let params = [me.into(), now.into(), dialect::json_list(others).into()];
    Relation::find_by_statement(dialect::statement(db, &sql, params))
        .all(db)
        .await
}

/// Has either of the two blocked the other?
pub async fn is_blocked(db: &impl ConnectionTrait, one: i64, other: i64) -> Result<bool, DbErr> {
    let found = dialect::number(
        db,
        "SELECT COUNT(*) FROM block WHERE (account_id = $1 AND target_id = $2) OR (account_id = $2 AND target_id = $1)",
        [one.into(), other.into()],
    )
    .await?;
    Ok(found > 0)
}

pub async fn block_between(
    db: &impl ConnectionTrait,
    account: i64,
    target: i64,
) -> Result<Option<block::Model>, DbErr> {
    block::Entity::find()
        .filter(block::Column::AccountId.eq(account))
        .filter(block::Column::TargetId.eq(target))
        .one(db)
        .await
}

/// By the activity that told of it.
pub async fn block_by_uri(
    db: &impl ConnectionTrait,
    account: i64,
    uri: &str,
) -> Result<Option<block::Model>, DbErr> {
    block::Entity::find()
        .filter(block::Column::AccountId.eq(account))
        .filter(block::Column::Uri.eq(uri))
        .one(db)
        .await
}

/// `false` if it stands already.
pub async fn insert_block(db: &impl ConnectionTrait, row: block::Model) -> Result<bool, DbErr> {
    let inserted = block::Entity::insert(row.into_active_model())
        .on_conflict_do_nothing_on([block::Column::AccountId, block::Column::TargetId])
        .exec_without_returning(db)
        .await?;
    Ok(matches!(inserted, TryInsertResult::Inserted(1)))
}

pub async fn delete_block(db: &impl ConnectionTrait, id: i64) -> Result<(), DbErr> {
    block::Entity::delete_by_id(id).exec(db).await?;
    Ok(())
}

/// Replaces an older mute of the same account.
pub async fn set_mute(db: &impl ConnectionTrait, row: mute::Model) -> Result<(), DbErr> {
    delete_mute(db, row.account_id, row.target_id).await?;
    mute::Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await?;
    Ok(())
}

pub async fn delete_mute(
    db: &impl ConnectionTrait,
    account: i64,
    target: i64,
) -> Result<(), DbErr> {
    mute::Entity::delete_many()
        .filter(mute::Column::AccountId.eq(account))
        .filter(mute::Column::TargetId.eq(target))
        .exec(db)
        .await?;
    Ok(())
}
