//! The square: a resident's home, the town's page, and what a visitor sees first.

use std::borrow::Borrow;

use askama::Template;
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use parvis_model::id::Id;
use parvis_town::{AccountView, Paged, PostView, Viewer, preferences, timelines};

use crate::{
    announcements::{self, Announced},
    associations,
    fault::Fault,
    frame::{Frame, Pages, Typed},
    page::{Answer, Page, html},
    timelines::each_once,
    write::Composing,
};

/// In an address: the newest post that stood here when one looked last.
const SEEN: &str = "vu";

#[derive(Template)]
#[template(path = "home.html")]
pub struct HomePage<'a> {
    pub page: &'a Frame,
    pub announcements: Vec<Announced>,
    pub posts: Vec<PostView>,
    pub news: News,
    pub pages: Pages,
    pub compose: Composing,
    pub form: Typed,
}

impl HomePage<'_> {
    fn is_seen_from(&self, place: impl Borrow<usize>) -> bool {
        self.news.seen_from == Some(*place.borrow())
    }
}

/// What has come since one looked last, as far as the address says when that was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct News {
    /// The newest that stands here: what comes later is new.
    pub newest: Id,
    /// Where what one has seen begins, counted from the top.
    pub seen_from: Option<usize>,
    /// Nothing has come.
    pub none: bool,
}

impl News {
    fn of(page: &Page, posts: &Paged<PostView>) -> Self {
        let news = Self {
            newest: posts.prev.unwrap_or(1),
            ..Self::default()
        };
        let Some(seen) = page.query.id(SEEN) else {
            return news;
        };
        let first = posts.items.iter().position(|post| post.id <= seen);
        let is_new_above = page.piece().max_id.is_some_and(|above| above > seen);
        match first {
            Some(0) if !is_new_above => Self {
                none: !page.is_later(),
                ..news
            },
            seen_from => Self { seen_from, ..news },
        }
    }
}

#[derive(Template)]
#[template(path = "landing.html")]
pub struct LandingPage<'a> {
    pub page: &'a Frame,
    pub associations: Vec<AccountView>,
    pub posts: Vec<PostView>,
    pub pages: Pages,
}

#[derive(Template)]
#[template(path = "town.html")]
pub struct TownPage<'a> {
    pub page: &'a Frame,
    pub posts: Vec<PostView>,
    pub pages: Pages,
}

#[derive(Template)]
#[template(path = "not_open.html")]
pub struct NotOpenPage<'a> {
    pub page: &'a Frame,
}

pub async fn home(page: Page) -> Answer {
    let Some(user) = &page.user else {
        return landing(&page).await;
    };
    let mut posts = timelines::home(&page.town, user.account, page.piece()).await?;
    posts.items = each_once(posts.items);
    let usual = preferences::of(&page.town, user.account).await?;
    let seen = page.query.id(SEEN);
    let base = seen.map_or("/".to_owned(), |seen| format!("/?{SEEN}={seen}"));
    html(&HomePage {
        page: &page.frame,
        announcements: announcements::for_home(&page, user.account).await?,
        news: News::of(&page, &posts),
        pages: Pages::of_posts(&base, page.is_later(), &posts),
        posts: posts.items,
        compose: Composing {
            sensitive: usual.sensitive,
            ..Composing::quick(usual.audience)
        },
        form: Typed::default(),
    })
}

/// How many posts have come to one's home since one that stood there, in words; nothing where there are none. Asked by the page
/// that is open, once it is told that something has come, or once a minute where it hears nothing.
pub async fn news(page: Page) -> Answer {
    let (Some(user), Some(since)) = (&page.user, page.query.id("depuis")) else {
        return Ok(StatusCode::NO_CONTENT.into_response());
    };
    let words = match timelines::news(&page.town, user.account, since).await? {
        0 => return Ok(StatusCode::NO_CONTENT.into_response()),
        count @ timelines::NEWS.. => page.frame.tn("new-posts-many", count),
        count => page.frame.tn("new-posts", count),
    };
    Ok(words.into_response())
}

async fn landing(page: &Page) -> Result<Response, Fault> {
    if !page.frame.town.set_up {
        return html(&NotOpenPage { page: &page.frame });
    }
    let posts = timelines::square(&page.town, &Viewer::nobody(), page.piece()).await?;
    html(&LandingPage {
        page: &page.frame,
        associations: associations::few(page).await?,
        pages: Pages::of_posts("/ville", page.is_later(), &posts),
        posts: posts.items,
    })
}

pub async fn town(page: Page) -> Answer {
    let posts = timelines::square(&page.town, &page.viewer, page.piece()).await?;
    html(&TownPage {
        page: &page.frame,
        pages: Pages::of_posts("/ville", page.is_later(), &posts),
        posts: posts.items,
    })
}
