//! Reading whatever people post: notes, articles, events, videos, and kinds we have never heard of, as long as there
//! is something to read. Knows no posts of ours.

use parvis_model::{clock::Timestamp, limits, text};
use serde_json::Value;

use super::{
    PUBLIC, Unreadable,
    activity::Activity,
    actor::page_url,
    emoji::Emoji,
    event::Event,
    is_public,
    media::Media,
    poll::Poll,
    quote::{Interactions, Quote},
    read::{Doc, cut, language_of},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Note,
    Article,
    Page,
    Question,
    Event,
    Other,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Post<'a> {
    pub id: &'a str,
    pub form: Form,
    /// Who says it: a person before a group. Missing in some Creates, where it is the activity's actor.
    pub author: Option<&'a str>,
    /// Who wrote it for its author, where that is a group (Mobilizon's `actor`).
    pub speaker: Option<&'a str>,
    /// The group it stands in, as far as `attributedTo`, `audience` or `target` tell.
    pub group: Option<&'a str>,
    pub title: Option<&'a str>,
    pub content: Option<Content<'a>>,
    /// A content warning on notes, an abstract elsewhere.
    pub summary: Option<&'a str>,
    pub sensitive: bool,
    pub language: Option<&'a str>,
    pub to: Vec<&'a str>,
    pub cc: Vec<&'a str>,
    /// Whether it names anybody in `to` and in `cc`, be it nobody.
    says_to: bool,
    says_cc: bool,
    pub in_reply_to: Option<&'a str>,
    pub url: Option<&'a str>,
    pub published: Option<Timestamp>,
    pub updated: Option<Timestamp>,
    pub mentions: Vec<Mention<'a>>,
    /// Without `#`, as written.
    pub hashtags: Vec<&'a str>,
    pub emojis: Vec<Emoji<'a>>,
    pub media: Vec<Media<'a>>,
    /// What a question offers to choose from.
    pub poll: Option<Poll<'a>>,
    /// When and where it is to happen.
    pub event: Option<Event>,
    pub quote: Option<Quote<'a>>,
    /// Who may do what with it.
    pub interactions: Interactions<'a>,
    /// An answer to a poll is a note with a name and no words in its content.
    pub is_vote: bool,
}

