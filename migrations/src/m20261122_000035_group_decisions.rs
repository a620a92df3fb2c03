//! What those who look after groups elsewhere decide: threads that are closed, posts taken out, people kept out.

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

/// `taken_out`: the reason, empty where none is given; NULL where nobody has taken the post out of its group.
const SCRIPT: &str = "\
ALTER TABLE post ADD COLUMN closed BOOLEAN NOT NULL DEFAULT FALSE;

ALTER TABLE post ADD COLUMN taken_out TEXT;

CREATE TABLE group_list (
  group_id {id} REFERENCES account (id) ON DELETE CASCADE,
  moderators_uri TEXT,
  read_at BIGINT NOT NULL
);

CREATE INDEX group_list_moderators ON group_list (moderators_uri) WHERE moderators_uri IS NOT NULL;

CREATE TABLE group_ban (
  group_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  ends_at BIGINT,
  PRIMARY KEY (group_id, account_id)
);

CREATE INDEX group_ban_account ON group_ban (account_id)";
