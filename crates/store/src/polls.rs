//! Polls: answers, votes, counts, and which are due.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult,
    IntoActiveModel, QueryFilter, QueryOrder, TryInsertResult,
};

use crate::{
    dialect,
    entity::{poll, poll_option, poll_vote},
};

/// Rows of one insertion: the databases bound the parameters of a statement.
const AT_ONCE: usize = 100;

pub async fn insert(
    db: &impl ConnectionTrait,
    row: poll::Model,
    options: Vec<poll_option::Model>,
) -> Result<(), DbErr> {
    poll::Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await?;
    for some in options.chunks(AT_ONCE) {
        let rows = some.iter().cloned().map(IntoActiveModel::into_active_model);
        poll_option::Entity::insert_many(rows)
            .exec_without_returning(db)
            .await?;
    }
    Ok(())
}

pub async fn by_post(db: &impl ConnectionTrait, post: i64) -> Result<Option<poll::Model>, DbErr> {
    poll::Entity::find_by_id(post).one(db).await
}

/// In their order.
pub async fn options(
    db: &impl ConnectionTrait,
    post: i64,
) -> Result<Vec<poll_option::Model>, DbErr> {
    poll_option::Entity::find()
        .filter(poll_option::Column::PostId.eq(post))
        .order_by_asc(poll_option::Column::Position)
        .all(db)
        .await
}

/// Writes when it ends, how it counts and what others tell of it; its answers stay.
pub async fn update(db: &impl ConnectionTrait, row: poll::Model) -> Result<(), DbErr> {
    row.into_active_model().reset_all().update(db).await?;
    Ok(())
}

/// With its answers and all votes.
pub async fn delete(db: &impl ConnectionTrait, post: i64) -> Result<(), DbErr> {
    poll::Entity::delete_by_id(post).exec(db).await?;
    Ok(())
}

/// Until the end of the transaction nobody else votes: two votes of one person at one moment come one after the other.
pub async fn hold(db: &impl ConnectionTrait, post: i64) -> Result<(), DbErr> {
    let sql = "UPDATE poll SET told_at = told_at WHERE post_id = $1";
    dialect::run(db, sql, [post.into()]).await?;
    Ok(())
}

pub async fn votes_of(
    db: &impl ConnectionTrait,
    post: i64,
    account: i64,
) -> Result<Vec<poll_vote::Model>, DbErr> {
    poll_vote::Entity::find()
        .filter(poll_vote::Column::PostId.eq(post))
        .filter(poll_vote::Column::AccountId.eq(account))
        .order_by_asc(poll_vote::Column::Position)
        .all(db)
        .await
}

/// One more vote for an answer; `false` if it stands already.
pub async fn vote(db: &impl ConnectionTrait, row: poll_vote::Model) -> Result<bool, DbErr> {
    let (post, position) = (row.post_id, row.position);
    let inserted = dialect::unless_there(row.into_active_model())
        .exec_without_returning(db)
        .await?;
    if !matches!(inserted, TryInsertResult::Inserted(1)) {
        return Ok(false);
    }
    let sql = "UPDATE poll_option SET votes = votes + 1 WHERE post_id = $1 AND position = $2";
    dialect::run(db, sql, [post.into(), position.into()]).await?;
    Ok(true)
}

/// One more person has voted; where their number is not known it stays so.
pub async fn count_voter(db: &impl ConnectionTrait, post: i64) -> Result<(), DbErr> {
    let sql = "UPDATE poll SET voters = voters + 1 WHERE post_id = $1";
    dialect::run(db, sql, [post.into()]).await?;
    Ok(())
}

/// Takes over how often an answer was chosen, as its own server counts.
pub async fn set_votes(
    db: &impl ConnectionTrait,
    post: i64,
    position: i32,
    votes: i64,
) -> Result<(), DbErr> {
    let sql = "UPDATE poll_option SET votes = $3 WHERE post_id = $1 AND position = $2";
    dialect::run(db, sql, [post.into(), position.into(), votes.into()]).await?;
    Ok(())
}

