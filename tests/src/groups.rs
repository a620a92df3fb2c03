//! Associations as groups (FEP-1b12): what members write to one goes to everyone who follows it, in the words of each
//! kind of software, once, and only from those who have a part in it.

use parvis_testkit::{
    Actor, Host, Neighbourhood, Remote, Resident, TestTown,
    actor::{PUBLIC, fresh, in_milliseconds, marker, now},
    eventually, keys,
    resident::{any_holds, id},
    until,
};
use serde_json::{Value, json};

struct Place {
    town: TestTown,
    remote: Remote,
    lea: Resident,
    amap: Resident,
}

/// A town with an association that Lea looks after.
async fn place() -> Place {
    let town = TestTown::start("valmont").await;
    let lea = town.resident("lea").await;
    let amap = town.association("amap", "lea").await;
    Place {
        town,
        remote: Remote::open().await,
        lea,
        amap,
    }
}

impl Place {
    async fn arrives(&self, actor: &Actor, document: &Value) {
        let reply = actor.post(&self.town.shared_inbox(), document).await;
        assert!(reply.is_success(), "{} {document:#}", reply.status);
    }

    /// Somebody elsewhere who follows the association.
    async fn member(&self, host: &str, name: &str) -> Actor {
        let host = self.remote.host(host);
        let actor = host.actor(name, keys::first(), |_| ());
        self.joins(&actor).await;
        actor
    }

    async fn joins(&self, actor: &Actor) {
        let follow = actor.activity("Follow", &json!(self.amap.uri));
        self.arrives(actor, &follow).await;
        until("the group accepts", || async {
            let accepts = actor.host.accepted_of("Accept");
            accepts
                .iter()
                .any(|accept| accept["object"]["id"] == follow["id"])
        })
        .await;
    }

    /// A page as Lemmy sends it.
    fn page(&self, author: &Actor, title: &str) -> Value {
        let page = json!({"@context": "https://www.w3.org/ns/activitystreams",
            "id": author.host.url(&format!("/post/{}", fresh())), "type": "Page", "attributedTo": author.id,
            "to": [self.amap.uri, PUBLIC], "cc": [], "audience": self.amap.uri, "name": title,
            "content": "<p>Tomates, courges.</p>", "mediaType": "text/html", "published": now()});
        author.host.serve_document(&page);
        page
    }

    fn create(&self, author: &Actor, object: &Value) -> Value {
        let mut create = author.addressed("Create", object);
        create["audience"] = json!(self.amap.uri);
        create
    }

    /// The answer of a member to a post of the group.
    fn comment(&self, author: &Actor, parent: &str, text: &str) -> Value {
        let mut note = author.note_to(text, &[PUBLIC], &[&self.amap.uri]);
        note["inReplyTo"] = json!(parent);
        author.host.serve_document(&note);
        note
    }

    /// What the group has handed on to a server of this kind of activity about this object, in order.
    fn handed_on(&self, host: &Host, kind: &str, object: &Value) -> Vec<Value> {
        let announces = host.accepted_of("Announce").into_iter();
        let of_group = announces.filter(|it| it["actor"] == self.amap.uri.as_str());
        of_group
            .filter(|it| it["object"]["type"] == kind && mentions(&it["object"], object))
            .collect()
    }

    /// Posts that the group has passed on as they are.
    fn boosted(&self, host: &Host, object: &Value) -> usize {
        let announces = host.accepted_of("Announce").into_iter();
        announces
            .filter(|it| it["actor"] == self.amap.uri.as_str() && it["object"] == *object)
            .count()
    }

    /// Does the group no longer pass it on?
    fn takes_back(&self, host: &Host, object: &Value) -> bool {
        let undos = host.accepted_of("Undo");
        undos
            .iter()
            .any(|it| it["actor"] == self.amap.uri.as_str() && it["object"]["object"] == *object)
    }
}

fn mentions(activity: &Value, object: &Value) -> bool {
    let about = |it: &Value| it == object || it["id"] == *object || it["object"] == *object;
    about(&activity["object"])
}

