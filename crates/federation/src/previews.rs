//! Reads what a page of the web says of itself: Open Graph, Twitter's words for the same, plain HTML, JSON-LD, and oEmbed as
//! text. Whatever it says is hostile: only words and addresses of the web are taken, and none of its HTML.

mod back_links;
mod head;
mod linked;

use encoding_rs::{Encoding, UTF_8};
use jiff::{Timestamp as Moment, civil};
use parvis_model::{clock::Timestamp, handle::Handle, limits, text, uri as address};
use parvis_town::{
    previews::{PreviewKind, WebPage},
    reach::Missing,
};
use serde_json::Value;
use url::Url;

use self::head::Head;
use crate::{
    fetch::{FetchFault, Fetcher, File, Sort},
    pictures::missing,
};

/// At most two questions: for the page, and for what its site says of it elsewhere.
pub(crate) async fn web_page(fetcher: &Fetcher, asked: &str) -> Result<WebPage, Missing> {
    let url = Url::parse(asked).map_err(|_| Missing::Gone)?;
    let file = fetcher.file(&url, Sort::Page).await;
    let file = file.map_err(|fault| told(fault, asked))?;
    // A mebibyte is read in milliseconds, but not on the threads that answer people.
    let read = tokio::task::spawn_blocking(move || {
        let head = Head::read(&decoded(&file));
        (head, file.url)
    });
    let (head, base) = read.await.map_err(|_| Missing::Gone)?;
    let oembed = match oembed_address(&head, &base) {
        Some(url) => oembed(fetcher, &url).await,
        None => Value::Null,
    };
    understood(&head, &base, &oembed).ok_or(Missing::Gone)
}

/// Does a page say that one of these addresses is of the same person? One question. Of a page that leads to another site nothing
/// is believed: many sites lead wherever somebody wishes.
pub(crate) async fn links_back(
    fetcher: &Fetcher,
    asked: &str,
    to: &[String],
) -> Result<bool, Missing> {
    let url = Url::parse(asked).map_err(|_| Missing::Gone)?;
    let file = fetcher.file(&url, Sort::Page).await;
    let file = file.map_err(|fault| told(fault, asked))?;
    if !back_links::is_one_site(&url, &file.url) {
        return Ok(false);
    }
    let to = to.to_vec();
    let read =
        tokio::task::spawn_blocking(move || back_links::are_in(&decoded(&file), &file.url, &to));
    read.await.map_err(|_| Missing::Gone)
}

fn told(fault: FetchFault, asked: &str) -> Missing {
    tracing::debug!(%fault, asked, "a page of the web");
    missing(fault)
}

/// Pages that name no author may do so there: on their own server, or a page would have us ask any other.
fn oembed_address(head: &Head, base: &Url) -> Option<Url> {
    let url = base.join(head.oembed.as_deref()?).ok()?;
    let is_needed = head.first(&["author", "article:author"]).is_none();
    (is_needed && url.origin() == base.origin()).then_some(url)
}

/// A page is shown without it, too.
async fn oembed(fetcher: &Fetcher, url: &Url) -> Value {
    match fetcher.file(url, Sort::Oembed).await {
        Ok(file) => serde_json::from_slice(&file.bytes).unwrap_or_default(),
        Err(fault) => {
            tracing::debug!(%fault, %url, "what a site says of its page");
            Value::Null
        }
    }
}

/// By what the server says, the page says, or as UTF-8.
fn decoded(file: &File) -> String {
    let by_server = file.content_type.split("charset=").nth(1);
    let label = by_server.map(|rest| {
        let word = rest.split([';', ',']).next().unwrap_or_default();
        word.trim().trim_matches(['"', '\'']).as_bytes().to_vec()
    });
    let label = label.or_else(|| head::charset(&file.bytes));
    let encoding = label.and_then(|label| Encoding::for_label(&label));
    let (text, _, _) = encoding.unwrap_or(UTF_8).decode(&file.bytes);
    text.into_owned()
}

