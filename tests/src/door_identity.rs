//! Whose word is it? Correctly signed, but about things that are not the signer's to speak of; the numbers are those of the
//! security catalogue (SECURITY.md).

use futures_util::future::join_all;
use parvis_testkit::{
    actor::{fresh, marker},
    keys,
    resident::{holds, id},
    until,
};
use serde_json::{Value, json};

use crate::door::Door;

/// A post of Victor's that Lea has, and her view of it.
async fn known_post(door: &Door) -> (Value, Value) {
    let text = marker("parole de Victor");
    let note = door.victor.note(&text);
    let reply = door
        .victor
        .post(&door.lea.inbox(), &door.victor.create(&note))
        .await;
    assert!(reply.is_success(), "{} {}", reply.status, reply.text());
    let seen = door.lea.reads_on_home(&text).await;
    (note, seen)
}

#[tokio::test]
async fn nobody_can_post_in_the_name_of_another() {
    let mut door = Door::open().await;
    let (victor, mallory) = (door.victor.clone(), door.mallory.clone());
    let (evil, third) = (mallory.host.clone(), victor.host.clone());
    let forged = |door: &mut Door, trial: &'static str, object_id: &str, author: &str| {
        let word = door.forbidden(trial);
        let mut note = door.naming_lea(&mallory, &word);
        note["id"] = json!(object_id);
        note["attributedTo"] = json!(author);
        note
    };

    let note = forged(
        &mut door,
        "T041",
        &evil.url(&format!("/n/{}", fresh())),
        &victor.id,
    );
    evil.serve_document(&note);
    door.mallory_sends("T041", &mallory.create(&note)).await;
    let mut as_victor = mallory.create(&note);
    as_victor["actor"] = json!(victor.id);
    let reply = mallory.post(&door.lea.inbox(), &as_victor).await;
    door.refused("T041 actor Victor", &reply);

    let at_third = third.url(&format!("/users/victor/statuses/{}", fresh()));
    let note = forged(&mut door, "T042", &at_third, &mallory.id);
    door.mallory_sends("T042", &mallory.create(&note)).await;
    let note = forged(
        &mut door,
        "T043",
        &third.url(&format!("/n/{}", fresh())),
        &victor.id,
    );
    door.mallory_sends("T043", &mallory.create(&note)).await;

    let note = forged(
        &mut door,
        "T045",
        &third.url(&format!("/n/{}", fresh())),
        &victor.id,
    );
    let mut embedded = mallory.create(&note);
    let mut actor = victor.document();
    actor["publicKey"]["publicKeyPem"] = json!(keys::second().public_pem);
    embedded["actor"] = actor;
    let mut letter = mallory.letter(&door.lea.inbox(), &embedded);
    let reply = letter.send().await;
    door.refused("T045", &reply);
    letter.key_id = victor.key_id();
    let reply = letter.send().await;
    door.refused("T045 by Victor's key id", &reply);

    let note = forged(
        &mut door,
        "T048",
        &third.url(&format!("/n/{}", fresh())),
        &victor.id,
    );
    let mut forwarded = victor.create(&note);
    forwarded["signature"] = json!({"type": "RsaSignature2017", "creator": victor.key_id(), "created": "2025-01-01T00:00:00Z", "signatureValue": keys::second().sign("x")});
    door.mallory_sends("T048", &forwarded).await;

    let note = forged(
        &mut door,
        "T049",
        &third.url(&format!("/n/{}", fresh())),
        &victor.id,
    );
    door.mallory_sends("T049", &mallory.create(&victor.create(&note)))
        .await;

    let note = forged(
        &mut door,
        "T050",
        &third.url(&format!("/n/{}", fresh())),
        &victor.id,
    );
    let mut graph = mallory.activity("Create", &json!(mallory.id));
    graph["@graph"] = json!([victor.create(&note)]);
    door.mallory_sends("T050", &graph).await;

    let (local_id, local_author) = (
        door.town.url(&format!("/ap/objects/{}", fresh())),
        door.lea.uri.clone(),
    );
    let mut on_local = forged(&mut door, "T056 new id", &local_id, &local_author);
    door.mallory_sends("T056 new id", &mallory.create(&on_local))
        .await;
    let mine = door.lea.posts("Ma propre parole").await;
    on_local["id"] = mine["uri"].clone();
    door.mallory_sends("T056", &mallory.create(&on_local)).await;
    let after = door.lea.status(id(&mine)).await.expecting(200).json();
    door.check(
        "T056",
        after["content"] == mine["content"],
        "the resident's own post has changed",
    );

    let word = door.forbidden("T072");
    let (note, _) = known_post(&door).await;
    let mut inlined = note.clone();
    inlined["content"] = json!(format!("<p>{word}</p>"));
    let mut announce = mallory.activity("Announce", &inlined);
    announce["to"] = json!([parvis_testkit::actor::PUBLIC]);
    door.mallory_sends("T072", &announce).await;
    door.ends_well().await;
}

