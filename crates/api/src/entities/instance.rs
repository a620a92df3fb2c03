//! The town as apps see it before anyone logs in, in the old and in the new shape.

use parvis_model::{
    account::{Registration, Role},
    clock::SECOND,
    limits,
};
use parvis_town::{Profile, Town, look::Picture};
use schemars::JsonSchema;
use serde::Serialize;

/// Apps cut it at the first space and compare it with the versions of Mastodon they know.
const VERSION: &str = concat!("4.5.0 (compatible; Parvis ", env!("CARGO_PKG_VERSION"), ")");
/// What of Mastodon's API is built. 7: quotes, with all before; 8 would promise yearly reports.
const API_VERSION: u8 = 7;
/// On this server; apps insist on one.
const THUMBNAIL: &str = "/thumbnail-default.png";
/// Characters that an address counts for.
const ADDRESS: usize = 23;
/// What may be sent, under every name that apps and their systems give it.
const MEDIA_TYPES: [&str; 22] = [
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "video/mp4",
    "video/quicktime",
    "video/webm",
    "audio/mp4",
    "audio/m4a",
    "audio/x-m4a",
    "audio/webm",
    "audio/ogg",
    "audio/vorbis",
    "audio/opus",
    "audio/mpeg",
    "audio/mp3",
    "audio/flac",
    "audio/x-flac",
    "audio/wav",
    "audio/wave",
    "audio/x-wav",
    "audio/vnd.wave",
];

/// Counted by the caller.
#[derive(Clone, Copy, Debug)]
pub struct Counts {
    pub residents: u64,
    pub active: u64,
    pub posts: u64,
}

#[derive(Serialize, JsonSchema)]
pub struct InstanceV2<'a> {
    domain: &'a str,
    title: &'a str,
    version: &'static str,
    source_url: &'static str,
    description: &'a str,
    usage: Usage,
    thumbnail: Thumbnail,
    icon: Vec<Icon>,
    languages: [&'a str; 1],
    configuration: Configuration<'a>,
    registrations: Registrations,
    api_versions: ApiVersions,
    contact: Contact<'a>,
    rules: Rules<'a>,
    wrapstodon: Option<()>,
}

#[derive(Serialize, JsonSchema)]
struct Usage {
    users: Users,
}

#[derive(Serialize, JsonSchema)]
struct Users {
    active_month: u64,
}

#[derive(Serialize, JsonSchema)]
struct Thumbnail {
    url: String,
    description: &'static str,
}

/// The arms of the town in one size.
#[derive(Serialize, JsonSchema)]
struct Icon {
    src: String,
    size: String,
}

fn thumbnail(town: &Town, profile: &Profile) -> String {
    let banner = profile.look.banner.as_ref().map(Picture::path);
    let path = banner.unwrap_or_else(|| THUMBNAIL.to_owned());
    format!("{}{path}", town.origin)
}

fn icons(town: &Town, profile: &Profile) -> Vec<Icon> {
    let arms = profile.look.arms.iter();
    let pictures = arms.flat_map(|arms| [&arms.small_icon, &arms.icon]);
    let icons = pictures.map(|picture| Icon {
        src: format!("{}{}", town.origin, picture.path()),
        size: format!("{}x{}", picture.width, picture.height),
    });
    icons.collect()
}

#[derive(Serialize, JsonSchema)]
struct ApiVersions {
    mastodon: u8,
}

#[derive(Serialize, JsonSchema)]
struct Contact<'a> {
    email: &'a str,
    account: Option<()>,
}

#[derive(Serialize, JsonSchema)]
struct Registrations {
    enabled: bool,
    approval_required: bool,
    reason_required: bool,
    message: Option<String>,
    min_age: Option<u8>,
    url: String,
}

#[derive(Serialize, JsonSchema)]
struct Configuration<'a> {
    urls: Urls,
    vapid: Vapid<'a>,
    #[serde(flatten)]
    bounds: Bounds,
    translation: Translation,
    timelines_access: TimelinesAccess,
    limited_federation: bool,
}

#[derive(Serialize, JsonSchema)]
struct Urls {
    streaming: String,
    status: Option<String>,
    about: String,
    privacy_policy: String,
    terms_of_service: Option<String>,
}

