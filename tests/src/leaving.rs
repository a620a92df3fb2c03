//! Leaving: deleting one's account with time to think, another address to log in with, moving to another account.

use parvis_testkit::{Browser, TestTown, browser::Shown, eventually, town::PASSWORD};

use crate::{accounts::is_known, app::changes};

async fn leaves(browser: &mut Browser) -> Shown {
    let page = browser.opens("/reglages/supprimer").await.expecting(200);
    let form = page
        .form("/reglages/supprimer")
        .with("old_password", PASSWORD)
        .ticking("sure");
    browser.submits(&page, &form).await
}

#[tokio::test]
async fn who_asks_to_be_deleted_is_hidden_at_once_and_stays_by_coming_in_again() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    marie.posts("Le marché ouvre à huit heures").await;
    let mut browser = town.browser_of("marie").await;
    let page = browser.opens("/reglages/supprimer").await.expecting(200);
    let form = page.form("/reglages/supprimer");
    let unsure = form.clone().with("old_password", PASSWORD);
    browser.submits(&page, &unsure).await.expecting(422);
    let wrong = form.with("old_password", "pas le bon mot").ticking("sure");
    browser.submits(&page, &wrong).await.expecting(422);
    assert!(is_known(&mut browser).await);

    let shown = leaves(&mut browser).await.expecting(200);
    assert!(shown.says("trente jours"), "{}", shown.html);
    assert!(!is_known(&mut browser).await);
    marie.get("/api/v1/timelines/home").await.expecting(401);
    let page = town.visitor().opens("/@marie").await;
    assert!(!page.says("Le marché ouvre"), "{}", page.html);

    let back = browser.tries_to_log_in("marie", PASSWORD).await;
    assert!(back.says("ne sera pas supprimé"), "{}", back.html);
    assert!(is_known(&mut browser).await);
    let page = town.visitor().opens("/@marie").await.expecting(200);
    assert!(page.says("Le marché ouvre"));
}

#[tokio::test]
async fn after_thirty_days_everything_is_gone() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await.posts("Le four à pain").await;
    leaves(&mut town.browser_of("marie").await).await;
    changes(&town, "UPDATE departure SET due_at = 1").await;
    let mut late = town.visitor();
    late.tries_to_log_in("marie", PASSWORD).await.expecting(422);
    // Looked for when the program starts, and every hour.
    town.program.kill9();
    town.restart().await;
    eventually("the account is gone", || async {
        let listed = town.cli(&["account", "list"]).await.succeeding().stdout;
        (!listed.contains("marie")).then_some(())
    })
    .await;
    town.visitor().opens("/@marie").await.expecting(404);
}

#[tokio::test]
async fn who_is_suspended_meanwhile_does_not_come_back_by_logging_in() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    leaves(&mut town.browser_of("marie").await).await;
    town.cli(&["account", "suspend", "marie"])
        .await
        .succeeding();
    let mut browser = town.visitor();
    browser
        .tries_to_log_in("marie", PASSWORD)
        .await
        .expecting(422);
    assert!(!is_known(&mut browser).await);
    let state = async || {
        let listed = town.cli(&["account", "list"]).await.succeeding().stdout;
        let line = listed.lines().find(|line| line.starts_with("marie\t"));
        line.and_then(|line| line.split('\t').nth(2))
            .map(str::to_owned)
    };
    assert_eq!(state().await.as_deref(), Some("suspended"));
    let lifted = town.cli(&["account", "unsuspend", "marie"]).await;
    let said = lifted.succeeding().stderr;
    assert!(said.contains("asked to be deleted"), "{said}");
    assert_eq!(state().await.as_deref(), Some("leaving"));
    let back = browser.tries_to_log_in("marie", PASSWORD).await;
    assert!(back.says("ne sera pas supprimé"), "{}", back.html);
    assert_eq!(state().await.as_deref(), Some("active"));
}

#[tokio::test]
async fn the_last_administrator_cannot_leave_the_town_alone() {
    let town = TestTown::start("valmont").await;
    let mut maire = town.set_up("open").await;
    let refused = leaves(&mut maire).await.expecting(403);
    assert!(refused.says("administrer"), "{}", refused.html);
    assert!(is_known(&mut maire).await);
    town.resident_as("adjointe", "admin").await;
    leaves(&mut maire).await.expecting(200);
    assert!(!is_known(&mut maire).await);
}

#[tokio::test]
async fn one_logs_in_with_the_new_address_and_no_longer_with_the_old() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    town.resident("jean").await;
    let mut browser = town.browser_of("marie").await;
    let page = browser.opens("/reglages/adresse").await.expecting(200);
    let form = page.form("/reglages/adresse");
    assert_eq!(form.field("email").unwrap().value, "marie@courriel.example");
    for (email, password) in [
        ("jean@courriel.example", PASSWORD),
        ("sans arobase", PASSWORD),
        ("neuve@courriel.example", "pas le bon mot"),
    ] {
        let form = form
            .clone()
            .with("email", email)
            .with("old_password", password);
        browser.submits(&page, &form).await.expecting(422);
    }
    let form = form
        .with("email", "neuve@courriel.example")
        .with("old_password", PASSWORD);
    browser.submits(&page, &form).await.expecting(200);
    town.browser_of("neuve@courriel.example").await;
    let mut old = town.visitor();
    old.tries_to_log_in("marie@courriel.example", PASSWORD)
        .await
        .expecting(422);
}

#[tokio::test]
async fn followers_come_along_to_the_new_account_by_the_pages() {
    const PAGE: &str = "/reglages/demenager";
    let town = TestTown::start("valmont").await;
    let old = town.resident("marie").await;
    let new = town.resident("marie_neuve").await;
    let jean = town.resident("jean").await;
    jean.follows(&old.handle()).await;

    let mut browser = town.browser_of("marie").await;
    let page = browser.opens(PAGE).await.expecting(200);
    let out = |page: &Shown, password: &str| {
        let forms = page.forms();
        let form = forms.into_iter().find(|form| form.has("target")).unwrap();
        form.with("target", &new.handle())
            .with("old_password", password)
            .pressing("faire", "partir")
    };
    let refused = browser.submits(&page, &out(&page, PASSWORD)).await;
    assert_eq!(refused.status, 422, "the new account does not agree yet");

    let mut theirs = town.browser_of("marie_neuve").await;
    let page = theirs.opens(PAGE).await.expecting(200);
    let add = |who: &str| {
        let forms = page.forms();
        let form = forms.into_iter().find(|form| form.has("account")).unwrap();
        form.with("account", who).pressing("faire", "ajouter")
    };
    theirs.submits(&page, &add("personne")).await.expecting(422);
    let named = theirs.submits(&page, &add(&old.handle())).await;
    assert!(named.expecting(200).says("/@marie\""), "it is listed");

    let page = browser.opens(PAGE).await.expecting(200);
    let wrong = out(&page, "pas le bon mot");
    browser.submits(&page, &wrong).await.expecting(422);
    let done = browser.submits(&page, &out(&page, PASSWORD)).await;
    assert!(done.expecting(200).says("marie_neuve"));
    eventually("jean follows the new account", || async {
        (jean.relation(&new.id).await["following"] == true).then_some(())
    })
    .await;
    assert_eq!(jean.relation(&old.id).await["following"], false);
}
