//! One track of a film: what it is, how long, and where in the file its samples lie. Scrubs what it reads of names and dates.

use std::ops::Range;

use super::{
    super::{RecordingFault, milliseconds, number, piece},
    Kind,
};

/// What browsers play.
const VIDEO: [&Kind; 6] = [b"avc1", b"avc3", b"hvc1", b"hev1", b"vp09", b"av01"];
const SOUND: [&Kind; 4] = [b"mp4a", b"Opus", b"fLaC", b"alac"];
/// What all of them play, on old telephones too.
const COMMON: [&Kind; 2] = [b"avc1", b"mp4a"];
/// Samples or chunks of one track: at 240 pictures a second, more than two hours.
const MOST: u64 = 3_000_000;
/// Of one track: so many different ways of encoding.
const CODECS: u64 = 16;
/// Where the name of the encoder stands in a description of pictures, and its bytes.
const ENCODER: Range<usize> = 50..82;

#[derive(Clone, Debug, Default)]
pub struct Track {
    /// `vide`, `soun` or something foreign.
    handler: Kind,
    timescale: u64,
    units: u64,
    pub width: u32,
    pub height: u32,
    /// As it is encoded, before it is turned.
    coded: (u32, u32),
    turned: bool,
    codecs: Vec<Kind>,
    pub samples: u64,
    /// Bytes of each sample; empty: all alike.
    sizes: Vec<u32>,
    size: u32,
    /// First chunk (from 1) and how many samples each from there on holds.
    runs: Vec<(u64, u64)>,
    chunks: Vec<u64>,
    elsewhere: bool,
}

impl Track {
    pub fn is_video(&self) -> bool {
        &self.handler == b"vide"
    }

    pub fn is_foreign(&self) -> bool {
        !self.is_video() && &self.handler != b"soun"
    }

    pub fn is_common(&self) -> bool {
        self.codecs.iter().all(|codec| COMMON.contains(&codec))
    }

    /// In milliseconds.
    pub fn duration(&self) -> i64 {
        milliseconds(self.units, self.timescale)
    }

    /// Reads what counts of a box, by its content, and blanks what tells of people.
    pub fn read(&mut self, kind: Kind, content: &mut [u8]) -> Result<(), RecordingFault> {
        match &kind {
            b"tkhd" => self.header(content),
            b"mdhd" => {
                (self.timescale, self.units) = dates_blanked(content)?;
                Ok(())
            }
            b"hdlr" => self.handler(content),
            b"dref" => self.references(content),
            b"stsd" => self.descriptions(content),
            b"stsz" => self.sample_sizes(content),
            b"stsc" => self.runs(content),
            b"stco" => self.chunks(content, 4),
            b"co64" => self.chunks(content, 8),
            _ => Ok(()),
        }
    }

    pub fn check(&mut self) -> Result<(), RecordingFault> {
        let playable: &[&Kind] = if self.is_video() { &VIDEO } else { &SOUND };
        let plays = |codec: &Kind| playable.contains(&codec);
        if self.codecs.is_empty() || !self.codecs.iter().all(plays) || self.elsewhere {
            return Err(RecordingFault::UnknownType);
        }
        if !self.is_video() {
            return Ok(());
        }
        if self.width == 0 || self.height == 0 {
            (self.width, self.height) = self.coded;
        }
        if self.turned {
            (self.width, self.height) = (self.height, self.width);
        }
        // What is decoded counts, whatever size it is said to be shown in.
        let pixels = |(width, height): (u32, u32)| u64::from(width) * u64::from(height);
        if pixels(self.coded) > parvis_model::limits::VIDEO_PIXELS {
            return Err(RecordingFault::TooManyPixels);
        }
        Ok(())
    }

    /// Where the samples lie, one range for each chunk, of which there may be `most`. What told it is let go.
    pub fn take_places(
        &mut self,
        file: usize,
        most: usize,
    ) -> Result<Vec<Range<usize>>, RecordingFault> {
        if self.chunks.len() > most {
            return Err(RecordingFault::Damaged);
        }
        let places = self.places(file)?;
        (self.chunks, self.runs, self.sizes) = (Vec::new(), Vec::new(), Vec::new());
        Ok(places)
    }

    fn places(&self, file: usize) -> Result<Vec<Range<usize>>, RecordingFault> {
        let mut places = Vec::with_capacity(self.chunks.len());
        let (mut sample, mut run) = (0_u64, 0);
        for (n, start) in self.chunks.iter().enumerate() {
            while self
                .runs
                .get(run + 1)
                .is_some_and(|next| next.0 <= n as u64 + 1)
            {
                run += 1;
            }
            let many = self.runs.get(run).ok_or(RecordingFault::Damaged)?.1;
            let many = many.min(self.samples.saturating_sub(sample));
            let bytes = self.bytes(sample, many)?;
            sample += many;
            let end = start.checked_add(bytes).ok_or(RecordingFault::Damaged)?;
            if end > file as u64 {
                return Err(RecordingFault::Damaged);
            }
            places.push(*start as usize..end as usize);
        }
        Ok(places)
    }

    fn bytes(&self, from: u64, many: u64) -> Result<u64, RecordingFault> {
        if self.sizes.is_empty() {
            return Ok(many.saturating_mul(self.size.into()));
        }
        let some = self.sizes.get(from as usize..(from + many) as usize);
        let some = some.ok_or(RecordingFault::Damaged)?;
        Ok(some.iter().map(|size| u64::from(*size)).sum())
    }

