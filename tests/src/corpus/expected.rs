//! What a document should give, read from its own JSON and from FEDERATION.md: never from what the program made of it.

use std::fmt;

use serde_json::Value;

use super::{
    reading::{
        flag, id_of, ids, is_a, is_beside, is_one_of, is_public, is_web, many, spelled, types,
        without_fragment, wordings,
    },
    words,
};

/// Attachments that are taken in (FEDERATION.md, Limits).
const ATTACHMENTS: usize = 16;
/// Bytes that are compared of a line (the program keeps 500 characters or bytes), of a name, and of a text (it keeps 100,000).
const LINE: usize = 400;
const NAME: usize = 150;
const TEXT: usize = 90_000;

/// Kinds of posts that software sends; of others it is open whether they are posts at all.
const POSTS: [&str; 15] = [
    "Article",
    "Audio",
    "ChatMessage",
    "Comment",
    "Event",
    "GeneratedNote",
    "Image",
    "Message",
    "Note",
    "Page",
    "Question",
    "Quotation",
    "Review",
    "Story",
    "Video",
];
/// Their summary is a warning; that of the others is their beginning.
const WARNING: [&str; 4] = ["Note", "Question", "ChatMessage", "GeneratedNote"];
const NO_POSTS: [&str; 17] = [
    "Application",
    "Collection",
    "CollectionPage",
    "Emoji",
    "Group",
    "Hashtag",
    "Key",
    "Link",
    "Mention",
    "OrderedCollection",
    "OrderedCollectionPage",
    "Organization",
    "Person",
    "Place",
    "Relationship",
    "Service",
    "Tombstone",
];

/// Must it be shown? Where the program differs from "yes" on purpose, the rule by which it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    Shown,
    Hidden(&'static str),
    /// Both are right, but if it is shown, then as it is.
    Either(&'static str),
}

/// One member of what is shown that is not as it should be.
#[derive(Debug)]
pub struct Difference {
    field: &'static str,
    expected: String,
    shown: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            field,
            expected,
            shown,
        } = self;
        write!(f, "{field}: expected {expected}, shown {shown}")
    }
}

/// Collects what is not as it should be.
#[derive(Default)]
struct Differences(Vec<Difference>);

impl Differences {
    fn say(&mut self, field: &'static str, expected: impl fmt::Debug, shown: impl fmt::Debug) {
        let brief = |text: String| text.chars().take(300).collect();
        self.0.push(Difference {
            field,
            expected: brief(format!("{expected:?}")),
            shown: brief(format!("{shown:?}")),
        });
    }

    fn same<T: fmt::Debug + PartialEq>(&mut self, field: &'static str, expected: T, shown: T) {
        if expected != shown {
            self.say(field, expected, shown);
        }
    }

    /// One of the wordings stands whole in what is shown; without any, whatever is shown is right.
    fn words(&mut self, field: &'static str, wordings: &[Vec<String>], html: &Value) {
        let html = html.as_str().unwrap_or_default();
        let letters = words::of_html(html).concat();
        let missing = |wording: &Vec<String>| -> Vec<String> {
            let lost = wording.iter().filter(|word| !letters.contains(*word));
            lost.cloned().collect()
        };
        let least = wordings.iter().map(missing).min_by_key(Vec::len);
        if let Some(lost) = least.filter(|lost| !lost.is_empty()) {
            self.say(field, lost, html);
        }
    }
}

/// What a document should give.
pub enum Expected {
    Post(Box<Post>),
    Account(Box<Account>),
    /// A boost of the post at this address, on the page of who is followed.
    Boost {
        of: String,
    },
    /// The town does what it is asked: a follow, a like.
    Done,
    /// Nothing is shown under the address that is asked for.
    Nothing,
}

pub struct Post {
    pub uri: String,
    pub duty: Duty,
    author: Option<String>,
    title: Vec<Vec<String>>,
    body: Vec<Vec<String>>,
    warning: Vec<Vec<String>>,
    sensitive: bool,
    visibility: &'static str,
    /// At least and at most.
    attachments: (usize, usize),
    options: Vec<String>,
    answers: bool,
}

