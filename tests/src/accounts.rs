//! Staying safe, on the pages: log-in and its limits, sessions, passwords, and what every form holds to.

use http::{HeaderMap, Method};
use parvis_testkit::{
    Browser, Reply, TestTown,
    exchange::{headers, urlencoded},
    town::PASSWORD,
};

use crate::story::signs_up;

/// Is someone logged in?
pub async fn is_known(browser: &mut Browser) -> bool {
    !browser
        .opens("/reglages/compte")
        .await
        .path
        .starts_with("/connexion")
}

#[tokio::test]
async fn guessing_a_password_is_slowed_down() {
    let town = TestTown::start_with("valmont", &[("PARVIS_LIMITS__RATE", "on")]).await;
    town.resident("marie").await;
    town.resident("jean").await;
    let mut browser = town.visitor();
    let mut statuses = Vec::new();
    for guess in 0..14 {
        let shown = browser
            .tries_to_log_in("marie", &format!("devinette numéro {guess}"))
            .await;
        statuses.push(shown.status);
        assert!(shown.path.starts_with("/connexion"));
    }
    assert_eq!(statuses[0], 422, "{statuses:?}");
    assert_eq!(*statuses.last().unwrap(), 429, "{statuses:?}");
    let right = browser.tries_to_log_in("marie", PASSWORD).await;
    assert_eq!(right.status, 429, "not even the right one, now");
    town.visitor().logs_in("jean", PASSWORD).await;
}

#[tokio::test]
async fn a_wrong_name_and_a_wrong_password_look_alike() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let mut pages = Vec::new();
    for name in ["marie", "personne"] {
        let shown = town
            .visitor()
            .tries_to_log_in(name, "pas le bon pont")
            .await;
        assert_eq!(shown.status, 422);
        let card = shown
            .html
            .split("role=\"alert\"")
            .nth(1)
            .and_then(|rest| rest.split("</div>").next())
            .expect("a reason");
        pages.push(card.to_owned());
    }
    assert_eq!(pages[0], pages[1]);
}

#[tokio::test]
async fn sessions_can_be_seen_and_ended_one_by_one_or_all() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let mut browsers = Vec::new();
    for _ in 0..3 {
        browsers.push(town.browser_of("marie").await);
    }
    let cookie = {
        let mut browser = town.visitor();
        let page = browser.opens("/connexion").await;
        let form = page
            .form("/connexion")
            .with("name", "marie")
            .with("password", PASSWORD);
        let reply = browser.sends(&form).await;
        let cookies: Vec<String> = reply
            .headers
            .get_all("set-cookie")
            .iter()
            .map(|cookie| cookie.to_str().unwrap().to_lowercase())
            .collect();
        assert!(
            cookies
                .iter()
                .all(|cookie| cookie.contains("httponly") && cookie.contains("samesite=lax")),
            "{cookies:?}"
        );
        browser
    };
    let mut here = cookie;
    let page = here.opens("/reglages/sessions").await.expecting(200);
    let form = page
        .forms()
        .into_iter()
        .find(|form| form.has("session"))
        .expect("one to end");
    here.submits(&page, &form).await.expecting(200);
    let mut known = 0;
    for browser in &mut browsers {
        known += usize::from(is_known(browser).await);
    }
    assert_eq!(known, 2, "one has ended");
    let page = here.opens("/reglages/sessions").await.expecting(200);
    let form = page
        .forms()
        .into_iter()
        .find(|form| form.has("autres"))
        .expect("all others");
    here.submits(&page, &form.pressing("autres", "1"))
        .await
        .expecting(200);
    for browser in &mut browsers {
        assert!(!is_known(browser).await);
    }
    assert!(is_known(&mut here).await);
    let page = here.opens("/reglages/compte").await;
    let form = page.form("/deconnexion");
    let kept = here.clone();
    here.submits(&page, &form).await;
    assert!(!is_known(&mut here).await);
    assert!(
        !is_known(&mut kept.clone()).await,
        "the cookie itself is worth nothing any more"
    );
}

#[tokio::test]
async fn a_changed_password_ends_all_other_sessions() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let (mut here, mut elsewhere) = (
        town.browser_of("marie").await,
        town.browser_of("marie").await,
    );
    let new = "une passerelle neuve";
    let page = here.opens("/reglages/compte").await.expecting(200);
    let wrong = page
        .form("/reglages/compte")
        .with("old_password", "pas celui-ci")
        .with("password", new);
    assert_eq!(here.submits(&page, &wrong).await.status, 422);
    assert!(is_known(&mut elsewhere).await);
    let form = page
        .form("/reglages/compte")
        .with("old_password", PASSWORD)
        .with("password", new);
    here.submits(&page, &form).await.expecting(200);
    assert!(is_known(&mut here).await);
    assert!(!is_known(&mut elsewhere).await);
    assert!(
        town.visitor()
            .tries_to_log_in("marie", PASSWORD)
            .await
            .path
            .starts_with("/connexion")
    );
    town.visitor().logs_in("marie", new).await;
}

