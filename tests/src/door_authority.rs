//! Nobody takes what is another's: keys, pages, names, hosts, pins, followers, votes; and what a group passes on. The
//! numbers are those of docs/attacks.md.

use parvis_testkit::{
    Actor,
    actor::{PUBLIC, fresh, marker},
    eventually, keys,
    remote::Page,
    resident::{any_holds, holds, id},
    until,
};
use serde_json::{Value, json};

use crate::door::Door;

/// X01: an actor that shows another's key id as its own, so that it would be looked up in its place.
#[tokio::test]
async fn nobody_can_take_the_name_of_anothers_key() {
    let mut door = Door::open().await;
    let victor = door.victor.clone();
    let host = door.remote.host("evil2");
    for (number, shape) in ["publicKey", "assertionMethod"].into_iter().enumerate() {
        let name = format!("max{number}");
        let of = Actor::new(host.clone(), &name, keys::second());
        let key = json!({"id": victor.key_id(), "owner": of.id, "controller": of.id,
            "publicKeyPem": keys::second().public_pem});
        let max = host.actor(&name, keys::second(), |document| {
            document[shape] = json!([key, document["publicKey"]]);
        });
        door.lets_in(&max, &max.activity("Follow", &json!(door.lea.uri)))
            .await;
        let word = door.forbidden("X01");
        for (author, document) in [
            (&max, max.create(&door.naming_lea(&max, &word))),
            (&victor, victor.create(&door.naming_lea(&victor, &word))),
        ] {
            let mut letter = author.letter(&door.lea.inbox(), &document);
            letter.key = keys::second();
            letter.key_id = victor.key_id();
            let reply = letter.send().await;
            door.refused("X01", &reply);
        }
    }
    let text = marker("toujours Victor");
    door.lets_in(&victor, &victor.create(&victor.note(&text)))
        .await;
    door.lea.reads_on_home(&text).await;
    door.ends_well().await;
}

/// X02: a post and an account that give the page of another's for their own, so that who looks for that finds them.
#[tokio::test]
async fn nobody_can_take_the_page_of_another() {
    let mut door = Door::open().await;
    let (victor, mallory) = (door.victor.clone(), door.mallory.clone());
    let page = victor.host.url("/@victor/17");
    let text = marker("parole de Victor");
    let mut true_note = victor.note(&text);
    true_note["url"] = json!(page);
    victor.host.serve_document(&true_note);
    victor.host.serve("/@victor/17", Page::document(&true_note));
    let word = door.forbidden("X02");
    let mut note = door.naming_lea(&mallory, &word);
    note["url"] = json!(page);
    mallory.host.serve_document(&note);
    door.lets_in(&mallory, &mallory.create(&note)).await;
    let found = door.lea.finds_post(&page).await;
    door.check("X02", holds(&found, &text), &found["content"].to_string());

    let profile = victor.host.url("/@true-victor");
    let mask = mallory.host.actor("mask", keys::second(), |document| {
        document["url"] = json!(profile);
    });
    door.lets_in(&mask, &mask.activity("Follow", &json!(door.lea.uri)))
        .await;
    let found = door.lea.search(&profile).await;
    door.check("X02", found["accounts"] == json!([]), &found.to_string());
    // The note named Lea and rightly told her; it may stand under its own author's name, nowhere else.
    let delete = mallory.delete(&note);
    door.lets_in(&mallory, &delete).await;
    door.ends_well().await;
}

/// X03: names that would pass for a whole handle, or that hide what they are.
#[tokio::test]
async fn a_name_that_would_pass_for_a_handle_is_no_name() {
    let mut door = Door::open().await;
    let host = door.remote.host("names");
    let honest = host.actor("jean.du-pont_3", keys::first(), |_| ());
    door.lea.finds_account(&honest.id).await;
    let names = [
        door.victor.acct(),
        format!("@{}", door.victor.acct()),
        "victor ".to_owned() + "\u{202e}x",
        "vic\u{200b}tor".to_owned(),
        "a/b".to_owned(),
        "a b".to_owned(),
        "a\nb".to_owned(),
        "<b>x</b>".to_owned(),
        "..%2f".to_owned(),
        "a".repeat(5_000),
    ];
    for (number, name) in names.iter().enumerate() {
        let odd = host.actor(&format!("odd{number}"), keys::first(), |document| {
            document["preferredUsername"] = json!(name);
        });
        let found = door.lea.search(&odd.id).await;
        door.check(
            "X03",
            found["accounts"] == json!([]),
            &format!("{name:?} finds {found}"),
        );
    }
    door.ends_well().await;
}

