//! Pieces of the town for other sites: pages without scripts and cookies that alone may stand in a frame, the line to copy for
//! them, and how programs find it (oEmbed, <https://oembed.com>).

use askama::Template;
use axum::{
    extract::Path,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use parvis_model::page::Page as Piece;
use parvis_town::{
    AccountView, PostView, Viewer,
    timelines::{self, Shown},
};
use serde_json::json;

use crate::{
    anyone::Anyone,
    asked::Asked,
    fault::Fault,
    frame::{Frame, Typed},
    headers,
    page::{Answer, Page, html},
};

/// Posts in a frame.
const POSTS: u64 = 8;
/// Pixels; a frame takes the width that its place has, up to this.
const WIDTH: u64 = 550;
const HEIGHT: u64 = 600;
const OF_A_POST: u64 = 380;

#[derive(Template)]
#[template(path = "embed.html")]
pub struct EmbedPage<'a> {
    pub page: &'a Frame,
    pub heading: String,
    /// Where the whole is.
    pub path: String,
    pub posts: Vec<PostView>,
}

#[derive(Template)]
#[template(path = "embedding.html")]
pub struct EmbeddingPage<'a> {
    pub page: &'a Frame,
    /// The line to copy, and where one sees what it gives.
    pub line: String,
    pub path: String,
    pub form: Typed,
}

pub async fn town(anyone: Anyone) -> Answer {
    let nobody = Viewer::nobody();
    let posts = timelines::square(&anyone.town, &nobody, few()).await?;
    let heading = anyone.frame.town.name.clone();
    shown(anyone, heading, "/ville".into(), posts.items)
}

pub async fn person(anyone: Anyone, Path(acct): Path<String>) -> Answer {
    let who = anyone.account(&acct).await?;
    let all = Shown {
        replies: false,
        boosts: true,
        media_only: false,
    };
    let nobody = Viewer::nobody();
    let posts = timelines::of_account(&anyone.town, &nobody, who.id, all, few()).await?;
    shown(anyone, who.display_name, who.path, posts.items)
}

pub async fn post(anyone: Anyone, Path((_, number)): Path<(String, String)>) -> Answer {
    let post = anyone.post(&number).await?;
    let heading = anyone.frame.town.name.clone();
    shown(anyone, heading, post.path.clone(), vec![post])
}

fn few() -> Piece {
    Piece {
        limit: POSTS,
        ..Piece::default()
    }
}

fn shown(mut anyone: Anyone, heading: String, path: String, posts: Vec<PostView>) -> Answer {
    // Whoever logs in from the frame goes on in the town itself.
    anyone.frame.here.clone_from(&path);
    let mut response = html(&EmbedPage {
        page: &anyone.frame,
        heading,
        path,
        posts,
    })?;
    let head = response.headers_mut();
    head.insert(header::CACHE_CONTROL, headers::A_MINUTE);
    let policy = headers::policy(None).replace("frame-ancestors 'none'", "frame-ancestors *");
    let policy = HeaderValue::from_str(&policy).map_err(|_| Fault::BadRequest)?;
    head.insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

/// The page that shows the line to copy: for the town, or for whom `qui` names.
pub async fn embedding(page: Page) -> Answer {
    let named = page.query.text("qui").trim_start_matches('@').to_owned();
    let mut form = Typed::new(Asked::of([("qui", named.clone())]));
    let mut path = "/integrer/ville".to_owned();
    if !named.is_empty() {
        match crate::profile::find(&page, &named).await {
            Ok(who) if who.local => path = format!("/integrer{}", who.path),
            Ok(_) | Err(Fault::NotFound) => {
                let message = page.frame.t("embedding-nobody");
                form = form.with_wrong(Some("qui"), message);
            }
            Err(fault) => return Err(fault),
        }
    }
    html(&EmbeddingPage {
        page: &page.frame,
        line: line(&page.town.origin, &path, &page.frame.town.name, HEIGHT),
        path,
        form,
    })
}

/// `path` and `origin` are made of signs that need no escaping.
fn line(origin: &str, path: &str, title: &str, height: u64) -> String {
    let title = title
        .replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;");
    format!(
        "<iframe src=\"{origin}{path}\" title=\"{title}\" width=\"100%\" height=\"{height}\" loading=\"lazy\" \
         sandbox=\"allow-popups allow-popups-to-escape-sandbox\" style=\"border:0;max-width:{WIDTH}px\"></iframe>"
    )
}

/// What stands behind an address of ours.
enum Meant {
    Town,
    Person(Box<AccountView>),
    Post(Box<PostView>),
}

async fn meant(anyone: &Anyone, url: &str) -> Result<Meant, Fault> {
    let path = url
        .strip_prefix(&anyone.town.origin)
        .ok_or(Fault::NotFound)?;
    let path = path.split(['?', '#']).next().unwrap_or_default();
    if path == "/ville" {
        return Ok(Meant::Town);
    }
    let acct = path.strip_prefix("/@").ok_or(Fault::NotFound)?;
    match acct.split_once('/') {
        Some((_, number)) => Ok(Meant::Post(Box::new(anyone.post(number).await?))),
        None => Ok(Meant::Person(Box::new(anyone.account(acct).await?))),
    }
}

pub async fn oembed(anyone: Anyone) -> Answer {
    if anyone
        .query
        .some("format")
        .is_some_and(|format| format != "json")
    {
        return Ok(StatusCode::NOT_IMPLEMENTED.into_response());
    }
    let at_most = |name: &str, usual: u64| {
        let wanted = anyone.query.text(name).parse().unwrap_or(usual);
        usual.min(wanted)
    };
    let origin = &anyone.town.origin;
    let town = anyone.frame.town.name.as_str();
    let (path, height, author) = match meant(&anyone, anyone.query.text("url")).await? {
        Meant::Town => ("/ville".to_owned(), HEIGHT, None),
        Meant::Person(who) => (who.path.clone(), HEIGHT, Some((who.display_name, who.url))),
        Meant::Post(post) => {
            let author = &post.author;
            let author = (author.display_name.clone(), author.url.clone());
            (post.path, OF_A_POST, Some(author))
        }
    };
    let height = at_most("maxheight", height);
    let mut said = json!({
        "version": "1.0", "type": "rich", "provider_name": town, "provider_url": origin, "cache_age": 86_400,
        "width": at_most("maxwidth", WIDTH), "height": height,
        "html": line(origin, &format!("/integrer{path}"), town, height),
    });
    if let Some((name, url)) = author {
        said["title"] = anyone.frame.tw("post-by", "name", &name).into();
        said["author_name"] = name.into();
        said["author_url"] = url.into();
    }
    Ok(as_json(&said.to_string()))
}

fn as_json(text: &str) -> Response {
    let head = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json; charset=utf-8"),
        ),
        (header::CACHE_CONTROL, headers::A_MINUTE),
        headers::NOT_FOR_SEARCH,
        (
            header::ACCESS_CONTROL_ALLOW_ORIGIN,
            HeaderValue::from_static("*"),
        ),
    ];
    (head, text.to_owned()).into_response()
}
