//! What somebody may not see, looked for by everybody else in the same town. The numbers are those of docs/attacks.md.

use parvis_testkit::{Browser, Resident, actor::marker, eventually, keys, resident::id, until};
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

/// The words of the page with the lists, for whoever looks.
async fn lists_on_pages(browser: &mut Browser) -> String {
    let followers = browser.opens("/@lea/abonnes").await.expecting(200).html;
    let following = browser.opens("/@lea/abonnements").await.expecting(200).html;
    followers + &following
}

/// Lea keeps to herself, by a box in her settings, who follows her and whom she follows.
async fn keeps_the_lists(door: &mut Door, marc: &Resident) {
    let (lea, alice) = (door.lea.clone(), door.alice.clone());
    marc.follows_actor(&alice).await;
    let lists =
        ["followers", "following"].map(|list| format!("/api/v1/accounts/{}/{list}", lea.id));
    let familiar = format!("/api/v1/accounts/familiar_followers?id[]={}", lea.id);
    for path in lists.iter().chain([&familiar]) {
        let told = marc.get(path).await.expecting(200).text();
        door.check("T181 control", told.contains(&alice.id), &told);
    }
    let (mut of_marc, mut of_lea) = (
        door.town.browser_of("marc").await,
        door.town.browser_of("lea").await,
    );
    let shown = lists_on_pages(&mut of_marc).await;
    door.check("T181 control", shown.contains(&alice.acct()), "on pages");

    let page = of_lea.opens("/reglages/profil").await.expecting(200);
    let form = page.form("/reglages/profil").ticking("discoverable");
    let form = form.ticking("hides_follows");
    of_lea.submits(&page, &form).await.expecting(200);
    let account = lea.get("/api/v1/accounts/verify_credentials").await.json();
    let said = [
        &account["hide_collections"],
        &account["source"]["hide_collections"],
    ];
    door.check("T181", said == [true, true], &account.to_string());
    let counts = (&account["followers_count"], &account["following_count"]);
    let counted = counts == (&json!(1), &json!(2));
    door.check("T181 counts stay", counted, &account.to_string());
    for path in &lists {
        for reply in [marc.get(path).await, door.town.get(path).await] {
            let nobody = reply.expecting(200).json() == json!([]);
            door.check("T181", nobody, path);
        }
        let own = lea.get(path).await.text();
        door.check("T181 to oneself", own.contains(&alice.id), &own);
    }
    let told = marc.get(&familiar).await.json();
    door.check("T181", told[0]["accounts"] == json!([]), &told.to_string());
    for browser in [&mut of_marc, &mut door.town.visitor()] {
        let shown = lists_on_pages(browser).await;
        door.check("T181", !shown.contains(&alice.acct()), &shown);
    }
    let own = lists_on_pages(&mut of_lea).await;
    door.check("T181 to oneself", own.contains(&alice.acct()), &own);
}

/// Asked by a server that has nothing to do with her, Lea's lists tell a number and no names, whatever page is asked for.
async fn lists_name_nobody(door: &mut Door) {
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
}

/// T181: the lists of who follows whom name nobody to other servers where one has not agreed to be found, and nobody to anybody
/// else where one keeps them; a relationship is told only to the one whose it is.
#[tokio::test]
async fn t181_hidden_lists_are_a_number_to_all_others() {
    let mut door = Door::open().await;
    let marc = door.town.resident("marc").await;
    lists_name_nobody(&mut door).await;
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
    keeps_the_lists(&mut door, &marc).await;
    lists_name_nobody(&mut door).await;
    door.ends_well().await;
}
