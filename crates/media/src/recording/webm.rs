//! WebM: everything but tracks of sound and picture, their blocks and the way to find them is overwritten where it stands, as
//! elements that mean nothing; so no position changes.
//!
//! Elements: RFC 8794 and RFC 9559, as far as <https://www.webmproject.org/docs/container/> takes them over.

use std::ops::Range;

use super::{Cleaned, Facts, RecordingFault, milliseconds, number, piece, rate};
use crate::key::FileType;

const EBML: u64 = 0x1a45_dfa3;
const DOC_TYPE: u64 = 0x4282;
const SEGMENT: u64 = 0x1853_8067;
const SEEK_HEAD: u64 = 0x114d_9b74;
const SEEK: u64 = 0x4dbb;
const SEEK_ID: u64 = 0x53ab;
const INFO: u64 = 0x1549_a966;
const TIME_SCALE: u64 = 0x2a_d7b1;
const DURATION: u64 = 0x4489;
const MUXING_APP: u64 = 0x4d80;
const WRITING_APP: u64 = 0x5741;
const TRACKS: u64 = 0x1654_ae6b;
const TRACK: u64 = 0xae;
const TRACK_NUMBER: u64 = 0xd7;
const TRACK_TYPE: u64 = 0x83;
const CODEC: u64 = 0x86;
const CODEC_PRIVATE: u64 = 0x63a2;
const ENCODINGS: u64 = 0x6d80;
const VIDEO: u64 = 0xe0;
const WIDTH: u64 = 0xb0;
const HEIGHT: u64 = 0xba;
const CLUSTER: u64 = 0x1f43_b675;
const CUES: u64 = 0x1c53_bb6b;
const CUE_POINT: u64 = 0xbb;
const CUE_TIME: u64 = 0xb3;
const CUE_PLACES: u64 = 0xb7;
const COLOUR: u64 = 0x55b0;
const MASTERING: u64 = 0x55d0;
const TIME: u64 = 0xe7;
const SIMPLE_BLOCK: u64 = 0xa3;
const BLOCK_GROUP: u64 = 0xa0;
const BLOCK: u64 = 0xa1;
const VOID: u64 = 0xec;

/// What may stand in a segment.
const IN_SEGMENT: [u64; 6] = [SEEK_HEAD, INFO, TRACKS, CLUSTER, CUES, VOID];
const IN_INFO: [u64; 4] = [TIME_SCALE, DURATION, MUXING_APP, WRITING_APP];
/// Number, identity, kind, whether it is enabled, default or forced, lacing, caches, durations, codec, delays, sizes.
const IN_TRACK: [u64; 19] = [
    TRACK_NUMBER,
    0x73c5,
    TRACK_TYPE,
    0xb9,
    0x88,
    0x55aa,
    0x9c,
    0x6de7,
    0x6df8,
    0x23_e383,
    0x23_4e7a,
    0x55ee,
    CODEC,
    CODEC_PRIVATE,
    0xaa,
    0x56aa,
    0x56bb,
    VIDEO,
    0xe1,
];
/// Versions, the widths of numbers and sizes, the kind of document.
const IN_HEAD: [u64; 7] = [0x4286, 0x42f7, 0x42f2, 0x42f3, DOC_TYPE, 0x4287, 0x4285];
/// Besides its size: interlacing, depth, transparency, what is cut off, and the size to show it in.
const IN_VIDEO: [u64; 13] = [
    0x9a, 0x9d, 0x53b8, 0x53c0, 0x54aa, 0x54bb, 0x54cc, 0x54dd, 0x54b0, 0x54ba, 0x54b2, 0x54b3,
    0x23_83e3,
];
/// Track, where the cluster lies and what is looked for in it, duration, block, state.
const IN_CUE_PLACES: [u64; 6] = [0xf7, 0xf1, 0xf0, 0xb2, 0x5378, 0xea];
/// The colours and the light of the screen on which it was made.
const IN_MASTERING: [u64; 10] = [
    0x55d1, 0x55d2, 0x55d3, 0x55d4, 0x55d5, 0x55d6, 0x55d7, 0x55d8, 0x55d9, 0x55da,
];
/// Besides blocks: time, position and size of the cluster before.
const IN_CLUSTER: [u64; 5] = [TIME, SIMPLE_BLOCK, BLOCK_GROUP, 0xa7, 0xab];
/// Besides the block: its duration, what it refers to, what is left out at its end, and transparency.
const IN_GROUP: [u64; 5] = [BLOCK, 0x9b, 0xfb, 0x75a2, 0x75a1];
const CODECS: [&[u8]; 5] = [b"V_VP8", b"V_VP9", b"V_AV1", b"A_OPUS", b"A_VORBIS"];
/// Elements looked at in one file.
const ELEMENTS: usize = 2_000_000;

