//! Finding people, posts and tags among what is known here. Faces ask `Town::reach` first for handles and addresses.

use parvis_model::{
    handle::{Handle, folded},
    id::Id,
    text::folded_tag,
};
use parvis_store::{accounts, search};

use crate::{
    AccountView, Outcome, PostView, Town, Viewer,
    accounts::by_handle,
    pages::posts_in_order,
    posts,
    views::{TagView, accounts_in_order},
};

const PEOPLE: u64 = 20;
const POSTS: u64 = 20;
const TAGS: u64 = 10;
/// Characters that are looked at.
const QUERY: usize = 200;

#[derive(Clone, Debug, Default)]
pub struct Results {
    pub accounts: Vec<AccountView>,
    pub posts: Vec<PostView>,
    pub tags: Vec<TagView>,
}

pub async fn find(town: &Town, viewer: &Viewer, query: &str) -> Outcome<Results> {
    let query: String = query
        .trim()
        .chars()
        .filter(|c| *c != '\0')
        .take(QUERY)
        .collect();
    if query.is_empty() {
        return Ok(Results::default());
    }
    if query.starts_with("http://") || query.starts_with("https://") {
        return by_address(town, viewer, &query).await;
    }
    if let Ok(handle) = query.parse::<Handle>()
        && (handle.domain.is_some() || query.starts_with('@'))
        && let Some(row) = by_handle(town, &handle).await?
    {
        return Ok(Results {
            accounts: vec![AccountView::new(town, row)],
            ..Results::default()
        });
    }
    by_words(town, viewer, &query).await
}

async fn by_address(town: &Town, viewer: &Viewer, address: &str) -> Outcome<Results> {
    let account = crate::accounts::by_address(town, address).await?;
    let post = posts::by_address(town, viewer, address).await?;
    Ok(Results {
        accounts: account.into_iter().collect(),
        posts: post.into_iter().collect(),
        tags: Vec::new(),
    })
}

async fn by_words(town: &Town, viewer: &Viewer, words: &str) -> Outcome<Results> {
    let db = town.store.snapshot().await?;
    let bare = words.trim_start_matches(['@', '#']);
    let people = if words.starts_with('#') {
        Vec::new()
    } else {
        accounts::named_like(&db, &folded(bare), PEOPLE).await?
    };
    let ids = search::posts(&db, viewer.eyes(), town.now(), words, POSTS).await?;
    let tags = search::tags(&db, &folded_tag(bare), TAGS).await?;
    Ok(Results {
        accounts: people
            .into_iter()
            .map(|row| AccountView::new(town, row))
            .collect(),
        posts: posts_in_order(&db, town, *viewer, &ids).await?,
        tags: tags
            .into_iter()
            .map(|row| TagView::new(&row.name))
            .collect(),
    })
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
    let start: String = start
        .trim()
        .trim_start_matches('@')
        .chars()
        .filter(|c| *c != '\0')
        .take(QUERY)
        .collect();
    if start.is_empty() {
        return Ok(Vec::new());
    }
    let db = town.store.snapshot().await?;
    let only = followed.then_some(me);
    let ids = search::people(&db, &folded(&start), only, limit, offset).await?;
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