/// The body, not yet cleaned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content<'a> {
    Html(&'a str),
    /// Plain text or Markdown (PeerTube describes its videos so).
    Text(&'a str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mention<'a> {
    /// The actor's id.
    pub href: &'a str,
    pub name: Option<&'a str>,
}

const ADDRESSES: usize = 500;
/// Longer than this is a text, whatever is in it.
const BLANK_BYTES: usize = 64;

impl<'a> Post<'a> {
    /// `prefer`: the language to take where a text comes in several.
    pub fn read(value: &'a Value, prefer: &str) -> Result<Self, Unreadable> {
        let doc = Doc::outermost(value)?;
        let form = form(&doc)?;
        let id = doc.id().ok_or(Unreadable::missing("id"))?;
        let title = doc.words("name", prefer);
        let body = doc.words("content", prefer);
        let summary = doc.words("summary", prefer);
        let media = media(&doc, form);
        let url = page_url(&doc);
        let poll = (form == Form::Question).then(|| Poll::read(&doc)).flatten();
        let is_bare = media.is_empty() && poll.is_none();
        if title.is_none() && body.is_none() && summary.is_none() && is_bare {
            return Err(wordless(&doc));
        }
        let spoken = body.or(title).and_then(|words| words.language);
        let language = spoken
            .or_else(|| language_of(&doc, "language"))
            .or_else(|| language_of(&doc, "inLanguage"));
        let (author, group) = voices(&doc);
        let mut to: Vec<&str> = doc.ids("to").take(ADDRESSES).collect();
        to.extend(doc.ids("audience").find(|audience| is_public(audience)));
        let in_reply_to = doc.one_id("inReplyTo");
        Ok(Self {
            id,
            form,
            author,
            speaker: doc.one_id("actor"),
            group,
            title: title.map(|words| cut(words.text.trim(), limits::REMOTE_NAME)),
            content: body.map(|words| content(&doc, words.text)),
            summary: summary.map(|words| cut(words.text, limits::REMOTE_HTML)),
            sensitive: doc.flag("sensitive").unwrap_or(false),
            language,
            says_to: doc.has("to") || !to.is_empty(),
            says_cc: doc.has("cc"),
            to,
            cc: doc.ids("cc").take(ADDRESSES).collect(),
            in_reply_to,
            url,
            published: doc.date("published").or_else(|| doc.date("updated")),
            updated: doc.date("updated"),
            mentions: mentions(&doc),
            hashtags: hashtags(&doc),
            emojis: Emoji::all(&doc),
            media,
            poll,
            event: (form == Form::Event).then(|| Event::read(&doc)).flatten(),
            quote: Quote::read(&doc),
            interactions: Interactions::read(&doc),
            is_vote: doc.is_a("PollVote")
                || (form == Form::Note
                    && title.is_some()
                    && body.is_none_or(|words| is_blank(words.text))
                    && in_reply_to.is_some()),
        })
    }
}

impl Post<'_> {
    pub(crate) fn is_addressed(&self) -> bool {
        !(self.to.is_empty() && self.cc.is_empty())
    }
}

impl<'a> Post<'a> {
    /// Some write only on the envelope for whom a post is.
    #[must_use]
    pub fn addressed_as(mut self, envelope: &Activity<'a>) -> Self {
        if !self.says_to {
            self.to.clone_from(&envelope.to);
        }
        if !self.says_cc {
            self.cc.clone_from(&envelope.cc);
        }
        self
    }

    /// What a server shows to whoever asks, without a word for whom it is, everyone may read.
    #[must_use]
    pub fn as_shown(mut self) -> Self {
        if !self.is_addressed() {
            self.cc.push(PUBLIC);
        }
        self
    }
}

/// Is this of a kind that is no post?
pub(crate) fn is_no_post(doc: &Doc) -> bool {
    form(doc).is_err_and(|why| why.other)
}

/// Things that are activities, actors, lists or parts of something are no posts, even with a name.
fn form(doc: &Doc) -> Result<Form, Unreadable> {
    let no_post = |why| Err(Unreadable::other("type", why));
    let mut other = false;
    for name in doc.types() {
        match name {
            // Written like a note, and read like one.
            "Note" | "ChatMessage" | "GeneratedNote" => return Ok(Form::Note),
            "Article" => return Ok(Form::Article),
            "Page" => return Ok(Form::Page),
            "Question" => return Ok(Form::Question),
            "Event" => return Ok(Form::Event),
            "Tombstone" => return no_post("gone"),
            "Person" | "Group" | "Organization" | "Service" | "Application" => {
                return no_post("an actor");
            }
            "Collection" | "OrderedCollection" | "CollectionPage" | "OrderedCollectionPage" => {
                return no_post("a collection");
            }
            "Mention" | "Hashtag" | "Emoji" | "PropertyValue" | "Link" | "Key" | "Place"
            | "Relationship" => {
                return no_post("a part of something");
            }
            _ => other = true,
        }
    }
    if doc.has("actor") && doc.has("object") {
        return no_post("an activity");
    }
    if other || doc.has("content") {
        Ok(Form::Other)
    } else {
        Err(Unreadable::missing("type"))
    }
}

/// Nothing to read, be it that there is nothing or that something stands there which is no text.
fn wordless(doc: &Doc) -> Unreadable {
    let is_text = |name: &&str| !matches!(doc.get(name), Some(Value::Number(_) | Value::Bool(_)));
    let texts = ["content", "name", "summary"];
    match texts.into_iter().find(|name| !is_text(name)) {
        Some(name) => Unreadable::wrong(name, "not a text"),
        None => Unreadable::other("content", "nothing to read in it"),
    }
}

/// Who speaks and where: PeerTube lists a person and a group. `actor` speaks only where nobody else is named.
fn voices<'a>(doc: &Doc<'a>) -> (Option<&'a str>, Option<&'a str>) {
    let named_group = doc
        .docs("attributedTo")
        .find(|actor| actor.is_a("Group"))
        .and_then(|a| a.id());
    let named_person = doc
        .docs("attributedTo")
        .find(|actor| !actor.is_a("Group"))
        .and_then(|a| a.id());
    let plain = || doc.ids("attributedTo").find(|id| Some(*id) != named_group);
    let author = named_person
        .or_else(plain)
        .or(named_group)
        .or_else(|| doc.one_id("actor"))
        .or_else(|| doc.one_id("author"));
    let attributed = || doc.ids("attributedTo").find(|id| Some(*id) != author);
    // A wall to write on, and whose it is (FEP-400e).
    let wall = || doc.doc("target").and_then(|it| it.one_id("attributedTo"));
    let group = doc
        .one_id("audience")
        .or(named_group)
        .or_else(attributed)
        .or_else(wall);
    (author, group.filter(|id| Some(*id) != author))
}

