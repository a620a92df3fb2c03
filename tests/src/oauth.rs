//! Apps from their introduction to the end: registered, let in on the page, with a token, turned away.

use http::Method;
use parvis_testkit::{
    Browser, Reply, TestTown,
    browser::Shown,
    exchange::{headers, urlencoded},
    form::Form,
    town::PASSWORD,
};
use serde_json::json;

pub const BACK: &str = "https://elk.zone/api/valmont/oauth/back";
pub const BY_HAND: &str = "urn:ietf:wg:oauth:2.0:oob";
/// The example of RFC 7636, appendix B.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A registered app.
pub struct App<'t> {
    pub town: &'t TestTown,
    pub id: String,
    pub secret: String,
}

pub async fn sends(town: &TestTown, path: &str, fields: &[(&str, &str)]) -> Reply {
    let kind = headers(&[("content-type", "application/x-www-form-urlencoded")]);
    let body = urlencoded(fields).into_bytes();
    town.send(Method::POST, path, kind, body).await
}

pub async fn bearing(town: &TestTown, method: Method, path: &str, token: &str) -> Reply {
    let token = headers(&[("authorization", &format!("Bearer {token}"))]);
    town.send(method, path, token, Vec::new()).await
}

impl<'t> App<'t> {
    pub async fn register(town: &'t TestTown, name: &str, redirects: &str, scopes: &str) -> Self {
        let fields = [
            ("client_name", name),
            ("redirect_uris", redirects),
            ("scopes", scopes),
            ("website", "https://elk.zone"),
        ];
        let made = sends(town, "/api/v1/apps", &fields).await;
        let made = made.expecting(200).json();
        Self {
            town,
            id: made["client_id"].as_str().unwrap().to_owned(),
            secret: made["client_secret"].as_str().unwrap().to_owned(),
        }
    }

    /// The address where a resident is asked.
    pub fn question(&self, more: &[(&str, &str)]) -> String {
        let usual = [
            ("client_id", self.id.as_str()),
            ("redirect_uri", BACK),
            ("response_type", "code"),
            ("scope", "read write"),
        ];
        let usual = usual
            .iter()
            .filter(|(name, _)| more.iter().all(|(other, _)| other != name));
        let all: Vec<_> = usual.chain(more).copied().collect();
        format!("/oauth/authorize?{}", urlencoded(&all))
    }

    pub async fn asks_for_token(&self, more: &[(&str, &str)]) -> Reply {
        let usual = [
            ("client_id", self.id.as_str()),
            ("client_secret", self.secret.as_str()),
            ("grant_type", "authorization_code"),
            ("redirect_uri", BACK),
        ];
        let usual = usual
            .iter()
            .filter(|(name, _)| more.iter().all(|(other, _)| other != name));
        let all: Vec<_> = usual.chain(more).copied().collect();
        sends(self.town, "/oauth/token", &all).await
    }

    pub async fn token_for(&self, code: &str) -> String {
        let token = self.asks_for_token(&[("code", code)]).await;
        let token = token.expecting(200).json();
        token["access_token"].as_str().unwrap().to_owned()
    }

    /// A token of someone who is logged in in this browser.
    pub async fn is_let_in(&self, browser: &mut Browser) -> String {
        let page = browser.opens(&self.question(&[])).await.expecting(200);
        let code = code_in(&answers(browser, &page, "allow").await);
        self.token_for(&code).await
    }
}

/// The form of yes or no.
pub fn decision(page: &Shown, decision: &str) -> Form {
    let forms = page.forms();
    let found = forms.into_iter().find(|form| {
        form.field("decision")
            .is_some_and(|it| it.value == decision)
    });
    found.unwrap_or_else(|| panic!("no question on {}: {}", page.path, page.html))
}

/// Where a yes or no leads.
pub async fn answers(browser: &mut Browser, page: &Shown, yes_or_no: &str) -> String {
    let form = decision(page, yes_or_no);
    let reply = browser.sends(&form).await;
    let shown = reply.text();
    assert!(
        (302..=303).contains(&reply.status),
        "{}: {shown}",
        reply.status
    );
    reply.header("location").unwrap().to_owned()
}

