//! What is shown of a town and of its people: its colour, arms and banner, and which links of profiles lead back.

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

/// `look`: JSON, read and written as a whole. `link_errand`: the pages that profiles of this town link to and that are to be
/// asked whether they link back.
const SCRIPT: &str = "\
ALTER TABLE town ADD COLUMN look TEXT NOT NULL DEFAULT '{}';

CREATE TABLE link_errand (
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  url TEXT NOT NULL,
  due_at BIGINT NOT NULL,
  attempts INTEGER NOT NULL,
  PRIMARY KEY (account_id, url)
);

CREATE INDEX link_errand_due ON link_errand (due_at)";
