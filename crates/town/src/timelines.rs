//! Lists of posts, strictly in order of time.

use parvis_model::{id::Id, page::Page, text::folded_tag};
use parvis_store::timelines::{self, Home, Pointing, Tagged};
pub use parvis_store::timelines::{Scope, Shown};

use crate::{
    Outcome, Paged, PostView, Town, Viewer,
    pages::{arranged, page_of, posts_in_order},
    tags,
};

/// Posts and boosts of the people a resident follows, the own ones, and what followed tags bring, which says so.
pub async fn home(town: &Town, me: Id, page: Page) -> Outcome<Paged<PostView>> {
    let db = town.store.read();
    let Home { ids, tagged, rows } = timelines::home(db, me, town.now(), &page).await?;
    let mut posts = arranged(db, town, Viewer::resident(me), &ids, rows).await?;
    if !tagged.is_empty() {
        let mut brought = tags::bringing(db, me, &tagged).await?;
        for post in &mut posts {
            post.brought_by = brought.remove(&post.id);
        }
    }
    Ok(Paged::of_ids(posts, &ids, page.limit))
}

/// More than this are not counted.
pub const NEWS: i64 = 40;

/// How many posts of others have come to a home since one that stood there; [`NEWS`] is as many or more.
pub async fn news(town: &Town, me: Id, since: Id) -> Outcome<i64> {
    let (db, limit) = (town.store.read(), NEWS.unsigned_abs());
    let found = timelines::news(db, me, town.now(), since, limit).await?;
    Ok(found.min(NEWS))
}

/// What the groups that a resident is in pass on and write.
pub async fn groups(town: &Town, me: Id, page: Page) -> Outcome<Paged<PostView>> {
    let db = town.store.snapshot().await?;
    let ids = timelines::groups(&db, me, town.now(), &page).await?;
    page_of(&db, town, Viewer::resident(me), &ids, &page).await
}

/// Public posts of everyone known here.
pub async fn public(
    town: &Town,
    viewer: &Viewer,
    scope: Scope,
    page: Page,
) -> Outcome<Paged<PostView>> {
    let db = town.store.snapshot().await?;
    let ids = timelines::public(&db, viewer.eyes(), town.now(), scope, false, &page).await?;
    page_of(&db, town, *viewer, &ids, &page).await
}

/// The same, only those with pictures, sound or video.
pub async fn public_media(
    town: &Town,
    viewer: &Viewer,
    scope: Scope,
    page: Page,
) -> Outcome<Paged<PostView>> {
    let db = town.store.snapshot().await?;
    let ids = timelines::public(&db, viewer.eyes(), town.now(), scope, true, &page).await?;
    page_of(&db, town, *viewer, &ids, &page).await
}

/// The town page: public posts of this town and, for residents, those for the town only.
pub async fn square(town: &Town, viewer: &Viewer, page: Page) -> Outcome<Paged<PostView>> {
    let db = town.store.snapshot().await?;
    let ids = timelines::square(&db, viewer.eyes(), town.now(), &page).await?;
    page_of(&db, town, *viewer, &ids, &page).await
}

/// What residents of the neighbour towns write for everyone, and what they and those of this town write for the neighbours.
pub async fn neighbours(town: &Town, me: Id, page: Page) -> Outcome<Paged<PostView>> {
    let db = town.store.snapshot().await?;
    let ids = timelines::neighbours(&db, me, town.now(), &page).await?;
    page_of(&db, town, Viewer::resident(me), &ids, &page).await
}

pub async fn of_account(
    town: &Town,
    viewer: &Viewer,
    account: Id,
    shown: Shown,
    page: Page,
) -> Outcome<Paged<PostView>> {
    let db = town.store.snapshot().await?;
    let (eyes, now) = (viewer.eyes(), town.now());
    let ids = timelines::of_account(&db, eyes, now, (account, None), shown, &page).await?;
    page_of(&db, town, *viewer, &ids, &page).await
}

/// The same, only those with a tag, named as people write it.
pub async fn of_account_tagged(
    town: &Town,
    viewer: &Viewer,
    (account, tag): (Id, &str),
    shown: Shown,
    page: Page,
) -> Outcome<Paged<PostView>> {
    let db = town.store.snapshot().await?;
    let (eyes, now) = (viewer.eyes(), town.now());
    let key = folded_tag(&tag.replace('\0', ""));
    let ids = timelines::of_account(&db, eyes, now, (account, Some(&key)), shown, &page).await?;
    page_of(&db, town, *viewer, &ids, &page).await
}

/// Which posts with tags are meant; tags are names as people write them.
#[derive(Clone, Debug, Default)]
pub struct TagQuery {
    /// One of these …
    pub any: Vec<String>,
    /// … and all of these …
    pub all: Vec<String>,
    /// … and none of these.
    pub none: Vec<String>,
    pub media_only: bool,
}

/// Tags that one question may name of each kind, besides the first.
const TAGS: usize = 4;

pub async fn tag(town: &Town, viewer: &Viewer, tag: &str, page: Page) -> Outcome<Paged<PostView>> {
    let query = TagQuery {
        any: vec![tag.to_owned()],
        ..TagQuery::default()
    };
    tagged(town, viewer, query, Scope::All, page).await
}

pub async fn tagged(
    town: &Town,
    viewer: &Viewer,
    query: TagQuery,
    scope: Scope,
    page: Page,
) -> Outcome<Paged<PostView>> {
    let db = town.store.snapshot().await?;
    let keys = |names: Vec<String>| {
        let mut keys: Vec<String> = names
            .iter()
            .take(TAGS + 1)
            .map(|name| folded_tag(&name.replace('\0', "")))
            .collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    };
    let tagged = Tagged {
        any: keys(query.any),
        all: keys(query.all),
        none: keys(query.none),
        media_only: query.media_only,
    };
    let ids = timelines::tagged(&db, viewer.eyes(), town.now(), &tagged, scope, &page).await?;
    page_of(&db, town, *viewer, &ids, &page).await
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
