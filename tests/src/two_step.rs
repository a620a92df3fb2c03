//! Logging in with two steps: setting it up as a phone does, coming in, and what does not get past it.

use parvis_testkit::{
    Browser, TestTown,
    browser::Shown,
    form::{Form, decode},
    keys::one_time_code,
    letter::unix_now,
    town::PASSWORD,
};

use crate::{
    accounts::is_known,
    app::changes,
    oauth::{App, BACK, answers, code_in},
};

const PAGE: &str = "/reglages/deux-etapes";

/// What stands in the page's `<code>`s.
pub fn codes_on(page: &Shown) -> Vec<String> {
    let parts = page.html.split("<code").skip(1);
    parts
        .filter_map(|part| part.split_once('>')?.1.split_once("</code>"))
        .map(|(code, _)| decode(code))
        .collect()
}

async fn begins(browser: &mut Browser) -> (Shown, String) {
    let page = browser.opens(PAGE).await.expecting(200);
    let form = page
        .form(PAGE)
        .with("old_password", PASSWORD)
        .pressing("faire", "commencer");
    let shown = browser.submits(&page, &form).await.expecting(200);
    let secret = codes_on(&shown)[0].replace(' ', "");
    (shown, secret)
}

fn confirming(page: &Shown, code: &str) -> Form {
    page.form(PAGE)
        .with("code", code)
        .pressing("faire", "confirmer")
}

/// Turned on; gives the secret and the codes for paper.
pub async fn sets_up(browser: &mut Browser) -> (String, Vec<String>) {
    let (page, secret) = begins(browser).await;
    let form = confirming(&page, &one_time_code(&secret, unix_now() - 30));
    let shown = browser.submits(&page, &form).await.expecting(200);
    let codes = codes_on(&shown);
    assert_eq!(codes.len(), 8, "{}", shown.html);
    (secret, codes)
}

async fn gives(browser: &mut Browser, asked: &Shown, code: &str) -> Shown {
    let form = asked.form("/connexion/code").with("code", code);
    browser.submits(asked, &form).await
}

#[tokio::test]
async fn t240_the_password_alone_lets_nobody_in_any_more() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let mut browser = town.browser_of("marie").await;
    let (page, secret) = begins(&mut browser).await;
    assert!(page.says("<svg class=\"qr\""), "a phone can read it");
    let wrong = browser
        .submits(&page, &confirming(&page, "000000"))
        .await
        .expecting(422);
    assert_eq!(
        codes_on(&wrong)[0].replace(' ', ""),
        secret,
        "the same key is shown again"
    );
    town.browser_of("marie").await;
    let first = one_time_code(&secret, unix_now() - 30);
    browser
        .submits(&wrong, &confirming(&wrong, &first))
        .await
        .expecting(200);

    let mut other = town.visitor();
    let asked = other
        .tries_to_log_in("marie", PASSWORD)
        .await
        .expecting(200);
    assert!(!is_known(&mut other).await, "not before the code");
    let refused = gives(&mut other, &asked, &first).await.expecting(422);
    assert!(!is_known(&mut other).await, "a code serves once");
    let next = one_time_code(&secret, unix_now() + 30);
    gives(&mut other, &refused, &next).await.expecting(200);
    assert!(is_known(&mut other).await);

    let mut third = town.visitor();
    let asked = third.tries_to_log_in("marie", PASSWORD).await;
    let earlier = one_time_code(&secret, unix_now());
    gives(&mut third, &asked, &earlier).await.expecting(422);
    assert!(!is_known(&mut third).await, "nor one before the last taken");
}

