//! Posts, alone and in lists.

use std::{borrow::Cow, fmt};

use parvis_model::{audience::Audience, text};
use parvis_town::{
    MediaView, PostView,
    filters::FilterMatch,
    views::{MentionView, TagView, Why},
};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};

use super::{
    Account, MediaAttachment, Poll, PreviewCard, Quote, QuoteApproval,
    custom_emoji::{CustomEmoji, CustomEmojis},
    filter::FilterResult,
    scalar::{Address, Each, IdText, Moment, Nothing, counted},
};

#[derive(Serialize, JsonSchema)]
pub struct Status<'a> {
    id: IdText,
    uri: &'a str,
    url: &'a str,
    created_at: Moment,
    edited_at: Option<Moment>,
    account: Account<'a>,
    content: Content<'a>,
    /// What its author typed; only in the answer to a deletion.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[schemars(extend("enum" = ["public", "unlisted", "private", "direct"]))]
    visibility: &'static str,
    /// Ours: the post never leaves this town.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    local_only: bool,
    /// Ours: the post is for residents of this town and of its neighbours.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    neighbours_only: bool,
    sensitive: bool,
    spoiler_text: &'a str,
    media_attachments: Each<'a, MediaView, MediaAttachment<'a>>,
    application: Option<()>,
    mentions: Each<'a, MentionView, Mention<'a>>,
    tags: Tags<'a>,
    emojis: CustomEmojis<'a>,
    reblogs_count: i64,
    favourites_count: i64,
    replies_count: i64,
    quotes_count: i64,
    in_reply_to_id: Option<IdText>,
    in_reply_to_account_id: Option<IdText>,
    reblog: Option<Box<Status<'a>>>,
    poll: Option<Poll<'a>>,
    card: Option<PreviewCard<'a>>,
    language: Option<&'a str>,
    quote: Option<Quote<'a>>,
    quote_approval: QuoteApproval,
    #[serde(flatten)]
    mine: Option<Mine<'a>>,
    tagged_collections: Nothing,
    /// Ours: why it stands at home; in that list only.
    #[serde(skip_serializing_if = "Option::is_none")]
    shown_because: Option<ShownBecause<'a>>,
}

/// Why a post stands at home.
#[derive(Serialize, JsonSchema)]
struct ShownBecause<'a> {
    /// One wrote or shared it oneself; one follows who wrote it; one follows who shared it; one is in the group that passed
    /// it on; one follows the tag.
    #[schemars(extend("enum" = ["self", "follow", "reblog", "group", "tag"]))]
    reason: &'static str,
    /// For which alone it is there.
    tag: Option<TagLink<'a>>,
}

impl<'a> ShownBecause<'a> {
    fn new(origin: &'a str, view: &'a PostView) -> Self {
        let (reason, tag) = match view.why_at_home() {
            Why::Tag(tag) => ("tag", Some(TagLink::new(origin, tag))),
            Why::Own => ("self", None),
            Why::Group => ("group", None),
            Why::Boost => ("reblog", None),
            Why::Follow => ("follow", None),
        };
        Self { reason, tag }
    }
}

/// What the reader has done with it.
#[derive(Serialize, JsonSchema)]
struct Mine<'a> {
    favourited: bool,
    reblogged: bool,
    muted: bool,
    bookmarked: bool,
    /// Of one's own posts only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pinned: Option<bool>,
    filtered: Each<'a, FilterMatch, FilterResult<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct Mention<'a> {
    id: IdText,
    username: &'a str,
    url: &'a str,
    acct: &'a str,
}

/// Apps have no place for the title of an article, so it heads the text.
pub(super) struct Content<'a> {
    title: Option<&'a str>,
    html: Cow<'a, str>,
}

impl<'a> Content<'a> {
    pub fn new(title: Option<&'a str>, html: &'a str) -> Self {
        Self {
            title,
            html: Cow::Borrowed(html),
        }
    }
}

impl Serialize for Content<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.title {
            None => to.serialize_str(&self.html),
            Some(title) => {
                to.collect_str(&format_args!("<h2>{}</h2>{}", Escaped(title), self.html))
            }
        }
    }
}

impl JsonSchema for Content<'_> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Content".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        str::json_schema(generator)
    }
}

/// A text inside HTML.
pub struct Escaped<'a>(pub &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            other => write!(f, "{other}"),
        })
    }
}

struct Tags<'a> {
    origin: &'a str,
    tags: &'a [TagView],
}

#[derive(Serialize, JsonSchema)]
struct TagLink<'a> {
    name: &'a str,
    url: Address<'a>,
}

impl Serialize for Tags<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.tags.iter().map(|tag| TagLink::new(self.origin, tag)))
    }
}

impl<'a> TagLink<'a> {
    fn new(origin: &'a str, tag: &'a TagView) -> Self {
        Self {
            name: &tag.name,
            url: Address::Here {
                origin,
                path: &tag.path,
            },
        }
    }
}

impl JsonSchema for Tags<'_> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "TagLinks".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Vec::<TagLink<'_>>::json_schema(generator)
    }
}

