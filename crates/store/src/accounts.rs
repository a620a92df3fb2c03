//! Accounts of this town and of others, and the keys of our own.

use parvis_model::{limits::SAME_PAGE, uri};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::NotSet,
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, IntoActiveModel,
    QueryFilter, QuerySelect, TryInsertResult,
    sea_query::{Expr, ExprTrait, LockType},
};

use crate::{audience::counted, dialect, entity::account};

pub async fn by_id(db: &impl ConnectionTrait, id: i64) -> Result<Option<account::Model>, DbErr> {
    account::Entity::find_by_id(id).one(db).await
}

/// As it is to be written anew: whoever else comes for it waits until this write has ended. SQLite has one write at a time
/// anyway.
pub async fn held(db: &impl ConnectionTrait, id: i64) -> Result<Option<account::Model>, DbErr> {
    let row = account::Entity::find_by_id(id).lock(LockType::NoKeyUpdate);
    row.one(db).await
}

pub async fn by_ids(db: &impl ConnectionTrait, ids: &[i64]) -> Result<Vec<account::Model>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    account::Entity::find()
        .filter(dialect::among(db, account::Column::Id, ids))
        .all(db)
        .await
}

/// What others see of these accounts.
pub async fn cards(db: &impl ConnectionTrait, ids: &[i64]) -> Result<Vec<account::Card>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT {} FROM {} account a ON a.id = l.value",
        account::CARD,
        dialect::each(db, 1, "l")
    );
    account::Card::find_by_statement(dialect::statement(
        db,
        &sql,
        [dialect::json_list(ids).into()],
    ))
    .all(db)
    .await
}

pub async fn by_uri(db: &impl ConnectionTrait, uri: &str) -> Result<Option<account::Model>, DbErr> {
    account::Entity::find()
        .filter(account::Column::Uri.eq(uri))
        .one(db)
        .await
}

pub async fn by_uris(
    db: &impl ConnectionTrait,
    uris: &[String],
) -> Result<Vec<account::Model>, DbErr> {
    if uris.is_empty() {
        return Ok(Vec::new());
    }
    account::Entity::find()
        .filter(account::Column::Uri.is_in(uris))
        .all(db)
        .await
}

/// By ActivityPub id or page address.
/// By its id, or by its page where the same server names it: anyone may give another's page for theirs.
pub async fn by_uri_or_url(
    db: &impl ConnectionTrait,
    address: &str,
) -> Result<Option<account::Model>, DbErr> {
    if let Some(found) = by_uri(db, address).await? {
        return Ok(Some(found));
    }
    let on_page = account::Entity::find().filter(account::Column::Url.eq(address));
    let found = on_page.limit(SAME_PAGE).all(db).await?;
    Ok(found
        .into_iter()
        .find(|account| uri::is_beside(&account.uri, address)))
}

/// `domain` is empty for this town; `name_key` is `model::handle::folded`.
pub async fn by_handle(
    db: &impl ConnectionTrait,
    name_key: &str,
    domain: &str,
) -> Result<Option<account::Model>, DbErr> {
    account::Entity::find()
        .filter(account::Column::NameKey.eq(name_key))
        .filter(account::Column::Domain.eq(domain))
        .one(db)
        .await
}

pub async fn by_key_id(
    db: &impl ConnectionTrait,
    key_id: &str,
) -> Result<Option<account::Model>, DbErr> {
    account::Entity::find()
        .filter(account::Column::KeyId.eq(key_id))
        .limit(1)
        .one(db)
        .await
}

/// `false` if an account of this address or handle is already there.
pub async fn insert(db: &impl ConnectionTrait, row: account::Model) -> Result<bool, DbErr> {
    let inserted = dialect::unless_there(row.into_active_model())
        .exec_without_returning(db)
        .await?;
    Ok(matches!(inserted, TryInsertResult::Inserted(1)))
}

/// Writes what an account says of itself; what is counted and decided here moves by [`count`] and [`suspend`] alone, also
/// while this row was held.
pub async fn describe(db: &impl ConnectionTrait, row: account::Model) -> Result<(), DbErr> {
    let mut row = row.into_active_model().reset_all();
    row.posts = NotSet;
    row.followers = NotSet;
    row.following = NotSet;
    row.last_post_at = NotSet;
    row.suspended_at = NotSet;
    row.moved_to_id = NotSet;
    row.moved_at = NotSet;
    row.update(db).await?;
    Ok(())
}

