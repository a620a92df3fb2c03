//! Activities sent out, and which inbox got which: the queue and the ledger. Also what is known of other servers.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, IntoActiveModel, Order,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::{
    dialect,
    entity::{account, activity, delivery, peer},
};

pub const PENDING: &str = "pending";
pub const DELIVERED: &str = "delivered";
pub const GONE: &str = "gone";
pub const REFUSED: &str = "refused";
pub const GIVEN_UP: &str = "given_up";

/// Rows of one INSERT; SQLite allows 32,766 parameters.
const BATCH: usize = 1_000;

pub async fn insert_activity(db: &impl ConnectionTrait, row: activity::Model) -> Result<(), DbErr> {
    activity::Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await?;
    Ok(())
}

pub async fn activity_by_uri(
    db: &impl ConnectionTrait,
    uri: &str,
) -> Result<Option<activity::Model>, DbErr> {
    activity::Entity::find()
        .filter(activity::Column::Uri.eq(uri))
        .one(db)
        .await
}

pub async fn insert(db: &impl ConnectionTrait, rows: Vec<delivery::Model>) -> Result<(), DbErr> {
    let mut rows = rows
        .into_iter()
        .map(IntoActiveModel::into_active_model)
        .peekable();
    while rows.peek().is_some() {
        let batch: Vec<delivery::ActiveModel> = rows.by_ref().take(BATCH).collect();
        delivery::Entity::insert_many(batch)
            .exec_without_returning(db)
            .await?;
    }
    Ok(())
}

/// Every inbox that was ever sent something about an object, whether or not it confirmed.
pub async fn inboxes_of_object(
    db: &impl ConnectionTrait,
    object_uri: &str,
) -> Result<Vec<String>, DbErr> {
    let sql = "SELECT DISTINCT d.inbox FROM delivery d JOIN activity a ON a.id = d.activity_id WHERE a.object_uri = $1";
    dialect::texts(db, sql, [object_uri.into()]).await
}

/// Has this actor ever said something about an object?
pub async fn has_told_of(
    db: &impl ConnectionTrait,
    actor: i64,
    object_uri: &str,
) -> Result<bool, DbErr> {
    let sql = "SELECT 1 FROM activity WHERE object_uri = $1 AND actor_id = $2 LIMIT 1";
    let values = [object_uri.into(), actor.into()];
    let found = db
        .query_one_raw(dialect::statement(db, sql, values))
        .await?;
    Ok(found.is_some())
}

/// The same of many objects: (object, inbox) pairs.
pub async fn inboxes_of_objects(
    db: &impl ConnectionTrait,
    objects: &[String],
) -> Result<Vec<(String, String)>, DbErr> {
    let sql = format!(
        "SELECT DISTINCT a.object_uri, d.inbox FROM activity a JOIN delivery d ON d.activity_id = a.id \
         WHERE a.object_uri IN {}",
        dialect::listed_texts(db, 1)
    );
    let objects = dialect::json_texts(objects).into();
    let rows = db
        .query_all_raw(dialect::statement(db, &sql, [objects]))
        .await?;
    rows.iter()
        .map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
        .collect()
}

/// Every inbox that an account's activities were ever sent to, those that are forgotten, too.
pub async fn inboxes_of_actor(db: &impl ConnectionTrait, actor: i64) -> Result<Vec<String>, DbErr> {
    let sql = "SELECT d.inbox FROM delivery d JOIN activity a ON a.id = d.activity_id WHERE a.actor_id = $1 \
         UNION SELECT inbox FROM acquaintance WHERE actor_id = $1";
    dialect::texts(db, sql, [actor.into()]).await
}

/// Who gets a turn: servers are asked in three lines, so that those that answer never queue behind those that do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Answered the last time.
    Proven,
    /// Never tried.
    Untried,
    /// Did not answer the last time.
    Failing,
}

impl Lane {
    /// Word for word what the partial indexes say.
    fn condition(self) -> &'static str {
        match self {
            Self::Proven => "failures = 0 AND last_success_at IS NOT NULL",
            Self::Untried => "failures = 0 AND last_success_at IS NULL",
            Self::Failing => "failures > 0",
        }
    }
}

/// Servers for which something waits and whose time has come, the longest waiting first.
pub async fn due_hosts(
    db: &impl ConnectionTrait,
    lane: Lane,
    now: i64,
    limit: u64,
) -> Result<Vec<String>, DbErr> {
    let sql = format!(
        "SELECT host FROM peer WHERE due_at <= $1 AND {} AND NOT blocked ORDER BY due_at LIMIT $2",
        lane.condition()
    );
    let params = [now.into(), (limit as i64).into()];
    dialect::texts(db, &sql, params).await
}

/// When the next server that we wait for may be tried again.
pub async fn next_attempt(db: &impl ConnectionTrait, now: i64) -> Result<Option<i64>, DbErr> {
    let sql = format!(
        "SELECT COALESCE(MIN(due_at), 0) FROM peer WHERE due_at > $1 AND {}",
        Lane::Failing.condition()
    );
    let at = dialect::number(db, &sql, [now.into()]).await?;
    Ok((at > 0).then_some(at))
}

