//! Tags that people follow, and those they show on their page.

use sea_orm::{ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter};

use crate::{dialect, entity::tag};

pub async fn by_key(db: &impl ConnectionTrait, key: &str) -> Result<Option<tag::Model>, DbErr> {
    let sql = "SELECT * FROM tag WHERE key = $1";
    tag::Entity::find()
        .from_raw_sql(dialect::statement(db, sql, [key.into()]))
        .one(db)
        .await
}

pub async fn by_ids(db: &impl ConnectionTrait, ids: &[i64]) -> Result<Vec<tag::Model>, DbErr> {
    tag::Entity::find()
        .filter(dialect::among(db, tag::Column::Id, ids))
        .all(db)
        .await
}

/// The tag of this key; new where nobody used it before.
pub async fn known(db: &impl ConnectionTrait, fresh: tag::Model) -> Result<tag::Model, DbErr> {
    let key = fresh.key.clone();
    let sql = "INSERT INTO tag (id, key, name) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    let params = [fresh.id.into(), fresh.key.into(), fresh.name.into()];
    dialect::run(db, sql, params).await?;
    let gone = || DbErr::RecordNotFound("a tag that was just written".into());
    by_key(db, &key).await?.ok_or_else(gone)
}

/// Which of two ties between an account and a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tie {
    Followed,
    Featured,
}

impl Tie {
    fn table(self) -> &'static str {
        match self {
            Self::Followed => "tag_follow",
            Self::Featured => "featured_tag",
        }
    }
}

/// Nothing happens where it stands already.
pub async fn tie(
    db: &impl ConnectionTrait,
    tie: Tie,
    id: i64,
    me: i64,
    tag: i64,
    now: i64,
) -> Result<(), DbErr> {
    let sql = format!(
        "INSERT INTO {} (id, account_id, tag_id, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        tie.table()
    );
    let params = [id.into(), me.into(), tag.into(), now.into()];
    dialect::run(db, &sql, params).await?;
    Ok(())
}

pub async fn untie(db: &impl ConnectionTrait, tie: Tie, me: i64, tag: i64) -> Result<(), DbErr> {
    let sql = format!(
        "DELETE FROM {} WHERE account_id = $1 AND tag_id = $2",
        tie.table()
    );
    dialect::run(db, &sql, [me.into(), tag.into()]).await?;
    Ok(())
}

pub async fn is_tied(
    db: &impl ConnectionTrait,
    tie: Tie,
    me: i64,
    tag: i64,
) -> Result<bool, DbErr> {
    let sql = format!(
        "SELECT COUNT(*) FROM {} WHERE account_id = $1 AND tag_id = $2",
        tie.table()
    );
    Ok(dialect::number(db, &sql, [me.into(), tag.into()]).await? > 0)
}

/// Which of these posts carry a tag that somebody follows, by authors whom they do not: post and name of the tag.
pub async fn bringing(
    db: &impl ConnectionTrait,
    me: i64,
    posts: &[i64],
) -> Result<Vec<(i64, String)>, DbErr> {
    let sql = format!(
        "SELECT t.post_id, g.name FROM post_tag t JOIN tag_follow f ON f.tag_id = t.tag_id AND f.account_id = $1 \
         JOIN tag g ON g.id = t.tag_id JOIN post p ON p.id = t.post_id \
         WHERE t.post_id IN {} AND p.author_id <> $1 AND NOT EXISTS (SELECT 1 FROM follow w WHERE w.follower_id = $1 \
         AND w.target_id = p.author_id AND w.accepted) ORDER BY t.post_id, g.key",
        dialect::listed(db, 2)
    );
    let params = [me.into(), dialect::json_list(posts).into()];
    let rows = db
        .query_all_raw(dialect::statement(db, &sql, params))
        .await?;
    rows.iter()
        .map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
        .collect()
}

pub async fn count(db: &impl ConnectionTrait, tie: Tie, me: i64) -> Result<i64, DbErr> {
    let sql = format!("SELECT COUNT(*) FROM {} WHERE account_id = $1", tie.table());
    dialect::number(db, &sql, [me.into()]).await
}

/// A tag on somebody's page, and how often they used it where everyone may read it.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Featured {
    pub id: i64,
    pub tag_id: i64,
    pub name: String,
    pub posts: i64,
    pub last_at: Option<i64>,
}

/// The first shown first. The newest 1,000 posts of the account are counted.
pub async fn featured(db: &impl ConnectionTrait, account: i64) -> Result<Vec<Featured>, DbErr> {
    let used = "FROM (SELECT id, audience, created_at FROM post WHERE author_id = $1 ORDER BY id DESC LIMIT 1000) p \
         JOIN post_tag t ON t.post_id = p.id AND t.tag_id = f.tag_id WHERE p.audience IN ('public', 'unlisted')";
    let sql = format!(
        "SELECT f.id, f.tag_id, g.name, (SELECT COUNT(*) {used}) AS posts, (SELECT MAX(p.created_at) {used}) AS last_at \
         FROM featured_tag f JOIN tag g ON g.id = f.tag_id WHERE f.account_id = $1 ORDER BY f.id"
    );
    Featured::find_by_statement(dialect::statement(db, &sql, [account.into()]))
        .all(db)
        .await
}

/// What somebody used last in posts that everyone may read, and does not show yet.
pub async fn used_by(
    db: &impl ConnectionTrait,
    account: i64,
    limit: u64,
) -> Result<Vec<tag::Model>, DbErr> {
    let sql = "SELECT g.* FROM tag g JOIN (SELECT t.tag_id, COUNT(*) AS uses FROM \
         (SELECT id FROM post WHERE author_id = $1 AND audience IN ('public', 'unlisted') ORDER BY id DESC LIMIT 200) p \
         JOIN post_tag t ON t.post_id = p.id GROUP BY t.tag_id) u ON u.tag_id = g.id \
         WHERE NOT EXISTS (SELECT 1 FROM featured_tag f WHERE f.account_id = $1 AND f.tag_id = g.id) \
         ORDER BY u.uses DESC, g.key LIMIT $2";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    tag::Entity::find()
        .from_raw_sql(dialect::statement(db, sql, [account.into(), limit.into()]))
        .all(db)
        .await
}
