//! The one door for writes, and the readers' pool. On SQLite a single writer groups the deeds that wait at one moment into
//! one transaction, each in a savepoint of its own, and answers them once the shared commit is on disk.

use std::{
    error::Error,
    panic::AssertUnwindSafe,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use futures_util::{FutureExt, future::BoxFuture};
use parvis_migrations::Migrator;
use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, Database, DatabaseBackend, DatabaseConnection,
    DatabaseTransaction, DbErr, IsolationLevel, RuntimeErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
    error::ConnAcquireErr,
    sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous},
};
use sea_orm_migration::MigratorTrait;
use tokio::{
    sync::{Notify, mpsc, oneshot},
    time::{Instant, sleep, timeout},
};

use crate::{claims::Claims, processes::Others, trouble::gave_way};

/// An open write transaction. Whoever holds one got it from [`Store::write`].
pub type Tx = DatabaseTransaction;

/// A consistent view for the questions of one page; ends when dropped.
pub type Snapshot = DatabaseTransaction;

/// Deeds that share one commit, at most.
const GROUP: usize = 256;
/// How long a group goes on collecting before it is committed.
const GROUP_TIME: Duration = Duration::from_millis(20);
/// A deed that takes longer waits for something it should not wait for; it is undone so that the others can go on.
const DEED_TIME: Duration = Duration::from_secs(10);
/// Deeds waiting for the writer; more wait outside.
const QUEUE: usize = 1_024;
/// How often a deed is begun that PostgreSQL undoes each time for another's sake …
const TRIES: u32 = 6;
/// … and how long it waits before that, at most, times the tries.
const GIVEN_WAY: Duration = Duration::from_millis(50);
/// A connection unused for so long may be dead without our knowing: it is tried before it is trusted.
const IDLE_IN_DOUBT: Duration = Duration::from_secs(1);
/// Deeds of one group stand each in a savepoint. Every statement is a walk to another thread and back, so the end of one deed
/// goes along with the beginning of the next, and the end of the last is the end of the group.
const BEGIN: &str = "SAVEPOINT deed";
const END_AND_BEGIN: &str = "RELEASE deed; SAVEPOINT deed";
const UNDO: &str = "ROLLBACK TO deed";
/// Any number that no other program uses on the same PostgreSQL database.
const MIGRATION_LOCK: i64 = 0x5041_5256_4953;

#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// `sqlite:///path/to/file` or `postgres://…`.
    pub url: String,
    /// Connections for reading (SQLite), for everything (PostgreSQL).
    pub connections: u32,
}

#[derive(Clone, Debug)]
pub struct Store {
    readers: DatabaseConnection,
    writer: Writer,
    committed: Arc<Notify>,
}

#[derive(Clone, Debug)]
enum Writer {
    /// SQLite: one task holds the only writing connection.
    Grouped {
        path: String,
        waiting: mpsc::Sender<Box<dyn Deed>>,
        ending: mpsc::Sender<oneshot::Sender<()>>,
    },
    /// PostgreSQL: each deed is a transaction of the pool, of which other processes are told.
    Pooled(Arc<Others>),
}

impl Store {
    /// Opens the database, creating and migrating it where needed. Several processes may start at once.
    pub async fn open(options: StoreOptions) -> Result<Self, DbErr> {
        if let Some(path) = sqlite_path(&options.url) {
            Self::open_sqlite(&path, options.connections).await
        } else {
            Self::open_postgres(&options).await
        }
    }

