//! MP4, M4A and QuickTime: what is neither sound nor picture is overwritten where it stands, as free space; so no position
//! changes. Kept are the boxes on a short list, scrubbed of names and dates, and of the media data only what a kept track
//! refers to: a telephone writes places into tracks of their own too.
//!
//! Boxes: ISO/IEC 14496-12; <https://developer.apple.com/documentation/quicktime-file-format>.

mod track;

use std::ops::Range;

use self::track::Track;
use super::{Cleaned, Facts, RecordingFault, milliseconds, number, piece, rate};
use crate::key::FileType;

type Kind = [u8; 4];

/// Boxes looked at in one file.
const BOXES: usize = 200_000;
/// Pieces in which the samples of a file lie, over all its tracks: many hours, even where each sample lies by itself.
const CHUNKS: usize = 1_000_000;
/// Brands of pictures, which begin like films.
const PICTURES: [&Kind; 8] = [
    b"avif", b"avis", b"heic", b"heix", b"hevc", b"heim", b"mif1", b"msf1",
];

/// One box of a file: where it begins, where its content does, where it ends.
#[derive(Clone, Copy, Debug)]
struct Atom {
    kind: Kind,
    start: usize,
    body: usize,
    end: usize,
}

impl Atom {
    fn content(self) -> Range<usize> {
        self.body..self.end
    }
}

pub(super) fn is_one(bytes: &[u8]) -> bool {
    match bytes.get(4..8) {
        Some(b"ftyp") => bytes
            .get(8..12)
            .is_some_and(|brand| !PICTURES.iter().any(|it| *it == brand)),
        Some(b"moov" | b"wide" | b"mdat") => true,
        _ => false,
    }
}

/// Whether it calls itself MP4; QuickTime has a brand of its own, or none.
pub(super) fn says_mp4(bytes: &[u8]) -> bool {
    bytes.get(4..8) == Some(b"ftyp") && bytes.get(8..12) != Some(b"qt  ")
}

/// What may stand in a box; everything else becomes free space.
fn known(within: Option<&Kind>) -> &'static [&'static Kind] {
    match within {
        None => &[
            b"ftyp", b"moov", b"mdat", b"moof", b"mfra", b"sidx", b"styp",
        ],
        Some(b"moov") => &[b"mvhd", b"trak", b"mvex"],
        Some(b"trak") => &[b"tkhd", b"edts", b"mdia"],
        Some(b"edts") => &[b"elst"],
        Some(b"mdia") => &[b"mdhd", b"hdlr", b"minf"],
        Some(b"minf") => &[b"vmhd", b"smhd", b"dinf", b"stbl"],
        Some(b"dinf") => &[b"dref"],
        Some(b"stbl") => &[
            b"stsd", b"stts", b"stss", b"ctts", b"stsc", b"stsz", b"stco", b"co64", b"sdtp",
            b"sgpd", b"sbgp", b"cslg", b"stps",
        ],
        Some(b"mvex") => &[b"mehd", b"trex"],
        Some(b"moof") => &[b"mfhd", b"traf"],
        Some(b"traf") => &[b"tfhd", b"tfdt", b"trun", b"sbgp", b"sgpd", b"sdtp"],
        Some(b"mfra") => &[b"tfra", b"mfro"],
        Some(_) => &[],
    }
}

struct Film {
    file: Vec<u8>,
    left: usize,
    tracks: Vec<Track>,
    data: Vec<Range<usize>>,
    /// Where the samples of its tracks lie.
    kept: Vec<Range<usize>>,
    /// In milliseconds, as the film's own boxes say.
    duration: i64,
    timescale: u64,
    /// Its samples lie in pieces, each with an index of its own.
    in_pieces: bool,
    /// It had a track that is no longer there.
    had_foreign: bool,
}

pub(super) fn cleaned(file: Vec<u8>) -> Cleaned {
    let mut film = Film {
        file,
        left: BOXES,
        tracks: Vec::new(),
        data: Vec::new(),
        kept: Vec::new(),
        duration: 0,
        timescale: 0,
        in_pieces: false,
        had_foreign: false,
    };
    film.walk(0..film.file.len(), None)?;
    film.blank_what_nobody_refers_to()?;
    let video = film.tracks.iter().find(|track| track.is_video());
    if film.tracks.is_empty() || film.data.is_empty() {
        return Err(RecordingFault::UnknownType);
    }
    let of_tracks = film.tracks.iter().map(Track::duration).max();
    let duration = film.duration.max(of_tracks.unwrap_or(0));
    let common = film.tracks.iter().all(Track::is_common);
    let facts = match video {
        None => Facts {
            duration,
            common,
            ..Facts::default()
        },
        Some(video) => Facts {
            duration,
            width: video.width,
            height: video.height,
            frame_rate: rate(video.samples, video.duration()),
            bit_rate: 0,
            common,
        },
    };
    let file_type = if video.is_some() {
        FileType::Mp4
    } else {
        FileType::M4a
    };
    Ok((film.file, file_type, facts))
}

