//! A bucket of S3-compatible storage: keeps, reads, copies, lists and removes objects by key, tries again what passes, and says
//! plainly what does not. The one place here that speaks HTTP; knows not what the objects are.
//!
//! Requests are signed in their address (AWS Signature Version 4, query form), which every such storage understands. No address
//! is ever shown: whoever has it may use it for as long as it holds.

use std::{fmt, io, sync::Arc, time::Duration};

use bytes::Bytes;
use reqwest::{
    Client, RequestBuilder, Response, StatusCode,
    header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, RANGE},
};
use rusty_s3::{Bucket as Place, Credentials, S3Action, UrlStyle, actions::ListObjectsV2};
use tokio::time::{sleep, timeout};
use url::Url;

use crate::{
    key::Key,
    storage::{Content, Listed, Part},
};

/// What an address may be used for, and clocks may differ by.
const HOLDS: Duration = Duration::from_mins(15);
const CONNECTING: Duration = Duration::from_secs(5);
/// For a question with all its tries …
const PATIENCE: Duration = Duration::from_secs(20);
/// … for a copy, and for a file on its way there …
const PATIENCE_TO_PUT: Duration = Duration::from_mins(2);
/// … and so much more for each second that its bytes need on a slow line …
const SLOW_BYTES_PER_SECOND: u64 = 64 * 1024;
/// … and for each piece on its way back.
const PATIENCE_FOR_A_PIECE: Duration = Duration::from_secs(30);
/// Before each try. Keys are never used twice, so trying again does no harm.
const PAUSES: [Duration; 3] = [
    Duration::ZERO,
    Duration::from_millis(200),
    Duration::from_secs(1),
];
/// Of an answer that is read as text: a list of a thousand names is well below.
const TEXT: usize = 4 * 1024 * 1024;
/// Pages of a thousand names for a 256th of a town's files.
const PAGES: usize = 1_000;

/// Where a bucket is, and who we are there.
#[derive(Clone)]
pub struct BucketOptions {
    pub endpoint: Url,
    pub name: String,
    pub region: String,
    pub access_key: String,
    pub secret_key: String,
    /// `https://endpoint/bucket/key` rather than `https://bucket.endpoint/key`.
    pub in_path: bool,
    /// In front of every key, so that towns share a bucket without meeting. Letters, digits, dots, hyphens, underscores.
    pub prefix: String,
}

/// The bucket's address cannot be made out of what was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no bucket can be reached by this endpoint and name")]
pub struct NoBucket;

/// Cloning gives another handle on the same bucket and its connections.
#[derive(Clone)]
pub(crate) struct Bucket(Arc<Inner>);

struct Inner {
    place: Place,
    credentials: Credentials,
    prefix: String,
    client: Client,
}

/// An object on its way.
pub(crate) struct Answer(Response);

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Bucket")
            .field(&self.0.place.base_url().as_str())
            .field(&self.0.prefix)
            .finish()
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Answer").field(&self.0.status()).finish()
    }
}

impl Answer {
    pub async fn piece(&mut self) -> io::Result<Option<Bytes>> {
        match timeout(PATIENCE_FOR_A_PIECE, self.0.chunk()).await {
            Ok(piece) => piece.map_err(unreachable),
            Err(_elapsed) => Err(silent()),
        }
    }
}

impl Bucket {
    pub fn new(options: BucketOptions) -> Result<Self, NoBucket> {
        let style = if options.in_path {
            UrlStyle::Path
        } else {
            UrlStyle::VirtualHost
        };
        let place = Place::new(options.endpoint, style, options.name, options.region);
        Ok(Self(Arc::new(Inner {
            place: place.map_err(|_| NoBucket)?,
            credentials: Credentials::new(options.access_key, options.secret_key),
            prefix: options.prefix,
            client: client().map_err(|_| NoBucket)?,
        })))
    }

