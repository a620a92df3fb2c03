//! Searching people, posts and tags; for residents also live on other servers, by handle or address.

use askama::Template;
use parvis_model::{account::AccountKind, id::Id};
use parvis_town::{
    AccountView, Failure, Outcome, PostView, accounts,
    accounts::Relation,
    posts,
    reach::{self, Found},
    search::{self, Results, Wanted},
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
    pub groups: Vec<(AccountView, Relation)>,
    /// Where more people and groups are shown.
    pub more_people: Option<String>,
    pub posts: Vec<PostView>,
    pub tags: Vec<TagView>,
    pub pages: Pages,
}

/// Which part of what was found is shown.
enum Part {
    /// The beginning of everything.
    All,
    /// People, so many passed over.
    People(u64),
    /// Posts older than this one.
    Posts(Id),
}

impl Part {
    fn of(page: &Page) -> Self {
        match (page.query.id("avant"), page.query.text("gens").parse()) {
            (Some(id), _) => Self::Posts(id),
            (None, Ok(passed @ 1..)) => Self::People(passed),
            (None, _) => Self::All,
        }
    }

    fn wanted(&self) -> Wanted {
        let all = Wanted::default();
        match *self {
            Self::All => all,
            Self::People(offset) => Wanted {
                posts: false,
                tags: false,
                offset,
                ..all
            },
            Self::Posts(before) => Wanted {
                accounts: false,
                tags: false,
                before: Some(before),
                ..all
            },
        }
    }
}

pub async fn search(page: Page) -> Answer {
    let query: String = page.query.text("q").chars().take(QUERY).collect();
    let part = Part::of(&page);
    let (found, trouble) = match part {
        Part::All => match fetch(&page, &query).await {
            Ok(found) => (found, None),
            Err(failure) => (None, Some(trouble(failure, &page)?)),
        },
        Part::People(_) | Part::Posts(_) => (None, None),
    };
    let wanted = part.wanted();
    let mut results = search::find(&page.town, &page.viewer, &query, wanted).await?;
    if let Some(found) = found {
        add(&page, found, &mut results).await?;
    }
    let base = format!(
        "/recherche?q={}",
        utf8_percent_encode(&query, NON_ALPHANUMERIC)
    );
    let passed = wanted.offset.saturating_add(wanted.limit);
    let more_people = results
        .more_accounts
        .then(|| format!("{base}&gens={passed}"));
    let is_later = !matches!(part, Part::All);
    let (groups, people) = with_relations(&page, results.accounts)
        .await?
        .into_iter()
        .partition(|(who, _)| who.kind == AccountKind::Group);
    html(&SearchPage {
        page: &page.frame,
        query: &query,
        trouble,
        people,
        groups,
        more_people,
        pages: Pages::new(&base, "avant", is_later, results.next_posts),
        posts: results.posts,
        tags: results.tags,
    })
}

/// Another server is asked for residents only.
async fn fetch(page: &Page, query: &str) -> Outcome<Option<Found>> {
    match &page.user {
        Some(user) => reach::find(&page.town, user.account, query).await,
        None => Ok(None),
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
