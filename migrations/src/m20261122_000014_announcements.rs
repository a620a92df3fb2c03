//! What the town tells all its residents, who has put it away, and which emoji they answer with.

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

/// `starts_at` and `ends_at`: of what an announcement is about; it is shown until it ends. `all_day`: both are days.
const SCRIPT: &str = "\
CREATE TABLE announcement (
  id {id},
  text TEXT NOT NULL,
  html TEXT NOT NULL,
  starts_at BIGINT,
  ends_at BIGINT,
  all_day BOOLEAN NOT NULL,
  published_at BIGINT NOT NULL
);

CREATE TABLE announcement_read (
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  announcement_id BIGINT NOT NULL REFERENCES announcement (id) ON DELETE CASCADE,
  PRIMARY KEY (account_id, announcement_id)
);

CREATE INDEX announcement_read_of ON announcement_read (announcement_id);

CREATE TABLE announcement_reaction (
  announcement_id BIGINT NOT NULL REFERENCES announcement (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (announcement_id, name, account_id)
);

CREATE INDEX announcement_reaction_by ON announcement_reaction (account_id)";
