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

/// People whose name begins so, or whose shown name does: the exact name first, then those of this town. `followed_by`: only
/// those whom this account follows.
pub async fn people(
    db: &impl ConnectionTrait,
    start: &str,
    followed_by: Option<i64>,
    limit: u64,
    offset: u64,
) -> Result<Vec<i64>, DbErr> {
    let mut params = vec![
        format!("{}%", dialect::literal(start)).into(),
        start.into(),
        i64::try_from(limit).unwrap_or(i64::MAX).into(),
        i64::try_from(offset).unwrap_or(i64::MAX).into(),
    ];
    let followed = match followed_by {
        None => "",
        Some(me) => {
            params.push(me.into());
            " AND EXISTS (SELECT 1 FROM follow f WHERE f.follower_id = $5 AND f.target_id = a.id AND f.accepted)"
        }
    };
    let sql = format!(
        "SELECT a.id FROM account a WHERE a.kind <> 'application' AND a.suspended_at IS NULL \
         AND (a.name_key LIKE $1 ESCAPE '\\' OR LOWER(a.display_name) LIKE $1 ESCAPE '\\'){followed} \
         ORDER BY CASE WHEN a.name_key = $2 THEN 0 ELSE 1 END, CASE WHEN a.domain = '' THEN 0 ELSE 1 END, a.name_key, a.id \
         LIMIT $3 OFFSET $4"
    );
    dialect::ids(db, &sql, params).await
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
