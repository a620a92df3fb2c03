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

/// What an account has done with a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Done {
    pub post_id: i64,
    /// One of [`FAVOURITED`], [`BOOKMARKED`], [`BOOSTED`].
    pub what: i32,
}

pub const FAVOURITED: i32 = 1;
pub const BOOKMARKED: i32 = 2;
pub const BOOSTED: i32 = 3;

/// Everything `me` has done with these posts, in one question.
pub async fn by_me(db: &impl ConnectionTrait, me: i64, posts: &[i64]) -> Result<Vec<Done>, DbErr> {
    let list = dialect::listed(db, 2);
    let sql = format!(
        "SELECT post_id, 1 AS what FROM favourite WHERE account_id = $1 AND post_id IN {list} \
         UNION ALL SELECT post_id, 2 FROM bookmark WHERE account_id = $1 AND post_id IN {list} \
         UNION ALL SELECT boost_of_id, 3 FROM post WHERE author_id = $1 AND boost_of_id IN {list}"
    );
    let params = [me.into(), dialect::json_list(posts).into()];
    Done::find_by_statement(dialect::statement(db, &sql, params))
        .all(db)
        .await
}
