//! The command line: what it prints, where, and the exit code it ends with.

use std::sync::Arc;

use parvis_testkit::{
    TestTown,
    actor::marker,
    exchange::{get, headers, send},
    program::{self, Program},
    resident::id,
    town::PASSWORD,
};

/// As `parvis --help` promises them.
const FAILED: i32 = 1;
const WRONG: i32 = 2;
const NOT_FOUND: i32 = 3;
const REFUSED: i32 = 4;

#[tokio::test]
async fn a_wrong_setting_is_named_with_its_value_and_what_is_expected() {
    let town = TestTown::prepare("valmont", &[]);
    let wrong = [
        ("PARVIS_LISTEN", "partout", "listen"),
        ("PARVIS_PUBLIC_URL", "valmont", "public_url"),
        (
            "PARVIS_FEDERATION__ALLOW_PRIVATE_NETWORKS",
            "127.0.0.1/99",
            "allow_private_networks",
        ),
        ("PARVIS_LIMITS__RATE", "peut-etre", "rate"),
        ("PARVIS_DATABASE_URL", "oracle://x", "database_url"),
        ("PARVIS_MEDIA__FFMPEG", "/nulle/part/ffmpeg", "media.ffmpeg"),
        ("PARVIS_LISTNE", "127.0.0.1:1", "listen"),
    ];
    for (variable, value, key) in wrong {
        for command in [&["serve"][..], &["config", "check"]] {
            let run = town.program.run(command, "", &[(variable, value)]).await;
            assert_eq!(run.code, WRONG, "{variable}={value}: {run:#?}");
            let said = run.stderr.to_lowercase();
            assert!(said.contains(key), "{variable} is not named: {run:#?}");
            assert!(
                variable == "PARVIS_LISTNE" || said.contains(value),
                "the value is not named: {run:#?}"
            );
        }
    }
}

#[tokio::test]
async fn the_help_is_complete_and_wrong_usage_ends_with_two() {
    let town = TestTown::prepare("valmont", &[]);
    let help = town.cli(&["--help"]).await.succeeding().stdout;
    for command in [
        "serve", "worker", "demo", "migrate", "config", "town", "account", "token", "backup",
        "restore",
    ] {
        assert!(help.contains(command), "{command} is missing in {help}");
        let own = town.cli(&[command, "--help"]).await.succeeding().stdout;
        assert!(own.lines().count() > 3, "{command}: {own}");
    }
    for wrong in [
        &["dance"][..],
        &["account", "create"],
        &["serve", "--quickly"],
    ] {
        assert_eq!(town.cli(wrong).await.code, WRONG, "{wrong:?}");
    }
}

#[tokio::test]
async fn a_second_server_on_the_same_port_fails_and_says_why_while_the_first_goes_on() {
    let town = TestTown::start("valmont").await;
    let run = town.cli(&["serve"]).await;
    assert_eq!(run.code, FAILED, "{run:#?}");
    let address = format!("127.0.0.1:{}", town.program.port);
    assert!(
        run.stderr.contains(&address) && run.stderr.contains("PARVIS_LISTEN"),
        "{run:#?}"
    );
    town.get("/readyz").await.expecting(200);
}

#[tokio::test]
async fn settings_can_be_checked_and_shown() {
    let town = TestTown::prepare("valmont", &[]);
    town.cli(&["config", "check"]).await.succeeding();
    let shown = town.cli(&["config", "print"]).await.succeeding().stdout;
    assert!(
        shown.contains(&town.origin) && shown.contains("allow_private_networks"),
        "{shown}"
    );
    let secret = [(
        "PARVIS_DATABASE_URL",
        "postgres://moi:tressecret@base.example/ville",
    )];
    let shown = town
        .program
        .run(&["config", "print"], "", &secret)
        .await
        .succeeding();
    assert!(!shown.stdout.contains("tressecret") && !shown.stderr.contains("tressecret"));
}

