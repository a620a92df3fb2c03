//! The lists of an account as other servers read them: what it has posted, who follows it, whom it follows. Page by page, each
//! thing once; people only where the account lets itself be found.

use std::collections::HashSet;

use http::Method;
use parvis_testkit::{Actor, actor::marker, exchange::get_document, until};
use serde_json::{Value, json};

use crate::{app::asks, faults::follow, place::Place, public::lets_be_found};

/// More than one page of any of these lists holds.
const MANY: usize = 41;
/// A list that has not ended by then leads in a circle.
const PAGES: usize = 50;

/// The members on each page of a list, from its `first` page by every `next`.
async fn pages_of(list: &str) -> Vec<Vec<Value>> {
    let collection = get_document(list).await.expecting(200).json();
    assert_eq!(collection["type"], "OrderedCollection", "{collection:#}");
    assert_eq!(collection["totalItems"], MANY, "{collection:#}");
    let mut next = collection["first"].clone();
    let mut pages = Vec::new();
    while let Some(address) = next.as_str() {
        let page = get_document(address).await.expecting(200).json();
        assert_eq!(page["type"], "OrderedCollectionPage", "{page:#}");
        assert_eq!(page["partOf"], list, "{page:#}");
        pages.push(page["orderedItems"].as_array().unwrap().clone());
        assert!(pages.len() < PAGES, "{list} has no end");
        next = page["next"].clone();
    }
    assert!(pages.len() > 1, "{list} has one page only");
    pages
}

/// Exactly these people, each once, on the pages of a list.
async fn lists_all(list: &str, people: &[Actor]) {
    let listed: Vec<Value> = pages_of(list).await.concat();
    assert_eq!(listed.len(), people.len(), "{list}");
    let listed: HashSet<&str> = listed.iter().map(|uri| uri.as_str().unwrap()).collect();
    let expected: HashSet<&str> = people.iter().map(|person| person.id.as_str()).collect();
    assert_eq!(listed, expected, "{list}");
}

/// How many, and not a word about who, whichever page is asked for.
async fn only_counts(list: &str) {
    for asked in [list.to_owned(), format!("{list}?page=true")] {
        let shown = get_document(&asked).await.expecting(200);
        let document = shown.json();
        assert_eq!(document["totalItems"], MANY, "{asked}: {document:#}");
        for told in ["first", "orderedItems", "next"] {
            assert_eq!(document[told], Value::Null, "{asked}: {document:#}");
        }
        assert!(!shown.text().contains("voisin"), "{asked}: {document:#}");
    }
}

#[tokio::test]
async fn an_outbox_is_read_to_its_end_page_by_page_and_holds_every_open_post_once() {
    let place = Place::new().await;
    let mut posted = Vec::new();
    for number in 0..MANY {
        let post = place.lea.posts(&format!("Nouvelle {number}")).await;
        posted.push(post["uri"].clone());
        if number % 15 == 7 {
            let hidden = marker("entre nous");
            place.lea.posts_for("private", &hidden).await;
        }
    }
    let pages = pages_of(&format!("{}/outbox", place.lea.uri)).await;
    let created = pages.iter().flatten();
    let listed: Vec<Value> = created
        .map(|create| {
            assert_eq!(create["type"], "Create", "{create:#}");
            create["object"]["id"].clone()
        })
        .collect();
    posted.reverse();
    assert_eq!(listed, posted, "each once, the newest first");
}

#[tokio::test]
async fn followers_and_followed_are_counted_for_all_and_named_page_by_page_where_one_is_to_be_found()
 {
    let place = Place::new().await;
    let host = place.remote.host("far");
    let people: Vec<Actor> = (0..MANY)
        .map(|number| host.person(&format!("voisin{number:02}")))
        .collect();
    for person in &people {
        follow(person, &place.lea).await;
        place.lea.follows_actor(person).await;
    }
    let lists = ["followers", "following"].map(|name| format!("{}/{name}", place.lea.uri));
    for list in &lists {
        until("everybody is counted", || async {
            get_document(list).await.json()["totalItems"] == json!(MANY)
        })
        .await;
    }

    lets_be_found(&place.town, &place.lea).await;
    for list in &lists {
        lists_all(list, &people).await;
    }
    let fields = [("discoverable", "false")];
    let path = "/api/v1/accounts/update_credentials";
    asks(&place.lea, &place.town, Method::PATCH, path, &fields)
        .await
        .expecting(200);
    for list in &lists {
        only_counts(list).await;
    }
}