#[tokio::test]
async fn a_group_shows_who_looks_after_it_and_who_may_write() {
    let place = place().await;
    let path = place.amap.uri.strip_prefix(&place.town.origin).unwrap();
    let group = place.town.get_document(path).await.expecting(200).json();
    let moderators = format!("{}/moderators", place.amap.uri);
    assert_eq!(group["type"], "Group");
    assert_eq!(group["attributedTo"], moderators);
    assert_eq!(group["moderators"], moderators);
    assert_eq!(group["postingRestrictedToMods"], false);
    assert_eq!(group["sensitive"], false);
    assert!(group.get("following").is_none());
    let list = format!("{path}/moderators");
    let listed = || async { place.town.get_document(&list).await.expecting(200).json() };
    assert_eq!(listed().await["orderedItems"], json!([place.lea.uri]));
    let lea = place.lea.uri.strip_prefix(&place.town.origin).unwrap();
    let none = format!("{lea}/moderators");
    assert_eq!(place.town.get_document(&none).await.status, 404);

    let paul = place.member("mastodon", "paul").await;
    let told = |test: fn(&Value) -> bool| {
        let host = paul.host.clone();
        async move {
            until("the followers hear of it", || async {
                host.accepted_of("Update")
                    .iter()
                    .any(|it| test(&it["object"]))
            })
            .await;
        }
    };
    place.town.resident("marc").await;
    let cli = |arguments: &'static [&'static str]| place.town.cli(arguments);
    cli(&["account", "moderator", "amap", "add", "marc"])
        .await
        .succeeding();
    assert_eq!(listed().await["totalItems"], 2);
    cli(&["account", "moderator", "amap", "remove", "marc"])
        .await
        .succeeding();
    assert_eq!(listed().await["orderedItems"], json!([place.lea.uri]));
    cli(&["account", "posting", "amap", "moderators"])
        .await
        .succeeding();
    told(|group| group["postingRestrictedToMods"] == true && group["updated"].is_string()).await;
    // Only groups are looked after, and only by residents.
    assert_ne!(
        cli(&["account", "posting", "lea", "everyone"]).await.code,
        0
    );
    assert_ne!(
        cli(&["account", "moderator", "lea", "add", "marc"])
            .await
            .code,
        0
    );
    assert_ne!(
        cli(&["account", "create", "x", "--owner", "lea"])
            .await
            .code,
        0
    );
}

