//! Posts and boosts: rows, lookups, threads, counts.

use parvis_model::{limits::SAME_PAGE, uri};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::NotSet,
    ColumnTrait, ConnectionTrait, DatabaseBackend, DbErr, EntityTrait, FromQueryResult,
    IntoActiveModel, QueryFilter, QuerySelect, TryInsertResult,
    sea_query::{Expr, ExprTrait, LockType, OnConflict},
};

use crate::{
    audience::{Eyes, counted, visible},
    conversations, dialect,
    entity::{mention, post, post_tag, tag, tombstone},
    thread_mutes,
};

/// The first half of the numbers of our advisory locks; the second is the address of a post, hashed. Not that of claims.
const ARRIVALS: i32 = 0x0050_4153;

pub async fn by_id(db: &impl ConnectionTrait, id: i64) -> Result<Option<post::Model>, DbErr> {
    post::Entity::find_by_id(id).one(db).await
}

/// What others would do with it is decided one after the other: whoever else comes for it waits until this write has ended.
/// SQLite has one write at a time anyway.
pub async fn held(db: &impl ConnectionTrait, id: i64) -> Result<Option<post::Model>, DbErr> {
    let row = post::Entity::find_by_id(id).lock(LockType::NoKeyUpdate);
    row.one(db).await
}

/// The same as [`held`], by its address.
pub async fn held_by_uri(
    db: &impl ConnectionTrait,
    uri: &str,
) -> Result<Option<post::Model>, DbErr> {
    let row = post::Entity::find().filter(post::Column::Uri.eq(uri));
    row.lock(LockType::NoKeyUpdate).one(db).await
}

pub async fn by_uri(db: &impl ConnectionTrait, uri: &str) -> Result<Option<post::Model>, DbErr> {
    post::Entity::find()
        .filter(post::Column::Uri.eq(uri))
        .one(db)
        .await
}

/// By its id, or by its page where the same server names it: anyone may give another's page for theirs.
pub async fn by_uri_or_url(
    db: &impl ConnectionTrait,
    address: &str,
) -> Result<Option<post::Model>, DbErr> {
    if let Some(found) = by_uri(db, address).await? {
        return Ok(Some(found));
    }
    // A boost carries the page address of what it boosts.
    let on_page = post::Column::Url
        .eq(address)
        .and(post::Column::BoostOfId.is_null());
    let found = post::Entity::find().filter(on_page).limit(SAME_PAGE);
    let found = found.all(db).await?;
    Ok(found
        .into_iter()
        .find(|post| uri::is_beside(&post.uri, address)))
}

pub async fn by_ids(db: &impl ConnectionTrait, ids: &[i64]) -> Result<Vec<post::Model>, DbErr> {
    post::Entity::find()
        .filter(dialect::among(db, post::Column::Id, ids))
        .all(db)
        .await
}

/// Those of `ids` that were written here.
pub async fn local_by_ids(
    db: &impl ConnectionTrait,
    ids: &[i64],
) -> Result<Vec<post::Model>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    post::Entity::find()
        .filter(dialect::among(db, post::Column::Id, ids))
        .filter(post::Column::Local.eq(true))
        .all(db)
        .await
}

/// Those of `ids` that these eyes may see, in no order.
pub async fn visible_by_ids(
    db: &impl ConnectionTrait,
    eyes: Eyes,
    now: i64,
    ids: &[i64],
) -> Result<Vec<post::Model>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT p.* FROM post p WHERE p.id IN {list} AND {visible}",
        list = dialect::listed(db, 3),
        visible = visible(eyes)
    );
    let mut params = eyes.params(now);
    params.push(dialect::json_list(ids).into());
    post::Entity::find()
        .from_raw_sql(dialect::statement(db, &sql, params))
        .all(db)
        .await
}

/// `false` if a post of this address or of this id is already there, or this boost.
pub async fn insert(db: &impl ConnectionTrait, row: post::Model) -> Result<bool, DbErr> {
    let inserted = dialect::unless_there(row.into_active_model())
        .exec_without_returning(db)
        .await?;
    Ok(matches!(inserted, TryInsertResult::Inserted(1)))
}

