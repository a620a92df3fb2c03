//! In which languages somebody wants to read whom they follow.

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

/// `languages`: first parts of language tags with a blank around each, ` fr oc `; none is all of them. Few choose any, and
/// home asks only after those who do.
const SCRIPT: &str = "\
ALTER TABLE follow ADD COLUMN languages TEXT;

CREATE INDEX follow_languages ON follow (follower_id, target_id, languages) WHERE languages IS NOT NULL";