/// Nothing but a line break or two, as some send where there are no words.
fn is_blank(html: &str) -> bool {
    html.len() <= BLANK_BYTES && text::plain(html).trim().is_empty()
}

fn content<'a>(doc: &Doc<'a>, text: &'a str) -> Content<'a> {
    let text = cut(text, limits::REMOTE_HTML);
    match doc.text("mediaType") {
        Some(mime) if mime.starts_with("text/") && !mime.starts_with("text/html") => {
            Content::Text(text)
        }
        _ => Content::Html(text),
    }
}

fn mentions<'a>(doc: &Doc<'a>) -> Vec<Mention<'a>> {
    doc.docs("tag")
        .filter(|tag| tag.is_a("Mention"))
        .filter_map(|tag| {
            Some(Mention {
                href: tag.one_id("href").or_else(|| tag.id())?,
                name: tag.text("name"),
            })
        })
        .take(limits::MENTIONS)
        .collect()
}

fn hashtags<'a>(doc: &Doc<'a>) -> Vec<&'a str> {
    doc.docs("tag")
        .filter(|tag| tag.is_a("Hashtag"))
        .filter_map(|tag| tag.text("name"))
        .map(|name| name.trim().trim_start_matches('#'))
        .filter(|name| is_tag(name))
        .take(limits::TAGS)
        .collect()
}

/// Others allow more signs than we do, but what a tag's page is found by must stay one step of an address.
fn is_tag(name: &str) -> bool {
    let leads_astray =
        |sign: char| sign.is_whitespace() || sign.is_control() || r#"/\?#%<>""#.contains(sign);
    let is_turned = text::unturned(name) != name;
    let only_dots = name.chars().all(|sign| sign == '.');
    name.len() <= 250 && !name.contains(leads_astray) && !is_turned && !only_dots
}