impl Film {
    fn walk(&mut self, within: Range<usize>, parent: Option<Kind>) -> Result<(), RecordingFault> {
        let mut at = within.start;
        while at < within.end {
            if within.end - at < 8 {
                // QuickTime ends some lists with zeros.
                self.file[at..within.end].fill(0);
                break;
            }
            let atom = self.atom(at, within.end)?;
            at = atom.end;
            if known(parent.as_ref()).contains(&&atom.kind) {
                self.look_at(atom)?;
            } else {
                self.free(atom);
            }
        }
        Ok(())
    }

    fn look_at(&mut self, atom: Atom) -> Result<(), RecordingFault> {
        match &atom.kind {
            b"ftyp" | b"styp" => self.name_brands(atom)?,
            b"mdat" => self.data.push(atom.content()),
            b"mvhd" => self.film_header(atom)?,
            b"mehd" => self.fragments_header(atom)?,
            b"trak" => self.track(atom)?,
            b"moof" => {
                self.in_pieces = true;
                self.walk(atom.content(), Some(atom.kind))?;
            }
            b"moov" | b"mvex" | b"traf" | b"mfra" => self.walk(atom.content(), Some(atom.kind))?,
            _ => {}
        }
        Ok(())
    }

    /// A track that is neither sound nor picture is taken out whole.
    fn track(&mut self, atom: Atom) -> Result<(), RecordingFault> {
        let mut track = Track::default();
        self.within_track(atom, &mut track)?;
        if track.is_foreign() {
            self.had_foreign = true;
            self.free(atom);
            return Ok(());
        }
        track.check()?;
        let places = track.take_places(self.file.len(), CHUNKS - self.kept.len())?;
        self.kept.extend(places);
        self.tracks.push(track);
        Ok(())
    }

    fn within_track(&mut self, parent: Atom, track: &mut Track) -> Result<(), RecordingFault> {
        let mut at = parent.body;
        while at + 8 <= parent.end {
            let atom = self.atom(at, parent.end)?;
            at = atom.end;
            if !known(Some(&parent.kind)).contains(&&atom.kind) {
                self.free(atom);
                continue;
            }
            match &atom.kind {
                b"edts" | b"mdia" | b"minf" | b"dinf" | b"stbl" => {
                    self.within_track(atom, track)?;
                }
                kind => track.read(*kind, &mut self.file[atom.content()])?,
            }
        }
        self.file[at..parent.end].fill(0);
        Ok(())
    }

    /// What it calls itself, without the name of who made it; old QuickTime is close enough to be read as MP4.
    fn name_brands(&mut self, atom: Atom) -> Result<(), RecordingFault> {
        let brands = &mut self.file[atom.content()];
        if brands.len() < 8 || !brands.len().is_multiple_of(4) {
            return Err(RecordingFault::Damaged);
        }
        let names = [b"isom", b"\0\0\x02\0", b"isom", b"iso6", b"mp41"];
        for (n, place) in brands.chunks_exact_mut(4).enumerate() {
            place.copy_from_slice(names.get(n).copied().unwrap_or(b"isom"));
        }
        Ok(())
    }

    /// Version, dates, units a second, duration: in 32 bits each or in 64.
    fn film_header(&mut self, atom: Atom) -> Result<(), RecordingFault> {
        let header = &mut self.file[atom.content()];
        let (timescale, duration) = track::dates_blanked(header)?;
        self.timescale = timescale;
        self.duration = milliseconds(duration, timescale);
        Ok(())
    }

    fn fragments_header(&mut self, atom: Atom) -> Result<(), RecordingFault> {
        let header = &self.file[atom.content()];
        let wide = if piece(header, 0, 1)? == [0] { 4 } else { 8 };
        let duration = milliseconds(number(header, 4, wide)?, self.timescale);
        self.duration = self.duration.max(duration);
        Ok(())
    }

    fn blank_what_nobody_refers_to(&mut self) -> Result<(), RecordingFault> {
        if self.in_pieces {
            // Then what belonged to a foreign track cannot be told from the rest.
            return if self.had_foreign {
                Err(RecordingFault::UnknownType)
            } else {
                Ok(())
            };
        }
        let kept = merged(std::mem::take(&mut self.kept));
        for gap in outside(&self.data, &kept) {
            self.file[gap].fill(0);
        }
        Ok(())
    }

