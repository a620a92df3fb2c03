//! What was sent and is over: activities that nobody asks about any more, and servers that nobody has had to do with for long.

use sea_orm::{ConnectionTrait, DbErr};

use crate::dialect;

/// Activities laid down before `before` that are no part of a ledger, for which nothing waits and nothing was settled since
/// then, the oldest first; with how many deliveries each has.
pub async fn settled(
    db: &impl ConnectionTrait,
    before: i64,
    limit: u64,
) -> Result<Vec<(i64, i64)>, DbErr> {
    let sql = "SELECT a.id, (SELECT COUNT(*) FROM delivery c WHERE c.activity_id = a.id) FROM activity a WHERE a.passing AND a.created_at < $1 \
         AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.activity_id = a.id AND (d.state = 'pending' OR d.settled_at >= $1)) \
         ORDER BY a.created_at LIMIT $2";
    let params = [before.into(), (limit as i64).into()];
    let rows = db
        .query_all_raw(dialect::statement(db, sql, params))
        .await?;
    rows.iter()
        .map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
        .collect()
}

/// The follows that those of `activities` ended which are an Undo. One that stands may still be answered by its id.
pub async fn follows_undone_by(
    db: &impl ConnectionTrait,
    activities: &[i64],
) -> Result<Vec<i64>, DbErr> {
    let sql = format!(
        "SELECT DISTINCT f.id FROM {} activity u ON u.id = n.value JOIN activity f ON f.object_uri = u.object_uri \
         AND f.actor_id = u.actor_id AND f.kind = 'Follow' AND f.id < u.id WHERE u.kind = 'Undo' \
         AND NOT EXISTS (SELECT 1 FROM follow x WHERE x.follower_id = f.actor_id AND x.uri = f.uri) \
         AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.activity_id = f.id AND d.state = 'pending')",
        dialect::each(db, 1, "n")
    );
    dialect::ids(db, &sql, [dialect::json_list(activities).into()]).await
}

/// Removes activities with their deliveries. Which inbox got something of whom is remembered, as long as there is an end of
/// the account to be told.
pub async fn forget(db: &impl ConnectionTrait, activities: &[i64]) -> Result<(), DbErr> {
    let among = dialect::listed(db, 1);
    let steps = [
        format!(
            "INSERT INTO acquaintance (actor_id, inbox) SELECT DISTINCT a.actor_id, d.inbox FROM activity a \
             JOIN delivery d ON d.activity_id = a.id WHERE a.id IN {among} AND a.kind <> 'Delete' \
             ON CONFLICT (actor_id, inbox) DO NOTHING"
        ),
        format!(
            "DELETE FROM acquaintance WHERE actor_id IN \
             (SELECT a.actor_id FROM activity a WHERE a.id IN {among} AND a.kind = 'Delete')"
        ),
        format!("DELETE FROM activity WHERE id IN {among}"),
    ];
    for sql in &steps {
        dialect::run(db, sql, [dialect::json_list(activities).into()]).await?;
    }
    Ok(())
}

/// Servers in the order of their names after `after` whose rows look as if nobody had had to do with them since `before`.
pub async fn servers(
    db: &impl ConnectionTrait,
    after: &str,
    before: i64,
    limit: u64,
) -> Result<Vec<String>, DbErr> {
    let sql = format!(
        "SELECT host FROM peer WHERE host > $1 AND {} ORDER BY host LIMIT $3",
        resting(2)
    );
    let params = [after.into(), before.into(), (limit as i64).into()];
    dialect::texts(db, &sql, params).await
}

/// Not blocked, has no turn, and neither took nor refused anything since parameter number `n`: what its row says itself.
fn resting(n: usize) -> String {
    format!(
        "NOT blocked AND due_at IS NULL AND next_attempt_at < ${n} AND COALESCE(last_success_at, 0) < ${n} \
         AND COALESCE(failing_since, 0) < ${n}"
    )
}

/// Resting since `$1`, nothing waits for it, and no account bears its name or has its inbox there. What is laid down for it
/// later makes its row anew.
fn idle(db: &impl ConnectionTrait) -> String {
    let [by_https, by_http] =
        ["https", "http"].map(|scheme| dialect::lies_on(db, "a.inbox", scheme, "peer.host"));
    format!(
        "{} \
         AND NOT EXISTS (SELECT 1 FROM account a WHERE a.domain = peer.host AND a.domain <> '') \
         AND NOT EXISTS (SELECT 1 FROM account a WHERE {by_https}) \
         AND NOT EXISTS (SELECT 1 FROM account a WHERE {by_http}) \
         AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.host = peer.host AND d.state = 'pending')",
        resting(1)
    )
}

/// Those of `servers` that nobody has had to do with since `before`.
pub async fn idle_among(
    db: &impl ConnectionTrait,
    servers: &[String],
    before: i64,
) -> Result<Vec<String>, DbErr> {
    let among = dialect::listed_texts(db, 2);
    let sql = format!(
        "SELECT host FROM peer WHERE host IN {among} AND {}",
        idle(db)
    );
    let params = [before.into(), dialect::json_texts(servers).into()];
    dialect::texts(db, &sql, params).await
}

/// Forgets those of `servers` that are still idle.
pub async fn forget_idle(
    db: &impl ConnectionTrait,
    servers: &[String],
    before: i64,
) -> Result<u64, DbErr> {
    let among = dialect::listed_texts(db, 2);
    let sql = format!("DELETE FROM peer WHERE host IN {among} AND {}", idle(db));
    let params = [before.into(), dialect::json_texts(servers).into()];
    dialect::run(db, &sql, params).await
}
