//! Looking for posts by a word. People and tags are found by the start of their name.

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect};

use crate::{
    audience::{Eyes, visible},
    dialect,
    entity::tag,
};

/// Posts that contain `words` among the town's newest; a proper index comes with full-text search.
pub async fn posts(
    db: &impl ConnectionTrait,
    eyes: Eyes,
    now: i64,
    words: &str,
    limit: u64,
) -> Result<Vec<i64>, DbErr> {
    let pattern = format!("%{}%", words.replace(['%', '_', '\\'], " ").to_lowercase());
    let sql = format!(
        "SELECT p.id FROM (SELECT * FROM post WHERE boost_of_id IS NULL ORDER BY id DESC LIMIT 5000) p \
         WHERE LOWER(p.html) LIKE $3 AND p.audience <> 'direct' AND {} ORDER BY p.id DESC LIMIT $4",
        visible(eyes)
    );
    let mut params = eyes.params(now);
    params.extend([pattern.into(), (limit as i64).into()]);
    dialect::ids(db, &sql, params).await
}

pub async fn tags(db: &impl ConnectionTrait, start: &str, limit: u64) -> Result<Vec<tag::Model>, DbErr> {
    let end = format!("{start}\u{10FFFF}");
    tag::Entity::find()
        .filter(tag::Column::Key.gte(start))
        .filter(tag::Column::Key.lt(end))
        .order_by(tag::Column::Key, Order::Asc)
        .limit(limit)
        .all(db)
        .await
}
