//! The town as an app: a browser that wants to hear of something while no page is open, and forms that are sent only once.

use sea_orm_migration::{prelude::*, sea_orm::DatabaseBackend};

use crate::dialect;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let push = match manager.get_database_backend() {
            DatabaseBackend::Sqlite => PUSH_SQLITE,
            _ => PUSH_POSTGRES,
        };
        dialect::run(manager, push).await?;
        dialect::run(manager, SENT).await
    }
}

/// A subscription hangs on a token or on a session, and ends with it.
const PUSH_POSTGRES: &str = "\
ALTER TABLE push_subscription ALTER COLUMN token_id DROP NOT NULL;

ALTER TABLE push_subscription ADD COLUMN session_id BIGINT UNIQUE REFERENCES session (id) ON DELETE CASCADE;

ALTER TABLE push_subscription ADD CHECK ((token_id IS NULL) <> (session_id IS NULL))";

/// SQLite cannot make a column optional. What waits to be sent goes over with the subscriptions: dropping those would take it
/// along.
const PUSH_SQLITE: &str = "\
CREATE TABLE push_subscription_then (
  id {id},
  token_id BIGINT UNIQUE REFERENCES token (id) ON DELETE CASCADE,
  session_id BIGINT UNIQUE REFERENCES session (id) ON DELETE CASCADE,
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  bearer TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  host TEXT NOT NULL,
  p256dh TEXT NOT NULL,
  auth TEXT NOT NULL,
  standard BOOLEAN NOT NULL,
  alerts TEXT NOT NULL,
  policy TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  CHECK ((token_id IS NULL) <> (session_id IS NULL))
);

INSERT INTO push_subscription_then
  (id, token_id, account_id, bearer, endpoint, host, p256dh, auth, standard, alerts, policy, created_at)
  SELECT id, token_id, account_id, bearer, endpoint, host, p256dh, auth, standard, alerts, policy, created_at
  FROM push_subscription;

CREATE TABLE push_message_then (
  id {id},
  subscription_id BIGINT NOT NULL REFERENCES push_subscription_then (id) ON DELETE CASCADE,
  notification_id BIGINT NOT NULL REFERENCES notification (id) ON DELETE CASCADE,
  host TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

INSERT INTO push_message_then
  (id, subscription_id, notification_id, host, attempts, due_at, created_at)
  SELECT id, subscription_id, notification_id, host, attempts, due_at, created_at
  FROM push_message;

DROP TABLE push_message;

DROP TABLE push_subscription;

ALTER TABLE push_subscription_then RENAME TO push_subscription;

ALTER TABLE push_message_then RENAME TO push_message;

CREATE INDEX push_subscription_account ON push_subscription (account_id, id);

CREATE INDEX push_message_due ON push_message (host, due_at);

CREATE INDEX push_message_subscription ON push_message (subscription_id);

CREATE INDEX push_message_notification ON push_message (notification_id)";

/// `mark` tells a form and what stood in it from all others.
const SENT: &str = "\
CREATE TABLE sent_form (
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  mark TEXT NOT NULL,
  sent_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, mark)
);

CREATE INDEX sent_form_at ON sent_form (sent_at)";