/// Gives servers for which something was laid down a turn: now, or when a failing one may be asked again. Always in one
/// order, so that two who do it wait for each other and never both.
pub async fn line_up(db: &impl ConnectionTrait, hosts: &[String], now: i64) -> Result<(), DbErr> {
    let sql = format!(
        "INSERT INTO peer (host, failures, failing_since, next_attempt_at, last_success_at, blocked, due_at) \
         SELECT h.value, 0, CAST(NULL AS BIGINT), 0, CAST(NULL AS BIGINT), FALSE, $1 FROM (SELECT DISTINCT value FROM {} v) h WHERE TRUE ORDER BY h.value \
         ON CONFLICT (host) DO UPDATE SET due_at = COALESCE(peer.due_at, \
         CASE WHEN peer.next_attempt_at > $1 THEN peer.next_attempt_at ELSE $1 END)",
        dialect::listed_texts(db, 2)
    );
    dialect::run(db, &sql, [now.into(), dialect::json_texts(hosts).into()]).await?;
    Ok(())
}

/// Takes the turn from a server for which nothing waits any more. Its row must be locked by this transaction already: what
/// another lays down meanwhile then lines up again behind us.
pub async fn leave_line(db: &impl ConnectionTrait, host: &str) -> Result<(), DbErr> {
    dialect::run(
        db,
        "UPDATE peer SET due_at = NULL WHERE host = $1 \
         AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.host = $1 AND d.state = 'pending')",
        [host.into()],
    )
    .await?;
    Ok(())
}

/// A number above that of every delivery, so that what is laid down later is sent later, whatever the clock did.
pub async fn next_number(db: &impl ConnectionTrait) -> Result<i64, DbErr> {
    dialect::number(db, "SELECT COALESCE(MAX(id), 0) + 1 FROM delivery", []).await
}

/// One delivery as a worker takes it up; what it brings is the activity's.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Parcel {
    pub id: i64,
    pub inbox: String,
    pub attempts: i32,
    pub activity_id: i64,
    /// What the activity is about.
    pub object_uri: String,
}

/// The oldest parcels for a server, in order.
pub async fn for_host(
    db: &impl ConnectionTrait,
    host: &str,
    limit: u64,
) -> Result<Vec<Parcel>, DbErr> {
    Parcel::find_by_statement(dialect::statement(
        db,
        "SELECT d.id, d.inbox, d.attempts, d.activity_id, a.object_uri FROM delivery d JOIN activity a ON a.id = d.activity_id \
         WHERE d.state = 'pending' AND d.host = $1 ORDER BY d.id LIMIT $2",
        [host.into(), (limit as i64).into()],
    ))
    .all(db)
    .await
}

pub async fn activity(
    db: &impl ConnectionTrait,
    id: i64,
) -> Result<Option<activity::Model>, DbErr> {
    activity::Entity::find_by_id(id).one(db).await
}

/// Writes down how deliveries ended.
pub async fn settle(
    db: &impl ConnectionTrait,
    ids: &[i64],
    state: &str,
    status: Option<i32>,
    now: i64,
) -> Result<(), DbErr> {
    let sql = format!(
        "UPDATE delivery SET state = $1, status = $2, settled_at = $3, attempts = attempts + 1 WHERE id IN {}",
        dialect::listed(db, 4)
    );
    let params = [
        state.into(),
        status.into(),
        now.into(),
        dialect::json_list(ids).into(),
    ];
    dialect::run(db, &sql, params).await?;
    Ok(())
}

/// One attempt more that led nowhere.
pub async fn attempted(
    db: &impl ConnectionTrait,
    id: i64,
    status: Option<i32>,
) -> Result<(), DbErr> {
    dialect::run(
        db,
        "UPDATE delivery SET attempts = attempts + 1, status = $1 WHERE id = $2",
        [status.into(), id.into()],
    )
    .await?;
    Ok(())
}

/// Gives up all that waits for a server.
pub async fn give_up(db: &impl ConnectionTrait, host: &str, now: i64) -> Result<u64, DbErr> {
    dialect::run(
        db,
        "UPDATE delivery SET state = 'given_up', settled_at = $1 WHERE host = $2 AND state = 'pending'",
        [now.into(), host.into()],
    )
    .await
}

/// Takes the words out of what was said of an object that is deleted now, also by the groups that handed it on: nobody gets
/// them any more.
pub async fn hush(db: &impl ConnectionTrait, object_uri: &str) -> Result<(), DbErr> {
    dialect::run(
        db,
        "UPDATE activity SET json = '' WHERE object_uri = $1 AND kind IN ('Create', 'Update', 'Announce')",
        [object_uri.into()],
    )
    .await?;
    Ok(())
}

pub async fn pending_count(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    delivery::Entity::find()
        .filter(delivery::Column::State.eq(PENDING))
        .count(db)
        .await
}

