//! The square: a resident's home, the town's page, and what a visitor sees first.

use std::collections::HashSet;

use askama::Template;
use axum::response::Response;
use parvis_model::{audience::Audience, id::Id};
use parvis_town::{PostView, Viewer, timelines};

use crate::{
    announcements::{self, Announced},
    fault::Fault,
    frame::{Frame, Pages, Typed},
    page::{Answer, Page, html},
    write::Composing,
};

#[derive(Template)]
#[template(path = "home.html")]
pub struct HomePage<'a> {
    pub page: &'a Frame,
    pub announcements: Vec<Announced>,
    pub posts: Vec<PostView>,
    pub pages: Pages,
    pub compose: Composing,
    pub form: Typed,
}

#[derive(Template)]
#[template(path = "landing.html")]
pub struct LandingPage<'a> {
    pub page: &'a Frame,
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
    let posts = timelines::home(&page.town, user.account, page.piece()).await?;
    html(&HomePage {
        page: &page.frame,
        announcements: announcements::for_home(&page, user.account).await?,
        pages: Pages::of_posts("/", page.is_later(), &posts),
        posts: each_once(posts.items),
        compose: Composing::quick(Audience::Public),
        form: Typed::default(),
    })
}

/// A post that stands on the page itself is not shown again as shared; one shared by several people, once.
fn each_once(posts: Vec<PostView>) -> Vec<PostView> {
    let mut shown: HashSet<Id> = posts
        .iter()
        .filter(|post| post.boost_of.is_none())
        .map(|post| post.id)
        .collect();
    posts
        .into_iter()
        .filter(|post| {
            post.boost_of
                .as_ref()
                .is_none_or(|original| shown.insert(original.id))
        })
        .collect()
}

async fn landing(page: &Page) -> Result<Response, Fault> {
    if !page.frame.town.set_up {
        return html(&NotOpenPage { page: &page.frame });
    }
    let posts = timelines::square(&page.town, &Viewer::nobody(), page.piece()).await?;
    html(&LandingPage {
        page: &page.frame,
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