/// Apps that know quotes hide the link, which those that do not need. Posts from elsewhere bring their own.
fn with_quote_link(view: &PostView) -> Cow<'_, str> {
    match view.quote.as_ref().filter(|_| view.local) {
        Some(quote) => {
            let page = quote.post.as_ref().map_or(&quote.uri, |post| &post.url);
            Cow::Owned(text::with_quote_link(&view.html, page))
        }
        None => Cow::Borrowed(&view.html),
    }
}

/// Apps know four; what is narrower than public and has no name of its own must not look open.
pub fn visibility(audience: Audience) -> &'static str {
    match audience {
        Audience::Public => "public",
        Audience::Unlisted => "unlisted",
        Audience::Town | Audience::Neighbours | Audience::Followers | Audience::Group => "private",
        Audience::Direct => "direct",
    }
}

impl<'a> Status<'a> {
    /// `origin`: of this town.
    pub fn new(origin: &'a str, view: &'a PostView) -> Self {
        let original = view.boost_of.as_deref();
        // A boost is shown with what was done to the post it passes on, as that is what apps act on.
        let mine = original.map_or(view.mine, |original| original.mine);
        Self {
            id: IdText(view.id),
            uri: &view.uri,
            url: &view.url,
            created_at: Moment(view.created_at),
            edited_at: view.edited_at.map(Moment),
            account: Account::new(origin, &view.author),
            content: Content {
                title: view.title.as_deref(),
                html: with_quote_link(view),
            },
            text: None,
            visibility: visibility(view.audience),
            local_only: view.audience == Audience::Town,
            neighbours_only: view.audience == Audience::Neighbours,
            sensitive: view.sensitive,
            spoiler_text: &view.summary,
            media_attachments: Each(&view.media, MediaAttachment::new),
            application: None,
            mentions: Each(&view.mentions, |mention| Mention {
                id: IdText(mention.id),
                username: &mention.name,
                url: &mention.url,
                acct: &mention.acct,
            }),
            tags: Tags {
                origin,
                tags: &view.tags,
            },
            emojis: Each(&view.emojis, CustomEmoji::new),
            reblogs_count: counted(view.boosts),
            favourites_count: counted(view.favourites),
            replies_count: counted(view.replies),
            quotes_count: counted(view.quotes),
            in_reply_to_id: view.reply_to.map(IdText),
            in_reply_to_account_id: view.reply_to_account.map(IdText),
            reblog: original.map(|original| Box::new(Self::new(origin, original))),
            poll: Poll::of(view),
            card: view
                .preview
                .as_deref()
                .map(|preview| PreviewCard::new(origin, preview)),
            language: view.language.as_deref(),
            quote: Quote::of(origin, view),
            quote_approval: QuoteApproval::new(view.quoting),
            mine: mine.map(|mine| Mine {
                favourited: mine.favourited,
                reblogged: mine.boosted,
                muted: mine.muted,
                bookmarked: mine.bookmarked,
                pinned: mine.author.then_some(mine.pinned),
                filtered: Each(&view.filtered, FilterResult::new),
            }),
            tagged_collections: [],
            shown_because: None,
        }
    }

    /// As it stands inside another post.
    pub(super) fn quoting(self, quote: Option<Quote<'a>>) -> Self {
        Self { quote, ..self }
    }

    /// With what its author typed, to write it anew.
    pub fn with_text(self, view: &'a PostView) -> Self {
        Self {
            text: Some(view.source.as_deref().unwrap_or_default()),
            ..self
        }
    }
}

/// A page of posts.
pub struct Statuses<'a> {
    pub origin: &'a str,
    pub views: &'a [PostView],
}

impl Serialize for Statuses<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.views.iter().map(|view| Status::new(self.origin, view)))
    }
}

impl JsonSchema for Statuses<'_> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Statuses".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Vec::<Status<'_>>::json_schema(generator)
    }
}

/// A page of one's home, where each entry says why it stands there.
pub struct AtHome<'a>(pub Statuses<'a>);

impl Serialize for AtHome<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Statuses { origin, views } = self.0;
        to.collect_seq(views.iter().map(|view| Status {
            shown_because: Some(ShownBecause::new(origin, view)),
            ..Status::new(origin, view)
        }))
    }
}

/// What a post answers and what answers it.
#[derive(Serialize, JsonSchema)]
pub struct Context<'a> {
    pub ancestors: Statuses<'a>,
    pub descendants: Statuses<'a>,
}

/// What its author typed, to be edited.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "StatusSource")]
pub struct Source<'a> {
    id: IdText,
    text: &'a str,
    spoiler_text: &'a str,
}

impl<'a> Source<'a> {
    /// `None` where it was not typed here.
    pub fn new(view: &'a PostView) -> Option<Self> {
        Some(Self {
            id: IdText(view.id),
            text: view.source.as_deref()?,
            spoiler_text: &view.summary,
        })
    }
}

#[cfg(test)]
mod tests;
