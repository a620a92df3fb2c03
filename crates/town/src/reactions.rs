//! Favourites and bookmarks. Doing either twice is no error.

use parvis_model::{id::Id, page::Page};
use parvis_store::{Tx, entity, posts, reactions, timelines::Pointing};

use crate::{
    AccountView, Outcome, Paged, Town, Viewer, accounts, follows, groups,
    interactions::waiting,
    journal::{self, Entry},
    policies,
    posts::{self as town_posts, may_write, original, readable},
};

pub async fn favourite(tx: &Tx, town: &Town, me: Id, post: Id) -> Outcome<()> {
    let of = readable(tx, me, post).await?;
    policies::must_allow(tx, me, &of, policies::Gesture::Like).await?;
    let uri = format!("{}/ap/activities/{}", town.origin, town.ids.next());
    favourite_as(tx, town, me, post, uri).await?;
    Ok(())
}

/// `uri`: the activity by which it is known. `false`: it stands already, or waits for the author of the post.
pub(crate) async fn favourite_as(
    tx: &Tx,
    town: &Town,
    me: Id,
    post: Id,
    uri: String,
) -> Outcome<bool> {
    let liker = may_write(tx, me).await?;
    let post = readable(tx, me, post).await?;
    if !liker.domain.is_empty() && waiting::keeps_like(tx, town, &post, me, &uri).await? {
        return Ok(false);
    }
    let row = entity::favourite::Model {
        id: town.ids.next(),
        account_id: me,
        post_id: post.id,
        uri: uri.clone(),
        created_at: town.now(),
    };
    let is_new = reactions::favourite(tx, row).await?;
    if is_new {
        posts::count(tx, post.id, posts::Count::Favourites, 1).await?;
        let entry = Entry::Favourited {
            account: me,
            post: post.id,
            uri,
            echoes: groups::echoes(tx, town, me, &post).await?,
        };
        journal::record(tx, town, &entry).await?;
    }
    Ok(is_new)
}

pub async fn unfavourite(tx: &Tx, town: &Town, me: Id, post: Id) -> Outcome<()> {
    let post = original(tx, post).await?;
    let Some(done) = reactions::favourite_of(tx, me, post).await? else {
        return Ok(());
    };
    reactions::unfavourite(tx, done.id).await?;
    posts::count(tx, post, posts::Count::Favourites, -1).await?;
    let echoes = match posts::by_id(tx, post).await? {
        Some(post) => groups::echoes(tx, town, me, &post).await?,
        None => false,
    };
    let entry = Entry::Unfavourited {
        account: me,
        post,
        uri: done.uri,
        echoes,
    };
    journal::record(tx, town, &entry).await
}

/// Who likes a post that the viewer may see.
pub async fn favourited_by(
    town: &Town,
    viewer: &Viewer,
    post: Id,
    page: Page,
) -> Outcome<Paged<AccountView>> {
    people(town, viewer, Pointing::FavouritedBy, post, page).await
}

/// Who has passed on to everyone a post that the viewer may see.
pub async fn boosted_by(
    town: &Town,
    viewer: &Viewer,
    post: Id,
    page: Page,
) -> Outcome<Paged<AccountView>> {
    people(town, viewer, Pointing::BoostedBy, post, page).await
}

/// Without those who are suspended, and those with whom the viewer wants nothing to do, or they with the viewer.
async fn people(
    town: &Town,
    viewer: &Viewer,
    list: Pointing,
    post: Id,
    page: Page,
) -> Outcome<Paged<AccountView>> {
    let view = town_posts::view(town, viewer, post).await?;
    let post = view.boost_of.map_or(view.id, |original| original.id);
    let mut found = follows::people(town, list, post, page).await?;
    found.items.retain(|person| !person.suspended);
    if let Some(me) = viewer.account {
        let others: Vec<Id> = found.items.iter().map(|person| person.id).collect();
        let relations = accounts::relations(town, me, &others).await?;
        let apart = |id| {
            let relation = relations.iter().find(|relation| relation.other == id);
            relation.is_some_and(|relation| relation.blocking || relation.blocked_by)
        };
        found.items.retain(|person| !apart(person.id));
    }
    Ok(found)
}

/// Only for oneself: nobody is told.
pub async fn bookmark(tx: &Tx, town: &Town, me: Id, post: Id) -> Outcome<()> {
    let post = readable(tx, me, post).await?;
    let row = entity::bookmark::Model {
        id: town.ids.next(),
        account_id: me,
        post_id: post.id,
        created_at: town.now(),
    };
    Ok(reactions::bookmark(tx, row).await?)
}

pub async fn unbookmark(tx: &Tx, _town: &Town, me: Id, post: Id) -> Outcome<()> {
    let post = original(tx, post).await?;
    Ok(reactions::unbookmark(tx, me, post).await?)
}
