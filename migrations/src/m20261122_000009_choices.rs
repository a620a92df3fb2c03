//! What readers choose for themselves: notes, mutes of threads, servers they want nothing of, tags, lists, filters; and
//! what posts said before they were edited.

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

/// Whoever stands on a list or is endorsed is followed: both hang on the follow and end with it. `media` and `options` of a
/// revision are JSON: ids of pictures, answers of a poll. `contexts` are words in a row, `replies` one of list, followed, none.
const SCRIPT: &str = "\
CREATE TABLE thread_mute (
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  thread_id BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, thread_id)
);

CREATE TABLE private_note (
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  target_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  text TEXT NOT NULL,
  PRIMARY KEY (account_id, target_id)
);

CREATE INDEX private_note_target ON private_note (target_id);

CREATE TABLE domain_block (
  id {id},
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  domain TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX domain_block_pair ON domain_block (account_id, domain);

CREATE INDEX domain_block_account ON domain_block (account_id, id);

CREATE INDEX account_domain ON account (domain) WHERE domain <> '';

CREATE TABLE marker (
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  timeline TEXT NOT NULL,
  last_read_id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, timeline)
);

CREATE TABLE preference (
  account_id {id} REFERENCES account (id) ON DELETE CASCADE,
  visibility TEXT NOT NULL,
  sensitive BOOLEAN NOT NULL,
  language TEXT,
  quoters TEXT NOT NULL
);

CREATE TABLE endorsement (
  id {id},
  account_id BIGINT NOT NULL,
  target_id BIGINT NOT NULL,
  follow_id BIGINT NOT NULL UNIQUE REFERENCES follow (id) ON DELETE CASCADE,
  created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX endorsement_pair ON endorsement (account_id, target_id);

CREATE INDEX endorsement_account ON endorsement (account_id, id);

CREATE TABLE post_revision (
  id {id},
  post_id BIGINT NOT NULL REFERENCES post (id) ON DELETE CASCADE,
  title TEXT,
  html TEXT NOT NULL,
  summary TEXT NOT NULL,
  sensitive BOOLEAN NOT NULL,
  media TEXT NOT NULL,
  options TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE INDEX post_revision_post ON post_revision (post_id, id);

CREATE TABLE tag_follow (
  id {id},
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  tag_id BIGINT NOT NULL REFERENCES tag (id) ON DELETE CASCADE,
  created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX tag_follow_pair ON tag_follow (account_id, tag_id);

CREATE INDEX tag_follow_account ON tag_follow (account_id, id);

CREATE INDEX tag_follow_tag ON tag_follow (tag_id);

CREATE TABLE featured_tag (
  id {id},
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  tag_id BIGINT NOT NULL REFERENCES tag (id) ON DELETE CASCADE,
  created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX featured_tag_pair ON featured_tag (account_id, tag_id);

CREATE INDEX featured_tag_tag ON featured_tag (tag_id);

CREATE TABLE people_list (
  id {id},
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  title TEXT NOT NULL,
  replies TEXT NOT NULL,
  exclusive BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE INDEX people_list_account ON people_list (account_id, id);

CREATE INDEX people_list_exclusive ON people_list (account_id) WHERE exclusive;

CREATE TABLE list_member (
  id {id},
  list_id BIGINT NOT NULL REFERENCES people_list (id) ON DELETE CASCADE,
  target_id BIGINT NOT NULL,
  follow_id BIGINT NOT NULL REFERENCES follow (id) ON DELETE CASCADE
);

CREATE UNIQUE INDEX list_member_pair ON list_member (list_id, target_id);

CREATE INDEX list_member_list ON list_member (list_id, id);

CREATE INDEX list_member_follow ON list_member (follow_id);

CREATE TABLE word_filter (
  id {id},
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  title TEXT NOT NULL,
  contexts TEXT NOT NULL,
  action TEXT NOT NULL,
  expires_at BIGINT
);

CREATE INDEX word_filter_account ON word_filter (account_id);

CREATE TABLE filter_keyword (
  id {id},
  filter_id BIGINT NOT NULL REFERENCES word_filter (id) ON DELETE CASCADE,
  keyword TEXT NOT NULL,
  whole_word BOOLEAN NOT NULL
);

CREATE INDEX filter_keyword_filter ON filter_keyword (filter_id);

CREATE TABLE filter_post (
  id {id},
  filter_id BIGINT NOT NULL REFERENCES word_filter (id) ON DELETE CASCADE,
  post_id BIGINT NOT NULL REFERENCES post (id) ON DELETE CASCADE
);

CREATE UNIQUE INDEX filter_post_pair ON filter_post (filter_id, post_id);

CREATE INDEX filter_post_post ON filter_post (post_id)";