/// Writes the row anew, but for its counters, the consent to it and what its group decides of it: those move by themselves
/// alone, also while this row was held.
pub async fn update(db: &impl ConnectionTrait, row: post::Model) -> Result<(), DbErr> {
    let mut row = row.into_active_model().reset_all();
    row.replies = NotSet;
    row.boosts = NotSet;
    row.favourites = NotSet;
    row.quotes = NotSet;
    row.reply_state = NotSet;
    row.reply_stamp = NotSet;
    row.closed = NotSet;
    row.taken_out = NotSet;
    row.in_group = NotSet;
    row.found = NotSet;
    row.thread_id = NotSet;
    row.reply_to_id = NotSet;
    row.reply_to_account_id = NotSet;
    row.update(db).await?;
    Ok(())
}

pub async fn delete(db: &impl ConnectionTrait, id: i64) -> Result<(), DbErr> {
    post::Entity::delete_by_id(id).exec(db).await?;
    Ok(())
}

pub async fn boost_by(
    db: &impl ConnectionTrait,
    account: i64,
    of: i64,
) -> Result<Option<post::Model>, DbErr> {
    post::Entity::find()
        .filter(post::Column::BoostOfId.eq(of))
        .filter(post::Column::AuthorId.eq(account))
        .one(db)
        .await
}

/// The boosts of a post, by whom.
pub async fn boosts_of(db: &impl ConnectionTrait, of: i64) -> Result<Vec<post::Model>, DbErr> {
    post::Entity::find()
        .filter(post::Column::BoostOfId.eq(of))
        .all(db)
        .await
}

/// Who passed a post on, the newest first.
pub async fn boosters(db: &impl ConnectionTrait, of: i64, limit: u64) -> Result<Vec<i64>, DbErr> {
    let sql = "SELECT p.author_id FROM post p WHERE p.boost_of_id = $1 ORDER BY p.id DESC LIMIT $2";
    dialect::ids(db, sql, [of.into(), (limit as i64).into()]).await
}

/// Which counter of a post moves.
#[derive(Clone, Copy, Debug)]
pub enum Count {
    Replies,
    Boosts,
    Favourites,
    Quotes,
}

