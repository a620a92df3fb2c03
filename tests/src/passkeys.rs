//! Coming in with a key that one's device keeps: taking one on, coming in by it, and what does not get past it.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use parvis_testkit::{
    Browser, TestTown,
    authenticator::{Authenticator, Signed},
    browser::Shown,
    form::{Form, decode},
    town::PASSWORD,
};
use serde_json::Value;

use crate::{
    accounts::is_known,
    oauth::{App, BACK, answers, code_in},
    two_step::{codes_on, sets_up},
};

const PAGE: &str = "/reglages/cles";
const DOOR: &str = "/connexion/cle";

/// What the page asks of a device.
fn options(page: &Shown) -> Value {
    let (_, rest) = page.html.split_once("data-passkey=\"").unwrap();
    let (options, _) = rest.split_once('"').unwrap();
    serde_json::from_str(&decode(options)).unwrap()
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn device(town: &TestTown) -> Authenticator {
    let (_, host) = town.origin.split_once("://").unwrap();
    let site = host.split(':').next().unwrap();
    Authenticator::new(&town.origin, site)
}

async fn begins(browser: &mut Browser) -> Shown {
    let page = browser.opens(PAGE).await.expecting(200);
    let form = page
        .form(PAGE)
        .with("old_password", PASSWORD)
        .pressing("faire", "commencer");
    browser.submits(&page, &form).await
}

/// The form of a page that asked, with what the device made.
fn made(page: &Shown, device: &mut Authenticator) -> Form {
    let made = device.makes(&options(page));
    page.form(PAGE)
        .with("name", "Le téléphone")
        .with("client_data", &text(&made.client_data))
        .with("attestation", &text(&made.attestation))
}

async fn adds(browser: &mut Browser, device: &mut Authenticator) -> Shown {
    let page = begins(browser).await.expecting(200);
    let form = made(&page, device);
    browser.submits(&page, &form).await.expecting(200)
}

fn filled(page: &Shown, signed: &Signed) -> Form {
    page.form(DOOR)
        .with("credential", &signed.credential)
        .with("client_data", &text(&signed.client_data))
        .with("authenticator_data", &text(&signed.authenticator_data))
        .with("signature", &text(&signed.signature))
        .with("user_handle", &signed.user_handle)
}

/// Tries to come in by a key from the page for log-in.
async fn knocks(browser: &mut Browser, device: &Authenticator) -> Shown {
    let page = browser.opens("/connexion").await.expecting(200);
    let form = filled(&page, &device.signs(&options(&page)));
    browser.submits(&page, &form).await
}

pub async fn takes_one_on(town: &TestTown, browser: &mut Browser) {
    adds(browser, &mut device(town)).await;
}

/// Marie's browser, and a device with a key of hers.
async fn town_with_a_key() -> (TestTown, Browser, Authenticator) {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let mut marie = town.browser_of("marie").await;
    let mut device = device(&town);
    adds(&mut marie, &mut device).await;
    (town, marie, device)
}

#[tokio::test]
async fn a_key_alone_opens_the_door_and_counts_as_both_steps() {
    let (town, mut marie, device) = town_with_a_key().await;
    assert!(marie.opens(PAGE).await.says("Le téléphone"));
    let mut other = town.visitor();
    knocks(&mut other, &device).await.expecting(200);
    assert!(is_known(&mut other).await);
    assert!(other.opens("/").await.says("@marie"));

    sets_up(&mut marie).await;

    let mut third = town.visitor();
    knocks(&mut third, &device).await.expecting(200);
    assert!(is_known(&mut third).await, "no code is asked for");
    let mut fourth = town.visitor();
    let asked = fourth.tries_to_log_in("marie", PASSWORD).await;
    assert!(
        !is_known(&mut fourth).await,
        "the password still has two steps"
    );
    let form = filled(&asked, &device.signs(&options(&asked)));
    fourth.submits(&asked, &form).await.expecting(200);
    assert!(is_known(&mut fourth).await, "the key stands for the code");
}

#[tokio::test]
async fn an_answer_is_good_once_and_from_the_browser_that_was_asked() {
    let (town, _, device) = town_with_a_key().await;
    let mut visitor = town.visitor();
    let page = visitor.opens("/connexion").await.expecting(200);
    let form = filled(&page, &device.signs(&options(&page)));

    let mut thief = town.visitor();
    let theirs = thief.opens("/connexion").await.expecting(200);
    let token = theirs.form(DOOR).field("csrf").unwrap().value.clone();
    let stolen = form.clone().with("csrf", &token);
    thief.submits(&theirs, &stolen).await.expecting(422);
    assert!(!is_known(&mut thief).await);

    let mut again = visitor.clone();
    visitor.submits(&page, &form).await.expecting(200);
    assert!(is_known(&mut visitor).await);
    let refused = again.submits(&page, &form).await.expecting(422);
    assert!(!is_known(&mut again).await);
    assert!(refused.find_form("/connexion").is_some(), "try once more");
}

#[tokio::test]
async fn what_is_not_quite_right_stays_outside() {
    let (town, _, mut device) = town_with_a_key().await;
    let mut visitor = town.visitor();
    let (origin, site) = (device.origin.clone(), device.site.clone());
    device.origin = "https://va1mont.example".into();
    knocks(&mut visitor, &device).await.expecting(422);
    device.origin = origin;
    device.flags = 0x01;
    let refused = knocks(&mut visitor, &device).await.expecting(422);
    assert!(refused.says("empreinte"), "and it is said what to do");
    device.flags = parvis_testkit::authenticator::SEEN;

    let handle = std::mem::replace(&mut device.user_handle, vec![7; 32]);
    knocks(&mut visitor, &device).await.expecting(422);
    device.user_handle = handle;

    let mut stranger = Authenticator::new(&device.origin, &site);
    knocks(&mut visitor, &stranger).await.expecting(422);
    stranger.credential.clone_from(&device.credential);
    stranger.user_handle.clone_from(&device.user_handle);
    knocks(&mut visitor, &stranger).await.expecting(422);

    let page = visitor.opens("/connexion").await;
    for (field, value) in [
        ("client_data", ""),
        ("client_data", "e30"),
        ("signature", "%%%"),
        ("authenticator_data", "AAAA"),
        ("credential", ""),
    ] {
        let form = filled(&page, &device.signs(&options(&page))).with(field, value);
        visitor.submits(&page, &form).await.expecting(422);
    }
    assert!(!is_known(&mut visitor).await);
    knocks(&mut visitor, &device).await.expecting(200);
    assert!(
        is_known(&mut visitor).await,
        "after all that it still is right"
    );
}

#[tokio::test]
async fn a_copy_of_a_key_is_noticed_by_its_count() {
    let (town, _, mut device) = town_with_a_key().await;
    device.counter = 5;
    knocks(&mut town.visitor(), &device).await.expecting(200);
    for late in [5, 4, 0] {
        device.counter = late;
        let mut visitor = town.visitor();
        knocks(&mut visitor, &device).await.expecting(422);
        assert!(!is_known(&mut visitor).await, "{late}");
    }
    device.counter = 6;
    knocks(&mut town.visitor(), &device).await.expecting(200);
}

#[tokio::test]
async fn a_key_is_taken_on_and_given_up_with_the_password_only() {
    let (town, mut marie, device) = town_with_a_key().await;
    let page = marie.opens(PAGE).await.expecting(200);
    let form = page.form(PAGE).pressing("faire", "commencer");
    let wrong = form.with("old_password", "pas le bon mot");
    let refused = marie.submits(&page, &wrong).await.expecting(422);
    assert!(
        !refused.says("data-passkey="),
        "nothing is asked of the device"
    );

    let question = marie.opens("/connexion/cle").await;
    assert_eq!(question.path, "/");
    let page = begins(&mut marie).await.expecting(200);
    let asked = options(&page);
    assert_eq!(
        asked["excludeCredentials"][0]["id"],
        text(&device.credential)
    );
    let mut second = self::device(&town);
    let form = made(&page, &mut second);
    let twice = form.clone();
    marie.submits(&page, &form).await.expecting(200);
    marie.submits(&page, &twice).await.expecting(422);

    let list = marie.opens(PAGE).await.expecting(200);
    let (_, rest) = list.html.split_once("/reglages/cles/").unwrap();
    let away = format!("/reglages/cles/{}", rest.split('"').next().unwrap());
    let page = marie.opens(&away).await.expecting(200);
    let form = page.form(&away);
    let wrong = form.clone().with("old_password", "pas le bon mot");
    marie.submits(&page, &wrong).await.expecting(422);
    let mut jean = {
        town.resident("jean").await;
        town.browser_of("jean").await
    };
    jean.opens(&away).await.expecting(404);
    let right = form.with("old_password", PASSWORD);
    marie.submits(&page, &right).await.expecting(200);
    let mut visitor = town.visitor();
    knocks(&mut visitor, &device).await.expecting(422);
    assert!(!is_known(&mut visitor).await, "it was the first of the two");
    knocks(&mut visitor, &second).await.expecting(200);
}

#[tokio::test]
async fn nobody_takes_on_the_key_of_another_or_answers_for_them() {
    let (town, marie, mut device) = town_with_a_key().await;
    town.resident("jean").await;
    let mut jean = town.browser_of("jean").await;
    let page = begins(&mut jean).await.expecting(200);
    let form = made(&page, &mut device);
    jean.submits(&page, &form).await.expecting(403);
    assert!(!jean.opens(PAGE).await.says("Le téléphone"));

    let page = begins(&mut jean).await.expecting(200);
    let form = made(&page, &mut self::device(&town));
    let mut elsewhere = marie.clone();
    let hers = begins(&mut elsewhere).await.expecting(200);
    let token = hers.form(PAGE).field("csrf").unwrap().value.clone();
    let form = form.with("csrf", &token);
    elsewhere.submits(&hers, &form).await.expecting(422);
}

#[tokio::test]
async fn who_may_not_come_in_does_not_by_a_key_either() {
    let (town, _, device) = town_with_a_key().await;
    town.cli(&["account", "suspend", "marie"])
        .await
        .succeeding();
    let mut visitor = town.visitor();
    knocks(&mut visitor, &device).await.expecting(422);
    town.cli(&["account", "unsuspend", "marie"])
        .await
        .succeeding();
    knocks(&mut visitor, &device).await.expecting(200);
    town.cli_with_input(
        &["account", "reset-password", "marie", "--password-stdin"],
        "un tout autre pont\n",
    )
    .await
    .succeeding();
    assert!(!is_known(&mut visitor).await);
    knocks(&mut visitor, &device).await.expecting(422);
    assert!(!is_known(&mut visitor).await, "a new start ends all keys");
}

/// By a code on paper; the answer is whatever comes next.
async fn recovers(browser: &mut Browser, name: &str, code: &str) -> Shown {
    let page = browser.opens("/mot-de-passe-oublie").await;
    let form = page
        .form("/mot-de-passe-oublie")
        .with("name", name)
        .with("code", code)
        .with("password", "un tout autre pont");
    browser.submits(&page, &form).await.expecting(200)
}

#[tokio::test]
async fn a_key_planted_before_does_not_survive_a_recovery() {
    let town = TestTown::start("valmont").await;
    town.set_up("open").await;
    let mut marie = town.visitor();
    let paper = codes_on(&crate::story::signs_up(&mut marie, "marie").await);
    let mut planted = device(&town);
    adds(&mut marie, &mut planted).await;
    let mut owner = town.visitor();
    recovers(&mut owner, "marie", &paper[0]).await;
    assert!(is_known(&mut owner).await && !is_known(&mut marie).await);
    let mut intruder = town.visitor();
    knocks(&mut intruder, &planted).await.expecting(422);
    assert!(!is_known(&mut intruder).await);
}

#[tokio::test]
async fn a_key_is_not_taken_on_with_a_password_that_has_changed() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let mut marie = town.browser_of("marie").await;
    let asked = begins(&mut marie).await.expecting(200);
    let mut device = device(&town);
    let form = made(&asked, &mut device);
    let page = marie.opens("/reglages/compte").await.expecting(200);
    let change = page
        .form("/reglages/compte")
        .with("old_password", PASSWORD)
        .with("password", "un tout autre pont");
    marie.submits(&page, &change).await.expecting(200);
    marie.submits(&asked, &form).await.expecting(422);
    assert!(!marie.opens(PAGE).await.says("Le téléphone"));
}

