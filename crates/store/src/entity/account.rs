//! Actors: people, groups, organisations, services; of this town (`domain` is empty) and of others.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    #[sea_orm(column_type = "Text")]
    pub name_key: String,
    #[sea_orm(column_type = "Text")]
    pub domain: String,
    #[sea_orm(column_type = "Text")]
    pub uri: String,
    #[sea_orm(column_type = "Text")]
    pub url: String,
    #[sea_orm(column_type = "Text")]
    pub display_name: String,
    #[sea_orm(column_type = "Text")]
    pub bio_html: String,
    #[sea_orm(column_type = "Text")]
    pub bio_source: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub avatar: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub header: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub fields: String,
    pub locked: bool,
    pub discoverable: bool,
    pub indexable: bool,
    #[sea_orm(column_type = "Text")]
    pub inbox: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub shared_inbox: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub outbox: String,
    #[sea_orm(column_type = "Text")]
    pub followers_uri: String,
    #[sea_orm(column_type = "Text")]
    pub following_uri: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub featured_uri: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub key_id: String,
    #[sea_orm(column_type = "Text")]
    pub key_pem: String,
    pub posts: i64,
    pub followers: i64,
    pub following: i64,
    pub last_post_at: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
    pub fetched_at: i64,
    pub suspended_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