#[tokio::test]
async fn a_code_on_paper_serves_once_and_new_ones_end_the_old() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let mut browser = town.browser_of("marie").await;
    let (_, codes) = sets_up(&mut browser).await;
    let mut other = town.visitor();
    let asked = other.tries_to_log_in("marie", PASSWORD).await;
    gives(
        &mut other,
        &asked,
        &format!(" {} ", codes[0].to_uppercase()),
    )
    .await
    .expecting(200);
    assert!(is_known(&mut other).await);
    let mut again = town.visitor();
    let asked = again.tries_to_log_in("marie", PASSWORD).await;
    let refused = gives(&mut again, &asked, &codes[0]).await.expecting(422);
    assert!(refused.find_form("/connexion/code").is_some());

    let page = browser.opens(PAGE).await.expecting(200);
    let form = page.form(PAGE).pressing("faire", "codes");
    let wrong = form.clone().with("old_password", "pas le bon mot");
    browser.submits(&page, &wrong).await.expecting(422);
    let form = form.with("old_password", PASSWORD);
    let renewed = codes_on(&browser.submits(&page, &form).await.expecting(200));
    assert!(!renewed.contains(&codes[1]));
    gives(&mut again, &refused, &codes[1]).await.expecting(422);
    gives(&mut again, &refused, &renewed[0])
        .await
        .expecting(200);
    assert!(is_known(&mut again).await);
}

#[tokio::test]
async fn what_was_typed_before_is_a_draft_only_after_the_code() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let mut marie = town.browser_of("marie").await;
    let (_, codes) = sets_up(&mut marie).await;
    let mut other = marie.clone();
    let page = other.opens("/ecrire").await.expecting(200);
    other.cookies.clear();
    let form = page.form("/ecrire").with("text", "Une longue lettre");
    let log_in = other.submits(&page, &form).await.expecting(403);
    let form = log_in
        .form("/connexion")
        .with("name", "marie")
        .with("password", PASSWORD);
    let asked = other.submits(&log_in, &form).await.expecting(200);
    let kept = |page: Shown| page.says("Une longue lettre");
    assert!(!kept(marie.opens("/brouillons").await));
    let refused = gives(&mut other, &asked, "000000").await.expecting(422);
    assert!(!kept(marie.opens("/brouillons").await));
    let form = gives(&mut other, &refused, &codes[0]).await.expecting(200);
    assert!(form.path.starts_with("/ecrire?brouillon="), "{}", form.path);
    assert!(kept(form));
    assert!(kept(marie.opens("/brouillons").await));

    let late = asked.form("/connexion/code").with("ticket", "1.2.3");
    let late = late.with("code", &codes[1]);
    let mut visitor = other.clone();
    visitor.cookies.clear();
    let page = visitor.opens("/connexion").await;
    let late = late.with(
        "csrf",
        &page.form("/connexion").field("csrf").unwrap().value,
    );
    let again = visitor.submits(&asked, &late).await.expecting(422);
    let form = again.form("/connexion");
    assert!(
        form.field("ecrit").unwrap().value.contains("lettre"),
        "nor lost by a late code"
    );
}

#[tokio::test]
async fn a_forgotten_password_does_not_get_around_the_second_step() {
    let town = TestTown::start("valmont").await;
    town.set_up("open").await;
    let mut browser = town.visitor();
    let welcome = crate::story::signs_up(&mut browser, "marie").await;
    let recovery = codes_on(&welcome);
    let (secret, _) = sets_up(&mut browser).await;
    let mut other = town.visitor();
    let page = other.opens("/mot-de-passe-oublie").await;
    let form = page
        .form("/mot-de-passe-oublie")
        .with("name", "marie")
        .with("code", &recovery[0])
        .with("password", "un tout autre pont");
    let asked = other.submits(&page, &form).await.expecting(200);
    assert!(!is_known(&mut other).await && !is_known(&mut browser).await);
    let code = one_time_code(&secret, unix_now() + 30);
    gives(&mut other, &asked, &code).await.expecting(200);
    assert!(is_known(&mut other).await);
}

