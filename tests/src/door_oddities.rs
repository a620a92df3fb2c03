//! What is correctly signed, and the signer's own to say, but made to confuse: circles, letters that turn text around, names
//! that lead elsewhere, the same thing over and over. The numbers are those of docs/attacks.md.

use parvis_testkit::{
    Actor, Ear, Resident,
    actor::{PUBLIC, fresh, marker},
    ear::payload,
    exchange, keys,
    remote::Page,
    resident::{any_holds, holds, id},
    until,
};
use serde_json::{Value, json};

use crate::{door::Door, painted};

/// Waits until somebody is told so many things of a kind by another.
async fn stand_told(who: &Resident, by: &Actor, kind: &str, times: usize) {
    until(&format!("{times} {kind} stand there"), || async {
        let told = who.list("/api/v1/notifications?limit=80").await;
        let of = |it: &&Value| it["type"] == kind && it["account"]["acct"] == by.acct();
        told.iter().filter(of).count() == times
    })
    .await;
}

/// X44: likes, boosts, answers and votes of one who may not see what they are about, by its address alone.
#[tokio::test]
async fn who_cannot_see_a_post_does_nothing_with_it() {
    let mut door = Door::open().await;
    let (lea, mallory) = (door.lea.clone(), door.mallory.clone());
    let letter = lea
        .posts_for("direct", &format!("{} en confiance", door.alice.handle()))
        .await;
    let close = lea.posts_for("private", "Entre nous").await;
    for post in [&letter, &close] {
        // His own words are his own post; they hang on nothing.
        let word = marker("Sans être prié");
        let mut answer = mallory.note(&word);
        answer["inReplyTo"] = post["uri"].clone();
        let mut react = mallory.activity("EmojiReact", &post["uri"]);
        react["content"] = json!("🦆");
        let mut announce = mallory.activity("Announce", &post["uri"]);
        announce["to"] = json!([PUBLIC]);
        let mut quote = mallory.note(&word);
        quote["quoteUrl"] = post["uri"].clone();
        for activity in [
            mallory.create(&answer),
            mallory.activity("Like", &post["uri"]),
            react,
            announce,
            mallory.create(&quote),
        ] {
            door.mallory_sends("X44", &activity).await;
        }
    }
    // What came before this has had its effect.
    let alice = door.alice.clone();
    let open = lea.posts("À tout le monde").await;
    door.lets_in(&alice, &alice.activity("Like", &open["uri"]))
        .await;
    stand_told(&lea, &alice, "favourite", 1).await;
    for post in [&letter, &close] {
        let seen = lea.status(id(post)).await.expecting(200).json();
        let counts = [
            "favourites_count",
            "reblogs_count",
            "replies_count",
            "quotes_count",
        ];
        let none = counts
            .iter()
            .all(|count| seen[count].as_i64().unwrap_or(0) == 0);
        door.check("X44", none, &seen.to_string());
        let below = lea.context(id(post)).await;
        door.check("X44", below["descendants"] == json!([]), &below.to_string());
    }
    let told = lea.list("/api/v1/notifications").await;
    let from = |it: &&Value| it["account"]["acct"] == mallory.acct() && it["type"] != "mention";
    door.check(
        "X44",
        !told.iter().any(|it| from(&it)),
        &format!("{told:?}"),
    );
    door.ends_well().await;
}

/// X45: a boost of what its author said to followers shows it to the booster's followers.
#[tokio::test]
async fn nobody_passes_on_what_another_told_a_few() {
    let mut door = Door::open().await;
    let (victor, mallory) = (door.victor.clone(), door.mallory.clone());
    let max = door.town.resident("max").await;
    max.follows_actor(&mallory).await;
    let secret = marker("entre nous");
    let note = victor.note_to(&secret, &[&victor.followers()], &[]);
    door.lets_in(&victor, &victor.create(&note)).await;
    door.lea.reads_on_home(&secret).await;
    victor.host.serve_document(&note);
    for object in [note["id"].clone(), note.clone(), victor.create(&note)] {
        let mut announce = mallory.activity("Announce", &object);
        announce["to"] = json!([PUBLIC]);
        door.mallory_sends("X45", &announce).await;
        let mut with_words = mallory.activity("Announce", &object);
        with_words["to"] = json!([PUBLIC]);
        with_words["content"] = json!("Voyez donc");
        door.mallory_sends("X45", &with_words).await;
    }
    let barrier = marker("barrière");
    let last = mallory.note(&barrier);
    door.lets_in(&mallory, &mallory.create(&last)).await;
    max.reads_on_home(&barrier).await;
    door.check(
        "X45",
        !any_holds(&max.home().await, &secret),
        "on Max's page",
    );
    let found = max.search(note["id"].as_str().unwrap()).await;
    door.check(
        "X45",
        !found.to_string().contains(&secret),
        &found.to_string(),
    );
    door.ends_well().await;
}

