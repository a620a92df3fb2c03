//! What people elsewhere would do with posts of this town, and waits until their authors have looked at it.

use parvis_model::page::Page;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::{
    audience::unblocked,
    dialect,
    timelines::{bounds, order},
};

#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Waiting {
    pub id: i64,
    /// The author of the post.
    pub owner_id: i64,
    pub post_id: i64,
    pub account_id: i64,
    pub kind: String,
    pub instrument: String,
    pub request: String,
    pub held: String,
    pub created_at: i64,
}

const COLUMNS: &str = "w.id, w.owner_id, w.post_id, w.account_id, w.kind, w.instrument, w.request, w.held, w.created_at";

/// Of people who are still there, and with whom the author, `$1`, wants to have to do.
fn waits() -> String {
    format!(
        "w.owner_id = $1 AND w.refused_at IS NULL AND {} AND NOT EXISTS \
         (SELECT 1 FROM account a WHERE a.id = w.account_id AND a.suspended_at IS NOT NULL)",
        unblocked("w.account_id")
    )
}

/// New, or in place of what the same person had waiting there; under a new id where it says something else, so that nobody
/// agrees to what they have not read.
pub async fn put(db: &impl ConnectionTrait, row: Waiting) -> Result<(), DbErr> {
    let sql = "INSERT INTO interaction_request \
         (id, owner_id, post_id, account_id, kind, instrument, request, held, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (post_id, kind, instrument) DO UPDATE SET \
         id = CASE WHEN interaction_request.held = excluded.held THEN interaction_request.id ELSE excluded.id END, \
         request = CASE WHEN excluded.request = excluded.instrument THEN interaction_request.request \
         ELSE excluded.request END, held = excluded.held \
         WHERE interaction_request.account_id = excluded.account_id AND interaction_request.refused_at IS NULL";
    let params = [
        row.id.into(),
        row.owner_id.into(),
        row.post_id.into(),
        row.account_id.into(),
        row.kind.into(),
        row.instrument.into(),
        row.request.into(),
        row.held.into(),
        row.created_at.into(),
    ];
    dialect::run(db, sql, params).await?;
    Ok(())
}

/// By which activity it was asked for.
pub async fn set_request(
    db: &impl ConnectionTrait,
    who: i64,
    post: i64,
    kind: &str,
    instrument: &str,
    request: &str,
) -> Result<(), DbErr> {
    let sql = "UPDATE interaction_request SET request = $5 WHERE account_id = $1 AND post_id = $2 AND kind = $3 \
         AND instrument = $4 AND refused_at IS NULL";
    let params = [
        who.into(),
        post.into(),
        kind.into(),
        instrument.into(),
        request.into(),
    ];
    dialect::run(db, sql, params).await?;
    Ok(())
}

/// Does something wait under this address?
pub async fn is_waiting(
    db: &impl ConnectionTrait,
    post: i64,
    kind: &str,
    instrument: &str,
) -> Result<bool, DbErr> {
    let sql = "SELECT COUNT(*) FROM interaction_request \
         WHERE post_id = $1 AND kind = $2 AND instrument = $3 AND refused_at IS NULL";
    let params = [post.into(), kind.into(), instrument.into()];
    Ok(dialect::number(db, sql, params).await? > 0)
}

/// Did the author say no to this, or, where `instrument` is `None`, to any of this kind?
pub async fn is_refused(
    db: &impl ConnectionTrait,
    post: i64,
    who: i64,
    kind: &str,
    instrument: Option<&str>,
) -> Result<bool, DbErr> {
    let sql = "SELECT COUNT(*) FROM interaction_request WHERE account_id = $1 AND post_id = $2 AND kind = $3 \
         AND refused_at IS NOT NULL AND ($4 = '' OR instrument = $4)";
    let params = [
        who.into(),
        post.into(),
        kind.into(),
        instrument.unwrap_or_default().into(),
    ];
    Ok(dialect::number(db, sql, params).await? > 0)
}

/// Which of somebody's own are meant; nothing: all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    pub post: Option<i64>,
    pub kinds: Vec<String>,
}

