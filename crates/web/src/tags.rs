//! The page of a tag, following it, and the tags one follows.

use askama::Template;
use axum::extract::Path;
use parvis_model::text::folded_tag;
use parvis_town::{
    Failure, PostView,
    tags::{self, MyTag},
    timelines,
    views::TagView,
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    asked::{Asked, local_path},
    fault::{Fault, typed_again},
    form::Form,
    frame::{Frame, Pages, Typed},
    page::{Answer, Page, Resident, html, html_with},
};

#[derive(Template)]
#[template(path = "tag.html")]
pub struct TagPage<'a> {
    pub page: &'a Frame,
    pub heading: String,
    pub path: String,
    /// `None` for visitors, and for what is no tag.
    pub mine: Option<MyTag>,
    pub posts: Vec<PostView>,
    pub pages: Pages,
}

#[derive(Template)]
#[template(path = "tags.html")]
pub struct TagsPage<'a> {
    pub page: &'a Frame,
    pub tags: Vec<TagView>,
    pub pages: Pages,
    pub form: Typed,
}

pub fn path(tag: &str) -> String {
    let key = folded_tag(tag);
    format!("/tags/{}", utf8_percent_encode(&key, NON_ALPHANUMERIC))
}

pub async fn tag(page: Page, Path(tag): Path<String>) -> Answer {
    let posts = timelines::tag(&page.town, &page.viewer, &tag, page.piece()).await?;
    let path = path(&tag);
    html(&TagPage {
        page: &page.frame,
        heading: page.frame.tw("tag-heading", "tag", &tag),
        mine: mine(&page, &tag).await?,
        pages: Pages::of_posts(&path, page.is_later(), &posts),
        posts: posts.items,
        path,
    })
}

async fn mine(page: &Page, tag: &str) -> Result<Option<MyTag>, Fault> {
    if page.user.is_none() {
        return Ok(None);
    }
    match tags::standing(&page.town, &page.viewer, tag).await {
        Ok(standing) => Ok(standing.mine),
        Err(Failure::Refused(_)) => Ok(None),
        Err(broken) => Err(broken.into()),
    }
}

pub async fn followed(Resident { page, me, .. }: Resident) -> Answer {
    html(&list(&page, me, Typed::default()).await?)
}

async fn list(page: &Page, me: i64, form: Typed) -> Result<TagsPage<'_>, Fault> {
    let found = tags::followed(&page.town, me, page.piece()).await?;
    Ok(TagsPage {
        page: &page.frame,
        pages: Pages::new("/tags", "avant", page.is_later(), found.next),
        tags: found.items,
        form,
    })
}

/// By a name that somebody types.
pub async fn follow_named(Resident { page, me, .. }: Resident, form: Form) -> Answer {
    let name = form.owned("name");
    match follow(&page, me, name.clone()).await {
        Ok(()) => Ok(page.onward("/tags", "done-tag-followed")),
        Err(Failure::Refused(refusal)) if refusal.field.is_none() => {
            let typed = Typed::new(Asked::of([("name", name)]));
            let form = typed.with_wrong(Some("name"), page.frame.t("tag-is-none"));
            let status = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
            html_with(status, &list(&page, me, form).await?)
        }
        Err(failure) => {
            let typed = Typed::new(Asked::of([("name", name)]));
            let (status, form) = typed_again(failure, typed, page.frame.locale)?;
            html_with(status, &list(&page, me, form).await?)
        }
    }
}

async fn follow(page: &Page, me: i64, name: String) -> Result<(), Failure> {
    page.write(move |tx, town| Box::pin(async move { tags::follow(tx, town, me, &name).await }))
        .await
}

pub async fn start(
    Resident { page, me, .. }: Resident,
    Path(tag): Path<String>,
    form: Form,
) -> Answer {
    follow(&page, me, tag).await?;
    Ok(page.onward(local_path(form.text("retour")), "done-tag-followed"))
}

pub async fn stop(
    Resident { page, me, .. }: Resident,
    Path(tag): Path<String>,
    form: Form,
) -> Answer {
    page.write(move |tx, town| Box::pin(async move { tags::unfollow(tx, town, me, &tag).await }))
        .await?;
    Ok(page.onward(local_path(form.text("retour")), "done-tag-unfollowed"))
}
