//! Lists of posts in order of time, newest first. Each gives ids; the rows are loaded in one batch by the caller.

mod home;

use parvis_model::page::Page;
use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr, Value};

use crate::{
    audience::{Eyes, unblocked, unmuted, visible},
    dialect,
    neighbours::STANDS,
};

pub(crate) use home::belongs_at_home;
pub use home::{Home, home, news};

/// A condition on `column` and whether the page is read upwards. Parameters are appended to `params`.
pub(crate) fn bounds(page: &Page, column: &str, params: &mut Vec<Value>) -> (String, bool) {
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

pub(crate) fn order(upwards: bool) -> &'static str {
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

/// The newest posts `p` of `authors` (a question with a column of that name) that meet a condition.
async fn merged(
    db: &impl ConnectionTrait,
    authors: &str,
    belongs: &str,
    page: &Page,
    mut params: Vec<Value>,
) -> Result<Vec<i64>, DbErr> {
    let (between, upwards) = bounds(page, "p.id", &mut params);
    params.push((page.limit as i64).into());
    let (limit, order) = (params.len(), order(upwards));
    // Each author's newest that belong here are a walk on the index (author_id, id). A post of the page is by one of the
    // `limit` authors whose newest is newest: only theirs are merged.
    let newest_of = |author: &str, count: &str| {
        format!(
            "SELECT p.id FROM post p WHERE p.author_id = {author}{between} AND {belongs} ORDER BY p.id {order} LIMIT {count}"
        )
    };
    let first = newest_of("a.author", "1");
    let newest = newest_of("chosen.author", &format!("${limit}"));
    let chosen = format!(
        "WITH near AS MATERIALIZED (SELECT a.author, ({first}) AS newest FROM ({authors}) a), \
         chosen AS MATERIALIZED (SELECT author FROM near WHERE newest IS NOT NULL ORDER BY newest {order} LIMIT ${limit})"
    );
    let sql = match db.get_database_backend() {
        DatabaseBackend::Sqlite => format!(
            "{chosen} SELECT h.id FROM chosen CROSS JOIN post h ON h.id IN ({newest}) ORDER BY h.id {order} LIMIT ${limit}"
        ),
        _ => format!(
            "{chosen} SELECT h.id FROM chosen CROSS JOIN LATERAL ({newest}) h ORDER BY h.id {order} LIMIT ${limit}"
        ),
    };
    let mut ids = dialect::ids(db, &sql, params).await?;
    if upwards {
        ids.reverse();
    }
    Ok(ids)
}

/// Which answers a list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// Those to people on the list.
    ToMembers,
    /// Those to everyone the reader follows.
    ToFollowed,
    None,
}

/// What the reader of a list may meet there of its people, answers or not, as a condition over the post `p`.
pub(crate) fn written_for_list(db: &impl ConnectionTrait, eyes: Eyes) -> String {
    format!(
        "p.audience <> 'direct' AND {visible} AND {unmuted} AND {understood} \
         AND (p.boost_of_id IS NULL OR (EXISTS (SELECT 1 FROM follow h WHERE h.follower_id = $1 AND h.target_id = p.author_id AND h.show_boosts) AND {original}))",
        visible = visible(eyes),
        unmuted = unmuted("p.author_id"),
        understood = home::understood(db),
        original = home::unmuted_original()
    )
}

/// The post `p` is no answer, or one that the list `$3` shows.
pub(crate) fn answers_for_list(answers: Answers) -> String {
    let to_members = "EXISTS (SELECT 1 FROM list_member n WHERE n.list_id = $3 AND n.target_id = p.reply_to_account_id)";
    let to_followed = "EXISTS (SELECT 1 FROM follow g WHERE g.follower_id = $1 AND g.target_id = p.reply_to_account_id AND g.accepted)";
    let more = match answers {
        Answers::ToMembers => format!(" OR p.reply_to_account_id = $1 OR {to_members}"),
        Answers::ToFollowed => format!(" OR p.reply_to_account_id = $1 OR {to_followed}"),
        Answers::None => String::new(),
    };
    format!("(p.reply_to_account_id IS NULL OR p.reply_to_account_id = p.author_id{more})")
}

/// What the people on a list write.
pub async fn list(
    db: &impl ConnectionTrait,
    me: i64,
    now: i64,
    list: i64,
    answers: Answers,
    page: &Page,
) -> Result<Vec<i64>, DbErr> {
    let eyes = Eyes {
        account: me,
        resident: true,
    };
    let belongs = format!(
        "{} AND {}",
        written_for_list(db, eyes),
        answers_for_list(answers)
    );
    let members = "SELECT m.target_id AS author FROM list_member m JOIN follow f ON f.id = m.follow_id \
         WHERE m.list_id = $3 AND f.accepted";
    let mut params = eyes.params(now);
    params.push(list.into());
    merged(db, members, &belongs, page, params).await
}

