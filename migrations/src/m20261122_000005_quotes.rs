//! Quotes: which post shows which other inside itself, with whose consent, and what posts say of who may do so.

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

/// `policy` is NULL where the post says nothing. `quoted_id` is NULL where the quoted post is not here, or no more.
/// `quote_stamp`: what people of this town gave others to show; what was taken back stays, so that it is not given again.
const SCRIPT: &str = "\
ALTER TABLE post ADD COLUMN has_quote BOOLEAN NOT NULL DEFAULT FALSE;

ALTER TABLE post ADD COLUMN quotes BIGINT NOT NULL DEFAULT 0;

ALTER TABLE post ADD COLUMN policy TEXT;

CREATE TABLE quote (
  post_id {id} REFERENCES post (id) ON DELETE CASCADE,
  quoted_id BIGINT REFERENCES post (id) ON DELETE SET NULL,
  quoted_uri TEXT NOT NULL,
  quoted_author_id BIGINT REFERENCES account (id) ON DELETE SET NULL,
  state TEXT NOT NULL,
  request_uri TEXT,
  stamp_uri TEXT,
  created_at BIGINT NOT NULL
);

CREATE INDEX quote_quoted ON quote (quoted_id, post_id);

CREATE INDEX quote_author ON quote (quoted_author_id);

CREATE INDEX quote_stamped ON quote (stamp_uri) WHERE stamp_uri IS NOT NULL;

CREATE TABLE quote_stamp (
  id {id},
  quoted_id BIGINT NOT NULL REFERENCES post (id) ON DELETE CASCADE,
  quoting_uri TEXT NOT NULL,
  quoter_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  created_at BIGINT NOT NULL,
  revoked_at BIGINT
);

CREATE UNIQUE INDEX quote_stamp_once ON quote_stamp (quoted_id, quoting_uri);

CREATE INDEX quote_stamp_quoter ON quote_stamp (quoter_id)";