    async fn open_sqlite(path: &str, connections: u32) -> Result<Self, DbErr> {
        let lock = lock_file(path).await?;
        let write = Database::connect(sqlite_options(path, 1, false)).await?;
        Migrator::up(&write, None).await?;
        drop(lock);
        let readers = Database::connect(sqlite_options(path, connections.max(1), true)).await?;
        let (sender, waiting) = mpsc::channel(QUEUE);
        let (ending, asked_to_end) = mpsc::channel(1);
        let committed = Arc::new(Notify::new());
        tokio::spawn(run_writer(
            path.to_owned(),
            write,
            waiting,
            asked_to_end,
            Arc::clone(&committed),
        ));
        let writer = Writer::Grouped {
            path: path.to_owned(),
            waiting: sender,
            ending,
        };
        Ok(Self {
            readers,
            writer,
            committed,
        })
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the store begins transactions, nobody else"
    )]
    async fn open_postgres(options: &StoreOptions) -> Result<Self, DbErr> {
        let pool = quiet(
            ConnectOptions::new(&options.url),
            options.connections.max(2),
        );
        let readers = Database::connect(pool).await?;
        let settled = TransactionOptions {
            // Who waited for another to migrate must see what that one did.
            isolation_level: Some(IsolationLevel::ReadCommitted),
            ..Default::default()
        };
        let migrating = readers.begin_with_options(settled).await?;
        let lock = format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})");
        migrating.execute_unprepared(&lock).await?;
        Migrator::up(&migrating, None).await?;
        migrating.commit().await?;
        let others = Others::told_by(&readers);
        Ok(Self {
            readers,
            writer: Writer::Pooled(others),
            committed: Arc::new(Notify::new()),
        })
    }

    /// The readers. For a page that asks several questions take a [`Store::snapshot`].
    pub fn read(&self) -> &DatabaseConnection {
        &self.readers
    }

    pub fn backend(&self) -> DatabaseBackend {
        self.readers.get_database_backend()
    }

    /// A view of the database as it is now, however long one looks.
    #[expect(
        clippy::disallowed_methods,
        reason = "the store begins transactions, nobody else"
    )]
    pub async fn snapshot(&self) -> Result<Snapshot, DbErr> {
        let options = match self.backend() {
            DatabaseBackend::Sqlite => TransactionOptions::default(),
            _ => TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                ..Default::default()
            },
        };
        self.readers.begin_with_options(options).await
    }

    /// Runs a deed in a write transaction and answers once it is on disk. A deed that fails leaves nothing behind.
    /// Nothing slow (network, hashing, pictures) may happen inside: on SQLite everyone else waits. It is `Clone` since
    /// PostgreSQL may undo it in favour of another that touches the same rows: then it is done again.
    pub async fn write<T, E, F>(&self, deed: F) -> Result<T, E>
    where
        F: for<'t> FnOnce(&'t Tx) -> BoxFuture<'t, Result<T, E>> + Clone + Send + 'static,
        T: Send + 'static,
        E: From<DbErr> + Error + Send + 'static,
    {
        match &self.writer {
            Writer::Pooled(others) => {
                let done = self.write_in_the_end(deed).await;
                if done.is_ok() {
                    others.written.notify_one();
                }
                done
            }
            Writer::Grouped {
                waiting: sender, ..
            } => {
                let (answer, answered) = oneshot::channel();
                let waiting = Box::new(Waiting { deed, answer });
                sender.send(waiting).await.map_err(|_| closed())?;
                answered.await.map_err(|_| closed())?
            }
        }
    }

    /// Again where it had to give way, after a while that differs, so that the same two do not meet again.
    async fn write_in_the_end<T, E, F>(&self, deed: F) -> Result<T, E>
    where
        F: for<'t> FnOnce(&'t Tx) -> BoxFuture<'t, Result<T, E>> + Clone + Send + 'static,
        E: From<DbErr> + Error + 'static,
    {
        let mut tries = 1;
        loop {
            let done = self.write_alone(deed.clone()).await;
            match done {
                Err(err) if tries < TRIES && gave_way(&err) => {
                    tracing::debug!(%err, tries, "a deed gave way to another and is done again");
                }
                done => return done,
            }
            sleep(GIVEN_WAY.mul_f64(f64::from(tries) * rand::random::<f64>())).await;
            tries += 1;
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the store begins transactions, nobody else"
    )]
    async fn write_alone<T, E, F>(&self, deed: F) -> Result<T, E>
    where
        F: for<'t> FnOnce(&'t Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        E: From<DbErr>,
    {
        let tx = self.readers.begin().await?;
        let done = timeout(DEED_TIME, deed(&tx))
            .await
            .map_err(|_| too_slow())?;
        match done {
            Ok(value) => {
                tx.commit().await?;
                self.committed.notify_waiters();
                Ok(value)
            }
            Err(refused) => {
                tx.rollback().await?;
                Err(refused)
            }
        }
    }

    /// Which server this process sends to, where several do.
    pub fn claims(&self) -> Claims {
        Claims::new(&self.readers)
    }

    /// Told after each commit of this process, and soon after those of others.
    pub fn committed(&self) -> &Notify {
        // A command that only writes waits for nobody: it is spared the connection.
        if let Writer::Pooled(others) = &self.writer {
            others.hear(&self.readers, &self.committed);
        }
        &self.committed
    }

    /// Writes a copy of the whole database to a new file while everything goes on (SQLite only). The copy is made on a
    /// connection of its own: `VACUUM INTO` counts as writing, which the readers may not.
    pub async fn copy_to(&self, target: &Path) -> Result<(), DbErr> {
        let Writer::Grouped { path, .. } = &self.writer else {
            return Err(DbErr::Custom("PostgreSQL is copied with pg_dump".into()));
        };
        let target = target.display().to_string().replace('\'', "''");
        let copier = Database::connect(sqlite_options(path, 1, false)).await?;
        let copied = copier
            .execute_unprepared(&format!("VACUUM INTO '{target}'"))
            .await;
        copier.close().await?;
        copied.map(|_| ())
    }

    /// Ends every connection once what waits is written; nothing can be asked afterwards. The last connection to a SQLite
    /// file takes what stands in its log over into the file itself.
    pub async fn close(&self) -> Result<(), DbErr> {
        self.readers.close_by_ref().await?;
        if let Writer::Grouped { ending, .. } = &self.writer {
            let (end, ended) = oneshot::channel();
            // A writer that has ended already is as good.
            if ending.send(end).await.is_ok() {
                let _ = ended.await;
            }
        }
        Ok(())
    }

    /// Is the database there? Cheap.
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.readers.ping().await
    }
}

