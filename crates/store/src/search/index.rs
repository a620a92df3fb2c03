//! The index of words, and what waits to be taken in: triggers write that down (see the migration), `town::search` takes it in.
//! Knows terms alone: what they stand for is the town's.

use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr, FromQueryResult};

use crate::dialect;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Post,
    Account,
}

impl Kind {
    fn number(self) -> i32 {
        match self {
            Self::Post => 0,
            Self::Account => 1,
        }
    }
}

/// What is to be taken in, as it was when this was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Waiting {
    pub id: i64,
    pub stamp: i64,
}

/// The newest first. `fresh`: only what happened now, not what was there before there was an index.
pub async fn waiting(
    db: &impl ConnectionTrait,
    kind: Kind,
    fresh: bool,
    limit: u64,
) -> Result<Vec<Waiting>, DbErr> {
    let fresh = if fresh { " AND fresh" } else { "" };
    let sql = format!(
        "SELECT id, stamp FROM search_waiting WHERE kind = $1{fresh} ORDER BY id DESC LIMIT $2"
    );
    let params = [kind.number().into(), (limit as i64).into()];
    Waiting::find_by_statement(dialect::statement(db, &sql, params))
        .all(db)
        .await
}

/// Takes off what has not moved since it was read; only that may be taken in. What somebody holds just now stays for later.
pub async fn take_off(
    db: &impl ConnectionTrait,
    kind: Kind,
    waiting: &[Waiting],
) -> Result<Vec<i64>, DbErr> {
    let these = format!(
        "SELECT s.id FROM {} search_waiting s ON s.kind = $1 AND s.id = read.a AND s.stamp = read.b",
        dialect::each_pair(db, 2, "read")
    );
    let sql = match db.get_database_backend() {
        DatabaseBackend::Sqlite => {
            format!("DELETE FROM search_waiting WHERE kind = $1 AND id IN ({these}) RETURNING id")
        }
        _ => format!(
            "DELETE FROM search_waiting w USING ({these} ORDER BY s.id FOR UPDATE OF s SKIP LOCKED) free \
             WHERE w.kind = $1 AND w.id = free.id RETURNING w.id"
        ),
    };
    let read: Vec<(i64, i64)> = waiting.iter().map(|row| (row.id, row.stamp)).collect();
    dialect::ids(db, &sql, [kind.number().into(), as_json(&read)?.into()]).await
}

/// Is there somebody all of whose posts are to be taken in again?
pub async fn any_author(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let sql = "SELECT account_id FROM search_author LIMIT 1";
    Ok(!dialect::ids(db, sql, []).await?.is_empty())
}

/// Puts down the next posts of such an author, the newest first.
pub async fn walk_author(db: &impl ConnectionTrait, limit: u64) -> Result<(), DbErr> {
    let alone = match db.get_database_backend() {
        DatabaseBackend::Sqlite => "",
        _ => "FOR UPDATE SKIP LOCKED",
    };
    let next =
        format!("SELECT account_id, upto FROM search_author ORDER BY account_id LIMIT 1 {alone}");
    let Some(row) = db.query_one_raw(dialect::statement(db, &next, [])).await? else {
        return Ok(());
    };
    let (author, upto): (i64, i64) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
    let older = "SELECT id FROM post WHERE author_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    let params = [author.into(), upto.into(), (limit as i64).into()];
    let ids = dialect::ids(db, older, params).await?;
    // Also what waits already: it may be read and not written yet.
    let wait = format!(
        "INSERT INTO search_waiting (kind, id, fresh) SELECT 0, p.id, FALSE FROM post p WHERE p.id IN {} \
         AND p.boost_of_id IS NULL ORDER BY p.id ON CONFLICT (kind, id) DO UPDATE SET stamp = excluded.stamp",
        dialect::listed(db, 1)
    );
    dialect::run(db, &wait, [dialect::json_list(&ids).into()]).await?;
    match ids.last() {
        Some(last) if ids.len() as u64 == limit => {
            let sql = "UPDATE search_author SET upto = $2 WHERE account_id = $1";
            dialect::run(db, sql, [author.into(), (*last).into()]).await?;
        }
        _ => {
            let sql = "DELETE FROM search_author WHERE account_id = $1";
            dialect::run(db, sql, [author.into()]).await?;
        }
    }
    Ok(())
}

/// Writes by which terms, in one line, posts are found; those without any are found no more.
pub async fn put_posts(db: &impl ConnectionTrait, posts: &[(i64, String)]) -> Result<(), DbErr> {
    let (found, hidden): (Vec<_>, Vec<_>) = posts.iter().partition(|(_, terms)| !terms.is_empty());
    if !hidden.is_empty() {
        let key = match db.get_database_backend() {
            DatabaseBackend::Sqlite => "rowid",
            _ => "post_id",
        };
        let ids: Vec<i64> = hidden.iter().map(|(id, _)| *id).collect();
        let sql = format!(
            "DELETE FROM search_post WHERE {key} IN {}",
            dialect::listed(db, 1)
        );
        dialect::run(db, &sql, [dialect::json_list(&ids).into()]).await?;
    }
    if found.is_empty() {
        return Ok(());
    }
    // In order of ids: otherwise the index would write a piece of its own for each.
    let sql = match db.get_database_backend() {
        DatabaseBackend::Sqlite => {
            "REPLACE INTO search_post (rowid, terms) SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') \
             FROM json_each($1) ORDER BY 1"
        }
        _ => {
            "INSERT INTO search_post (post_id, terms) SELECT CAST(value->>0 AS BIGINT), array_to_tsvector(string_to_array(value->>1, ' ')) \
             FROM json_array_elements($1::json) ON CONFLICT (post_id) DO UPDATE SET terms = excluded.terms"
        }
    };
    dialect::run(db, sql, [as_json(&found)?.into()]).await?;
    Ok(())
}

