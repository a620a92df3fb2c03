//! Residents' pictures, sound and video: kept before the post they hang on, described, removed with it.

mod orphans;
mod work;

pub use parvis_media::{Content, Found, Incoming, Media, Part, Shape, Stored, Waiting};
use parvis_media::{Fault, KeptPicture, KeptUpload, Nature, PictureFault, RecordingFault};
use parvis_model::{id::Id, limits, refusal::Refusal};
use parvis_store::{
    Tx, entity,
    media::{self, work as rows},
    scheduled,
};
use tokio::time::Instant;

pub(crate) use self::orphans::sweep_due;
pub use self::work::{prepare_waiting, watch};
use crate::{
    Error, Failure, MediaView, Outcome, Town,
    accounts::within,
    journal::{self, Entry},
    remote_pictures,
};

/// What somebody says about a file, or changes about it.
#[derive(Clone, Debug, Default)]
pub struct About {
    pub description: Option<String>,
    /// What must stay visible when it is cropped: each -1 to 1; x right, y up.
    pub focus: Option<(f32, f32)>,
    /// A picture to be shown in its place, as it was sent.
    pub thumbnail: Option<Vec<u8>>,
}

/// The same, checked and kept; for a write.
#[derive(Clone, Debug)]
pub struct Change {
    description: Option<String>,
    focus: Option<(i32, i32)>,
    thumbnail: Option<KeptPicture>,
}

impl Change {
    /// What was kept for it, for [`unless_refused`].
    pub fn files(&self) -> Vec<String> {
        let kept = self.thumbnail.iter();
        kept.map(|it| it.original.key.to_string()).collect()
    }
}

/// How far an upload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Ready,
    /// It has no address yet.
    Processing,
    Failed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// Until it is ready, however long that takes. What is not converted by then is kept as it came.
    Endless(Instant),
    /// Pictures are soon ready; what takes longer is prepared in the background.
    Short,
}

impl Patience {
    /// For all files that one answer waits for, however many.
    pub fn endless() -> Self {
        Self::Endless(Instant::now() + work::WAITED_FOR)
    }
}

/// Begins an upload that arrives in pieces, so that memory never holds it while it waits.
pub async fn incoming(town: &Town) -> Outcome<Incoming> {
    let number = town.ids.next();
    Ok(town.media.incoming(number).await.map_err(Error::Files)?)
}

/// Gives what was uploaded to `me`, prepared or to be prepared. Before any write of a post.
pub async fn receive(
    town: &Town,
    me: Id,
    upload: Waiting,
    about: About,
    patience: Patience,
) -> Outcome<(MediaView, State)> {
    let nature = town.media.nature(&upload).await.map_err(unfit)?;
    let change = prepare_change(town, about).await?;
    let files = change.files();
    let received = received(town, me, upload, nature, change, patience).await;
    unless_refused(town, files, received).await
}

async fn received(
    town: &Town,
    me: Id,
    upload: Waiting,
    nature: Nature,
    change: Change,
    patience: Patience,
) -> Outcome<(MediaView, State)> {
    let id = upload.number();
    let print = hex::encode(upload.digest());
    let row = changed(empty_row(town, me, id, nature), &change);
    let patience = match patience {
        Patience::Short if nature == Nature::Picture => Patience::endless(),
        patience => patience,
    };
    let Patience::Endless(until) = patience else {
        // Before its row is written: whoever goes away meanwhile takes no file from a row.
        upload.leave();
        let inserted = insert(town, row.clone(), Some(print), true).await;
        if inserted.is_err() {
            town.media.discard(id);
        }
        inserted?;
        town.media.tell_left();
        return Ok((MediaView::new(town, row), State::Processing));
    };
    let kept = work::now(town, id, until).await?;
    let unused = unused(&row, &kept);
    let row = finished(row, &kept);
    insert(town, row.clone(), Some(print), false).await?;
    if let Some(file) = unused {
        town.media.remove(&file).await.map_err(Error::Files)?;
    }
    Ok((MediaView::new(town, row), State::Ready))
}

/// The same for a file that is here already, from a form of a page.
pub async fn keep(town: &Town, me: Id, bytes: Vec<u8>, description: &str) -> Outcome<MediaView> {
    let about = About {
        description: Some(description.to_owned()),
        ..About::default()
    };
    let change = prepare_change(town, about).await?;
    let kept = town.media.keep(bytes).await.map_err(unfit)?;
    let row = empty_row(town, me, town.ids.next(), Nature::Picture);
    let row = finished(changed(row, &change), &kept);
    insert(town, row.clone(), None, false).await?;
    Ok(MediaView::new(town, row))
}

