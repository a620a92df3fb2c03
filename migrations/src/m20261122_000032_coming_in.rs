//! Who may come in, and how: keys of a device in place of the password, and links by which residents invite others.

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

/// `credential` and `public_key` (COSE) of a passkey are in base64url. A `spent_challenge` is one that somebody has come in by,
/// kept until it would be too old anyway. `inviters` is the lowest role that may invite; `invited` says by which invitation
/// somebody came.
const SCRIPT: &str = "\
CREATE TABLE passkey (
  id {id},
  login_id BIGINT NOT NULL REFERENCES login (id) ON DELETE CASCADE,
  credential TEXT NOT NULL UNIQUE,
  public_key TEXT NOT NULL,
  counter BIGINT NOT NULL,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  used_at BIGINT
);

CREATE INDEX passkey_login ON passkey (login_id, id);

CREATE TABLE spent_challenge (
  hash TEXT PRIMARY KEY NOT NULL,
  until BIGINT NOT NULL
);

CREATE INDEX spent_challenge_until ON spent_challenge (until);

ALTER TABLE town ADD COLUMN inviters TEXT NOT NULL DEFAULT 'moderator';

ALTER TABLE invitation ADD COLUMN note TEXT NOT NULL DEFAULT '';

ALTER TABLE invitation ADD COLUMN taken_back_at BIGINT;

CREATE INDEX invitation_by ON invitation (created_by, id);

CREATE TABLE invited (
  login_id {id} REFERENCES login (id) ON DELETE CASCADE,
  invitation_id BIGINT NOT NULL REFERENCES invitation (id) ON DELETE CASCADE
);

CREATE INDEX invited_by ON invited (invitation_id, login_id)";
