//! Searching people, posts and tags; for residents also live on other servers, by handle or address.

use askama::Template;
use parvis_model::handle::Handle;
use parvis_town::{
    AccountView, Failure, Outcome, PostView, Rate, accounts,
    accounts::Relation,
    posts,
    reach::Found,
    search::{self, Results},
    views::TagView,
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    fault::Fault,
    frame::{Frame, Pages},
    page::{Answer, Page, Resident, html, redirect},
    people::with_relations,
};

const QUERY: usize = 500;

#[derive(Template)]
#[template(path = "search.html")]
pub struct SearchPage<'a> {
    pub page: &'a Frame,
    pub query: &'a str,
    /// What went wrong on the way to another server.
    pub trouble: Option<String>,
    pub people: Vec<(AccountView, Relation)>,
    pub posts: Vec<PostView>,
    pub tags: Vec<TagView>,
    pub pages: Pages,
}

pub async fn search(page: Page) -> Answer {
    let query: String = page.query.text("q").chars().take(QUERY).collect();
    let (found, trouble) = match fetch(&page, &query).await {
        Ok(found) => (found, None),
        Err(failure) => (None, Some(trouble(failure, &page)?)),
    };
    let mut results = search::find(&page.town, &page.viewer, &query).await?;
    if let Some(found) = found {
        add(&page, found, &mut results).await?;
    }
    html(&SearchPage {
        page: &page.frame,
        query: &query,
        trouble,
        people: with_relations(&page, results.accounts).await?,
        posts: results.posts,
        tags: results.tags,
        pages: Pages::default(),
    })
}

/// Another server is asked only for residents, and only so often.
async fn fetch(page: &Page, query: &str) -> Outcome<Option<Found>> {
    let Some(user) = &page.user else {
        return Ok(None);
    };
    let town = &page.town;
    let key = user.account.to_string();
    if query.starts_with("https://") || query.starts_with("http://") {
        town.rates().count(Rate::Reach, &key)?;
        return town.reach().uri(town, query).await;
    }
    match query.parse::<Handle>() {
        Ok(handle)
            if handle
                .domain
                .as_deref()
                .is_some_and(|domain| domain != town.host) =>
        {
            town.rates().count(Rate::Reach, &key)?;
            Ok(town
                .reach()
                .handle(town, &handle)
                .await?
                .map(Found::Account))
        }
        _ => Ok(None),
    }
}

/// A server that fails us spoils not the rest of the page; a database that does, does.
fn trouble(failure: Failure, page: &Page) -> Result<String, Fault> {
    match failure {
        Failure::Refused(refusal) => Ok(page.frame.locale.refusal(&refusal)),
        Failure::Broken(error) if error.is_unavailable() => Err(error.into()),
        Failure::Broken(error) => {
            tracing::debug!(%error, "a search found no answer elsewhere");
            Ok(page.frame.t("search-unreachable"))
        }
    }
}

async fn add(page: &Page, found: Found, results: &mut Results) -> Result<(), Fault> {
    match found {
        Found::Account(id) if results.accounts.iter().all(|who| who.id != id) => {
            results
                .accounts
                .extend(accounts::views(&page.town, &[id]).await?);
        }
        Found::Post(id) if results.posts.iter().all(|post| post.id != id) => {
            results
                .posts
                .extend(posts::views(&page.town, &page.viewer, &[id]).await?);
        }
        Found::Account(_) | Found::Post(_) => {}
    }
    Ok(())
}

/// Where other servers send someone who wants to follow or answer from here (FEP-3b86, `authorize_interaction`).
/// A visitor logs in first; nothing is fetched for anonymous callers.
pub async fn interaction(Resident { page, .. }: Resident) -> Answer {
    let wanted = page.query.text("uri");
    let wanted = wanted.strip_prefix("acct:").unwrap_or(wanted);
    Ok(redirect(&format!(
        "/recherche?q={}",
        utf8_percent_encode(wanted, NON_ALPHANUMERIC)
    )))
}
