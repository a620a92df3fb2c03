//! Every limit on what people and other servers may give us, in one table. Lengths count characters unless said otherwise.

use crate::clock::{MINUTE, SECOND, Timestamp};

/// A post's text, counted as Mastodon counts (an address as 23, a handle without its host).
pub const POST_TEXT: usize = 5_000;
pub const POST_SUMMARY: usize = 500;
pub const POST_PICTURES: usize = 4;
/// Answers that a poll of ours may offer; there are two at least.
pub const POLL_OPTIONS: usize = 4;
pub const POLL_OPTION: usize = 100;
/// A poll of ours lasts so long at least (milliseconds) …
pub const POLL_SHORTEST: Timestamp = 5 * MINUTE;
/// … and a twelfth of a year at most, as everywhere.
pub const POLL_LONGEST: Timestamp = 2_629_746 * SECOND;
pub const PICTURE_DESCRIPTION: usize = 1_500;
/// Bytes of one uploaded picture.
pub const PICTURE_BYTES: usize = 16 * 1024 * 1024;
/// Width times height of a picture we are willing to decode.
pub const PICTURE_PIXELS: u64 = 50_000_000;

pub const USERNAME: usize = 30;
pub const DISPLAY_NAME: usize = 100;
pub const BIO: usize = 1_000;
pub const PROFILE_FIELDS: usize = 6;
pub const PROFILE_FIELD: usize = 255;
pub const PASSWORD_MIN: usize = 10;
/// Longer ones would only feed the hash function.
pub const PASSWORD_MAX: usize = 200;
pub const EMAIL: usize = 254;
pub const SIGN_UP_REASON: usize = 1_000;
pub const SESSIONS_PER_USER: u64 = 30;

/// What another server may send in one document (bytes).
pub const DOCUMENT_BYTES: usize = 1024 * 1024;
pub const DOCUMENT_DEPTH: usize = 32;
/// Bytes of a remote post's HTML before cleaning.
pub const REMOTE_HTML: usize = 100_000;
pub const REMOTE_NAME: usize = 500;
pub const REMOTE_URI: usize = 2_048;
pub const REMOTE_ATTACHMENTS: usize = 16;
pub const REMOTE_POLL_OPTIONS: usize = 500;
pub const REMOTE_FIELDS: usize = 16;
/// Other accounts that one account may name as its own.
pub const ALIASES: usize = 20;
/// Posts on top of one page.
pub const PINS: usize = 5;
/// Characters of a report.
pub const REPORT: usize = 1_000;
pub const REPORT_POSTS: usize = 20;
pub const REPORTS_PER_SERVER_AND_DAY: i64 = 100;
pub const MENTIONS: usize = 100;
pub const TAGS: usize = 50;

/// Fetches that one arriving activity may cause.
pub const FETCHES_PER_ACTIVITY: usize = 20;
/// Steps up a chain of answers that one arrival may cause.
pub const REPLY_CHAIN: usize = 20;
/// How many that give the same address for their page are looked through for the true one.
pub const SAME_PAGE: u64 = 20;

pub const PAGE: u64 = 20;
pub const PAGE_MAX: u64 = 40;
/// Posts shown on one thread page.
pub const THREAD: u64 = 4_096;
