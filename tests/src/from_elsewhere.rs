//! Visitors who have their home elsewhere: they follow and answer from there.

use http::Method;
use parvis_testkit::{
    Browser, Remote, TestTown,
    exchange::{Reply, headers},
    remote::Page,
};
use serde_json::json;

use crate::story::page_of;

async fn asks_elsewhere(visitor: &mut Browser, page: &str, address: &str) -> Reply {
    let shown = visitor.opens(page).await.expecting(200);
    let form = shown.form(page).with("adresse", address);
    visitor.sends(&form).await
}

fn subscribes_at(host: &parvis_testkit::remote::Host, template: &str) {
    let said = json!({"subject": "acct:paul@x", "links": [
        {"rel": "http://ostatus.org/schema/1.0/subscribe", "template": template}]});
    let page = Page::of("application/jrd+json", said.to_string());
    host.serve("/.well-known/webfinger", page);
}

#[tokio::test]
async fn a_neighbour_of_another_town_follows_and_answers_from_home() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let post = marie.posts("Qui vient dimanche ?").await;
    let remote = Remote::open().await;
    let far = remote.host("loin");
    subscribes_at(&far, &far.url("/interaction?uri={uri}"));
    let me = format!("@paul@{}", far.authority);
    let mut visitor = town.visitor();

    let profile = visitor.opens("/@marie").await.expecting(200);
    assert!(profile.says("href=\"/@marie/suivre\""));
    let led = asks_elsewhere(&mut visitor, "/@marie/suivre", &me)
        .await
        .expecting(303);
    let there = url::Url::parse(led.header("location").unwrap()).unwrap();
    assert_eq!(there.host_str(), far.authority.split(':').next());
    let (_, uri) = there.query_pairs().next().unwrap();
    assert_eq!(uri, marie.handle()[1..]);

    let page = format!("{}/repondre", page_of(&town, &post));
    let led = asks_elsewhere(&mut visitor, &page, &me)
        .await
        .expecting(303);
    let there = url::Url::parse(led.header("location").unwrap()).unwrap();
    let (_, uri) = there.query_pairs().next().unwrap();
    assert_eq!(uri, post["uri"].as_str().unwrap());

    // Two towns of ours understand each other: what ours says leads to its own page for it.
    let jrd = format!(
        "/.well-known/webfinger?resource=acct:{}",
        &marie.handle()[1..]
    );
    let jrd = town.get(&jrd).await.expecting(200).json();
    let template = jrd["links"]
        .as_array()
        .unwrap()
        .iter()
        .find_map(|link| link["template"].as_str());
    assert_eq!(
        template,
        Some(town.url("/authorize_interaction?uri={uri}").as_str())
    );
    let mut own = town.browser_of("marie").await;
    assert_eq!(own.opens("/@marie/suivre").await.path, "/@marie");
}

#[tokio::test]
async fn a_way_home_that_is_none_is_said_kindly() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let remote = Remote::open().await;
    let (mute, sly, shut) = (
        remote.host("muet"),
        remote.host("ruse"),
        remote.host("ferme"),
    );
    mute.person("paul");
    subscribes_at(&sly, "javascript:alert('{uri}')");
    shut.serve(
        "/.well-known/webfinger",
        Page {
            status: 503,
            ..Page::of("text/plain", "")
        },
    );
    let mut visitor = town.visitor();
    for (address, words) in [
        ("paul".to_owned(), "adresse entière"),
        ("@paul@".to_owned(), "adresse entière"),
        (
            format!("@personne@{}", mute.authority),
            "ne connaît pas cette adresse",
        ),
        (format!("@paul@{}", mute.authority), "ne dit pas comment"),
        (format!("@paul@{}", sly.authority), "ne dit pas comment"),
        (format!("@paul@{}", shut.authority), "ne répond pas"),
        ("@paul@10.0.0.1".to_owned(), "ne connaît pas cette adresse"),
    ] {
        let answer = asks_elsewhere(&mut visitor, "/@marie/suivre", &address).await;
        let text = answer.text();
        assert_eq!(answer.status, 422, "{address}: {text}");
        assert!(text.contains(words), "{address}: {text}");
        assert!(
            text.contains(&format!("value=\"{address}\"")),
            "nothing typed is lost"
        );
    }
    let home = format!("@lea@{}", town.host);
    let led = asks_elsewhere(&mut visitor, "/@marie/suivre", &home)
        .await
        .expecting(303);
    assert_eq!(led.header("location"), Some("/connexion?suite=%2F%40marie"));
    // Another site cannot make the town ask around.
    let more = headers(&[("content-type", "application/x-www-form-urlencoded")]);
    let forged = visitor.exchange(
        Method::POST,
        "/@marie/suivre",
        more,
        b"adresse=a%40b.example".to_vec(),
    );
    forged.await.expecting(403);
}
