//! What residents are told.

use parvis_model::page::Page;
use sea_orm::{
    ColumnTrait, ConnectionTrait, Cursor, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, SelectModel,
};

use crate::{dialect, entity::notification};

/// Nothing happens where the same was told before.
pub async fn insert(db: &impl ConnectionTrait, row: notification::Model) -> Result<(), DbErr> {
    dialect::unless_there(row.into_active_model())
        .exec_without_returning(db)
        .await?;
    Ok(())
}

pub async fn list(
    db: &impl ConnectionTrait,
    account: i64,
    page: &Page,
) -> Result<Vec<notification::Model>, DbErr> {
    let mut cursor: Cursor<SelectModel<notification::Model>> = notification::Entity::find()
        .filter(notification::Column::AccountId.eq(account))
        .cursor_by(notification::Column::Id);
    if let Some(id) = page.max_id {
        cursor.before(id);
    }
    if let Some(id) = page.min_id.or(page.since_id) {
        cursor.after(id);
    }
    if page.min_id.is_some() {
        cursor.first(page.limit);
    } else {
        cursor.last(page.limit);
    }
    let mut rows = cursor.all(db).await?;
    rows.reverse();
    Ok(rows)
}

/// How many came after `read_id`; counting stops at 100.
pub async fn unread(db: &impl ConnectionTrait, account: i64, read_id: i64) -> Result<u64, DbErr> {
    dialect::number(
        db,
        "SELECT COUNT(*) FROM (SELECT 1 FROM notification WHERE account_id = $1 AND id > $2 LIMIT 100) x",
        [account.into(), read_id.into()],
    )
    .await
    .map(|count| count as u64)
}

/// Takes back what was told of `subject` (a favourite undone, a request withdrawn).
pub async fn withdraw(
    db: &impl ConnectionTrait,
    kind: &str,
    from: i64,
    subject: i64,
) -> Result<(), DbErr> {
    notification::Entity::delete_many()
        .filter(notification::Column::Kind.eq(kind))
        .filter(notification::Column::FromId.eq(from))
        .filter(notification::Column::SubjectId.eq(subject))
        .exec(db)
        .await?;
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
