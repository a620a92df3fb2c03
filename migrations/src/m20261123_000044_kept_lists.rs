//! Whether somebody keeps to themselves who follows them and whom they follow; and a way to the groups of the town.

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

const SCRIPT: &str = "\
ALTER TABLE account ADD COLUMN hides_follows BOOLEAN NOT NULL DEFAULT FALSE;

CREATE INDEX account_group ON account (id) WHERE domain = '' AND kind = 'group'";