/// Writes under which words people are found.
pub async fn put_names(
    db: &impl ConnectionTrait,
    people: &[(i64, Vec<String>)],
) -> Result<(), DbErr> {
    let ids: Vec<i64> = people.iter().map(|(id, _)| *id).collect();
    let sql = format!(
        "DELETE FROM search_name WHERE account_id IN {}",
        dialect::listed(db, 1)
    );
    dialect::run(db, &sql, [dialect::json_list(&ids).into()]).await?;
    let pairs: Vec<(i64, &String)> = people
        .iter()
        .flat_map(|(id, words)| words.iter().map(|word| (*id, word)))
        .collect();
    let given = match db.get_database_backend() {
        DatabaseBackend::Sqlite => {
            "SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS word FROM json_each($1)"
        }
        _ => {
            "SELECT CAST(value->>0 AS BIGINT) AS id, value->>1 AS word FROM json_array_elements($1::json)"
        }
    };
    let sql = format!(
        "INSERT INTO search_name (remote, word, account_id) SELECT a.domain <> '', given.word, a.id \
         FROM ({given}) given JOIN account a ON a.id = given.id WHERE a.kind <> 'application' ON CONFLICT DO NOTHING"
    );
    dialect::run(db, &sql, [as_json(&pairs)?.into()]).await?;
    Ok(())
}

fn as_json(rows: &impl serde::Serialize) -> Result<String, DbErr> {
    serde_json::to_string(rows).map_err(|err| DbErr::Json(err.to_string()))
}

/// What a post is found by.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Source {
    pub id: i64,
    pub author_id: i64,
    pub local: bool,
    pub audience: String,
    pub title: Option<String>,
    pub summary: String,
    pub html: String,
    pub sensitive: bool,
    pub language: Option<String>,
    pub tags: String,
    pub answers: bool,
    pub has_media: bool,
    pub has_poll: bool,
    pub has_quote: bool,
    /// Its author lets posts be found.
    pub indexable: bool,
    /// Its author is: then nobody finds it.
    pub suspended: bool,
}

pub async fn sources(db: &impl ConnectionTrait, ids: &[i64]) -> Result<Vec<Source>, DbErr> {
    let sql = format!(
        "SELECT p.id, p.author_id, p.local, p.audience, p.title, p.summary, p.html, p.sensitive, p.language, p.tags, \
         p.reply_to_uri IS NOT NULL AS answers, p.has_media, p.has_poll, p.has_quote, a.indexable, \
         a.suspended_at IS NOT NULL AS suspended \
         FROM post p JOIN account a ON a.id = p.author_id WHERE p.id IN {} AND p.boost_of_id IS NULL",
        dialect::listed(db, 1)
    );
    let params = [dialect::json_list(ids).into()];
    Source::find_by_statement(dialect::statement(db, &sql, params))
        .all(db)
        .await
}

/// Who has to do with a post.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub struct Tie {
    pub post_id: i64,
    pub account_id: i64,
    /// A resident: they find it.
    pub finds: bool,
    /// They are named in it.
    pub named: bool,
}

pub async fn ties(db: &impl ConnectionTrait, ids: &[i64]) -> Result<Vec<Tie>, DbErr> {
    let list = dialect::listed(db, 1);
    let of_residents = |table: &str| {
        format!(
            "SELECT t.post_id, t.account_id, TRUE, FALSE FROM {table} t JOIN account a ON a.id = t.account_id \
             WHERE t.post_id IN {list} AND a.domain = ''"
        )
    };
    let sql = format!(
        "SELECT m.post_id AS post_id, m.account_id AS account_id, a.domain = '' AS finds, TRUE AS named FROM mention m \
         JOIN account a ON a.id = m.account_id WHERE m.post_id IN {list} \
         UNION ALL {favourites} UNION ALL {bookmarks} UNION ALL {votes} \
         UNION ALL SELECT b.boost_of_id, b.author_id, TRUE, FALSE FROM post b WHERE b.boost_of_id IN {list} AND b.local",
        favourites = of_residents("favourite"),
        bookmarks = of_residents("bookmark"),
        votes = of_residents("poll_vote"),
    );
    let params = [dialect::json_list(ids).into()];
    Tie::find_by_statement(dialect::statement(db, &sql, params))
        .all(db)
        .await
}

/// What hangs on a post and has words of its own.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Hanging {
    pub post_id: i64,
    /// Of a file; nothing for what is to be chosen in a poll.
    pub mime: Option<String>,
    pub text: String,
}

pub async fn hanging(db: &impl ConnectionTrait, ids: &[i64]) -> Result<Vec<Hanging>, DbErr> {
    let list = dialect::listed(db, 1);
    let sql = format!(
        "SELECT m.post_id AS post_id, m.mime AS mime, m.description AS text FROM media m WHERE m.post_id IN {list} \
         UNION ALL SELECT o.post_id, NULL, o.title FROM poll_option o WHERE o.post_id IN {list}"
    );
    let params = [dialect::json_list(ids).into()];
    Hanging::find_by_statement(dialect::statement(db, &sql, params))
        .all(db)
        .await
}

/// An account's names.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Names {
    pub id: i64,
    pub name_key: String,
    pub display_name: String,
}

pub async fn names(db: &impl ConnectionTrait, ids: &[i64]) -> Result<Vec<Names>, DbErr> {
    let sql = format!(
        "SELECT id, name_key, display_name FROM account WHERE id IN {}",
        dialect::listed(db, 1)
    );
    let params = [dialect::json_list(ids).into()];
    Names::find_by_statement(dialect::statement(db, &sql, params))
        .all(db)
        .await
}
