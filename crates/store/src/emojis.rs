//! Where the pictures lie that stand for codes in texts of other servers. Which text has which, its own row says.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::dialect;

/// A picture, whatever codes it stands for.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Picture {
    pub id: i64,
    pub url: String,
}

pub async fn by_id(db: &impl ConnectionTrait, id: i64) -> Result<Option<Picture>, DbErr> {
    let sql = "SELECT id, url FROM custom_emoji WHERE id = $1";
    Picture::find_by_statement(dialect::statement(db, sql, [id.into()]))
        .one(db)
        .await
}

/// Those of these addresses that are known, in no order.
pub async fn by_urls(db: &impl ConnectionTrait, urls: &[String]) -> Result<Vec<Picture>, DbErr> {
    let sql = format!(
        "SELECT id, url FROM custom_emoji WHERE url IN {}",
        dialect::listed_texts(db, 1)
    );
    let params = [dialect::json_texts(urls).into()];
    Picture::find_by_statement(dialect::statement(db, &sql, params))
        .all(db)
        .await
}

/// How many this server was the first to bring, from an id on.
pub async fn of_server(db: &impl ConnectionTrait, server: &str, first: i64) -> Result<i64, DbErr> {
    let sql = "SELECT COUNT(*) FROM custom_emoji WHERE server = $1 AND id >= $2";
    dialect::number(db, sql, [server.into(), first.into()]).await
}

/// Makes a picture known, unless it is.
pub async fn add(db: &impl ConnectionTrait, row: Picture, server: &str) -> Result<(), DbErr> {
    let sql = "INSERT INTO custom_emoji (id, url, server) VALUES ($1, $2, $3) ON CONFLICT (url) DO NOTHING";
    dialect::run(db, sql, [row.id.into(), row.url.into(), server.into()]).await?;
    Ok(())
}

/// What a post's texts hold now, where nothing else of it is new.
pub async fn set_of_post(
    db: &impl ConnectionTrait,
    post: i64,
    emoji: Option<String>,
) -> Result<(), DbErr> {
    let sql = "UPDATE post SET emoji = $2 WHERE id = $1";
    dialect::run(db, sql, [post.into(), emoji.into()]).await?;
    Ok(())
}