/// The same for what was laid down beside an upload; there it stays. `None`: it is not there, or nothing that is kept.
pub(crate) async fn keep_laid(
    town: &Town,
    me: Id,
    (upload, number): (Id, Id),
    about: About,
) -> Outcome<Option<Id>> {
    let change = prepare_change(town, about).await?;
    let kept = match town.media.keep_laid(upload, number).await {
        Ok(Some(kept)) => kept,
        Ok(None) | Err(Fault::Picture(_) | Fault::Recording(_)) => return Ok(None),
        Err(Fault::Storage(err)) => return Err(Error::Files(err).into()),
    };
    let row = empty_row(town, me, town.ids.next(), Nature::Picture);
    let row = finished(changed(row, &change), &kept);
    let id = row.id;
    insert(town, row, None, false).await?;
    Ok(Some(id))
}

/// `print`: by what the same file is known again.
async fn insert(
    town: &Town,
    row: entity::media::Model,
    print: Option<String>,
    waits: bool,
) -> Outcome<()> {
    town.store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move {
                let (id, owner) = (row.id, row.account_id);
                media::insert(tx, row).await?;
                if let Some(print) = print {
                    media::set_print(tx, id, owner, &print).await?;
                }
                if waits {
                    rows::wait(tx, id).await?;
                }
                Ok(())
            })
        })
        .await
}

fn empty_row(town: &Town, me: Id, id: Id, nature: Nature) -> entity::media::Model {
    entity::media::Model {
        id,
        account_id: me,
        post_id: None,
        position: 0,
        file: None,
        preview_file: None,
        remote_url: None,
        mime: nature.mime().into(),
        description: String::new(),
        width: 0,
        height: 0,
        preview_width: 0,
        preview_height: 0,
        blurhash: None,
        focus_x: 0,
        focus_y: 0,
        created_at: town.now(),
        duration: 0,
        frame_rate: 0,
        bit_rate: 0,
    }
}

/// A row with what was made of its upload. A thumbnail that was chosen stays.
fn finished(row: entity::media::Model, kept: &KeptUpload) -> entity::media::Model {
    let whole = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    let row = entity::media::Model {
        file: Some(kept.original.key.to_string()),
        mime: kept.original.mime.into(),
        width: whole(kept.original.width),
        height: whole(kept.original.height),
        duration: i32::try_from(kept.facts.duration).unwrap_or(i32::MAX),
        frame_rate: whole(kept.facts.frame_rate),
        bit_rate: whole(kept.facts.bit_rate),
        ..row
    };
    match &kept.preview {
        Some(preview) if row.preview_file.is_none() => entity::media::Model {
            preview_file: Some(preview.key.to_string()),
            preview_width: whole(preview.width),
            preview_height: whole(preview.height),
            blurhash: kept.blurhash.clone(),
            ..row
        },
        _ => row,
    }
}

/// The preview that was made, where another was chosen.
fn unused(row: &entity::media::Model, kept: &KeptUpload) -> Option<String> {
    let made = kept.preview.as_ref().filter(|_| row.preview_file.is_some());
    let made = made.filter(|made| made.key != kept.original.key);
    made.map(|made| made.key.to_string())
}

/// Keeps an avatar or a header; gives the file's key for `accounts::edit_profile`.
pub async fn picture(town: &Town, bytes: Vec<u8>, shape: Shape) -> Outcome<String> {
    let kept = town.media.keep_picture(bytes, shape).await.map_err(unfit)?;
    Ok(kept.original.key.to_string())
}

/// Keeps the arms or the logo of the town, as they are and as an icon.
pub(crate) async fn arms(town: &Town, bytes: Vec<u8>) -> Outcome<[KeptPicture; 2]> {
    let shown = town.media.keep_picture(bytes.clone(), Shape::Preview);
    let shown = shown.await.map_err(unfit)?;
    let icon = town.media.keep_picture(bytes, Shape::Icon).await;
    let icon = icon.map_err(unfit);
    let shown_files = vec![shown.original.key.to_string()];
    let icon = unless_refused(town, shown_files, icon).await?;
    Ok([shown, icon])
}

