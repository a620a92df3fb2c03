//! Letters by e-mail, to a mail server that is made up: who gets which, what the links in them do, and what a mail server that
//! misbehaves changes.

use http::Method;
use parvis_testkit::{
    Browser, MailServer, TestTown, browser::Shown, exchange::urlencoded, form::Form,
    keys::one_time_code, letter::unix_now, program, town::PASSWORD, until,
};

use crate::{
    accounts::is_known,
    app::{changes, counts},
    two_step::sets_up,
};

const FORGOTTEN: &str = "/mot-de-passe-oublie";
const ASK: &str = "/mot-de-passe-oublie/lettre";
const NEW: &str = "une passerelle neuve";

pub async fn town_at(port: u16, more: &[(&str, &str)]) -> TestTown {
    let settings = MailServer::settings(port);
    let mut all: Vec<(&str, &str)> = settings
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    all.extend(more);
    TestTown::start_with("valmont", &all).await
}

pub async fn with_mail() -> (TestTown, MailServer) {
    let server = MailServer::open().await;
    (town_at(server.port, &[]).await, server)
}

pub fn address(name: &str) -> String {
    format!("{name}@courriel.example")
}

pub async fn asks(town: &TestTown, who: &str) -> Shown {
    let mut browser = town.visitor();
    let page = browser.opens(FORGOTTEN).await.expecting(200);
    let form = page.form(ASK).with("who", who);
    browser.submits(&page, &form).await
}

/// Follows a link of a letter for a new password.
pub async fn chooses(browser: &mut Browser, path: &str, password: &str) -> Shown {
    let page = browser.opens(path).await.expecting(200);
    let form = page
        .form("/mot-de-passe-oublie/nouveau")
        .with("password", password);
    browser.submits(&page, &form).await
}

/// Without a form, as a mail program does it.
async fn presses(town: &TestTown, path: &str) -> u16 {
    let headers =
        parvis_testkit::exchange::headers(&[("content-type", "application/x-www-form-urlencoded")]);
    let body = urlencoded(&[("List-Unsubscribe", "One-Click")]).into_bytes();
    town.send(Method::POST, path, headers, body).await.status
}

#[tokio::test]
async fn t238_a_link_in_a_letter_sets_a_new_password_once() {
    let (town, server) = with_mail().await;
    town.resident("marie").await;
    let mut elsewhere = town.browser_of("marie").await;
    asks(&town, "marie").await.expecting(200);
    let letter = server.arrives(&address("marie"), 1).await;
    assert_eq!(letter.from, "parvis@valmont.example");
    assert_eq!(letter.header("auto-submitted").unwrap(), "auto-generated");
    assert!(letter.header("from").unwrap().contains("Valmont"));
    let subject = letter.header("subject").unwrap();
    assert!(
        subject.starts_with("Choisir un nouveau mot de passe"),
        "{subject}"
    );
    assert!(letter.text.starts_with("Bonjour marie,"), "{}", letter.text);
    assert!(letter.head.contains("text/plain") && !letter.text.contains('<'));
    let secret = letter.path().split_once('=').unwrap().1.to_owned();
    assert!(letter.link().starts_with(&town.origin));
    let in_clear = format!("letter_key WHERE secret_hash = '{secret}'");
    assert_eq!(counts(&town, "letter_key").await, 1);
    assert_eq!(counts(&town, &in_clear).await, 0);

    let mut browser = town.visitor();
    let again = chooses(&mut browser, &letter.path(), "court").await;
    assert_eq!(again.status, 422, "too short, and the link still serves");
    chooses(&mut browser, &letter.path(), NEW)
        .await
        .expecting(200);
    assert!(is_known(&mut browser).await);
    assert!(!is_known(&mut elsewhere).await, "all others are out");
    let told = server.arrives(&address("marie"), 2).await;
    let subject = told.header("subject").unwrap();
    assert!(
        subject.starts_with("Votre mot de passe a changé"),
        "{subject}"
    );
    town.visitor().opens(&letter.path()).await.expecting(403);
    assert_eq!(
        town.visitor()
            .tries_to_log_in("marie", PASSWORD)
            .await
            .status,
        422
    );
    town.visitor().logs_in("marie", NEW).await;

    assert!(!town.program.log().contains(&secret));
    assert!(!town.program.log().contains("courriel.example"));
}

