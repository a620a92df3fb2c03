//! The page of one person, association or group.

use askama::Template;
use axum::extract::Path;
use parvis_town::{
    AccountView, PostView, accounts,
    accounts::Relation,
    moves,
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
    let relation = match &page.user {
        Some(user) => accounts::relation(&page.town, user.account, who.id).await?,
        None => Relation::default(),
    };
    let base = if shown.is_empty() {
        who.path.clone()
    } else {
        format!("{}?voir={shown}", who.path)
    };
    html(&ProfilePage {
        page: &page.frame,
        mine: page
            .user
            .as_ref()
            .is_some_and(|user| user.account == who.id),
        successor: moves::successor(&page.town, &who).await?,
        pages: Pages::of_posts(&base, page.is_later(), &posts),
        who,
        relation,
        shown,
        posts,
    })
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
