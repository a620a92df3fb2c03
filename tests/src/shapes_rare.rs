//! What rarer software sends, in its own shapes: documents of our own, written after theirs, asserted through the client API. The
//! usual ones are in `shapes`.

use parvis_testkit::{
    Actor, Host,
    actor::{PUBLIC, marker, now},
    keys,
    remote::Page,
    resident::holds,
    until,
};
use serde_json::{Value, json};

use crate::place::Place;

const CONTEXT: &str = "https://www.w3.org/ns/activitystreams";

/// An actor whose id is made the way of its software.
fn at(host: &Host, path: &str, name: &str, bend: impl FnOnce(&mut Value)) -> Actor {
    let actor = Actor {
        id: host.url(path),
        ..Actor::new(host.clone(), name, keys::first())
    };
    let mut document = actor.document();
    bend(&mut document);
    host.serve_document(&document);
    host.name(name, &actor.id);
    actor
}

fn group(host: &Host, path: &str, name: &str) -> Actor {
    at(host, path, name, |document| {
        document["type"] = json!("Group");
    })
}

/// As a group hands on what somebody wrote in it.
fn handed_on(group: &Actor, object: &Value) -> Value {
    let mut announce = group.activity("Announce", object);
    announce["to"] = json!([PUBLIC]);
    announce["cc"] = json!([group.followers()]);
    announce
}

/// How often a text stands on Lea's home.
async fn times_on_home(place: &Place, text: &str) -> usize {
    let home = place.lea.home().await;
    let there = |post: &&Value| post.to_string().contains(text);
    home.iter().filter(there).count()
}

/// What came through a group, once it is on home.
async fn came_through(place: &Place, document: &Value, text: &str) -> Value {
    until(&format!("{text} is on home"), || async {
        times_on_home(place, text).await > 0
    })
    .await;
    let address = document["id"].as_str().unwrap();
    place.lea.finds_post(address).await
}

/// Author, text and audience.
fn is_by(post: &Value, author: &Actor, text: &str, visibility: &str) {
    assert_eq!(post["account"]["acct"], author.acct(), "{post}");
    assert!(holds(post, text), "{text}: {post}");
    assert_eq!(post["visibility"], visibility, "{post}");
}

#[tokio::test]
async fn an_mbin_thread_has_its_text_in_the_summary_and_a_context_of_its_own_server() {
    let place = Place::new().await;
    let host = place.remote.host("mbin");
    let magazine = group(&host, "/m/jardin", "jardin");
    place.lea.follows_actor(&magazine).await;
    let author = at(&host, "/u/noe", "noe", |_| ());
    let text = marker("le compost est mûr");
    let page = json!({
        "@context": [host.url("/contexts"), CONTEXT],
        "id": host.url("/m/jardin/t/12/compost"), "type": "Page", "attributedTo": author.id,
        "to": [magazine.id, PUBLIC], "cc": [author.followers()], "audience": magazine.id, "name": "Compost",
        "content": null, "contentMap": {"en": null}, "summary": text, "mediaType": "text/html", "inReplyTo": null,
        "attachment": [{"type": "Link", "href": "https://jardin.example/"}], "tag": [],
        "commentsEnabled": true, "sensitive": false, "stickied": false, "published": now(),
    });
    host.serve_document(&page);
    place
        .arrives(&magazine, &handed_on(&magazine, &author.create(&page)))
        .await;
    let post = came_through(&place, &page, &text).await;
    is_by(&post, &author, &text, "public");
    assert_eq!(post["spoiler_text"], "", "its text is no warning");
    // A boost within the magazine is handed on like all the rest.
    let boost = handed_on(&magazine, &author.activity("Announce", &page["id"]));
    let reply = magazine.post(&place.town.shared_inbox(), &boost).await;
    assert!(reply.status < 500, "{} {}", reply.status, reply.text());
    assert_eq!(times_on_home(&place, &text).await, 1);
    assert_eq!(host.times_asked("/contexts"), 0, "nobody needs it");
}

