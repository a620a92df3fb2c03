//! What an app sends, in any of the ways apps send it: query, form, multipart or JSON, nested as Rails nests. One tree
//! first, then typed parameters. Knows no endpoint.

mod lenient;
mod tree;

use axum::{
    body::Bytes,
    extract::{
        DefaultBodyLimit, FromRequest, Multipart, Request,
        multipart::{Field, MultipartError},
    },
    http::{HeaderMap, Method, StatusCode, header},
    response::IntoResponse,
};
use parvis_model::limits;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use url::form_urlencoded;

use self::lenient::Lenient;
use crate::fault::Fault;

/// Bytes of a form or a JSON document.
const DOCUMENT: usize = 512 * 1024;
/// Bytes of a body with one picture.
const UPLOAD: usize = limits::PICTURE_BYTES + 1024 * 1024;
/// Bytes of one text in a body with files.
pub const TEXT: usize = 256 * 1024;
pub const PARTS: usize = 200;

/// The parameters of a request, from its address and its body; where both give one, the body's counts.
#[derive(Debug)]
pub struct Params<T> {
    pub fields: T,
    pub files: Vec<Upload>,
}

/// A file that came along; its own name and type are not looked at.
#[derive(Debug)]
pub struct Upload {
    pub field: String,
    pub bytes: Bytes,
}

impl<T> Params<T> {
    /// The bytes of a file, if it was sent and holds anything.
    pub fn take_file(&mut self, field: &str) -> Option<Vec<u8>> {
        let at = self
            .files
            .iter()
            .position(|file| file.field == field && !file.bytes.is_empty())?;
        Some(self.files.swap_remove(at).bytes.into())
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Params<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        let mut given = pairs(request.uri().query().unwrap_or_default().as_bytes())?;
        let mut files = Vec::new();
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let body;
            (body, files) = read_body(request, state).await?;
            given.extend(body);
        }
        let given = Value::Object(given);
        let fields =
            T::deserialize(Lenient(&given)).map_err(|err| Fault::Unprocessable(err.to_string()))?;
        Ok(Self { fields, files })
    }
}

/// What an app says in one JSON text outside of a request.
pub fn of_json<T: DeserializeOwned>(text: &str) -> Result<T, Fault> {
    let given: Value = serde_json::from_str(text).map_err(|_| Fault::Malformed)?;
    T::deserialize(Lenient(&given)).map_err(|err| Fault::Unprocessable(err.to_string()))
}

/// The parameters among the parts of a body with files.
pub fn of_texts<T: DeserializeOwned>(texts: Vec<(String, String)>) -> Result<T, Fault> {
    let given = Value::Object(tree::of(texts).map_err(|_| Fault::Malformed)?);
    T::deserialize(Lenient(&given)).map_err(|err| Fault::Unprocessable(err.to_string()))
}

type Body = (Map<String, Value>, Vec<Upload>);

async fn read_body(mut request: Request, state: &(impl Send + Sync)) -> Result<Body, Fault> {
    let kind = kind_of(request.headers());
    if kind == "multipart/form-data" {
        DefaultBodyLimit::max(UPLOAD).apply(&mut request);
        let parts = Multipart::from_request(request, state)
            .await
            .map_err(|_| Fault::Malformed)?;
        return read_parts(parts).await;
    }
    DefaultBodyLimit::max(DOCUMENT).apply(&mut request);
    let bytes = Bytes::from_request(request, state)
        .await
        .map_err(|rejection| of_status(rejection.into_response().status()))?;
    let fields = match kind.as_str() {
        _ if bytes.is_empty() => Map::new(),
        "application/x-www-form-urlencoded" | "" => pairs(&bytes)?,
        "application/json" => match serde_json::from_slice(&bytes) {
            Ok(Value::Object(fields)) => fields,
            Ok(Value::Null) => Map::new(),
            Ok(_) | Err(_) => return Err(Fault::Malformed),
        },
        _ => return Err(Fault::UnknownBody),
    };
    Ok((fields, Vec::new()))
}

/// The media type, without its parameters.
pub fn kind_of(headers: &HeaderMap) -> String {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let kind = kind
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default();
    kind.trim().to_ascii_lowercase()
}

fn pairs(encoded: &[u8]) -> Result<Map<String, Value>, Fault> {
    tree::of(form_urlencoded::parse(encoded).into_owned()).map_err(|_| Fault::Malformed)
}

async fn read_parts(mut parts: Multipart) -> Result<Body, Fault> {
    let mut texts = Vec::new();
    let mut files = Vec::new();
    for _ in 0..PARTS {
        let Some(part) = parts.next_field().await.map_err(|err| of_part(&err))? else {
            let fields = tree::of(texts).map_err(|_| Fault::Malformed)?;
            return Ok((fields, files));
        };
        let name: String = part.name().unwrap_or_default().to_owned();
        let file = is_file(&part);
        let bytes = part.bytes().await.map_err(|err| of_part(&err))?;
        match String::from_utf8(bytes.into()) {
            Ok(text) if !file && text.len() > TEXT => return Err(Fault::TooLarge),
            Ok(text) if !file => texts.push((name, text)),
            Ok(text) => files.push(Upload {
                field: name,
                bytes: text.into(),
            }),
            Err(other) => files.push(Upload {
                field: name,
                bytes: other.into_bytes().into(),
            }),
        }
    }
    Err(Fault::Malformed)
}