pub async fn count(db: &impl ConnectionTrait, id: i64, count: Count, by: i64) -> Result<(), DbErr> {
    let column = match count {
        Count::Replies => post::Column::Replies,
        Count::Boosts => post::Column::Boosts,
        Count::Favourites => post::Column::Favourites,
        Count::Quotes => post::Column::Quotes,
    };
    post::Entity::update_many()
        .col_expr(column, Expr::col(column).add(by))
        .filter(post::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// A post and an answer to it that arrive at the same moment wait for one another until the end of the transaction, so that
/// whichever comes second sees the first. Whoever takes several takes them in one order, so that two that answer one another
/// do not wait for each other. On SQLite one is written after the other anyway.
pub async fn take_turns(
    db: &impl ConnectionTrait,
    uri: &str,
    answered: Option<&str>,
) -> Result<(), DbErr> {
    if db.get_database_backend() != DatabaseBackend::Postgres {
        return Ok(());
    }
    if let Some(answered) = answered {
        // Answers to the same post do not mind each other. To take one's own a second time costs nothing.
        let both = "SELECT CASE WHEN hashtext($2) <= hashtext($3) THEN pg_advisory_xact_lock($1, hashtext($2)) END, \
                    pg_advisory_xact_lock_shared($1, hashtext($3)), pg_advisory_xact_lock($1, hashtext($2))";
        let params = [ARRIVALS.into(), uri.into(), answered.into()];
        dialect::run(db, both, params).await?;
    } else {
        let own = "SELECT pg_advisory_xact_lock($1, hashtext($2))";
        dialect::run(db, own, [ARRIVALS.into(), uri.into()]).await?;
    }
    Ok(())
}

/// Answers that arrived before what they answer are tied to it now. Gives how many of them are counted under it.
pub async fn adopt_answers(db: &impl ConnectionTrait, parent: &post::Model) -> Result<i64, DbErr> {
    let orphans = "reply_to_uri = $1 AND reply_to_id IS NULL";
    let uri = || parent.uri.clone().into();
    let threads = format!("SELECT DISTINCT thread_id FROM post WHERE {orphans}");
    let threads = dialect::ids(db, &threads, [uri()]).await?;
    if threads.is_empty() {
        return Ok(0);
    }
    // What hangs on an orphan moves with it.
    thread_mutes::move_to(db, &threads, parent.thread_id).await?;
    conversations::move_to(db, &threads, parent.thread_id).await?;
    let posts = format!(
        "UPDATE post SET thread_id = $2 WHERE thread_id <> $2 AND thread_id IN {}",
        dialect::listed(db, 1)
    );
    // Once more for what came to them while this waited for others.
    let moved = || [dialect::json_list(&threads).into(), parent.thread_id.into()];
    while dialect::run(db, &posts, moved()).await? > 0 {}
    dialect::run(
        db,
        &format!("UPDATE post SET reply_to_id = $2, reply_to_account_id = $3 WHERE {orphans}"),
        [uri(), parent.id.into(), parent.author_id.into()],
    )
    .await?;
    let answers = format!(
        "SELECT COUNT(*) FROM post a JOIN post q ON q.id = a.reply_to_id WHERE a.reply_to_id = $1 AND {}",
        counted("a", "q")
    );
    dialect::number(db, &answers, [parent.id.into()]).await
}

/// Those who boosted a post have each one post less, since the boosts go with it.
pub async fn uncount_boosts_of(db: &impl ConnectionTrait, of: i64) -> Result<(), DbErr> {
    dialect::run(
        db,
        "UPDATE account SET posts = posts - 1 WHERE id IN (SELECT author_id FROM post WHERE boost_of_id = $1)",
        [of.into()],
    )
    .await?;
    Ok(())
}

/// What somebody wrote or passed on for everybody.
pub async fn open_of(db: &impl ConnectionTrait, author: i64) -> Result<i64, DbErr> {
    let sql =
        "SELECT COUNT(*) FROM post WHERE author_id = $1 AND audience IN ('public', 'unlisted')";
    dialect::number(db, sql, [author.into()]).await
}

/// All posts of a thread that these eyes may see, oldest first, bounded.
pub async fn thread(
    db: &impl ConnectionTrait,
    eyes: Eyes,
    now: i64,
    thread: i64,
    limit: u64,
) -> Result<Vec<i64>, DbErr> {
    let sql = format!(
        "SELECT p.id FROM post p WHERE p.thread_id = $3 AND p.boost_of_id IS NULL AND {} ORDER BY p.id LIMIT $4",
        visible(eyes)
    );
    let mut params = eyes.params(now);
    params.extend([thread.into(), (limit as i64).into()]);
    dialect::ids(db, &sql, params).await
}

pub async fn mention(db: &impl ConnectionTrait, post: i64, accounts: &[i64]) -> Result<(), DbErr> {
    if accounts.is_empty() {
        return Ok(());
    }
    let rows = accounts.iter().map(|account_id| {
        mention::Model {
            post_id: post,
            account_id: *account_id,
        }
        .into_active_model()
    });
    mention::Entity::insert_many(rows)
        .on_conflict_do_nothing_on([mention::Column::PostId, mention::Column::AccountId])
        .exec_without_returning(db)
        .await?;
    Ok(())
}

pub async fn forget_mentions(db: &impl ConnectionTrait, post: i64) -> Result<(), DbErr> {
    mention::Entity::delete_many()
        .filter(mention::Column::PostId.eq(post))
        .exec(db)
        .await?;
    Ok(())
}

/// (post, account) pairs.
pub async fn mentions_of(
    db: &impl ConnectionTrait,
    posts: &[i64],
) -> Result<Vec<mention::Model>, DbErr> {
    mention::Entity::find()
        .filter(dialect::among(db, mention::Column::PostId, posts))
        .all(db)
        .await
}

pub async fn is_mentioned(
    db: &impl ConnectionTrait,
    post: i64,
    account: i64,
) -> Result<bool, DbErr> {
    Ok(mention::Entity::find_by_id((post, account))
        .one(db)
        .await?
        .is_some())
}

/// Ties a post to its tags; `tags` are (folded key, name as written). New tags take ids from `fresh_id`.
pub async fn tag(
    db: &impl ConnectionTrait,
    post: i64,
    tags: &[(String, String)],
    fresh_id: impl Fn() -> i64,
) -> Result<(), DbErr> {
    post_tag::Entity::delete_many()
        .filter(post_tag::Column::PostId.eq(post))
        .exec(db)
        .await?;
    // In one order: two that each wait for the other's new tag would wait for ever.
    let mut tags: Vec<_> = tags.iter().collect();
    tags.sort();
    for (key, name) in tags {
        let row = tag::Model {
            id: fresh_id(),
            key: key.clone(),
            name: name.clone(),
        };
        tag::Entity::insert(row.into_active_model())
            .on_conflict_do_nothing_on([tag::Column::Key])
            .exec_without_returning(db)
            .await?;
        dialect::run(
            db,
            "INSERT INTO post_tag (tag_id, post_id) SELECT id, $1 FROM tag WHERE key = $2 ON CONFLICT DO NOTHING",
            [post.into(), key.clone().into()],
        )
        .await?;
    }
    Ok(())
}

/// Remembers that something was deleted, so that it answers 410 and a late arrival is not brought back. Whose it was counts,
/// not who said so before it came.
pub async fn bury(db: &impl ConnectionTrait, row: tombstone::Model) -> Result<(), DbErr> {
    let anew = OnConflict::column(tombstone::Column::Uri)
        .update_columns([tombstone::Column::Kind, tombstone::Column::AuthorUri])
        .to_owned();
    tombstone::Entity::insert(row.into_active_model())
        .on_conflict(anew)
        .exec_without_returning(db)
        .await?;
    Ok(())
}

pub async fn tombstone(
    db: &impl ConnectionTrait,
    uri: &str,
) -> Result<Option<tombstone::Model>, DbErr> {
    tombstone::Entity::find_by_id(uri.to_owned()).one(db).await
}

/// Buries the posts of a local author that left the town, before they are removed all at once.
pub async fn bury_all_of(
    db: &impl ConnectionTrait,
    author: i64,
    author_uri: &str,
    now: i64,
) -> Result<(), DbErr> {
    dialect::run(
        db,
        "INSERT INTO tombstone (uri, kind, author_uri, at) SELECT uri, kind, $2, $3 FROM post \
         WHERE author_id = $1 AND local AND boost_of_id IS NULL AND audience IN ('public', 'unlisted', 'neighbours', 'followers', 'direct') \
         ON CONFLICT DO NOTHING",
        [author.into(), author_uri.into(), now.into()],
    )
    .await?;
    Ok(())
}

/// What is known of an address before its post arrives.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Expected {
    /// Who deleted it before it came.
    pub buried_by: Option<String>,
    /// Answers to it came before it.
    pub answered: bool,
}

pub async fn expected(db: &impl ConnectionTrait, uri: &str) -> Result<Expected, DbErr> {
    let sql = "SELECT (SELECT author_uri FROM tombstone WHERE uri = $1) AS buried_by, \
         EXISTS (SELECT 1 FROM post WHERE reply_to_uri = $1 AND reply_to_id IS NULL) AS answered";
    let found = Expected::find_by_statement(dialect::statement(db, sql, [uri.into()]));
    let none = || DbErr::RecordNotFound("two questions without an answer".into());
    found.one(db).await?.ok_or_else(none)
}

/// What was found while reading around it has now been delivered. `None`: it had been before, or is not here.
pub async fn delivered(
    db: &impl ConnectionTrait,
    uri: &str,
    author: i64,
) -> Result<Option<post::Model>, DbErr> {
    let found = post::Entity::find()
        .filter(post::Column::Uri.eq(uri))
        .filter(post::Column::AuthorId.eq(author))
        .filter(post::Column::Found.eq(true))
        .one(db)
        .await?;
    let Some(row) = found else {
        return Ok(None);
    };
    post::Entity::update_many()
        .col_expr(post::Column::Found, Expr::value(false))
        .filter(post::Column::Id.eq(row.id))
        .exec(db)
        .await?;
    Ok(Some(row))
}

/// A post that everyone may see, as lists for other servers name it.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct OpenPost {
    pub id: i64,
    pub author_id: i64,
    pub uri: String,
}

