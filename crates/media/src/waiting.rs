//! Uploads on their way: written to disk as they arrive, so that memory holds none of those that wait for a worker, and none
//! is lost when the program ends meanwhile. Nobody can open them. Knows not what they hold.

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use aws_lc_rs::digest;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// Beside the folders of kept files; no key begins like this.
const FOLDER: &str = "incoming";
/// What is made of an upload meanwhile lies beside it, in a folder of its number with this behind it.
const WORK: &str = ".work";
/// Enough to recognise what it is.
const HEAD: usize = 64 * 1024;

/// An upload that is still arriving. Dropped, it is gone.
pub struct Incoming {
    file: tokio::fs::File,
    upload: Waiting,
    hashed: digest::Context,
}

/// An upload that lies on the disk, whole. Dropped, it is gone, unless it was [left](Self::leave).
#[derive(Debug)]
pub struct Waiting {
    path: PathBuf,
    number: i64,
    bytes: u64,
    /// SHA-256 of all of it.
    digest: Vec<u8>,
    left: bool,
}

impl Incoming {
    pub(crate) async fn begin(folder: &Path, number: i64) -> io::Result<Self> {
        let path = place(folder, number);
        tokio::fs::create_dir_all(folder.join(FOLDER)).await?;
        Ok(Self {
            file: tokio::fs::File::create_new(&path).await?,
            upload: Waiting {
                path,
                number,
                bytes: 0,
                digest: Vec::new(),
                left: false,
            },
            hashed: digest::Context::new(&digest::SHA256),
        })
    }

    pub async fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        self.upload.bytes += piece.len() as u64;
        self.hashed.update(piece);
        self.file.write_all(piece).await
    }

    /// When this returns it is on the disk for good.
    pub async fn finished(mut self) -> io::Result<Waiting> {
        self.file.flush().await?;
        self.file.sync_all().await?;
        self.upload.digest = self.hashed.finish().as_ref().to_vec();
        Ok(self.upload)
    }
}

impl Waiting {
    pub fn number(&self) -> i64 {
        self.number
    }

    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// SHA-256 of what was sent: the same file has the same.
    pub fn digest(&self) -> &[u8] {
        &self.digest
    }

    /// It stays until somebody prepares or discards it.
    pub fn leave(mut self) {
        self.left = true;
    }

    pub(crate) async fn head(&self) -> io::Result<Vec<u8>> {
        start_of(&self.path, HEAD).await
    }

    pub(crate) async fn all(&self) -> io::Result<Vec<u8>> {
        tokio::fs::read(&self.path).await
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if !self.left {
            remove(&self.path);
        }
    }
}

/// A folder for what is made of an upload. Dropped, it is gone; where the program was killed, it goes with the upload.
pub(crate) struct Workplace(PathBuf);

impl Workplace {
    /// Empty, whatever was left of an earlier one.
    pub(crate) fn beside(folder: &Path, number: i64) -> io::Result<Self> {
        let path = std::path::absolute(workplace(folder, number))?;
        clear(&path);
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    /// Where a file of this name belongs, from the root on.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Workplace {
    fn drop(&mut self) {
        clear(&self.0);
    }
}

/// `None`: not here (any more).
pub(crate) async fn read(folder: &Path, number: i64) -> io::Result<Option<Vec<u8>>> {
    there(tokio::fs::read(place(folder, number)).await)
}

/// Its first bytes.
pub(crate) async fn head(folder: &Path, number: i64) -> io::Result<Option<Vec<u8>>> {
    there(start_of(&place(folder, number), HEAD).await)
}

/// The first bytes of a file, at most so many.
pub(crate) async fn start_of(path: &Path, most: usize) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    let file = tokio::fs::File::open(path).await?;
    file.take(most as u64).read_to_end(&mut start).await?;
    Ok(start)
}