#[tokio::test]
async fn nobody_can_change_or_delete_what_is_anothers() {
    let mut door = Door::open().await;
    let (victor, mallory) = (door.victor.clone(), door.mallory.clone());
    let (note, seen) = known_post(&door).await;
    let mine = door.lea.posts("Ma propre parole").await;

    let word = door.forbidden("T074");
    let mut update = note.clone();
    update["content"] = json!(format!("<p>{word}</p>"));
    update["updated"] = json!("2031-01-01T00:00:00Z");
    door.mallory_sends("T074", &mallory.addressed("Update", &update))
        .await;

    let word = door.forbidden("T058");
    let mut update = mallory.note(&word);
    update["id"] = mine["uri"].clone();
    for author in [&mallory.id, &door.lea.uri.clone()] {
        update["attributedTo"] = json!(author);
        door.mallory_sends("T058", &mallory.addressed("Update", &update))
            .await;
    }

    let word = door.forbidden("T059");
    let mut profile = victor.document();
    profile["name"] = json!(word);
    profile["publicKey"]["publicKeyPem"] = json!(keys::second().public_pem);
    profile["inbox"] = json!(mallory.inbox());
    door.mallory_sends("T059", &mallory.activity("Update", &profile))
        .await;

    for object in [
        note["id"].clone(),
        json!({"id": note["id"], "type": "Tombstone"}),
        note.clone(),
    ] {
        door.mallory_sends("T076", &mallory.activity("Delete", &object))
            .await;
    }
    for object in [json!(victor.id), victor.document()] {
        door.mallory_sends("T077", &mallory.activity("Delete", &object))
            .await;
        let mut in_his_name = mallory.activity("Delete", &object);
        in_his_name["actor"] = json!(victor.id);
        let reply = mallory.post(&door.lea.inbox(), &in_his_name).await;
        door.borne("T077 in his name", &reply);
    }
    door.mallory_sends("T078", &mallory.activity("Delete", &mine["uri"]))
        .await;
    door.mallory_sends(
        "T078 actor",
        &mallory.activity("Delete", &json!(door.lea.uri)),
    )
    .await;

    let after = door.lea.status(id(&seen)).await;
    door.check(
        "T074, T076, T077",
        after.status == 200 && after.json()["content"] == seen["content"],
        &after.text(),
    );
    let after = door.lea.status(id(&mine)).await;
    door.check(
        "T058, T078",
        after.status == 200 && after.json()["content"] == mine["content"],
        &after.text(),
    );
    let reply = victor
        .post(
            &door.lea.inbox(),
            &victor.create(&victor.note("Je suis là")),
        )
        .await;
    door.check(
        "T059, T087",
        reply.is_success(),
        &format!("Victor's true key: {} {}", reply.status, reply.text()),
    );
    let found = door.lea.lookup(&victor.acct()).await.json();
    door.check(
        "T059",
        found["display_name"] == "victor",
        &found.to_string(),
    );
    // What is for Victor goes where he lives.
    let letter = marker("à Victor seul");
    door.lea
        .posts_for("direct", &format!("{} {letter}", victor.handle()))
        .await;
    until("Victor gets his letter", || async {
        let told = victor.host.accepted_of("Create");
        told.iter().any(|it| it.to_string().contains(&letter))
    })
    .await;
    let got = mallory.host.received();
    let astray = got
        .iter()
        .any(|it| it.document.to_string().contains(&letter));
    door.check("T059 inbox", !astray, "Mallory got what was for Victor");
    door.ends_well().await;
}

