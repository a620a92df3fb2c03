//! The one row of what the town says about itself.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "town")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    #[sea_orm(column_type = "Text")]
    pub summary: String,
    #[sea_orm(column_type = "Text")]
    pub language: String,
    #[sea_orm(column_type = "Text")]
    pub time_zone: String,
    #[sea_orm(column_type = "Text")]
    pub registration: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub contact: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub rules: String,
    pub hue: i32,
    #[sea_orm(column_type = "Text")]
    pub look: String,
    pub actor_id: i64,
    #[sea_orm(column_type = "Text")]
    pub secret: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub setup_secret: Option<String>,
    pub created_at: i64,
    #[sea_orm(column_type = "Text")]
    pub inviters: String,
    /// When `summary` was last changed, where that is known.
    pub summary_at: Option<i64>,
    /// What the town adds to what is said of people's data.
    #[sea_orm(column_type = "Text")]
    pub privacy: String,
    /// When `privacy` was last changed, if it ever was.
    pub privacy_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
