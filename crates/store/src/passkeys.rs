//! Keys of a device by which somebody comes in, and the challenges that were answered with them. Knows not what a key can do.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::dialect;

#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Passkey {
    pub id: i64,
    pub login_id: i64,
    /// In base64url.
    pub credential: String,
    /// COSE, in base64url.
    pub public_key: String,
    /// How often the device says that it has signed; 0 where it does not count.
    pub counter: i64,
    pub name: String,
    pub created_at: i64,
    pub used_at: Option<i64>,
}

const COLUMNS: &str = "id, login_id, credential, public_key, counter, name, created_at, used_at";

/// `false`: somebody has that credential already.
pub async fn insert(db: &impl ConnectionTrait, row: Passkey) -> Result<bool, DbErr> {
    let sql = format!(
        "INSERT INTO passkey ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL) ON CONFLICT (credential) DO NOTHING"
    );
    let values = [
        row.id.into(),
        row.login_id.into(),
        row.credential.into(),
        row.public_key.into(),
        row.counter.into(),
        row.name.into(),
        row.created_at.into(),
    ];
    Ok(dialect::run(db, &sql, values).await? == 1)
}

/// In the order they were added.
pub async fn of(db: &impl ConnectionTrait, login: i64) -> Result<Vec<Passkey>, DbErr> {
    let sql = format!("SELECT {COLUMNS} FROM passkey WHERE login_id = $1 ORDER BY id");
    Passkey::find_by_statement(dialect::statement(db, &sql, [login.into()]))
        .all(db)
        .await
}

pub async fn by_credential(
    db: &impl ConnectionTrait,
    credential: &str,
) -> Result<Option<Passkey>, DbErr> {
    let sql = format!("SELECT {COLUMNS} FROM passkey WHERE credential = $1");
    Passkey::find_by_statement(dialect::statement(db, &sql, [credential.into()]))
        .one(db)
        .await
}

/// `false`: the device has not counted on, or the key is gone.
pub async fn count_on(
    db: &impl ConnectionTrait,
    id: i64,
    counter: i64,
    now: i64,
) -> Result<bool, DbErr> {
    let sql = "UPDATE passkey SET counter = $2, used_at = $3 \
               WHERE id = $1 AND (counter < $2 OR (counter = 0 AND $2 = 0))";
    Ok(dialect::run(db, sql, [id.into(), counter.into(), now.into()]).await? == 1)
}

/// `false`: there is none.
pub async fn delete(db: &impl ConnectionTrait, login: i64, id: i64) -> Result<bool, DbErr> {
    let sql = "DELETE FROM passkey WHERE login_id = $1 AND id = $2";
    Ok(dialect::run(db, sql, [login.into(), id.into()]).await? == 1)
}

pub async fn delete_all(db: &impl ConnectionTrait, login: i64) -> Result<(), DbErr> {
    let sql = "DELETE FROM passkey WHERE login_id = $1";
    dialect::run(db, sql, [login.into()]).await?;
    Ok(())
}

/// Notes that a challenge was answered; those that are too old by now are forgotten. `false`: it was answered before.
pub async fn spend_challenge(
    db: &impl ConnectionTrait,
    hash: &str,
    until: i64,
    now: i64,
) -> Result<bool, DbErr> {
    let sql = "DELETE FROM spent_challenge WHERE until < $1";
    dialect::run(db, sql, [now.into()]).await?;
    let sql =
        "INSERT INTO spent_challenge (hash, until) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING";
    Ok(dialect::run(db, sql, [hash.into(), until.into()]).await? == 1)
}
