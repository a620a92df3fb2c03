//! Residents' pictures: kept before the post they hang on, described, removed with it.

use parvis_media::{Fault, PictureFault};
pub use parvis_media::{Media, Shape};
use parvis_model::{id::Id, limits, refusal::Refusal};
use parvis_store::{Tx, entity, media};

use crate::{
    Error, Failure, MediaView, Outcome, Town,
    accounts::within,
    journal::{self, Entry},
};

/// Decodes, cleans and keeps a picture, and gives it to `me`. Before any write of a post.
pub async fn keep(town: &Town, me: Id, bytes: Vec<u8>, description: &str) -> Outcome<MediaView> {
    let description = described(description)?;
    let kept = town
        .media
        .keep_picture(bytes, Shape::Post)
        .await
        .map_err(unfit)?;
    let row = entity::media::Model {
        id: town.ids.next(),
        account_id: me,
        post_id: None,
        position: 0,
        file: Some(kept.original.key.to_string()),
        preview_file: Some(kept.preview.key.to_string()),
        remote_url: None,
        mime: kept.original.mime.into(),
        description,
        width: kept.original.width as i32,
        height: kept.original.height as i32,
        preview_width: kept.preview.width as i32,
        preview_height: kept.preview.height as i32,
        blurhash: kept.blurhash,
        focus_x: 0,
        focus_y: 0,
        created_at: town.now(),
    };
    let saved = row.clone();
    town.store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move { Ok(media::insert(tx, saved).await?) })
        })
        .await?;
    Ok(MediaView::new(town, row))
}

/// Keeps an avatar or a header; gives the file's key for `accounts::edit_profile`.
pub async fn picture(town: &Town, bytes: Vec<u8>, shape: Shape) -> Outcome<String> {
    let kept = town.media.keep_picture(bytes, shape).await.map_err(unfit)?;
    Ok(kept.original.key.to_string())
}

fn unfit(fault: Fault) -> Failure {
    match fault {
        Fault::Picture(PictureFault::TooManyBytes | PictureFault::TooManyPixels) => {
            Refusal::invalid("media", "refusal-picture-too-large").into()
        }
        Fault::Picture(_) => Refusal::invalid("media", "refusal-picture-unreadable").into(),
        Fault::Folder(err) => Error::Files(err).into(),
    }
}

fn described(text: &str) -> Result<String, Refusal> {
    within(
        text.trim(),
        limits::PICTURE_DESCRIPTION,
        "description",
        "refusal-description-too-long",
    )
}

pub async fn describe(tx: &Tx, _town: &Town, me: Id, id: Id, description: &str) -> Outcome<()> {
    let found = media::by_ids(tx, &[id])
        .await?
        .into_iter()
        .find(|row| row.account_id == me);
    let row = found.ok_or_else(Refusal::not_found)?;
    Ok(media::update(
        tx,
        entity::media::Model {
            description: described(description)?,
            ..row
        },
    )
    .await?)
}

/// A picture of one's own, whether or not it hangs on a post.
pub async fn view(town: &Town, me: Id, id: Id) -> Outcome<MediaView> {
    let rows = media::by_ids(town.store.read(), &[id]).await?;
    let row = rows
        .into_iter()
        .find(|row| row.account_id == me)
        .ok_or_else(Refusal::not_found)?;
    Ok(MediaView::new(town, row))
}

/// Has the files of pictures whose rows went removed, once the write is on disk.
pub(crate) async fn drop_files(tx: &Tx, town: &Town, rows: &[entity::media::Model]) -> Outcome<()> {
    let files = rows
        .iter()
        .flat_map(|row| [&row.file, &row.preview_file])
        .flatten();
    let keys: Vec<String> = files.cloned().collect();
    if keys.is_empty() {
        return Ok(());
    }
    journal::record(tx, town, &Entry::FilesDropped { keys }).await
}