#[derive(Clone, Debug)]
struct Element {
    id: u64,
    start: usize,
    body: usize,
    end: usize,
    /// It goes on until something begins that cannot stand in it.
    open: bool,
}

impl Element {
    fn content(&self) -> Range<usize> {
        self.body..self.end
    }
}

struct Reader {
    file: Vec<u8>,
    left: usize,
    scale: u64,
    /// In units of the scale.
    duration: u64,
    last: u64,
    video: Option<u64>,
    has_sound: bool,
    width: u32,
    height: u32,
    frames: u64,
}

pub(super) fn cleaned(file: Vec<u8>) -> Cleaned {
    let mut reader = Reader {
        file,
        left: ELEMENTS,
        scale: 1_000_000,
        duration: 0,
        last: 0,
        video: None,
        has_sound: false,
        width: 0,
        height: 0,
        frames: 0,
    };
    reader.walk()?;
    if reader.video.is_none() && !reader.has_sound {
        return Err(RecordingFault::UnknownType);
    }
    let units = reader.duration.max(reader.last);
    let nanoseconds = units.saturating_mul(reader.scale);
    let duration = milliseconds(nanoseconds, 1_000_000_000);
    let facts = Facts {
        duration,
        width: reader.width,
        height: reader.height,
        frame_rate: rate(reader.frames, duration),
        bit_rate: 0,
        common: false,
    };
    let file_type = match reader.video {
        Some(_) => FileType::Webm,
        None => FileType::Weba,
    };
    Ok((reader.file, file_type, facts))
}

impl Reader {
    fn walk(&mut self) -> Result<(), RecordingFault> {
        let head = self.element(0, self.file.len())?;
        if head.id != EBML || head.open {
            return Err(RecordingFault::UnknownType);
        }
        let mut is_webm = false;
        for field in self.children(&head)? {
            let name = self.file[field.content()].strip_suffix(b"\0");
            let name = name.unwrap_or(&self.file[field.content()]);
            is_webm |= field.id == DOC_TYPE && name == b"webm";
        }
        self.void_unknown(&head, &IN_HEAD)?;
        if !is_webm {
            return Err(RecordingFault::UnknownType);
        }
        let segment = self.element(head.end, self.file.len())?;
        if segment.id != SEGMENT {
            return Err(RecordingFault::Damaged);
        }
        self.segment(&segment)?;
        // Nothing that is looked at stands behind it.
        self.file.truncate(segment.end);
        Ok(())
    }

    fn segment(&mut self, segment: &Element) -> Result<(), RecordingFault> {
        let mut at = segment.body;
        while at < segment.end {
            let part = self.element(at, segment.end)?;
            at = part.end;
            match part.id {
                CLUSTER => at = self.cluster(&part)?,
                _ if part.open => return Err(RecordingFault::Damaged),
                SEEK_HEAD => self.seek_head(&part)?,
                INFO => self.info(&part)?,
                TRACKS => self.tracks(&part)?,
                CUES => self.cues(&part)?,
                _ => self.void(&part),
            }
        }
        Ok(())
    }

    /// What points to what is no longer there goes too.
    fn seek_head(&mut self, head: &Element) -> Result<(), RecordingFault> {
        for seek in self.children(head)? {
            let mut known = false;
            for field in self.children_of(&seek, SEEK)? {
                if field.id == SEEK_ID {
                    let size = field.content().len().min(8);
                    let id = number(&self.file, field.body, size)?;
                    known = IN_SEGMENT.contains(&id);
                }
            }
            if !known {
                self.void(&seek);
            }
        }
        Ok(())
    }

    fn info(&mut self, info: &Element) -> Result<(), RecordingFault> {
        for field in self.children(info)? {
            match field.id {
                TIME_SCALE => self.scale = self.uint(&field)?,
                DURATION => self.duration = self.float(&field)?,
                MUXING_APP | WRITING_APP => self.file[field.content()].fill(0),
                id if IN_INFO.contains(&id) => {}
                _ => self.void(&field),
            }
        }
        Ok(())
    }

    fn tracks(&mut self, tracks: &Element) -> Result<(), RecordingFault> {
        for track in self.children(tracks)? {
            if track.id == TRACK {
                self.track(&track)?;
            } else {
                self.void(&track);
            }
        }
        Ok(())
    }

