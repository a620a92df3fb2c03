//! The documents apps read, borrowed from the town's views and written straight out
//! (<https://docs.joinmastodon.org/entities/>). Knows no request.

mod account;
mod announcement;
mod app;
mod conversation;
mod copies;
mod custom_emoji;
mod filter;
mod instance;
mod interaction_request;
mod marker;
mod media;
mod notification;
mod notification_group;
mod people_list;
mod poll;
mod preview_card;
mod push;
mod quote;
mod relationship;
mod revision;
#[cfg(test)]
mod samples;
mod scalar;
mod scheduled;
mod status;
mod tag;

pub use account::{Account, Accounts, Credentials, MutedAccount, Profile};
pub use announcement::Announcement;
pub use app::{Application, Token};
pub use conversation::Conversation;
pub use copies::{DeletedStatus, Ledger};
pub use filter::{Filter, FilterKeyword, FilterStatus, FilterV1};
pub use instance::{Counts, InstanceV1, InstanceV2, Rules, rules};
pub use interaction_request::{InteractionRequest, Settled};
pub use marker::Marker;
pub use media::MediaAttachment;
pub use notification::{Notification, type_of};
pub use notification_group::{
    Expand, GroupedNotifications, NotificationRequest, OldPolicyShown, PolicyShown,
};
pub use people_list::List;
pub use poll::Poll;
pub use preview_card::PreviewCard;
pub use push::{PushMessage, WebPushSubscription};
pub use quote::{Quote, QuoteApproval};
pub use relationship::Relationship;
pub use revision::StatusEdit;
pub use scalar::{IdText, Moment};
pub use scheduled::ScheduledStatus;
pub use status::{AtHome, Context, Escaped, Source, Status, Statuses, visibility};
pub use tag::{FeaturedTag, Tag};
