//! Taking one's data along and bringing some from elsewhere: tables as Mastodon's, and the archive of all posts.

use std::process::Command;

use http::{HeaderMap, Method};
use parvis_testkit::{Browser, TestTown, browser::Shown, eventually, resident::id};
use serde_json::Value;

const EXPORTS: &str = "/reglages/exporter";
const IMPORTS: &str = "/reglages/importer";

async fn takes(browser: &mut Browser, name: &str) -> String {
    let reply = browser
        .exchange(
            Method::GET,
            &format!("{EXPORTS}/{name}"),
            HeaderMap::new(),
            Vec::new(),
        )
        .await
        .expecting(200);
    let told = reply.header("content-disposition").unwrap_or_default();
    assert!(told.contains(name), "{told}");
    reply.text()
}

async fn tries_to_bring(browser: &mut Browser, kind: &str, how: &str, table: &[u8]) -> Shown {
    let page = browser.opens(IMPORTS).await.expecting(200);
    let form = page.form(IMPORTS).with("tableau", kind).with("facon", how);
    let file = [("file", "tableau.csv", "text/csv", table)];
    browser.submits_with_files(&page, &form, &file).await
}

/// Brought and worked off; the page in the end.
async fn brings(browser: &mut Browser, kind: &str, how: &str, table: &str) -> Shown {
    tries_to_bring(browser, kind, how, table.as_bytes())
        .await
        .expecting(200);
    eventually("it is worked off", || {
        let mut browser = browser.clone();
        async move {
            let page = browser.opens(IMPORTS).await;
            (page.says("Terminé.") && !page.says("En cours.")).then_some(page)
        }
    })
    .await
}

#[tokio::test]
async fn what_is_taken_along_from_one_account_is_brought_to_another() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let jean = town.resident("jean").await;
    let paul = town.resident("paul").await;
    let zoe = town.resident("zoe").await;
    marie.follows(&jean.handle()).await;
    let terms = [
        ("reblogs", "false"),
        ("languages[]", "fr"),
        ("languages[]", "oc"),
    ];
    let path = format!("/api/v1/accounts/{}/follow", jean.id);
    marie.post_form(&path, &terms).await.expecting(200);
    let deeds = [
        (format!("/api/v1/accounts/{}/block", paul.id), ("", "")),
        (
            format!("/api/v1/accounts/{}/mute", zoe.id),
            ("notifications", "false"),
        ),
        (
            "/api/v1/domain_blocks".to_owned(),
            ("domain", "loin.example"),
        ),
    ];
    for (path, field) in &deeds {
        marie.post_form(path, &[*field]).await.expecting(200);
    }
    let list = marie
        .post_form("/api/v1/lists", &[("title", "Judo, \"dojo\"")])
        .await;
    let path = format!("/api/v1/lists/{}/accounts", id(&list.expecting(200).json()));
    marie
        .post_form(&path, &[("account_ids[]", &jean.id)])
        .await
        .expecting(200);
    let post = jean.posts("Le dojo ouvre mardi").await;
    let path = format!("/api/v1/statuses/{}/bookmark", id(&post));
    marie.post_form(&path, &[]).await.expecting(200);

    let mut browser = town.browser_of("marie").await;
    browser.opens(EXPORTS).await.expecting(200);
    let host = &town.host;
    let uri = post["uri"].as_str().unwrap();
    let mut sheets = Vec::new();
    for (name, wanted) in [
        (
            "following_accounts.csv",
            format!(
                "Account address,Show boosts,Notify on new posts,Languages\njean@{host},false,false,\"fr, oc\"\n"
            ),
        ),
        ("blocked_accounts.csv", format!("paul@{host}\n")),
        (
            "muted_accounts.csv",
            format!("Account address,Hide notifications\nzoe@{host},false\n"),
        ),
        ("blocked_domains.csv", "loin.example\n".to_owned()),
        ("lists.csv", format!("\"Judo, \"\"dojo\"\"\",jean@{host}\n")),
        ("bookmarks.csv", format!("{uri}\n")),
    ] {
        let table = takes(&mut browser, name).await;
        assert_eq!(table, wanted, "{name}");
        sheets.push((name, table));
    }
    town.visitor()
        .opens(&format!("{EXPORTS}/lists.csv"))
        .await
        .form("/connexion");
    browser
        .opens(&format!("{EXPORTS}/secrets.csv"))
        .await
        .expecting(404);

    town.resident("neuve").await;
    let mut other = town.browser_of("neuve").await;
    let kinds = [
        "following",
        "blocked",
        "muted",
        "domains",
        "lists",
        "bookmarks",
    ];
    for (kind, (name, table)) in kinds.iter().zip(&sheets) {
        brings(&mut other, kind, "ajouter", table).await;
        assert_eq!(&takes(&mut other, name).await, table, "{name}");
    }

    let page = other.opens("/@jean").await.expecting(200);
    let options = page.form("/options");
    other.submits(&page, &options).await.expecting(200);
    let kept = takes(&mut other, "following_accounts.csv").await;
    assert_eq!(kept, sheets[0].1, "the form says what was chosen");
    let page = other.opens("/@jean").await.expecting(200);
    let options = page.form("/options").unticking("langues");
    other.submits(&page, &options).await.expecting(200);
    let kept = takes(&mut other, "following_accounts.csv").await;
    assert!(kept.ends_with(",false,false,\n"), "{kept}");
}

