//! Who wrote the page that a post links to, if that is somebody with an account, and whose pages may say so.

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

/// `attribution_domains`: a line each. `author_id`: whom the page names, whether they agree or not.
const SCRIPT: &str = "\
ALTER TABLE account ADD COLUMN attribution_domains TEXT NOT NULL DEFAULT '';

ALTER TABLE preview_card ADD COLUMN author_id BIGINT REFERENCES account (id) ON DELETE SET NULL;

CREATE INDEX preview_card_author ON preview_card (author_id) WHERE author_id IS NOT NULL";
