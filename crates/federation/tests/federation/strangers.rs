//! What anybody can ask a town, and what nobody gets through its door.

use parvis_model::{audience::Audience, id::Id};
use reqwest::{Client, StatusCode, redirect::Policy};
use serde_json::{Value, json};

use crate::node::Node;

const ACTIVITY: &str = "application/activity+json";

#[expect(clippy::disallowed_methods, reason = "a stranger's own program")]
fn client(node: &Node) -> Client {
    let port: u16 = node.host().rsplit(':').next().unwrap().parse().unwrap();
    let host = node.host().split(':').next().unwrap();
    Client::builder()
        .redirect(Policy::none())
        .resolve(host, ([127, 0, 0, 1], port).into())
        .build()
        .unwrap()
}

pub async fn document(node: &Node, path: &str) -> (StatusCode, Value) {
    let url = if path.starts_with("http") {
        path.to_owned()
    } else {
        format!("{}{path}", node.town.origin)
    };
    let answer = client(node)
        .get(url)
        .header("accept", ACTIVITY)
        .send()
        .await
        .unwrap();
    let status = answer.status();
    (
        status,
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or_default(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resident_is_found_by_handle_and_by_address() {
    let node = Node::start("valmont").await;
    let lea = node.resident("lea").await;
    let resource = format!("/.well-known/webfinger?resource=acct:lea@{}", node.host());
    let (status, found) = document(&node, &resource).await;
    assert_eq!(
        (status, &found["subject"]),
        (StatusCode::OK, &json!(format!("acct:lea@{}", node.host())))
    );
    let actor = found["links"][0]["href"].as_str().unwrap().to_owned();
    let (_, actor) = document(&node, &actor).await;
    assert_eq!(actor["preferredUsername"], "lea");
    assert_eq!(actor["id"], format!("{}/ap/actors/{lea}", node.town.origin));
    let by_id = format!(
        "/.well-known/webfinger?resource={}",
        actor["id"].as_str().unwrap()
    );
    assert_eq!(document(&node, &by_id).await.1["subject"], found["subject"]);
    let (_, town) = document(&node, "/ap/actor").await;
    let name = node.host().split(':').next().unwrap();
    assert_eq!(
        (&town["type"], &town["preferredUsername"]),
        (&json!("Application"), &json!(name))
    );
    let own = format!(
        "/.well-known/webfinger?resource=acct:{name}@{}",
        node.host()
    );
    assert_eq!(
        document(&node, &own).await.1["links"][0]["href"],
        town["id"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn strange_questions_have_plain_answers() {
    let node = Node::start("valmont").await;
    for (path, status) in [
        ("/.well-known/webfinger", 400),
        ("/.well-known/webfinger?resource=acct:nobody@valmont", 404),
        ("/ap/actors/12", 404),
        ("/ap/actors/x/outbox", 404),
        ("/ap/objects/12", 404),
        ("/ap/activities/-1", 404),
        ("/nodeinfo/3.0", 404),
        ("/ap/inbox", 405),
    ] {
        assert_eq!(document(&node, path).await.0.as_u16(), status, "{path}");
    }
    let (_, links) = document(&node, "/.well-known/nodeinfo").await;
    let (_, info) = document(&node, links["links"][0]["href"].as_str().unwrap()).await;
    assert_eq!(
        (&info["version"], &info["usage"]["users"]["total"]),
        (&json!("2.1"), &json!(0))
    );
    let (status, older) = document(&node, "/nodeinfo/2.0").await;
    assert_eq!(
        (
            status,
            &older["version"],
            &older["metadata"]["upstream"]["name"]
        ),
        (StatusCode::OK, &json!("2.0"), &json!("mastodon"))
    );
    assert_eq!(
        document(&node, "/.well-known/host-meta.json").await.1["links"][0]["rel"],
        "lrdd"
    );
    let address = format!("{}/.well-known/host-meta", node.town.origin);
    let host_meta = client(&node).get(address).send().await.unwrap();
    let host_meta = host_meta.text().await.unwrap();
    let template = format!(
        "{}/.well-known/webfinger?resource={{uri}}",
        node.town.origin
    );
    assert!(host_meta.contains(&template), "{host_meta}");
}

#[tokio::test(flavor = "multi_thread")]
async fn posts_stand_in_the_outbox_and_lead_to_their_page() {
    let node = Node::start("valmont").await;
    let lea = node.resident("lea").await;
    let open = node.posts(lea, "Bonjour", Audience::Public, None).await;
    let closed = node.posts(lea, "Chut", Audience::Followers, None).await;
    let (_, page) = document(&node, &format!("/ap/actors/{lea}/outbox?page=true")).await;
    let items = page["orderedItems"].as_array().unwrap();
    assert_eq!((items.len(), &items[0]["type"]), (1, &json!("Create")));
    let (status, note) = document(&node, &format!("/ap/objects/{open}")).await;
    assert_eq!((status, &note["type"]), (StatusCode::OK, &json!("Note")));
    assert_eq!(
        document(&node, items[0]["id"].as_str().unwrap()).await.1["object"]["id"],
        note["id"]
    );
    assert_eq!(
        document(&node, &format!("/ap/objects/{closed}")).await.0,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        document(&node, &format!("/ap/activities/{closed}")).await.0,
        StatusCode::NOT_FOUND
    );
    let page = client(&node)
        .get(format!("{}/ap/objects/{open}", node.town.origin))
        .send()
        .await
        .unwrap();
    assert_eq!(page.headers()["location"], format!("/@lea/{open}"));
    let town = node.town.clone();
    node.write(move |tx| {
        Box::pin(async move { parvis_town::posts::delete(tx, &town, lea, open).await })
    })
    .await;
    let (status, gone) = document(&node, &format!("/ap/objects/{open}")).await;
    assert_eq!(
        (status, &gone["type"]),
        (StatusCode::GONE, &json!("Tombstone"))
    );
}

/// What stands on each page of a list, from the first on.
async fn pages(node: &Node, first: &str) -> Vec<Vec<Value>> {
    let mut pages = Vec::new();
    let mut next = Some(first.to_owned());
    while let Some(at) = next {
        let (status, page) = document(node, &at).await;
        assert_eq!((status, &page["id"]), (StatusCode::OK, &json!(at)));
        let items = page["items"].as_array().or(page["orderedItems"].as_array());
        pages.push(items.unwrap().clone());
        assert!(pages.len() < 10, "it goes round");
        next = page["next"].as_str().map(str::to_owned);
    }
    pages
}

#[tokio::test(flavor = "multi_thread")]
async fn long_lists_of_a_post_go_on_from_page_to_page() {
    let node = Node::start("valmont").await;
    let (lea, marc) = (node.resident("lea").await, node.resident("marc").await);
    let address = |id: &Id| json!(format!("{}/ap/objects/{id}", node.town.origin));
    for (of_others, own) in [(41, 2), (2, 41)] {
        let root = node.posts(lea, "Qui ?", Audience::Public, None).await;
        let mut answers = Vec::new();
        for (who, count) in [(marc, of_others), (lea, own)] {
            for number in 0..count {
                let text = format!("Moi {number}");
                answers.push(node.posts(who, &text, Audience::Public, Some(root)).await);
            }
        }
        let (by_others, by_author) = answers.split_at(of_others);
        let expected: Vec<Value> = by_author.iter().chain(by_others).map(address).collect();
        let (_, list) = document(&node, &format!("/ap/objects/{root}/replies")).await;
        assert_eq!(list["totalItems"], 43);
        let found = pages(&node, list["first"]["id"].as_str().unwrap()).await;
        assert_eq!((found.len(), found[0].len()), (2, 40));
        assert_eq!(json!(found[0]), list["first"]["items"]);
        assert_eq!(found.concat(), expected, "the author's own first");

        let (_, list) = document(&node, &format!("/ap/objects/{root}/context")).await;
        assert_eq!(list["totalItems"], 44);
        let found = pages(&node, list["first"].as_str().unwrap()).await;
        let expected: Vec<Value> = [root].iter().chain(&answers).map(address).collect();
        assert_eq!((found.len(), found[0].len()), (2, 40));
        assert_eq!(found.concat(), expected, "the oldest first");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outbox_is_read_down_and_up_again() {
    let node = Node::start("valmont").await;
    let lea = node.resident("lea").await;
    for number in 0..43 {
        let text = format!("Bonjour {number}");
        node.posts(lea, &text, Audience::Public, None).await;
    }
    let (_, list) = document(&node, &format!("/ap/actors/{lea}/outbox")).await;
    let first = list["first"].as_str().unwrap();
    let found = pages(&node, first).await;
    assert_eq!((found.len(), found[0].len(), found[1].len()), (2, 40, 3));
    let (_, top) = document(&node, first).await;
    assert!(top.get("prev").is_none(), "nothing is newer");
    let (_, below) = document(&node, top["next"].as_str().unwrap()).await;
    let (_, above) = document(&node, below["prev"].as_str().unwrap()).await;
    assert_eq!(above["orderedItems"], top["orderedItems"]);
    assert_eq!(above["next"], top["next"]);
    let (_, empty) = document(&node, above["prev"].as_str().unwrap()).await;
    assert_eq!(empty["orderedItems"], json!([]));
    assert!(empty.get("next").is_none() && empty.get("prev").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_door_turns_away_what_is_not_signed_for_us() {
    let node = Node::start("valmont").await;
    let follow = json!({"id": "https://a.example/1", "type": "Follow", "actor": "https://a.example/u",
        "object": format!("{}/ap/actor", node.town.origin)});
    let inbox = format!("{}/ap/inbox", node.town.origin);
    let post = |body: String| {
        client(&node)
            .post(&inbox)
            .header("content-type", ACTIVITY)
            .body(body)
    };
    let unsigned = post(follow.to_string()).send().await.unwrap();
    assert_eq!(unsigned.status(), StatusCode::UNAUTHORIZED);
    let elsewhere = post(follow.to_string())
        .header("host", "other.example")
        .send()
        .await
        .unwrap();
    assert_eq!(elsewhere.status(), StatusCode::MISDIRECTED_REQUEST);
    let long = post("x".repeat(2 * 1024 * 1024)).send().await.unwrap();
    assert_eq!(long.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_leads_those_who_ask_for_the_document_to_it() {
    let node = Node::start("valmont").await;
    let lea = node.resident("lea").await;
    let open = node.posts(lea, "Bonjour", Audience::Public, None).await;
    let closed = node.posts(lea, "Chut", Audience::Followers, None).await;
    let there = |path: &str, accept: &'static str| {
        let url = format!("{}{path}", node.town.origin);
        let asked = client(&node).get(url).header("accept", accept).send();
        async { asked.await.unwrap() }
    };
    let page = there("/@lea", "text/html").await;
    assert_eq!(page.text().await.unwrap(), "a page");
    for (path, to) in [
        ("/@lea".to_owned(), format!("/ap/actors/{lea}")),
        (format!("/@lea/{open}"), format!("/ap/objects/{open}")),
        (format!("/@lea/{closed}"), format!("/ap/objects/{closed}")),
    ] {
        let sent = there(&path, ACTIVITY).await;
        assert_eq!(sent.status(), StatusCode::SEE_OTHER, "{path}");
        let to = format!("{}{to}", node.town.origin);
        assert_eq!(sent.headers()["location"], to.as_str());
        assert!(sent.headers()["vary"].to_str().unwrap().contains("Accept"));
    }
    // Being led there shows nothing that may not be seen.
    let shut = there(&format!("/ap/objects/{closed}"), ACTIVITY).await;
    assert_eq!(shut.status(), StatusCode::NOT_FOUND);
    for path in ["/@nobody", "/ailleurs"] {
        assert_eq!(there(path, ACTIVITY).await.status(), StatusCode::OK);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_says_how_many_answered_and_who_in_public() {
    let node = Node::start("valmont").await;
    let (lea, karl) = (node.resident("lea").await, node.resident("karl").await);
    let post = node.posts(lea, "Qui vient ?", Audience::Public, None).await;
    let other = node.posts(karl, "Moi", Audience::Public, Some(post)).await;
    let own = node
        .posts(lea, "Merci", Audience::Unlisted, Some(post))
        .await;
    for hidden in [Audience::Followers, Audience::Town] {
        node.posts(karl, "Entre nous", hidden, Some(post)).await;
    }
    let (_, note) = document(&node, &format!("/ap/objects/{post}")).await;
    for (name, count) in [("replies", 2), ("likes", 0), ("shares", 0)] {
        let (status, list) = document(&node, note[name]["id"].as_str().unwrap()).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(
            (&list["type"], &list["totalItems"]),
            (&json!("Collection"), &json!(count))
        );
    }
    let first = &note["replies"]["first"];
    let (_, page) = document(&node, first["id"].as_str().unwrap()).await;
    assert_eq!(first["items"], page["items"]);
    let uri = |id: i64| json!(format!("{}/ap/objects/{id}", node.town.origin));
    assert_eq!(page["type"], "CollectionPage");
    assert_eq!(page["items"], json!([uri(own), uri(other)]));
    let (_, list) = document(&node, note["replies"]["id"].as_str().unwrap()).await;
    assert_eq!(list["first"]["items"], page["items"]);
    let closed = node.posts(lea, "Chut", Audience::Followers, None).await;
    for name in ["replies", "likes", "shares"] {
        let path = format!("/ap/objects/{closed}/{name}");
        assert_eq!(document(&node, &path).await.0, StatusCode::NOT_FOUND);
    }
}
