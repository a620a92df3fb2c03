//! What of threads lies elsewhere and is to be asked for.

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

/// One row for a direction (`above`, `around`) and the address of a post. Without `due_at` it rests: that was asked for, and is
/// not to be asked for again until some time after `since`. `held`: a process is at it, until `due_at`. `steps`: how far up it
/// may still go.
const SCRIPT: &str = "\
CREATE TABLE thread_errand (
  way TEXT NOT NULL,
  uri TEXT NOT NULL,
  server TEXT NOT NULL,
  since BIGINT NOT NULL,
  due_at BIGINT,
  held BOOLEAN NOT NULL,
  attempts INTEGER NOT NULL,
  steps INTEGER NOT NULL,
  PRIMARY KEY (way, uri)
);

CREATE INDEX thread_errand_due ON thread_errand (way, due_at);

CREATE INDEX thread_errand_server ON thread_errand (way, server, due_at)";
