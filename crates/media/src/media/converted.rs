//! Sound and video that are converted before they are kept, where the installation names a program for it. It is given what
//! our own readers have cleaned, and what it makes passes the same readers and bounds as any upload. Whatever goes wrong, the
//! upload is kept as it came.

use std::{io, sync::Arc};

use parvis_model::{clock::SECOND, limits};
use tokio::sync::OwnedSemaphorePermit;

use super::{Fault, KeptUpload, Media, gave_up};
use crate::{
    converter::{Converter, Source, Unconverted},
    key::FileType,
    made::{self, Made},
    picture::Prepared,
    recording::{self, Facts},
    waiting::{self, Workplace},
};

/// What was made of an upload, not kept yet. Dropped, it is gone.
pub struct Conversion {
    made: Made,
    /// It lies in memory.
    desk: OwnedSemaphorePermit,
}

/// What is to be made of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    Film,
    Sound,
    /// It plays everywhere: only a picture that stands for it.
    Poster,
}

/// An upload as the program is given it.
struct Task {
    wish: Wish,
    source: Source,
    workplace: Workplace,
}

impl Media {
    /// From now on. Whichever was named first stays.
    pub fn convert_with(&self, converter: Converter) {
        self.converter.get_or_init(|| converter);
    }

    pub fn converts(&self) -> bool {
        self.converter.get().is_some()
    }

    /// Has an upload that waits converted, if there is anything to gain, in its turn; takes up to some minutes. `None`: it is
    /// to be kept as it came. Dropped meanwhile, it leaves nothing.
    pub async fn convert_waiting(&self, number: i64) -> Option<Conversion> {
        let converter = self.converter.get()?;
        match self.converted(converter, number).await {
            Ok(conversion) => conversion,
            Err(problem) => {
                tracing::warn!(%problem, number, "an upload is not converted and kept as it came");
                None
            }
        }
    }

    /// Keeps what was made of an upload; its own file stays.
    pub async fn keep_converted(&self, conversion: Conversion) -> Result<KeptUpload, Fault> {
        let storage = self.storage.clone();
        // Done to its end by itself, so that a caller that goes away leaves no half.
        let keeping = tokio::spawn(async move {
            let Conversion { made, desk } = conversion;
            let kept = made::keep(&storage, made).await;
            drop(desk);
            kept
        });
        keeping.await.unwrap_or_else(|panic| gave_up(&panic))
    }

    async fn converted(
        &self,
        converter: &Converter,
        number: i64,
    ) -> Result<Option<Conversion>, Unconverted> {
        let Some(task) = self.task(number).await? else {
            return Ok(None);
        };
        let turn = converter.turn().await?;
        let made = task.carried_out(converter).await?;
        let poster = task.poster(converter, made.as_ref()).await;
        drop(turn);
        let desk = Arc::clone(&self.desks).acquire_owned().await;
        let desk = desk.map_err(io::Error::other)?;
        let result = made.as_ref().unwrap_or(&task.source);
        let bytes = waiting::start_of(&result.path, limits::RECORDING_BYTES + 1).await?;
        let (facts, file_type) = (task.source.facts, result.file_type);
        let made = self.in_turn(move || made_of(bytes, file_type, facts, poster));
        let made = made.await??;
        Ok(Some(Conversion { made, desk }))
    }

    /// `None`: there is nothing to gain, or what waits cannot be kept at all.
    async fn task(&self, number: i64) -> Result<Option<Task>, Unconverted> {
        let head = waiting::head(&self.folder, number).await?;
        let known = head.is_some_and(|head| recording::is_recording(&head));
        if !known {
            return Ok(None);
        }
        let desk = self.desks.acquire().await.map_err(io::Error::other)?;
        let Some(bytes) = waiting::read(&self.folder, number).await? else {
            return Ok(None);
        };
        let quicktime = recording::is_quicktime(&bytes);
        let cleaned = self.in_turn(move || recording::cleaned(bytes)).await?;
        // Whoever keeps it says what is wrong with it.
        let Ok(cleaned) = cleaned else {
            return Ok(None);
        };
        let everywhere = cleaned.facts.common && !quicktime;
        let Some(wish) = wish(cleaned.file_type, everywhere) else {
            return Ok(None);
        };
        let workplace = Workplace::beside(&self.folder, number)?;
        let source = Source {
            path: workplace.file("source"),
            file_type: cleaned.file_type,
            facts: cleaned.facts,
        };
        tokio::fs::write(&source.path, cleaned.bytes).await?;
        drop(desk);
        Ok(Some(Task {
            wish,
            source,
            workplace,
        }))
    }

    /// Heavy work where there is a place for it.
    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> io::Result<T> {
        let place = Arc::clone(&self.places).acquire_owned().await;
        let place = place.map_err(io::Error::other)?;
        let working = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(place);
            done
        });
        working.await.map_err(io::Error::other)
    }
}

