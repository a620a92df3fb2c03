//! The page of one person, association or group.

use std::sync::Arc;

use askama::Template;
use axum::extract::Path;
use parvis_model::{account::AccountKind, id::Id, page::Page as Piece};
use parvis_town::{
    AccountView, Outcome, Paged, PostView, accounts,
    accounts::Relation,
    endorsements, follows,
    groups::{self, GroupOf},
    moves, notes, pins, profile_links,
    tags::{self, FeaturedTagView},
    timelines::{self, Shown},
};

use crate::{
    fault::Fault,
    frame::{Frame, Pages},
    page::{Answer, Page, html, redirect},
    parts::ProfileHead,
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
    pub known: Known,
}

/// What else there is to say of somebody to the one who looks.
#[derive(Default)]
pub struct Known {
    /// One's own, for oneself only.
    pub note: String,
    /// Those one follows who follow them.
    pub familiar: Vec<Arc<AccountView>>,
    pub recommends: Vec<AccountView>,
    pub tags: Vec<FeaturedTagView>,
    pub groups: Vec<GroupOf>,
}

/// Familiar people named; the others are counted.
const NAMED: usize = 3;

impl Known {
    pub fn familiar_shown(&self) -> &[Arc<AccountView>] {
        &self.familiar[..self.familiar.len().min(NAMED)]
    }

    pub fn familiar_others(&self) -> i64 {
        self.familiar.len().saturating_sub(NAMED) as i64
    }

    async fn of(page: &Page, who: &AccountView, shown: &str) -> Outcome<Self> {
        let mut known = Self::default();
        if let Some(user) = page.user.as_ref().filter(|user| user.account != who.id) {
            let me = user.account;
            let mut about = notes::about(&page.town, me, &[who.id]).await?;
            known.note = about.remove(&who.id).unwrap_or_default();
            let familiar = follows::familiar(&page.town, me, &[who.id]).await?;
            known.familiar = familiar
                .into_iter()
                .flat_map(|(_, people)| people)
                .collect();
        }
        if shown == ABOUT {
            let piece = Piece::default();
            known.recommends = endorsements::of(&page.town, who.id, piece).await?.items;
            known.tags = tags::featured(&page.town, who.id).await?;
        }
        Ok(known)
    }
}

impl ProfilePage<'_> {
    pub fn head(&self) -> ProfileHead<'_> {
        ProfileHead {
            page: self.page,
            who: &self.who,
            relation: &self.relation,
            mine: self.mine,
            successor: self.successor.as_ref(),
            known: &self.known,
        }
    }

    /// Has this page a tab with groups?
    pub fn has_groups(&self) -> bool {
        is_in_groups(&self.who)
    }
}

/// Whom groups are in the hands of; of people elsewhere their own town knows it.
fn is_in_groups(who: &AccountView) -> bool {
    who.local && matches!(who.kind, AccountKind::Person | AccountKind::Service)
}

/// The tabs that show no posts; that of groups has an address of its own.
const ABOUT: &str = "a-propos";
const GROUPS: &str = "groupes";

pub async fn groups(page: Page, Path(acct): Path<String>) -> Answer {
    let who = find(&page, &acct).await?;
    if !is_in_groups(&who) {
        return Ok(redirect(&who.path));
    }
    if who.path != format!("/@{acct}") {
        return Ok(redirect(&base(&who, GROUPS)));
    }
    let groups = groups::of_person(&page.town, &page.viewer, who.id, page.piece()).await?;
    let pages = Pages::new(&base(&who, GROUPS), "avant", page.is_later(), groups.next);
    let known = Known {
        groups: groups.items,
        ..Known::of(&page, &who, GROUPS).await?
    };
    show(&page, who, GROUPS, [Vec::new(), Vec::new()], pages, known).await
}

pub async fn profile(page: Page, Path(acct): Path<String>) -> Answer {
    let who = find(&page, &acct).await?;
    if who.path != format!("/@{acct}") {
        return Ok(redirect(&who.path));
    }
    let shown = match page.query.text("voir") {
        "reponses" => "reponses",
        "images" => "images",
        ABOUT => ABOUT,
        _ => "",
    };
    profile_links::looked_at(&page.town, &page.viewer, &who);
    let posts = posts(&page, who.id, shown).await?;
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
    let known = Known::of(&page, &who, shown).await?;
    show(&page, who, shown, [pinned, posts], pages, known).await
}

async fn show(
    page: &Page,
    who: AccountView,
    shown: &'static str,
    [pinned, posts]: [Vec<PostView>; 2],
    pages: Pages,
    known: Known,
) -> Answer {
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
        known,
        pages,
        who,
        relation,
        shown,
        pinned,
        posts,
    })
}

async fn posts(page: &Page, who: Id, shown: &str) -> Outcome<Paged<PostView>> {
    if shown == ABOUT {
        return Ok(Paged {
            items: Vec::new(),
            next: None,
            prev: None,
        });
    }
    let what = Shown {
        replies: shown == "reponses",
        boosts: shown != "images",
        media_only: shown == "images",
    };
    timelines::of_account(&page.town, &page.viewer, who, what, page.piece()).await
}

fn base(who: &AccountView, shown: &str) -> String {
    match shown {
        "" => who.path.clone(),
        GROUPS => format!("{}/{GROUPS}", who.path),
        _ => format!("{}?voir={shown}", who.path),
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
