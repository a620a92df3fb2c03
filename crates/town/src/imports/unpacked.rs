//! Reads an archive that somebody brings along: a zip file, or a tar file in gzip. Whoever made it may mean harm. What is in it
//! is given to whoever asks for it by name, and no name is ever one of a file here; links, folders and whatever else is no plain
//! file are passed over; files and bytes are counted. Names that do not fit into the head of a tar file (256 bytes) are not read,
//! as nothing we look for has one, so they cannot be endless either. The list at the end of a zip file is read an entry at a
//! time, so it may claim what it likes.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    ops::ControlFlow,
};

use flate2::read::MultiGzDecoder;
use parvis_model::limits;
use zip::{
    CompressionMethod, ZipReadOptions,
    read::{ArchiveOffset, Config, OwnedZipFileEntry, ZipFileEntry},
    unstable::read::ZipIterable,
};

/// How a zip file begins that has anything in it.
const ZIP: [u8; 4] = *b"PK\x03\x04";
/// What kind of file it is, in its mode, …
const KIND: u32 = 0o170_000;
/// … and what a plain one says, if it says anything.
const PLAIN: u32 = 0o100_000;

/// Is given the name of a file and what is in it.
type See<'a> = dyn FnMut(&str, &mut dyn Read) -> io::Result<ControlFlow<()>> + 'a;

/// Gives each plain file to `see`, until that breaks off.
pub fn each_file(
    mut archive: File,
    mut see: impl FnMut(&str, &mut dyn Read) -> io::Result<ControlFlow<()>>,
) -> io::Result<()> {
    let mut beginning = [0; ZIP.len()];
    archive.read_exact(&mut beginning)?;
    archive.rewind()?;
    if beginning == ZIP {
        each_in_zip(archive, &mut see)
    } else {
        each_in_tar(archive, &mut see)
    }
}

/// Entries may lie on top of each other, so what is read of the file is counted as well.
fn each_in_zip(archive: File, see: &mut See<'_>) -> io::Result<()> {
    let (mut packed, mut unpacked) = (limits::ARCHIVE_UNPACKED, limits::ARCHIVE_UNPACKED);
    let archive = Bounded {
        inner: archive,
        left: &mut packed,
    };
    // Nothing stands before it, so nothing has to be looked for.
    let config = Config {
        archive_offset: ArchiveOffset::Known(0),
    };
    let mut archive = ZipIterable::try_new(archive, config)?;
    if archive.len() > limits::ARCHIVE_FILES {
        return Err(too_much());
    }
    let entries = archive.files()?;
    while let Some(entry) = entries.next() {
        // Of a borrowed one no more is read than is asked for.
        let entry = OwnedZipFileEntry::from(entry?);
        let entry = entry.as_ref();
        let Some(name) = name_in_zip(&entry) else {
            continue;
        };
        let inner = entry.with_reader(entries.reader_mut(), ZipReadOptions::new())?;
        let mut content = Bounded {
            inner,
            left: &mut unpacked,
        };
        if see(&name, &mut content)?.is_break() {
            return Ok(());
        }
    }
    Ok(())
}

/// The name of a plain file that anybody can read; `None` for all else.
fn name_in_zip(entry: &ZipFileEntry<'_>) -> Option<String> {
    let kind = entry.unix_mode().unwrap_or_default() & KIND;
    let packed = entry.compression();
    let is_read = matches!(
        packed,
        CompressionMethod::Stored | CompressionMethod::Deflated
    ) && matches!(kind, 0 | PLAIN)
        && !entry.encrypted();
    plain_name(entry.name_raw()).filter(|_| is_read)
}

fn each_in_tar(archive: File, see: &mut See<'_>) -> io::Result<()> {
    let mut left = limits::ARCHIVE_UNPACKED;
    let unpacked = Bounded {
        inner: MultiGzDecoder::new(archive),
        left: &mut left,
    };
    let mut archive = tar::Archive::new(unpacked);
    for (count, entry) in archive.entries()?.raw(true).enumerate() {
        if count >= limits::ARCHIVE_FILES {
            return Err(too_much());
        }
        let mut entry = entry?;
        if let Some(name) = name_in_tar(entry.header())
            && see(&name, &mut entry)?.is_break()
        {
            return Ok(());
        }
    }
    Ok(())
}

/// The name of a plain file; `None` for all else.
fn name_in_tar(head: &tar::Header) -> Option<String> {
    plain_name(&head.path_bytes()).filter(|_| head.entry_type().is_file())
}

