//! Under which address a post stood before it was brought along: an `imported_post` for each, so that an archive that is brought
//! again adds nothing. It outlives the post, so that what was deleted does not come back with the next archive. And a quick way
//! to what is next of an archive.

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

const SCRIPT: &str = "\
CREATE TABLE imported_post (
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  uri TEXT NOT NULL,
  post_id BIGINT NOT NULL,
  PRIMARY KEY (account_id, uri)
);

CREATE INDEX import_row_next ON import_row (import_id, id) WHERE failure IS NULL";
