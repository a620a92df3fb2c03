//! A town in one file, and back: database, media and a manifest in a plain tar archive. The town may go on running while it is
//! saved; nothing that exists is ever overwritten.

use std::{
    fs::{self, File},
    io::{self, Read as _, Write as _},
    path::{Component, Path, PathBuf},
};

use anyhow::{Context as _, anyhow};
use parvis_model::clock::Clock;
use serde::{Deserialize, Serialize};

use crate::{
    exit::{Done, Stop},
    installation::{self, Place},
    output::remark,
    public_url::PublicUrl,
    settings::Settings,
    towns,
};

const MANIFEST: &str = "manifest.json";
const DATABASE: &str = "parvis.sqlite";
const MEDIA: &str = "media";
/// The format of the archive; a program refuses formats it does not know.
const FORMAT: u32 = 1;
/// A manifest is a few lines; anything longer is something else.
const MANIFEST_BYTES: u64 = 64 * 1024;

/// What an archive says about itself. It comes first in the file.
#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    format: u32,
    parvis: String,
    /// RFC 3339, UTC.
    made_at: String,
    public_url: String,
    /// Is the database in the archive? That of a PostgreSQL town is not.
    database: bool,
    /// Where residents' files stay that are not in the archive, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bucket: Option<String>,
}

/// Writes the town to a new file.
pub async fn save(place: &Place, file: &Path) -> Done {
    place.must_be_founded()?;
    if file.exists() {
        return Err(Stop::refused(format!("{} exists already", file.display())));
    }
    let folder = parent(file);
    let making = || format!("making a backup in {}", folder.display());
    let scratch = tempfile::tempdir_in(folder).with_context(making)?;
    let copy = match place.sqlite_file() {
        Some(_) => Some(copied_database(place, scratch.path()).await?),
        None => None,
    };
    let manifest = Manifest {
        format: FORMAT,
        parvis: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: now(),
        public_url: place.public_url.to_string(),
        database: copy.is_some(),
        bucket: place.bucket.place(place.host()),
    };
    // Takes its name only when it is whole, and never that of another file.
    let unfinished = tempfile::NamedTempFile::new_in(folder).with_context(making)?;
    pack(
        unfinished.as_file(),
        &manifest,
        copy.as_deref(),
        &place.media(),
    )
    .with_context(|| format!("writing {}", file.display()))?;
    unfinished
        .persist_noclobber(file)
        .with_context(|| format!("writing {}", file.display()))?;
    remark(format_args!(
        "{} is saved in {}.",
        place.host(),
        file.display()
    ));
    if !manifest.database {
        remark(format_args!(
            "Its database is PostgreSQL and not in this file. Save it beside it, at the same time:\n  \
             pg_dump --format=custom --file={}.pgdump {}",
            file.display(),
            place.database()
        ));
    }
    if let Some(bucket) = &manifest.bucket {
        remark(format_args!(
            "Its pictures, sound and video lie in {bucket} and are not in this file: they stay there. \
             Keep a second copy by the means of that storage."
        ));
    }
    Ok(())
}

/// A consistent copy by SQLite's own means, while others go on writing.
async fn copied_database(place: &Place, folder: &Path) -> Done<PathBuf> {
    let copy = folder.join(DATABASE);
    let town = towns::open(place, true, Clock::system()).await?;
    town.store
        .copy_to(&copy)
        .await
        .context("copying the database")?;
    Ok(copy)
}

fn pack(file: &File, manifest: &Manifest, database: Option<&Path>, media: &Path) -> io::Result<()> {
    let mut archive = tar::Builder::new(file);
    let page = serde_json::to_vec_pretty(manifest)?;
    append(
        &mut archive,
        Path::new(MANIFEST),
        page.len() as u64,
        page.as_slice(),
    )?;
    if let Some(database) = database {
        append_file(&mut archive, database, Path::new(DATABASE))?;
    }
    append_folder(&mut archive, media, Path::new(MEDIA))?;
    archive.into_inner()?.sync_all()
}

