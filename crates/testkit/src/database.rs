//! A database of its own for one test, with every table and nothing in it. Knows no table.

use std::{
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::UNIX_EPOCH,
};

use sea_orm_migration::sea_orm::{self, ConnectionTrait, DbErr};
use url::Url;

use crate::empty;

/// It goes with the test.
pub struct Database {
    pub url: String,
    on_server: Option<OnServer>,
}

struct OnServer {
    server: String,
    name: String,
}

impl Database {
    /// On the server that `PARVIS_TEST_POSTGRES` names; `None` where the tests run on SQLite.
    ///
    /// # Panics
    /// Where the server gives none.
    pub fn on_postgres() -> Option<Self> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let server = std::env::var("PARVIS_TEST_POSTGRES")
            .ok()
            .filter(|server| !server.is_empty())?;
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        // A run that was killed may have left databases under the same number of process.
        let moment = UNIX_EPOCH.elapsed().unwrap().as_nanos();
        let name = format!("parvis_test_{}_{number}_{moment:x}", std::process::id());
        let empty = empty::postgres(&server);
        // Pages are copied as files: quicker by a third for one as small as this.
        let create = format!("create database {name} template {empty} strategy file_copy");
        tell(&server, create).unwrap_or_else(|err| panic!("no database from {server}: {err}"));
        Some(Self {
            url: url_of(&server, &name),
            on_server: Some(OnServer { server, name }),
        })
    }

    /// The same, or a file in this folder.
    ///
    /// # Panics
    /// Where the file cannot be written.
    pub fn for_test(folder: &Path) -> Self {
        Self::on_postgres().unwrap_or_else(|| {
            let file = folder.join("town.sqlite");
            std::fs::write(&file, empty::sqlite()).unwrap();
            Self {
                url: format!("sqlite://{}", file.display()),
                on_server: None,
            }
        })
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(OnServer { server, name }) = &self.on_server {
            let drop = format!("drop database if exists {name} with (force)");
            // What stays behind is in nobody's way.
            let _gone = tell(server, drop);
        }
    }
}

/// Where a database of this server is reached.
pub(crate) fn url_of(server: &str, database: &str) -> String {
    let mut url = Url::parse(server).expect("PARVIS_TEST_POSTGRES is a URL");
    url.set_path(database);
    url.into()
}

/// Tells the server something, outside any transaction. An error is why it would not.
pub(crate) fn tell(server: &str, sql: String) -> Result<(), DbErr> {
    let server = server.to_owned();
    apart(async move {
        let db = sea_orm::Database::connect(server).await?;
        db.execute_unprepared(&sql).await?;
        db.close().await
    })
}

/// On a thread of its own: whoever waits for it may stand on a runtime already.
pub(crate) fn apart<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    let done = thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(Box::pin(work))
    });
    done.join().unwrap()
}