/// T053, T055: other spellings of a host are that host or none; other hosts that look like it are not it.
#[tokio::test]
async fn a_host_has_one_spelling_and_a_lookalike_is_another() {
    let mut door = Door::open().await;
    let mallory = door.mallory.clone();
    let third = door.victor.host.authority.clone();
    let (name, port) = third.split_once(':').unwrap();
    let label = name.trim_end_matches(".localhost");
    let spellings = [
        format!("{}:{port}", name.to_uppercase()),
        format!("{name}.:{port}"),
        format!("{label}.LOCALHOST:{port}"),
        format!("ｔｈｉｒｄ.localhost:{port}"),
        format!("xn--{label}-.localhost:{port}"),
        format!("{name}:1"),
        name.to_owned(),
        format!("evil.localhost:{port}@{third}"),
        format!("{third}\\@evil.localhost:{port}"),
        format!("thi\trd.localhost:{port}"),
    ];
    for spelling in &spellings {
        for author in [&door.victor.id.clone(), &mallory.id] {
            let word = door.forbidden("T053, T055");
            let mut note = door.naming_lea(&mallory, &word);
            note["id"] = json!(format!("http://{spelling}/n/{}", fresh()));
            note["attributedTo"] = json!(author);
            door.mallory_sends("T053, T055", &mallory.create(&note))
                .await;
        }
        let word = door.forbidden("T053, T055 actor");
        let mut note = door.naming_lea(&mallory, &word);
        note["attributedTo"] = json!(format!("http://{spelling}/users/victor"));
        door.mallory_sends("T053, T055", &mallory.create(&note))
            .await;
    }
    // The same server by another spelling is the same: one post, not two.
    let alice = door.alice.clone();
    let text = marker("une seule fois");
    let mut note = door.naming_lea(&alice, &text);
    door.lets_in(&alice, &alice.create(&note)).await;
    let own = note["id"].as_str().unwrap().to_owned();
    note["id"] = json!(own.replacen("good.localhost", "GOOD.localhost.", 1));
    let reply = alice.post(&door.lea.inbox(), &alice.create(&note)).await;
    door.borne("T053", &reply);
    door.lea.reads_on_home(&text).await;
    let home = door.lea.home().await;
    let times = home.iter().filter(|post| holds(post, &text)).count();
    door.check("T053", times == 1, &format!("{times} times"));
    door.ends_well().await;
}

/// T052: words of JSON-LD rename others; only the plain ones count.
#[tokio::test]
async fn a_context_of_ones_own_changes_no_meaning() {
    let mut door = Door::open().await;
    let (victor, mallory) = (door.victor.clone(), door.mallory.clone());
    let word = door.forbidden("T052");
    let mut note = mallory.note("x");
    note["@context"] = json!(["https://www.w3.org/ns/activitystreams",
        {"says": "as:attributedTo", "words": "as:content", "attributedTo": "as:generator", "id": "as:url"}]);
    note["says"] = json!(victor.id);
    note["words"] = json!(word);
    note["as:attributedTo"] = json!(victor.id);
    note["as:content"] = json!(word);
    note["@id"] = json!(victor.host.url("/n/52"));
    let mut create = mallory.create(&note);
    create["as:actor"] = json!(victor.id);
    create["https://www.w3.org/ns/activitystreams#actor"] = json!(victor.id);
    door.mallory_sends("T052", &create).await;
    let known = door.lea.lookup(&victor.acct()).await.expecting(200).json();
    let posts = door.lea.statuses_of(id(&known)).await;
    door.check("T052", posts.is_empty(), "stands under Victor's name");
    door.ends_well().await;
}

