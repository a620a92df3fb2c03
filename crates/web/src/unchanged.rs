//! Answers that somebody has already: told apart by a tag made of their text (RFC 9110, 8.8.3), and not sent again. Knows no
//! page.

use aws_lc_rs::digest;
use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::fault::Fault;

/// Bytes of a page that is looked at; none is nearly as long.
const LONGEST: usize = 8 * 1024 * 1024;

/// What a request says it has already.
#[derive(Clone, Debug)]
pub struct Known(Option<String>);

impl Known {
    pub fn of(headers: &HeaderMap) -> Self {
        let said = headers.get(header::IF_NONE_MATCH);
        let said = said.and_then(|value| value.to_str().ok());
        Self(said.map(str::to_owned))
    }

    /// `None`: nothing was said about tags.
    pub fn holds(&self, tag: &str) -> Option<bool> {
        let said = self.0.as_deref()?;
        Some(said.split(',').any(|one| opaque(one) == opaque(tag)))
    }
}

fn opaque(tag: &str) -> &str {
    let tag = tag.trim();
    tag.strip_prefix("W/").unwrap_or(tag)
}

/// Weak: the same text goes out compressed and not.
pub fn tag(text: &[u8]) -> String {
    let hash = hex::encode(digest::digest(&digest::SHA256, text));
    format!("W/\"{}\"", &hash[..24])
}

/// Tags a page, and keeps back what is known of it. Its headers go out all the same.
pub async fn unless_known(known: &Known, response: Response) -> Result<Response, Fault> {
    if response.status() != StatusCode::OK {
        return Ok(response);
    }
    let (mut head, body) = response.into_parts();
    let text = to_bytes(body, LONGEST).await;
    let text = text.map_err(|_| Fault::TooLarge)?;
    let tag = tag(&text);
    let value = HeaderValue::from_str(&tag).map_err(|_| Fault::BadRequest)?;
    head.headers.insert(header::ETAG, value);
    if known.holds(&tag) == Some(true) {
        head.status = StatusCode::NOT_MODIFIED;
        head.headers.remove(header::CONTENT_TYPE);
        head.headers.remove(header::CONTENT_LENGTH);
        return Ok((head, Body::empty()).into_response());
    }
    Ok(Response::from_parts(head, Body::from(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(said: &str) -> Known {
        let value = HeaderValue::from_str(said).unwrap();
        Known::of(&HeaderMap::from_iter([(header::IF_NONE_MATCH, value)]))
    }

    async fn status(known: Known, text: &'static str) -> StatusCode {
        let answer = unless_known(&known, text.into_response()).await;
        answer.unwrap().status()
    }

    #[tokio::test]
    async fn only_what_changed_is_sent() {
        let tag = tag(b"bonjour");
        assert_eq!(
            status(known(&tag), "bonjour").await,
            StatusCode::NOT_MODIFIED
        );
        let among = format!("\"x\", {}", &tag[2..]);
        assert_eq!(
            status(known(&among), "bonjour").await,
            StatusCode::NOT_MODIFIED
        );
        assert_eq!(status(known(&tag), "bonsoir").await, StatusCode::OK);
        assert_eq!(status(Known(None), "bonjour").await, StatusCode::OK);
    }
}
