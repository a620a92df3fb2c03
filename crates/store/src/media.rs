//! Pictures, sound and video of posts.

pub mod work;

use std::collections::HashSet;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, Order,
    QueryFilter, QueryOrder, sea_query::Expr,
};

use crate::{dialect, entity::media};

pub async fn by_ids(db: &impl ConnectionTrait, ids: &[i64]) -> Result<Vec<media::Model>, DbErr> {
    media::Entity::find()
        .filter(dialect::among(db, media::Column::Id, ids))
        .all(db)
        .await
}

pub async fn insert(db: &impl ConnectionTrait, row: media::Model) -> Result<(), DbErr> {
    media::Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await?;
    Ok(())
}

pub async fn insert_many(db: &impl ConnectionTrait, rows: Vec<media::Model>) -> Result<(), DbErr> {
    if rows.is_empty() {
        return Ok(());
    }
    media::Entity::insert_many(rows.into_iter().map(IntoActiveModel::into_active_model))
        .exec_without_returning(db)
        .await?;
    Ok(())
}

pub async fn update(db: &impl ConnectionTrait, row: media::Model) -> Result<(), DbErr> {
    row.into_active_model().reset_all().update(db).await?;
    Ok(())
}

/// What is said about a file, and nothing else of its row: it may be being prepared meanwhile.
pub async fn describe(db: &impl ConnectionTrait, row: &media::Model) -> Result<(), DbErr> {
    media::Entity::update_many()
        .col_expr(
            media::Column::Description,
            Expr::value(row.description.as_str()),
        )
        .col_expr(media::Column::FocusX, Expr::value(row.focus_x))
        .col_expr(media::Column::FocusY, Expr::value(row.focus_y))
        .filter(media::Column::Id.eq(row.id))
        .exec(db)
        .await?;
    Ok(())
}

pub async fn set_preview(db: &impl ConnectionTrait, row: &media::Model) -> Result<(), DbErr> {
    media::Entity::update_many()
        .col_expr(
            media::Column::PreviewFile,
            Expr::value(row.preview_file.clone()),
        )
        .col_expr(media::Column::PreviewWidth, Expr::value(row.preview_width))
        .col_expr(
            media::Column::PreviewHeight,
            Expr::value(row.preview_height),
        )
        .col_expr(media::Column::Blurhash, Expr::value(row.blurhash.clone()))
        .filter(media::Column::Id.eq(row.id))
        .exec(db)
        .await?;
    Ok(())
}

/// What an upload has become.
pub async fn set_file(db: &impl ConnectionTrait, row: &media::Model) -> Result<(), DbErr> {
    media::Entity::update_many()
        .col_expr(media::Column::File, Expr::value(row.file.clone()))
        .col_expr(media::Column::Mime, Expr::value(row.mime.as_str()))
        .col_expr(media::Column::Width, Expr::value(row.width))
        .col_expr(media::Column::Height, Expr::value(row.height))
        .col_expr(media::Column::Duration, Expr::value(row.duration))
        .col_expr(media::Column::FrameRate, Expr::value(row.frame_rate))
        .col_expr(media::Column::BitRate, Expr::value(row.bit_rate))
        .filter(media::Column::Id.eq(row.id))
        .exec(db)
        .await?;
    Ok(())
}

/// Pictures of posts, in their order.
pub async fn of_posts(
    db: &impl ConnectionTrait,
    posts: &[i64],
) -> Result<Vec<media::Model>, DbErr> {
    media::Entity::find()
        .filter(dialect::among(db, media::Column::PostId, posts))
        .order_by(media::Column::Position, Order::Asc)
        .all(db)
        .await
}

/// Every picture of an account.
pub async fn of_account(
    db: &impl ConnectionTrait,
    account: i64,
) -> Result<Vec<media::Model>, DbErr> {
    media::Entity::find()
        .filter(media::Column::AccountId.eq(account))
        .all(db)
        .await
}

pub async fn attach(
    db: &impl ConnectionTrait,
    id: i64,
    post: i64,
    position: i32,
) -> Result<(), DbErr> {
    media::Entity::update_many()
        .col_expr(media::Column::PostId, Expr::value(post))
        .col_expr(media::Column::Position, Expr::value(position))
        .filter(media::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// By what a file that somebody sent is known again.
pub async fn set_print(
    db: &impl ConnectionTrait,
    id: i64,
    account: i64,
    digest: &str,
) -> Result<(), DbErr> {
    let sql = "INSERT INTO media_print (media_id, account_id, digest) VALUES ($1, $2, $3)";
    dialect::run(db, sql, [id.into(), account.into(), digest.into()]).await?;
    Ok(())
}

/// What somebody said last of the very same file, if they still have it somewhere: of those, the newest 40 are looked at.
pub async fn said_before(
    db: &impl ConnectionTrait,
    id: i64,
    account: i64,
) -> Result<Option<String>, DbErr> {
    let sql = "SELECT m.description FROM (SELECT o.media_id FROM media_print p \
         JOIN media_print o ON o.account_id = p.account_id AND o.digest = p.digest \
         WHERE p.media_id = $1 AND p.account_id = $2 ORDER BY o.media_id DESC LIMIT 40) s \
         JOIN media m ON m.id = s.media_id WHERE m.description <> '' ORDER BY m.id DESC LIMIT 1";
    let params = [id.into(), account.into()];
    let row = db
        .query_one_raw(dialect::statement(db, sql, params))
        .await?;
    row.map(|row| row.try_get_by_index(0)).transpose()
}

/// Removes the rows of a post's pictures and gives them back, so that their files can be removed too.
pub async fn take_from_post(
    db: &impl ConnectionTrait,
    post: i64,
) -> Result<Vec<media::Model>, DbErr> {
    let rows = of_posts(db, &[post]).await?;
    media::Entity::delete_many()
        .filter(media::Column::PostId.eq(post))
        .exec(db)
        .await?;
    Ok(rows)
}

/// Which of these files a row names: of what residents uploaded, or of their portraits.
pub async fn known(db: &impl ConnectionTrait, files: &[String]) -> Result<HashSet<String>, DbErr> {
    let listed = dialect::listed_texts(db, 1);
    let sql = format!(
        "SELECT file FROM media WHERE file IN {listed} \
         UNION SELECT preview_file FROM media WHERE preview_file IN {listed} \
         UNION SELECT avatar FROM account WHERE domain = '' AND avatar IN {listed} \
         UNION SELECT header FROM account WHERE domain = '' AND header IN {listed}"
    );
    let params = [dialect::json_texts(files).into()];
    let rows = db
        .query_all_raw(dialect::statement(db, &sql, params))
        .await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// Pictures that were uploaded and never used, older than `before`.
pub async fn abandoned(db: &impl ConnectionTrait, before: i64) -> Result<Vec<media::Model>, DbErr> {
    media::Entity::find()
        .filter(media::Column::PostId.is_null())
        .filter(media::Column::CreatedAt.lt(before))
        .filter(Expr::cust(
            "NOT EXISTS (SELECT 1 FROM scheduled_media w WHERE w.media_id = media.id) \
             AND NOT EXISTS (SELECT 1 FROM draft_media d WHERE d.media_id = media.id)",
        ))
        .all(db)
        .await
}

pub async fn delete(db: &impl ConnectionTrait, ids: &[i64]) -> Result<(), DbErr> {
    media::Entity::delete_many()
        .filter(dialect::among(db, media::Column::Id, ids))
        .exec(db)
        .await?;
    Ok(())
}
