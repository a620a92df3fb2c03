//! Files that no row knows are looked for by their names; a moment that nobody asks for goes; of messages between few not
//! even the number is told.

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

const SCRIPT: &str = "CREATE INDEX media_file ON media (file) WHERE file IS NOT NULL;

CREATE INDEX media_preview_file ON media (preview_file) WHERE preview_file IS NOT NULL;

CREATE INDEX account_avatar ON account (avatar) WHERE domain = '';

CREATE INDEX account_header ON account (header) WHERE domain = '';

UPDATE account SET posts = posts - (SELECT COUNT(*) FROM post p WHERE p.author_id = account.id AND p.audience = 'direct')
  WHERE id IN (SELECT author_id FROM post WHERE audience = 'direct');

UPDATE account SET posts = 0 WHERE posts < 0;

ALTER TABLE second_step DROP COLUMN created_at";
