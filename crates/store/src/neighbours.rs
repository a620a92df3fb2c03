//! Towns with which there is an agreement or is to be one, and posts that came of it. Decides nothing.

use sea_orm::{ConnectionTrait, DbErr, QueryResult};

use crate::{audience::near, deliveries, dialect};

/// How far an agreement has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// This town has asked.
    Asked,
    /// The other town asks.
    Asks,
    Agreed,
    /// Refused, taken back or ended.
    Ended,
}

impl State {
    const ALL: [Self; 4] = [Self::Asked, Self::Asks, Self::Agreed, Self::Ended];

    fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Asks => "asks",
            Self::Agreed => "agreed",
            Self::Ended => "ended",
        }
    }

    fn parse(text: &str) -> Self {
        let known = Self::ALL.into_iter().find(|state| state.as_str() == text);
        known.unwrap_or(Self::Ended)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neighbour {
    /// The other town's own actor.
    pub actor: i64,
    pub domain: String,
    pub state: State,
    /// The activity by which one side asked.
    pub uri: String,
    /// This side asked.
    pub ours: bool,
    /// Account of whoever decided last here.
    pub decided_by: Option<i64>,
    pub changed_at: i64,
}

const COLUMNS: &str = "actor_id, domain, state, uri, ours, decided_by, changed_at";

fn read(row: &QueryResult) -> Result<Neighbour, DbErr> {
    let state: String = row.try_get_by_index(2)?;
    Ok(Neighbour {
        actor: row.try_get_by_index(0)?,
        domain: row.try_get_by_index(1)?,
        state: State::parse(&state),
        uri: row.try_get_by_index(3)?,
        ours: row.try_get_by_index(4)?,
        decided_by: row.try_get_by_index(5)?,
        changed_at: row.try_get_by_index(6)?,
    })
}

pub async fn by_actor(db: &impl ConnectionTrait, actor: i64) -> Result<Option<Neighbour>, DbErr> {
    let sql = format!("SELECT {COLUMNS} FROM neighbour WHERE actor_id = $1");
    let row = db
        .query_one_raw(dialect::statement(db, &sql, [actor.into()]))
        .await?;
    row.as_ref().map(read).transpose()
}

/// With which there is an agreement, or somebody waits for one; in the alphabet's order.
pub async fn all(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<Neighbour>, DbErr> {
    let sql =
        format!("SELECT {COLUMNS} FROM neighbour WHERE state <> 'ended' ORDER BY domain LIMIT $1");
    let limit = i64::try_from(limit).unwrap_or(i64::MAX).into();
    let rows = db
        .query_all_raw(dialect::statement(db, &sql, [limit]))
        .await?;
    rows.iter().map(read).collect()
}

/// With which there is an agreement, or which this town has asked for one.
pub async fn count(db: &impl ConnectionTrait) -> Result<i64, DbErr> {
    let sql = "SELECT COUNT(*) FROM neighbour WHERE state IN ('asked', 'agreed')";
    dialect::number(db, sql, []).await
}

/// The actors of the towns under agreement.
pub async fn agreed(db: &impl ConnectionTrait) -> Result<Vec<i64>, DbErr> {
    let sql = "SELECT actor_id FROM neighbour WHERE state = 'agreed' ORDER BY actor_id";
    dialect::ids(db, sql, []).await
}

/// The town under agreement in which an account lives.
pub async fn of_account(db: &impl ConnectionTrait, account: i64) -> Result<Option<i64>, DbErr> {
    let sql = "SELECT n.actor_id FROM account a JOIN neighbour n ON n.domain = a.domain \
         WHERE a.id = $1 AND n.state = 'agreed'";
    let found = dialect::ids(db, sql, [account.into()]).await?;
    Ok(found.first().copied())
}

/// Of those that ask, none but the `most` newest go on waiting.
pub async fn crowd_out(db: &impl ConnectionTrait, most: i64) -> Result<(), DbErr> {
    let sql = "DELETE FROM neighbour WHERE state = 'asks' AND actor_id NOT IN (SELECT actor_id FROM neighbour \
         WHERE state = 'asks' ORDER BY changed_at DESC, actor_id DESC LIMIT $1)";
    dialect::run(db, sql, [most.into()]).await?;
    Ok(())
}

/// Those that have asked before `at` and got no answer.
pub async fn forget_asking(db: &impl ConnectionTrait, at: i64) -> Result<(), DbErr> {
    let sql = "DELETE FROM neighbour WHERE state = 'asks' AND changed_at < $1";
    dialect::run(db, sql, [at.into()]).await?;
    Ok(())
}

/// What waits for a server of what is for the neighbours alone is given up; that something is gone is still told.
pub async fn give_up(db: &impl ConnectionTrait, host: &str, now: i64) -> Result<(), DbErr> {
    let sql = "UPDATE delivery SET state = $2, settled_at = $3 WHERE host = $1 AND state = 'pending' \
         AND EXISTS (SELECT 1 FROM activity a JOIN post p ON p.uri = a.object_uri WHERE a.id = delivery.activity_id \
         AND a.kind NOT IN ('Delete', 'Undo', 'Reject') AND p.local AND p.audience = 'neighbours')";
    let params = [host.into(), deliveries::GIVEN_UP.into(), now.into()];
    dialect::run(db, sql, params).await?;
    Ok(())
}

/// New, or changed. A server has one actor for itself: where it has another now, the former is none any more.
pub async fn put(db: &impl ConnectionTrait, neighbour: Neighbour) -> Result<(), DbErr> {
    let former = "DELETE FROM neighbour WHERE domain = $1 AND actor_id <> $2";
    let params = [neighbour.domain.clone().into(), neighbour.actor.into()];
    dialect::run(db, former, params).await?;
    let sql = "INSERT INTO neighbour (actor_id, domain, state, uri, ours, decided_by, changed_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (actor_id) DO UPDATE SET domain = $2, state = $3, uri = $4, ours = $5, decided_by = $6, changed_at = $7";
    let params = [
        neighbour.actor.into(),
        neighbour.domain.into(),
        neighbour.state.as_str().into(),
        neighbour.uri.into(),
        neighbour.ours.into(),
        neighbour.decided_by.into(),
        neighbour.changed_at.into(),
    ];
    dialect::run(db, sql, params).await?;
    Ok(())
}

/// A post of a neighbour, or one of this town for the neighbours; `neighbour`: where it stays between the two.
pub async fn keep(
    db: &impl ConnectionTrait,
    post: i64,
    neighbour: Option<i64>,
) -> Result<(), DbErr> {
    let sql = "INSERT INTO neighbour_post (post_id, neighbour_id) VALUES ($1, $2) \
         ON CONFLICT (post_id) DO NOTHING";
    dialect::run(db, sql, [post.into(), neighbour.into()]).await?;
    Ok(())
}

/// The post `p` is of this town, or its row `c` names a town that is still a neighbour.
pub(crate) const STANDS: &str = "(p.local OR EXISTS (SELECT 1 FROM neighbour n WHERE n.actor_id = c.neighbour_id AND n.state = 'agreed'))";

/// The one town to which a post belongs, while it is a neighbour, or with which an answer stays, whatever became of that town.
pub async fn of_post(db: &impl ConnectionTrait, post: i64) -> Result<Option<i64>, DbErr> {
    let sql = format!(
        "SELECT c.neighbour_id FROM neighbour_post c JOIN post p ON p.id = c.post_id \
         WHERE c.post_id = $1 AND c.neighbour_id IS NOT NULL AND {STANDS}"
    );
    let found = dialect::ids(db, &sql, [post.into()]).await?;
    Ok(found.first().copied())
}

/// Does this town's post for the neighbours go to where an account lives?
pub async fn goes_to(db: &impl ConnectionTrait, account: i64, post: i64) -> Result<bool, DbErr> {
    let sql = format!("SELECT COUNT(*) FROM post p WHERE p.id = $2 AND {}", near());
    Ok(dialect::number(db, &sql, [account.into(), post.into()]).await? > 0)
}