#[tokio::test]
async fn a_nodebb_topic_is_handed_on_twice_and_shown_once() {
    let place = Place::new().await;
    let host = place.remote.host("nodebb");
    let category = group(&host, "/category/3", "travaux");
    place.lea.follows_actor(&category).await;
    let author = at(&host, "/uid/7", "marthe", |_| ());
    let text = marker("la route est barrée");
    let (id, topic) = (host.url("/post/103077"), host.url("/topic/7"));
    let note = json!({
        "@context": CONTEXT, "id": id, "type": "Note", "attributedTo": author.id, "name": "Travaux",
        "to": [PUBLIC], "cc": [author.followers(), category.id], "audience": category.id, "context": topic,
        "content": format!("<p>{text}</p>\n"), "source": {"content": text, "mediaType": "text/markdown"},
        "inReplyTo": null, "attachment": [], "tag": [], "url": id, "published": now(), "updated": null,
    });
    host.serve_document(&note);
    let list = json!({"@context": CONTEXT, "id": topic, "type": "OrderedCollection", "totalItems": 1,
        "orderedItems": ["103077"]});
    host.serve("/topic/7", Page::document(&list));
    place
        .arrives(&category, &handed_on(&category, &author.create(&note)))
        .await;
    let post = came_through(&place, &note, &text).await;
    is_by(&post, &author, &text, "public");
    // The object by itself as well, under another id each time.
    for _ in 0..2 {
        place
            .arrives(&category, &handed_on(&category, &note["id"]))
            .await;
    }
    assert_eq!(times_on_home(&place, &text).await, 1);
}

#[tokio::test]
async fn a_discourse_post_is_cut_short_and_leads_to_the_rest() {
    let place = Place::new().await;
    let host = place.remote.host("discourse");
    let category = group(&host, "/ap/actor/c0ffee", "annonces");
    place.lea.follows_actor(&category).await;
    let author = at(&host, "/ap/actor/beef", "ines", |_| ());
    let text = marker("le conseil se réunit");
    let (rest, topic) = (host.url("/t/conseil/9/1"), host.url("/ap/collection/7ab1"));
    let note = json!({
        "@context": CONTEXT, "id": host.url("/ap/object/5eed"), "type": "Note", "attributedTo": author.id,
        "name": "Conseil", "to": [PUBLIC], "cc": [category.followers()], "audience": category.id, "context": topic,
        "content": format!("{text}… <br>\n<a href=\"{rest}\">Discuss this on our forum.</a>"),
        "url": rest, "published": now(), "updated": now(),
    });
    host.serve_document(&note);
    place
        .arrives(&category, &handed_on(&category, &author.create(&note)))
        .await;
    let post = came_through(&place, &note, &text).await;
    is_by(&post, &author, &text, "public");
    assert_eq!(post["url"], rest.as_str());
    let content = post["content"].as_str().unwrap();
    assert!(content.contains(&format!("href=\"{rest}\"")), "{content}");
}