#[tokio::test]
async fn accounts_are_made_listed_and_suspended_while_the_town_runs() {
    let town = TestTown::start("valmont").await;
    let run = town
        .cli(&[
            "account",
            "create",
            "marie",
            "--email",
            "marie@courriel.example",
        ])
        .await
        .succeeding();
    let password = run.stdout.split_whitespace().last().unwrap().to_owned();
    assert!(
        password.len() >= 10,
        "a generated password is printed: {run:#?}"
    );
    town.visitor().logs_in("marie", &password).await;

    let twice = town
        .cli(&[
            "account",
            "create",
            "marie",
            "--email",
            "autre@courriel.example",
        ])
        .await;
    assert_eq!(twice.code, REFUSED, "the name is taken");
    assert!(!twice.stderr.is_empty());
    for bad in ["Ma rie", "a/b", "", "admin"] {
        assert_eq!(
            town.cli(&["account", "create", bad, "--email", "x@courriel.example"])
                .await
                .code,
            REFUSED,
            "{bad:?}"
        );
    }
    let list = town.cli(&["account", "list"]).await.succeeding().stdout;
    assert!(list.contains("marie"), "{list}");

    let marie = town.resident_known("marie").await;
    marie.posts("Bonjour").await;
    town.cli(&["account", "suspend", "marie"])
        .await
        .succeeding();
    let status = marie
        .get("/api/v1/accounts/verify_credentials")
        .await
        .status;
    assert!(
        [401, 403].contains(&status),
        "a suspended resident's token answers {status}"
    );
    let shown = town.visitor().tries_to_log_in("marie", &password).await;
    assert!(
        shown.path.starts_with("/connexion"),
        "a suspended resident cannot log in"
    );
    assert_eq!(
        town.visitor()
            .opens("/@marie")
            .await
            .html
            .matches("Bonjour")
            .count(),
        0
    );
    town.cli(&["account", "unsuspend", "marie"])
        .await
        .succeeding();
    town.visitor().logs_in("marie", &password).await;
    for nobody in [
        &["account", "suspend", "personne"][..],
        &["account", "unsuspend", "personne"],
        &["account", "reset-password", "personne"],
        &["account", "set-role", "personne", "admin"],
    ] {
        let run = town.cli(nobody).await;
        assert_eq!(run.code, NOT_FOUND, "{nobody:?}");
        assert!(run.stderr.contains("personne"), "{run:#?}");
    }
}

#[tokio::test]
async fn a_deleted_account_goes_only_when_one_is_sure_and_for_good() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    marie.posts("Bonjour").await;
    let unsure = town.cli(&["account", "delete", "marie"]).await;
    assert_eq!(unsure.code, WRONG);
    assert!(unsure.stderr.contains("--yes"), "{}", unsure.stderr);
    town.cli(&["account", "delete", "marie", "--yes"])
        .await
        .succeeding();
    let status = marie
        .get("/api/v1/accounts/verify_credentials")
        .await
        .status;
    assert_eq!(status, 401);
    assert_eq!(
        town.cli(&["account", "delete", "marie", "--yes"])
            .await
            .code,
        NOT_FOUND
    );
    let again = town.cli(&["account", "create", "marie"]).await;
    assert_eq!(again.code, REFUSED, "the name is never given again");
    let list = town.cli(&["account", "list"]).await.succeeding().stdout;
    assert!(!list.contains("marie"), "{list}");
}

#[tokio::test]
async fn a_new_password_ends_every_session_and_the_old_one() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let mut browser = town.browser_of("marie").await;
    let run = town
        .cli_with_input(
            &["account", "reset-password", "marie", "--password-stdin"],
            "un tout autre pont\n",
        )
        .await;
    run.succeeding();
    assert!(
        browser
            .opens("/reglages/compte")
            .await
            .path
            .starts_with("/connexion"),
        "the session has ended"
    );
    assert!(
        town.visitor()
            .tries_to_log_in("marie", PASSWORD)
            .await
            .path
            .starts_with("/connexion")
    );
    town.visitor().logs_in("marie", "un tout autre pont").await;
    assert_eq!(
        marie
            .get("/api/v1/accounts/verify_credentials")
            .await
            .status,
        401,
        "T205: tokens end with it"
    );
}

