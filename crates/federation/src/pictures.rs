//! Fetches the pictures of other servers that somebody here looks at. Knows no picture from the inside.

use parvis_town::reach::{Fetched, Missing};
use url::Url;

use crate::fetch::{FetchFault, Fetcher, Sort};

pub(crate) async fn picture(fetcher: &Fetcher, address: &str) -> Result<Fetched, Missing> {
    let url = Url::parse(address).map_err(|_| Missing::Gone)?;
    match fetcher.file(&url, Sort::Picture).await {
        Ok(file) => Ok(Fetched {
            bytes: file.bytes,
            held: Box::new(file.turn),
        }),
        Err(fault) => {
            tracing::debug!(%fault, address, "a picture elsewhere");
            Err(missing(fault))
        }
    }
}

/// Does asking again soon make sense?
pub(crate) fn missing(fault: FetchFault) -> Missing {
    match fault {
        FetchFault::Busy => Missing::Busy,
        FetchFault::Status(408 | 425 | 429 | 500..)
        | FetchFault::Unreachable
        | FetchFault::Broken
        | FetchFault::TimedOut
        | FetchFault::Budget
        | FetchFault::JustFailed
        | FetchFault::Unsigned => Missing::NotNow,
        FetchFault::Address
        | FetchFault::Forbidden
        | FetchFault::Insecure
        | FetchFault::TooLong
        | FetchFault::TooManyRedirects
        | FetchFault::Status(_)
        | FetchFault::ContentType
        | FetchFault::Json(_)
        | FetchFault::OtherDocument => Missing::Gone,
    }
}
