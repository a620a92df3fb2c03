//! Sound and video: how long they are, and which uploads wait to be prepared.

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

/// `duration` in milliseconds, `frame_rate` in pictures per 1,000 seconds, `bit_rate` a second; 0: not known. An upload stands
/// in `media_work` until it is prepared, and stays there when that failed.
const SCRIPT: &str = "\
ALTER TABLE media ADD COLUMN duration INTEGER NOT NULL DEFAULT 0;

ALTER TABLE media ADD COLUMN frame_rate INTEGER NOT NULL DEFAULT 0;

ALTER TABLE media ADD COLUMN bit_rate INTEGER NOT NULL DEFAULT 0;

CREATE TABLE media_work (
  media_id {id} REFERENCES media (id) ON DELETE CASCADE,
  claimed_until BIGINT NOT NULL,
  tries INTEGER NOT NULL,
  failed BOOLEAN NOT NULL
)";