/// Every file below a folder, in the order of their names. One that is deleted meanwhile is left out.
fn append_folder(archive: &mut tar::Builder<&File>, folder: &Path, name: &Path) -> io::Result<()> {
    let Some(entries) = or_none(fs::read_dir(folder))? else {
        return Ok(());
    };
    let mut entries: Vec<_> = entries.collect::<io::Result<_>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = name.join(entry.file_name());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            append_folder(archive, &entry.path(), &name)?;
        } else if kind.is_file() {
            append_file(archive, &entry.path(), &name)?;
        }
    }
    Ok(())
}

fn append_file(archive: &mut tar::Builder<&File>, file: &Path, name: &Path) -> io::Result<()> {
    let Some(content) = or_none(File::open(file))? else {
        return Ok(());
    };
    let size = content.metadata()?.len();
    append(archive, name, size, content.take(size))
}

fn append(
    archive: &mut tar::Builder<&File>,
    name: &Path,
    size: u64,
    content: impl io::Read,
) -> io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(size);
    header.set_mode(0o600);
    archive.append_data(&mut header, name, content)
}

fn or_none<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// For this user's eyes only: keys, passwords' hashes and private messages lie in it.
fn private_file(file: &Path) -> io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)
}

/// Puts a saved town where there is none yet.
pub async fn restore(settings: &Settings, file: &Path) -> Done {
    let (folder, manifest) = unpack_beside(settings, file)?;
    let public_url = address(&manifest)?;
    let mut place = destination(settings, public_url)?;
    if !manifest.database {
        place = place.on_postgres();
    }
    if manifest.database && place.sqlite_file() != Some(place.database_file()) {
        return Err(Stop::wrong(format!(
            "database_url = \"{}\": the backup holds a database of its own; restore it without \
             that setting",
            place.database()
        )));
    }
    move_in(folder.path(), &place)?;
    place.found()?;
    if manifest.database {
        towns::open(&place, true, Clock::system()).await?;
    }
    remark(format_args!(
        "{} is restored in {}.",
        place.host(),
        place.folder.display()
    ));
    if !manifest.database {
        remark(format_args!(
            "Its database was PostgreSQL and is not in this file: bring it back with pg_restore \
             before you start the town."
        ));
    }
    if place.misses_its_database() {
        remark(format_args!(
            "Then say where it is: the town does not open until {} has a line\n  \
             database_url = \"postgres://USER:PASSWORD@HOST/DATABASE\"",
            place.town_toml().display()
        ));
    }
    if let Some(bucket) = manifest.bucket {
        remark(format_args!(
            "Its pictures, sound and video are not in this file. They lay in {bucket}: bring them back there if \
             need be, and give the same media.s3 settings. Do not start this town while the one it was saved from \
             still runs: each would remove files of the other. For a trial give it a bucket of its own."
        ));
    }
    Ok(())
}

fn address(manifest: &Manifest) -> Done<PublicUrl> {
    if manifest.format != FORMAT {
        let needed = &manifest.parvis;
        return Err(Stop::refused(format!(
            "this backup needs Parvis {needed} or newer"
        )));
    }
    manifest
        .public_url
        .parse()
        .map_err(|()| Stop::refused(format!("{}: not a town's address", manifest.public_url)))
}

/// The data folder itself, where it is meant for this town or for nobody; else a folder among several.
fn destination(settings: &Settings, public_url: PublicUrl) -> Done<Place> {
    let places = installation::places(settings)?;
    let own = places.iter().find(|place| place.public_url == public_url);
    let vacant = |place: &&Place| !place.is_inhabited() && settings.public_url.is_none();
    let free = || places.iter().find(vacant).filter(|_| places.len() == 1);
    let place = if let Some(place) = own.or_else(free) {
        place.with_address(public_url)
    } else {
        let folder = installation::folder_of(settings, &public_url);
        Place::new(public_url, folder, None).with(settings)
    };
    if place.is_inhabited() || place.media().exists() {
        return Err(Stop::refused(format!(
            "There are data in {} already; a restore overwrites nothing.",
            place.folder.display()
        )));
    }
    Ok(place)
}