/// T246: what people typed is computed by no program for tables, and comes back as it was.
#[tokio::test]
async fn a_list_named_like_a_formula_is_text_in_the_table_and_keeps_its_name() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let jean = town.resident("jean").await;
    marie.follows(&jean.handle()).await;
    let titles = ["=HYPERLINK(\"https://x.example\")", "@SUM(A1)", "'=1+1"];
    for title in titles {
        let list = marie.post_form("/api/v1/lists", &[("title", title)]).await;
        let path = format!("/api/v1/lists/{}/accounts", id(&list.expecting(200).json()));
        let fields = [("account_ids[]", jean.id.as_str())];
        marie.post_form(&path, &fields).await.expecting(200);
    }
    let mut browser = town.browser_of("marie").await;
    let table = takes(&mut browser, "lists.csv").await;
    assert_eq!(table.lines().count(), titles.len(), "{table}");
    for line in table.lines() {
        let cell = line.trim_start_matches('"');
        assert!(cell.starts_with('\''), "{line}");
    }
    assert!(
        table.lines().all(|line| line.contains(",jean@")),
        "an address stays as it is: {table}"
    );

    brings(&mut browser, "lists", "remplacer", &table).await;
    assert_eq!(takes(&mut browser, "lists.csv").await, table);
    let lists = marie.list("/api/v1/lists").await;
    let mut kept: Vec<&str> = lists.iter().filter_map(|it| it["title"].as_str()).collect();
    kept.sort_unstable();
    assert_eq!(kept, ["'=1+1", titles[0], titles[1]]);
}

#[tokio::test]
async fn what_cannot_be_brought_is_listed_and_the_rest_arrives() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let jean = town.resident("jean").await;
    let table = format!(
        "Account address\r\n@Jean@{host}\r\npersonne@{host}\r\n<script>alert(1)</script>\r\n=1+1\r\nmarie@{host}\r\n",
        host = town.host
    );
    let mut browser = town.browser_of("marie").await;
    let page = brings(&mut browser, "following", "ajouter", &table).await;
    assert_eq!(marie.relation(&jean.id).await["following"], true);
    assert!(
        page.says("4 lignes") && page.says("personne@"),
        "{}",
        page.html
    );
    assert!(!page.says("<script>alert"), "what a file says is text");
    let form = page.form("/oublier");
    let after = browser.submits(&page, &form).await.expecting(200);
    assert!(!after.says("personne@"));
}

