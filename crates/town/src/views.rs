//! What faces render: complete, checked for who looks.

use std::{collections::HashMap, sync::Arc};

use parvis_model::{
    account::AccountKind, audience::Audience, clock::Timestamp, id::Id, policy::Policy,
    text::folded_tag,
};
use parvis_store::{ConnectionTrait, accounts, entity};
use serde::{Deserialize, Serialize};

use crate::{
    Outcome, Town,
    consents::ReplyConsent,
    emojis::{self, EmojiView},
    filters::FilterMatch,
    polls::PollView,
    previews::PreviewView,
    quotes::{QuoteView, Quoting},
    remote_pictures::{self, Kind},
};

/// One page of a list. Its cursors are those of what was found, also where some of it is not shown.
#[derive(Clone, Debug)]
pub struct Paged<T> {
    pub items: Vec<T>,
    /// Cursor of the next, older page; `None` at the end.
    pub next: Option<Id>,
    /// Cursor of the previous, newer page.
    pub prev: Option<Id>,
}

impl<T> Paged<T> {
    /// Each cursor stands beside the id of its item.
    pub(crate) fn new(items: Vec<T>, cursors: &[(Id, Id)], limit: u64) -> Self {
        let cursors: Vec<Id> = cursors.iter().map(|(cursor, _)| *cursor).collect();
        Self::of_ids(items, &cursors, limit)
    }

    /// Of a list whose cursors are the ids that were found; of those, some may not be shown.
    pub(crate) fn of_ids(items: Vec<T>, ids: &[Id], limit: u64) -> Self {
        let is_full = ids.len() as u64 >= limit;
        Self {
            items,
            next: ids.last().filter(|_| is_full).copied(),
            prev: ids.first().copied(),
        }
    }
}

#[derive(Clone, Debug)]
pub struct AccountView {
    pub id: Id,
    pub kind: AccountKind,
    pub name: String,
    /// Empty for this town.
    pub domain: String,
    /// `marie`, or `paul@far.example`.
    pub acct: String,
    /// `marie@valmont.example`: with the domain, always.
    pub handle: String,
    /// Never empty.
    pub display_name: String,
    pub bio_html: String,
    pub bio_source: String,
    /// Absolute address.
    pub avatar: Option<String>,
    pub header: Option<String>,
    /// What they show, as plain text; empty where that is not said.
    pub avatar_description: String,
    pub header_description: String,
    pub fields: Vec<FieldView>,
    /// The pictures of codes in its name and its texts.
    pub emojis: Vec<EmojiView>,
    pub locked: bool,
    pub discoverable: bool,
    pub indexable: bool,
    pub uri: String,
    /// Of the page on its own server.
    pub url: String,
    /// Of the page here: `/@marie`.
    pub path: String,
    pub posts: i64,
    pub followers: i64,
    pub following: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub last_post_at: Option<Timestamp>,
    pub suspended: bool,
    pub local: bool,
    /// The account that has taken its place.
    pub moved_to: Option<Id>,
    /// Sites whose pages may name it as their author.
    pub attribution_domains: Vec<String>,
    /// Who follows it and whom it follows is for itself alone.
    pub hides_follows: bool,
}

/// A line of a profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldView {
    pub name: String,
    pub value_html: String,
    pub value_source: String,
    /// When the page that it links to was first seen to say that both are of the same person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<Timestamp>,
}

#[derive(Clone, Debug)]
pub struct MediaView {
    pub id: Id,
    /// Absolute address: ours for pictures, its own server's for other files of others. Empty until it is ready.
    pub url: String,
    /// Empty where there is none.
    pub preview_url: String,
    pub remote_url: Option<String>,
    pub mime: String,
    pub description: String,
    /// 0 where unknown.
    pub width: i32,
    pub height: i32,
    pub preview_width: i32,
    pub preview_height: i32,
    pub blurhash: Option<String>,
    /// Each -1 to 1; x right, y up.
    pub focus: (f32, f32),
    /// Of sound and video, in milliseconds; 0 where it is not known.
    pub duration: i32,
    /// Pictures of a video in 1,000 seconds; 0 where it is not known.
    pub frame_rate: i32,
    /// Of sound and video, bits a second; 0 where it is not known.
    pub bit_rate: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PostKind {
    Note,
    Article,
    Page,
    Question,
    Event,
    Other,
}

impl PostKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Article => "article",
            Self::Page => "page",
            Self::Question => "question",
            Self::Event => "event",
            Self::Other => "other",
        }
    }

    pub fn parse(text: &str) -> Self {
        match text {
            "note" => Self::Note,
            "article" => Self::Article,
            "page" => Self::Page,
            "question" => Self::Question,
            "event" => Self::Event,
            _ => Self::Other,
        }
    }
}

