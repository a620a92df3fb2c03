//! Names of kept files: unguessable, and written in one way only. Knows no folder and no picture.

use std::{fmt, path::PathBuf, str::FromStr};

/// 128 random bits in lower-case hexadecimal.
const DIGITS: usize = 32;
/// Leading digits that name the sub-folder, so that no folder grows without end.
const SHARD: usize = 2;

/// What a kept file may be; everything else is re-encoded into one of these or refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileType {
    Jpeg,
    Png,
    /// Only beside a JPEG or a PNG of the same name.
    Webp,
    /// Only animations.
    Gif,
    Mp4,
    /// Sound alone.
    M4a,
    Webm,
    /// Sound alone.
    Weba,
    /// Sound alone.
    Ogg,
    Mp3,
    Flac,
    Wav,
}

impl FileType {
    const ALL: [Self; 12] = [
        Self::Jpeg,
        Self::Png,
        Self::Webp,
        Self::Gif,
        Self::Mp4,
        Self::M4a,
        Self::Webm,
        Self::Weba,
        Self::Ogg,
        Self::Mp3,
        Self::Flac,
        Self::Wav,
    ];

    pub fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
            Self::Mp4 => "video/mp4",
            Self::M4a => "audio/mp4",
            Self::Webm => "video/webm",
            Self::Weba => "audio/webm",
            Self::Ogg => "audio/ogg",
            Self::Mp3 => "audio/mpeg",
            Self::Flac => "audio/flac",
            Self::Wav => "audio/wav",
        }
    }

    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Gif => "gif",
            Self::Mp4 => "mp4",
            Self::M4a => "m4a",
            Self::Webm => "webm",
            Self::Weba => "weba",
            Self::Ogg => "ogg",
            Self::Mp3 => "mp3",
            Self::Flac => "flac",
            Self::Wav => "wav",
        }
    }

    /// From a file name's extension, in the one way it is written.
    pub fn parse(extension: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|file_type| file_type.extension() == extension)
    }
}

/// The name of a kept file, `ab/ab…32 hexadecimal digits….jpg`. Who knows it may read the file, so it
/// cannot be guessed; and since only this shape parses, no key leads out of the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    number: u128,
    file_type: FileType,
}

impl Key {
    /// A fresh key from the system-seeded cryptographic generator.
    pub fn random(file_type: FileType) -> Self {
        Self {
            number: rand::random(),
            file_type,
        }
    }

    pub fn file_type(self) -> FileType {
        self.file_type
    }

    /// Where the same picture lies as WebP, if it does. It is kept, renamed and removed with it.
    pub(crate) fn lighter(self) -> Option<Self> {
        let file_type = FileType::Webp;
        let still = matches!(self.file_type, FileType::Jpeg | FileType::Png);
        still.then_some(Self { file_type, ..self })
    }

    /// Whether what is sent under this name may depend on what the reader can read.
    pub fn has_choice(self) -> bool {
        self.lighter().is_some() || self.file_type == FileType::Webp
    }

    /// Relative to the media folder.
    pub(crate) fn path(self) -> PathBuf {
        PathBuf::from(self.to_string())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:032x}", self.number);
        write!(
            f,
            "{}/{digits}.{}",
            &digits[..SHARD],
            self.file_type.extension()
        )
    }
}

/// The text is not a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a kept file")]
pub struct NotAKey;

impl FromStr for Key {
    type Err = NotAKey;

    /// Accepts exactly what [`Key`]'s `Display` writes, byte for byte.
    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let (name, extension) = text.split_once('.').ok_or(NotAKey)?;
        let digits = name
            .get(SHARD + 1..)
            .filter(|digits| digits.len() == DIGITS)
            .ok_or(NotAKey)?;
        let file_type = FileType::parse(extension).ok_or(NotAKey)?;
        let number = u128::from_str_radix(digits, 16).map_err(|_| NotAKey)?;
        let key = Self { number, file_type };
        // Writing it again rules out upper case, signs and a folder that does not match.
        if key.to_string() == text {
            Ok(key)
        } else {
            Err(NotAKey)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_as_it_was_written() {
        let key = Key::random(FileType::Png);
        assert_eq!(key.to_string().parse(), Ok(key));
        let small = Key {
            number: 7,
            file_type: FileType::Jpeg,
        };
        assert_eq!(small.to_string(), "00/00000000000000000000000000000007.jpg");
        assert_eq!(small.to_string().parse(), Ok(small));
    }

    #[test]
    fn two_keys_are_never_the_same() {
        assert_ne!(Key::random(FileType::Jpeg), Key::random(FileType::Jpeg));
    }

    #[test]
    fn a_name_that_is_not_exactly_a_key_is_refused() {
        let hostile = [
            "",
            ".",
            "/",
            "..",
            "../../etc/passwd",
            "../../x",
            ".htaccess",
            "con",
            "ab/../../../../../../../etc/passwd",
            "/ab/ab000000000000000000000000000000.jpg",
            "ab//ab000000000000000000000000000000.jpg",
            "ab\\ab000000000000000000000000000000.jpg",
            "ab/ab000000000000000000000000000000",
            "ab/ab000000000000000000000000000000.",
            "ab/ab000000000000000000000000000000.svg",
            "ab/ab000000000000000000000000000000.json",
            "ab/ab000000000000000000000000000000.jpg.html",
            "ab/ab000000000000000000000000000000.jpg\0",
            "ab/ab000000000000000000000000000000.JPG",
            "ab/AB000000000000000000000000000000.jpg",
            "AB/ab000000000000000000000000000000.jpg",
            "cd/ab000000000000000000000000000000.jpg",
            "+a/+a000000000000000000000000000000.jpg",
            "ab/ab0000000000000000000000000000001.jpg",
            "ab/ab00000000000000000000000000000.jpg",
            "ab/ab0000000000000000000000000000é.jpg",
            "éb/ab000000000000000000000000000000.jpg",
            "%2e%2e/ab000000000000000000000000000000.jpg",
            "ab/.ab000000000000000000000000000000.jpg.part",
            "ab/ab000000000000000000000000000000.jpg ",
        ];
        for name in hostile {
            assert_eq!(name.parse::<Key>(), Err(NotAKey), "{name:?}");
        }
        assert_eq!("a/".repeat(5_000).parse::<Key>(), Err(NotAKey));
        assert!(
            "ab/ab000000000000000000000000000000.jpg"
                .parse::<Key>()
                .is_ok()
        );
    }
}
