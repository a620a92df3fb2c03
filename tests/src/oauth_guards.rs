//! Ways to get at someone's account through apps that must not work: security.md, group 6 (T182–T199).

use http::{HeaderMap, Method};
use parvis_testkit::{
    TestTown,
    exchange::{headers, urlencoded},
    town::PASSWORD,
};
use sea_orm::{ConnectionTrait, Database};

use crate::oauth::{
    App, BACK, BY_HAND, CHALLENGE, VERIFIER, answers, bearing, code_in, decision, sends,
};

async fn home(town: &TestTown, token: &str) -> u16 {
    bearing(town, Method::GET, "/api/v1/timelines/home", token)
        .await
        .status
}

/// A code of someone who has just said yes.
async fn code(app: &App<'_>, more: &[(&str, &str)]) -> String {
    let mut browser = app.town.browser_of("marie").await;
    let page = browser.opens(&app.question(more)).await.expecting(200);
    code_in(&answers(&mut browser, &page, "allow").await)
}

/// T182
#[tokio::test]
async fn nonsense_is_no_token() {
    let town = TestTown::start("valmont").await;
    for token in ["rubbish", "x' OR '1'='1", "null"] {
        assert_eq!(home(&town, token).await, 401, "{token}");
    }
    assert_eq!(town.get("/api/v1/timelines/home").await.status, 401);
}

/// T184, T191
#[tokio::test]
async fn an_app_without_its_secret_gets_no_token() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let app = App::register(&town, "Elk", BACK, "read write").await;
    let code = code(&app, &[]).await;
    let told = async |more: &[(&str, &str)], status: u16, error: &str| {
        let reply = app.asks_for_token(more).await.expecting(status);
        let told = reply.json();
        assert_eq!(told["error"], error, "{told}");
        assert!(told["error_description"].is_string(), "{told}");
        assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    };
    let with = ("code", code.as_str());
    for secret in ["", "wrong"] {
        told(&[with, ("client_secret", secret)], 401, "invalid_client").await;
    }
    told(&[with, ("client_id", "unknown")], 401, "invalid_client").await;
    told(&[("code", "invented")], 400, "invalid_grant").await;
    told(&[("code", "")], 400, "invalid_request").await;
    told(&[("grant_type", "")], 400, "invalid_request").await;
    let password = [
        ("grant_type", "password"),
        ("username", "marie"),
        ("password", PASSWORD),
    ];
    told(&password, 400, "unsupported_grant_type").await;
    let wide = [("grant_type", "client_credentials"), ("scope", "read push")];
    told(&wide, 400, "invalid_scope").await;
    let unknown = [
        ("grant_type", "client_credentials"),
        ("scope", "everything"),
    ];
    told(&unknown, 400, "invalid_scope").await;
    app.asks_for_token(&[with]).await.expecting(200);
}

#[tokio::test]
async fn an_app_may_show_its_secret_by_http_basic_and_ask_in_json() {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let town = TestTown::start("valmont").await;
    let app = App::register(&town, "Elk", BACK, "read write").await;
    let asks = async |secret: &str| {
        let pair = STANDARD.encode(format!("{}:{secret}", app.id));
        let head = headers(&[
            ("authorization", &format!("Basic {pair}")),
            ("content-type", "application/json"),
        ]);
        let body = b"{\"grant_type\":\"client_credentials\"}".to_vec();
        town.send(Method::POST, "/oauth/token", head, body).await
    };
    asks(&app.secret).await.expecting(200);
    let told = asks("wrong").await.expecting(401);
    assert!(
        told.header("www-authenticate")
            .unwrap()
            .starts_with("Basic ")
    );
}

/// T185, T186, T189, T191, T192
#[tokio::test]
async fn a_request_that_is_wrong_is_told_on_the_spot_and_leads_nowhere() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let app = App::register(&town, "Elk", BACK, "read write").await;
    let wrong: [(&str, &str); 17] = [
        ("client_id", "unknown"),
        ("client_id", "<script>alert(1)</script>"),
        (
            "redirect_uri",
            "https://elk.zone.evil.example/api/valmont/oauth/back",
        ),
        (
            "redirect_uri",
            "https://elk.zone/api/valmont/oauth/back/more",
        ),
        (
            "redirect_uri",
            "https://elk.zone/api/valmont/oauth/back?x=1",
        ),
        ("redirect_uri", "https://elk.zone/api/valmont/oauth/bac"),
        (
            "redirect_uri",
            "https://elk.zone:8443/api/valmont/oauth/back",
        ),
        ("redirect_uri", "//elk.zone/api/valmont/oauth/back"),
        ("redirect_uri", "javascript:alert(1)"),
        ("redirect_uri", BY_HAND),
        ("response_type", "token"),
        ("response_type", ""),
        ("response_mode", "form_post"),
        ("scope", "read write push"),
        ("scope", "<b>everything</b>"),
        ("code_challenge_method", "plain"),
        ("code_challenge", "too-short"),
    ];
    let mut browsers = [town.visitor(), town.browser_of("marie").await];
    for (name, value) in wrong {
        let challenge = ("code_challenge", CHALLENGE);
        let more = match name {
            "code_challenge_method" => vec![challenge, (name, value)],
            _ => vec![(name, value)],
        };
        for browser in &mut browsers {
            let page = browser.opens(&app.question(&more)).await;
            assert_eq!(page.status, 400, "{name}={value}");
            assert!(page.path.starts_with("/oauth/authorize"), "{}", page.path);
            assert!(
                !page.says("<script>alert") && !page.says("<b>everything"),
                "{}",
                page.html
            );
            assert!(page.forms().iter().all(|form| !form.has("decision")));
        }
    }
}

