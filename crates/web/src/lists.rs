//! Lists of posts: by tag, one's favourites, one's bookmarks.

use askama::Template;
use axum::extract::Path;
use parvis_model::text::folded_tag;
use parvis_town::{Paged, PostView, timelines};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    frame::{Frame, Pages},
    page::{Answer, Page, Resident, html},
};

#[derive(Template)]
#[template(path = "list.html")]
pub struct ListPage<'a> {
    pub page: &'a Frame,
    pub heading: String,
    pub note: String,
    pub empty: String,
    pub posts: Vec<PostView>,
    pub pages: Pages,
}

pub async fn tag(page: Page, Path(tag): Path<String>) -> Answer {
    let posts = timelines::tag(&page.town, &page.viewer, &tag, page.piece()).await?;
    let base = format!(
        "/tags/{}",
        utf8_percent_encode(&folded_tag(&tag), NON_ALPHANUMERIC)
    );
    let frame = &page.frame;
    html(&ListPage {
        page: frame,
        heading: frame.tw("tag-heading", "tag", &tag),
        note: String::new(),
        empty: frame.t("tag-empty"),
        pages: Pages::of_posts(&base, page.is_later(), &posts),
        posts: posts.items,
    })
}

pub async fn favourites(Resident { page, me, .. }: Resident) -> Answer {
    let list = timelines::favourites(&page.town, me, page.piece()).await?;
    let words = ["nav-favourites", "favourites-what", "favourites-empty"];
    kept(&page, list, "/favoris", words)
}

pub async fn bookmarks(Resident { page, me, .. }: Resident) -> Answer {
    let list = timelines::bookmarks(&page.town, me, page.piece()).await?;
    let words = ["nav-bookmarks", "bookmarks-what", "bookmarks-empty"];
    kept(&page, list, "/signets", words)
}

fn kept(
    page: &Page,
    list: Paged<PostView>,
    base: &str,
    [heading, note, empty]: [&str; 3],
) -> Answer {
    html(&ListPage {
        page: &page.frame,
        heading: page.frame.t(heading),
        note: page.frame.t(note),
        empty: page.frame.t(empty),
        pages: Pages::of_posts(base, page.is_later(), &list),
        posts: list.items,
    })
}
