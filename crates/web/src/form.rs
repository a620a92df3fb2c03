//! What a form sends, with its token checked: text in either encoding, and files. Knows no field's meaning.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{
        FromRequest, Multipart, Request,
        multipart::{Field, MultipartError},
    },
    http::{StatusCode, header},
};
use parvis_town::{Failure, Outcome, accounts::Change};

use crate::{asked::Asked, fault::Fault, visit::Visit};

/// Bytes of one text value in a form with files.
pub const TEXT_BYTES: usize = 256 * 1024;
/// Parts of a form with files.
pub const PARTS: usize = 100;

/// A form that one of our own pages sent.
#[derive(Debug, Default)]
pub struct Form {
    pub values: Asked,
    pub files: Vec<File>,
}

/// A file someone chose; its own name and type are not looked at.
#[derive(Debug)]
pub struct File {
    pub field: String,
    pub bytes: Bytes,
}

impl Form {
    pub fn text(&self, name: &str) -> &str {
        self.values.text(name)
    }

    pub fn owned(&self, name: &str) -> String {
        self.values.text(name).to_owned()
    }

    pub fn on(&self, name: &str) -> bool {
        self.values.on(name)
    }

    pub fn file(&self, field: &str) -> Option<&Bytes> {
        self.files
            .iter()
            .find(|file| file.field == field)
            .map(|file| &file.bytes)
    }

    /// What is to become of a picture: a new one wins over the wish to have none. `prepare` keeps its bytes.
    pub async fn picture<T, F: Future<Output = Outcome<T>>>(
        &self,
        field: &'static str,
        without: &str,
        prepare: impl FnOnce(Vec<u8>) -> F,
    ) -> Outcome<Change<T>> {
        let Some(bytes) = self.file(field) else {
            return Ok(if self.on(without) {
                Change::Remove
            } else {
                Change::Keep
            });
        };
        match prepare(bytes.to_vec()).await {
            Ok(kept) => Ok(Change::Set(kept)),
            // The town does not know which of several pictures it was.
            Err(Failure::Refused(mut refusal)) => {
                refusal.field = Some(field);
                Err(refusal.into())
            }
            Err(broken) => Err(broken),
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        let visit = request
            .extensions()
            .get::<Arc<Visit>>()
            .cloned()
            .ok_or(Fault::BadRequest)?;
        let form = if is_multipart(&request) {
            let parts = Multipart::from_request(request, state)
                .await
                .map_err(|_| Fault::BadRequest)?;
            read_parts(parts).await?
        } else {
            let bytes = Bytes::from_request(request, state)
                .await
                .map_err(|rejection| {
                    use axum::response::IntoResponse;
                    of_status(rejection.into_response().status())
                })?;
            Self {
                values: Asked::parse(&bytes),
                files: Vec::new(),
            }
        };
        if visit.is_token(form.text("csrf")) {
            Ok(form)
        } else {
            Err(Fault::Stale)
        }
    }
}

pub fn is_multipart(request: &Request) -> bool {
    request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| {
            value
                .to_ascii_lowercase()
                .starts_with("multipart/form-data")
        })
}

async fn read_parts(mut parts: Multipart) -> Result<Form, Fault> {
    let mut form = Form::default();
    for _ in 0..PARTS {
        let Some(part) = parts.next_field().await.map_err(|err| of_part(&err))? else {
            return Ok(form);
        };
        let field = name_of(&part);
        let is_file = part.file_name().is_some();
        let bytes = part.bytes().await.map_err(|err| of_part(&err))?;
        if is_file {
            // An empty one is a place for a file where none was chosen.
            if !bytes.is_empty() {
                form.files.push(File { field, bytes });
            }
        } else {
            form.values.add(field, text_of(bytes)?);
        }
    }
    Err(Fault::BadRequest)
}

/// Of a part: that of its field.
pub fn name_of(part: &Field<'_>) -> String {
    part.name().unwrap_or_default().chars().take(100).collect()
}

pub fn text_of(bytes: Bytes) -> Result<String, Fault> {
    if bytes.len() > TEXT_BYTES {
        return Err(Fault::TooLarge);
    }
    String::from_utf8(bytes.into()).map_err(|_| Fault::BadRequest)
}

fn of_part(err: &MultipartError) -> Fault {
    of_status(err.status())
}

fn of_status(status: StatusCode) -> Fault {
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        Fault::TooLarge
    } else {
        Fault::BadRequest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{body::Body, http::HeaderMap};

    fn sent(body: String, kind: &str, visit: Visit) -> Request {
        let mut request = Request::post("/x")
            .header("content-type", kind)
            .body(Body::from(body))
            .unwrap();
        request.extensions_mut().insert(Arc::new(visit));
        request
    }

    fn visit() -> Visit {
        let headers: HeaderMap = [("cookie".parse().unwrap(), "parvis=mine".parse().unwrap())]
            .into_iter()
            .collect();
        Visit::of("http://valmont.localhost", "town", &headers)
    }

    #[tokio::test]
    async fn a_form_without_its_token_is_refused() {
        for body in ["text=salut", "csrf=&text=salut", "csrf=AAAA&text=salut"] {
            let request = sent(body.into(), "application/x-www-form-urlencoded", visit());
            assert!(
                matches!(Form::from_request(request, &()).await, Err(Fault::Stale)),
                "{body}"
            );
        }
    }

    #[tokio::test]
    async fn a_form_with_its_token_is_read_in_both_encodings() {
        let token = visit().token();
        let request = sent(
            format!("csrf={token}&text=salut"),
            "application/x-www-form-urlencoded",
            visit(),
        );
        assert_eq!(
            Form::from_request(request, &()).await.unwrap().text("text"),
            "salut"
        );

        let body = format!(
            "--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{token}\r\n\
             --b\r\nContent-Disposition: form-data; name=\"image-1\"; filename=\"../../x\"\r\n\r\nGIF\r\n\
             --b\r\nContent-Disposition: form-data; name=\"image-2\"; filename=\"\"\r\n\r\n\r\n--b--\r\n"
        );
        let form = Form::from_request(sent(body, "multipart/form-data; boundary=b", visit()), &())
            .await
            .unwrap();
        assert_eq!(form.file("image-1").map(AsRef::as_ref), Some(&b"GIF"[..]));
        assert!(form.file("image-2").is_none());
    }
}
