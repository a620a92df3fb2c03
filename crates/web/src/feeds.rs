//! Feeds for readers of news (Atom, RFC 4287): what everybody may read of a person, of the town, of a tag.

use askama::Template;
use axum::{
    extract::Path,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use parvis_model::{
    account::AccountKind, audience::Audience, clock::Timestamp, page::Page as Piece, text::plain,
};
use parvis_town::{
    AccountView, MediaView, PostView, Viewer,
    timelines::{self, Shown},
};

use crate::{
    anyone::Anyone,
    described::shortened,
    fault::Fault,
    frame::Frame,
    headers::{A_MINUTE, NOT_FOR_SEARCH},
    page::Answer,
    tags,
    unchanged::{self, Known},
};

const ATOM: HeaderValue = HeaderValue::from_static("application/atom+xml; charset=utf-8");
/// Characters of a title that is taken from a text.
const TITLE: usize = 90;

#[derive(Template)]
#[template(path = "feed.xml")]
struct Feed<'a> {
    page: &'a Frame,
    title: String,
    note: String,
    /// Of the page that shows the same, and of the feed.
    html: String,
    own: String,
    author: Option<&'a AccountView>,
    updated: Timestamp,
    entries: Vec<Entry<'a>>,
}

struct Entry<'a> {
    post: &'a PostView,
    title: String,
    /// `xml:lang`, where its language is known.
    lang: String,
    updated: Timestamp,
    content: String,
}

impl Entry<'_> {
    fn enclosures(&self) -> impl Iterator<Item = &MediaView> {
        unmarked(self.post).filter(|file| !file.url.is_empty())
    }
}

/// The inside of an entry, as a reader of news shows it.
#[derive(Template)]
#[template(path = "feed_entry.html")]
struct Inside<'a> {
    page: &'a Frame,
    post: &'a PostView,
}

impl Inside<'_> {
    fn pictures(&self) -> impl Iterator<Item = &MediaView> {
        unmarked(self.post).filter(|file| file.is_picture())
    }
}

/// Its files, unless its author marked them: those are not put before somebody's eyes unasked.
fn unmarked(post: &PostView) -> impl Iterator<Item = &MediaView> {
    let shown = !post.sensitive && post.summary.is_empty();
    post.media.iter().filter(move |_| shown)
}

pub async fn of_person(anyone: Anyone, Path(acct): Path<String>) -> Answer {
    let who = anyone.account(&acct).await?;
    let shown = Shown {
        replies: false,
        // What a group shows is what its members wrote.
        boosts: who.kind == AccountKind::Group,
        media_only: false,
    };
    let nobody = Viewer::nobody();
    let posts = timelines::of_account(&anyone.town, &nobody, who.id, shown, Piece::default());
    let posts = originals(posts.await?.items);
    answer(&anyone, |origin| Feed {
        page: &anyone.frame,
        title: format!("{} (@{})", who.display_name, who.handle),
        note: plain(&who.bio_html),
        html: who.url.clone(),
        own: format!("{origin}{}/fil.atom", who.path),
        author: Some(&who),
        updated: who.created_at,
        entries: entries(&anyone.frame, &posts),
    })
}

pub async fn of_town(anyone: Anyone) -> Answer {
    let nobody = Viewer::nobody();
    let posts = timelines::square(&anyone.town, &nobody, Piece::default()).await?;
    let posts = originals(posts.items);
    let town = &anyone.frame.town;
    answer(&anyone, |origin| Feed {
        page: &anyone.frame,
        title: town.name.clone(),
        note: town.summary.clone(),
        html: format!("{origin}/ville"),
        own: format!("{origin}/ville/fil.atom"),
        author: None,
        updated: town.created_at,
        entries: entries(&anyone.frame, &posts),
    })
}

pub async fn of_tag(anyone: Anyone, Path(tag): Path<String>) -> Answer {
    let nobody = Viewer::nobody();
    let posts = timelines::tag(&anyone.town, &nobody, &tag, Piece::default()).await?;
    let posts = originals(posts.items);
    let path = tags::path(&tag);
    answer(&anyone, |origin| Feed {
        page: &anyone.frame,
        title: format!("#{tag} – {}", anyone.frame.town.name),
        note: String::new(),
        html: format!("{origin}{path}"),
        own: format!("{origin}{path}/fil.atom"),
        author: None,
        updated: anyone.frame.town.created_at,
        entries: entries(&anyone.frame, &posts),
    })
}

/// Only what was written for everyone; of a shared post, the post.
fn originals(posts: Vec<PostView>) -> Vec<PostView> {
    let original = |post: PostView| match &post.boost_of {
        Some(original) => PostView::clone(original),
        None => post,
    };
    let posts = posts.into_iter().map(original);
    posts
        .filter(|post| post.audience == Audience::Public)
        .collect()
}