/// What the town proves itself with to push services.
#[derive(Serialize, JsonSchema)]
struct Vapid<'a> {
    public_key: &'a str,
}

#[derive(Serialize, JsonSchema)]
struct Translation {
    enabled: bool,
}

#[derive(Serialize, JsonSchema)]
#[expect(clippy::struct_field_names, reason = "the names are Mastodon's")]
struct TimelinesAccess {
    live_feeds: FeedAccess,
    hashtag_feeds: FeedAccess,
    trending_link_feeds: FeedAccess,
}

#[derive(Serialize, JsonSchema)]
struct FeedAccess {
    local: &'static str,
    remote: &'static str,
}

const OPEN: FeedAccess = FeedAccess {
    local: "public",
    remote: "public",
};
const CLOSED: FeedAccess = FeedAccess {
    local: "disabled",
    remote: "disabled",
};

/// How much of everything; the same in both shapes.
#[derive(Serialize, JsonSchema)]
struct Bounds {
    accounts: AccountBounds,
    statuses: StatusBounds,
    media_attachments: MediaBounds,
    polls: PollBounds,
}

#[derive(Serialize, JsonSchema)]
struct AccountBounds {
    max_featured_tags: i64,
    max_pinned_statuses: usize,
    max_profile_fields: usize,
    profile_field_name_limit: usize,
    profile_field_value_limit: usize,
    max_display_name_length: usize,
    /// As the documentation spells it.
    max_display_name_lenth: usize,
    max_note_length: usize,
}

#[derive(Serialize, JsonSchema)]
struct StatusBounds {
    max_characters: usize,
    max_media_attachments: usize,
    characters_reserved_per_url: usize,
}

#[derive(Serialize, JsonSchema)]
struct MediaBounds {
    supported_mime_types: [&'static str; MEDIA_TYPES.len()],
    description_limit: usize,
    image_size_limit: usize,
    image_matrix_limit: u64,
    video_size_limit: usize,
    video_frame_rate_limit: u32,
    video_matrix_limit: u64,
}

#[derive(Serialize, JsonSchema)]
struct PollBounds {
    max_options: usize,
    max_characters_per_option: usize,
    /// Seconds.
    min_expiration: i64,
    max_expiration: i64,
}

const BOUNDS: Bounds = Bounds {
    accounts: AccountBounds {
        max_featured_tags: limits::TAGS_FEATURED,
        max_pinned_statuses: limits::PINS,
        max_profile_fields: limits::PROFILE_FIELDS,
        profile_field_name_limit: limits::PROFILE_FIELD,
        profile_field_value_limit: limits::PROFILE_FIELD,
        max_display_name_length: limits::DISPLAY_NAME,
        max_display_name_lenth: limits::DISPLAY_NAME,
        max_note_length: limits::BIO,
    },
    statuses: StatusBounds {
        max_characters: limits::POST_TEXT,
        max_media_attachments: limits::POST_PICTURES,
        characters_reserved_per_url: ADDRESS,
    },
    media_attachments: MediaBounds {
        supported_mime_types: MEDIA_TYPES,
        description_limit: limits::PICTURE_DESCRIPTION,
        image_size_limit: limits::PICTURE_BYTES,
        image_matrix_limit: limits::PICTURE_PIXELS,
        video_size_limit: limits::RECORDING_BYTES,
        video_frame_rate_limit: limits::VIDEO_RATE,
        video_matrix_limit: limits::VIDEO_PIXELS,
    },
    polls: PollBounds {
        max_options: limits::POLL_OPTIONS,
        max_characters_per_option: limits::POLL_OPTION,
        min_expiration: limits::POLL_SHORTEST / SECOND,
        max_expiration: limits::POLL_LONGEST / SECOND,
    },
};

#[derive(Serialize, JsonSchema)]
pub struct Rule<'a> {
    id: String,
    text: &'a str,
    hint: &'static str,
    translations: serde_json::Map<String, serde_json::Value>,
}

pub type Rules<'a> = Vec<Rule<'a>>;

pub fn rules(profile: &Profile) -> Rules<'_> {
    let numbered = profile.rules.iter().enumerate();
    numbered
        .map(|(at, text)| Rule {
            id: (at + 1).to_string(),
            text,
            hint: "",
            translations: serde_json::Map::new(),
        })
        .collect()
}

