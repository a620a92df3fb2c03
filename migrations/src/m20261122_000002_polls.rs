//! Polls: what is asked with a post, the answers it offers, who chose which.

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

/// `voters` is NULL where another server does not tell. `closed_at`: when its end was made known here. `told_at`, `tell_at`:
/// when other servers last heard the counts, and when they are to hear them next.
const SCRIPT: &str = "\
ALTER TABLE post ADD COLUMN has_poll BOOLEAN NOT NULL DEFAULT FALSE;

CREATE TABLE poll (
  post_id {id} REFERENCES post (id) ON DELETE CASCADE,
  multiple BOOLEAN NOT NULL,
  hide_totals BOOLEAN NOT NULL,
  voters BIGINT,
  expires_at BIGINT,
  closed_at BIGINT,
  told_at BIGINT NOT NULL,
  tell_at BIGINT
);

CREATE INDEX poll_ending ON poll (expires_at) WHERE closed_at IS NULL AND expires_at IS NOT NULL;

CREATE INDEX poll_to_tell ON poll (tell_at) WHERE tell_at IS NOT NULL;

CREATE TABLE poll_option (
  post_id BIGINT NOT NULL REFERENCES poll (post_id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  title TEXT NOT NULL,
  votes BIGINT NOT NULL,
  PRIMARY KEY (post_id, position)
);

CREATE TABLE poll_vote (
  id {id},
  post_id BIGINT NOT NULL REFERENCES poll (post_id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX poll_vote_once ON poll_vote (post_id, account_id, position);

CREATE INDEX poll_vote_account ON poll_vote (account_id)";
