//! The foundation: accounts, logins, posts, follows, the journal and what goes out by it.

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

/// Times are milliseconds UTC. `domain` is '' for accounts of this town. Audiences and kinds are words of `parvis-model`.
const SCRIPT: &str = "\
CREATE TABLE town (
  id {id},
  name TEXT NOT NULL,
  summary TEXT NOT NULL,
  language TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  registration TEXT NOT NULL,
  contact TEXT,
  rules TEXT NOT NULL,
  hue INTEGER NOT NULL,
  actor_id BIGINT NOT NULL,
  secret TEXT NOT NULL,
  setup_secret TEXT,
  created_at BIGINT NOT NULL
);

CREATE TABLE account (
  id {id},
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  domain TEXT NOT NULL,
  uri TEXT NOT NULL UNIQUE,
  url TEXT NOT NULL,
  display_name TEXT NOT NULL,
  bio_html TEXT NOT NULL,
  bio_source TEXT NOT NULL,
  avatar TEXT,
  header TEXT,
  fields TEXT NOT NULL,
  locked BOOLEAN NOT NULL,
  discoverable BOOLEAN NOT NULL,
  indexable BOOLEAN NOT NULL,
  inbox TEXT NOT NULL,
  shared_inbox TEXT,
  outbox TEXT NOT NULL,
  followers_uri TEXT NOT NULL,
  following_uri TEXT NOT NULL,
  featured_uri TEXT,
  key_id TEXT NOT NULL,
  key_pem TEXT NOT NULL,
  posts BIGINT NOT NULL,
  followers BIGINT NOT NULL,
  following BIGINT NOT NULL,
  last_post_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  fetched_at BIGINT NOT NULL,
  suspended_at BIGINT
);

CREATE UNIQUE INDEX account_handle ON account (name_key, domain);

CREATE INDEX account_key_id ON account (key_id);

CREATE INDEX account_url ON account (url);

