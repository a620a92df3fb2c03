//! Actors: people, groups, organisations, services; of this town (`domain` is empty) and of others.

use sea_orm::{FromQueryResult, entity::prelude::*};
use serde::Deserialize;

use crate::dialect::truth;

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
    /// Addresses of other accounts that this one says are its own, a line each.
    #[sea_orm(column_type = "Text")]
    pub aliases: String,
    pub moved_to_id: Option<i64>,
    pub moved_at: Option<i64>,
    /// Sites whose pages may name it as their author, a line each.
    #[sea_orm(column_type = "Text")]
    pub attribution_domains: String,
    /// Who follows it and whom it follows is for itself alone.
    pub hides_follows: bool,
    /// The pictures of codes in its name and its texts: a line each, `chat 12`.
    #[sea_orm(column_type = "Text", nullable)]
    pub emoji: Option<String>,
    /// What its picture shows; empty where that is not said, or there is none.
    #[sea_orm(column_type = "Text")]
    pub avatar_description: String,
    #[sea_orm(column_type = "Text")]
    pub header_description: String,
}

/// What others see of an account: no keys, no addresses of machines. A page reads it for each person on it.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult, Deserialize)]
pub struct Card {
    pub id: i64,
    pub kind: String,
    pub name: String,
    pub domain: String,
    pub uri: String,
    pub url: String,
    pub display_name: String,
    pub bio_html: String,
    pub bio_source: String,
    pub avatar: Option<String>,
    pub header: Option<String>,
    pub fields: String,
    #[serde(deserialize_with = "truth")]
    pub locked: bool,
    #[serde(deserialize_with = "truth")]
    pub discoverable: bool,
    #[serde(deserialize_with = "truth")]
    pub indexable: bool,
    pub posts: i64,
    pub followers: i64,
    pub following: i64,
    pub last_post_at: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
    pub suspended_at: Option<i64>,
    pub moved_to_id: Option<i64>,
    pub attribution_domains: String,
    #[serde(deserialize_with = "truth")]
    pub hides_follows: bool,
    pub emoji: Option<String>,
    pub avatar_description: String,
    pub header_description: String,
}

/// The columns of [`Card`] of an account `a`, in the order of its fields.
pub(crate) const CARD: &str = "a.id, a.kind, a.name, a.domain, a.uri, a.url, a.display_name, a.bio_html, a.bio_source, a.avatar, a.header, \
     a.fields, a.locked, a.discoverable, a.indexable, a.posts, a.followers, a.following, a.last_post_at, a.created_at, \
     a.updated_at, a.suspended_at, a.moved_to_id, a.attribution_domains, a.hides_follows, a.emoji, \
     a.avatar_description, a.header_description";

impl From<Model> for Card {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            name: row.name,
            domain: row.domain,
            uri: row.uri,
            url: row.url,
            display_name: row.display_name,
            bio_html: row.bio_html,
            bio_source: row.bio_source,
            avatar: row.avatar,
            header: row.header,
            fields: row.fields,
            locked: row.locked,
            discoverable: row.discoverable,
            indexable: row.indexable,
            posts: row.posts,
            followers: row.followers,
            following: row.following,
            last_post_at: row.last_post_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
            suspended_at: row.suspended_at,
            moved_to_id: row.moved_to_id,
            attribution_domains: row.attribution_domains,
            hides_follows: row.hides_follows,
            emoji: row.emoji,
            avatar_description: row.avatar_description,
            header_description: row.header_description,
        }
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