#[tokio::test]
async fn a_bookwyrm_review_and_a_quotation_are_read_and_what_a_book_says_quotes_no_post() {
    let place = Place::new().await;
    let host = place.remote.host("bookwyrm");
    let ana = at(&host, "/user/ana", "ana", |document| {
        document["bookwyrmUser"] = json!(true);
        document["manuallyApprovesFollowers"] = json!(false);
    });
    place.lea.follows_actor(&ana).await;
    let text = marker("un beau roman");
    let address = host.url("/user/ana/review/12");
    let mut review = json!({
        "@context": CONTEXT, "id": address, "type": "Review", "attributedTo": ana.id, "url": address,
        "to": [PUBLIC], "cc": [ana.followers()], "name": "Un beau roman", "rating": 4.0,
        "content": format!("<p>{text}</p>"), "inReplyToBook": host.url("/book/3"), "sensitive": false, "summary": null,
        "attachment": [{"type": "Document", "url": host.url("/covers/3.jpg"), "name": "Couverture", "mediaType": "image/jpeg"}],
        "tag": [{"type": "Edition", "name": "Le lavoir", "href": host.url("/book/3")}], "published": now(),
    });
    host.serve_document(&review);
    place.arrives(&ana, &ana.create(&review)).await;
    let post = place.lea.reads_on_home(&text).await;
    is_by(&post, &ana, &text, "public");
    assert_eq!(
        post["media_attachments"][0]["description"], "Couverture",
        "{post}"
    );
    let content = post["content"].as_str().unwrap();
    assert!(content.contains(&address), "the rest is there: {content}");

    // What is quoted are words of a book, in a member that elsewhere names a post.
    let text = marker("page douze");
    review["id"] = json!(host.url("/user/ana/quotation/13"));
    review["url"] = review["id"].clone();
    review["type"] = json!("Quotation");
    review["quote"] = json!("<p>L’eau était froide.</p>");
    review["content"] = json!(format!("<p>{text}</p>"));
    review["to"] = json!([ana.followers()]);
    review["cc"] = json!([PUBLIC]);
    place.arrives(&ana, &ana.create(&review)).await;
    let post = place.lea.reads_on_home(&text).await;
    is_by(&post, &ana, &text, "unlisted");
    assert!(post["quote"].is_null(), "{}", post["quote"]);
}

#[tokio::test]
async fn a_threads_address_keeps_the_slash_at_its_end() {
    let place = Place::new().await;
    let host = place.remote.host("threads");
    let zoe = at(&host, "/ap/users/1784/", "zoe", |document| {
        document["inbox"] = json!(host.url("/ap/users/1784/inbox/"));
        document["outbox"] = json!(host.url("/ap/users/1784/outbox/"));
        document["publicKey"]["id"] = json!(host.url("/ap/users/1784/#main-key"));
    });
    place.lea.follows_actor(&zoe).await;
    let text = marker("au marché");
    let note = json!({
        "@context": CONTEXT, "id": host.url("/ap/users/1784/post/1790/"), "type": "Note", "attributedTo": zoe.id,
        "to": [PUBLIC], "cc": [zoe.followers()], "content": format!("<p>{text}</p>"), "contentMap": {"fr": format!("<p>{text}</p>")},
        "url": host.url("/@zoe/post/1790"), "published": now(), "tag": [], "attachment": [],
    });
    host.serve_document(&note);
    place.arrives(&zoe, &zoe.create(&note)).await;
    let post = place.lea.reads_on_home(&text).await;
    is_by(&post, &zoe, &text, "public");
    assert_eq!(post["uri"], note["id"]);
    assert_eq!(post["language"], "fr");
    place.lea.answers(&post, "J’y serai").await;
    until("the answer names it as it is called", || async {
        let told = host.accepted_of("Create");
        told.iter()
            .any(|create| create["object"]["inReplyTo"] == note["id"])
    })
    .await;
}

