//! Every limit on what people and other servers may give us, in one table. Lengths count characters unless said otherwise.

/// A post's text, counted as Mastodon counts (an address as 23, a handle without its host).
pub const POST_TEXT: usize = 5_000;
pub const POST_SUMMARY: usize = 500;
pub const POST_PICTURES: usize = 4;
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
pub const REMOTE_FIELDS: usize = 16;
pub const MENTIONS: usize = 100;
pub const TAGS: usize = 50;

/// Fetches that one arriving activity may cause.
pub const FETCHES_PER_ACTIVITY: usize = 20;
/// Steps up a chain of answers that one arrival may cause.
pub const REPLY_CHAIN: usize = 20;

pub const PAGE: u64 = 20;
pub const PAGE_MAX: u64 = 40;
/// Posts shown on one thread page.
pub const THREAD: u64 = 4_096;
