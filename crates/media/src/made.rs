//! What is made of an upload and kept: all of it or nothing, each picture with the WebP beside it. Knows not whose turn it is.

use std::io;

use crate::{
    animation,
    key::Key,
    media::{Fault, Kept, KeptUpload},
    picture::{Encoded, PictureFault, Prepared, Shape, Upload},
    recording::{self, Facts, Recording},
    storage::Storage,
};

/// What is to be kept of an upload; nothing of it is yet.
pub(crate) struct Made {
    original: Encoded,
    preview: Option<Encoded>,
    blurhash: Option<String>,
    facts: Facts,
}

pub(crate) fn of_picture(upload: Upload, shape: Shape) -> Result<Made, Fault> {
    let prepared = upload.prepare_for_pages(shape)?;
    Ok(Made {
        original: prepared.original,
        preview: prepared.preview,
        blurhash: prepared.blurhash,
        facts: Facts::default(),
    })
}

/// An animation, and its first picture standing still.
pub(crate) fn of_animation(bytes: Vec<u8>) -> Result<Made, Fault> {
    let moving = animation::rewritten(&bytes)?;
    let still = still(bytes)?;
    Ok(Made {
        original: moving,
        preview: Some(still.original),
        blurhash: still.blurhash,
        facts: Facts::default(),
    })
}

/// A picture that stands for what moves.
pub(crate) fn still(bytes: Vec<u8>) -> Result<Prepared, PictureFault> {
    Upload::check(bytes)?.prepare_for_pages(Shape::Preview)
}

pub(crate) fn of_recording(bytes: Vec<u8>) -> Result<Made, Fault> {
    Ok(of_cleaned(recording::cleaned(bytes)?, None))
}

pub(crate) fn of_cleaned(recording: Recording, still: Option<Prepared>) -> Made {
    let Recording {
        bytes,
        file_type,
        facts,
    } = recording;
    let (preview, blurhash) = match still {
        Some(still) => (Some(still.original), still.blurhash),
        None => (None, None),
    };
    Made {
        original: Encoded {
            file_type,
            width: facts.width,
            height: facts.height,
            bytes,
            lighter: None,
        },
        preview,
        blurhash,
        facts,
    }
}

/// All of it, or nothing.
pub(crate) async fn keep(storage: &Storage, made: Made) -> Result<KeptUpload, Fault> {
    let original = put(storage, made.original).await?;
    let preview = match made.preview {
        None => None,
        Some(preview) => match put(storage, preview).await {
            Ok(kept) => Some(kept),
            Err(error) => {
                discard(storage, original.key).await;
                return Err(error.into());
            }
        },
    };
    Ok(KeptUpload {
        original,
        preview,
        blurhash: made.blurhash,
        facts: made.facts,
    })
}

async fn put(storage: &Storage, encoded: Encoded) -> io::Result<Kept> {
    let kept = Kept {
        key: Key::random(encoded.file_type),
        mime: encoded.file_type.mime(),
        width: encoded.width,
        height: encoded.height,
        bytes: encoded.bytes.len() as u64,
    };
    storage.put(kept.key, encoded.bytes).await?;
    // The second, so that there is never one alone, which nobody would find.
    if let (Some(name), Some(lighter)) = (kept.key.lighter(), encoded.lighter)
        && let Err(error) = storage.put(name, lighter).await
    {
        discard(storage, kept.key).await;
        return Err(error);
    }
    Ok(kept)
}

/// With what lies beside it: where one of the two cannot be removed, the other is gone all the same. `false`: there was none.
pub(crate) async fn remove(storage: &Storage, key: Key) -> io::Result<bool> {
    let lighter = match key.lighter() {
        Some(lighter) => storage.remove(lighter).await.map(|_| ()),
        None => Ok(()),
    };
    let removed = storage.remove(key).await;
    lighter.and(removed)
}

/// With what lies beside it. `false`: there is none.
pub(crate) async fn copy(storage: &Storage, from: Key, to: Key) -> io::Result<bool> {
    let copied = storage.copy(from, to).await?;
    if let (true, Some(from), Some(to)) = (copied, from.lighter(), to.lighter()) {
        storage.copy(from, to).await?;
    }
    Ok(copied)
}

async fn discard(storage: &Storage, key: Key) {
    if let Err(error) = remove(storage, key).await {
        tracing::warn!(%error, %key, "a file that nobody will use stays");
    }
}
