//! FLAC: stream information and seek points are kept; comments, covers, cue sheets and what applications add are not.

use super::{Cleaned, Facts, RecordingFault, milliseconds, number, piece};
use crate::key::FileType;

const STREAM_INFO: u8 = 0;
const SEEK_TABLE: u8 = 3;
const LAST: u8 = 0x80;
const BLOCKS: usize = 1_000;

pub(super) fn cleaned(bytes: &[u8]) -> Cleaned {
    let mut at = 4;
    let mut info = None;
    let mut seek_points = None;
    for _ in 0..BLOCKS {
        let kind = piece(bytes, at, 1)?[0];
        let size = number(bytes, at + 1, 3)? as usize;
        let body = piece(bytes, at + 4, size)?;
        match kind & !LAST {
            STREAM_INFO if info.is_none() => info = Some(body),
            SEEK_TABLE => seek_points = Some(body),
            _ => {}
        }
        at += 4 + size;
        if kind & LAST != 0 {
            return written(info, seek_points, &bytes[at..]);
        }
    }
    Err(RecordingFault::Damaged)
}

fn written(info: Option<&[u8]>, seek_points: Option<&[u8]>, frames: &[u8]) -> Cleaned {
    let info = info.ok_or(RecordingFault::Damaged)?;
    // Every frame begins with the same 15 bits.
    let starts = number(frames, 0, 2)? & 0xfffe == 0xfff8;
    if !starts || info.len() != 34 {
        return Err(RecordingFault::Damaged);
    }
    let frames = without_tag(frames);
    let mut kept = b"fLaC".to_vec();
    block(&mut kept, STREAM_INFO, info, seek_points.is_none());
    if let Some(points) = seek_points {
        block(&mut kept, SEEK_TABLE, points, true);
    }
    kept.extend(frames);
    // 20 bits of rate, 3 of channels, 5 of depth, 36 of samples.
    let packed = number(info, 10, 8)?;
    let facts = Facts {
        duration: milliseconds(packed & 0xf_ffff_ffff, packed >> 44),
        ..Facts::default()
    };
    Ok((kept, FileType::Flac, facts))
}

/// Some programs hang ID3v1 or APEv2 tags on every file.
fn without_tag(mut frames: &[u8]) -> &[u8] {
    while let Some(end) = before_id3(frames).or_else(|| before_ape(frames)) {
        frames = &frames[..end];
    }
    frames
}

fn before_id3(frames: &[u8]) -> Option<usize> {
    let at = frames.len().checked_sub(128)?;
    frames[at..].starts_with(b"TAG").then_some(at)
}

/// Its last 32 bytes: a mark, version, size without a head, count, flags (one: it has a head too), zeros; little end first.
/// <https://wiki.hydrogenaudio.org/index.php?title=APE_Tags_Header>
fn before_ape(frames: &[u8]) -> Option<usize> {
    let foot = frames.last_chunk::<32>()?.strip_prefix(b"APETAGEX")?;
    let field = |at: usize| {
        foot.get(at..at + 4)?
            .try_into()
            .ok()
            .map(u32::from_le_bytes)
    };
    let head = if field(12)? >> 31 == 1 { 32 } else { 0 };
    let size = (field(4)? as usize).max(32);
    // One that says more than there is has nothing before it but itself.
    Some(frames.len().saturating_sub(size + head))
}

fn block(kept: &mut Vec<u8>, kind: u8, body: &[u8], last: bool) {
    kept.push(kind | if last { LAST } else { 0 });
    kept.extend(&(body.len() as u32).to_be_bytes()[1..]);
    kept.extend(body);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_behind_the_sound_are_left_out() {
        let sound = b"\xff\xf8sound";
        let tail = |size: u32, flags: u32| {
            let fields = [2000, size, 1, flags, 0, 0].map(u32::to_le_bytes).concat();
            [&b"APETAGEX"[..], &fields].concat()
        };
        let item = b"Artist=Marie";
        let size = item.len() as u32 + 32;
        let plain = [&item[..], &tail(size, 0)].concat();
        let framed = [&tail(size, 5 << 29), &item[..], &tail(size, 1 << 31)].concat();
        let mut id3 = b"TAGMarie".to_vec();
        id3.resize(128, 0);
        for tags in [
            vec![],
            plain.clone(),
            framed.clone(),
            [plain, id3, framed].concat(),
        ] {
            assert_eq!(without_tag(&[&sound[..], &tags].concat()), sound);
        }
    }
}
