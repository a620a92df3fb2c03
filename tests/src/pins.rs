//! Posts on top of their author's page: those of other servers as these list them, and one's own by a button; and tags.

use parvis_testkit::{
    actor::marker,
    eventually, keys,
    remote::Page,
    resident::{holds, id},
};
use serde_json::json;

use crate::{place::Place, public::lets_be_found, threads::old_note};

#[tokio::test]
async fn what_an_account_elsewhere_has_pinned_is_on_top_of_its_page() {
    let place = Place::new().await;
    let host = place.remote.host("far");
    let featured = host.url("/users/anna/featured");
    let anna = host.actor("anna", keys::first(), |actor| {
        actor["featured"] = json!(featured);
    });
    let bob = host.person("bob");
    let [above, below, others, told] = ["dessus", "dessous", "bob", "dit"].map(marker);
    let (above_note, below_note) = (old_note(&anna, &above), old_note(&anna, &below));
    let mut mentions = below_note.clone();
    mentions["tag"] =
        json!([{"type": "Mention", "href": place.lea.uri, "name": place.lea.handle()}]);
    host.serve_document(&mentions);
    let mut embedded = mentions.clone();
    embedded["content"] = json!(format!("<p>{told}</p>"));
    let items = json!([above_note["id"], embedded, old_note(&bob, &others)["id"]]);
    let list = json!({"@context": "https://www.w3.org/ns/activitystreams", "id": featured,
        "type": "OrderedCollection", "totalItems": 3, "orderedItems": items});
    host.serve("/users/anna/featured", Page::document(&list));
    let account = place.lea.finds_account(&anna.handle()).await;
    let path = format!("/api/v1/accounts/{}/statuses?pinned=true", id(&account));
    place.town.get(&path).await.expecting(200);
    assert_eq!(
        host.times_asked("/users/anna/featured"),
        0,
        "for a visitor nobody is asked"
    );
    let pinned = eventually("the pinned posts are there", || async {
        let pinned = place.lea.list(&path).await;
        (!pinned.is_empty()).then_some(pinned)
    })
    .await;
    assert_eq!(pinned.len(), 2, "{pinned:#?}");
    assert!(holds(&pinned[0], &above) && holds(&pinned[1], &below));
    assert_eq!(host.times_asked("/users/anna/featured"), 1);
    assert!(place.lea.list("/api/v1/notifications").await.is_empty());
    let mut browser = place.town.browser_of("lea").await;
    let shown = browser
        .opens(&format!("/@{}", anna.acct()))
        .await
        .expecting(200);
    assert_eq!(shown.html.matches("Épinglé").count(), 2);
    let at = |word: &str| shown.html.find(word).unwrap();
    assert!(at(&above) < at(&below));
    assert_eq!(
        shown.html.matches(above.as_str()).count(),
        1,
        "none stands twice"
    );
}

#[tokio::test]
async fn one_pins_a_post_of_ones_own_with_a_button() {
    let place = Place::new().await;
    let (old, new) = (marker("ancien"), marker("nouveau"));
    let post = place.lea.posts(&old).await;
    place.lea.posts(&new).await;
    let mut browser = place.town.browser_of("lea").await;
    let page = browser.opens("/@lea").await.expecting(200);
    let order = |html: &str| html.find(&old).unwrap() < html.find(&new).unwrap();
    assert!(!order(&page.html) && !page.says("Épinglé"));
    let form = page.form(&format!("/actions/message/{}/epingler", id(&post)));
    let shown = browser.submits(&page, &form).await.expecting(200);
    assert!(
        order(&shown.html) && shown.says("Épinglé"),
        "{}",
        shown.html
    );
    assert_eq!(
        shown
            .html
            .matches(&format!("id=\"m-{}\"", id(&post)))
            .count(),
        1
    );
    let visitor = place.town.visitor().opens("/@lea").await.expecting(200);
    assert!(order(&visitor.html) && visitor.says("Épinglé"));
    let form = shown.form(&format!("/actions/message/{}/ne-plus-epingler", id(&post)));
    let shown = browser.submits(&shown, &form).await.expecting(200);
    assert!(!order(&shown.html) && !shown.says("Épinglé"));
    place.lea.posts_for("direct", "à moi seule").await;
    let page = browser.opens("/@lea").await.expecting(200);
    assert_eq!(
        page.html.matches("/epingler\"").count(),
        2,
        "not what is for oneself"
    );
}

#[tokio::test]
async fn other_servers_see_the_tags_of_a_page_and_whether_its_posts_may_be_found() {
    let place = Place::new().await;
    let path = place.lea.uri.strip_prefix(&place.town.origin).unwrap();
    let actor = place.town.get_document(path).await.expecting(200).json();
    let tags = format!("{}/tags", place.lea.uri);
    assert_eq!(actor["featuredTags"], tags);
    assert_eq!(actor["searchableBy"], json!([]));
    assert!(actor.get("updated").is_none(), "nothing was changed yet");
    place
        .lea
        .post_form("/api/v1/featured_tags", &[("name", "Four")])
        .await
        .expecting(200);
    lets_be_found(&place.town, &place.lea).await;

    let list = place.town.get_document(&format!("{path}/tags")).await;
    let list = list.expecting(200).json();
    let four = format!("{}/tags/four", place.town.origin);
    assert_eq!(
        (&list["id"], &list["type"], &list["totalItems"]),
        (&json!(tags), &json!("Collection"), &json!(1))
    );
    assert_eq!(
        list["items"],
        json!([{"type": "Hashtag", "href": four, "name": "#Four"}])
    );
    let actor = place.town.get_document(path).await.expecting(200).json();
    assert_eq!(
        actor["searchableBy"],
        json!(["https://www.w3.org/ns/activitystreams#Public"])
    );
    assert!(actor["updated"].is_string());
}
