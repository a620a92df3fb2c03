//! Polls end to end: asked in one town, answered in another; and polls and votes in the shapes of other software.

use parvis_testkit::{
    Actor, Neighbourhood, Resident, TestTown,
    actor::{fresh, marker, stamp},
    eventually,
    letter::unix_now,
    resident::id,
    town::PASSWORD,
    until,
};
use sea_orm::{ConnectionTrait as _, Database};
use serde_json::{Value, json};

use crate::{
    place::Place,
    story::{own_post, page_of},
};

/// Asks by the client API.
async fn asks(author: &Resident, text: &str, multiple: bool) -> Value {
    let fields = [
        ("status", text),
        ("poll[options][]", "Samedi"),
        ("poll[options][]", "Dimanche"),
        ("poll[options][]", "Lundi"),
        ("poll[expires_in]", "86400"),
        ("poll[multiple]", if multiple { "true" } else { "false" }),
    ];
    let posted = author.post_form("/api/v1/statuses", &fields).await;
    posted.expecting(200).json()
}

async fn poll_of(viewer: &Resident, post: &Value) -> Value {
    let poll = viewer
        .get(&format!("/api/v1/polls/{}", poll_id(post)))
        .await;
    poll.expecting(200).json()
}

fn poll_id(post: &Value) -> &str {
    id(&post["poll"])
}

fn counts(poll: &Value) -> Vec<Option<i64>> {
    let options = poll["options"].as_array().unwrap().iter();
    options.map(|it| it["votes_count"].as_i64()).collect()
}

async fn votes(voter: &Resident, post: &Value, choices: &[&str]) -> parvis_testkit::Reply {
    let fields: Vec<_> = choices.iter().map(|it| ("choices[]", *it)).collect();
    let path = format!("/api/v1/polls/{}/votes", poll_id(post));
    voter.post_form(&path, &fields).await
}

/// The poll as `viewer` is shown it, once its counts are these.
async fn counted(viewer: &Resident, post: &Value, wanted: &[i64]) {
    let wanted: Vec<_> = wanted.iter().copied().map(Some).collect();
    until(&format!("the counts are {wanted:?}"), || async {
        counts(&poll_of(viewer, post).await) == wanted
    })
    .await;
}

async fn is_told_of_the_end(who: &Resident, text: &str) {
    until("the end is told", || async {
        let told = who.list("/api/v1/notifications").await;
        told.iter().any(|one| {
            one["type"] == "poll" && parvis_testkit::resident::holds(&one["status"], text)
        })
    })
    .await;
}

/// Lets a poll of this town end now: five minutes are the least that anyone may ask for.
async fn ends_now(town: &TestTown, post: &Value) {
    let now = unix_now() * 1_000;
    let sql = format!(
        "UPDATE poll SET expires_at = {now} WHERE post_id = {}",
        id(post)
    );
    let database = Box::pin(Database::connect(town.database_url()))
        .await
        .unwrap();
    database.execute_unprepared(&sql).await.unwrap();
    database.close().await.unwrap();
}

#[tokio::test]
async fn a_poll_is_asked_in_one_town_and_answered_in_another() {
    let neighbours = Neighbourhood::of(["valmont", "rivebelle"]).await;
    let (here, there) = (&neighbours["valmont"], &neighbours["rivebelle"]);
    for town in [here, there] {
        town.set_up("open").await;
    }
    let (marie, jean) = (here.resident("marie").await, here.resident("jean").await);
    let (bruno, lise) = (there.resident("bruno").await, there.resident("lise").await);
    bruno.follows(&marie.handle()).await;
    lise.follows(&marie.handle()).await;

    let text = marker("Le marché ?");
    let post = asks(&marie, &text, false).await;
    let copy = bruno.reads_on_home(&text).await;
    assert_eq!(copy["poll"]["options"][1]["title"], "Dimanche");
    assert_eq!(copy["poll"]["expires_at"], post["poll"]["expires_at"]);
    assert_eq!(
        (&copy["poll"]["voted"], &post["poll"]["voted"]),
        (&json!(false), &json!(true))
    );

    let mut browser = there.browser_of("bruno").await;
    let page = browser.opens("/").await.expecting(200);
    let form = page.form(&format!("/actions/sondage/{}", id(&copy)));
    let shown = browser.submits(&page, &form.with("choix", "1")).await;
    assert!(
        shown.says("100\u{a0}%"),
        "he sees the result: {}",
        shown.html
    );
    counted(&marie, &post, &[0, 1, 0]).await;
    votes(&jean, &post, &["0"]).await.expecting(200);
    counted(&marie, &post, &[1, 1, 0]).await;

    // The second count is told only minutes later, unless the poll ends before.
    ends_now(here, &post).await;
    is_told_of_the_end(&marie, &text).await;
    is_told_of_the_end(&jean, &text).await;
    let ended = eventually("the end crosses over", || async {
        let poll = poll_of(&bruno, &copy).await;
        (poll["expired"] == true).then_some(poll)
    })
    .await;
    assert_eq!(counts(&ended), [Some(1), Some(1), Some(0)]);
    assert_eq!(
        (&ended["voters_count"], &ended["own_votes"]),
        (&json!(2), &json!([1]))
    );
    is_told_of_the_end(&bruno, &text).await;
    let notices = there.browser_of("lise").await.opens("/avis").await;
    assert!(!notices.says(&text), "who did not vote is not told");
    votes(&lise, &lise.reads_on_home(&text).await, &["0"])
        .await
        .expecting(422);
}

