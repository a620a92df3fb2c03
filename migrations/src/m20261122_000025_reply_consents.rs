//! What authors elsewhere say of the answers of residents who may not answer them just so.

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

/// `reply_state`: waiting, open, agreed or refused; NULL where nobody needs to agree. `reply_stamp`: where others can check
/// that they do.
const SCRIPT: &str = "\
ALTER TABLE post ADD COLUMN reply_state TEXT;

ALTER TABLE post ADD COLUMN reply_stamp TEXT;

CREATE INDEX post_reply_stamp ON post (reply_stamp) WHERE reply_stamp IS NOT NULL";
