//! Pictures, sound and video, sent before the post they will hang on. What is sent goes to the disk as it arrives.

use std::sync::Arc;

use axum::{
    extract::{DefaultBodyLimit, FromRequest, Multipart, Request, multipart::Field},
    http::StatusCode,
    response::Response,
};
use parvis_model::{id::Id, limits, refusal::Refusal};
use parvis_town::{
    MediaView, Town,
    media::{self, About, Patience, State, Waiting},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    answer::{self, Answer},
    entities::MediaAttachment,
    fault::Fault,
    gate::{Caller, Named},
    params::{self, Params},
};

/// Bytes of a body with one recording and its thumbnail.
const BODY: usize = limits::RECORDING_BYTES + limits::PICTURE_BYTES + 1024 * 1024;

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct MediaParams {
    pub description: Option<String>,
    /// `x,y`, each -1 to 1.
    pub focus: Option<String>,
}

impl MediaParams {
    pub fn about(self, thumbnail: Option<Vec<u8>>) -> Result<About, Fault> {
        let focus = self.focus.filter(|text| !text.trim().is_empty());
        Ok(About {
            description: self.description,
            focus: focus.as_deref().map(point).transpose()?,
            thumbnail,
        })
    }
}

fn point(text: &str) -> Result<(f32, f32), Fault> {
    let number = |part: &str| part.trim().parse().ok().filter(|it: &f32| it.is_finite());
    let read = text
        .split_once(',')
        .and_then(|(x, y)| Some((number(x)?, number(y)?)));
    read.ok_or_else(|| Fault::Unprocessable("Focus must be two numbers".into()))
}

/// An upload as it came. Dropped, it is gone from the disk.
pub struct Upload {
    file: Option<Waiting>,
    about: About,
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Fault;

    async fn from_request(mut request: Request, state: &S) -> Result<Self, Fault> {
        if params::kind_of(request.headers()) != "multipart/form-data" {
            let params = Params::<MediaParams>::from_request(request, state).await?;
            let about = params.fields.about(None)?;
            return Ok(Self { file: None, about });
        }
        let town = request.extensions().get::<Arc<Town>>().cloned();
        let town = town.ok_or(Fault::NotFound)?;
        DefaultBodyLimit::max(BODY).apply(&mut request);
        let parts = Multipart::from_request(request, state)
            .await
            .map_err(|_| Fault::Malformed)?;
        received(&town, parts).await
    }
}

async fn received(town: &Town, mut parts: Multipart) -> Result<Upload, Fault> {
    let (mut file, mut thumbnail, mut texts) = (None, None, Vec::new());
    for _ in 0..params::PARTS {
        let part = parts.next_field().await;
        let Some(part) = part.map_err(|err| params::of_part(&err))? else {
            let fields: MediaParams = params::of_texts(texts)?;
            let about = fields.about(thumbnail)?;
            return Ok(Upload { file, about });
        };
        match part.name().unwrap_or_default().to_owned().as_str() {
            "file" => file = Some(to_disk(town, part).await?),
            "thumbnail" => {
                thumbnail = Some(whole(part, limits::PICTURE_BYTES).await?)
                    .filter(|bytes| !bytes.is_empty());
            }
            name => {
                let text = whole(part, params::TEXT).await?;
                let text = String::from_utf8(text).map_err(|_| Fault::Malformed)?;
                texts.push((name.to_owned(), text));
            }
        }
    }
    Err(Fault::Malformed)
}

async fn to_disk(town: &Town, mut part: Field<'_>) -> Result<Waiting, Fault> {
    let broken = |err| Fault::from(parvis_town::Error::Files(err));
    let mut incoming = media::incoming(town).await?;
    let mut bytes = 0;
    while let Some(piece) = part.chunk().await.map_err(|err| params::of_part(&err))? {
        bytes += piece.len();
        if bytes > limits::RECORDING_BYTES {
            return Err(Fault::TooLarge);
        }
        incoming.write(&piece).await.map_err(broken)?;
    }
    incoming.finished().await.map_err(broken)
}

async fn whole(mut part: Field<'_>, limit: usize) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    while let Some(piece) = part.chunk().await.map_err(|err| params::of_part(&err))? {
        bytes.extend(piece);
        if bytes.len() > limit {
            return Err(Fault::TooLarge);
        }
    }
    Ok(bytes)
}

/// Answers once the file is ready.
pub async fn upload_and_wait(caller: Caller, sent: Upload) -> Answer {
    received_by(&caller, sent, Patience::endless()).await
}

/// Answers 202 for what takes longer; the app asks again until it is ready.
pub async fn upload(caller: Caller, sent: Upload) -> Answer {
    received_by(&caller, sent, Patience::Short).await
}

async fn received_by(caller: &Caller, sent: Upload, patience: Patience) -> Answer {
    let missing = || Refusal::invalid("media", "refusal-file-missing");
    let file = sent.file.filter(|file| file.bytes() > 0);
    let file = file.ok_or_else(missing)?;
    let (view, state) = media::receive(&caller.town, caller.me, file, sent.about, patience).await?;
    match state {
        State::Processing => shown(&view, StatusCode::ACCEPTED),
        State::Ready | State::Failed => shown(&view, StatusCode::OK),
    }
}

pub async fn show(caller: Caller, Named(file): Named) -> Answer {
    show_mine(&caller, file).await
}

async fn show_mine(caller: &Caller, file: Id) -> Answer {
    let (view, state) = media::view(&caller.town, caller.me, file).await?;
    match state {
        State::Ready => shown(&view, StatusCode::OK),
        State::Processing => shown(&view, StatusCode::PARTIAL_CONTENT),
        State::Failed => Err(Refusal::invalid("media", "refusal-media-failed").into()),
    }
}

fn shown(view: &MediaView, status: StatusCode) -> Result<Response, Fault> {
    let mut answer = answer::json(&MediaAttachment::new(view))?;
    *answer.status_mut() = status;
    Ok(answer)
}

pub async fn change(caller: Caller, Named(file): Named, mut params: Params<MediaParams>) -> Answer {
    let thumbnail = params.take_file("thumbnail");
    if thumbnail.is_some() {
        caller.counts_upload()?;
    }
    let about = params.fields.about(thumbnail)?;
    let change = media::prepare_change(&caller.town, about).await?;
    let files = change.files();
    let written = caller
        .write(move |tx, town, me| Box::pin(media::change_unattached(tx, town, me, file, change)))
        .await;
    media::unless_refused(&caller.town, files, written).await?;
    show_mine(&caller, file).await
}

pub async fn delete(caller: Caller, Named(file): Named) -> Answer {
    caller
        .write(move |tx, town, me| Box::pin(media::delete(tx, town, me, file)))
        .await?;
    answer::done()
}
