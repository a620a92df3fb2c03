//! Lists of posts in order of time, newest first. Each gives ids; the rows are loaded in one batch by the caller.

use parvis_model::page::Page;
use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr, Value};

use crate::{
    audience::{Eyes, unblocked, unmuted, visible},
    dialect,
};

/// How many of the newest posts of all are looked through before turning to the authors one by one.
const WINDOW: i64 = 2_000;

/// A condition on `column` and whether the page is read upwards. Parameters are appended to `params`.
fn bounds(page: &Page, column: &str, params: &mut Vec<Value>) -> (String, bool) {
    let mut sql = String::new();
    let mut bound = |operator: &str, id: i64| {
        params.push(id.into());
        sql += " AND ";
        sql += column;
        sql += operator;
        sql += &params.len().to_string();
    };
    if let Some(id) = page.max_id {
        bound(" < $", id);
    }
    if let Some(id) = page.since_id {
        bound(" > $", id);
    }
    if let Some(id) = page.min_id {
        bound(" > $", id);
    }
    (sql, page.min_id.is_some())
}

fn order(upwards: bool) -> &'static str {
    if upwards { "ASC" } else { "DESC" }
}

/// Runs a paged question whose first column is the id; `where_` may use the parameters already in `params`.
pub(crate) async fn paged(
    db: &impl ConnectionTrait,
    from: &str,
    column: &str,
    page: &Page,
    mut params: Vec<Value>,
) -> Result<Vec<i64>, DbErr> {
    let (between, upwards) = bounds(page, column, &mut params);
    params.push((page.limit as i64).into());
    let sql = format!(
        "SELECT {column} FROM {from}{between} ORDER BY {column} {} LIMIT ${}",
        order(upwards),
        params.len()
    );
    let mut ids = dialect::ids(db, &sql, params).await?;
    if upwards {
        ids.reverse();
    }
    Ok(ids)
}

/// What a resident reads at home, as a condition over the post `p`: own posts and those of followed people; answers only
/// where both sides are followed, boosts only of people who are not muted.
fn belongs_at_home() -> String {
    let follows = |account: &str, more: &str| {
        format!(
            "EXISTS (SELECT 1 FROM follow f WHERE f.follower_id = $1 AND f.target_id = {account} AND f.accepted{more})"
        )
    };
    let plain = follows("p.author_id", "");
    let boosts = follows("p.author_id", " AND f.show_boosts");
    let answered = follows("p.reply_to_account_id", "");
    let unmuted = unmuted("p.author_id");
    let muted_original = "SELECT 1 FROM mute u JOIN post o ON o.author_id = u.target_id \
         WHERE u.account_id = $1 AND o.id = p.boost_of_id AND (u.until IS NULL OR u.until > $2)";
    format!(
        "p.audience <> 'direct' AND (p.author_id = $1 OR (((p.boost_of_id IS NULL AND {plain}) OR (p.boost_of_id IS NOT NULL AND {boosts} AND NOT EXISTS ({muted_original}))) AND {unmuted})) \
         AND (p.reply_to_account_id IS NULL OR p.reply_to_account_id = $1 OR p.reply_to_account_id = p.author_id OR p.author_id = $1 OR {answered})"
    )
}

/// The home timeline, read at request time. The newest posts of the town are looked through first, which is cheap while the
/// followed people write a fair share of them; where that does not fill the page, each followed author's own newest are merged.
pub async fn home(
    db: &impl ConnectionTrait,
    me: i64,
    now: i64,
    page: &Page,
) -> Result<Vec<i64>, DbErr> {
    let recent = home_scanned(db, me, now, page).await?;
    if recent.len() as u64 >= page.limit {
        return Ok(recent);
    }
    home_merged(db, me, now, page).await
}

