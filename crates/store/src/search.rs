//! Looking for posts by a word. People and tags are found by the start of their name.

use sea_orm::{ConnectionTrait, DbErr, EntityTrait};

use crate::{
    audience::{Eyes, visible},
    dialect,
    entity::tag,
};

/// Posts that contain `words` among the town's newest, but not those that only their link should lead to; a proper index comes with full-text search.
pub async fn posts(
    db: &impl ConnectionTrait,
    eyes: Eyes,
    now: i64,
    words: &str,
    limit: u64,
) -> Result<Vec<i64>, DbErr> {
    let pattern = format!("%{}%", dialect::literal(&words.to_lowercase()));
    let sql = format!(
        "SELECT p.id FROM (SELECT * FROM post WHERE boost_of_id IS NULL ORDER BY id DESC LIMIT 5000) p \
         WHERE LOWER(p.html) LIKE $3 ESCAPE '\\' AND p.audience <> 'direct' AND (p.audience <> 'unlisted' OR p.author_id = $1) AND {} ORDER BY p.id DESC LIMIT $4",
        visible(eyes)
    );
    let mut params = eyes.params(now);
    params.extend([pattern.into(), (limit as i64).into()]);
    dialect::ids(db, &sql, params).await
}

/// Tags that begin so and stand in public posts: others would tell of what was said among few.
pub async fn tags(
    db: &impl ConnectionTrait,
    start: &str,
    limit: u64,
) -> Result<Vec<tag::Model>, DbErr> {
    let sql = "SELECT t.* FROM tag t WHERE t.key >= $1 AND t.key < $2 AND EXISTS (SELECT 1 FROM post_tag l \
         JOIN post p ON p.id = l.post_id WHERE l.tag_id = t.id AND p.audience = 'public') ORDER BY t.key LIMIT $3";
    let end = format!("{start}\u{10FFFF}");
    let params = [start.into(), end.into(), (limit as i64).into()];
    tag::Entity::find()
        .from_raw_sql(dialect::statement(db, sql, params))
        .all(db)
        .await
}
