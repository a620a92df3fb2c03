//! What one network may try on the pages, whoever of it tries: log-ins and sign-ups. Behind a proxy of ours a network is the
//! one that the proxy names.

use parvis_testkit::{Browser, TestTown, browser::Shown, town::PASSWORD};

use crate::{accounts::is_known, story::signs_up};

const SETTINGS: [(&str, &str); 2] = [
    ("PARVIS_LIMITS__RATE", "on"),
    ("PARVIS_TRUSTED_PROXIES", "127.0.0.1/32"),
];
const BUSY: &str = "203.0.113.7";
const QUIET: &str = "203.0.113.8";
/// `parvis_town::rates` says so, for a quarter of an hour, an hour and an hour.
const LOG_INS: usize = 60;
const SIGN_UPS: usize = 10;
const SIGN_UP_TRIES: usize = 60;

fn from(town: &TestTown, network: &'static str) -> Browser {
    let mut browser = town.visitor();
    browser.network = Some(network);
    browser
}

/// 429, the form again, and a sentence on it that says when to come back.
#[track_caller]
fn is_asked_for_patience(shown: &Shown, form: &str) {
    assert_eq!(shown.status, 429, "{}: {}", shown.path, shown.html);
    assert!(shown.says("C’était beaucoup d’un coup."), "{}", shown.html);
    assert!(shown.find_form(form).is_some(), "{}", shown.html);
}

/// Sends the form for an account without agreeing to the rules.
async fn forgets_to_agree(browser: &mut Browser, name: &str) -> Shown {
    let page = browser.opens("/inscription").await.expecting(200);
    let form = page
        .form("/inscription")
        .with("name", name)
        .with("password", PASSWORD);
    browser.submits(&page, &form).await
}

#[tokio::test]
async fn one_network_cannot_try_log_ins_for_ever_by_changing_the_name() {
    let town = TestTown::start_with("valmont", &SETTINGS).await;
    town.resident("marie").await;
    let mut busy = from(&town, BUSY);
    for guess in 0..LOG_INS {
        let shown = busy
            .tries_to_log_in(&format!("personne{guess}"), "pas le bon pont")
            .await;
        assert_eq!(shown.status, 422, "try {guess}");
    }
    let refused = busy.tries_to_log_in("marie", PASSWORD).await;
    is_asked_for_patience(&refused, "/connexion");
    assert!(!is_known(&mut busy).await);
    from(&town, QUIET).logs_in("marie", PASSWORD).await;
}

#[tokio::test]
async fn t233_one_network_opens_few_accounts_and_another_is_not_kept_waiting() {
    let town = TestTown::start_with("valmont", &SETTINGS).await;
    town.set_up("open").await;
    for number in 0..SIGN_UPS {
        let shown = signs_up(&mut from(&town, BUSY), &format!("hote{number}")).await;
        assert_eq!(shown.status, 200, "account {number}: {}", shown.html);
    }
    let mut busy = from(&town, BUSY);
    let refused = signs_up(&mut busy, "encore").await;
    is_asked_for_patience(&refused, "/inscription");
    assert!(!is_known(&mut busy).await);
    let open = town.visitor().opens("/@encore").await;
    assert_eq!(open.status, 404, "no account came of it");
    let mut quiet = from(&town, QUIET);
    signs_up(&mut quiet, "encore").await.expecting(200);
    assert!(is_known(&mut quiet).await);
}

#[tokio::test]
async fn one_network_cannot_send_forms_for_an_account_for_ever() {
    let town = TestTown::start_with("valmont", &SETTINGS).await;
    town.set_up("open").await;
    let mut busy = from(&town, BUSY);
    for number in 0..SIGN_UP_TRIES {
        let shown = forgets_to_agree(&mut busy, "curieux").await;
        assert_eq!(shown.status, 422, "form {number}");
    }
    let refused = signs_up(&mut busy, "curieux").await;
    is_asked_for_patience(&refused, "/inscription");
    let shown = signs_up(&mut from(&town, QUIET), "curieux").await;
    shown.expecting(200);
}
