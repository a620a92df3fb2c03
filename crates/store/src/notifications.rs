//! What residents are told.

use parvis_model::{id, page::Page};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    TryInsertResult, Value,
};

use crate::{
    audience::{Eyes, visible},
    dialect,
    entity::notification,
    timelines::{bounds, order},
};

/// `false`, and nothing happens, where the same was told before.
pub async fn insert(db: &impl ConnectionTrait, row: notification::Model) -> Result<bool, DbErr> {
    let inserted = dialect::unless_there(row.into_active_model())
        .exec_without_returning(db)
        .await?;
    Ok(matches!(inserted, TryInsertResult::Inserted(rows) if rows > 0))
}

/// Which notifications are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of these kinds only.
    pub kinds: Option<Vec<String>>,
    pub from: Option<i64>,
    /// Also those that a policy holds back.
    pub held_back: bool,
}

impl Wanted {
    /// As a condition over the notification `n`, to follow another one.
    fn condition(&self, db: &impl ConnectionTrait, params: &mut Vec<Value>) -> String {
        let mut sql = String::new();
        if let Some(kinds) = &self.kinds {
            params.push(dialect::json_texts(kinds).into());
            sql.push_str(" AND n.kind IN ");
            sql.push_str(&dialect::listed_texts(db, params.len()));
        }
        if let Some(from) = self.from {
            params.push(from.into());
            sql.push_str(" AND n.from_id = $");
            sql.push_str(&params.len().to_string());
        }
        if !self.held_back {
            sql.push_str(" AND NOT n.held_back");
        }
        sql
    }
}

/// What one may no longer see is not told of either, nor what suspended people did.
fn tellable(eyes: Eyes) -> String {
    format!(
        "(n.post_id IS NULL OR EXISTS (SELECT 1 FROM post p WHERE p.id = n.post_id AND {})) \
         AND NOT EXISTS (SELECT 1 FROM account s WHERE s.id = n.from_id AND s.suspended_at IS NOT NULL)",
        visible(eyes)
    )
}

/// Those of the one who looks, the newest first.
pub async fn list(
    db: &impl ConnectionTrait,
    eyes: Eyes,
    now: i64,
    wanted: &Wanted,
    page: &Page,
) -> Result<Vec<notification::Model>, DbErr> {
    let mut params = eyes.params(now);
    let wanted = wanted.condition(db, &mut params);
    let (between, upwards) = bounds(page, "n.id", &mut params);
    params.push((page.limit as i64).into());
    let sql = format!(
        "SELECT n.* FROM notification n WHERE n.account_id = $1 AND {}{wanted}{between} ORDER BY n.id {} LIMIT ${}",
        tellable(eyes),
        order(upwards),
        params.len()
    );
    let mut rows = notification::Entity::find()
        .from_raw_sql(dialect::statement(db, &sql, params))
        .all(db)
        .await?;
    if upwards {
        rows.reverse();
    }
    Ok(rows)
}

/// One of one's own.
pub async fn by_id(
    db: &impl ConnectionTrait,
    account: i64,
    id: i64,
) -> Result<Option<notification::Model>, DbErr> {
    notification::Entity::find_by_id(id)
        .filter(notification::Column::AccountId.eq(account))
        .one(db)
        .await
}

/// How many that [`list`] would give came after `read_id`; counting stops at `most`.
pub async fn unread(
    db: &impl ConnectionTrait,
    eyes: Eyes,
    now: i64,
    read_id: i64,
    wanted: &Wanted,
    most: u64,
) -> Result<u64, DbErr> {
    let mut params = eyes.params(now);
    params.push(read_id.into());
    let wanted = wanted.condition(db, &mut params);
    params.push((most as i64).into());
    let sql = format!(
        "SELECT COUNT(*) FROM (SELECT 1 FROM notification n WHERE n.account_id = $1 AND n.id > $3 AND {}{wanted} LIMIT ${}) x",
        tellable(eyes),
        params.len()
    );
    let count = dialect::number(db, &sql, params).await?;
    Ok(count as u64)
}

