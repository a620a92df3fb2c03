//! Posts by their terms, newest first. The index gives candidates; whether somebody may find one is looked at in the rows.

use std::fmt::Write;

use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr};

use crate::{
    audience::{Eyes, unmuted, visible},
    dialect,
};

/// Milliseconds for one question.
const PATIENCE: u32 = 5_000;

/// What must be, or must not be, all together: for each place one of the terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    pub not: bool,
    pub all: Vec<Vec<String>>,
}

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// At least one must hold that is not a `not`.
    pub conditions: Vec<Condition>,
    /// The first id, and the one after the last.
    pub between: (i64, i64),
    /// Is what one has to do with looked for?
    pub library: bool,
    /// Are posts of people who let theirs be found?
    pub open: bool,
}

/// To be called inside a snapshot, before [`candidates`]: PostgreSQL then makes its plan for the very words and not for any, and
/// gives up where that takes too long. SQLite goes through its index in order anyway.
pub async fn with_patience(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    if db.get_database_backend() == DatabaseBackend::Sqlite {
        return Ok(());
    }
    let settings = format!(
        "SET LOCAL plan_cache_mode = force_custom_plan; SET LOCAL statement_timeout = {PATIENCE}"
    );
    db.execute_unprepared(&settings).await?;
    Ok(())
}

/// The newest ids that the index gives, and whether these eyes may find each.
pub async fn candidates(
    db: &impl ConnectionTrait,
    eyes: Eyes,
    now: i64,
    asked: &Asked,
    limit: u64,
) -> Result<Vec<(i64, bool)>, DbErr> {
    let (index, question) = match db.get_database_backend() {
        DatabaseBackend::Sqlite => (
            "SELECT rowid AS id FROM search_post WHERE search_post MATCH $3 AND rowid >= $4 AND rowid < $5 \
             ORDER BY rowid DESC LIMIT $6",
            for_sqlite(&asked.conditions),
        ),
        _ => (
            "SELECT post_id AS id FROM search_post WHERE terms @@ $3::tsquery AND post_id >= $4 AND post_id < $5 \
             ORDER BY post_id DESC LIMIT $6",
            for_postgres(&asked.conditions),
        ),
    };
    let sql = format!(
        "WITH found AS MATERIALIZED ({index}) \
         SELECT found.id, CASE WHEN a.suspended_at IS NULL AND p.boost_of_id IS NULL AND {visible} AND {unmuted} \
         AND ({sort}) THEN 1 ELSE 0 END \
         FROM found LEFT JOIN post p ON p.id = found.id LEFT JOIN account a ON a.id = p.author_id ORDER BY found.id DESC",
        visible = visible(eyes),
        unmuted = unmuted("p.author_id"),
        sort = sort(eyes, asked),
    );
    let mut params = eyes.params(now);
    params.extend([
        question.into(),
        asked.between.0.into(),
        asked.between.1.into(),
        (limit as i64).into(),
    ]);
    let rows = db
        .query_all_raw(dialect::statement(db, &sql, params))
        .await?;
    rows.iter()
        .map(|row| {
            Ok((
                row.try_get_by_index(0)?,
                row.try_get_by_index::<i32>(1)? == 1,
            ))
        })
        .collect()
}

/// What the author wants, or what one has to do with.
fn sort(eyes: Eyes, asked: &Asked) -> String {
    let mut sorts = vec!["1 = 0".to_owned()];
    if asked.open {
        let audiences = if eyes.resident {
            "'public', 'town', 'neighbours'"
        } else {
            "'public'"
        };
        sorts.push(format!("(a.indexable AND p.audience IN ({audiences}))"));
    }
    if asked.library {
        let with = |table: &str| {
            format!("EXISTS (SELECT 1 FROM {table} l WHERE l.post_id = p.id AND l.account_id = $1)")
        };
        sorts.push("p.author_id = $1".into());
        sorts.extend(["mention", "favourite", "bookmark", "poll_vote"].map(with));
        sorts.push(
            "EXISTS (SELECT 1 FROM post l WHERE l.boost_of_id = p.id AND l.author_id = $1)".into(),
        );
    }
    sorts.join(" OR ")
}

/// Every term in quotes: nothing in it is read as a sign of the language.
fn for_sqlite(conditions: &[Condition]) -> String {
    let term = |term: &str| format!("\"{}\"", term.replace('"', "\"\""));
    let group = |condition: &Condition| joined(condition, term, " OR ", " AND ");
    let (not, all): (Vec<_>, Vec<_>) = conditions.iter().partition(|condition| condition.not);
    let all: Vec<String> = all.into_iter().map(group).collect();
    let mut question = format!("({})", all.join(" AND "));
    if !not.is_empty() {
        let not: Vec<String> = not.into_iter().map(group).collect();
        let _ = write!(question, " NOT ({})", not.join(" OR "));
    }
    question
}

fn for_postgres(conditions: &[Condition]) -> String {
    let term = |term: &str| format!("'{}'", term.replace('\\', r"\\").replace('\'', "''"));
    let groups: Vec<String> = conditions
        .iter()
        .map(|condition| {
            let group = joined(condition, term, " | ", " & ");
            if condition.not {
                format!("!{group}")
            } else {
                group
            }
        })
        .collect();
    groups.join(" & ")
}

fn joined(condition: &Condition, term: impl Fn(&str) -> String, or: &str, and: &str) -> String {
    let all: Vec<String> = condition
        .all
        .iter()
        .map(|any| {
            let any: Vec<String> = any.iter().map(|it| term(it)).collect();
            format!("({})", any.join(or))
        })
        .collect();
    format!("({})", all.join(and))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(not: bool, all: &[&[&str]]) -> Condition {
        let owned = |any: &&[&str]| any.iter().map(|&it| it.to_owned()).collect();
        Condition {
            not,
            all: all.iter().map(owned).collect(),
        }
    }

    #[test]
    fn each_database_is_asked_in_its_own_words() {
        let conditions = [
            condition(false, &[&[":p", ":s1"]]),
            condition(false, &[&["pain", "~pain"], &["bon"]]),
            condition(true, &[&["x\"y'z\\"]]),
        ];
        assert_eq!(
            for_sqlite(&conditions),
            r#"(((":p" OR ":s1")) AND (("pain" OR "~pain") AND ("bon"))) NOT ((("x""y'z\")))"#
        );
        assert_eq!(
            for_postgres(&conditions),
            r#"((':p' | ':s1')) & (('pain' | '~pain') & ('bon')) & !(('x"y''z\\'))"#
        );
    }
}