#[tokio::test]
async fn with_a_second_step_keys_end_once_its_code_is_given() {
    let town = TestTown::start("valmont").await;
    town.set_up("open").await;
    let mut marie = town.visitor();
    let paper = codes_on(&crate::story::signs_up(&mut marie, "marie").await);
    let mut planted = device(&town);
    adds(&mut marie, &mut planted).await;
    let (_, codes) = sets_up(&mut marie).await;
    let mut owner = town.visitor();
    let asked = recovers(&mut owner, "marie", &paper[0]).await;
    assert!(asked.find_form(DOOR).is_none(), "the code is wanted");
    let mut intruder = town.visitor();
    knocks(&mut intruder, &planted).await.expecting(200);
    assert!(is_known(&mut intruder).await, "paper alone ends no key");

    let form = asked.form("/connexion/code").with("code", &codes[0]);
    owner.submits(&asked, &form).await.expecting(200);
    assert!(is_known(&mut owner).await && !is_known(&mut intruder).await);
    knocks(&mut intruder, &planted).await.expecting(422);
    assert!(!is_known(&mut intruder).await);
}

#[tokio::test]
async fn who_comes_in_ends_the_log_in_that_the_browser_had() {
    let town = TestTown::start("valmont").await;
    for name in ["marie", "jean"] {
        town.resident(name).await;
    }
    let mut shared = town.browser_of("jean").await;
    let mut before = shared.clone();
    let door = town.visitor().opens("/connexion").await.expecting(200);
    let page = shared.opens("/ecrire").await.expecting(200);
    let token = page.form("/ecrire").field("csrf").unwrap().value.clone();
    let form = door
        .form("/connexion")
        .with("csrf", &token)
        .with("name", "marie")
        .with("password", PASSWORD);
    shared.submits(&door, &form).await.expecting(200);
    assert!(shared.opens("/").await.says("@marie"));
    assert!(!is_known(&mut before).await);
}

