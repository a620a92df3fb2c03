//! Who sees what is not for everyone: strangers, other servers, apps without a token, people who were blocked. The numbers
//! are those of docs/attacks.md.

use std::time::Duration;

use http::Method;
use parvis_testkit::{
    Actor, Remote, Reply, TestTown,
    actor::{PUBLIC, marker},
    exchange,
    resident::{any_holds, holds, id},
    until,
};
use serde_json::{Value, json};

use crate::{door::Door, to_several};

/// A document of the town as `actor` would ask for it, signed.
pub async fn asks(actor: &Actor, url: &str) -> Reply {
    let mut letter = actor.letter(url, &Value::Null);
    letter.target = letter.target.replacen("post", "get", 1);
    letter.digest = None;
    letter.covered = ["(request-target)", "host", "date"]
        .map(str::to_owned)
        .to_vec();
    let mut headers = letter.seal().headers;
    headers.insert("accept", "application/activity+json".parse().unwrap());
    exchange::send(Method::GET, url, headers, Vec::new()).await
}

struct Secrets {
    followers: Value,
    direct: Value,
    words: [String; 2],
}

/// Lea, whom Alice follows, writes to her followers and to Alice alone; both have arrived.
async fn tells_alice(door: &Door) -> Secrets {
    let words = [marker("pour mes amis"), marker("pour toi seule")];
    let followers = door.lea.posts_for("private", &words[0]).await;
    let direct = door
        .lea
        .posts_for("direct", &format!("{} {}", door.alice.handle(), words[1]))
        .await;
    until("both arrive", || async {
        let told = door.alice.host.accepted_of("Create");
        words
            .iter()
            .all(|word| told.iter().any(|it| it.to_string().contains(word)))
    })
    .await;
    Secrets {
        followers,
        direct,
        words,
    }
}

/// T155, T156, T158, T162, T166, T181: what other servers can ask for.
#[tokio::test]
async fn another_server_is_shown_only_what_its_asker_may_see() {
    let mut door = Door::open().await;
    let secrets = tells_alice(&door).await;
    let open = door.lea.posts("Pour tous").await;
    let hidden_answer = marker("réponse entre nous");
    let fields = [
        ("status", hidden_answer.as_str()),
        ("visibility", "private"),
        ("in_reply_to_id", id(&open)),
    ];
    let hidden = door
        .lea
        .post_form("/api/v1/statuses", &fields)
        .await
        .expecting(200)
        .json();
    let address = |post: &Value| post["uri"].as_str().unwrap().to_owned();
    for (trial, post, alice_may) in [
        ("T155", &secrets.direct, true),
        ("T156, T158", &secrets.followers, true),
        ("T166", &hidden, true),
    ] {
        let url = address(post);
        let activity = url.replace("/ap/objects/", "/ap/activities/");
        for url in [
            &url,
            &activity,
            &format!("{url}/replies"),
            &format!("{url}/likes"),
            &format!("{url}/shares"),
        ] {
            let unsigned = exchange::get_document(url).await;
            door.check(
                trial,
                [401, 404].contains(&unsigned.status),
                &format!("{url} unsigned: {}", unsigned.status),
            );
            let stranger = asks(&door.mallory.clone(), url).await;
            door.check(
                trial,
                [401, 403, 404].contains(&stranger.status),
                &format!("{url} to a stranger: {}", stranger.status),
            );
            for reply in [&unsigned, &stranger] {
                let told = secrets.words.iter().any(|word| reply.text().contains(word))
                    || reply.text().contains(&hidden_answer);
                door.check(trial, !told, &format!("{url} tells it"));
            }
        }
        let control = asks(&door.alice.clone(), &url).await;
        door.check(
            trial,
            (control.status == 200) == alice_may,
            &format!("{url} to Alice: {}", control.status),
        );
    }
    // T162, T166: lists of many pages.
    let lists = [
        format!("{}/outbox", door.lea.uri),
        format!("{}/featured", door.lea.uri),
        format!("{}/replies", address(&open)),
    ];
    for list in lists {
        let mut next = Some(list.clone());
        let mut pages = 0;
        while let Some(url) = next.take().filter(|_| pages < 10) {
            pages += 1;
            let reply = asks(&door.mallory.clone(), &url).await;
            let told = secrets
                .words
                .iter()
                .chain([&hidden_answer])
                .any(|word| reply.text().contains(word))
                || [&secrets.followers, &secrets.direct, &hidden]
                    .iter()
                    .any(|post| reply.text().contains(&address(post)));
            door.check(
                "T162, T166",
                reply.status == 200 && !told,
                &format!("{url}: {} {}", reply.status, reply.text()),
            );
            let page = reply.json();
            next = page["first"]
                .as_str()
                .or(page["next"].as_str())
                .map(str::to_owned);
            if url.ends_with("/replies") {
                door.check(
                    "T166",
                    page["totalItems"] == 0,
                    &page["totalItems"].to_string(),
                );
            }
        }
    }
    // T181: who follows whom is not for strangers to list.
    for name in ["followers", "following"] {
        let reply = asks(&door.mallory.clone(), &format!("{}/{name}", door.lea.uri)).await;
        let told = [&door.alice.id, &door.victor.id]
            .iter()
            .any(|friend| reply.text().contains(friend.as_str()));
        door.check("T181", reply.status < 500 && !told, &reply.text());
    }
    door.ends_well().await;
}

