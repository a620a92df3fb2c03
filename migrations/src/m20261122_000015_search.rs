//! Search: the words of posts and the names of people, and the queue of what is to be taken in. What leaves, leaves with the
//! deed that takes it away, by whatever way it goes; what comes is written down with its deed and taken in a moment later, many
//! at once, which costs a fraction. Hence triggers: no deed can forget.

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
        let is_sqlite = manager.get_database_backend() == DatabaseBackend::Sqlite;
        let (bytes, once) = if is_sqlite {
            ("BINARY", "random()")
        } else {
            ("\"C\"", "CAST(random() * 9e15 AS BIGINT)")
        };
        let tables = TABLES.replace("{bytes}", bytes).replace("{once}", once);
        dialect::run(manager, &tables).await?;
        dialect::run(manager, if is_sqlite { SQLITE } else { POSTGRES }).await?;
        for trigger in TRIGGERS {
            dialect::run(manager, &trigger.written(is_sqlite)).await?;
        }
        dialect::run(manager, &author_changed(is_sqlite)).await?;
        dialect::run(manager, WHAT_IS_THERE).await
    }
}

/// `search_waiting.kind`: 0 for a post, 1 for an account. `stamp` is another one whenever it is put down again, also after it was
/// taken off in between, so that nobody who read it before takes it off. `fresh`: of now, not of what was there before.
/// `search_author`: those all of whose posts are to be taken in again; the ones before `upto` are not put down yet.
const TABLES: &str = "\
CREATE TABLE search_waiting (
  kind INTEGER NOT NULL,
  id BIGINT NOT NULL,
  stamp BIGINT NOT NULL DEFAULT ({once}),
  fresh BOOLEAN NOT NULL,
  PRIMARY KEY (kind, id)
);

CREATE INDEX search_waiting_fresh ON search_waiting (kind, id) WHERE fresh;

CREATE TABLE search_author (
  account_id BIGINT PRIMARY KEY NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  upto BIGINT NOT NULL
);

CREATE TABLE search_name (
  remote BOOLEAN NOT NULL,
  word TEXT COLLATE {bytes} NOT NULL,
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  PRIMARY KEY (remote, word, account_id)
);

CREATE INDEX search_name_account ON search_name (account_id, word)";

/// Terms alone, neither texts nor places: a tenth of the posts' own size. Terms come analysed and in one line.
const SQLITE: &str = "\
CREATE VIRTUAL TABLE search_post USING fts5(terms, content='', contentless_delete=1, detail=none, \
tokenize=\"ascii tokenchars '~#@:_'\")";

const POSTGRES: &str = "\
CREATE TABLE search_post (
  post_id BIGINT PRIMARY KEY NOT NULL,
  terms TSVECTOR NOT NULL
);

CREATE INDEX search_post_terms ON search_post USING gin (terms);