/// One step after another, and none of them back. The names of folders end in an empty one.
fn plain_name(path: &[u8]) -> Option<String> {
    let path = std::str::from_utf8(path).ok()?;
    let path = path.strip_prefix("./").unwrap_or(path);
    let leads_on = |step: &str| !matches!(step, "" | "." | "..");
    path.split('/').all(leads_on).then(|| path.to_owned())
}

/// What a small file holds that unpacks to more than any archive has is not read to its end.
struct Bounded<'a, R> {
    inner: R,
    left: &'a mut u64,
}

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        let left = self.left.checked_sub(read as u64);
        *self.left = left.ok_or_else(too_much)?;
        Ok(read)
    }
}

impl<R: Seek> Seek for Bounded<'_, R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

fn too_much() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "there is too much in this archive",
    )
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{Compression, write::GzEncoder};
    use zip::{ZipWriter, unstable::write::FileOptionsExt as _, write::SimpleFileOptions};

    use super::*;

    fn head(name: &str, kind: tar::EntryType, bytes: u64) -> tar::Header {
        let mut head = tar::Header::new_ustar();
        head.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        head.set_entry_type(kind);
        head.set_size(bytes);
        head.set_cksum();
        head
    }

    fn archive(entries: &[(&str, tar::EntryType, &str)]) -> File {
        let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        for (name, kind, content) in entries {
            tar.append(&head(name, *kind, content.len() as u64), content.as_bytes())
                .unwrap();
        }
        let zipped = tar.into_inner().unwrap().finish().unwrap();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&zipped).unwrap();
        file.rewind().unwrap();
        file
    }

    fn seen(archive: File) -> Vec<(String, String)> {
        let mut seen = Vec::new();
        each_file(archive, |name, content| {
            let mut text = String::new();
            content.read_to_string(&mut text)?;
            seen.push((name.to_owned(), text));
            Ok(ControlFlow::Continue(()))
        })
        .unwrap();
        seen
    }

    #[test]
    fn t244_only_plain_files_with_plain_names_are_seen() {
        use tar::EntryType::{Directory, GNULongName, Link, Regular, Symlink, XHeader};
        let all = archive(&[
            ("../out.json", Regular, "a"),
            ("media/../../out.json", Regular, "b"),
            ("/etc/passwd", Regular, "c"),
            ("a//b", Regular, "d"),
            ("link", Symlink, ""),
            ("hard", Link, ""),
            ("media", Directory, ""),
            ("././@LongLink", GNULongName, "media/named-elsewhere"),
            ("pax", XHeader, "24 path=named-elsewhere\n"),
            ("./media/a.png", Regular, "f"),
        ]);
        assert_eq!(seen(all), [("media/a.png".to_owned(), "f".to_owned())]);
    }

    #[test]
    fn t244_of_a_zip_file_too_only_plain_files_with_plain_names_are_seen() {
        let mut zip = ZipWriter::new(tempfile::tempfile().unwrap());
        let packed = SimpleFileOptions::default();
        let stored = packed.compression_method(CompressionMethod::Stored);
        for name in ["../out.json", "media/../../out.json", "/etc/passwd", "a//b"] {
            zip.start_file(name, packed).unwrap();
            zip.write_all(b"outside").unwrap();
        }
        zip.add_directory("media", packed).unwrap();
        zip.add_symlink("media/link.png", "/etc/passwd", packed)
            .unwrap();
        let locked = packed.with_deprecated_encryption(b"secret").unwrap();
        zip.start_file("media/locked.png", locked).unwrap();
        zip.write_all(b"locked").unwrap();
        for (name, how) in [("./media/a.png", packed), ("outbox.json", stored)] {
            zip.start_file(name, how).unwrap();
            zip.write_all(name.as_bytes()).unwrap();
        }
        let mut all = zip.finish().unwrap();
        all.rewind().unwrap();
        let plain = [
            ("media/a.png", "./media/a.png"),
            ("outbox.json", "outbox.json"),
        ];
        let plain = plain.map(|(name, content)| (name.to_owned(), content.to_owned()));
        assert_eq!(seen(all), plain);
    }

    #[test]
    fn t244_what_is_no_archive_breaks_off() {
        for nothing in [&b"PK\x03\x04 and no end"[..], b"neither of them", b""] {
            let mut none = tempfile::tempfile().unwrap();
            none.write_all(nothing).unwrap();
            none.rewind().unwrap();
            assert!(each_file(none, |_, _| Ok(ControlFlow::Continue(()))).is_err());
        }
    }

    #[test]
    fn t244_no_more_is_unpacked_than_there_is_room_for() {
        let mut bounded = Bounded {
            inner: io::repeat(0),
            left: &mut 100_000,
        };
        let read = io::copy(&mut bounded, &mut io::sink());
        assert_eq!(read.unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
