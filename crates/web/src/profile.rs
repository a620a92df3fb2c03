//! The page of one person, association or group.

use askama::Template;
use axum::extract::Path;
use parvis_town::{
    AccountView, PostView, accounts,
    accounts::Relation,
    moves, pins,
    timelines::{self, Shown},
};

use crate::{
    fault::Fault,
    frame::{Frame, Pages},
    page::{Answer, Page, html, redirect},
};

#[derive(Template)]
#[template(path = "profile.html")]
pub struct ProfilePage<'a> {
    pub page: &'a Frame,
    pub who: AccountView,
    pub relation: Relation,
    pub mine: bool,
    /// Who has taken this account's place.
    pub successor: Option<AccountView>,
    /// Which of the tabs.
    pub shown: &'static str,
    /// On top of the first page.
    pub pinned: Vec<PostView>,
    pub posts: Vec<PostView>,
    pub pages: Pages,
}

pub async fn profile(page: Page, Path(acct): Path<String>) -> Answer {
    let who = find(&page, &acct).await?;
    if who.path != format!("/@{acct}") {
        return Ok(redirect(&who.path));
    }
    let shown = match page.query.text("voir") {
        "reponses" => "reponses",
        "images" => "images",
        _ => "",
    };
    let what = Shown {
        replies: shown == "reponses",
        boosts: shown != "images",
        media_only: shown == "images",
    };
    let posts = timelines::of_account(&page.town, &page.viewer, who.id, what, page.piece()).await?;
    let pages = Pages::of_posts(&base(&who, shown), page.is_later(), &posts);
    let pinned = if shown.is_empty() && !page.is_later() {
        pins::of_account(&page.town, &page.viewer, who.id).await?
    } else {
        Vec::new()
    };
    // None stands twice on one page.
    let is_pinned = |post: &PostView| {
        let shown = post.boost_of.as_ref().map_or(post.id, |of| of.id);
        pinned.iter().any(|pinned| pinned.id == shown)
    };
    let posts = posts.items.into_iter();
    let posts = posts.filter(|post| !is_pinned(post)).collect();
    let relation = match &page.user {
        Some(user) => accounts::relation(&page.town, user.account, who.id).await?,
        None => Relation::default(),
    };
    html(&ProfilePage {
        page: &page.frame,
        mine: page
            .user
            .as_ref()
            .is_some_and(|user| user.account == who.id),
        successor: moves::successor(&page.town, &who).await?,
        pages,
        who,
        relation,
        shown,
        pinned,
        posts,
    })
}

fn base(who: &AccountView, shown: &str) -> String {
    if shown.is_empty() {
        who.path.clone()
    } else {
        format!("{}?voir={shown}", who.path)
    }
}

/// Whom an address names: those not here, suspended, or the town's own actor have no page.
pub async fn find(page: &Page, acct: &str) -> Result<AccountView, Fault> {
    let who = accounts::by_acct(&page.town, acct)
        .await?
        .ok_or(Fault::NotFound)?;
    let hidden = who.suspended || who.id == page.frame.town.actor_id;
    if hidden {
        Err(Fault::NotFound)
    } else {
        Ok(who)
    }
}
