//! Reports to the staff: rows, the open ones, how many somebody makes.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, Order, QueryFilter,
    QueryOrder, QuerySelect, TryInsertResult, sea_query::Expr,
};

use crate::{dialect, entity::report};

/// `false` if the same report is there already.
pub async fn insert(db: &impl ConnectionTrait, row: report::Model) -> Result<bool, DbErr> {
    let inserted = report::Entity::insert(row.into_active_model())
        .on_conflict_do_nothing_on([report::Column::Uri])
        .exec_without_returning(db)
        .await?;
    Ok(matches!(inserted, TryInsertResult::Inserted(1)))
}

pub async fn by_id(db: &impl ConnectionTrait, id: i64) -> Result<Option<report::Model>, DbErr> {
    report::Entity::find_by_id(id).one(db).await
}

/// Those that nobody has closed, newest first.
pub async fn open(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<report::Model>, DbErr> {
    report::Entity::find()
        .filter(report::Column::ClosedAt.is_null())
        .order_by(report::Column::Id, Order::Desc)
        .limit(limit)
        .all(db)
        .await
}

/// Open reports by one server's accounts (`''` for this town) since a moment.
pub async fn count_from(db: &impl ConnectionTrait, domain: &str, since: i64) -> Result<i64, DbErr> {
    dialect::number(
        db,
        "SELECT COUNT(*) FROM report r JOIN account a ON a.id = r.reporter_id WHERE a.domain = $1 AND r.created_at > $2",
        [domain.into(), since.into()],
    )
    .await
}

/// `false` if it was closed already.
pub async fn close(db: &impl ConnectionTrait, id: i64, at: i64) -> Result<bool, DbErr> {
    let closed = report::Entity::update_many()
        .col_expr(report::Column::ClosedAt, Expr::value(Some(at)))
        .filter(report::Column::Id.eq(id))
        .filter(report::Column::ClosedAt.is_null())
        .exec(db)
        .await?;
    Ok(closed.rows_affected > 0)
}
