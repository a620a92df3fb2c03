//! Where SQLite and PostgreSQL say the same thing differently, both are written here, side by side.

use std::fmt;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseBackend, DbErr, Insert, Statement,
    TryInsert, Value,
    sea_query::{BinOper, Expr, ExprTrait, OnConflict, SimpleExpr},
};
use serde::{Deserializer, de::Visitor};

/// `column IN (ids)` as one bound parameter, so that a page of any length is the same prepared statement.
pub fn among(db: &impl ConnectionTrait, column: impl ColumnTrait, ids: &[i64]) -> SimpleExpr {
    let list = Value::from(json_list(ids));
    let members = match db.get_database_backend() {
        DatabaseBackend::Sqlite => {
            Expr::cust_with_values("(SELECT value FROM json_each(?))", [list])
        }
        _ => Expr::cust_with_values(
            "(SELECT value::bigint FROM json_array_elements_text($1::json))",
            [list],
        ),
    };
    Expr::col((column.entity_name(), column)).binary(BinOper::In, members)
}

/// The same inside raw SQL: the text of a subquery over parameter number `n` (1-based).
pub fn listed(db: &impl ConnectionTrait, n: usize) -> String {
    match db.get_database_backend() {
        DatabaseBackend::Sqlite => format!("(SELECT value FROM json_each(${n}))"),
        _ => format!("(SELECT value::bigint FROM json_array_elements_text(${n}::json))"),
    }
}

/// The ids of parameter number `n` as a table to begin a join with, its column `{name}.value`. SQLite then goes through
/// them one by one, where `IN` would have it build a sorted table first.
pub fn each(db: &impl ConnectionTrait, n: usize, name: &str) -> String {
    match db.get_database_backend() {
        DatabaseBackend::Sqlite => format!("json_each(${n}) {name} CROSS JOIN"),
        _ => {
            format!("(SELECT value::bigint FROM json_array_elements_text(${n}::json)) {name} JOIN")
        }
    }
}

/// As [`each`], for pairs of ids: columns `{name}.a` and `{name}.b`. Its parameter is `[[a, b], …]` in JSON.
pub fn each_pair(db: &impl ConnectionTrait, n: usize, name: &str) -> String {
    match db.get_database_backend() {
        DatabaseBackend::Sqlite => format!(
            "(SELECT json_extract(value, '$[0]') AS a, json_extract(value, '$[1]') AS b FROM json_each(${n})) {name} \
             CROSS JOIN"
        ),
        _ => format!(
            "(SELECT (value->>0)::bigint AS a, (value->>1)::bigint AS b FROM json_array_elements(${n}::json)) {name} JOIN"
        ),
    }
}

/// The parameter that goes with [`listed`] and [`each`].
pub fn json_list(ids: &[i64]) -> String {
    let mut text = String::with_capacity(ids.len() * 20 + 2);
    text.push('[');
    for (i, id) in ids.iter().enumerate() {
        if i > 0 {
            text.push(',');
        }
        text.push_str(&id.to_string());
    }
    text.push(']');
    text
}

/// As [`listed`], for texts.
pub fn listed_texts(db: &impl ConnectionTrait, n: usize) -> String {
    match db.get_database_backend() {
        DatabaseBackend::Sqlite => format!("(SELECT value FROM json_each(${n}))"),
        _ => format!("(SELECT value FROM json_array_elements_text(${n}::json))"),
    }
}

/// Whether an address of this scheme in `column` lies on the server (host and port) in `host`. SQLite finds it by an index of
/// the column; PostgreSQL, whose order of texts need not be that of their bytes, in one walk for all servers.
pub fn lies_on(db: &impl ConnectionTrait, column: &str, scheme: &str, host: &str) -> String {
    match db.get_database_backend() {
        DatabaseBackend::Sqlite => format!(
            "{column} >= '{scheme}://' || {host} || '/' AND {column} < '{scheme}://' || {host} || '0'"
        ),
        _ => format!(
            "split_part({column}, '/', 1) = '{scheme}:' AND split_part({column}, '/', 3) = {host}"
        ),
    }
}

/// The parameter that goes with [`listed_texts`].
pub fn json_texts(texts: &[String]) -> String {
    serde_json::Value::from(texts).to_string()
}

/// Inserts a row where no unique index at all is in the way; the library's own words mean the primary key alone.
pub fn unless_there<A: ActiveModelTrait>(row: A) -> TryInsert<A> {
    Insert::one(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .try_insert()
}

/// What a person typed, as part of a pattern for `LIKE … ESCAPE '\'`.
pub fn literal(text: &str) -> String {
    text.replace('\\', r"\\")
        .replace('%', r"\%")
        .replace('_', r"\_")
}

/// The first part of the language tag in `column`, in lower case: `fr` of `fr-CA`.
pub fn primary_language(db: &impl ConnectionTrait, column: &str) -> String {
    match db.get_database_backend() {
        DatabaseBackend::Sqlite => {
            format!("lower(substr({column}, 1, instr({column} || '-', '-') - 1))")
        }
        _ => format!("lower(split_part({column}, '-', 1))"),
    }
}

/// A raw statement with `$1`-style parameters, which both databases read.
pub fn statement(
    db: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Statement {
    Statement::from_sql_and_values(db.get_database_backend(), sql, values)
}

/// One number out of a raw question.
pub async fn number(
    db: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<i64, DbErr> {
    let row = db.query_one_raw(statement(db, sql, values)).await?;
    Ok(row
        .map(|row| row.try_get_by_index::<i64>(0))
        .transpose()?
        .unwrap_or(0))
}

/// A column of ids out of a raw question.
pub async fn ids(
    db: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<i64>, DbErr> {
    let rows = db.query_all_raw(statement(db, sql, values)).await?;
    rows.iter()
        .map(|row| row.try_get_by_index::<i64>(0))
        .collect()
}

/// A column of texts out of a raw question.
pub async fn texts(
    db: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<String>, DbErr> {
    let rows = db.query_all_raw(statement(db, sql, values)).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// Runs a raw command; gives the number of rows it touched.
pub async fn run(
    db: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<u64, DbErr> {
    Ok(db
        .execute_raw(statement(db, sql, values))
        .await?
        .rows_affected())
}

/// A truth value in rows that come as JSON: SQLite writes 0 and 1.
pub fn truth<'de, D: Deserializer<'de>>(value: D) -> Result<bool, D::Error> {
    value.deserialize_any(Truth)
}

struct Truth;

impl Visitor<'_> for Truth {
    type Value = bool;

    fn expecting(&self, text: &mut fmt::Formatter) -> fmt::Result {
        text.write_str("a truth value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<bool, E> {
        Ok(value)
    }

    fn visit_u64<E>(self, value: u64) -> Result<bool, E> {
        Ok(value != 0)
    }
}