    fn free(&mut self, atom: Atom) {
        self.file[atom.start + 4..atom.start + 8].copy_from_slice(b"free");
        self.file[atom.content()].fill(0);
    }

    fn atom(&mut self, start: usize, end: usize) -> Result<Atom, RecordingFault> {
        self.left = self.left.checked_sub(1).ok_or(RecordingFault::Damaged)?;
        let head = piece(&self.file, start, 8)?;
        let kind = [head[4], head[5], head[6], head[7]];
        let (size, head) = match number(&self.file, start, 4)? {
            // To the end.
            0 => ((end - start) as u64, 8),
            1 => (number(&self.file, start + 8, 8)?, 16),
            size => (size, 8),
        };
        let size = usize::try_from(size).map_err(|_| RecordingFault::Damaged)?;
        if size < head || size > end - start {
            return Err(RecordingFault::Damaged);
        }
        Ok(Atom {
            kind,
            start,
            body: start + head,
            end: start + size,
        })
    }
}

/// The same bytes in order, each once.
fn merged(mut places: Vec<Range<usize>>) -> Vec<Range<usize>> {
    places.sort_unstable_by_key(|place| place.start);
    places.dedup_by(|next, last| {
        let touches = next.start <= last.end;
        if touches {
            last.end = last.end.max(next.end);
        }
        touches
    });
    places
}

/// What of `data` lies in none of `kept`; both in order, and none within another.
fn outside(data: &[Range<usize>], kept: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut gaps = Vec::new();
    let mut next = 0;
    for data in data {
        let mut from = data.start;
        while let Some(place) = kept.get(next).filter(|place| place.start < data.end) {
            if place.start > from {
                gaps.push(from..place.start);
            }
            from = from.max(place.end);
            if place.end > data.end {
                // The rest of it lies in what follows.
                break;
            }
            next += 1;
        }
        if from < data.end {
            gaps.push(from..data.end);
        }
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_outside_is_found_however_places_overlap() {
        let kept = vec![8..12, 0..3, 2..5, 9..10, 30..30, 19..33, 40..41];
        let kept = merged(kept);
        assert_eq!(kept, [0..5, 8..12, 19..33, 40..41]);
        let data = [1..10, 11..20, 21..22, 24..40, 42..44];
        let is_in = |all: &[Range<usize>], at| all.iter().any(|it| it.contains(&at));
        let gaps = outside(&data, &kept);
        for at in 0..50 {
            let right = is_in(&data, at) && !is_in(&kept, at);
            assert_eq!(is_in(&gaps, at), right, "{at}");
        }
    }

    fn boxed(kind: &str, content: &[u8]) -> Vec<u8> {
        let size = content.len() as u32 + 8;
        [&size.to_be_bytes()[..], kind.as_bytes(), content].concat()
    }

    fn numbers(all: &[u32]) -> Vec<u8> {
        all.iter().flat_map(|it| it.to_be_bytes()).collect()
    }

    /// Sound of which each byte is a sample and a piece of its own.
    fn sound(samples: u32) -> Vec<u8> {
        let mut handler = vec![0; 24];
        handler[8..12].copy_from_slice(b"soun");
        let codec = [numbers(&[0, 1]), boxed("mp4a", &[0; 28])].concat();
        let mut places = numbers(&[0, samples]);
        places.extend(numbers(&[24]).repeat(samples as usize));
        let tables = [
            boxed("stsd", &codec),
            boxed("stsz", &numbers(&[0, 1, samples])),
            boxed("stsc", &numbers(&[0, 1, 1, 1, 1])),
            boxed("stco", &places),
        ];
        let minf = boxed("minf", &boxed("stbl", &tables.concat()));
        let mdia = [boxed("hdlr", &handler), minf].concat();
        boxed("trak", &boxed("mdia", &mdia))
    }

    fn film(tracks: usize, samples: u32) -> Vec<u8> {
        let tracks = sound(samples).repeat(tracks);
        let brands = boxed("ftyp", b"isom\0\0\x02\0");
        [brands, boxed("mdat", b"ab"), boxed("moov", &tracks)].concat()
    }

    #[test]
    fn the_pieces_of_all_tracks_are_counted_together() {
        let (file, ..) = cleaned(film(1, 600_000)).unwrap();
        assert_eq!(&file[24..26], b"a\0", "nobody refers to the second byte");
        let too_many = cleaned(film(2, 600_000)).unwrap_err();
        assert_eq!(too_many, RecordingFault::Damaged);
    }
}
