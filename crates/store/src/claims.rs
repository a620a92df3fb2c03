//! Which process sends to which server, where several share a PostgreSQL database. A claim is an advisory lock held by one
//! connection: it ends with the process, at once and without a time-out, however the process ended.

use std::sync::Arc;

use sea_orm::{
    DatabaseBackend, DatabaseConnection, DbErr, RuntimeErr,
    sqlx::{
        self, Connection, PgConnection,
        postgres::{PgConnectOptions, PgPool},
    },
};
use tokio::sync::Mutex;

/// The first half of our locks' numbers; the second is the server's name, hashed. Two names of one hash cost some patience.
const DELIVERIES: i32 = 0x0050_4152;

/// Who is sent to by this process and by no other.
#[derive(Debug)]
pub struct Claims {
    /// `None` on SQLite: there is one process.
    shared: Option<Shared>,
}

#[derive(Debug)]
struct Shared {
    options: Arc<PgConnectOptions>,
    /// Opened when first needed, and anew after it broke; with it all claims are lost.
    connection: Mutex<Option<PgConnection>>,
}

impl Claims {
    pub(crate) fn new(db: &DatabaseConnection) -> Self {
        let shared = (db.get_database_backend() == DatabaseBackend::Postgres).then(|| {
            let pool: &PgPool = db.get_postgres_connection_pool();
            Shared {
                options: pool.connect_options(),
                connection: Mutex::default(),
            }
        });
        Self { shared }
    }

    /// Those of `hosts` that no other process has; they are ours now. None may be ours already: each claim counts.
    pub async fn take(&self, hosts: Vec<String>) -> Result<Vec<String>, DbErr> {
        match &self.shared {
            Some(shared) if !hosts.is_empty() => shared.take(hosts).await.map_err(failed),
            _ => Ok(hosts),
        }
    }

    /// Lets others send to a server. What was done for it must be committed by now.
    pub async fn release(&self, host: &str) -> Result<(), DbErr> {
        match &self.shared {
            Some(shared) => shared.release(host).await.map_err(failed),
            None => Ok(()),
        }
    }
}

impl Shared {
    async fn take(&self, hosts: Vec<String>) -> Result<Vec<String>, sqlx::Error> {
        let mut held = self.connection.lock().await;
        // Taken out meanwhile: if this is given up halfway, so is the connection.
        let mut connection = match held.take() {
            Some(connection) => connection,
            None => PgConnection::connect_with(&self.options).await?,
        };
        let ours = sqlx::query_scalar(
            "SELECT h FROM unnest($1::text[]) AS h WHERE pg_try_advisory_lock($2, hashtext(h))",
        )
        .bind(hosts)
        .bind(DELIVERIES)
        .fetch_all(&mut connection)
        .await?;
        *held = Some(connection);
        Ok(ours)
    }

    async fn release(&self, host: &str) -> Result<(), sqlx::Error> {
        let mut held = self.connection.lock().await;
        // A connection that broke has released everything.
        let Some(mut connection) = held.take() else {
            return Ok(());
        };
        sqlx::query("SELECT pg_advisory_unlock($1, hashtext($2))")
            .bind(DELIVERIES)
            .bind(host)
            .execute(&mut connection)
            .await?;
        *held = Some(connection);
        Ok(())
    }
}

fn failed(err: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(err.into()))
}
