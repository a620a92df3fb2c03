//! Apps apart from being let in: how they introduce themselves, what they may alone, which are connected, and accounts
//! opened from within them.

use std::time::Duration;

use http::{HeaderMap, Method};
use parvis_testkit::{
    TestTown,
    exchange::{headers, urlencoded},
    town::PASSWORD,
};
use serde_json::{Value, json};

use crate::oauth::{App, BACK, BY_HAND, bearing, decision, sends};

#[tokio::test]
async fn an_app_introduces_itself_in_every_kind_of_body() {
    let town = TestTown::start("valmont").await;
    let both = format!("{BACK}\n{BY_HAND}");
    let form = [("client_name", "Elk"), ("redirect_uris", both.as_str())];
    let by_form = sends(&town, "/api/v1/apps", &form).await.expecting(200);
    let many = format!(
        "client_name=Elk&redirect_uris[]={}&redirect_uris[]={BY_HAND}",
        urlencoded(&[("", BACK)]).trim_start_matches('=')
    );
    let kind = headers(&[("content-type", "application/x-www-form-urlencoded")]);
    let by_list = town.send(Method::POST, "/api/v1/apps", kind, many.into());
    let document = json!({"client_name": "Elk", "redirect_uris": [BACK, BY_HAND], "website": ""});
    let kind = headers(&[("content-type", "application/json")]);
    let body = document.to_string().into_bytes();
    let by_json = town.send(Method::POST, "/api/v1/apps", kind, body);
    let part = |name, text| {
        format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")
    };
    let parts = part("client_name", "Elk") + &part("redirect_uris", &both) + "--b--\r\n";
    let kind = headers(&[("content-type", "multipart/form-data; boundary=b")]);
    let by_parts = town.send(Method::POST, "/api/v1/apps", kind, parts.into());
    for reply in [by_form, by_list.await, by_json.await, by_parts.await] {
        assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
        let made = reply.expecting(200).json();
        assert!(
            made["id"].is_string() && made["vapid_key"].is_string(),
            "{made}"
        );
        assert_eq!(made["redirect_uris"], json!([BACK, BY_HAND]));
        assert_eq!(made["redirect_uri"], both.as_str());
        assert_eq!(made["scopes"], json!(["read"]));
        assert_eq!(made["website"], Value::Null);
        assert_eq!(made["client_secret_expires_at"], 0);
        for secret in ["client_id", "client_secret"] {
            assert!(made[secret].as_str().unwrap().len() >= 32, "{made}");
        }
    }
}

#[tokio::test]
async fn an_app_that_introduces_itself_badly_is_told_so() {
    let town = TestTown::start("valmont").await;
    let long = "a".repeat(100_000);
    let bad = [
        ("", BACK, "read", ""),
        (long.as_str(), BACK, "read", ""),
        ("Elk", "", "read", ""),
        ("Elk", "javascript:alert(1)", "read", ""),
        ("Elk", "https://elk.zone/ data:text/html,x", "read", ""),
        ("Elk", "elk.zone", "read", ""),
        ("Elk", BACK, "read everything", ""),
        ("Elk", BACK, "read", "javascript:alert(1)"),
    ];
    for (name, redirects, scopes, website) in bad {
        let fields = [
            ("client_name", name),
            ("redirect_uris", redirects),
            ("scopes", scopes),
            ("website", website),
        ];
        let reply = sends(&town, "/api/v1/apps", &fields).await.expecting(422);
        assert!(reply.json()["error"].is_string());
    }
}

#[tokio::test]
async fn a_flood_of_apps_from_one_address_is_stopped() {
    let town = TestTown::start_with("valmont", &[("PARVIS_LIMITS__RATE", "on")]).await;
    let fields = [("client_name", "Elk"), ("redirect_uris", BACK)];
    let mut statuses = Vec::new();
    for _ in 0..31 {
        let reply = sends(&town, "/api/v1/apps", &fields).await;
        statuses.push(reply.status);
    }
    assert_eq!((statuses[0], statuses[30]), (200, 429), "{statuses:?}");
}

