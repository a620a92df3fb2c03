//! What somebody notes about others, for themselves only.

use sea_orm::{ConnectionTrait, DbErr};

use crate::dialect;

/// Replaces the older note; an empty text takes it away.
pub async fn set(db: &impl ConnectionTrait, me: i64, other: i64, text: &str) -> Result<(), DbErr> {
    let pair = [me.into(), other.into()];
    let forget = "DELETE FROM private_note WHERE account_id = $1 AND target_id = $2";
    dialect::run(db, forget, pair).await?;
    if !text.is_empty() {
        let keep = "INSERT INTO private_note (account_id, target_id, text) VALUES ($1, $2, $3)";
        dialect::run(db, keep, [me.into(), other.into(), text.into()]).await?;
    }
    Ok(())
}

/// (whom, note) of those of `others` of whom there is one.
pub async fn about(
    db: &impl ConnectionTrait,
    me: i64,
    others: &[i64],
) -> Result<Vec<(i64, String)>, DbErr> {
    let sql = format!(
        "SELECT target_id, text FROM private_note WHERE account_id = $1 AND target_id IN {}",
        dialect::listed(db, 2)
    );
    let params = [me.into(), dialect::json_list(others).into()];
    let rows = db
        .query_all_raw(dialect::statement(db, &sql, params))
        .await?;
    rows.iter()
        .map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
        .collect()
}