    fn track(&mut self, track: &Element) -> Result<(), RecordingFault> {
        let (mut kind, mut track_number, mut codec, mut private) = (0, 0, None, None);
        for field in self.children(track)? {
            match field.id {
                TRACK_TYPE => kind = self.uint(&field)?,
                TRACK_NUMBER => track_number = self.uint(&field)?,
                CODEC => codec = Some(field),
                CODEC_PRIVATE => private = Some(field),
                VIDEO => self.video_size(&field)?,
                // Blocks that are packed or locked cannot be checked.
                ENCODINGS => return Err(RecordingFault::UnknownType),
                id if IN_TRACK.contains(&id) => {}
                _ => self.void(&field),
            }
        }
        let codec = codec.ok_or(RecordingFault::Damaged)?;
        let name = &self.file[codec.content()];
        let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
        if !CODECS.contains(&name) {
            return Err(RecordingFault::UnknownType);
        }
        if name == b"A_VORBIS"
            && let Some(private) = private
        {
            self.vorbis_without_comments(private.content())?;
        }
        match kind {
            1 => self.video = Some(track_number),
            2 => self.has_sound = true,
            _ => return Err(RecordingFault::UnknownType),
        }
        Ok(())
    }

    fn video_size(&mut self, video: &Element) -> Result<(), RecordingFault> {
        for field in self.children(video)? {
            match field.id {
                WIDTH => self.width = self.side(&field)?,
                HEIGHT => self.height = self.side(&field)?,
                COLOUR => self.colour(&field)?,
                id if IN_VIDEO.contains(&id) => {}
                _ => self.void(&field),
            }
        }
        Ok(())
    }

    /// All of it numbers.
    fn colour(&mut self, colour: &Element) -> Result<(), RecordingFault> {
        for field in self.children(colour)? {
            match field.id {
                MASTERING => self.void_unknown(&field, &IN_MASTERING)?,
                0x55b1..=0x55bd => {}
                _ => self.void(&field),
            }
        }
        Ok(())
    }

    /// Where to find what, by time.
    fn cues(&mut self, cues: &Element) -> Result<(), RecordingFault> {
        self.void_unknown(cues, &[CUE_POINT])?;
        for point in self.children(cues)? {
            for places in self.children_of(&point, CUE_POINT)? {
                if places.id == CUE_PLACES {
                    self.void_unknown(&places, &IN_CUE_PLACES)?;
                } else if places.id != CUE_TIME {
                    self.void(&places);
                }
            }
        }
        Ok(())
    }

    fn void_unknown(&mut self, of: &Element, known: &[u64]) -> Result<(), RecordingFault> {
        for field in self.children(of)? {
            if !known.contains(&field.id) {
                self.void(&field);
            }
        }
        Ok(())
    }

    fn side(&self, field: &Element) -> Result<u32, RecordingFault> {
        Ok(u32::try_from(self.uint(field)?).unwrap_or(u32::MAX))
    }

    /// The codec's own preface holds comments of its own: they become one long nothing, of the same size.
    fn vorbis_without_comments(&mut self, private: Range<usize>) -> Result<(), RecordingFault> {
        let all = &self.file[private.clone()];
        let mut at = 1;
        let mut sizes = [0, 0];
        for size in &mut sizes {
            loop {
                let part = piece(all, at, 1)?[0];
                at += 1;
                *size += usize::from(part);
                if part < 255 {
                    break;
                }
            }
        }
        let start = at + sizes[0];
        if piece(all, 0, 1)? != [2]
            || sizes[1] < 16
            || !piece(all, start, sizes[1])?.starts_with(b"\x03vorbis")
        {
            return Err(RecordingFault::Damaged);
        }
        // A program's name of blanks, no comments, the mark of the end.
        let name = (sizes[1] - 16) as u32;
        let comments = &mut self.file[private][start..start + sizes[1]];
        comments[7..11].copy_from_slice(&name.to_le_bytes());
        comments[11..].fill(b' ');
        let tail = comments.len() - 5;
        comments[tail..].copy_from_slice(&[0, 0, 0, 0, 1]);
        Ok(())
    }