/// What the groups that somebody is in pass on and write.
pub async fn groups(
    db: &impl ConnectionTrait,
    me: i64,
    now: i64,
    page: &Page,
) -> Result<Vec<i64>, DbErr> {
    let eyes = Eyes {
        account: me,
        resident: true,
    };
    let belongs = format!(
        "p.audience <> 'direct' AND {visible} AND {unmuted} AND (p.boost_of_id IS NULL OR {original})",
        visible = visible(eyes),
        unmuted = unmuted("p.author_id"),
        original = home::unmuted_original()
    );
    let groups = "SELECT f.target_id AS author FROM follow f JOIN account g ON g.id = f.target_id \
         WHERE f.follower_id = $1 AND f.accepted AND g.kind = 'group'";
    merged(db, groups, &belongs, page, eyes.params(now)).await
}

/// Which public posts are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    All,
    Local,
    Remote,
}

/// What a reader meets among the public posts, as a condition over the post `p`.
pub(crate) fn public_for() -> String {
    format!(
        "p.audience = 'public' AND p.boost_of_id IS NULL AND {} AND {} AND $2 = $2",
        unblocked("p.author_id"),
        unmuted("p.author_id")
    )
}

/// Public posts of everyone known here, without boosts.
pub async fn public(
    db: &impl ConnectionTrait,
    eyes: Eyes,
    now: i64,
    scope: Scope,
    media_only: bool,
    page: &Page,
) -> Result<Vec<i64>, DbErr> {
    let scope = match scope {
        Scope::All => "",
        // In the words of the index of the square, so that it is used.
        Scope::Local => " AND p.local AND p.audience IN ('public', 'town')",
        Scope::Remote => " AND NOT p.local",
    };
    let media = if media_only { " AND p.has_media" } else { "" };
    let from = format!("post p WHERE {}{scope}{media}", public_for());
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

/// What residents of the neighbour towns write for everyone, and what they and those of this town write for the neighbours.
pub async fn neighbours(
    db: &impl ConnectionTrait,
    me: i64,
    now: i64,
    page: &Page,
) -> Result<Vec<i64>, DbErr> {
    let eyes = Eyes {
        account: me,
        resident: true,
    };
    let from = format!(
        "neighbour_post c CROSS JOIN post p WHERE p.id = c.post_id \
         AND p.audience IN ('public', 'neighbours') AND {STANDS} AND {} AND {}",
        unblocked("p.author_id"),
        unmuted("p.author_id")
    );
    paged(db, &from, "c.post_id", page, eyes.params(now)).await
}

/// Which of an account's posts are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    pub replies: bool,
    pub boosts: bool,
    pub media_only: bool,
}

/// `tag`: the key of one that they must have.
pub async fn of_account(
    db: &impl ConnectionTrait,
    eyes: Eyes,
    now: i64,
    (account, tag): (i64, Option<&str>),
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
    if let Some(tag) = tag {
        from.push_str(
            " AND EXISTS (SELECT 1 FROM post_tag t JOIN tag n ON n.id = t.tag_id WHERE t.post_id = p.id AND n.key = $4)",
        );
        params.push(tag.into());
    }
    paged(db, &from, "p.id", page, params).await
}

/// Posts with tags: with one of `any`, and all of `all`, and none of `none`; all are keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tagged {
    pub any: Vec<String>,
    pub all: Vec<String>,
    pub none: Vec<String>,
    pub media_only: bool,
}

pub async fn tagged(
    db: &impl ConnectionTrait,
    eyes: Eyes,
    now: i64,
    tags: &Tagged,
    scope: Scope,
    page: &Page,
) -> Result<Vec<i64>, DbErr> {
    let mut params = eyes.params(now);
    let (between, upwards) = bounds(page, "t.post_id", &mut params);
    let mut number = |value: Value| {
        params.push(value);
        params.len()
    };
    let keys = |n: usize| {
        let keys = dialect::listed_texts(db, n);
        format!("SELECT id FROM tag WHERE key IN {keys}")
    };
    let any = keys(number(dialect::json_texts(&tags.any).into()));
    let mut belongs = tagged_for(eyes);
    if !tags.all.is_empty() {
        let all = keys(number(dialect::json_texts(&tags.all).into()));
        let count = number((tags.all.len() as i64).into());
        let has_all = format!(
            " AND (SELECT COUNT(*) FROM post_tag o WHERE o.post_id = p.id AND o.tag_id IN ({all})) = ${count}"
        );
        belongs.push_str(&has_all);
    }
    if !tags.none.is_empty() {
        let none = keys(number(dialect::json_texts(&tags.none).into()));
        let has_none = format!(
            " AND NOT EXISTS (SELECT 1 FROM post_tag o WHERE o.post_id = p.id AND o.tag_id IN ({none}))"
        );
        belongs.push_str(&has_none);
    }
    belongs += match scope {
        Scope::All => "",
        Scope::Local => " AND p.local",
        Scope::Remote => " AND NOT p.local",
    };
    if tags.media_only {
        belongs += " AND p.has_media";
    }
    let limit = number((page.limit as i64).into());
    let any = format!("SELECT f.id AS tag_id FROM tag f WHERE f.id IN ({any})");
    let sql = newest_of_tags(db, &any, &belongs, &between, order(upwards), limit);
    let mut ids = dialect::ids(db, &sql, params).await?;
    if upwards {
        ids.reverse();
    }
    Ok(ids)
}