impl Post {
    /// `envelope`: the activity that it came in; without one it is fetched. `followers`: where its author's are listed.
    pub fn of(
        object: &Value,
        envelope: Option<&Value>,
        followers: &dyn Fn(&str) -> String,
    ) -> Option<Self> {
        let uri = spelled(id_of(object)?);
        if is_one_of(object, &NO_POSTS) {
            return None;
        }
        let author = author(object).or_else(|| envelope.and_then(|it| id_of(&it["actor"])));
        let warns = is_one_of(object, &WARNING);
        let warning = if warns {
            wordings(object, "summary")
        } else {
            Vec::new()
        };
        let warned = warning.iter().any(|text| !words::is_blank(text));
        let followers = author.map(followers);
        Some(Self {
            duty: duty(object, envelope, author),
            title: lines(&wordings(object, "name")),
            body: body(object, warns),
            warning: lines(&warning),
            sensitive: flag(object, "sensitive") || warned,
            visibility: visibility(object, envelope, followers.as_deref()),
            attachments: attachments(object),
            options: options(object),
            answers: ids(object, "inReplyTo").first().is_some_and(|parent| {
                is_web(parent) && !parent.contains('#') && parent.contains(".localhost:")
            }),
            author: author.map(spelled),
            uri,
        })
    }

    pub fn differences(&self, status: &Value) -> Vec<Difference> {
        let mut found = Differences::default();
        if let Some(author) = &self.author {
            let shown = status["account"]["uri"].as_str();
            found.same("author", Some(author.as_str()), shown);
        }
        found.words("title", &self.title, &status["content"]);
        found.words("content", &self.body, &status["content"]);
        found.words("spoiler_text", &self.warning, &status["spoiler_text"]);
        let sensitive = status["sensitive"].as_bool();
        found.same("sensitive", Some(self.sensitive), sensitive);
        let visibility = status["visibility"].as_str();
        found.same("visibility", Some(self.visibility), visibility);
        let hanging = status["media_attachments"].as_array().map_or(0, Vec::len);
        let (least, most) = self.attachments;
        if !(least..=most).contains(&hanging) {
            found.say("media_attachments", format!("{least} to {most}"), hanging);
        }
        if !self.options.is_empty() {
            let options = status["poll"]["options"].as_array();
            let titles = options.into_iter().flatten();
            let titles = titles.filter_map(|option| option["title"].as_str());
            let titles: Vec<String> = titles.map(|title| words::of_text(title).concat()).collect();
            found.same("poll", self.options.clone(), titles);
        }
        if self.answers && status["in_reply_to_id"].is_null() {
            found.say("in_reply_to_id", "an id", "null");
        }
        found.0
    }
}

/// A person before a group; `actor` only where nobody is named.
fn author(object: &Value) -> Option<&str> {
    let named = many(object, "attributedTo");
    let (groups, others): (Vec<_>, Vec<_>) = named.into_iter().partition(|it| is_a(it, "Group"));
    let is_group = |id: &&str| groups.iter().any(|group| id_of(group) == Some(*id));
    let mut written_out = others.iter().filter(|it| it.is_object());
    let mut plain = others.iter().filter_map(|it| id_of(it));
    written_out
        .find_map(|it| id_of(it))
        .or_else(|| plain.find(|id| !is_group(id)))
        .or_else(|| groups.iter().find_map(|it| id_of(it)))
        .or_else(|| id_of(many(object, "actor").first()?))
        .or_else(|| id_of(many(object, "author").first()?))
}

