//! Apps: which there are, the codes that lead from a resident's yes to a token, and tokens that stand for an app alone.

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

/// `redirect_uris`: one a line. `auth_code.token_id` is the token that the code was exchanged for; it stays when that token
/// goes. `token.app_id` is NULL where the command line issued it, `token.last_used_at` the beginning of a day.
const SCRIPT: &str = "\
CREATE TABLE app (
  id {id},
  client_id TEXT NOT NULL UNIQUE,
  secret_hash TEXT NOT NULL,
  name TEXT NOT NULL,
  website TEXT,
  redirect_uris TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE app_token (
  id {id},
  app_id BIGINT NOT NULL REFERENCES app (id) ON DELETE CASCADE,
  secret_hash TEXT NOT NULL UNIQUE,
  scopes TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT NOT NULL
);

CREATE INDEX app_token_app ON app_token (app_id);

CREATE TABLE auth_code (
  id {id},
  app_id BIGINT NOT NULL REFERENCES app (id) ON DELETE CASCADE,
  login_id BIGINT NOT NULL REFERENCES login (id) ON DELETE CASCADE,
  code_hash TEXT NOT NULL UNIQUE,
  redirect_uri TEXT NOT NULL,
  scopes TEXT NOT NULL,
  challenge TEXT,
  created_at BIGINT NOT NULL,
  token_id BIGINT
);

CREATE INDEX auth_code_app ON auth_code (app_id);

CREATE INDEX auth_code_login ON auth_code (login_id);

ALTER TABLE token ADD COLUMN app_id BIGINT REFERENCES app (id) ON DELETE CASCADE;

ALTER TABLE token ADD COLUMN last_used_at BIGINT;

CREATE INDEX token_app ON token (app_id)";
