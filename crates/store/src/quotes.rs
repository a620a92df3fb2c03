//! Quotes and the consents given to them.

use parvis_model::page::Page;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult,
    IntoActiveModel, QueryFilter, QueryOrder, QueryResult,
};

use crate::{
    audience::{Eyes, of_open_server, unblocked, visible},
    dialect,
    entity::{quote, quote_stamp},
    timelines::paged,
};

pub async fn insert(db: &impl ConnectionTrait, row: quote::Model) -> Result<(), DbErr> {
    quote::Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await?;
    Ok(())
}

pub async fn update(db: &impl ConnectionTrait, row: quote::Model) -> Result<(), DbErr> {
    row.into_active_model().reset_all().update(db).await?;
    Ok(())
}

pub async fn delete(db: &impl ConnectionTrait, post: i64) -> Result<(), DbErr> {
    quote::Entity::delete_by_id(post).exec(db).await?;
    Ok(())
}

/// What a post quotes.
pub async fn by_post(db: &impl ConnectionTrait, post: i64) -> Result<Option<quote::Model>, DbErr> {
    quote::Entity::find_by_id(post).one(db).await
}

/// How whoever looks keeps the author of what is quoted away from themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Away {
    Blocked,
    /// All of their server.
    BlockedServer,
    Muted,
}

impl Away {
    /// Beside the row of the quote `q`, a number: how `$1` keeps its author away at the moment `$2`. Whoever sees the post that
    /// quotes sees what its author quotes of themselves with it, unless they are blocked.
    fn column() -> String {
        let author = "q.quoted_author_id";
        format!(
            "CASE WHEN EXISTS (SELECT 1 FROM block b WHERE b.account_id = $1 AND b.target_id = {author}) THEN 1 \
             WHEN {author} = (SELECT w.author_id FROM post w WHERE w.id = q.post_id) THEN 0 \
             WHEN NOT {open} THEN 2 \
             WHEN EXISTS (SELECT 1 FROM mute u WHERE u.account_id = $1 AND u.target_id = {author} \
             AND (u.until IS NULL OR u.until > $2)) THEN 3 ELSE 0 END AS away",
            open = of_open_server(author)
        )
    }

    fn read(row: &QueryResult) -> Result<Option<Self>, DbErr> {
        Ok(match row.try_get::<i32>("", "away")? {
            1 => Some(Self::Blocked),
            2 => Some(Self::BlockedServer),
            3 => Some(Self::Muted),
            _ => None,
        })
    }
}

/// What these posts quote, each as these eyes look at who wrote that.
pub async fn of_posts(
    db: &impl ConnectionTrait,
    eyes: Eyes,
    now: i64,
    posts: &[i64],
) -> Result<Vec<(quote::Model, Option<Away>)>, DbErr> {
    if posts.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT q.*, {} FROM quote q WHERE q.post_id IN {}",
        Away::column(),
        dialect::listed(db, 3)
    );
    let rows = asked(db, &sql, eyes, now, posts).await?;
    rows.iter()
        .map(|row| Ok((quote::Model::from_query_result(row, "")?, Away::read(row)?)))
        .collect()
}

/// `sql`: its first two parameters are whose eyes see what when, its third the posts.
async fn asked(
    db: &impl ConnectionTrait,
    sql: &str,
    eyes: Eyes,
    now: i64,
    posts: &[i64],
) -> Result<Vec<QueryResult>, DbErr> {
    let mut params = eyes.params(now);
    params.push(dialect::json_list(posts).into());
    db.query_all_raw(dialect::statement(db, sql, params)).await
}

/// The quote of a post that is itself quoted.
#[derive(Clone, Debug)]
pub struct Inner {
    pub post: i64,
    pub state: String,
    /// What it quoted is not here any more.
    pub gone: bool,
    /// What it quotes, where these eyes may see it.
    pub seen: Option<i64>,
    pub away: Option<Away>,
}

/// What these posts quote, without its rows.
pub async fn inner(
    db: &impl ConnectionTrait,
    eyes: Eyes,
    now: i64,
    posts: &[i64],
) -> Result<Vec<Inner>, DbErr> {
    if posts.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT q.post_id, q.state, q.quoted_id, \
         (SELECT p.id FROM post p JOIN account a ON a.id = p.author_id \
         WHERE p.id = q.quoted_id AND a.suspended_at IS NULL AND {}), {} \
         FROM quote q WHERE q.post_id IN {}",
        visible(eyes),
        Away::column(),
        dialect::listed(db, 3)
    );
    let rows = asked(db, &sql, eyes, now, posts).await?;
    let inner = |row: &QueryResult| -> Result<Inner, DbErr> {
        Ok(Inner {
            post: row.try_get_by_index(0)?,
            state: row.try_get_by_index(1)?,
            gone: row.try_get_by_index::<Option<i64>>(2)?.is_none(),
            seen: row.try_get_by_index(3)?,
            away: Away::read(row)?,
        })
    };
    rows.iter().map(inner).collect()
}

