//! What residents are told, one by one and together, what they hold back, and what they write to each other, by the client
//! API.

use http::Method;
use parvis_testkit::{Resident, TestTown, actor::marker, eventually, resident::id, until};
use serde_json::{Value, json};

use crate::{
    app::{asks, does, ids, walks},
    place::Place,
};

const ALL: &str = "/api/v1/notifications";

/// Waits until `who` has been told of so much.
async fn has_been_told(who: &Resident, path: &str, count: usize) -> Vec<Value> {
    eventually(&format!("{count} at {path}"), || async {
        let told = who.list(path).await;
        (told.len() >= count).then_some(told)
    })
    .await
}

async fn favourites(who: &Resident, post: &Value) {
    does(
        who,
        &format!("/api/v1/statuses/{}/favourite", id(post)),
        &[],
    )
    .await;
}

#[tokio::test]
async fn notifications_are_chosen_counted_shown_and_taken_off() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let lise = town.resident("lise").await;
    let post = marie.posts("Bonjour").await;
    favourites(&jean, &post).await;
    has_been_told(&marie, ALL, 1).await;
    lise.follows(&marie.handle()).await;
    has_been_told(&marie, ALL, 2).await;
    jean.answers(&post, "@marie bonjour").await;
    let told = has_been_told(&marie, ALL, 3).await;
    let kinds = |told: &[Value]| -> Vec<String> {
        told.iter()
            .map(|one| one["type"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(kinds(&told), ["mention", "follow", "favourite"]);
    let of = async |query: &str| kinds(&marie.list(&format!("{ALL}?{query}")).await);
    assert_eq!(
        of("types[]=favourite&types[]=unheard_of").await,
        ["favourite"]
    );
    assert_eq!(of("types[]=unheard_of").await, Vec::<String>::new());
    assert_eq!(of("exclude_types[]=favourite").await, ["mention", "follow"]);
    assert_eq!(
        of(&format!("account_id={}", jean.id)).await,
        ["mention", "favourite"]
    );
    assert_eq!(of("limit=1&types[]=favourite").await, ["favourite"]);
    assert_eq!(walks(&marie, &town, ALL, 1).await, told);

    let count = async |query: &str| {
        let path = format!("{ALL}/unread_count{query}");
        marie.get(&path).await.expecting(200).json()["count"].clone()
    };
    assert_eq!(count("").await, 3);
    assert_eq!(count("?types[]=follow").await, 1);
    assert_eq!(count("?limit=2").await, 2);
    let read = [("notifications[last_read_id]", id(&told[1]))];
    does(&marie, "/api/v1/markers", &read).await;
    assert_eq!(count("").await, 1, "what is newer than the marker");

    let path = format!("{ALL}/{}", id(&told[0]));
    assert_eq!(marie.get(&path).await.expecting(200).json(), told[0]);
    jean.get(&path).await.expecting(404);
    jean.post_form(&format!("{path}/dismiss"), &[])
        .await
        .expecting(404);
    assert_eq!(
        does(&marie, &format!("{path}/dismiss"), &[]).await,
        json!({})
    );
    marie.get(&path).await.expecting(404);
    assert_eq!(marie.list(ALL).await.len(), 2);
    does(&marie, &format!("{ALL}/clear"), &[]).await;
    assert!(marie.list(ALL).await.is_empty());
}

#[tokio::test]
async fn what_says_the_same_of_the_same_is_told_together() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let (one, other) = (marie.posts("Un").await, marie.posts("Deux").await);
    let mut friends = Vec::new();
    for name in ["jean", "lise", "paul"] {
        let friend = town.resident(name).await;
        favourites(&friend, &one).await;
        has_been_told(&marie, ALL, friends.len() + 1).await;
        friends.push(friend);
    }
    favourites(&friends[0], &other).await;
    has_been_told(&marie, ALL, 4).await;
    friends[0].posts("@marie salut").await;
    has_been_told(&marie, ALL, 5).await;

    let grouped = marie
        .get("/api/v2/notifications")
        .await
        .expecting(200)
        .json();
    let groups = grouped["notification_groups"].as_array().unwrap();
    let kinds: Vec<&str> = groups
        .iter()
        .map(|group| group["type"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["mention", "favourite", "favourite"]);
    let group = &groups[2];
    assert_eq!(
        (&group["notifications_count"], &group["status_id"]),
        (&json!(3), &one["id"])
    );
    let sample: Vec<&str> = friends
        .iter()
        .rev()
        .map(|friend| friend.id.as_str())
        .collect();
    assert_eq!(group["sample_account_ids"], json!(sample));
    for named in group["sample_account_ids"].as_array().unwrap() {
        let accounts = grouped["accounts"].as_array().unwrap();
        assert!(accounts.iter().any(|account| account["id"] == *named));
    }
    assert_eq!(grouped["statuses"].as_array().unwrap().len(), 3);
    let alone = groups[0]["group_key"].as_str().unwrap();
    assert!(alone.starts_with("ungrouped-"), "{alone}");
    let told = marie.list(&format!("{ALL}?types[]=favourite")).await;
    assert_eq!(
        told[3]["group_key"], group["group_key"],
        "the same name in both forms"
    );

    let apart = marie
        .get("/api/v2/notifications?grouped_types[]=follow")
        .await
        .json();
    assert_eq!(apart["notification_groups"].as_array().unwrap().len(), 5);
    let small = marie
        .get("/api/v2/notifications?expand_accounts=partial_avatars")
        .await
        .json();
    let whole = small["accounts"].as_array().unwrap().len();
    let partial = small["partial_accounts"].as_array().unwrap();
    assert_eq!(whole + partial.len(), 3);
    assert!(partial.iter().all(|account| account.get("note").is_none()));
    let unread = marie.get("/api/v2/notifications/unread_count").await.json();
    assert_eq!(unread["count"], 3);

    let first = marie
        .get("/api/v2/notifications?limit=1")
        .await
        .expecting(200);
    let next = crate::app::link(&town, &first, "next").unwrap();
    let second = marie.get(&next).await.json();
    assert_eq!(
        second["notification_groups"][0]["group_key"],
        groups[1]["group_key"]
    );
    let key = group["group_key"].as_str().unwrap();
    let path = format!("/api/v2/notifications/{key}");
    let whole = marie.get(&path).await.expecting(200).json();
    assert_eq!(whole["notification_groups"][0]["notifications_count"], 3);
    assert_eq!(ids(&marie.list(&format!("{path}/accounts")).await), sample);
    friends[0].get(&path).await.expecting(404);
    does(&marie, &format!("{path}/dismiss"), &[]).await;
    marie.get(&path).await.expecting(404);
    assert_eq!(marie.list(ALL).await.len(), 2);
    marie
        .get("/api/v2/notifications/nothing")
        .await
        .expecting(404);
}

#[tokio::test]
async fn an_older_app_finds_what_it_knew() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let post = marie.posts("Au #Moulin").await;
    favourites(&jean, &post).await;
    let told = has_been_told(&marie, ALL, 1).await;
    let dismiss = format!("{ALL}/dismiss");
    let named = [("id", id(&told[0]))];
    jean.post_form(&dismiss, &named).await.expecting(404);
    assert_eq!(marie.list(ALL).await.len(), 1);
    does(&marie, &dismiss, &named).await;
    assert!(marie.list(ALL).await.is_empty());
    marie.post_form(&dismiss, &[]).await.expecting(404);

    let found = marie.get("/api/v1/search?q=moulin").await.expecting(200);
    assert_eq!(found.json()["hashtags"], json!(["Moulin"]));
    let found = marie.get("/api/v1/search?q=@jean").await.expecting(200);
    assert_eq!(found.json()["accounts"][0]["id"], jean.id.as_str());

    let card = format!("/api/v1/statuses/{}/card", id(&post));
    assert_eq!(marie.get(&card).await.expecting(200).json(), json!({}));
}

#[tokio::test]
async fn strangers_are_held_back_until_one_agrees_to_hear_of_them() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let (lise, paul) = (town.resident("lise").await, town.resident("paul").await);
    let path = "/api/v2/notifications/policy";
    let policy = marie.get(path).await.expecting(200).json();
    assert_eq!(policy["for_not_following"], "accept");
    let fields = [("for_not_following", "filter")];
    let set = asks(&marie, &town, Method::PATCH, path, &fields)
        .await
        .expecting(200)
        .json();
    assert_eq!(
        (&set["for_not_following"], &set["for_not_followers"]),
        (&json!("filter"), &json!("accept"))
    );
    let old = "/api/v1/notifications/policy";
    let shown = marie.get(old).await.expecting(200).json();
    assert_eq!(
        (
            &shown["filter_not_following"],
            &shown["filter_not_followers"]
        ),
        (&json!(true), &json!(false))
    );
    for filtered in ["true", "false"] {
        let fields = [("filter_new_accounts", filtered)];
        let set = asks(&marie, &town, Method::PUT, old, &fields).await;
        let set = set.expecting(200).json();
        assert_eq!(set["filter_new_accounts"], filtered == "true");
        assert_eq!(set["filter_not_following"], true, "it stays");
    }
    let bad = [("for_new_accounts", "perhaps")];
    asks(&marie, &town, Method::PATCH, path, &bad)
        .await
        .expecting(422);

    marie.follows(&paul.handle()).await;
    let post = marie.posts("Bonjour").await;
    for who in [&jean, &lise, &paul] {
        favourites(who, &post).await;
    }
    let requests = "/api/v1/notifications/requests";
    has_been_told(&marie, requests, 2).await;
    let told = has_been_told(&marie, ALL, 1).await;
    assert_eq!(told.len(), 1);
    assert_eq!(
        told[0]["account"]["id"],
        paul.id.as_str(),
        "whom she follows"
    );
    let everything = marie.list(&format!("{ALL}?include_filtered=true")).await;
    assert_eq!(everything.len(), 3);
    assert_eq!(
        everything
            .iter()
            .filter(|one| one["filtered"] == true)
            .count(),
        2
    );
    let summary = marie.get(path).await.json()["summary"].clone();
    assert_eq!(
        summary,
        json!({"pending_requests_count": 2, "pending_notifications_count": 2})
    );

    let all = walks(&marie, &town, requests, 1).await;
    assert_eq!(all.len(), 2);
    let of_jean = all
        .iter()
        .find(|one| one["account"]["id"] == jean.id.as_str())
        .unwrap();
    assert_eq!(
        (
            &of_jean["notifications_count"],
            &of_jean["last_status"]["id"]
        ),
        (&json!("1"), &post["id"])
    );
    let one = format!("{requests}/{}", id(of_jean));
    assert_eq!(marie.get(&one).await.expecting(200).json(), *of_jean);
    assert_eq!(does(&marie, &format!("{one}/accept"), &[]).await, json!({}));
    marie.get(&one).await.expecting(404);
    assert_eq!(marie.list(ALL).await.len(), 2, "what was held back is told");
    let merged = marie
        .get(&format!("{requests}/merged"))
        .await
        .expecting(200)
        .json();
    assert_eq!(merged, json!({"merged": true}));
    jean.posts("@marie bonjour").await;
    has_been_told(&marie, ALL, 3).await;
    let rest = marie.list(requests).await;
    assert_eq!(rest.len(), 1, "from now on");
    does(
        &marie,
        &format!("{requests}/dismiss"),
        &[("id[]", id(&rest[0]))],
    )
    .await;
    assert!(marie.list(requests).await.is_empty());
    assert_eq!(
        marie
            .list(&format!("{ALL}?include_filtered=true"))
            .await
            .len(),
        3
    );
}

