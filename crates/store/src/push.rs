//! Who wants to be told through a push service, and what is still to be sent there.

use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr, FromQueryResult};

use crate::dialect;

/// What the town proves itself with to push services.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Key {
    pub private_pem: String,
    pub public_key: String,
}

pub async fn key(db: &impl ConnectionTrait) -> Result<Option<Key>, DbErr> {
    let sql = "SELECT private_pem, public_key FROM push_key WHERE id = $1";
    Key::find_by_statement(dialect::statement(db, sql, [0_i64.into()]))
        .one(db)
        .await
}

/// Nothing happens where there is one already.
pub async fn insert_key(db: &impl ConnectionTrait, key: Key, now: i64) -> Result<(), DbErr> {
    let sql = "INSERT INTO push_key (id, private_pem, public_key, created_at) VALUES (0, $1, $2, $3) \
         ON CONFLICT DO NOTHING";
    let params = [key.private_pem.into(), key.public_key.into(), now.into()];
    dialect::run(db, sql, params).await?;
    Ok(())
}

/// What a subscription hangs on: an app's token, or the session of a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    Token(i64),
    Session(i64),
}

impl Holder {
    /// The column in which it stands, and its value.
    fn key(self) -> (&'static str, i64) {
        match self {
            Self::Token(id) => ("token_id", id),
            Self::Session(id) => ("session_id", id),
        }
    }

    fn token(self) -> Option<i64> {
        match self {
            Self::Token(id) => Some(id),
            Self::Session(_) => None,
        }
    }

    fn session(self) -> Option<i64> {
        match self {
            Self::Token(_) => None,
            Self::Session(id) => Some(id),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Subscription {
    pub id: i64,
    pub account_id: i64,
    /// The secret of the token; empty for a browser, which needs none.
    pub bearer: String,
    pub endpoint: String,
    /// Of the endpoint, with its port.
    pub host: String,
    pub p256dh: String,
    pub auth: String,
    pub standard: bool,
    /// Kinds of notifications, in a row.
    pub alerts: String,
    pub policy: String,
    pub created_at: i64,
}

const SUBSCRIPTION: &str = "s.id, s.account_id, s.bearer, s.endpoint, s.host, s.p256dh, s.auth, s.standard, \
     s.alerts, s.policy, s.created_at";

/// In place of the one its holder had; of those of one account the newest `keep` stay.
pub async fn subscribe(
    db: &impl ConnectionTrait,
    holder: Holder,
    row: Subscription,
    keep: u64,
) -> Result<(), DbErr> {
    let account = row.account_id;
    unsubscribe(db, holder).await?;
    let sql = "INSERT INTO push_subscription (id, token_id, account_id, bearer, endpoint, host, p256dh, auth, standard, \
         alerts, policy, created_at, session_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    let params = [
        row.id.into(),
        holder.token().into(),
        account.into(),
        row.bearer.into(),
        row.endpoint.into(),
        row.host.into(),
        row.p256dh.into(),
        row.auth.into(),
        row.standard.into(),
        row.alerts.into(),
        row.policy.into(),
        row.created_at.into(),
        holder.session().into(),
    ];
    dialect::run(db, sql, params).await?;
    let sql = "DELETE FROM push_subscription WHERE account_id = $1 AND id NOT IN \
         (SELECT id FROM push_subscription WHERE account_id = $1 ORDER BY id DESC LIMIT $2)";
    dialect::run(db, sql, [account.into(), (keep as i64).into()]).await?;
    Ok(())
}

pub async fn by_holder(
    db: &impl ConnectionTrait,
    holder: Holder,
) -> Result<Option<Subscription>, DbErr> {
    let (column, id) = holder.key();
    let sql = format!("SELECT {SUBSCRIPTION} FROM push_subscription s WHERE s.{column} = $1");
    Subscription::find_by_statement(dialect::statement(db, &sql, [id.into()]))
        .one(db)
        .await
}

pub async fn by_id(db: &impl ConnectionTrait, id: i64) -> Result<Option<Subscription>, DbErr> {
    let sql = format!("SELECT {SUBSCRIPTION} FROM push_subscription s WHERE s.id = $1");
    Subscription::find_by_statement(dialect::statement(db, &sql, [id.into()]))
        .one(db)
        .await
}

/// In one order for all, so that those who write for several at once do not wait for each other.
pub async fn of_account(
    db: &impl ConnectionTrait,
    account: i64,
) -> Result<Vec<Subscription>, DbErr> {
    let sql = format!(
        "SELECT {SUBSCRIPTION} FROM push_subscription s WHERE s.account_id = $1 ORDER BY s.id"
    );
    Subscription::find_by_statement(dialect::statement(db, &sql, [account.into()]))
        .all(db)
        .await
}

pub async fn choose(
    db: &impl ConnectionTrait,
    id: i64,
    alerts: &str,
    policy: &str,
) -> Result<(), DbErr> {
    let sql = "UPDATE push_subscription SET alerts = $2, policy = $3 WHERE id = $1";
    dialect::run(db, sql, [id.into(), alerts.into(), policy.into()]).await?;
    Ok(())
}

pub async fn unsubscribe(db: &impl ConnectionTrait, holder: Holder) -> Result<(), DbErr> {
    let (column, id) = holder.key();
    let sql = format!("DELETE FROM push_subscription WHERE {column} = $1");
    dialect::run(db, &sql, [id.into()]).await?;
    Ok(())
}

/// What waits for it goes along.
pub async fn delete(db: &impl ConnectionTrait, id: i64) -> Result<(), DbErr> {
    let sql = "DELETE FROM push_subscription WHERE id = $1";
    dialect::run(db, sql, [id.into()]).await?;
    Ok(())
}

/// A notification that is to be sent through one subscription.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Message {
    pub id: i64,
    pub subscription_id: i64,
    pub notification_id: i64,
    pub host: String,
    /// Those that failed.
    pub attempts: i64,
    pub due_at: i64,
    pub created_at: i64,
}

const MESSAGE: &str =
    "m.id, m.subscription_id, m.notification_id, m.host, m.attempts, m.due_at, m.created_at";

/// Of those of one subscription about the newest `keep` stay: what somebody settles just now is left to them.
pub async fn lay_down(db: &impl ConnectionTrait, row: Message, keep: u64) -> Result<(), DbErr> {
    let subscription = row.subscription_id;
    let sql = "INSERT INTO push_message (id, subscription_id, notification_id, host, attempts, due_at, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let params = [
        row.id.into(),
        row.subscription_id.into(),
        row.notification_id.into(),
        row.host.into(),
        row.attempts.into(),
        row.due_at.into(),
        row.created_at.into(),
    ];
    dialect::run(db, sql, params).await?;
    let locked = match db.get_database_backend() {
        DatabaseBackend::Sqlite => "",
        _ => " FOR UPDATE SKIP LOCKED",
    };
    let sql = format!(
        "DELETE FROM push_message WHERE id IN (SELECT id FROM push_message WHERE subscription_id = $1 AND id <= \
         (SELECT id FROM push_message WHERE subscription_id = $1 ORDER BY id DESC LIMIT 1 OFFSET $2){locked})"
    );
    dialect::run(db, &sql, [subscription.into(), (keep as i64).into()]).await?;
    Ok(())
}

