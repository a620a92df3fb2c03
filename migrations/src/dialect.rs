//! The few words in which SQLite and PostgreSQL differ when tables are made.

use sea_orm_migration::{prelude::*, sea_orm::DatabaseBackend};

/// Runs a script of statements separated by `;` and an empty line. `{id}` becomes the type of a primary key that holds our
/// 64-bit ids: on SQLite only `INTEGER PRIMARY KEY` is the row's own address.
pub async fn run(manager: &SchemaManager<'_>, script: &str) -> Result<(), DbErr> {
    let db = manager.get_connection();
    let id = match db.get_database_backend() {
        DatabaseBackend::Sqlite => "INTEGER PRIMARY KEY NOT NULL",
        _ => "BIGINT PRIMARY KEY NOT NULL",
    };
    for statement in script.split(";\n\n") {
        db.execute_unprepared(&statement.replace("{id}", id))
            .await?;
    }
    Ok(())
}
