//! What people elsewhere add to posts of residents who look at it first, and who does.

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

/// `instrument`: the answer or quote, or the activity that likes or passes on. `request`: the activity that asks, or the
/// instrument where nobody asked. `held`: what is taken in when the author agrees; empty once they refused.
const SCRIPT: &str = "\
CREATE TABLE interaction_request (
  id {id},
  owner_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  post_id BIGINT NOT NULL REFERENCES post (id) ON DELETE CASCADE,
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  instrument TEXT NOT NULL,
  request TEXT NOT NULL,
  held TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  refused_at BIGINT
);

CREATE UNIQUE INDEX interaction_request_once ON interaction_request (post_id, kind, instrument);

CREATE INDEX interaction_request_owner ON interaction_request (owner_id, id);

CREATE INDEX interaction_request_age ON interaction_request (COALESCE(refused_at, created_at));

CREATE INDEX interaction_request_account ON interaction_request (account_id, post_id);

ALTER TABLE preference ADD COLUMN looks_at TEXT NOT NULL DEFAULT 'nothing'";