/// Hosts of push services for which something is due, the longest overdue first. Goes from host to host in the index, since
/// it is asked after every deed and much may wait for each.
pub async fn due_hosts(db: &impl ConnectionTrait, now: i64) -> Result<Vec<String>, DbErr> {
    let sql = "WITH RECURSIVE known (host) AS (SELECT MIN(host) FROM push_message \
         UNION ALL SELECT (SELECT MIN(m.host) FROM push_message m WHERE m.host > k.host) FROM known k WHERE k.host IS NOT NULL), \
         waiting (host, due_at) AS (SELECT k.host, (SELECT MIN(m.due_at) FROM push_message m WHERE m.host = k.host) \
         FROM known k WHERE k.host IS NOT NULL) \
         SELECT host FROM waiting WHERE due_at <= $1 ORDER BY due_at, host";
    let rows = db
        .query_all_raw(dialect::statement(db, sql, [now.into()]))
        .await?;
    rows.iter()
        .map(|row| row.try_get_by_index::<String>(0))
        .collect()
}

/// The longest overdue first.
pub async fn due(
    db: &impl ConnectionTrait,
    host: &str,
    now: i64,
    limit: u64,
) -> Result<Vec<Message>, DbErr> {
    let sql = format!(
        "SELECT {MESSAGE} FROM push_message m WHERE m.host = $1 AND m.due_at <= $2 ORDER BY m.due_at, m.id LIMIT $3"
    );
    let params = [host.into(), now.into(), (limit as i64).into()];
    Message::find_by_statement(dialect::statement(db, &sql, params))
        .all(db)
        .await
}

pub async fn done(db: &impl ConnectionTrait, message: i64) -> Result<(), DbErr> {
    let sql = "DELETE FROM push_message WHERE id = $1";
    dialect::run(db, sql, [message.into()]).await?;
    Ok(())
}

/// Counts a failed attempt.
pub async fn later(db: &impl ConnectionTrait, message: i64, due_at: i64) -> Result<(), DbErr> {
    let sql = "UPDATE push_message SET attempts = attempts + 1, due_at = $2 WHERE id = $1";
    dialect::run(db, sql, [message.into(), due_at.into()]).await?;
    Ok(())
}