/// X46: answers and quotes in a circle, and lists that lead back to themselves.
#[tokio::test]
async fn circles_come_to_an_end() {
    let mut door = Door::open().await;
    let alice = door.alice.clone();
    let (first, second) = (marker("un"), marker("deux"));
    let (mut one, mut two) = (alice.note(&first), alice.note(&second));
    let ids = [two["id"].clone(), one["id"].clone()];
    for (a, b) in [&mut one, &mut two].into_iter().zip(&ids) {
        a["inReplyTo"] = b.clone();
        a["quoteUrl"] = b.clone();
        a["replies"] = json!({"id": format!("{}/replies", a["id"].as_str().unwrap()), "type": "Collection",
            "first": format!("{}/replies", a["id"].as_str().unwrap())});
    }
    for note in [&one, &two] {
        alice.host.serve_document(note);
        let list = note["replies"]["id"].clone();
        let page = json!({"@context": "https://www.w3.org/ns/activitystreams", "id": list, "type": "CollectionPage",
            "next": list, "first": list, "items": [one["id"], two["id"], list]});
        alice.host.serve_document(&page);
    }
    let own = marker("soi-même");
    let mut myself = alice.note(&own);
    for member in ["inReplyTo", "quoteUrl", "replies", "context"] {
        myself[member] = myself["id"].clone();
    }
    alice.host.serve_document(&myself);
    for note in [&one, &two, &myself] {
        door.lets_in(&alice, &alice.create(note)).await;
    }
    let mut browser = door.town.browser_of("lea").await;
    for text in [&first, &second, &own] {
        let all = door
            .lea
            .statuses_of(id(&door.lea.lookup(&alice.acct()).await.json()))
            .await;
        let Some(post) = all.into_iter().find(|post| holds(post, text)) else {
            door.check("X46", false, &format!("{text} is not here"));
            continue;
        };
        door.lea.context(id(&post)).await;
        let page = browser
            .opens(&format!("/@{}/{}", alice.acct(), id(&post)))
            .await;
        door.check("X46", page.status == 200, &format!("{}", page.status));
    }
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    for note in [&one, &two] {
        let path = url::Url::parse(note["replies"]["id"].as_str().unwrap()).unwrap();
        let times = alice.host.times_asked(path.path());
        door.check("X46", times <= 10, &format!("asked {times} times"));
    }
    door.ends_well().await;
}

