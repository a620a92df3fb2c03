//! Uploads on their way: written to disk as they arrive, so that memory holds none of those that wait for a worker, and none
//! is lost when the program ends meanwhile. Nobody can open them. Knows not what they hold.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use aws_lc_rs::digest;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// Beside the folders of kept files; no key begins like this.
const FOLDER: &str = "incoming";
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
        let mut head = Vec::new();
        let file = tokio::fs::File::open(&self.path).await?;
        file.take(HEAD as u64).read_to_end(&mut head).await?;
        Ok(head)
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

/// `None`: not here (any more).
pub(crate) async fn read(folder: &Path, number: i64) -> io::Result<Option<Vec<u8>>> {
    match tokio::fs::read(place(folder, number)).await {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

pub(crate) fn is_here(folder: &Path, number: i64) -> bool {
    place(folder, number).exists()
}

pub(crate) fn discard(folder: &Path, number: i64) {
    remove(&place(folder, number));
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
        let found = name.to_str().and_then(|name| name.parse::<i64>().ok());
        if found.is_some_and(|found| found < number) {
            remove(&entry.path());
        }
    }
    Ok(())
}

fn place(folder: &Path, number: i64) -> PathBuf {
    folder.join(FOLDER).join(number.to_string())
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
}
