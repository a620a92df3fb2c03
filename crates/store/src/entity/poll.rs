//! What is asked with a post.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "poll")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub post_id: i64,
    pub multiple: bool,
    pub hide_totals: bool,
    pub voters: Option<i64>,
    pub expires_at: Option<i64>,
    pub closed_at: Option<i64>,
    pub told_at: i64,
    pub tell_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
