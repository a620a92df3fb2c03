//! Mark-up of others in every place that takes words or addresses: what leaves the town is clean. The numbers are those of
//! docs/attacks.md.

use parvis_testkit::{
    Actor, Resident, TestTown,
    actor::marker,
    eventually,
    resident::{holds, id},
};
use serde_json::{Value, json};

use crate::{place::Place, story::page_of};

/// Ends whatever it stands in and begins something that acts.
const MARKS: &str =
    "\"'><script>alert(1)</script><img src=x onerror=alert(1)><a href=\"javascript:alert(1)\">";

/// All that HTML can do besides showing words.
const HOSTILE: &str = concat!(
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "<a href=\"javascript:alert(1)\">un</a><a href=\" data:text/html,x\">deux</a>",
    "<a href=\"vbscript:x\">trois</a><a href=\"jav&#x09;ascript:alert(1)\">quatre</a>",
    "<iframe src=\"https://evil.example\" srcdoc=\"x\"></iframe>",
    "<svg onload=alert(1)><a><animate attributeName=href values=javascript:x /></a></svg>",
    "<math><annotation-xml encoding=\"text/html\"><script>alert(1)</script></annotation-xml></math>",
    "<form action=\"https://evil.example\"><input name=password>",
    "<button formaction=\"javascript:x\">ok</button></form>",
    "<style>p{display:none}</style><base href=\"https://evil.example/\">",
    "<meta http-equiv=refresh content=\"0;url=https://evil.example\">",
    "<object data=x></object><embed src=x>",
    "<p style=\"position:fixed\" onmouseover=\"alert(1)\" class=\"evil\" id=\"main\">cinq</p>",
    "<a href=\"https://elsewhere.example/ok\" rel=\"opener\" target=\"_self\">un lien</a>",
);

/// HTML that leaves the town has tags that show words and links that lead to the web, and nothing else.
#[track_caller]
fn is_clean(what: &str, html: &str) {
    for tag in html.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap();
        let name = tag.trim_start_matches('/').split(' ').next().unwrap();
        let known = ["p", "br", "a", "span", "em", "strong", "b", "i", "code"].contains(&name);
        assert!(known, "{what}: <{tag}> in {html}");
        for bad in [" on", " style", " id=", "evil\"", "script:", "data:"] {
            assert!(!tag.contains(bad), "{what}: <{tag}> in {html}");
        }
    }
}

/// No page of ours has such tags unless somebody slipped them in. Words that look like tags are none.
#[track_caller]
fn is_clean_page(what: &str, html: &str) {
    for tag in html.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap();
        let name = tag.split(' ').next().unwrap();
        let slipped_in = match name {
            "iframe" | "math" | "style" | "base" | "object" | "embed" | "animate" => true,
            "script" => !tag.contains("src=\"/") && !tag.contains("type=\"application/"),
            // Ours begins with its class; what its description quotes is none.
            "img" => tag.starts_with("img src=x"),
            "meta" => tag.contains("http-equiv"),
            _ => [
                "href=\"javascript:",
                "href=\"data:",
                "href=\"vbscript:",
                "action=\"javascript:",
                "action=\"https://evil",
            ]
            .iter()
            .any(|bad| tag.contains(bad)),
        };
        assert!(!slipped_in, "{what}: <{tag}> in {html}");
    }
}

/// Addresses anywhere in an answer to apps are of the web, or none.
#[track_caller]
fn has_web_addresses(what: &str, value: &Value) {
    match value {
        Value::Array(all) => {
            for one in all {
                has_web_addresses(what, one);
            }
        }
        Value::Object(members) => {
            for (name, one) in members {
                let address = one.as_str().unwrap_or_default();
                let is_address = ["url", "uri", "avatar", "header"].contains(&name.as_str())
                    || name.ends_with("_url");
                let fine = address.is_empty() || address.starts_with("http");
                assert!(!is_address || fine, "{what}: {name} is {address}");
                has_web_addresses(what, one);
            }
        }
        _ => {}
    }
}

/// The page of a post, and the pages on which it stands among others.
async fn pages_with(town: &TestTown, name: &str, paths: &[String]) -> Vec<(String, String)> {
    let mut browser = town.browser_of(name).await;
    let mut shown = Vec::new();
    for path in paths {
        let html = browser.opens(path).await.expecting(200).html;
        shown.push((path.clone(), html));
    }
    shown
}

/// Every link to another site on a page says that it is nobody's word and gives no hold on the page.
#[track_caller]
fn links_are_kept_apart(html: &str) {
    let mut met = 0;
    for link in html.split("<a ").skip(1) {
        let link = link.split('>').next().unwrap();
        if link.contains("href=\"https://elsewhere.example") {
            met += 1;
            let rel = link.split("rel=\"").nth(1).unwrap_or_default();
            let rel = rel.split('"').next().unwrap();
            for word in ["nofollow", "noopener"] {
                assert!(rel.split(' ').any(|one| one == word), "{word}: {link}");
            }
        }
    }
    assert!(met > 0, "the link is there: {html}");
}