/// T159, T160, T163, T168, T169: what apps and pages show to whom it is not for.
#[tokio::test]
async fn t168_apps_and_pages_show_nothing_to_whom_it_is_not_for() {
    let mut door = Door::open().await;
    let secrets = tells_alice(&door).await;
    let marc = door.town.resident("marc").await;
    let nobody = exchange::headers(&[]);
    for (trial, post) in [("T159", &secrets.direct), ("T160", &secrets.followers)] {
        let post_id = id(post);
        for path in ["", "/context", "/source"] {
            let path = format!("/api/v1/statuses/{post_id}{path}");
            let reply = door
                .town
                .send(Method::GET, &path, nobody.clone(), Vec::new())
                .await;
            door.check(
                trial,
                [401, 404].contains(&reply.status),
                &format!("{path}: {}", reply.status),
            );
            let reply = marc.get(&path).await;
            door.check(
                "T168",
                reply.status == 404,
                &format!("{path} to Marc: {}", reply.status),
            );
        }
        for deed in [
            "favourite",
            "unfavourite",
            "reblog",
            "unreblog",
            "bookmark",
            "unbookmark",
            "pin",
            "unpin",
        ] {
            let reply = marc
                .post_form(&format!("/api/v1/statuses/{post_id}/{deed}"), &[])
                .await;
            let told = secrets.words.iter().any(|word| reply.text().contains(word));
            door.check(
                "T168",
                reply.status == 404 && !told,
                &format!("{deed}: {} {}", reply.status, reply.text()),
            );
        }
        for member in ["in_reply_to_id", "quoted_status_id"] {
            let fields = [("status", "re"), (member, post_id)];
            let reply = marc.post_form("/api/v1/statuses", &fields).await;
            let told = format!("{member}: {}", reply.status);
            door.check("T168", reply.status == 404, &told);
        }
        let reply = marc
            .post_form(
                "/api/v1/reports",
                &[("account_id", &door.lea.id), ("status_ids[]", post_id)],
            )
            .await;
        // Whether it is there is not said: what was asked for comes back.
        let echoed = reply.status == 200 && reply.json()["status_ids"] == json!([post_id]);
        door.check("T168 report", echoed, &reply.text());
        let kept = door.asks_database("SELECT COUNT(*) FROM report WHERE posts <> '[]'");
        let kept = kept.await;
        door.check("T168 report", kept == Some(0), &format!("{kept:?} kept"));
        let edited = marc
            .try_put_form(
                &format!("/api/v1/statuses/{post_id}"),
                &[("status", "faux")],
            )
            .await
            .unwrap();
        door.check(
            "T169",
            [403, 404].contains(&edited.status),
            &format!("edit: {}", edited.status),
        );
        let deleted = marc.deletes(post).await;
        door.check(
            "T169",
            [403, 404].contains(&deleted.status),
            &format!("delete: {}", deleted.status),
        );
        let mine = door.lea.status(post_id).await;
        door.check("T169", mine.status == 200, "it is gone");
        for path in [
            format!("/@lea/{post_id}"),
            "/@lea".to_owned(),
            "/@lea?tout=1".to_owned(),
            "/@lea.rss".to_owned(),
            "/@lea.atom".to_owned(),
            "/ville".to_owned(),
            "/sitemap.xml".to_owned(),
            format!("/oembed?url={}/@lea/{post_id}", door.town.origin),
            "/@lea/fil.atom".to_owned(),
            "/ville/fil.atom".to_owned(),
            format!("/integrer/@lea/{post_id}"),
            format!("/@lea/{post_id}/modifier"),
            format!("/@lea/{post_id}/supprimer"),
            format!("/@lea/{post_id}/copies"),
            format!("/recherche?q={}", secrets.words[0].replace(' ', "+")),
        ] {
            for of in [None, Some("marc")] {
                let mut browser = match of {
                    Some(name) => door.town.browser_of(name).await,
                    None => door.town.visitor(),
                };
                let shown = browser.opens(&path).await;
                let told = secrets.words.iter().any(|word| {
                    shown
                        .html
                        .replace(' ', "+")
                        .contains(&word.replace(' ', "+"))
                        && !path.starts_with("/recherche")
                });
                door.check("T163", !told, &format!("{path} to {of:?}"));
            }
        }
    }
    for path in [
        "/api/v1/timelines/public?limit=40".to_owned(),
        format!("/api/v1/accounts/{}/statuses?limit=40", door.lea.id),
        format!(
            "/api/v2/search?q={}&type=statuses",
            secrets.words[0].replace(' ', "%20")
        ),
        "/api/v1/notifications".to_owned(),
    ] {
        let told = marc.get(&path).await.text();
        let told = secrets.words.iter().any(|word| told.contains(word));
        door.check("T163", !told, &path);
    }
    door.ends_well().await;
}

