//! Pictures, sent before the post they will hang on. They are ready when the answer comes.

use parvis_model::{id::Id, refusal::Refusal};
use parvis_town::media;
use serde::Deserialize;

use crate::{
    answer::{self, Answer},
    entities::MediaAttachment,
    gate::{Caller, Named},
    params::Params,
};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct MediaParams {
    description: Option<String>,
}

pub async fn upload(caller: Caller, mut params: Params<MediaParams>) -> Answer {
    let missing = || Refusal::invalid("media", "refusal-file-missing");
    let bytes = params.take_file("file").ok_or_else(missing)?;
    let description = params.fields.description.unwrap_or_default();
    let view = media::keep(&caller.town, caller.me, bytes, &description).await?;
    answer::json(&MediaAttachment::new(&view))
}

pub async fn show(caller: Caller, Named(picture): Named) -> Answer {
    show_mine(&caller, picture).await
}

async fn show_mine(caller: &Caller, picture: Id) -> Answer {
    let view = media::view(&caller.town, caller.me, picture).await?;
    answer::json(&MediaAttachment::new(&view))
}

pub async fn describe(
    caller: Caller,
    Named(picture): Named,
    params: Params<MediaParams>,
) -> Answer {
    if let Some(text) = params.fields.description {
        caller
            .write(move |tx, town, me| {
                Box::pin(async move { media::describe(tx, town, me, picture, &text).await })
            })
            .await?;
    }
    show_mine(&caller, picture).await
}