/// X47: letters that turn around what stands after them, so that a name swallows the handle behind it.
#[tokio::test]
async fn a_name_does_not_turn_around_what_stands_beside_it() {
    let mut door = Door::open().await;
    let host = door.remote.host("names");
    let turned = host.actor("turned", keys::first(), |document| {
        document["name"] = json!("Mairie \u{202e}\u{2066}eiriam@\u{202d}");
        document["attachment"] =
            json!([{"type": "PropertyValue", "name": "Site\u{202e}", "value": "x\u{202e}y"}]);
    });
    let found = door.lea.finds_account(&turned.id).await;
    let turns = |text: &str| {
        text.chars()
            .any(|c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
    };
    let name = found["display_name"].as_str().unwrap();
    door.check("X47", !turns(name), name);
    door.check("X47", name.starts_with("Mairie"), name);
    let line = found["fields"][0]["name"].as_str().unwrap();
    door.check("X47", !turns(line), line);
    door.ends_well().await;
}

/// X48: what apps work on without looking at it first: the blurred form of a picture.
#[tokio::test]
async fn a_blurred_form_that_is_none_is_not_passed_on() {
    let mut door = Door::open().await;
    let alice = door.alice.clone();
    let right = "LEHV6nWB2yk8pyo0adR*.7kCMdnj";
    for (hash, kept) in [
        (right, true),
        ("LEHV6nWB2yk8pyo0adR*.7kCMdn", false),
        ("~~~~~~", false),
        ("00", false),
        ("<b>LEHV6nWB2yk8pyo0adR</b>", false),
    ] {
        let text = marker("flou");
        let mut note = alice.note(&text);
        note["attachment"] = json!([{"type": "Document", "mediaType": "image/png", "url": alice.host.url("/p.png"), "blurhash": hash}]);
        door.lets_in(&alice, &alice.create(&note)).await;
        let seen = door.lea.reads_on_home(&text).await;
        let shown = seen["media_attachments"][0]["blurhash"] == json!(hash);
        door.check("X48", shown == kept, &seen["media_attachments"].to_string());
    }
    door.ends_well().await;
}

/// X49: keywords that would lead somewhere else than to the page of a keyword.
#[tokio::test]
async fn a_keyword_leads_to_its_page_only() {
    let mut door = Door::open().await;
    let alice = door.alice.clone();
    let text = marker("mots");
    let mut note = alice.note(&text);
    let names = [
        "#../../reglages/supprimer",
        "#a/b",
        "#x\"><script>",
        "#?x=1",
        "#%2e%2e",
        "#.",
        "#\u{202e}mot",
        "#bon",
    ];
    note["tag"] = names
        .iter()
        .map(|name| json!({"type": "Hashtag", "name": name, "href": "javascript:alert(1)"}))
        .collect();
    door.lets_in(&alice, &alice.create(&note)).await;
    let seen = door.lea.reads_on_home(&text).await;
    let tags = seen["tags"].as_array().unwrap();
    door.check(
        "X49",
        tags.iter().any(|tag| tag["name"] == "bon"),
        &seen["tags"].to_string(),
    );
    for tag in tags {
        let url = url::Url::parse(tag["url"].as_str().unwrap()).unwrap();
        let segments: Vec<&str> = url.path_segments().unwrap().collect();
        let right = segments.len() == 2 && url.query().is_none() && url.scheme() == "http";
        door.check("X49", right, url.as_str());
    }
    door.ends_well().await;
}

fn tells(frame: &Value, kind: &str, by: &Actor) -> bool {
    frame["event"] == "notification" && {
        let told = payload(frame);
        told["type"] == kind && told["account"]["acct"] == by.acct()
    }
}

/// X50: the same thing done and undone over and over calls a resident once.
#[tokio::test]
async fn who_does_and_undoes_a_thing_over_and_over_tells_once() {
    let mut door = Door::open().await;
    let (lea, mallory) = (door.lea.clone(), door.mallory.clone());
    let alice = door.alice.clone();
    let mine = lea.posts("Ma propre parole").await;
    let mut ear = Ear::of(&door.town, &lea.token, "user:notification").await;
    let mut heard = Vec::new();
    for round in 0..3 {
        let mut announce = mallory.activity("Announce", &mine["uri"]);
        announce["to"] = json!([PUBLIC]);
        for (kind, activity) in [
            ("follow", mallory.activity("Follow", &json!(lea.uri))),
            ("favourite", mallory.activity("Like", &mine["uri"])),
            ("reblog", announce),
        ] {
            door.lets_in(&mallory, &activity).await;
            stand_told(&lea, &mallory, kind, 1).await;
            if round == 0 {
                let first = |frame: &Value| tells(frame, kind, &mallory);
                heard.extend(ear.hears_up_to(first).await);
            }
            door.lets_in(&mallory, &mallory.activity("Undo", &activity))
                .await;
            stand_told(&lea, &mallory, kind, 0).await;
        }
    }
    let word = marker("encore");
    let note = door.naming_lea(&mallory, &word);
    door.lets_in(&mallory, &mallory.create(&note)).await;
    for round in 0..8 {
        let update = mallory.update(&note, &format!("{word} {round}"));
        door.lets_in(&mallory, &update).await;
    }
    until("the last is here", || async {
        let told = lea.list("/api/v1/notifications?limit=80").await;
        told.iter()
            .any(|it| it["status"].to_string().contains(&format!("{word} 7")))
    })
    .await;
    door.lets_in(&alice, &alice.activity("Like", &mine["uri"]))
        .await;
    let last = |frame: &Value| tells(frame, "favourite", &alice);
    heard.extend(ear.hears_up_to(last).await);
    for kind in ["follow", "favourite", "reblog", "mention"] {
        let of = |frame: &&Value| tells(frame, kind, &mallory);
        let times = heard.iter().filter(of).count();
        // One of the mentions is from when the door opened.
        let most = if kind == "mention" { 2 } else { 1 };
        door.check("X50", times <= most, &format!("{kind} {times} times"));
    }
    door.ends_well().await;
}

/// X51: an actor whose inbox is the town's own, and one whose inbox leads back to the town.
#[tokio::test]
async fn an_inbox_that_is_the_towns_own_holds_up_nobody() {
    let mut door = Door::open().await;
    let (ours, alice) = (door.town.shared_inbox(), door.alice.clone());
    let lea_inbox = door.lea.inbox();
    let host = door.remote.host("mirror");
    for (name, inbox) in [("shared", &ours), ("personal", &lea_inbox)] {
        let mirror = host.actor(name, keys::second(), |document| {
            document["inbox"] = json!(inbox);
            document["endpoints"] = json!({"sharedInbox": inbox});
        });
        let follow = mirror.activity("Follow", &json!(door.lea.uri));
        let reply = mirror.post(&door.lea.inbox(), &follow).await;
        door.borne("X51", &reply);
    }
    let texts = ["un", "deux", "trois"].map(marker);
    for text in &texts {
        door.lea.posts(text).await;
    }
    until("Alice's server gets all", || async {
        let all = alice.host.accepted_of("Create");
        texts
            .iter()
            .all(|text| all.iter().any(|it| it.to_string().contains(text)))
    })
    .await;
    for text in &texts {
        let home = door.lea.home().await;
        let times = home.iter().filter(|post| holds(post, text)).count();
        door.check("X51", times == 1, &format!("{times} times on home"));
    }
    door.ends_well().await;
}

/// X52: a picture that leads to the town's own address of that very picture.
#[tokio::test]
async fn a_picture_in_a_circle_keeps_nobody_waiting() {
    let mut door = Door::open().await;
    let alice = door.alice.clone();
    let good = door.victor.host.clone();
    good.serve("/bon.png", Page::of("image/png", painted::plain(40, 40)));
    let picture = |url: String| json!({"type": "Document", "mediaType": "image/png", "url": url});
    let text = marker("en rond");
    let mut note = alice.note(&text);
    note["attachment"] = json!([
        picture(alice.host.url("/rond.png")),
        picture(alice.host.url("/rond2.png")),
        picture(good.url("/bon.png"))
    ]);
    door.lets_in(&alice, &alice.create(&note)).await;
    let seen = door.lea.reads_on_home(&text).await;
    let files = seen["media_attachments"].as_array().unwrap();
    let address = |at: usize| files[at]["url"].as_str().unwrap().to_owned();
    alice.host.serve("/rond.png", Page::redirect(&address(1)));
    alice.host.serve("/rond2.png", Page::redirect(&address(0)));
    let (first, second, right) = (address(0), address(1), address(2));
    let (one, two, three) = tokio::join!(
        exchange::get(&first),
        exchange::get(&second),
        exchange::get(&right)
    );
    door.check(
        "X52",
        three.status == 200,
        &format!("the good one: {}", three.status),
    );
    for reply in [one, two] {
        door.check(
            "X52",
            (400..500).contains(&reply.status),
            &format!("{}", reply.status),
        );
    }
    door.ends_well().await;
}

/// X53: counts, dates and places beyond all measure, on the pages and in the API.
#[tokio::test]
async fn monstrous_numbers_break_no_page() {
    let mut door = Door::open().await;
    let alice = door.alice.clone();
    let option = |name: &str, votes: Value| json!({"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": votes}});
    let mut texts = Vec::new();
    for (votes, voters) in [
        (json!(u64::MAX), json!(-1)),
        (json!(1e300), json!(u64::MAX)),
        (json!(-5), json!("many")),
        (json!(i64::MAX), json!(1)),
    ] {
        let text = marker("sondage");
        let mut note = alice.note(&text);
        note["type"] = json!("Question");
        note["anyOf"] = json!([option("oui", votes.clone()), option("non", votes)]);
        note["votersCount"] = voters;
        note["endTime"] = json!("9999-12-31T23:59:59Z");
        door.lets_in(&alice, &alice.create(&note)).await;
        texts.push(text);
    }
    for (start, place) in [
        (
            "-9999-01-01T00:00:00Z",
            json!({"type": "Place", "name": "x".repeat(50_000), "latitude": 1e300}),
        ),
        (
            "9999-12-31T23:59:59+23:59",
            json!([[], {}, {"name": {"name": "y"}}]),
        ),
        (
            "2025-02-30T25:61:61Z",
            json!({"type": "VirtualLocation", "url": "javascript:alert(1)"}),
        ),
    ] {
        let text = marker("fête");
        let mut note = alice.note(&text);
        note["type"] = json!("Event");
        note["name"] = json!(text);
        note["startTime"] = json!(start);
        note["endTime"] = json!(start);
        note["location"] = place;
        note["duration"] = json!("P99999999999Y");
        door.lets_in(&alice, &alice.create(&note)).await;
        texts.push(text);
    }
    let mut browser = door.town.browser_of("lea").await;
    for text in &texts {
        let seen = door.lea.reads_on_home(text).await;
        let page = browser
            .opens(&format!("/@{}/{}", alice.acct(), id(&seen)))
            .await;
        door.check(
            "X53",
            page.status == 200,
            &format!("{} for {text}", page.status),
        );
        door.check("X53", !page.html.contains("javascript:"), text);
    }
    door.ends_well().await;
}