CREATE INDEX tag_key_bytes ON tag (key COLLATE \"C\")";

/// Something that must be taken in again, or is gone.
struct Trigger {
    name: &'static str,
    /// Such as `INSERT ON post`.
    after: &'static str,
    when: &'static str,
    /// What waits from now on: columns `kind`, `id`; empty where nothing does.
    waits: &'static str,
    /// The post that can be found no more, before it is taken in again if at all.
    leaves: Option<&'static str>,
    /// What need not be taken in any more.
    gone: Option<&'static str>,
}

impl Trigger {
    fn written(&self, is_sqlite: bool) -> String {
        let Self {
            name, after, when, ..
        } = self;
        let gone = self
            .gone
            .map(|gone| format!("DELETE FROM search_waiting WHERE {gone};\n"));
        let waits = (!self.waits.is_empty()).then(|| {
            format!(
                "INSERT INTO search_waiting (kind, id, fresh) {} \
                 ON CONFLICT (kind, id) DO UPDATE SET stamp = excluded.stamp, fresh = TRUE;\n",
                self.waits
            )
        });
        let key = if is_sqlite { "rowid" } else { "post_id" };
        // After what waits: who takes it in holds that row, so whoever comes second sees what the first has done.
        let leaves = self
            .leaves
            .map(|post| format!("DELETE FROM search_post WHERE {key} = {post};\n"));
        let body: String = [gone, waits, leaves].into_iter().flatten().collect();
        trigger(name, after, when, &body, is_sqlite)
    }
}

fn trigger(name: &str, after: &str, when: &str, body: &str, is_sqlite: bool) -> String {
    if is_sqlite {
        return format!(
            "CREATE TRIGGER {name} AFTER {after} FOR EACH ROW WHEN {when} BEGIN\n{body}END"
        );
    }
    format!(
        "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN\n{body}RETURN NULL;\nEND $$;\n\n\
         CREATE TRIGGER {name} AFTER {after} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION {name}()"
    )
}

/// Somebody lets their posts be found, or no more, or is suspended: one row, however much they wrote. Until all of it was walked
/// through, reading looks at the author.
fn author_changed(is_sqlite: bool) -> String {
    trigger(
        "search_author_changed",
        "UPDATE OF indexable, suspended_at ON account",
        "OLD.indexable <> NEW.indexable OR (OLD.suspended_at IS NULL) <> (NEW.suspended_at IS NULL)",
        "INSERT INTO search_author (account_id, upto) VALUES (NEW.id, 9223372036854775807) \
         ON CONFLICT (account_id) DO UPDATE SET upto = excluded.upto;\n",
        is_sqlite,
    )
}

const TRIGGERS: [Trigger; 15] = [
    Trigger {
        name: "search_post_written",
        after: "INSERT ON post",
        when: "NEW.boost_of_id IS NULL",
        waits: "SELECT 0, NEW.id, TRUE WHERE NEW.local OR (NEW.audience = 'public' \
                AND EXISTS (SELECT 1 FROM account a WHERE a.id = NEW.author_id AND a.indexable))",
        leaves: None,
        gone: None,
    },
    Trigger {
        name: "search_post_boosted",
        after: "INSERT ON post",
        when: "NEW.boost_of_id IS NOT NULL AND NEW.local",
        waits: "SELECT 0, NEW.boost_of_id, TRUE WHERE TRUE",
        leaves: None,
        gone: None,
    },
    Trigger {
        name: "search_post_changed",
        after: "UPDATE OF html, title, summary, audience, edited_at, sensitive, language ON post",
        when: "NEW.boost_of_id IS NULL AND (OLD.html <> NEW.html OR OLD.summary <> NEW.summary OR OLD.audience <> NEW.audience \
               OR OLD.sensitive <> NEW.sensitive OR COALESCE(OLD.title, '') <> COALESCE(NEW.title, '') \
               OR COALESCE(OLD.language, '') <> COALESCE(NEW.language, '') OR COALESCE(OLD.edited_at, 0) <> COALESCE(NEW.edited_at, 0))",
        waits: "SELECT 0, NEW.id, TRUE WHERE TRUE",
        leaves: Some("NEW.id"),
        gone: None,
    },
    Trigger {
        name: "search_post_deleted",
        after: "DELETE ON post",
        when: "OLD.boost_of_id IS NULL",
        waits: "",
        leaves: Some("OLD.id"),
        gone: Some("kind = 0 AND id = OLD.id"),
    },
    Trigger {
        name: "search_post_named",
        after: "INSERT ON mention",
        when: "TRUE",
        waits: "SELECT 0, NEW.post_id, TRUE FROM account a WHERE a.id = NEW.account_id AND a.domain = ''",
        leaves: None,
        gone: None,
    },
    Trigger {
        name: "search_post_favoured",
        after: "INSERT ON favourite",
        when: "TRUE",
        waits: "SELECT 0, NEW.post_id, TRUE FROM account a WHERE a.id = NEW.account_id AND a.domain = ''",
        leaves: None,
        gone: None,
    },
    Trigger {
        name: "search_post_kept",
        after: "INSERT ON bookmark",
        when: "TRUE",
        waits: "SELECT 0, NEW.post_id, TRUE WHERE TRUE",
        leaves: None,
        gone: None,
    },
    Trigger {
        name: "search_post_voted",
        after: "INSERT ON poll_vote",
        when: "TRUE",
        waits: "SELECT 0, NEW.post_id, TRUE FROM account a WHERE a.id = NEW.account_id AND a.domain = ''",
        leaves: None,
        gone: None,
    },
    Trigger {
        name: "search_post_described",
        after: "UPDATE OF description ON media",
        when: "NEW.post_id IS NOT NULL AND OLD.description <> NEW.description",
        waits: "SELECT 0, NEW.post_id, TRUE WHERE TRUE",
        leaves: Some("NEW.post_id"),
        gone: None,
    },
    Trigger {
        name: "search_account_come",
        after: "INSERT ON account",
        when: "NEW.kind <> 'application'",
        waits: "SELECT 1, NEW.id, TRUE WHERE TRUE",
        leaves: None,
        gone: None,
    },
    Trigger {
        name: "search_account_renamed",
        after: "UPDATE OF name_key, display_name ON account",
        when: "OLD.name_key <> NEW.name_key OR OLD.display_name <> NEW.display_name",
        waits: "SELECT 1, NEW.id, TRUE WHERE TRUE",
        leaves: None,
        gone: None,
    },
    Trigger {
        name: "search_media_come",
        after: "INSERT ON media",
        when: "NEW.post_id IS NOT NULL",
        waits: "SELECT 0, p.id, TRUE FROM post p WHERE p.id = NEW.post_id AND (p.local \
                OR EXISTS (SELECT 1 FROM account a WHERE a.id = p.author_id AND a.indexable))",
        leaves: None,
        gone: None,
    },
    Trigger {
        name: "search_media_gone",
        after: "DELETE ON media",
        when: "OLD.post_id IS NOT NULL",
        // A post that goes itself takes its files along: it is not there any more.
        waits: "SELECT 0, p.id, TRUE FROM post p WHERE p.id = OLD.post_id",
        leaves: None,
        gone: None,
    },
    Trigger {
        name: "search_option_come",
        after: "INSERT ON poll_option",
        when: "TRUE",
        waits: "SELECT 0, p.id, TRUE FROM post p WHERE p.id = NEW.post_id AND (p.local \
                OR EXISTS (SELECT 1 FROM account a WHERE a.id = p.author_id AND a.indexable))",
        leaves: None,
        gone: None,
    },
    Trigger {
        name: "search_option_gone",
        after: "DELETE ON poll_option",
        when: "TRUE",
        waits: "SELECT 0, p.id, TRUE FROM post p WHERE p.id = OLD.post_id",
        leaves: None,
        gone: None,
    },
];

const WHAT_IS_THERE: &str = "\
INSERT INTO search_waiting (kind, id, fresh)
SELECT 0, p.id, FALSE FROM post p JOIN account a ON a.id = p.author_id
WHERE p.boost_of_id IS NULL AND (p.local OR (p.audience = 'public' AND a.indexable)
OR EXISTS (SELECT 1 FROM mention m JOIN account w ON w.id = m.account_id WHERE m.post_id = p.id AND w.domain = '')
OR EXISTS (SELECT 1 FROM favourite f JOIN account w ON w.id = f.account_id WHERE f.post_id = p.id AND w.domain = '')
OR EXISTS (SELECT 1 FROM bookmark k WHERE k.post_id = p.id)
OR EXISTS (SELECT 1 FROM post b WHERE b.boost_of_id = p.id AND b.local)
OR EXISTS (SELECT 1 FROM poll_vote v JOIN account w ON w.id = v.account_id WHERE v.post_id = p.id AND w.domain = ''));

INSERT INTO search_waiting (kind, id, fresh)
SELECT 1, a.id, FALSE FROM account a WHERE a.kind <> 'application'";
