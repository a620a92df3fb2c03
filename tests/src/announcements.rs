//! What the town tells its residents: written at the shell, read in apps and above home. And one's own profile, as apps change
//! it.

use http::Method;
use parvis_testkit::{Ear, Resident, TestTown, actor::marker, ear::payload, resident::id};
use serde_json::{Value, json};

use crate::app::{asks, does};

const ALL: &str = "/api/v1/announcements";

async fn publishes(town: &TestTown, arguments: &[&str]) -> String {
    let command = [&["announcement", "publish"], arguments].concat();
    let run = town.cli(&command).await.succeeding();
    run.stdout.trim().to_owned()
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test]
async fn an_announcement_is_read_in_apps_until_it_ends_or_is_put_away() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let words = marker("Fermée");
    let text = format!("{words} <b>samedi</b>, voir https://valmont.example/travaux");
    let span = ["--starts", "2040-07-13", "--ends", "2040-07-14"];
    let first = publishes(&town, &[&[text.as_str()], &span[..]].concat()).await;
    let second = publishes(&town, &["On cherche des bras."]).await;
    let told = marie.list(ALL).await;
    assert_eq!(told.len(), 2);
    let (later, now) = (&told[1], &told[0]);
    assert_eq!((id(later), id(now)), (first.as_str(), second.as_str()));
    let content = later["content"].as_str().unwrap();
    assert!(
        content.contains(&words) && content.contains("&lt;b&gt;"),
        "{content}"
    );
    assert!(content.contains("href=\"https://valmont.example/travaux\""));
    assert_eq!(later["starts_at"], "2040-07-12T22:00:00.000Z");
    assert_eq!(later["ends_at"], "2040-07-14T21:59:59.000Z");
    assert_eq!(
        (&later["all_day"], &now["all_day"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(
        (&now["starts_at"], &now["ends_at"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(
        (&now["read"], &now["reactions"]),
        (&json!(false), &json!([]))
    );
    town.get(ALL).await.expecting(401);

    let away = does(&marie, &format!("{ALL}/{second}/dismiss"), &[]).await;
    assert_eq!(away, json!({}));
    does(&marie, &format!("{ALL}/{second}/dismiss"), &[]).await;
    assert_eq!(marie.list(ALL).await.len(), 1);
    let whole = marie.list(&format!("{ALL}?with_dismissed=true")).await;
    assert_eq!(whole.len(), 2);
    assert_eq!(whole[0]["read"], true);
    assert_eq!(jean.list(ALL).await.len(), 2, "he has not put it away");

    let listed = town
        .cli(&["announcement", "list"])
        .await
        .succeeding()
        .stdout;
    assert_eq!(listed.lines().count(), 2);
    assert!(listed.contains("2040-07-12T22:00:00Z"), "{listed}");
    town.cli(&["announcement", "remove", &first])
        .await
        .succeeding();
    assert_eq!(town.cli(&["announcement", "remove", &first]).await.code, 3);
    assert!(marie.list(ALL).await.is_empty());
    marie
        .post_form(&format!("{ALL}/{first}/dismiss"), &[])
        .await
        .expecting(404);
    for (code, wrong) in [
        (4, ["  ", "--ends", "2040-01-01"]),
        (4, ["Passé", "--ends", "2020-01-01"]),
        (2, ["Quand ?", "--ends", "bientôt"]),
    ] {
        let run = town
            .cli(&[&["announcement", "publish"], &wrong[..]].concat())
            .await;
        assert_eq!(run.code, code, "{run:?}");
    }
    let wrong = ["x", "--starts", "2040-01-02", "--ends", "2040-01-01"];
    let run = town
        .cli(&[&["announcement", "publish"], &wrong[..]].concat())
        .await;
    assert_eq!(run.code, 4, "{run:?}");
}

#[tokio::test]
async fn residents_answer_an_announcement_with_a_few_emoji() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let number = publishes(&town, &["Bal samedi"]).await;
    let does = async |who: &Resident, method: Method, emoji: &str| {
        let path = format!("{ALL}/{number}/reactions/{}", encoded(emoji));
        asks(who, &town, method, &path, &[]).await.status
    };
    for who in [&marie, &jean, &jean] {
        assert_eq!(does(who, Method::PUT, "🎉").await, 200);
    }
    assert_eq!(does(&jean, Method::PUT, "❤️").await, 200);
    for other in ["blobcat", "a", "🎉🎉", "1"] {
        assert_eq!(does(&jean, Method::PUT, other).await, 422, "{other}");
    }
    let given = async |who: &Resident| who.list(ALL).await[0]["reactions"].clone();
    assert_eq!(
        given(&marie).await,
        json!([
            {"name": "🎉", "count": 2, "me": true},
            {"name": "❤️", "count": 1, "me": false},
        ])
    );
    assert_eq!(does(&marie, Method::DELETE, "🎉").await, 200);
    assert_eq!(does(&marie, Method::DELETE, "🎉").await, 200);
    assert_eq!(does(&jean, Method::DELETE, "❤️").await, 200);
    assert_eq!(
        given(&jean).await,
        json!([{"name": "🎉", "count": 1, "me": true}])
    );
    for emoji in ["🥐", "🥖", "🧀", "🍷", "🥗", "🍎", "🍐"] {
        assert_eq!(does(&jean, Method::PUT, emoji).await, 200);
    }
    assert_eq!(does(&marie, Method::PUT, "🍋").await, 422, "eight at most");
    assert_eq!(does(&marie, Method::PUT, "🍐").await, 200, "one of them");
    let gone = format!("{ALL}/1/reactions/{}", encoded("🎉"));
    asks(&marie, &town, Method::PUT, &gone, &[])
        .await
        .expecting(404);
}

#[tokio::test]
async fn who_listens_hears_of_an_announcement_its_answers_and_its_end() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let mut ear = Ear::of(&town, &marie.token, "user").await;
    let words = marker("Marché déplacé");
    let number = publishes(&town, &[&words]).await;
    let heard = ear.hears().await.unwrap();
    assert_eq!(heard["event"], "announcement");
    let shown = payload(&heard);
    assert_eq!(id(&shown), number);
    assert!(shown["content"].as_str().unwrap().contains(&words));
    assert!(shown.get("read").is_none(), "each has to ask for that");
    let path = format!("{ALL}/{number}/reactions/{}", encoded("🎉"));
    for (method, count) in [(Method::PUT, 1), (Method::DELETE, 0)] {
        asks(&jean, &town, method, &path, &[]).await.expecting(200);
        let heard = ear.hears().await.unwrap();
        assert_eq!(heard["event"], "announcement.reaction");
        let given = json!({"announcement_id": number, "name": "🎉", "count": count});
        assert_eq!(payload(&heard), given);
    }
    town.cli(&["announcement", "remove", &number])
        .await
        .succeeding();
    let heard = ear.hears().await.unwrap();
    assert_eq!(
        (&heard["event"], &heard["payload"]),
        (&json!("announcement.delete"), &json!(number))
    );
}

#[tokio::test]
async fn an_announcement_stands_above_home_until_one_has_read_it() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let words = marker("Travaux");
    let number = publishes(&town, &[words.as_str(), "--ends", "2040-07-14T18:00"]).await;
    let mut browser = town.browser_of("marie").await;
    let page = browser.opens("/").await.expecting(200);
    assert!(page.html.contains(&words));
    assert!(page.html.contains("14 juillet 2040"), "when it ends");
    let visitor = town.visitor().opens("/").await;
    assert!(!visitor.html.contains(&words), "for residents");
    let form = page.form(&format!("/actions/annonce/{number}/lue"));
    let page = browser.submits(&page, &form).await;
    assert_eq!((page.status, page.path.as_str()), (200, "/"));
    assert!(!page.html.contains(&words));
    assert!(page.html.contains("L’annonce est rangée."));
}

#[tokio::test]
async fn a_profile_is_read_and_changed_as_it_was_typed() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let path = "/api/v1/profile";
    let fields = [
        ("display_name", "Marie Curtil"),
        ("note", "Boulangère, <b>rue</b> Haute"),
        ("locked", "true"),
        ("fields_attributes[0][name]", "Site"),
        ("fields_attributes[0][value]", "https://b.example"),
    ];
    let changed = asks(&marie, &town, Method::PATCH, path, &fields)
        .await
        .expecting(200)
        .json();
    does(&marie, "/api/v1/featured_tags", &[("name", "pain")]).await;
    let shown = marie.get(path).await.expecting(200).json();
    for key in ["id", "display_name", "note", "fields", "locked", "avatar"] {
        assert_eq!(shown[key], changed[key], "{key}");
    }
    assert_eq!(shown["id"], marie.id.as_str());
    assert_eq!(shown["display_name"], "Marie Curtil");
    assert_eq!(shown["note"], "Boulangère, <b>rue</b> Haute");
    assert_eq!(
        shown["fields"],
        json!([{"name": "Site", "value": "https://b.example"}])
    );
    assert_eq!(
        (&shown["avatar"], &shown["header"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(
        (&shown["locked"], &shown["bot"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(shown["featured_tags"][0]["name"], "pain");
    let long = "x".repeat(2_000);
    asks(&marie, &town, Method::PATCH, path, &[("note", &long)])
        .await
        .expecting(422);
    town.get(path).await.expecting(401);
}

#[tokio::test]
async fn no_letter_is_awaited_where_none_is_written() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let reply = marie.post_form("/api/v1/emails/confirmations", &[]).await;
    let said = reply.expecting(403).json();
    assert_eq!(
        said["error"],
        "This method is only available while the e-mail is awaiting confirmation"
    );
}
