//! Many rows in few statements, for any table of the store. Knows no town.

use std::fmt::Write as _;

use parvis_store::{DbErr, Tx};
use sea_orm::{
    ConnectionTrait as _, DatabaseBackend, EntityTrait, IdenStatic as _, Iterable as _, ModelTrait,
    Statement, Value,
};

/// Parameters of one statement: below what SQLite (32,766) and PostgreSQL (65,535) take.
const PARAMETERS: usize = 5_000;

pub async fn insert<E>(tx: &Tx, rows: &[E::Model]) -> Result<(), DbErr>
where
    E: EntityTrait,
    E::Model: ModelTrait<Entity = E>,
{
    let columns: Vec<E::Column> = E::Column::iter().collect();
    for part in rows.chunks((PARAMETERS / columns.len()).max(1)) {
        let values: Vec<Value> = part
            .iter()
            .flat_map(|row| columns.iter().map(|column| row.get(*column)))
            .collect();
        let backend = tx.get_database_backend();
        let sql = statement::<E>(backend, &columns, part.len());
        tx.execute_raw(Statement::from_sql_and_values(backend, sql, values))
            .await?;
    }
    Ok(())
}

/// The same text for the same number of rows, so that it stays prepared.
fn statement<E: EntityTrait>(
    backend: DatabaseBackend,
    columns: &[E::Column],
    rows: usize,
) -> String {
    let names: Vec<_> = columns
        .iter()
        .map(|column| format!("\"{}\"", column.as_str()))
        .collect();
    let table = E::default();
    let mut sql = format!(
        "INSERT INTO \"{}\" ({}) VALUES ",
        table.table_name(),
        names.join(", ")
    );
    let mut number = 0;
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { "), (" });
        for column in 0..columns.len() {
            number += 1;
            let comma = if column == 0 { "" } else { "," };
            // SQLite takes `$1` for a name and looks through all names for each value.
            let _ = match backend {
                DatabaseBackend::Sqlite => write!(sql, "{comma}?"),
                _ => write!(sql, "{comma}${number}"),
            };
        }
    }
    sql.push(')');
    sql
}