/// X54: our own addresses in other spellings are still ours, and nobody else's to write at.
#[tokio::test]
async fn our_addresses_are_ours_in_any_spelling() {
    let mut door = Door::open().await;
    let (lea, mallory) = (door.lea.clone(), door.mallory.clone());
    let mine = lea.posts("Ma propre parole").await;
    let own = mine["uri"].as_str().unwrap().to_owned();
    let authority = url::Url::parse(&own).unwrap();
    let host = authority.host_str().unwrap();
    let spellings = [
        own.replacen(host, &host.to_uppercase(), 1),
        own.replacen("http:", "HTTP:", 1),
        own.replacen(host, &format!("{host}."), 1),
        format!("{own}#x"),
        format!("{own}?x=1"),
        format!("{own}/"),
        own.replacen("/ap/", "/./ap/x/../", 1),
        own.replacen("/ap/", "//ap/", 1),
        own.replacen("/ap/", "/%61p/", 1),
    ];
    for spelling in &spellings {
        for author in [&lea.uri, &mallory.id] {
            let word = door.forbidden("X54");
            let mut note = door.naming_lea(&mallory, &word);
            note["id"] = json!(spelling);
            note["attributedTo"] = json!(author);
            for kind in ["Create", "Update"] {
                door.mallory_sends("X54", &mallory.addressed(kind, &note))
                    .await;
            }
            let mut announce = mallory.activity("Announce", &note);
            announce["to"] = json!([PUBLIC]);
            door.mallory_sends("X54", &announce).await;
        }
        door.mallory_sends("X54", &mallory.activity("Delete", &json!(spelling)))
            .await;
    }
    let after = lea.status(id(&mine)).await.expecting(200).json();
    door.check(
        "X54",
        after["content"] == mine["content"],
        &after.to_string(),
    );
    door.ends_well().await;
}

/// X55: an answer to a question that nobody asked makes nobody a follower.
#[tokio::test]
async fn a_yes_to_what_nobody_asked_changes_nothing() {
    let mut door = Door::open().await;
    let (lea, mallory) = (door.lea.clone(), door.mallory.clone());
    let follow = json!({"id": format!("{}#follows/{}", lea.uri, fresh()), "type": "Follow", "actor": lea.uri, "object": mallory.id});
    for kind in ["Accept", "Reject", "Accept"] {
        for object in [follow.clone(), follow["id"].clone(), json!(lea.uri)] {
            door.mallory_sends("X55", &mallory.activity(kind, &object))
                .await;
        }
    }
    let here = lea.lookup(&mallory.acct()).await.expecting(200).json();
    let relation = lea.relation(id(&here)).await;
    let none = relation["following"] == false && relation["requested"] == false;
    door.check("X55", none, &relation.to_string());
    door.ends_well().await;
}
