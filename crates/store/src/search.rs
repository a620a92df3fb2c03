//! Looking for what is known here: posts by their words, people and tags by the start of their name.

pub mod index;
mod posts;

use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr, EntityTrait, Value};

use crate::{dialect, entity::tag};

pub use posts::{Asked, Condition, candidates, with_patience};

/// Tags that begin so and stand in public posts: others would tell of what was said among few.
pub async fn tags(
    db: &impl ConnectionTrait,
    start: &str,
    limit: u64,
    offset: u64,
) -> Result<Vec<tag::Model>, DbErr> {
    // By their bytes, as SQLite compares: a language's own order would put `é` beside `e`, and a prefix is no span of it.
    let key = match db.get_database_backend() {
        DatabaseBackend::Sqlite => "t.key",
        _ => "t.key COLLATE \"C\"",
    };
    let sql = format!(
        "SELECT t.* FROM tag t WHERE {key} >= $1 AND {key} < $2 AND EXISTS (SELECT 1 FROM post_tag l \
         JOIN post p ON p.id = l.post_id WHERE l.tag_id = t.id AND p.audience = 'public') ORDER BY {key} LIMIT $3 OFFSET $4"
    );
    let end = after(start);
    let params = [
        start.into(),
        end.into(),
        (limit as i64).into(),
        (offset as i64).into(),
    ];
    tag::Entity::find()
        .from_raw_sql(dialect::statement(db, &sql, params))
        .all(db)
        .await
}

/// Who is looked for.
#[derive(Clone, Debug, Default)]
pub struct Sought {
    /// How words of their names begin, without accents; one at least.
    pub starts: Vec<String>,
    /// How the name of their server begins.
    pub server: Option<String>,
    /// This server's own name.
    pub host: String,
    /// Only those whom this account follows.
    pub followed_by: Option<i64>,
}

/// Names that begin as asked and are looked at, of this town and of others: whoever types on gets to the rest.
const NAMES: i64 = 2_000;

/// People of these names: the exact name first, then those of this town.
pub async fn people(
    db: &impl ConnectionTrait,
    sought: &Sought,
    limit: u64,
    offset: u64,
) -> Result<Vec<i64>, DbErr> {
    let mut starts = sought.starts.clone();
    starts.sort_by_key(|start| std::cmp::Reverse(start.chars().count()));
    let Some((first, others)) = starts.split_first() else {
        return Ok(Vec::new());
    };
    let mut params: Vec<Value> = vec![
        first.clone().into(),
        after(first).into(),
        i64::try_from(limit).unwrap_or(i64::MAX).into(),
        i64::try_from(offset).unwrap_or(i64::MAX).into(),
    ];
    let mut param = |value: Value| {
        params.push(value);
        format!("${}", params.len())
    };
    let between = |from: &str, before: &str| format!("n.word >= {from} AND n.word < {before}");
    let near = if let Some(me) = sought.followed_by {
        format!(
            "SELECT f.target_id AS id FROM follow f WHERE f.follower_id = {} AND f.accepted \
             AND EXISTS (SELECT 1 FROM search_name n WHERE n.account_id = f.target_id AND {})",
            param(me.into()),
            between("$1", "$2")
        )
    } else {
        let of = |remote: &str| {
            format!(
                "SELECT id FROM (SELECT n.account_id AS id FROM search_name n WHERE n.remote = {remote} AND {} \
                 ORDER BY n.word LIMIT {NAMES}) {remote}_ones",
                between("$1", "$2")
            )
        };
        format!("{} UNION {}", of("FALSE"), of("TRUE"))
    };
    let mut conditions = vec!["a.kind <> 'application' AND a.suspended_at IS NULL".to_owned()];
    for start in others {
        let (from, before) = (param(start.clone().into()), param(after(start).into()));
        conditions.push(format!(
            "EXISTS (SELECT 1 FROM search_name n WHERE n.account_id = a.id AND {})",
            between(&from, &before)
        ));
    }
    if let Some(server) = &sought.server {
        let pattern = format!("{}%", dialect::literal(server));
        conditions.push(format!(
            "CASE WHEN a.domain = '' THEN {} ELSE a.domain END LIKE {} ESCAPE '\\'",
            param(sought.host.clone().into()),
            param(pattern.into())
        ));
    }
    let sql = format!(
        "WITH near AS MATERIALIZED ({near}) SELECT a.id FROM near JOIN account a ON a.id = near.id \
         WHERE {conditions} \
         ORDER BY CASE WHEN a.name_key = $1 THEN 0 ELSE 1 END, CASE WHEN a.domain = '' THEN 0 ELSE 1 END, a.name_key, a.id \
         LIMIT $3 OFFSET $4",
        conditions = conditions.join(" AND ")
    );
    dialect::ids(db, &sql, params).await
}

/// Where what begins so ends.
fn after(start: &str) -> String {
    format!("{start}\u{10FFFF}")
}

/// Residents who let themselves be found, those who wrote last first, or those who came last.
pub async fn residents(
    db: &impl ConnectionTrait,
    newest: bool,
    limit: u64,
    offset: u64,
) -> Result<Vec<i64>, DbErr> {
    let order = if newest {
        "a.id DESC"
    } else {
        "COALESCE(a.last_post_at, 0) DESC, a.id DESC"
    };
    let sql = format!(
        "SELECT a.id FROM account a WHERE a.domain = '' AND a.discoverable AND a.kind <> 'application' \
         AND a.suspended_at IS NULL ORDER BY {order} LIMIT $1 OFFSET $2"
    );
    let params = [limit, offset].map(|it| i64::try_from(it).unwrap_or(i64::MAX).into());
    dialect::ids(db, &sql, params).await
}