#[tokio::test]
async fn a_conversation_stands_where_its_last_message_does() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let lise = town.resident("lise").await;
    let path = "/api/v1/conversations";
    let said = marker("@marie tu viens ?");
    let first = jean.posts_for("direct", &said).await;
    let list = marie.list(path).await;
    assert_eq!(list.len(), 1, "at once");
    assert_eq!(
        (&list[0]["unread"], &list[0]["last_status"]["id"]),
        (&json!(true), &first["id"])
    );
    let people = ids(list[0]["accounts"].as_array().unwrap());
    assert_eq!(people, [jean.id.as_str()], "without oneself");
    let of_jean = jean.list(path).await;
    assert_eq!(
        (&of_jean[0]["unread"], &of_jean[0]["accounts"][0]["id"]),
        (&json!(false), &json!(marie.id))
    );
    assert!(lise.list(path).await.is_empty());

    let conversation = format!("{path}/{}", id(&list[0]));
    lise.post_form(&format!("{conversation}/read"), &[])
        .await
        .expecting(404);
    assert_eq!(
        does(&marie, &format!("{conversation}/read"), &[]).await["unread"],
        false
    );
    assert_eq!(
        does(&marie, &format!("{conversation}/unread"), &[]).await["unread"],
        true
    );
    for n in 0..4 {
        lise.posts_for("direct", &format!("@marie numéro {n}"))
            .await;
    }
    let fields = [
        ("status", "@jean oui"),
        ("visibility", "direct"),
        ("in_reply_to_id", id(&first)),
    ];
    let answer = does(&marie, "/api/v1/statuses", &fields).await;
    let all = walks(&marie, &town, path, 2).await;
    assert_eq!(all.len(), 5);
    assert_eq!(
        (&all[0]["id"], &all[0]["last_status"]["id"]),
        (&list[0]["id"], &answer["id"])
    );
    assert_eq!(all[0]["unread"], false, "one has read what one wrote");
    marie.deletes(&answer).await.expecting(200);
    let all = marie.list(path).await;
    assert_eq!(
        all[4]["last_status"]["id"], first["id"],
        "back where it was"
    );
    jean.deletes(&first).await.expecting(200);
    assert_eq!(marie.list(path).await.len(), 4, "nothing is left of it");
    let gone = format!("{path}/{}", id(&all[0]));
    lise.delete_at(&gone).await.expecting(404);
    marie.delete_at(&gone).await.expecting(200);
    assert_eq!(marie.list(path).await.len(), 3);
    assert_eq!(lise.list(path).await.len(), 4, "only from one's own list");
    let alone = marie.posts_for("direct", "À moi").await;
    let own = marie.list(path).await;
    assert_eq!(
        (&own[0]["last_status"]["id"], &own[0]["accounts"][0]["id"]),
        (&alone["id"], &json!(marie.id))
    );
    until("nothing else is told", || async {
        !marie.list(ALL).await.is_empty()
    })
    .await;
}