async fn home_scanned(
    db: &impl ConnectionTrait,
    me: i64,
    now: i64,
    page: &Page,
) -> Result<Vec<i64>, DbErr> {
    let mut params = vec![me.into(), now.into()];
    let (between, upwards) = bounds(page, "id", &mut params);
    params.push(WINDOW.into());
    params.push((page.limit as i64).into());
    let (window, limit) = (params.len() - 1, params.len());
    let (order, belongs) = (order(upwards), belongs_at_home());
    let sql = match db.get_database_backend() {
        // The end of the window is found first, on the index alone; then the walk stops at the first `limit` that belong
        // here, where a subquery with the window would have all of it looked at and sorted.
        DatabaseBackend::Sqlite => {
            let (within, furthest) = if upwards {
                ("<=", "MAX")
            } else {
                (">=", "MIN")
            };
            format!(
                "SELECT p.id FROM post p INDEXED BY post_by_time WHERE {belongs}{between_p} AND p.id {within} \
                 (SELECT {furthest}(id) FROM (SELECT id FROM post INDEXED BY post_by_time WHERE 1 = 1{between} ORDER BY id {order} LIMIT ${window})) \
                 ORDER BY p.id {order} LIMIT ${limit}",
                between_p = between.replace(" id ", " p.id "),
            )
        }
        _ => format!(
            "SELECT p.id FROM (SELECT id, author_id, audience, boost_of_id, reply_to_account_id FROM post \
             WHERE 1 = 1{between} ORDER BY id {order} LIMIT ${window}) p WHERE {belongs} ORDER BY p.id {order} LIMIT ${limit}"
        ),
    };
    let mut ids = dialect::ids(db, &sql, params).await?;
    if upwards {
        ids.reverse();
    }
    Ok(ids)
}

async fn home_merged(
    db: &impl ConnectionTrait,
    me: i64,
    now: i64,
    page: &Page,
) -> Result<Vec<i64>, DbErr> {
    let mut params = vec![me.into(), now.into()];
    let (between, upwards) = bounds(page, "p.id", &mut params);
    params.push((page.limit as i64).into());
    let (limit, order) = (params.len(), order(upwards));
    // Each author's newest that belong here are a walk on the index (author_id, id). A post of the page is by one of the
    // `limit` authors whose newest is newest: only theirs are merged.
    let newest_of = |author: &str, count: &str| {
        format!(
            "SELECT p.id FROM post p WHERE p.author_id = {author}{between} AND {} ORDER BY p.id {order} LIMIT {count}",
            belongs_at_home()
        )
    };
    let first = newest_of("a.author", "1");
    let newest = newest_of("a.author", &format!("${limit}"));
    let chosen = format!(
        "WITH near AS MATERIALIZED (SELECT a.author, ({first}) AS newest \
         FROM (SELECT target_id AS author FROM follow WHERE follower_id = $1 AND accepted UNION SELECT $1) a), \
         chosen AS MATERIALIZED (SELECT author FROM near WHERE newest IS NOT NULL ORDER BY newest {order} LIMIT ${limit})"
    );
    let sql = match db.get_database_backend() {
        DatabaseBackend::Sqlite => format!(
            "{chosen} SELECT h.id FROM chosen a CROSS JOIN post h ON h.id IN ({newest}) ORDER BY h.id {order} LIMIT ${limit}"
        ),
        _ => format!(
            "{chosen} SELECT h.id FROM chosen a CROSS JOIN LATERAL ({newest}) h ORDER BY h.id {order} LIMIT ${limit}"
        ),
    };
    let mut ids = dialect::ids(db, &sql, params).await?;
    if upwards {
        ids.reverse();
    }
    Ok(ids)
}

/// Which public posts are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    All,
    Local,
    Remote,
}

/// Public posts of everyone known here, without boosts.
pub async fn public(
    db: &impl ConnectionTrait,
    eyes: Eyes,
    now: i64,
    scope: Scope,
    page: &Page,
) -> Result<Vec<i64>, DbErr> {
    let scope = match scope {
        Scope::All => "",
        // In the words of the index of the square, so that it is used.
        Scope::Local => " AND p.local AND p.audience IN ('public', 'town')",
        Scope::Remote => " AND NOT p.local",
    };
    let from = format!(
        "post p WHERE p.audience = 'public' AND p.boost_of_id IS NULL{scope} AND {} AND {} AND $2 = $2",
        unblocked("p.author_id"),
        unmuted("p.author_id")
    );
    paged(db, &from, "p.id", page, eyes.params(now)).await
}

