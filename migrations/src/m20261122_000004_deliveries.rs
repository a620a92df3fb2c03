//! The queue by server instead of by delivery: each server knows when its turn is, so that finding who is due costs the same
//! however many servers are away. Claims are held by the connection of a process and need no column any more.

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

/// `due_at`: when the server's turn is, NULL while nothing waits for it. One index for each kind of turn.
const SCRIPT: &str = "\
ALTER TABLE peer ADD COLUMN due_at BIGINT;

ALTER TABLE peer DROP COLUMN claimed_until;

INSERT INTO peer (host, failures, failing_since, next_attempt_at, last_success_at, blocked) \
SELECT DISTINCT host, 0, CAST(NULL AS BIGINT), 0, CAST(NULL AS BIGINT), FALSE FROM delivery WHERE state = 'pending' \
AND host NOT IN (SELECT host FROM peer);

UPDATE peer SET due_at = next_attempt_at WHERE host IN (SELECT host FROM delivery WHERE state = 'pending');

CREATE INDEX peer_due_proven ON peer (due_at) WHERE due_at IS NOT NULL AND failures = 0 AND last_success_at IS NOT NULL;

CREATE INDEX peer_due_untried ON peer (due_at) WHERE due_at IS NOT NULL AND failures = 0 AND last_success_at IS NULL;

CREATE INDEX peer_due_failing ON peer (due_at) WHERE due_at IS NOT NULL AND failures > 0;

DROP INDEX delivery_activity;

CREATE INDEX delivery_activity ON delivery (activity_id, host);

CREATE INDEX activity_deletion ON activity (actor_id, id) WHERE kind = 'Delete';

CREATE INDEX account_inbox ON account (inbox);

CREATE INDEX account_shared_inbox ON account (shared_inbox) WHERE shared_inbox IS NOT NULL";
