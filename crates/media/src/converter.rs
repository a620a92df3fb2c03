//! ffmpeg, where the installation names it: what not every browser plays becomes MP4, and a film gets a picture that stands for
//! it. Knows no upload and no storage.
//!
//! What people send is hostile, and ffmpeg reads far more than it is given, also over the network, from wherever a list within
//! a file says. So it is given one file by its whole path, which our own readers have cleaned, may read that by one protocol,
//! as one kind of container and with a few decoders, gets neither a shell nor our environment, and ends in bounded time.

use std::{
    io,
    ops::RangeInclusive,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    sync::Arc,
    time::Duration,
};

use parvis_model::{
    clock::{SECOND, Timestamp},
    limits,
};
use tokio::{
    io::AsyncReadExt as _,
    process::{ChildStderr, Command},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use crate::{
    key::FileType,
    recording::{Facts, RecordingFault},
};

/// For a whole recording.
const LONGEST: Duration = Duration::from_mins(10);
/// For one picture of it.
const GLANCE: Duration = Duration::from_mins(1);
/// Bytes of what it complains of that are read.
const WORDS: u64 = 4 * 1024;
/// Letters of that in our log.
const LINE: usize = 200;
/// At the same time, of all towns: one is converted, the others wait. Half of what one town prepares at once, so that what need
/// not be converted goes past them.
const QUEUE: usize = 4;

/// It asks nobody, complains of errors alone, writes over nothing, takes no more than 256 MiB at once. Where we are killed and
/// nobody is left to end it, it ends by itself: after twenty minutes of processor time, which is what its two threads may take.
const ALONE: [&str; 12] = [
    "-nostdin",
    "-hide_banner",
    "-nostats",
    "-v",
    "error",
    "-n",
    "-timelimit",
    "1200",
    "-max_alloc",
    "268435456",
    "-filter_threads",
    "1",
];
/// How it may read: files of this machine, with decoders of what our own readers let pass.
const GUARDED: [&str; 6] = [
    "-protocol_whitelist",
    "file",
    "-codec_whitelist",
    "h264,hevc,vp8,libvpx,vp9,libvpx-vp9,av1,libdav1d,libaom-av1,aac,alac,opus,libopus,vorbis,libvorbis,flac,mp3,mp3float,\
     pcm_u8,pcm_s16le,pcm_s24le,pcm_s32le,pcm_f32le,pcm_f64le,pcm_alaw,pcm_mulaw",
    "-threads",
    "2",
];
/// Nothing but sound and picture goes into what it writes.
const BARE: [&str; 8] = [
    "-sn",
    "-dn",
    "-map_metadata",
    "-1",
    "-map_chapters",
    "-1",
    "-threads",
    "2",
];
/// What every telephone plays.
const SOUND: [&str; 8] = ["-c:a", "aac", "-b:a", "128k", "-ac", "2", "-ar", "48000"];
const PICTURES: [&str; 12] = [
    "-c:v",
    "libx264",
    "-preset",
    "veryfast",
    "-profile:v",
    "main",
    "-pix_fmt",
    "yuv420p",
    "-crf",
    "23",
    "-fpsmax",
    "30",
];
/// Whole, at most 1280 pixels on its longer side, both sides even as H.264 wants it.
const SMALLER: &str = "scale=w='2*max(1,trunc(iw*min(1,1280/max(iw,ih))/2))':\
                       h='2*max(1,trunc(ih*min(1,1280/max(iw,ih))/2))'";
/// Bits a second of pictures: less than the first is nothing to look at, and more than the last none may take.
const PICTURE_BITS: RangeInclusive<u64> = 200_000..=2_500_000;
const SOUND_BITS: u64 = 128_000;

/// Cloning gives another handle on the same program, which does one thing at a time.
#[derive(Clone, Debug)]
pub struct Converter {
    program: Arc<Path>,
    queue: Arc<Semaphore>,
    turn: Arc<Semaphore>,
}

/// A recording that our own readers have cleaned, on this machine's disk.
pub(crate) struct Source {
    /// From the root on.
    pub path: PathBuf,
    pub file_type: FileType,
    pub facts: Facts,
}

/// Why a recording stays as it came.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unconverted {
    #[error(transparent)]
    Files(#[from] io::Error),
    #[error("ffmpeg ended with {status} and said {said:?}")]
    Failed { status: ExitStatus, said: String },
    #[error("ffmpeg took longer than {} s", .0.as_secs())]
    TooSlow(Duration),
    #[error("it is too long to fit as MP4")]
    TooLong,
    #[error("too many others are being converted")]
    TooMany,
    #[error("what ffmpeg made of it is not what was asked for")]
    Another,
    #[error("what ffmpeg made of it ends too early")]
    CutOff,
    #[error("what ffmpeg made of it: {0}")]
    Unfit(#[from] RecordingFault),
}

impl Converter {
    /// `program`: ffmpeg's, by its whole path.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self {
            program: Arc::from(program.into()),
            queue: Arc::new(Semaphore::new(QUEUE)),
            turn: Arc::new(Semaphore::new(1)),
        }
    }

    /// Until nothing else is being converted, of whichever town. Nothing else is while this is held. Where too many others wait
    /// already, it is not waited for.
    pub(crate) async fn turn(&self) -> Result<[OwnedSemaphorePermit; 2], Unconverted> {
        let place = Arc::clone(&self.queue).try_acquire_owned();
        let place = place.map_err(|_| Unconverted::TooMany)?;
        let turn = Arc::clone(&self.turn).acquire_owned().await;
        Ok([place, turn.map_err(io::Error::other)?])
    }

    /// Makes an MP4 of a film.
    pub(crate) async fn film(&self, source: &Source, made: &Path) -> Result<(), Unconverted> {
        let bits = picture_bits(source.facts.duration).ok_or(Unconverted::TooLong)?;
        let mut command = self.reading(source);
        command.args(["-map", "0:V:0", "-map", "0:a:0?"]);
        command.args(PICTURES).args(["-vf", SMALLER]);
        command.args(["-maxrate", &bits.to_string()]);
        command.args(["-bufsize", &(2 * bits).to_string()]);
        command.args(SOUND);
        run(as_mp4(command, made), LONGEST).await
    }

    /// Makes an M4A of sound.
    pub(crate) async fn sound(&self, source: &Source, made: &Path) -> Result<(), Unconverted> {
        if fitting_bits(source.facts.duration) < SOUND_BITS {
            return Err(Unconverted::TooLong);
        }
        let mut command = self.reading(source);
        command.args(["-map", "0:a:0", "-vn"]).args(SOUND);
        run(as_mp4(command, made), LONGEST).await
    }

    /// Makes a PNG of what is to be seen near the beginning of a film; not of its first picture, which is often black.
    pub(crate) async fn poster(&self, source: &Source, made: &Path) -> Result<(), Unconverted> {
        let mut command = self.reading(source);
        command.args(["-map", "0:V:0", "-an"]).args(BARE);
        command.args(["-vf", &format!("{SMALLER},thumbnail=24")]);
        command.args(["-frames:v", "1", "-c:v", "png"]);
        // Not `image2`, to which a path may be a pattern.
        write_to(&mut command, limits::PICTURE_BYTES, "image2pipe", made);
        run(command, GLANCE).await
    }

    fn reading(&self, source: &Source) -> Command {
        let mut command = Command::new(&*self.program);
        command.args(ALONE).args(GUARDED);
        command.args(["-max_pixels", &limits::VIDEO_PIXELS.to_string()]);
        command.args(reader(source.file_type));
        command.arg("-i").arg(&source.path);
        command
    }
}

