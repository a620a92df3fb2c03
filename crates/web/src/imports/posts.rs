//! An archive of posts that a resident brings along: to the disk as it arrives, since it may be larger than our memory.

use axum::{
    extract::{
        Multipart,
        multipart::{Field, MultipartError, MultipartRejection},
    },
    http::StatusCode,
};
use parvis_model::{limits, refusal::Refusal};
use parvis_town::{
    Error, Failure,
    imports::posts::{self, too_large},
    media::Waiting,
};

use super::{PATH, shown};
use crate::{
    asked::Asked,
    fault::{Fault, typed_again},
    form::{self, TEXT_BYTES},
    frame::Typed,
    page::{Answer, Resident},
};

/// The field of the file. Whatever the town must know first stands before it.
const FILE: &str = "archive";

/// Why it is not brought: to be said at the form, or instead of it.
enum Trouble {
    Failure(Failure),
    Fault(Fault),
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        Self::Failure(refusal.into())
    }
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<MultipartError> for Trouble {
    fn from(err: MultipartError) -> Self {
        if err.status() == StatusCode::PAYLOAD_TOO_LARGE {
            too_large().into()
        } else {
            Fault::BadRequest.into()
        }
    }
}

pub async fn bring(resident: Resident, parts: Result<Multipart, MultipartRejection>) -> Answer {
    let parts = parts.map_err(|_| Fault::BadRequest)?;
    let mut values = Asked::default();
    let failure = match begin(&resident, parts, &mut values).await {
        Ok(()) => return Ok(resident.page.onward(PATH, "done-import-begun")),
        Err(Trouble::Failure(failure)) => failure,
        Err(Trouble::Fault(fault)) => return Err(fault),
    };
    let locale = resident.page.frame.locale;
    let (status, form) = typed_again(failure, Typed::new(values), locale)?;
    shown(&resident, status, form).await
}

async fn begin(
    resident: &Resident,
    mut parts: Multipart,
    values: &mut Asked,
) -> Result<(), Trouble> {
    for _ in 0..form::PARTS {
        let Some(part) = parts.next_field().await? else {
            return Err(Refusal::invalid(FILE, "refusal-file-missing").into());
        };
        let field = form::name_of(&part);
        if field == FILE {
            let archive = kept(resident, part, values).await?;
            posts::begin(&resident.page.town, &resident.user, archive).await?;
            return Ok(());
        }
        values.add(field, heard(part).await?);
    }
    Err(Fault::BadRequest.into())
}

async fn heard(mut part: Field<'_>) -> Result<String, Trouble> {
    let mut text = Vec::new();
    while let Some(piece) = part.chunk().await? {
        if text.len() + piece.len() > TEXT_BYTES {
            return Err(Fault::TooLarge.into());
        }
        text.extend_from_slice(&piece);
    }
    Ok(form::text_of(text.into())?)
}

/// Nobody fills our disk who may not bring anything.
async fn kept(
    Resident { page, user, .. }: &Resident,
    mut part: Field<'_>,
    values: &Asked,
) -> Result<Waiting, Trouble> {
    if !page.frame.visit.is_token(values.text("csrf")) {
        return Err(Fault::Stale.into());
    }
    let mut archive = posts::incoming(&page.town, user, values.on("mien")).await?;
    let mut bytes = 0;
    while let Some(piece) = part.chunk().await? {
        bytes += piece.len();
        if bytes > limits::ARCHIVE_BYTES {
            return Err(too_large().into());
        }
        archive.write(&piece).await.map_err(broken)?;
    }
    if bytes == 0 {
        return Err(Refusal::invalid(FILE, "refusal-file-missing").into());
    }
    Ok(archive.finished().await.map_err(broken)?)
}

fn broken(err: std::io::Error) -> Failure {
    Error::Files(err).into()
}
