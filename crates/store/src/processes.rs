//! Processes that share a PostgreSQL database wake each other when something was written. Only a hint: whoever misses one
//! looks by itself a moment later.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use sea_orm::{
    DatabaseConnection,
    sqlx::{
        self,
        postgres::{PgListener, PgPool},
    },
};
use tokio::{
    sync::Notify,
    time::{sleep, timeout},
};

const CHANNEL: &str = "parvis_written";
/// Between two hints: a NOTIFY makes other commits wait for its own, so it must be rare where much is written.
const PAUSE: Duration = Duration::from_millis(20);
/// After a connection broke, and between two looks whether the store is still there.
const BREATH: Duration = Duration::from_secs(5);

/// Tells the others when `ours` is told, and tells `committed` when they told us; ends with the store that holds it.
pub(crate) fn listen(db: &DatabaseConnection, committed: &Arc<Notify>, ours: &Arc<Notify>) {
    let pool = db.get_postgres_connection_pool().clone();
    let me = format!("{:016x}", rand::random::<u64>());
    let options = (*pool.connect_options()).clone();
    tokio::spawn(tell(pool, me.clone(), Arc::downgrade(ours)));
    tokio::spawn(hear(options, me, Arc::downgrade(committed)));
}

async fn tell(pool: PgPool, me: String, ours: Weak<Notify>) {
    while let Some(ours) = ours.upgrade() {
        if timeout(BREATH, ours.notified()).await.is_err() {
            continue;
        }
        let told = sqlx::query("SELECT pg_notify($1, $2)")
            .bind(CHANNEL)
            .bind(&me)
            .execute(&pool)
            .await;
        if let Err(err) = told {
            tracing::debug!(%err, "other processes could not be woken");
        }
        sleep(PAUSE).await;
    }
}

async fn hear(options: sqlx::postgres::PgConnectOptions, me: String, committed: Weak<Notify>) {
    while committed.strong_count() > 0 {
        if let Err(err) = hear_until_broken(&options, &me, &committed).await {
            tracing::debug!(%err, "other processes cannot be heard for now");
        }
        sleep(BREATH).await;
    }
}

async fn hear_until_broken(
    options: &sqlx::postgres::PgConnectOptions,
    me: &str,
    committed: &Weak<Notify>,
) -> Result<(), sqlx::Error> {
    let alone = sqlx::postgres::PgPoolOptions::new()
        .max_connections(1)
        .connect_with(options.clone())
        .await?;
    let mut listener = PgListener::connect_with(&alone).await?;
    listener.listen(CHANNEL).await?;
    while committed.strong_count() > 0 {
        // Nothing for a while is as good as anything.
        let Ok(heard) = timeout(BREATH, listener.recv()).await else {
            continue;
        };
        if heard?.payload() != me
            && let Some(committed) = committed.upgrade()
        {
            committed.notify_waiters();
        }
    }
    Ok(())
}