#[tokio::test]
async fn nobody_can_act_for_another() {
    let mut door = Door::open().await;
    let (victor, mallory, alice) = (
        door.victor.clone(),
        door.mallory.clone(),
        door.alice.clone(),
    );
    let mine = door.lea.posts("Ma propre parole").await;
    let likes = |door: &Door| {
        let (lea, post) = (door.lea.clone(), mine.clone());
        async move {
            lea.status(id(&post)).await.expecting(200).json()["favourites_count"]
                .as_i64()
                .unwrap()
        }
    };
    let like = victor.activity("Like", &mine["uri"]);
    assert!(victor.post(&door.lea.inbox(), &like).await.is_success());
    until("the true like is counted", || async {
        likes(&door).await == 1
    })
    .await;

    door.mallory_sends("T080", &mallory.activity("Undo", &like))
        .await;
    let mut undo = mallory.activity("Undo", &like);
    undo["actor"] = json!(victor.id);
    let reply = mallory.post(&door.lea.inbox(), &undo).await;
    door.refused("T080 in his name", &reply);
    let mut in_her_name = mallory.activity("Like", &mine["uri"]);
    in_her_name["actor"] = json!(alice.id);
    let reply = mallory.post(&door.lea.inbox(), &in_her_name).await;
    door.refused("T081", &reply);
    let count = likes(&door).await;
    door.check("T080, T081", count == 1, &format!("{count} likes"));

    // T083, T084: a locked account that has not answered.
    let locked = door
        .remote
        .host("locked")
        .actor("vera", keys::first(), |document| {
            document["manuallyApprovesFollowers"] = json!(true);
        });
    let vera = door.lea.asks_to_follow(&locked.handle()).await;
    let request = parvis_testkit::eventually("the request arrives", || async {
        locked.host.accepted_of("Follow").into_iter().next()
    })
    .await;
    for object in [request.clone(), request["id"].clone()] {
        door.mallory_sends("T083", &mallory.activity("Accept", &object))
            .await;
        let mut in_her_name = mallory.activity("Accept", &object);
        in_her_name["actor"] = json!(locked.id);
        let reply = mallory.post(&door.lea.inbox(), &in_her_name).await;
        door.refused("T083 in her name", &reply);
    }
    let relation = door.lea.relation(id(&vera)).await;
    door.check(
        "T083, T084",
        relation["following"] == false && relation["requested"] == true,
        &relation.to_string(),
    );
    let word = door.forbidden("T084");
    let secret = locked.note_to(&word, &[&locked.followers()], &[]);
    let reply = locked
        .post(&door.town.shared_inbox(), &locked.create(&secret))
        .await;
    door.borne("T084", &reply);
    door.ends_well().await;
}

#[tokio::test]
async fn what_comes_twice_counts_once() {
    let mut door = Door::open().await;
    let alice = door.alice.clone();
    let notices = |word: String| {
        let town = &door.town;
        async move {
            town.browser_of("lea")
                .await
                .opens("/avis")
                .await
                .html
                .matches(&word)
                .count()
        }
    };
    let once = marker("une fois");
    let note = door.naming_lea(&alice, &once);
    assert!(
        alice
            .post(&door.lea.inbox(), &alice.create(&note))
            .await
            .is_success()
    );
    // Notices are made soon after, by a reader of the journal.
    until("a mention is a notice", || async {
        notices(once.clone()).await >= 1
    })
    .await;
    let usual = notices(once.clone()).await;

    let word = marker("dix fois");
    let note = door.naming_lea(&alice, &word);
    let create = alice.create(&note);
    let inboxes = [door.lea.inbox(), door.town.shared_inbox()];
    let replies = join_all((0..10).map(|turn| alice.post(&inboxes[turn % 2], &create))).await;
    let post = door.lea.reads_on_home(&word).await;
    let times = door
        .lea
        .home()
        .await
        .iter()
        .filter(|post| holds(post, &word))
        .count();
    until("it is told", || async {
        notices(word.clone()).await >= usual
    })
    .await;
    let told = notices(word.clone()).await;
    for reply in &replies {
        door.borne("T095", reply);
    }
    door.check("T095, T096", times == 1, &format!("there {times} times"));
    door.check(
        "T095, T096",
        told == usual,
        &format!("told {told} times where a single post is told {usual} times"),
    );

    // The same object in another activity, with other words: only an Update may change it.
    let other = door.forbidden("T099");
    let mut changed = note.clone();
    changed["content"] = json!(format!("<p>{other}</p>"));
    let reply = alice.post(&door.lea.inbox(), &alice.create(&changed)).await;
    door.borne("T099", &reply);
    let after = door.lea.status(id(&post)).await.expecting(200).json();
    door.check(
        "T099",
        after["content"] == post["content"],
        &after["content"].to_string(),
    );

    // The same activity id from another server must not use it up.
    let mine = marker("bien à moi");
    let note = door.naming_lea(&alice, &mine);
    let create = alice.create(&note);
    let mut squatter = door
        .mallory
        .activity("Like", &json!("http://nowhere.invalid/"));
    squatter["id"] = create["id"].clone();
    door.mallory_sends("T085", &squatter).await;
    assert!(alice.post(&door.lea.inbox(), &create).await.is_success());
    door.lea.reads_on_home(&mine).await;
    door.ends_well().await;
}