/// What these eyes may find by a tag, as a condition over the post `p`.
pub(crate) fn tagged_for(eyes: Eyes) -> String {
    format!(
        "p.audience = 'public' AND {} AND {}",
        visible(eyes),
        unmuted("p.author_id")
    )
}

/// The newest posts of some tags (a question with a column `tag_id`), each tag walked on its index only as far as the page
/// goes.
fn newest_of_tags(
    db: &impl ConnectionTrait,
    tags: &str,
    belongs: &str,
    between: &str,
    order: &str,
    limit: usize,
) -> String {
    let newest = format!(
        "SELECT t.post_id AS id FROM post_tag t JOIN post p ON p.id = t.post_id \
         WHERE t.tag_id = g.tag_id{between} AND {belongs} ORDER BY t.post_id {order} LIMIT ${limit}"
    );
    match db.get_database_backend() {
        DatabaseBackend::Sqlite => format!(
            "SELECT DISTINCT h.id FROM ({tags}) g CROSS JOIN post h ON h.id IN ({newest}) ORDER BY h.id {order} LIMIT ${limit}"
        ),
        _ => format!(
            "SELECT DISTINCT h.id FROM ({tags}) g CROSS JOIN LATERAL ({newest}) h ORDER BY h.id {order} LIMIT ${limit}"
        ),
    }
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
        Pointing::Groups => (
            "follow r JOIN account g ON g.id = r.target_id WHERE r.follower_id = $1 AND r.accepted AND g.kind = 'group'",
            "r.target_id",
        ),
        // Their cursor is the group itself: one may both follow and look after it. What groups elsewhere say of whom
        // they like stands on nobody's page.
        Pointing::LookedAfter => (
            "group_moderator m JOIN account r ON r.id = m.group_id WHERE m.account_id = $1 AND r.domain = '' AND r.suspended_at IS NULL",
            "r.id",
        ),
        Pointing::GroupsOrLookedAfter => (
            "account r WHERE r.id IN (SELECT m.group_id FROM group_moderator m JOIN account g ON g.id = m.group_id \
             WHERE m.account_id = $1 AND g.domain = '' \
             UNION SELECT f.target_id FROM follow f WHERE f.follower_id = $1 AND f.accepted) \
             AND r.kind = 'group' AND r.suspended_at IS NULL",
            "r.id",
        ),
        Pointing::Requests => (
            "follow r WHERE r.target_id = $1 AND NOT r.accepted",
            "r.follower_id",
        ),
        Pointing::Blocked => ("block r WHERE r.account_id = $1", "r.target_id"),
        Pointing::Muted => ("mute r WHERE r.account_id = $1", "r.target_id"),
        Pointing::BlockedDomains => ("domain_block r WHERE r.account_id = $1", "r.id"),
        Pointing::Endorsed => ("endorsement r WHERE r.account_id = $1", "r.target_id"),
        Pointing::FollowedTags => ("tag_follow r WHERE r.account_id = $1", "r.tag_id"),
        Pointing::Members => ("list_member r WHERE r.list_id = $1", "r.target_id"),
        Pointing::FavouritedBy => ("favourite r WHERE r.post_id = $1", "r.account_id"),
        Pointing::BoostedBy => (
            "post r WHERE r.boost_of_id = $1 AND r.audience = 'public'",
            "r.author_id",
        ),
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
    /// Those followed that are groups.
    Groups,
    /// Groups of the town in whose hands they are.
    LookedAfter,
    /// Both of these.
    GroupsOrLookedAfter,
    Requests,
    Blocked,
    Muted,
    BlockedDomains,
    Endorsed,
    FollowedTags,
    /// Its owner is the list.
    Members,
    /// Its owner is the post.
    FavouritedBy,
    /// Its owner is the post.
    BoostedBy,
}
