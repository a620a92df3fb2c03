//! Finding people, posts and tags among what is known here. Faces ask `Town::reach` first for handles and addresses.

mod posts;
mod taking_in;
mod terms;

use parvis_model::{
    handle::Handle,
    id::Id,
    limits,
    search::{QUESTION, Question},
    text::folded_tag,
};
use parvis_store::search::{self, Sought};

use crate::{
    AccountView, Outcome, PostView, Town, Viewer,
    accounts::{self, by_handle},
    pages::posts_in_order,
    posts as all_posts,
    views::{TagView, accounts_in_order},
};

pub use taking_in::{take_in, watch};

/// Characters of an address.
const ADDRESS: usize = limits::REMOTE_URI;
/// Things that may be left out before the first shown.
const DEEPEST: u64 = 1_000;
/// Words of a name that are looked at.
const NAME_WORDS: usize = 8;

#[derive(Clone, Debug, Default)]
pub struct Results {
    pub accounts: Vec<AccountView>,
    pub posts: Vec<PostView>,
    pub tags: Vec<TagView>,
    /// There are more people than these.
    pub more_accounts: bool,
    /// Posts older than this one are to be found as well.
    pub next_posts: Option<Id>,
}

/// What is to be found, and which part of it.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    pub accounts: bool,
    pub posts: bool,
    pub tags: bool,
    /// Only people whom the viewer follows.
    pub followed: bool,
    /// Only posts by this account …
    pub author: Option<Id>,
    /// … and older than this post …
    pub before: Option<Id>,
    /// … and newer than this one.
    pub after: Option<Id>,
    /// Of each kind.
    pub limit: u64,
    pub offset: u64,
}

impl Default for Wanted {
    fn default() -> Self {
        Self {
            accounts: true,
            posts: true,
            tags: true,
            followed: false,
            author: None,
            before: None,
            after: None,
            limit: limits::PAGE,
            offset: 0,
        }
    }
}

pub async fn find(town: &Town, viewer: &Viewer, query: &str, wanted: Wanted) -> Outcome<Results> {
    let query = bounded(query, ADDRESS);
    if query.is_empty() || wanted.limit == 0 {
        return Ok(Results::default());
    }
    if query.starts_with("http://") || query.starts_with("https://") {
        return by_address(town, viewer, &query, wanted).await;
    }
    if wanted.accounts
        && let Ok(handle) = query.parse::<Handle>()
        && (handle.domain.is_some() || query.starts_with('@'))
        && let Some(row) = by_handle(town, &handle).await?
    {
        let is_wanted =
            wanted.offset == 0 && (!wanted.followed || follows(town, viewer, row.id).await?);
        let one = is_wanted.then(|| AccountView::new(town, row));
        return Ok(Results {
            accounts: one.into_iter().collect(),
            ..Results::default()
        });
    }
    by_words(town, viewer, &query, wanted).await
}

async fn follows(town: &Town, viewer: &Viewer, other: Id) -> Outcome<bool> {
    match viewer.account {
        Some(me) => Ok(accounts::relation(town, me, other).await?.following),
        None => Ok(false),
    }
}

fn bounded(query: &str, most: usize) -> String {
    let query = query.trim().chars().filter(|c| *c != '\0');
    query.take(most).collect()
}

async fn by_address(
    town: &Town,
    viewer: &Viewer,
    address: &str,
    wanted: Wanted,
) -> Outcome<Results> {
    let mut results = Results::default();
    if wanted.offset > 0 {
        return Ok(results);
    }
    if wanted.accounts {
        let account = accounts::by_address(town, address).await?;
        results.accounts.extend(account);
    }
    if wanted.posts {
        let post = all_posts::by_address(town, viewer, address).await?;
        results.posts.extend(post);
    }
    Ok(results)
}

async fn by_words(town: &Town, viewer: &Viewer, words: &str, wanted: Wanted) -> Outcome<Results> {
    if wanted.offset > DEEPEST {
        return Ok(Results::default());
    }
    // An index that cannot be written to still answers.
    if let Err(err) = taking_in::take_in_fresh(town).await {
        tracing::warn!(%err, town = town.host, "what is new waits for the search");
    }
    let wanted = Wanted {
        limit: wanted.limit.min(limits::PAGE_MAX),
        ..wanted
    };
    let question = Question::read(words);
    let understood = if wanted.posts {
        posts::understand(town, viewer, &question, &wanted).await?
    } else {
        None
    };
    let db = town.store.snapshot().await?;
    let mut results = Results::default();
    if wanted.accounts && (question.is_plain() || words.starts_with('@')) {
        let followed_by = viewer.account.filter(|_| wanted.followed);
        let sought = sought(town, words, followed_by);
        let mut ids = search::people(&db, &sought, wanted.limit + 1, wanted.offset).await?;
        let ends = wanted.offset + wanted.limit > DEEPEST;
        results.more_accounts = !ends && ids.len() as u64 > wanted.limit;
        ids.truncate(wanted.limit as usize);
        results.accounts = accounts_in_order(&db, town, &ids).await?;
    }
    if let Some(understood) = understood {
        search::with_patience(&db).await?;
        let found = posts::find(&db, town, viewer, understood, &wanted).await?;
        results.posts = posts_in_order(&db, town, *viewer, &found.ids).await?;
        results.next_posts = found.next;
    }
    if wanted.tags && !words.starts_with('@') && !words.contains(char::is_whitespace) {
        let start = folded_tag(words);
        let rows = search::tags(&db, &start, wanted.limit, wanted.offset).await?;
        results.tags = rows.iter().map(|row| TagView::new(&row.name)).collect();
    }
    Ok(results)
}

/// Who may be meant: names by how their words begin, and behind an `@` how that of their server does.
fn sought(town: &Town, words: &str, followed_by: Option<Id>) -> Sought {
    let words = words.trim_start_matches('@');
    let (name, server) = match words.split_once('@') {
        Some((name, server)) => (name, Some(server.trim().to_lowercase())),
        None => (words, None),
    };
    Sought {
        starts: name
            .split_whitespace()
            .map(taking_in::start_of)
            .filter(|start| !start.is_empty())
            .take(NAME_WORDS)
            .collect(),
        server: server.filter(|server| !server.is_empty()),
        host: town.host.clone(),
        followed_by,
    }
}

/// Those whose name begins so, as one types it after an `@`. `offset` and `limit`: which of them.
pub async fn people(
    town: &Town,
    me: Id,
    start: &str,
    followed: bool,
    limit: u64,
    offset: u64,
) -> Outcome<Vec<AccountView>> {
    let start = bounded(start, QUESTION);
    if start.is_empty() {
        return Ok(Vec::new());
    }
    if let Err(err) = taking_in::take_in_fresh(town).await {
        tracing::warn!(%err, town = town.host, "what is new waits for the search");
    }
    let db = town.store.snapshot().await?;
    let sought = sought(town, &start, followed.then_some(me));
    let ids = search::people(&db, &sought, limit, offset).await?;
    accounts_in_order(&db, town, &ids).await
}

/// Residents who let themselves be found, those who wrote last first, or those who came last.
pub async fn directory(
    town: &Town,
    newest: bool,
    limit: u64,
    offset: u64,
) -> Outcome<Vec<AccountView>> {
    let db = town.store.snapshot().await?;
    let ids = search::residents(&db, newest, limit, offset).await?;
    accounts_in_order(&db, town, &ids).await
}
