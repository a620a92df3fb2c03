//! How far somebody has read in a list.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::dialect;

#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Marker {
    pub timeline: String,
    pub last_read_id: i64,
    /// How often it was set.
    pub version: i64,
    pub updated_at: i64,
}

pub async fn of(db: &impl ConnectionTrait, me: i64) -> Result<Vec<Marker>, DbErr> {
    let sql =
        "SELECT timeline, last_read_id, version, updated_at FROM marker WHERE account_id = $1";
    Marker::find_by_statement(dialect::statement(db, sql, [me.into()]))
        .all(db)
        .await
}

/// In one step, so that two apps that set it at one moment cannot come between each other.
pub async fn set(
    db: &impl ConnectionTrait,
    me: i64,
    timeline: &str,
    last_read: i64,
    now: i64,
) -> Result<(), DbErr> {
    let sql = "INSERT INTO marker (account_id, timeline, last_read_id, version, updated_at) VALUES ($1, $2, $3, 1, $4) \
         ON CONFLICT (account_id, timeline) DO UPDATE SET last_read_id = excluded.last_read_id, \
         version = marker.version + 1, updated_at = excluded.updated_at";
    let params = [me.into(), timeline.into(), last_read.into(), now.into()];
    dialect::run(db, sql, params).await?;
    Ok(())
}
