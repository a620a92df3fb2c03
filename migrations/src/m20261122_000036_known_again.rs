//! What is known again: files that residents attach a second time, and whose pages elsewhere were asked lately. And what is
//! found at once: public pictures.

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

/// `media_print`: SHA-256 in hexadecimal of what a resident sent, before anything was taken out of it; files that came before
/// this table have none. `link_round`: when the pages that somebody elsewhere links to were last to be asked.
const SCRIPT: &str = "\
CREATE TABLE media_print (
  media_id BIGINT NOT NULL PRIMARY KEY REFERENCES media (id) ON DELETE CASCADE,
  account_id BIGINT NOT NULL,
  digest TEXT NOT NULL
);

CREATE INDEX media_print_same ON media_print (account_id, digest, media_id);

CREATE TABLE link_round (
  account_id BIGINT NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
  begun_at BIGINT NOT NULL
);

CREATE INDEX post_public_media ON post (id) WHERE audience = 'public' AND boost_of_id IS NULL AND has_media";