#[tokio::test]
async fn a_recovery_code_helps_once() {
    let town = TestTown::start("valmont").await;
    town.set_up("open").await;
    let welcome = signs_up(&mut town.visitor(), "marie").await.expecting(200);
    let code = welcome
        .html
        .split("<code>")
        .nth(1)
        .and_then(|rest| rest.split("</code>").next())
        .expect("a code")
        .to_owned();
    let recover = |new: &'static str| {
        let (mut browser, code) = (town.visitor(), code.clone());
        async move {
            let page = browser.opens("/mot-de-passe-oublie").await.expecting(200);
            let form = page
                .form("/mot-de-passe-oublie")
                .with("name", "marie")
                .with("code", &code)
                .with("password", new);
            browser.submits(&page, &form).await.status
        }
    };
    assert_eq!(recover("une passerelle neuve").await, 200);
    town.visitor()
        .logs_in("marie", "une passerelle neuve")
        .await;
    assert_eq!(recover("encore une passerelle").await, 422);
}

#[tokio::test]
async fn a_form_that_does_not_come_from_our_pages_is_refused() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let mut browser = town.browser_of("marie").await;
    let page = browser.opens("/ecrire").await.expecting(200);
    let form = page.form("/ecrire").with("text", "contrefait");
    let token = form
        .pairs()
        .into_iter()
        .find(|(name, _)| name.contains("csrf"))
        .expect("a hidden token")
        .0
        .to_owned();
    // A form of ours that is older than the session loses no text: it is asked again, and nothing is done.
    assert_eq!(
        browser
            .submits(&page, &form.clone().without(&token))
            .await
            .status,
        422
    );
    assert_eq!(
        browser
            .submits(&page, &form.clone().with(&token, "devine"))
            .await
            .status,
        422
    );

    town.resident("jean").await;
    let mut other = town.browser_of("jean").await;
    let others_page = other.opens("/ecrire").await;
    let others_token = others_page
        .form("/ecrire")
        .field(&token)
        .unwrap()
        .value
        .clone();
    assert_eq!(
        browser
            .submits(&page, &form.clone().with(&token, &others_token))
            .await
            .status,
        422,
        "another's token"
    );

    for path in [
        "/deconnexion",
        "/reglages/compte",
        "/connexion",
        "/inscription",
        "/reglages/profil",
    ] {
        let more = headers(&[("content-type", "application/x-www-form-urlencoded")]);
        let reply = browser
            .clone()
            .exchange(Method::POST, path, more, b"a=b".to_vec())
            .await;
        assert_eq!(reply.status, 403, "{path}");
    }
    assert!(is_known(&mut browser).await);
    assert!(!town.visitor().opens("/ville").await.says("contrefait"));
}

#[tokio::test]
async fn a_form_that_fails_keeps_what_was_typed() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let mut browser = town.browser_of("marie").await;
    let page = browser.opens("/ecrire").await.expecting(200);
    let long = format!("Longue <histoire> & \"suite\" {}", "mot ".repeat(1_500));
    let form = page
        .form("/ecrire")
        .with("text", &long)
        .with("summary", "un résumé")
        .with("audience", "followers");
    let shown = browser.submits(&page, &form).await;
    assert_eq!(shown.status, 422);
    let again = shown.form("/ecrire");
    assert_eq!(again.field("text").unwrap().value.trim(), long.trim());
    assert_eq!(again.field("summary").unwrap().value, "un résumé");
    let mut audience = again.fields.iter().filter(|it| it.name == "audience");
    assert!(audience.any(|it| it.sent && it.value == "followers"));
    assert!(shown.html.contains("class=\"wrong\""));

    let png = b"not a picture at all".as_slice();
    let form = page
        .form("/ecrire")
        .with("text", "Avec une image")
        .with("audience", "public");
    let shown = browser
        .submits_with_files(&page, &form, &[("image-1", "x.png", "image/png", png)])
        .await;
    assert_eq!(shown.status, 422);
    assert_eq!(
        shown.form("/ecrire").field("text").unwrap().value.trim(),
        "Avec une image"
    );
}

#[tokio::test]
async fn oversized_forms_are_refused() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let mut browser = town.browser_of("marie").await;
    let more = headers(&[
        ("content-type", "application/x-www-form-urlencoded"),
        ("origin", &town.origin),
    ]);
    let body = format!("name=marie&password={}", "a".repeat(2_000_000)).into_bytes();
    let reply = browser
        .exchange(Method::POST, "/connexion", more, body)
        .await;
    assert_eq!(reply.status, 413);
    let page = browser.opens("/ecrire").await;
    let form = page.form("/ecrire").with("text", "Trop gros");
    let big = vec![0_u8; 17 * 1024 * 1024];
    let shown = browser
        .submits_with_files(&page, &form, &[("image-1", "x.png", "image/png", &big)])
        .await;
    assert!([413, 422].contains(&shown.status), "{}", shown.status);
}

