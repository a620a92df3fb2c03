//! What a resident reads at home: a hot path, so it is one question in most cases, with all that the page shows.

use parvis_model::page::Page;
use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr, Value};

use super::{bounds, merged, newest_of_tags, order, tagged_for};
use crate::{
    audience::{Eyes, of_open_server, unmuted},
    dialect, follows,
    pages::{self, PageRows},
};

/// How many of the newest posts of all are looked through before turning to the authors one by one.
const WINDOW: i64 = 2_000;

/// What a resident reads at home, as a condition over the post `p`: own posts and those of followed people; answers only
/// where both sides are followed, boosts only of people who are not muted, nothing of people on exclusive lists, and of each
/// only what is in the languages chosen for them.
pub(crate) fn belongs_at_home(db: &impl ConnectionTrait) -> String {
    let follows = |account: &str, more: &str| {
        format!(
            "EXISTS (SELECT 1 FROM follow f WHERE f.follower_id = $1 AND f.target_id = {account} AND f.accepted{more})"
        )
    };
    let plain = follows("p.author_id", "");
    let boosts = follows("p.author_id", " AND f.show_boosts");
    let answered = follows("p.reply_to_account_id", "");
    let unmuted = unmuted("p.author_id");
    let unmuted_original = unmuted_original();
    let understood = understood(db);
    // Whoever has no exclusive list pays once for the question, not for each row.
    let at_large = "(NOT EXISTS (SELECT 1 FROM people_list x WHERE x.account_id = $1 AND x.exclusive) OR NOT EXISTS (SELECT 1 \
         FROM people_list x JOIN list_member m ON m.list_id = x.id AND m.target_id = p.author_id WHERE x.account_id = $1 AND x.exclusive))";
    format!(
        "p.audience <> 'direct' AND (p.author_id = $1 OR (((p.boost_of_id IS NULL AND {plain}) OR (p.boost_of_id IS NOT NULL AND {boosts} AND {unmuted_original})) AND {unmuted} AND {at_large} AND {understood})) \
         AND (p.reply_to_account_id IS NULL OR p.reply_to_account_id = $1 OR p.reply_to_account_id = p.author_id OR p.author_id = $1 OR {answered})"
    )
}

/// What the boost `p` passes on is by nobody whom the reader has muted, nor of a server that the reader blocks.
pub(super) fn unmuted_original() -> String {
    let open = of_open_server("(SELECT o.author_id FROM post o WHERE o.id = p.boost_of_id)");
    let muted = "SELECT 1 FROM mute u JOIN post o ON o.author_id = u.target_id \
         WHERE u.account_id = $1 AND o.id = p.boost_of_id AND (u.until IS NULL OR u.until > $2)";
    format!("NOT EXISTS ({muted}) AND {open}")
}

/// The post `p`, or what it passes on, is in a language that the reader has chosen for its author.
pub(super) fn understood(db: &impl ConnectionTrait) -> String {
    // As with exclusive lists: whoever has chosen none pays once for the question.
    let chosen = "SELECT 1 FROM follow w WHERE w.follower_id = $1 AND w.languages IS NOT NULL";
    let foreign = format!(
        "{chosen} AND w.target_id = p.author_id AND EXISTS (SELECT 1 FROM post s WHERE s.id = COALESCE(p.boost_of_id, p.id) AND NOT {})",
        follows::lets_through(db, "w", "s")
    );
    format!("(NOT EXISTS ({chosen}) OR NOT EXISTS ({foreign}))")
}

/// What stands at home, newest first.
#[derive(Debug)]
pub struct Home {
    pub ids: Vec<i64>,
    /// Those that carry a followed tag, whoever wrote them.
    pub tagged: Vec<i64>,
    pub rows: PageRows,
}

/// The home timeline, read at request time. The newest posts of the town are looked through first, which is cheap while the
/// followed people write a fair share of them; where that does not fill the page, each followed author's own newest are merged.
/// What carries a followed tag is merged into either.
pub async fn home(
    db: &impl ConnectionTrait,
    me: i64,
    now: i64,
    page: &Page,
) -> Result<Home, DbErr> {
    let eyes = Eyes {
        account: me,
        resident: true,
    };
    let (recent, rows) = recent(db, eyes, now, page).await?;
    let (people, tagged): (Vec<_>, Vec<_>) =
        recent.into_iter().partition(|(_, by_tag)| *by_tag == 0);
    let mut tagged: Vec<i64> = tagged.into_iter().map(|(id, _)| id).collect();
    let people: Vec<i64> = people.into_iter().map(|(id, _)| id).collect();
    let is_full = people.len() as u64 >= page.limit;
    let people = if is_full {
        people
    } else {
        of_each(db, me, now, page).await?
    };
    let ids = newest(people.into_iter().chain(tagged.iter().copied()), page);
    tagged.retain(|id| ids.contains(id));
    let rows = if is_full {
        rows
    } else {
        pages::of_posts(db, eyes, now, &ids).await?
    };
    Ok(Home { ids, tagged, rows })
}