/// T161, T172: nobody widens the audience of a post by passing it on; a stranger's gesture to it does not count.
#[tokio::test]
async fn nobody_makes_a_private_post_public() {
    let mut door = Door::open().await;
    let secrets = tells_alice(&door).await;
    let marc = door.town.resident("marc").await;
    let word = marker("secret d'Alice");
    let hers = door.alice.note_to(&word, &[&door.alice.followers()], &[]);
    let reply = door
        .alice
        .post(&door.lea.inbox(), &door.alice.create(&hers))
        .await;
    assert!(reply.is_success());
    let seen = door.lea.reads_on_home(&word).await;
    for actor in [
        door.alice.clone(),
        door.mallory.clone(),
        door.victor.clone(),
    ] {
        for object in [
            &secrets.followers["uri"],
            &secrets.direct["uri"],
            &hers["id"],
        ] {
            let mut announce = actor.activity("Announce", object);
            announce["to"] = json!([PUBLIC]);
            let reply = actor.post(&door.lea.inbox(), &announce).await;
            door.borne("T172", &reply);
            // As an edit, and as a second Create, to everybody.
            let mut wider = hers.clone();
            wider["to"] = json!([PUBLIC]);
            wider["updated"] = json!("2031-01-01T00:00:00Z");
            if actor.id != door.alice.id {
                for kind in ["Create", "Update"] {
                    let reply = actor
                        .post(&door.lea.inbox(), &actor.addressed(kind, &wider))
                        .await;
                    door.borne("T161", &reply);
                }
            }
        }
    }
    for actor in [door.mallory.clone(), door.victor.clone()] {
        for post in [&secrets.followers, &secrets.direct] {
            let reply = actor
                .post(&door.lea.inbox(), &actor.activity("Like", &post["uri"]))
                .await;
            door.borne("T172 like", &reply);
            let mut answer = actor.note("je réponds");
            answer["inReplyTo"] = post["uri"].clone();
            let reply = actor.post(&door.lea.inbox(), &actor.create(&answer)).await;
            door.borne("T172 answer", &reply);
        }
    }
    let barrier = marker("barrière");
    let note = door.naming_lea(&door.alice, &barrier);
    let reply = door
        .alice
        .post(&door.lea.inbox(), &door.alice.create(&note))
        .await;
    assert!(reply.is_success());
    door.lea.reads_on_home(&barrier).await;
    for post in [&secrets.followers, &secrets.direct] {
        let after = door.lea.status(id(post)).await.json();
        let counted =
            ["reblogs_count", "favourites_count", "replies_count"].map(|name| after[name].as_i64());
        door.check("T172", counted == [Some(0); 3], &format!("{counted:?}"));
    }
    let public = [marc.public().await, marc.home().await].concat();
    for words in secrets.words.iter().chain([&word]) {
        door.check("T161, T172", !any_holds(&public, words), words);
    }
    let reply = marc.status(id(&seen)).await;
    door.check("T161, T174", reply.status == 404, &reply.text());
    door.ends_well().await;
}