/// Keeps the banner of the town.
pub(crate) async fn banner(town: &Town, bytes: Vec<u8>) -> Outcome<KeptPicture> {
    let kept = town.media.keep_picture(bytes, Shape::Header).await;
    kept.map_err(unfit)
}

/// Files that were kept for a write go again where that is refused; where it broke off, they may be in use.
pub async fn unless_refused<T>(town: &Town, files: Vec<String>, written: Outcome<T>) -> Outcome<T> {
    if let Err(Failure::Refused(_)) = &written {
        for file in files {
            if let Err(err) = town.media.remove(&file).await {
                tracing::warn!(%err, town = town.host, file, "a file that nobody will use stays");
            }
        }
    }
    written
}

fn unfit(fault: Fault) -> Failure {
    let key = match fault {
        Fault::Storage(err) => return Error::Files(err).into(),
        Fault::Picture(PictureFault::TooManyBytes | PictureFault::TooManyPixels) => {
            "refusal-picture-too-large"
        }
        Fault::Picture(PictureFault::UnknownType | PictureFault::Damaged) => {
            "refusal-picture-unreadable"
        }
        Fault::Recording(RecordingFault::TooManyBytes | RecordingFault::TooManyPixels) => {
            "refusal-recording-too-large"
        }
        Fault::Recording(RecordingFault::TooLong) => "refusal-recording-too-long",
        Fault::Recording(RecordingFault::UnknownType | RecordingFault::Damaged) => {
            "refusal-recording-unreadable"
        }
    };
    Refusal::invalid("media", key).into()
}

fn described(text: &str) -> Result<String, Refusal> {
    within(
        text.trim(),
        limits::PICTURE_DESCRIPTION,
        "description",
        "refusal-description-too-long",
    )
}

/// Checks a change, and keeps its thumbnail. Before the write.
pub async fn prepare_change(town: &Town, about: About) -> Outcome<Change> {
    let description = about.description.as_deref().map(described).transpose()?;
    let thousandths = |part: f32| (part.clamp(-1.0, 1.0) * 1000.0).round() as i32;
    let thumbnail = match about.thumbnail {
        Some(bytes) => {
            let kept = town.media.keep_picture(bytes, Shape::Preview).await;
            Some(kept.map_err(unfit)?)
        }
        None => None,
    };
    Ok(Change {
        description,
        focus: about.focus.map(|(x, y)| (thousandths(x), thousandths(y))),
        thumbnail,
    })
}

fn changed(row: entity::media::Model, change: &Change) -> entity::media::Model {
    let (focus_x, focus_y) = change.focus.unwrap_or((row.focus_x, row.focus_y));
    let row = entity::media::Model {
        description: change.description.clone().unwrap_or(row.description),
        focus_x,
        focus_y,
        ..row
    };
    match &change.thumbnail {
        None => row,
        Some(kept) => entity::media::Model {
            preview_file: Some(kept.original.key.to_string()),
            preview_width: kept.original.width as i32,
            preview_height: kept.original.height as i32,
            blurhash: kept.blurhash.clone(),
            ..row
        },
    }
}

/// Changes what is said about a file of one's own, also of a post that is being edited.
pub async fn change(tx: &Tx, town: &Town, me: Id, id: Id, change: Change) -> Outcome<()> {
    let row = own(tx, me, id).await?;
    let new = changed(row.clone(), &change);
    let replaced = row.preview_file.clone();
    let replaced = replaced.filter(|old| new.preview_file.as_ref() != Some(old));
    let replaced = replaced.filter(|old| row.file.as_ref() != Some(old));
    media::describe(tx, &new).await?;
    if change.thumbnail.is_some() {
        media::set_preview(tx, &new).await?;
    }
    match replaced {
        Some(old) => journal::record(tx, town, &Entry::FilesDropped { keys: vec![old] }).await,
        None => Ok(()),
    }
}

/// The same for what hangs on no post yet.
pub async fn change_unattached(
    tx: &Tx,
    town: &Town,
    me: Id,
    id: Id,
    change: Change,
) -> Outcome<()> {
    if own(tx, me, id).await?.post_id.is_some() {
        return Err(Refusal::not_found().into());
    }
    self::change(tx, town, me, id, change).await
}

pub async fn describe(tx: &Tx, town: &Town, me: Id, id: Id, description: &str) -> Outcome<()> {
    let described = Change {
        description: Some(described(description)?),
        focus: None,
        thumbnail: None,
    };
    change(tx, town, me, id, described).await
}