fn in_every_place(paul: &Actor, victor: &Actor, text: &str) -> Value {
    let mut note = paul.note(&format!(
        "{text} {HOSTILE} <a href=\"{}\" class=\"u-url mention\">@victor@{}</a>",
        paul.id,
        victor.authority()
    ));
    note["summary"] = json!(MARKS);
    note["url"] = json!("javascript:alert(1)");
    note["contentMap"] = json!({"fr\"><script>alert(1)</script>": note["content"]});
    note["tag"] = json!([
        {"type": "Mention", "href": paul.id, "name": victor.handle()},
        {"type": "Hashtag", "name": "#\"><script>alert(1)</script>", "href": "javascript:alert(1)"},
        {"type": "Emoji", "name": ":x\"><script>alert(1)</script>:", "icon": {"type": "Image", "url": "javascript:alert(1)"}},
    ]);
    note["attachment"] = json!([
        {"type": "Document", "mediaType": "image/png", "url": paul.host.url("/p.png"), "name": MARKS},
        {"type": "Document", "mediaType": "image/png", "url": "javascript:alert(1)", "name": "x"},
        {"type": "Document", "mediaType": "image/png", "url": "data:image/svg+xml,<svg onload=alert(1)>", "name": "x"},
        {"type": "Document", "mediaType": "text/html\"><script>", "url": "vbscript:x", "name": "x"},
    ]);
    paul.host.serve_document(&note);
    note
}

#[track_caller]
fn post_is_clean(what: &str, post: &Value) {
    is_clean(what, post["content"].as_str().unwrap());
    has_web_addresses(what, post);
    let language = post["language"].as_str().unwrap_or_default();
    assert!(!language.contains(['<', '"']), "{what}: {language}");
    for tag in post["tags"].as_array().unwrap() {
        let name = tag["name"].as_str().unwrap();
        assert!(!name.contains(['<', '"']), "{what}: {name}");
    }
}

async fn read(lea: &Resident, post: &Value) -> Value {
    lea.status(id(post)).await.expecting(200).json()
}

/// T207, T209, T212, T213, T216, T217: in a post of somebody elsewhere, when it arrives and when it is changed.
#[tokio::test]
async fn t207_t209_t212_t213_t216_t217_what_arrives_is_words_and_links() {
    let place = Place::new().await;
    let paul = place.followed("far", "paul").await;
    let victor = place.remote.host("third").person("victor");
    let text = marker("bonjour");
    let note = in_every_place(&paul, &victor, &text);
    place.arrives(&paul, &paul.create(&note)).await;
    let post = place.lea.reads_on_home(&text).await;
    post_is_clean("arrived", &post);
    assert!(post["content"].as_str().unwrap().contains("cinq"), "{post}");
    let own = page_of_here(&post);
    let paths = [own.clone(), "/".to_owned(), format!("/@{}", paul.acct())];
    for (path, html) in pages_with(&place.town, "lea", &paths).await {
        is_clean_page(&path, &html);
        links_are_kept_apart(&html);
        assert!(html.contains(&text), "{path}");
    }
    // What is written as somebody's handle and leads to another server leads nowhere.
    let content = post["content"].as_str().unwrap();
    let handle = format!("@victor@{}", victor.authority());
    let is_link = content.contains(&format!(">{handle}"));
    assert!(content.contains(&handle) && !is_link, "{content}");
    let called = post["mentions"].as_array().unwrap();
    let spoofed = called.iter().any(|one| one["acct"] == victor.acct());
    assert!(!spoofed, "{called:?}");

    let plain = marker("sans rien");
    let clean = paul.note(&plain);
    place.arrives(&paul, &paul.create(&clean)).await;
    let post = place.lea.reads_on_home(&plain).await;
    let later = marker("changé");
    let changed = paul.update(&clean, &format!("{later} {HOSTILE}"));
    place.arrives(&paul, &changed).await;
    let post = eventually("the change arrives", || async {
        let post = read(&place.lea, &post).await;
        holds(&post, &later).then_some(post)
    })
    .await;
    post_is_clean("changed", &post);
    let path = page_of_here(&post);
    for (path, html) in pages_with(&place.town, "lea", &[path]).await {
        is_clean_page(&path, &html);
        assert!(html.contains(&later), "{path}");
    }
}

/// The page in this town of a post from elsewhere.
fn page_of_here(post: &Value) -> String {
    let acct = post["account"]["acct"].as_str().unwrap();
    format!("/@{acct}/{}", id(post))
}