/// T192
#[tokio::test]
async fn marks_in_what_an_app_says_of_itself_stay_text() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let app = App::register(&town, "<img src=x onerror=alert(1)>", BACK, "read write").await;
    let state = [("state", "\"><script>alert(2)</script>")];
    for mut browser in [town.visitor(), town.browser_of("marie").await] {
        let page = browser.opens(&app.question(&state)).await.expecting(200);
        assert!(page.says("&#60;img src=x"), "{}", page.html);
        assert!(
            !page.says("<img src=x") && !page.says("<script>alert"),
            "{}",
            page.html
        );
    }
}

/// T188
#[tokio::test]
async fn a_code_is_good_once_for_one_app_and_the_address_it_went_to() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let second = "https://elk.zone/second";
    let app = App::register(&town, "Elk", &format!("{BACK} {second}"), "read write").await;
    let other = App::register(&town, "Autre", BACK, "read write").await;
    let code = code(&app, &[]).await;
    let with = ("code", code.as_str());
    other.asks_for_token(&[with]).await.expecting(400);
    app.asks_for_token(&[with, ("redirect_uri", second)])
        .await
        .expecting(400);
    let proof = [with, ("code_verifier", VERIFIER)];
    app.asks_for_token(&proof).await.expecting(400);
    let token = app.token_for(&code).await;
    assert_eq!(home(&town, &token).await, 200);
    other.asks_for_token(&[with]).await.expecting(400);
    assert_eq!(
        home(&town, &token).await,
        200,
        "another app's try ends nothing"
    );
    let told = app.asks_for_token(&[with]).await.expecting(400).json();
    assert_eq!(told["error"], "invalid_grant");
    assert_eq!(
        home(&town, &token).await,
        401,
        "a code used twice has been seen by two"
    );
}

#[tokio::test]
async fn of_two_who_bring_a_code_at_once_neither_keeps_a_token() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let app = App::register(&town, "Elk", BACK, "read write").await;
    for _ in 0..5 {
        let code = code(&app, &[]).await;
        let more = [("code", code.as_str())];
        let replies =
            futures_util::future::join_all((0..4).map(|_| app.asks_for_token(&more))).await;
        let given: Vec<_> = replies.iter().filter(|reply| reply.status == 200).collect();
        assert!(given.len() <= 1, "{} tokens for one code", given.len());
        for reply in given {
            let token = reply.json()["access_token"].as_str().unwrap().to_owned();
            assert_eq!(home(&town, &token).await, 401);
        }
    }
}

/// T188
#[tokio::test]
async fn a_code_older_than_ten_minutes_is_worth_nothing() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let app = App::register(&town, "Elk", BACK, "read write").await;
    for (minutes, wanted) in [(9, 200), (10, 400)] {
        let code = code(&app, &[]).await;
        let db = Box::pin(Database::connect(town.database_url()))
            .await
            .unwrap();
        let older = minutes * 60_000;
        let sql = format!(
            "UPDATE auth_code SET created_at = created_at - {older} WHERE token_id IS NULL"
        );
        db.execute_unprepared(&sql).await.unwrap();
        app.asks_for_token(&[("code", &code)])
            .await
            .expecting(wanted);
    }
}

/// T189
#[tokio::test]
async fn a_code_asked_for_with_a_challenge_needs_its_proof() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let app = App::register(&town, "Elk", BACK, "read write").await;
    let challenge = [
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let code = code(&app, &challenge).await;
    let other = "a".repeat(43);
    for wrong in ["", "short", other.as_str(), CHALLENGE] {
        let more = [("code", code.as_str()), ("code_verifier", wrong)];
        let told = app.asks_for_token(&more).await.expecting(400).json();
        assert_eq!(told["error"], "invalid_grant", "{wrong}");
    }
    let proof = [("code", code.as_str()), ("code_verifier", VERIFIER)];
    app.asks_for_token(&proof).await.expecting(200);
}

