//! Favourites and bookmarks.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, TryInsertResult,
};
use serde::Deserialize;

use crate::entity::{bookmark, favourite};

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

/// A line between a post and an account: who is named in it, and what the viewer has done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct Mark {
    pub post_id: i64,
    /// One of [`NAMED`], [`FAVOURITED`], [`BOOKMARKED`], [`BOOSTED`], [`PINNED`]; or [`MUTED`], where `post_id` is a thread, or
    /// [`FILTERS`], where it is nothing.
    pub what: i32,
    pub account_id: i64,
}

pub const NAMED: i32 = 0;
pub const FAVOURITED: i32 = 1;
pub const BOOKMARKED: i32 = 2;
pub const BOOSTED: i32 = 3;
pub const PINNED: i32 = 4;
pub const MUTED: i32 = 5;
pub const FILTERS: i32 = 6;
