//! WAV: the format, the length and the samples are kept; names, notes and places (`LIST`, `bext`, `iXML`, `id3 `) are not.

use super::{Cleaned, Facts, RecordingFault, little, milliseconds, piece};
use crate::key::FileType;

/// PCM, floating point and "see below": what browsers play.
const FORMATS: [u64; 3] = [1, 3, 0xfffe];
const CHUNKS: usize = 1_000;

pub(super) fn cleaned(bytes: &[u8]) -> Cleaned {
    let mut kept = b"RIFF\0\0\0\0WAVE".to_vec();
    let (mut a_second, mut length) = (0, None);
    let mut at = 12;
    for _ in 0..CHUNKS {
        if at + 8 > bytes.len() {
            break;
        }
        let kind = piece(bytes, at, 4)?;
        let announced = little(bytes, at + 4, 4)? as usize;
        // Recorders that were cut off announce more samples than there are.
        let size = match kind {
            b"data" => announced.min(bytes.len() - at - 8),
            _ => announced,
        };
        let body = piece(bytes, at + 8, size)?;
        match kind {
            b"fmt " if a_second == 0 => {
                if !FORMATS.contains(&little(body, 0, 2)?) {
                    return Err(RecordingFault::UnknownType);
                }
                a_second = little(body, 8, 4)?;
                chunk(&mut kept, kind, body);
            }
            b"fact" => chunk(&mut kept, kind, body),
            b"data" if length.is_none() && a_second > 0 => {
                length = Some(size as u64);
                chunk(&mut kept, kind, body);
            }
            _ => {}
        }
        at += 8 + size + size % 2;
    }
    let length = length.ok_or(RecordingFault::Damaged)?;
    let size = (kept.len() - 8) as u32;
    kept[4..8].copy_from_slice(&size.to_le_bytes());
    let facts = Facts {
        duration: milliseconds(length, a_second),
        ..Facts::default()
    };
    Ok((kept, FileType::Wav, facts))
}

fn chunk(kept: &mut Vec<u8>, kind: &[u8], body: &[u8]) {
    kept.extend(kind);
    kept.extend((body.len() as u32).to_le_bytes());
    kept.extend(body);
    if body.len() % 2 == 1 {
        kept.push(0);
    }
}
