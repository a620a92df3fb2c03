//! Sound and video: recognised by their bytes, measured, and freed of everything that is neither sound nor picture (places,
//! cameras, names, covers). Nothing is decoded. Knows no folder and no pictures.
//!
//! Each container has a reader of its own here, since no library removes what a telephone hides in one: the place stands in
//! `udta`, in `meta`, in tracks of their own and in their samples. What a reader does not know is taken out; what it cannot
//! take out safely is refused.

mod flac;
mod mp3;
mod mp4;
mod ogg;
mod wav;
mod webm;

use parvis_model::{clock::Timestamp, limits};

use crate::key::FileType;

/// A recording as it may be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    pub bytes: Vec<u8>,
    pub file_type: FileType,
    pub facts: Facts,
}

/// What a container says of its content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// In milliseconds; 0 where the container does not say.
    pub duration: Timestamp,
    /// In pixels, as it is shown; 0 for sound.
    pub width: u32,
    pub height: u32,
    /// Pictures in 1,000 seconds; 0 where it is not known.
    pub frame_rate: u32,
    /// Bits a second; 0 where the duration is not known.
    pub bit_rate: u32,
    /// Whether it is encoded as every browser reads it, on old telephones too.
    pub common: bool,
}

/// Why a recording is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordingFault {
    /// No container we know, or one that holds what browsers cannot play.
    #[error("not a recording of a known type")]
    UnknownType,
    /// More than [`limits::RECORDING_BYTES`].
    #[error("too many bytes")]
    TooManyBytes,
    /// More than [`limits::VIDEO_PIXELS`] in one picture, or [`limits::VIDEO_RATE`] pictures a second.
    #[error("too many pixels")]
    TooManyPixels,
    /// More than [`limits::RECORDING_LONGEST`].
    #[error("too long")]
    TooLong,
    /// Cut off or broken.
    #[error("damaged recording")]
    Damaged,
}

/// What a container is freed of everything foreign by: the clean bytes and what they are.
type Cleaned = Result<(Vec<u8>, FileType, Facts), RecordingFault>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Container {
    Mp4,
    Webm,
    Ogg,
    Mp3,
    Flac,
    Wav,
}

/// Whether the first bytes are those of a recording we may keep.
pub fn is_recording(start: &[u8]) -> bool {
    sniffed(start).is_some()
}

/// Whether a recording's first bytes say that it holds no picture; others are known when they are read.
pub fn is_sound(start: &[u8]) -> bool {
    match sniffed(start) {
        Some(Container::Mp4) => start.get(8..11) == Some(b"M4A"),
        Some(Container::Webm) | None => false,
        Some(Container::Ogg | Container::Mp3 | Container::Flac | Container::Wav) => true,
    }
}

/// Whether they are those of QuickTime, which not every browser takes for MP4. What was cleaned no longer says so.
pub(crate) fn is_quicktime(start: &[u8]) -> bool {
    mp4::is_one(start) && !mp4::says_mp4(start)
}

/// Measures and cleans. Blocks, for as long as it takes to walk through the bytes once or twice.
pub fn cleaned(bytes: Vec<u8>) -> Result<Recording, RecordingFault> {
    if bytes.len() > limits::RECORDING_BYTES {
        return Err(RecordingFault::TooManyBytes);
    }
    let container = sniffed(&bytes).ok_or(RecordingFault::UnknownType)?;
    let (bytes, file_type, facts) = match container {
        Container::Mp4 => mp4::cleaned(bytes),
        Container::Webm => webm::cleaned(bytes),
        Container::Ogg => ogg::cleaned(&bytes),
        Container::Mp3 => mp3::cleaned(&bytes),
        Container::Flac => flac::cleaned(&bytes),
        Container::Wav => wav::cleaned(&bytes),
    }?;
    Ok(Recording {
        facts: checked(facts, bytes.len())?,
        bytes,
        file_type,
    })
}

fn checked(facts: Facts, bytes: usize) -> Result<Facts, RecordingFault> {
    if facts.duration > limits::RECORDING_LONGEST {
        return Err(RecordingFault::TooLong);
    }
    let pixels = u64::from(facts.width) * u64::from(facts.height);
    if pixels > limits::VIDEO_PIXELS || facts.frame_rate > limits::VIDEO_RATE * 1_000 {
        return Err(RecordingFault::TooManyPixels);
    }
    let bits = bytes as u64 * 8_000;
    let rate = bits.checked_div(facts.duration.max(0) as u64);
    Ok(Facts {
        bit_rate: u32::try_from(rate.unwrap_or(0)).unwrap_or(u32::MAX),
        ..facts
    })
}

