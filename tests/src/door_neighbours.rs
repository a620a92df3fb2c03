//! Somebody who lives on the server of another, which answers for both: what is its neighbour's stays so. The numbers are
//! those of docs/attacks.md.

use parvis_testkit::{
    Actor,
    actor::{PUBLIC, fresh, marker},
    keys,
    remote::Page,
    resident::{any_holds, id},
    until,
};
use serde_json::json;

use crate::door::Door;

/// Vera, on Victor's server.
fn vera(door: &Door) -> Actor {
    door.victor.host.actor("vera", keys::second(), |_| ())
}

async fn likes(door: &Door, post: &str) -> i64 {
    let seen = door.lea.status(post).await.expecting(200).json();
    seen["favourites_count"].as_i64().unwrap()
}

/// X40: a Delete of what has not come yet, so that it would be taken for deleted when it comes.
#[tokio::test]
async fn a_neighbour_buries_no_post_before_its_author_brings_it() {
    let door = Door::open().await;
    let (victor, vera) = (door.victor.clone(), vera(&door));
    let (text, taken_back) = (marker("pas encore là"), marker("repris"));
    let (note, second) = (victor.note(&text), victor.note(&taken_back));
    for note in [&note, &second] {
        for object in [
            note["id"].clone(),
            json!({"id": note["id"], "type": "Tombstone"}),
        ] {
            let delete = vera.activity("Delete", &object);
            assert!(vera.post(&door.lea.inbox(), &delete).await.status < 500);
        }
    }
    door.lets_in(&victor, &victor.create(&note)).await;
    door.lea.reads_on_home(&text).await;

    // Positive control: who deletes their own before it comes is heard, whoever else has said so before.
    let gone = marker("jamais là");
    for note in [&second, &victor.note(&gone)] {
        door.lets_in(&victor, &victor.delete(note)).await;
        door.lets_in(&victor, &victor.create(note)).await;
    }
    let barrier = marker("barrière");
    door.lets_in(&victor, &victor.create(&victor.note(&barrier)))
        .await;
    door.lea.reads_on_home(&barrier).await;
    let home = door.lea.home().await;
    assert!(!any_holds(&home, &gone) && !any_holds(&home, &taken_back));
    door.ends_well().await;
}

/// X41: ids of a neighbour's activities used up, or undone, before they come.
#[tokio::test]
async fn a_neighbour_uses_up_no_ids_of_anothers_activities() {
    let door = Door::open().await;
    let (victor, vera) = (door.victor.clone(), vera(&door));
    let mine = door.lea.posts("Ma propre parole").await;
    let like = victor.activity("Like", &mine["uri"]);
    let undo = vera.activity("Undo", &like["id"]);
    assert!(vera.post(&door.lea.inbox(), &undo).await.status < 500);
    door.lets_in(&victor, &like).await;
    until("Victor's like counts", || async {
        likes(&door, id(&mine)).await == 1
    })
    .await;

    let text = marker("la mienne");
    let create = victor.create(&victor.note(&text));
    let mut squatted = vera.activity("Like", &mine["uri"]);
    squatted["id"] = create["id"].clone();
    assert!(vera.post(&door.lea.inbox(), &squatted).await.status < 500);
    door.lets_in(&victor, &create).await;
    door.lea.reads_on_home(&text).await;
    door.ends_well().await;
}

