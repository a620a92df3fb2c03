//! S3-compatible storage in memory, as much of it as a town needs, that can be told to fail. Signatures are checked in full, written
//! here a second time, so that the program's own cannot agree with itself alone.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use aws_lc_rs::{digest, hmac};
use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Method, Response, Uri, header},
};
use tokio::{net::TcpListener, task::JoinHandle};

pub const ACCESS_KEY: &str = "AKIAPARVIS";
pub const SECRET_KEY: &str = "le+secret/du/seau";
const NAME: &str = "fichiers";
const REGION: &str = "us-east-1";
/// Names in one page of a list: few, so that lists have several.
const PAGE: usize = 2;

#[derive(Clone, Debug)]
pub struct Object {
    pub bytes: Vec<u8>,
    pub mime: String,
}

#[derive(Default)]
struct Shelf {
    objects: BTreeMap<String, Object>,
    /// Answers to the next questions, instead of the true ones.
    failures: Vec<u16>,
    /// To every question, for as long as it is set.
    down: Option<u16>,
    /// "GET host/ab/….jpg", of all that was asked.
    asked: Vec<String>,
    unsigned: usize,
}

type Shared = Arc<Mutex<Shelf>>;

fn lock(shelf: &Shared) -> MutexGuard<'_, Shelf> {
    shelf.lock().unwrap_or_else(PoisonError::into_inner)
}

pub struct Bucket {
    pub port: u16,
    shelf: Shared,
    server: JoinHandle<()>,
}

impl Bucket {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shelf = Shared::default();
        let app = axum::Router::new()
            .fallback(answer)
            .layer(axum::extract::DefaultBodyLimit::disable())
            .with_state(shelf.clone());
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self {
            port,
            shelf,
            server,
        }
    }

    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Under what the settings of a program have to stand that keeps its files here.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("PARVIS_MEDIA__S3__ENDPOINT", self.endpoint()),
            ("PARVIS_MEDIA__S3__BUCKET", NAME.to_owned()),
            ("PARVIS_MEDIA__S3__ACCESS_KEY", ACCESS_KEY.to_owned()),
            ("PARVIS_MEDIA__S3__SECRET_KEY", SECRET_KEY.to_owned()),
        ]
    }

    /// All that lies there, by name.
    pub fn objects(&self) -> BTreeMap<String, Object> {
        lock(&self.shelf).objects.clone()
    }

    pub fn asked(&self) -> Vec<String> {
        lock(&self.shelf).asked.clone()
    }

    /// Questions whose signature did not hold.
    pub fn unsigned(&self) -> usize {
        lock(&self.shelf).unsigned
    }

    /// The next questions are answered like this, one each.
    pub fn fails(&self, statuses: &[u16]) {
        lock(&self.shelf).failures = statuses.iter().rev().copied().collect();
    }

    /// Every question is answered like this; `None`: all is well again.
    pub fn is_down(&self, status: Option<u16>) {
        lock(&self.shelf).down = status;
    }
}

