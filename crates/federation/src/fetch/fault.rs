//! Why something from outside could not be had. Knows nothing of who asked.

use std::error::Error;

use super::doors::NotReachable;
use crate::json::JsonFault;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not fetched: {}", self.word())]
pub enum FetchFault {
    /// No http(s) address that we would ask.
    Address,
    /// The address lies in a network that is not ours to reach.
    Forbidden,
    /// Plain http, or a port other than 443, outside the networks that the operator opened; or a step from https to http.
    Insecure,
    /// No name or no connection: nobody is there.
    Unreachable,
    /// The connection broke, or what came over it was no HTTP.
    Broken,
    TimedOut,
    TooLong,
    TooManyRedirects,
    /// The server answered with another status than 200.
    Status(u16),
    /// The answer is of a type that anybody could have uploaded.
    ContentType,
    Json(JsonFault),
    /// The document is not the one that lives at this address.
    OtherDocument,
    /// The activity at hand has used up its fetches.
    Budget,
    /// It failed a moment ago.
    JustFailed,
    /// Our own request could not be signed.
    Unsigned,
    /// Too many others are being fetched; this one was not asked for at all.
    Busy,
}

impl FetchFault {
    /// One short word for logs and counters.
    pub fn word(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Forbidden => "forbidden",
            Self::Insecure => "insecure",
            Self::Unreachable => "unreachable",
            Self::Broken => "broken",
            Self::TimedOut => "timed_out",
            Self::TooLong => "too_long",
            Self::TooManyRedirects => "redirects",
            Self::Status(_) => "status",
            Self::ContentType => "content_type",
            Self::Json(_) => "json",
            Self::OtherDocument => "other_document",
            Self::Budget => "budget",
            Self::JustFailed => "just_failed",
            Self::Unsigned => "unsigned",
            Self::Busy => "busy",
        }
    }
}

impl From<JsonFault> for FetchFault {
    fn from(fault: JsonFault) -> Self {
        Self::Json(fault)
    }
}

impl From<reqwest::Error> for FetchFault {
    fn from(error: reqwest::Error) -> Self {
        let mut cause: Option<&(dyn Error + 'static)> = error.source();
        while let Some(error) = cause {
            if error.is::<NotReachable>() {
                return Self::Forbidden;
            }
            cause = error.source();
        }
        if error.is_connect() {
            Self::Unreachable
        } else if error.is_timeout() {
            Self::TimedOut
        } else {
            Self::Broken
        }
    }
}
