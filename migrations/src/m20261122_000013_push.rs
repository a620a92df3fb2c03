//! Push: the town's key for push services, which app wants to hear of what where, and what is still to be sent.

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

/// `push_key` has one row, numbered 0. `bearer`: the secret of the token itself, since apps know by it for whom a message
/// is. `alerts`: kinds of notifications in a row. `host`: of the endpoint, with its port.
const SCRIPT: &str = "\
CREATE TABLE push_key (
  id {id},
  private_pem TEXT NOT NULL,
  public_key TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE push_subscription (
  id {id},
  token_id BIGINT NOT NULL UNIQUE REFERENCES token (id) ON DELETE CASCADE,
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  bearer TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  host TEXT NOT NULL,
  p256dh TEXT NOT NULL,
  auth TEXT NOT NULL,
  standard BOOLEAN NOT NULL,
  alerts TEXT NOT NULL,
  policy TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE INDEX push_subscription_account ON push_subscription (account_id, id);

CREATE TABLE push_message (
  id {id},
  subscription_id BIGINT NOT NULL REFERENCES push_subscription (id) ON DELETE CASCADE,
  notification_id BIGINT NOT NULL REFERENCES notification (id) ON DELETE CASCADE,
  host TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE INDEX push_message_due ON push_message (host, due_at);

CREATE INDEX push_message_subscription ON push_message (subscription_id);

CREATE INDEX push_message_notification ON push_message (notification_id)";