/// Unpacks into a scratch folder on the same disk, so that a broken archive leaves nothing behind.
fn unpack_beside(settings: &Settings, file: &Path) -> Done<(tempfile::TempDir, Manifest)> {
    let archive = match File::open(file) {
        Ok(archive) => archive,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(Stop::not_found(format!(
                "There is no file {}",
                file.display()
            )));
        }
        Err(error) => return Err(anyhow!("{}: {error}", file.display()).into()),
    };
    let data_dir = &settings.data_dir;
    installation::make_private_folder(data_dir).with_context(|| data_dir.display().to_string())?;
    let folder = tempfile::Builder::new()
        .prefix(".restore-")
        .tempdir_in(data_dir)
        .with_context(|| data_dir.display().to_string())?;
    let manifest = unpack(archive, folder.path())
        .with_context(|| format!("{} is not a backup that can be used", file.display()))?;
    Ok((folder, manifest))
}

fn unpack(archive: File, folder: &Path) -> anyhow::Result<Manifest> {
    let mut archive = tar::Archive::new(archive);
    let mut manifest = None;
    for entry in archive.entries()? {
        let mut entry = entry?;
        let name = entry.path()?.into_owned();
        if !entry.header().entry_type().is_file() || !is_ours(&name) {
            return Err(anyhow!(
                "it contains {}, which does not belong there",
                name.display()
            ));
        }
        if name == Path::new(MANIFEST) {
            let mut page = Vec::new();
            entry.take(MANIFEST_BYTES).read_to_end(&mut page)?;
            manifest = Some(serde_json::from_slice(&page).context("its manifest is malformed")?);
            continue;
        }
        let target = folder.join(&name);
        installation::make_private_folder(parent(&target))?;
        let mut kept = private_file(&target).with_context(|| name.display().to_string())?;
        io::copy(&mut entry, &mut kept)?;
        kept.flush()?;
    }
    let manifest: Manifest = manifest.context("it has no manifest")?;
    if manifest.database != folder.join(DATABASE).exists() {
        return Err(anyhow!("its database is missing"));
    }
    Ok(manifest)
}

/// Only what [`pack`] writes, and nothing that leads elsewhere.
fn is_ours(name: &Path) -> bool {
    let mut parts = Vec::new();
    for part in name.components() {
        let Component::Normal(part) = part else {
            return false;
        };
        parts.push(part);
    }
    match parts.as_slice() {
        [single] => *single == MANIFEST || *single == DATABASE,
        [first, ..] => *first == MEDIA,
        [] => false,
    }
}

fn move_in(from: &Path, place: &Place) -> Done {
    installation::make_private_folder(&place.folder)
        .with_context(|| place.folder.display().to_string())?;
    for name in [MEDIA, DATABASE] {
        let source = from.join(name);
        if source.exists() {
            let target = place.folder.join(name);
            fs::rename(&source, &target).with_context(|| target.display().to_string())?;
        }
    }
    Ok(())
}

