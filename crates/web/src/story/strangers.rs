//! Every address of the pages, by every method, asked by somebody without a log-in: what is open to them is written down here,
//! and nothing else opens. The number is that of docs/attacks.md.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use tower::ServiceExt as _;

use super::Browser;

/// Open to everybody, whatever it answers.
const OPEN: [&str; 54] = [
    "/",
    "/ville",
    "/nouveautes",
    "/nouveautes/flux",
    "/associations",
    "/tags/{tag}",
    "/recherche",
    "/a-propos",
    "/confidentialite",
    "/integrer",
    "/partager",
    "/en-attente",
    "/@{acct}",
    "/@{acct}/groupes",
    "/@{acct}/abonnes",
    "/@{acct}/abonnements",
    "/@{acct}/suivre",
    "/@{acct}/{id}/repondre",
    "/@{acct}/{id}",
    "/@{acct}/{id}/historique",
    "/reglages/affichage",
    "/oauth/authorize",
    "/oauth/authorize/",
    "/inscription",
    "/connexion",
    "/connexion/code",
    "/connexion/cle",
    "/invitation/{code}",
    "/mot-de-passe-oublie",
    "/mot-de-passe-oublie/nouveau",
    "/adresse/confirmer",
    "/avis/lettres/arreter",
    "/bienvenue",
    "/ville/fil.atom",
    "/tags/{tag}/fil.atom",
    "/@{acct}/fil.atom",
    "/integrer/ville",
    "/integrer/@{acct}",
    "/integrer/@{acct}/{id}",
    "/oembed",
    "/api/oembed",
    "/robots.txt",
    "/sitemap.xml",
    "/manifest.webmanifest",
    "/worker.js",
    "/hors-ligne",
    "/avatar-default.png",
    "/header-default.png",
    "/thumbnail-default.png",
    "/icones/{name}",
    "/assets/{name}",
    "/theme/{name}",
    "/media/remote/{kind}/{of}/{seal}",
    "/media/{*key}",
];

struct Row {
    path: &'static str,
    gets: bool,
    posts: bool,
}

/// The table of routes, as it is written: a new row cannot be forgotten here.
fn table() -> Vec<Row> {
    let rows = include_str!("../routes.rs").split(".route(").skip(1);
    rows.map(|row| Row {
        path: row.split('"').nth(1).unwrap(),
        gets: row.contains(" get("),
        posts: row.contains(" post(") || row.contains(".post("),
    })
    .collect()
}

fn filled(path: &str) -> String {
    let step = |step: &str| match step {
        "@{acct}" => "@maire".to_owned(),
        step if step.starts_with('{') => "1".to_owned(),
        step => step.to_owned(),
    };
    let steps: Vec<String> = path.split('/').map(step).collect();
    steps.join("/")
}

/// The status, and where it leads to.
async fn answer(town: &Browser, method: &Method, path: &str) -> (StatusCode, String) {
    let request = Request::builder()
        .method(method.clone())
        .uri(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::empty())
        .unwrap();
    let answer = town.routes.clone().oneshot(request).await.unwrap();
    let to = answer.headers().get(header::LOCATION);
    let to = to.map_or("", |to| to.to_str().unwrap()).to_owned();
    (answer.status(), to)
}

#[tokio::test]
async fn t255_a_stranger_opens_what_is_open_and_nothing_else() {
    let mut maire = Browser::of_maire().await;
    assert_eq!(maire.opens("/avis").await.status, StatusCode::OK);
    let table = table();
    assert!(table.len() > 100, "{} rows", table.len());
    for open in OPEN {
        assert!(table.iter().any(|row| row.path == open), "{open}");
    }
    for row in &table {
        let path = filled(row.path);
        for (method, is_there) in [
            (Method::GET, row.gets),
            (Method::POST, row.posts),
            (Method::PUT, false),
            (Method::PATCH, false),
            (Method::DELETE, false),
        ] {
            let (status, to) = answer(&maire, &method, &path).await;
            let told = format!("{method} {}: {status} {to}", row.path);
            let led = status == StatusCode::SEE_OTHER && to.starts_with("/connexion");
            assert!(!status.is_server_error(), "{told}");
            if !is_there {
                assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED, "{told}");
            } else if method == Method::POST {
                assert!(led || status.is_client_error(), "{told}");
            } else if !OPEN.contains(&row.path) {
                assert!(led, "{told}");
            }
        }
    }
}