#[tokio::test]
async fn what_is_due_with_a_poll_is_done_after_a_crash() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let text = marker("Le marché ?");
    let post = asks(&marie, &text, false).await;
    votes(&jean, &post, &["2"]).await.expecting(200);
    town.kill9();
    ends_now(&town, &post).await;
    town.restart().await;
    is_told_of_the_end(&marie, &text).await;
    is_told_of_the_end(&jean, &text).await;
}

#[tokio::test]
async fn a_poll_is_asked_and_answered_on_pages() {
    let town = TestTown::start("valmont").await;
    town.set_up("open").await;
    let (marie, _) = (town.resident("marie").await, town.resident("jean").await);
    let mut browser = town.browser_of("marie").await;
    let text = marker("La fête ?");
    let page = browser.opens("/ecrire").await.expecting(200);
    let asking = |first: &str, second: &str| {
        page.form("/ecrire")
            .with("text", &text)
            .with("audience", "public")
            .with("reponse-1", first)
            .with("reponse-2", second)
            .ticking("plusieurs")
    };
    let refused = browser.submits(&page, &asking("Le bal", "")).await;
    assert_eq!(refused.status, 422);
    let again = refused.form("/ecrire");
    assert_eq!(
        again.field("reponse-1").unwrap().value,
        "Le bal",
        "nothing typed is lost"
    );
    browser
        .submits(&page, &asking("Le <b>bal</b>", "La fanfare"))
        .await
        .expecting(200);

    let post = own_post(&marie, &text).await;
    assert_eq!(post["poll"]["multiple"], true);
    assert_eq!(post["poll"]["options"].as_array().unwrap().len(), 2);
    let path = page_of(&town, &post);
    let action = format!("/actions/sondage/{}", id(&post));
    let own = browser.opens(&path).await.expecting(200);
    assert!(
        !own.html.contains("/actions/sondage/"),
        "nobody votes in their own poll"
    );
    assert!(own.html.contains("Le &lt;b&gt;bal") || own.html.contains("Le &#60;b&#62;bal"));

    let mut browser = town.browser_of("jean").await;
    let shown = browser.opens(&path).await.expecting(200);
    let form = shown.form(&action).with("choix", "0");
    let voted = browser.submits(&shown, &form).await.expecting(200);
    assert!(!voted.html.contains("/actions/sondage/"), "a vote stands");
    assert!(
        voted.says("100\u{a0}%") && voted.says("1 personne a voté"),
        "{}",
        voted.html
    );
    assert_eq!(browser.submits(&shown, &form).await.status, 422);
    let mut stranger = town.visitor();
    stranger.logs_in("maire", PASSWORD).await;
    let foreign = shown.form(&action).with("choix", "1");
    assert_ne!(
        stranger.submits(&shown, &foreign).await.status,
        200,
        "another's token"
    );
    assert_eq!(counts(&poll_of(&marie, &post).await), [Some(1), Some(0)]);
}

