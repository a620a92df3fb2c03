//! The word of somebody of this town that a certain post may quote one of theirs, or answer it, or that somebody may like it
//! or pass it on.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "quote_stamp")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub quoted_id: i64,
    #[sea_orm(column_type = "Text")]
    pub quoting_uri: String,
    pub quoter_id: i64,
    /// In the form of `model::policy::Interaction`.
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    pub created_at: i64,
    pub revoked_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