impl Drop for Bucket {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(
    State(shelf): State<Shared>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let mut shelf = lock(&shelf);
    let bucket = format!("/{NAME}/");
    let name = uri.path().strip_prefix(&bucket).map(str::to_owned);
    let what = name.clone().unwrap_or_else(|| uri.path().to_owned());
    shelf.asked.push(format!("{method} {what}"));
    if !is_signed(&method, &uri, &headers) {
        shelf.unsigned += 1;
        return refusal(403, "SignatureDoesNotMatch");
    }
    if let Some(status) = shelf.down.or_else(|| shelf.failures.pop()) {
        return refusal(status, "SlowDown");
    }
    let Some(name) = name else {
        return refusal(404, "NoSuchBucket");
    };
    if name.is_empty() {
        return listed(&shelf, &uri);
    }
    match method {
        Method::PUT => put(&mut shelf, name, &headers, &body),
        Method::DELETE => {
            shelf.objects.remove(&name);
            said(204, Vec::new())
        }
        Method::GET | Method::HEAD => match shelf.objects.get(&name) {
            Some(object) => sent(object, &headers),
            None => refusal(404, "NoSuchKey"),
        },
        _ => refusal(405, "MethodNotAllowed"),
    }
}

fn put(shelf: &mut Shelf, name: String, headers: &HeaderMap, body: &[u8]) -> Response<Body> {
    let text = |name: &str| headers.get(name).and_then(|it| it.to_str().ok());
    let bucket = format!("/{NAME}/");
    let Some(source) = text("x-amz-copy-source") else {
        let object = Object {
            bytes: body.to_vec(),
            mime: text("content-type").unwrap_or_default().to_owned(),
        };
        shelf.objects.insert(name, object);
        return said(200, Vec::new());
    };
    let source = source.strip_prefix(&bucket).unwrap_or_default();
    match shelf.objects.get(source).cloned() {
        None => refusal(404, "NoSuchKey"),
        Some(object) => {
            shelf.objects.insert(name, object);
            said(200, b"<CopyObjectResult></CopyObjectResult>".to_vec())
        }
    }
}

fn sent(object: &Object, headers: &HeaderMap) -> Response<Body> {
    let range = headers.get(header::RANGE).and_then(|it| it.to_str().ok());
    let all = object.bytes.len();
    let part = range.map(|range| {
        let (first, last) = range
            .strip_prefix("bytes=")
            .unwrap()
            .split_once('-')
            .unwrap();
        (first.parse().unwrap(), last.parse::<usize>().unwrap())
    });
    let answer = Response::builder().header(header::CONTENT_TYPE, &object.mime);
    match part {
        None => answer
            .header(header::CONTENT_LENGTH, all)
            .body(Body::from(object.bytes.clone())),
        Some((first, last)) => answer
            .status(206)
            .header(header::CONTENT_RANGE, format!("bytes {first}-{last}/{all}"))
            .body(Body::from(object.bytes[first..=last].to_vec())),
    }
    .unwrap()
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html>
fn listed(shelf: &Shelf, uri: &Uri) -> Response<Body> {
    let asked: HashMap<_, _> = url::form_urlencoded::parse(uri.query().unwrap().as_bytes())
        .into_owned()
        .collect();
    let of = |name: &str| asked.get(name).map_or("", String::as_str);
    let names = shelf
        .objects
        .keys()
        .filter(|name| name.starts_with(of("prefix")));
    let names = names.filter(|name| name.as_str() > of("continuation-token"));
    let names: Vec<_> = names.collect();
    let page = &names[..names.len().min(PAGE)];
    let more = names.len() > page.len();
    let mut contents = String::new();
    for name in page {
        contents += "<Contents><LastModified>2026-11-22T12:00:00.000Z</LastModified><Size>1</Size>";
        contents += &["<Key>", name, "</Key></Contents>"].concat();
    }
    let token = match page.last() {
        Some(last) if more => format!("<NextContinuationToken>{last}</NextContinuationToken>"),
        _ => String::new(),
    };
    let page = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
         <ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
         <IsTruncated>{more}</IsTruncated>{contents}{token}</ListBucketResult>"
    );
    said(200, page.into_bytes())
}

fn refusal(status: u16, code: &str) -> Response<Body> {
    let page = format!("<Error><Code>{code}</Code><Message>no</Message></Error>");
    said(status, page.into_bytes())
}

fn said(status: u16, body: Vec<u8>) -> Response<Body> {
    Response::builder()
        .status(status)
        .body(Body::from(body))
        .unwrap()
}

/// AWS Signature Version 4 in the query:
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>
fn is_signed(method: &Method, uri: &Uri, headers: &HeaderMap) -> bool {
    let query = uri.query().unwrap_or_default();
    let mut pairs: Vec<&str> = query.split('&').collect();
    let signature = pairs
        .iter()
        .position(|it| it.starts_with("X-Amz-Signature="));
    let Some(signature) = signature.map(|at| pairs.remove(at)) else {
        return false;
    };
    pairs.sort_unstable();
    let asked: HashMap<_, _> = url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    let of = |name: &str| asked.get(name).map_or("", String::as_str);
    let (date, names) = (of("X-Amz-Date"), of("X-Amz-SignedHeaders"));
    let day = date.split('T').next().unwrap_or_default();
    let scope = format!("{day}/{REGION}/s3/aws4_request");
    let known = of("X-Amz-Credential") == format!("{ACCESS_KEY}/{scope}");
    // What it acts upon must not be left out of what is signed.
    let copies = headers.contains_key("x-amz-copy-source");
    let whole = names.contains("host") && (!copies || names.contains("x-amz-copy-source"));
    let mut signed = String::new();
    for name in names.split(';') {
        let value = headers.get(name).and_then(|it| it.to_str().ok());
        signed += &[name, ":", value.unwrap_or_default().trim(), "\n"].concat();
    }
    let request = format!(
        "{method}\n{}\n{}\n{signed}\n{names}\nUNSIGNED-PAYLOAD",
        uri.path(),
        pairs.join("&")
    );
    let hashed = hex(digest::digest(&digest::SHA256, request.as_bytes()).as_ref());
    let text = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{hashed}");
    let mut key = format!("AWS4{SECRET_KEY}").into_bytes();
    for part in [day, REGION, "s3", "aws4_request", &text] {
        key = signed_with(&key, part);
    }
    known && whole && signature == format!("X-Amz-Signature={}", hex(&key))
}

fn signed_with(key: &[u8], text: &str) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes())
        .as_ref()
        .to_vec()
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let digit = |half: u8| char::from_digit(half.into(), 16).unwrap();
    digits.map(digit).collect()
}
