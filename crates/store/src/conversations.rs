//! Exchanges among few: for each participant of this town, the last message that they may read.

use parvis_model::page::Page;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::{
    audience::{Eyes, visible},
    dialect,
    timelines::{bounds, order},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Conversation {
    pub id: i64,
    pub account_id: i64,
    pub thread_id: i64,
    /// `None` where the last message went with its author.
    pub last_post_id: Option<i64>,
    pub unread: bool,
}

const COLUMNS: &str = "c.id, c.account_id, c.thread_id, c.last_post_id, c.unread";

/// A message came, or went out: begins or goes on with the conversation of its thread.
pub async fn go_on(db: &impl ConnectionTrait, row: Conversation) -> Result<(), DbErr> {
    let sql = "INSERT INTO conversation (id, account_id, thread_id, last_post_id, unread) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (account_id, thread_id) DO UPDATE SET unread = excluded.unread, last_post_id = \
         CASE WHEN conversation.last_post_id > excluded.last_post_id THEN conversation.last_post_id ELSE excluded.last_post_id END";
    let params = [
        row.id.into(),
        row.account_id.into(),
        row.thread_id.into(),
        row.last_post_id.into(),
        row.unread.into(),
    ];
    dialect::run(db, sql, params).await?;
    Ok(())
}

/// The last message first.
pub async fn list(
    db: &impl ConnectionTrait,
    me: i64,
    page: &Page,
) -> Result<Vec<Conversation>, DbErr> {
    let mut params = vec![me.into()];
    let (between, upwards) = bounds(page, "c.last_post_id", &mut params);
    params.push((page.limit as i64).into());
    let sql = format!(
        "SELECT {COLUMNS} FROM conversation c WHERE c.account_id = $1 AND c.last_post_id IS NOT NULL{between} \
         ORDER BY c.last_post_id {} LIMIT ${}",
        order(upwards),
        params.len()
    );
    let mut rows = Conversation::find_by_statement(dialect::statement(db, &sql, params))
        .all(db)
        .await?;
    if upwards {
        rows.reverse();
    }
    Ok(rows)
}

/// Those of these accounts whose last message is this post.
pub async fn ending_with(
    db: &impl ConnectionTrait,
    post: i64,
    accounts: &[i64],
) -> Result<Vec<Conversation>, DbErr> {
    let accounts_listed = dialect::listed(db, 2);
    let sql = format!(
        "SELECT {COLUMNS} FROM conversation c WHERE c.last_post_id = $1 AND c.account_id IN {accounts_listed}"
    );
    let params = [post.into(), dialect::json_list(accounts).into()];
    Conversation::find_by_statement(dialect::statement(db, &sql, params))
        .all(db)
        .await
}

pub async fn by_id(db: &impl ConnectionTrait, id: i64) -> Result<Option<Conversation>, DbErr> {
    let sql = format!("SELECT {COLUMNS} FROM conversation c WHERE c.id = $1");
    Conversation::find_by_statement(dialect::statement(db, &sql, [id.into()]))
        .one(db)
        .await
}

/// A person's conversation in a thread.
pub async fn in_thread(
    db: &impl ConnectionTrait,
    account: i64,
    thread: i64,
) -> Result<Option<Conversation>, DbErr> {
    let sql = format!(
        "SELECT {COLUMNS} FROM conversation c WHERE c.account_id = $1 AND c.thread_id = $2"
    );
    Conversation::find_by_statement(dialect::statement(
        db,
        &sql,
        [account.into(), thread.into()],
    ))
    .one(db)
    .await
}

/// What few say to each other in a thread, as far as the one who looks may read it: ids, the newest first.
pub async fn messages(
    db: &impl ConnectionTrait,
    eyes: Eyes,
    now: i64,
    thread: i64,
    page: &Page,
) -> Result<Vec<i64>, DbErr> {
    let mut params = eyes.params(now);
    params.push(thread.into());
    let (between, upwards) = bounds(page, "p.id", &mut params);
    params.push((page.limit as i64).into());
    let sql = format!(
        "SELECT p.id FROM post p WHERE p.thread_id = $3 AND p.audience = 'direct' AND p.boost_of_id IS NULL AND {}{between} \
         ORDER BY p.id {} LIMIT ${}",
        visible(eyes),
        order(upwards),
        params.len()
    );
    let mut ids = dialect::ids(db, &sql, params).await?;
    if upwards {
        ids.reverse();
    }
    Ok(ids)
}

/// How many conversations hold something unread, of those whose last message is shown to the one who looks; counting stops
/// at `most`.
pub async fn unread(
    db: &impl ConnectionTrait,
    eyes: Eyes,
    now: i64,
    most: u64,
) -> Result<i64, DbErr> {
    let sql = format!(
        "SELECT COUNT(*) FROM (SELECT 1 FROM conversation c JOIN post p ON p.id = c.last_post_id \
         JOIN account a ON a.id = p.author_id WHERE c.account_id = $1 AND c.unread AND a.suspended_at IS NULL \
         AND {} LIMIT $3) x",
        visible(eyes)
    );
    let mut params = eyes.params(now);
    params.push((most as i64).into());
    dialect::number(db, &sql, params).await
}

pub async fn set_unread(db: &impl ConnectionTrait, id: i64, unread: bool) -> Result<(), DbErr> {
    let sql = "UPDATE conversation SET unread = $2 WHERE id = $1";
    dialect::run(db, sql, [id.into(), unread.into()]).await?;
    Ok(())
}

pub async fn delete(db: &impl ConnectionTrait, id: i64) -> Result<(), DbErr> {
    dialect::run(db, "DELETE FROM conversation WHERE id = $1", [id.into()]).await?;
    Ok(())
}

/// These threads turn out to be part of another: of a person's conversations in them, the one with the last message goes on.
pub async fn move_to(db: &impl ConnectionTrait, threads: &[i64], whole: i64) -> Result<(), DbErr> {
    let parts = dialect::listed(db, 1);
    let concerned =
        |table: &str| format!("({table}.thread_id = $2 OR {table}.thread_id IN {parts})");
    let older = format!(
        "DELETE FROM conversation WHERE {} AND EXISTS (SELECT 1 FROM conversation o \
         WHERE o.account_id = conversation.account_id AND {} AND (COALESCE(o.last_post_id, 0), o.id) > \
         (COALESCE(conversation.last_post_id, 0), conversation.id))",
        concerned("conversation"),
        concerned("o"),
    );
    let newest = format!("UPDATE conversation SET thread_id = $2 WHERE thread_id IN {parts}");
    for step in [older, newest] {
        let params = [dialect::json_list(threads).into(), whole.into()];
        dialect::run(db, &step, params).await?;
    }
    Ok(())
}

/// A message is about to go: where it was the last one, the one before is; where there is none, the conversation ends.
pub async fn step_back(db: &impl ConnectionTrait, post: i64) -> Result<(), DbErr> {
    let before = "UPDATE conversation SET last_post_id = (SELECT MAX(p.id) FROM post p \
         WHERE p.thread_id = conversation.thread_id AND p.id <> $1 AND p.audience = 'direct' \
         AND (p.author_id = conversation.account_id OR EXISTS (SELECT 1 FROM mention m \
         WHERE m.post_id = p.id AND m.account_id = conversation.account_id))) WHERE last_post_id = $1";
    let threads = "DELETE FROM conversation WHERE last_post_id IS NULL AND thread_id = (SELECT thread_id FROM post WHERE id = $1)";
    for step in [before, threads] {
        dialect::run(db, step, [post.into()]).await?;
    }
    Ok(())
}
