//! Everything that a page of posts shows, in one question: each question costs a way to the database and back, which is
//! more than its work. The rows come as JSON, which both databases write and which is read at once.

use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr, Iden, Iterable, Value};
use serde::de::DeserializeOwned;

use crate::{
    audience::{Eyes, visible},
    dialect,
    entity::{account, media, post},
    preview_cards,
    reactions::Mark,
};

/// The rows behind a page of posts, in no order.
#[derive(Clone, Debug, Default)]
pub struct PageRows {
    /// Those that these eyes may see, each once; with those that boosts among them pass on.
    pub posts: Vec<post::Model>,
    pub marks: Vec<Mark>,
    /// Who wrote the posts and the pages they link to, who is named in them, and their groups.
    pub people: Vec<account::Card>,
    pub media: Vec<media::Model>,
    /// What the pages are about that the posts link to.
    pub previews: Vec<preview_cards::Card>,
}

impl PageRows {
    /// Adds the rows of another page.
    pub fn join(&mut self, other: Self) {
        self.posts.extend(other.posts);
        self.posts.sort_unstable_by_key(|row| row.id);
        self.posts.dedup_by_key(|row| row.id);
        self.marks.extend(other.marks);
        self.marks.sort_unstable();
        self.marks.dedup();
        self.people.extend(other.people);
        self.media.extend(other.media);
        self.media
            .sort_unstable_by_key(|row| (row.post_id, row.position, row.id));
        self.media.dedup_by_key(|row| row.id);
        self.previews.extend(other.previews);
    }
}

/// The page of these posts.
pub async fn of_posts(
    db: &impl ConnectionTrait,
    eyes: Eyes,
    now: i64,
    ids: &[i64],
) -> Result<PageRows, DbErr> {
    if ids.is_empty() {
        return Ok(PageRows::default());
    }
    let asked = format!(
        "SELECT l.value AS id, 0 AS by_tag FROM {} l",
        dialect::listed(db, 3)
    );
    let mut params = eyes.params(now);
    params.push(dialect::json_list(ids).into());
    Ok(of_question(db, eyes, &asked, params).await?.1)
}

/// The page of the posts that `asked` gives (columns `id` and `by_tag`; its first two parameters are those of
/// [`Eyes::params`]), and what it gave.
pub(crate) async fn of_question(
    db: &impl ConnectionTrait,
    eyes: Eyes,
    asked: &str,
    params: Vec<Value>,
) -> Result<(Vec<(i64, i32)>, PageRows), DbErr> {
    let visible = visible(eyes);
    let shown = "p.id, p.author_id, p.thread_id, p.group_id, p.has_media, p.card_id";
    let gathered =
        |row: &str, from: &str| format!("(SELECT {} FROM {from})", rows_as_json(db, row));
    let sql = format!(
        "WITH asked AS MATERIALIZED ({asked}), \
         shown AS MATERIALIZED (SELECT {shown} FROM asked CROSS JOIN post p WHERE p.id = asked.id AND {visible} \
         UNION SELECT {shown} FROM asked CROSS JOIN post b CROSS JOIN post p WHERE b.id = asked.id AND p.id = b.boost_of_id AND {visible}), \
         marks AS MATERIALIZED (\
         SELECT m.post_id, 0 AS what, m.account_id FROM shown CROSS JOIN mention m WHERE m.post_id = shown.id \
         UNION ALL SELECT f.post_id, 1, f.account_id FROM shown CROSS JOIN favourite f WHERE f.account_id = $1 AND f.post_id = shown.id \
         UNION ALL SELECT k.post_id, 2, k.account_id FROM shown CROSS JOIN bookmark k WHERE k.account_id = $1 AND k.post_id = shown.id \
         UNION ALL SELECT b.boost_of_id, 3, b.author_id FROM shown CROSS JOIN post b WHERE b.author_id = $1 AND b.boost_of_id = shown.id \
         UNION ALL SELECT n.post_id, 4, n.account_id FROM shown CROSS JOIN pin n WHERE n.account_id = $1 AND n.post_id = shown.id \
         UNION ALL SELECT t.thread_id, 5, t.account_id FROM thread_mute t WHERE t.account_id = $1 AND t.thread_id IN (SELECT thread_id FROM shown) \
         UNION ALL SELECT 0, 6, x.account_id FROM word_filter x WHERE x.account_id = $1 AND (x.expires_at IS NULL OR x.expires_at > $2)), \
         people AS MATERIALIZED (SELECT author_id AS id FROM shown UNION SELECT group_id FROM shown UNION SELECT account_id FROM marks WHERE what = 0 \
         UNION SELECT c.author_id FROM shown CROSS JOIN preview_card c WHERE c.id = shown.card_id) \
         SELECT {asked_rows}, {posts}, {mark_rows}, {cards}, {media}, {previews}",
        asked_rows = gathered("asked.id, asked.by_tag", "asked"),
        posts = gathered(
            &columns::<post::Column>("p"),
            "shown CROSS JOIN post p WHERE p.id = shown.id"
        ),
        mark_rows = gathered("marks.post_id, marks.what, marks.account_id", "marks"),
        cards = gathered(
            account::CARD,
            "people CROSS JOIN account a WHERE a.id = people.id"
        ),
        media = gathered(
            &columns::<media::Column>("m"),
            "shown CROSS JOIN media m WHERE shown.has_media AND m.post_id = shown.id"
        ),
        previews = gathered(
            preview_cards::COLUMNS,
            "shown CROSS JOIN preview_card c WHERE c.id = shown.card_id"
        ),
    );
    let row = db
        .query_one_raw(dialect::statement(db, &sql, params))
        .await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("a page without rows".into()))?;
    let text = |index| row.try_get_by_index::<Option<String>>(index);
    let rows = PageRows {
        posts: read(text(1)?)?,
        marks: read(text(2)?)?,
        people: read(text(3)?)?,
        media: in_order(read(text(4)?)?),
        previews: read(text(5)?)?,
    };
    Ok((read(text(0)?)?, rows))
}

/// All columns of a table, in the order of its model's fields.
fn columns<C: Iterable + Iden>(table: &str) -> String {
    let names: Vec<String> = C::iter()
        .map(|column| format!("{table}.{}", column.unquoted()))
        .collect();
    names.join(", ")
}

fn rows_as_json(db: &impl ConnectionTrait, row: &str) -> String {
    match db.get_database_backend() {
        DatabaseBackend::Sqlite => format!("json_group_array(json_array({row}))"),
        _ => format!("CAST(json_agg(json_build_array({row})) AS TEXT)"),
    }
}

/// PostgreSQL gives nothing for no rows.
fn read<T: DeserializeOwned>(rows: Option<String>) -> Result<Vec<T>, DbErr> {
    let Some(rows) = rows else {
        return Ok(Vec::new());
    };
    serde_json::from_str(&rows).map_err(|err| DbErr::Json(err.to_string()))
}

fn in_order(mut media: Vec<media::Model>) -> Vec<media::Model> {
    media.sort_unstable_by_key(|row| (row.post_id, row.position));
    media
}
