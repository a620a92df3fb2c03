//! Codes by which newcomers come, and who came by which. Knows not who may give them.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, IntoActiveModel,
    Order, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait},
};

use crate::{dialect, entity::invitation};

/// One who came, and by which invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Came {
    pub invitation_id: i64,
    pub account_id: i64,
}

pub async fn insert(db: &impl ConnectionTrait, row: invitation::Model) -> Result<(), DbErr> {
    invitation::Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// As it was given out, whatever has become of it.
pub async fn by_code(
    db: &impl ConnectionTrait,
    code: &str,
) -> Result<Option<invitation::Model>, DbErr> {
    invitation::Entity::find()
        .filter(invitation::Column::Code.eq(code))
        .one(db)
        .await
}

/// Those that can still be used, newest first.
pub async fn open(
    db: &impl ConnectionTrait,
    now: i64,
    limit: u64,
) -> Result<Vec<invitation::Model>, DbErr> {
    invitation::Entity::find()
        .filter(good(now))
        .order_by(invitation::Column::Id, Order::Desc)
        .limit(limit)
        .all(db)
        .await
}

pub async fn count_open(db: &impl ConnectionTrait, by: i64, now: i64) -> Result<u64, DbErr> {
    invitation::Entity::find()
        .filter(invitation::Column::CreatedBy.eq(by))
        .filter(good(now))
        .count(db)
        .await
}

/// All that somebody gave out, newest first.
pub async fn of(
    db: &impl ConnectionTrait,
    by: i64,
    limit: u64,
) -> Result<Vec<invitation::Model>, DbErr> {
    invitation::Entity::find()
        .filter(invitation::Column::CreatedBy.eq(by))
        .order_by(invitation::Column::Id, Order::Desc)
        .limit(limit)
        .all(db)
        .await
}

/// Those who came by these and are still here, in the order they came.
pub async fn came(db: &impl ConnectionTrait, ids: &[i64]) -> Result<Vec<Came>, DbErr> {
    let sql = format!(
        "SELECT i.invitation_id, l.account_id FROM invited i JOIN login l ON l.id = i.login_id \
         WHERE i.invitation_id IN {} ORDER BY i.login_id",
        dialect::listed(db, 1)
    );
    let params = [dialect::json_list(ids).into()];
    Came::find_by_statement(dialect::statement(db, &sql, params))
        .all(db)
        .await
}

/// One use less of one that is good. `false`: it is not.
pub async fn spend(db: &impl ConnectionTrait, id: i64, now: i64) -> Result<bool, DbErr> {
    let left = Expr::col(invitation::Column::UsesLeft).sub(1);
    let spent = invitation::Entity::update_many()
        .col_expr(invitation::Column::UsesLeft, left)
        .filter(invitation::Column::Id.eq(id))
        .filter(good(now))
        .exec(db)
        .await?;
    Ok(spent.rows_affected == 1)
}

/// Somebody can still come by it.
fn good(now: i64) -> Condition {
    Condition::all()
        .add(invitation::Column::ExpiresAt.gt(now))
        .add(invitation::Column::UsesLeft.gt(0))
        .add(invitation::Column::TakenBackAt.is_null())
}

pub async fn remember(
    db: &impl ConnectionTrait,
    invitation: i64,
    newcomer: i64,
) -> Result<(), DbErr> {
    let sql = "INSERT INTO invited (login_id, invitation_id) VALUES ($1, $2)";
    dialect::run(db, sql, [newcomer.into(), invitation.into()]).await?;
    Ok(())
}

/// Nobody comes by it any more. `by`: only where it is that person's. `false`: there is none to take back.
pub async fn take_back(
    db: &impl ConnectionTrait,
    id: i64,
    by: Option<i64>,
    now: i64,
) -> Result<bool, DbErr> {
    let sql = "UPDATE invitation SET taken_back_at = $2 \
               WHERE id = $1 AND taken_back_at IS NULL AND ($3 = 0 OR created_by = $3)";
    let params = [id.into(), now.into(), by.unwrap_or(0).into()];
    Ok(dialect::run(db, sql, params).await? == 1)
}

/// Those of one person that are over and brought nobody.
pub async fn forget_vain(db: &impl ConnectionTrait, by: i64, now: i64) -> Result<(), DbErr> {
    let sql = "DELETE FROM invitation WHERE created_by = $1 AND (expires_at <= $2 OR taken_back_at IS NOT NULL) \
               AND NOT EXISTS (SELECT 1 FROM invited WHERE invited.invitation_id = invitation.id)";
    dialect::run(db, sql, [by.into(), now.into()]).await?;
    Ok(())
}