/// The rules by which a post is not shown, or need not be.
fn duty(object: &Value, envelope: Option<&Value>, author: Option<&str>) -> Duty {
    let id = id_of(object).unwrap_or_default();
    let author = author.unwrap_or_default();
    let sender = envelope.and_then(|it| id_of(&it["actor"]));
    if is_vote(object) {
        return Duty::Hidden("a vote is never shown as a post");
    }
    if !is_web(id) || !is_web(author) {
        return Duty::Hidden("it has no address on the web, or its author has none");
    }
    if !is_beside(id, author) {
        return Duty::Hidden("its author lives on another server than it does");
    }
    if without_fragment(id) == without_fragment(author) || id.contains('#') || author.contains('#')
    {
        return Duty::Either("a part of a document, which cannot be asked for alone");
    }
    if !types(object).iter().any(|kind| POSTS.contains(kind)) {
        return Duty::Either("a kind that no software is known to show as a post");
    }
    let says = |name| {
        wordings(object, name)
            .iter()
            .any(|text| !words::is_blank(text))
    };
    let readable = ["content", "name", "summary"].into_iter().any(says);
    if !readable && attachments(object).0 == 0 && options(object).is_empty() {
        return Duty::Either("there is nothing to read in it");
    }
    if sender.is_some_and(|sender| spelled(sender) != spelled(author)) {
        return Duty::Either("sent by somebody else than its author");
    }
    let names_itself = |it: &Value| id_of(it).is_none_or(|id| is_web(id) && is_beside(id, author));
    if !envelope.is_none_or(names_itself) {
        return Duty::Either("its activity is called after another server");
    }
    let disguised = ["@graph", "@included", "@reverse"];
    if disguised.iter().any(|name| !object[*name].is_null()) {
        return Duty::Either("JSON-LD that a plain reader does not see through");
    }
    Duty::Shown
}

pub fn is_vote(object: &Value) -> bool {
    let blank = wordings(object, "content")
        .iter()
        .all(|text| words::is_blank(text));
    let note = is_a(object, "Note") && !wordings(object, "name").is_empty();
    is_a(object, "PollVote") || (note && blank && !ids(object, "inReplyTo").is_empty())
}

fn lines(texts: &[&str]) -> Vec<Vec<String>> {
    let line = |text: &&str| words::of_html(words::beginning(text.trim(), LINE));
    texts.iter().map(line).collect()
}

/// The text; where there is none, the summary of what is no note.
fn body(object: &Value, warns: bool) -> Vec<Vec<String>> {
    let mut texts = wordings(object, "content");
    let mime = object["mediaType"].as_str().unwrap_or("text/html");
    let mut is_plain = mime.starts_with("text/") && !mime.starts_with("text/html");
    if texts.is_empty() && !warns {
        (texts, is_plain) = (wordings(object, "summary"), false);
    }
    let read = |text: &&str| {
        let text = words::beginning(text, TEXT);
        if is_plain {
            words::of_text(text)
        } else {
            words::of_html(text)
        }
    };
    texts.iter().map(read).collect()
}

/// For whom it is: as its addresses tell, else those of its envelope; what is fetched and names nobody is quietly public.
fn visibility(object: &Value, envelope: Option<&Value>, followers: Option<&str>) -> &'static str {
    let audience = ids(object, "audience").into_iter().any(is_public);
    let said = |name: &str| match envelope {
        Some(envelope) if object[name].is_null() => ids(envelope, name),
        _ => ids(object, name),
    };
    let (to, cc) = (said("to"), said("cc"));
    let is_of_followers =
        |address: &&str| followers.is_some_and(|followers| spelled(address) == spelled(followers));
    if audience || to.iter().any(|to| is_public(to)) {
        "public"
    } else if cc.iter().any(|cc| is_public(cc))
        || (envelope.is_none() && to.is_empty() && cc.is_empty())
    {
        "unlisted"
    } else if to.iter().chain(&cc).any(is_of_followers) {
        "private"
    } else {
        "direct"
    }
}

/// How many files hang on it: those that say they are pictures, sound or video are the least; whatever hangs there, the
/// picture above it and its own file, the most.
fn attachments(object: &Value) -> (usize, usize) {
    let hanging = many(object, "attachment");
    let files = hanging.iter().filter(|it| is_file(it)).count();
    let most = hanging.len() + many(object, "image").len() + 1;
    (files.min(ATTACHMENTS), most.min(ATTACHMENTS))
}

fn is_file(attachment: &Value) -> bool {
    let addresses = ["url", "href"].map(|name| many(attachment, name)).concat();
    let is_here = |address: &&Value| {
        let href = address.as_str().or_else(|| address["href"].as_str());
        href.is_some_and(is_web)
    };
    let mime = attachment["mediaType"].as_str().unwrap_or_default();
    let media = ["image/", "video/", "audio/"];
    let says_so = media.iter().any(|kind| mime.starts_with(kind));
    let kind = is_one_of(attachment, &["Image", "Video", "Audio"]);
    (kind || (is_a(attachment, "Document") && says_so)) && addresses.iter().any(is_here)
}

