//! Ogg with Opus or Vorbis: the comments (names, places, covers) are replaced by empty ones, and all pages numbered and summed
//! anew. One stream to a file, as recorders write it; what holds several is refused.
//!
//! Pages: RFC 3533. Opus in Ogg: RFC 7845. Vorbis: its specification, chapters 4 and 5.

use super::{Cleaned, Facts, RecordingFault, little, milliseconds, piece};
use crate::key::FileType;

const HEAD: usize = 27;
const CONTINUED: u8 = 1;
const FIRST: u8 = 2;
/// Opus counts in 48,000ths of a second whatever the sound was recorded with.
const OPUS_RATE: u64 = 48_000;
/// Bytes of the packets before the sound, with their comments and covers.
const PREFACE: usize = 16 * 1024 * 1024;
/// Segments of a page hold so many bytes at most.
const SEGMENT: usize = 255;
const SEGMENTS: usize = 255;

struct Page<'a> {
    flags: u8,
    position: u64,
    stream: u32,
    lacing: &'a [u8],
    body: &'a [u8],
    /// Of the whole page.
    bytes: usize,
}

enum Codec {
    Opus,
    Vorbis,
}

pub(super) fn cleaned(bytes: &[u8]) -> Cleaned {
    let first = page(bytes, 0)?;
    let (codec, rate) = codec(first.body)?;
    if first.flags & FIRST == 0 {
        return Err(RecordingFault::Damaged);
    }
    let wanted = match codec {
        Codec::Opus => 2,
        Codec::Vorbis => 3,
    };
    let (mut packets, mut at) = preface(bytes, first.stream, wanted)?;
    packets[1] = no_comments(&codec);
    let mut kept = Vec::with_capacity(bytes.len());
    let mut sequence = 0;
    for (n, packet) in packets.iter().enumerate() {
        packet_pages(&mut kept, packet, n == 0, first.stream, &mut sequence);
    }
    let mut end = 0;
    while at < bytes.len() {
        let next = page(bytes, at)?;
        if next.stream != first.stream || next.flags & FIRST != 0 {
            return Err(RecordingFault::UnknownType);
        }
        // A page on which no packet ends has no position.
        if next.position != u64::MAX {
            end = end.max(next.position);
        }
        page_to(&mut kept, &next, sequence);
        sequence += 1;
        at += next.bytes;
    }
    let facts = Facts {
        duration: milliseconds(end, rate),
        ..Facts::default()
    };
    Ok((kept, FileType::Ogg, facts))
}

/// The codec and its units a second, from the first packet.
fn codec(first: &[u8]) -> Result<(Codec, u64), RecordingFault> {
    if first.starts_with(b"OpusHead") {
        return Ok((Codec::Opus, OPUS_RATE));
    }
    if first.starts_with(b"\x01vorbis") {
        return Ok((Codec::Vorbis, little(first, 12, 4)?));
    }
    Err(RecordingFault::UnknownType)
}

/// The packets before the sound, and where the sound begins: on a page of its own.
fn preface(
    bytes: &[u8],
    stream: u32,
    wanted: usize,
) -> Result<(Vec<Vec<u8>>, usize), RecordingFault> {
    let (mut at, mut read) = (0, 0);
    let mut packets = Vec::new();
    let mut packet = Vec::new();
    while packets.len() < wanted {
        let page = page(bytes, at)?;
        if page.stream != stream {
            return Err(RecordingFault::UnknownType);
        }
        at += page.bytes;
        read += page.body.len();
        if read > PREFACE {
            return Err(RecordingFault::TooManyBytes);
        }
        let mut body = page.body;
        for segment in page.lacing {
            let (part, rest) = body.split_at(usize::from(*segment));
            packet.extend(part);
            body = rest;
            if usize::from(*segment) < SEGMENT {
                packets.push(std::mem::take(&mut packet));
            }
        }
    }
    if packets.len() == wanted && packet.is_empty() {
        Ok((packets, at))
    } else {
        Err(RecordingFault::Damaged)
    }
}

/// A comment packet of an unnamed program, with no comment.
fn no_comments(codec: &Codec) -> Vec<u8> {
    match codec {
        Codec::Opus => b"OpusTags\0\0\0\0\0\0\0\0".to_vec(),
        Codec::Vorbis => b"\x03vorbis\0\0\0\0\0\0\0\0\x01".to_vec(),
    }
}

fn page(bytes: &[u8], at: usize) -> Result<Page<'_>, RecordingFault> {
    let head = piece(bytes, at, HEAD)?;
    if !head.starts_with(b"OggS\0") {
        return Err(RecordingFault::Damaged);
    }
    let lacing = piece(bytes, at + HEAD, usize::from(head[26]))?;
    let length = lacing.iter().map(|it| usize::from(*it)).sum();
    let body = piece(bytes, at + HEAD + lacing.len(), length)?;
    Ok(Page {
        flags: head[5],
        position: little(head, 6, 8)?,
        stream: little(head, 14, 4)? as u32,
        lacing,
        body,
        bytes: HEAD + lacing.len() + length,
    })
}

fn packet_pages(kept: &mut Vec<u8>, packet: &[u8], first: bool, stream: u32, sequence: &mut u32) {
    let mut lacing = vec![SEGMENT as u8; packet.len() / SEGMENT];
    lacing.push((packet.len() % SEGMENT) as u8);
    let mut body = packet;
    for (n, lacing) in lacing.chunks(SEGMENTS).enumerate() {
        let length = lacing.iter().map(|it| usize::from(*it)).sum();
        let (part, rest) = body.split_at(length);
        body = rest;
        let flags = if first { FIRST } else { 0 } | if n > 0 { CONTINUED } else { 0 };
        let page = Page {
            flags,
            position: if body.is_empty() { 0 } else { u64::MAX },
            stream,
            lacing,
            body: part,
            bytes: 0,
        };
        page_to(kept, &page, *sequence);
        *sequence += 1;
    }
}

fn page_to(kept: &mut Vec<u8>, page: &Page<'_>, sequence: u32) {
    let start = kept.len();
    kept.extend(b"OggS\0");
    kept.push(page.flags);
    kept.extend(page.position.to_le_bytes());
    kept.extend(page.stream.to_le_bytes());
    kept.extend(sequence.to_le_bytes());
    kept.extend([0; 4]);
    kept.push(page.lacing.len() as u8);
    kept.extend(page.lacing);
    kept.extend(page.body);
    let sum = checksum(&kept[start..]);
    kept[start + 22..start + 26].copy_from_slice(&sum.to_le_bytes());
}

/// CRC-32 with the polynomial of RFC 3533, neither turned nor inverted.
fn checksum(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = table();
    bytes.iter().fold(0, |sum: u32, byte| {
        sum << 8 ^ TABLE[usize::from((sum >> 24) as u8 ^ byte)]
    })
}

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut n = 0;
    while n < 256 {
        let mut sum = (n as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            sum = if sum & 0x8000_0000 == 0 {
                sum << 1
            } else {
                sum << 1 ^ 0x04c1_1db7
            };
            bit += 1;
        }
        table[n] = sum;
        n += 1;
    }
    table
}
