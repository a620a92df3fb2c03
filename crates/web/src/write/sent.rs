//! What somebody sent who writes a post: the fields in memory, the files on disk as they arrive. What goes wrong on the way
//! takes nothing from what came before it. Knows no field's meaning.

use axum::{
    body::Bytes,
    extract::{
        FromRequest, FromRequestParts, Multipart, Request,
        multipart::{Field, MultipartError},
    },
    http::StatusCode,
};
use parvis_model::{id::Id, limits, refusal::Refusal};
use parvis_town::{
    Error, Failure,
    media::{self, Waiting},
};

use crate::{asked::Asked, fault::Fault, form, page::Page};

/// Bytes of a form with as many files as a post may have, and of some that are refused.
pub const BODY: usize = (limits::POST_PICTURES + 1) * limits::RECORDING_BYTES;

pub struct Sent {
    pub page: Page,
    pub values: Asked,
    /// With the name of the field they were chosen in.
    pub files: Vec<(String, Waiting)>,
    /// Why a file is not among them.
    pub trouble: Option<Failure>,
}

/// In whose name a form was sent.
pub enum Sender {
    Resident(Id),
    /// Logged in, but the form is from before that, or not ours.
    Unsure(Id),
    /// The session has ended meanwhile, or there was none.
    Nobody,
}

impl Sent {
    pub fn sender(&self) -> Sender {
        match &self.page.user {
            None => Sender::Nobody,
            Some(user) if self.page.frame.visit.is_token(self.values.text("csrf")) => {
                Sender::Resident(user.account)
            }
            Some(user) => Sender::Unsure(user.account),
        }
    }

    async fn read(&mut self, mut parts: Multipart) -> Result<(), Fault> {
        for _ in 0..form::PARTS {
            let part = match parts.next_field().await {
                Ok(Some(part)) => part,
                Ok(None) => return Ok(()),
                Err(err) => return self.broke_off(&err),
            };
            let field = form::name_of(&part);
            if part.file_name().is_some() {
                // Nobody fills our disk who may not write; what they typed is kept.
                if !matches!(self.sender(), Sender::Resident(_)) && is_chosen(&part) {
                    return Ok(());
                }
                self.take(field, part).await?;
            } else {
                let bytes = match part.bytes().await {
                    Ok(bytes) => bytes,
                    Err(err) => return self.broke_off(&err),
                };
                self.values.add(field, form::text_of(bytes)?);
            }
        }
        Err(Fault::BadRequest)
    }

    /// One that is too large is read to its end all the same, so that what stands behind it in the form is not lost.
    async fn take(&mut self, field: String, mut part: Field<'_>) -> Result<(), Fault> {
        let (mut incoming, mut bytes) = (None, 0);
        loop {
            let piece = match part.chunk().await {
                Ok(Some(piece)) => piece,
                Ok(None) => break,
                Err(err) => return self.broke_off(&err),
            };
            bytes += piece.len();
            if bytes > limits::RECORDING_BYTES {
                incoming = None;
                self.trouble = Some(too_large());
            } else if !piece.is_empty() {
                if incoming.is_none() {
                    incoming = Some(media::incoming(&self.page.town).await?);
                }
                if let Some(file) = &mut incoming {
                    file.write(&piece).await.map_err(Error::Files)?;
                }
            }
        }
        if let Some(file) = incoming {
            let file = file.finished().await.map_err(Error::Files)?;
            self.files.push((field, file));
        }
        Ok(())
    }

    /// More than any form of ours is: what came before is shown again.
    fn broke_off(&mut self, err: &MultipartError) -> Result<(), Fault> {
        if err.status() != StatusCode::PAYLOAD_TOO_LARGE {
            return Err(Fault::BadRequest);
        }
        self.trouble = Some(too_large());
        Ok(())
    }
}

/// An empty place for a file has no name.
fn is_chosen(part: &Field<'_>) -> bool {
    part.file_name().is_some_and(|name| !name.is_empty())
}

fn too_large() -> Failure {
    Refusal::invalid("media", "refusal-recording-too-large").into()
}

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        let (mut head, body) = request.into_parts();
        let page = Page::from_request_parts(&mut head, state).await?;
        let request = Request::from_parts(head, body);
        let mut sent = Self {
            page,
            values: Asked::default(),
            files: Vec::new(),
            trouble: None,
        };
        if form::is_multipart(&request) {
            let parts = Multipart::from_request(request, state).await;
            sent.read(parts.map_err(|_| Fault::BadRequest)?).await?;
        } else {
            let bytes = Bytes::from_request(request, state).await;
            sent.values = Asked::parse(&bytes.map_err(|_| Fault::TooLarge)?);
        }
        Ok(sent)
    }
}
