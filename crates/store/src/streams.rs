//! Which of many readers a post is shown to, in one question whatever their number: for those who listen now. The conditions
//! are those of the pages (`timelines`), asked about each reader instead of one. Knows no journal.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::{
    audience::{Eyes, unblocked, visible},
    dialect,
    timelines::{
        Answers, answers_for_list, belongs_at_home, public_for, tagged_for, written_for_list,
    },
};

/// Any resident: the conditions differ only by the account.
const RESIDENT: Eyes = Eyes {
    account: 1,
    resident: true,
};

/// Where a post may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Home,
    /// Among the public posts.
    Public,
    /// Under one of its tags.
    Tagged,
}

impl Place {
    /// Over the post `p`, for the reader `$1`.
    fn condition(self, db: &impl ConnectionTrait) -> String {
        match self {
            Self::Home => {
                let by_tag = "EXISTS (SELECT 1 FROM post_tag t JOIN tag_follow g ON g.tag_id = t.tag_id \
                              WHERE t.post_id = p.id AND g.account_id = $1)";
                format!(
                    "{} AND (({}) OR ({} AND {by_tag}))",
                    visible(RESIDENT),
                    belongs_at_home(db),
                    tagged_for(RESIDENT)
                )
            }
            Self::Public => public_for(),
            Self::Tagged => tagged_for(RESIDENT),
        }
    }
}

/// Those of `readers` who find the post there.
pub async fn readers_at(
    db: &impl ConnectionTrait,
    place: Place,
    post: i64,
    readers: &[i64],
    now: i64,
) -> Result<Vec<i64>, DbErr> {
    let sql = format!(
        "SELECT v.value FROM {} post p ON p.id = $3 WHERE {}",
        dialect::each(db, 1, "v"),
        place.condition(db).replace("$1", "v.value")
    );
    let params = [dialect::json_list(readers).into(), now.into(), post.into()];
    dialect::ids(db, &sql, params).await
}

/// Those of `readers` who have filters that hold now.
pub async fn with_filters(
    db: &impl ConnectionTrait,
    readers: &[i64],
    now: i64,
) -> Result<Vec<i64>, DbErr> {
    let sql = format!(
        "SELECT DISTINCT x.account_id FROM {} word_filter x ON x.account_id = v.value \
         WHERE x.expires_at IS NULL OR x.expires_at > $2",
        dialect::each(db, 1, "v")
    );
    dialect::ids(db, &sql, [dialect::json_list(readers).into(), now.into()]).await
}

/// Those of `readers` who like the post, keep it, passed it on or muted its thread.
pub async fn with_marks(
    db: &impl ConnectionTrait,
    post: i64,
    readers: &[i64],
) -> Result<Vec<i64>, DbErr> {
    let sql = format!(
        "SELECT v.value FROM {} post p ON p.id = $2 WHERE \
         EXISTS (SELECT 1 FROM favourite f WHERE f.account_id = v.value AND f.post_id = p.id) \
         OR EXISTS (SELECT 1 FROM bookmark k WHERE k.account_id = v.value AND k.post_id = p.id) \
         OR EXISTS (SELECT 1 FROM post b WHERE b.author_id = v.value AND b.boost_of_id = p.id) \
         OR EXISTS (SELECT 1 FROM thread_mute t WHERE t.account_id = v.value AND t.thread_id = p.thread_id)",
        dialect::each(db, 1, "v")
    );
    dialect::ids(db, &sql, [dialect::json_list(readers).into(), post.into()]).await
}

/// Those of `readers` who follow `author`, or whom `author` follows.
pub async fn near(
    db: &impl ConnectionTrait,
    author: i64,
    readers: &[i64],
) -> Result<Vec<i64>, DbErr> {
    let sql = format!(
        "SELECT v.value FROM {} account a ON a.id = $2 WHERE \
         EXISTS (SELECT 1 FROM follow f WHERE f.follower_id = v.value AND f.target_id = a.id AND f.accepted) \
         OR EXISTS (SELECT 1 FROM follow f WHERE f.follower_id = a.id AND f.target_id = v.value AND f.accepted)",
        dialect::each(db, 1, "v")
    );
    let params = [dialect::json_list(readers).into(), author.into()];
    dialect::ids(db, &sql, params).await
}

