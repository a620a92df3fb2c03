//! Which pictures of other servers are kept here for a while.

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

/// `name`: the 32 hexadecimal digits of its address. `of_id`: the picture's own row, the account or the preview that it
/// belongs to, by `kind`. No foreign keys: a row goes together with its file, never by itself.
const SCRIPT: &str = "\
CREATE TABLE remote_picture (
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  of_id BIGINT NOT NULL,
  account_id BIGINT,
  file_type TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  used_at BIGINT NOT NULL,
  PRIMARY KEY (name, kind)
);

CREATE INDEX remote_picture_used ON remote_picture (used_at);

CREATE INDEX remote_picture_of ON remote_picture (of_id);

CREATE INDEX remote_picture_account ON remote_picture (account_id)";
