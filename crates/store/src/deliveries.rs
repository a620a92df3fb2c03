//! Activities sent out, and which inbox got which: the queue and the ledger. Also what is known of other servers.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, IntoActiveModel, Order,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::{
    dialect,
    entity::{activity, delivery, peer},
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
    let rows = db
        .query_all_raw(dialect::statement(
            db,
            "SELECT DISTINCT d.inbox FROM delivery d JOIN activity a ON a.id = d.activity_id WHERE a.object_uri = $1",
            [object_uri.into()],
        ))
        .await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// Every inbox that an account's activities were ever sent to.
pub async fn inboxes_of_actor(db: &impl ConnectionTrait, actor: i64) -> Result<Vec<String>, DbErr> {
    let rows = db
        .query_all_raw(dialect::statement(
            db,
            "SELECT DISTINCT d.inbox FROM delivery d JOIN activity a ON a.id = d.activity_id WHERE a.actor_id = $1",
            [actor.into()],
        ))
        .await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// Servers with something to send whose time has come, the longest waiting first.
pub async fn due_hosts(
    db: &impl ConnectionTrait,
    now: i64,
    limit: u64,
) -> Result<Vec<String>, DbErr> {
    // Walks the partial index host by host instead of reading all that waits.
    let sql = "WITH RECURSIVE h(host) AS (SELECT MIN(host) FROM delivery WHERE state = 'pending' \
         UNION ALL SELECT (SELECT MIN(d.host) FROM delivery d WHERE d.state = 'pending' AND d.host > h.host) FROM h WHERE h.host IS NOT NULL) \
         SELECT h.host FROM h LEFT JOIN peer p ON p.host = h.host WHERE h.host IS NOT NULL \
         AND COALESCE(p.next_attempt_at, 0) <= $1 AND COALESCE(p.claimed_until, 0) <= $1 LIMIT $2";
    let rows = db
        .query_all_raw(dialect::statement(
            db,
            sql,
            [now.into(), (limit as i64).into()],
        ))
        .await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// When the next server that we wait for may be tried again.
pub async fn next_attempt(db: &impl ConnectionTrait, now: i64) -> Result<Option<i64>, DbErr> {
    let at = dialect::number(
        db,
        "SELECT COALESCE(MIN(p.next_attempt_at), 0) FROM peer p WHERE p.next_attempt_at > $1 \
         AND EXISTS (SELECT 1 FROM delivery d WHERE d.host = p.host AND d.state = 'pending')",
        [now.into()],
    )
    .await?;
    Ok((at > 0).then_some(at))
}

/// One delivery as a worker takes it up; what it brings is the activity's.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Parcel {
    pub id: i64,
    pub inbox: String,
    pub attempts: i32,
    pub activity_id: i64,
}

/// The oldest parcels for a server, in order.
pub async fn for_host(
    db: &impl ConnectionTrait,
    host: &str,
    limit: u64,
) -> Result<Vec<Parcel>, DbErr> {
    Parcel::find_by_statement(dialect::statement(
        db,
        "SELECT id, inbox, attempts, activity_id FROM delivery \
         WHERE state = 'pending' AND host = $1 ORDER BY id LIMIT $2",
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

/// Gives up what waits for a server since before `before`.
pub async fn give_up(
    db: &impl ConnectionTrait,
    host: &str,
    before: i64,
    now: i64,
) -> Result<u64, DbErr> {
    dialect::run(
        db,
        "UPDATE delivery SET state = 'given_up', settled_at = $1 WHERE host = $2 AND state = 'pending' AND created_at < $3",
        [now.into(), host.into(), before.into()],
    )
    .await
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

/// Those of `hosts` that the town has blocked.
pub async fn blocked_among(
    db: &impl ConnectionTrait,
    hosts: &[String],
) -> Result<Vec<String>, DbErr> {
    let sql = format!(
        "SELECT host FROM peer WHERE blocked AND host IN {}",
        dialect::listed_texts(db, 1)
    );
    let rows = db
        .query_all_raw(dialect::statement(
            db,
            &sql,
            [dialect::json_texts(hosts).into()],
        ))
        .await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// Writes what is known of a server, replacing what was.
pub async fn set_peer(db: &impl ConnectionTrait, row: peer::Model) -> Result<(), DbErr> {
    dialect::run(
        db,
        "INSERT INTO peer (host, failures, failing_since, next_attempt_at, last_success_at, blocked, claimed_until) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (host) DO UPDATE SET failures = $2, failing_since = $3, \
         next_attempt_at = $4, last_success_at = $5, claimed_until = $7",
        [
            row.host.into(),
            row.failures.into(),
            row.failing_since.into(),
            row.next_attempt_at.into(),
            row.last_success_at.into(),
            row.blocked.into(),
            row.claimed_until.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Takes a server for this worker until `until`, so that no other sends to it. `false`: another has it.
pub async fn claim(
    db: &impl ConnectionTrait,
    host: &str,
    now: i64,
    until: i64,
) -> Result<bool, DbErr> {
    let taken = dialect::run(
        db,
        "INSERT INTO peer (host, failures, failing_since, next_attempt_at, last_success_at, blocked, claimed_until) \
         VALUES ($1, 0, NULL, 0, NULL, FALSE, $3) ON CONFLICT (host) DO UPDATE SET claimed_until = $3 WHERE peer.claimed_until <= $2",
        [host.into(), now.into(), until.into()],
    )
    .await?;
    Ok(taken == 1)
}

pub async fn release(db: &impl ConnectionTrait, host: &str) -> Result<(), DbErr> {
    dialect::run(
        db,
        "UPDATE peer SET claimed_until = 0 WHERE host = $1",
        [host.into()],
    )
    .await?;
    Ok(())
}