/// `None` where there is no title.
fn understood(head: &Head, base: &Url, oembed: &Value) -> Option<WebPage> {
    let linked = linked::read(&head.linked);
    let meta = |names: &[&str]| head.first(names).map(str::to_owned);
    let told = |name: &str| linked::text(&oembed[name]);
    let words = |text: Option<String>, limit| text.map(|text| words(&text, limit));
    let name = |text| words(text, limits::PREVIEW_NAME).unwrap_or_default();
    let web = |text: Option<String>| text.and_then(|text| web(base, &text));
    let title = [
        meta(&["og:title", "twitter:title"]),
        linked.title,
        told("title"),
        head.title.clone(),
    ];
    let title = title
        .into_iter()
        .filter_map(|text| words(text, limits::PREVIEW_TITLE))
        .find(|title| !title.is_empty())?;
    let description = meta(&["og:description", "twitter:description", "description"]);
    let author = meta(&["author", "article:author"]);
    let (author_page, author) = match author {
        Some(text) if text.contains("://") => (Some(text), None),
        author => (None, author),
    };
    let image = meta(&[
        "og:image:secure_url",
        "og:image",
        "og:image:url",
        "twitter:image",
        "twitter:image:src",
    ]);
    let site = meta(&["og:site_name", "application-name"]);
    let published = meta(&["article:published_time"]).or(linked.published);
    Some(WebPage {
        kind: kind(head, oembed),
        title,
        description: words(
            description.or(linked.description),
            limits::PREVIEW_DESCRIPTION,
        )
        .unwrap_or_default(),
        language: head
            .language
            .as_deref()
            .or_else(|| head.first(&["og:locale"]))
            .and_then(language),
        author_name: name(author.or(linked.author).or_else(|| told("author_name"))),
        author_url: web(author_page
            .or(linked.author_url)
            .or_else(|| told("author_url")))
        .unwrap_or_default(),
        provider_name: name(site.or(linked.site).or_else(|| told("provider_name"))),
        provider_url: base.origin().ascii_serialization(),
        image: web(image
            .or(linked.image)
            .or_else(|| told("thumbnail_url"))
            .or_else(|| head.image.clone())),
        image_description: words(
            meta(&["og:image:alt", "twitter:image:alt"]),
            limits::PICTURE_DESCRIPTION,
        )
        .unwrap_or_default(),
        published_at: published.and_then(|text| moment(&text)),
        creator: meta(&["fediverse:creator"]).and_then(|text| creator(&text)),
    })
}

/// Whom a page names as its author, with their server: a bare name could be anybody's.
fn creator(text: &str) -> Option<Handle> {
    let handle: Handle = text::plain(text).trim().parse().ok()?;
    handle.domain.is_some().then_some(handle)
}

/// What a site says itself, as far as apps know it.
fn kind(head: &Head, oembed: &Value) -> PreviewKind {
    let said = oembed["type"].as_str().unwrap_or_default();
    let graph = head.first(&["og:type"]).unwrap_or_default();
    if said == "video" || graph.starts_with("video") {
        PreviewKind::Video
    } else if said == "photo" {
        PreviewKind::Photo
    } else {
        PreviewKind::Link
    }
}

/// Text of an attribute or an element, its references read, as one line of words.
fn words(text: &str, limit: usize) -> String {
    let text = text::plain(&text.replace('<', "&lt;"));
    let line: Vec<&str> = text.split_whitespace().collect();
    let is_shown = |c: &char| !c.is_control() && !is_sly(*c);
    line.join(" ")
        .chars()
        .filter(is_shown)
        .take(limit)
        .collect()
}

/// Signs that make what follows look like something else.
fn is_sly(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200B}' | '\u{FEFF}')
}

/// An address of the web, seen from the page.
fn web(base: &Url, text: &str) -> Option<String> {
    let url = base.join(text.replace("&amp;", "&").trim()).ok()?;
    address::canonical(url.as_str())
}

/// `fr_FR` and `fr-FR` alike.
fn language(text: &str) -> Option<String> {
    let code = text.trim().replace('_', "-");
    let fits = (2..=35).contains(&code.len())
        && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    fits.then_some(code)
}