/// All that show the same stamp, of which one at most is honest.
pub async fn by_stamp(db: &impl ConnectionTrait, uri: &str) -> Result<Vec<quote::Model>, DbErr> {
    quote::Entity::find()
        .filter(quote::Column::StampUri.eq(uri))
        .order_by_asc(quote::Column::PostId)
        .all(db)
        .await
}

/// Posts of this town that quote a post with its author's consent: each with its author.
pub async fn quoters_here(
    db: &impl ConnectionTrait,
    quoted: i64,
) -> Result<Vec<(i64, i64)>, DbErr> {
    let sql = "SELECT p.id, p.author_id FROM quote q JOIN post p ON p.id = q.post_id \
         WHERE q.quoted_id = $1 AND q.state = 'accepted' AND p.local ORDER BY p.id";
    let rows = db
        .query_all_raw(dialect::statement(db, sql, [quoted.into()]))
        .await?;
    let pair = |row: &QueryResult| -> Result<(i64, i64), DbErr> {
        Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))
    };
    rows.iter().map(pair).collect()
}

/// Posts that quote one with its author's consent, as far as these eyes may see them.
pub async fn of_quoted(
    db: &impl ConnectionTrait,
    eyes: Eyes,
    now: i64,
    quoted: i64,
    page: &Page,
) -> Result<Vec<i64>, DbErr> {
    let mut params = eyes.params(now);
    params.push(quoted.into());
    let from = format!(
        "quote q JOIN post p ON p.id = q.post_id WHERE q.quoted_id = $3 AND q.state = 'accepted' AND {} AND {}",
        visible(eyes),
        unblocked("p.author_id")
    );
    paged(db, &from, "p.id", page, params).await
}

pub async fn insert_stamp(db: &impl ConnectionTrait, row: quote_stamp::Model) -> Result<(), DbErr> {
    quote_stamp::Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await?;
    Ok(())
}

pub async fn stamp(
    db: &impl ConnectionTrait,
    id: i64,
) -> Result<Option<quote_stamp::Model>, DbErr> {
    quote_stamp::Entity::find_by_id(id).one(db).await
}

/// The stamp for what is at one address and quotes a post, answers it, likes it or passes it on; also one taken back.
pub async fn stamp_for(
    db: &impl ConnectionTrait,
    quoted: i64,
    quoting: &str,
    kind: &str,
) -> Result<Option<quote_stamp::Model>, DbErr> {
    quote_stamp::Entity::find()
        .filter(quote_stamp::Column::QuotedId.eq(quoted))
        .filter(quote_stamp::Column::QuotingUri.eq(quoting))
        .filter(quote_stamp::Column::Kind.eq(kind))
        .one(db)
        .await
}

/// The stamp of one kind that somebody has for a post.
pub async fn stamp_to(
    db: &impl ConnectionTrait,
    quoted: i64,
    quoter: i64,
    kind: &str,
) -> Result<Option<i64>, DbErr> {
    let sql = "SELECT id FROM quote_stamp WHERE quoter_id = $1 AND quoted_id = $2 AND kind = $3 ORDER BY id LIMIT 1";
    let stamps = dialect::ids(db, sql, [quoter.into(), quoted.into(), kind.into()]).await?;
    Ok(stamps.first().copied())
}

/// What a stamp is for has another address now.
pub async fn set_stamped(db: &impl ConnectionTrait, id: i64, uri: &str) -> Result<(), DbErr> {
    let sql = "UPDATE quote_stamp SET quoting_uri = $2 WHERE id = $1";
    dialect::run(db, sql, [id.into(), uri.into()]).await?;
    Ok(())
}

/// Whom a consent was given.
pub async fn give_stamp(db: &impl ConnectionTrait, id: i64, quoter: i64) -> Result<(), DbErr> {
    let sql = "UPDATE quote_stamp SET quoter_id = $2 WHERE id = $1";
    dialect::run(db, sql, [id.into(), quoter.into()]).await?;
    Ok(())
}

pub async fn revoke_stamp(db: &impl ConnectionTrait, id: i64, now: i64) -> Result<(), DbErr> {
    let sql = "UPDATE quote_stamp SET revoked_at = $2 WHERE id = $1";
    dialect::run(db, sql, [id.into(), now.into()]).await?;
    Ok(())
}

/// Writes down that a post quotes another, or does so no more.
pub async fn mark(db: &impl ConnectionTrait, post: i64, quotes: bool) -> Result<(), DbErr> {
    let sql = "UPDATE post SET has_quote = $2 WHERE id = $1";
    dialect::run(db, sql, [post.into(), quotes.into()]).await?;
    Ok(())
}

/// Who may do what with a post, in the form of `model::policy`.
pub async fn set_policy(
    db: &impl ConnectionTrait,
    post: i64,
    policy: Option<String>,
) -> Result<(), DbErr> {
    let sql = "UPDATE post SET policy = $2 WHERE id = $1";
    dialect::run(db, sql, [post.into(), policy.into()]).await?;
    Ok(())
}