fn there<T>(read: io::Result<T>) -> io::Result<Option<T>> {
    match read {
        Ok(it) => Ok(Some(it)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Where files are laid down that are made of an upload, each under a number of its own. They go with the upload.
pub struct Beside(PathBuf);

impl Beside {
    pub(crate) fn of(folder: &Path, upload: i64) -> Self {
        Self(workplace(folder, upload))
    }

    /// Before the first file. What was laid down before goes.
    pub fn begin(&self) -> io::Result<()> {
        self.forget();
        fs::create_dir_all(&self.0)
    }

    /// `false`: it is longer than `most` bytes, and nothing of it stays. Where the upload is gone meanwhile the folder is, too,
    /// and it is laid down nowhere.
    pub fn lay(&self, number: i64, content: impl Read, most: u64) -> io::Result<bool> {
        let path = self.place(number);
        let written = copied(&path, content.take(most.saturating_add(1)));
        let fits = written.as_ref().is_ok_and(|bytes| *bytes <= most);
        if !fits {
            remove(&path);
        }
        written.map(|_| fits)
    }

    /// When this returns all of it is on the disk for good.
    pub fn finish(&self) -> io::Result<()> {
        for file in fs::read_dir(&self.0)? {
            fs::File::open(file?.path())?.sync_all()?;
        }
        fs::File::open(&self.0)?.sync_all()
    }

    /// `None`: not here (any more).
    pub fn open(&self, number: i64) -> io::Result<Option<fs::File>> {
        there(fs::File::open(self.place(number)))
    }

    pub(crate) async fn read(&self, number: i64) -> io::Result<Option<Vec<u8>>> {
        there(tokio::fs::read(self.place(number)).await)
    }

    /// All of it goes; the upload itself stays.
    pub fn forget(&self) {
        clear(&self.0);
    }

    fn place(&self, number: i64) -> PathBuf {
        self.0.join(number.to_string())
    }
}

fn copied(path: &Path, mut content: impl Read) -> io::Result<u64> {
    let mut file = fs::File::create(path)?;
    io::copy(&mut content, &mut file)
}

/// `None`: not here (any more).
pub(crate) fn open(folder: &Path, number: i64) -> io::Result<Option<fs::File>> {
    there(fs::File::open(place(folder, number)))
}

pub(crate) fn is_here(folder: &Path, number: i64) -> bool {
    place(folder, number).exists()
}

pub(crate) fn discard(folder: &Path, number: i64) {
    remove(&place(folder, number));
    clear(&workplace(folder, number));
}

/// Removes what was left under a number below this one.
pub(crate) fn forget_before(folder: &Path, number: i64) -> io::Result<()> {
    let entries = match fs::read_dir(folder.join(FOLDER)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let is_work = entry.file_type()?.is_dir();
        let name = name.to_str();
        let found =
            name.and_then(|name| name.strip_suffix(WORK).unwrap_or(name).parse::<i64>().ok());
        if found.is_none_or(|found| found >= number) {
            continue;
        }
        if is_work {
            clear(&entry.path());
        } else {
            remove(&entry.path());
        }
    }
    Ok(())
}

fn place(folder: &Path, number: i64) -> PathBuf {
    folder.join(FOLDER).join(number.to_string())
}

fn workplace(folder: &Path, number: i64) -> PathBuf {
    folder.join(FOLDER).join(format!("{number}{WORK}"))
}

fn clear(path: &Path) {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!(%error, "what was made of an upload stays beside those that wait");
        }
        _ => {}
    }
}

fn remove(path: &Path) {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!(%error, "an upload stays among those that wait");
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_upload_that_is_dropped_is_gone_and_one_that_is_left_stays() {
        let folder = tempfile::tempdir().unwrap();
        let mut incoming = Incoming::begin(folder.path(), 7).await.unwrap();
        incoming.write(b"half").await.unwrap();
        assert!(is_here(folder.path(), 7));
        drop(incoming);
        assert!(!is_here(folder.path(), 7));

        let mut incoming = Incoming::begin(folder.path(), 8).await.unwrap();
        incoming.write(b"wh").await.unwrap();
        incoming.write(b"ole").await.unwrap();
        let waiting = incoming.finished().await.unwrap();
        assert_eq!(
            (waiting.bytes(), waiting.head().await.unwrap()),
            (5, b"whole".to_vec())
        );
        waiting.leave();
        assert_eq!(
            read(folder.path(), 8).await.unwrap(),
            Some(b"whole".to_vec())
        );
        forget_before(folder.path(), 8).unwrap();
        assert!(is_here(folder.path(), 8));
        forget_before(folder.path(), 9).unwrap();
        assert_eq!(read(folder.path(), 8).await.unwrap(), None);
    }

    #[test]
    fn what_is_laid_down_is_there_whole_and_what_is_too_long_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let laid = Beside::of(folder.path(), 3);
        laid.begin().unwrap();
        assert!(laid.lay(7, &b"whole"[..], 5).unwrap());
        laid.finish().unwrap();
        let mut text = String::new();
        let file = laid.open(7).unwrap();
        file.unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "whole");
        assert!(!laid.lay(8, &b"longer"[..], 5).unwrap());
        assert!(laid.open(8).unwrap().is_none());
    }

    #[test]
    fn what_is_laid_down_goes_with_its_upload_and_begins_anew_empty() {
        let folder = tempfile::tempdir().unwrap();
        let laid = Beside::of(folder.path(), 3);
        let ways: [fn(&Path); 4] = [
            |folder| Beside::of(folder, 3).forget(),
            |folder| Beside::of(folder, 3).begin().unwrap(),
            |folder| discard(folder, 3),
            |folder| forget_before(folder, 4).unwrap(),
        ];
        for gone in ways {
            laid.begin().unwrap();
            assert!(laid.lay(7, &b"whole"[..], 5).unwrap());
            gone(folder.path());
            assert!(laid.open(7).unwrap().is_none());
        }
        assert!(laid.lay(7, &b"whole"[..], 5).is_err());
    }

    #[tokio::test]
    async fn what_is_made_of_an_upload_goes_when_it_is_dropped_and_with_the_upload() {
        let folder = tempfile::tempdir().unwrap();
        let work = Workplace::beside(folder.path(), 7).unwrap();
        let file = work.file("half");
        fs::write(&file, "half").unwrap();
        assert!(file.is_absolute());
        // As if the program was killed.
        std::mem::forget(work);
        let work = Workplace::beside(folder.path(), 7).unwrap();
        assert!(!file.exists(), "it begins empty");
        fs::write(&file, "half").unwrap();
        drop(work);
        assert!(!file.parent().unwrap().exists());

        let ways: [fn(&Path); 2] = [
            |folder| discard(folder, 7),
            |folder| forget_before(folder, 8).unwrap(),
        ];
        for removed in ways {
            std::mem::forget(Workplace::beside(folder.path(), 7).unwrap());
            forget_before(folder.path(), 7).unwrap();
            assert!(workplace(folder.path(), 7).exists());
            removed(folder.path());
            assert!(!workplace(folder.path(), 7).exists());
        }
    }
}
