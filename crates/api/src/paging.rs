//! Pages of lists: reads `max_id`, `since_id`, `min_id` and `limit`, writes the `Link` header (RFC 8288) that leads on
//! (<https://docs.joinmastodon.org/api/guidelines/#pagination>).

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, OriginalUri},
    http::{HeaderValue, header, request::Parts},
    response::Response,
};
use parvis_model::{id::Id, page::Page};
use parvis_town::Town;
use url::form_urlencoded::{Serializer, parse};

use crate::fault::Fault;

/// How many items a page holds: usually, and at most.
#[derive(Clone, Copy, Debug)]
pub struct Size(u64, u64);

pub const STATUSES: Size = Size(20, 40);
pub const ACCOUNTS: Size = Size(40, 80);
pub const NOTIFICATIONS: Size = Size(40, 80);
/// Also of names of servers.
pub const TAGS: Size = Size(100, 200);

/// Which page is asked for, and the address it is asked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paging {
    address: String,
    /// Everything in the query but the cursors.
    others: Vec<(String, String)>,
    max_id: Option<Id>,
    since_id: Option<Id>,
    min_id: Option<Id>,
    limit: Option<u64>,
}

impl Paging {
    /// What is no number is not there: apps send cursors of other servers now and then.
    fn read(address: String, query: &str) -> Self {
        let mut paging = Self {
            address,
            ..Self::default()
        };
        for (name, value) in parse(query.as_bytes()) {
            match name.as_ref() {
                "max_id" => paging.max_id = value.parse().ok(),
                "since_id" => paging.since_id = value.parse().ok(),
                "min_id" => paging.min_id = value.parse().ok(),
                _ => {
                    if name == "limit" {
                        paging.limit = value.parse().ok();
                    }
                    paging.others.push((name.into_owned(), value.into_owned()));
                }
            }
        }
        paging
    }

    pub fn page(&self, Size(usual, most): Size) -> Page {
        Page {
            max_id: self.max_id,
            since_id: self.since_id,
            min_id: self.min_id,
            limit: self.limit.unwrap_or(usual).clamp(1, most),
        }
    }

    /// Where the page begins, for lists that only lead on.
    pub fn before(&self) -> Option<Id> {
        self.max_id
    }

    /// `limit=0`, which a few lists understand.
    pub fn asks_for_all(&self) -> bool {
        self.limit == Some(0)
    }

    /// Adds the way to the older and to the newer page.
    pub fn link(&self, next: Option<Id>, prev: Option<Id>, mut answer: Response) -> Response {
        let next = next.map(|id| format!("<{}>; rel=\"next\"", self.leading("max_id", id)));
        let prev = prev.map(|id| format!("<{}>; rel=\"prev\"", self.leading("min_id", id)));
        let links: Vec<String> = next.into_iter().chain(prev).collect();
        if !links.is_empty()
            && let Ok(value) = HeaderValue::try_from(links.join(", "))
        {
            answer.headers_mut().insert(header::LINK, value);
        }
        answer
    }

    fn leading(&self, cursor: &str, id: Id) -> String {
        let mut query = Serializer::new(String::new());
        query
            .extend_pairs(&self.others)
            .append_pair(cursor, &id.to_string());
        format!("{}?{}", self.address, query.finish())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Paging {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        let town = parts.extensions.get::<Arc<Town>>().ok_or(Fault::NotFound)?;
        let uri = parts
            .extensions
            .get::<OriginalUri>()
            .map_or(&parts.uri, |OriginalUri(uri)| uri);
        let address = format!("{}{}", town.origin, uri.path());
        Ok(Self::read(address, uri.query().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;

    use super::*;

    fn links(query: &str, next: Option<Id>, prev: Option<Id>) -> Option<String> {
        let paging = Paging::read("https://v.example/api/v1/x".into(), query);
        let answer = paging.link(next, prev, ().into_response());
        answer
            .headers()
            .get(header::LINK)
            .map(|value| value.to_str().unwrap().to_owned())
    }

    #[test]
    fn links_are_absolute_and_keep_everything_but_the_cursors() {
        let query = "limit=2&types[]=mention&types[]=a%22%3E&max_id=9&local=true";
        let kept = "limit=2&types%5B%5D=mention&types%5B%5D=a%22%3E&local=true";
        assert_eq!(
            links(query, Some(3), Some(8)).unwrap(),
            format!(
                "<https://v.example/api/v1/x?{kept}&max_id=3>; rel=\"next\", \
                 <https://v.example/api/v1/x?{kept}&min_id=8>; rel=\"prev\""
            )
        );
        assert_eq!(
            links("", None, Some(8)).unwrap(),
            "<https://v.example/api/v1/x?min_id=8>; rel=\"prev\""
        );
        assert_eq!(links("", None, None), None);
    }

    #[test]
    fn t249_large_limits_are_capped_and_nonsense_is_not_there() {
        let page = |query| Paging::read(String::new(), query).page(STATUSES);
        assert_eq!(page("").limit, 20);
        assert_eq!(page("limit=80").limit, 40);
        assert_eq!(page("limit=0").limit, 1);
        assert_eq!(page("limit=-1").limit, 20);
        assert_eq!(
            page("max_id=abc&min_id=5&limit=x"),
            Page {
                min_id: Some(5),
                ..page("")
            }
        );
    }
}