/// X42: a neighbour who takes another's name, or says what another's follows, pins and moves are.
#[tokio::test]
async fn a_neighbour_speaks_for_nobody_else() {
    let mut door = Door::open().await;
    let (victor, vera) = (door.victor.clone(), vera(&door));
    door.lets_in(&vera, &vera.activity("Follow", &json!(door.lea.uri)))
        .await;
    let mut renamed = vera.document();
    renamed["preferredUsername"] = json!(victor.name);
    renamed["webfinger"] = json!(victor.acct());
    vera.host.serve("/users/vera", Page::document(&renamed));
    let update = vera.activity("Update", &renamed);
    let reply = vera.post(&door.lea.inbox(), &update).await;
    door.borne("X42 name", &reply);
    let found = door.lea.lookup(&victor.acct()).await.expecting(200).json();
    door.check(
        "X42 name",
        found["uri"] == victor.id,
        &format!("{} is {}", victor.acct(), found["uri"]),
    );

    let mut update = vera.activity("Update", &victor.document());
    update["object"]["name"] = json!("Véra");
    let mut moves = vera.activity("Move", &json!(victor.id));
    moves["target"] = json!(vera.id);
    for activity in [update, moves, vera.activity("Delete", &json!(victor.id))] {
        let reply = vera.post(&door.lea.inbox(), &activity).await;
        door.borne("X42", &reply);
    }
    // Her own list of followers, sent in his name: nobody is on it.
    let list = format!("{}/followers_synchronization", victor.id);
    let page = json!({"@context": "https://www.w3.org/ns/activitystreams", "id": victor.host.url("/users/victor/followers_synchronization"),
        "type": "OrderedCollection", "orderedItems": []});
    victor.host.serve(
        "/users/victor/followers_synchronization",
        Page::document(&page),
    );
    let claim = format!(
        "collectionId=\"{}\", url=\"{list}\", digest=\"{}\"",
        victor.followers(),
        "0".repeat(64)
    );
    let mut private = vera.activity("Like", &json!(door.lea.uri));
    private["to"] = json!([victor.followers()]);
    let reply = vera
        .letter(&door.lea.inbox(), &private)
        .seal()
        .with_header("collection-synchronization", &claim)
        .send()
        .await;
    door.borne("X42 followers", &reply);
    let barrier = marker("barrière");
    door.lets_in(&victor, &victor.create(&victor.note(&barrier)))
        .await;
    door.lea.reads_on_home(&barrier).await;
    let asked = victor
        .host
        .times_asked("/users/victor/followers_synchronization");
    door.check("X42 followers", asked == 0, &format!("asked {asked} times"));
    let here = door.lea.lookup(&victor.acct()).await.expecting(200).json();
    let relation = door.lea.relation(id(&here)).await;
    door.check(
        "X42 follow",
        relation["following"] == true && here["display_name"] == victor.name,
        &format!("{relation} {here}"),
    );
    door.ends_well().await;
}

/// X43: several actors, authors or objects in one activity: only what is the signer's counts.
#[tokio::test]
async fn nobody_slips_in_beside_another() {
    let mut door = Door::open().await;
    let (victor, mallory) = (door.victor.clone(), door.mallory.clone());
    let vera = vera(&door);
    for sender in [&mallory, &vera] {
        let word = door.forbidden("X43");
        let plain = door.naming_lea(sender, &word);
        let of_victor = |member: &str, value: serde_json::Value| {
            let mut note = plain.clone();
            note["id"] = json!(sender.host.url(&format!("/n/{}", fresh())));
            note[member] = value;
            note
        };
        let notes = [
            of_victor("attributedTo", json!([victor.id, sender.id])),
            of_victor(
                "attributedTo",
                json!([{"id": victor.id, "type": "Person"}, {"id": sender.id, "type": "Group"}]),
            ),
            of_victor(
                "attributedTo",
                json!({"id": victor.id, "type": "Person", "name": "x"}),
            ),
            of_victor("attributedTo", json!({"@list": [victor.id]})),
        ];
        for note in &notes {
            let reply = sender.post(&door.lea.inbox(), &sender.create(note)).await;
            door.borne("X43 author", &reply);
            let mut by_both = sender.create(note);
            by_both["actor"] = json!([victor.id, sender.id]);
            let reply = sender.post(&door.lea.inbox(), &by_both).await;
            door.borne("X43 actors", &reply);
        }
        let mut two = sender.create(&notes[0]);
        let mut forged = victor.create(&notes[0])["object"].clone();
        forged["attributedTo"] = json!(victor.id);
        two["object"] = json!([forged, notes[1]]);
        two["type"] = json!(["Create", "Update"]);
        two["to"] = json!([PUBLIC]);
        let reply = sender.post(&door.lea.inbox(), &two).await;
        door.borne("X43 objects", &reply);
    }
    let known = door.lea.lookup(&victor.acct()).await.expecting(200).json();
    let posts = door.lea.statuses_of(id(&known)).await;
    door.check("X43", posts.is_empty(), &format!("{posts:?}"));
    door.ends_well().await;
}
