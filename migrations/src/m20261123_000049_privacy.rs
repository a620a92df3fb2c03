//! What the town itself adds to what it says of people's data, and since when it says so.

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

/// `privacy_at`: unknown until the town has written something.
const SCRIPT: &str = "\
ALTER TABLE town ADD COLUMN privacy TEXT NOT NULL DEFAULT '';

ALTER TABLE town ADD COLUMN privacy_at BIGINT";
