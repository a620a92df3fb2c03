//! Which pictures of other servers are kept here for a while, and whose they are.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::dialect;

/// A picture that is kept.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Kept {
    pub name: String,
    pub kind: String,
    pub of_id: i64,
    pub account_id: Option<i64>,
    pub file_type: String,
    pub bytes: i64,
    pub used_at: i64,
}

const COLUMNS: &str = "name, kind, of_id, account_id, file_type, bytes, used_at";

pub async fn kept(
    db: &impl ConnectionTrait,
    name: &str,
    kind: &str,
) -> Result<Option<Kept>, DbErr> {
    let sql = format!("SELECT {COLUMNS} FROM remote_picture WHERE name = $1 AND kind = $2");
    Kept::find_by_statement(dialect::statement(db, &sql, [name.into(), kind.into()]))
        .one(db)
        .await
}

/// In place of what was kept under the same name.
pub async fn keep(db: &impl ConnectionTrait, row: Kept) -> Result<(), DbErr> {
    let sql = format!(
        "INSERT INTO remote_picture ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (name, kind) DO UPDATE SET file_type = $5, bytes = $6, used_at = $7"
    );
    let params = [
        row.name.into(),
        row.kind.into(),
        row.of_id.into(),
        row.account_id.into(),
        row.file_type.into(),
        row.bytes.into(),
        row.used_at.into(),
    ];
    dialect::run(db, &sql, params).await?;
    Ok(())
}

pub async fn used(
    db: &impl ConnectionTrait,
    name: &str,
    kind: &str,
    now: i64,
) -> Result<(), DbErr> {
    let sql = "UPDATE remote_picture SET used_at = $3 WHERE name = $1 AND kind = $2";
    dialect::run(db, sql, [name.into(), kind.into(), now.into()]).await?;
    Ok(())
}

/// Bytes of all that is kept.
pub async fn total(db: &impl ConnectionTrait) -> Result<i64, DbErr> {
    let sql = "SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM remote_picture";
    dialect::number(db, sql, []).await
}

/// Those used longest ago.
pub async fn oldest(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<Kept>, DbErr> {
    let sql = format!("SELECT {COLUMNS} FROM remote_picture ORDER BY used_at, name LIMIT $1");
    Kept::find_by_statement(dialect::statement(db, &sql, [(limit as i64).into()]))
        .all(db)
        .await
}

/// `false`: it was gone, or has been used since.
pub async fn forget(db: &impl ConnectionTrait, row: &Kept) -> Result<bool, DbErr> {
    let sql = "DELETE FROM remote_picture WHERE name = $1 AND kind = $2 AND used_at = $3";
    let params = [
        row.name.clone().into(),
        row.kind.clone().into(),
        row.used_at.into(),
    ];
    Ok(dialect::run(db, sql, params).await? > 0)
}

/// Forgets all that belongs to these rows of `media`, or to this account; gives what it was.
pub async fn take(
    db: &impl ConnectionTrait,
    media: &[i64],
    account: Option<i64>,
) -> Result<Vec<Kept>, DbErr> {
    let sql = format!(
        "DELETE FROM remote_picture WHERE (kind IN ('small', 'large') AND of_id IN {}) OR account_id = $2 \
         RETURNING {COLUMNS}",
        dialect::listed(db, 1)
    );
    let params = [dialect::json_list(media).into(), account.into()];
    Kept::find_by_statement(dialect::statement(db, &sql, params))
        .all(db)
        .await
}

/// Forgets all of these kinds that belongs to these rows; gives what it was.
pub async fn take_of(
    db: &impl ConnectionTrait,
    kinds: &[&str],
    of: &[i64],
) -> Result<Vec<Kept>, DbErr> {
    let sql = format!(
        "DELETE FROM remote_picture WHERE kind IN ('{}') AND of_id IN {} RETURNING {COLUMNS}",
        kinds.join("', '"),
        dialect::listed(db, 1)
    );
    let params = [dialect::json_list(of).into()];
    Kept::find_by_statement(dialect::statement(db, &sql, params))
        .all(db)
        .await
}
