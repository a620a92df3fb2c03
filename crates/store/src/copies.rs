//! The ledger as an author reads it: which servers hold a copy of something, and which have confirmed that it is deleted.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::dialect;

/// What one server was told of an object, and what it said.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Holder {
    pub host: String,
    /// When it first took a copy.
    pub since: Option<i64>,
    /// Does something of it still wait to be sent there?
    pub waits: i32,
    /// Was it told of the deletion, or is it to be told?
    pub told: i32,
    pub deletion_waits: i32,
    /// When it last said yes to the deletion.
    pub confirmed_at: Option<i64>,
    /// The deletion was given up there.
    pub given_up: i32,
    pub failing_since: Option<i64>,
}

/// Servers that ever got an object or were to get it, in the alphabet's order after `after`.
pub async fn holders(
    db: &impl ConnectionTrait,
    object_uri: &str,
    after: &str,
    limit: u64,
) -> Result<Vec<Holder>, DbErr> {
    let sql = "SELECT d.host, \
         MIN(CASE WHEN a.kind <> 'Delete' AND d.state = 'delivered' THEN d.settled_at END) AS since, \
         MAX(CASE WHEN a.kind <> 'Delete' AND d.state = 'pending' THEN 1 ELSE 0 END) AS waits, \
         MAX(CASE WHEN a.kind = 'Delete' THEN 1 ELSE 0 END) AS told, \
         MAX(CASE WHEN a.kind = 'Delete' AND d.state = 'pending' THEN 1 ELSE 0 END) AS deletion_waits, \
         MAX(CASE WHEN a.kind = 'Delete' AND d.state = 'delivered' THEN d.settled_at END) AS confirmed_at, \
         MAX(CASE WHEN d.state = 'given_up' THEN 1 ELSE 0 END) AS given_up, \
         p.failing_since \
         FROM activity a JOIN delivery d ON d.activity_id = a.id LEFT JOIN peer p ON p.host = d.host \
         WHERE a.object_uri = $1 AND a.kind IN ('Create', 'Update', 'Announce', 'Delete') AND d.host > $2 \
         GROUP BY d.host, p.failing_since ORDER BY d.host LIMIT $3";
    let params = [object_uri.into(), after.into(), (limit as i64).into()];
    Holder::find_by_statement(dialect::statement(db, sql, params))
        .all(db)
        .await
}

/// A deletion that was told to others.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Deletion {
    /// Of the activity that tells it.
    pub id: i64,
    pub object_uri: String,
    pub created_at: i64,
    pub servers: i64,
    pub confirmed: i64,
    pub waiting: i64,
}

/// An account's deletions before number `before` that went to at least one server, the latest first.
pub async fn deletions(
    db: &impl ConnectionTrait,
    actor: i64,
    before: i64,
    limit: u64,
) -> Result<Vec<Deletion>, DbErr> {
    let which = "b.actor_id = $1 AND b.kind = 'Delete' AND b.id < $2 \
         AND EXISTS (SELECT 1 FROM delivery e WHERE e.activity_id = b.id) ORDER BY b.id DESC LIMIT $3";
    let params = [actor.into(), before.into(), (limit as i64).into()];
    Deletion::find_by_statement(dialect::statement(db, &counted(which), params))
        .all(db)
        .await
}

/// The deletion of one object by its author; `None` if nobody was told.
pub async fn deletion(
    db: &impl ConnectionTrait,
    actor: i64,
    object_uri: &str,
) -> Result<Option<Deletion>, DbErr> {
    let which = "b.actor_id = $1 AND b.kind = 'Delete' AND b.object_uri = $2";
    let params = [actor.into(), object_uri.into()];
    Deletion::find_by_statement(dialect::statement(db, &counted(which), params))
        .one(db)
        .await
}

/// Counts servers, not inboxes: one has confirmed when none of its inboxes waits and one has taken it.
fn counted(which: &str) -> String {
    format!(
        "SELECT x.id, x.object_uri, x.created_at, COUNT(*) AS servers, \
         SUM(CASE WHEN x.waits = 0 AND x.done = 1 THEN 1 ELSE 0 END) AS confirmed, SUM(x.waits) AS waiting \
         FROM (SELECT a.id, a.object_uri, a.created_at, d.host, \
         MAX(CASE WHEN d.state = 'pending' THEN 1 ELSE 0 END) AS waits, \
         MAX(CASE WHEN d.state = 'delivered' THEN 1 ELSE 0 END) AS done \
         FROM (SELECT b.id, b.object_uri, b.created_at FROM activity b WHERE {which}) a \
         JOIN delivery d ON d.activity_id = a.id GROUP BY a.id, a.object_uri, a.created_at, d.host) x \
         GROUP BY x.id, x.object_uri, x.created_at ORDER BY x.id DESC"
    )
}