#[tokio::test]
async fn the_owner_is_told_of_a_new_key() {
    let (town, server) = with_mail().await;
    town.resident("marie").await;
    let mut marie = town.browser_of("marie").await;
    crate::passkeys::takes_one_on(&town, &mut marie).await;
    let letter = server.arrives(&address("marie"), 1).await;
    let subject = letter.header("subject").unwrap();
    assert!(
        subject.starts_with("Vos clés d’accès ont changé"),
        "{subject}"
    );
    assert!(letter.text.contains("/mot-de-passe-oublie"));
}

#[tokio::test]
async fn nobody_learns_from_the_answer_who_has_an_account() {
    let (town, server) = with_mail().await;
    town.resident("marie").await;
    let known = asks(&town, &address("marie")).await.expecting(200);
    let unknown = asks(&town, "personne@courriel.example")
        .await
        .expecting(200);
    let said = |shown: &Shown| {
        let rest = shown.html.split("role=\"status\"").nth(1).expect("a note");
        rest.split("</div>").next().unwrap().to_owned()
    };
    assert_eq!(said(&known), said(&unknown));
    server.arrives(&address("marie"), 1).await;
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn t237_letters_cannot_be_asked_for_without_end() {
    let server = MailServer::open().await;
    let town = town_at(server.port, &[("PARVIS_LIMITS__RATE", "on")]).await;
    town.resident("marie").await;
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(asks(&town, "marie").await.status);
    }
    assert_eq!(statuses, [200, 200, 200, 200, 200, 429]);
    let mut strangers = Vec::new();
    for _ in 0..6 {
        strangers.push(asks(&town, "personne").await.status);
    }
    assert_eq!(strangers, statuses, "alike for whom nobody knows");
}

#[tokio::test]
async fn t237_nobody_gets_more_letters_for_being_called_by_two_names() {
    let server = MailServer::open().await;
    let town = town_at(server.port, &[("PARVIS_LIMITS__RATE", "on")]).await;
    for name in ["marie", "jean"] {
        town.resident(name).await;
    }
    let (email, bound) = (address("marie"), 5);
    let names = ["marie", email.as_str()].into_iter().cycle();
    for (n, name) in names.take(2 * bound).enumerate() {
        asks(&town, name).await.expecting(200);
        if n < bound {
            server.arrives(&email, n + 1).await;
        }
    }
    // Whatever was asked for before has come by then.
    asks(&town, "jean").await.expecting(200);
    server.arrives(&address("jean"), 1).await;
    assert_eq!(server.to(&email).len(), bound);
}

#[tokio::test]
async fn t238_a_link_does_not_get_around_the_second_step() {
    let (town, server) = with_mail().await;
    town.resident("marie").await;
    let mut browser = town.browser_of("marie").await;
    let (secret, _) = sets_up(&mut browser).await;

    asks(&town, "marie").await.expecting(200);
    let letter = server.arrives(&address("marie"), 1).await;
    let mut other = town.visitor();
    let asked = chooses(&mut other, &letter.path(), NEW)
        .await
        .expecting(200);
    assert!(
        asked.find_form("/connexion/code").is_some(),
        "{}",
        asked.html
    );
    assert!(!is_known(&mut other).await);
    let form: Form = asked
        .form("/connexion/code")
        .with("code", &one_time_code(&secret, unix_now() + 30));
    other.submits(&asked, &form).await.expecting(200);
    assert!(is_known(&mut other).await);
}

async fn gives_address(browser: &mut Browser, email: &str) -> Shown {
    let page = browser.opens("/reglages/adresse").await.expecting(200);
    let form = page
        .form("/reglages/adresse")
        .with("email", email)
        .with("old_password", PASSWORD);
    browser.submits(&page, &form).await
}

