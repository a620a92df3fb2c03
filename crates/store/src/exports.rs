//! What a resident takes along, a piece at a time and the oldest first: lists of people and servers, own posts.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::dialect;

/// One line of a list, whichever; what a list does not tell is empty.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Line {
    /// Of the line itself, to go on behind it.
    pub id: i64,
    /// Of the account or the post.
    pub of: i64,
    /// Name of the account.
    pub name: String,
    /// Its server, empty for this town; or the server that is meant.
    pub domain: String,
    /// Title of the list, address of the post, or in which languages somebody is read, with blanks between.
    pub text: String,
    /// Boosts are shown; or notices are hidden.
    pub mark: bool,
    /// Each new post is told.
    pub notify: bool,
}

pub async fn following(db: &impl ConnectionTrait, me: i64, after: i64, limit: i64) -> Lines {
    let sql = "SELECT f.id, a.id AS of, a.name, a.domain, COALESCE(f.languages, '') AS text, f.show_boosts AS mark, f.notify FROM follow f \
               JOIN account a ON a.id = f.target_id WHERE f.follower_id = $1 AND f.accepted AND f.id > $2 ORDER BY f.id LIMIT $3";
    lines(db, sql, me, after, limit).await
}

pub async fn blocked(db: &impl ConnectionTrait, me: i64, after: i64, limit: i64) -> Lines {
    let sql = "SELECT b.id, a.id AS of, a.name, a.domain, '' AS text, FALSE AS mark, FALSE AS notify FROM block b \
               JOIN account a ON a.id = b.target_id WHERE b.account_id = $1 AND b.id > $2 ORDER BY b.id LIMIT $3";
    lines(db, sql, me, after, limit).await
}

/// Those without an end: others will be over before they are of use elsewhere.
pub async fn muted(db: &impl ConnectionTrait, me: i64, after: i64, limit: i64) -> Lines {
    let sql = "SELECT m.id, a.id AS of, a.name, a.domain, '' AS text, m.notifications AS mark, FALSE AS notify FROM mute m \
               JOIN account a ON a.id = m.target_id WHERE m.account_id = $1 AND m.until IS NULL AND m.id > $2 ORDER BY m.id LIMIT $3";
    lines(db, sql, me, after, limit).await
}

pub async fn servers(db: &impl ConnectionTrait, me: i64, after: i64, limit: i64) -> Lines {
    let sql = "SELECT d.id, d.id AS of, '' AS name, d.domain, '' AS text, FALSE AS mark, FALSE AS notify FROM domain_block d \
               WHERE d.account_id = $1 AND d.id > $2 ORDER BY d.id LIMIT $3";
    lines(db, sql, me, after, limit).await
}

pub async fn listed(db: &impl ConnectionTrait, me: i64, after: i64, limit: i64) -> Lines {
    let sql = "SELECT m.id, a.id AS of, a.name, a.domain, l.title AS text, FALSE AS mark, FALSE AS notify FROM people_list l \
               JOIN list_member m ON m.list_id = l.id JOIN account a ON a.id = m.target_id \
               WHERE l.account_id = $1 AND m.id > $2 ORDER BY m.id LIMIT $3";
    lines(db, sql, me, after, limit).await
}

pub async fn bookmarked(db: &impl ConnectionTrait, me: i64, after: i64, limit: i64) -> Lines {
    let sql = "SELECT b.id, p.id AS of, '' AS name, '' AS domain, p.uri AS text, FALSE AS mark, FALSE AS notify FROM bookmark b \
               JOIN post p ON p.id = b.post_id WHERE b.account_id = $1 AND b.id > $2 ORDER BY b.id LIMIT $3";
    lines(db, sql, me, after, limit).await
}

pub type Lines = Result<Vec<Line>, DbErr>;

async fn lines(db: &impl ConnectionTrait, sql: &str, me: i64, after: i64, limit: i64) -> Lines {
    let params = [me.into(), after.into(), limit.into()];
    Line::find_by_statement(dialect::statement(db, sql, params))
        .all(db)
        .await
}

/// Own posts and boosts.
pub async fn posts(
    db: &impl ConnectionTrait,
    me: i64,
    after: i64,
    limit: i64,
) -> Result<Vec<i64>, DbErr> {
    let sql = "SELECT id FROM post WHERE author_id = $1 AND id > $2 ORDER BY id LIMIT $3";
    dialect::ids(db, sql, [me.into(), after.into(), limit.into()]).await
}