/// A deed that waits for the writer, whatever its types.
trait Deed: Send {
    fn run(self: Box<Self>, tx: &Tx) -> BoxFuture<'_, Ran>;
    fn fail(self: Box<Self>, err: DbErr);
}

/// A deed that ran but is not yet on disk.
struct Ran {
    keep: bool,
    /// Told what went wrong with the commit, if anything did.
    answer: Box<dyn FnOnce(Option<DbErr>) + Send>,
}

struct Waiting<T, E, F> {
    deed: F,
    answer: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Deed for Waiting<T, E, F>
where
    F: for<'t> FnOnce(&'t Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: From<DbErr> + Send + 'static,
{
    fn run(self: Box<Self>, tx: &Tx) -> BoxFuture<'_, Ran> {
        let Self { deed, answer } = *self;
        Box::pin(async move {
            let deed = AssertUnwindSafe(async { deed(tx).await }).catch_unwind();
            let result = match timeout(DEED_TIME, deed).await {
                Ok(Ok(result)) => result,
                Ok(Err(_panic)) => Err(E::from(DbErr::Custom("a deed panicked".into()))),
                Err(_) => Err(E::from(too_slow())),
            };
            let keep = result.is_ok();
            let answer = Box::new(move |lost: Option<DbErr>| {
                let result = match lost {
                    Some(err) if result.is_ok() => Err(E::from(err)),
                    _ => result,
                };
                // Nobody listens when the caller went away; the deed stands all the same.
                let _ = answer.send(result);
            });
            Ran { keep, answer }
        })
    }

    fn fail(self: Box<Self>, err: DbErr) {
        let _ = self.answer.send(Err(E::from(err)));
    }
}

/// Runs until the last [`Store`] is dropped, or until one of them is asked to close.
async fn run_writer(
    path: String,
    mut db: DatabaseConnection,
    mut waiting: mpsc::Receiver<Box<dyn Deed>>,
    mut asked_to_end: mpsc::Receiver<oneshot::Sender<()>>,
    committed: Arc<Notify>,
) {
    let mut told = Vec::new();
    loop {
        let first = tokio::select! {
            biased;
            Some(end) = asked_to_end.recv() => {
                waiting.close();
                told.push(end);
                continue;
            }
            first = waiting.recv() => first,
        };
        let Some(first) = first else { break };
        let kept = write_group(&db, first, &mut waiting).await;
        if kept {
            committed.notify_waiters();
        } else {
            db = reopened(&path, db).await;
        }
    }
    close(db).await;
    for end in told {
        let _ = end.send(());
    }
}

/// After a full disk or a faulty one SQLite may have ended the transaction by itself, and the library goes on counting it
/// as open: nothing would be written any more. So a connection on which writes were lost is given up.
async fn reopened(path: &str, old: DatabaseConnection) -> DatabaseConnection {
    match Database::connect(sqlite_options(path, 1, false)).await {
        Ok(new) => {
            close(old).await;
            new
        }
        Err(err) => {
            tracing::error!(%err, "opening the database anew");
            old
        }
    }
}

