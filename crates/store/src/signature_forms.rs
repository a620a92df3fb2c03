//! In which form other servers take our signatures.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::{dialect, entity::signature_form};

/// What was learned after `since`, the newest first.
pub async fn learned(
    db: &impl ConnectionTrait,
    since: i64,
    limit: u64,
) -> Result<Vec<signature_form::Model>, DbErr> {
    signature_form::Entity::find()
        .filter(signature_form::Column::LearnedAt.gt(since))
        .order_by_desc(signature_form::Column::LearnedAt)
        .limit(limit)
        .all(db)
        .await
}

/// Replaces what was known of a server.
pub async fn set(db: &impl ConnectionTrait, row: signature_form::Model) -> Result<(), DbErr> {
    let sql = "INSERT INTO signature_form (host, form, settled, learned_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (host) DO UPDATE SET form = $2, settled = $3, learned_at = $4";
    let params = [
        row.host.into(),
        row.form.into(),
        row.settled.into(),
        row.learned_at.into(),
    ];
    dialect::run(db, sql, params).await?;
    Ok(())
}

pub async fn forget(db: &impl ConnectionTrait, before: i64) -> Result<u64, DbErr> {
    let sql = "DELETE FROM signature_form WHERE learned_at <= $1";
    dialect::run(db, sql, [before.into()]).await
}