#[tokio::test]
async fn a_new_address_counts_once_its_letter_was_followed() {
    let (town, server) = with_mail().await;
    town.resident("marie").await;
    let mut browser = town.browser_of("marie").await;
    let new = "marie.durand@ailleurs.example";
    gives_address(&mut browser, new).await.expecting(200);
    let letter = server.arrives(new, 1).await;
    assert_eq!(server.to(&address("marie")).len(), 0);
    assert_eq!(
        town.visitor().tries_to_log_in(new, PASSWORD).await.status,
        422
    );

    let mut reader = town.visitor();
    let page = reader.opens(&letter.path()).await.expecting(200);
    assert!(page.says(new));
    assert_eq!(
        town.visitor().tries_to_log_in(new, PASSWORD).await.status,
        422,
        "to look is not to confirm"
    );
    let form = page.form("/adresse/confirmer");
    reader.submits(&page, &form).await.expecting(200);
    town.visitor().logs_in(new, PASSWORD).await;
    let told = server.arrives(&address("marie"), 1).await;
    let subject = told.header("subject").unwrap();
    assert!(
        subject.contains("adresse de votre compte a changé"),
        "{subject}"
    );
    assert!(!told.text.contains(new), "not where it is now");
    town.visitor().opens(&letter.path()).await.expecting(403);

    // What went to the address before opens nothing any more.
    asks(&town, "marie").await.expecting(200);
    let link = server.arrives(new, 2).await.path();
    gives_address(&mut browser, "").await.expecting(200);
    server.arrives(new, 3).await;
    town.visitor().opens(&link).await.expecting(403);
}

#[tokio::test]
async fn the_address_of_a_newcomer_counts_once_its_letter_was_followed() {
    let (town, server) = with_mail().await;
    town.set_up("open").await;
    let mut browser = town.visitor();
    let page = browser.opens("/inscription").await.expecting(200);
    let email = address("lea");
    let form = page
        .form("/inscription")
        .with("name", "lea")
        .with("password", PASSWORD)
        .with("email", &email)
        .with("agreed", "1");
    let joined = browser.submits(&page, &form).await.expecting(200);
    assert!(joined.says("suivi le lien"), "{}", joined.html);
    assert_eq!(
        town.visitor()
            .tries_to_log_in(&email, PASSWORD)
            .await
            .status,
        422
    );
    let letter = server.arrives(&email, 1).await;
    let mut reader = town.visitor();
    let page = reader.opens(&letter.path()).await.expecting(200);
    let form = page.form("/adresse/confirmer");
    reader.submits(&page, &form).await.expecting(200);
    town.visitor().logs_in(&email, PASSWORD).await;
}

/// Ticks where one wants to be told of mentions.
async fn wants(browser: &mut Browser, places: &[&str]) {
    let page = browser.opens("/reglages/avis").await.expecting(200);
    let mut form = page.form("/reglages/avis/choix");
    for field in &mut form.fields {
        if field.kind == "checkbox" {
            field.sent = field.value == "mention" && places.contains(&field.name.as_str());
        }
    }
    browser.submits(&page, &form).await.expecting(200);
}

/// What is gathered goes now.
async fn hurries(town: &TestTown) {
    until("a letter is laid down", || async {
        changes(town, "UPDATE letter SET due_at = 0 WHERE sent_at IS NULL").await > 0
    })
    .await;
}