fn parent(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn now() -> String {
    jiff::Timestamp::from_millisecond(Clock::system().now())
        .map(|now| now.to_string())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(database: bool) -> Manifest {
        Manifest {
            format: FORMAT,
            parvis: "0.1.0".into(),
            made_at: now(),
            public_url: "https://valmont.example".into(),
            database,
            bucket: None,
        }
    }

    /// An archive with one more file under a name of the attacker's choice.
    fn archive_with(folder: &Path, name: &[u8], kind: tar::EntryType) -> File {
        let file = folder.join("archive");
        let created = File::create(&file).unwrap();
        let mut archive = tar::Builder::new(&created);
        let page = serde_json::to_vec(&manifest(false)).unwrap();
        append(
            &mut archive,
            Path::new(MANIFEST),
            page.len() as u64,
            page.as_slice(),
        )
        .unwrap();
        let mut header = tar::Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name);
        header.set_entry_type(kind);
        header.set_mode(0o600);
        header.set_size(4);
        header.set_cksum();
        archive.append(&header, &b"evil"[..]).unwrap();
        archive.finish().unwrap();
        File::open(file).unwrap()
    }

    #[test]
    fn what_was_packed_is_unpacked_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let media = folder.path().join("source/media/ab");
        fs::create_dir_all(&media).unwrap();
        fs::write(media.join("picture.webp"), b"a picture").unwrap();
        let database = folder.path().join("copy");
        fs::write(&database, b"a database").unwrap();
        let file = folder.path().join("backup.tar");
        let created = File::create(&file).unwrap();
        pack(
            &created,
            &manifest(true),
            Some(&database),
            &folder.path().join("source/media"),
        )
        .unwrap();

        let target = folder.path().join("target");
        let read = unpack(File::open(&file).unwrap(), &target).unwrap();
        assert_eq!(read.public_url, "https://valmont.example");
        assert_eq!(
            fs::read(target.join("media/ab/picture.webp")).unwrap(),
            b"a picture"
        );
        assert_eq!(
            fs::read(target.join("parvis.sqlite")).unwrap(),
            b"a database"
        );
    }

    #[test]
    fn an_archive_cannot_write_outside_its_folder() {
        let names: [&[u8]; 5] = [
            b"../evil",
            b"/tmp/evil",
            b"media/../../evil",
            b"town.toml",
            b"media/./../../../x",
        ];
        for name in names {
            let folder = tempfile::tempdir().unwrap();
            let archive = archive_with(folder.path(), name, tar::EntryType::Regular);
            let target = folder.path().join("target");
            assert!(
                unpack(archive, &target).is_err(),
                "{}",
                String::from_utf8_lossy(name)
            );
            assert!(!target.exists(), "nothing was written");
        }
    }

    #[test]
    fn an_archive_cannot_bring_links() {
        for kind in [
            tar::EntryType::Symlink,
            tar::EntryType::Link,
            tar::EntryType::Fifo,
        ] {
            let folder = tempfile::tempdir().unwrap();
            let archive = archive_with(folder.path(), b"media/link", kind);
            assert!(
                unpack(archive, &folder.path().join("target")).is_err(),
                "{kind:?}"
            );
        }
    }

    #[test]
    fn an_archive_without_manifest_or_database_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let empty = folder.path().join("empty.tar");
        tar::Builder::new(File::create(&empty).unwrap())
            .into_inner()
            .unwrap();
        assert!(unpack(File::open(&empty).unwrap(), &folder.path().join("a")).is_err());

        let half = folder.path().join("half.tar");
        pack(
            &File::create(&half).unwrap(),
            &manifest(true),
            None,
            Path::new("nowhere"),
        )
        .unwrap();
        assert!(unpack(File::open(&half).unwrap(), &folder.path().join("b")).is_err());
    }

    #[tokio::test]
    async fn what_was_on_postgresql_is_not_founded_anew_in_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("backup.tar");
        let created = File::create(&file).unwrap();
        pack(&created, &manifest(false), None, Path::new("nowhere")).unwrap();
        let settings = Settings {
            data_dir: folder.path().join("data"),
            ..Settings::default()
        };
        restore(&settings, &file).await.unwrap();

        let place = installation::places(&settings).unwrap().remove(0);
        assert_eq!(place.host(), "valmont.example");
        assert!(matches!(
            towns::open(&place, true, Clock::system()).await,
            Err(Stop::Wrong(_))
        ));
        assert!(!place.database_file().exists(), "an empty town");
        assert!(matches!(place.must_be_founded(), Err(Stop::Wrong(_))));
    }
}