pub fn parameter(address: &str, name: &str) -> Option<String> {
    let (_, query) = address.split_once('?')?;
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

pub fn code_in(address: &str) -> String {
    parameter(address, "code").unwrap_or_else(|| panic!("no code in {address}"))
}

#[tokio::test]
async fn a_resident_lets_an_app_in_and_it_acts_for_them() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let app = App::register(&town, "Elk", BACK, "read write follow push profile").await;
    let mut browser = town.visitor();
    let challenge = [
        ("state", "é&état=1"),
        ("scope", "read write:statuses profile"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let log_in = browser
        .opens(&app.question(&challenge))
        .await
        .expecting(200);
    assert!(log_in.says("Elk"), "{}", log_in.html);
    let form = log_in.form("/connexion");
    let wrong = form
        .clone()
        .with("name", "marie")
        .with("password", "pas le bon pont");
    let again = browser.submits(&log_in, &wrong).await.expecting(422);
    assert!(
        again.says("Elk"),
        "the app is not forgotten after a slip of the hand"
    );
    let right = again
        .form("/connexion")
        .with("name", "marie")
        .with("password", PASSWORD);
    let page = browser.submits(&again, &right).await.expecting(200);
    for said in [
        "Elk",
        "marie",
        "elk.zone",
        "Lire tout ce que vous voyez ici",
        "Publier, modifier et supprimer vos messages",
    ] {
        assert!(page.says(said), "{said}: {}", page.html);
    }
    assert!(!page.says("Agir en votre nom") && !page.says("<script"));
    let place = answers(&mut browser, &page, "allow").await;
    assert!(place.starts_with(&format!("{BACK}?code=")), "{place}");
    assert_eq!(parameter(&place, "state").as_deref(), Some("é&état=1"));

    let code = code_in(&place);
    let proof = [("code", code.as_str()), ("code_verifier", VERIFIER)];
    let reply = app.asks_for_token(&proof).await;
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let token = reply.expecting(200).json();
    assert_eq!(token["token_type"], "Bearer");
    assert_eq!(token["scope"], "read write:statuses profile");
    assert!(
        token["created_at"].as_i64().unwrap() < 100_000_000_000,
        "seconds"
    );
    let token = token["access_token"].as_str().unwrap();

    let get = async |path| bearing(&town, Method::GET, path, token).await;
    let me = get("/api/v1/accounts/verify_credentials")
        .await
        .expecting(200)
        .json();
    assert_eq!(me["id"], marie.id.as_str());
    let itself = get("/api/v1/apps/verify_credentials")
        .await
        .expecting(200)
        .json();
    assert_eq!(itself["name"], "Elk");
    assert_eq!(itself.get("client_secret"), None);
    let info = get("/oauth/userinfo").await.expecting(200).json();
    assert_eq!(info["iss"], town.url("/"));
    assert_eq!(info["sub"], marie.uri.as_str());
    assert_eq!(info["preferred_username"], "marie");
    let body = json!({"status": "Depuis une application"}).to_string();
    let posting = headers(&[
        ("authorization", &format!("Bearer {token}")),
        ("content-type", "application/json"),
    ]);
    town.send(Method::POST, "/api/v1/statuses", posting, body.into())
        .await
        .expecting(200);
    let beyond = bearing(&town, Method::POST, "/api/v1/media", token).await;
    assert_eq!(
        beyond.expecting(403).json()["error"],
        "This action is outside the authorized scopes"
    );
}

#[tokio::test]
async fn an_app_with_an_address_of_its_own_kind_is_returned_to() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let own = "oauth2redirect://com.keylesspalace.tusky/";
    let app = App::register(&town, "Tusky", own, "read write follow push").await;
    let mut browser = town.browser_of("marie").await;
    let question = app.question(&[("redirect_uri", own), ("scope", "read write follow push")]);
    let page = browser.opens(&question).await.expecting(200);
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.contains("form-action 'self' oauth2redirect:;"),
        "{policy}"
    );
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    assert_eq!(page.headers["x-frame-options"], "DENY");
    assert!(!page.headers.contains_key("cross-origin-opener-policy"));
    let place = answers(&mut browser, &page, "allow").await;
    assert!(place.starts_with(&format!("{own}?code=")), "{place}");
}

#[tokio::test]
async fn a_refusal_is_told_to_the_app() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let app = App::register(&town, "Elk", &format!("{BACK} {BY_HAND}"), "read write").await;
    let mut browser = town.browser_of("marie").await;
    let page = browser.opens(&app.question(&[("state", "x y")])).await;
    let place = answers(&mut browser, &page, "deny").await;
    assert!(place.starts_with(BACK), "{place}");
    assert_eq!(parameter(&place, "error").as_deref(), Some("access_denied"));
    assert_eq!(parameter(&place, "state").as_deref(), Some("x y"));
    assert_eq!(parameter(&place, "code"), None);
    let page = browser
        .opens(&app.question(&[("redirect_uri", BY_HAND)]))
        .await;
    assert_eq!(answers(&mut browser, &page, "deny").await, "/");
}