#[tokio::test]
async fn what_a_member_elsewhere_writes_comes_to_every_follower_in_both_forms() {
    let place = place().await;
    let bob = place.member("lemmy", "bob").await;
    let paul = place.member("mastodon", "paul").await;
    let mia = place.member("mbin", "mia").await;
    place.lea.follows(&place.amap.handle()).await;

    let title = marker("Graines");
    let page = place.page(&bob, &title);
    let uri = &page["id"];
    let mut create = place.create(&bob, &page);
    create["object"]["bcc"] = json!([bob.id]);
    create["signature"] = json!({"type": "RsaSignature2017", "signatureValue": "x"});
    place.arrives(&bob, &create).await;
    for host in [&bob.host, &paul.host, &mia.host] {
        let announce = eventually("it is handed on", || async {
            place.handed_on(host, "Create", uri).into_iter().next()
        })
        .await;
        assert_eq!(announce["to"], json!([PUBLIC]));
        assert_eq!(
            announce["cc"],
            json!([format!("{}/followers", place.amap.uri)])
        );
        let mut sent = create.clone();
        sent["object"].as_object_mut().unwrap().remove("bcc");
        assert_eq!(announce["object"], sent, "as it came");
        until("and passed on", || async { place.boosted(host, uri) == 1 }).await;
    }

    // Residents see it as a share of the group, in its list and on its page; the post says where it stands.
    let on_home = place.lea.home().await;
    let shared = on_home
        .iter()
        .find(|it| it["reblog"]["uri"] == *uri)
        .unwrap();
    assert_eq!(shared["account"]["acct"], "amap");
    let listed = place.lea.statuses_of(&place.amap.id).await;
    assert!(listed.iter().any(|it| it["reblog"]["uri"] == *uri));
    let mut browser = place.town.browser_of("lea").await;
    let shown = browser.opens("/@amap").await.expecting(200);
    assert!(shown.says(&title), "{}", shown.html);
    let there = format!("/@{}/{}", bob.acct(), id(&shared["reblog"]));
    let shown = browser.opens(&there).await.expecting(200);
    assert!(
        shown.says("Dans le groupe <a href=\"/@amap\" dir=\"auto\">amap</a>"),
        "{}",
        shown.html
    );

    // An answer of a resident, and one from Mastodon that does not name the group.
    let text = marker("merci");
    let answer = place.lea.answers(&shared["reblog"], &text).await;
    until("her answer is handed on", || async {
        place.handed_on(&mia.host, "Create", &answer["uri"]).len() == 1
    })
    .await;
    let inner = &place.handed_on(&mia.host, "Create", &answer["uri"])[0]["object"];
    assert_eq!(inner["actor"], place.lea.uri.as_str());
    assert_eq!(inner["object"]["audience"], place.amap.uri.as_str());
    let comment = place.comment(&paul, uri.as_str().unwrap(), &marker("oui"));
    place.arrives(&paul, &paul.create(&comment)).await;
    until("his answer is handed on", || async {
        place.handed_on(&mia.host, "Create", &comment["id"]).len() == 1
    })
    .await;
    assert_eq!(place.boosted(&mia.host, &comment["id"]), 0, "an answer");

    // An edit, a like and its end, and the end of it all.
    let update = bob.update(&page, "Tomates, courges, haricots");
    place.arrives(&bob, &update).await;
    let like = paul.activity("Like", uri);
    place.arrives(&paul, &like).await;
    place
        .lea
        .post_form(
            &format!("/api/v1/statuses/{}/favourite", id(&shared["reblog"])),
            &[],
        )
        .await
        .expecting(200);
    until("edit and likes are handed on", || async {
        place.handed_on(&mia.host, "Update", uri).len() == 1
            && place.handed_on(&mia.host, "Like", uri).len() == 2
    })
    .await;
    place.arrives(&paul, &paul.activity("Undo", &like)).await;
    until("the end of a like is handed on", || async {
        place.handed_on(&mia.host, "Undo", uri).len() == 1
    })
    .await;
    place.arrives(&bob, &bob.delete(&page)).await;
    until("its end is handed on", || async {
        place.handed_on(&mia.host, "Delete", uri).len() == 1
    })
    .await;
    until("and no longer passed on", || async {
        place.takes_back(&mia.host, uri)
    })
    .await;
    assert_eq!(place.handed_on(&mia.host, "Create", uri).len(), 1);
    assert_eq!(place.boosted(&mia.host, uri), 1);
    assert_eq!(place.handed_on(&mia.host, "Update", uri).len(), 1);
    assert!(mia.host.received().iter().all(|it| it.verdict.is_ok()));
}

#[tokio::test]
async fn what_a_resident_writes_to_a_group_comes_to_its_followers() {
    let place = place().await;
    let mia = place.member("mbin", "mia").await;
    let text = marker("panier");
    let post = place.lea.posts(&format!("@amap {text}")).await;
    let uri = &post["uri"];
    until("it comes in both forms", || async {
        place.handed_on(&mia.host, "Create", uri).len() == 1 && place.boosted(&mia.host, uri) == 1
    })
    .await;
    let inner = &place.handed_on(&mia.host, "Create", uri)[0]["object"];
    assert_eq!(inner["object"]["audience"], place.amap.uri.as_str());
    let edited = [("status", "@amap autre")];
    let path = format!("/api/v1/statuses/{}", id(&post));
    place
        .lea
        .try_put_form(&path, &edited)
        .await
        .unwrap()
        .expecting(200);
    until("the edit comes", || async {
        place.handed_on(&mia.host, "Update", uri).len() == 1
    })
    .await;
    place.lea.deletes(&post).await.expecting(200);
    until("the end comes", || async {
        place.handed_on(&mia.host, "Delete", uri).len() == 1
    })
    .await;

    // What is not for everyone does not leave through the group, and the group's own words need no handing on.
    for audience in ["private", "direct"] {
        let quiet = format!("@amap {}", marker("discret"));
        place.lea.posts_for(audience, &quiet).await;
    }
    let own = place.amap.posts(&marker("assemblée")).await;
    let last = place.lea.posts(&format!("@amap {}", marker("fin"))).await;
    until("the last one comes", || async {
        place.handed_on(&mia.host, "Create", &last["uri"]).len() == 1
    })
    .await;
    assert_eq!(place.handed_on(&mia.host, "Create", &own["uri"]).len(), 0);
    let received = format!("{:?}", mia.host.received());
    assert!(!received.contains("discret"), "{received}");
}

