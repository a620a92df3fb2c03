//! The documents apps read, borrowed from the town's views and written straight out
//! (<https://docs.joinmastodon.org/entities/>). Knows no request.

mod account;
mod instance;
mod media;
mod notification;
mod poll;
mod quote;
mod relationship;
#[cfg(test)]
mod samples;
mod scalar;
mod status;

pub use account::{Account, Accounts, Credentials};
pub use instance::{Counts, InstanceV1, InstanceV2, rules};
pub use media::MediaAttachment;
pub use notification::{Notification, type_of};
pub use poll::Poll;
pub use quote::{Quote, QuoteApproval};
pub use relationship::Relationship;
pub use scalar::Moment;
pub use status::{Context, Source, Status, Statuses, Tag};
