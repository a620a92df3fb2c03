//! What a town keeps: uploads are prepared in their turn and kept whole or not at all, opened and removed by key. Knows nothing
//! of who may see what.

mod converted;

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use parvis_model::{clock::Timestamp, limits};
use tokio::{
    sync::{AcquireError, Notify, Semaphore},
    task::JoinError,
};

pub use self::converted::Conversion;
use crate::{
    animation,
    bucket::{Bucket, BucketOptions, NoBucket},
    converter::Converter,
    folder::Folder,
    key::{FileType, Key},
    made::{self, Made},
    picture::{self, PictureFault, Shape},
    recording::{self, Facts, RecordingFault},
    storage::{Content, Found, Listed, Part, Storage, Stored},
    waiting::{self, Beside, Incoming, Waiting},
};

/// Pictures worked on at the same time. Decoding is heavy on processor and memory, and a town's
/// machine is small.
const PLACES: u32 = 2;
/// A picture above this many pixels takes all places, so that two giants never meet in memory.
const LARGE_PIXELS: u64 = 16_000_000;
/// Uploads in memory at the same time: one more than are worked on.
const DESKS: usize = PLACES as usize + 1;

/// A town's files. Cloning gives another handle on the same files and the same places of work.
#[derive(Clone, Debug)]
pub struct Media {
    storage: Storage,
    /// Where uploads wait, on this machine whatever the storage.
    folder: Arc<Path>,
    places: Arc<Semaphore>,
    desks: Arc<Semaphore>,
    left: Arc<Notify>,
    /// Where there is none, sound and video stay as they came.
    converter: Arc<OnceLock<Converter>>,
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
    /// `None` for recordings, but for video where a program draws a picture of it.
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

/// Why a file was not kept.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The picture's fault: tell the person.
    #[error(transparent)]
    Picture(#[from] PictureFault),
    /// The recording's fault: tell the person.
    #[error(transparent)]
    Recording(#[from] RecordingFault),
    /// Our fault: no space, no permission, no answer.
    #[error("the file cannot be kept")]
    Storage(#[from] io::Error),
}

impl Media {
    /// The folder is made when the first file is kept.
    pub fn in_folder(path: impl Into<PathBuf>) -> Self {
        let folder = Arc::<Path>::from(path.into());
        Self::new(Storage::Folder(Folder(Arc::clone(&folder))), folder)
    }

    /// `waiting`: the folder of uploads that are not there yet.
    pub fn in_bucket(
        options: BucketOptions,
        waiting: impl Into<PathBuf>,
    ) -> Result<Self, NoBucket> {
        let storage = Storage::Bucket(Bucket::new(options)?);
        Ok(Self::new(storage, Arc::from(waiting.into())))
    }

    fn new(storage: Storage, folder: Arc<Path>) -> Self {
        Self {
            storage,
            folder,
            places: Arc::new(Semaphore::new(PLACES as usize)),
            desks: Arc::new(Semaphore::new(DESKS)),
            left: Arc::default(),
            converter: Arc::default(),
        }
    }

    /// Whether the storage answers and may be used; a folder is made when it is needed.
    pub async fn check(&self) -> io::Result<()> {
        match &self.storage {
            Storage::Folder(_) => Ok(()),
            Storage::Bucket(bucket) => bucket.check().await,
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

    /// Where files are laid down beside an upload that waits.
    pub fn beside(&self, upload: i64) -> Beside {
        Beside::of(&self.folder, upload)
    }

    /// An upload that waits, as it came. `None`: it is not here. Blocks.
    pub fn open_waiting(&self, number: i64) -> io::Result<Option<fs::File>> {
        waiting::open(&self.folder, number)
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

    /// The same for what was laid down beside an upload.
    pub async fn keep_laid(&self, upload: i64, number: i64) -> Result<Option<KeptUpload>, Fault> {
        let _desk = self.desks.acquire().await.map_err(closed)?;
        match self.beside(upload).read(number).await? {
            Some(bytes) => self.keep(bytes).await.map(Some),
            None => Ok(None),
        }
    }

    /// Prepares and keeps a file of any kind, as [`Self::keep_picture`] does.
    pub async fn keep(&self, bytes: Vec<u8>) -> Result<KeptUpload, Fault> {
        if recording::is_recording(&bytes) {
            return self.kept(1, || made::of_recording(bytes)).await;
        }
        if animation::is_animated(&bytes) {
            animation::check(&bytes)?;
            return self.kept(1, || made::of_animation(bytes)).await;
        }
        let kept = self.keep_picture(bytes, Shape::Post).await?;
        Ok(KeptUpload {
            original: kept.original,
            preview: Some(kept.preview),
            blurhash: kept.blurhash,
            facts: Facts::default(),
        })
    }

    /// Checks, cleans, turns, resizes and keeps a picture. When this returns `Ok`, the files are
    /// there for good; on an error nothing is left behind.
    pub async fn keep_picture(&self, bytes: Vec<u8>, shape: Shape) -> Result<KeptPicture, Fault> {
        let upload = picture::Upload::check(bytes)?;
        let needed = if upload.pixels() > LARGE_PIXELS {
            PLACES
        } else {
            1
        };
        let kept = self.kept(needed, move || made::of_picture(upload, shape));
        let kept = kept.await?;
        Ok(KeptPicture {
            preview: kept.preview.unwrap_or_else(|| kept.original.clone()),
            original: kept.original,
            blurhash: kept.blurhash,
        })
    }

    /// Heavy work in its turn, and the keeping of what came of it.
    async fn kept(
        &self,
        places: u32,
        work: impl FnOnce() -> Result<Made, Fault> + Send + 'static,
    ) -> Result<KeptUpload, Fault> {
        let place = Arc::clone(&self.places)
            .acquire_many_owned(places)
            .await
            .map_err(closed)?;
        let storage = self.storage.clone();
        let work = tokio::spawn(async move {
            // Held by the work, not by the waiting: a caller that goes away frees no place early.
            let made = tokio::task::spawn_blocking(work).await;
            // Others need not wait for a storage that may be slow.
            drop(place);
            made::keep(&storage, made.unwrap_or_else(|panic| gave_up(&panic))?).await
        });
        work.await.unwrap_or_else(|panic| gave_up(&panic))
    }

    /// The same file under a new name, there for good. `None`: there is none.
    pub async fn renamed_copy(&self, key: &str) -> io::Result<Option<Key>> {
        let Ok(key) = key.parse::<Key>() else {
            return Ok(None);
        };
        let fresh = Key::random(key.file_type());
        let copied = made::copy(&self.storage, key, fresh).await?;
        Ok(copied.then_some(fresh))
    }

    /// To be read from its beginning to its end. `None` when there is no such file or `key` is no
    /// key at all.
    pub async fn open(&self, key: &str) -> io::Result<Option<Stored>> {
        self.open_for(key, false).await
    }

    /// The same; `webp`: where the picture lies there as WebP, too, rather that.
    pub async fn open_for(&self, key: &str, webp: bool) -> io::Result<Option<Stored>> {
        for key in names(key, webp) {
            if let Some(stored) = self.storage.open(key).await? {
                return Ok(Some(stored));
            }
        }
        Ok(None)
    }

    /// What [`Self::open_for`] would open.
    pub async fn find_for(&self, key: &str, webp: bool) -> io::Result<Option<Found>> {
        for key in names(key, webp) {
            if let Some(found) = self.storage.find(key).await? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// `None`: it is gone meanwhile.
    pub async fn part(&self, found: Found, part: Part) -> io::Result<Option<Content>> {
        self.storage.part(found.key, part).await
    }

    /// Whether there was such a file, as far as the storage tells. Removing twice is no error.
    pub async fn remove(&self, key: &str) -> io::Result<bool> {
        match key.parse() {
            Ok(key) => made::remove(&self.storage, key).await,
            Err(_) => Ok(false),
        }
    }

    /// Removes what was begun before that moment and never finished, among names that begin with these two digits.
    pub async fn drop_unfinished(&self, shard: u8, before: Timestamp) -> io::Result<()> {
        self.storage.drop_unfinished(shard, before).await
    }

    /// All kept files whose name begins with these two hexadecimal digits, in no order. What lies
    /// beside a picture as WebP goes with it and is not told.
    pub async fn list(&self, shard: u8) -> io::Result<Vec<Listed>> {
        let mut listed = self.storage.list(shard).await?;
        listed.retain(|it| it.key.file_type() != FileType::Webp);
        Ok(listed)
    }
}

/// Under which names to look, the best first.
fn names(key: &str, webp: bool) -> impl Iterator<Item = Key> {
    let key = key.parse::<Key>().ok();
    let lighter = key.and_then(Key::lighter).filter(|_| webp);
    lighter.into_iter().chain(key)
}

fn closed(error: AcquireError) -> Fault {
    Fault::Storage(io::Error::other(error))
}

fn gave_up<T>(panic: &JoinError) -> Result<T, Fault> {
    tracing::error!(%panic, "a decoder gave up");
    Err(PictureFault::Damaged.into())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::drawn;

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
        // The preview as WebP, too.
        assert_eq!(files(folder.path()).len(), 3);

        let key = kept.original.key.to_string();
        let stored = media.open(&key).await.unwrap().unwrap();
        assert_eq!(stored.bytes, kept.original.bytes);
        assert_eq!(stored.key, kept.original.key);
        let bytes = stored.content.all().await.unwrap();
        assert_eq!(bytes.len() as u64, kept.original.bytes);

        let found = media.find_for(&key, false).await.unwrap().unwrap();
        assert_eq!(found.bytes, kept.original.bytes);
        let middle = Part {
            first: 10,
            last: 19,
        };
        let part = media.part(found, middle).await.unwrap().unwrap();
        assert_eq!(part.all().await.unwrap(), bytes[10..20]);

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
    async fn what_lies_beside_a_preview_as_webp_shares_its_address_and_its_fate() {
        let folder = tempfile::tempdir().unwrap();
        let media = Media::in_folder(folder.path());
        let kept = media.keep(drawn::scene("market")).await.unwrap();
        let preview = kept.preview.unwrap().key.to_string();
        let copy = media.renamed_copy(&preview).await.unwrap().unwrap();
        for key in [preview, copy.to_string()] {
            let plain = media.open(&key).await.unwrap().unwrap();
            let lighter = media.open_for(&key, true).await.unwrap().unwrap();
            assert_eq!(lighter.key.file_type(), FileType::Webp);
            assert!(lighter.bytes < plain.bytes);
            let found = media.find_for(&key, true).await.unwrap().unwrap();
            assert_eq!((found.key, found.bytes), (lighter.key, lighter.bytes));
            let bytes = lighter.content.all().await.unwrap();
            assert!(bytes.starts_with(b"RIFF") && bytes.len() as u64 == found.bytes);
            let shard = u8::from_str_radix(&key[..2], 16).unwrap();
            let listed = media.list(shard).await.unwrap();
            assert!(listed.iter().any(|it| it.key.to_string() == key));
            assert!(listed.iter().all(|it| it.key.file_type() != FileType::Webp));
            assert!(media.remove(&key).await.unwrap());
            assert_eq!(media.find_for(&key, true).await.unwrap(), None);
        }
        let original = kept.original.key.to_string();
        let only = media.open_for(&original, true).await.unwrap().unwrap();
        assert_eq!(only.key, kept.original.key);
        assert_eq!(files(folder.path()).len(), 1);
    }

    #[tokio::test]
    async fn a_small_picture_is_its_own_preview() {
        let folder = tempfile::tempdir().unwrap();
        let media = Media::in_folder(folder.path());
        let avatar = drawn::avatar("marie", drawn::Motif::Person);
        let kept = media.keep_picture(avatar, Shape::Avatar).await.unwrap();
        assert_eq!(kept.original, kept.preview);
        assert_eq!(kept.blurhash, None);
        let files = files(folder.path());
        let webp = |path: &&PathBuf| path.extension().is_some_and(|it| it == "webp");
        assert_eq!(files.len() - files.iter().filter(webp).count(), 1);
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

    #[tokio::test]
    async fn a_picture_that_cannot_be_kept_is_our_fault_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let not_a_folder = folder.path().join("file");
        fs::write(&not_a_folder, "").unwrap();
        let media = Media::in_folder(&not_a_folder);
        let kept = media.keep_picture(drawn::scene("x"), Shape::Post).await;
        assert!(matches!(kept, Err(Fault::Storage(_))));
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
        while files(folder.path()).len() < 3 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        assert_eq!(media.places.available_permits(), PLACES as usize);
    }
}