#[tokio::test]
async fn who_has_no_part_in_a_group_is_not_handed_on_and_nothing_goes_round_in_circles() {
    let place = place().await;
    let mia = place.member("mbin", "mia").await;
    let stranger = place.remote.host("stranger").person("sven");
    let bob = place.member("lemmy", "bob").await;

    // A stranger, a member who is blocked, one whose post is for few, one who speaks for another.
    let from_stranger = place.page(&stranger, &marker("réclame"));
    place
        .arrives(&stranger, &place.create(&stranger, &from_stranger))
        .await;
    let blocked = place.member("blocked", "odile").await;
    let account = place.amap.finds_account(&blocked.handle()).await;
    let path = format!("/api/v1/accounts/{}/block", id(&account));
    place.amap.post_form(&path, &[]).await.expecting(200);
    let from_blocked = place.page(&blocked, &marker("dispute"));
    place
        .arrives(&blocked, &place.create(&blocked, &from_blocked))
        .await;
    let few = bob.note_to(
        &marker("entre nous"),
        &[&bob.followers()],
        &[&place.amap.uri],
    );
    place.arrives(&bob, &bob.create(&few)).await;
    let mut forged = place.page(&bob, &marker("faux"));
    forged["attributedTo"] = json!(mia.id);
    place.arrives(&bob, &place.create(&bob, &forged)).await;

    // Another group passes on what was written for ours.
    let other = place.remote.host("other");
    let other = other.actor("jardins", keys::first(), |document| {
        document["type"] = json!("Group");
    });
    place.joins(&other).await;
    let looped = place.page(&bob, &marker("ronde"));
    let mut announce = other.addressed("Announce", &looped);
    announce["object"] = place.create(&bob, &looped);
    announce["cc"] = json!([place.amap.uri]);
    place.arrives(&other, &announce).await;
    let mut boost = other.activity("Announce", &looped["id"]);
    boost["to"] = json!([PUBLIC]);
    boost["cc"] = json!([place.amap.uri]);
    place.arrives(&other, &boost).await;

    // Once: the same Create again, and the same post in another Create.
    let good = place.page(&bob, &marker("bon"));
    let create = place.create(&bob, &good);
    place.arrives(&bob, &create).await;
    place.arrives(&bob, &create).await;
    place.arrives(&bob, &place.create(&bob, &good)).await;
    // A like, and an edit, of who has no part in it.
    place
        .arrives(&stranger, &stranger.activity("Like", &good["id"]))
        .await;
    let mut theft = good.clone();
    theft["content"] = json!("<p>volé</p>");
    place
        .arrives(&stranger, &stranger.addressed("Update", &theft))
        .await;

    let last = place.page(&bob, &marker("dernier"));
    place.arrives(&bob, &place.create(&bob, &last)).await;
    until("the last one comes", || async {
        place.handed_on(&mia.host, "Create", &last["id"]).len() == 1
            && place.boosted(&mia.host, &last["id"]) == 1
    })
    .await;
    for (what, object) in [
        ("of a stranger", &from_stranger),
        ("of who is blocked", &from_blocked),
        ("for few", &few),
        ("in another's name", &forged),
        ("passed on by another group", &looped),
    ] {
        assert_eq!(
            place.handed_on(&mia.host, "Create", &object["id"]).len(),
            0,
            "{what}"
        );
        assert_eq!(place.boosted(&mia.host, &object["id"]), 0, "{what}");
    }
    assert_eq!(place.handed_on(&mia.host, "Create", &good["id"]).len(), 1);
    assert_eq!(place.boosted(&mia.host, &good["id"]), 1);
    assert_eq!(place.handed_on(&mia.host, "Like", &good["id"]).len(), 0);
    assert_eq!(place.handed_on(&mia.host, "Update", &good["id"]).len(), 0);
}

