//! Letters by e-mail: those on their way, the keys of links in them, and of what somebody is told where.

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

/// A letter is words only once it is sent: its row says to whom and why. `recipient` is NULL where it goes to the address that
/// the log-in has by then, and again once it was sent. `letter_key` holds what links in letters open, as hashes; `email` is
/// the address that one confirms. `notice_choice` lists kinds of notifications in a row; `told_upto` is the last that a letter
/// spoke of.
const SCRIPT: &str = "\
CREATE TABLE letter (
  id {id},
  login_id BIGINT NOT NULL REFERENCES login (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  recipient TEXT,
  attempts BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  sent_at BIGINT
);

CREATE INDEX letter_due ON letter (due_at) WHERE sent_at IS NULL;

CREATE INDEX letter_login ON letter (login_id, kind);

CREATE INDEX letter_sent ON letter (sent_at) WHERE sent_at IS NOT NULL;

CREATE TABLE letter_key (
  id {id},
  login_id BIGINT NOT NULL REFERENCES login (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  secret_hash TEXT NOT NULL UNIQUE,
  email TEXT,
  expires_at BIGINT NOT NULL
);

CREATE INDEX letter_key_login ON letter_key (login_id, kind);

CREATE INDEX letter_key_expires ON letter_key (expires_at);

CREATE TABLE notice_choice (
  account_id {id} REFERENCES account (id) ON DELETE CASCADE,
  off_page TEXT NOT NULL,
  off_push TEXT NOT NULL,
  by_letter TEXT NOT NULL,
  told_upto BIGINT NOT NULL
)";