#[tokio::test]
async fn what_comes_in_the_wrong_order_ends_right() {
    let mut door = Door::open().await;
    let alice = door.alice.clone();
    let inbox = door.lea.inbox();

    let rose = door.remote.host("rose").person("rose");
    let follow = rose.activity("Follow", &json!(door.lea.uri));
    assert!(
        rose.post(&inbox, &rose.activity("Undo", &follow))
            .await
            .status
            < 500
    );
    let reply = rose.post(&inbox, &follow).await;
    door.borne("T100 follow", &reply);

    let word = door.forbidden("T100 deleted");
    let note = door.naming_lea(&alice, &word);
    let create = alice.create(&note);
    let reply = alice.post(&inbox, &alice.delete(&note)).await;
    door.borne("T100 delete", &reply);
    let reply = alice.post(&inbox, &create).await;
    door.borne("T100 create", &reply);

    let (old, new) = (door.forbidden("T100 old words"), marker("T100 nouveau"));
    let note = door.naming_lea(&alice, &old);
    let create = alice.create(&note);
    let reply = alice.post(&inbox, &alice.update(&note, &new)).await;
    door.borne("T100 update", &reply);
    let reply = alice.post(&inbox, &create).await;
    door.borne("T100 late create", &reply);
    door.lea.reads_on_home(&new).await;

    let found = door.lea.finds_account(&rose.handle()).await;
    let relation = door.lea.relation(id(&found)).await;
    door.check(
        "T100",
        relation["followed_by"] == false,
        "a follow that was undone before it came holds",
    );
    door.ends_well().await;
}

#[tokio::test]
async fn what_is_fetched_is_believed_only_from_its_own_server() {
    let mut door = Door::open().await;
    let (victor, evil, third) = (
        door.victor.clone(),
        door.mallory.host.clone(),
        door.victor.host.clone(),
    );
    let upload = |word: &str| {
        let mut note = victor.note(word);
        note["id"] = json!(third.url(&format!("/media/{}", fresh())));
        note
    };
    let kinds = [
        ("T060", "image/png"),
        ("T061", "text/plain"),
        ("T063", "text/html"),
        ("T064", "application/octet-stream"),
    ];
    for (trial, kind) in kinds {
        let word = door.forbidden(trial);
        let note = upload(&word);
        let path = url::Url::parse(note["id"].as_str().unwrap())
            .unwrap()
            .path()
            .to_owned();
        third.serve(
            &path,
            parvis_testkit::remote::Page::of(kind, note.to_string()),
        );
        let found = door.lea.search(note["id"].as_str().unwrap()).await;
        door.check(trial, found["statuses"] == json!([]), &found.to_string());
    }
    let word = door.forbidden("T066");
    let mut note = victor.note(&word);
    note["id"] = json!(third.url(&format!("/nowhere/{}", fresh())));
    evil.serve("/claims/1", parvis_testkit::remote::Page::document(&note));
    let found = door.lea.search(&evil.url("/claims/1")).await;
    door.check("T066", found["statuses"] == json!([]), &found.to_string());

    let word = door.forbidden("T068");
    let mut note = door.mallory.note(&word);
    note["attributedTo"] = json!(victor.id);
    evil.serve_document(&note);
    let found = door.lea.search(note["id"].as_str().unwrap()).await;
    door.check("T068", found["statuses"] == json!([]), &found.to_string());

    let word = door.forbidden("T069");
    let mut document = victor.document();
    document["name"] = json!(word);
    evil.serve(
        "/users/claims",
        parvis_testkit::remote::Page::document(&document),
    );
    door.lea.search(&evil.url("/users/claims")).await;
    let known = door.lea.lookup(&victor.acct()).await.expecting(200).json();
    door.check(
        "T069",
        known["display_name"] == "victor",
        &known.to_string(),
    );

    let mut mask = door.mallory.document();
    mask["id"] = json!(evil.url("/users/mask"));
    mask["preferredUsername"] = json!("victor");
    evil.serve("/users/mask", parvis_testkit::remote::Page::document(&mask));
    let jrd = json!({"subject": format!("acct:{}", victor.acct()), "links": [{"rel": "self", "type": "application/activity+json", "href": mask["id"]}]});
    let asked = format!("acct:mask@{}", evil.authority);
    let queries = [
        format!("/.well-known/webfinger?resource={asked}"),
        format!(
            "/.well-known/webfinger?resource={}",
            asked.replace(':', "%3A").replace('@', "%40")
        ),
    ];
    for query in &queries {
        evil.serve(
            query,
            parvis_testkit::remote::Page::of("application/jrd+json", jrd.to_string()),
        );
    }
    door.lea.search(&format!("@mask@{}", evil.authority)).await;
    let known = door.lea.finds_account(&victor.handle()).await;
    door.check(
        "T071",
        known["uri"] == victor.id.as_str()
            || known["url"].as_str().unwrap().starts_with(&third.url("/")),
        &known.to_string(),
    );
    door.ends_well().await;
}
