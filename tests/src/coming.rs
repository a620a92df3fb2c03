//! The town hall opens the town, and people come to live in it: set-up and sign-up in its modes, on the pages.

use http::Method;
use parvis_testkit::{
    TestTown,
    exchange::{headers, urlencoded},
    town::PASSWORD,
};

use crate::{
    accounts::is_known,
    invitations::invites,
    story::{signs_up, writes},
};

#[tokio::test]
async fn the_first_administrator_sets_the_town_up_once() {
    let town = TestTown::start("valmont").await;
    let link = town.first_steps().expect("the link is printed");
    let mut maire = town.set_up("open").await;
    maire.opens("/mairie/reglages").await.expecting(200);
    let about = town.visitor().opens("/a-propos").await.expecting(200);
    assert!(about.says("Valmont-sur-Loue") && about.says("On se parle poliment."));
    let again = town.visitor().opens(&link).await;
    assert!(
        again.find_form("/bienvenue").is_none(),
        "the link works once"
    );
    town.program.kill9();
    town.restart().await;
    let log = town.program.log();
    assert_eq!(
        log.matches("/bienvenue?lien=").count(),
        1,
        "the link is not printed again: {log}"
    );
}

#[tokio::test]
async fn a_town_that_is_not_set_up_gives_its_keys_to_nobody_else() {
    let town = TestTown::start("valmont").await;
    for path in [
        "/bienvenue",
        "/bienvenue?lien=",
        "/bienvenue?lien=0000000000000000",
    ] {
        let shown = town.visitor().opens(path).await;
        assert!(
            shown.find_form("/bienvenue").is_none() && shown.status < 500,
            "{path}: {}",
            shown.status
        );
    }
}

#[tokio::test]
async fn an_open_town_takes_whoever_agrees_to_its_rules() {
    let town = TestTown::start("valmont").await;
    town.set_up("open").await;
    let mut browser = town.visitor();
    let page = browser.opens("/inscription").await.expecting(200);
    assert!(page.says("On se parle poliment."), "the rules are shown");
    let form = page
        .form("/inscription")
        .with("name", "marie")
        .with("password", PASSWORD);
    let refused = browser.submits(&page, &form).await;
    assert_eq!(refused.status, 422, "without agreeing to the rules");
    assert_eq!(
        refused.form("/inscription").field("name").unwrap().value,
        "marie",
        "what was typed is kept"
    );
    assert!(!refused.html.contains(PASSWORD), "but not the password");

    let welcome = signs_up(&mut browser, "marie").await.expecting(200);
    assert!(
        welcome.html.matches("<code>").count() >= 5,
        "recovery codes are offered: {}",
        welcome.html
    );
    assert!(is_known(&mut browser).await, "one is logged in at once");
    writes(&mut browser, "public", "Bonjour tout le monde").await;
    assert!(
        town.visitor()
            .opens("/@marie")
            .await
            .says("Bonjour tout le monde")
    );

    for (name, password) in [
        ("marie", PASSWORD),
        ("Marie", PASSWORD),
        ("jean", "court"),
        ("a b", PASSWORD),
        ("admin", PASSWORD),
        ("", PASSWORD),
    ] {
        let mut browser = town.visitor();
        let page = browser.opens("/inscription").await;
        let form = page
            .form("/inscription")
            .with("name", name)
            .with("password", password)
            .ticking("agreed");
        let shown = browser.submits(&page, &form).await;
        assert_eq!(shown.status, 422, "{name:?} with {password:?}");
        assert_eq!(
            shown.form("/inscription").field("name").unwrap().value,
            name
        );
        assert!(
            shown.html.contains("class=\"wrong\""),
            "the reason stands beside the field"
        );
    }
}

#[tokio::test]
async fn a_closed_town_takes_nobody() {
    let town = TestTown::start("valmont").await;
    town.set_up("closed").await;
    let mut browser = town.visitor();
    let page = browser.opens("/inscription").await;
    assert!(page.find_form("/inscription").is_none());
    // A form kept from before must not help either.
    let login = browser.opens("/connexion").await;
    let csrf = login.form("/connexion");
    let token: Vec<(&str, &str)> = csrf
        .pairs()
        .into_iter()
        .filter(|(name, _)| name.contains("csrf"))
        .collect();
    let mut fields = vec![("name", "marie"), ("password", PASSWORD), ("agreed", "1")];
    fields.extend(token);
    let more = headers(&[
        ("content-type", "application/x-www-form-urlencoded"),
        ("origin", &town.origin),
    ]);
    let reply = browser
        .exchange(
            Method::POST,
            "/inscription",
            more,
            urlencoded(&fields).into_bytes(),
        )
        .await;
    assert!((400..500).contains(&reply.status), "{}", reply.status);
    town.visitor().opens("/@marie").await.expecting(404);
}

#[tokio::test]
async fn by_approval_a_new_resident_waits_for_the_town_hall() {
    let town = TestTown::start("valmont").await;
    let mut maire = town.set_up("approval").await;
    for name in ["marie", "filou"] {
        let mut browser = town.visitor();
        let page = browser.opens("/inscription").await.expecting(200);
        let form = page
            .form("/inscription")
            .with("name", name)
            .with("password", PASSWORD)
            .ticking("agreed");
        let form = form.with("reason", "J'habite rue du Moulin");
        browser.submits(&page, &form).await.expecting(200);
        let shown = town.visitor().tries_to_log_in(name, PASSWORD).await;
        assert!(shown.path.starts_with("/connexion"), "{name} waits");
    }
    let page = maire.opens("/mairie/inscriptions").await.expecting(200);
    assert!(page.says("rue du Moulin"));
    for (name, decision) in [("marie", "accepter"), ("filou", "refuser")] {
        let page = maire.opens("/mairie/inscriptions").await.expecting(200);
        let entry = page
            .html
            .split("<li>")
            .find(|entry| entry.contains(&format!("@{name}")))
            .expect("on the list");
        let user = parvis_testkit::form::forms(entry).remove(0);
        let form = user.pressing("faire", decision);
        maire.submits(&page, &form).await.expecting(200);
    }
    town.visitor().logs_in("marie", PASSWORD).await;
    assert!(
        town.visitor()
            .tries_to_log_in("filou", PASSWORD)
            .await
            .path
            .starts_with("/connexion")
    );
    town.visitor().opens("/@filou").await.expecting(404);
}

#[tokio::test]
async fn an_invitation_opens_the_door_as_often_as_it_says() {
    let town = TestTown::start("valmont").await;
    let mut maire = town.set_up("invitation").await;
    let link = invites(&mut maire, "1", "").await;
    let code = link.rsplit('/').next().unwrap().to_owned();

    let come = |name: &'static str, code: String| {
        let mut browser = town.visitor();
        async move {
            let page = browser.opens("/inscription").await.expecting(200);
            let form = page
                .form("/inscription")
                .with("name", name)
                .with("password", PASSWORD)
                .ticking("agreed");
            browser
                .submits(&page, &form.with("invitation", &code))
                .await
                .status
        }
    };
    assert_eq!(come("jean", "pas-un-code".to_owned()).await, 422);
    assert_eq!(come("marie", code.clone()).await, 200);
    assert_eq!(come("jean", code).await, 422, "it was for one");
    town.visitor().opens("/@jean").await.expecting(404);
}
