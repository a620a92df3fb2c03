//! Who follows whom, asked or accepted.

use parvis_model::text::words;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, IntoActiveModel,
    QueryFilter, TryInsertResult, sea_query::Expr,
};

use crate::{dialect, entity::follow};

pub async fn between(
    db: &impl ConnectionTrait,
    follower: i64,
    target: i64,
) -> Result<Option<follow::Model>, DbErr> {
    follow::Entity::find()
        .filter(follow::Column::FollowerId.eq(follower))
        .filter(follow::Column::TargetId.eq(target))
        .one(db)
        .await
}

/// By the activity that asked.
pub async fn by_uri(
    db: &impl ConnectionTrait,
    follower: i64,
    uri: &str,
) -> Result<Option<follow::Model>, DbErr> {
    follow::Entity::find()
        .filter(follow::Column::FollowerId.eq(follower))
        .filter(follow::Column::Uri.eq(uri))
        .one(db)
        .await
}

/// `false` if there is one already.
pub async fn insert(db: &impl ConnectionTrait, row: follow::Model) -> Result<bool, DbErr> {
    let inserted = follow::Entity::insert(row.into_active_model())
        .on_conflict_do_nothing_on([follow::Column::FollowerId, follow::Column::TargetId])
        .exec_without_returning(db)
        .await?;
    Ok(matches!(inserted, TryInsertResult::Inserted(1)))
}