/// The ledger of an object: each delivery of each activity about it, oldest first.
pub async fn of_object(
    db: &impl ConnectionTrait,
    object_uri: &str,
    limit: u64,
) -> Result<Vec<(delivery::Model, activity::Model)>, DbErr> {
    let activities = activity::Entity::find()
        .filter(activity::Column::ObjectUri.eq(object_uri))
        .all(db)
        .await?;
    let ids: Vec<i64> = activities.iter().map(|activity| activity.id).collect();
    let deliveries = delivery::Entity::find()
        .filter(dialect::among(db, delivery::Column::ActivityId, &ids))
        .order_by(delivery::Column::Id, Order::Asc)
        .limit(limit)
        .all(db)
        .await?;
    Ok(deliveries
        .into_iter()
        .filter_map(|delivery| {
            let activity = activities
                .iter()
                .find(|activity| activity.id == delivery.activity_id)?;
            Some((delivery, activity.clone()))
        })
        .collect())
}

pub async fn peer(db: &impl ConnectionTrait, host: &str) -> Result<Option<peer::Model>, DbErr> {
    peer::Entity::find_by_id(host.to_owned()).one(db).await
}

/// Since when those of `hosts` fail that have failed since before `before`.
pub async fn failing_among(
    db: &impl ConnectionTrait,
    hosts: &[String],
    before: i64,
) -> Result<Vec<(String, i64)>, DbErr> {
    let sql = format!(
        "SELECT host, failing_since FROM peer WHERE failing_since <= $1 AND host IN {}",
        dialect::listed_texts(db, 2)
    );
    let params = [before.into(), dialect::json_texts(hosts).into()];
    let rows = db
        .query_all_raw(dialect::statement(db, &sql, params))
        .await?;
    rows.iter()
        .map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
        .collect()
}

/// How a server answers, as its sender saw it last.
#[derive(Clone, Debug)]
pub struct Seen {
    pub failures: i32,
    pub failing_since: Option<i64>,
    pub next_attempt_at: i64,
    pub last_success_at: Option<i64>,
    pub due_at: i64,
}

/// Writes down how a server answers.
pub async fn set_peer(db: &impl ConnectionTrait, host: &str, seen: Seen) -> Result<(), DbErr> {
    dialect::run(
        db,
        "INSERT INTO peer (host, failures, failing_since, next_attempt_at, last_success_at, blocked, due_at) \
         VALUES ($1, $2, $3, $4, $5, FALSE, $6) ON CONFLICT (host) DO UPDATE SET failures = $2, failing_since = $3, \
         next_attempt_at = $4, last_success_at = $5, due_at = $6",
        [
            host.into(),
            seen.failures.into(),
            seen.failing_since.into(),
            seen.next_attempt_at.into(),
            seen.last_success_at.into(),
            seen.due_at.into(),
        ],
    )
    .await?;
    Ok(())
}

/// A server that was given little hope has spoken to us: it begins anew, as one that failed once just now.
pub async fn revive(
    db: &impl ConnectionTrait,
    host: &str,
    failing_before: i64,
    now: i64,
) -> Result<bool, DbErr> {
    let revived = dialect::run(
        db,
        "UPDATE peer SET failures = 1, failing_since = $3, next_attempt_at = $3, \
         due_at = CASE WHEN due_at IS NULL THEN NULL ELSE $3 END WHERE host = $1 AND failing_since <= $2",
        [host.into(), failing_before.into(), now.into()],
    )
    .await?;
    Ok(revived > 0)
}

/// Accounts of other servers that take their post here and nowhere else.
pub async fn accounts_at(
    db: &impl ConnectionTrait,
    inbox: &str,
    limit: u64,
) -> Result<Vec<account::Model>, DbErr> {
    account::Entity::find()
        .filter(account::Column::Inbox.eq(inbox))
        .filter(account::Column::Domain.ne(""))
        .limit(limit)
        .all(db)
        .await
}

/// Does an account of the server at this address (with a slash at its end) get its post in this inbox?
pub async fn is_inbox_of(
    db: &impl ConnectionTrait,
    inbox: &str,
    server: &str,
) -> Result<bool, DbErr> {
    let sql = "SELECT COUNT(*) FROM (SELECT 1 FROM account WHERE (inbox = $1 OR shared_inbox = $1) \
         AND SUBSTR(uri, 1, LENGTH($2)) = $2 LIMIT 1) x";
    Ok(dialect::number(db, sql, [inbox.into(), server.into()]).await? > 0)
}

/// Do we know anybody who lives on the server at this address (with a slash at its end)? Walks through all accounts.
pub async fn is_home_of_anybody(db: &impl ConnectionTrait, server: &str) -> Result<bool, DbErr> {
    let sql = "SELECT COUNT(*) FROM (SELECT 1 FROM account WHERE SUBSTR(uri, 1, LENGTH($1)) = $1 LIMIT 1) x";
    Ok(dialect::number(db, sql, [server.into()]).await? > 0)
}

/// A shared inbox is no more: its accounts get their post in their own, until their server names another.
pub async fn forget_shared_inbox(db: &impl ConnectionTrait, inbox: &str) -> Result<u64, DbErr> {
    dialect::run(
        db,
        "UPDATE account SET shared_inbox = NULL WHERE shared_inbox = $1",
        [inbox.into()],
    )
    .await
}
