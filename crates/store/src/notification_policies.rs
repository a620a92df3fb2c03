//! Of whom somebody wants to hear, and what is held back of others until they agree.

use parvis_model::page::Page;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::{
    dialect,
    timelines::{bounds, order},
};

/// Each word is `accept`, `filter` or `drop`.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Policy {
    pub not_following: String,
    pub not_followers: String,
    pub new_accounts: String,
    pub private_mentions: String,
    pub limited_accounts: String,
}

pub async fn of(db: &impl ConnectionTrait, me: i64) -> Result<Option<Policy>, DbErr> {
    let sql = "SELECT not_following, not_followers, new_accounts, private_mentions, limited_accounts \
         FROM notification_policy WHERE account_id = $1";
    Policy::find_by_statement(dialect::statement(db, sql, [me.into()]))
        .one(db)
        .await
}

pub async fn set(db: &impl ConnectionTrait, me: i64, row: Policy) -> Result<(), DbErr> {
    let sql = "INSERT INTO notification_policy (account_id, not_following, not_followers, new_accounts, private_mentions, \
         limited_accounts) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (account_id) DO UPDATE SET \
         not_following = excluded.not_following, not_followers = excluded.not_followers, new_accounts = excluded.new_accounts, \
         private_mentions = excluded.private_mentions, limited_accounts = excluded.limited_accounts";
    let params = [
        me.into(),
        row.not_following.into(),
        row.not_followers.into(),
        row.new_accounts.into(),
        row.private_mentions.into(),
        row.limited_accounts.into(),
    ];
    dialect::run(db, sql, params).await?;
    Ok(())
}

/// From now on, whatever the policy says.
pub async fn agree(db: &impl ConnectionTrait, me: i64, from: i64) -> Result<(), DbErr> {
    let sql = "INSERT INTO notification_consent (account_id, from_id) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    dialect::run(db, sql, [me.into(), from.into()]).await?;
    let sql = "UPDATE notification SET held_back = FALSE WHERE account_id = $1 AND from_id = $2 AND held_back";
    dialect::run(db, sql, [me.into(), from.into()]).await?;
    Ok(())
}

pub async fn has_agreed(db: &impl ConnectionTrait, me: i64, from: i64) -> Result<bool, DbErr> {
    let sql = "SELECT COUNT(*) FROM notification_consent WHERE account_id = $1 AND from_id = $2";
    Ok(dialect::number(db, sql, [me.into(), from.into()]).await? > 0)
}

/// (thread, last message in it) of the private messages that are held back of somebody; of the newest threads, bounded.
pub async fn held_messages(
    db: &impl ConnectionTrait,
    me: i64,
    from: i64,
    limit: u64,
) -> Result<Vec<(i64, i64)>, DbErr> {
    let sql = "SELECT p.thread_id, MAX(p.id) AS last FROM notification n JOIN post p ON p.id = n.post_id \
         WHERE n.account_id = $1 AND n.from_id = $2 AND n.held_back AND p.audience = 'direct' \
         GROUP BY p.thread_id ORDER BY last DESC LIMIT $3";
    let params = [me.into(), from.into(), (limit as i64).into()];
    let rows = db
        .query_all_raw(dialect::statement(db, sql, params))
        .await?;
    rows.iter()
        .map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
        .collect()
}

/// What was held back of somebody is forgotten.
pub async fn forget(db: &impl ConnectionTrait, me: i64, from: i64) -> Result<(), DbErr> {
    let sql = "DELETE FROM notification WHERE account_id = $1 AND from_id = $2 AND held_back";
    dialect::run(db, sql, [me.into(), from.into()]).await?;
    Ok(())
}

/// What is held back of one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Held {
    pub from_id: i64,
    pub count: i64,
    /// Of the newest notification; also the cursor.
    pub newest: i64,
    pub first_at: i64,
    pub last_at: i64,
    pub last_post_id: Option<i64>,
}

const HELD: &str = "SELECT n.from_id, COUNT(*) AS count, MAX(n.id) AS newest, MIN(n.created_at) AS first_at, \
     MAX(n.created_at) AS last_at, MAX(n.post_id) AS last_post_id FROM notification n \
     WHERE n.account_id = $1 AND n.held_back";

/// The last heard of first.
pub async fn held(db: &impl ConnectionTrait, me: i64, page: &Page) -> Result<Vec<Held>, DbErr> {
    let mut params = vec![me.into()];
    let (between, upwards) = bounds(page, "h.newest", &mut params);
    params.push((page.limit as i64).into());
    let sql = format!(
        "SELECT h.* FROM ({HELD} GROUP BY n.from_id) h WHERE 1 = 1{between} ORDER BY h.newest {} LIMIT ${}",
        order(upwards),
        params.len()
    );
    let mut rows = Held::find_by_statement(dialect::statement(db, &sql, params))
        .all(db)
        .await?;
    if upwards {
        rows.reverse();
    }
    Ok(rows)
}

pub async fn held_of(db: &impl ConnectionTrait, me: i64, from: i64) -> Result<Option<Held>, DbErr> {
    let sql = format!("{HELD} AND n.from_id = $2 GROUP BY n.from_id");
    Held::find_by_statement(dialect::statement(db, &sql, [me.into(), from.into()]))
        .one(db)
        .await
}

/// (people, notifications) held back.
pub async fn held_counts(db: &impl ConnectionTrait, me: i64) -> Result<(i64, i64), DbErr> {
    let all = "FROM notification WHERE account_id = $1 AND held_back";
    let people = format!("SELECT COUNT(DISTINCT from_id) {all}");
    let people = dialect::number(db, &people, [me.into()]).await?;
    let told = dialect::number(db, &format!("SELECT COUNT(*) {all}"), [me.into()]).await?;
    Ok((people, told))
}
