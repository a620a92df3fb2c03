//! Servers that residents want nothing of.

use parvis_model::page::Page;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, Value};

use crate::{
    dialect,
    entity::follow,
    timelines::{Pointing, pointing},
};

/// Nothing happens where it stands already.
pub async fn insert(
    db: &impl ConnectionTrait,
    id: i64,
    me: i64,
    domain: &str,
    now: i64,
) -> Result<(), DbErr> {
    let sql = "INSERT INTO domain_block (id, account_id, domain, created_at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT DO NOTHING";
    let params = [id.into(), me.into(), domain.into(), now.into()];
    dialect::run(db, sql, params).await?;
    Ok(())
}

pub async fn delete(db: &impl ConnectionTrait, me: i64, domain: &str) -> Result<(), DbErr> {
    let sql = "DELETE FROM domain_block WHERE account_id = $1 AND domain = $2";
    dialect::run(db, sql, [me.into(), domain.into()]).await?;
    Ok(())
}

pub async fn count(db: &impl ConnectionTrait, me: i64) -> Result<i64, DbErr> {
    let sql = "SELECT COUNT(*) FROM domain_block WHERE account_id = $1";
    dialect::number(db, sql, [me.into()]).await
}

/// A page of them: (cursor, domain), the last blocked first.
pub async fn list(
    db: &impl ConnectionTrait,
    me: i64,
    page: &Page,
) -> Result<Vec<(i64, String)>, DbErr> {
    let ids = pointing(db, Pointing::BlockedDomains, me, page).await?;
    let ids: Vec<i64> = ids.into_iter().map(|(id, _)| id).collect();
    let sql = format!(
        "SELECT id, domain FROM domain_block WHERE id IN {} ORDER BY id DESC",
        dialect::listed(db, 1)
    );
    let params = [dialect::json_list(&ids).into()];
    let rows = db
        .query_all_raw(dialect::statement(db, &sql, params))
        .await?;
    rows.iter()
        .map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
        .collect()
}

/// The follows between somebody and the people of a server, in both directions.
pub async fn follows_across(
    db: &impl ConnectionTrait,
    me: i64,
    domain: &str,
) -> Result<Vec<follow::Model>, DbErr> {
    let people = "SELECT id FROM account WHERE domain = $2 AND domain <> ''";
    let sql = format!(
        "SELECT * FROM follow WHERE follower_id = $1 AND target_id IN ({people}) \
         UNION ALL SELECT * FROM follow WHERE target_id = $1 AND follower_id IN ({people})"
    );
    follow::Entity::find()
        .from_raw_sql(dialect::statement(db, &sql, [me.into(), domain.into()]))
        .all(db)
        .await
}

/// How many of them: of somebody's own, and of the people there.
pub async fn count_follows_across(
    db: &impl ConnectionTrait,
    me: i64,
    domain: &str,
) -> Result<(i64, i64), DbErr> {
    let people = "SELECT id FROM account WHERE domain = $2 AND domain <> ''";
    let count = |mine: &str, theirs: &str| {
        format!(
            "SELECT COUNT(*) FROM follow WHERE accepted AND {mine} = $1 AND {theirs} IN ({people})"
        )
    };
    let params = || [Value::from(me), Value::from(domain)];
    let following = count("follower_id", "target_id");
    let followers = count("target_id", "follower_id");
    Ok((
        dialect::number(db, &following, params()).await?,
        dialect::number(db, &followers, params()).await?,
    ))
}
