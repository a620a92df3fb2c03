//! Who follows whom, asked or accepted.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "follow")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub follower_id: i64,
    pub target_id: i64,
    pub accepted: bool,
    #[sea_orm(column_type = "Text")]
    pub uri: String,
    pub show_boosts: bool,
    pub notify: bool,
    pub created_at: i64,
    /// First parts of language tags with a blank around each; none is all of them.
    #[sea_orm(column_type = "Text", nullable)]
    pub languages: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
