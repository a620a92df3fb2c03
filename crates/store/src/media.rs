//! Pictures, sound and video of posts.

pub mod work;

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
