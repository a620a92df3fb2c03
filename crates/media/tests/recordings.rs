//! What becomes of sound and video: what they are stays, whose they are goes. The samples were written by ffmpeg with a title,
//! a place, a maker's name and dates in each.
#![expect(clippy::unwrap_used, reason = "tests")]

use parvis_media::{
    FileType,
    recording::{Facts, Recording, RecordingFault, cleaned, is_recording},
};
use proptest::prelude::*;

macro_rules! sample {
    ($name:literal) => {
        ($name, include_bytes!(concat!("samples/", $name)).as_slice())
    };
}

const SAMPLES: [(&str, &[u8]); 11] = [
    sample!("film.mp4"),
    sample!("film.mov"),
    sample!("pieces.mp4"),
    sample!("film.webm"),
    sample!("live.webm"),
    sample!("sound.m4a"),
    sample!("opus.ogg"),
    sample!("vorbis.ogg"),
    sample!("sound.mp3"),
    sample!("sound.flac"),
    sample!("sound.wav"),
];

/// Names, places and programs, as they stand in the samples.
const TRACES: [&[u8]; 7] = [
    b"MaisonDeMarie",
    b"AppareilDeMarie",
    b"+48.8566",
    b"2026-01-02",
    b"Lavf",
    b"ID3",
    b"tmcd",
];

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn sample(name: &str) -> Vec<u8> {
    let (_, bytes) = SAMPLES.iter().find(|(known, _)| *known == name).unwrap();
    bytes.to_vec()
}

fn clean(name: &str) -> Recording {
    cleaned(sample(name)).unwrap_or_else(|fault| panic!("{name}: {fault}"))
}

#[test]
fn names_places_dates_and_makers_are_gone() {
    for (name, bytes) in SAMPLES {
        assert!(
            contains(bytes, b"MaisonDeMarie") || contains(bytes, b"AppareilDeMarie"),
            "{name}"
        );
        assert!(is_recording(bytes));
        let kept = clean(name);
        for trace in TRACES {
            assert!(
                !contains(&kept.bytes, trace),
                "{name} still says {}",
                String::from_utf8_lossy(trace)
            );
        }
    }
}

#[test]
fn what_a_recording_is_is_told_truly() {
    let video = |file_type, frame_rate| (file_type, 64, 48, frame_rate);
    let expected = [
        ("film.mp4", video(FileType::Mp4, 10_000)),
        ("film.mov", video(FileType::Mp4, 10_000)),
        ("pieces.mp4", video(FileType::Mp4, 0)),
        ("film.webm", video(FileType::Webm, 9_900)),
        ("live.webm", video(FileType::Webm, 9_900)),
        ("sound.m4a", (FileType::M4a, 0, 0, 0)),
        ("opus.ogg", (FileType::Ogg, 0, 0, 0)),
        ("vorbis.ogg", (FileType::Ogg, 0, 0, 0)),
        ("sound.mp3", (FileType::Mp3, 0, 0, 0)),
        ("sound.flac", (FileType::Flac, 0, 0, 0)),
        ("sound.wav", (FileType::Wav, 0, 0, 0)),
    ];
    for (name, (file_type, width, height, frame_rate)) in expected {
        let Recording {
            facts,
            file_type: found,
            ..
        } = clean(name);
        let Facts { duration, .. } = facts;
        assert_eq!(
            (found, facts.width, facts.height),
            (file_type, width, height),
            "{name}"
        );
        assert!(
            facts.frame_rate.abs_diff(frame_rate) <= 1_200,
            "{name}: {facts:?}"
        );
        let about = match name {
            "sound.wav" => 190..=210,
            // One that comes in pieces does not say how long it will be.
            "pieces.mp4" => 0..=1_200,
            _ => 890..=1_200,
        };
        assert!(about.contains(&duration), "{name}: {facts:?}");
        let common = [
            "film.mp4",
            "film.mov",
            "pieces.mp4",
            "sound.m4a",
            "sound.mp3",
        ];
        assert_eq!(facts.common, common.contains(&name), "{name}");
        assert!(duration == 0 || facts.bit_rate > 0);
    }
}

