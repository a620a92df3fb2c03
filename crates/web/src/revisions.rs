//! What a post said before it was edited, the newest first. Decides nothing about who may see it.

use std::sync::Arc;

use askama::Template;
use axum::extract::Path;
use parvis_model::id::Id;
use parvis_town::{
    AccountView, PostView, posts,
    revisions::{self, RevisionView},
};

use crate::{
    frame::Frame,
    page::{Answer, Page, html, id, redirect},
};

#[derive(Template)]
#[template(path = "revisions.html")]
pub struct RevisionsPage<'a> {
    pub page: &'a Frame,
    pub author: Arc<AccountView>,
    /// Of the post.
    pub path: String,
    pub revisions: Vec<RevisionView>,
    /// The post as it stands, for its language.
    pub post: PostView,
}

pub async fn list(page: Page, Path((acct, post)): Path<(String, String)>) -> Answer {
    let post: Id = id(&post)?;
    let post = posts::view(&page.town, &page.viewer, post).await?;
    if !post.path.starts_with(&format!("/@{acct}/")) {
        return Ok(redirect(&format!("{}/historique", post.path)));
    }
    let mut revisions = revisions::of(&page.town, &page.viewer, post.id).await?;
    revisions.reverse();
    html(&RevisionsPage {
        page: &page.frame,
        author: Arc::clone(&post.author),
        path: post.path.clone(),
        revisions,
        post,
    })
}