async fn close(db: DatabaseConnection) {
    if let Err(err) = db.close().await {
        tracing::warn!(%err, "closing the database");
    }
}

/// One transaction: `first`, and whatever waits by the time it is done. `false`: it was lost.
#[expect(
    clippy::disallowed_methods,
    reason = "the store begins transactions, nobody else"
)]
async fn write_group(
    db: &DatabaseConnection,
    first: Box<dyn Deed>,
    waiting: &mut mpsc::Receiver<Box<dyn Deed>>,
) -> bool {
    let outer = match db.begin_with_options(immediate()).await {
        Ok(outer) => outer,
        Err(err) => {
            // Those who wait would each wait as long for the same answer.
            while let Ok(deed) = waiting.try_recv() {
                deed.fail(err.clone());
            }
            first.fail(err);
            return false;
        }
    };
    let started = Instant::now();
    let mut ran = Vec::new();
    let mut lost = None;
    let mut next = Some(first);
    let mut begin = BEGIN;
    while let Some(deed) = next {
        match run_in_savepoint(&outer, begin, deed).await {
            Ok(done) => ran.push(done),
            Err((done, err)) => {
                ran.extend(done);
                lost = Some(err);
                break;
            }
        }
        begin = END_AND_BEGIN;
        let more = ran.len() < GROUP && started.elapsed() < GROUP_TIME;
        next = if more { waiting.try_recv().ok() } else { None };
    }
    let lost = match lost {
        // A savepoint that could not be begun or undone leaves the transaction in doubt: undo all of it.
        Some(err) => outer.rollback().await.err().or(Some(err)),
        None => outer.commit().await.err(),
    };
    let lost = lost.map(|err| {
        tracing::error!(%err, deeds = ran.len(), "a group of writes was lost");
        err
    });
    for done in ran {
        (done.answer)(lost.clone());
    }
    lost.is_none()
}

/// The error side carries what ran, if it did, to be told of the failure.
async fn run_in_savepoint(
    group: &Tx,
    begin: &str,
    deed: Box<dyn Deed>,
) -> Result<Ran, (Option<Ran>, DbErr)> {
    if let Err(err) = group.execute_unprepared(begin).await {
        deed.fail(err.clone());
        return Err((None, err));
    }
    let ran = deed.run(group).await;
    if ran.keep {
        return Ok(ran);
    }
    match group.execute_unprepared(UNDO).await {
        Ok(_) => Ok(ran),
        Err(err) => Err((Some(ran), err)),
    }
}

fn immediate() -> TransactionOptions {
    TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..Default::default()
    }
}

fn closed() -> DbErr {
    DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed)
}

fn too_slow() -> DbErr {
    DbErr::Conn(RuntimeErr::Internal("a deed took too long".into()))
}

fn sqlite_path(url: &str) -> Option<String> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    Some(path.split('?').next().unwrap_or(path).to_owned())
}

fn sqlite_options(path: &str, connections: u32, read_only: bool) -> ConnectOptions {
    let mut options = quiet(
        ConnectOptions::new(format!("sqlite://{path}?mode=rwc")),
        connections,
    );
    options.map_sqlx_sqlite_opts(move |sqlite| {
        sqlite
            .busy_timeout(Duration::from_secs(10))
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .statement_cache_capacity(200)
            .pragma("temp_store", "memory")
            .pragma("query_only", if read_only { "1" } else { "0" })
    });
    options
}

/// Statements may hold what people wrote: they are logged nowhere.
fn quiet(mut options: ConnectOptions, connections: u32) -> ConnectOptions {
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(5))
        .idle_timeout(Duration::from_mins(5))
        .test_before_acquire_if_idle_for(IDLE_IN_DOUBT)
        .sqlx_logging(false);
    options
}

/// Held while migrating, so that two processes that start at once do not both create the tables.
async fn lock_file(path: &str) -> Result<std::fs::File, DbErr> {
    let path = PathBuf::from(format!("{path}.lock"));
    let locked = tokio::task::spawn_blocking(move || {
        let file = std::fs::File::create(path)?;
        file.lock()?;
        Ok::<_, std::io::Error>(file)
    });
    let failed =
        |err: &dyn std::fmt::Display| DbErr::Custom(format!("locking the database: {err}"));
    locked
        .await
        .map_err(|err| failed(&err))?
        .map_err(|err| failed(&err))
}
