//! A folder of kept files: each is there whole or not at all, also after the power failed. Knows names and bytes, and not what
//! they are.

use std::{
    fs, io,
    io::{SeekFrom, Write},
    os::unix::fs::MetadataExt,
    path::Path,
    sync::Arc,
};

use parvis_model::clock::Timestamp;
use tokio::io::AsyncSeekExt as _;

use crate::{
    key::Key,
    storage::{Content, Listed, Part},
};

/// Of what is being written.
const UNFINISHED: &str = "part";

/// Cloning gives another handle on the same folder.
#[derive(Clone, Debug)]
pub(crate) struct Folder(pub Arc<Path>);

impl Folder {
    pub async fn put(&self, key: Key, bytes: Vec<u8>) -> io::Result<()> {
        self.blocking(move |folder| write_whole(folder, key, &bytes))
            .await
    }

    pub async fn bytes(&self, key: Key) -> io::Result<Option<u64>> {
        let found = tokio::fs::metadata(self.0.join(key.path())).await;
        Ok(there(found)?.map(|found| found.len()))
    }

    pub async fn open(&self, key: Key) -> io::Result<Option<(u64, Content)>> {
        let Some(file) = self.file(key).await? else {
            return Ok(None);
        };
        let bytes = file.metadata().await?.len();
        Ok(Some((bytes, Content::of_file(file, bytes))))
    }

    pub async fn part(&self, key: Key, part: Part) -> io::Result<Option<Content>> {
        let Some(mut file) = self.file(key).await? else {
            return Ok(None);
        };
        file.seek(SeekFrom::Start(part.first)).await?;
        Ok(Some(Content::of_file(file, part.length())))
    }

    async fn file(&self, key: Key) -> io::Result<Option<tokio::fs::File>> {
        there(tokio::fs::File::open(self.0.join(key.path())).await)
    }

    pub async fn copy(&self, from: Key, to: Key) -> io::Result<bool> {
        self.blocking(move |folder| copy(folder, from, to)).await
    }

    pub async fn remove(&self, key: Key) -> io::Result<bool> {
        let removed = tokio::fs::remove_file(self.0.join(key.path())).await;
        Ok(there(removed)?.is_some())
    }

    pub async fn list(&self, shard: u8) -> io::Result<Vec<Listed>> {
        self.blocking(move |folder| list(folder, shard)).await
    }

    pub async fn drop_unfinished(&self, shard: u8, before: Timestamp) -> io::Result<()> {
        self.blocking(move |folder| drop_unfinished(folder, shard, before))
            .await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let folder = Arc::clone(&self.0);
        let work = tokio::task::spawn_blocking(move || work(&folder));
        work.await.map_err(io::Error::other)?
    }
}

/// `None`: it is not there.
fn there<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// A second name where the disk can do that, otherwise a second file.
fn copy(folder: &Path, from: Key, to: Key) -> io::Result<bool> {
    let (source, target) = (folder.join(from.path()), folder.join(to.path()));
    let shard = target.parent().unwrap_or(folder);
    fs::create_dir_all(shard)?;
    match fs::hard_link(&source, &target) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(_) => write_whole(folder, to, &fs::read(&source)?)?,
    }
    fs::File::open(shard)?.sync_all()?;
    Ok(true)
}

fn list(folder: &Path, shard: u8) -> io::Result<Vec<Listed>> {
    let shard = format!("{shard:02x}");
    let Some(entries) = there(fs::read_dir(folder.join(&shard)))? else {
        return Ok(Vec::new());
    };
    let mut listed = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let key = name
            .to_str()
            .and_then(|name| format!("{shard}/{name}").parse().ok());
        let Some(key) = key else { continue };
        // Whoever was removed meanwhile is not listed.
        if let Some(known) = there(entry.metadata())? {
            let since = since(&known);
            listed.push(Listed { key, since });
        }
    }
    Ok(listed)
}

/// When something came under its name: a second name is younger than what it names.
fn since(file: &fs::Metadata) -> Timestamp {
    let changed = file.ctime() * 1_000 + file.ctime_nsec() / 1_000_000;
    let written = file.mtime() * 1_000 + file.mtime_nsec() / 1_000_000;
    changed.max(written)
}

