//! What accounts do beside posting: moving, pinning, reporting.

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

/// `aliases`: addresses of other accounts that one says are one's own, a line each. `moved_to_id`: only after both said so.
/// `posts` is a list of ids as JSON.
const SCRIPT: &str = "\
ALTER TABLE account ADD COLUMN aliases TEXT NOT NULL DEFAULT '';

ALTER TABLE account ADD COLUMN moved_to_id BIGINT;

ALTER TABLE account ADD COLUMN moved_at BIGINT;

CREATE TABLE pin (
  id {id},
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  post_id BIGINT NOT NULL REFERENCES post (id) ON DELETE CASCADE,
  created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX pin_pair ON pin (account_id, post_id);

CREATE INDEX pin_post ON pin (post_id);

CREATE TABLE report (
  id {id},
  reporter_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  accused_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  posts TEXT NOT NULL,
  comment TEXT NOT NULL,
  category TEXT NOT NULL,
  forwarded BOOLEAN NOT NULL,
  uri TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  closed_at BIGINT
);

CREATE UNIQUE INDEX report_uri ON report (uri);

CREATE INDEX report_accused ON report (accused_id);

CREATE INDEX report_reporter ON report (reporter_id, created_at);

CREATE INDEX report_open ON report (id) WHERE closed_at IS NULL";