/// Some apps name neither the file nor its type; then only its bytes tell (they are not text).
fn is_file(part: &Field<'_>) -> bool {
    part.file_name().is_some()
        || part
            .content_type()
            .is_some_and(|kind| !kind.starts_with("text/plain"))
}

pub fn of_part(err: &MultipartError) -> Fault {
    of_status(err.status())
}

fn of_status(status: StatusCode) -> Fault {
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        Fault::TooLarge
    } else {
        Fault::Malformed
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Sample {
        status: Option<String>,
        sensitive: Option<bool>,
        expires_in: Option<i64>,
        media_ids: Vec<String>,
        fields_attributes: Vec<Line>,
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Line {
        name: String,
        value: String,
    }

    async fn sent(uri: &str, kind: &str, body: &str) -> Result<Params<Sample>, Fault> {
        let request = Request::post(uri)
            .header("content-type", kind)
            .body(Body::from(body.to_owned()));
        Params::from_request(request.unwrap(), &()).await
    }

    const FORM: &str = "application/x-www-form-urlencoded";
    const JSON: &str = "application/json; charset=utf-8";
    const PARTED: &str = "multipart/form-data; boundary=b";

    fn parted(parts: &[(&str, &str)]) -> String {
        let part = |(head, text): &(&str, &str)| {
            format!("--b\r\nContent-Disposition: form-data; {head}\r\n\r\n{text}\r\n")
        };
        let parts: Vec<String> = parts.iter().map(part).collect();
        format!("{}--b--\r\n", parts.concat())
    }

    #[tokio::test]
    async fn the_same_parameters_are_read_from_every_kind_of_body() {
        let wanted = Sample {
            status: Some("Salut é".into()),
            sensitive: Some(true),
            expires_in: Some(3600),
            media_ids: vec!["1".into(), "2".into()],
            fields_attributes: vec![Line {
                name: "Rue".into(),
                value: "des Ponts".into(),
            }],
        };
        let form = "status=Salut+%C3%A9&sensitive=1&expires_in=3600&media_ids[]=1&media_ids[]=2\
                    &fields_attributes[0][name]=Rue&fields_attributes[0][value]=des+Ponts";
        let json = r#"{"status":"Salut é","sensitive":"true","expires_in":"3600","media_ids":[1,"2"],
                       "fields_attributes":{"0":{"name":"Rue","value":"des Ponts"}},"poll":null}"#;
        let parts = parted(&[
            ("name=\"status\"", "Salut é"),
            ("name=\"sensitive\"", "True"),
            ("name=\"expires_in\"", "3600"),
            ("name=\"media_ids[]\"", "1"),
            ("name=\"media_ids[]\"", "2"),
            ("name=\"fields_attributes[][name]\"", "Rue"),
            ("name=\"fields_attributes[][value]\"", "des Ponts"),
        ]);
        assert_eq!(sent("/x", FORM, form).await.unwrap().fields, wanted);
        assert_eq!(sent("/x", JSON, json).await.unwrap().fields, wanted);
        assert_eq!(sent("/x", PARTED, &parts).await.unwrap().fields, wanted);
        assert_eq!(
            sent(&format!("/x?{form}"), FORM, "").await.unwrap().fields,
            wanted
        );
    }

    #[tokio::test]
    async fn the_body_outweighs_the_address_and_null_is_not_given() {
        let params = sent(
            "/x?status=a&sensitive=1",
            JSON,
            r#"{"status":"b","sensitive":null}"#,
        );
        let fields = params.await.unwrap().fields;
        assert_eq!(
            (fields.status.as_deref(), fields.sensitive),
            (Some("b"), None)
        );
    }

    #[tokio::test]
    async fn a_file_is_known_by_its_name_its_type_or_its_bytes() {
        let mut body = parted(&[("name=\"file\"; filename=\"a.png\"", "GIF")]).into_bytes();
        let request = Request::post("/x")
            .header("content-type", PARTED)
            .body(Body::from(body.clone()));
        let mut params = Params::<Sample>::from_request(request.unwrap(), &())
            .await
            .unwrap();
        assert_eq!(params.take_file("file").unwrap(), b"GIF");
        let at = body.iter().position(|byte| *byte == b'G').unwrap();
        body[at] = 0xff;
        let text = b"; filename=\"a.png\"";
        let from = body
            .windows(text.len())
            .position(|window| window == text)
            .unwrap();
        body.drain(from..from + text.len());
        let request = Request::post("/x")
            .header("content-type", PARTED)
            .body(Body::from(body));
        let mut params = Params::<Sample>::from_request(request.unwrap(), &())
            .await
            .unwrap();
        assert_eq!(params.take_file("file").unwrap(), b"\xffIF");
    }

    #[tokio::test]
    async fn what_cannot_be_read_is_refused() {
        for body in ["{\"status\": ", "[1]", "\"x\""] {
            assert!(
                matches!(sent("/x", JSON, body).await, Err(Fault::Malformed)),
                "{body}"
            );
        }
        let deep = "[".repeat(100_000);
        assert!(matches!(
            sent("/x", JSON, &deep).await,
            Err(Fault::Malformed)
        ));
        assert!(matches!(
            sent("/x", "text/xml", "<a/>").await,
            Err(Fault::UnknownBody)
        ));
        assert!(matches!(
            sent("/x", FORM, "expires_in=soon").await,
            Err(Fault::Unprocessable(_))
        ));
        let large = format!("status={}", "a".repeat(DOCUMENT));
        assert!(matches!(
            sent("/x", FORM, &large).await,
            Err(Fault::TooLarge)
        ));
    }
}