/// The one reader of containers that it may use.
fn reader(file_type: FileType) -> &'static [&'static str] {
    match file_type {
        // References to other files are refused by our own reader, too.
        FileType::Mp4 | FileType::M4a => &["-enable_drefs", "0", "-f", "mov"],
        FileType::Webm | FileType::Weba => &["-f", "matroska"],
        FileType::Ogg => &["-f", "ogg"],
        FileType::Mp3 => &["-f", "mp3"],
        FileType::Flac => &["-f", "flac"],
        FileType::Wav => &["-f", "wav"],
        // Never asked for; there is no such reader.
        FileType::Jpeg | FileType::Png | FileType::Webp | FileType::Gif => &["-f", "null"],
    }
}

/// With the index in front, so that it plays while it comes.
fn as_mp4(mut command: Command, made: &Path) -> Command {
    command.args(BARE).args(["-movflags", "+faststart"]);
    write_to(&mut command, limits::RECORDING_BYTES, "mp4", made);
    command
}

fn write_to(command: &mut Command, most: usize, form: &str, made: &Path) {
    command.args(["-fs", &most.to_string(), "-f", form]);
    command.arg(made);
}

/// So many a second that all of it fits into the bytes that a recording may have.
fn fitting_bits(duration: Timestamp) -> u64 {
    // A tenth is left for the index, and for what the encoder takes too much.
    let bits = limits::RECORDING_BYTES as u64 * 8 / 10 * 9;
    let seconds = (duration.max(0) / SECOND) as u64 + 1;
    bits / seconds
}

/// Of these, those for pictures. `None`: it is too long for any.
fn picture_bits(duration: Timestamp) -> Option<u64> {
    let bits = fitting_bits(duration).saturating_sub(SOUND_BITS);
    (bits >= *PICTURE_BITS.start()).then(|| bits.min(*PICTURE_BITS.end()))
}

/// Dropped meanwhile, its process ends.
async fn run(mut command: Command, patience: Duration) -> Result<(), Unconverted> {
    command
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        // What ends us from a terminal leaves it to us to end it.
        .process_group(0)
        .kill_on_drop(true);
    let mut child = command.spawn()?;
    let stderr = child.stderr.take();
    let ended = timeout(patience, async {
        let said = words(stderr).await?;
        Ok::<_, io::Error>((child.wait().await?, said))
    })
    .await;
    let Ok(ended) = ended else {
        child.kill().await?;
        return Err(Unconverted::TooSlow(patience));
    };
    match ended? {
        (status, _) if status.success() => Ok(()),
        (status, said) => Err(Unconverted::Failed { status, said }),
    }
}