#[tokio::test]
async fn each_form_with_files_has_a_bound_of_its_own() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let mut browser = town.browser_of("marie").await;
    let part = vec![0_u8; 33 * 1024 * 1024];
    let file = |field| (field, "x", "audio/wav", part.as_slice());
    // More than any other form may bring, less than a post may.
    let files = ["image-1", "image-2", "image-3"].map(file);
    let page = browser.opens("/ecrire").await.expecting(200);
    let form = page.form("/ecrire").with("text", "Trois pistes");
    let shown = browser.submits_with_files(&page, &form, &files).await;
    let shown = shown.expecting(422);
    assert_eq!(
        shown.form("/ecrire").field("text").unwrap().value.trim(),
        "Trois pistes",
        "they are no recordings, but they were read"
    );
    for path in ["/reglages/profil", "/reglages/importer"] {
        let page = browser.opens(path).await.expecting(200);
        let form = page.form(path);
        let shown = browser.submits_with_files(&page, &form, &files).await;
        assert_eq!(shown.status, 413, "{path}");
    }
}

#[tokio::test]
async fn pages_are_kept_from_strangers_and_from_frames() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let mut visitor = town.visitor();
    for path in [
        "/avis",
        "/reglages/compte",
        "/ecrire",
        "/demandes",
        "/favoris",
    ] {
        assert!(
            visitor.opens(path).await.path.starts_with("/connexion"),
            "{path}"
        );
    }
    let reply = town
        .browser_of("marie")
        .await
        .exchange(Method::GET, "/", HeaderMap::new(), Vec::new())
        .await;
    let policy = reply.header("content-security-policy").expect("a policy");
    assert!(
        policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe-inline"),
        "{policy}"
    );
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    // After log-in one goes where one wanted to, but never elsewhere.
    let mut browser = town.visitor();
    for away in [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
    ] {
        let page = browser
            .opens(&format!(
                "/connexion?suite={}",
                urlencoded(&[("", away)]).trim_start_matches('=')
            ))
            .await;
        let form = page
            .form("/connexion")
            .with("name", "marie")
            .with("password", PASSWORD);
        let shown = browser.submits(&page, &form).await;
        assert_eq!(shown.status, 200, "leads to {}", shown.path);
        browser = town.visitor();
    }
}

#[tokio::test]
async fn pages_speak_the_readers_language() {
    let town = TestTown::start("valmont").await;
    let mut browser = town.visitor();
    let french = browser.opens("/connexion").await.expecting(200);
    browser.language = "en-GB,en;q=0.8";
    let english = browser.opens("/connexion").await.expecting(200);
    assert!(french.says("<html lang=\"fr\"") && english.says("<html lang=\"en\""));
}

/// The session's cookie as an answer sets it, if it does.
fn session_set_by(reply: &Reply) -> Option<String> {
    let lines = reply.headers.get_all("set-cookie").iter();
    lines
        .map(|line| line.to_str().unwrap().to_owned())
        .find(|line| line.starts_with("parvis="))
}

/// Logs in by hand; gives the line that sets the session's cookie.
async fn session_of_log_in(browser: &mut Browser) -> String {
    let page = browser.opens("/connexion").await.expecting(200);
    let form = page
        .form("/connexion")
        .with("name", "marie")
        .with("password", PASSWORD);
    let reply = browser.sends(&form).await;
    session_set_by(&reply).unwrap()
}

/// T198, T206: nothing is done by opening an address, and a log-in has a session that nobody could have planted.
#[tokio::test]
async fn t198_t206_a_log_in_takes_a_form_and_has_a_session_of_its_own() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let mut marie = town.browser_of("marie").await;
    let out = marie
        .exchange(Method::GET, "/deconnexion", HeaderMap::new(), Vec::new())
        .await;
    assert_eq!((out.status, session_set_by(&out)), (405, None));
    assert!(is_known(&mut marie).await, "still");
    let mut visitor = town.visitor();
    let named = urlencoded(&[("name", "marie"), ("password", PASSWORD)]);
    let page = visitor.opens(&format!("/connexion?{named}")).await;
    assert!(page.find_form("/connexion").is_some(), "asked again");
    assert!(!is_known(&mut visitor).await);

    let planted = "choisie-par-un-autre-0123456789abcdef";
    let mut victim = town.visitor();
    victim.cookies.insert("parvis".into(), planted.into());
    assert!(!is_known(&mut victim).await);
    let first = session_of_log_in(&mut victim).await;
    assert!(is_known(&mut victim).await);
    for flag in ["; Path=/", "; HttpOnly", "; SameSite=Lax"] {
        assert!(first.contains(flag), "{flag}: {first}");
    }
    assert!(!first.contains("Domain"), "{first}");
    let value = |line: &str| line.split(['=', ';']).nth(1).unwrap().to_owned();
    assert!(value(&first) != planted && value(&first).len() >= 22);
    let mut attacker = town.visitor();
    attacker.cookies.insert("parvis".into(), planted.into());
    assert!(
        !is_known(&mut attacker).await,
        "what was planted opens nothing"
    );
    let second = session_of_log_in(&mut town.visitor()).await;
    assert_ne!(value(&first), value(&second), "each log-in has its own");
}
