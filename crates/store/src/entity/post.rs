//! Posts and boosts, local and remote.

use sea_orm::entity::prelude::*;
use serde::Deserialize;

use crate::dialect::truth;

#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel, Deserialize)]
#[sea_orm(table_name = "post")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    #[sea_orm(column_type = "Text")]
    pub uri: String,
    #[sea_orm(column_type = "Text")]
    pub url: String,
    pub author_id: i64,
    #[serde(deserialize_with = "truth")]
    pub local: bool,
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    #[sea_orm(column_type = "Text")]
    pub audience: String,
    pub boost_of_id: Option<i64>,
    pub reply_to_id: Option<i64>,
    #[sea_orm(column_type = "Text", nullable)]
    pub reply_to_uri: Option<String>,
    pub reply_to_account_id: Option<i64>,
    pub thread_id: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub title: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub html: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub source: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub summary: String,
    #[serde(deserialize_with = "truth")]
    pub sensitive: bool,
    #[sea_orm(column_type = "Text", nullable)]
    pub language: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub tags: String,
    #[serde(deserialize_with = "truth")]
    pub has_media: bool,
    pub replies: i64,
    pub boosts: i64,
    pub favourites: i64,
    pub created_at: i64,
    pub edited_at: Option<i64>,
    #[serde(deserialize_with = "truth")]
    pub has_poll: bool,
    #[serde(deserialize_with = "truth")]
    pub has_quote: bool,
    pub quotes: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub policy: Option<String>,
    #[serde(deserialize_with = "truth")]
    pub found: bool,
    pub group_id: Option<i64>,
    #[serde(deserialize_with = "truth")]
    pub in_group: bool,
    /// What the page it links to is about.
    pub card_id: Option<i64>,
    /// What whom it answers says of it, where that matters.
    #[sea_orm(column_type = "Text", nullable)]
    pub reply_state: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub reply_stamp: Option<String>,
    /// Nobody is to answer it any more, say those who look after its group.
    #[serde(deserialize_with = "truth")]
    pub closed: bool,
    /// Why they took it out of their group, if they did; empty where they gave no reason.
    #[sea_orm(column_type = "Text", nullable)]
    pub taken_out: Option<String>,
    /// The pictures of codes in its texts: a line each, `chat 12`.
    #[sea_orm(column_type = "Text", nullable)]
    pub emoji: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
