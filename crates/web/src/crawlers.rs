//! What search engines and other crawlers are told: who may come (robots.txt, RFC 9309), and which pages want to be found
//! (sitemap.xml, <https://www.sitemaps.org/protocol.html>).

use askama::Template;
use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use parvis_town::{AccountView, search};

use crate::{anyone::Anyone, frame::Frame, page::Answer};

/// Crawlers that gather texts to train language models, by the names that their makers publish. Those that search engines
/// or people themselves send are not among them.
const TRAINERS: [&str; 24] = [
    "AI2Bot",
    "Ai2Bot-Dolma",
    "Amazonbot",
    "anthropic-ai",
    "Applebot-Extended",
    "Bytespider",
    "CCBot",
    "ClaudeBot",
    "Claude-Web",
    "cohere-ai",
    "cohere-training-data-crawler",
    "Diffbot",
    "FacebookBot",
    "Google-Extended",
    "GPTBot",
    "ICC-Crawler",
    "ImagesiftBot",
    "img2dataset",
    "Meta-ExternalAgent",
    "omgili",
    "omgilibot",
    "PanguBot",
    "Timpibot",
    "Webzio-Extended",
];

/// Ways that lead a crawler nowhere.
const NOT_FOR_CRAWLERS: [&str; 9] = [
    "/api/",
    "/ap/",
    "/actions/",
    "/oauth/",
    "/reglages",
    "/mairie/",
    "/recherche",
    "/connexion",
    "/ecrire",
];

const A_DAY: HeaderValue = HeaderValue::from_static("public, max-age=86400");
const AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");

/// People in the map; a town has fewer, and engines find the others by their links.
const PEOPLE: u64 = 2_000;

pub async fn robots(anyone: Anyone) -> Response {
    let origin = &anyone.town.origin;
    let trainers = TRAINERS.map(|name| format!("User-agent: {name}\n"));
    let closed = NOT_FOR_CRAWLERS.map(|path| format!("Disallow: {path}\n"));
    let (trainers, closed) = (trainers.concat(), closed.concat());
    let text = format!(
        "{trainers}Disallow: /\n\nUser-agent: *\n{closed}\nSitemap: {origin}/sitemap.xml\n"
    );
    let head = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=utf-8"),
        ),
        (header::CACHE_CONTROL, A_DAY),
    ];
    (head, text).into_response()
}

#[derive(Template)]
#[template(path = "sitemap.xml")]
struct Map<'a> {
    page: &'a Frame,
    origin: &'a str,
    people: Vec<AccountView>,
}

/// Only residents who let themselves be found by others and by search engines.
pub async fn sitemap(anyone: Anyone) -> Answer {
    let mut people = search::directory(&anyone.town, false, PEOPLE, 0).await?;
    people.retain(|who| who.indexable);
    let map = Map {
        page: &anyone.frame,
        origin: &anyone.town.origin,
        people,
    };
    let head = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/xml; charset=utf-8"),
        ),
        (header::CACHE_CONTROL, AN_HOUR),
    ];
    Ok((head, map.render()?).into_response())
}
