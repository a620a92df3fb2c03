//! What somebody sent who writes a post: the fields in memory, the files on disk as they arrive. What goes wrong on the way
//! takes nothing from what came before it. Knows no field's meaning.

use aws_lc_rs::digest;
use axum::{
    body::to_bytes,
    extract::{
        FromRequest, FromRequestParts, Multipart, Request,
        multipart::{Field, MultipartError},
    },
    http::StatusCode,
};
use parvis_model::{id::Id, limits, refusal::Refusal};
use parvis_town::{
    Error, Failure, Outcome,
    media::{self, Incoming, Waiting},
};

use crate::{
    asked::Asked,
    fault::Fault,
    form::{self, TEXT_BYTES},
    page::Page,
};

/// Bytes of a form with as many files as a post may have, and of some that are refused. Files pass through in pieces; in
/// memory there is never more than the text.
pub const BODY: usize = (limits::POST_PICTURES + 1) * limits::RECORDING_BYTES;

pub struct Sent {
    pub page: Page,
    pub values: Asked,
    /// With the name of the field they were chosen in. None where it is not sure that the resident sent them.
    pub files: Vec<(String, Waiting)>,
    /// Why a file is not among them.
    pub trouble: Option<Failure>,
    /// Over what the files brought.
    brought: digest::Context,
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
    /// Without files.
    pub fn new(page: Page, values: Asked) -> Self {
        Self {
            page,
            values,
            files: Vec::new(),
            trouble: None,
            brought: digest::Context::new(&digest::SHA256),
        }
    }

    /// A fingerprint of all that was sent, as [`Asked::digest`] takes it; none where not all of it arrived.
    pub fn digest(&self) -> Option<String> {
        let brought = hex::encode(self.brought.clone().finish());
        let is_whole = self.trouble.is_none();
        is_whole.then(|| format!("{}.{brought}", self.values.digest()))
    }

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
        let mut room = TEXT_BYTES;
        for _ in 0..form::PARTS {
            let part = match parts.next_field().await {
                Ok(Some(part)) => part,
                Ok(None) => return Ok(()),
                Err(err) => return self.broke_off(&err),
            };
            let field = form::name_of(&part);
            if part.file_name().is_some() {
                self.take(field, part).await?;
            } else {
                self.hear(field, part, &mut room).await?;
            }
        }
        Err(Fault::BadRequest)
    }

    /// `room`: bytes that all text of the form may still have.
    async fn hear(
        &mut self,
        field: String,
        mut part: Field<'_>,
        room: &mut usize,
    ) -> Result<(), Fault> {
        let mut text = Vec::new();
        loop {
            let piece = match part.chunk().await {
                Ok(Some(piece)) => piece,
                Ok(None) => break,
                Err(err) => return self.broke_off(&err),
            };
            *room = room.checked_sub(piece.len()).ok_or(Fault::TooLarge)?;
            text.extend_from_slice(&piece);
        }
        self.values.add(field, form::text_of(text.into())?);
        Ok(())
    }

    /// One that is not kept is read to its end all the same, so that what stands behind it in the form is not lost.
    async fn take(&mut self, field: String, mut part: Field<'_>) -> Result<(), Fault> {
        let (mut incoming, mut bytes) = (None, 0);
        let mut is_wanted = true;
        loop {
            let piece = match part.chunk().await {
                Ok(Some(piece)) => piece,
                Ok(None) => break,
                Err(err) => return self.broke_off(&err),
            };
            if piece.is_empty() || !is_wanted {
                continue;
            }
            bytes += piece.len();
            self.brought.update(&piece);
            let kept = if bytes > limits::RECORDING_BYTES {
                Err(too_large())
            } else if incoming.is_some() || self.may_store() {
                self.store(incoming.take(), &piece).await.map(Some)
            } else {
                Ok(None)
            };
            is_wanted = matches!(kept, Ok(Some(_)));
            incoming = self.unless_trouble(kept).flatten();
        }
        for part in [field.as_bytes(), &bytes.to_be_bytes()] {
            self.brought.update(part);
        }
        if let Some(file) = incoming {
            let kept = file
                .finished()
                .await
                .map_err(|err| Error::Files(err).into());
            if let Some(file) = self.unless_trouble(kept) {
                self.files.push((field, file));
            }
        }
        Ok(())
    }

    /// Nobody fills our disk who may not write, nor anybody with more than can be told to be too many.
    fn may_store(&self) -> bool {
        matches!(self.sender(), Sender::Resident(_)) && self.files.len() <= limits::POST_PICTURES
    }

    async fn store(&self, begun: Option<Incoming>, piece: &[u8]) -> Outcome<Incoming> {
        let mut file = match begun {
            Some(file) => file,
            None => media::incoming(&self.page.town).await?,
        };
        file.write(piece).await.map_err(Error::Files)?;
        Ok(file)
    }

    /// A file that cannot be kept, on a full disk for one, costs the text nothing.
    fn unless_trouble<T>(&mut self, kept: Outcome<T>) -> Option<T> {
        match kept {
            Ok(kept) => Some(kept),
            Err(failure) => {
                self.trouble = Some(failure);
                None
            }
        }
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

fn too_large() -> Failure {
    Refusal::invalid("media", "refusal-recording-too-large").into()
}

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        let (mut head, body) = request.into_parts();
        let page = Page::from_request_parts(&mut head, state).await?;
        let request = Request::from_parts(head, body);
        let mut sent = Self::new(page, Asked::default());
        if form::is_multipart(&request) {
            let parts = Multipart::from_request(request, state).await;
            sent.read(parts.map_err(|_| Fault::BadRequest)?).await?;
        } else {
            let bytes = to_bytes(request.into_body(), TEXT_BYTES).await;
            sent.values = Asked::parse(&bytes.map_err(|_| Fault::TooLarge)?);
        }
        Ok(sent)
    }
}