/// The newest first.
pub async fn page(
    db: &impl ConnectionTrait,
    owner: i64,
    wanted: &Wanted,
    page: &Page,
) -> Result<Vec<Waiting>, DbErr> {
    let kinds = dialect::json_texts(&wanted.kinds);
    let mut params = vec![owner.into(), wanted.post.unwrap_or(0).into(), kinds.into()];
    let (between, upwards) = bounds(page, "w.id", &mut params);
    params.push((page.limit as i64).into());
    let sql = format!(
        "SELECT {COLUMNS} FROM interaction_request w WHERE {} AND ($2 = 0 OR w.post_id = $2) \
         AND ($3 = '[]' OR w.kind IN {}){between} ORDER BY w.id {} LIMIT ${}",
        waits(),
        dialect::listed_texts(db, 3),
        order(upwards),
        params.len()
    );
    let mut rows = Waiting::find_by_statement(dialect::statement(db, &sql, params))
        .all(db)
        .await?;
    if upwards {
        rows.reverse();
    }
    Ok(rows)
}

pub async fn by_id(
    db: &impl ConnectionTrait,
    owner: i64,
    id: i64,
) -> Result<Option<Waiting>, DbErr> {
    let sql = format!(
        "SELECT {COLUMNS} FROM interaction_request w WHERE {} AND w.id = $2",
        waits()
    );
    Waiting::find_by_statement(dialect::statement(db, &sql, [owner.into(), id.into()]))
        .one(db)
        .await
}

pub async fn count(db: &impl ConnectionTrait, owner: i64) -> Result<i64, DbErr> {
    let sql = format!(
        "SELECT COUNT(*) FROM interaction_request w WHERE {}",
        waits()
    );
    dialect::number(db, &sql, [owner.into()]).await
}

/// (of everybody, of one) that wait for an author. What is not shown does not count: the author could not clear it.
pub async fn burden(db: &impl ConnectionTrait, owner: i64, who: i64) -> Result<(i64, i64), DbErr> {
    let of_one = format!(
        "SELECT COUNT(*) FROM interaction_request w WHERE {} AND w.account_id = $2",
        waits()
    );
    let all = count(db, owner).await?;
    let of_one = dialect::number(db, &of_one, [owner.into(), who.into()]).await?;
    Ok((all, of_one))
}

/// What came before and still waits, and what was refused before.
pub async fn forget_before(db: &impl ConnectionTrait, before: i64) -> Result<(), DbErr> {
    let sql = "DELETE FROM interaction_request WHERE COALESCE(refused_at, created_at) < $1";
    dialect::run(db, sql, [before.into()]).await?;
    Ok(())
}

/// `false`: it waits no more.
pub async fn refuse(db: &impl ConnectionTrait, id: i64, now: i64) -> Result<bool, DbErr> {
    let sql = "UPDATE interaction_request SET refused_at = $2, held = '' WHERE id = $1 AND refused_at IS NULL";
    Ok(dialect::run(db, sql, [id.into(), now.into()]).await? > 0)
}

/// `false`: it waits no more.
pub async fn delete(db: &impl ConnectionTrait, id: i64) -> Result<bool, DbErr> {
    let sql = "DELETE FROM interaction_request WHERE id = $1 AND refused_at IS NULL";
    Ok(dialect::run(db, sql, [id.into()]).await? > 0)
}

/// They take it back by its address before anybody has said anything.
pub async fn forget(db: &impl ConnectionTrait, who: i64, instrument: &str) -> Result<(), DbErr> {
    let sql = "DELETE FROM interaction_request WHERE account_id = $1 AND instrument = $2 AND refused_at IS NULL";
    dialect::run(db, sql, [who.into(), instrument.into()]).await?;
    Ok(())
}

/// The same by what they did it with.
pub async fn forget_gesture(
    db: &impl ConnectionTrait,
    who: i64,
    post: i64,
    kind: &str,
) -> Result<(), DbErr> {
    let sql = "DELETE FROM interaction_request WHERE account_id = $1 AND post_id = $2 AND kind = $3 \
         AND refused_at IS NULL";
    dialect::run(db, sql, [who.into(), post.into(), kind.into()]).await?;
    Ok(())
}