#[tokio::test]
async fn notices_come_together_in_one_letter_and_only_to_who_asked() {
    let (town, server) = with_mail().await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    jean.posts("@marie un mot d'avant").await;
    let mut browser = town.browser_of("marie").await;
    until("a notice", || async {
        !marie.list("/api/v1/notifications").await.is_empty()
    })
    .await;
    wants(&mut browser, &["page", "lettre"]).await;
    jean.posts("@marie un secret de famille").await;
    jean.posts("@marie encore un").await;
    marie.posts("@jean et toi").await;
    until("all are told", || async {
        marie.list("/api/v1/notifications").await.len() == 3
    })
    .await;
    assert_eq!(
        counts(&town, "letter").await,
        1,
        "one for both, none for Jean"
    );
    hurries(&town).await;
    let letter = server.arrives(&address("marie"), 1).await;
    let lines = letter.text.matches("- jean vous parle").count();
    assert_eq!(lines, 2, "not what came before she asked: {}", letter.text);
    assert!(!letter.text.contains("secret"), "who, never what");

    // Again at the earliest a day later.
    jean.posts("@marie le lendemain").await;
    until("laid down", || async {
        counts(&town, "letter WHERE sent_at IS NULL").await == 1
    })
    .await;
    let soon = unix_now() * 1000 + 23 * 3_600_000;
    let early = format!("letter WHERE sent_at IS NULL AND due_at < {soon}");
    assert_eq!(counts(&town, &early).await, 0);

    // Whoever has read them meanwhile is not written to.
    browser.opens("/avis").await.expecting(200);
    hurries(&town).await;
    until("dropped", || async {
        counts(&town, "letter WHERE sent_at IS NULL").await == 0
    })
    .await;
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn one_press_ends_letters_without_a_log_in() {
    let (town, server) = with_mail().await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let mut browser = town.browser_of("marie").await;
    wants(&mut browser, &["page", "lettre"]).await;
    jean.posts("@marie bonjour").await;
    hurries(&town).await;
    let letter = server.arrives(&address("marie"), 1).await;
    assert_eq!(
        letter.header("list-unsubscribe-post").unwrap(),
        "List-Unsubscribe=One-Click"
    );
    let header = letter.header("list-unsubscribe").unwrap();
    let link = header.trim_matches(['<', '>']).to_owned();
    assert!(letter.text.contains(&link));
    let path = link.strip_prefix(&town.origin).unwrap().to_owned();

    let other = path.replace("compte=", "compte=1");
    assert_eq!(presses(&town, &other).await, 403, "somebody else's");
    let page = town.visitor().opens(&path).await.expecting(200);
    assert!(page.find_form("/avis/lettres/arreter").is_some());
    let reply = town.get(&path).await;
    assert_eq!(reply.header("cache-control"), Some("private, no-store"));
    assert_eq!(reply.header("etag"), None);
    let still = town.browser_of("marie").await.opens("/reglages/avis").await;
    assert!(ticked(&still), "to look is not to end");
    assert_eq!(presses(&town, &path).await, 200);
    let after = town.browser_of("marie").await.opens("/reglages/avis").await;
    assert!(!ticked(&after));
    jean.posts("@marie encore").await;
    until("told", || async {
        marie.list("/api/v1/notifications").await.len() == 2
    })
    .await;
    assert_eq!(counts(&town, "letter WHERE sent_at IS NULL").await, 0);
}

fn ticked(page: &Shown) -> bool {
    let form = page.form("/reglages/avis/choix");
    form.pairs().contains(&("lettre", "mention"))
}

#[tokio::test]
async fn what_is_not_wanted_on_the_page_is_neither_shown_nor_counted() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let mut browser = town.browser_of("marie").await;
    jean.posts("@marie bonjour").await;
    until("told", || async {
        marie.list("/api/v1/notifications").await.len() == 1
    })
    .await;
    let page = browser.opens("/reglages/avis").await.expecting(200);
    let mut form = page.form("/reglages/avis/choix");
    assert!(!form.has("lettre"), "this town sends none");
    for field in &mut form.fields {
        field.sent &= field.name != "page" || field.value != "mention";
    }
    let back = browser.submits(&page, &form).await.expecting(200);
    assert!(!back.html.contains("class=\"count\""), "{}", back.html);
    let shown = browser.opens("/avis").await.expecting(200);
    assert!(!shown.says("bonjour"));
    assert_eq!(
        marie.list("/api/v1/notifications").await.len(),
        1,
        "apps have filters of their own"
    );
}

#[tokio::test]
async fn the_staff_are_written_to_about_who_waits_and_what_is_reported() {
    let (town, server) = with_mail().await;
    town.set_up("approval").await;
    town.resident_as("julie", "moderator").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let mut browser = town.visitor();
    let page = browser.opens("/inscription").await.expecting(200);
    let form = page
        .form("/inscription")
        .with("name", "lea")
        .with("password", PASSWORD)
        .with("reason", "J'habite rue du Pont")
        .with("agreed", "1");
    browser.submits(&page, &form).await.expecting(200);
    let letter = server.arrives(&address("julie"), 1).await;
    assert!(
        letter.text.contains("Une personne attend"),
        "{}",
        letter.text
    );
    assert!(letter.link().ends_with("/mairie/inscriptions"));
    let fields = [
        ("account_id", jean.id.as_str()),
        ("comment", "des gros mots"),
    ];
    crate::app::does(&marie, "/api/v1/reports", &fields).await;
    let letter = server.arrives(&address("julie"), 2).await;
    assert!(
        letter.link().ends_with("/mairie/signalements"),
        "{}",
        letter.text
    );
    assert!(!letter.text.contains("gros mots"));
    crate::app::does(
        &jean,
        "/api/v1/reports",
        &[("account_id", marie.id.as_str())],
    )
    .await;
    until("both of the staff are told", || async {
        counts(&town, "notification WHERE kind = 'report'").await == 4
    })
    .await;
    let next = "letter WHERE kind = 'reports' AND sent_at IS NULL";
    assert_eq!(counts(&town, next).await, 1, "Julie alone has an address");
    let soon = unix_now() * 1000 + 59 * 60_000;
    let early = format!("{next} AND due_at < {soon}");
    assert_eq!(counts(&town, &early).await, 0, "one an hour of each kind");
    assert_eq!(server.to(&address("marie")).len(), 0);
}

