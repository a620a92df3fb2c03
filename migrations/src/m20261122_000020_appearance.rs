//! How each resident wants the pages to look.

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

/// Words between dots; empty is the usual appearance.
const SCRIPT: &str = "ALTER TABLE login ADD COLUMN appearance TEXT NOT NULL DEFAULT ''";
