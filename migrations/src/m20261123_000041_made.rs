//! What came of a request that an app sent under a key of its own, so that a second try is told of the first.

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

/// `made`: the post, published or waiting; empty for forms of pages.
const SCRIPT: &str = "ALTER TABLE sent_form ADD COLUMN made BIGINT";
