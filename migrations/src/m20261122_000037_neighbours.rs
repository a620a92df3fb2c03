//! Towns with which there is an agreement, and what their residents write for everyone or for the neighbours.

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

/// `neighbour.actor_id`: the other town's own actor; `uri`: the Follow by which one side asked; `ours`: it was this one;
/// `decided_by`: the account of whoever decided last here. `neighbour_post`: what came of a neighbour and
/// what this town writes for its neighbours; with `neighbour_id` where it stays between the two, also once that town is gone.
const SCRIPT: &str = "\
CREATE TABLE neighbour (
  actor_id BIGINT NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
  domain TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL,
  uri TEXT NOT NULL,
  ours BOOLEAN NOT NULL,
  decided_by BIGINT,
  changed_at BIGINT NOT NULL
);

CREATE INDEX neighbour_state ON neighbour (state, changed_at);

CREATE TABLE neighbour_post (
  post_id BIGINT NOT NULL PRIMARY KEY REFERENCES post (id) ON DELETE CASCADE,
  neighbour_id BIGINT
)";
