//! The account itself: the second step of a log-in, leaving for good with time to think, and lists brought along from
//! elsewhere.

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

/// `secret` of a second step is in base32; `since` is NULL until its first code was given; `last_step` is the step of time
/// whose code was taken last. All of it hangs on the log-in and ends with it. An `import_row` is one thing to do; it goes when
/// it is done, and stays with its `failure` where it could not be.
const SCRIPT: &str = "\
CREATE TABLE second_step (
  login_id {id} REFERENCES login (id) ON DELETE CASCADE,
  secret TEXT NOT NULL,
  since BIGINT,
  last_step BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE second_step_code (
  id {id},
  login_id BIGINT NOT NULL REFERENCES login (id) ON DELETE CASCADE,
  code_hash TEXT NOT NULL
);

CREATE INDEX second_step_code_login ON second_step_code (login_id);

CREATE TABLE departure (
  login_id {id} REFERENCES login (id) ON DELETE CASCADE,
  due_at BIGINT NOT NULL,
  revocable BOOLEAN NOT NULL
);

CREATE INDEX departure_due ON departure (due_at);

CREATE TABLE import (
  id {id},
  login_id BIGINT NOT NULL REFERENCES login (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  total BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  finished_at BIGINT
);

CREATE INDEX import_login ON import (login_id, id);

CREATE TABLE import_row (
  id {id},
  import_id BIGINT NOT NULL REFERENCES import (id) ON DELETE CASCADE,
  what TEXT NOT NULL,
  due_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  failure TEXT
);

CREATE INDEX import_row_due ON import_row (due_at) WHERE failure IS NULL;

CREATE INDEX import_row_waiting ON import_row (import_id) WHERE failure IS NULL;

CREATE INDEX import_row_import ON import_row (import_id, id)";
