//! What happened, in order of commit, and how far each reader has come.
//!
//! On PostgreSQL two transactions may commit in another order than they took their numbers. So each entry carries its
//! transaction, and readers see only those before the oldest transaction still open: nothing can appear behind their back. Of
//! the transactions of the whole server only those of this database count, or a long one in another would hold up this town.

use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr, EntityTrait, FromQueryResult};

use crate::{dialect, entity::cursor};

/// A place in the journal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub tx: i64,
    pub id: i64,
}

pub async fn append(
    db: &impl ConnectionTrait,
    id: i64,
    entry: String,
    now: i64,
) -> Result<(), DbErr> {
    let sql = match db.get_database_backend() {
        // Behind whatever stands or was read, also when the clock went back: readers never look behind them.
        DatabaseBackend::Sqlite => {
            "INSERT INTO journal (id, tx, entry, created_at) VALUES (MAX($1, 1 + (SELECT COALESCE(MAX(id), 0) FROM journal), \
             1 + (SELECT COALESCE(MAX(id), 0) FROM cursor)), 0, $2, $3)"
        }
        _ => {
            "INSERT INTO journal (id, tx, entry, created_at) VALUES ($1, pg_current_xact_id()::text::bigint, $2, $3)"
        }
    };
    dialect::run(db, sql, [id.into(), entry.into(), now.into()]).await?;
    Ok(())
}

#[derive(Clone, Debug, FromQueryResult)]
pub struct Written {
    pub tx: i64,
    pub id: i64,
    pub entry: String,
}

impl Written {
    pub fn position(&self) -> Position {
        Position {
            tx: self.tx,
            id: self.id,
        }
    }
}

/// Only what no open transaction can still precede. One that is not known to be of another database may be of this one.
fn settled(db: &impl ConnectionTrait) -> &'static str {
    match db.get_database_backend() {
        DatabaseBackend::Sqlite => "",
        _ => {
            " AND tx < COALESCE((SELECT MIN(open.tx::text::bigint) FROM pg_snapshot_xip(pg_current_snapshot()) AS open(tx) \
             WHERE NOT EXISTS (SELECT 1 FROM pg_stat_activity AS other \
             WHERE other.backend_xid = open.tx::xid AND other.datname <> current_database())), \
             pg_snapshot_xmax(pg_current_snapshot())::text::bigint)"
        }
    }
}

pub async fn after(
    db: &impl ConnectionTrait,
    position: Position,
    limit: u64,
) -> Result<Vec<Written>, DbErr> {
    let sql = format!(
        "SELECT tx, id, entry FROM journal WHERE (tx, id) > ($1, $2){} ORDER BY tx, id LIMIT $3",
        settled(db)
    );
    let params = [
        position.tx.into(),
        position.id.into(),
        (limit as i64).into(),
    ];
    Written::find_by_statement(dialect::statement(db, &sql, params))
        .all(db)
        .await
}

/// Behind the last entry that readers see; the beginning where there is none.
pub async fn end(db: &impl ConnectionTrait) -> Result<Position, DbErr> {
    let sql = format!(
        "SELECT tx, id, entry FROM journal WHERE 1 = 1{} ORDER BY tx DESC, id DESC LIMIT 1",
        settled(db)
    );
    let last = Written::find_by_statement(dialect::statement(db, &sql, []))
        .one(db)
        .await?;
    Ok(last.map_or_else(Position::default, |row| row.position()))
}

/// Where a reader stands; the beginning if it never read.
pub async fn position(db: &impl ConnectionTrait, reader: &str) -> Result<Position, DbErr> {
    let row = cursor::Entity::find_by_id(reader.to_owned())
        .one(db)
        .await?;
    Ok(row.map_or_else(Position::default, |row| Position {
        tx: row.tx,
        id: row.id,
    }))
}

/// Moves a reader on from where it stood. `false` if another process has moved it meanwhile: then nothing it did may stand.
pub async fn advance(
    db: &impl ConnectionTrait,
    reader: &str,
    from: Position,
    to: Position,
) -> Result<bool, DbErr> {
    let moved = dialect::run(
        db,
        "INSERT INTO cursor (reader, tx, id) VALUES ($1, $2, $3) \
         ON CONFLICT (reader) DO UPDATE SET tx = $2, id = $3 WHERE cursor.tx = $4 AND cursor.id = $5",
        [reader.into(), to.tx.into(), to.id.into(), from.tx.into(), from.id.into()],
    )
    .await?;
    Ok(moved == 1)
}

/// Drops entries from before `before` that every one of `readers` has read.
pub async fn prune(
    db: &impl ConnectionTrait,
    readers: &[&str],
    before: i64,
    limit: u64,
) -> Result<u64, DbErr> {
    let mut slowest: Option<Position> = None;
    for reader in readers {
        let at = position(db, reader).await?;
        slowest = Some(slowest.map_or(at, |slowest| slowest.min(at)));
    }
    let Some(slowest) = slowest else { return Ok(0) };
    dialect::run(
        db,
        "DELETE FROM journal WHERE id IN (SELECT id FROM journal WHERE (tx, id) <= ($1, $2) AND created_at < $4 ORDER BY tx, id LIMIT $3)",
        [
            slowest.tx.into(),
            slowest.id.into(),
            (limit as i64).into(),
            before.into(),
        ],
    )
    .await
}