/// T090: only the author pins, only own posts, only to the own collection.
#[tokio::test]
async fn nobody_pins_for_another() {
    let mut door = Door::open().await;
    let featured = |document: &mut Value| {
        document["featured"] = json!(format!("{}/featured", document["id"].as_str().unwrap()));
    };
    let vera = door
        .remote
        .host("vera")
        .actor("vera", keys::first(), featured);
    let mona = door
        .remote
        .host("mona")
        .actor("mona", keys::second(), featured);
    let vera_here = door.lea.follows_actor(&vera).await;
    let mona_here = door.lea.follows_actor(&mona).await;
    let text = marker("à garder");
    let note = vera.note(&text);
    door.lets_in(&vera, &vera.create(&note)).await;
    let seen = door.lea.reads_on_home(&text).await;
    let mine = door.lea.posts("Ma propre parole").await;
    let lea = door.lea.clone();
    let pins = |who: &Value| {
        let (lea, path) = (
            lea.clone(),
            format!("/api/v1/accounts/{}/statuses?pinned=true", id(who)),
        );
        async move { lea.list(&path).await }
    };
    let tells = |by: &Actor, kind: &str, whose: &Actor, object: &Value| {
        let mut activity = by.activity(kind, object);
        activity["target"] = json!(format!("{}/featured", whose.id));
        activity
    };
    for object in [note["id"].clone(), note.clone(), mine["uri"].clone()] {
        for whose in [&vera, &mona] {
            let add = tells(&mona, "Add", whose, &object);
            let reply = mona.post(&door.lea.inbox(), &add).await;
            assert!(reply.status < 500);
        }
        let add = tells(&vera, "Add", &vera, &mine["uri"]);
        assert!(vera.post(&door.lea.inbox(), &add).await.status < 500);
    }
    let wrong = [pins(&vera_here).await, pins(&mona_here).await].concat();
    door.check("T090 Add", wrong.is_empty(), &format!("{wrong:?}"));
    door.lets_in(&vera, &tells(&vera, "Add", &vera, &note["id"]))
        .await;
    until("the true pin is shown", || async {
        pins(&vera_here).await.len() == 1
    })
    .await;
    for whose in [&vera, &mona] {
        let remove = tells(&mona, "Remove", whose, &note["id"]);
        let reply = mona.post(&door.lea.inbox(), &remove).await;
        assert!(reply.status < 500);
    }
    let mut in_her_name = tells(&vera, "Remove", &vera, &note["id"]);
    in_her_name["id"] = json!(mona.host.url("/activities/90"));
    let reply = mona.post(&door.lea.inbox(), &in_her_name).await;
    assert!(reply.status < 500);
    let left = pins(&vera_here).await;
    door.check(
        "T090 Remove",
        left.len() == 1 && id(&left[0]) == id(&seen),
        &format!("{left:?}"),
    );
    door.ends_well().await;
}

/// T088: followers go along only when both accounts say so.
#[tokio::test]
async fn nobody_leads_followers_away() {
    let mut door = Door::open().await;
    let (alice, mallory) = (door.alice.clone(), door.mallory.clone());
    let moves = |by: &Actor, from: &Actor, to: &Actor| {
        let mut activity = by.activity("Move", &json!(from.id));
        activity["target"] = json!(to.id);
        activity
    };
    // Alice's own word is not enough; nor is Mallory's, from either side.
    let says_moved = |to: &Actor| {
        let mut document = alice.document();
        document["movedTo"] = json!(to.id);
        alice.host.serve("/users/alice", Page::document(&document));
    };
    for activity in [
        moves(&mallory, &alice, &mallory),
        moves(&mallory, &door.victor, &mallory),
    ] {
        door.mallory_sends("T088", &activity).await;
    }
    let thief = door
        .remote
        .host("evil3")
        .actor("thief", keys::second(), |document| {
            document["alsoKnownAs"] = json!([alice.id, door.victor.id]);
        });
    door.lets_in(&thief, &moves(&thief, &alice, &thief)).await;
    says_moved(&mallory);
    door.lets_in(&alice, &moves(&alice, &alice, &mallory)).await;
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    for host in [&mallory.host, &thief.host] {
        let follows = host.accepted_of("Follow");
        door.check("T088", follows.is_empty(), &format!("{follows:?}"));
    }
    let here = door.lea.lookup(&alice.acct()).await.json();
    let relation = door.lea.relation(id(&here)).await;
    door.check("T088", relation["following"] == true, &relation.to_string());
    door.ends_well().await;
}

