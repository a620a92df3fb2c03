//! A folder of small versions of pictures that lie elsewhere. What is lost from it is made again, so nothing is written
//! more carefully than that. Knows no address, no quota and nobody whose pictures they are.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use parvis_model::limits;
use tokio::sync::Semaphore;

use crate::{
    Fault,
    key::FileType,
    picture::{PictureFault, Shape, Upload},
};

/// Pictures of others worked on at the same time, beside those of residents: whoever writes here goes first.
const PLACES: usize = 1;
/// Nobody chose these for us: half of what a resident may bring.
const PIXELS: u64 = limits::PICTURE_PIXELS / 2;

/// Where a picture lies: whoever asks for the same again finds it under the same number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Slot {
    pub number: u128,
    pub shape: Shape,
}

/// A picture as it was put into the folder.
#[derive(Clone, Debug)]
pub struct Cached {
    pub file_type: FileType,
    pub bytes: Vec<u8>,
    pub width: u32,
    pub height: u32,
    /// Only for [`Shape::Preview`] and [`Shape::Post`].
    pub blurhash: Option<String>,
}

/// Cloning gives another handle on the same folder and the same place of work.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: Arc<Path>,
    places: Arc<Semaphore>,
}

impl Slot {
    /// `ab/ab…32 hexadecimal digits…-small`, relative to the folder.
    fn path(self) -> PathBuf {
        let digits = format!("{:032x}", self.number);
        let shape = match self.shape {
            Shape::Post => "large",
            Shape::Preview => "small",
            Shape::Emoji => "emoji",
            Shape::Avatar => "avatar",
            Shape::Header => "header",
            Shape::Icon => "icon",
        };
        Path::new(&digits[..2]).join(format!("{digits}-{shape}"))
    }
}

impl Cache {
    /// The folder is made when the first picture is kept.
    pub fn in_folder(path: impl Into<PathBuf>) -> Self {
        Self {
            folder: Arc::from(path.into()),
            places: Arc::new(Semaphore::new(PLACES)),
        }
    }

    /// Checks, decodes, resizes and keeps a picture, in place of what lay there.
    pub async fn keep(&self, slot: Slot, bytes: Vec<u8>) -> Result<Cached, Fault> {
        let upload = Upload::check(bytes)?;
        if upload.pixels() > PIXELS {
            return Err(PictureFault::TooManyPixels.into());
        }
        let place = Arc::clone(&self.places)
            .acquire_owned()
            .await
            .map_err(|closed| Fault::Storage(io::Error::other(closed)))?;
        let target = self.folder.join(slot.path());
        let work = tokio::task::spawn_blocking(move || {
            // Held by the work, not by the waiting: a caller that goes away frees no place early.
            let _place = place;
            let prepared = upload.prepare(slot.shape)?;
            write(&target, &prepared.original.bytes)?;
            Ok(Cached {
                file_type: prepared.original.file_type,
                bytes: prepared.original.bytes,
                width: prepared.original.width,
                height: prepared.original.height,
                blurhash: prepared.blurhash,
            })
        });
        work.await.unwrap_or_else(|panic| {
            tracing::error!(%panic, "a picture decoder gave up");
            Err(PictureFault::Damaged.into())
        })
    }

    /// `None`: it is not there (any more).
    pub async fn read(&self, slot: Slot) -> io::Result<Option<Vec<u8>>> {
        match tokio::fs::read(self.folder.join(slot.path())).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Removing twice is no error.
    pub async fn remove(&self, slot: Slot) -> io::Result<()> {
        match tokio::fs::remove_file(self.folder.join(slot.path())).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// Whole or not at all for whoever reads meanwhile. The half-written file is nobody's slot.
fn write(target: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(target.parent().unwrap_or(target))?;
    let part = target.with_extension(format!("{:016x}.part", rand::random::<u64>()));
    let written = fs::write(&part, bytes).and_then(|()| fs::rename(&part, target));
    written.inspect_err(|_| {
        if let Err(left) = fs::remove_file(&part) {
            tracing::warn!(%left, "an unfinished file stays among the cached pictures");
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drawn;

    fn slot(shape: Shape) -> Slot {
        Slot { number: 7, shape }
    }

    #[tokio::test]
    async fn a_picture_lies_there_in_each_of_its_sizes_until_it_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::in_folder(folder.path().join("cache"));
        let scene = drawn::scene("market");
        let small = cache
            .keep(slot(Shape::Preview), scene.clone())
            .await
            .unwrap();
        assert_eq!((small.width, small.height), (640, 427));
        assert!(small.blurhash.is_some());
        let within_words = cache.keep(slot(Shape::Emoji), scene.clone()).await.unwrap();
        assert_eq!((within_words.width, within_words.height), (128, 85));
        let large = cache.keep(slot(Shape::Post), scene).await.unwrap();
        assert_eq!((large.width, large.height), (1200, 800));
        let read = |shape| cache.read(slot(shape));
        assert_eq!(read(Shape::Preview).await.unwrap(), Some(small.bytes));
        assert_eq!(read(Shape::Post).await.unwrap(), Some(large.bytes));
        assert_eq!(read(Shape::Avatar).await.unwrap(), None);
        cache.remove(slot(Shape::Post)).await.unwrap();
        cache.remove(slot(Shape::Post)).await.unwrap();
        assert_eq!(read(Shape::Post).await.unwrap(), None);
        assert!(read(Shape::Preview).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn what_is_no_picture_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::in_folder(folder.path());
        for bytes in [
            &b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>"[..],
            b"<html>",
            b"",
            b"\x89PNG\r\n\x1a\n",
        ] {
            let kept = cache.keep(slot(Shape::Preview), bytes.to_vec()).await;
            assert!(matches!(kept, Err(Fault::Picture(_))), "{bytes:?}");
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