fn drop_unfinished(folder: &Path, shard: u8, before: Timestamp) -> io::Result<()> {
    let shard = folder.join(format!("{shard:02x}"));
    let Some(entries) = there(fs::read_dir(shard))? else {
        return Ok(());
    };
    for entry in entries {
        let path = entry?.path();
        let begun = path.extension().is_some_and(|it| it == UNFINISHED);
        if !begun {
            continue;
        }
        if let Some(known) = there(fs::metadata(&path))?
            && since(&known) < before
        {
            there(fs::remove_file(&path))?;
        }
    }
    Ok(())
}

/// After this returns the file is there in full, also if the power fails; before, it is not there.
/// The half-written file carries a name that is no key, so nobody can open it.
fn write_whole(folder: &Path, key: Key, bytes: &[u8]) -> io::Result<()> {
    let target = folder.join(key.path());
    let part = target.with_added_extension(UNFINISHED);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::FileType;

    #[test]
    fn a_write_that_fails_half_way_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let key = Key::random(FileType::Jpeg);
        // A folder where the file should go makes the last step, the renaming, fail.
        fs::create_dir_all(folder.path().join(key.path()).join("taken")).unwrap();
        assert!(write_whole(folder.path(), key, b"bytes").is_err());
        let shard = folder.path().join(key.path());
        let left = fs::read_dir(shard.parent().unwrap()).unwrap().count();
        assert_eq!(left, 1, "only the folder that was in the way");
    }

    #[tokio::test]
    async fn what_lies_there_is_listed_by_its_first_digits_and_nothing_else_is() {
        let folder = tempfile::tempdir().unwrap();
        let files = Folder(Arc::from(folder.path()));
        let (one, other) = (Key::random(FileType::Jpeg), Key::random(FileType::Mp4));
        files.put(one, b"one".to_vec()).await.unwrap();
        files.put(other, b"other".to_vec()).await.unwrap();
        let shard = folder.path().join(one.path());
        fs::write(shard.with_file_name("notes.txt"), "mine").unwrap();
        let mut found = Vec::new();
        for shard in 0..=u8::MAX {
            found.extend(files.list(shard).await.unwrap());
        }
        assert!(found.iter().all(|it| it.since > 1_700_000_000_000));
        let mut keys: Vec<_> = found.iter().map(|it| it.key.to_string()).collect();
        let mut wanted = [one.to_string(), other.to_string()];
        keys.sort();
        wanted.sort();
        assert_eq!(keys, wanted);
    }

    #[tokio::test]
    async fn a_second_name_is_as_young_as_it_was_given() {
        let folder = tempfile::tempdir().unwrap();
        let files = Folder(Arc::from(folder.path()));
        let (old, new) = (Key::random(FileType::Jpeg), Key::random(FileType::Jpeg));
        files.put(old, b"one".to_vec()).await.unwrap();
        let written = fs::File::open(folder.path().join(old.path())).unwrap();
        written
            .set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_hours(1))
            .unwrap();
        assert!(files.copy(old, new).await.unwrap());
        let digits = new.to_string();
        let shard = u8::from_str_radix(&digits[..2], 16).unwrap();
        let listed = files.list(shard).await.unwrap();
        let listed = listed.iter().find(|it| it.key == new).unwrap();
        assert!(listed.since > 1_700_000_000_000, "{}", listed.since);
    }

    #[tokio::test]
    async fn what_was_never_finished_goes_once_it_is_old() {
        let folder = tempfile::tempdir().unwrap();
        let files = Folder(Arc::from(folder.path()));
        let key = Key::random(FileType::Jpeg);
        files.put(key, b"one".to_vec()).await.unwrap();
        let whole = folder.path().join(key.path());
        let part = whole.with_added_extension(UNFINISHED);
        fs::write(&part, "half").unwrap();
        let shard = u8::from_str_radix(&key.to_string()[..2], 16).unwrap();
        files
            .drop_unfinished(shard, 1_700_000_000_000)
            .await
            .unwrap();
        assert!(part.exists());
        files.drop_unfinished(shard, Timestamp::MAX).await.unwrap();
        assert!(!part.exists() && whole.exists());
    }
}