#[derive(Clone, Debug)]
pub struct MentionView {
    pub id: Id,
    pub acct: String,
    pub name: String,
    pub uri: String,
    pub url: String,
    pub path: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagView {
    /// As written, without `#`.
    pub name: String,
    /// Folded.
    pub key: String,
    /// Of its page here.
    pub path: String,
}

impl TagView {
    pub(crate) fn new(name: &str) -> Self {
        let key = folded_tag(name);
        let path = format!("/tags/{key}");
        Self {
            name: name.to_owned(),
            key,
            path,
        }
    }
}

/// What the viewer has done with a post.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mine {
    pub favourited: bool,
    pub boosted: bool,
    pub bookmarked: bool,
    pub pinned: bool,
    pub author: bool,
    /// The thread it belongs to.
    pub muted: bool,
}

#[derive(Clone, Debug)]
pub struct PostView {
    pub id: Id,
    pub uri: String,
    /// Of the page on its own server.
    pub url: String,
    /// Of the page here: `/@marie/123`.
    pub path: String,
    pub author: Arc<AccountView>,
    pub audience: Audience,
    pub kind: PostKind,
    pub title: Option<String>,
    pub html: String,
    /// What its author typed; only for posts of this town.
    pub source: Option<String>,
    /// A content warning; empty where there is none.
    pub summary: String,
    pub sensitive: bool,
    pub language: Option<String>,
    pub created_at: Timestamp,
    pub edited_at: Option<Timestamp>,
    pub reply_to: Option<Id>,
    pub reply_to_uri: Option<String>,
    pub reply_to_account: Option<Id>,
    pub thread: Id,
    pub media: Vec<MediaView>,
    /// The pictures of codes in its texts and in the answers of its poll.
    pub emojis: Vec<EmojiView>,
    pub poll: Option<PollView>,
    /// What the page it leads to is about.
    pub preview: Option<Arc<PreviewView>>,
    pub quote: Option<QuoteView>,
    /// Who may quote it.
    pub quoting: Quoting,
    /// What it says of who may do what with it.
    pub policy: Policy,
    pub mentions: Vec<MentionView>,
    pub tags: Vec<TagView>,
    pub replies: i64,
    pub boosts: i64,
    pub favourites: i64,
    /// How many quote it with its author's consent.
    pub quotes: i64,
    /// `None` for visitors.
    pub mine: Option<Mine>,
    /// What the viewer set up not to meet unprepared.
    pub filtered: Vec<FilterMatch>,
    /// At home: the tag for which alone it stands there.
    pub brought_by: Option<TagView>,
    pub boost_of: Option<Arc<PostView>>,
    /// The group it is meant for …
    pub group: Option<Arc<AccountView>>,
    /// … which has taken it.
    pub in_group: bool,
    /// Those who look after that group have closed it to answers.
    pub closed: bool,
    /// Why they took it out, if they did; empty where they gave no reason.
    pub taken_out: Option<String>,
    /// What whom it answers says of it, where that matters; of posts of this town.
    pub consent: Option<ReplyConsent>,
    pub local: bool,
}

/// Why a post stands at home.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why<'a> {
    /// One follows the tag, and nothing else brings it.
    Tag(&'a TagView),
    /// One wrote or shared it oneself.
    Own,
    /// One is in the group that passed it on.
    Group,
    /// One follows who shared it.
    Boost,
    /// One follows who wrote it.
    Follow,
}

impl PostView {
    /// Of several reasons the one that tells most.
    pub fn why_at_home(&self) -> Why<'_> {
        let is_own = self.mine.is_some_and(|mine| mine.author);
        let by_group = self.author.kind == AccountKind::Group;
        match (&self.brought_by, &self.boost_of) {
            (Some(tag), _) => Why::Tag(tag),
            _ if is_own => Why::Own,
            (None, Some(_)) if by_group => Why::Group,
            (None, Some(_)) => Why::Boost,
            (None, None) => Why::Follow,
        }
    }
}

