//! Posts that stand on top of their author's page.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, TryInsertResult,
};

use crate::{dialect, entity::pin};

/// `false` if it is pinned already.
pub async fn insert(db: &impl ConnectionTrait, row: pin::Model) -> Result<bool, DbErr> {
    let inserted = pin::Entity::insert(row.into_active_model())
        .on_conflict_do_nothing_on([pin::Column::AccountId, pin::Column::PostId])
        .exec_without_returning(db)
        .await?;
    Ok(matches!(inserted, TryInsertResult::Inserted(1)))
}

/// `false` if it was not pinned.
pub async fn delete(db: &impl ConnectionTrait, account: i64, post: i64) -> Result<bool, DbErr> {
    let gone = pin::Entity::delete_many()
        .filter(pin::Column::AccountId.eq(account))
        .filter(pin::Column::PostId.eq(post))
        .exec(db)
        .await?;
    Ok(gone.rows_affected > 0)
}

pub async fn delete_all_of(db: &impl ConnectionTrait, account: i64) -> Result<(), DbErr> {
    pin::Entity::delete_many()
        .filter(pin::Column::AccountId.eq(account))
        .exec(db)
        .await?;
    Ok(())
}

pub async fn count(db: &impl ConnectionTrait, account: i64) -> Result<i64, DbErr> {
    let sql = "SELECT COUNT(*) FROM pin WHERE account_id = $1";
    dialect::number(db, sql, [account.into()]).await
}

/// Pinned posts of an account, the one pinned last first.
pub async fn of_account(
    db: &impl ConnectionTrait,
    account: i64,
    limit: u64,
) -> Result<Vec<i64>, DbErr> {
    let rows = db
        .query_all_raw(dialect::statement(
            db,
            "SELECT post_id FROM pin WHERE account_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2",
            [account.into(), i64::try_from(limit).unwrap_or(i64::MAX).into()],
        ))
        .await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// Of these posts, those that are pinned.
pub async fn among(db: &impl ConnectionTrait, posts: &[i64]) -> Result<Vec<i64>, DbErr> {
    if posts.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT post_id FROM pin WHERE post_id IN {}",
        dialect::listed(db, 1)
    );
    let rows = db
        .query_all_raw(dialect::statement(
            db,
            &sql,
            [dialect::json_list(posts).into()],
        ))
        .await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}
