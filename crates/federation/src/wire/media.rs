//! Pictures, sound and video that hang on a post or an actor. Knows no files.

use serde_json::Value;

use super::read::{Doc, Link};

/// A file as another server describes it; its media type may lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Media<'a> {
    pub url: &'a str,
    /// As declared, or by the type of its document (`image/*` …) where nothing was declared.
    pub mime: &'a str,
    pub description: Option<&'a str>,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub blurhash: Option<&'a str>,
    /// Both in -1.0 to 1.0.
    pub focus: Option<(f32, f32)>,
}

impl<'a> Media<'a> {
    /// An attachment in any of its forms: written out, or its bare address.
    pub fn of(value: &'a Value) -> Option<Self> {
        match value {
            Value::String(url) => Some(Self::bare(url, by_ending(url)?)).filter(|_| is_web(url)),
            _ => Self::read(&Doc::of(value)?),
        }
    }

    /// The same where only a picture can be meant.
    pub fn picture(value: &'a Value) -> Option<Self> {
        match value {
            Value::String(url) if is_web(url) => {
                Some(Self::bare(url, by_ending(url).unwrap_or("image/*")))
            }
            _ => Self::of(value),
        }
    }

    fn bare(url: &'a str, mime: &'a str) -> Self {
        Self {
            url,
            mime,
            description: None,
            width: None,
            height: None,
            blurhash: None,
            focus: None,
        }
    }

    /// Reads an attachment; `None` when it is no file on the web.
    pub fn read(doc: &Doc<'a>) -> Option<Self> {
        let link = if doc.is_a("Link") {
            doc.text("href").map(|href| Link {
                href,
                media_type: doc.text("mediaType"),
                rel: None,
                width: None,
                height: None,
            })?
        } else {
            best(doc.links("url").chain(doc.links("href")))?
        };
        if !is_web(link.href) {
            return None;
        }
        let declared = doc
            .text("mediaType")
            .or(link.media_type)
            .filter(|mime| mime.len() <= 100);
        Some(Self {
            url: link.href,
            mime: mime(doc, declared, link.href)?,
            description: doc.text("name").or_else(|| doc.text("summary")),
            width: doc.pixels("width").or(link.width),
            height: doc.pixels("height").or(link.height),
            blurhash: blurhash(doc),
            focus: focus(doc),
        })
    }

    /// The files of a document that is a picture, sound or video itself: the best of its `url`s.
    pub fn of_document(doc: &Doc<'a>) -> Option<Self> {
        let nested = || {
            doc.docs("url")
                .flat_map(|link| link.links("tag").collect::<Vec<_>>())
                .filter(is_media_link)
        };
        let link = best(doc.links("url").filter(is_media_link)).or_else(|| best(nested()))?;
        Some(Self {
            url: Some(link.href).filter(|href| is_web(href))?,
            mime: link.media_type?,
            description: doc.text("name"),
            width: link.width,
            height: link.height,
            blurhash: blurhash(doc),
            focus: focus(doc),
        })
    }
}

/// The blurred form of a picture. Apps work it out without looking at it first, so one that cannot be right is none: its
/// first sign says how many there are (<https://blurha.sh>).
fn blurhash<'a>(doc: &Doc<'a>) -> Option<&'a str> {
    const DIGITS: &str =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";
    let hash = doc.text("blurhash")?;
    let size = DIGITS
        .find(hash.chars().next()?)
        .filter(|size| *size < 81)?;
    let length = 4 + 2 * (size % 9 + 1) * (size / 9 + 1);
    let is_right = hash.len() == length && hash.chars().all(|sign| DIGITS.contains(sign));
    is_right.then_some(hash)
}

/// What kind of file it is: as declared, by the type of its document, by the ending of its address. A `Document` of
/// another kind is a file too; what only links somewhere, or is a text of its own, is none.
fn mime<'a>(doc: &Doc<'a>, declared: Option<&'a str>, href: &str) -> Option<&'a str> {
    const TEXTS: [&str; 6] = [
        "Note",
        "Article",
        "Page",
        "Event",
        "Question",
        "PropertyValue",
    ];
    if TEXTS.iter().any(|text| doc.is_a(text)) {
        return None;
    }
    let by_type = || {
        doc.types().find_map(|kind| match kind {
            "Image" => Some("image/*"),
            "Video" => Some("video/*"),
            "Audio" => Some("audio/*"),
            _ => None,
        })
    };
    let is_page = declared.is_some_and(|mime| mime.starts_with("text/html"));
    let file = || {
        doc.is_a("Document")
            .then(|| declared.unwrap_or("application/octet-stream"))
    };
    declared
        .filter(|mime| is_media(mime))
        .or_else(by_type)
        .or_else(|| by_ending(href).filter(|_| declared.is_none()))
        .or_else(|| file().filter(|_| !is_page))
}