#[tokio::test]
async fn a_hubzilla_post_has_links_for_addresses_and_is_for_its_contacts() {
    let place = Place::new().await;
    let host = place.remote.host("hubzilla");
    let max = at(&host, "/channel/max", "max", |document| {
        document["nomadicLocations"] = json!([{"id": "https://miroir.example/locs/max", "locationAddress": "acct:max@miroir.example",
            "locationPrimary": true, "locationDeleted": false}]);
        document["copiedTo"] = json!(["https://miroir.example/channel/max"]);
        document["signature"] = json!({"type": "RsaSignature2017", "creator": host.url("/channel/max#main-key"),
            "created": now(), "signatureValue": "bm90aGluZw=="});
    });
    place.lea.follows_actor(&max).await;
    let text = marker("le lavoir");
    let sizes = ["/photo/1-0.jpg", "/photo/1-2.jpg"].map(|path| host.url(path));
    let link = |href: &str, width: u32| json!({"type": "Link", "mediaType": "image/jpeg", "href": href, "width": width, "height": width / 2});
    let page = host.url("/display/4f1d");
    let note = json!({
        "@context": [CONTEXT, {"zot": "https://hub.example/apschema#", "commentPolicy": "zot:commentPolicy"}],
        "id": host.url("/item/4f1d"), "type": "Note", "attributedTo": max.id, "actor": max.id,
        "to": [max.followers()], "cc": [], "content": format!("<p>{text}</p>"),
        "source": {"content": format!("[b]{text}[/b]"), "mediaType": "text/bbcode"},
        "url": {"type": "Link", "rel": "alternate", "mediaType": "text/html", "href": page},
        "attachment": [{"type": "Image", "name": "Le lavoir au printemps", "url": [link(&sizes[0], 2_000), link(&sizes[1], 640)]}],
        "context": host.url("/conversation/4f1d"), "conversation": host.url("/conversation/4f1d"),
        "commentPolicy": "contacts", "canReply": [max.followers()], "directMessage": false,
        "proof": [{"type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", "proofValue": "zRien"}, {"type": "Autre"}],
        "published": now(),
    });
    place.arrives(&max, &max.create(&note)).await;
    let post = place.lea.reads_on_home(&text).await;
    is_by(&post, &max, &text, "private");
    assert_eq!(post["url"], page.as_str());
    let picture = &post["media_attachments"][0];
    assert_eq!(picture["description"], "Le lavoir au printemps");
    let taken = picture["remote_url"].as_str().unwrap();
    assert!(sizes.iter().any(|size| size == taken), "{taken}");
    assert_eq!(post["media_attachments"].as_array().unwrap().len(), 1);
    let content = post["content"].as_str().unwrap();
    assert!(
        !content.contains("[b]"),
        "its source stays there: {content}"
    );
}

#[tokio::test]
async fn a_gancio_event_without_context_or_type_of_place_tells_where_it_is() {
    let place = Place::new().await;
    let host = place.remote.host("gancio");
    let agenda = at(&host, "/federation/u/agenda", "agenda", |document| {
        document["type"] = json!("Application");
    });
    place.lea.follows_actor(&agenda).await;
    let text = marker("bal sous les tilleuls");
    let mut event = json!({
        "id": host.url("/federation/m/31"), "type": "Event", "name": "Bal", "attributedTo": agenda.id,
        "content": format!("<p>{text}</p>"), "startTime": "2031-07-13T20:00:00+02:00", "endTime": "2031-07-14T01:00:00+02:00",
        "location": {"name": "Place de la Fontaine", "address": "Place de la Fontaine, Valmont"},
        "attachment": [{"type": "Document", "mediaType": "image/jpeg", "name": "Affiche", "url": host.url("/media/31.jpg"),
            "focalPoint": [0, 0]}],
        "tag": [{"type": "Hashtag", "name": "#bal", "href": host.url("/tag/bal")}],
        "to": [PUBLIC], "cc": [agenda.followers()], "published": now(), "url": host.url("/event/bal"),
    });
    host.serve_document(&event);
    let mut create = agenda.create(&event);
    create.as_object_mut().unwrap().remove("@context");
    place.arrives(&agenda, &create).await;
    let post = place.lea.reads_on_home(&text).await;
    is_by(&post, &agenda, &text, "public");
    assert_eq!(post["account"]["bot"], true);
    let content = post["content"].as_str().unwrap();
    assert!(content.contains("Place de la Fontaine"), "{content}");
    assert_eq!(post["media_attachments"][0]["description"], "Affiche");
    assert_eq!(post["tags"][0]["name"], "bal");

    // It moves to the hall: the same event, and no second one.
    event["location"] = json!({"name": "Salle des fêtes"});
    event["updated"] = json!("2031-01-01T00:00:00Z");
    host.serve_document(&event);
    place
        .arrives(&agenda, &agenda.addressed("Update", &event))
        .await;
    until("it is told where it is now", || async {
        let post = place.lea.reads_on_home(&text).await;
        post["content"]
            .as_str()
            .unwrap()
            .contains("Salle des fêtes")
    })
    .await;
    assert_eq!(times_on_home(&place, &text).await, 1);
}