#[tokio::test]
async fn the_discovery_document_names_what_is_there() {
    let town = TestTown::start("valmont").await;
    let reply = town.get("/.well-known/oauth-authorization-server").await;
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    let document = reply.expecting(200).json();
    assert_eq!(document["issuer"], town.url("/"));
    assert_eq!(
        document["code_challenge_methods_supported"],
        json!(["S256"])
    );
    assert_eq!(document["response_types_supported"], json!(["code"]));
    let scopes = document["scopes_supported"].as_array().unwrap();
    assert!(scopes.contains(&json!("read")) && scopes.contains(&json!("write:media")));
    for (name, method) in [
        ("authorization_endpoint", Method::GET),
        ("token_endpoint", Method::POST),
        ("revocation_endpoint", Method::POST),
        ("userinfo_endpoint", Method::GET),
        ("app_registration_endpoint", Method::POST),
    ] {
        let address = document[name].as_str().unwrap();
        let path = address.strip_prefix(&town.origin).unwrap();
        let reply = town.send(method, path, HeaderMap::new(), Vec::new()).await;
        assert!(
            ![404, 405].contains(&reply.status),
            "{name}: {}",
            reply.status
        );
    }
}

#[tokio::test]
async fn a_resident_sees_which_apps_are_connected_and_cuts_them_off() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    town.resident("jean").await;
    let elk = App::register(&town, "Elk <b>", BACK, "read write").await;
    let tusky = App::register(&town, "Tusky", BACK, "read write").await;
    let mut browser = town.browser_of("marie").await;
    let jeans = elk.is_let_in(&mut town.browser_of("jean").await).await;
    let mut tokens = Vec::new();
    for app in [&elk, &elk, &tusky] {
        tokens.push(app.is_let_in(&mut browser).await);
    }
    let me = async |token: &str| {
        let path = "/api/v1/accounts/verify_credentials";
        bearing(&town, Method::GET, path, token).await.status
    };
    assert_eq!(me(&tokens[0]).await, 200);
    let page = browser.opens("/reglages/applications").await.expecting(200);
    assert!(
        page.says("Elk &#60;b&#62;") && page.says("Tusky"),
        "{}",
        page.html
    );
    assert!(
        page.says("parvis token create"),
        "tokens of no app are shown too"
    );
    assert!(page.says("Jamais utilisée"));
    // Written down beside the answer.
    let mut shown = page.says("Utilisée le");
    for _ in 0..50 {
        if shown {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        shown = browser
            .opens("/reglages/applications")
            .await
            .says("Utilisée le");
    }
    assert!(shown);
    let mut forms = page
        .forms()
        .into_iter()
        .filter(|form| form.has("application"));
    let of_elk = forms
        .nth(1)
        .expect("one row for each app, the latest first");
    browser.submits(&page, &of_elk).await.expecting(200);
    for (token, wanted) in [
        (&tokens[0], 401),
        (&tokens[1], 401),
        (&tokens[2], 200),
        (&jeans, 200),
    ] {
        assert_eq!(me(token).await, wanted);
    }
    let page = browser.opens("/reglages/applications").await;
    assert!(!page.says("Elk") && page.says("Tusky"), "{}", page.html);
}

#[tokio::test]
async fn a_token_of_an_app_alone_opens_what_is_public_and_nothing_of_anyone() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    marie.posts("Bonjour la place").await;
    let app = App::register(&town, "Elk", BACK, "read write").await;
    let alone = [("grant_type", "client_credentials"), ("scope", "read")];
    let token = app.asks_for_token(&alone).await.expecting(200).json();
    assert_eq!(token["scope"], "read");
    let token = token["access_token"].as_str().unwrap();
    let status = async |method, path| bearing(&town, method, path, token).await.status;
    assert_eq!(
        status(Method::GET, "/api/v1/apps/verify_credentials").await,
        200
    );
    assert_eq!(status(Method::GET, "/api/v1/timelines/public").await, 200);
    let home = bearing(&town, Method::GET, "/api/v1/timelines/home", token).await;
    assert_eq!(
        home.expecting(422).json()["error"],
        "This method requires an authenticated user"
    );
    assert_eq!(status(Method::POST, "/api/v1/statuses").await, 403);
}

