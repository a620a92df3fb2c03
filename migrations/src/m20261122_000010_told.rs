//! Notifications held back by a policy, conversations among few, posts that wait for their time.

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

/// Each word of a policy is accept, filter or drop. `notification_consent`: whose notifications are let through whatever the
/// policy says. The conversations there are already begin as read.
const SCRIPT: &str = "\
ALTER TABLE notification ADD COLUMN held_back BOOLEAN NOT NULL DEFAULT FALSE;

CREATE INDEX notification_held ON notification (account_id, from_id, id) WHERE held_back;

CREATE TABLE notification_policy (
  account_id {id} REFERENCES account (id) ON DELETE CASCADE,
  not_following TEXT NOT NULL,
  not_followers TEXT NOT NULL,
  new_accounts TEXT NOT NULL,
  private_mentions TEXT NOT NULL,
  limited_accounts TEXT NOT NULL
);

CREATE TABLE notification_consent (
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  from_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  PRIMARY KEY (account_id, from_id)
);

CREATE INDEX notification_consent_from ON notification_consent (from_id);

CREATE TABLE conversation (
  id {id},
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  thread_id BIGINT NOT NULL,
  last_post_id BIGINT REFERENCES post (id) ON DELETE SET NULL,
  unread BOOLEAN NOT NULL
);

CREATE UNIQUE INDEX conversation_thread ON conversation (account_id, thread_id);

CREATE INDEX conversation_last ON conversation (account_id, last_post_id);

CREATE INDEX conversation_post ON conversation (last_post_id);

INSERT INTO conversation (id, account_id, thread_id, last_post_id, unread)
SELECT ROW_NUMBER() OVER (ORDER BY MAX(p.id)), w.account_id, p.thread_id, MAX(p.id), FALSE
FROM (SELECT m.account_id, m.post_id FROM mention m UNION SELECT author_id, id FROM post WHERE audience = 'direct') w
JOIN post p ON p.id = w.post_id JOIN account a ON a.id = w.account_id
WHERE p.audience = 'direct' AND a.domain = '' AND a.kind <> 'application'
GROUP BY w.account_id, p.thread_id;

CREATE INDEX account_resident ON account (id) WHERE domain = '';

CREATE TABLE scheduled_post (
  id {id},
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  due_at BIGINT NOT NULL,
  post TEXT NOT NULL
);

CREATE INDEX scheduled_post_due ON scheduled_post (due_at);

CREATE INDEX scheduled_post_account ON scheduled_post (account_id, id);

CREATE TABLE scheduled_media (
  media_id {id} REFERENCES media (id) ON DELETE CASCADE,
  scheduled_id BIGINT NOT NULL REFERENCES scheduled_post (id) ON DELETE CASCADE
);

CREATE INDEX scheduled_media_post ON scheduled_media (scheduled_id)";
