//! Pictures, sound and video of posts.

use sea_orm::entity::prelude::*;
use serde::Deserialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize)]
#[sea_orm(table_name = "media")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub account_id: i64,
    pub post_id: Option<i64>,
    pub position: i32,
    #[sea_orm(column_type = "Text", nullable)]
    pub file: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub preview_file: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub remote_url: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub mime: String,
    #[sea_orm(column_type = "Text")]
    pub description: String,
    pub width: i32,
    pub height: i32,
    pub preview_width: i32,
    pub preview_height: i32,
    #[sea_orm(column_type = "Text", nullable)]
    pub blurhash: Option<String>,
    pub focus_x: i32,
    pub focus_y: i32,
    pub created_at: i64,
    /// Milliseconds; 0 for pictures and where it is not known.
    pub duration: i32,
    /// Pictures in 1,000 seconds; 0 where it is not known.
    pub frame_rate: i32,
    /// Bits a second; 0 where it is not known.
    pub bit_rate: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
