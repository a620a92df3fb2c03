//! Pictures of other servers that stand for codes such as `:chat:` in texts and names.

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

/// One row for each picture, whoever writes its code. `server`: the one that brought it first. `emoji`: a line for each code
/// that the row's own texts hold, `chat 12`, where 12 is the picture; empty where there are none.
const SCRIPT: &str = "\
CREATE TABLE custom_emoji (
  id {id},
  url TEXT NOT NULL,
  server TEXT NOT NULL
);

CREATE UNIQUE INDEX custom_emoji_url ON custom_emoji (url);

CREATE INDEX custom_emoji_server ON custom_emoji (server, id);

ALTER TABLE post ADD COLUMN emoji TEXT;

ALTER TABLE account ADD COLUMN emoji TEXT";