/// The letters of each answer that may be chosen.
fn options(object: &Value) -> Vec<String> {
    if !is_a(object, "Question") {
        return Vec::new();
    }
    let named = |member: &str| -> Vec<String> {
        let titles = many(object, member).into_iter().filter_map(|option| {
            let named = wordings(option, "name").first().copied();
            named.or_else(|| option.as_str().filter(|text| !is_web(text)))
        });
        titles.map(|title| words::of_text(title).concat()).collect()
    };
    let one = named("oneOf");
    if one.is_empty() { named("anyOf") } else { one }
}

pub struct Account {
    pub uri: String,
    pub duty: Duty,
    name: Option<String>,
    display_name: Vec<Vec<String>>,
    note: Vec<Vec<String>>,
    /// Whether it is one; `None` where the document does not tell.
    bot: Option<bool>,
    group: Option<bool>,
    locked: Option<bool>,
    fields: usize,
}

impl Account {
    /// As an actor's document shows it.
    pub fn of(actor: &Value) -> Option<Self> {
        let uri = id_of(actor)?;
        let fields = many(actor, "attachment").into_iter().filter(|field| {
            let says = |name: &str| {
                field[name]
                    .as_str()
                    .is_some_and(|text| !words::is_blank(text))
            };
            is_a(field, "PropertyValue") && says("name") && says("value")
        });
        let name = wordings(actor, "name");
        let name = name.iter().map(|text| words::beginning(text.trim(), NAME));
        let suspended = flag(actor, "suspended");
        let texts = |texts: Vec<Vec<String>>| if suspended { Vec::new() } else { texts };
        Some(Self {
            uri: spelled(uri),
            duty: duty_of_actor(actor, uri),
            name: actor["preferredUsername"]
                .as_str()
                .map(|it| it.trim().to_owned()),
            display_name: texts(name.map(words::of_html).collect()),
            note: texts(body_of_actor(actor)),
            bot: Some(is_one_of(actor, &["Service", "Application"])),
            group: Some(is_a(actor, "Group")),
            locked: actor["manuallyApprovesFollowers"].as_bool(),
            fields: if suspended {
                0
            } else {
                fields.count().min(ATTACHMENTS)
            },
        })
    }

    /// Somebody of whom only the address is known.
    pub fn at(uri: &str, duty: Duty) -> Self {
        Self {
            uri: spelled(uri),
            duty,
            name: None,
            display_name: Vec::new(),
            note: Vec::new(),
            bot: None,
            group: None,
            locked: None,
            fields: 0,
        }
    }

    pub fn differences(&self, account: &Value) -> Vec<Difference> {
        let mut found = Differences::default();
        if let Some(name) = &self.name {
            found.same(
                "username",
                Some(name.as_str()),
                account["username"].as_str(),
            );
        }
        found.words("display_name", &self.display_name, &account["display_name"]);
        found.words("note", &self.note, &account["note"]);
        for (field, expected) in [
            ("bot", self.bot),
            ("group", self.group),
            ("locked", self.locked),
        ] {
            if expected.is_some() {
                found.same(field, expected, account[field].as_bool());
            }
        }
        let fields = account["fields"].as_array().map_or(0, Vec::len);
        if fields < self.fields {
            found.say("fields", self.fields, fields);
        }
        found.0
    }
}

fn body_of_actor(actor: &Value) -> Vec<Vec<String>> {
    let texts = wordings(actor, "summary");
    let read = |text: &&str| words::of_html(words::beginning(text, TEXT));
    texts.iter().map(read).collect()
}

fn duty_of_actor(actor: &Value, uri: &str) -> Duty {
    let name = actor["preferredUsername"]
        .as_str()
        .unwrap_or_default()
        .trim();
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !is_web(uri) {
        Duty::Hidden("it has no address on the web")
    } else if name.is_empty() || name.contains(['@', '/', ' ']) {
        Duty::Hidden("its name cannot stand in a handle")
    } else if !name.chars().all(fits) {
        Duty::Either("its name holds signs that not everybody allows in a handle")
    } else if uri.contains('#') {
        Duty::Either("a part of a document, which cannot be asked for alone")
    } else {
        Duty::Shown
    }
}
