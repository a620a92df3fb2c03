//! Posts of other servers as the town takes them in. Asks nobody: people and parents are found before.

use parvis_model::{audience::Audience, id::Id, limits, locale::Locale, text, uri as address};
use parvis_store::entity::account;
use parvis_town::{
    Town,
    arrivals::{Arrival, RemoteEmoji, RemoteMedia, RemoteQuote},
    views::PostKind,
};

use crate::{
    actors::same,
    emojis, events, polls, quotes, uri,
    wire::{
        self, is_public,
        media::Media,
        post::{Content, Form},
    },
};

/// A post by `author`, who may say so. `mentions`: whom of those it names the town knows.
pub(crate) fn arrived(
    post: &wire::Post,
    uri: String,
    author: &account::Model,
    mentions: Vec<Id>,
    quote: Option<RemoteQuote>,
    town: &Town,
) -> Arrival {
    let (warning, now) = (warning(post), town.now());
    let mut html = happens(post, town);
    html.push_str(&body(post));
    let arrival = Arrival {
        url: post
            .url
            .and_then(address::canonical)
            .unwrap_or_else(|| uri.clone()),
        author: author.id,
        kind: kind(post.form),
        title: post
            .title
            .map(|title| shortened(&text::plain(title), limits::REMOTE_NAME)),
        html: text::with_quote_marked(html, quote.as_ref().map(|quote| quote.uri.as_str())),
        sensitive: post.sensitive || !warning.is_empty(),
        summary: warning,
        language: post.language.map(str::to_owned),
        audience: audience(post, &author.followers_uri),
        for_neighbours: for_neighbours(post, &author.uri),
        mentions,
        tags: post.hashtags.iter().map(|tag| (*tag).to_owned()).collect(),
        media: post.media.iter().filter_map(media).collect(),
        emojis: Vec::new(),
        poll: post.poll.as_ref().map(|poll| polls::arrived(poll, now)),
        policy: quotes::policy_arrived(&post.interactions, author),
        quote,
        reply_to_uri: post
            .in_reply_to
            .map(|uri| address::canonical(uri).unwrap_or_else(|| uri.to_owned())),
        sent_to: sent_to(post, author),
        said: None,
        published: post.published.unwrap_or(now),
        edited: post.updated,
        uri,
    };
    Arrival {
        emojis: pictured(post, &arrival),
        ..arrival
    }
}

/// The pictures of codes in its texts, as they are shown.
fn pictured(post: &wire::Post, arrival: &Arrival) -> Vec<RemoteEmoji> {
    let answers = arrival.poll.iter().flat_map(|poll| &poll.options);
    let answers = answers.map(|(title, _)| title.as_str());
    let words = arrival.title.as_deref().into_iter();
    let words = words.chain([arrival.summary.as_str()]).chain(answers);
    emojis::arrived(&post.emojis, [arrival.html.as_str()], words)
}

/// The same of a post that is here already: without a word for whom it is, whomever it mentions, it is for the same people.
pub(crate) fn edited(
    post: &wire::Post,
    uri: String,
    author: &account::Model,
    mentions: Vec<Id>,
    quote: Option<RemoteQuote>,
    town: &Town,
) -> Arrival {
    let mut arrival = arrived(post, uri, author, mentions, quote, town);
    if !post.is_addressed() {
        arrival.mentions.clear();
        arrival.sent_to.clear();
    }
    arrival
}

/// How many of the accounts that a post is for are looked at.
const SENT_TO: usize = 100;

/// Whom a post is for, its group first.
fn sent_to(post: &wire::Post, author: &account::Model) -> Vec<String> {
    let all = post.group.iter().chain(&post.to).chain(&post.cc);
    all.filter(|to| !is_public(to) && **to != author.followers_uri)
        .filter_map(|to| address::canonical(to))
        .take(SENT_TO)
        .collect()
}

fn kind(form: Form) -> PostKind {
    match form {
        Form::Note => PostKind::Note,
        Form::Article => PostKind::Article,
        Form::Page => PostKind::Page,
        Form::Question => PostKind::Question,
        Form::Event => PostKind::Event,
        Form::Other => PostKind::Other,
    }
}

/// For whom it is meant, as its addresses tell (docs: federation.md section 3).
pub(crate) fn audience(post: &wire::Post, followers: &str) -> Audience {
    let to_followers = |address: &&str| !followers.is_empty() && same(address, followers);
    if post.to.iter().any(|to| is_public(to)) {
        Audience::Public
    } else if post.cc.iter().any(|cc| is_public(cc)) {
        Audience::Unlisted
    } else if post.to.iter().chain(&post.cc).any(to_followers) {
        Audience::Followers
    } else {
        Audience::Direct
    }
}

/// Is it for the neighbours of its author's own town?
pub(crate) fn for_neighbours(post: &wire::Post, author: &str) -> bool {
    let own = address::origin_of(author).map(|origin| uri::neighbours(&origin));
    own.is_some_and(|own| post.to.iter().any(|to| same(to, &own)))
}