#[tokio::test]
async fn a_message_from_elsewhere_stands_in_a_conversation() {
    let place = Place::new().await;
    let anna = place.remote.host("far").person("anna");
    let text = marker("tu viens ?");
    let mut note = anna.note_to(&text, &[&place.lea.uri], &[]);
    note["tag"] = json!([{"type": "Mention", "href": place.lea.uri, "name": place.lea.handle()}]);
    place.arrives(&anna, &anna.create(&note)).await;
    let list = place.lea.list("/api/v1/conversations").await;
    assert_eq!(list.len(), 1);
    assert_eq!(
        (&list[0]["unread"], &list[0]["last_status"]["uri"]),
        (&json!(true), &note["id"])
    );
    assert_eq!(list[0]["accounts"][0]["acct"], anna.acct());
}

#[tokio::test]
async fn a_private_message_that_is_held_back_begins_no_conversation() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let policy = [("for_private_mentions", "filter")];
    let path = "/api/v2/notifications/policy";
    asks(&marie, &town, Method::PATCH, path, &policy)
        .await
        .expecting(200);
    let said = jean.posts_for("direct", "@marie tu viens ?").await;
    let requests = has_been_told(&marie, "/api/v1/notifications/requests", 1).await;
    let conversations = "/api/v1/conversations";
    assert!(marie.list(conversations).await.is_empty(), "held back");
    assert_eq!(jean.list(conversations).await.len(), 1, "he wrote it");

    let accept = format!("/api/v1/notifications/requests/{}/accept", id(&requests[0]));
    does(&marie, &accept, &[]).await;
    let list = marie.list(conversations).await;
    assert_eq!(list.len(), 1);
    assert_eq!(
        (&list[0]["unread"], &list[0]["last_status"]["id"]),
        (&json!(true), &said["id"])
    );
}

