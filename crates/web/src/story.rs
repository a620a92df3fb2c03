//! A small town with its pages, walked through as a browser without scripts would: everything through the real
//! routes and a real database.

mod strangers;
mod writing;

use std::sync::Arc;

use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use parvis_model::clock::Clock;
use parvis_store::{Store, StoreOptions};
use parvis_town::media::Media;
use parvis_town::{Town, TownOptions, settings};
use tempfile::TempDir;
use tower::ServiceExt;
use url::form_urlencoded;

const ORIGIN: &str = "http://valmont.localhost:8000";
const PASSWORD: &str = "une longue phrase";

struct Browser {
    town: Arc<Town>,
    routes: Router,
    cookies: Vec<(String, String)>,
    folder: TempDir,
}

struct Shown {
    status: StatusCode,
    headers: HeaderMap,
    html: String,
}

impl Shown {
    fn location(&self) -> &str {
        self.headers
            .get(header::LOCATION)
            .map_or("", |it| it.to_str().unwrap())
    }

    /// The form token of the page.
    fn token(&self) -> String {
        let rest = self
            .html
            .split("name=\"csrf\" value=\"")
            .nth(1)
            .expect("a form");
        rest.split('"').next().unwrap().to_owned()
    }
}

impl Browser {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("town.sqlite").display());
        let store = Store::open(StoreOptions {
            url,
            connections: 2,
        })
        .await
        .unwrap();
        let options = TownOptions {
            origin: ORIGIN.into(),
            store,
            media: Media::in_folder(folder.path().join("media")),
            clock: Clock::system(),
            rates: true,
        };
        let town = Town::open(options).await.unwrap();
        let routes = crate::routes().layer(Extension(Arc::clone(&town)));
        Self {
            town,
            routes,
            cookies: Vec::new(),
            folder,
        }
    }

    async fn send(&mut self, request: Request<Body>) -> Shown {
        let (mut parts, body) = request.into_parts();
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if !cookies.is_empty() {
            parts
                .headers
                .insert(header::COOKIE, cookies.join("; ").parse().unwrap());
        }
        let response = self
            .routes
            .clone()
            .oneshot(Request::from_parts(parts, body))
            .await
            .unwrap();
        let (head, body) = response.into_parts();
        for line in head.headers.get_all(header::SET_COOKIE) {
            let (name, rest) = line.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        let html = String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap();
        Shown {
            status: head.status,
            headers: head.headers,
            html,
        }
    }

    async fn opens(&mut self, path: &str) -> Shown {
        self.send(Request::get(path).body(Body::empty()).unwrap())
            .await
    }

    async fn posts(&mut self, path: &str, fields: &[(&str, &str)]) -> Shown {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::ORIGIN, "null")
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap();
        self.send(request).await
    }

    /// Fills in a form found on `page` and sends it.
    async fn fills(&mut self, page: &str, action: &str, fields: &[(&str, &str)]) -> Shown {
        let token = self.opens(page).await.token();
        self.posts(action, &[&[("csrf", token.as_str())], fields].concat())
            .await
    }

    /// A browser of the first administrator, with the town set up.
    async fn of_maire() -> Self {
        let mut browser = Self::new().await;
        let secret = settings::setup_secret(&browser.town)
            .await
            .unwrap()
            .unwrap();
        let page = format!("/bienvenue?lien={secret}");
        let fields = [
            ("lien", secret.as_str()),
            ("town_name", "Valmont"),
            ("language", "fr"),
            ("time_zone", "Europe/Paris"),
            ("registration", "approval"),
            ("inviters", "moderator"),
            ("hue", "35"),
            ("rules", "On se parle poliment."),
            ("name", "maire"),
            ("password", PASSWORD),
        ];
        let shown = browser.fills(&page, "/bienvenue", &fields).await;
        assert_eq!(shown.status, StatusCode::OK, "{}", shown.html);
        assert_eq!(
            shown.html.matches("<li><code>").count(),
            8,
            "the recovery codes are shown"
        );
        browser
    }

    fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

