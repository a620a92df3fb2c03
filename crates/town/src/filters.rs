//! Words and posts that a resident does not want to meet unprepared. Posts are told which filters they meet; hiding them is
//! the app's or the page's part, since it knows where they stand.

mod matching;

use parvis_model::{clock::Timestamp, id::Id, limits, refusal::Refusal};
pub use parvis_store::filters::{FilteredPost, Keyword};
use parvis_store::{ConnectionTrait, Tx, filters as rows};

pub use matching::FilterMatch;
pub(crate) use matching::Filters;

use crate::{
    Error, Outcome, Town,
    accounts::{Change, within},
    journal::{self, Entry},
    posts::readable,
};

/// Where posts stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilterContext {
    Home,
    Notifications,
    Public,
    Thread,
    Account,
}

impl FilterContext {
    pub const ALL: [Self; 5] = [
        Self::Home,
        Self::Notifications,
        Self::Public,
        Self::Thread,
        Self::Account,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Notifications => "notifications",
            Self::Public => "public",
            Self::Thread => "thread",
            Self::Account => "account",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == word)
    }
}

/// What becomes of a post that meets a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilterAction {
    Warn,
    Hide,
    Blur,
}

impl FilterAction {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Warn => "warn",
            Self::Hide => "hide",
            Self::Blur => "blur",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        [Self::Warn, Self::Hide, Self::Blur]
            .into_iter()
            .find(|it| it.as_str() == word)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterView {
    pub id: Id,
    pub title: String,
    pub contexts: Vec<FilterContext>,
    pub action: FilterAction,
    pub expires_at: Option<Timestamp>,
    pub keywords: Vec<Keyword>,
    pub posts: Vec<FilteredPost>,
}

/// A filter to be: every part is needed.
#[derive(Clone, Debug)]
pub struct NewFilter {
    pub title: String,
    pub contexts: Vec<FilterContext>,
    pub action: FilterAction,
    pub expires_at: Option<Timestamp>,
    pub keywords: Vec<KeywordChange>,
}

/// What is not given stays as it is.
#[derive(Clone, Debug, Default)]
pub struct FilterEdit {
    pub title: Option<String>,
    pub contexts: Option<Vec<FilterContext>>,
    pub action: Option<FilterAction>,
    pub expires_at: Change<Timestamp>,
    pub keywords: Vec<KeywordChange>,
}

/// A keyword to be added, changed (by its id) or taken out.
#[derive(Clone, Debug, Default)]
pub struct KeywordChange {
    pub id: Option<Id>,
    pub keyword: Option<String>,
    pub whole_word: Option<bool>,
    pub remove: bool,
}

/// All of somebody's filters, whether they still hold or not. `db`: an open transaction.
async fn all(db: &impl ConnectionTrait, me: Id) -> Result<Vec<FilterView>, Error> {
    let mut keywords = rows::keywords_of(db, me).await?;
    let mut posts = rows::posts_of(db, me).await?;
    let filters = rows::of(db, me).await?.into_iter().map(|row| FilterView {
        id: row.id,
        title: row.title,
        contexts: row
            .contexts
            .split_whitespace()
            .filter_map(FilterContext::parse)
            .collect(),
        action: FilterAction::parse(&row.action).unwrap_or(FilterAction::Warn),
        expires_at: row.expires_at,
        keywords: keywords
            .extract_if(.., |it| it.filter_id == row.id)
            .collect(),
        posts: posts.extract_if(.., |it| it.filter_id == row.id).collect(),
    });
    Ok(filters.collect())
}

pub async fn mine(town: &Town, me: Id) -> Outcome<Vec<FilterView>> {
    Ok(all(&town.store.snapshot().await?, me).await?)
}

/// One's own; others' are not found.
pub async fn view(town: &Town, me: Id, filter: Id) -> Outcome<FilterView> {
    own(&town.store.snapshot().await?, me, filter).await
}

async fn own(db: &Tx, me: Id, filter: Id) -> Outcome<FilterView> {
    let mine = all(db, me).await?.into_iter();
    let found = mine.into_iter().find(|view| view.id == filter);
    Ok(found.ok_or_else(Refusal::not_found)?)
}

/// The filter of one's own that holds a keyword.
pub async fn of_keyword(town: &Town, me: Id, keyword: Id) -> Outcome<(FilterView, Keyword)> {
    with_keyword(&town.store.snapshot().await?, me, keyword).await
}

async fn with_keyword(db: &Tx, me: Id, keyword: Id) -> Outcome<(FilterView, Keyword)> {
    let found = all(db, me).await?.into_iter().find_map(|view| {
        let held = view.keywords.iter().find(|it| it.id == keyword).cloned()?;
        Some((view, held))
    });
    Ok(found.ok_or_else(Refusal::not_found)?)
}

/// A post that a filter of one's own names.
pub async fn named_post(town: &Town, me: Id, entry: Id) -> Outcome<FilteredPost> {
    post_entry(&town.store.snapshot().await?, me, entry).await
}

async fn post_entry(db: &Tx, me: Id, entry: Id) -> Outcome<FilteredPost> {
    let mut posts = rows::posts_of(db, me).await?.into_iter();
    let found = posts.find(|it| it.id == entry);
    Ok(found.ok_or_else(Refusal::not_found)?)
}

fn checked_title(title: &str) -> Result<String, Refusal> {
    let limit = limits::FILTER_TITLE;
    let title = within(title.trim(), limit, "title", "refusal-filter-title")?;
    if title.is_empty() {
        return Err(Refusal::invalid("title", "refusal-filter-title").with("limit", limit));
    }
    Ok(title)
}

fn joined(contexts: &[FilterContext]) -> Result<String, Refusal> {
    if contexts.is_empty() {
        return Err(Refusal::invalid("context", "refusal-filter-context"));
    }
    let named = FilterContext::ALL.into_iter();
    let named = named.filter(|context| contexts.contains(context));
    let words: Vec<&str> = named.map(FilterContext::as_str).collect();
    Ok(words.join(" "))
}

fn checked_keyword(keyword: &str) -> Result<String, Refusal> {
    let limit = limits::KEYWORD;
    let keyword = within(keyword.trim(), limit, "keyword", "refusal-keyword")?;
    if keyword.is_empty() {
        return Err(Refusal::invalid("keyword", "refusal-keyword").with("limit", limit));
    }
    Ok(keyword)
}

fn full(limit: usize) -> Refusal {
    Refusal::invalid("filter", "refusal-filters-full").with("limit", limit)
}

pub async fn create(tx: &Tx, town: &Town, me: Id, new: NewFilter) -> Outcome<Id> {
    if rows::of(tx, me).await?.len() >= limits::FILTERS {
        return Err(full(limits::FILTERS).into());
    }
    let row = rows::Filter {
        id: town.ids.next(),
        account_id: me,
        title: checked_title(&new.title)?,
        contexts: joined(&new.contexts)?,
        action: new.action.as_str().into(),
        expires_at: new.expires_at,
    };
    let id = row.id;
    rows::insert(tx, row).await?;
    change_keywords(tx, town, me, &own(tx, me, id).await?, new.keywords).await?;
    changed(tx, town, me).await?;
    Ok(id)
}

/// The apps that listen read their filters anew.
async fn changed(tx: &Tx, town: &Town, me: Id) -> Outcome<()> {
    journal::record(tx, town, &Entry::FiltersChanged { account: me }).await
}

pub async fn edit(tx: &Tx, town: &Town, me: Id, filter: Id, edit: FilterEdit) -> Outcome<()> {
    let before = own(tx, me, filter).await?;
    let row = rows::Filter {
        id: filter,
        account_id: me,
        title: checked_title(edit.title.as_deref().unwrap_or(&before.title))?,
        contexts: joined(edit.contexts.as_ref().unwrap_or(&before.contexts))?,
        action: edit.action.unwrap_or(before.action).as_str().into(),
        expires_at: match edit.expires_at {
            Change::Keep => before.expires_at,
            Change::Set(end) => Some(end),
            Change::Remove => None,
        },
    };
    rows::update(tx, row).await?;
    change_keywords(tx, town, me, &before, edit.keywords).await?;
    changed(tx, town, me).await
}

async fn change_keywords(
    tx: &Tx,
    town: &Town,
    me: Id,
    filter: &FilterView,
    changes: Vec<KeywordChange>,
) -> Outcome<()> {
    let mut count = rows::keywords_of(tx, me).await?.len();
    for change in changes {
        let Some(id) = change.id else {
            count += 1;
            if count > limits::FILTER_KEYWORDS {
                return Err(full(limits::FILTER_KEYWORDS).into());
            }
            let row = Keyword {
                id: town.ids.next(),
                filter_id: filter.id,
                keyword: checked_keyword(change.keyword.as_deref().unwrap_or_default())?,
                whole_word: change.whole_word.unwrap_or(false),
            };
            rows::insert_keyword(tx, row).await?;
            continue;
        };
        let held = filter.keywords.iter().find(|it| it.id == id);
        let held = held.ok_or_else(Refusal::not_found)?;
        if change.remove {
            rows::delete_keyword(tx, id).await?;
            continue;
        }
        let row = Keyword {
            keyword: checked_keyword(change.keyword.as_deref().unwrap_or(&held.keyword))?,
            whole_word: change.whole_word.unwrap_or(held.whole_word),
            ..held.clone()
        };
        rows::update_keyword(tx, row).await?;
    }
    Ok(())
}

pub async fn delete(tx: &Tx, town: &Town, me: Id, filter: Id) -> Outcome<()> {
    rows::delete(tx, own(tx, me, filter).await?.id).await?;
    changed(tx, town, me).await
}

/// Gives the keyword's id.
pub async fn add_keyword(
    tx: &Tx,
    town: &Town,
    me: Id,
    filter: Id,
    new: KeywordChange,
) -> Outcome<Id> {
    let new = KeywordChange {
        id: None,
        remove: false,
        ..new
    };
    change_keywords(tx, town, me, &own(tx, me, filter).await?, vec![new]).await?;
    changed(tx, town, me).await?;
    let keywords = own(tx, me, filter).await?.keywords;
    Ok(keywords.last().ok_or_else(Refusal::not_found)?.id)
}

/// By the keyword's id alone.
pub async fn edit_keyword(tx: &Tx, town: &Town, me: Id, change: KeywordChange) -> Outcome<()> {
    let id = change.id.ok_or_else(Refusal::not_found)?;
    let (filter, _) = with_keyword(tx, me, id).await?;
    change_keywords(tx, town, me, &filter, vec![change]).await?;
    changed(tx, town, me).await
}

/// Gives the id of the entry.
pub async fn add_post(tx: &Tx, town: &Town, me: Id, filter: Id, post: Id) -> Outcome<Id> {
    let filter = own(tx, me, filter).await?;
    let post = readable(tx, me, post).await?.id;
    if let Some(entry) = filter.posts.iter().find(|it| it.post_id == post) {
        return Ok(entry.id);
    }
    if rows::posts_of(tx, me).await?.len() >= limits::FILTER_POSTS {
        return Err(full(limits::FILTER_POSTS).into());
    }
    let row = FilteredPost {
        id: town.ids.next(),
        filter_id: filter.id,
        post_id: post,
    };
    let id = row.id;
    rows::insert_post(tx, row).await?;
    changed(tx, town, me).await?;
    Ok(id)
}

pub async fn remove_post(tx: &Tx, town: &Town, me: Id, entry: Id) -> Outcome<()> {
    rows::delete_post(tx, post_entry(tx, me, entry).await?.id).await?;
    changed(tx, town, me).await
}