/// The summary of a note warns; that of an article is its beginning.
pub(crate) fn warning(post: &wire::Post) -> String {
    match (post.form, post.summary) {
        (Form::Note | Form::Question, Some(summary)) => {
            shortened(text::plain(summary).trim(), limits::POST_SUMMARY)
        }
        _ => String::new(),
    }
}

/// When and where, for what is to happen.
fn happens(post: &wire::Post, town: &Town) -> String {
    let profile = town.profile();
    let told = |event| events::in_words(event, Locale::of(&profile.language), &profile.time_zone);
    post.event.as_ref().map(told).unwrap_or_default()
}

/// What there is to read, with a way to the rest of it where this is not all.
pub(crate) fn body(post: &wire::Post) -> String {
    let warns = matches!(post.form, Form::Note | Form::Question);
    let mut html = match (post.content, post.summary) {
        (Some(Content::Html(html)), _) => text::clean(html),
        (Some(Content::Text(plain)), _) => text::paragraphs(plain),
        (None, Some(summary)) if !warns => text::clean(summary),
        (None, _) => String::new(),
    };
    let partly = match post.form {
        Form::Other | Form::Event => true,
        Form::Question => post.poll.is_none(),
        Form::Note | Form::Article | Form::Page => false,
    };
    let elsewhere = partly || (html.is_empty() && post.media.is_empty() && post.poll.is_none());
    if let Some(url) = post.url.filter(|_| elsewhere) {
        html.push_str(&text::paragraphs(url));
    }
    html
}

fn media(media: &Media) -> Option<RemoteMedia> {
    let size = |n: Option<u32>| n.and_then(|n| i32::try_from(n).ok()).unwrap_or(0);
    Some(RemoteMedia {
        url: address::canonical(media.url)?,
        mime: media.mime.to_owned(),
        description: shortened(
            media.description.unwrap_or_default(),
            limits::PICTURE_DESCRIPTION,
        ),
        width: size(media.width),
        height: size(media.height),
        blurhash: media.blurhash.map(str::to_owned),
        focus: media.focus.unwrap_or_default(),
    })
}

pub(crate) fn shortened(text: &str, characters: usize) -> String {
    text.chars().take(characters).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::wire::{PUBLIC, Post};

    const FOLLOWERS: &str = "https://a.example/u/1/followers";

    fn note(members: &Value) -> Value {
        let mut value = json!({"id": "https://a.example/n/1", "type": "Note", "content": "<p>x</p>",
            "attributedTo": "https://a.example/u/1"});
        value
            .as_object_mut()
            .unwrap()
            .extend(members.as_object().unwrap().clone());
        value
    }

    #[test]
    fn addresses_tell_for_whom_a_post_is_meant() {
        let read = |to: Value, cc: Value| {
            let value = note(&json!({"to": to, "cc": cc}));
            audience(&Post::read(&value, "fr").unwrap(), FOLLOWERS)
        };
        assert_eq!(read(json!("as:Public"), json!([])), Audience::Public);
        assert_eq!(
            read(json!([FOLLOWERS]), json!([PUBLIC])),
            Audience::Unlisted
        );
        assert_eq!(
            read(json!([FOLLOWERS]), json!(["https://b.example/u"])),
            Audience::Followers
        );
        assert_eq!(
            read(json!(["https://b.example/u"]), json!([])),
            Audience::Direct
        );
        assert_eq!(read(Value::Null, Value::Null), Audience::Direct);
    }

    #[test]
    fn only_the_neighbours_of_the_authors_own_town_are_meant() {
        let read = |to: &str| {
            let value = note(&json!({"to": [to, FOLLOWERS]}));
            for_neighbours(&Post::read(&value, "fr").unwrap(), "https://a.example/u/1")
        };
        assert!(read("https://a.example/ap/audiences/neighbours"));
        assert!(!read("https://b.example/ap/audiences/neighbours"));
        assert!(!read("https://a.example/u/1/followers"));
    }

    #[test]
    fn a_summary_warns_on_notes_only() {
        let value = note(&json!({"summary": "<b>Sang</b>"}));
        assert_eq!(warning(&Post::read(&value, "fr").unwrap()), "Sang");
        let value = note(&json!({"type": "Article", "summary": "Un résumé", "content": null}));
        let post = Post::read(&value, "fr").unwrap();
        assert_eq!(
            (warning(&post).as_str(), body(&post).contains("Un résumé")),
            ("", true)
        );
    }

    #[test]
    fn what_is_not_all_here_says_where_the_rest_is() {
        let value = note(&json!({"type": "Event", "name": "Bal", "url": "https://a.example/bal"}));
        assert!(body(&Post::read(&value, "fr").unwrap()).contains("https://a.example/bal"));
        let value = note(&json!({"url": "https://a.example/n"}));
        assert!(!body(&Post::read(&value, "fr").unwrap()).contains("a.example"));
    }

    #[test]
    fn foreign_html_is_cleaned() {
        let value = note(&json!({"content": "<p>ok</p><script>alert(1)</script>"}));
        assert_eq!(body(&Post::read(&value, "fr").unwrap()), "<p>ok</p>");
    }
}