fn entries<'a>(frame: &Frame, posts: &'a [PostView]) -> Vec<Entry<'a>> {
    posts
        .iter()
        .map(|post| Entry {
            post,
            title: title(frame, post),
            lang: frame
                .lang_of(post)
                .to_string()
                .replacen(" lang", " xml:lang", 1),
            updated: post.edited_at.unwrap_or(post.created_at),
            content: Inside { page: frame, post }.render().unwrap_or_default(),
        })
        .collect()
}

/// Its own, else how its text begins.
fn title(frame: &Frame, post: &PostView) -> String {
    let text = if !post.summary.is_empty() {
        post.summary.clone()
    } else if let Some(title) = &post.title {
        title.clone()
    } else {
        plain(&post.html)
    };
    match text.trim() {
        "" => frame.tw("post-by", "name", &post.author.display_name),
        text => shortened(text, TITLE),
    }
}

fn answer<'a>(anyone: &'a Anyone, feed: impl FnOnce(&'a str) -> Feed<'a>) -> Answer {
    let mut feed = feed(&anyone.town.origin);
    let newest = feed.entries.iter().map(|entry| entry.updated).max();
    feed.updated = newest.unwrap_or(feed.updated);
    let mut text = feed.render()?;
    text.retain(is_xml);
    unless_known(&anyone.headers, text, feed.updated)
}

/// What may stand in XML 1.0 (section 2.2).
fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{fffd}' | '\u{10000}'..)
}

/// Nothing but a word to whoever has it already.
fn unless_known(asked: &HeaderMap, text: String, updated: Timestamp) -> Result<Response, Fault> {
    let tag = unchanged::tag(text.as_bytes());
    let known = Known::of(asked).holds(&tag);
    let known =
        known.unwrap_or_else(|| said(asked, header::IF_MODIFIED_SINCE) == http_date(updated));
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, ATOM)], text).into_response()
    };
    let head = response.headers_mut();
    head.insert(header::CACHE_CONTROL, A_MINUTE);
    let (name, value) = NOT_FOR_SEARCH;
    head.insert(name, value);
    for (name, value) in [
        (header::ETAG, tag),
        (header::LAST_MODIFIED, http_date(updated)),
    ] {
        let value = HeaderValue::from_str(&value).map_err(|_| Fault::BadRequest)?;
        head.insert(name, value);
    }
    Ok(response)
}

fn said(headers: &HeaderMap, name: HeaderName) -> &str {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default()
}

/// RFC 9110, 5.6.7; empty for moments that cannot be written so.
fn http_date(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_millisecond(at).unwrap_or_default();
    jiff::fmt::rfc2822::DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&at)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::town as samples;

    #[test]
    fn who_has_it_gets_it_not_again() {
        let asked = |name: &str, value: &str| -> HeaderMap {
            [(name.parse().unwrap(), value.parse().unwrap())]
                .into_iter()
                .collect()
        };
        let first = unless_known(&HeaderMap::new(), "<feed/>".into(), 0).unwrap();
        assert_eq!(first.status(), StatusCode::OK);
        let tag = first.headers()[header::ETAG].to_str().unwrap().to_owned();
        let date = first.headers()[header::LAST_MODIFIED].to_str().unwrap();
        assert_eq!(first.headers()["x-robots-tag"], "noindex");
        assert_eq!(date, "Thu, 01 Jan 1970 00:00:00 GMT");
        for (name, value, status) in [
            ("if-none-match", tag.as_str(), 304),
            ("if-none-match", &format!("\"x\", {}", &tag[2..]), 304),
            ("if-none-match", "\"x\"", 200),
            ("if-modified-since", date, 304),
            ("if-modified-since", "Fri, 02 Jan 1970 00:00:00 GMT", 200),
        ] {
            let again = unless_known(&asked(name, value), "<feed/>".into(), 0).unwrap();
            assert_eq!(again.status(), status, "{name}: {value}");
        }
        let changed = unless_known(&asked("if-none-match", &tag), "<feed>!</feed>".into(), 0);
        assert_eq!(changed.unwrap().status(), StatusCode::OK);
    }

    #[test]
    fn marked_files_are_not_handed_on() {
        let with = |sensitive: bool, summary: &str| {
            let mut post = samples::post(1, samples::marie(), "<p>Le four</p>", 0);
            post.media = vec![samples::picture(2, "Le four")];
            (post.sensitive, post.summary) = (sensitive, summary.to_owned());
            let frame = samples::frame("fr", None, "/ville");
            let posts = [post];
            entries(&frame, &posts)[0].enclosures().count()
        };
        assert_eq!(with(false, ""), 1);
        assert_eq!(with(true, ""), 0);
        assert_eq!(with(false, "Chaud"), 0);
    }

    #[test]
    fn signs_that_xml_forbids_are_left_out() {
        let text: String = "a\u{0}\u{b}\u{1b}\u{fffe}\u{ffff}é\n😀"
            .chars()
            .filter(|c| is_xml(*c))
            .collect();
        assert_eq!(text, "aé\n😀");
    }
}
