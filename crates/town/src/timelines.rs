//! Lists of posts, strictly in order of time.

use parvis_model::{id::Id, page::Page, text::folded_tag};
use parvis_store::timelines::{self, Pointing};
pub use parvis_store::timelines::{Scope, Shown};

use crate::{Outcome, Paged, PostView, Town, Viewer, views::posts_in_order};

/// Posts and boosts of the people a resident follows, and the own ones.
pub async fn home(town: &Town, me: Id, page: Page) -> Outcome<Vec<PostView>> {
    let db = town.store.snapshot().await?;
    let ids = timelines::home(&db, me, town.now(), &page).await?;
    posts_in_order(&db, town, Viewer::resident(me), &ids).await
}

/// Public posts of everyone known here.
pub async fn public(
    town: &Town,
    viewer: &Viewer,
    scope: Scope,
    page: Page,
) -> Outcome<Vec<PostView>> {
    let db = town.store.snapshot().await?;
    let ids = timelines::public(&db, viewer.eyes(), town.now(), scope, &page).await?;
    posts_in_order(&db, town, *viewer, &ids).await
}

/// The town page: public posts of this town and, for residents, those for the town only.
pub async fn square(town: &Town, viewer: &Viewer, page: Page) -> Outcome<Vec<PostView>> {
    let db = town.store.snapshot().await?;
    let ids = timelines::square(&db, viewer.eyes(), town.now(), &page).await?;
    posts_in_order(&db, town, *viewer, &ids).await
}

pub async fn of_account(
    town: &Town,
    viewer: &Viewer,
    account: Id,
    shown: Shown,
    page: Page,
) -> Outcome<Vec<PostView>> {
    let db = town.store.snapshot().await?;
    let ids = timelines::of_account(&db, viewer.eyes(), town.now(), account, shown, &page).await?;
    posts_in_order(&db, town, *viewer, &ids).await
}

pub async fn tag(town: &Town, viewer: &Viewer, tag: &str, page: Page) -> Outcome<Vec<PostView>> {
    let db = town.store.snapshot().await?;
    let key = folded_tag(&tag.replace('\0', ""));
    let ids = timelines::tagged(&db, viewer.eyes(), town.now(), &key, &page).await?;
    posts_in_order(&db, town, *viewer, &ids).await
}

/// What I like, the last liked first.
pub async fn favourites(town: &Town, me: Id, page: Page) -> Outcome<Paged<PostView>> {
    kept(town, Pointing::Favourites, me, page).await
}

/// What I keep, the last kept first.
pub async fn bookmarks(town: &Town, me: Id, page: Page) -> Outcome<Paged<PostView>> {
    kept(town, Pointing::Bookmarks, me, page).await
}

async fn kept(town: &Town, list: Pointing, me: Id, page: Page) -> Outcome<Paged<PostView>> {
    let db = town.store.snapshot().await?;
    let cursors = timelines::pointing(&db, list, me, &page).await?;
    let ids: Vec<Id> = cursors.iter().map(|(_, id)| *id).collect();
    let items = posts_in_order(&db, town, Viewer::resident(me), &ids).await?;
    Ok(Paged::new(items, &cursors, page.limit))
}