CREATE TABLE account_key (
  account_id {id} REFERENCES account (id) ON DELETE CASCADE,
  private_pem TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE login (
  id {id},
  account_id BIGINT NOT NULL UNIQUE REFERENCES account (id) ON DELETE CASCADE,
  email TEXT,
  email_key TEXT UNIQUE,
  password_hash TEXT NOT NULL,
  role TEXT NOT NULL,
  locale TEXT,
  reason TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  approved_at BIGINT,
  notifications_read_id BIGINT NOT NULL
);

CREATE TABLE recovery_code (
  id {id},
  login_id BIGINT NOT NULL REFERENCES login (id) ON DELETE CASCADE,
  code_hash TEXT NOT NULL
);

CREATE INDEX recovery_code_login ON recovery_code (login_id);

CREATE TABLE session (
  id {id},
  login_id BIGINT NOT NULL REFERENCES login (id) ON DELETE CASCADE,
  secret_hash TEXT NOT NULL UNIQUE,
  user_agent TEXT NOT NULL,
  network TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL
);

CREATE INDEX session_login ON session (login_id);

CREATE TABLE token (
  id {id},
  login_id BIGINT NOT NULL REFERENCES login (id) ON DELETE CASCADE,
  secret_hash TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE INDEX token_login ON token (login_id);

CREATE TABLE invitation (
  id {id},
  code TEXT NOT NULL UNIQUE,
  created_by BIGINT NOT NULL REFERENCES login (id) ON DELETE CASCADE,
  uses_left INTEGER NOT NULL,
  expires_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE post (
  id {id},
  uri TEXT NOT NULL UNIQUE,
  url TEXT NOT NULL,
  author_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  local BOOLEAN NOT NULL,
  kind TEXT NOT NULL,
  audience TEXT NOT NULL,
  boost_of_id BIGINT REFERENCES post (id) ON DELETE CASCADE,
  reply_to_id BIGINT REFERENCES post (id) ON DELETE SET NULL,
  reply_to_uri TEXT,
  reply_to_account_id BIGINT REFERENCES account (id) ON DELETE SET NULL,
  thread_id BIGINT NOT NULL,
  title TEXT,
  html TEXT NOT NULL,
  source TEXT,
  summary TEXT NOT NULL,
  sensitive BOOLEAN NOT NULL,
  language TEXT,
  tags TEXT NOT NULL,
  has_media BOOLEAN NOT NULL,
  replies BIGINT NOT NULL,
  boosts BIGINT NOT NULL,
  favourites BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  edited_at BIGINT
);

CREATE INDEX post_by_time ON post (id, author_id, audience, boost_of_id, reply_to_account_id);

CREATE INDEX post_by_author ON post (author_id, id, audience, boost_of_id, reply_to_account_id);

CREATE INDEX post_public ON post (id) WHERE audience = 'public' AND boost_of_id IS NULL;

CREATE INDEX post_square ON post (id) WHERE local AND boost_of_id IS NULL AND audience IN ('public', 'town');

CREATE INDEX post_url ON post (url) WHERE boost_of_id IS NULL;

CREATE INDEX post_thread ON post (thread_id, id);

CREATE INDEX post_reply_to ON post (reply_to_id) WHERE reply_to_id IS NOT NULL;

CREATE INDEX post_reply_to_uri ON post (reply_to_uri) WHERE reply_to_uri IS NOT NULL;

CREATE INDEX post_reply_to_account ON post (reply_to_account_id) WHERE reply_to_account_id IS NOT NULL;

CREATE UNIQUE INDEX post_boost ON post (boost_of_id, author_id) WHERE boost_of_id IS NOT NULL;

CREATE TABLE mention (
  post_id BIGINT NOT NULL REFERENCES post (id) ON DELETE CASCADE,
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  PRIMARY KEY (post_id, account_id)
);

CREATE INDEX mention_account ON mention (account_id, post_id);

CREATE TABLE tag (
  id {id},
  key TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL
);

CREATE TABLE post_tag (
  tag_id BIGINT NOT NULL REFERENCES tag (id) ON DELETE CASCADE,
  post_id BIGINT NOT NULL REFERENCES post (id) ON DELETE CASCADE,
  PRIMARY KEY (tag_id, post_id)
);

CREATE INDEX post_tag_post ON post_tag (post_id);

CREATE TABLE media (
  id {id},
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  post_id BIGINT REFERENCES post (id) ON DELETE SET NULL,
  position INTEGER NOT NULL,
  file TEXT,
  preview_file TEXT,
  remote_url TEXT,
  mime TEXT NOT NULL,
  description TEXT NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  preview_width INTEGER NOT NULL,
  preview_height INTEGER NOT NULL,
  blurhash TEXT,
  focus_x INTEGER NOT NULL,
  focus_y INTEGER NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE INDEX media_post ON media (post_id, position);

CREATE INDEX media_account ON media (account_id);

CREATE TABLE follow (
  id {id},
  follower_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  target_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  accepted BOOLEAN NOT NULL,
  uri TEXT NOT NULL,
  show_boosts BOOLEAN NOT NULL,
  notify BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE INDEX follow_pair ON follow (follower_id, target_id, accepted, show_boosts);

CREATE UNIQUE INDEX follow_once ON follow (follower_id, target_id);

CREATE INDEX follow_follower ON follow (follower_id, id);

CREATE INDEX follow_target ON follow (target_id, id);

CREATE TABLE block (
  id {id},
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  target_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  uri TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX block_pair ON block (account_id, target_id);

CREATE INDEX block_target ON block (target_id);

CREATE TABLE mute (
  id {id},
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  target_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  notifications BOOLEAN NOT NULL,
  until BIGINT,
  created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX mute_pair ON mute (account_id, target_id);

CREATE INDEX mute_target ON mute (target_id);

CREATE TABLE favourite (
  id {id},
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  post_id BIGINT NOT NULL REFERENCES post (id) ON DELETE CASCADE,
  uri TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX favourite_pair ON favourite (post_id, account_id);

CREATE INDEX favourite_account ON favourite (account_id, id);

CREATE TABLE bookmark (
  id {id},
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  post_id BIGINT NOT NULL REFERENCES post (id) ON DELETE CASCADE,
  created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX bookmark_pair ON bookmark (post_id, account_id);

CREATE INDEX bookmark_account ON bookmark (account_id, id);

CREATE TABLE notification (
  id {id},
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  from_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  post_id BIGINT REFERENCES post (id) ON DELETE CASCADE,
  subject_id BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE INDEX notification_account ON notification (account_id, id);

CREATE UNIQUE INDEX notification_once ON notification (account_id, kind, from_id, subject_id);

CREATE INDEX notification_from ON notification (from_id);

CREATE INDEX notification_post ON notification (post_id) WHERE post_id IS NOT NULL;

CREATE TABLE journal (
  id {id},
  tx BIGINT NOT NULL,
  entry TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE INDEX journal_order ON journal (tx, id);

CREATE TABLE cursor (
  reader TEXT PRIMARY KEY NOT NULL,
  tx BIGINT NOT NULL,
  id BIGINT NOT NULL
);

CREATE TABLE activity (
  id {id},
  uri TEXT NOT NULL UNIQUE,
  actor_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  object_uri TEXT NOT NULL,
  json TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE INDEX activity_object ON activity (object_uri);

CREATE INDEX activity_actor ON activity (actor_id, id);

CREATE TABLE delivery (
  id {id},
  activity_id BIGINT NOT NULL REFERENCES activity (id) ON DELETE CASCADE,
  inbox TEXT NOT NULL,
  host TEXT NOT NULL,
  state TEXT NOT NULL,
  status INTEGER,
  attempts INTEGER NOT NULL,
  created_at BIGINT NOT NULL,
  settled_at BIGINT
);

CREATE INDEX delivery_pending ON delivery (host, id) WHERE state = 'pending';

CREATE INDEX delivery_activity ON delivery (activity_id);

CREATE TABLE peer (
  host TEXT PRIMARY KEY NOT NULL,
  failures INTEGER NOT NULL,
  failing_since BIGINT,
  next_attempt_at BIGINT NOT NULL,
  last_success_at BIGINT,
  blocked BOOLEAN NOT NULL,
  claimed_until BIGINT NOT NULL
);

CREATE TABLE seen (
  uri TEXT NOT NULL,
  origin TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (uri, origin)
);

CREATE INDEX seen_at ON seen (at);

CREATE TABLE tombstone (
  uri TEXT PRIMARY KEY NOT NULL,
  kind TEXT NOT NULL,
  author_uri TEXT NOT NULL,
  at BIGINT NOT NULL
)";
