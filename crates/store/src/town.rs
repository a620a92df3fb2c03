//! The one row of what the town says about itself.

use sea_orm::{ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel};

use crate::entity::town;

const ONLY: i64 = 1;

pub async fn get(db: &impl ConnectionTrait) -> Result<Option<town::Model>, DbErr> {
    town::Entity::find_by_id(ONLY).one(db).await
}

/// Nothing happens if the town exists already. The row's id is given here.
pub async fn found(db: &impl ConnectionTrait, row: town::Model) -> Result<(), DbErr> {
    town::Entity::insert(town::Model { id: ONLY, ..row }.into_active_model())
        .on_conflict_do_nothing_on([town::Column::Id])
        .exec_without_returning(db)
        .await?;
    Ok(())
}

pub async fn update(db: &impl ConnectionTrait, row: town::Model) -> Result<(), DbErr> {
    row.into_active_model().reset_all().update(db).await?;
    Ok(())
}