#[tokio::test]
async fn a_thread_that_turns_out_to_be_part_of_another_stays_muted_and_one_conversation() {
    let place = Place::new().await;
    let anna = place.remote.host("far").person("anna");
    let message = |answered: Option<&Value>| {
        let mut note = anna.note_to(&marker("dis"), &[&place.lea.uri], &[]);
        let name = place.lea.handle();
        note["tag"] = json!([{"type": "Mention", "href": place.lea.uri, "name": name}]);
        if let Some(answered) = answered {
            note["inReplyTo"] = answered["id"].clone();
        }
        note
    };
    let first = message(None);
    let answers = [message(Some(&first)), message(Some(&first))];
    for answer in &answers {
        place.arrives(&anna, &anna.create(answer)).await;
    }
    has_been_told(&place.lea, ALL, 2).await;
    let conversations = "/api/v1/conversations";
    let list = place.lea.list(conversations).await;
    assert_eq!(list.len(), 2, "nothing says that they belong together");
    let muted = format!("/api/v1/statuses/{}/mute", id(&list[0]["last_status"]));
    assert_eq!(does(&place.lea, &muted, &[]).await["muted"], true);

    place.arrives(&anna, &anna.create(&first)).await;
    let list = place.lea.list(conversations).await;
    assert_eq!(list.len(), 1, "one thread");
    assert_eq!(list[0]["last_status"]["muted"], true);
    let told = place.lea.list(ALL).await.len();
    place
        .arrives(&anna, &anna.create(&message(Some(&first))))
        .await;
    let other = place.remote.host("far").person("bert");
    let mut loud = other.note_to("dis", &[&place.lea.uri], &[]);
    loud["tag"] = json!([{"type": "Mention", "href": place.lea.uri, "name": place.lea.handle()}]);
    place.arrives(&other, &other.create(&loud)).await;
    has_been_told(&place.lea, ALL, told + 1).await;
    let newest = &place.lea.list(ALL).await[0];
    assert_eq!(newest["account"]["acct"], other.acct());
    assert_eq!(place.lea.list(ALL).await.len(), told + 1);
}