/// The counts are to be told: now, or when `pause` has passed since they were told last.
pub async fn tell(db: &impl ConnectionTrait, post: i64, now: i64, pause: i64) -> Result<(), DbErr> {
    let sql = "UPDATE poll SET tell_at = CASE WHEN told_at + $3 > $2 THEN told_at + $3 ELSE $2 END \
         WHERE post_id = $1 AND tell_at IS NULL";
    dialect::run(db, sql, [post.into(), now.into(), pause.into()]).await?;
    Ok(())
}

/// Those whose counts are to be told by now.
pub async fn to_tell(db: &impl ConnectionTrait, now: i64, limit: u64) -> Result<Vec<i64>, DbErr> {
    let sql = "SELECT post_id FROM poll WHERE tell_at IS NOT NULL AND tell_at <= $1 ORDER BY tell_at LIMIT $2";
    dialect::ids(db, sql, [now.into(), (limit as i64).into()]).await
}

/// `false` if another process was quicker.
pub async fn told(db: &impl ConnectionTrait, post: i64, now: i64) -> Result<bool, DbErr> {
    let sql = "UPDATE poll SET told_at = $2, tell_at = NULL WHERE post_id = $1 AND tell_at IS NOT NULL AND tell_at <= $2";
    Ok(dialect::run(db, sql, [post.into(), now.into()]).await? == 1)
}

/// Those that ended and of which nobody was told yet.
pub async fn ended(db: &impl ConnectionTrait, now: i64, limit: u64) -> Result<Vec<i64>, DbErr> {
    let sql = "SELECT post_id FROM poll WHERE closed_at IS NULL AND expires_at IS NOT NULL AND expires_at <= $1 \
         ORDER BY expires_at LIMIT $2";
    dialect::ids(db, sql, [now.into(), (limit as i64).into()]).await
}

/// Closes one that has ended; nothing but its end is left to tell. `false` if another process was quicker.
pub async fn close(db: &impl ConnectionTrait, post: i64, now: i64) -> Result<bool, DbErr> {
    let sql = "UPDATE poll SET closed_at = $2, told_at = $2, tell_at = NULL \
         WHERE post_id = $1 AND closed_at IS NULL AND expires_at <= $2";
    Ok(dialect::run(db, sql, [post.into(), now.into()]).await? == 1)
}

/// Residents who voted.
pub async fn voters_here(db: &impl ConnectionTrait, post: i64) -> Result<Vec<i64>, DbErr> {
    let sql = "SELECT DISTINCT v.account_id FROM poll_vote v JOIN account a ON a.id = v.account_id \
         WHERE v.post_id = $1 AND a.domain = ''";
    dialect::ids(db, sql, [post.into()]).await
}

/// Where people of other servers who voted take their post.
pub async fn inboxes_of_voters(db: &impl ConnectionTrait, post: i64) -> Result<Vec<String>, DbErr> {
    let sql = "SELECT DISTINCT COALESCE(a.shared_inbox, a.inbox) FROM poll_vote v JOIN account a ON a.id = v.account_id \
         WHERE v.post_id = $1 AND a.domain <> '' AND a.suspended_at IS NULL";
    let rows = db
        .query_all_raw(dialect::statement(db, sql, [post.into()]))
        .await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// An answer of a poll with what there is to know of the poll.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Shown {
    pub post_id: i64,
    pub multiple: bool,
    pub hide_totals: bool,
    pub voters: Option<i64>,
    pub expires_at: Option<i64>,
    pub closed_at: Option<i64>,
    pub title: String,
    pub votes: i64,
    /// Did the one who looks choose it?
    pub mine: bool,
}

/// The polls of these posts, answer by answer in order, as `me` sees them; nobody is 0.
pub async fn shown(db: &impl ConnectionTrait, me: i64, posts: &[i64]) -> Result<Vec<Shown>, DbErr> {
    let sql = format!(
        "SELECT p.post_id, p.multiple, p.hide_totals, p.voters, p.expires_at, p.closed_at, o.title, o.votes, \
         EXISTS (SELECT 1 FROM poll_vote v WHERE v.post_id = o.post_id AND v.account_id = $1 AND v.position = o.position) AS mine \
         FROM poll p JOIN poll_option o ON o.post_id = p.post_id WHERE p.post_id IN {} ORDER BY o.post_id, o.position",
        dialect::listed(db, 2)
    );
    let params = [me.into(), dialect::json_list(posts).into()];
    Shown::find_by_statement(dialect::statement(db, &sql, params))
        .all(db)
        .await
}