pub async fn accept(db: &impl ConnectionTrait, id: i64) -> Result<(), DbErr> {
    follow::Entity::update_many()
        .col_expr(follow::Column::Accepted, Expr::value(true))
        .filter(follow::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Under which activity id the other side knows this follow.
pub async fn rename(db: &impl ConnectionTrait, id: i64, uri: &str) -> Result<(), DbErr> {
    follow::Entity::update_many()
        .col_expr(follow::Column::Uri, Expr::value(uri))
        .filter(follow::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

pub async fn set_options(
    db: &impl ConnectionTrait,
    id: i64,
    show_boosts: bool,
    notify: bool,
) -> Result<(), DbErr> {
    follow::Entity::update_many()
        .col_expr(follow::Column::ShowBoosts, Expr::value(show_boosts))
        .col_expr(follow::Column::Notify, Expr::value(notify))
        .filter(follow::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// In which languages the one reads the other: first parts of language tags; none is in all.
pub async fn set_languages(
    db: &impl ConnectionTrait,
    id: i64,
    languages: &[String],
) -> Result<(), DbErr> {
    let kept = (!languages.is_empty()).then(|| format!(" {} ", languages.join(" ")));
    follow::Entity::update_many()
        .col_expr(follow::Column::Languages, Expr::value(kept))
        .filter(follow::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Whether the follow of this name in a question lets the language of the post of that name through. What names none passes.
pub(crate) fn lets_through(db: &impl ConnectionTrait, follow: &str, post: &str) -> String {
    let spoken = dialect::primary_language(db, &format!("{post}.language"));
    format!(
        "({follow}.languages IS NULL OR {post}.language IS NULL OR {follow}.languages LIKE '% ' || {spoken} || ' %')"
    )
}

pub async fn delete(db: &impl ConnectionTrait, id: i64) -> Result<(), DbErr> {
    follow::Entity::delete_by_id(id).exec(db).await?;
    Ok(())
}

/// Removes every follow of and by an account, and sets right what was counted of them.
pub async fn delete_all_of(db: &impl ConnectionTrait, account: i64) -> Result<u64, DbErr> {
    for uncount in [
        "UPDATE account SET followers = followers - 1 WHERE id IN (SELECT target_id FROM follow WHERE follower_id = $1 AND accepted)",
        "UPDATE account SET following = following - 1 WHERE id IN (SELECT follower_id FROM follow WHERE target_id = $1 AND accepted)",
        "UPDATE account SET followers = 0, following = 0 WHERE id = $1",
    ] {
        dialect::run(db, uncount, [account.into()]).await?;
    }
    dialect::run(
        db,
        "DELETE FROM follow WHERE follower_id = $1 OR target_id = $1",
        [account.into()],
    )
    .await
}

/// Where the followers of an account on other servers take their post: distinct inboxes, shared ones first choice.
pub async fn remote_inboxes(db: &impl ConnectionTrait, target: i64) -> Result<Vec<String>, DbErr> {
    let rows = db
        .query_all_raw(dialect::statement(
            db,
            "SELECT DISTINCT COALESCE(a.shared_inbox, a.inbox) FROM follow f JOIN account a ON a.id = f.follower_id \
             WHERE f.target_id = $1 AND f.accepted AND a.domain <> '' AND a.suspended_at IS NULL",
            [target.into()],
        ))
        .await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// The same of many accounts: (account, inbox) pairs.
pub async fn remote_inboxes_of_all(
    db: &impl ConnectionTrait,
    targets: &[i64],
) -> Result<Vec<(i64, String)>, DbErr> {
    let sql = format!(
        "SELECT DISTINCT f.target_id, COALESCE(a.shared_inbox, a.inbox) FROM {} follow f ON f.target_id = t.value \
         JOIN account a ON a.id = f.follower_id WHERE f.accepted AND a.domain <> '' AND a.suspended_at IS NULL",
        dialect::each(db, 1, "t")
    );
    let rows = db
        .query_all_raw(dialect::statement(
            db,
            &sql,
            [dialect::json_list(targets).into()],
        ))
        .await?;
    rows.iter()
        .map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
        .collect()
}

/// A resident of this town who wants to hear of each post of an account.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Listener {
    pub target_id: i64,
    pub follower_id: i64,
    languages: Option<String>,
}

impl Listener {
    /// As `lets_through` has it in SQL, of a post in this language.
    pub fn reads(&self, language: Option<&str>) -> bool {
        let (Some(chosen), Some(spoken)) = (&self.languages, language) else {
            return true;
        };
        let spoken = words::primary(spoken);
        chosen.split_ascii_whitespace().any(|it| it == spoken)
    }
}

/// Those of each of these accounts.
pub async fn listeners(db: &impl ConnectionTrait, targets: &[i64]) -> Result<Vec<Listener>, DbErr> {
    let sql = format!(
        "SELECT f.target_id, f.follower_id, f.languages FROM follow f JOIN account a ON a.id = f.follower_id \
         WHERE f.target_id IN {} AND f.accepted AND f.notify AND a.domain = ''",
        dialect::listed(db, 1)
    );
    let params = [dialect::json_list(targets).into()];
    Listener::find_by_statement(dialect::statement(db, &sql, params))
        .all(db)
        .await
}

/// Residents of this town who follow the account, the first of them.
pub async fn local_followers(
    db: &impl ConnectionTrait,
    target: i64,
    limit: u64,
) -> Result<Vec<i64>, DbErr> {
    let rows = db
        .query_all_raw(dialect::statement(
            db,
            "SELECT f.follower_id FROM follow f JOIN account a ON a.id = f.follower_id \
             WHERE f.target_id = $1 AND f.accepted AND a.domain = '' ORDER BY f.id LIMIT $2",
            [
                target.into(),
                i64::try_from(limit).unwrap_or(i64::MAX).into(),
            ],
        ))
        .await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// Ids of the followers that an account has on other servers.
pub async fn uris_elsewhere(db: &impl ConnectionTrait, target: i64) -> Result<Vec<String>, DbErr> {
    let rows = db
        .query_all_raw(dialect::statement(
            db,
            "SELECT a.uri FROM follow f JOIN account a ON a.id = f.follower_id \
             WHERE f.target_id = $1 AND f.accepted AND a.domain <> ''",
            [target.into()],
        ))
        .await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// Residents of this town who follow the account: numbers and ids.
pub async fn accepted_from_here(
    db: &impl ConnectionTrait,
    target: i64,
) -> Result<Vec<(i64, String)>, DbErr> {
    let rows = db
        .query_all_raw(dialect::statement(
            db,
            "SELECT a.id, a.uri FROM follow f JOIN account a ON a.id = f.follower_id \
             WHERE f.target_id = $1 AND f.accepted AND a.domain = ''",
            [target.into()],
        ))
        .await?;
    rows.iter()
        .map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
        .collect()
}

/// Does anyone in this town follow the account?
pub async fn has_local_follower(db: &impl ConnectionTrait, target: i64) -> Result<bool, DbErr> {
    let found = dialect::number(
        db,
        "SELECT COUNT(*) FROM (SELECT 1 FROM follow f JOIN account a ON a.id = f.follower_id WHERE f.target_id = $1 AND f.accepted AND a.domain = '' LIMIT 1) x",
        [target.into()],
    )
    .await?;
    Ok(found > 0)
}

/// Those followed by `me` who follow each of `targets`: (target, who) pairs, where neither of the two hides it.
pub async fn familiar(
    db: &impl ConnectionTrait,
    me: i64,
    targets: &[i64],
) -> Result<Vec<(i64, i64)>, DbErr> {
    // From one's own follows, of which there are hundreds, not from the followers of others, of whom there may be millions.
    let sql = format!(
        "SELECT g.target_id, g.follower_id FROM follow f JOIN follow g ON g.follower_id = f.target_id \
         AND g.target_id IN {} AND g.accepted JOIN account t ON t.id = g.target_id AND NOT t.hides_follows \
         JOIN account w ON w.id = g.follower_id AND NOT w.hides_follows \
         WHERE f.follower_id = $1 AND f.accepted ORDER BY g.id DESC",
        dialect::listed(db, 2)
    );
    let params = [me.into(), dialect::json_list(targets).into()];
    let rows = db
        .query_all_raw(dialect::statement(db, &sql, params))
        .await?;
    rows.iter()
        .map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
        .collect()
}

/// How many other servers they live on who follow somebody.
pub async fn servers_behind(db: &impl ConnectionTrait, target: i64) -> Result<i64, DbErr> {
    let sql = "SELECT COUNT(DISTINCT a.domain) FROM follow f JOIN account a ON a.id = f.follower_id \
         WHERE f.target_id = $1 AND f.accepted AND a.domain <> ''";
    dialect::number(db, sql, [target.into()]).await
}
