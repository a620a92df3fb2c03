//! More than one key for an account, and in which form each server takes our signatures.

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

/// `further_key` holds public keys beside the one in `account`. `ed25519_pem` is missing only until the program next starts.
const SCRIPT: &str = "\
ALTER TABLE account_key ADD COLUMN ed25519_pem TEXT;

CREATE TABLE further_key (
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  key_id TEXT NOT NULL,
  pem TEXT NOT NULL,
  PRIMARY KEY (account_id, key_id)
);

CREATE INDEX further_key_id ON further_key (key_id);

CREATE TABLE signature_form (
  host TEXT PRIMARY KEY NOT NULL,
  form TEXT NOT NULL,
  settled BOOLEAN NOT NULL,
  learned_at BIGINT NOT NULL
)";