/// What everyone may see, by people who are not suspended.
const OPEN: &str = "post p JOIN account a ON a.id = p.author_id \
     WHERE p.audience IN ('public', 'unlisted') AND a.suspended_at IS NULL";

/// Answers to a post that everyone may see: those of its own author first, then the oldest. Of those after an `id`, and with
/// `others` none of the author's.
pub async fn open_answers(
    db: &impl ConnectionTrait,
    post: i64,
    author: i64,
    (others, id): (bool, i64),
    limit: u64,
) -> Result<Vec<OpenPost>, DbErr> {
    let turn = "CASE WHEN p.author_id = $2 THEN 0 ELSE 1 END";
    let sql = format!(
        "SELECT p.id, p.author_id, p.uri FROM {OPEN} AND p.reply_to_id = $1 \
         AND ({turn} > $3 OR ({turn} = $3 AND p.id > $4)) ORDER BY {turn}, p.id LIMIT $5"
    );
    let params = [
        post.into(),
        author.into(),
        i64::from(others).into(),
        id.into(),
        (limit as i64).into(),
    ];
    OpenPost::find_by_statement(dialect::statement(db, &sql, params))
        .all(db)
        .await
}

/// Posts of a thread that everyone may see, the oldest first, of those after an id.
pub async fn open_thread(
    db: &impl ConnectionTrait,
    thread: i64,
    after: i64,
    limit: u64,
) -> Result<Vec<OpenPost>, DbErr> {
    let sql = format!(
        "SELECT p.id, p.author_id, p.uri FROM {OPEN} AND p.thread_id = $1 AND p.boost_of_id IS NULL \
         AND p.id > $2 ORDER BY p.id LIMIT $3"
    );
    let params = [thread.into(), after.into(), (limit as i64).into()];
    OpenPost::find_by_statement(dialect::statement(db, &sql, params))
        .all(db)
        .await
}

