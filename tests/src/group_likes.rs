//! How much a member can make a group write to everyone who follows it.

use parvis_testkit::{
    Actor, Resident,
    actor::{PUBLIC, marker},
    keys,
    resident::id,
    until,
};
use serde_json::{Value, json};

use crate::place::Place;

/// What the town says of it in its limits.
const AN_HOUR: usize = 100;

async fn member(place: &Place, amap: &Resident, host: &str, name: &str) -> Actor {
    let actor = place.remote.host(host).actor(name, keys::first(), |_| ());
    let follow = actor.activity("Follow", &json!(amap.uri));
    place.arrives(&actor, &follow).await;
    until("the group accepts", || async {
        let accepts = actor.host.accepted_of("Accept");
        accepts.iter().any(|it| it["object"]["id"] == follow["id"])
    })
    .await;
    actor
}

/// Likes of somebody, and ends of likes, that the group has told `follower` of.
fn told(follower: &Actor, amap: &Resident, who: &str) -> usize {
    let announces = follower.host.accepted_of("Announce").into_iter();
    let by_group = announces.filter(|it| it["actor"] == amap.uri.as_str());
    let of_likes = by_group.filter(|it| {
        let inner = &it["object"];
        inner["actor"] == who && (inner["type"] == "Like" || inner["type"] == "Undo")
    });
    of_likes.count()
}

#[tokio::test]
async fn who_likes_and_takes_it_back_without_end_is_handed_on_a_hundred_times_an_hour() {
    let place = Place::new().await;
    let amap = place.town.association("amap", "lea").await;
    let marc = place.town.resident("marc").await;
    let paul = member(&place, &amap, "lemmy", "paul").await;
    let mia = member(&place, &amap, "mbin", "mia").await;
    let post = place
        .lea
        .posts(&format!("@amap {}", marker("panier")))
        .await;
    let favourites = || async { now(&place.lea, &post).await["favourites_count"].clone() };

    // Somebody of another server, and a resident: likes and ends of likes, all of which count.
    let path = |verb: &str| format!("/api/v1/statuses/{}/{verb}", id(&post));
    for _ in 0..AN_HOUR / 2 + 2 {
        let like = paul.activity("Like", &post["uri"]);
        place.arrives(&paul, &like).await;
        place.arrives(&paul, &paul.activity("Undo", &like)).await;
        for verb in ["favourite", "unfavourite"] {
            marc.post_form(&path(verb), &[]).await.expecting(200);
        }
    }
    place
        .arrives(&paul, &paul.activity("Like", &post["uri"]))
        .await;
    marc.post_form(&path("favourite"), &[]).await.expecting(200);
    assert_eq!(favourites().await, 2, "each like is kept");

    // Others are heard as before; hers comes after all of theirs.
    place
        .arrives(&mia, &mia.activity("Like", &post["uri"]))
        .await;
    until("her like is handed on", || async {
        told(&mia, &amap, &mia.id) == 1
    })
    .await;
    assert_eq!(told(&mia, &amap, &paul.id), AN_HOUR);
    assert_eq!(told(&mia, &amap, &marc.uri), AN_HOUR);
    assert_eq!(favourites().await, 3);

    // A dislike goes the same way, once, and so does its end, also of one who may not dislike the post any more; nobody here is
    // shown or counts either. A stranger's goes nowhere, nor does one of who has done a hundred things.
    let nils = member(&place, &amap, "piefed", "nils").await;
    let sven = place.remote.host("stranger").person("sven");
    let mut ends = Vec::new();
    for who in [&sven, &paul, &nils] {
        let dislike = who.activity("Dislike", &post["uri"]);
        place.arrives(who, &dislike).await;
        place.arrives(who, &dislike).await;
        assert_eq!(favourites().await, 3);
        ends.push((who, who.activity("Undo", &dislike)));
    }
    let account = place.lea.finds_account(&nils.handle()).await;
    let block = format!("/api/v1/accounts/{}/block", id(&account));
    place.lea.post_form(&block, &[]).await.expecting(200);
    for (who, end) in &ends {
        place.arrives(who, end).await;
    }
    let dislikes = |who: &Actor| -> Vec<[Value; 2]> {
        let announces = mia.host.accepted_of("Announce").into_iter();
        let inner = announces.map(|it| it["object"].clone());
        let of_who = inner.filter(|it| it["actor"] == who.id.as_str());
        let kinds = of_who.map(|it| [it["type"].clone(), it["object"]["type"].clone()]);
        kinds
            .filter(|kinds| kinds.contains(&json!("Dislike")))
            .collect()
    };
    until("both are handed on", || async {
        dislikes(&nils).len() == 2
    })
    .await;
    let once = [json!("Dislike"), Value::Null];
    let its_end = [json!("Undo"), json!("Dislike")];
    assert_eq!(dislikes(&nils), [once, its_end]);
    assert!(dislikes(&sven).is_empty() && dislikes(&paul).is_empty());
    assert_eq!(favourites().await, 3);

    // What is written is no like, and goes on.
    let mut note = paul.note_to(&marker("encore là"), &[PUBLIC], &[&amap.uri]);
    note["inReplyTo"] = post["uri"].clone();
    paul.host.serve_document(&note);
    place.arrives(&paul, &paul.create(&note)).await;
    until("his answer is handed on", || async {
        let announces = mia.host.accepted_of("Announce");
        announces
            .iter()
            .any(|it| it["object"]["object"]["id"] == note["id"])
    })
    .await;
}

async fn now(resident: &Resident, post: &Value) -> Value {
    resident.status(id(post)).await.expecting(200).json()
}
