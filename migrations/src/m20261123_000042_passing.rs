//! Activities that nobody asks about once they are delivered may go, and still everybody who ever got something of an account
//! is told of its end.

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

/// `passing`: no part of the ledger of a post. `acquaintance`: which inbox got something of whom, where no activity tells any
/// more.
const SCRIPT: &str = "\
ALTER TABLE activity ADD COLUMN passing BOOLEAN NOT NULL DEFAULT FALSE;

UPDATE activity SET passing = TRUE WHERE kind IN ('Accept', 'Block', 'Flag', 'Like', 'Move', 'Reject', 'Undo') \
OR (kind IN ('Update', 'Delete') AND object_uri IN (SELECT uri FROM account WHERE domain = '')) \
OR (kind = 'Create' AND object_uri LIKE '%#votes/%');

CREATE INDEX activity_passing ON activity (created_at) WHERE passing;

CREATE TABLE acquaintance (
  actor_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  inbox TEXT NOT NULL,
  PRIMARY KEY (actor_id, inbox)
)";