/// Where the account has gone; `None` if it is back.
pub async fn set_moved(
    db: &impl ConnectionTrait,
    id: i64,
    to: Option<i64>,
    now: i64,
) -> Result<(), DbErr> {
    account::Entity::update_many()
        .col_expr(account::Column::MovedToId, Expr::value(to))
        .col_expr(account::Column::MovedAt, Expr::value(Some(now)))
        .col_expr(account::Column::UpdatedAt, Expr::value(now))
        .filter(account::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Addresses of other accounts that one says are its own, a line each.
pub async fn set_aliases(
    db: &impl ConnectionTrait,
    id: i64,
    aliases: &str,
    now: i64,
) -> Result<(), DbErr> {
    account::Entity::update_many()
        .col_expr(account::Column::Aliases, Expr::value(aliases))
        .col_expr(account::Column::UpdatedAt, Expr::value(now))
        .filter(account::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// `at`: since when; `None` ends it.
pub async fn suspend(
    db: &impl ConnectionTrait,
    id: i64,
    at: Option<i64>,
    now: i64,
) -> Result<(), DbErr> {
    account::Entity::update_many()
        .col_expr(account::Column::SuspendedAt, Expr::value(at))
        .col_expr(account::Column::UpdatedAt, Expr::value(now))
        .filter(account::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// What it shows of itself beside its own row is another since `now`.
pub async fn changed(db: &impl ConnectionTrait, id: i64, now: i64) -> Result<(), DbErr> {
    account::Entity::update_many()
        .col_expr(account::Column::UpdatedAt, Expr::value(now))
        .filter(account::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Writes the whole row anew.
pub async fn update(db: &impl ConnectionTrait, row: account::Model) -> Result<(), DbErr> {
    row.into_active_model().reset_all().update(db).await?;
    Ok(())
}

/// Removes an account and all that hangs on it, and sets right what was counted of it elsewhere.
pub async fn delete(db: &impl ConnectionTrait, id: i64) -> Result<(), DbErr> {
    uncount(db, id).await?;
    account::Entity::delete_by_id(id).exec(db).await?;
    Ok(())
}

/// Takes from an account of this town all that hangs on it and all it said, in what was sent too. The row stays with its
/// name, address and key, and so does the ledger of who got something from it.
pub async fn empty(db: &impl ConnectionTrait, id: i64, now: i64) -> Result<(), DbErr> {
    uncount(db, id).await?;
    for forget in [
        "DELETE FROM post WHERE author_id = $1",
        "DELETE FROM media WHERE account_id = $1",
        "DELETE FROM follow WHERE follower_id = $1 OR target_id = $1",
        "DELETE FROM favourite WHERE account_id = $1",
        "DELETE FROM bookmark WHERE account_id = $1",
        "DELETE FROM notification WHERE account_id = $1 OR from_id = $1",
        "DELETE FROM block WHERE account_id = $1 OR target_id = $1",
        "DELETE FROM mute WHERE account_id = $1 OR target_id = $1",
        "DELETE FROM notification_policy WHERE account_id = $1",
        "DELETE FROM notification_consent WHERE account_id = $1 OR from_id = $1",
        "DELETE FROM conversation WHERE account_id = $1",
        "DELETE FROM scheduled_post WHERE account_id = $1",
        "DELETE FROM draft WHERE account_id = $1",
        "DELETE FROM thread_mute WHERE account_id = $1",
        "DELETE FROM private_note WHERE account_id = $1 OR target_id = $1",
        "DELETE FROM domain_block WHERE account_id = $1",
        "DELETE FROM marker WHERE account_id = $1",
        "DELETE FROM preference WHERE account_id = $1",
        "DELETE FROM notice_choice WHERE account_id = $1",
        "DELETE FROM link_errand WHERE account_id = $1",
        "DELETE FROM sent_form WHERE account_id = $1",
        "DELETE FROM tag_follow WHERE account_id = $1",
        "DELETE FROM featured_tag WHERE account_id = $1",
        "DELETE FROM people_list WHERE account_id = $1",
        "DELETE FROM word_filter WHERE account_id = $1",
        "DELETE FROM login WHERE account_id = $1",
        "UPDATE activity SET json = '' WHERE actor_id = $1",
    ] {
        dialect::run(db, forget, [id.into()]).await?;
    }
    for end in [
        "UPDATE delivery SET state = 'given_up', settled_at = $2 \
         WHERE state = 'pending' AND activity_id IN (SELECT id FROM activity WHERE actor_id = $1)",
        "UPDATE account SET display_name = '', bio_html = '', bio_source = '', avatar = NULL, header = NULL, \
         avatar_description = '', header_description = '', fields = '[]', \
         discoverable = FALSE, indexable = FALSE, aliases = '', attribution_domains = '', posts = 0, followers = 0, following = 0, last_post_at = NULL, \
         suspended_at = $2, updated_at = $2 WHERE id = $1",
    ] {
        dialect::run(db, end, [id.into(), now.into()]).await?;
    }
    Ok(())
}

/// Sets right what is counted of an account elsewhere, before all that goes.
async fn uncount(db: &impl ConnectionTrait, id: i64) -> Result<(), DbErr> {
    for uncount in [
        "UPDATE account SET followers = followers - 1 WHERE id IN (SELECT target_id FROM follow WHERE follower_id = $1 AND accepted)".into(),
        "UPDATE account SET following = following - 1 WHERE id IN (SELECT follower_id FROM follow WHERE target_id = $1 AND accepted)".into(),
        "UPDATE post SET favourites = favourites - 1 WHERE id IN (SELECT post_id FROM favourite WHERE account_id = $1)".into(),
        "UPDATE post SET boosts = boosts - 1 WHERE id IN (SELECT boost_of_id FROM post WHERE author_id = $1)".into(),
        format!(
            "UPDATE post SET replies = replies - (SELECT COUNT(*) FROM post a WHERE a.reply_to_id = post.id AND a.author_id = $1 AND {}) \
             WHERE id IN (SELECT reply_to_id FROM post WHERE author_id = $1)",
            counted("a", "post")
        ),
        "UPDATE account SET posts = posts - (SELECT COUNT(*) FROM post o JOIN post b ON b.boost_of_id = o.id WHERE o.author_id = $1 AND b.author_id = account.id) \
         WHERE id IN (SELECT b.author_id FROM post o JOIN post b ON b.boost_of_id = o.id WHERE o.author_id = $1)".into(),
    ] {
        let uncount: String = uncount;
        dialect::run(db, &uncount, [id.into()]).await?;
    }
    Ok(())
}

/// Which counter of an account moves.
#[derive(Clone, Copy, Debug)]
pub enum Count {
    Followers,
    Following,
}

pub async fn count(db: &impl ConnectionTrait, id: i64, count: Count, by: i64) -> Result<(), DbErr> {
    let column = match count {
        Count::Followers => account::Column::Followers,
        Count::Following => account::Column::Following,
    };
    account::Entity::update_many()
        .col_expr(column, Expr::col(column).add(by))
        .filter(account::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// One post more. `at`: when it was written, where everybody may know that; what is for some moves the number alone.
pub async fn posted(db: &impl ConnectionTrait, id: i64, at: Option<i64>) -> Result<(), DbErr> {
    dialect::run(
        db,
        "UPDATE account SET posts = posts + 1, last_post_at = CASE WHEN $1 IS NULL OR $1 <= last_post_at THEN last_post_at ELSE $1 END WHERE id = $2",
        [at.into(), id.into()],
    )
    .await?;
    Ok(())
}

/// One post less.
pub async fn unposted(db: &impl ConnectionTrait, id: i64) -> Result<(), DbErr> {
    dialect::run(
        db,
        "UPDATE account SET posts = posts - 1 WHERE id = $1 AND posts > 0",
        [id.into()],
    )
    .await?;
    Ok(())
}

/// Residents, for NodeInfo: (all, who posted for everybody since `month`, since `half_year`).
pub async fn local_counts(
    db: &impl ConnectionTrait,
    month: i64,
    half_year: i64,
) -> Result<(i64, i64, i64), DbErr> {
    let all = "SELECT COUNT(*) FROM account WHERE domain = '' AND kind <> 'application' AND suspended_at IS NULL";
    let since = format!("{all} AND last_post_at >= $1");
    Ok((
        dialect::number(db, all, []).await?,
        dialect::number(db, &since, [month.into()]).await?,
        dialect::number(db, &since, [half_year.into()]).await?,
    ))
}