#[tokio::test]
async fn trying_keys_is_slowed_down() {
    let town = TestTown::start_with("valmont", &[("PARVIS_LIMITS__RATE", "on")]).await;
    town.resident("marie").await;
    let mut device = device(&town);
    adds(&mut town.browser_of("marie").await, &mut device).await;
    let mut forger = Authenticator::new(&device.origin, &device.site);
    forger.credential.clone_from(&device.credential);
    forger.user_handle.clone_from(&device.user_handle);
    let mut visitor = town.visitor();
    for _ in 0..6 {
        knocks(&mut visitor, &forger).await.expecting(422);
    }
    knocks(&mut visitor, &device).await.expecting(429);
    assert!(!is_known(&mut visitor).await);
}

#[tokio::test]
async fn an_app_is_let_in_by_a_key() {
    let (town, _, device) = town_with_a_key().await;
    let app = App::register(&town, "Tusky", BACK, "read write").await;
    let mut browser = town.visitor();
    let page = browser.opens(&app.question(&[])).await.expecting(200);
    let form = filled(&page, &device.signs(&options(&page)));
    let question = browser.submits(&page, &form).await.expecting(200);
    assert!(question.says("Tusky"), "{}", question.path);
    let given = code_in(&answers(&mut browser, &question, "allow").await);
    assert!(!app.token_for(&given).await.is_empty());
}
