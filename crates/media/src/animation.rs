//! Animated GIFs: counted before they are decoded, then written anew frame by frame, so that they stay playable and
//! nothing but their pixels survives. Knows no folder and no other format.

use std::{borrow::Cow, io::Cursor, num::NonZeroU64};

use gif::{ColorOutput, DecodeOptions, Decoder, Encoder, Frame, MemoryLimit};
use parvis_model::limits;

use crate::{
    key::FileType,
    picture::{Encoded, PictureFault},
};

/// Bytes before the first block.
const HEADER: usize = 13;
const TRAILER: u8 = 0x3b;
const EXTENSION: u8 = 0x21;
const IMAGE: u8 = 0x2c;

/// What a GIF holds, by its blocks alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Survey {
    frames: usize,
    /// Of all frames together.
    pixels: u64,
}

/// Whether a file is a GIF with more than one frame. Looks at its blocks, decodes nothing.
pub fn is_animated(bytes: &[u8]) -> bool {
    bytes.starts_with(b"GIF8") && survey(bytes).is_some_and(|found| found.frames > 1)
}

/// Refuses what would take too long, before anything is decoded.
pub fn check(bytes: &[u8]) -> Result<(), PictureFault> {
    if bytes.len() > limits::PICTURE_BYTES {
        return Err(PictureFault::TooManyBytes);
    }
    let found = survey(bytes).ok_or(PictureFault::Damaged)?;
    if found.frames > limits::ANIMATION_FRAMES || found.pixels > limits::ANIMATION_PIXELS {
        return Err(PictureFault::TooManyPixels);
    }
    Ok(())
}

/// The same frames without anything else: no comments, no application blocks, nothing behind the end. Blocks.
pub fn rewritten(bytes: &[u8]) -> Result<Encoded, PictureFault> {
    check(bytes)?;
    let mut decoder = decoder(bytes)?;
    let (width, height) = (decoder.width(), decoder.height());
    let global = decoder.global_palette().unwrap_or_default().to_vec();
    let mut written = Vec::with_capacity(bytes.len());
    let mut encoder =
        Encoder::new(&mut written, width, height, &global).map_err(|_| PictureFault::Damaged)?;
    let mut frames = 0;
    while let Some(frame) = decoder
        .read_next_frame()
        .map_err(|_| PictureFault::Damaged)?
    {
        let clean = Frame {
            // The decoder has put the lines in order already.
            interlaced: false,
            needs_user_input: false,
            buffer: Cow::Borrowed(&frame.buffer),
            palette: frame.palette.clone(),
            ..*frame
        };
        if frames == 0 {
            // The decoder knows it once it has come to the first frame.
            repeat(&mut encoder, bytes)?;
        }
        encoder
            .write_frame(&clean)
            .map_err(|_| PictureFault::Damaged)?;
        frames += 1;
    }
    drop(encoder);
    if frames == 0 {
        return Err(PictureFault::Damaged);
    }
    Ok(Encoded {
        file_type: FileType::Gif,
        width: width.into(),
        height: height.into(),
        bytes: written,
        lighter: None,
    })
}

fn repeat(encoder: &mut Encoder<&mut Vec<u8>>, bytes: &[u8]) -> Result<(), PictureFault> {
    let mut looked_at = decoder(bytes)?;
    looked_at
        .next_frame_info()
        .map_err(|_| PictureFault::Damaged)?;
    encoder
        .set_repeat(looked_at.repeat())
        .map_err(|_| PictureFault::Damaged)
}

fn decoder(bytes: &[u8]) -> Result<Decoder<Cursor<&[u8]>>, PictureFault> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    options.check_frame_consistency(true);
    if let Some(most) = NonZeroU64::new(limits::PICTURE_PIXELS) {
        options.set_memory_limit(MemoryLimit::Bytes(most));
    }
    options
        .read_info(Cursor::new(bytes))
        .map_err(|_| PictureFault::Damaged)
}