    /// Whether it is there and we may use it.
    pub async fn check(&self) -> io::Result<()> {
        let mut asked = ListObjectsV2::new(&self.0.place, Some(&self.0.credentials));
        asked.with_prefix(self.0.prefix.as_str());
        asked.with_max_keys(1);
        let answer = self.answer(PATIENCE, || self.0.client.get(asked.sign(HOLDS)));
        fine(answer.await?).await.map(|_| ())
    }

    pub async fn put(&self, key: Key, bytes: Vec<u8>) -> io::Result<()> {
        let (name, bytes) = (self.name(key), Bytes::from(bytes));
        let patience = patience_to_put(bytes.len() as u64);
        let action = self.0.place.put_object(self.credentials(), &name);
        let request = || {
            let request = self.0.client.put(action.sign(HOLDS));
            let request = request.header(CONTENT_TYPE, key.file_type().mime());
            request.body(bytes.clone())
        };
        let answer = self.answer(patience, request).await?;
        fine(answer).await.map(|_| ())
    }

    /// How many bytes an object has.
    pub async fn bytes(&self, key: Key) -> io::Result<Option<u64>> {
        let name = self.name(key);
        let action = self.0.place.head_object(self.credentials(), &name);
        let request = || self.0.client.head(action.sign(HOLDS));
        let answer = self.answer(PATIENCE, request).await?;
        // An answer without a body cannot say what exactly is missing.
        if answer.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        length(fine(answer).await?.headers()).map(Some)
    }

    pub async fn open(&self, key: Key) -> io::Result<Option<(u64, Content)>> {
        let Some(answer) = self.get(key, None).await? else {
            return Ok(None);
        };
        let bytes = length(answer.headers())?;
        Ok(Some((bytes, Content::of_object(Answer(answer)))))
    }

    pub async fn part(&self, key: Key, part: Part) -> io::Result<Option<Content>> {
        let Some(answer) = self.get(key, Some(part)).await? else {
            return Ok(None);
        };
        if answer.status() != StatusCode::PARTIAL_CONTENT
            || length(answer.headers())? != part.length()
        {
            return Err(io::Error::other("the bucket gives another part than asked"));
        }
        Ok(Some(Content::of_object(Answer(answer))))
    }

    async fn get(&self, key: Key, part: Option<Part>) -> io::Result<Option<Response>> {
        let name = self.name(key);
        let action = self.0.place.get_object(self.credentials(), &name);
        let request = || {
            let request = self.0.client.get(action.sign(HOLDS));
            match part {
                Some(Part { first, last }) => {
                    request.header(RANGE, format!("bytes={first}-{last}"))
                }
                None => request,
            }
        };
        there(self.answer(PATIENCE, request).await?).await
    }

    /// `false`: there is none.
    pub async fn copy(&self, from: Key, to: Key) -> io::Result<bool> {
        let source = format!("/{}/{}", self.0.place.name(), self.name(from));
        let name = self.name(to);
        let mut action = self.0.place.put_object(self.credentials(), &name);
        // What the storage acts upon is signed with the rest.
        action.headers_mut().insert(COPIED, source.as_str());
        let request = || {
            let request = self.0.client.put(action.sign(HOLDS));
            request.header(COPIED, &source).header(CONTENT_LENGTH, 0)
        };
        let answer = self.answer(PATIENCE_TO_PUT, request).await?;
        let Some(answer) = there(answer).await? else {
            return Ok(false);
        };
        // A copy that breaks off half-way says so below a status that says it is done.
        let status = answer.status();
        let said = text(answer).await?;
        if said.contains("<CopyObjectResult") {
            Ok(true)
        } else {
            Err(refused(status, &said))
        }
    }

    pub async fn remove(&self, key: Key) -> io::Result<()> {
        let name = self.name(key);
        let action = self.0.place.delete_object(self.credentials(), &name);
        let request = || self.0.client.delete(action.sign(HOLDS));
        let answer = self.answer(PATIENCE, request).await?;
        there(answer).await.map(|_| ())
    }

