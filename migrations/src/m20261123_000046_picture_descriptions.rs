//! What people's pictures and banners show, in words; and since when the town says of itself what it says.

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

/// `summary_at`: unknown where the words are older than this column, or there never were any.
const SCRIPT: &str = "\
ALTER TABLE account ADD COLUMN avatar_description TEXT NOT NULL DEFAULT '';

ALTER TABLE account ADD COLUMN header_description TEXT NOT NULL DEFAULT '';

ALTER TABLE town ADD COLUMN summary_at BIGINT";