/// T093 and X04: what a group passes on is asked of its origin, and its word ends nothing that is another's.
#[tokio::test]
async fn a_group_puts_no_words_in_anyones_mouth_and_deletes_nothing_of_theirs() {
    let mut door = Door::open().await;
    let (victor, mallory) = (door.victor.clone(), door.mallory.clone());
    let club = door
        .remote
        .host("club")
        .actor("club", keys::second(), |document| {
            document["type"] = json!("Group");
        });
    door.lea.follows_actor(&club).await;
    let passes_on = |inner: &Value| {
        let mut announce = club.activity("Announce", inner);
        announce["to"] = json!([PUBLIC]);
        announce
    };

    let text = marker("parole au club");
    let note = victor.note(&text);
    let word = door.forbidden("T093");
    let mut forged = note.clone();
    forged["content"] = json!(format!("<p>{word}</p>"));
    door.lets_in(&club, &passes_on(&victor.create(&forged)))
        .await;
    let seen = door.lea.reads_on_home(&text).await;
    let seen = if seen["reblog"].is_object() {
        &seen["reblog"]
    } else {
        &seen
    };
    forged["updated"] = json!("2031-01-01T00:00:00Z");
    door.lets_in(&club, &passes_on(&victor.addressed("Update", &forged)))
        .await;

    // X04: a post for followers alone, which its server does not show to the town.
    let neighbour = victor.host.actor("neighbour", keys::second(), |_| ());
    let private = marker("entre nous");
    let secret = victor.note_to(&private, &[&victor.followers()], &[]);
    door.lets_in(&victor, &victor.create(&secret)).await;
    let kept = door.lea.reads_on_home(&private).await;
    for object in [&note["id"], &secret["id"]] {
        for object in [object.clone(), json!({"id": object, "type": "Tombstone"})] {
            // The neighbour first: where something was lately not found, it is not asked for again.
            door.lets_in(&neighbour, &neighbour.activity("Delete", &object))
                .await;
            let delete = victor.activity("Delete", &object);
            door.lets_in(&club, &passes_on(&delete)).await;
            door.mallory_sends("X04", &delete).await;
            door.mallory_sends("X04", &mallory.activity("Announce", &delete))
                .await;
        }
    }
    for (trial, post) in [("T093", seen), ("X04", &kept)] {
        let after = door.lea.status(id(post)).await;
        door.check(
            trial,
            after.status == 200 && after.json()["content"] == post["content"],
            &after.text(),
        );
    }
    // What people of other servers do is not the group's to tell.
    let mine = door.lea.posts("Ma propre parole").await;
    let like = victor.activity("Like", &mine["uri"]);
    door.lets_in(&victor, &like).await;
    until("the true like is counted", || async {
        likes_of(&door, &mine).await == 1
    })
    .await;
    for inner in [
        door.alice.activity("Like", &mine["uri"]),
        victor.activity("Undo", &like),
        door.alice.activity("Block", &json!(door.lea.uri)),
        victor.activity("Delete", &json!(victor.id)),
        victor.activity("Reject", &victor.host.accepted_of("Follow")[0]),
        door.alice.activity("Announce", &mine["uri"]),
    ] {
        door.lets_in(&club, &passes_on(&inner)).await;
    }
    let after = door.lea.status(id(&mine)).await.json();
    door.check(
        "T093 gestures",
        after["favourites_count"] == 1 && after["reblogs_count"] == 0,
        &after.to_string(),
    );
    for friend in [&door.alice.clone(), &victor] {
        let here = door.lea.lookup(&friend.acct()).await.expecting(200).json();
        let relation = door.lea.relation(id(&here)).await;
        door.check(
            "T093 relations",
            relation["following"] == true,
            &relation.to_string(),
        );
    }
    door.ends_well().await;
}

async fn likes_of(door: &Door, post: &Value) -> i64 {
    let shown = door.lea.status(id(post)).await.json();
    shown["favourites_count"].as_i64().unwrap()
}

/// X11: a group tells what its own people like; a person tells it of nobody.
#[tokio::test]
async fn only_a_group_tells_what_others_like() {
    let mut door = Door::open().await;
    let mallory = door.mallory.clone();
    let neighbour = mallory.host.actor("quiet", keys::second(), |_| ());
    let club = mallory.host.actor("club", keys::second(), |document| {
        document["type"] = json!("Group");
    });
    let mine = door.lea.posts("Ma propre parole").await;
    let like = neighbour.activity("Like", &mine["uri"]);
    door.lets_in(&club, &club.activity("Announce", &like)).await;
    until("what the group tells is counted", || async {
        likes_of(&door, &mine).await == 1
    })
    .await;
    let undo = neighbour.activity("Undo", &like);
    door.lets_in(&mallory, &mallory.activity("Announce", &undo))
        .await;
    let after = likes_of(&door, &mine).await;
    door.check("X11 undo", after == 1, &after.to_string());
    let other = mallory.host.actor("silent", keys::second(), |_| ());
    let like = other.activity("Like", &mine["uri"]);
    door.lets_in(&mallory, &mallory.activity("Announce", &like))
        .await;
    let after = likes_of(&door, &mine).await;
    door.check("X11 like", after == 1, &after.to_string());
    door.ends_well().await;
}

