//! Groups: which post stands in which, and who looks after those of this town.

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

/// `group_id`: the group a post is meant for; `in_group`: the group has taken it. `group_rule` has a row only for groups
/// that said something.
const SCRIPT: &str = "\
ALTER TABLE post ADD COLUMN group_id BIGINT REFERENCES account (id) ON DELETE SET NULL;

ALTER TABLE post ADD COLUMN in_group BOOLEAN NOT NULL DEFAULT FALSE;

CREATE INDEX post_group ON post (group_id) WHERE group_id IS NOT NULL;

CREATE TABLE group_moderator (
  group_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  PRIMARY KEY (group_id, account_id)
);

CREATE INDEX group_moderator_account ON group_moderator (account_id);

CREATE TABLE group_rule (
  group_id {id} REFERENCES account (id) ON DELETE CASCADE,
  moderators_only BOOLEAN NOT NULL
)";
