//! Where kept files lie: in a folder, or in a bucket. Knows not what they hold, nor who may see them.

use std::io;

use bytes::Bytes;
use parvis_model::clock::Timestamp;
use tokio::io::AsyncReadExt as _;

use crate::{
    bucket::{self, Bucket},
    folder::Folder,
    key::Key,
};

/// Bytes of a file that are read at once.
const PIECE: usize = 64 * 1024;

/// What is kept is there in full and for good when `put` returns, or not at all.
#[derive(Clone, Debug)]
pub(crate) enum Storage {
    Folder(Folder),
    Bucket(Bucket),
}

/// A kept file, not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    pub key: Key,
    pub bytes: u64,
}

/// A kept file, open for reading.
#[derive(Debug)]
pub struct Stored {
    pub key: Key,
    /// Of the whole file.
    pub bytes: u64,
    pub content: Content,
}

/// One of the files that lie there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    pub key: Key,
    /// When it came under this name.
    pub since: Timestamp,
}

/// Part of a file: bytes, both counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    pub first: u64,
    pub last: u64,
}

/// What a file holds, read as it is needed: never more than a piece lies in memory.
#[derive(Debug)]
pub struct Content(Source);

#[derive(Debug)]
enum Source {
    File(tokio::io::Take<tokio::fs::File>),
    Object(bucket::Answer),
}

impl Content {
    pub(crate) fn of_file(file: tokio::fs::File, length: u64) -> Self {
        Self(Source::File(file.take(length)))
    }

    pub(crate) fn of_object(answer: bucket::Answer) -> Self {
        Self(Source::Object(answer))
    }

    /// `None`: that was all.
    pub async fn piece(&mut self) -> io::Result<Option<Bytes>> {
        match &mut self.0 {
            Source::Object(answer) => answer.piece().await,
            Source::File(file) => {
                let mut piece = vec![0; PIECE];
                let read = file.read(&mut piece).await?;
                piece.truncate(read);
                Ok((read > 0).then(|| Bytes::from(piece)))
            }
        }
    }

    /// Everything at once, for files that are known to be small.
    pub async fn all(mut self) -> io::Result<Vec<u8>> {
        let mut all = Vec::new();
        while let Some(piece) = self.piece().await? {
            all.extend_from_slice(&piece);
        }
        Ok(all)
    }
}

impl Part {
    pub(crate) fn length(self) -> u64 {
        self.last - self.first + 1
    }
}

impl Storage {
    pub async fn put(&self, key: Key, bytes: Vec<u8>) -> io::Result<()> {
        match self {
            Self::Folder(folder) => folder.put(key, bytes).await,
            Self::Bucket(bucket) => bucket.put(key, bytes).await,
        }
    }

    pub async fn find(&self, key: Key) -> io::Result<Option<Found>> {
        let bytes = match self {
            Self::Folder(folder) => folder.bytes(key).await,
            Self::Bucket(bucket) => bucket.bytes(key).await,
        };
        Ok(bytes?.map(|bytes| Found { key, bytes }))
    }

    pub async fn open(&self, key: Key) -> io::Result<Option<Stored>> {
        let opened = match self {
            Self::Folder(folder) => folder.open(key).await,
            Self::Bucket(bucket) => bucket.open(key).await,
        };
        Ok(opened?.map(|(bytes, content)| Stored {
            key,
            bytes,
            content,
        }))
    }

    pub async fn part(&self, key: Key, part: Part) -> io::Result<Option<Content>> {
        match self {
            Self::Folder(folder) => folder.part(key, part).await,
            Self::Bucket(bucket) => bucket.part(key, part).await,
        }
    }

    /// The same file under a second name. `false`: there is none.
    pub async fn copy(&self, from: Key, to: Key) -> io::Result<bool> {
        match self {
            Self::Folder(folder) => folder.copy(from, to).await,
            Self::Bucket(bucket) => bucket.copy(from, to).await,
        }
    }

    /// Removing twice is no error. `false`: there was none; a bucket does not tell and always says `true`.
    pub async fn remove(&self, key: Key) -> io::Result<bool> {
        match self {
            Self::Folder(folder) => folder.remove(key).await,
            Self::Bucket(bucket) => bucket.remove(key).await.map(|()| true),
        }
    }

    /// A bucket holds nothing that is not whole.
    pub async fn drop_unfinished(&self, shard: u8, before: Timestamp) -> io::Result<()> {
        match self {
            Self::Folder(folder) => folder.drop_unfinished(shard, before).await,
            Self::Bucket(_) => Ok(()),
        }
    }

    /// All whose name begins with these two hexadecimal digits.
    pub async fn list(&self, shard: u8) -> io::Result<Vec<Listed>> {
        match self {
            Self::Folder(folder) => folder.list(shard).await,
            Self::Bucket(bucket) => bucket.list(shard).await,
        }
    }
}
