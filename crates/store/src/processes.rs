//! Processes that share a PostgreSQL database wake each other when something was written. Only a hint: whoever misses one
//! looks by itself a moment later.

use std::{
    sync::{Arc, Once, Weak},
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

/// The other processes, as one of them sees them.
#[derive(Debug)]
pub(crate) struct Others {
    /// What this process is called among them.
    me: String,
    /// Told of each commit of this process.
    pub(crate) written: Notify,
    hearing: Once,
}

impl Others {
    /// From now on they are told; ends with the store that holds it.
    pub(crate) fn told_by(db: &DatabaseConnection) -> Arc<Self> {
        let others = Arc::new(Self {
            me: format!("{:016x}", rand::random::<u64>()),
            written: Notify::new(),
            hearing: Once::new(),
        });
        let pool = db.get_postgres_connection_pool().clone();
        tokio::spawn(tell(pool, Arc::downgrade(&others)));
        others
    }

    /// From now on, and once however often it is said, they are heard: on a connection of its own, until the store ends that
    /// holds `committed`.
    pub(crate) fn hear(&self, db: &DatabaseConnection, committed: &Arc<Notify>) {
        self.hearing.call_once(|| {
            let pool = db.get_postgres_connection_pool();
            let options = (*pool.connect_options()).clone();
            tokio::spawn(hear(options, self.me.clone(), Arc::downgrade(committed)));
        });
    }
}

async fn tell(pool: PgPool, others: Weak<Others>) {
    while let Some(others) = others.upgrade() {
        if timeout(BREATH, others.written.notified()).await.is_err() {
            continue;
        }
        let told = sqlx::query("SELECT pg_notify($1, $2)")
            .bind(CHANNEL)
            .bind(&others.me)
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