fn media<'a>(doc: &Doc<'a>, form: Form) -> Vec<Media<'a>> {
    let own = (form == Form::Other)
        .then(|| Media::of_document(doc))
        .flatten();
    let mut all: Vec<Media<'a>> = doc
        .many("attachment")
        .iter()
        .filter_map(Media::of)
        .take(limits::REMOTE_ATTACHMENTS)
        .collect();
    // A picture's own file, and the picture above an article or an event; some attach them as well.
    let above = doc.many("image").iter().filter_map(Media::picture);
    for media in above.take(limits::REMOTE_ATTACHMENTS).chain(own) {
        if all.len() < limits::REMOTE_ATTACHMENTS && all.iter().all(|have| have.url != media.url) {
            all.insert(0, media);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_form_with_something_to_read_is_read() {
        for (kind, form) in [
            ("Note", Form::Note),
            ("as:Article", Form::Article),
            ("Review", Form::Other),
            ("https://www.w3.org/ns/activitystreams#Event", Form::Event),
        ] {
            let value = json!({"id": "https://a.example/1", "type": kind, "content": null, "name": "Titre"});
            let post = Post::read(&value, "fr").unwrap();
            assert_eq!((post.form, post.title), (form, Some("Titre")));
        }
    }

    #[test]
    fn nothing_to_read_is_no_post() {
        let read = |value: &Value| Post::read(value, "fr").map(|_| ()).unwrap_err().member;
        assert_eq!(
            read(&json!({"id": "https://a.example/1", "type": "Note", "content": " "})),
            "content"
        );
        assert_eq!(read(&json!({"type": "Note", "content": "x"})), "id");
        assert_eq!(
            read(&json!({"id": "https://a.example/1", "type": "Person", "name": "x"})),
            "type"
        );
        assert_eq!(
            read(&json!({"id": "https://a.example/1", "name": "x"})),
            "type"
        );
    }

    #[test]
    fn what_is_badly_made_is_told_from_what_is_of_another_kind() {
        for (mut document, other) in [
            (json!({"type": "Person", "name": "x"}), true),
            (json!({"type": "Tombstone"}), true),
            (json!({"type": "Note", "content": []}), true),
            (json!({"type": "Note", "content": 5}), false),
            (json!({"name": "x"}), false),
            (json!({"type": "Note", "content": "x", "@graph": []}), false),
        ] {
            document["id"] = json!("https://a.example/1");
            let why = Post::read(&document, "fr").map(|_| ()).unwrap_err();
            assert_eq!(why.other, other, "{document}: {why}");
        }
    }

    #[test]
    fn the_person_speaks_and_the_group_is_where() {
        for (attributed, actor) in [
            (
                json!([{"type": "Group", "id": "https://a.example/g"}, {"type": "Person", "id": "https://a.example/p"}]),
                Value::Null,
            ),
            (
                json!(["https://a.example/p", "https://a.example/g"]),
                Value::Null,
            ),
        ] {
            let value = json!({"id": "https://a.example/1", "type": "Event", "name": "Bal",
                "attributedTo": attributed, "actor": actor});
            let post = Post::read(&value, "fr").unwrap();
            assert_eq!(
                (post.author, post.group),
                (Some("https://a.example/p"), Some("https://a.example/g"))
            );
        }
    }

    #[test]
    fn a_group_speaks_through_who_writes_for_it() {
        let value = json!({"id": "https://a.example/1", "type": "Event", "name": "Bal",
            "attributedTo": "https://a.example/g", "actor": "https://a.example/p"});
        let post = Post::read(&value, "fr").unwrap();
        assert_eq!(
            (post.author, post.speaker, post.group),
            (
                Some("https://a.example/g"),
                Some("https://a.example/p"),
                None
            )
        );
    }

    #[test]
    fn what_is_shown_without_addresses_is_for_everyone_and_what_is_sent_for_whom_its_envelope_names()
     {
        let value = json!({"id": "https://a.example/1", "type": "Note", "content": "x"});
        let post = Post::read(&value, "fr").unwrap();
        assert_eq!(post.clone().as_shown().cc, [PUBLIC]);
        let sent = json!({"type": "Create", "actor": "https://a.example/p", "to": "https://b.example/u", "object": value});
        let envelope = Activity::read(&sent).unwrap();
        let addressed = post.addressed_as(&envelope).as_shown();
        assert_eq!(
            (addressed.to, addressed.cc),
            (vec!["https://b.example/u"], vec![])
        );
    }

    #[test]
    fn the_same_file_may_hang_there_twice() {
        let value = json!({"id": "https://a.example/1", "type": "Article", "name": "x", "image": "https://a.example/1.jpg",
            "attachment": [{"type": "Image", "url": "https://a.example/2.jpg", "name": "un"},
                {"type": "Image", "url": "https://a.example/2.jpg", "name": "deux"}]});
        let post = Post::read(&value, "fr").unwrap();
        let urls: Vec<_> = post.media.iter().map(|media| media.url).collect();
        assert_eq!(
            urls,
            [
                "https://a.example/1.jpg",
                "https://a.example/2.jpg",
                "https://a.example/2.jpg"
            ]
        );
    }

    #[test]
    fn a_single_tag_need_not_stand_in_a_list() {
        let value = json!({"id": "https://a.example/1", "type": "Note", "content": "x",
            "tag": {"type": "Hashtag", "name": "Marché"}, "sensitive": "True", "inReplyTo": ["https://b.example/2"],
            "url": [{"type": "Link", "href": "https://a.example/raw", "mediaType": "video/mp4"},
                {"type": "Link", "href": "https://a.example/page", "mediaType": "text/html"}]});
        let post = Post::read(&value, "fr").unwrap();
        assert_eq!((post.hashtags, post.sensitive), (vec!["Marché"], true));
        assert_eq!(
            (post.in_reply_to, post.url),
            (Some("https://b.example/2"), Some("https://a.example/page"))
        );
    }

    #[test]
    fn a_vote_is_told_from_a_note() {
        let mut value = json!({"id": "https://a.example/1", "type": "Note", "name": "Samedi", "inReplyTo": "https://b.example/q"});
        assert!(Post::read(&value, "fr").unwrap().is_vote);
        // snac writes its votes so.
        value["content"] = json!("<br>");
        assert!(Post::read(&value, "fr").unwrap().is_vote);
        value["content"] = json!("<p>Samedi, mais tard.</p>");
        assert!(!Post::read(&value, "fr").unwrap().is_vote);
    }

    #[test]
    fn a_video_brings_its_file_and_its_plain_text() {
        let value = json!({"id": "https://a.example/v", "type": "Video", "name": "Fête", "content": "a < b",
            "mediaType": "text/markdown", "url": [
                {"type": "Link", "mediaType": "text/html", "href": "https://a.example/w/v"},
                {"type": "Link", "mediaType": "application/x-mpegURL", "href": "https://a.example/v.m3u8",
                 "tag": [{"type": "Link", "mediaType": "video/mp4", "href": "https://a.example/v.mp4", "width": 1280, "height": 720}]}]});
        let post = Post::read(&value, "fr").unwrap();
        assert_eq!(post.content, Some(Content::Text("a < b")));
        assert_eq!(post.media[0].url, "https://a.example/v.mp4");
    }
}
