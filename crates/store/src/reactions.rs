//! Favourites and bookmarks.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, IntoActiveModel,
    QueryFilter, TryInsertResult,
};

use crate::{
    dialect,
    entity::{bookmark, favourite},
};

/// `false` if it stands already.
pub async fn favourite(db: &impl ConnectionTrait, row: favourite::Model) -> Result<bool, DbErr> {
    let inserted = favourite::Entity::insert(row.into_active_model())
        .on_conflict_do_nothing_on([favourite::Column::PostId, favourite::Column::AccountId])
        .exec_without_returning(db)
        .await?;
    Ok(matches!(inserted, TryInsertResult::Inserted(1)))
}

pub async fn favourite_of(
    db: &impl ConnectionTrait,
    account: i64,
    post: i64,
) -> Result<Option<favourite::Model>, DbErr> {
    favourite::Entity::find()
        .filter(favourite::Column::PostId.eq(post))
        .filter(favourite::Column::AccountId.eq(account))
        .one(db)
        .await
}

/// By the activity that told of it.
pub async fn favourite_by_uri(
    db: &impl ConnectionTrait,
    account: i64,
    uri: &str,
) -> Result<Option<favourite::Model>, DbErr> {
    favourite::Entity::find()
        .filter(favourite::Column::AccountId.eq(account))
        .filter(favourite::Column::Uri.eq(uri))
        .one(db)
        .await
}

pub async fn unfavourite(db: &impl ConnectionTrait, id: i64) -> Result<(), DbErr> {
    favourite::Entity::delete_by_id(id).exec(db).await?;
    Ok(())
}

pub async fn bookmark(db: &impl ConnectionTrait, row: bookmark::Model) -> Result<(), DbErr> {
    bookmark::Entity::insert(row.into_active_model())
        .on_conflict_do_nothing_on([bookmark::Column::PostId, bookmark::Column::AccountId])
        .exec_without_returning(db)
        .await?;
    Ok(())
}

pub async fn unbookmark(db: &impl ConnectionTrait, account: i64, post: i64) -> Result<(), DbErr> {
    bookmark::Entity::delete_many()
        .filter(bookmark::Column::PostId.eq(post))
        .filter(bookmark::Column::AccountId.eq(account))
        .exec(db)
        .await?;
    Ok(())
}

/// A line between a post and an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Mark {
    pub post_id: i64,
    /// One of [`NAMED`], [`FAVOURITED`], [`BOOKMARKED`], [`BOOSTED`], [`PINNED`].
    pub what: i32,
    pub account_id: i64,
}

pub const NAMED: i32 = 0;
pub const FAVOURITED: i32 = 1;
pub const BOOKMARKED: i32 = 2;
pub const BOOSTED: i32 = 3;
pub const PINNED: i32 = 4;

/// Who is named in these posts, and everything `me` (0 for nobody) has done with them, in one question.
pub async fn marks(db: &impl ConnectionTrait, me: i64, posts: &[i64]) -> Result<Vec<Mark>, DbErr> {
    let each = dialect::each(db, 2, "l");
    let sql = format!(
        "SELECT m.post_id, 0 AS what, m.account_id FROM {each} mention m ON m.post_id = l.value \
         UNION ALL SELECT f.post_id, 1, f.account_id FROM {each} favourite f ON f.account_id = $1 AND f.post_id = l.value \
         UNION ALL SELECT k.post_id, 2, k.account_id FROM {each} bookmark k ON k.account_id = $1 AND k.post_id = l.value \
         UNION ALL SELECT b.boost_of_id, 3, b.author_id FROM {each} post b ON b.author_id = $1 AND b.boost_of_id = l.value \
         UNION ALL SELECT n.post_id, 4, n.account_id FROM {each} pin n ON n.account_id = $1 AND n.post_id = l.value"
    );
    let params = [me.into(), dialect::json_list(posts).into()];
    Mark::find_by_statement(dialect::statement(db, &sql, params))
        .all(db)
        .await
}
