//! What posts said before they were edited, the oldest first. Knows nobody's right to edit.

use std::sync::Arc;

use parvis_model::{clock::Timestamp, id::Id, limits};
use parvis_store::{Tx, entity, polls, revisions};

use crate::{AccountView, Error, MediaView, Outcome, Town, Viewer, emojis::EmojiView, posts};

/// One of the texts that a post had, or has now.
#[derive(Clone, Debug)]
pub struct RevisionView {
    pub title: Option<String>,
    pub html: String,
    pub summary: String,
    pub sensitive: bool,
    /// Since when it stood so.
    pub at: Timestamp,
    pub author: Arc<AccountView>,
    /// Those of its pictures that still hang on the post: what was taken off is gone.
    pub media: Vec<MediaView>,
    /// Those that it has now, since what a code once stood for is not kept.
    pub emojis: Vec<EmojiView>,
    /// What it asked.
    pub options: Option<Vec<String>>,
}

/// The last one is the post as it stands.
pub async fn of(town: &Town, viewer: &Viewer, post: Id) -> Outcome<Vec<RevisionView>> {
    let now = posts::view(town, viewer, post).await?;
    let now = now.boost_of.as_deref().unwrap_or(&now);
    let kept = revisions::of(town.store.read(), now.id).await?;
    let mut all: Vec<RevisionView> = kept
        .into_iter()
        .map(|row| {
            let pictures: Vec<Id> = serde_json::from_str(&row.media).unwrap_or_default();
            let options: Vec<String> = serde_json::from_str(&row.options).unwrap_or_default();
            RevisionView {
                title: row.title,
                html: row.html,
                summary: row.summary,
                sensitive: row.sensitive,
                at: row.created_at,
                author: Arc::clone(&now.author),
                media: pictures
                    .iter()
                    .filter_map(|id| now.media.iter().find(|picture| picture.id == *id))
                    .cloned()
                    .collect(),
                emojis: now.emojis.clone(),
                options: Some(options).filter(|options| !options.is_empty()),
            }
        })
        .collect();
    all.push(RevisionView {
        title: now.title.clone(),
        html: now.html.clone(),
        summary: now.summary.clone(),
        sensitive: now.sensitive,
        at: now.edited_at.unwrap_or(now.created_at),
        author: Arc::clone(&now.author),
        media: now.media.clone(),
        emojis: now.emojis.clone(),
        options: now.poll.as_ref().map(|poll| {
            let options = poll.options.iter();
            options.map(|option| option.title.clone()).collect()
        }),
    });
    Ok(all)
}

/// What the answers of a post's poll are, to be kept with [`keep`]; asked before an edit changes them.
pub(crate) async fn options_of(tx: &Tx, row: &entity::post::Model) -> Outcome<Vec<String>> {
    if !row.has_poll {
        return Ok(Vec::new());
    }
    let options = polls::options(tx, row.id).await?;
    Ok(options.into_iter().map(|option| option.title).collect())
}

/// Keeps a post as it stood before an edit. `media`: its pictures until then.
pub(crate) async fn keep(
    tx: &Tx,
    town: &Town,
    row: &entity::post::Model,
    media: &[Id],
    options: &[String],
) -> Outcome<()> {
    let json = |text: serde_json::Result<String>| {
        text.map_err(|err| Error::Other(format!("a revision could not be written: {err}")))
    };
    let revision = revisions::Revision {
        id: town.ids.next(),
        post_id: row.id,
        title: row.title.clone(),
        html: row.html.clone(),
        summary: row.summary.clone(),
        sensitive: row.sensitive,
        media: json(serde_json::to_string(media))?,
        options: json(serde_json::to_string(options))?,
        created_at: row.edited_at.unwrap_or(row.created_at),
    };
    let (most, bytes) = (limits::REVISIONS, limits::REVISION_BYTES);
    Ok(revisions::insert(tx, revision, most, bytes).await?)
}
