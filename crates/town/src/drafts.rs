//! What residents are still writing: kept with its files until they publish it or throw it away. Asks of it nothing that a
//! post must fulfil: it may be half a sentence.

use std::collections::HashSet;

use parvis_model::{clock::Timestamp, id::Id, limits, refusal::Refusal};
use parvis_store::{Tx, drafts as rows, entity, media, scheduled};

use crate::{
    MediaView, Outcome, Town,
    media::drop_files,
    posts::{Compose, kept},
};

#[derive(Clone, Debug)]
pub struct DraftView {
    pub id: Id,
    pub saved_at: Timestamp,
    /// When it is to be published, as far as that is chosen.
    pub due_at: Option<Timestamp>,
    pub post: Compose,
    /// Those of its files that are still there and free, in order.
    pub media: Vec<MediaView>,
}

/// Saves what is typed; `draft` is what it was saved as before, and a new one where that is gone meanwhile.
pub async fn save(
    tx: &Tx,
    town: &Town,
    me: Id,
    draft: Option<Id>,
    mut post: Compose,
    due_at: Option<Timestamp>,
) -> Outcome<Id> {
    let before = match draft {
        Some(id) => rows::by_id(tx, id)
            .await?
            .filter(|row| row.account_id == me),
        None => None,
    };
    let is_blank = post.text.is_empty() && post.summary.is_empty();
    if is_blank && post.media.is_empty() && post.poll.is_none() {
        return Err(Refusal::invalid("text", "refusal-draft-empty").into());
    }
    let limit = limits::DRAFTS;
    if before.is_none() && rows::count(tx, me).await? >= limit {
        return Err(Refusal::invalid("text", "refusal-drafts-full")
            .with("limit", limit)
            .into());
    }
    let named: Vec<Id> = post.media.drain(..).take(limits::POST_PICTURES).collect();
    let free: Vec<Id> = free(tx, me, &named)
        .await?
        .iter()
        .map(|row| row.id)
        .collect();
    post.media = named.into_iter().filter(|id| free.contains(id)).collect();
    let files = post.media.clone();
    let text = kept::written(post)?;
    if text.len() > limits::DRAFT_BYTES {
        return Err(Refusal::invalid("text", "refusal-draft-too-long").into());
    }
    let id = before.map_or_else(|| town.ids.next(), |row| row.id);
    let row = rows::Draft {
        id,
        account_id: me,
        saved_at: town.now(),
        due_at,
        post: text,
    };
    rows::save(tx, row, &files).await?;
    Ok(id)
}

/// One's own files that hang on no post and wait with none.
async fn free(tx: &Tx, me: Id, files: &[Id]) -> Outcome<Vec<entity::media::Model>> {
    let waiting: HashSet<Id> = scheduled::waiting_media(tx, files)
        .await?
        .into_iter()
        .collect();
    let mut found = media::by_ids(tx, files).await?;
    found.retain(|row| row.account_id == me && row.post_id.is_none() && !waiting.contains(&row.id));
    Ok(found)
}

/// The last saved first.
pub async fn list(town: &Town, me: Id) -> Outcome<Vec<DraftView>> {
    let db = town.store.snapshot().await?;
    let found = rows::list(&db, me, limits::DRAFTS).await?;
    views(&db, town, me, found).await
}

pub async fn count(town: &Town, me: Id) -> Outcome<i64> {
    Ok(rows::count(town.store.read(), me).await?)
}

/// One's own; others' are not found.
pub async fn view(town: &Town, me: Id, draft: Id) -> Outcome<DraftView> {
    let db = town.store.snapshot().await?;
    let row = rows::by_id(&db, draft).await?;
    let row = row.filter(|row| row.account_id == me);
    let row = row.ok_or_else(Refusal::not_found)?;
    let found = views(&db, town, me, vec![row]).await?;
    Ok(found.into_iter().next().ok_or_else(Refusal::not_found)?)
}

async fn views(db: &Tx, town: &Town, me: Id, found: Vec<rows::Draft>) -> Outcome<Vec<DraftView>> {
    let mut shown = Vec::new();
    for row in found {
        shown.push(DraftView {
            id: row.id,
            saved_at: row.saved_at,
            due_at: row.due_at,
            post: kept::read(&row.post)?,
            media: Vec::new(),
        });
    }
    let held: Vec<Id> = shown
        .iter()
        .flat_map(|view| view.post.media.clone())
        .collect();
    let files = free(db, me, &held).await?;
    for view in &mut shown {
        view.media = kept::files(town, &view.post, &files);
    }
    Ok(shown)
}

/// A draft that became a post, or that nobody wants any more. Its files go with it, unless a post has taken them. One that is
/// gone already is no trouble.
pub async fn discard(tx: &Tx, town: &Town, me: Id, draft: Id) -> Outcome<()> {
    let row = rows::by_id(tx, draft).await?;
    let Some(row) = row.filter(|row| row.account_id == me) else {
        return Ok(());
    };
    let held = rows::media(tx, row.id).await?;
    let unused = free(tx, me, &held).await?;
    let ids: Vec<Id> = unused.iter().map(|row| row.id).collect();
    media::delete(tx, &ids).await?;
    drop_files(tx, town, &unused).await?;
    Ok(rows::delete(tx, row.id).await?)
}