#[tokio::test]
async fn a_resident_writes_reads_changes_and_deletes() {
    let mut maire = Browser::of_maire().await;
    assert!(maire.opens("/").await.html.contains("/theme/35.css"));
    let sent = maire
        .fills(
            "/ecrire",
            "/ecrire",
            &[
                ("text", "Bonjour <i>voisins</i> #marché"),
                ("audience", "public"),
            ],
        )
        .await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.html);
    let said = "role=\"status\" data-flash>";
    let home = maire.opens("/").await;
    assert!(home.html.contains(said), "what was done is said");
    assert!(!maire.opens("/").await.html.contains(said), "and only once");
    let path = home
        .html
        .split("class=\"when\" href=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let id = path.rsplit('/').next().unwrap().to_owned();
    let thread = maire.opens(&path).await;
    assert_eq!(thread.status, StatusCode::OK);
    assert!(thread.html.contains("Bonjour") && !thread.html.contains("<i>voisins"));

    let aimer = format!("/actions/message/{id}/aimer");
    let liked = maire
        .fills(&path, &aimer, &[("retour", &format!("{path}#m-{id}"))])
        .await;
    assert_eq!(liked.location(), format!("{path}#m-{id}"));
    assert!(maire.opens("/favoris").await.html.contains(&path));

    let edit = format!("{path}/modifier");
    assert!(
        maire
            .opens(&edit)
            .await
            .html
            .contains("Bonjour &#60;i&#62;voisins")
    );
    let edited = maire
        .fills(&edit, &edit, &[("text", "Bonsoir Valmont")])
        .await;
    assert_eq!(edited.location(), path, "{}", edited.html);
    assert!(maire.opens(&path).await.html.contains("Bonsoir"));

    let delete = format!("{path}/supprimer");
    let gone = maire.fills(&delete, &delete, &[("retour", &path)]).await;
    assert_eq!(gone.location(), "/");
    let shown = maire.opens(&path).await;
    assert_eq!(shown.status, StatusCode::NOT_FOUND);
    assert!(shown.html.contains("<h1>"), "an error is a page too");
}

