//! What people are still writing.

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

/// `draft_media`: files that are not abandoned, since a draft holds them.
const SCRIPT: &str = "\
CREATE TABLE draft (
  id {id},
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  saved_at BIGINT NOT NULL,
  due_at BIGINT,
  post TEXT NOT NULL
);

CREATE INDEX draft_account ON draft (account_id, saved_at);

CREATE TABLE draft_media (
  media_id {id} REFERENCES media (id) ON DELETE CASCADE,
  draft_id BIGINT NOT NULL REFERENCES draft (id) ON DELETE CASCADE
);

CREATE INDEX draft_media_draft ON draft_media (draft_id)";
