//! Which posts came because somebody here read around them, and not because their server delivered them.

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

/// Nobody is told of what was found. It counts as delivered once its server delivers it after all.
const SCRIPT: &str = "\
ALTER TABLE post ADD COLUMN found BOOLEAN NOT NULL DEFAULT FALSE";