#[tokio::test]
async fn apps_are_refused_in_mastodons_words() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let post = asks(&marie, &marker("Quand ?"), false).await;
    let said = |reply: parvis_testkit::Reply| {
        assert_eq!(reply.status, 422, "{}", reply.text());
        reply.json()["error"].as_str().unwrap().to_owned()
    };
    let unknown = "Validation failed: The chosen vote option does not exist";
    for choices in [&["3"][..], &["-1"], &["x"], &[], &["0", "1"]] {
        assert_eq!(
            said(votes(&jean, &post, choices).await),
            unknown,
            "{choices:?}"
        );
    }
    let own = said(votes(&marie, &post, &["0"]).await);
    assert_eq!(own, "Validation failed: You cannot vote in your own polls");
    votes(&jean, &post, &["1"]).await.expecting(200);
    let twice = said(votes(&jean, &post, &["1"]).await);
    assert_eq!(
        twice,
        "Validation failed: You have already voted on this poll"
    );
    for (fields, words) in [
        (
            vec![("poll[options][]", "a"), ("poll[expires_in]", "3600")],
            "more than one item",
        ),
        (
            vec![
                ("poll[options][]", "a"),
                ("poll[options][]", "a"),
                ("poll[expires_in]", "3600"),
            ],
            "duplicate",
        ),
        (
            vec![
                ("poll[options][]", "a"),
                ("poll[options][]", "b"),
                ("poll[expires_in]", "10"),
            ],
            "too soon",
        ),
        (
            vec![
                ("poll[options][]", "a"),
                ("poll[options][]", "b"),
                ("poll[expires_in]", "99999999999"),
            ],
            "too far",
        ),
    ] {
        let fields = [vec![("status", "x")], fields].concat();
        let error = said(marie.post_form("/api/v1/statuses", &fields).await);
        assert!(error.contains(words), "{error}");
    }
    let plain = marie.posts("sans sondage").await;
    assert_eq!(
        marie
            .get(&format!("/api/v1/polls/{}", id(&plain)))
            .await
            .status,
        404
    );
    let bounds = marie.get("/api/v2/instance").await.json();
    assert_eq!(bounds["configuration"]["polls"]["max_options"], 12);
}

fn in_an_hour() -> String {
    stamp(unix_now() * 1_000 + 3_600_000)
}

/// A question as `actor` would send it, with its own members.
fn question(actor: &Actor, text: &str, members: &Value) -> Value {
    let mut note = actor.note(text);
    note["type"] = json!("Question");
    let members = members.as_object().unwrap().clone();
    note.as_object_mut().unwrap().extend(members);
    note
}

#[tokio::test]
async fn polls_are_read_in_the_shapes_of_mastodon_misskey_and_pleroma() {
    let place = Place::new().await;
    let option = |name: &str, votes: u32| json!({"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": votes}});
    let mastodon = json!({"oneOf": [option("Oui", 3), option("Non", 1)], "endTime": in_an_hour(), "votersCount": 4});
    let misskey = json!({"anyOf": [{"type": "Note", "name": "Oui", "_misskey_votes": 3}, {"type": "Note", "name": "Non", "_misskey_votes": 1}],
        "endTime": null, "_misskey_fallback_content": "<p>0: Oui<br>1: Non</p>"});
    let pleroma = json!({"oneOf": [option("Oui", 3), option("Non", 1)], "anyOf": [], "closed": in_an_hour(), "summary": ""});
    let over = json!({"oneOf": [option("Oui", 3), option("Non", 1)], "endTime": "2020-01-01T00:00:00Z", "closed": true});
    for (software, members, multiple, ends, expired) in [
        ("mastodon", mastodon, false, true, false),
        ("misskey", misskey, true, false, false),
        ("pleroma", pleroma, false, true, false),
        ("friendica", over, false, true, true),
    ] {
        let paul = place.followed(software, "paul").await;
        let text = marker(software);
        let asked = question(&paul, &text, &members);
        paul.host.serve_document(&asked);
        place.arrives(&paul, &paul.create(&asked)).await;
        let post = place.lea.reads_on_home(&text).await;
        let poll = &post["poll"];
        assert_eq!(counts(poll), [Some(3), Some(1)], "{software}");
        assert_eq!(poll["multiple"], multiple, "{software}");
        assert_eq!(poll["expires_at"].is_string(), ends, "{software}");
        assert_eq!(poll["expired"], expired, "{software}");
        assert!(
            !post["content"].as_str().unwrap().contains("href"),
            "{software}: all of it is here"
        );
        if expired {
            votes(&place.lea, &post, &["0"]).await.expecting(422);
            continue;
        }
        let chosen: &[&str] = if multiple { &["0", "1"] } else { &["1"] };
        votes(&place.lea, &post, chosen).await.expecting(200);
        let sent = eventually("the votes arrive", || async {
            let sent = paul.host.accepted_of("Create");
            (sent.len() == chosen.len()).then_some(sent)
        })
        .await;
        for (create, name) in sent.iter().zip(if multiple {
            ["Oui", "Non"]
        } else {
            ["Non", ""]
        }) {
            let vote = &create["object"];
            assert_eq!(
                (&vote["type"], &vote["name"]),
                (&json!("Note"), &json!(name))
            );
            assert_eq!(
                (&vote["inReplyTo"], &vote["to"]),
                (&asked["id"], &json!([paul.id]))
            );
            assert!(vote.get("content").is_none() && create.get("cc").is_none());
        }
        assert!(paul.host.received().iter().all(|it| it.verdict.is_ok()));

        let refreshed = question(
            &paul,
            &text,
            &json!({"id": asked["id"], "oneOf": [option("Oui", 7), option("Non", 9)], "endTime": in_an_hour()}),
        );
        if !multiple {
            place
                .arrives(&paul, &paul.addressed("Update", &refreshed))
                .await;
            counted(&place.lea, &post, &[7, 9]).await;
            let seen = place.lea.status(id(&post)).await.json();
            assert!(
                seen["edited_at"].is_null(),
                "{software}: counts are no edit"
            );
            assert_eq!(seen["poll"]["voted"], true);
        }
    }
}

