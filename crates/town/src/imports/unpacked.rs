//! Reads an archive that somebody brings along: a tar file, zipped. Whoever made it may mean harm. What is in it is given to
//! whoever asks for it by name, and no name is ever one of a file here; links, folders and whatever else is no plain file are
//! passed over; files and bytes are counted. Names that do not fit into a head (256 bytes) are not read, as nothing we look for
//! has one, so they cannot be endless either.

use std::{
    fs::File,
    io::{self, Read},
    ops::ControlFlow,
};

use flate2::read::MultiGzDecoder;
use parvis_model::limits;

/// Gives each plain file to `see`, until that breaks off.
pub fn each_file(
    archive: File,
    mut see: impl FnMut(&str, &mut dyn Read) -> io::Result<ControlFlow<()>>,
) -> io::Result<()> {
    let unpacked = Bounded {
        inner: MultiGzDecoder::new(archive),
        left: limits::ARCHIVE_UNPACKED,
    };
    let mut archive = tar::Archive::new(unpacked);
    for (count, entry) in archive.entries()?.raw(true).enumerate() {
        if count >= limits::ARCHIVE_FILES {
            return Err(too_much());
        }
        let mut entry = entry?;
        if let Some(name) = plain_name(entry.header())
            && see(&name, &mut entry)?.is_break()
        {
            return Ok(());
        }
    }
    Ok(())
}

/// The name of a plain file, one step after another; `None` for all else.
fn plain_name(head: &tar::Header) -> Option<String> {
    let path = head.path_bytes();
    let path = std::str::from_utf8(&path).ok()?;
    let path = path.strip_prefix("./").unwrap_or(path);
    let leads_on = |step: &str| !matches!(step, "" | "." | "..");
    let is_plain = head.entry_type().is_file() && path.split('/').all(leads_on);
    is_plain.then(|| path.to_owned())
}

/// What a small file holds that unpacks to more than any archive has is not read to its end.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        let left = self.left.checked_sub(read as u64);
        self.left = left.ok_or_else(too_much)?;
        Ok(read)
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
    use std::io::{Seek as _, Write as _};

    use flate2::{Compression, write::GzEncoder};

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
    fn t244_what_is_no_archive_breaks_off() {
        let mut none = tempfile::tempfile().unwrap();
        none.write_all(b"PK\x03\x04 not zipped that way").unwrap();
        none.rewind().unwrap();
        assert!(each_file(none, |_, _| Ok(ControlFlow::Continue(()))).is_err());
    }

    #[test]
    fn t244_no_more_is_unpacked_than_there_is_room_for() {
        let mut bounded = Bounded {
            inner: io::repeat(0),
            left: 100_000,
        };
        let read = io::copy(&mut bounded, &mut io::sink());
        assert_eq!(read.unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
