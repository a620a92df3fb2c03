//! Favourites and bookmarks. Doing either twice is no error.

use parvis_model::id::Id;
use parvis_store::{Tx, entity, posts, reactions};

use crate::{
    Outcome, Town,
    journal::{self, Entry},
    policies,
    posts::{may_write, original, readable},
};

pub async fn favourite(tx: &Tx, town: &Town, me: Id, post: Id) -> Outcome<()> {
    let of = readable(tx, me, post).await?;
    policies::must_allow(tx, me, &of, policies::Gesture::Like).await?;
    let uri = format!("{}/ap/activities/{}", town.origin, town.ids.next());
    favourite_as(tx, town, me, post, uri).await
}

/// `uri`: the activity by which it is known.
pub(crate) async fn favourite_as(
    tx: &Tx,
    town: &Town,
    me: Id,
    post: Id,
    uri: String,
) -> Outcome<()> {
    may_write(tx, me).await?;
    let post = readable(tx, me, post).await?;
    let row = entity::favourite::Model {
        id: town.ids.next(),
        account_id: me,
        post_id: post.id,
        uri: uri.clone(),
        created_at: town.now(),
    };
    if reactions::favourite(tx, row).await? {
        posts::count(tx, post.id, posts::Count::Favourites, 1).await?;
        let entry = Entry::Favourited {
            account: me,
            post: post.id,
            uri,
        };
        journal::record(tx, town, &entry).await?;
    }
    Ok(())
}

pub async fn unfavourite(tx: &Tx, town: &Town, me: Id, post: Id) -> Outcome<()> {
    let post = original(tx, post).await?;
    let Some(done) = reactions::favourite_of(tx, me, post).await? else {
        return Ok(());
    };
    reactions::unfavourite(tx, done.id).await?;
    posts::count(tx, post, posts::Count::Favourites, -1).await?;
    let entry = Entry::Unfavourited {
        account: me,
        post,
        uri: done.uri,
    };
    journal::record(tx, town, &entry).await
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
