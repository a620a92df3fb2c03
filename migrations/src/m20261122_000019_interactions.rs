//! How often a group hears of the likes of each member; stamps for answers, likes and boosts beside those for quotes.

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

/// `done`: likes, and ends of likes, `since` then.
const SCRIPT: &str = "\
CREATE TABLE group_gesture (
  group_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  since BIGINT NOT NULL,
  done BIGINT NOT NULL,
  PRIMARY KEY (group_id, account_id)
);

CREATE INDEX group_gesture_account ON group_gesture (account_id);

ALTER TABLE quote_stamp ADD COLUMN kind TEXT NOT NULL DEFAULT 'quote';

DROP INDEX quote_stamp_once;

CREATE UNIQUE INDEX quote_stamp_once ON quote_stamp (quoted_id, quoting_uri, kind)";
