//! A message to several people, some of whom are on a server that reads only messages to one.

use std::collections::BTreeSet;

use parvis_testkit::{Actor, Remote, Resident, actor::marker, resident::id, until};
use serde_json::{Value, json};

use crate::privacy::asks;

/// The activities of one kind that came to somebody's own inbox.
fn sent_to(who: &Actor, kind: &str) -> Vec<Value> {
    let path = format!("/users/{}/inbox", who.name);
    let received = who.host.received().into_iter();
    received
        .filter(|it| it.path == path && it.document["type"] == kind)
        .map(|it| it.document)
        .collect()
}

fn texts<'a>(list: &'a Value, member: Option<&str>) -> BTreeSet<&'a str> {
    let all = list.as_array().unwrap().iter();
    all.map(|it| member.map_or(it, |member| &it[member]))
        .map(|it| it.as_str().unwrap())
        .collect()
}

/// A document is for these people and for nobody else, and names no other.
fn is_for(note: &Value, people: &[&Actor]) {
    let people: BTreeSet<&str> = people.iter().map(|who| who.id.as_str()).collect();
    assert_eq!(texts(&note["to"], None), people, "{note:#}");
    assert_eq!(note["cc"], json!([]), "{note:#}");
    assert_eq!(texts(&note["tag"], Some("href")), people, "{note:#}");
    assert!(texts(&note["tag"], Some("type")).contains("Mention"));
}

/// Each of the two on the one server gets it as a message to that one alone, the third as it is; as written, and as edited.
pub async fn is_split_where_messages_are_for_one(lea: &Resident, remote: &Remote) {
    let (single, usual) = (remote.host("single"), remote.host("usual"));
    single.runs("Lemmy");
    usual.runs("mastodon");
    let (ada, bob, carl) = (
        single.person("ada"),
        single.person("bob"),
        usual.person("carl"),
    );
    let everyone = [&ada, &bob, &carl];
    let names = everyone.map(Actor::handle).join(" ");
    let words = marker("à trois");
    let text = format!("{names} {words}");
    let post = lea.posts_for("direct", &text).await;
    let comes = async |kind: &str| {
        until(&format!("{kind} comes to each"), || async {
            everyone.iter().all(|who| sent_to(who, kind).len() == 1)
        })
        .await;
    };
    for kind in ["Create", "Update"] {
        if kind == "Update" {
            let path = format!("/api/v1/statuses/{}", id(&post));
            let edited = format!("{text}, dit autrement");
            let fields = [("status", edited.as_str())];
            let reply = lea.try_put_form(&path, &fields).await;
            reply.unwrap().expecting(200);
        }
        comes(kind).await;
        let mut activities = BTreeSet::new();
        for (who, named) in [
            (&ada, &[&ada][..]),
            (&bob, &[&bob][..]),
            (&carl, &everyone[..]),
        ] {
            let got = sent_to(who, kind).remove(0);
            assert_eq!(got["to"], got["object"]["to"]);
            assert_eq!(got["cc"], got["object"]["cc"]);
            assert_eq!(got["object"]["id"], post["uri"]);
            is_for(&got["object"], named);
            activities.insert(got["id"].to_string());
        }
        assert_eq!(activities.len(), 3, "each has an id of its own");
    }
    assert_eq!(single.times_asked("/nodeinfo/"), 1, "it is remembered");

    // What is asked for is the post as it is, and its end comes to each.
    let address = post["uri"].as_str().unwrap();
    let shown = asks(&ada, address).await.expecting(200).json();
    is_for(&shown, &everyone);
    lea.deletes(&post).await.expecting(200);
    comes("Delete").await;
    let ends = everyone.map(|who| sent_to(who, "Delete").remove(0)["id"].to_string());
    assert!(ends.iter().all(|id| *id == ends[0]), "{ends:?}");
}
