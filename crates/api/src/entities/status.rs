//! Posts, alone and in lists.

use std::{borrow::Cow, fmt};

use parvis_model::{audience::Audience, text};
use parvis_town::{
    MediaView, PostView,
    filters::FilterMatch,
    views::{MentionView, TagView},
};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};

use super::{
    Account, MediaAttachment, Poll, PreviewCard, Quote, QuoteApproval,
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
    sensitive: bool,
    spoiler_text: &'a str,
    media_attachments: Each<'a, MediaView, MediaAttachment<'a>>,
    application: Option<()>,
    mentions: Each<'a, MentionView, Mention<'a>>,
    tags: Tags<'a>,
    emojis: Nothing,
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
struct Escaped<'a>(&'a str);

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
        to.collect_seq(self.tags.iter().map(|tag| TagLink {
            name: &tag.name,
            url: Address::Here {
                origin: self.origin,
                path: &tag.path,
            },
        }))
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
            emojis: [],
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
        }
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
mod tests {
    use std::sync::Arc;

    use parvis_town::views::PostKind;

    use super::super::samples;
    use super::*;

    const ORIGIN: &str = "https://v.example";

    #[test]
    fn a_post_has_every_key_apps_need() {
        insta::assert_json_snapshot!(Status::new(ORIGIN, &samples::post()), @r#"
        {
          "id": "7",
          "uri": "https://v.example/ap/objects/7",
          "url": "https://v.example/@marie/7",
          "created_at": "2026-03-14T09:26:53.089Z",
          "edited_at": null,
          "account": {
            "id": "5",
            "username": "marie",
            "acct": "marie",
            "url": "https://v.example/@marie",
            "uri": "https://v.example/ap/actors/5",
            "display_name": "Marie Curtil",
            "note": "<p>Boulangère.</p>",
            "avatar": "https://v.example/media/a.webp",
            "avatar_static": "https://v.example/media/a.webp",
            "avatar_description": "",
            "header": "https://v.example/header-default.png",
            "header_static": "https://v.example/header-default.png",
            "header_description": "",
            "locked": false,
            "fields": [
              {
                "name": "Site",
                "value": "<a href=\"https://b.example\">b.example</a>",
                "verified_at": null
              }
            ],
            "emojis": [],
            "bot": false,
            "group": false,
            "discoverable": true,
            "indexable": false,
            "noindex": true,
            "created_at": "2026-03-14T00:00:00.000Z",
            "last_status_at": "2026-03-14",
            "statuses_count": 3,
            "followers_count": 0,
            "following_count": 2,
            "hide_collections": false,
            "show_media": true,
            "show_media_replies": true,
            "show_featured": true,
            "roles": [],
            "feature_approval": {
              "automatic": [],
              "manual": [],
              "current_user": "denied"
            }
          },
          "content": "<p>Bonjour « tous »</p>",
          "visibility": "public",
          "sensitive": false,
          "spoiler_text": "",
          "media_attachments": [
            {
              "id": "6",
              "type": "image",
              "url": "https://v.example/media/p.webp",
              "preview_url": "https://v.example/media/q.webp",
              "remote_url": null,
              "preview_remote_url": null,
              "text_url": null,
              "meta": {
                "original": {
                  "width": 1600,
                  "height": 800,
                  "size": "1600x800",
                  "aspect": 2.0
                },
                "small": {
                  "width": 400,
                  "height": 200,
                  "size": "400x200",
                  "aspect": 2.0
                },
                "focus": {
                  "x": 0.0,
                  "y": 0.5
                }
              },
              "description": "Le pont",
              "blurhash": "LEHV6nWB2yk8"
            }
          ],
          "application": null,
          "mentions": [
            {
              "id": "8",
              "username": "paul",
              "url": "https://r.example/@paul",
              "acct": "paul@r.example"
            }
          ],
          "tags": [
            {
              "name": "Fête",
              "url": "https://v.example/tags/fete"
            }
          ],
          "emojis": [],
          "reblogs_count": 2,
          "favourites_count": 3,
          "replies_count": 1,
          "quotes_count": 0,
          "in_reply_to_id": "4",
          "in_reply_to_account_id": "5",
          "reblog": null,
          "poll": null,
          "card": null,
          "language": "fr",
          "quote": null,
          "quote_approval": {
            "automatic": [
              "public"
            ],
            "manual": [],
            "current_user": "automatic"
          },
          "favourited": true,
          "reblogged": false,
          "muted": false,
          "bookmarked": false,
          "pinned": false,
          "filtered": [],
          "tagged_collections": []
        }
        "#);
    }

    #[test]
    fn a_boost_carries_the_post_it_passes_on() {
        let original = Arc::new(samples::post());
        let boost = PostView {
            id: 9,
            html: String::new(),
            media: Vec::new(),
            boost_of: Some(original),
            mine: Some(parvis_town::views::Mine::default()),
            ..samples::post()
        };
        let shown = serde_json::to_value(Status::new(ORIGIN, &boost)).unwrap();
        assert_eq!(
            (&shown["id"], &shown["reblog"]["id"]),
            (&"9".into(), &"7".into())
        );
        assert_eq!(shown["favourited"], true, "as the original is");
        assert!(
            shown["reblog"]["content"]
                .as_str()
                .unwrap()
                .contains("Bonjour")
        );
    }

    #[test]
    fn a_visitor_is_told_nothing_of_what_was_done() {
        let post = PostView {
            mine: None,
            ..samples::post()
        };
        let shown = serde_json::to_value(Status::new(ORIGIN, &post)).unwrap();
        assert!(
            ["favourited", "muted", "filtered", "text"]
                .iter()
                .all(|key| shown.get(key).is_none())
        );
    }

    #[test]
    fn what_is_not_for_everyone_never_looks_open() {
        for audience in Audience::ALL {
            let post = PostView {
                audience,
                ..samples::post()
            };
            let shown = serde_json::to_value(Status::new(ORIGIN, &post)).unwrap();
            let open = ["public", "unlisted"].contains(&shown["visibility"].as_str().unwrap());
            assert_eq!(open, audience.is_open(), "{audience:?}");
            assert_eq!(
                shown.get("local_only").is_some(),
                audience == Audience::Town
            );
        }
    }

    #[test]
    fn the_title_of_an_article_heads_its_text_and_is_only_text() {
        let article = PostView {
            kind: PostKind::Article,
            title: Some("<b>Été & \"co\"</b>".into()),
            html: "<p>x</p>".into(),
            ..samples::post()
        };
        let shown = serde_json::to_value(Status::new(ORIGIN, &article)).unwrap();
        assert_eq!(
            shown["content"],
            "<h2>&lt;b&gt;Été &amp; &quot;co&quot;&lt;/b&gt;</h2><p>x</p>"
        );
    }
}