fn sniffed(bytes: &[u8]) -> Option<Container> {
    if bytes.starts_with(b"\x1a\x45\xdf\xa3") {
        return Some(Container::Webm);
    }
    if bytes.starts_with(b"OggS") {
        return Some(Container::Ogg);
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WAVE") {
        return Some(Container::Wav);
    }
    if mp4::is_one(bytes) {
        return Some(Container::Mp4);
    }
    if bytes.starts_with(b"fLaC") {
        return Some(Container::Flac);
    }
    (bytes.starts_with(b"ID3") || mp3::starts_with_frames(bytes)).then_some(Container::Mp3)
}

/// Milliseconds of `count` units, of which `a_second` make a second; 0 where that says nothing.
fn milliseconds(count: u64, a_second: u64) -> Timestamp {
    let exact = u128::from(count) * 1_000;
    let found = exact.checked_div(u128::from(a_second)).unwrap_or(0);
    Timestamp::try_from(found).unwrap_or(Timestamp::MAX)
}

/// Pictures in 1,000 seconds.
fn rate(frames: u64, duration: Timestamp) -> u32 {
    let millions = frames.saturating_mul(1_000_000);
    let found = millions.checked_div(duration.max(0) as u64).unwrap_or(0);
    u32::try_from(found).unwrap_or(u32::MAX)
}

/// Numbers and pieces at given places; what lies outside is damage, never a fault.
fn piece(bytes: &[u8], from: usize, length: usize) -> Result<&[u8], RecordingFault> {
    from.checked_add(length)
        .and_then(|to| bytes.get(from..to))
        .ok_or(RecordingFault::Damaged)
}

/// Big-endian, of up to eight bytes.
fn number(bytes: &[u8], from: usize, length: usize) -> Result<u64, RecordingFault> {
    let digits = piece(bytes, from, length)?;
    Ok(digits
        .iter()
        .fold(0, |sum, digit| sum << 8 | u64::from(*digit)))
}

/// Little-endian, of up to eight bytes.
fn little(bytes: &[u8], from: usize, length: usize) -> Result<u64, RecordingFault> {
    let digits = piece(bytes, from, length)?;
    Ok(digits
        .iter()
        .rev()
        .fold(0, |sum, digit| sum << 8 | u64::from(*digit)))
}

/// Where the recording begins behind the ID3 tags in front of it.
fn after_id3(bytes: &[u8]) -> Result<usize, RecordingFault> {
    let mut at = 0;
    while piece(bytes, at, 3).is_ok_and(|start| start == b"ID3") {
        let size = piece(bytes, at + 6, 4)?;
        let size = size
            .iter()
            .fold(0, |sum, digit| sum << 7 | usize::from(digit & 0x7f));
        let footer = if piece(bytes, at + 5, 1)?[0] & 0x10 == 0 {
            0
        } else {
            10
        };
        at += 10 + size + footer;
    }
    Ok(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_recording_is_refused() {
        for bytes in [
            &b""[..],
            b"ID3",
            b"<html><video>",
            b"{\"type\":\"Person\"}",
            b"RIFF\0\0\0\0WEBP",
            b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
            b"\0\0\0\x18ftypavif\0\0\0\0mif1avif",
            b"\xff\xd8\xff\xe0\0\x10JFIF",
            b"%PDF-1.7",
            b"#!/bin/sh",
        ] {
            assert!(cleaned(bytes.to_vec()).is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn what_is_too_long_or_too_large_is_refused() {
        let long = Facts {
            duration: limits::RECORDING_LONGEST + 1,
            ..Facts::default()
        };
        assert_eq!(checked(long, 1), Err(RecordingFault::TooLong));
        let large = Facts {
            width: 10_000,
            height: 10_000,
            ..Facts::default()
        };
        assert_eq!(checked(large, 1), Err(RecordingFault::TooManyPixels));
        let quick = Facts {
            frame_rate: limits::VIDEO_RATE * 1_000 + 1,
            ..Facts::default()
        };
        assert_eq!(checked(quick, 1), Err(RecordingFault::TooManyPixels));
        let heavy = vec![0; limits::RECORDING_BYTES + 1];
        assert_eq!(cleaned(heavy), Err(RecordingFault::TooManyBytes));
    }

    #[test]
    fn the_bit_rate_follows_from_length_and_bytes() {
        let one_second = Facts {
            duration: 1_000,
            ..Facts::default()
        };
        assert_eq!(checked(one_second, 4_000).unwrap().bit_rate, 32_000);
    }
}