/// A page out of all these, newest first.
fn newest(ids: impl Iterator<Item = i64>, page: &Page) -> Vec<i64> {
    let mut ids: Vec<i64> = ids.collect();
    ids.sort_unstable_by(|a, b| b.cmp(a));
    ids.dedup();
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    if page.min_id.is_some() {
        ids.drain(..ids.len().saturating_sub(limit));
    } else {
        ids.truncate(limit);
    }
    ids
}

/// What the followed people wrote among the newest posts of all, and what carries a followed tag (the number beside it is 1).
/// Both in one question: whoever follows no tag pays for one look into an index.
async fn recent(
    db: &impl ConnectionTrait,
    eyes: Eyes,
    now: i64,
    page: &Page,
) -> Result<(Vec<(i64, i32)>, PageRows), DbErr> {
    let (asked, params) = question(db, eyes, now, page, "");
    pages::of_question(db, eyes, &asked, params).await
}

/// How many posts of others have come to a home since one that stood there, up to `limit`. What is passed on counts once, and
/// not where it stood on the page itself. Only the newest posts of all are looked through: whoever asks again and again costs
/// a short walk on an index.
pub async fn news(
    db: &impl ConnectionTrait,
    me: i64,
    now: i64,
    since: i64,
    limit: u64,
) -> Result<i64, DbErr> {
    let eyes = Eyes {
        account: me,
        resident: true,
    };
    let page = Page {
        since_id: Some(since),
        limit,
        ..Page::default()
    };
    let (asked, params) = question(db, eyes, now, &page, " AND p.author_id <> $1");
    let sql = format!(
        "SELECT DISTINCT COALESCE(p.boost_of_id, p.id) FROM ({asked}) n JOIN post p ON p.id = n.id"
    );
    let new = dialect::ids(db, &sql, params).await?;
    if new.is_empty() {
        return Ok(0);
    }
    let page = Page {
        max_id: since.checked_add(1),
        ..Page::default()
    };
    let (asked, params) = question(db, eyes, now, &page, " AND p.boost_of_id IS NULL");
    let there = dialect::ids(db, &format!("SELECT id FROM ({asked}) n"), params).await?;
    Ok(new.iter().filter(|id| !there.contains(id)).count() as i64)
}

/// What [`recent`] asks: ids, and whether each came by a tag. `only`: a further condition over the posts `p`.
fn question(
    db: &impl ConnectionTrait,
    eyes: Eyes,
    now: i64,
    page: &Page,
    only: &str,
) -> (String, Vec<Value>) {
    let mut params = eyes.params(now);
    let (between, upwards) = bounds(page, "id", &mut params);
    params.push(WINDOW.into());
    params.push((page.limit as i64).into());
    let (window, limit) = (params.len() - 1, params.len());
    let (order, belongs) = (order(upwards), belongs_at_home(db) + only);
    let people = match db.get_database_backend() {
        // The end of the window is found first, on the index alone; then the walk stops at the first `limit` that belong
        // here, where a subquery with the window would have all of it looked at and sorted.
        DatabaseBackend::Sqlite => {
            let (within, end) = if upwards { ("<=", i64::MAX) } else { (">=", 0) };
            format!(
                "SELECT p.id, 0 AS by_tag FROM post p INDEXED BY post_by_time WHERE {belongs}{between_p} AND p.id {within} \
                 COALESCE((SELECT id FROM post INDEXED BY post_by_time WHERE 1 = 1{between} ORDER BY id {order} LIMIT 1 OFFSET ${window}), {end}) \
                 ORDER BY p.id {order} LIMIT ${limit}",
                between_p = between.replace(" id ", " p.id "),
            )
        }
        _ => format!(
            "SELECT p.id, 0 AS by_tag FROM (SELECT id, author_id, audience, boost_of_id, reply_to_account_id FROM post \
             WHERE 1 = 1{between} ORDER BY id {order} LIMIT ${window}) p WHERE {belongs} ORDER BY p.id {order} LIMIT ${limit}"
        ),
    };
    let tagged = newest_of_tags(
        db,
        "SELECT f.tag_id FROM tag_follow f WHERE f.account_id = $1",
        &(tagged_for(eyes) + only),
        &between.replace(" id ", " t.post_id "),
        order,
        limit,
    );
    let asked =
        format!("SELECT id, by_tag FROM ({people}) a UNION ALL SELECT id, 1 FROM ({tagged}) b");
    (asked, params)
}

async fn of_each(
    db: &impl ConnectionTrait,
    me: i64,
    now: i64,
    page: &Page,
) -> Result<Vec<i64>, DbErr> {
    let followed = "SELECT target_id AS author FROM follow WHERE follower_id = $1 AND accepted UNION SELECT $1";
    let params = vec![me.into(), now.into()];
    merged(db, followed, &belongs_at_home(db), page, params).await
}