/// `None`: cut off or no GIF.
fn survey(bytes: &[u8]) -> Option<Survey> {
    let mut at = HEADER + palette(*bytes.get(10)?);
    let mut found = Survey {
        frames: 0,
        pixels: 0,
    };
    loop {
        match *bytes.get(at)? {
            TRAILER => return Some(found),
            EXTENSION => at = after_parts(bytes, at + 2)?,
            IMAGE => {
                let head = bytes.get(at + 1..at + 10)?;
                let side =
                    |from: usize| u64::from(u16::from_le_bytes([head[from], head[from + 1]]));
                found.frames += 1;
                found.pixels += side(4) * side(6);
                // The description, its colours, and one byte that says how they are packed.
                at = after_parts(bytes, at + 10 + palette(head[8]) + 1)?;
            }
            _ => return None,
        }
    }
}

/// Bytes of the colours that a packed field announces.
fn palette(packed: u8) -> usize {
    if packed & 0x80 == 0 {
        0
    } else {
        3 << ((packed & 7) + 1)
    }
}

fn after_parts(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let length = usize::from(*bytes.get(at)?);
        at += 1 + length;
        if length == 0 {
            return Some(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use gif::Repeat;

    use super::*;

    /// Frames of one colour each, with a comment as some programs write them.
    fn animated(frames: u16) -> Vec<u8> {
        let mut bytes = Vec::new();
        let palette = [255, 0, 0, 0, 0, 255];
        let mut encoder = Encoder::new(&mut bytes, 8, 6, &palette).unwrap();
        encoder.set_repeat(Repeat::Finite(3)).unwrap();
        encoder
            .write_raw_extension(gif::Extension::Comment.into(), &[b"taken at 48.85,2.35"])
            .unwrap();
        for n in 0..frames {
            let mut frame = Frame::from_indexed_pixels(8, 6, vec![(n % 2) as u8; 48], None);
            frame.delay = 7;
            encoder.write_frame(&frame).unwrap();
        }
        drop(encoder);
        bytes.extend(b"<script>hidden</script>");
        bytes
    }

    #[test]
    fn an_animation_stays_one_and_loses_all_else() {
        let gif = animated(3);
        assert!(is_animated(&gif));
        let kept = rewritten(&gif).unwrap();
        assert_eq!((kept.width, kept.height), (8, 6));
        for trace in [&b"48.85"[..], b"<script>"] {
            assert!(!kept.bytes.windows(trace.len()).any(|part| part == trace));
        }
        let mut again = decoder(&kept.bytes).unwrap();
        let mut seen = Vec::new();
        while let Some(frame) = again.read_next_frame().unwrap() {
            seen.push((frame.delay, frame.buffer[0]));
        }
        assert_eq!(seen, [(7, 0), (7, 1), (7, 0)]);
        assert_eq!(again.repeat(), Repeat::Finite(3));
    }

    #[test]
    fn a_gif_of_one_frame_is_no_animation() {
        assert!(!is_animated(&animated(1)));
        assert!(!is_animated(b"GIF89a"));
    }

    #[test]
    fn too_many_frames_are_refused_before_any_is_decoded() {
        let gif = animated(limits::ANIMATION_FRAMES as u16 + 1);
        assert_eq!(check(&gif), Err(PictureFault::TooManyPixels));
        let mut wide = animated(2);
        let at = wide.windows(5).position(|part| part == [IMAGE, 0, 0, 0, 0]);
        let at = at.unwrap();
        wide[at + 5..at + 9].copy_from_slice(&[0xff; 4]);
        assert_eq!(check(&wide), Err(PictureFault::TooManyPixels));
    }

    #[test]
    fn a_cut_or_scrambled_animation_never_brings_the_reader_down() {
        let gif = animated(3);
        let mut refused = 0;
        for at in 0..gif.len() {
            refused += usize::from(rewritten(&gif[..at]).is_err());
            let mut scrambled = gif.clone();
            scrambled[at] ^= 0x55;
            refused += usize::from(rewritten(&scrambled).is_err());
        }
        assert!(refused > 40);
    }
}