#[tokio::test]
async fn a_role_can_be_given() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let mut browser = town.browser_of("marie").await;
    assert!([403, 404].contains(&browser.opens("/mairie/reglages").await.status));
    town.cli(&["account", "set-role", "marie", "admin"])
        .await
        .succeeding();
    town.browser_of("marie")
        .await
        .opens("/mairie/reglages")
        .await
        .expecting(200);
    assert_eq!(
        town.cli(&["account", "set-role", "marie", "empereur"])
            .await
            .code,
        WRONG
    );
}

#[tokio::test]
async fn a_token_is_printed_alone_and_has_its_scopes_only() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let run = town
        .cli(&["token", "create", "marie", "--scopes", "read"])
        .await
        .succeeding();
    let token = run.stdout.strip_suffix('\n').expect("a line");
    assert!(
        token.len() >= 30 && token.chars().all(|c| c.is_ascii_graphic()),
        "{token:?}"
    );
    let authorised = || headers(&[("authorization", &format!("Bearer {token}"))]);
    let home = town.url("/api/v1/timelines/home");
    send(http::Method::GET, &home, authorised(), Vec::new())
        .await
        .expecting(200);
    let post = send(
        http::Method::POST,
        &town.url("/api/v1/statuses"),
        authorised(),
        b"status=non".to_vec(),
    )
    .await;
    assert_eq!(post.status, 403);
    get(&home).await.expecting(401);
    assert_eq!(
        town.cli(&["token", "create", "personne", "--scopes", "read"])
            .await
            .code,
        NOT_FOUND
    );
    assert_eq!(
        town.cli(&["token", "create", "marie", "--scopes", "everything"])
            .await
            .code,
        WRONG
    );
}

#[tokio::test]
async fn a_backup_taken_while_the_town_runs_brings_everything_back() {
    use base64::Engine as _;
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let mut browser = town.browser_of("marie").await;
    let text = marker("à garder");
    let png = base64::engine::general_purpose::STANDARD
        .decode(crate::story::PNG)
        .unwrap();
    let page = browser.opens("/ecrire").await;
    let form = page
        .form("/ecrire")
        .with("text", &text)
        .with("description-image-1", "Un point")
        .with("audience", "public");
    browser
        .submits_with_files(&page, &form, &[("image-1", "p.png", "image/png", &png)])
        .await
        .expecting(200);
    let post = crate::story::own_post(&marie, &text).await;
    let picture = post["media_attachments"][0]["url"]
        .as_str()
        .unwrap()
        .to_owned();
    let bytes = get(&picture).await.expecting(200).body;

    if std::env::var_os("PARVIS_TEST_POSTGRES").is_some_and(|server| !server.is_empty()) {
        println!("on PostgreSQL the database's own tools make the backup");
        return;
    }
    let file = town
        .program
        .folder
        .path()
        .join("sauvegarde.tar")
        .display()
        .to_string();
    town.cli(&["backup", &file]).await.succeeding();
    assert_eq!(
        town.cli(&["backup", &file]).await.code,
        REFUSED,
        "a backup is not overwritten"
    );
    let later = marker("trop tard");
    marie.posts(&later).await;
    assert_eq!(
        town.cli(&["restore", &file]).await.code,
        REFUSED,
        "a town that is there is not overwritten"
    );
    let missing = town.cli(&["restore", "nulle-part.tar"]).await;
    assert_eq!(missing.code, NOT_FOUND, "{missing:#?}");

    town.stop().await;
    std::fs::remove_dir_all(town.program.folder.path().join("data")).unwrap();
    town.cli(&["restore", &file]).await.succeeding();
    town.restart().await;
    let restored = marie.status(id(&post)).await.expecting(200).json();
    assert_eq!(restored["content"], post["content"]);
    assert_eq!(get(&picture).await.expecting(200).body, bytes);
    assert!(
        !marie
            .local()
            .await
            .iter()
            .any(|post| parvis_testkit::resident::holds(post, &later))
    );
    town.visitor().logs_in("marie", PASSWORD).await;
}