/// The town page: public posts of this town and, for residents, those for the town only.
pub async fn square(
    db: &impl ConnectionTrait,
    eyes: Eyes,
    now: i64,
    page: &Page,
) -> Result<Vec<i64>, DbErr> {
    let audience = if eyes.resident {
        ""
    } else {
        " AND p.audience = 'public'"
    };
    let from = format!(
        "post p WHERE p.local AND p.boost_of_id IS NULL AND p.audience IN ('public', 'town'){audience} AND {} AND {}",
        unblocked("p.author_id"),
        unmuted("p.author_id")
    );
    paged(db, &from, "p.id", page, eyes.params(now)).await
}

/// Which of an account's posts are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    pub replies: bool,
    pub boosts: bool,
    pub media_only: bool,
}

pub async fn of_account(
    db: &impl ConnectionTrait,
    eyes: Eyes,
    now: i64,
    account: i64,
    shown: Shown,
    page: &Page,
) -> Result<Vec<i64>, DbErr> {
    let mut from = format!(
        "post p WHERE p.author_id = $3 AND p.audience <> 'direct' AND {}",
        visible(eyes)
    );
    if !shown.replies {
        from.push_str(" AND (p.reply_to_uri IS NULL OR p.reply_to_account_id = p.author_id)");
    }
    if !shown.boosts {
        from.push_str(" AND p.boost_of_id IS NULL");
    }
    if shown.media_only {
        from.push_str(" AND p.has_media");
    }
    let mut params = eyes.params(now);
    params.push(account.into());
    paged(db, &from, "p.id", page, params).await
}

pub async fn tagged(
    db: &impl ConnectionTrait,
    eyes: Eyes,
    now: i64,
    tag_key: &str,
    page: &Page,
) -> Result<Vec<i64>, DbErr> {
    let from = format!(
        "post_tag t JOIN post p ON p.id = t.post_id WHERE t.tag_id = (SELECT id FROM tag WHERE key = $3) \
         AND p.audience = 'public' AND {} AND {}",
        visible(eyes),
        unmuted("p.author_id")
    );
    let mut params = eyes.params(now);
    params.push(tag_key.into());
    paged(db, &from, "t.post_id", page, params).await
}

/// A list whose cursor is the relation's own id: (relation id, what it points to).
pub async fn pointing(
    db: &impl ConnectionTrait,
    table: Pointing,
    owner: i64,
    page: &Page,
) -> Result<Vec<(i64, i64)>, DbErr> {
    let (from, points_to) = match table {
        Pointing::Favourites => ("favourite r WHERE r.account_id = $1", "r.post_id"),
        Pointing::Bookmarks => ("bookmark r WHERE r.account_id = $1", "r.post_id"),
        Pointing::Followers => (
            "follow r WHERE r.target_id = $1 AND r.accepted",
            "r.follower_id",
        ),
        Pointing::Following => (
            "follow r WHERE r.follower_id = $1 AND r.accepted",
            "r.target_id",
        ),
        Pointing::Requests => (
            "follow r WHERE r.target_id = $1 AND NOT r.accepted",
            "r.follower_id",
        ),
        Pointing::Blocked => ("block r WHERE r.account_id = $1", "r.target_id"),
        Pointing::Muted => ("mute r WHERE r.account_id = $1", "r.target_id"),
    };
    let mut params = vec![owner.into()];
    let (between, upwards) = bounds(page, "r.id", &mut params);
    params.push((page.limit as i64).into());
    let sql = format!(
        "SELECT r.id, {points_to} FROM {from}{between} ORDER BY r.id {} LIMIT ${}",
        order(upwards),
        params.len()
    );
    let rows = db
        .query_all_raw(dialect::statement(db, &sql, params))
        .await?;
    let mut pairs = rows
        .iter()
        .map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
        .collect::<Result<Vec<_>, DbErr>>()?;
    if upwards {
        pairs.reverse();
    }
    Ok(pairs)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pointing {
    Favourites,
    Bookmarks,
    Followers,
    Following,
    Requests,
    Blocked,
    Muted,
}