    /// Where the cluster ends.
    fn cluster(&mut self, cluster: &Element) -> Result<usize, RecordingFault> {
        let (mut at, mut time) = (cluster.body, 0);
        while at < cluster.end {
            let part = self.element(at, cluster.end)?;
            // Only parts of a segment have numbers of four bytes.
            if cluster.open && part.id >= 0x1000_0000 {
                return Ok(at);
            }
            if part.open {
                return Err(RecordingFault::Damaged);
            }
            match part.id {
                TIME => time = self.uint(&part)?,
                SIMPLE_BLOCK => self.block(&part, time)?,
                BLOCK_GROUP => self.group(&part, time)?,
                id if IN_CLUSTER.contains(&id) => {}
                _ => self.void(&part),
            }
            at = part.end;
        }
        Ok(cluster.end)
    }

    fn group(&mut self, group: &Element, time: u64) -> Result<(), RecordingFault> {
        for part in self.children(group)? {
            match part.id {
                BLOCK => self.block(&part, time)?,
                id if IN_GROUP.contains(&id) => {}
                _ => self.void(&part),
            }
        }
        Ok(())
    }

    fn block(&mut self, block: &Element, time: u64) -> Result<(), RecordingFault> {
        let (track, width) = vint(&self.file[block.content()])?;
        let after = number(&self.file, block.body + width, 2)?;
        // Signed, but what lies before its cluster is never the end.
        let after = if after < 0x8000 { after } else { 0 };
        self.last = self.last.max(time.saturating_add(after));
        if Some(track) == self.video {
            self.frames += 1;
        }
        Ok(())
    }

    fn children(&mut self, of: &Element) -> Result<Vec<Element>, RecordingFault> {
        if of.open {
            return Err(RecordingFault::Damaged);
        }
        let mut all = Vec::new();
        let mut at = of.body;
        while at < of.end {
            let child = self.element(at, of.end)?;
            if child.open {
                return Err(RecordingFault::Damaged);
            }
            at = child.end;
            all.push(child);
        }
        Ok(all)
    }

    /// Nothing where the element is another.
    fn children_of(&mut self, of: &Element, id: u64) -> Result<Vec<Element>, RecordingFault> {
        if of.id == id {
            self.children(of)
        } else {
            Ok(Vec::new())
        }
    }

    fn element(&mut self, start: usize, end: usize) -> Result<Element, RecordingFault> {
        self.left = self.left.checked_sub(1).ok_or(RecordingFault::Damaged)?;
        let within = self.file.get(start..end).ok_or(RecordingFault::Damaged)?;
        let first = *within.first().ok_or(RecordingFault::Damaged)?;
        let id_width = first.leading_zeros() as usize + 1;
        if id_width > 4 {
            return Err(RecordingFault::Damaged);
        }
        let id = number(within, 0, id_width)?;
        let (size, size_width) = vint(&within[id_width..])?;
        let open = size == (1 << (7 * size_width)) - 1;
        let body = start + id_width + size_width;
        let size = usize::try_from(size).map_err(|_| RecordingFault::Damaged)?;
        let ends = if open {
            end
        } else {
            body.checked_add(size).ok_or(RecordingFault::Damaged)?
        };
        if ends > end || (open && id != SEGMENT && id != CLUSTER) {
            return Err(RecordingFault::Damaged);
        }
        Ok(Element {
            id,
            start,
            body,
            end: ends,
            open,
        })
    }

    /// Makes it mean nothing, without changing its length.
    fn void(&mut self, element: &Element) {
        let place = &mut self.file[element.start..element.end];
        let length = place.len();
        place.fill(0);
        place[0] = VOID as u8;
        if length >= 9 {
            let size = (length as u64 - 9) | 1 << 56;
            place[1..9].copy_from_slice(&size.to_be_bytes());
        } else {
            place[1] = 0x80 | (length - 2) as u8;
        }
    }

    fn uint(&self, field: &Element) -> Result<u64, RecordingFault> {
        let size = field.content().len();
        if size > 8 {
            return Err(RecordingFault::Damaged);
        }
        number(&self.file, field.body, size)
    }

    fn float(&self, field: &Element) -> Result<u64, RecordingFault> {
        let bits = self.uint(field)?;
        match field.content().len() {
            4 => Ok(f32::from_bits(bits as u32) as u64),
            8 => Ok(f64::from_bits(bits) as u64),
            _ => Err(RecordingFault::Damaged),
        }
    }
}

/// A number that says how long it is, and its bytes.
fn vint(bytes: &[u8]) -> Result<(u64, usize), RecordingFault> {
    let first = *bytes.first().ok_or(RecordingFault::Damaged)?;
    let width = first.leading_zeros() as usize + 1;
    if width > 8 {
        return Err(RecordingFault::Damaged);
    }
    let marked = number(bytes, 0, width)?;
    Ok((marked & ((1 << (7 * width)) - 1), width))
}
