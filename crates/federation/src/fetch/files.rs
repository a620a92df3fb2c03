//! Pictures and pages of the web: what is no document of another town's. Asked for without a signature, a few at a time.
//! Knows nothing of what is inside.

use std::{convert::Infallible, sync::Arc};

use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{ACCEPT, CONTENT_TYPE},
};
use parvis_model::limits;
use quick_cache::sync::Cache;
use reqwest::Response;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::Url;

use super::{FetchFault, Fetcher, REDIRECTS, answer, bare, next_step};

/// Pictures fetched at the same time, each held in memory whole …
const PICTURES: usize = 6;
/// … from one server.
const PICTURES_OF_SERVER: usize = 2;
const PAGES: usize = 4;
const PAGES_OF_SERVER: usize = 1;
const SERVERS: usize = 1_000;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    Picture,
    /// Its first [`limits::WEB_PAGE`] bytes: what a page says of itself stands at its beginning.
    Page,
    /// What a site says of one of its pages in JSON (<https://oembed.com>).
    Oembed,
}

/// What came.
#[derive(Debug)]
pub struct File {
    /// Where it was found in the end.
    pub url: Url,
    /// Lower case; may lie.
    pub content_type: String,
    pub bytes: Vec<u8>,
    /// Held for as long as the bytes are in memory.
    pub turn: Turn,
}

/// A place among the files of one server and among all; free again when it is dropped.
pub type Turn = Option<[OwnedSemaphorePermit; 2]>;

/// Who is being asked.
pub(super) struct Files {
    pictures: Places,
    pages: Places,
}

struct Places {
    all: Arc<Semaphore>,
    of_server: usize,
    servers: Cache<String, Arc<Semaphore>>,
}

impl Files {
    pub(super) fn new() -> Self {
        let places = |all, of_server| Places {
            all: Arc::new(Semaphore::new(all)),
            of_server,
            servers: Cache::new(SERVERS),
        };
        Self {
            pictures: places(PICTURES, PICTURES_OF_SERVER),
            pages: places(PAGES, PAGES_OF_SERVER),
        }
    }

    fn places(&self, sort: Sort) -> &Places {
        match sort {
            Sort::Picture => &self.pictures,
            Sort::Page | Sort::Oembed => &self.pages,
        }
    }
}

impl Places {
    /// First of the server, so that a slow one takes no place from the others.
    async fn turn(&self, url: &Url) -> Turn {
        let new = || Ok::<_, Infallible>(Arc::new(Semaphore::new(self.of_server)));
        let server = url.host_str().unwrap_or_default();
        let Ok(turns) = self.servers.get_or_insert_with(server, new);
        // Nobody closes these semaphores.
        let turn = turns.acquire_owned().await.ok()?;
        let place = Arc::clone(&self.all).acquire_owned().await.ok()?;
        Some([turn, place])
    }
}

impl Sort {
    fn accept(self) -> &'static str {
        match self {
            Self::Picture => "image/webp, image/png, image/jpeg, image/gif",
            Self::Page => "text/html, application/xhtml+xml",
            Self::Oembed => "application/json",
        }
    }

    /// Where a server names no type, or that of any file, the bytes of a picture tell.
    fn fits(self, content_type: &str) -> bool {
        let media = content_type.split(';').next().unwrap_or_default().trim();
        match self {
            Self::Picture => match media {
                "" | "application/octet-stream" | "binary/octet-stream" => true,
                _ => media.starts_with("image/") && !media.starts_with("image/svg"),
            },
            Self::Page => matches!(media, "text/html" | "application/xhtml+xml"),
            Self::Oembed => matches!(
                media,
                "application/json" | "application/json+oembed" | "text/json"
            ),
        }
    }

    async fn read(self, answer: Response) -> Result<Vec<u8>, FetchFault> {
        match self {
            Self::Picture => answer::read(answer, limits::PICTURE_BYTES).await,
            Self::Page => beginning(answer, limits::WEB_PAGE).await,
            Self::Oembed => answer::read(answer, limits::OEMBED).await,
        }
    }
}

/// As much of the body as is asked for, unpacked.
async fn beginning(mut answer: Response, limit: usize) -> Result<Vec<u8>, FetchFault> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        let room = limit - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if body.len() == limit {
            break;
        }
    }
    Ok(body)
}

impl Fetcher {
    /// Asked for without a signature; redirects are followed, each step checked like the first.
    pub async fn file(&self, url: &Url, sort: Sort) -> Result<File, FetchFault> {
        let places = self.0.files.places(sort);
        let turn = self.in_time(async { Ok(places.turn(url).await) }).await;
        // Waiting for others says nothing about this one.
        let Ok(turn @ Some(_)) = turn else {
            return Err(FetchFault::Busy);
        };
        self.remembering(url, self.find(url, sort, turn)).await
    }

    async fn find(&self, asked: &Url, sort: Sort, turn: Turn) -> Result<File, FetchFault> {
        let mut url = bare(asked);
        for _ in 0..=REDIRECTS {
            let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(sort.accept()))]);
            let answer = self.0.send(&url, headers, self.0.clock.now()).await?;
            if answer.status().is_redirection() {
                url = next_step(&url, &answer)?;
                continue;
            }
            if answer.status() != StatusCode::OK {
                return Err(FetchFault::Status(answer.status().as_u16()));
            }
            let content_type = content_type(&answer);
            if !sort.fits(&content_type) {
                return Err(FetchFault::ContentType);
            }
            let bytes = sort.read(answer).await?;
            return Ok(File {
                url,
                content_type,
                bytes,
                turn,
            });
        }
        Err(FetchFault::TooManyRedirects)
    }
}

fn content_type(answer: &Response) -> String {
    let header = answer.headers().get(CONTENT_TYPE);
    let text = header.and_then(|text| text.to_str().ok());
    text.unwrap_or_default().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sort_of_file_has_its_own_types() {
        for (sort, right) in [
            (Sort::Picture, "image/png"),
            (Sort::Picture, "image/jpeg; charset=binary"),
            (Sort::Picture, "application/octet-stream"),
            (Sort::Picture, ""),
            (Sort::Page, "text/html; charset=utf-8"),
            (Sort::Page, "application/xhtml+xml"),
            (Sort::Oembed, "application/json; charset=utf-8"),
        ] {
            assert!(sort.fits(right), "{sort:?} {right}");
        }
        for (sort, wrong) in [
            (Sort::Picture, "image/svg+xml"),
            (Sort::Picture, "text/html"),
            (Sort::Picture, "application/activity+json"),
            (Sort::Page, "image/png"),
            (Sort::Page, "application/json"),
            (Sort::Page, "text/plain"),
            (Sort::Page, ""),
            (Sort::Oembed, "text/html"),
        ] {
            assert!(!sort.fits(wrong), "{sort:?} {wrong}");
        }
    }
}
