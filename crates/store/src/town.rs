//! The one row of what the town says about itself.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel,
    QueryFilter, QuerySelect, TryInsertResult,
    sea_query::{Expr, LockType},
};

use crate::entity::town;

const ONLY: i64 = 1;

pub async fn get(db: &impl ConnectionTrait) -> Result<Option<town::Model>, DbErr> {
    town::Entity::find_by_id(ONLY).one(db).await
}

/// As it is to be written anew: whoever else comes for it waits until this write has ended. SQLite has one write at a time
/// anyway.
pub async fn held(db: &impl ConnectionTrait) -> Result<Option<town::Model>, DbErr> {
    let row = town::Entity::find_by_id(ONLY).lock(LockType::NoKeyUpdate);
    row.one(db).await
}

/// `false` if the town exists already. The row's id is given here.
pub async fn found(db: &impl ConnectionTrait, row: town::Model) -> Result<bool, DbErr> {
    let inserted = town::Entity::insert(town::Model { id: ONLY, ..row }.into_active_model())
        .on_conflict_do_nothing_on([town::Column::Id])
        .exec_without_returning(db)
        .await?;
    Ok(matches!(inserted, TryInsertResult::Inserted(1)))
}

/// `false` if somebody was faster.
pub async fn spend_setup_secret(db: &impl ConnectionTrait, secret: &str) -> Result<bool, DbErr> {
    let spent = town::Entity::update_many()
        .col_expr(town::Column::SetupSecret, Expr::value(None::<String>))
        .filter(town::Column::SetupSecret.eq(secret))
        .exec(db)
        .await?;
    Ok(spent.rows_affected == 1)
}

/// The whole row, as it was [`held`].
pub async fn update(db: &impl ConnectionTrait, row: town::Model) -> Result<(), DbErr> {
    row.into_active_model().reset_all().update(db).await?;
    Ok(())
}
