//! Every limit on what people and other servers may give us, in one table. Lengths count characters unless said otherwise.

use crate::clock::{HOUR, MINUTE, SECOND, Timestamp};

/// A post's text, counted as Mastodon counts (an address as 23, a handle without its host).
pub const POST_TEXT: usize = 5_000;
pub const POST_SUMMARY: usize = 500;
pub const POST_PICTURES: usize = 4;
/// Answers that a poll of ours may offer; there are two at least.
pub const POLL_OPTIONS: usize = 12;
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
pub const ANIMATION_FRAMES: usize = 1_000;
/// Width times height of all frames of an animation together.
pub const ANIMATION_PIXELS: u64 = 150_000_000;
/// Bytes of one uploaded sound or video.
pub const RECORDING_BYTES: usize = 40 * 1024 * 1024;
pub const RECORDING_LONGEST: Timestamp = 3 * HOUR;
/// Width times height of one picture of a video (4096 by 2160).
pub const VIDEO_PIXELS: u64 = 8_847_360;
/// Pictures a second; telephones film slow motion with so many.
pub const VIDEO_RATE: u32 = 240;

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
/// Keys of devices by which one person comes in.
pub const PASSKEYS: usize = 10;
pub const PASSKEY_NAME: usize = 60;
/// Languages in which one person is read.
pub const FOLLOW_LANGUAGES: usize = 20;
/// What somebody notes about an invitation.
pub const INVITATION_NOTE: usize = 200;

/// Of an app.
pub const APP_NAME: usize = 60;
/// Characters of one address that an app gives.
pub const APP_ADDRESS: usize = 2_000;
/// Characters of all addresses that an app may be returned to.
pub const APP_REDIRECTS: usize = 2_000;

/// What the town tells all its residents.
pub const ANNOUNCEMENT: usize = 2_000;
/// Those that hold at the same time.
pub const ANNOUNCEMENTS: usize = 20;
/// Different emoji with which residents answer one of them.
pub const ANNOUNCEMENT_EMOJI: usize = 8;

/// Apps of one person that are told through a push service.
pub const PUSH_SUBSCRIPTIONS: u64 = 20;
/// Characters of the address that such an app gives.
pub const PUSH_ENDPOINT: usize = 2_000;