impl AccountView {
    pub(crate) fn new(town: &Town, row: impl Into<entity::account::Card>) -> Self {
        let row = row.into();
        let local = row.domain.is_empty();
        let acct = if local {
            row.name.clone()
        } else {
            format!("{}@{}", row.name, row.domain)
        };
        let handle = if local {
            format!("{}@{}", row.name, town.host)
        } else {
            acct.clone()
        };
        let [avatar, header] = account_pictures(town, &row);
        Self {
            id: row.id,
            kind: AccountKind::parse(&row.kind).unwrap_or(AccountKind::Person),
            path: format!("/@{acct}"),
            acct,
            handle,
            display_name: if row.display_name.trim().is_empty() {
                row.name.clone()
            } else {
                row.display_name
            },
            name: row.name,
            domain: row.domain,
            bio_html: row.bio_html,
            bio_source: row.bio_source,
            avatar,
            header,
            avatar_description: row.avatar_description,
            header_description: row.header_description,
            fields: serde_json::from_str(&row.fields).unwrap_or_default(),
            emojis: emojis::views(town, row.emoji.as_deref()),
            locked: row.locked,
            discoverable: row.discoverable,
            indexable: row.indexable,
            uri: row.uri,
            url: row.url,
            posts: row.posts,
            followers: row.followers,
            following: row.following,
            created_at: row.created_at,
            updated_at: row.updated_at,
            last_post_at: row.last_post_at,
            suspended: row.suspended_at.is_some(),
            local,
            moved_to: row.moved_to_id,
            attribution_domains: row.attribution_domains.lines().map(str::to_owned).collect(),
            hides_follows: row.hides_follows,
        }
    }

    pub(crate) fn mentioned(&self) -> MentionView {
        MentionView {
            id: self.id,
            acct: self.acct.clone(),
            name: self.name.clone(),
            uri: self.uri.clone(),
            url: self.url.clone(),
            path: self.path.clone(),
        }
    }
}

/// Avatar and header, at addresses of ours whosever they are.
fn account_pictures(town: &Town, row: &entity::account::Card) -> [Option<String>; 2] {
    let own = [row.avatar.as_deref(), row.header.as_deref()];
    if row.domain.is_empty() {
        return own.map(|kept| kept.map(|key| town.media_url(key)));
    }
    if own == [None, None] {
        return [None, None];
    }
    let seal = town
        .remote_pictures()
        .seal_of_account(row.id, own[0], own[1]);
    let address = |kind| remote_pictures::address(town, kind, row.id, seal);
    [
        own[0].map(|_| address(Kind::Avatar)),
        own[1].map(|_| address(Kind::Header)),
    ]
}

/// Of a file as it is, and of its small version.
fn media_addresses(town: &Town, row: &entity::media::Model) -> [String; 2] {
    if let Some(file) = row.file.as_deref() {
        let preview = row.preview_file.as_deref();
        let preview = preview.map(|preview| town.media_url(preview));
        return [town.media_url(file), preview.unwrap_or_default()];
    }
    let Some(remote) = row.remote_url.as_deref() else {
        // It is not ready yet.
        return [String::new(), String::new()];
    };
    if !remote_pictures::is_shown(&row.mime) {
        return [remote.to_owned(), String::new()];
    }
    let seal = town.remote_pictures().seal_of_media(row.id, remote);
    [Kind::Large, Kind::Small].map(|kind| remote_pictures::address(town, kind, row.id, seal))
}

impl MediaView {
    /// A picture that we show; other files are linked.
    pub fn is_picture(&self) -> bool {
        self.mime.starts_with("image/") && !self.preview_url.is_empty()
    }

    pub fn is_video(&self) -> bool {
        self.mime.starts_with("video/")
    }

    pub(crate) fn new(town: &Town, row: entity::media::Model) -> Self {
        let [url, preview_url] = media_addresses(town, &row);
        Self {
            id: row.id,
            url,
            preview_url,
            remote_url: row.remote_url,
            mime: row.mime,
            description: row.description,
            width: row.width,
            height: row.height,
            preview_width: row.preview_width,
            preview_height: row.preview_height,
            blurhash: row.blurhash,
            focus: (row.focus_x as f32 / 1000.0, row.focus_y as f32 / 1000.0),
            duration: row.duration,
            frame_rate: row.frame_rate,
            bit_rate: row.bit_rate,
        }
    }
}

/// Accounts by id, in the order asked; unknown ones are left out.
pub(crate) async fn accounts_in_order(
    db: &impl ConnectionTrait,
    town: &Town,
    ids: &[Id],
) -> Outcome<Vec<AccountView>> {
    let mut rows: HashMap<Id, _> = accounts::cards(db, ids)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    Ok(ids
        .iter()
        .filter_map(|id| rows.remove(id))
        .map(|row| AccountView::new(town, row))
        .collect())
}