/// The address under which the people in charge are written to, where they gave one.
fn email(profile: &Profile) -> &str {
    let contact = profile.contact.as_deref().unwrap_or_default().trim();
    if contact.contains('@') && !contact.contains(char::is_whitespace) {
        contact
    } else {
        ""
    }
}

/// `wss://host`, to which apps append the path themselves.
fn streaming(origin: &str) -> String {
    origin.replacen("http", "ws", 1)
}

/// Where only who holds an invitation may come in, apps cannot help.
fn is_open(registration: Registration) -> bool {
    matches!(registration, Registration::Open | Registration::Approval)
}

impl<'a> InstanceV2<'a> {
    pub fn new(town: &'a Town, profile: &'a Profile, counts: Counts) -> Self {
        let origin = town.origin.as_str();
        let by_approval = profile.registration == Registration::Approval;
        Self {
            domain: &town.host,
            title: &profile.name,
            version: VERSION,
            source_url: env!("CARGO_PKG_REPOSITORY"),
            description: &profile.summary,
            usage: Usage {
                users: Users {
                    active_month: counts.active,
                },
            },
            thumbnail: Thumbnail {
                url: thumbnail(town, profile),
                description: "",
            },
            icon: icons(town, profile),
            languages: [&profile.language],
            configuration: Configuration {
                urls: Urls {
                    streaming: streaming(origin),
                    status: None,
                    about: format!("{origin}/a-propos"),
                    privacy_policy: format!("{origin}/confidentialite"),
                    terms_of_service: None,
                },
                vapid: Vapid {
                    public_key: &town.push_key.public,
                },
                bounds: BOUNDS,
                translation: Translation { enabled: false },
                timelines_access: TimelinesAccess {
                    live_feeds: OPEN,
                    hashtag_feeds: OPEN,
                    trending_link_feeds: CLOSED,
                },
                limited_federation: false,
            },
            registrations: Registrations {
                enabled: is_open(profile.registration),
                approval_required: by_approval,
                reason_required: by_approval,
                message: None,
                min_age: None,
                url: format!("{origin}/inscription"),
            },
            api_versions: ApiVersions {
                mastodon: API_VERSION,
            },
            contact: Contact {
                email: email(profile),
                account: None,
            },
            rules: rules(profile),
            wrapstodon: None,
        }
    }
}

#[derive(Serialize, JsonSchema)]
pub struct InstanceV1<'a> {
    uri: &'a str,
    title: &'a str,
    short_description: &'a str,
    description: &'a str,
    email: &'a str,
    version: &'static str,
    urls: UrlsV1,
    stats: Stats,
    thumbnail: String,
    languages: [&'a str; 1],
    registrations: bool,
    approval_required: bool,
    invites_enabled: bool,
    configuration: Bounds,
    contact_account: Option<()>,
    rules: Rules<'a>,
}

#[derive(Serialize, JsonSchema)]
struct UrlsV1 {
    streaming_api: String,
}

#[derive(Serialize, JsonSchema)]
#[expect(clippy::struct_field_names, reason = "the names are Mastodon's")]
struct Stats {
    user_count: u64,
    status_count: u64,
    /// Which towns this one talks with is not told; itself it knows.
    domain_count: u64,
}

impl<'a> InstanceV1<'a> {
    pub fn new(town: &'a Town, profile: &'a Profile, counts: Counts) -> Self {
        let origin = town.origin.as_str();
        Self {
            uri: &town.host,
            title: &profile.name,
            short_description: &profile.summary,
            description: &profile.summary,
            email: email(profile),
            version: VERSION,
            urls: UrlsV1 {
                streaming_api: streaming(origin),
            },
            stats: Stats {
                user_count: counts.residents,
                status_count: counts.posts,
                domain_count: 1,
            },
            thumbnail: thumbnail(town, profile),
            languages: [&profile.language],
            registrations: is_open(profile.registration),
            approval_required: profile.registration == Registration::Approval,
            invites_enabled: profile.lets_invite(Role::Resident),
            configuration: BOUNDS,
            contact_account: None,
            rules: rules(profile),
        }
    }
}