/// A moment, or a day.
fn moment(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let exact = text.parse::<Moment>().ok().map(Moment::as_millisecond);
    exact.or_else(|| {
        let day: civil::Date = text.get(..10)?.parse().ok()?;
        let start = day.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(start.timestamp().as_millisecond())
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(html: &str) -> Option<WebPage> {
        let base: Url = "https://a.example/dir/page".parse().unwrap();
        understood(&Head::read(html), &base, &Value::Null)
    }

    #[test]
    fn a_page_says_what_it_is_about() {
        let page = read(
            r#"<!DOCTYPE html><html lang="fr-FR"><head><meta charset="utf-8"><title>Sans importance</title>
            <meta property="og:title" content="Le pont &amp; la rivi&egrave;re">
            <meta name=description content='Il a 200&nbsp;ans'>
            <meta content="Le Bourg" property="og:site_name">
            <meta property="og:image" content="/pont.jpg?a=1&amp;b=2"><meta property="og:image:alt" content="Un pont">
            <meta name="author" content="Marie"><meta property="article:published_time" content="2026-11-01T10:00:00+01:00">
            </head><body><meta property="og:title" content="non"></body></html>"#,
        )
        .unwrap();
        assert_eq!(page.title, "Le pont & la rivière");
        assert_eq!(page.description, "Il a 200 ans");
        assert_eq!(page.provider_name, "Le Bourg");
        assert_eq!(page.provider_url, "https://a.example");
        assert_eq!(page.author_name, "Marie");
        assert_eq!(page.language.as_deref(), Some("fr-FR"));
        assert_eq!(
            page.image.as_deref(),
            Some("https://a.example/pont.jpg?a=1&b=2")
        );
        assert_eq!(page.image_description, "Un pont");
        assert_eq!(page.published_at, Some(1_793_523_600_000));
        assert_eq!(page.kind, PreviewKind::Link);
    }

    #[test]
    fn json_for_machines_fills_what_the_rest_leaves_open() {
        let page = read(
            r#"<title>T</title><script type="application/ld+json">{"@context": "https://schema.org", "@graph": [
            {"@type": "Organization", "name": "x"}, {"@type": ["NewsArticle"], "headline": "Le bal",
            "author": [{"@type": "Person", "name": "Paul", "url": "https://a.example/paul"}],
            "publisher": {"name": "Journal"}, "image": {"url": "https://a.example/bal.png"},
            "datePublished": "2026-11-02"}]}</script>"#,
        )
        .unwrap();
        assert_eq!(
            (page.title.as_str(), page.author_name.as_str()),
            ("Le bal", "Paul")
        );
        assert_eq!(page.author_url, "https://a.example/paul");
        assert_eq!(page.provider_name, "Journal");
        assert_eq!(page.image.as_deref(), Some("https://a.example/bal.png"));
        assert_eq!(page.published_at, Some(1_793_577_600_000));
    }

    #[test]
    fn nothing_but_words_and_addresses_of_the_web_is_taken() {
        let page = read(
            "<title>a\u{202E}b <b>c</b> &lt;script&gt;alert(1)&lt;/script&gt;\u{0}</title>\
             <meta property='og:image' content='javascript:alert(1)'>\
             <meta name='author' content='javascript://x'><meta property='og:description' content='\"><img src=x>'>",
        )
        .unwrap();
        assert_eq!(page.title, "ab <b>c</b> <script>alert(1)</script>");
        assert_eq!(page.description, "\"><img src=x>");
        assert_eq!((page.image, page.author_url.as_str()), (None, ""));
        assert_eq!(read("<p>Rien</p>"), None);
        assert_eq!(read("<title> </title>"), None);
        let long = read(&format!("<title>{}</title>", "é".repeat(10_000))).unwrap();
        assert_eq!(long.title.chars().count(), limits::PREVIEW_TITLE);
    }

    #[test]
    fn what_stands_in_comments_and_scripts_is_not_read() {
        let page = read(
            "<!-- <title>non</title> --><script>\"<title>non</title>\"</script><style><title>non</title></style>\
             <noscript><title>non</title></noscript><TITLE class='>'>oui</TITLE>",
        );
        assert_eq!(page.unwrap().title, "oui");
    }

    #[test]
    fn sites_say_more_of_a_page_elsewhere() {
        let base: Url = "https://a.example/v".parse().unwrap();
        let head = Head::read(
            "<title>T</title><link rel='alternate' type='application/json+oembed' href='/oembed?url=x&amp;y'>",
        );
        let url = oembed_address(&head, &base).unwrap();
        assert_eq!(url.as_str(), "https://a.example/oembed?url=x&y");
        let elsewhere: Url = "https://b.example/v".parse().unwrap();
        let far = "<link rel='alternate' type='application/json+oembed' href='https://a.example/'>";
        assert_eq!(oembed_address(&Head::read(far), &elsewhere), None);
        let said = json!({"type": "video", "author_name": "Nora", "author_url": "https://a.example/nora",
            "html": "<iframe src=x>", "thumbnail_url": "https://a.example/v.jpg"});
        let page = understood(&head, &base, &said).unwrap();
        assert_eq!(
            (page.kind, page.author_name.as_str()),
            (PreviewKind::Video, "Nora")
        );
        assert_eq!(page.image.as_deref(), Some("https://a.example/v.jpg"));
    }

    #[test]
    fn old_pages_are_read_in_their_own_letters() {
        for (content_type, html) in [
            ("text/html; charset=iso-8859-1", &b"<title>\xE9t\xE9</title>"[..]),
            ("text/html", b"<meta charset=windows-1252><title>\xE9t\xE9</title>"),
            (
                "text/html",
                b"<META http-equiv=Content-Type content='text/html; charset=latin1'><title>\xE9t\xE9</title>",
            ),
            ("text/html", "<title>été</title>".as_bytes()),
        ] {
            let file = File {
                url: "https://a.example/".parse().unwrap(),
                content_type: content_type.into(),
                bytes: html.to_vec(),
                turn: None,
            };
            assert_eq!(Head::read(&decoded(&file)).title.as_deref(), Some("été"));
        }
    }
}