/// How many those are, from the first on.
pub async fn open_thread_size(db: &impl ConnectionTrait, thread: i64) -> Result<i64, DbErr> {
    let sql = format!("SELECT COUNT(*) FROM {OPEN} AND p.thread_id = $1 AND p.boost_of_id IS NULL");
    dialect::number(db, &sql, [thread.into()]).await
}

/// Answers of other servers' people to a post, those that everyone may see, the oldest first.
pub async fn answers_elsewhere(
    db: &impl ConnectionTrait,
    post: i64,
    limit: u64,
) -> Result<Vec<i64>, DbErr> {
    let sql = "SELECT p.id FROM post p WHERE p.reply_to_id = $1 AND NOT p.local \
         AND p.audience IN ('public', 'unlisted') ORDER BY p.id LIMIT $2";
    dialect::ids(db, sql, [post.into(), (limit as i64).into()]).await
}

/// Public posts and answers of this town, for NodeInfo: (posts, answers).
pub async fn local_counts(db: &impl ConnectionTrait) -> Result<(i64, i64), DbErr> {
    let posts = "SELECT COUNT(*) FROM post WHERE local AND boost_of_id IS NULL AND audience IN ('public', 'town') AND audience = 'public'";
    let all = dialect::number(db, posts, []).await?;
    let answers = dialect::number(db, &format!("{posts} AND reply_to_uri IS NOT NULL"), []).await?;
    Ok((all - answers, answers))
}

/// What whom it answers says of it, and where others can check that. `false`: it does not stand at `before` any more.
pub async fn set_consent(
    db: &impl ConnectionTrait,
    post: i64,
    before: &str,
    state: &str,
    stamp: Option<String>,
) -> Result<bool, DbErr> {
    let sql =
        "UPDATE post SET reply_state = $3, reply_stamp = $4 WHERE id = $1 AND reply_state = $2";
    let params = [post.into(), before.into(), state.into(), stamp.into()];
    Ok(dialect::run(db, sql, params).await? > 0)
}

/// Answers that rely on a stamp.
pub async fn by_reply_stamp(db: &impl ConnectionTrait, stamp: &str) -> Result<Vec<i64>, DbErr> {
    let sql = "SELECT id FROM post WHERE reply_stamp = $1 ORDER BY id";
    dialect::ids(db, sql, [stamp.into()]).await
}