/// By the ending of an address, where nothing else tells.
fn by_ending(href: &str) -> Option<&'static str> {
    let path = href.split(['?', '#']).next().unwrap_or(href);
    let (_, ending) = path.rsplit('/').next()?.rsplit_once('.')?;
    Some(match ending.to_ascii_lowercase().as_str() {
        "png" | "apng" => "image/png",
        "jpg" | "jpeg" | "jfif" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "heic" | "heif" => "image/heic",
        "svg" => "image/svg+xml",
        "mp4" | "m4v" => "video/mp4",
        "webm" => "video/webm",
        "mov" => "video/quicktime",
        "ogv" => "video/ogg",
        "mp3" => "audio/mpeg",
        "ogg" | "oga" | "opus" => "audio/ogg",
        "flac" => "audio/flac",
        "wav" => "audio/wav",
        "m4a" | "aac" => "audio/mp4",
        _ => return None,
    })
}

/// Among several sizes and kinds of one file: a known kind first, then the largest.
fn best<'a>(links: impl Iterator<Item = Link<'a>>) -> Option<Link<'a>> {
    links
        .filter(|link| is_web(link.href))
        .take(100)
        .reduce(|best, next| {
            let rank = |link: &Link| (is_media_link(link), link.width.max(link.height));
            if rank(&next) > rank(&best) {
                next
            } else {
                best
            }
        })
}

fn is_media_link(link: &Link) -> bool {
    link.media_type.is_some_and(is_media)
}

fn is_media(mime: &str) -> bool {
    ["image/", "video/", "audio/"]
        .iter()
        .any(|kind| mime.starts_with(kind))
}

fn is_web(href: &str) -> bool {
    href.starts_with("https://") || href.starts_with("http://")
}

fn focus(doc: &Doc) -> Option<(f32, f32)> {
    let [x, y] = doc.many("focalPoint") else {
        return None;
    };
    let (x, y) = (x.as_f64()?, y.as_f64()?);
    let inside = |n: f64| (-1.0..=1.0).contains(&n);
    (inside(x) && inside(y)).then_some((x as f32, y as f32))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_largest_picture_of_several_is_taken() {
        let value = json!({"type": "Image", "url": [
            {"type": "Link", "href": "https://a.example/s.jpg", "mediaType": "image/jpeg", "width": 300},
            {"type": "Link", "href": "https://a.example/l.jpg", "mediaType": "image/jpeg", "width": 1600},
            {"type": "Link", "href": "https://a.example/page", "mediaType": "text/html"}]});
        let media = Media::read(&Doc::of(&value).unwrap()).unwrap();
        assert_eq!(
            (media.url, media.width),
            ("https://a.example/l.jpg", Some(1600))
        );
    }

    #[test]
    fn what_is_no_medium_is_none() {
        for value in [
            json!({"type": "PropertyValue", "name": "x", "value": "y"}),
            json!({"type": "Link", "href": "https://a.example/"}),
            json!({"type": "Document", "mediaType": "text/html", "url": "https://a.example/page"}),
            json!({"type": "Note", "content": "x", "url": "https://a.example/n.png"}),
            json!({"type": "Document", "mediaType": "image/png", "url": "data:image/png;base64,xx"}),
        ] {
            assert_eq!(Media::read(&Doc::of(&value).unwrap()), None, "{value}");
        }
    }

    #[test]
    fn a_file_is_known_by_its_ending_and_any_document_is_a_file() {
        for (value, mime) in [
            (
                json!({"type": "Document", "url": "https://a.example/A.PNG?w=1"}),
                "image/png",
            ),
            (
                json!({"type": "Document", "url": "https://a.example/ordre-du-jour.txt"}),
                "application/octet-stream",
            ),
            (
                json!({"type": "Document", "mediaType": "application/pdf", "url": "https://a.example/1"}),
                "application/pdf",
            ),
            (
                json!({"type": "Image", "mediaType": "binary", "url": "https://a.example/1"}),
                "image/*",
            ),
            (json!({"url": "https://a.example/1.mp3"}), "audio/mpeg"),
            (json!("https://a.example/1.webp"), "image/webp"),
        ] {
            assert_eq!(Media::of(&value).unwrap().mime, mime, "{value}");
        }
        assert_eq!(Media::of(&json!("https://a.example/page")), None);
        let bare = json!("https://a.example/photo?id=1");
        assert_eq!(Media::picture(&bare).unwrap().mime, "image/*");
    }

    #[test]
    fn a_focus_outside_the_picture_is_lost_alone() {
        let value = json!({"type": "Document", "mediaType": "image/png", "url": "https://a.example/p.png",
            "focalPoint": [2, 0], "name": "Un chat"});
        let media = Media::read(&Doc::of(&value).unwrap()).unwrap();
        assert_eq!((media.focus, media.description), (None, Some("Un chat")));
    }
}
