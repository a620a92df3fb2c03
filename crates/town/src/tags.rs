//! Tags: following them, and showing them on one's page.

use std::collections::HashMap;

use parvis_model::{clock::Timestamp, id::Id, limits, page::Page, refusal::Refusal, text};
use parvis_store::{
    ConnectionTrait, Tx, entity,
    tags::{self as rows, Tie},
    timelines::{Pointing, pointing},
};

use crate::{Outcome, Paged, Town, Viewer, views::TagView};

/// A tag, and what it is to the viewer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagStanding {
    pub tag: TagView,
    /// `None` for visitors.
    pub mine: Option<MyTag>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MyTag {
    pub following: bool,
    pub featuring: bool,
}

/// A tag on somebody's page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeaturedTagView {
    pub id: Id,
    pub tag: TagView,
    pub posts: i64,
    pub last_at: Option<Timestamp>,
}

/// A name that a post could have as a tag; anything else is no tag.
fn named(name: &str) -> Result<String, Refusal> {
    let name = name.trim();
    let name = name.strip_prefix(['#', '＃']).unwrap_or(name);
    let scanned = text::scan(&format!("#{name}"));
    match scanned.tags.as_slice() {
        [only] if only == name => Ok(name.to_owned()),
        _ => Err(Refusal::not_found()),
    }
}

/// A tag that nobody used yet is one all the same.
pub async fn standing(town: &Town, viewer: &Viewer, name: &str) -> Outcome<TagStanding> {
    let name = named(name)?;
    let db = town.store.snapshot().await?;
    let row = rows::by_key(&db, &text::folded_tag(&name)).await?;
    let mut mine = viewer.account.map(|_| MyTag::default());
    if let (Some(me), Some(row)) = (viewer.account, &row) {
        mine = Some(MyTag {
            following: rows::is_tied(&db, Tie::Followed, me, row.id).await?,
            featuring: rows::is_tied(&db, Tie::Featured, me, row.id).await?,
        });
    }
    let tag = TagView::new(row.as_ref().map_or(&name, |row| &row.name));
    Ok(TagStanding { tag, mine })
}

pub async fn follow(tx: &Tx, town: &Town, me: Id, name: &str) -> Outcome<()> {
    tie(tx, town, Tie::Followed, me, name).await?;
    Ok(())
}

pub async fn unfollow(tx: &Tx, _town: &Town, me: Id, name: &str) -> Outcome<()> {
    untie(tx, Tie::Followed, me, name).await
}

/// Gives the number under which it is shown.
pub async fn feature(tx: &Tx, town: &Town, me: Id, name: &str) -> Outcome<Id> {
    let tag = tie(tx, town, Tie::Featured, me, name).await?;
    let shown = rows::featured(tx, me).await?;
    let shown = shown.into_iter().find(|row| row.tag_id == tag);
    Ok(shown.ok_or_else(Refusal::not_found)?.id)
}

pub async fn unfeature(tx: &Tx, _town: &Town, me: Id, name: &str) -> Outcome<()> {
    untie(tx, Tie::Featured, me, name).await
}

/// By the number under which it is shown.
pub async fn take_off(tx: &Tx, _town: &Town, me: Id, shown: Id) -> Outcome<()> {
    let mine = rows::featured(tx, me).await?;
    let row = mine.into_iter().find(|row| row.id == shown);
    let row = row.ok_or_else(Refusal::not_found)?;
    Ok(rows::untie(tx, Tie::Featured, me, row.tag_id).await?)
}

async fn tie(tx: &Tx, town: &Town, tie: Tie, me: Id, name: &str) -> Outcome<Id> {
    let name = named(name)?;
    let fresh = entity::tag::Model {
        id: town.ids.next(),
        key: text::folded_tag(&name),
        name,
    };
    let tag = rows::known(tx, fresh).await?;
    if rows::is_tied(tx, tie, me, tag.id).await? {
        return Ok(tag.id);
    }
    let limit = match tie {
        Tie::Followed => limits::TAGS_FOLLOWED,
        Tie::Featured => limits::TAGS_FEATURED,
    };
    if rows::count(tx, tie, me).await? >= limit {
        return Err(Refusal::invalid("name", "refusal-tags-full")
            .with("limit", limit)
            .into());
    }
    rows::tie(tx, tie, town.ids.next(), me, tag.id, town.now()).await?;
    Ok(tag.id)
}

async fn untie(tx: &Tx, tie: Tie, me: Id, name: &str) -> Outcome<()> {
    let key = text::folded_tag(&named(name)?);
    if let Some(tag) = rows::by_key(tx, &key).await? {
        rows::untie(tx, tie, me, tag.id).await?;
    }
    Ok(())
}

/// The last followed first.
pub async fn followed(town: &Town, me: Id, page: Page) -> Outcome<Paged<TagView>> {
    let db = town.store.snapshot().await?;
    let cursors = pointing(&db, Pointing::FollowedTags, me, &page).await?;
    let ids: Vec<Id> = cursors.iter().map(|(_, tag)| *tag).collect();
    let tags: HashMap<Id, entity::tag::Model> = rows::by_ids(&db, &ids)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let items = ids.iter().filter_map(|id| tags.get(id));
    let items = items.map(|row| TagView::new(&row.name)).collect();
    Ok(Paged::new(items, &cursors, page.limit))
}

/// For each of these posts that stands at home for its tag alone: that tag. One question for all.
pub(crate) async fn bringing(
    db: &impl ConnectionTrait,
    me: Id,
    posts: &[Id],
) -> Outcome<HashMap<Id, TagView>> {
    let found = rows::bringing(db, me, posts).await?;
    let found = found.into_iter().rev();
    Ok(found
        .map(|(post, name)| (post, TagView::new(&name)))
        .collect())
}

pub async fn featured(town: &Town, account: Id) -> Outcome<Vec<FeaturedTagView>> {
    let found = rows::featured(town.store.read(), account).await?;
    let shown = found.into_iter().map(|row| FeaturedTagView {
        id: row.id,
        tag: TagView::new(&row.name),
        posts: row.posts,
        last_at: row.last_at,
    });
    Ok(shown.collect())
}

/// What one used most in the last posts and does not show yet.
pub async fn worth_featuring(town: &Town, me: Id) -> Outcome<Vec<TagView>> {
    let limit = limits::TAGS_FEATURED.unsigned_abs();
    let found = rows::used_by(town.store.read(), me, limit).await?;
    Ok(found.iter().map(|row| TagView::new(&row.name)).collect())
}
