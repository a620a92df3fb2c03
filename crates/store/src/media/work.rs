//! Uploads that wait to be prepared, and those that could not be.

use sea_orm::{ConnectionTrait, DbErr};

use crate::dialect;

pub async fn wait(db: &impl ConnectionTrait, id: i64) -> Result<(), DbErr> {
    let sql =
        "INSERT INTO media_work (media_id, claimed_until, tries, failed) VALUES ($1, 0, 0, FALSE)";
    dialect::run(db, sql, [id.into()]).await?;
    Ok(())
}

/// Of these, those that are not ready.
pub async fn unready(db: &impl ConnectionTrait, media: &[i64]) -> Result<Vec<i64>, DbErr> {
    among(db, media, "").await
}

/// Of these, those that will never be ready.
pub async fn failed(db: &impl ConnectionTrait, media: &[i64]) -> Result<Vec<i64>, DbErr> {
    among(db, media, " AND failed").await
}

async fn among(db: &impl ConnectionTrait, media: &[i64], and: &str) -> Result<Vec<i64>, DbErr> {
    let listed = dialect::listed(db, 1);
    let sql = format!("SELECT media_id FROM media_work WHERE media_id IN {listed}{and}");
    dialect::ids(db, &sql, [dialect::json_list(media).into()]).await
}

/// Nobody works on these now; the oldest first of those above `after`.
pub async fn due(
    db: &impl ConnectionTrait,
    now: i64,
    after: i64,
    limit: i64,
) -> Result<Vec<i64>, DbErr> {
    let sql = "SELECT media_id FROM media_work WHERE NOT failed AND claimed_until <= $1 AND media_id > $2 \
               ORDER BY media_id LIMIT $3";
    dialect::ids(db, sql, [now.into(), after.into(), limit.into()]).await
}

/// Takes one to work on. `false`: another process was quicker, or it is gone.
pub async fn claim(
    db: &impl ConnectionTrait,
    id: i64,
    now: i64,
    until: i64,
) -> Result<bool, DbErr> {
    let sql = "UPDATE media_work SET claimed_until = $3, tries = tries + 1 \
               WHERE media_id = $1 AND NOT failed AND claimed_until <= $2";
    Ok(dialect::run(db, sql, [id.into(), now.into(), until.into()]).await? > 0)
}

/// Whether another has begun one before whoever claimed it now, and never ended it.
pub async fn begun_before(db: &impl ConnectionTrait, id: i64) -> Result<bool, DbErr> {
    let sql = "SELECT media_id FROM media_work WHERE media_id = $1 AND tries > 1";
    Ok(!dialect::ids(db, sql, [id.into()]).await?.is_empty())
}

/// Goes on working on one. `false`: the claim until `claimed` has run out and another took it, or it is gone.
pub async fn renew(
    db: &impl ConnectionTrait,
    id: i64,
    claimed: i64,
    until: i64,
) -> Result<bool, DbErr> {
    let sql = "UPDATE media_work SET claimed_until = $3 \
               WHERE media_id = $1 AND NOT failed AND claimed_until = $2";
    Ok(dialect::run(db, sql, [id.into(), claimed.into(), until.into()]).await? > 0)
}

/// Puts one back until later that could not be kept for a reason that is not its own: the try does not count. Only by
/// whose claim until `claimed` still holds.
pub async fn put_back(
    db: &impl ConnectionTrait,
    id: i64,
    claimed: i64,
    until: i64,
) -> Result<(), DbErr> {
    let sql = "UPDATE media_work SET claimed_until = $3, tries = tries - 1 \
               WHERE media_id = $1 AND NOT failed AND claimed_until = $2";
    dialect::run(db, sql, [id.into(), claimed.into(), until.into()]).await?;
    Ok(())
}

/// Gives up what was begun so often: it brings whoever works on it down.
pub async fn give_up(db: &impl ConnectionTrait, now: i64, tries: i64) -> Result<(), DbErr> {
    let sql = "UPDATE media_work SET failed = TRUE WHERE tries >= $2 AND claimed_until <= $1";
    dialect::run(db, sql, [now.into(), tries.into()]).await?;
    Ok(())
}

pub async fn fail(db: &impl ConnectionTrait, id: i64) -> Result<(), DbErr> {
    let sql = "UPDATE media_work SET failed = TRUE WHERE media_id = $1";
    dialect::run(db, sql, [id.into()]).await?;
    Ok(())
}

/// `false`: it is gone meanwhile, or somebody else has done it.
pub async fn done(db: &impl ConnectionTrait, id: i64) -> Result<bool, DbErr> {
    let sql = "DELETE FROM media_work WHERE media_id = $1";
    Ok(dialect::run(db, sql, [id.into()]).await? > 0)
}
