//! Posts that their authors keep on top of their pages.

use parvis_model::{audience::Audience, id::Id, limits, refusal::Refusal};
use parvis_store::{Tx, entity, pins, posts};

use crate::{
    Outcome, PostView, Town, Viewer,
    journal::{self, Entry},
    pages::posts_in_order,
    posts::{may_write, original, readable},
    reach::Wish,
};

/// One's own posts only, and only those that more than the people named may read.
pub async fn pin(tx: &Tx, town: &Town, me: Id, post: Id) -> Outcome<()> {
    may_write(tx, me).await?;
    let post = pinnable(tx, me, post).await?;
    if pins::count(tx, me).await? >= limits::PINS as i64 {
        return Err(Refusal::invalid("post", "refusal-pins-full").into());
    }
    if keep(tx, town, me, post.id).await? {
        let entry = Entry::Pinned {
            account: me,
            post: post.id,
        };
        journal::record(tx, town, &entry).await?;
    }
    Ok(())
}

pub async fn unpin(tx: &Tx, town: &Town, me: Id, post: Id) -> Outcome<()> {
    let post = original(tx, post).await?;
    if pins::delete(tx, me, post).await? {
        let entry = Entry::Unpinned { account: me, post };
        journal::record(tx, town, &entry).await?;
    }
    Ok(())
}

/// Someone elsewhere pins a post of their own. `false`: it is pinned already, not theirs, or one too many.
pub async fn arrived(tx: &Tx, town: &Town, who: Id, post: Id) -> Outcome<bool> {
    let Some(row) = posts::by_id(tx, post).await? else {
        return Ok(false);
    };
    if row.author_id != who || pins::count(tx, who).await? >= limits::REMOTE_PINS as i64 {
        return Ok(false);
    }
    keep(tx, town, who, post).await
}

/// A group elsewhere puts a post on top that stands in it.
pub(crate) async fn by_group(tx: &Tx, town: &Town, group: Id, post: Id) -> Outcome<bool> {
    if pins::count(tx, group).await? >= limits::REMOTE_PINS as i64 {
        return Ok(false);
    }
    keep(tx, town, group, post).await
}

pub async fn unpinned(tx: &Tx, who: Id, post: Id) -> Outcome<bool> {
    Ok(pins::delete(tx, who, post).await?)
}

/// What the server of somebody elsewhere lists as pinned, the first on top. The posts are their author's.
pub async fn listed(tx: &Tx, town: &Town, who: Id, posts: &[Id]) -> Outcome<()> {
    let most = limits::REMOTE_PINS;
    if pins::of_account(tx, who, most as u64).await? == posts {
        return Ok(());
    }
    pins::delete_all_of(tx, who).await?;
    // The one pinned last is shown first.
    for post in posts.iter().take(most).rev() {
        keep(tx, town, who, *post).await?;
    }
    Ok(())
}

async fn keep(tx: &Tx, town: &Town, account: Id, post: Id) -> Outcome<bool> {
    let row = entity::pin::Model {
        id: town.ids.next(),
        account_id: account,
        post_id: post,
        created_at: town.now(),
    };
    Ok(pins::insert(tx, row).await?)
}

async fn pinnable(tx: &Tx, me: Id, post: Id) -> Outcome<entity::post::Model> {
    let row = posts::by_id(tx, post)
        .await?
        .ok_or_else(Refusal::not_found)?;
    if row.author_id != me || row.boost_of_id.is_some() {
        readable(tx, me, post).await?;
        return Err(Refusal::invalid("post", "refusal-not-yours").into());
    }
    // Everyone who follows is told what is on top, also where the neighbours are not.
    let few = [Audience::Direct, Audience::Neighbours];
    if few.iter().any(|few| few.as_str() == row.audience) {
        return Err(Refusal::invalid("post", "refusal-cannot-pin").into());
    }
    Ok(row)
}

/// What stands on top of an account's page, as far as the viewer may see it. Of an account elsewhere, what was known when
/// last a resident looked; its server is asked again in the background.
pub async fn of_account(town: &Town, viewer: &Viewer, account: Id) -> Outcome<Vec<PostView>> {
    if viewer.is_resident() {
        town.reach().wish(Wish::Pins(account));
    }
    let db = town.store.snapshot().await?;
    let ids = pins::of_account(&db, account, limits::REMOTE_PINS as u64).await?;
    posts_in_order(&db, town, *viewer, &ids).await
}