/// The first of what it complains of; of the rest nobody hears.
async fn words(stderr: Option<ChildStderr>) -> io::Result<String> {
    let mut said = Vec::new();
    if let Some(stderr) = stderr {
        stderr.take(WORDS).read_to_end(&mut said).await?;
    }
    let said = String::from_utf8_lossy(&said);
    let line = said.lines().next().unwrap_or_default();
    Ok(line.chars().take(LINE).collect())
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        command
    }

    #[tokio::test]
    async fn what_hangs_is_ended_and_what_fails_says_why() {
        let start = Instant::now();
        let hangs = run(shell("exec sleep 60"), Duration::from_millis(50)).await;
        assert!(matches!(hangs, Err(Unconverted::TooSlow(_))));
        let talks = "while echo 'nothing but words' >&2; do :; done; exit 3";
        let talks = run(shell(talks), GLANCE).await;
        assert!(matches!(talks, Err(Unconverted::Failed { .. })));
        assert!(start.elapsed() < Duration::from_secs(20));

        let fails = run(shell("echo 'no such codec' >&2; exit 1"), GLANCE).await;
        let said = fails.unwrap_err().to_string();
        assert!(said.contains("no such codec"), "{said}");
        assert!(run(shell("exit 0"), GLANCE).await.is_ok());
    }

    #[tokio::test]
    async fn it_knows_nothing_of_our_environment() {
        assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some());
        let asks = "test -z \"$CARGO_MANIFEST_DIR\"";
        assert!(run(shell(asks), GLANCE).await.is_ok());
    }

    #[test]
    fn whatever_lasts_longer_gets_fewer_bits_and_fits() {
        assert_eq!(picture_bits(0), Some(2_500_000));
        let minutes = |minutes: i64| picture_bits(minutes * 60 * SECOND);
        let (short, long) = (minutes(4).unwrap(), minutes(10).unwrap());
        assert!(long < short && short <= 2_500_000);
        let bytes = (long + SOUND_BITS) * 600 / 8;
        assert!(bytes < limits::RECORDING_BYTES as u64);
        assert_eq!(minutes(60), None);
    }

    #[tokio::test]
    async fn sound_that_cannot_fit_is_not_begun() {
        let nowhere = Converter::new("/nowhere/ffmpeg");
        let sound = async |minutes: i64| {
            let source = Source {
                path: PathBuf::from("/nowhere/source"),
                file_type: FileType::Ogg,
                facts: Facts {
                    duration: minutes * 60 * SECOND,
                    ..Facts::default()
                },
            };
            let made = Path::new("/nowhere/made.m4a");
            nowhere.sound(&source, made).await
        };
        assert!(matches!(sound(30).await, Err(Unconverted::Files(_))));
        assert!(matches!(sound(180).await, Err(Unconverted::TooLong)));
    }

    #[tokio::test]
    async fn few_wait_for_their_turn_and_whoever_comes_then_does_not() {
        let moment = Duration::from_millis(1);
        let converter = Converter::new("/usr/bin/ffmpeg");
        let held = converter.turn().await.unwrap();
        let waiting = (1..QUEUE).map(|_| Box::pin(converter.turn()));
        let mut waiting: Vec<_> = waiting.collect();
        for turn in &mut waiting {
            assert!(timeout(moment, turn.as_mut()).await.is_err());
        }
        let late = converter.turn().await;
        assert!(matches!(late, Err(Unconverted::TooMany)));
        drop(held);
        assert!(waiting.remove(0).await.is_ok(), "who came first");
        let late = timeout(moment, converter.turn()).await;
        assert!(late.is_err(), "a place is free again, the turn another's");
    }

    #[test]
    fn each_argument_that_closes_a_door_stands_before_what_is_read() {
        let source = Source {
            path: PathBuf::from("/somewhere/source"),
            file_type: FileType::Webm,
            facts: Facts::default(),
        };
        let command = Converter::new("/usr/bin/ffmpeg").reading(&source);
        let all: Vec<_> = command.as_std().get_args().collect();
        let place = |wanted: &[&str]| {
            let found = all.windows(wanted.len()).position(|part| part == wanted);
            found.unwrap_or_else(|| panic!("{wanted:?} is missing in {all:?}"))
        };
        let input = place(&["-i", "/somewhere/source"]);
        assert_eq!(input + 2, all.len());
        for closes in [
            &["-nostdin"][..],
            &["-protocol_whitelist", "file"],
            &["-codec_whitelist"],
            &["-max_pixels"],
            &["-f", "matroska"],
        ] {
            assert!(place(closes) < input);
        }
    }
}