    pub async fn list(&self, shard: u8) -> io::Result<Vec<Listed>> {
        let mut asked = ListObjectsV2::new(&self.0.place, Some(&self.0.credentials));
        asked.with_prefix(format!("{}/{shard:02x}/", self.0.prefix));
        let mut listed = Vec::new();
        for _ in 0..PAGES {
            let answer = self.answer(PATIENCE, || self.0.client.get(asked.sign(HOLDS)));
            let page = text(fine(answer.await?).await?).await?;
            let page = ListObjectsV2::parse_response(&page)
                .map_err(|_| io::Error::other("the bucket's list cannot be understood"))?;
            let found = page.contents.iter();
            listed
                .extend(found.filter_map(|it| self.listed(&it.key, it.last_modified.as_deref()?)));
            match page.next_continuation_token {
                Some(token) => asked.with_continuation_token(token),
                None => return Ok(listed),
            }
        }
        Err(io::Error::other("the bucket's list has no end"))
    }

    fn listed(&self, name: &str, since: &str) -> Option<Listed> {
        let key = name.strip_prefix(self.0.prefix.as_str())?;
        Some(Listed {
            key: key.strip_prefix('/')?.parse().ok()?,
            since: since.parse::<jiff::Timestamp>().ok()?.as_millisecond(),
        })
    }

    fn name(&self, key: Key) -> String {
        format!("{}/{key}", self.0.prefix)
    }

    #[expect(clippy::unnecessary_wraps, reason = "as the library takes them")]
    fn credentials(&self) -> Option<&Credentials> {
        Some(&self.0.credentials)
    }

    /// What the storage says in the end; what passes is tried again.
    async fn answer(
        &self,
        patience: Duration,
        request: impl Fn() -> RequestBuilder,
    ) -> io::Result<Response> {
        let tries = async {
            let mut failure = silent();
            for pause in PAUSES {
                sleep(pause).await;
                failure = match request().send().await {
                    Ok(answer) if !passes(answer.status()) => return Ok(answer),
                    Ok(answer) => {
                        let status = answer.status();
                        refused(status, &text(answer).await.unwrap_or_default())
                    }
                    Err(error) => unreachable(error),
                };
                tracing::debug!(%failure, bucket = self.0.place.name(), "one try failed");
            }
            Err(failure)
        };
        timeout(patience, tries)
            .await
            .unwrap_or_else(|_elapsed| Err(silent()))
    }
}

fn patience_to_put(bytes: u64) -> Duration {
    PATIENCE_TO_PUT + Duration::from_secs(bytes / SLOW_BYTES_PER_SECOND)
}

const COPIED: &str = "x-amz-copy-source";

#[expect(
    clippy::disallowed_methods,
    reason = "the storage is chosen by whoever runs the installation, also in a private network; nobody else names an address"
)]
fn client() -> reqwest::Result<Client> {
    Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .no_gzip()
        .referer(false)
        .connect_timeout(CONNECTING)
        .pool_idle_timeout(Duration::from_secs(30))
        .build()
}

/// It may answer otherwise in a moment.
fn passes(status: StatusCode) -> bool {
    status.is_server_error()
        || matches!(
            status,
            StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT
        )
}

async fn fine(answer: Response) -> io::Result<Response> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    Err(refused(status, &text(answer).await.unwrap_or_default()))
}

/// `None`: there is no such object. That the whole bucket is missing is a failure.
async fn there(answer: Response) -> io::Result<Option<Response>> {
    if answer.status() != StatusCode::NOT_FOUND {
        return fine(answer).await.map(Some);
    }
    let said = text(answer).await?;
    match code(&said) {
        Some("NoSuchBucket") => Err(refused(StatusCode::NOT_FOUND, &said)),
        _ => Ok(None),
    }
}

