//! What comes back: its type, its bytes up to a limit, what it says about trying again. Knows nothing of what is inside.

use std::time::{Duration, UNIX_EPOCH};

use http::{
    HeaderMap, HeaderName,
    header::{CONTENT_TYPE, RETRY_AFTER},
};
use parvis_model::clock::{DAY, SECOND, Timestamp};
use reqwest::Response;
use tokio::time::timeout;

use super::FetchFault;

const ACCEPT_SIGNATURE: HeaderName = HeaderName::from_static("accept-signature");

/// Bytes of the answer to a delivery that we read, so that the connection can be used again.
const THROWN_AWAY: usize = 64 * 1024;
const THROWING_AWAY: Duration = Duration::from_secs(1);
/// Nobody can send us away for longer.
const LONGEST_PAUSE: Timestamp = DAY;

/// What a server answered to a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// Milliseconds to wait before the next try.
    pub retry_after: Option<Timestamp>,
    /// The signature it would rather have (RFC 9421, section 5).
    pub accept_signature: Option<String>,
}

/// The kinds of documents that we ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Activity,
    Jrd,
    /// The XML form of what a host says of itself (RFC 6415).
    Xrd,
}

impl Kind {
    pub(super) fn accept(self) -> &'static str {
        match self {
            Self::Activity => {
                "application/activity+json, application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\""
            }
            Self::Jrd => "application/jrd+json, application/json",
            Self::Xrd => "application/xrd+xml, application/xml, text/xml",
        }
    }

    /// Another type may be something that anybody uploaded.
    pub(super) fn check(self, headers: &HeaderMap) -> Result<(), FetchFault> {
        let text = headers
            .get(CONTENT_TYPE)
            .and_then(|text| text.to_str().ok());
        let text = text.unwrap_or_default().to_ascii_lowercase();
        let (media, parameters) = text.split_once(';').unwrap_or((&text, ""));
        let right = match (self, media.trim()) {
            (Self::Activity, "application/activity+json")
            | (Self::Jrd, "application/jrd+json" | "application/json")
            | (Self::Xrd, "application/xrd+xml" | "application/xml" | "text/xml") => true,
            (Self::Activity, "application/ld+json") => {
                !parameters.contains("profile") || parameters.contains("activitystreams")
            }
            _ => false,
        };
        if right {
            Ok(())
        } else {
            Err(FetchFault::ContentType)
        }
    }
}

/// The body, unpacked; nothing beyond `limit` is kept or asked for.
pub(super) async fn read(mut answer: Response, limit: usize) -> Result<Vec<u8>, FetchFault> {
    let announced = answer.content_length().unwrap_or(0);
    if announced > limit as u64 {
        return Err(FetchFault::TooLong);
    }
    let mut body = Vec::with_capacity(announced as usize);
    while let Some(chunk) = answer.chunk().await? {
        if body.len() + chunk.len() > limit {
            return Err(FetchFault::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The signature that a server would rather have (RFC 9421, section 5).
pub(super) fn asked_for(answer: &Response) -> Option<&str> {
    let header = answer.headers().get(ACCEPT_SIGNATURE);
    header.and_then(|value| value.to_str().ok())
}

/// What matters of the answer to a delivery. A body that is too long or breaks off costs us the connection, no more.
pub(super) async fn of_delivery(answer: Response, now: Timestamp) -> Answer {
    let text = |name: HeaderName| {
        answer
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let kept = Answer {
        status: answer.status().as_u16(),
        retry_after: text(RETRY_AFTER).and_then(|text| pause(text, now)),
        accept_signature: text(ACCEPT_SIGNATURE).map(str::to_owned),
    };
    // The status counts, even if the rest never comes.
    let _ = timeout(THROWING_AWAY, throw_away(answer)).await;
    kept
}

async fn throw_away(mut answer: Response) {
    let mut read = 0;
    while let Ok(Some(chunk)) = answer.chunk().await {
        read += chunk.len();
        if read > THROWN_AWAY {
            return;
        }
    }
}

/// Seconds, or a date (RFC 9110, section 10.2.3).
fn pause(text: &str, now: Timestamp) -> Option<Timestamp> {
    let pause = if let Ok(seconds) = text.trim().parse::<u32>() {
        Timestamp::from(seconds) * SECOND
    } else {
        let date = httpdate::parse_http_date(text.trim()).ok()?;
        date.duration_since(UNIX_EPOCH).ok()?.as_millis() as Timestamp - now
    };
    Some(pause.clamp(0, LONGEST_PAUSE))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn check(kind: Kind, text: &'static str) -> bool {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(text))]);
        kind.check(&headers).is_ok()
    }

    #[test]
    fn documents_come_in_their_own_types() {
        for right in [
            "application/activity+json",
            "Application/Activity+JSON; charset=utf-8",
            "application/ld+json",
            "application/ld+json;profile=\"https://www.w3.org/ns/activitystreams\"; charset=utf-8",
            "application/ld+json; charset=utf-8; profile=https://www.w3.org/ns/activitystreams",
        ] {
            assert!(check(Kind::Activity, right), "{right}");
            assert!(!check(Kind::Jrd, right), "{right}");
        }
        for right in ["application/jrd+json; charset=utf-8", "application/json"] {
            assert!(check(Kind::Jrd, right), "{right}");
            assert!(!check(Kind::Xrd, right), "{right}");
        }
        for right in ["application/xrd+xml; charset=utf-8", "text/xml"] {
            assert!(check(Kind::Xrd, right), "{right}");
            assert!(!check(Kind::Jrd, right), "{right}");
        }
    }

    #[test]
    fn t060_t064_uploads_are_no_documents() {
        for wrong in [
            "image/png",
            "text/plain",
            "text/html; application/activity+json",
            "application/octet-stream",
            "application/json",
            "application/activity+json-x",
            "application/ld+json; profile=\"https://example.com/other\"",
            "",
        ] {
            assert!(!check(Kind::Activity, wrong), "{wrong}");
        }
        assert_eq!(
            Kind::Activity.check(&HeaderMap::new()),
            Err(FetchFault::ContentType)
        );
    }

    #[test]
    fn a_pause_is_given_in_seconds_or_as_a_date() {
        let now = 784_111_777_000;
        assert_eq!(pause("120", now), Some(120_000));
        assert_eq!(pause("Sun, 06 Nov 1994 08:50:37 GMT", now), Some(60_000));
        assert_eq!(pause("Sun, 06 Nov 1994 08:00:00 GMT", now), Some(0));
        assert_eq!(pause("4000000000", now), Some(LONGEST_PAUSE));
        assert_eq!(
            pause("Thu, 01 Dec 2050 16:00:00 GMT", now),
            Some(LONGEST_PAUSE)
        );
        for rubbish in ["", "-1", "soon", "1e9"] {
            assert_eq!(pause(rubbish, now), None, "{rubbish}");
        }
    }
}