/// What another server may send in one document (bytes).
pub const DOCUMENT_BYTES: usize = 1024 * 1024;
/// What we read of a page of the web to say what it is about (bytes).
pub const WEB_PAGE: usize = 1024 * 1024;
/// Characters shown of what a page is about.
pub const PREVIEW_TITLE: usize = 300;
pub const PREVIEW_DESCRIPTION: usize = 1_000;
/// Of its author, of its site.
pub const PREVIEW_NAME: usize = 200;
/// The same in JSON (bytes).
pub const OEMBED: usize = 64 * 1024;
pub const DOCUMENT_DEPTH: usize = 32;
/// Bytes of a remote post's HTML before cleaning.
pub const REMOTE_HTML: usize = 100_000;
pub const REMOTE_NAME: usize = 500;
pub const REMOTE_URI: usize = 2_048;
pub const REMOTE_ATTACHMENTS: usize = 16;
pub const REMOTE_POLL_OPTIONS: usize = 500;
pub const REMOTE_FIELDS: usize = 16;
/// Pictures for codes such as `:chat:` that one document may bring …
pub const REMOTE_EMOJI: usize = 50;
/// … that the documents of one server may bring together within thirty days …
pub const REMOTE_EMOJI_OF_SERVER: i64 = 10_000;
/// … and that stand in one text; the codes after them stay words.
pub const EMOJI_SHOWN: usize = 200;
/// Characters of such a code, without its colons.
pub const SHORTCODE: usize = 60;
/// Other accounts that one account may name as its own.
pub const ALIASES: usize = 20;
/// Sites whose pages may name one as their author.
pub const ATTRIBUTION_SITES: usize = 100;
/// Characters of a note about somebody.
pub const PRIVATE_NOTE: usize = 2_000;
/// Former texts that are kept of one post.
pub const REVISIONS: u64 = 100;
/// Of the texts of one post's revisions together.
pub const REVISION_BYTES: usize = 512 * 1024;
pub const TAGS_FOLLOWED: i64 = 200;
pub const TAGS_FEATURED: i64 = 10;
pub const DOMAIN_BLOCKS: i64 = 1_000;
pub const LISTS: i64 = 100;
pub const LIST_TITLE: usize = 255;
/// People put on a list or taken off it at once.
pub const LIST_CHANGED: usize = 1_000;
/// People of a list shown at once.
pub const LIST_SHOWN: u64 = 5_000;
pub const FILTERS: usize = 100;
pub const FILTER_TITLE: usize = 255;
/// Of all filters of one person.
pub const FILTER_KEYWORDS: usize = 1_000;
/// Of all filters of one person.
pub const FILTER_POSTS: usize = 1_000;
/// Characters of a word or phrase to look for.
pub const KEYWORD: usize = 100;
/// Posts of one person that wait for their time.
pub const SCHEDULED: i64 = 300;
/// Posts that one person has begun and not published.
pub const DRAFTS: i64 = 50;
/// Of one of them, as it is kept.
pub const DRAFT_BYTES: usize = 64 * 1024;
/// Posts on top of one page.
pub const PINS: usize = 5;
/// The same of an account elsewhere; groups have more.
pub const REMOTE_PINS: usize = 20;
/// How many of those who look after a group elsewhere are known.
pub const REMOTE_MODERATORS: usize = 50;
/// Posts of somebody kept out of a group that leave it with them.
pub const TAKEN_OUT_AT_ONCE: u64 = 200;
/// Characters of a report.
pub const REPORT: usize = 1_000;
pub const REPORT_POSTS: usize = 20;
pub const REPORTS_PER_SERVER_AND_DAY: i64 = 100;
/// Likes of one member, and ends of likes, that a group hands on in an hour; the rest count without its telling anybody.
pub const GROUP_GESTURES: i64 = 100;
/// Consents of one author elsewhere to answers of one resident that change what was said before, in an hour; the rest have no
/// effect.
pub const CHANGED_CONSENTS: i64 = 20;
/// What waits until a resident has looked at it; what comes beyond that is dropped …
pub const WAITING: i64 = 300;
/// … and of one person elsewhere.
pub const WAITING_OF_ONE: i64 = 10;
/// Bytes of one answer or quote that waits, as it is kept.
pub const WAITING_BYTES: usize = 256 * 1024;
pub const MENTIONS: usize = 100;
pub const TAGS: usize = 50;

/// Fetches that one arriving activity may cause.
pub const FETCHES_PER_ACTIVITY: usize = 20;
/// Steps up a chain of answers that one arrival may cause.
pub const REPLY_CHAIN: usize = 20;
/// The same in the background, all rounds together.
pub const REPLY_CHAIN_LATER: usize = 100;
/// Fetches that one look at a thread may cause, in the background.
pub const FETCHES_PER_THREAD: usize = 200;
/// Fetches that one look at a page with pins may cause, in the background.
pub const FETCHES_PER_PINS: usize = 50;
/// Posts of a thread that are asked for their answers at one look …
pub const THREAD_QUESTIONS: usize = 60;
/// … and how far below the one looked at.
pub const THREAD_DEPTH: usize = 10;
/// Pages of one collection that are read …
pub const COLLECTION_PAGES: usize = 10;
/// … and items.
pub const COLLECTION_ITEMS: usize = 400;
/// Followers here that another server may list of one of its accounts.
pub const FOLLOWERS_LISTED: usize = 10_000;
/// How many that give the same address for their page are looked through for the true one.
pub const SAME_PAGE: u64 = 20;

pub const PAGE: u64 = 20;
pub const PAGE_MAX: u64 = 40;
/// Posts shown on one thread page.
pub const THREAD: u64 = 4_096;
/// Lines of a table that somebody brings along.
pub const IMPORT_ROWS: usize = 10_000;
/// Bytes of such a table.
pub const IMPORT_BYTES: usize = 1024 * 1024;
/// Bytes of an archive of posts that somebody brings along, …
pub const ARCHIVE_BYTES: usize = 512 * 1024 * 1024;
/// … of all that is unpacked of it, …
pub const ARCHIVE_UNPACKED: u64 = 4 * 1024 * 1024 * 1024;
/// … of the list of all that was said, …
pub const ARCHIVE_OUTBOX: u64 = 256 * 1024 * 1024;
/// … of one post on it; …
pub const ARCHIVE_POST: usize = 1024 * 1024;
/// … its files, …
pub const ARCHIVE_FILES: usize = 200_000;
/// … and its posts.
pub const ARCHIVE_POSTS: usize = 50_000;