/// X05: nobody ends or refuses what is between two others.
#[tokio::test]
async fn nobody_comes_between_two_others() {
    let mut door = Door::open().await;
    let (alice, victor, mallory) = (
        door.alice.clone(),
        door.victor.clone(),
        door.mallory.clone(),
    );
    let follow = victor.host.accepted_of("Follow").remove(0);
    let her_follow = alice.activity("Follow", &json!(door.lea.uri));
    door.lets_in(&alice, &her_follow).await;
    for object in [follow.clone(), follow["id"].clone()] {
        door.mallory_sends("X05", &mallory.activity("Reject", &object))
            .await;
        let mut foreign = victor.activity("Reject", &object);
        foreign["id"] = json!(mallory.host.url("/activities/5"));
        let reply = mallory.post(&door.lea.inbox(), &foreign).await;
        door.refused("X05 in his name", &reply);
    }
    for object in [
        her_follow.clone(),
        her_follow["id"].clone(),
        json!({"type": "Follow", "actor": alice.id, "object": door.lea.uri}),
    ] {
        door.mallory_sends("X05", &mallory.activity("Undo", &object))
            .await;
    }
    for (friend, member) in [(&victor, "following"), (&alice, "followed_by")] {
        let here = door.lea.lookup(&friend.acct()).await.json();
        let relation = door.lea.relation(id(&here)).await;
        door.check("X05", relation[member] == true, &relation.to_string());
    }
    door.ends_well().await;
}

/// T094: what is for another resident is not shown to whose inbox it was put into.
#[tokio::test]
async fn a_letter_in_the_wrong_inbox_is_not_read() {
    let mut door = Door::open().await;
    let marc = door.town.resident("marc").await;
    let word = door.forbidden("T094");
    let secret = door.alice.note_to(&word, &[&marc.uri], &[]);
    door.lets_in(&door.alice, &door.alice.create(&secret)).await;
    let found = eventually("Marc is told", || async {
        let told = marc.list("/api/v1/notifications").await;
        told.into_iter().find(|one| holds(&one["status"], &word))
    })
    .await;
    let post = id(&found["status"]).to_owned();
    door.lea.status(&post).await.expecting(404);
    let home = door.lea.home().await;
    door.check("T094", !any_holds(&home, &word), "seen on home");
    door.ends_well().await;
}

/// X09: a blocked server comes in by no other door: not by another spelling, a boost, an answer or a search.
#[tokio::test]
async fn a_blocked_server_comes_in_by_no_other_door() {
    let mut door = Door::open().await;
    let host = door.remote.host("bad");
    let bad = host.actor("boris", keys::second(), |_| ());
    let authority = &host.authority;
    door.changes_database(&format!(
        "INSERT INTO peer (host, failures, next_attempt_at, blocked) VALUES ('{authority}', 0, 0, true)"
    ))
    .await;
    let word = door.forbidden("X09");
    let note = door.naming_lea(&bad, &word);
    let upper = authority.replacen("bad", "BAD", 1);
    let rooted = authority.replacen(".localhost", ".localhost.", 1);
    for spelling in [authority, &upper, &rooted] {
        let mut letter = bad.letter(&door.lea.inbox(), &bad.create(&note));
        letter.key_id = letter.key_id.replacen(authority.as_str(), spelling, 1);
        let reply = letter.send().await;
        door.refused("X09", &reply);
    }
    let alice = door.alice.clone();
    let mut announce = alice.activity("Announce", &note["id"]);
    announce["to"] = json!([PUBLIC]);
    let reply = alice.post(&door.lea.inbox(), &announce).await;
    door.borne("X09 boost", &reply);
    let mut answer = door.naming_lea(&alice, "une réponse");
    answer["inReplyTo"] = note["id"].clone();
    let reply = alice.post(&door.lea.inbox(), &alice.create(&answer)).await;
    door.borne("X09 answer", &reply);
    for query in [note["id"].as_str().unwrap(), &bad.id] {
        let found = door.lea.search(query).await;
        let empty = found["accounts"] == json!([]) && found["statuses"] == json!([]);
        door.check("X09 search", empty, &found.to_string());
    }
    let asked = host.times_asked("/users/");
    door.check("X09", asked == 0, &format!("asked {asked} times"));
    door.ends_well().await;
}