async fn own(tx: &Tx, me: Id, id: Id) -> Outcome<entity::media::Model> {
    let found = media::by_ids(tx, &[id]).await?;
    let found = found.into_iter().find(|row| row.account_id == me);
    Ok(found.ok_or_else(Refusal::not_found)?)
}

/// A file of one's own, whether or not it hangs on a post or is ready.
pub async fn view(town: &Town, me: Id, id: Id) -> Outcome<(MediaView, State)> {
    let db = town.store.snapshot().await?;
    let row = own(&db, me, id).await?;
    let state = if rows::unready(&db, &[id]).await?.is_empty() {
        State::Ready
    } else if rows::failed(&db, &[id]).await?.is_empty() {
        State::Processing
    } else {
        State::Failed
    };
    Ok((MediaView::new(town, row), state))
}

/// What one wrote before about the very same file, if one still has it somewhere. Nobody else's words are looked at.
pub async fn described_before(town: &Town, me: Id, id: Id) -> Outcome<Option<String>> {
    Ok(media::said_before(town.store.read(), id, me).await?)
}

/// Removes a file of one's own that hangs on no post and waits with none.
pub async fn delete(tx: &Tx, town: &Town, me: Id, id: Id) -> Outcome<()> {
    let row = own(tx, me, id).await?;
    let waits = scheduled::waiting_media(tx, &[id]).await?;
    if row.post_id.is_some() || !waits.is_empty() {
        return Err(Refusal::invalid("media", "refusal-media-in-use").into());
    }
    media::delete(tx, &[id]).await?;
    drop_files(tx, town, &[row]).await
}

/// What is not ready cannot be posted.
pub(crate) async fn must_be_ready(tx: &Tx, files: &[Id]) -> Outcome<()> {
    if rows::unready(tx, files).await?.is_empty() {
        return Ok(());
    }
    Err(Refusal::invalid("media", "refusal-media-not-ready").into())
}

/// The files of a post, under new names: whoever knows the old ones finds nothing once the post is gone.
#[derive(Clone, Debug, Default)]
pub struct SetAside(Vec<Renamed>);

impl SetAside {
    /// What was kept for it, for [`unless_refused`].
    pub fn files(&self) -> Vec<String> {
        let kept = self.0.iter();
        kept.flat_map(|it| [Some(&it.file), it.preview.as_ref()])
            .flatten()
            .cloned()
            .collect()
    }
}

#[derive(Clone, Debug)]
struct Renamed {
    id: Id,
    file: String,
    preview: Option<String>,
}

/// Before a post is deleted whose files shall be used again.
pub async fn set_aside(town: &Town, post: Id) -> Outcome<SetAside> {
    let mut all = Vec::new();
    for row in media::of_posts(town.store.read(), &[post]).await? {
        let (Some(file), preview) = (row.file, row.preview_file) else {
            continue;
        };
        let Some(renamed) = renamed(town, &file).await? else {
            continue;
        };
        let preview = match preview {
            Some(preview) if preview == file => Some(renamed.clone()),
            Some(preview) => self::renamed(town, &preview).await?,
            None => None,
        };
        all.push(Renamed {
            id: row.id,
            file: renamed,
            preview,
        });
    }
    Ok(SetAside(all))
}

async fn renamed(town: &Town, key: &str) -> Outcome<Option<String>> {
    let copied = town.media.renamed_copy(key).await.map_err(Error::Files)?;
    Ok(copied.map(|key| key.to_string()))
}

/// Takes them off the post that is deleted in the same write: for a day they can hang on another.
pub async fn detach(tx: &Tx, town: &Town, me: Id, post: Id, aside: SetAside) -> Outcome<()> {
    let on_post = media::of_posts(tx, &[post]).await?;
    for Renamed { id, file, preview } in aside.0 {
        let found = on_post.iter().find(|row| row.id == id);
        let Some(row) = found.filter(|row| row.account_id == me) else {
            continue;
        };
        drop_files(tx, town, std::slice::from_ref(row)).await?;
        let free = entity::media::Model {
            post_id: None,
            position: 0,
            file: Some(file),
            preview_file: preview,
            created_at: town.now(),
            ..row.clone()
        };
        media::update(tx, free).await?;
    }
    Ok(())
}

/// Has the files of pictures whose rows went removed, once the write is on disk.
pub(crate) async fn drop_files(tx: &Tx, town: &Town, rows: &[entity::media::Model]) -> Outcome<()> {
    remote_pictures::forget_media(tx, town, rows).await?;
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