/// A vote as `voter` would send it.
fn vote(voter: &Actor, post: &Value, owner: &Resident, name: &str) -> Value {
    json!({"id": format!("{}#votes/{}", voter.id, fresh()), "type": "Note", "attributedTo": voter.id, "name": name,
        "inReplyTo": post["uri"], "to": owner.uri})
}

fn casting(voter: &Actor, owner: &Resident, object: &Value) -> Value {
    json!({"@context": "https://www.w3.org/ns/activitystreams", "id": format!("{}#votes/{}/activity", voter.id, fresh()),
        "type": "Create", "actor": voter.id, "to": owner.uri, "object": object})
}

#[tokio::test]
async fn votes_of_other_servers_are_counted_once_and_are_never_posts() {
    let place = Place::new().await;
    let lea = &place.lea;
    let (paul, anna, rose) = (
        place.remote.host("mastodon").person("paul"),
        place.remote.host("gotosocial").person("anna"),
        place.remote.host("misskey").person("rose"),
    );
    let post = asks(lea, &marker("Quand ?"), false).await;
    let several = asks(lea, &marker("Quoi ?"), true).await;
    let send = async |voter: &Actor, object: Value| {
        place.arrives(voter, &casting(voter, lea, &object)).await;
    };
    send(&paul, vote(&paul, &post, lea, "Dimanche")).await;
    counted(lea, &post, &[0, 1, 0]).await;
    send(&paul, vote(&paul, &post, lea, "Samedi")).await;
    send(&paul, vote(&paul, &post, lea, "Dimanche")).await;
    send(&paul, vote(&paul, &post, lea, "Mercredi")).await;
    let mut content = vote(&rose, &post, lea, "Samedi");
    content["content"] = Value::Null;
    content["_misskey_content"] = Value::Null;
    send(&rose, content).await;
    counted(lea, &post, &[1, 1, 0]).await;

    // One activity for each answer, and all of them in one.
    send(&paul, vote(&paul, &several, lea, "Samedi")).await;
    send(&paul, vote(&paul, &several, lea, "Lundi")).await;
    let both = json!([
        vote(&anna, &several, lea, "Samedi"),
        vote(&anna, &several, lea, "Dimanche")
    ]);
    send(&anna, both).await;
    counted(lea, &several, &[2, 1, 1]).await;
    assert_eq!(poll_of(lea, &several).await["voters_count"], 2);

    // Nobody votes for another.
    let forged = vote(&anna, &post, lea, "Lundi");
    let reply = rose
        .post(&place.town.shared_inbox(), &casting(&rose, lea, &forged))
        .await;
    assert!(reply.status < 500);
    let told = lea.list("/api/v1/notifications").await;
    assert!(told.is_empty(), "a vote is no post: {told:?}");
    assert_eq!(lea.context(id(&post)).await["descendants"], json!([]));
    assert_eq!(
        counts(&poll_of(lea, &post).await),
        [Some(1), Some(1), Some(0)]
    );

    let document = place
        .town
        .get_document(
            post["uri"]
                .as_str()
                .unwrap()
                .strip_prefix(&place.town.origin)
                .unwrap(),
        )
        .await;
    let document = document.expecting(200).json();
    assert_eq!(
        (&document["type"], &document["votersCount"]),
        (&json!("Question"), &json!(2))
    );
    assert_eq!(document["oneOf"][1]["replies"]["totalItems"], 1);
    assert!(document.get("anyOf").is_none() && document.get("closed").is_none());

    // Whoever voted hears the counts, and the end.
    ends_now(&place.town, &post).await;
    for voter in [&paul, &rose] {
        let last = eventually("the end is told to voters", || async {
            let updates = voter.host.accepted_of("Update").into_iter();
            updates
                .map(|it| it["object"].clone())
                .find(|it| it["closed"].is_string())
        })
        .await;
        assert_eq!(last["id"], post["uri"]);
        assert_eq!(last["oneOf"][0]["replies"]["totalItems"], 1);
        assert!(last.get("updated").is_none() && last["endTime"].is_string());
    }
}