/// T174: what came for followers or for one is invisible to everyone else here.
#[tokio::test]
async fn what_came_for_a_few_is_shown_to_nobody_else() {
    let mut door = Door::open().await;
    let marc = door.town.resident("marc").await;
    let words = [marker("à mes abonnés"), marker("à Lea seule")];
    let (uri, _) = door.lea.mention();
    let followers = door
        .alice
        .note_to(&words[0], &[&door.alice.followers()], &[]);
    let direct = door.alice.note_to(&words[1], &[&uri], &[]);
    for note in [&followers, &direct] {
        let reply = door
            .alice
            .post(&door.town.shared_inbox(), &door.alice.create(note))
            .await;
        assert!(reply.is_success());
    }
    let seen = door.lea.reads_on_home(&words[0]).await;
    until("the direct one arrives", || async {
        door.lea
            .get("/api/v1/notifications")
            .await
            .text()
            .contains(&words[1])
    })
    .await;
    let account = door.lea.lookup(&door.alice.acct()).await.json();
    let acct = door.alice.acct();
    let paths = [
        format!("/api/v1/accounts/{}/statuses?limit=40", id(&account)),
        "/api/v1/timelines/public?limit=40".to_owned(),
        format!("/api/v1/statuses/{}", id(&seen)),
        format!("/@{acct}"),
        format!("/@{acct}/{}", id(&seen)),
        "/ville".to_owned(),
    ];
    for path in &paths {
        let (open, marcs) = (
            door.town.get(path).await.text(),
            marc.get(path).await.text(),
        );
        let mut browser = door.town.browser_of("marc").await;
        let page = browser.opens(path).await.html;
        for word in &words {
            let told = [&open, &marcs, &page]
                .iter()
                .any(|text| text.contains(word));
            door.check("T174", !told, path);
        }
    }
    door.ends_well().await;
}

/// T175, T176: a direct post goes to the server of who is named, and to no other, and says so.
#[tokio::test]
async fn a_direct_post_goes_to_one_server_alone() {
    let mut door = Door::open().await;
    let rose = door.remote.host("rose").person("rose");
    let reply = rose
        .post(
            &door.lea.inbox(),
            &rose.activity("Follow", &json!(door.lea.uri)),
        )
        .await;
    assert!(reply.is_success());
    let control = marker("pour tous");
    door.lea.posts(&control).await;
    until("followers get what is for all", || async {
        rose.host
            .accepted_of("Create")
            .iter()
            .any(|it| it.to_string().contains(&control))
    })
    .await;
    let secrets = tells_alice(&door).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    for host in [
        &door.victor.host.clone(),
        &door.mallory.host.clone(),
        &rose.host,
    ] {
        let got = host
            .received()
            .iter()
            .any(|it| it.document.to_string().contains(&secrets.words[1]));
        door.check("T175", !got, &host.authority);
    }
    for create in door.alice.host.accepted_of("Create") {
        if create.to_string().contains(&secrets.words[1]) {
            for addressed in [&create, &create["object"]] {
                let to = [&addressed["to"], &addressed["cc"]]
                    .map(Value::to_string)
                    .concat();
                let narrow = !to.contains("Public") && !to.contains("/followers");
                door.check("T176", narrow && to.contains(&door.alice.id), &to);
            }
        }
    }
    to_several::is_split_where_messages_are_for_one(&door.lea, &door.remote).await;
    door.ends_well().await;
}