#[tokio::test]
async fn who_has_left_a_group_hears_of_the_end_and_nobody_gets_the_words_after_it() {
    let place = place().await;
    let bob = place.member("lemmy", "bob").await;
    let mia = place.member("mbin", "mia").await;
    let paul = place.member("late", "paul").await;
    paul.host.goes_down();
    let title = marker("Graines");
    let page = place.page(&bob, &title);
    let uri = &page["id"];
    place.arrives(&bob, &place.create(&bob, &page)).await;
    until("it is handed on", || async {
        place.handed_on(&mia.host, "Create", uri).len() == 1
    })
    .await;

    let update = bob.update(&page, "pour tous");
    place.arrives(&bob, &update).await;
    until("the open edit is handed on", || async {
        !place.handed_on(&mia.host, "Update", uri).is_empty()
    })
    .await;
    // An edit that makes it one for few stays with them, and so do later ones.
    let mut few = page.clone();
    few["to"] = json!([bob.followers()]);
    few["cc"] = json!([]);
    for (words, later) in [("entre nous", 2_000), ("encore entre nous", 3_000)] {
        few["content"] = json!(format!("<p>{words}</p>"));
        few["updated"] = json!(in_milliseconds(later));
        place.arrives(&bob, &bob.addressed("Update", &few)).await;
    }
    until("it leaves the group", || async {
        place.takes_back(&mia.host, uri)
    })
    .await;
    let second = place.page(&bob, &marker("Plants"));
    place.arrives(&bob, &place.create(&bob, &second)).await;
    until("the next post is handed on", || async {
        place.handed_on(&mia.host, "Create", &second["id"]).len() == 1
    })
    .await;
    let updates = place.handed_on(&mia.host, "Update", uri);
    assert_eq!(updates.len(), 1);
    assert_eq!(updates[0]["object"], update);

    let follow = json!({"type": "Follow", "actor": mia.id, "object": place.amap.uri});
    place.arrives(&mia, &mia.activity("Undo", &follow)).await;
    place.arrives(&bob, &bob.delete(&page)).await;
    until("who left hears of the end", || async {
        place.handed_on(&mia.host, "Delete", uri).len() == 1
    })
    .await;
    paul.host.comes_back();
    // Who speaks is there again.
    let unknown = json!(paul.host.url("/nothing"));
    place.arrives(&paul, &paul.activity("Like", &unknown)).await;
    until("who was away hears of the end", || async {
        place.handed_on(&paul.host, "Delete", uri).len() == 1
    })
    .await;
    let received = format!("{:?}", paul.host.received());
    assert!(!received.contains(&title), "{received}");
}

#[tokio::test]
async fn a_post_whose_boost_overtakes_it_still_comes_into_its_group() {
    let place = place().await;
    let mia = place.member("mbin", "mia").await;
    let bob = place.member("lemmy", "bob").await;
    place.lea.follows_actor(&mia).await;
    let title = marker("Graines");
    let page = place.page(&bob, &title);
    let mut boost = mia.activity("Announce", &page["id"]);
    boost["to"] = json!([PUBLIC]);
    place.arrives(&mia, &boost).await;
    place.lea.reads_on_home(&title).await;
    place.arrives(&bob, &place.create(&bob, &page)).await;
    until("it is handed on", || async {
        place.handed_on(&mia.host, "Create", &page["id"]).len() == 1
    })
    .await;
}