async fn text(answer: Response) -> io::Result<String> {
    let (mut answer, mut all) = (Answer(answer), Vec::new());
    while let Some(piece) = answer.piece().await? {
        if all.len() + piece.len() > TEXT {
            return Err(io::Error::other("the bucket's answer has no end"));
        }
        all.extend_from_slice(&piece);
    }
    String::from_utf8(all).map_err(io::Error::other)
}

fn length(headers: &HeaderMap) -> io::Result<u64> {
    let told = headers.get(CONTENT_LENGTH).and_then(|it| it.to_str().ok());
    told.and_then(|told| told.parse().ok())
        .ok_or_else(|| io::Error::other("the bucket does not say how long a file is"))
}

/// The storage's own word for what is wrong, such as `NoSuchKey`.
fn code(said: &str) -> Option<&str> {
    let (code, _) = said.split_once("<Code>")?.1.split_once("</Code>")?;
    let plain = code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    plain.then_some(code)
}

fn refused(status: StatusCode, said: &str) -> io::Error {
    let code = code(said).unwrap_or("without a reason");
    io::Error::other(format!("the bucket answers {} {code}", status.as_u16()))
}

fn silent() -> io::Error {
    io::Error::new(
        io::ErrorKind::TimedOut,
        "the bucket does not answer in time",
    )
}

/// All that is known, without the address: it is signed.
fn unreachable(error: reqwest::Error) -> io::Error {
    let error = error.without_url();
    let mut said = format!("the bucket cannot be reached: {error}");
    let mut cause = std::error::Error::source(&error);
    while let Some(deeper) = cause {
        said = format!("{said}: {deeper}");
        cause = deeper.source();
    }
    io::Error::other(said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::FileType;

    fn options(endpoint: &str) -> BucketOptions {
        BucketOptions {
            endpoint: endpoint.parse().unwrap(),
            name: "parvis".into(),
            region: "fr".into(),
            access_key: "AKIAMARIE".into(),
            secret_key: "geheim".into(),
            in_path: true,
            prefix: "valmont.example".into(),
        }
    }

    #[test]
    fn a_bucket_never_shows_its_keys() {
        let bucket = Bucket::new(options("http://127.0.0.1:9/")).unwrap();
        let shown = format!("{bucket:?}");
        assert!(shown.contains("127.0.0.1"), "{shown}");
        assert!(!shown.contains("geheim") && !shown.contains("AKIAMARIE"));
    }

    #[test]
    fn an_endpoint_that_cannot_hold_the_bucket_is_refused() {
        let outside = BucketOptions {
            in_path: false,
            ..options("http://127.0.0.1:9/")
        };
        assert!(Bucket::new(outside).is_err());
        assert!(Bucket::new(options("ftp://files.example/")).is_err());
    }

    #[tokio::test]
    async fn what_is_said_of_a_bucket_out_of_reach_shows_no_signature() {
        let bucket = Bucket::new(options("http://127.0.0.1:9/")).unwrap();
        let error = bucket.open(Key::random(FileType::Jpeg)).await.unwrap_err();
        let said = error.to_string();
        assert!(said.contains("cannot be reached"), "{said}");
        for secret in ["AKIAMARIE", "geheim", "Signature", "valmont.example"] {
            assert!(!said.contains(secret), "{said}");
        }
    }

    #[test]
    fn a_longer_file_has_more_time_to_get_there_but_not_more_than_its_address_holds() {
        let (short, long) = (1 << 20, parvis_model::limits::RECORDING_BYTES as u64);
        assert!(patience_to_put(short) < patience_to_put(long));
        assert!(patience_to_put(long) >= Duration::from_mins(12));
        assert!(patience_to_put(long) < HOLDS);
    }

    #[test]
    fn only_a_plain_word_of_the_storage_is_repeated() {
        assert_eq!(
            code("<Error><Code>NoSuchKey</Code></Error>"),
            Some("NoSuchKey")
        );
        for strange in ["", "<Code>", "<Code>two words</Code>", "<Code>\n</Code>"] {
            assert_eq!(code(strange), None, "{strange}");
        }
    }
}
