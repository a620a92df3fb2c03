//! The folder where files lie: kept whole or not at all, opened and removed by key. Knows nothing of who may see what.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

use parvis_model::limits;
use tokio::sync::{AcquireError, Notify, Semaphore};

use crate::{
    animation,
    key::{FileType, Key},
    picture::{self, Encoded, PictureFault, Prepared, Shape},
    recording::{self, Facts, Recording, RecordingFault},
    waiting::{self, Incoming, Waiting},
};

/// Pictures worked on at the same time. Decoding is heavy on processor and memory, and a town's
/// machine is small.
const PLACES: u32 = 2;
/// A picture above this many pixels takes all places, so that two giants never meet in memory.
const LARGE_PIXELS: u64 = 16_000_000;
/// Uploads in memory at the same time: one more than are worked on.
const DESKS: usize = PLACES as usize + 1;

/// A folder of files. Cloning gives another handle on the same folder and the same places of work.
#[derive(Clone, Debug)]
pub struct Media {
    folder: Arc<Path>,
    places: Arc<Semaphore>,
    desks: Arc<Semaphore>,
    left: Arc<Notify>,
}

/// One kept file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub key: Key,
    pub mime: &'static str,
    /// In pixels, upright.
    pub width: u32,
    pub height: u32,
    pub bytes: u64,
}

/// What became of an uploaded picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptPicture {
    pub original: Kept,
    /// The small version; the original itself (same key) where that is small already, and for
    /// avatars and headers.
    pub preview: Kept,
    /// Only for [`Shape::Post`]. See <https://blurha.sh>.
    pub blurhash: Option<String>,
}

/// What became of an upload of any kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptUpload {
    pub original: Kept,
    /// `None` for recordings: nothing here draws a picture of them.
    pub preview: Option<Kept>,
    pub blurhash: Option<String>,
    /// Empty for pictures.
    pub facts: Facts,
}

/// What an upload is, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    Picture,
    /// A GIF of several pictures.
    Animation,
    Sound,
    Video,
}

impl Nature {
    /// As long as it is not known more exactly.
    pub fn mime(self) -> &'static str {
        match self {
            Self::Picture => FileType::Jpeg,
            Self::Animation => FileType::Gif,
            Self::Sound => FileType::Mp3,
            Self::Video => FileType::Mp4,
        }
        .mime()
    }
}

/// A kept file, open for reading.
#[derive(Debug)]
pub struct Stored {
    pub key: Key,
    pub mime: &'static str,
    pub bytes: u64,
    pub file: tokio::fs::File,
}