/// T213: choices of a poll are words. T211, T212: so are names, lines and texts of profiles.
#[tokio::test]
async fn t211_t212_t213_profiles_and_polls_of_others_are_words_and_links() {
    let place = Place::new().await;
    let paul = place.followed("far", "paul").await;
    let text = marker("sondage");
    let mut question = paul.note(&text);
    question["type"] = json!("Question");
    question["oneOf"] = json!([
        {"type": "Note", "name": MARKS, "replies": {"type": "Collection", "totalItems": 0}},
        {"type": "Note", "name": "oui", "replies": {"type": "Collection", "totalItems": 0}},
    ]);
    question["endTime"] = json!("2099-01-01T00:00:00Z");
    paul.host.serve_document(&question);
    place.arrives(&paul, &paul.create(&question)).await;
    let post = place.lea.reads_on_home(&text).await;
    let choices = post["poll"]["options"].as_array().unwrap();
    assert_eq!(choices.len(), 2, "{post}");

    let about = marker("moi");
    let mut document = paul.document();
    document["name"] = json!(format!("Paul {MARKS}"));
    document["summary"] = json!(format!("{about} {HOSTILE}"));
    document["url"] = json!("javascript:alert(1)");
    document["icon"] =
        json!({"type": "Image", "mediaType": "image/png", "url": "javascript:alert(1)"});
    document["image"] =
        json!({"type": "Image", "mediaType": "image/png", "url": "data:text/html,x"});
    document["attachment"] = json!([
        {"type": "PropertyValue", "name": MARKS, "value": HOSTILE},
        {"type": "PropertyValue", "name": "Site", "value": "<a href=\"javascript:alert(1)\">ici</a>"},
        {"type": "PropertyValue", "name": "Nu", "value": "javascript:alert(1)"},
    ]);
    paul.host.serve_document(&document);
    place
        .arrives(&paul, &paul.activity("Update", &document))
        .await;
    let account = eventually("the profile arrives", || async {
        let account = place.lea.lookup(&paul.acct()).await.json();
        let note = account["note"].as_str().unwrap_or_default();
        note.contains(&about).then_some(account)
    })
    .await;
    is_clean("bio", account["note"].as_str().unwrap());
    has_web_addresses("account", &account);
    let fields = account["fields"].as_array().unwrap();
    assert!(!fields.is_empty(), "{account}");
    for field in fields {
        is_clean("line", field["value"].as_str().unwrap());
    }
    let of_paul = format!("/@{}", paul.acct());
    let paths = [
        page_of_here(&post),
        "/".to_owned(),
        of_paul.clone(),
        format!("{of_paul}?voir=a-propos"),
        "/@lea/abonnements".to_owned(),
    ];
    for (path, html) in pages_with(&place.town, "lea", &paths).await {
        is_clean_page(&path, &html);
        assert!(html.contains("Paul"), "{path}");
    }
}

/// T207, T211, T213, T217: what residents write goes through no other gate.
#[tokio::test]
async fn t207_t211_t213_what_residents_write_is_words_and_links_too() {
    let town = TestTown::start("valmont").await;
    let lea = town.resident("lea").await;
    let text = marker("chez nous");
    let written = format!("{text} {HOSTILE} [x](javascript:alert(1)) https://elsewhere.example/ok");
    let fields = [
        ("status", written.as_str()),
        ("spoiler_text", MARKS),
        ("poll[options][]", MARKS),
        ("poll[options][]", "oui"),
        ("poll[expires_in]", "600"),
    ];
    let post = lea.post_form("/api/v1/statuses", &fields).await;
    let post = post.expecting(200).json();
    post_is_clean("written", &post);
    let bio = format!("{text} {HOSTILE}");
    let fields = [
        ("display_name", "<script>alert(1)</script>"),
        ("note", bio.as_str()),
        ("fields_attributes[0][name]", "<b onclick=x>"),
        ("fields_attributes[0][value]", "javascript:alert(1)"),
    ];
    let path = "/api/v1/accounts/update_credentials";
    let account = crate::app::asks(&lea, &town, http::Method::PATCH, path, &fields).await;
    let account = account.expecting(200).json();
    is_clean("bio", account["note"].as_str().unwrap());
    is_clean("line", account["fields"][0]["value"].as_str().unwrap());
    let page = page_of(&town, &post);
    let paths = [page.clone(), "/ville".to_owned(), "/@lea".to_owned()];
    for (path, html) in pages_with(&town, "lea", &paths).await {
        is_clean_page(&path, &html);
        assert!(html.contains(&text), "{path}");
    }
    let html = town.visitor().opens(&page).await.expecting(200).html;
    is_clean_page("to a visitor", &html);
    links_are_kept_apart(&html);
}