#[tokio::test]
async fn an_app_may_ask_with_a_slash_at_the_end() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let app = App::register(&town, "toot", BACK, "read write").await;
    let mut browser = town.browser_of("marie").await;
    let question = app.question(&[]).replacen("authorize?", "authorize/?", 1);
    let page = browser.opens(&question).await.expecting(200);
    let place = answers(&mut browser, &page, "allow").await;
    assert!(parameter(&place, "code").is_some(), "{place}");
}

#[tokio::test]
async fn a_code_can_be_copied_by_hand_by_whom_it_was_made_for_only() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    town.resident("jean").await;
    let app = App::register(&town, "toot", BY_HAND, "read write").await;
    let mut browser = town.browser_of("marie").await;
    let page = browser
        .opens(&app.question(&[("redirect_uri", BY_HAND)]))
        .await;
    let shown = browser
        .submits(&page, &decision(&page, "allow"))
        .await
        .expecting(200);
    assert!(
        shown.path.starts_with("/oauth/authorize/native?code="),
        "{}",
        shown.path
    );
    let code = code_in(&shown.path);
    assert!(shown.says(&format!(">{code}</code>")), "{}", shown.html);
    town.browser_of("jean")
        .await
        .opens(&shown.path)
        .await
        .expecting(404);
    for made_up in ["x", "<b>x</b>"] {
        let path = format!(
            "/oauth/authorize/native?{}",
            urlencoded(&[("code", made_up)])
        );
        browser.opens(&path).await.expecting(404);
    }
    let brought = [("code", code.as_str()), ("redirect_uri", BY_HAND)];
    app.asks_for_token(&brought).await.expecting(200);
    browser.opens(&shown.path).await.expecting(404);
}

#[tokio::test]
async fn an_app_can_ask_for_another_account_than_the_one_logged_in() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    town.resident("jean").await;
    let app = App::register(&town, "Elk", BACK, "read write").await;
    let mut browser = town.browser_of("marie").await;
    let log_in = browser
        .opens(&app.question(&[("force_login", "true")]))
        .await;
    let form = log_in.expecting(200);
    let jean = form
        .form("/connexion")
        .with("name", "jean")
        .with("password", PASSWORD);
    let page = browser.submits(&form, &jean).await.expecting(200);
    assert!(page.says("@jean") && !page.says("@marie"), "{}", page.html);
    let code = code_in(&answers(&mut browser, &page, "allow").await);
    let token = app.token_for(&code).await;
    let me = bearing(
        &town,
        Method::GET,
        "/api/v1/accounts/verify_credentials",
        &token,
    )
    .await;
    assert_eq!(me.json()["username"], "jean");
}

#[tokio::test]
async fn the_question_is_asked_in_english_as_well() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let app = App::register(&town, "Elk", BACK, "read write").await;
    let mut browser = town.browser_of("marie").await;
    let page = browser
        .opens(&app.question(&[("lang", "en")]))
        .await
        .expecting(200);
    assert!(
        page.says("Elk asks for access to your account"),
        "{}",
        page.html
    );
    assert!(page.says("Read everything you see here"));
}

#[tokio::test]
async fn an_app_gives_its_own_tokens_back_and_no_other() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let elk = App::register(&town, "Elk", BACK, "read write").await;
    let other = App::register(&town, "Autre", BACK, "read write").await;
    let mut browser = town.browser_of("marie").await;
    let token = elk.is_let_in(&mut browser).await;
    let revokes = async |app: &App<'_>, secret: &str, token: &str| {
        let fields = [
            ("client_id", app.id.as_str()),
            ("client_secret", secret),
            ("token", token),
        ];
        sends(&town, "/oauth/revoke", &fields).await
    };
    let me = async || {
        let path = "/api/v1/accounts/verify_credentials";
        bearing(&town, Method::GET, path, &token).await.status
    };
    for (app, secret) in [(&other, &other.secret), (&elk, &other.secret)] {
        let reply = revokes(app, secret, &token).await.expecting(403).json();
        assert_eq!(reply["error"], "unauthorized_client");
        assert_eq!(me().await, 200);
    }
    assert_eq!(
        revokes(&elk, &elk.secret, "unknown")
            .await
            .expecting(200)
            .json(),
        json!({})
    );
    assert_eq!(
        revokes(&elk, &elk.secret, &token)
            .await
            .expecting(200)
            .json(),
        json!({})
    );
    assert_eq!(me().await, 401);
    assert_eq!(revokes(&elk, &elk.secret, &token).await.status, 200);
}
