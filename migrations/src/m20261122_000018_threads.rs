//! Threads that turn out to be parts of others are found by whoever muted or holds them; a post that was refused when its
//! time came is kept for its author.

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
ALTER TABLE scheduled_post ADD COLUMN refused BOOLEAN NOT NULL DEFAULT FALSE;

DROP INDEX scheduled_post_due;

CREATE INDEX scheduled_post_due ON scheduled_post (due_at) WHERE NOT refused;

CREATE INDEX thread_mute_thread ON thread_mute (thread_id);

CREATE INDEX conversation_of_thread ON conversation (thread_id);
";