/// T171: the vote of who is blocked, sent by their server.
#[tokio::test]
async fn a_vote_that_comes_from_who_is_blocked_does_not_count() {
    let place = Place::new().await;
    let lea = &place.lea;
    let (paul, rose) = (
        place.remote.host("mastodon").person("paul"),
        place.remote.host("misskey").person("rose"),
    );
    let post = asks(lea, &marker("Quand ?"), false).await;
    let found = lea.finds_account(&paul.handle()).await;
    let blocks = format!("/api/v1/accounts/{}/block", id(&found));
    lea.post_form(&blocks, &[]).await.expecting(200);
    let blocked = casting(&paul, lea, &vote(&paul, &post, lea, "Samedi"));
    let reply = paul.post(&lea.inbox(), &blocked).await;
    assert!(reply.status < 500, "{} {}", reply.status, reply.text());
    // Whoever comes after is counted, and alone.
    let after = casting(&rose, lea, &vote(&rose, &post, lea, "Lundi"));
    place.arrives(&rose, &after).await;
    counted(lea, &post, &[0, 0, 1]).await;
    assert_eq!(poll_of(lea, &post).await["voters_count"], 1);
}

/// T137. How many choices are read, and why, is told in docs/attacks.md.
#[tokio::test]
async fn a_monstrous_poll_harms_nobody() {
    let place = Place::new().await;
    let paul = place.followed("evil", "paul").await;
    let many: Vec<_> = (0..10_000)
        .map(|n| json!({"type": "Note", "name": format!("n{n}")}))
        .collect();
    let negative = json!([{"name": "Oui", "replies": {"totalItems": -7}}, {"name": "Non", "replies": {"totalItems": 1e300}}, {"name": "Peut-être", "replies": "x"}]);
    for (what, options, length) in [
        ("many", json!(many), 500),
        ("negative", negative, 3),
        ("none", json!([]), 0),
        ("odd", json!([null, 5, {"name": ""}, [["Oui"]]]), 0),
    ] {
        let text = marker(what);
        let asked = question(
            &paul,
            &text,
            &json!({"oneOf": options, "votersCount": -3, "endTime": "demain"}),
        );
        place.arrives(&paul, &paul.create(&asked)).await;
        let post = place.lea.reads_on_home(&text).await;
        let shown = post["poll"]["options"].as_array().map_or(0, Vec::len);
        assert_eq!(shown, length, "{what}");
        if length > 0 {
            let all = counts(&post["poll"]);
            assert!(
                all.iter().all(|it| it.is_some_and(|votes| votes >= 0)),
                "{what}: {all:?}"
            );
            votes(&place.lea, &post, &["2"]).await.expecting(200);
        }
    }
    place
        .town
        .browser_of("lea")
        .await
        .opens("/")
        .await
        .expecting(200);
}
