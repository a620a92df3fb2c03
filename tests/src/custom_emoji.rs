//! Emoji of other servers: codes in texts and names whose pictures are seen from the town, as long as their author brings them.

use parvis_testkit::{
    actor::marker,
    exchange, keys,
    remote::{Host, Page},
    resident::id,
};
use serde_json::{Value, json};

use crate::{painted, place::Place};

fn emoji(host: &Host, name: &str, file: &str) -> Value {
    json!({"id": host.url("/emojis/1"), "type": "Emoji", "name": name, "updated": "2025-01-01T00:00:00Z",
        "icon": {"type": "Image", "mediaType": "image/png", "url": host.url(file)}})
}

#[tokio::test]
async fn emoji_of_other_servers_are_seen_from_ours_while_their_author_brings_them() {
    let place = Place::new().await;
    let host = place.remote.host("far");
    let drawn = Page::of("image/png", painted::plain(300, 200));
    host.serve("/chat.png", drawn);
    let cat = emoji(&host, ":chat:", "/chat.png");
    let paul = host.actor("paul", keys::first(), |actor| {
        actor["name"] = json!("Paul :chat:");
        actor["tag"] = json!([cat]);
    });
    place.lea.follows_actor(&paul).await;
    let text = marker("dehors");
    let content = format!("{text} :chat: <code>:chat:</code> :chien:");
    let mut note = paul.note(&content);
    note["type"] = json!("Question");
    note["oneOf"] =
        json!([{"type": "Note", "name": "Un :chat:"}, {"type": "Note", "name": "Rien"}]);
    note["endTime"] = json!("2099-01-01T00:00:00Z");
    note["tag"] = json!([
        cat,
        emoji(&host, "chien-loup", "/a.png"),
        emoji(&host, ":nulle_part:", "/b.png")
    ]);
    host.serve_document(&note);
    place.arrives(&paul, &paul.create(&note)).await;

    let post = place.lea.reads_on_home(&text).await;
    let shown = &post["emojis"];
    let address = shown[0]["url"].as_str().unwrap();
    assert!(
        address.starts_with(&format!("{}/media/remote/emoji/", place.town.origin)),
        "{shown}"
    );
    let expected = json!([{"shortcode": "chat", "url": address, "static_url": address, "visible_in_picker": false}]);
    for of in [&post, &post["account"], &post["poll"]] {
        assert_eq!(of["emojis"], expected);
    }
    assert_eq!(host.times_asked("/chat.png"), 0, "nobody has looked yet");
    let picture = exchange::get(address).await.expecting(200);
    assert_eq!(painted::size(&picture.body), (128, 85));
    let own = place.lea.get("/api/v1/custom_emojis").await;
    assert_eq!(own.expecting(200).json(), json!([]), "the town has none");

    let mut browser = place.town.browser_of("lea").await;
    let page = browser.opens("/").await.expecting(200);
    let picture = format!("<img class=\"emoji\" src=\"{address}\" alt=\":chat:\"");
    for beside in ["Paul ", &format!("{text} "), "Un "] {
        assert!(page.says(&format!("{beside}{picture}")), "{}", page.html);
    }
    assert!(page.says("<code>:chat:</code> :chien:"));
    assert!(!page.says(&format!("src=\"{}", host.url("/"))));

    let mut without = note.clone();
    without["tag"] = json!([]);
    place.arrives(&paul, &paul.update(&without, &content)).await;
    let path = format!("/api/v1/statuses/{}", id(&post));
    let now = place.lea.get(&path).await.expecting(200).json();
    assert_eq!(
        (&now["emojis"], &now["poll"]["emojis"]),
        (&json!([]), &json!([]))
    );
    assert_eq!(now["account"]["emojis"], expected, "the name still has it");
    assert!(now["content"].as_str().unwrap().contains(":chat:"));
    let page = browser.opens("/").await.expecting(200);
    assert!(page.says(&format!("{text} :chat:")), "{}", page.html);
}
