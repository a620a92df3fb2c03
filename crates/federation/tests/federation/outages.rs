//! Servers that are away for a while, and what they get when they are back.

use parvis_model::audience::Audience;
use parvis_store::deliveries;
use parvis_testkit::{Actor, Manner, Remote, keys};
use serde_json::{Value, json};

use crate::node::{Node, eventually};

/// Paul of another server follows Lea.
async fn followed(remote: &Remote) -> (Node, i64, Actor) {
    let node = Node::start("valmont").await;
    let lea = node.resident("lea").await;
    let paul = remote.host("loin").actor("paul", keys::first(), |_| ());
    let follow = paul.activity(
        "Follow",
        &json!(format!("{}/ap/actors/{lea}", node.town.origin)),
    );
    let inbox = format!("{}/ap/inbox", node.town.origin);
    assert_eq!(paul.post(&inbox, &follow).await.status, 202);
    eventually("the follow is answered", || async {
        (paul.host.accepted_of("Accept").len() == 1).then_some(())
    })
    .await;
    (node, lea, paul)
}

fn words(creates: &[Value]) -> Vec<String> {
    creates
        .iter()
        .map(|create| create["object"]["content"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_comes_back_gets_everything_once_and_in_order() {
    let remote = Remote::open().await;
    let (node, lea, paul) = followed(&remote).await;
    paul.host.goes_down();
    for text in ["un", "deux", "trois"] {
        node.posts(lea, text, Audience::Public, None).await;
    }
    let host = paul.authority().to_owned();
    eventually("a first attempt", || async {
        let peer = deliveries::peer(node.town.store.read(), &host)
            .await
            .unwrap();
        peer.filter(|peer| peer.failures > 0)
    })
    .await;
    paul.host.comes_back();
    node.settles().await;
    let creates = paul.host.accepted_of("Create");
    assert_eq!(
        words(&creates),
        ["<p>un</p>", "<p>deux</p>", "<p>trois</p>"]
    );
    assert!(
        paul.host
            .received()
            .iter()
            .all(|letter| letter.verdict.is_ok()),
        "well signed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_final_and_holds_nobody_up() {
    let remote = Remote::open().await;
    let (node, lea, paul) = followed(&remote).await;
    paul.host.next([Manner::Answer(422)]);
    for text in ["un", "deux"] {
        node.posts(lea, text, Audience::Public, None).await;
    }
    node.settles().await;
    assert_eq!(words(&paul.host.accepted_of("Create")), ["<p>deux</p>"]);
    let tried = paul
        .host
        .received()
        .iter()
        .filter(|letter| letter.document["type"] == "Create")
        .count();
    assert_eq!(tried, 2);
}