#[tokio::test]
async fn an_app_opens_an_account_by_the_towns_rules() {
    let town = TestTown::start("valmont").await;
    town.set_up("open").await;
    let app = App::register(&town, "Elk", BACK, "read write").await;
    let alone = [
        ("grant_type", "client_credentials"),
        ("scope", "read write"),
    ];
    let alone = app.asks_for_token(&alone).await.expecting(200).json();
    let alone = headers(&[
        (
            "authorization",
            &format!("Bearer {}", alone["access_token"].as_str().unwrap()),
        ),
        ("content-type", "application/x-www-form-urlencoded"),
    ]);
    let signs_up = async |fields: &[(&str, &str)]| {
        let body = urlencoded(fields).into_bytes();
        town.send(Method::POST, "/api/v1/accounts", alone.clone(), body)
            .await
    };
    let bad = [
        ("username", "maire"),
        ("email", "pas une adresse"),
        ("password", "court"),
        ("agreement", "false"),
        ("locale", "fr"),
    ];
    let told = signs_up(&bad).await.expecting(422).json();
    for (field, code) in [
        ("username", "ERR_TAKEN"),
        ("email", "ERR_INVALID"),
        ("password", "ERR_TOO_SHORT"),
        ("agreement", "ERR_ACCEPTED"),
    ] {
        assert_eq!(told["details"][field][0]["error"], code, "{told}");
        assert!(told["details"][field][0]["description"].is_string());
    }
    assert!(
        told["error"]
            .as_str()
            .unwrap()
            .starts_with("Validation failed")
    );
    let blank = [
        ("username", " "),
        ("email", ""),
        ("password", ""),
        ("agreement", "true"),
    ];
    let told = signs_up(&blank).await.expecting(422).json();
    for field in ["username", "password"] {
        assert_eq!(told["details"][field][0]["error"], "ERR_BLANK", "{told}");
    }
    assert!(told["details"].get("email").is_none(), "none is needed");
    let good = [
        ("username", "paule"),
        ("email", "paule@courriel.example"),
        ("password", PASSWORD),
        ("agreement", "true"),
        ("locale", "fr"),
    ];
    let token = signs_up(&good).await.expecting(200).json();
    assert_eq!(token["scope"], "read write");
    let token = token["access_token"].as_str().unwrap();
    let me = bearing(
        &town,
        Method::GET,
        "/api/v1/accounts/verify_credentials",
        token,
    )
    .await;
    assert_eq!(me.expecting(200).json()["username"], "paule");
    town.visitor().logs_in("paule", PASSWORD).await;
}

#[tokio::test]
async fn accounts_opened_with_the_tokens_of_new_ones_are_counted_like_the_others() {
    let town = TestTown::start_with("valmont", &[("PARVIS_LIMITS__RATE", "on")]).await;
    town.set_up("open").await;
    let app = App::register(&town, "Elk", BACK, "read write").await;
    let alone = [("grant_type", "client_credentials"), ("scope", "write")];
    let token = app.asks_for_token(&alone).await.expecting(200).json();
    let mut token = token["access_token"].as_str().unwrap().to_owned();
    for number in 0..=10 {
        let head = headers(&[
            ("authorization", &format!("Bearer {token}")),
            ("content-type", "application/x-www-form-urlencoded"),
        ]);
        let (name, email) = (format!("paule{number}"), format!("p{number}@mel.example"));
        let fields = [
            ("username", name.as_str()),
            ("email", email.as_str()),
            ("password", PASSWORD),
            ("agreement", "true"),
        ];
        let body = urlencoded(&fields).into_bytes();
        let reply = town
            .send(Method::POST, "/api/v1/accounts", head, body)
            .await;
        let wanted = if number < 10 { 200 } else { 429 };
        assert_eq!(reply.status, wanted, "{number}: {}", reply.text());
        if number == 9 {
            token = reply.json()["access_token"].as_str().unwrap().to_owned();
        }
    }
}

#[tokio::test]
async fn nothing_after_the_page_is_kept_of_an_apps_website() {
    let town = TestTown::start("valmont").await;
    let website = format!("https://elk.zone/a#{}", "a".repeat(500_000));
    let fields = [
        ("client_name", "Elk"),
        ("redirect_uris", BACK),
        ("website", website.as_str()),
    ];
    let made = sends(&town, "/api/v1/apps", &fields).await.expecting(200);
    assert_eq!(made.json()["website"], "https://elk.zone/a");
}

#[tokio::test]
async fn names_that_no_database_can_hold_are_not_found() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let app = App::register(&town, "Elk", BACK, "read write").await;
    let nul = ("client_id", "a\0b");
    app.asks_for_token(&[nul, ("code", "invented")])
        .await
        .expecting(401);
    town.visitor()
        .opens(&app.question(&[nul]))
        .await
        .expecting(400);
    let mut browser = town.visitor();
    let page = browser.opens("/connexion").await.expecting(200);
    let form = page
        .form("/connexion")
        .with("name", "mar\0ie")
        .with("password", PASSWORD);
    let page = browser.submits(&page, &form).await;
    assert!((400..500).contains(&page.status), "{}", page.status);
    let path = "/api/v1/domain_blocks?domain=a%00b.example";
    bearing(&town, Method::DELETE, path, &marie.token)
        .await
        .expecting(200);
}