    /// Dates, then a matrix that may turn the picture, then its size in 65,536ths.
    fn header(&mut self, content: &mut [u8]) -> Result<(), RecordingFault> {
        let long = piece(content, 0, 1)? != [0];
        let (dates, matrix) = if long { (16, 52) } else { (8, 40) };
        blank(content, 4, dates)?;
        let entry = |n: usize| number(content, matrix + 4 * n, 4);
        self.turned = entry(0)? == 0 && entry(4)? == 0 && entry(1)? != 0;
        self.width = (number(content, matrix + 36, 4)? >> 16) as u32;
        self.height = (number(content, matrix + 40, 4)? >> 16) as u32;
        Ok(())
    }

    /// What kind it is; the maker's mark and the name are nobody's business.
    fn handler(&mut self, content: &mut [u8]) -> Result<(), RecordingFault> {
        self.handler.copy_from_slice(piece(content, 8, 4)?);
        blank(content, 4, 4)?;
        content[12..].fill(0);
        Ok(())
    }

    /// Samples must lie in this very file; a path to another would name the author's folders.
    fn references(&mut self, content: &mut [u8]) -> Result<(), RecordingFault> {
        let count = number(content, 4, 4)?;
        let mut at = 8;
        for _ in 0..count.min(CODECS) {
            let size = number(content, at, 4)? as usize;
            let here = number(content, at + 8, 4)? & 1 == 1;
            self.elsewhere |= !here;
            let after = size.checked_sub(12).ok_or(RecordingFault::Damaged)?;
            blank(content, at + 12, after)?;
            at += size;
        }
        self.elsewhere |= count > CODECS;
        Ok(())
    }

    fn descriptions(&mut self, content: &mut [u8]) -> Result<(), RecordingFault> {
        let count = number(content, 4, 4)?;
        if count > CODECS {
            return Err(RecordingFault::Damaged);
        }
        let mut at = 8;
        for _ in 0..count {
            let size = number(content, at, 4)? as usize;
            let codec = piece(content, at + 4, 4)?;
            let codec = [codec[0], codec[1], codec[2], codec[3]];
            if size < 24 {
                return Err(RecordingFault::Damaged);
            }
            if VIDEO.contains(&&codec) {
                let side = |from| number(content, at + from, 2).map(|side| side as u32);
                let (width, height) = (side(32)?, side(34)?);
                self.coded = (self.coded.0.max(width), self.coded.1.max(height));
                blank(content, at + ENCODER.start, ENCODER.len())?;
            }
            // The maker of the program that wrote it.
            blank(content, at + 20, 4)?;
            self.codecs.push(codec);
            at = at.checked_add(size).ok_or(RecordingFault::Damaged)?;
        }
        Ok(())
    }

    fn sample_sizes(&mut self, content: &[u8]) -> Result<(), RecordingFault> {
        once(self.samples == 0)?;
        self.size = number(content, 4, 4)? as u32;
        self.samples = number(content, 8, 4)?;
        if self.size > 0 {
            return Ok(());
        }
        let table = table(content, 12, self.samples, 4)?;
        self.sizes = table
            .chunks_exact(4)
            .map(|it| u32::from_be_bytes([it[0], it[1], it[2], it[3]]))
            .collect();
        Ok(())
    }

    fn runs(&mut self, content: &[u8]) -> Result<(), RecordingFault> {
        once(self.runs.is_empty())?;
        let table = table(content, 8, number(content, 4, 4)?, 12)?;
        for entry in table.chunks_exact(12) {
            let run = (number(entry, 0, 4)?, number(entry, 4, 4)?);
            self.runs.push(run);
        }
        Ok(())
    }

    fn chunks(&mut self, content: &[u8], wide: usize) -> Result<(), RecordingFault> {
        once(self.chunks.is_empty())?;
        let table = table(content, 8, number(content, 4, 4)?, wide)?;
        for entry in table.chunks_exact(wide) {
            self.chunks.push(number(entry, 0, wide)?);
        }
        Ok(())
    }
}

/// A list that comes twice is damage.
fn once(is_new: bool) -> Result<(), RecordingFault> {
    is_new.then_some(()).ok_or(RecordingFault::Damaged)
}

fn table(content: &[u8], from: usize, count: u64, each: usize) -> Result<&[u8], RecordingFault> {
    if count > MOST {
        return Err(RecordingFault::Damaged);
    }
    piece(content, from, count as usize * each)
}

/// Of a box that begins with version, two dates, units a second and duration: the last two. The dates become zero.
pub fn dates_blanked(content: &mut [u8]) -> Result<(u64, u64), RecordingFault> {
    let wide = if piece(content, 0, 1)? == [0] { 4 } else { 8 };
    blank(content, 4, 2 * wide)?;
    let timescale = number(content, 4 + 2 * wide, 4)?;
    let duration = number(content, 8 + 2 * wide, wide)?;
    // All ones: not known.
    let unknown = duration == u64::MAX >> (64 - 8 * wide);
    Ok((timescale, if unknown { 0 } else { duration }))
}

fn blank(content: &mut [u8], from: usize, length: usize) -> Result<(), RecordingFault> {
    piece(content, from, length)?;
    content[from..from + length].fill(0);
    Ok(())
}