#[tokio::test]
async fn replacing_takes_away_what_is_not_in_the_file() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let (jean, paul) = (town.resident("jean").await, town.resident("paul").await);
    marie.follows(&jean.handle()).await;
    let mut browser = town.browser_of("marie").await;
    let table = format!("Account address,Show boosts\n{},true\n", paul.handle());
    brings(&mut browser, "following", "remplacer", &table).await;
    assert_eq!(marie.relation(&jean.id).await["following"], false);
    assert_eq!(marie.relation(&paul.id).await["following"], true);
    let wrong = format!("{}\nloin.example\n", jean.handle());
    let refused = tries_to_bring(&mut browser, "following", "remplacer", wrong.as_bytes()).await;
    assert!(refused.expecting(422).says("loin.example"));
    assert_eq!(marie.relation(&paul.id).await["following"], true);
}

#[tokio::test]
async fn lines_of_one_list_make_one_list() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let mut lines = Vec::new();
    for name in ["jean", "paul", "zoe", "lea", "karl", "anne"] {
        let friend = town.resident(name).await;
        marie.follows(&friend.handle()).await;
        lines.push(format!("Judo,{name}@{}", town.host));
    }
    let mut browser = town.browser_of("marie").await;
    brings(&mut browser, "lists", "ajouter", &lines.join("\n")).await;
    let lists = marie.get("/api/v1/lists").await.expecting(200).json();
    assert_eq!(lists.as_array().unwrap().len(), 1, "{lists}");
    let path = format!("/api/v1/lists/{}/accounts", id(&lists[0]));
    let on_it = marie.get(&path).await.expecting(200).json();
    assert_eq!(on_it.as_array().unwrap().len(), 6, "{on_it}");
}

#[tokio::test]
async fn a_table_that_is_none_or_too_large_is_refused() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let mut browser = town.browser_of("marie").await;
    let long = "a@b.example\n".repeat(10_002);
    let large = "x".repeat(1024 * 1024 + 1);
    for table in [
        b"\xff\xfe\x00".as_slice(),
        b"\n\n,,\n",
        long.as_bytes(),
        large.as_bytes(),
    ] {
        let shown = tries_to_bring(&mut browser, "following", "ajouter", table).await;
        assert_eq!(shown.status, 422, "{} bytes", table.len());
        assert!(shown.says("class=\"wrong\""));
    }
}

#[tokio::test]
async fn t242_the_archive_holds_every_post_and_file_of_its_owner_only() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    marie.posts("Le pont est rouvert").await;
    marie.posts_for("direct", "Seulement pour moi").await;
    let fields = [("status", "Entre nous, en ville"), ("visibility", "local")];
    let local = marie
        .post_form("/api/v1/statuses", &fields)
        .await
        .is_success();
    town.resident("jean").await.posts("Un mot de Jean").await;
    let mut browser = town.browser_of("marie").await;
    let reply = browser
        .exchange(
            Method::GET,
            &format!("{EXPORTS}/archive.tar.gz"),
            HeaderMap::new(),
            Vec::new(),
        )
        .await
        .expecting(200);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("archive.tar.gz");
    std::fs::write(&file, &reply.body).unwrap();
    let unpacked = Command::new("tar")
        .args(["-xzf", file.to_str().unwrap(), "-C"])
        .arg(folder.path())
        .status()
        .unwrap();
    assert!(unpacked.success(), "tar reads it");
    let read = |name: &str| -> Value {
        let text = std::fs::read(folder.path().join(name)).unwrap();
        serde_json::from_slice(&text).unwrap()
    };
    let actor = read("actor.json");
    assert_eq!(
        (&actor["preferredUsername"], &actor["outbox"]),
        (&"marie".into(), &"outbox.json".into())
    );
    let outbox = read("outbox.json");
    let said = outbox["orderedItems"].to_string();
    assert_eq!(outbox["totalItems"], 2 + u64::from(local));
    assert!(said.contains("Le pont est rouvert") && said.contains("Seulement pour moi"));
    assert!(!said.contains("Un mot de Jean"));
    assert_eq!(said.contains("Entre nous, en ville"), local);
    let mut stranger = town.visitor();
    let led = stranger.opens(&format!("{EXPORTS}/archive.tar.gz")).await;
    assert!(
        led.path.starts_with("/connexion"),
        "a stranger is led to the log-in"
    );
}
