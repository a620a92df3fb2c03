//! Ids of activities that already arrived, and what else is not to have its effect twice. Kept per actor, by the number of the
//! account (`origin` is named after earlier versions, which kept them per server), so that nobody can use up another's ids, be
//! it a neighbour's on the same server.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, TryInsertResult,
};

use crate::entity::seen;

/// `false` if it was seen before.
pub async fn mark(
    db: &impl ConnectionTrait,
    uri: &str,
    origin: &str,
    now: i64,
) -> Result<bool, DbErr> {
    let row = seen::Model {
        uri: uri.to_owned(),
        origin: origin.to_owned(),
        at: now,
    };
    let inserted = seen::Entity::insert(row.into_active_model())
        .on_conflict_do_nothing_on([seen::Column::Uri, seen::Column::Origin])
        .exec_without_returning(db)
        .await?;
    Ok(matches!(inserted, TryInsertResult::Inserted(1)))
}

/// As if it had not come.
pub async fn forget(db: &impl ConnectionTrait, uri: &str, origin: &str) -> Result<(), DbErr> {
    seen::Entity::delete_by_id((uri.to_owned(), origin.to_owned()))
        .exec(db)
        .await?;
    Ok(())
}

pub async fn contains(db: &impl ConnectionTrait, uri: &str, origin: &str) -> Result<bool, DbErr> {
    Ok(
        seen::Entity::find_by_id((uri.to_owned(), origin.to_owned()))
            .one(db)
            .await?
            .is_some(),
    )
}

pub async fn forget_before(db: &impl ConnectionTrait, at: i64) -> Result<u64, DbErr> {
    let gone = seen::Entity::delete_many()
        .filter(seen::Column::At.lt(at))
        .exec(db)
        .await?;
    Ok(gone.rows_affected)
}