/// What stands on a list of kept things is found again where it was: players follow positions.
#[test]
fn nothing_moves_in_a_film() {
    for name in ["film.mp4", "film.mov", "pieces.mp4", "film.webm"] {
        let (before, after) = (sample(name), clean(name).bytes);
        assert_eq!(before.len(), after.len(), "{name}");
        let changed = before.iter().zip(&after).filter(|(a, b)| a != b).count();
        assert!(
            changed > 0 && changed < before.len() / 2,
            "{name}: {changed}"
        );
    }
}

#[test]
fn cleaning_twice_changes_nothing_more() {
    for (name, _) in SAMPLES {
        let once = clean(name);
        assert_eq!(cleaned(once.bytes.clone()).unwrap(), once, "{name}");
    }
}

/// Telephones write where they are into a track of its own; its samples lie between those of the film.
#[test]
fn the_samples_of_a_foreign_track_are_blanked() {
    // 12:34:56 and seven pictures, at ten a second.
    let time_code = 452_967_u32.to_be_bytes();
    assert!(contains(&sample("film.mov"), &time_code));
    assert!(!contains(&clean("film.mov").bytes, &time_code));
}

/// What no track refers to may be anything.
#[test]
fn what_lies_unused_in_the_media_data_is_blanked() {
    let mut film = sample("film.mp4");
    let end = film.len();
    let data = film.windows(4).position(|it| it == b"mdat").unwrap() - 4;
    let index = film.windows(4).position(|it| it == b"moov").unwrap() - 4;
    assert!(data < index, "the index stands at the end");
    let size = (index - data + 16) as u32;
    film[data..data + 4].copy_from_slice(&size.to_be_bytes());
    film.splice(index..index, *b"<script>hidden//");
    let kept = cleaned(film).unwrap();
    assert_eq!(kept.bytes.len(), end + 16);
    assert!(!contains(&kept.bytes, b"<script>"));
}

#[test]
fn what_hides_behind_and_between_the_frames_of_an_mp3_is_gone() {
    let mut sound = sample("sound.mp3");
    sound.extend(b"APETAGEX<script>alert(1)</script>");
    let kept = cleaned(sound).unwrap();
    assert!(!contains(&kept.bytes, b"<script>") && !contains(&kept.bytes, b"TAGMaison"));
    assert_eq!(kept.bytes, clean("sound.mp3").bytes);
}

#[test]
fn what_browsers_cannot_play_is_refused() {
    let mut film = sample("film.mp4");
    let codec = film.windows(4).position(|it| it == b"avc1").unwrap();
    let codec = film[codec + 4..]
        .windows(4)
        .position(|it| it == b"avc1")
        .map_or(codec, |next| codec + 4 + next);
    film[codec..codec + 4].copy_from_slice(b"apch");
    assert_eq!(cleaned(film), Err(RecordingFault::UnknownType));
    let mut matroska = sample("film.webm");
    let kind = matroska.windows(4).position(|it| it == b"webm").unwrap();
    matroska[kind..kind + 4].copy_from_slice(b"webx");
    assert_eq!(cleaned(matroska), Err(RecordingFault::UnknownType));
}

#[test]
fn a_cut_or_scrambled_recording_never_brings_a_reader_down() {
    let mut refused = 0;
    for (_, bytes) in SAMPLES {
        for at in (0..bytes.len()).step_by(5) {
            refused += usize::from(cleaned(bytes[..at].to_vec()).is_err());
            for change in [0x01, 0x80, 0xff] {
                let mut scrambled = bytes.to_vec();
                scrambled[at] ^= change;
                refused += usize::from(cleaned(scrambled).is_err());
            }
        }
    }
    assert!(refused > 1_000, "{refused}");
}

proptest! {
    #[test]
    fn any_bytes_behind_a_known_beginning_are_borne(
        which in 0..SAMPLES.len(),
        keep in 0_usize..4_000,
        junk in proptest::collection::vec(any::<u8>(), 0..600),
    ) {
        let (_, bytes) = SAMPLES[which];
        let mut made = bytes[..keep.min(bytes.len())].to_vec();
        made.extend(junk);
        made.extend(&bytes[keep.min(bytes.len())..]);
        if let Ok(kept) = cleaned(made.clone()) {
            prop_assert!(kept.bytes.len() <= made.len() + 64);
            prop_assert!(cleaned(kept.bytes).is_ok());
        }
    }
}