#[tokio::test]
async fn every_page_opens() {
    let mut maire = Browser::of_maire().await;
    for path in [
        "/",
        "/ville",
        "/tags/marché",
        "/recherche",
        "/recherche?q=maire",
        "/a-propos",
        "/confidentialite",
        "/@maire",
        "/@maire?voir=reponses",
        "/@maire?voir=images",
        "/@maire/abonnes",
        "/@maire/abonnements",
        "/avis",
        "/demandes",
        "/favoris",
        "/signets",
        "/ecrire",
        "/ecrire?a=maire",
        "/brouillons",
        "/reglages/profil",
        "/reglages/compte",
        "/reglages/codes",
        "/reglages/sessions",
        "/reglages/personnes",
        "/reglages/affichage",
        "/listes",
        "/tags",
        "/groupes",
        "/ailleurs",
        "/voisins",
        "/mairie/inscriptions",
        "/mairie/reglages",
        "/mairie/voisins",
    ] {
        let path = path.replace('é', "%C3%A9");
        let shown = maire.opens(&path).await;
        assert_eq!(shown.status, StatusCode::OK, "{path}: {}", shown.html);
        assert_eq!(
            shown.headers[header::CACHE_CONTROL],
            "private, no-store",
            "{path}"
        );
        assert!(
            shown.headers.contains_key(header::CONTENT_SECURITY_POLICY),
            "{path}"
        );
    }
    maire.cookies.clear();
    for path in [
        "/",
        "/ville",
        "/connexion",
        "/inscription",
        "/mot-de-passe-oublie",
        "/a-propos",
        "/confidentialite",
        "/@maire",
        "/recherche?q=x",
    ] {
        assert_eq!(maire.opens(path).await.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn a_visitor_is_led_to_the_log_in_and_back() {
    let mut browser = Browser::of_maire().await;
    browser.cookies.clear();
    let led = browser
        .opens("/authorize_interaction?uri=https%3A%2F%2Ffar.example%2F1")
        .await;
    assert_eq!(led.status, StatusCode::SEE_OTHER);
    assert!(
        led.location().starts_with("/connexion?suite=%2Fauthorize"),
        "{}",
        led.location()
    );
    let token = browser.opens(led.location()).await.token();
    let before = browser.cookies.clone();
    let fields = [
        ("csrf", token.as_str()),
        ("suite", "/avis"),
        ("name", "maire"),
        ("password", "wrong wrong wrong"),
    ];
    let refused = browser.posts("/connexion", &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.html.contains("value=\"maire\"") && !refused.html.contains("wrong wrong"));
    let entered = browser
        .posts(
            "/connexion",
            &[fields[0], fields[1], fields[2], ("password", PASSWORD)],
        )
        .await;
    assert_eq!(entered.location(), "/avis");
    assert!(before.iter().all(|(name, _)| name != "parvis") && browser.cookie("parvis").is_some());
    assert_eq!(browser.opens("/avis").await.status, StatusCode::OK);
    let out = browser.fills("/reglages/compte", "/deconnexion", &[]).await;
    assert_eq!(out.status, StatusCode::SEE_OTHER);
    assert_eq!(browser.cookie("parvis"), None);
    assert_eq!(browser.opens("/avis").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_form_from_elsewhere_does_nothing() {
    let mut maire = Browser::of_maire().await;
    let token = maire.opens("/ecrire").await.token();
    // A page of ours that is older than the session is asked again, and keeps what was written.
    for (origin, site, token, answer) in [
        (
            "http://rivebelle.localhost:8000",
            "same-site",
            token.as_str(),
            StatusCode::FORBIDDEN,
        ),
        ("null", "cross-site", token.as_str(), StatusCode::FORBIDDEN),
        (ORIGIN, "same-origin", "", StatusCode::UNPROCESSABLE_ENTITY),
        (
            ORIGIN,
            "same-origin",
            "AAAA",
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
    ] {
        let request = Request::post("/ecrire")
            .header(header::ORIGIN, origin)
            .header("sec-fetch-site", site)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!(
                "csrf={token}&text=pirate&audience=public"
            )))
            .unwrap();
        assert_eq!(
            maire.send(request).await.status,
            answer,
            "{origin} {site} {token}"
        );
    }
    assert!(!maire.opens("/ville").await.html.contains("pirate"));
    for path in ["/deconnexion", "/actions/message/1/aimer"] {
        assert_eq!(
            maire.opens(path).await.status,
            StatusCode::METHOD_NOT_ALLOWED,
            "{path}"
        );
    }
    assert_eq!(
        maire.opens("/avis").await.status,
        StatusCode::OK,
        "still logged in"
    );
}

#[tokio::test]
async fn a_newcomer_asks_and_the_town_hall_says_yes() {
    let mut browser = Browser::of_maire().await;
    let staff = std::mem::take(&mut browser.cookies);
    let fields = [("name", "lucie"), ("password", PASSWORD), ("agreed", "1")];
    let refused = browser.fills("/inscription", "/inscription", &fields).await;
    assert_eq!(
        refused.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "a reason is needed"
    );
    assert!(
        refused.html.contains("id=\"wrong-reason\"") && refused.html.contains("value=\"lucie\"")
    );
    let asked = browser
        .fills(
            "/inscription",
            "/inscription",
            &[&fields[..], &[("reason", "Rue du Moulin")]].concat(),
        )
        .await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.html);
    assert_eq!(browser.cookie("parvis"), None, "waits");
    assert_eq!(
        browser.opens("/mairie/inscriptions").await.status,
        StatusCode::SEE_OTHER
    );

    browser.cookies = staff;
    let desk = browser.opens("/mairie/inscriptions").await;
    assert!(desk.html.contains("Rue du Moulin"));
    let user = desk
        .html
        .split("name=\"user\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let token = desk.token();
    let done = browser
        .posts(
            "/mairie/inscriptions",
            &[("csrf", &token), ("user", &user), ("faire", "accepter")],
        )
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    browser.cookies.clear();
    let entered = browser
        .fills(
            "/connexion",
            "/connexion",
            &[("name", "lucie"), ("password", PASSWORD)],
        )
        .await;
    assert_eq!(entered.location(), "/");
    assert_eq!(
        browser.opens("/mairie/reglages").await.status,
        StatusCode::NOT_FOUND,
        "not for residents"
    );
    let maire = browser.opens("/@maire").await;
    let action = maire
        .html
        .split("formaction=\"")
        .find(|rest| rest.contains("/suivre"))
        .unwrap();
    let action = action.split('"').next().unwrap().to_owned();
    let followed = browser
        .posts(
            &action,
            &[("csrf", &maire.token()), ("retour", "//evil.example")],
        )
        .await;
    assert_eq!(followed.location(), "/", "never back to another site");
}

#[tokio::test]
async fn an_answer_is_offered_no_wider_audience_than_its_question() {
    let mut maire = Browser::of_maire().await;
    let sent = [("text", "Entre nous"), ("audience", "town")];
    maire.fills("/ecrire", "/ecrire", &sent).await;
    let home = maire.opens("/").await.html;
    let path = between(&home, "class=\"when\" href=\"", "\"").to_owned();
    let thread = maire.opens(&path).await.html;
    let offered: Vec<_> = thread.matches("<option value=").collect();
    assert_eq!(offered.len(), 2, "the town, and those named");
    assert!(thread.contains("<option value=\"town\" selected>"));
    assert!(thread.contains("<option value=\"direct\">"));

    let question = path.rsplit('/').next().unwrap();
    let wider = [
        ("reponse", question),
        ("text", "Plus loin"),
        ("audience", "public"),
        ("plus", "1"),
    ];
    let form = maire.fills(&path, "/ecrire", &wider).await.html;
    assert!(form.contains("value=\"town\" checked"));
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let rest = text.split(before).nth(1).unwrap_or_default();
    rest.split(after).next().unwrap_or_default()
}

#[tokio::test]
async fn new_recovery_codes_need_the_password() {
    let mut maire = Browser::of_maire().await;
    let page = "/reglages/codes";
    let refused = maire
        .fills(page, page, &[("old_password", "pas le bon mot")])
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.html.contains("id=\"wrong-old_password\""));
    assert!(!refused.html.contains("<li><code>"));
    let shown = maire.fills(page, page, &[("old_password", PASSWORD)]).await;
    assert_eq!(shown.html.matches("<li><code>").count(), 8);
    let code = between(&shown.html, "<li><code>", "<").to_owned();

    maire.cookies.clear();
    let recovered = [("name", "maire"), ("code", &code), ("password", PASSWORD)];
    let page = "/mot-de-passe-oublie";
    let entered = maire.fills(page, page, &recovered).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.html);
}

#[tokio::test]
async fn the_pages_speak_the_language_one_chose() {
    let mut maire = Browser::of_maire().await;
    let page = "/reglages/compte";
    let saved = maire
        .fills(page, "/reglages/langue", &[("language", "en")])
        .await;
    assert_eq!(saved.location(), page);
    assert!(maire.opens("/").await.html.contains("<html lang=\"en\">"));
    maire
        .fills(page, "/reglages/langue", &[("language", "")])
        .await;
    assert!(maire.opens("/").await.html.contains("<html lang=\"fr\">"));
}

#[tokio::test]
async fn the_town_hall_chooses_a_time_zone_that_exists() {
    let mut maire = Browser::of_maire().await;
    let page = "/mairie/reglages";
    let chosen = |zone| {
        [
            ("town_name", "Valmont"),
            ("language", "fr"),
            ("registration", "open"),
            ("inviters", "moderator"),
            ("hue", "35"),
            ("time_zone", zone),
        ]
    };
    let refused = maire.fills(page, page, &chosen("Europe/Valmont")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.html.contains("id=\"wrong-time_zone\""));
    let saved = maire.fills(page, page, &chosen("Indian/Reunion")).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
    let shown = maire.opens(page).await.html;
    assert!(shown.contains("<option value=\"Indian/Reunion\" selected>"));
}

#[tokio::test]
async fn a_town_that_is_not_set_up_says_so_kindly() {
    let mut browser = Browser::new().await;
    let shown = browser.opens("/").await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.html.contains("noindex") && !shown.html.contains("/inscription"));
    for picture in [
        "/avatar-default.png",
        "/header-default.png",
        "/thumbnail-default.png",
    ] {
        let request = Request::get(picture).body(Body::empty()).unwrap();
        let response = browser.routes.clone().oneshot(request).await.unwrap();
        assert_eq!(response.headers()[header::CONTENT_TYPE], "image/png");
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        assert!(bytes.starts_with(b"\x89PNG") && bytes.len() < 15_000);
    }
}
