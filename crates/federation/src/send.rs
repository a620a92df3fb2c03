//! Brings one activity to one inbox, and says what that server made of it. Decides nothing about trying again.

use axum::body::Bytes;
use http::HeaderValue;
use parvis_model::clock::Timestamp;
use url::Url;

use crate::{
    fetch::{Answer, FetchFault, Fetcher},
    outbox::host_of,
    signatures::{BodyDigest, KeyFault, Signer},
    synchronization,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Delivered,
    /// This inbox does not exist (any more).
    Gone,
    /// Not now: it did not answer (no status) or says "later", `after` so many milliseconds if it says when.
    Retry {
        status: Option<u16>,
        after: Option<Timestamp>,
    },
    /// Never this one: the status it was refused with, or 0 if we may not go to that address at all.
    Refused(u16),
}

/// What is brought, hashed once for everyone who gets it.
#[derive(Debug)]
pub struct Content {
    body: Bytes,
    digest: BodyDigest,
}

impl Content {
    pub fn of(body: Bytes) -> Result<Self, KeyFault> {
        let digest = BodyDigest::of(&body)?;
        Ok(Self { body, digest })
    }
}

const UNANSWERED: Outcome = Outcome::Retry {
    status: None,
    after: None,
};

/// Signs `content` and posts it; once more in another form where the first is not taken. `followers`: what goes along of the
/// sender's followers there, not signed, since all it can do is to make the other ask us. Signing takes some 0.6 ms and runs
/// inline: less than handing it to another thread would be worth on a runtime with several.
pub async fn deliver(
    fetcher: &Fetcher,
    signer: &Signer,
    inbox: &Url,
    content: &Content,
    followers: Option<HeaderValue>,
) -> Outcome {
    let now = fetcher.clock().now();
    let Some(host) = host_of(inbox.as_str()) else {
        return Outcome::Refused(0);
    };
    let mut knock = signer.knock(host, now);
    let mut forbidden = false;
    loop {
        let Ok(mut headers) = signer.sign_post(knock.form(), inbox, &content.digest, now) else {
            // A key of ours that does not work: somebody must look at it, the activity must not be lost.
            tracing::error!(key_id = signer.rsa.key_id, "cannot sign");
            return UNANSWERED;
        };
        if let Some(followers) = &followers {
            headers.insert(synchronization::HEADER, followers.clone());
        }
        match fetcher.post(inbox, headers, content.body.clone()).await {
            Ok(answer) if knock.again(answer.status, answer.accept_signature.as_deref()) => {
                forbidden |= answer.status == 403;
            }
            // It read the signature in another form and forbade the activity: that it does not take this form adds nothing.
            Ok(answer) if forbidden && answer.status == 401 => return Outcome::Refused(403),
            Ok(answer) => return outcome(&answer),
            Err(FetchFault::Address | FetchFault::Forbidden | FetchFault::Insecure) => {
                return Outcome::Refused(0);
            }
            Err(_) => return UNANSWERED,
        }
    }
}

fn outcome(answer: &Answer) -> Outcome {
    match answer.status {
        200..=299 => Outcome::Delivered,
        404 | 410 => Outcome::Gone,
        408 | 425 | 429 | 500..=599 => Outcome::Retry {
            status: Some(answer.status),
            after: answer.retry_after,
        },
        status => Outcome::Refused(status),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: u16) -> Outcome {
        outcome(&Answer {
            status,
            retry_after: Some(7_000),
            accept_signature: None,
        })
    }

    #[test]
    fn every_answer_has_its_outcome() {
        for status in [200, 201, 202, 204] {
            assert_eq!(of(status), Outcome::Delivered);
        }
        for status in [404, 410] {
            assert_eq!(of(status), Outcome::Gone);
        }
        for status in [408, 425, 429, 500, 502, 503, 504] {
            assert_eq!(
                of(status),
                Outcome::Retry {
                    status: Some(status),
                    after: Some(7_000)
                }
            );
        }
        for status in [301, 400, 401, 403, 405, 413, 422] {
            assert_eq!(of(status), Outcome::Refused(status));
        }
    }
}