/// T171: who is blocked is neither seen nor counted, by whatever way they come.
#[tokio::test]
async fn who_is_blocked_is_neither_seen_nor_counted() {
    let mut door = Door::open().await;
    let (mallory, alice) = (door.mallory.clone(), door.alice.clone());
    let mine = door.lea.posts("Ma propre parole").await;
    let here = door.lea.lookup(&mallory.acct()).await.expecting(200).json();
    door.lea
        .post_form(&format!("/api/v1/accounts/{}/block", id(&here)), &[])
        .await
        .expecting(200);
    let word = door.forbidden("T171 mention");
    let note = door.naming_lea(&mallory, &word);
    door.mallory_sends("T171", &mallory.create(&note)).await;
    let word = door.forbidden("T171 answer");
    let mut answer = door.naming_lea(&mallory, &word);
    answer["inReplyTo"] = mine["uri"].clone();
    door.mallory_sends("T171", &mallory.create(&answer)).await;
    for kind in ["Like", "Announce", "EmojiReact"] {
        let mut gesture = mallory.activity(kind, &mine["uri"]);
        gesture["to"] = json!([PUBLIC]);
        door.mallory_sends("T171", &gesture).await;
    }
    door.mallory_sends("T171", &mallory.activity("Follow", &json!(door.lea.uri)))
        .await;
    // By a friend's boost.
    let word = door.forbidden("T171 boost");
    let passed_on = mallory.note(&word);
    let mut announce = alice.activity("Announce", &passed_on["id"]);
    announce["to"] = json!([PUBLIC]);
    let reply = alice.post(&door.lea.inbox(), &announce).await;
    door.borne("T171 boost", &reply);
    let after = door.lea.status(id(&mine)).await.json();
    let counted =
        ["reblogs_count", "favourites_count", "replies_count"].map(|name| after[name].as_i64());
    door.check("T171", counted == [Some(0); 3], &format!("{counted:?}"));
    let relation = door.lea.relation(id(&here)).await;
    door.check(
        "T171 follow",
        relation["followed_by"] == false,
        &relation.to_string(),
    );
    let home = door.lea.home().await;
    let context = door.lea.context(id(&mine)).await;
    door.check(
        "T171 thread",
        context["descendants"] == json!([]),
        &context.to_string(),
    );
    door.check(
        "T171 home",
        !home.iter().any(|post| holds(post, &word)),
        "a friend's boost",
    );
    door.ends_well().await;
}

/// T179: a deleted post is gone from every address it had.
#[tokio::test]
async fn a_deleted_post_is_gone_from_every_address() {
    let mut door = Door::open().await;
    let word = marker("à oublier");
    let post = door.lea.posts(&word).await;
    let uri = post["uri"].as_str().unwrap().to_owned();
    exchange::get_document(&uri).await.expecting(200);
    door.lea.deletes(&post).await.expecting(200);
    let page = format!("/@lea/{}", id(&post));
    let activity = uri.replace("/ap/objects/", "/ap/activities/");
    for reply in [
        exchange::get_document(&uri).await,
        exchange::get_document(&activity).await,
        exchange::get_document(&format!("{uri}/replies")).await,
        exchange::get_document(&door.town.url(&page)).await,
        door.town.get(&page).await,
        door.lea.status(id(&post)).await,
    ] {
        door.check("T179", !reply.text().contains(&word), &reply.text());
        door.check(
            "T179",
            [303, 404, 410].contains(&reply.status),
            &format!("{}", reply.status),
        );
    }
    for list in ["/outbox?page=true", "/featured"] {
        let text = exchange::get_document(&format!("{}{list}", door.lea.uri))
            .await
            .text();
        door.check("T179", !text.contains(&word), list);
    }
    door.ends_well().await;
}

#[tokio::test]
async fn where_the_town_wants_it_even_public_documents_go_only_to_who_signs() {
    let settings = [("PARVIS_FEDERATION__ONLY_SIGNED", "on")];
    let (town, remote) = (
        TestTown::start_with("valmont", &settings).await,
        Remote::open().await,
    );
    let marie = town.resident("marie").await;
    let post = marie.posts("Pour tous").await;
    let alice = remote.host("loin").person("alice");
    let post = post["uri"].as_str().unwrap();
    for url in [post.to_owned(), format!("{}/outbox", marie.uri)] {
        assert_eq!(exchange::get_document(&url).await.status, 401, "{url}");
        assert_eq!(asks(&alice, &url).await.status, 200, "{url}");
    }
    let keys = [marie.uri.clone(), format!("{}/ap/actor", town.origin)];
    for url in keys {
        assert_eq!(exchange::get_document(&url).await.status, 200, "{url}");
    }
}