#[tokio::test]
async fn a_person_lets_in_no_flood_of_apps() {
    let town = TestTown::start_with("valmont", &[("PARVIS_LIMITS__RATE", "on")]).await;
    town.resident("marie").await;
    let app = App::register(&town, "Elk", BACK, "read write").await;
    let mut browser = town.browser_of("marie").await;
    let page = browser.opens(&app.question(&[])).await.expecting(200);
    let yes = urlencoded(&decision(&page, "allow").pairs()).into_bytes();
    let kind = headers(&[("content-type", "application/x-www-form-urlencoded")]);
    let mut statuses = Vec::new();
    for _ in 0..31 {
        let reply = browser
            .exchange(Method::POST, "/oauth/authorize", kind.clone(), yes.clone())
            .await;
        statuses.push(reply.status);
    }
    assert!(statuses[..30].iter().all(|status| *status == 302));
    assert_eq!(statuses[30], 429);
}

#[tokio::test]
async fn of_the_tokens_an_app_holds_for_someone_the_oldest_goes() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let app = App::register(&town, "Elk", BACK, "read write").await;
    let mut browser = town.browser_of("marie").await;
    let mut tokens = Vec::new();
    for _ in 0..51 {
        tokens.push(app.is_let_in(&mut browser).await);
    }
    let path = "/api/v1/accounts/verify_credentials";
    for (token, wanted) in [(&tokens[0], 401), (&tokens[1], 200), (&tokens[50], 200)] {
        let reply = bearing(&town, Method::GET, path, token).await;
        assert_eq!(reply.status, wanted);
    }
}

#[tokio::test]
async fn who_signs_up_in_an_app_waits_for_the_towns_yes_where_it_is_asked_for() {
    let town = TestTown::start("valmont").await;
    let mut maire = town.set_up("approval").await;
    let app = App::register(&town, "Elk", BACK, "read write").await;
    let alone = [
        ("grant_type", "client_credentials"),
        ("scope", "read write"),
    ];
    let alone = app.asks_for_token(&alone).await.expecting(200).json();
    let alone = headers(&[
        (
            "authorization",
            &format!("Bearer {}", alone["access_token"].as_str().unwrap()),
        ),
        ("content-type", "application/json"),
    ]);
    let signs_up = async |reason: &str| {
        let body = json!({"username": "paule", "email": "p@courriel.example", "password": PASSWORD,
                          "agreement": true, "locale": "fr", "reason": reason});
        let body = body.to_string().into_bytes();
        town.send(Method::POST, "/api/v1/accounts", alone.clone(), body)
            .await
    };
    let told = signs_up("").await.expecting(422).json();
    assert_eq!(told["details"]["reason"][0]["error"], "ERR_BLANK");
    let token = signs_up("J’habite rue des Ponts")
        .await
        .expecting(200)
        .json();
    let token = token["access_token"].as_str().unwrap();
    let home = async || bearing(&town, Method::GET, "/api/v1/timelines/home", token).await;
    let told = home().await.expecting(403).json();
    assert_eq!(told["error"], "Your login is currently pending approval");
    let itself = bearing(&town, Method::GET, "/api/v1/apps/verify_credentials", token).await;
    itself.expecting(200);
    let page = maire.opens("/mairie/inscriptions").await.expecting(200);
    assert!(page.says("paule"), "{}", page.html);
    let mut forms = page.forms().into_iter();
    let form = forms.find(|form| form.has("user")).unwrap();
    maire
        .submits(&page, &form.pressing("faire", "accepter"))
        .await
        .expecting(200);
    home().await.expecting(200);
    let closed = TestTown::start("rivebelle").await;
    closed.set_up("closed").await;
    let app = App::register(&closed, "Elk", BACK, "read write").await;
    let alone = [("grant_type", "client_credentials"), ("scope", "write")];
    let alone = app.asks_for_token(&alone).await.expecting(200).json();
    let token = alone["access_token"].as_str().unwrap();
    bearing(&closed, Method::POST, "/api/v1/accounts", token)
        .await
        .expecting(403);
}