#[tokio::test]
async fn only_a_group_that_somebody_follows_makes_us_ask_for_an_edit() {
    let place = place().await;
    let bob = place.member("lemmy", "bob").await;
    let mia = place.remote.host("mbin").person("mia");
    place.lea.follows_actor(&mia).await;
    let page = place.page(&bob, &marker("Graines"));
    place.arrives(&bob, &place.create(&bob, &page)).await;
    let uri = page["id"].as_str().unwrap();
    let path = uri.strip_prefix(&bob.host.url("")).unwrap();
    let asked = bob.host.times_asked(path);
    let update = bob.addressed("Update", &page);
    place
        .arrives(&mia, &mia.activity("Announce", &update))
        .await;
    assert_eq!(bob.host.times_asked(path), asked);
}

#[tokio::test]
async fn where_only_moderators_write_others_are_heard_but_not_handed_on() {
    let place = place().await;
    let mia = place.member("mbin", "mia").await;
    place.town.resident("marc").await;
    let marc = place.town.resident_known("marc").await;
    place
        .town
        .cli(&["account", "posting", "amap", "moderators"])
        .await
        .succeeding();
    let of_marc = marc.posts(&format!("@amap {}", marker("marc"))).await;
    let of_mia = place.page(&mia, &marker("mia"));
    place.arrives(&mia, &place.create(&mia, &of_mia)).await;
    let of_lea = place.lea.posts(&format!("@amap {}", marker("lea"))).await;
    until("hers comes", || async {
        place.handed_on(&mia.host, "Create", &of_lea["uri"]).len() == 1
    })
    .await;
    assert_eq!(
        place.handed_on(&mia.host, "Create", &of_marc["uri"]).len(),
        0
    );
    assert_eq!(place.handed_on(&mia.host, "Create", &of_mia["id"]).len(), 0);
    // A like is no writing.
    place
        .arrives(&mia, &mia.activity("Like", &of_lea["uri"]))
        .await;
    until("her like is handed on", || async {
        place.handed_on(&mia.host, "Like", &of_lea["uri"]).len() == 1
    })
    .await;
}

#[tokio::test]
async fn a_neighbouring_town_reads_and_writes_in_a_group() {
    let neighbours = Neighbourhood::of(["valmont", "rivebelle"]).await;
    let [valmont, rivebelle] = [&neighbours["valmont"], &neighbours["rivebelle"]];
    let lea = valmont.resident("lea").await;
    let amap = valmont.association("amap", "lea").await;
    let bruno = rivebelle.resident("bruno").await;
    bruno.follows(&amap.handle()).await;
    lea.follows(&amap.handle()).await;

    let text = marker("récolte");
    lea.posts(&format!("@amap {text}")).await;
    let there = bruno.reads_on_home(&text).await;
    assert_eq!(there["account"]["acct"], amap.handle()[1..]);
    let mut browser = rivebelle.browser_of("bruno").await;
    let path = format!("/@{}/{}", &lea.handle()[1..], id(&there["reblog"]));
    let shown = browser.opens(&path).await.expecting(200);
    let place = format!(
        "Dans le groupe <a href=\"/@{}\" dir=\"auto\">",
        &amap.handle()[1..]
    );
    assert!(shown.says(&place), "{}", shown.html);

    let answer = marker("moi aussi");
    bruno.answers(&there["reblog"], &answer).await;
    let here = lea.reads_on_home(&text).await;
    lea.reads_under(&here["reblog"], &answer).await;
    let word = marker("de Rivebelle");
    bruno.posts(&format!("{} {word}", amap.handle())).await;
    let shared = lea.reads_on_home(&word).await;
    assert_eq!(shared["account"]["acct"], "amap");
    let on_home = bruno.home().await;
    assert!(any_holds(&on_home, &text));
    let shares = on_home.iter().filter(|it| {
        it["account"]["acct"] == amap.handle()[1..] && parvis_testkit::resident::holds(it, &text)
    });
    assert_eq!(shares.count(), 1, "once");
}