#[tokio::test]
async fn a_command_that_nobody_reads_on_has_done_what_it_was_asked() {
    let town = TestTown::start("valmont").await;
    for command in [
        &["account", "list"][..],
        &["account", "create", "jean"],
        &["config", "print"],
        &["town", "list"],
    ] {
        let run = town.program.cli_unread(command).await;
        assert_eq!(run.code, 0, "{command:?}: {run:#?}");
    }
    let list = town.cli(&["account", "list"]).await.succeeding().stdout;
    assert!(list.contains("jean"), "{list}");
}

#[tokio::test]
async fn the_databases_of_several_towns_are_brought_up_to_date_together_or_one_alone() {
    let program = Arc::new(Program::new(program::port(), &[]));
    let valmont = TestTown::create_in(&program, "valmont").await;
    let _rivebelle = TestTown::create_in(&program, "rivebelle").await;
    let all = program.cli(&["migrate"]).await.succeeding().stdout;
    assert_eq!(all.lines().count(), 2, "{all}");
    let one = valmont.cli(&["migrate"]).await.succeeding().stdout;
    assert!(
        one.contains(&valmont.host) && one.lines().count() == 1,
        "{one}"
    );
    for line in [["config", "check"], ["town", "list"]] {
        let run = valmont.cli(&line).await;
        assert_eq!(run.code, 2, "{run:#?}");
        assert!(run.stderr.contains("--town"), "{run:#?}");
    }
}

#[tokio::test]
async fn towns_are_founded_and_listed() {
    let program = Program::new(program::port(), &[]);
    for host in ["a.localhost:9001", "b.localhost:9001"] {
        program.cli(&["town", "create", host]).await.succeeding();
    }
    let again = program.cli(&["town", "create", "a.localhost:9001"]).await;
    assert_eq!(again.code, REFUSED, "{again:#?}");
    let list = program.cli(&["town", "list"]).await.succeeding().stdout;
    assert!(
        list.contains("a.localhost:9001") && list.contains("b.localhost:9001"),
        "{list}"
    );
    let which = program.cli(&["account", "list"]).await;
    assert_eq!(which.code, WRONG, "which town is meant? {which:#?}");
    program
        .cli(&["--town", "b.localhost:9001", "account", "create", "jean"])
        .await
        .succeeding();
    assert!(
        program
            .cli(&["--town", "b.localhost:9001", "account", "list"])
            .await
            .stdout
            .contains("jean")
    );
    assert!(
        !program
            .cli(&["--town", "a.localhost:9001", "account", "list"])
            .await
            .stdout
            .contains("jean")
    );
    assert_eq!(
        program
            .cli(&["--town", "c.localhost:9001", "account", "list"])
            .await
            .code,
        NOT_FOUND
    );
    for host in ["../c", "a b", ""] {
        assert_eq!(
            program.cli(&["town", "create", host]).await.code,
            WRONG,
            "{host:?}"
        );
    }
}

#[tokio::test]
async fn migrations_run_by_themselves_and_on_demand_and_several_at_once() {
    let town = TestTown::prepare("valmont", &[]);
    let runs = futures_util::future::join_all((0..3).map(|_| town.cli(&["migrate"]))).await;
    for run in runs {
        run.succeeding();
    }
    town.program.start().await;
    town.get("/healthz").await.expecting(200);
    town.get("/readyz").await.expecting(200);
    town.cli(&["migrate"]).await.succeeding();
}
