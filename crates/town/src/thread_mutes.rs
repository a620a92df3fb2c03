//! Threads of which residents want to be told no more.

use parvis_model::id::Id;
use parvis_store::{Tx, thread_mutes};

use crate::{Outcome, Town, posts::readable};

/// Nothing of the thread that a post belongs to is told to oneself any more.
pub async fn mute(tx: &Tx, town: &Town, me: Id, post: Id) -> Outcome<()> {
    let post = readable(tx, me, post).await?;
    Ok(thread_mutes::insert(tx, me, post.thread_id, town.now()).await?)
}

pub async fn unmute(tx: &Tx, _town: &Town, me: Id, post: Id) -> Outcome<()> {
    let post = readable(tx, me, post).await?;
    Ok(thread_mutes::delete(tx, me, post.thread_id).await?)
}
