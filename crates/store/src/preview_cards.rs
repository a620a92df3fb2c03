//! What the pages are about that posts link to, and the errands that find it out.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde::Deserialize;

use crate::dialect;

/// A page of the web in a few words. In the order of [`COLUMNS`].
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult, Deserialize)]
pub struct Card {
    pub id: i64,
    pub url: String,
    /// `link`, `photo` or `video`; `none` where there is nothing to show.
    pub kind: String,
    pub title: String,
    pub description: String,
    pub language: Option<String>,
    pub author_name: String,
    pub author_url: String,
    pub provider_name: String,
    pub provider_url: String,
    pub image_url: Option<String>,
    pub image_description: String,
    /// Of the picture; 0 where unknown.
    pub width: i32,
    pub height: i32,
    pub blurhash: Option<String>,
    pub published_at: Option<i64>,
    pub fetched_at: i64,
    /// Whom the page names as its author, whether they agree or not.
    pub author_id: Option<i64>,
}

/// Of a card `c`.
pub(crate) const COLUMNS: &str = "c.id, c.url, c.kind, c.title, c.description, c.language, c.author_name, c.author_url, c.provider_name, \
     c.provider_url, c.image_url, c.image_description, c.width, c.height, c.blurhash, c.published_at, c.fetched_at, \
     c.author_id";

#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Errand {
    pub post_id: i64,
    pub url: String,
    pub due_at: i64,
    pub attempts: i32,
}

pub async fn by_url(db: &impl ConnectionTrait, url: &str) -> Result<Option<Card>, DbErr> {
    let sql = format!("SELECT {COLUMNS} FROM preview_card c WHERE c.url = $1");
    Card::find_by_statement(dialect::statement(db, &sql, [url.into()]))
        .one(db)
        .await
}

pub async fn by_id(db: &impl ConnectionTrait, id: i64) -> Result<Option<Card>, DbErr> {
    let sql = format!("SELECT {COLUMNS} FROM preview_card c WHERE c.id = $1");
    Card::find_by_statement(dialect::statement(db, &sql, [id.into()]))
        .one(db)
        .await
}

/// In place of what was known of the same address; gives the number under which it is known.
pub async fn put(db: &impl ConnectionTrait, card: Card) -> Result<i64, DbErr> {
    let names = COLUMNS.replace("c.", "");
    let sql = format!(
        "INSERT INTO preview_card ({names}) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) \
         ON CONFLICT (url) DO UPDATE SET kind = $3, title = $4, description = $5, language = $6, author_name = $7, \
         author_url = $8, provider_name = $9, provider_url = $10, image_url = $11, image_description = $12, width = $13, \
         height = $14, blurhash = $15, published_at = $16, fetched_at = $17, author_id = $18 RETURNING id"
    );
    let params = [
        card.id.into(),
        card.url.into(),
        card.kind.into(),
        card.title.into(),
        card.description.into(),
        card.language.into(),
        card.author_name.into(),
        card.author_url.into(),
        card.provider_name.into(),
        card.provider_url.into(),
        card.image_url.into(),
        card.image_description.into(),
        card.width.into(),
        card.height.into(),
        card.blurhash.into(),
        card.published_at.into(),
        card.fetched_at.into(),
        card.author_id.into(),
    ];
    dialect::number(db, &sql, params).await
}

/// What became of a card's picture; `image_url` goes where there is none.
pub async fn set_picture(
    db: &impl ConnectionTrait,
    id: i64,
    size: Option<(i32, i32)>,
    blurhash: Option<String>,
) -> Result<(), DbErr> {
    let (width, height) = size.unwrap_or((0, 0));
    let gone = if size.is_none() {
        ", image_url = NULL"
    } else {
        ""
    };
    let sql = format!(
        "UPDATE preview_card SET width = $2, height = $3, blurhash = $4{gone} WHERE id = $1"
    );
    let params = [id.into(), width.into(), height.into(), blurhash.into()];
    dialect::run(db, &sql, params).await?;
    Ok(())
}

/// What a post shows, if anything.
pub async fn show(db: &impl ConnectionTrait, post: i64, card: Option<i64>) -> Result<(), DbErr> {
    let sql = "UPDATE post SET card_id = $2 WHERE id = $1";
    dialect::run(db, sql, [post.into(), card.into()]).await?;
    Ok(())
}

