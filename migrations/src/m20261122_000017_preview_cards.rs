//! What the pages are about that posts link to, and which of them are still to be asked.

use sea_orm_migration::prelude::*;

use crate::dialect;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, SCRIPT).await
    }
}

/// One card for each address, whoever links to it. `kind`: link, photo or video; `none` where there is nothing to show.
const SCRIPT: &str = "\
CREATE TABLE preview_card (
  id {id},
  url TEXT NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  description TEXT NOT NULL,
  language TEXT,
  author_name TEXT NOT NULL,
  author_url TEXT NOT NULL,
  provider_name TEXT NOT NULL,
  provider_url TEXT NOT NULL,
  image_url TEXT,
  image_description TEXT NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  blurhash TEXT,
  published_at BIGINT,
  fetched_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX preview_card_url ON preview_card (url);

CREATE TABLE preview_errand (
  post_id {id} REFERENCES post (id) ON DELETE CASCADE,
  url TEXT NOT NULL,
  due_at BIGINT NOT NULL,
  attempts INTEGER NOT NULL
);

CREATE INDEX preview_errand_due ON preview_errand (due_at);

CREATE INDEX preview_errand_url ON preview_errand (url);

ALTER TABLE post ADD COLUMN card_id BIGINT;

CREATE INDEX post_card ON post (card_id) WHERE card_id IS NOT NULL";