#[tokio::test]
async fn a_ticket_is_good_for_its_own_log_in_and_password_only() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    town.resident("jean").await;
    let (marie, _) = sets_up(&mut town.browser_of("marie").await).await;
    sets_up(&mut town.browser_of("jean").await).await;
    let mut browser = town.visitor();
    let asked = browser.tries_to_log_in("jean", PASSWORD).await;
    let code = one_time_code(&marie, unix_now() + 30);
    gives(&mut browser, &asked, &code).await.expecting(422);
    let form = asked.form("/connexion/code").with("code", &code);
    let ticket = form.field("ticket").unwrap().value.clone();
    for forged in ["", "1.2.3", &ticket.replace('.', ""), &format!("{ticket}0")] {
        let form = form.clone().with("ticket", forged);
        browser.submits(&asked, &form).await.expecting(422);
    }
    assert!(!is_known(&mut browser).await);
    let asked = browser.tries_to_log_in("marie", PASSWORD).await;
    town.cli_with_input(
        &["account", "reset-password", "marie", "--password-stdin"],
        "un tout autre pont\n",
    )
    .await
    .succeeding();
    gives(&mut browser, &asked, &code).await.expecting(422);
    assert!(!is_known(&mut browser).await, "the password has changed");
}

#[tokio::test]
async fn t240_guessing_codes_is_slowed_down() {
    let town = TestTown::start_with("valmont", &[("PARVIS_LIMITS__RATE", "on")]).await;
    town.resident("marie").await;
    let (secret, _) = sets_up(&mut town.browser_of("marie").await).await;
    let mut browser = town.visitor();
    let mut asked = browser.tries_to_log_in("marie", PASSWORD).await;
    for _ in 0..6 {
        asked = gives(&mut browser, &asked, "000000").await;
    }
    assert_eq!(asked.status, 429);
    let right = one_time_code(&secret, unix_now() + 30);
    gives(&mut browser, &asked, &right).await.expecting(429);
    assert!(!is_known(&mut browser).await);
}

#[tokio::test]
async fn an_app_is_let_in_after_both_steps() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let (secret, _) = sets_up(&mut town.browser_of("marie").await).await;
    let app = App::register(&town, "Tusky", BACK, "read write").await;
    let mut browser = town.visitor();
    let log_in = browser.opens(&app.question(&[])).await.expecting(200);
    let form = log_in
        .form("/connexion")
        .with("name", "marie")
        .with("password", PASSWORD);
    let asked = browser.submits(&log_in, &form).await.expecting(200);
    assert!(asked.says("Tusky"), "one knows for whom");
    assert!(
        !asked.headers.contains_key("cross-origin-opener-policy"),
        "the app's window may wait"
    );
    let code = one_time_code(&secret, unix_now() + 30);
    let question = gives(&mut browser, &asked, &code).await.expecting(200);
    let given = code_in(&answers(&mut browser, &question, "allow").await);
    assert!(!app.token_for(&given).await.is_empty());
}

#[tokio::test]
async fn it_is_turned_off_with_the_password_or_by_the_town() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let mut browser = town.browser_of("marie").await;
    sets_up(&mut browser).await;
    let page = browser.opens(PAGE).await.expecting(200);
    let form = page.form(PAGE).pressing("faire", "arreter");
    let wrong = form.clone().with("old_password", "pas le bon mot");
    browser.submits(&page, &wrong).await.expecting(422);
    let right = form.with("old_password", PASSWORD);
    browser.submits(&page, &right).await.expecting(200);
    town.browser_of("marie").await;

    sets_up(&mut browser).await;
    let run = town.cli(&["account", "two-step-off", "marie"]).await;
    assert!(run.succeeding().stderr.contains("password alone"));
    town.browser_of("marie").await;
    let run = town.cli(&["account", "two-step-off", "marie"]).await;
    assert!(run.succeeding().stderr.contains("had no two-step"));
}

#[tokio::test]
async fn nothing_on_the_disk_gives_the_paper_codes_away() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let (_, codes) = sets_up(&mut town.browser_of("marie").await).await;
    // Of these codes only hashes are kept: none is found by what it says.
    let sql = format!(
        "DELETE FROM second_step_code WHERE code_hash <> '{}'",
        codes[0]
    );
    changes(&town, &sql).await;
    let mut browser = town.visitor();
    let asked = browser.tries_to_log_in("marie", PASSWORD).await;
    gives(&mut browser, &asked, &codes[0]).await.expecting(422);
}
