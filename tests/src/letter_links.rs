//! Links for a new password that are not the asker's, or no longer good. The numbers are those of docs/attacks.md; that an
//! honest link serves, once, is in `letters`.

use http::Method;
use parvis_testkit::{
    TestTown,
    exchange::{self, headers, urlencoded},
    town::PASSWORD,
};

use crate::{
    accounts::is_known,
    app::{changes, counts},
    letters::{address, asks, chooses, with_mail},
};

const CHOOSE: &str = "/mot-de-passe-oublie/nouveau";
const NEW: &str = "une passerelle neuve";

/// The page behind a link says that it is over, and so does whoever sends its form all the same.
async fn opens_nothing(town: &TestTown, path: &str) {
    town.visitor().opens(path).await.expecting(403);
    let mut visitor = town.visitor();
    let page = visitor.opens("/mot-de-passe-oublie").await.expecting(200);
    let token = page.form("/mot-de-passe-oublie");
    let token = &token.field("csrf").unwrap().value;
    let (name, secret) = path.split_once('?').unwrap().1.split_once('=').unwrap();
    let fields = [("csrf", token.as_str()), (name, secret), ("password", NEW)];
    let kind = headers(&[("content-type", "application/x-www-form-urlencoded")]);
    let body = urlencoded(&fields).into_bytes();
    let reply = visitor.exchange(Method::POST, CHOOSE, kind, body).await;
    assert!((400..500).contains(&reply.status), "{}", reply.status);
    assert!(!is_known(&mut visitor).await);
}

#[tokio::test]
async fn t238_a_link_that_is_guessed_old_or_overtaken_opens_nothing() {
    let (town, server) = with_mail().await;
    for name in ["marie", "jean"] {
        town.resident(name).await;
    }
    // Asked for under another name of the town, it still leads to the town's own.
    let claims = headers(&[
        ("x-forwarded-host", "evil.example"),
        ("content-type", "application/x-www-form-urlencoded"),
    ]);
    let mut asker = town.visitor();
    let page = asker.opens("/mot-de-passe-oublie").await.expecting(200);
    let form = page
        .form("/mot-de-passe-oublie/lettre")
        .with("who", "marie");
    let body = urlencoded(&form.pairs()).into_bytes();
    let reply = asker
        .exchange(Method::POST, &form.action, claims, body.clone())
        .await;
    assert!(reply.status < 400, "{}", reply.status);
    let elsewhere = headers(&[("host", "evil.example")]);
    let misled = exchange::send(Method::POST, &town.url(&form.action), elsewhere, body).await;
    assert_eq!(misled.status, 421);
    let first = server.arrives(&address("marie"), 1).await;
    assert!(first.link().starts_with(&town.origin), "{}", first.text);

    let secret = first.path().split_once('=').unwrap().1.to_owned();
    assert!(secret.len() >= 22, "128 bits and more: {secret}");
    let last = if secret.ends_with('A') { 'B' } else { 'A' };
    let guessed = format!("{}{last}", &secret[..secret.len() - 1]);
    let path = |secret: &str| format!("{}={secret}", first.path().split_once('=').unwrap().0);
    for guess in [guessed.as_str(), "", "x", "%00", &"a".repeat(5_000)] {
        let shown = town.visitor().opens(&path(guess)).await;
        assert!(
            (400..500).contains(&shown.status),
            "{guess}: {}",
            shown.status
        );
    }
    opens_nothing(&town, &path(&guessed)).await;

    // Of two that were sent, one serves, for her alone; then neither does.
    asks(&town, "marie").await.expecting(200);
    let second = server.arrives(&address("marie"), 2).await;
    let mut browser = town.visitor();
    chooses(&mut browser, &second.path(), NEW)
        .await
        .expecting(200);
    assert!(is_known(&mut browser).await);
    for letter in [&first, &second] {
        opens_nothing(&town, &letter.path()).await;
    }
    town.visitor().logs_in("jean", PASSWORD).await;

    // One that is older than an hour, and one from before the password was changed by oneself.
    asks(&town, "jean").await.expecting(200);
    let old = server.arrives(&address("jean"), 1).await;
    let hour = 60 * 60 * 1_000;
    let later = format!("UPDATE letter_key SET expires_at = expires_at - {hour}");
    assert_eq!(changes(&town, &later).await, 1);
    opens_nothing(&town, &old.path()).await;
    asks(&town, "jean").await.expecting(200);
    let overtaken = server.arrives(&address("jean"), 2).await;
    let mut jean = town.browser_of("jean").await;
    let page = jean.opens("/reglages/compte").await.expecting(200);
    let form = page
        .form("/reglages/compte")
        .with("old_password", PASSWORD)
        .with("password", "un autre pont");
    jean.submits(&page, &form).await.expecting(200);
    opens_nothing(&town, &overtaken.path()).await;
    assert_eq!(counts(&town, "letter_key").await, 0, "none is kept");
    town.visitor().logs_in("jean", "un autre pont").await;
}
