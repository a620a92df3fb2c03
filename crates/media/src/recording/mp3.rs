//! MP3: frames of sound are kept, and nothing between, before or behind them: no ID3, APE or Lyrics tags, no cover.

use super::{Cleaned, Facts, RecordingFault, after_id3, flac, milliseconds, piece};
use crate::key::FileType;

/// Kilobits a second, for MPEG 1 and for 2 and 2.5.
const RATES: [[u64; 15]; 2] = [
    [
        0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
    ],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];
const SAMPLE_RATES: [u64; 3] = [44_100, 48_000, 32_000];

/// One frame's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Frame {
    bytes: usize,
    samples: u64,
    sample_rate: u64,
}

/// Whether two frames stand one behind the other, right at the start.
pub(super) fn starts_with_frames(bytes: &[u8]) -> bool {
    follows(bytes, 0)
}

fn follows(bytes: &[u8], at: usize) -> bool {
    let Some(first) = frame(bytes, at) else {
        return false;
    };
    frame(bytes, at + first.bytes).is_some_and(|next| next.sample_rate == first.sample_rate)
}

pub(super) fn cleaned(bytes: &[u8]) -> Cleaned {
    let start = after_id3(bytes)?;
    let sound = bytes.get(start..).ok_or(RecordingFault::Damaged)?;
    if sound.starts_with(b"fLaC") {
        return flac::cleaned(sound);
    }
    let mut at = (0..sound.len())
        .find(|at| follows(sound, *at))
        .ok_or(RecordingFault::UnknownType)?;
    let first = frame(sound, at).ok_or(RecordingFault::Damaged)?;
    let mut kept = Vec::with_capacity(sound.len());
    let (mut samples, mut in_step) = (0, true);
    while at < sound.len() {
        let found = frame(sound, at).filter(|it| it.sample_rate == first.sample_rate);
        // Behind something foreign, what looks like a frame may be chance.
        let Some(found) = found.filter(|_| in_step || follows(sound, at)) else {
            in_step = false;
            at += 1;
            continue;
        };
        in_step = true;
        let Ok(whole) = piece(sound, at, found.bytes) else {
            break;
        };
        kept.extend(whole);
        samples += found.samples;
        at += found.bytes;
    }
    // What is mostly something else is no recording.
    if kept.len() < sound.len() / 2 || samples <= first.samples {
        return Err(RecordingFault::UnknownType);
    }
    let facts = Facts {
        duration: milliseconds(samples, first.sample_rate),
        common: true,
        ..Facts::default()
    };
    Ok((kept, FileType::Mp3, facts))
}

fn frame(bytes: &[u8], at: usize) -> Option<Frame> {
    let head = piece(bytes, at, 4).ok()?;
    let is_layer_three = head[1] & 0b0000_0110 == 0b010;
    if head[0] != 0xff || head[1] & 0xe0 != 0xe0 || !is_layer_three {
        return None;
    }
    let slower = match head[1] >> 3 & 3 {
        3 => 1,
        2 => 2,
        0 => 4,
        _ => return None,
    };
    let older = usize::from(slower > 1);
    let kilobits = RATES[older]
        .get(usize::from(head[2] >> 4))
        .copied()
        .filter(|rate| *rate > 0)?;
    let sample_rate = SAMPLE_RATES.get(usize::from(head[2] >> 2 & 3))? / slower;
    let samples = 1_152 >> older;
    let padding = u64::from(head[2] >> 1 & 1);
    let bytes = samples / 8 * kilobits * 1_000 / sample_rate + padding;
    Some(Frame {
        bytes: bytes as usize,
        samples,
        sample_rate,
    })
}