/// In place of the post's last one.
pub async fn send(db: &impl ConnectionTrait, errand: Errand) -> Result<(), DbErr> {
    let sql = "INSERT INTO preview_errand (post_id, url, due_at, attempts) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (post_id) DO UPDATE SET url = $2, due_at = $3, attempts = $4";
    let params = [
        errand.post_id.into(),
        errand.url.into(),
        errand.due_at.into(),
        errand.attempts.into(),
    ];
    dialect::run(db, sql, params).await?;
    Ok(())
}

pub async fn call_back(db: &impl ConnectionTrait, post: i64) -> Result<(), DbErr> {
    dialect::run(
        db,
        "DELETE FROM preview_errand WHERE post_id = $1",
        [post.into()],
    )
    .await?;
    Ok(())
}

/// Do so many wait?
pub async fn are_many(db: &impl ConnectionTrait, many: i64) -> Result<bool, DbErr> {
    let sql = "SELECT COUNT(*) FROM (SELECT 1 FROM preview_errand LIMIT $1) w";
    Ok(dialect::number(db, sql, [many.into()]).await? >= many)
}

/// Those whose time has come, the longest due first.
pub async fn due(db: &impl ConnectionTrait, now: i64, limit: u64) -> Result<Vec<Errand>, DbErr> {
    let sql = "SELECT post_id, url, due_at, attempts FROM preview_errand WHERE due_at <= $1 \
               ORDER BY due_at, post_id LIMIT $2";
    let params = [now.into(), (limit as i64).into()];
    Errand::find_by_statement(dialect::statement(db, sql, params))
        .all(db)
        .await
}

/// Puts off every errand to an address that is due. `false`: another process has done so.
pub async fn claim(
    db: &impl ConnectionTrait,
    url: &str,
    now: i64,
    until: i64,
) -> Result<bool, DbErr> {
    let sql = "UPDATE preview_errand SET due_at = $3, attempts = attempts + 1 WHERE url = $1 AND due_at <= $2";
    Ok(dialect::run(db, sql, [url.into(), now.into(), until.into()]).await? > 0)
}

/// Puts off what is due at `due_at` or before.
pub async fn put_off(
    db: &impl ConnectionTrait,
    url: &str,
    due_at: i64,
    until: i64,
) -> Result<(), DbErr> {
    let sql = "UPDATE preview_errand SET due_at = $3 WHERE url = $1 AND due_at <= $2";
    dialect::run(db, sql, [url.into(), due_at.into(), until.into()]).await?;
    Ok(())
}

/// Puts off an errand that came to nothing, with so many attempts made, unless it has changed since it was claimed.
pub async fn retry(db: &impl ConnectionTrait, errand: &Errand, until: i64) -> Result<(), DbErr> {
    let sql = "UPDATE preview_errand SET attempts = $2, due_at = $3 WHERE url = $1 AND due_at = $4";
    let params = [
        errand.url.as_str().into(),
        errand.attempts.into(),
        until.into(),
        errand.due_at.into(),
    ];
    dialect::run(db, sql, params).await?;
    Ok(())
}

/// Forgets cards that no post shows and no errand names, known since before `before`; gives which.
pub async fn take_unused(
    db: &impl ConnectionTrait,
    before: i64,
    limit: i64,
) -> Result<Vec<i64>, DbErr> {
    let sql = "DELETE FROM preview_card WHERE id IN (SELECT c.id FROM preview_card c WHERE c.fetched_at < $1 \
               AND NOT EXISTS (SELECT 1 FROM post p WHERE p.card_id = c.id) \
               AND NOT EXISTS (SELECT 1 FROM preview_errand e WHERE e.url = c.url) LIMIT $2) RETURNING id";
    dialect::ids(db, sql, [before.into(), limit.into()]).await
}

/// Ends all errands to an address: the posts they were for show `card` now.
pub async fn end(db: &impl ConnectionTrait, url: &str, card: Option<i64>) -> Result<(), DbErr> {
    let sql = "UPDATE post SET card_id = $2 WHERE id IN (SELECT post_id FROM preview_errand WHERE url = $1)";
    dialect::run(db, sql, [url.into(), card.into()]).await?;
    dialect::run(
        db,
        "DELETE FROM preview_errand WHERE url = $1",
        [url.into()],
    )
    .await?;
    Ok(())
}