/// Those of `lists` that show the post.
pub async fn lists_with(
    db: &impl ConnectionTrait,
    post: i64,
    lists: &[i64],
    now: i64,
) -> Result<Vec<i64>, DbErr> {
    let of_list = |condition: String| {
        let condition = condition.replace("$1", "l.account_id");
        condition.replace("$3", "l.id")
    };
    let sql = format!(
        "SELECT l.id FROM {each} people_list l ON l.id = v.value CROSS JOIN post p WHERE p.id = $3 \
         AND EXISTS (SELECT 1 FROM list_member m JOIN follow f ON f.id = m.follow_id \
         WHERE m.list_id = l.id AND m.target_id = p.author_id AND f.accepted) AND {written} \
         AND CASE l.replies WHEN 'followed' THEN {to_followed} WHEN 'none' THEN {to_nobody} ELSE {to_members} END",
        each = dialect::each(db, 1, "v"),
        written = of_list(written_for_list(db, RESIDENT)),
        to_followed = of_list(answers_for_list(Answers::ToFollowed)),
        to_nobody = of_list(answers_for_list(Answers::None)),
        to_members = of_list(answers_for_list(Answers::ToMembers)),
    );
    let params = [dialect::json_list(lists).into(), now.into(), post.into()];
    dialect::ids(db, &sql, params).await
}

/// Those of `readers` at whose home a post of `author` that is gone may have stood: by one of the `sources` they follow, or
/// by a tag.
pub async fn readers_of_gone(
    db: &impl ConnectionTrait,
    readers: &[i64],
    author: i64,
    sources: &[i64],
    tags: &[String],
) -> Result<Vec<i64>, DbErr> {
    let sources_listed = dialect::listed(db, 3);
    let sql = format!(
        "SELECT v.value FROM {each} account a ON a.id = $2 WHERE (v.value IN {sources_listed} \
         OR EXISTS (SELECT 1 FROM follow f WHERE f.follower_id = v.value AND f.accepted AND f.target_id IN {sources_listed}) \
         OR EXISTS (SELECT 1 FROM tag_follow g JOIN tag t ON t.id = g.tag_id WHERE g.account_id = v.value AND t.key IN {keys})) \
         AND {unblocked}",
        each = dialect::each(db, 1, "v"),
        keys = dialect::listed_texts(db, 4),
        unblocked = unblocked("a.id").replace("$1", "v.value"),
    );
    let params = [
        dialect::json_list(readers).into(),
        author.into(),
        dialect::json_list(sources).into(),
        dialect::json_texts(tags).into(),
    ];
    dialect::ids(db, &sql, params).await
}

/// Those of `lists` on which one of the `sources` stands.
pub async fn lists_of_gone(
    db: &impl ConnectionTrait,
    lists: &[i64],
    sources: &[i64],
) -> Result<Vec<i64>, DbErr> {
    let sql = format!(
        "SELECT DISTINCT m.list_id FROM {} list_member m ON m.list_id = v.value WHERE m.target_id IN {}",
        dialect::each(db, 1, "v"),
        dialect::listed(db, 2)
    );
    let params = [
        dialect::json_list(lists).into(),
        dialect::json_list(sources).into(),
    ];
    dialect::ids(db, &sql, params).await
}

/// A token or a session that still is, and how its holder stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Held {
    pub id: i64,
    pub approved_at: Option<i64>,
    pub suspended_at: Option<i64>,
}

pub async fn held_tokens(db: &impl ConnectionTrait, tokens: &[i64]) -> Result<Vec<Held>, DbErr> {
    held(db, "token", tokens).await
}

pub async fn held_sessions(
    db: &impl ConnectionTrait,
    sessions: &[i64],
) -> Result<Vec<Held>, DbErr> {
    held(db, "session", sessions).await
}

async fn held(db: &impl ConnectionTrait, table: &str, ids: &[i64]) -> Result<Vec<Held>, DbErr> {
    let sql = format!(
        "SELECT t.id AS id, l.approved_at, a.suspended_at FROM {} {table} t ON t.id = v.value \
         JOIN login l ON l.id = t.login_id JOIN account a ON a.id = l.account_id",
        dialect::each(db, 1, "v")
    );
    let params = [dialect::json_list(ids).into()];
    Held::find_by_statement(dialect::statement(db, &sql, params))
        .all(db)
        .await
}