/// T196, T199
#[tokio::test]
async fn nobody_says_yes_in_someones_place() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    town.resident("jean").await;
    let app = App::register(&town, "Elk", BACK, "read write").await;
    let mut browser = town.browser_of("marie").await;
    let page = browser.opens(&app.question(&[])).await.expecting(200);
    let form = decision(&page, "allow");
    let mut other = town.browser_of("jean").await;
    let others = decision(&other.opens(&app.question(&[])).await, "allow");
    let kind = ("content-type", "application/x-www-form-urlencoded");
    let foreign = headers(&[kind, ("origin", "https://evil.example")]);
    let cross = headers(&[kind, ("sec-fetch-site", "cross-site")]);
    let usual = headers(&[kind]);
    let tries = [
        (form.clone().without("csrf"), usual.clone()),
        (form.clone(), foreign),
        (form.clone(), cross),
        (others, usual.clone()),
    ];
    for (form, head) in tries {
        let body = urlencoded(&form.pairs()).into_bytes();
        let reply = browser
            .exchange(Method::POST, "/oauth/authorize", head, body)
            .await;
        assert_eq!(reply.status, 403, "{}", reply.text());
    }
    let anyone = sends(&town, "/oauth/authorize", &form.pairs()).await;
    assert_eq!(anyone.status, 303, "to the log-in");
    assert_eq!(page.headers["x-frame-options"], "DENY");
    assert_eq!(page.headers["cache-control"], "private, no-store");
    let db = Box::pin(Database::connect(town.database_url()))
        .await
        .unwrap();
    let codes = db.query_all_raw(sea_orm::Statement::from_string(
        db.get_database_backend(),
        "SELECT id FROM auth_code",
    ));
    assert!(codes.await.unwrap().is_empty(), "no effect");
}

/// T205
#[tokio::test]
async fn a_new_password_ends_tokens_and_codes() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let app = App::register(&town, "Elk", BACK, "read write").await;
    let token = app.token_for(&code(&app, &[]).await).await;
    let unspent = code(&app, &[]).await;
    town.cli(&["account", "reset-password", "marie"])
        .await
        .succeeding();
    assert_eq!(home(&town, &token).await, 401);
    app.asks_for_token(&[("code", &unspent)])
        .await
        .expecting(400);
}

/// What lies in the database opens nothing (security.md, 4).
#[tokio::test]
async fn no_secret_of_an_app_lies_in_the_database() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let app = App::register(&town, "Elk", BACK, "read write").await;
    let spent = code(&app, &[]).await;
    let token = app.token_for(&spent).await;
    let unspent = code(&app, &[]).await;
    let alone = [("grant_type", "client_credentials")];
    let alone = app.asks_for_token(&alone).await.expecting(200).json();
    let alone = alone["access_token"].as_str().unwrap();
    let db = Box::pin(Database::connect(town.database_url()))
        .await
        .unwrap();
    let mut stored = String::new();
    for column in [
        "secret_hash FROM app",
        "secret_hash FROM app_token",
        "code_hash FROM auth_code",
        "secret_hash FROM token",
    ] {
        let sql = format!("SELECT {column}");
        let rows = db.query_all_raw(sea_orm::Statement::from_string(
            db.get_database_backend(),
            sql,
        ));
        for row in rows.await.unwrap() {
            stored += &row.try_get_by_index::<String>(0).unwrap();
        }
    }
    assert!(stored.len() > 4 * 64);
    for secret in [app.secret.as_str(), &token, &spent, &unspent, alone] {
        assert!(!stored.contains(secret));
    }
    let log = town.program.log();
    for secret in [app.secret.as_str(), &token, &spent, &unspent, alone] {
        assert!(!log.contains(secret), "a secret in the log");
    }
}

/// Every page on the way, the redirect of the log-in too, or the window would lose who opened it.
#[tokio::test]
async fn a_window_opened_by_a_web_app_is_not_cut_off_from_it() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let app = App::register(&town, "Phanpy", BACK, "read write").await;
    let mut browser = town.visitor();
    let policy = "cross-origin-opener-policy";
    let page = browser.opens(&app.question(&[])).await.expecting(200);
    assert!(!page.headers.contains_key(policy));
    let form = page
        .form("/connexion")
        .with("name", "marie")
        .with("password", PASSWORD);
    let reply = browser.sends(&form).await;
    assert_eq!(reply.status, 303);
    assert!(reply.header(policy).is_none());
    let next = reply.header("location").unwrap().to_owned();
    let page = browser
        .exchange(Method::GET, &next, HeaderMap::new(), Vec::new())
        .await;
    assert!(page.header(policy).is_none());
    assert_eq!(
        town.get("/a-propos").await.header(policy),
        Some("same-origin")
    );
}