#[tokio::test]
async fn a_mail_server_that_is_away_or_says_later_gets_the_letter_in_the_end() {
    let port = program::port();
    let town = town_at(port, &[]).await;
    for name in ["marie", "jean", "luc"] {
        town.resident(name).await;
    }
    asks(&town, "marie").await.expecting(200);
    until("it was tried", || async {
        town.program.log().contains("cannot be reached")
    })
    .await;
    assert_eq!(
        counts(&town, "letter_key").await,
        0,
        "no link before its letter can go"
    );
    town.kill9();
    let server = MailServer::at(port).await;
    town.restart().await;
    let first = server.arrives(&address("marie"), 1).await;
    assert_eq!(server.to(&address("marie")).len(), 1);

    server.answers("451 later, please");
    asks(&town, "jean").await.expecting(200);
    until("it was put off", || async {
        counts(&town, "letter WHERE attempts = 1 AND sent_at IS NULL").await == 1
    })
    .await;
    hurries(&town).await;
    let second = server.arrives(&address("jean"), 1).await;
    assert_ne!(first.header("message-id"), second.header("message-id"));

    server.answers("550 nobody of that name");
    asks(&town, "luc").await.expecting(200);
    until("given up", || async {
        counts(&town, "letter WHERE sent_at IS NULL").await == 0
            && town.program.log().contains("status=550")
    })
    .await;
    assert_eq!(server.count(), 2);
    assert_eq!(counts(&town, "letter WHERE recipient IS NOT NULL").await, 0);
    assert!(!town.program.log().contains("courriel.example"));
}

#[tokio::test]
async fn a_letter_that_the_mail_server_stumbles_over_keeps_no_other_back() {
    let (town, server) = with_mail().await;
    for name in ["marie", "jean"] {
        town.resident(name).await;
    }
    server.answers("blah, nobody understands marie@courriel.example");
    asks(&town, "marie").await.expecting(200);
    until("it is tried again later", || async {
        counts(&town, "letter WHERE attempts = 1 AND sent_at IS NULL").await == 1
    })
    .await;
    asks(&town, "jean").await.expecting(200);
    server.arrives(&address("jean"), 1).await;
    assert!(town.program.log().contains("unreadable answer"));
    assert!(!town.program.log().contains("courriel.example"));
}

#[tokio::test]
async fn a_password_for_the_mail_server_is_used_and_never_shown() {
    let server = MailServer::open().await;
    server.wants("parvis", "sésame des bois");
    let secret = [
        ("PARVIS_MAIL__USER", "parvis"),
        ("PARVIS_MAIL__PASSWORD", "sésame des bois"),
    ];
    let town = town_at(server.port, &secret).await;
    town.resident("marie").await;
    asks(&town, "marie").await.expecting(200);
    server.arrives(&address("marie"), 1).await;
    let printed = town.program.cli(&["config", "print"]).await.succeeding();
    assert!(printed.stdout.contains("[mail]"), "{}", printed.stdout);
    assert!(!printed.stdout.contains("sésame") && !town.program.log().contains("sésame"));
    server.wants("parvis", "un autre");
    asks(&town, "marie").await.expecting(200);
    until("it is said", || async {
        town.program.log().contains("status=535")
    })
    .await;
    assert_eq!(
        counts(&town, "letter WHERE sent_at IS NULL AND attempts = 0").await,
        1,
        "nothing against the letter"
    );
}

#[tokio::test]
async fn a_town_without_a_mail_server_writes_nothing_and_offers_no_letters() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let mut browser = town.browser_of("marie").await;
    let page = town.visitor().opens(FORGOTTEN).await.expecting(200);
    assert!(page.find_form(ASK).is_none());
    gives_address(&mut browser, "marie@ailleurs.example")
        .await
        .expecting(200);
    town.visitor()
        .logs_in("marie@ailleurs.example", PASSWORD)
        .await;
    assert_eq!(counts(&town, "letter").await, 0);
    let half = [("PARVIS_MAIL__HOST", "mail.example.org")];
    let run = town.program.run(&["config", "check"], "", &half).await;
    assert!(run.code != 0 && run.stderr.contains("mail.from"), "{run:?}");
}
