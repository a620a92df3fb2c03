//! Databases with every table and nothing in them, made once and copied: a copy takes a tenth of the time. Knows the history
//! of the schema, no table of it.

use std::{sync::OnceLock, time::UNIX_EPOCH};

use parvis_migrations::Migrator;
use sea_orm_migration::{MigratorTrait, sea_orm};

use crate::database::{apart, tell, url_of};

/// A SQLite file.
pub fn sqlite() -> &'static [u8] {
    static FILE: OnceLock<Vec<u8>> = OnceLock::new();
    FILE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("empty.sqlite");
        migrate(format!("sqlite://{}?mode=rwc", file.display()));
        std::fs::read(file).unwrap()
    })
}

/// The name of a database on this PostgreSQL server. It stays there: the other tests built with these take it too.
pub fn postgres(server: &str) -> &'static str {
    static NAME: OnceLock<String> = OnceLock::new();
    NAME.get_or_init(|| {
        let tests = std::env::current_exe().unwrap().metadata().unwrap();
        let built = tests
            .modified()
            .unwrap()
            .duration_since(UNIX_EPOCH)
            .unwrap();
        let name = format!("parvis_empty_{}", built.as_nanos());
        let unfinished = format!("{name}_{}", std::process::id());
        tell(server, format!("create database {unfinished}"))
            .unwrap_or_else(|err| panic!("no database from {server}: {err}"));
        migrate(url_of(server, &unfinished));
        let rename = format!("alter database {unfinished} rename to {name}");
        if tell(server, rename).is_err() {
            // Another run of the same tests was quicker.
            let _gone = tell(server, format!("drop database {unfinished}"));
        }
        name
    })
}

fn migrate(url: String) {
    apart(async {
        let db = sea_orm::Database::connect(url).await.unwrap();
        Migrator::up(&db, None).await.unwrap();
        db.close().await.unwrap();
    });
}