/// Why a file was not kept.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The picture's fault: tell the person.
    #[error(transparent)]
    Picture(#[from] PictureFault),
    /// The recording's fault: tell the person.
    #[error(transparent)]
    Recording(#[from] RecordingFault),
    /// Our fault: no space, no permission.
    #[error("the media folder cannot be written")]
    Folder(#[from] io::Error),
}

impl Media {
    /// The folder is made when the first file is kept.
    pub fn in_folder(path: impl Into<PathBuf>) -> Self {
        let folder = Arc::from(path.into());
        Self {
            folder,
            places: Arc::new(Semaphore::new(PLACES as usize)),
            desks: Arc::new(Semaphore::new(DESKS)),
            left: Arc::default(),
        }
    }

    /// Begins an upload that arrives in pieces. `number`: of its own.
    pub async fn incoming(&self, number: i64) -> io::Result<Incoming> {
        Incoming::begin(&self.folder, number).await
    }

    /// What it is; refuses by its first bytes, or by its blocks, what will not be kept.
    pub async fn nature(&self, upload: &Waiting) -> Result<Nature, Fault> {
        let head = upload.head().await?;
        if recording::is_recording(&head) {
            if upload.bytes() > limits::RECORDING_BYTES as u64 {
                return Err(RecordingFault::TooManyBytes.into());
            }
            return Ok(if recording::is_sound(&head) {
                Nature::Sound
            } else {
                Nature::Video
            });
        }
        if !picture::is_known(&head) {
            return Err(PictureFault::UnknownType.into());
        }
        if upload.bytes() > limits::PICTURE_BYTES as u64 {
            return Err(PictureFault::TooManyBytes.into());
        }
        if !head.starts_with(b"GIF8") {
            return Ok(Nature::Picture);
        }
        let _desk = self.desks.acquire().await.map_err(closed)?;
        let bytes = upload.all().await?;
        if !animation::is_animated(&bytes) {
            return Ok(Nature::Picture);
        }
        animation::check(&bytes)?;
        Ok(Nature::Animation)
    }

    /// Wakes whoever waits for [`Self::left`]: an upload was left.
    pub fn tell_left(&self) {
        self.left.notify_one();
    }

    /// Until an upload was left.
    pub async fn left(&self) {
        self.left.notified().await;
    }

    /// Whether an upload waits in this folder.
    pub fn waits(&self, number: i64) -> bool {
        waiting::is_here(&self.folder, number)
    }

    pub fn discard(&self, number: i64) {
        waiting::discard(&self.folder, number);
    }

    /// Removes uploads whose number is below this one.
    pub fn forget_before(&self, number: i64) -> io::Result<()> {
        waiting::forget_before(&self.folder, number)
    }

    /// Prepares and keeps an upload that waits; its own file stays. `None`: it is not here.
    pub async fn keep_waiting(&self, number: i64) -> Result<Option<KeptUpload>, Fault> {
        let _desk = self.desks.acquire().await.map_err(closed)?;
        match waiting::read(&self.folder, number).await? {
            Some(bytes) => self.keep(bytes).await.map(Some),
            None => Ok(None),
        }
    }

    /// Prepares and keeps a file of any kind, as [`Self::keep_picture`] does.
    pub async fn keep(&self, bytes: Vec<u8>) -> Result<KeptUpload, Fault> {
        if recording::is_recording(&bytes) {
            return self.worked(1, |folder| keep_recording(folder, bytes)).await;
        }
        if animation::is_animated(&bytes) {
            animation::check(&bytes)?;
            return self.worked(1, |folder| keep_animation(folder, bytes)).await;
        }
        let kept = self.keep_picture(bytes, Shape::Post).await?;
        Ok(KeptUpload {
            original: kept.original,
            preview: Some(kept.preview),
            blurhash: kept.blurhash,
            facts: Facts::default(),
        })
    }

    /// The same file under a new name, on the disk for good. `None`: there is none.
    pub async fn renamed_copy(&self, key: &str) -> io::Result<Option<Key>> {
        let Ok(key) = key.parse::<Key>() else {
            return Ok(None);
        };
        let folder = Arc::clone(&self.folder);
        let work = tokio::task::spawn_blocking(move || copy(&folder, key));
        work.await.map_err(io::Error::other)?
    }

    /// Checks, cleans, turns, resizes and keeps a picture. When this returns `Ok`, the files are on
    /// the disk for good; on an error nothing is left behind.
    pub async fn keep_picture(&self, bytes: Vec<u8>, shape: Shape) -> Result<KeptPicture, Fault> {
        let upload = picture::Upload::check(bytes)?;
        let needed = if upload.pixels() > LARGE_PIXELS {
            PLACES
        } else {
            1
        };
        self.worked(needed, move |folder| keep(folder, &upload.prepare(shape)?))
            .await
    }

    /// Heavy work, in its turn.
    async fn worked<T: Send + 'static>(
        &self,
        places: u32,
        work: impl FnOnce(&Path) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let place = Arc::clone(&self.places)
            .acquire_many_owned(places)
            .await
            .map_err(closed)?;
        let folder = Arc::clone(&self.folder);
        let work = tokio::task::spawn_blocking(move || {
            // Held by the work, not by the waiting: a caller that goes away frees no place early.
            let _place = place;
            work(&folder)
        });
        work.await.unwrap_or_else(|panic| {
            tracing::error!(%panic, "a decoder gave up");
            Err(PictureFault::Damaged.into())
        })
    }

    /// `None` when there is no such file or `key` is no key at all.
    pub async fn open(&self, key: &str) -> io::Result<Option<Stored>> {
        let Ok(key) = key.parse::<Key>() else {
            return Ok(None);
        };
        let file = match tokio::fs::File::open(self.folder.join(key.path())).await {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let bytes = file.metadata().await?.len();
        Ok(Some(Stored {
            key,
            mime: key.file_type().mime(),
            bytes,
            file,
        }))
    }

    /// Whether there was such a file. Removing twice is no error.
    pub async fn remove(&self, key: &str) -> io::Result<bool> {
        let Ok(key) = key.parse::<Key>() else {
            return Ok(false);
        };
        match tokio::fs::remove_file(self.folder.join(key.path())).await {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }
}

fn closed(error: AcquireError) -> Fault {
    Fault::Folder(io::Error::other(error))
}

fn keep(folder: &Path, prepared: &Prepared) -> Result<KeptPicture, Fault> {
    let original = write(folder, &prepared.original)?;
    let preview = match &prepared.preview {
        None => original.clone(),
        Some(preview) => write(folder, preview).inspect_err(|_| discard(folder, original.key))?,
    };
    Ok(KeptPicture {
        original,
        preview,
        blurhash: prepared.blurhash.clone(),
    })
}

/// An animation, and its first picture standing still.
fn keep_animation(folder: &Path, bytes: Vec<u8>) -> Result<KeptUpload, Fault> {
    let moving = animation::rewritten(&bytes)?;
    let still = picture::prepare(bytes, Shape::Preview)?;
    let original = write(folder, &moving)?;
    let preview = write(folder, &still.original).inspect_err(|_| discard(folder, original.key))?;
    Ok(KeptUpload {
        original,
        preview: Some(preview),
        blurhash: still.blurhash,
        facts: Facts::default(),
    })
}

fn keep_recording(folder: &Path, bytes: Vec<u8>) -> Result<KeptUpload, Fault> {
    let Recording {
        bytes,
        file_type,
        facts,
    } = recording::cleaned(bytes)?;
    let encoded = Encoded {
        file_type,
        width: facts.width,
        height: facts.height,
        bytes,
    };
    Ok(KeptUpload {
        original: write(folder, &encoded)?,
        preview: None,
        blurhash: None,
        facts,
    })
}

/// A second name where the disk can do that, otherwise a second file.
fn copy(folder: &Path, key: Key) -> io::Result<Option<Key>> {
    let (from, fresh) = (folder.join(key.path()), Key::random(key.file_type()));
    let to = folder.join(fresh.path());
    let shard = to.parent().unwrap_or(folder);
    fs::create_dir_all(shard)?;
    match fs::hard_link(&from, &to) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(_) => write_whole(folder, fresh, &fs::read(&from)?)?,
    }
    fs::File::open(shard)?.sync_all()?;
    Ok(Some(fresh))
}

fn write(folder: &Path, encoded: &Encoded) -> io::Result<Kept> {
    let key = Key::random(encoded.file_type);
    write_whole(folder, key, &encoded.bytes)?;
    Ok(Kept {
        key,
        mime: encoded.file_type.mime(),
        width: encoded.width,
        height: encoded.height,
        bytes: encoded.bytes.len() as u64,
    })
}

/// After this returns the file is there in full, also if the power fails; before, it is not there.
/// The half-written file carries a name that is no key, so nobody can open it.
fn write_whole(folder: &Path, key: Key, bytes: &[u8]) -> io::Result<()> {
    let target = folder.join(key.path());
    let part = target.with_added_extension("part");
    let shard = target.parent().unwrap_or(folder);
    fs::create_dir_all(shard)?;
    let written = write_durably(&part, bytes).and_then(|()| fs::rename(&part, &target));
    if let Err(error) = written {
        if let Err(left) = fs::remove_file(&part) {
            tracing::warn!(%left, "an unfinished file stays in the media folder");
        }
        return Err(error);
    }
    // The names themselves: of the file in its sub-folder, and of the sub-folder, which may be new.
    fs::File::open(shard)?.sync_all()?;
    fs::File::open(folder)?.sync_all()
}

fn write_durably(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = fs::File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn discard(folder: &Path, key: Key) {
    if let Err(error) = fs::remove_file(folder.join(key.path())) {
        tracing::warn!(%error, %key, "a picture that nobody will use stays in the media folder");
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt as _;

    use super::*;
    use crate::{drawn, key::FileType};

    fn files(folder: &Path) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                found.extend(files(&path));
            } else {
                found.push(path);
            }
        }
        found
    }

    #[tokio::test]
    async fn a_kept_picture_can_be_opened_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let media = Media::in_folder(folder.path().join("media"));
        let kept = media
            .keep_picture(drawn::scene("market"), Shape::Post)
            .await
            .unwrap();
        assert_eq!((kept.original.width, kept.original.height), (1200, 800));
        assert_eq!((kept.preview.width, kept.preview.height), (640, 427));
        assert_eq!(files(folder.path()).len(), 2);

        let mut stored = media
            .open(&kept.original.key.to_string())
            .await
            .unwrap()
            .unwrap();
        let mut bytes = Vec::new();
        stored.file.read_to_end(&mut bytes).await.unwrap();
        assert_eq!(bytes.len() as u64, stored.bytes);
        assert_eq!(stored.bytes, kept.original.bytes);
        assert_eq!(stored.mime, kept.original.mime);

        assert!(media.remove(&kept.original.key.to_string()).await.unwrap());
        assert!(!media.remove(&kept.original.key.to_string()).await.unwrap());
        assert!(
            media
                .open(&kept.original.key.to_string())
                .await
                .unwrap()
                .is_none()
        );
    }

    #[tokio::test]
    async fn a_small_picture_is_its_own_preview() {
        let folder = tempfile::tempdir().unwrap();
        let media = Media::in_folder(folder.path());
        let avatar = drawn::avatar("marie", drawn::Motif::Person);
        let kept = media.keep_picture(avatar, Shape::Avatar).await.unwrap();
        assert_eq!(kept.original, kept.preview);
        assert_eq!(kept.blurhash, None);
        assert_eq!(files(folder.path()).len(), 1);
    }

    #[tokio::test]
    async fn a_refused_picture_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let media = Media::in_folder(folder.path());
        let refused = media
            .keep_picture(b"<script>alert(1)</script>".to_vec(), Shape::Post)
            .await;
        assert!(matches!(
            refused,
            Err(Fault::Picture(PictureFault::UnknownType))
        ));
        assert!(files(folder.path()).is_empty());
    }

    #[tokio::test]
    async fn an_upload_that_waits_is_recognised_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let media = Media::in_folder(folder.path());
        let film = include_bytes!("../tests/samples/film.mp4");
        let mut incoming = media.incoming(7).await.unwrap();
        incoming.write(film).await.unwrap();
        let upload = incoming.finished().await.unwrap();
        assert_eq!(media.nature(&upload).await.unwrap(), Nature::Video);
        upload.leave();
        media.tell_left();
        media.left().await;
        assert!(media.waits(7) && media.open("incoming/7").await.unwrap().is_none());
        let kept = media.keep_waiting(7).await.unwrap().unwrap();
        assert_eq!((kept.original.mime, kept.original.width), ("video/mp4", 64));
        assert_eq!((kept.preview, kept.blurhash), (None, None));
        media.discard(7);
        assert_eq!(media.keep_waiting(7).await.unwrap(), None);
        assert_eq!(files(folder.path()).len(), 1);
    }

    #[tokio::test]
    async fn what_waits_and_is_nothing_we_know_is_refused_by_its_first_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let media = Media::in_folder(folder.path());
        for (number, bytes) in [&b"<html>"[..], b"", b"%PDF-1.7"].iter().enumerate() {
            let mut incoming = media.incoming(number as i64).await.unwrap();
            incoming.write(bytes).await.unwrap();
            let upload = incoming.finished().await.unwrap();
            assert!(media.nature(&upload).await.is_err());
        }
        assert!(files(folder.path()).is_empty());
    }

    #[tokio::test]
    async fn a_file_can_be_given_a_new_name_and_lose_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let media = Media::in_folder(folder.path());
        let kept = media.keep(drawn::scene("market")).await.unwrap();
        let old = kept.original.key.to_string();
        let new = media.renamed_copy(&old).await.unwrap().unwrap().to_string();
        assert!(media.remove(&old).await.unwrap());
        assert!(media.open(&old).await.unwrap().is_none());
        let stored = media.open(&new).await.unwrap().unwrap();
        assert_eq!(stored.bytes, kept.original.bytes);
        assert_eq!(media.renamed_copy(&old).await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_file_outside_the_folder_cannot_be_opened_or_removed() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("secret"), "secret").unwrap();
        let inner = folder.path().join("media");
        fs::create_dir_all(inner.join("ab")).unwrap();
        let media = Media::in_folder(&inner);
        for key in ["../secret", "ab/../../secret", "ab/../../secret.jpg"] {
            assert!(media.open(key).await.unwrap().is_none(), "{key}");
            assert!(!media.remove(key).await.unwrap(), "{key}");
        }
        assert!(folder.path().join("secret").exists());
    }

    #[test]
    fn a_write_that_fails_half_way_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let key = Key::random(FileType::Jpeg);
        // A folder where the file should go makes the last step, the renaming, fail.
        fs::create_dir_all(folder.path().join(key.path()).join("taken")).unwrap();
        assert!(write_whole(folder.path(), key, b"bytes").is_err());
        assert!(files(folder.path()).is_empty());
    }

    #[test]
    fn nothing_is_kept_of_a_picture_whose_preview_cannot_be_written() {
        let folder = tempfile::tempdir().unwrap();
        let not_a_folder = folder.path().join("file");
        fs::write(&not_a_folder, "").unwrap();
        let prepared = picture::prepare(drawn::scene("x"), Shape::Post).unwrap();
        assert!(matches!(
            keep(&not_a_folder, &prepared),
            Err(Fault::Folder(_))
        ));
        assert_eq!(files(folder.path()), vec![not_a_folder]);
    }

    #[tokio::test]
    async fn a_caller_that_goes_away_frees_no_place_early() {
        let folder = tempfile::tempdir().unwrap();
        let media = Media::in_folder(folder.path());
        let picture = drawn::scene("market");
        let keeping = media.keep_picture(picture, Shape::Post);
        let gone = tokio::time::timeout(std::time::Duration::from_millis(1), keeping).await;
        assert!(gone.is_err());
        assert_eq!(media.places.available_permits(), 1);
        while media.places.available_permits() < PLACES as usize {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        assert_eq!(files(folder.path()).len(), 2);
    }
}
