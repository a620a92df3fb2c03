//! Which addresses are somebody's own for sure, and one letter at a time about what gathers.

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

/// `email_proven_at` is NULL where nobody has shown yet that the address is theirs.
const SCRIPT: &str = "\
ALTER TABLE login ADD COLUMN email_proven_at BIGINT;

CREATE UNIQUE INDEX letter_gathers ON letter (login_id, kind)
WHERE sent_at IS NULL AND kind IN ('notices', 'sign_ups', 'reports')";