pub async fn dismiss(db: &impl ConnectionTrait, account: i64, ids: &[i64]) -> Result<(), DbErr> {
    notification::Entity::delete_many()
        .filter(notification::Column::AccountId.eq(account))
        .filter(dialect::among(db, notification::Column::Id, ids))
        .exec(db)
        .await?;
    Ok(())
}

/// All of one's own.
pub async fn clear(db: &impl ConnectionTrait, account: i64) -> Result<(), DbErr> {
    let sql = "DELETE FROM notification WHERE account_id = $1";
    dialect::run(db, sql, [account.into()]).await?;
    Ok(())
}

/// Those of one kind about one post (0: about none) within a span of time that are not held back, the newest first.
pub async fn alike(
    db: &impl ConnectionTrait,
    account: i64,
    kind: &str,
    post: i64,
    span: std::ops::Range<i64>,
    limit: u64,
) -> Result<Vec<notification::Model>, DbErr> {
    // Ids are in order of time, so the span is a piece of the index.
    let sql = "SELECT n.* FROM notification n WHERE n.account_id = $1 AND n.kind = $2 AND COALESCE(n.post_id, 0) = $3 \
         AND n.id >= $4 AND n.id < $5 AND NOT n.held_back ORDER BY n.id DESC LIMIT $6";
    let params = [
        account.into(),
        kind.into(),
        post.into(),
        id::first_of(span.start).into(),
        id::first_of(span.end).into(),
        (limit as i64).into(),
    ];
    notification::Entity::find()
        .from_raw_sql(dialect::statement(db, sql, params))
        .all(db)
        .await
}

/// Takes back what was told of `subject` (a favourite undone, a request withdrawn). `false`: nothing was.
pub async fn withdraw(
    db: &impl ConnectionTrait,
    kind: &str,
    from: i64,
    subject: i64,
) -> Result<bool, DbErr> {
    let gone = notification::Entity::delete_many()
        .filter(notification::Column::Kind.eq(kind))
        .filter(notification::Column::FromId.eq(from))
        .filter(notification::Column::SubjectId.eq(subject))
        .exec(db)
        .await?;
    Ok(gone.rows_affected > 0)
}

/// Forgets what was told of somebody in one kind before a moment.
pub async fn forget_old(
    db: &impl ConnectionTrait,
    kind: &str,
    from: i64,
    before: i64,
) -> Result<(), DbErr> {
    let sql = "DELETE FROM notification WHERE from_id = $1 AND kind = $2 AND created_at < $3";
    dialect::run(db, sql, [from.into(), kind.into(), before.into()]).await?;
    Ok(())
}

/// Forgets what two people were told of each other.
pub async fn forget_between(db: &impl ConnectionTrait, one: i64, other: i64) -> Result<(), DbErr> {
    dialect::run(
        db,
        "DELETE FROM notification WHERE (account_id = $1 AND from_id = $2) OR (account_id = $2 AND from_id = $1)",
        [one.into(), other.into()],
    )
    .await?;
    Ok(())
}

/// Forgets what somebody was told of the people of a server.
pub async fn forget_server(
    db: &impl ConnectionTrait,
    account: i64,
    domain: &str,
) -> Result<(), DbErr> {
    let people = "SELECT id FROM account WHERE domain = $2 AND domain <> ''";
    let sql = format!("DELETE FROM notification WHERE account_id = $1 AND from_id IN ({people})");
    dialect::run(db, &sql, [account.into(), domain.into()]).await?;
    Ok(())
}

/// Forgets what somebody was told, and what others were told of them.
pub async fn forget_all(db: &impl ConnectionTrait, account: i64) -> Result<(), DbErr> {
    dialect::run(
        db,
        "DELETE FROM notification WHERE account_id = $1 OR from_id = $1",
        [account.into()],
    )
    .await?;
    Ok(())
}

pub async fn count(db: &impl ConnectionTrait, account: i64) -> Result<u64, DbErr> {
    notification::Entity::find()
        .filter(notification::Column::AccountId.eq(account))
        .count(db)
        .await
}
