//! What somebody may not see, looked for by everybody else in the same town. The numbers are those of docs/attacks.md.

use parvis_testkit::{Resident, actor::marker, eventually, keys, resident::id, until};
use serde_json::{Value, json};

use crate::{door::Door, privacy::asks};

/// Everything about an account elsewhere that somebody here can open.
async fn all_of(door: &Door, who: &Resident, account: &Value, post: &str) -> Vec<(String, String)> {
    let (its, acct) = (id(account), account["acct"].as_str().unwrap());
    let posts = who.statuses_of(its).await;
    let mut seen = vec![("posts".to_owned(), serde_json::to_string(&posts).unwrap())];
    for path in [
        "/api/v1/timelines/home?limit=40".to_owned(),
        "/api/v1/timelines/public?limit=40".to_owned(),
        "/api/v1/notifications?limit=40".to_owned(),
        format!("/api/v2/search?resolve=true&q={post}"),
    ] {
        let text = who.get(&path).await.text();
        seen.push((path, text));
    }
    let mut browser = door.town.browser_of(&who.name).await;
    for path in [format!("/@{acct}"), "/ville".to_owned(), "/".to_owned()] {
        let html = browser.opens(&path).await.html;
        seen.push((path, html));
    }
    seen
}

/// T165: somebody far away who looks at requests first has not answered Lea's; nobody here is a follower.
#[tokio::test]
async fn who_was_not_accepted_yet_sees_nothing_nor_does_anybody_else() {
    let mut door = Door::open().await;
    let marc = door.town.resident("marc").await;
    let vera = door
        .remote
        .host("locked")
        .actor("vera", keys::first(), |document| {
            document["manuallyApprovesFollowers"] = json!(true);
        });
    let account = door.lea.asks_to_follow(&vera.handle()).await;
    let request = eventually("the request arrives", || async {
        vera.host.accepted_of("Follow").into_iter().next()
    })
    .await;
    let word = door.forbidden("T165");
    let secret = vera.note_to(&word, &[&vera.followers()], &[]);
    let create = vera.create(&secret);
    for inbox in [door.town.shared_inbox(), door.lea.inbox(), marc.inbox()] {
        let reply = vera.post(&inbox, &create).await;
        door.borne("T165", &reply);
    }
    let address = secret["id"].as_str().unwrap();
    for who in [door.lea.clone(), marc.clone()] {
        for (place, text) in all_of(&door, &who, &account, address).await {
            let told = text.contains(&word);
            door.check("T165", !told, &format!("{} sees it at {place}", who.name));
        }
    }
    let open = door.town.get(&format!("/@{}", vera.acct())).await.text();
    door.check("T165", !open.contains(&word), "a visitor sees it");

    // Once she is let in, Lea sees what comes from then on, and Marc sees nothing still.
    door.lets_in(&vera, &vera.activity("Accept", &request))
        .await;
    until("she is let in", || async {
        door.lea.relation(id(&account)).await["following"] == true
    })
    .await;
    let later = marker("à mes abonnés");
    let note = vera.note_to(&later, &[&vera.followers()], &[]);
    door.lets_in(&vera, &vera.create(&note)).await;
    let post = door.lea.reads_on_home(&later).await;
    door.check("T165", post["visibility"] == "private", "its audience");
    let address = note["id"].as_str().unwrap();
    for (place, text) in all_of(&door, &marc, &account, address).await {
        door.check("T165", !text.contains(&later), &format!("Marc: {place}"));
    }
    door.ends_well().await;
}

/// T181: of somebody who has not agreed to be found, the lists of who follows whom tell other servers a number and no names,
/// whatever page is asked for; a relationship is told only to the one whose it is.
#[tokio::test]
async fn other_servers_learn_a_number_and_never_who_follows() {
    let mut door = Door::open().await;
    let marc = door.town.resident("marc").await;
    let friends = [door.alice.clone(), door.victor.clone()];
    for list in ["followers", "following"] {
        for page in ["", "?page=true"] {
            let url = format!("{}/{list}{page}", door.lea.uri);
            let reply = asks(&door.mallory.clone(), &url).await.expecting(200);
            let text = reply.text();
            let told = friends.iter().any(|friend| text.contains(&friend.id));
            door.check("T181", !told, &text);
            let counted = reply.json()["totalItems"].is_u64();
            door.check("T181 count", counted, &text);
        }
    }
    // Lea follows Alice and Alice Lea; Marc, who asks, has nothing to do with either.
    for account in [
        door.lea.id.clone(),
        id(&door.lea.lookup(&door.alice.acct()).await.json()).to_owned(),
    ] {
        let told = marc.relation(&account).await;
        let nothing = told["following"] == false && told["followed_by"] == false;
        door.check("T181", nothing, &told.to_string());
        let path = format!("/api/v1/accounts/relationships?id[]={account}");
        let reply = door.town.get(&path).await;
        door.check("T181", reply.status == 401, &reply.text());
    }
    door.ends_well().await;
}