impl Task {
    /// `None`: it stays what it is.
    async fn carried_out(&self, converter: &Converter) -> Result<Option<Source>, Unconverted> {
        let (name, file_type) = match self.wish {
            Wish::Film => ("made.mp4", FileType::Mp4),
            Wish::Sound => ("made.m4a", FileType::M4a),
            Wish::Poster => return Ok(None),
        };
        let made = Source {
            path: self.workplace.file(name),
            file_type,
            facts: self.source.facts,
        };
        if file_type == FileType::Mp4 {
            converter.film(&self.source, &made.path).await?;
        } else {
            converter.sound(&self.source, &made.path).await?;
        }
        Ok(Some(made))
    }

    /// The bytes of a picture. A film without one is still a film.
    async fn poster(&self, converter: &Converter, made: Option<&Source>) -> Option<Vec<u8>> {
        if self.wish == Wish::Sound {
            return None;
        }
        let path = self.workplace.file("poster.png");
        let film = made.unwrap_or(&self.source);
        let drawn = async {
            converter.poster(film, &path).await?;
            let bytes = waiting::start_of(&path, limits::PICTURE_BYTES + 1).await?;
            Ok::<_, Unconverted>(bytes)
        };
        match drawn.await {
            Ok(bytes) => Some(bytes),
            Err(problem) => {
                tracing::warn!(%problem, "a film has no picture that stands for it");
                None
            }
        }
    }
}

fn wish(file_type: FileType, everywhere: bool) -> Option<Wish> {
    let film = matches!(file_type, FileType::Mp4 | FileType::Webm);
    match (film, everywhere) {
        (true, true) => Some(Wish::Poster),
        (true, false) => Some(Wish::Film),
        (false, true) => None,
        (false, false) => Some(Wish::Sound),
    }
}

/// Blocks.
fn made_of(
    bytes: Vec<u8>,
    file_type: FileType,
    source: Facts,
    poster: Option<Vec<u8>>,
) -> Result<Made, Unconverted> {
    let recording = recording::cleaned(bytes)?;
    if recording.file_type != file_type {
        return Err(Unconverted::Another);
    }
    // At its bounds the program stops and calls that a success.
    if recording.facts.duration + source.duration / 20 + SECOND < source.duration {
        return Err(Unconverted::CutOff);
    }
    Ok(made::of_cleaned(recording, poster.and_then(still)))
}

fn still(poster: Vec<u8>) -> Option<Prepared> {
    let drawn = made::still(poster);
    drawn
        .inspect_err(|fault| tracing::warn!(%fault, "a film has no picture that stands for it"))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! sample {
        ($name:literal) => {
            include_bytes!(concat!("../../tests/samples/", $name)).as_slice()
        };
    }

    #[tokio::test]
    async fn only_what_not_every_browser_plays_is_converted() {
        let folder = tempfile::tempdir().unwrap();
        let media = Media::in_folder(folder.path());
        let cut = &sample!("film.webm")[..1_000];
        let expected = [
            (sample!("film.mp4"), Some(Wish::Poster)),
            (sample!("film.mov"), Some(Wish::Film)),
            (sample!("film.webm"), Some(Wish::Film)),
            (sample!("live.webm"), Some(Wish::Film)),
            (sample!("sound.m4a"), None),
            (sample!("sound.mp3"), None),
            (sample!("opus.ogg"), Some(Wish::Sound)),
            (sample!("sound.flac"), Some(Wish::Sound)),
            (sample!("sound.wav"), Some(Wish::Sound)),
            (sample!("place.png"), None),
            (cut, None),
        ];
        for (number, (bytes, wish)) in (0_i64..).zip(expected) {
            let mut incoming = media.incoming(number).await.unwrap();
            incoming.write(bytes).await.unwrap();
            incoming.finished().await.unwrap().leave();
            let task = media.task(number).await.unwrap();
            assert_eq!(task.map(|task| task.wish), wish, "{number}");
            media.discard(number);
        }
        assert!(media.task(99).await.unwrap().is_none());
        let left = std::fs::read_dir(folder.path().join("incoming")).unwrap();
        assert_eq!(left.count(), 0);
    }

    #[test]
    fn what_is_made_is_looked_at_like_any_upload() {
        let film = || sample!("film.mp4").to_vec();
        let long = Facts {
            duration: 60 * SECOND,
            ..Facts::default()
        };
        let made = |bytes, facts| made_of(bytes, FileType::Mp4, facts, None);
        assert!(matches!(made(film(), long), Err(Unconverted::CutOff)));
        let webm = made(sample!("film.webm").to_vec(), Facts::default());
        assert!(matches!(webm, Err(Unconverted::Another)));
        let list = b"#EXTM3U\nfile:///etc/passwd".to_vec();
        let list = made(list, Facts::default());
        assert!(matches!(list, Err(Unconverted::Unfit(_))));
        let poster = Some(b"no picture".to_vec());
        let facts = Facts::default();
        assert!(made_of(film(), FileType::Mp4, facts, poster).is_ok());
    }
}
