//! What those who look after a group elsewhere decide (FEP-1b12, as Lemmy, Mbin and PieFed send it): residents see it, and
//! nobody else's word about it counts.

use parvis_testkit::{
    Actor, Host,
    actor::{PUBLIC, fresh, marker, now},
    keys,
    resident::{any_holds, id},
};
use serde_json::{Value, json};
use url::Url;

use crate::{
    app::{changes, counts},
    place::Place,
};

const CLOSED: &str = "ont fermé cette discussion";
const TAKEN_OUT: &str = "Retiré du groupe jardin par";

/// A group elsewhere that Lea follows, somebody of a third server who looks after it, and one who only writes in it.
struct Scene {
    place: Place,
    group: Actor,
    warden: Actor,
    member: Actor,
}

fn group(host: &Host, name: &str, wardens: &[&Actor]) -> Actor {
    let actor = host.actor(name, keys::first(), |document| {
        let own = document["id"].as_str().unwrap().to_owned();
        document["type"] = json!("Group");
        document["attributedTo"] = json!(format!("{own}/moderators"));
        document["featured"] = json!(format!("{own}/featured"));
    });
    let ids: Vec<&str> = wardens.iter().map(|warden| warden.id.as_str()).collect();
    for (list, items) in [("moderators", json!(ids)), ("featured", json!([]))] {
        host.serve_document(&json!({"@context": "https://www.w3.org/ns/activitystreams",
            "id": format!("{}/{list}", actor.id), "type": "OrderedCollection", "orderedItems": items}));
    }
    actor
}

impl Scene {
    async fn set() -> Self {
        let place = Place::new().await;
        let far = place.remote.host("piefed");
        let warden = far.actor("garde", keys::first(), |_| ());
        let member = far.actor("membre", keys::first(), |_| ());
        let group = group(&place.remote.host("lemmy"), "jardin", &[&warden]);
        place.lea.follows_actor(&group).await;
        Self {
            place,
            group,
            warden,
            member,
        }
    }

    /// The group passes on what somebody did.
    async fn passes_on(&self, group: &Actor, activity: &Value) {
        let mut announce = group.activity("Announce", activity);
        announce["to"] = json!([PUBLIC]);
        announce["cc"] = json!([group.followers()]);
        self.place.arrives(group, &announce).await;
    }

    /// A page that a member writes to the group, as Lea finds it at home.
    async fn thread(&self, title: &str) -> Value {
        let page = json!({"@context": "https://www.w3.org/ns/activitystreams",
            "id": self.member.host.url(&format!("/post/{}", fresh())), "type": "Page",
            "attributedTo": self.member.id, "to": [self.group.id, PUBLIC], "cc": [], "audience": self.group.id,
            "name": title, "content": "<p>Tomates</p>", "mediaType": "text/html", "published": now()});
        self.member.host.serve_document(&page);
        let mut create = self.member.addressed("Create", &page);
        create["audience"] = page["audience"].clone();
        self.passes_on(&self.group, &create).await;
        let shared = self.place.lea.reads_on_home(title).await;
        shared["reblog"].clone()
    }

    /// What somebody decides for a group, in Lemmy's words.
    fn decision(&self, who: &Actor, kind: &str, object: &Value) -> Value {
        let mut activity = who.activity(kind, object);
        activity["to"] = json!([PUBLIC]);
        activity["cc"] = json!([self.group.id]);
        activity["audience"] = json!(self.group.id);
        activity
    }

    /// How an answer of Lea's is received.
    async fn answer(&self, post: &Value) -> u16 {
        let text = marker("réponse");
        let fields = [("status", text.as_str()), ("in_reply_to_id", id(post))];
        let path = "/api/v1/statuses";
        let reply = self.place.lea.try_post_form(path, &fields).await.unwrap();
        reply.status
    }

    /// What the page of a post says to Lea.
    async fn page(&self, post: &Value) -> String {
        let mut browser = self.place.town.browser_of("lea").await;
        let acct = post["account"]["acct"].as_str().unwrap();
        let shown = browser.opens(&format!("/@{acct}/{}", id(post))).await;
        shown.expecting(200).html
    }
}

#[tokio::test]
async fn a_thread_that_a_group_closes_can_be_read_and_no_longer_answered() {
    let scene = Scene::set().await;
    let thread = scene.thread(&marker("Plants")).await;
    let comment = scene.place.lea.answers(&thread, &marker("merci")).await;
    assert!(!scene.page(&thread).await.contains(CLOSED));

    let lock = scene.decision(&scene.warden, "Lock", &thread["uri"]);
    scene.passes_on(&scene.group, &lock).await;
    let page = scene.page(&thread).await;
    assert!(page.contains(CLOSED), "{page}");
    assert!(!page.contains("action=\"/ecrire\""), "{page}");
    assert!(!page.contains("/ecrire?reponse="), "{page}");
    for post in [&thread, &comment] {
        assert_eq!(scene.answer(post).await, 403);
        let mut browser = scene.place.town.browser_of("lea").await;
        let asked = format!("/ecrire?reponse={}", id(post));
        let refused = browser.opens(&asked).await.expecting(403);
        assert!(refused.says(CLOSED), "{}", refused.html);
    }

    let unlock = scene.decision(&scene.warden, "Undo", &lock);
    scene.passes_on(&scene.group, &unlock).await;
    let page = scene.page(&thread).await;
    assert!(!page.contains(CLOSED), "{page}");
    assert!(page.contains("action=\"/ecrire\""), "{page}");
    for post in [&thread, &comment] {
        assert_eq!(scene.answer(post).await, 200);
    }
    // Mbin's has neither audience nor the group passing it on: one whom the group lists says it to everybody concerned.
    let direct = scene.warden.activity("Lock", &thread["uri"]);
    scene.place.arrives(&scene.warden, &direct).await;
    assert_eq!(scene.answer(&thread).await, 403);
    let undo = scene.warden.activity("Undo", &direct);
    scene.place.arrives(&scene.warden, &undo).await;
    assert_eq!(scene.answer(&thread).await, 200);
}

#[tokio::test]
async fn a_thread_that_its_group_no_longer_holds_can_be_answered_again() {
    let scene = Scene::set().await;
    let thread = scene.thread(&marker("Plants")).await;
    let lock = scene.decision(&scene.warden, "Lock", &thread["uri"]);
    scene.passes_on(&scene.group, &lock).await;
    assert_eq!(scene.answer(&thread).await, 403);
    let announce = json!({"type": "Announce", "actor": scene.group.id, "object": thread["uri"]});
    let undo = scene.group.activity("Undo", &announce);
    scene.place.arrives(&scene.group, &undo).await;
    assert_eq!(scene.answer(&thread).await, 200);
    assert!(!scene.page(&thread).await.contains(CLOSED));
}

#[tokio::test]
async fn who_no_longer_looks_after_a_group_is_believed_for_an_hour_at_most() {
    let scene = Scene::set().await;
    let thread = scene.thread(&marker("Plants")).await;
    let lock = scene.warden.activity("Lock", &thread["uri"]);
    scene.place.arrives(&scene.warden, &lock).await;
    assert_eq!(scene.answer(&thread).await, 403);
    let undo = scene.warden.activity("Undo", &lock);
    scene.place.arrives(&scene.warden, &undo).await;
    assert_eq!(scene.answer(&thread).await, 200);

    scene.group.host.serve_document(&json!({"@context": "https://www.w3.org/ns/activitystreams",
        "id": format!("{}/moderators", scene.group.id), "type": "OrderedCollection", "orderedItems": []}));
    let later = "UPDATE group_list SET read_at = read_at - 3600001";
    assert_eq!(changes(&scene.place.town, later).await, 1);
    let lock = scene.warden.activity("Lock", &thread["uri"]);
    scene.place.arrives(&scene.warden, &lock).await;
    assert_eq!(scene.answer(&thread).await, 200);
}

#[tokio::test]
async fn a_group_elsewhere_that_lists_a_resident_stands_not_on_her_page() {
    let scene = Scene::set().await;
    let mut add = scene.decision(&scene.warden, "Add", &json!(scene.place.lea.uri));
    add["target"] = json!(format!("{}/moderators", scene.group.id));
    scene.passes_on(&scene.group, &add).await;
    let count = "group_moderator m JOIN account a ON a.id = m.account_id WHERE a.name = 'lea'";
    assert_eq!(counts(&scene.place.town, count).await, 1);
    let mut visitor = scene.place.town.visitor();
    let shown = visitor.opens("/@lea/groupes").await.expecting(200);
    assert!(!shown.says("jardin"), "{}", shown.html);
    // She follows it, and finds it among those she is in: no more than that.
    let mut browser = scene.place.town.browser_of("lea").await;
    let own = browser.opens("/@lea/groupes").await.expecting(200);
    assert!(
        own.says("jardin") && !own.says("Vous vous en occupez"),
        "{}",
        own.html
    );
}

#[tokio::test]
async fn a_post_that_is_taken_out_of_its_group_says_so_and_why_until_it_is_put_back() {
    let scene = Scene::set().await;
    let title = marker("Réclame");
    let thread = scene.thread(&title).await;
    let own = scene.place.lea.answers(&thread, &marker("merci")).await;
    let mut delete = scene.decision(&scene.warden, "Delete", &thread["uri"]);
    delete["summary"] = json!("de la <b>réclame</b>");
    let mut remove = scene.decision(&scene.warden, "Remove", &thread["uri"]);
    remove["target"] = json!(scene.group.id);
    remove["summary"] = delete["summary"].clone();
    for removal in [&delete, &remove] {
        scene.passes_on(&scene.group, removal).await;
        let page = scene.page(&thread).await;
        assert!(page.contains(TAKEN_OUT), "{page}");
        assert!(page.contains("de la réclame</b>"), "{page}");
        assert!(!any_holds(&scene.place.lea.home().await, &title));
        // Passed on again, it stays out.
        let boost = scene.group.activity("Announce", &thread["uri"]);
        scene.place.arrives(&scene.group, &boost).await;
        assert!(!any_holds(&scene.place.lea.home().await, &title));

        let undo = scene.decision(&scene.warden, "Undo", removal);
        scene.passes_on(&scene.group, &undo).await;
        assert!(any_holds(&scene.place.lea.home().await, &title));
        assert!(!scene.page(&thread).await.contains(TAKEN_OUT));
    }
    // What a resident wrote, too, once the group has taken it; it stays theirs.
    let create = json!({"type": "Create", "id": own["uri"], "actor": scene.place.lea.uri, "object": {
        "id": own["uri"], "type": "Note", "inReplyTo": thread["uri"]}});
    scene.passes_on(&scene.group, &create).await;
    let delete = scene.decision(&scene.warden, "Delete", &own["uri"]);
    scene.passes_on(&scene.group, &delete).await;
    assert!(scene.page(&own).await.contains(TAKEN_OUT));
}

#[tokio::test]
async fn who_is_kept_out_of_a_group_is_told_so_and_blocked_by_nobody() {
    let scene = Scene::set().await;
    let title = marker("Dispute");
    let thread = scene.thread(&title).await;
    let alone = scene.warden.note(&marker("hors groupe"));
    let alone = scene
        .place
        .lea
        .finds_post(alone["id"].as_str().unwrap())
        .await;
    assert_eq!(scene.answer(&thread).await, 200);

    let ban = |who: &str| {
        let mut ban = scene.decision(&scene.warden, "Block", &json!(who));
        ban["target"] = json!(scene.group.id);
        ban["summary"] = json!("insultes");
        ban["removeData"] = json!(true);
        ban["endTime"] = json!("2999-01-01T00:00:00Z");
        ban
    };
    let of_lea = ban(&scene.place.lea.uri);
    scene.passes_on(&scene.group, &of_lea).await;
    assert_eq!(scene.answer(&thread).await, 403);
    assert_eq!(scene.answer(&alone).await, 200, "no block between people");
    let undo = scene.decision(&scene.warden, "Undo", &of_lea);
    scene.passes_on(&scene.group, &undo).await;
    assert_eq!(scene.answer(&thread).await, 200);
    // One that has ended, and one that she who looks after the group tells herself.
    let mut ended = ban(&scene.place.lea.uri);
    ended["endTime"] = json!("2001-01-01T00:00:00Z");
    scene.passes_on(&scene.group, &ended).await;
    assert_eq!(scene.answer(&thread).await, 200);
    scene.place.arrives(&scene.warden, &of_lea).await;
    assert_eq!(scene.answer(&thread).await, 403);
    assert_eq!(scene.answer(&alone).await, 200);

    scene.passes_on(&scene.group, &ban(&scene.member.id)).await;
    let page = scene.page(&thread).await;
    assert!(
        page.contains(TAKEN_OUT) && page.contains("insultes"),
        "{page}"
    );
    assert!(!any_holds(&scene.place.lea.home().await, &title));
}

#[tokio::test]
async fn the_lists_of_a_group_say_who_looks_after_it_and_what_stands_on_top() {
    let scene = Scene::set().await;
    let title = marker("Règles");
    let thread = scene.thread(&title).await;
    let pinned = || async {
        let account = scene.place.lea.finds_account(&scene.group.handle()).await;
        let path = format!("/api/v1/accounts/{}/statuses?pinned=true", id(&account));
        any_holds(&scene.place.lea.list(&path).await, &title)
    };
    let listed = |kind: &str, list: &str, object: &Value| {
        let mut activity = scene.decision(&scene.warden, kind, object);
        activity["target"] = json!(format!("{}/{list}", scene.group.id));
        activity
    };
    assert!(!pinned().await);
    let add = listed("Add", "featured", &thread["uri"]);
    scene.passes_on(&scene.group, &add).await;
    assert!(pinned().await);
    let remove = listed("Remove", "featured", &thread["uri"]);
    scene.passes_on(&scene.group, &remove).await;
    assert!(!pinned().await);

    // The newcomer is believed as soon as the group has listed them, and not before or after.
    let far = &scene.member.host;
    let newcomer = far.actor("nouvelle", keys::first(), |_| ());
    let lock = || newcomer.activity("Lock", &thread["uri"]);
    scene.place.arrives(&newcomer, &lock()).await;
    assert_eq!(scene.answer(&thread).await, 200);
    let add = listed("Add", "moderators", &json!(newcomer.id));
    scene.passes_on(&scene.group, &add).await;
    let last = lock();
    scene.place.arrives(&newcomer, &last).await;
    assert_eq!(scene.answer(&thread).await, 403);
    let undo = newcomer.activity("Undo", &last);
    scene.place.arrives(&newcomer, &undo).await;
    let remove = listed("Remove", "moderators", &json!(newcomer.id));
    scene.passes_on(&scene.group, &remove).await;
    scene.place.arrives(&newcomer, &lock()).await;
    assert_eq!(scene.answer(&thread).await, 200);
}

#[tokio::test]
async fn nobody_else_decides_for_a_group_nor_a_group_about_what_is_not_its_own() {
    let scene = Scene::set().await;
    let place = &scene.place;
    let title = marker("Plants");
    let thread = scene.thread(&title).await;
    let other_warden = place
        .remote
        .host("mbin")
        .actor("eve", keys::first(), |_| ());
    let other = group(&place.remote.host("mbin"), "autre", &[&other_warden]);
    place.lea.follows_actor(&other).await;
    let plain = scene.member.host.actor("simple", keys::first(), |_| ());
    let own = scene.member.note(&marker("à moi seul"));
    let alone = place.lea.finds_post(own["id"].as_str().unwrap()).await;

    // Those who may are heard.
    let lock = scene.decision(&scene.warden, "Lock", &thread["uri"]);
    scene.passes_on(&scene.group, &lock).await;
    assert_eq!(scene.answer(&thread).await, 403);
    let undo = scene.decision(&scene.warden, "Undo", &lock);
    scene.passes_on(&scene.group, &undo).await;
    assert_eq!(scene.answer(&thread).await, 200);

    let ban = |who: &Actor, target: &Actor| {
        let mut ban = scene.decision(who, "Block", &json!(place.lea.uri));
        ban["target"] = json!(target.id);
        ban
    };
    // She who looks after another group, one who only writes in this one, and a stranger in her name.
    for who in [&other_warden, &plain] {
        for kind in ["Lock", "Delete", "Remove"] {
            let deed = scene.decision(who, kind, &thread["uri"]);
            place.arrives(who, &deed).await;
        }
        place.arrives(who, &ban(who, &scene.group)).await;
        let mut appoints = scene.decision(who, "Add", &json!(who.id));
        appoints["target"] = json!(format!("{}/moderators", scene.group.id));
        place.arrives(who, &appoints).await;
    }
    let stolen = scene.decision(&scene.warden, "Lock", &thread["uri"]);
    let reply = plain.post(&place.town.shared_inbox(), &stolen).await;
    assert!(!reply.is_success(), "{}", reply.status);
    // The group itself, in the name of one whom it does not list.
    for who in [&plain, &scene.member] {
        let lock = scene.decision(who, "Lock", &thread["uri"]);
        scene.passes_on(&scene.group, &lock).await;
    }
    // Another group about what stands in this one, and who is kept out of it.
    for kind in ["Lock", "Delete", "Remove"] {
        let deed = scene.decision(&other_warden, kind, &thread["uri"]);
        scene.passes_on(&other, &deed).await;
    }
    scene
        .passes_on(&other, &ban(&other_warden, &scene.group))
        .await;
    // This group about what does not stand in it.
    for kind in ["Lock", "Delete", "Remove"] {
        let deed = scene.decision(&scene.warden, kind, &alone["uri"]);
        scene.passes_on(&scene.group, &deed).await;
        place.arrives(&scene.warden, &deed).await;
    }

    for post in [&thread, &alone] {
        assert_eq!(scene.answer(post).await, 200);
        let page = scene.page(post).await;
        assert!(
            !page.contains(CLOSED) && !page.contains("Retiré du groupe"),
            "{page}"
        );
    }
    assert!(any_holds(&place.lea.home().await, &title));
}

fn path(address: &str) -> String {
    Url::parse(address).unwrap().path().to_owned()
}

/// The address of the list of a group, on its own server.
fn list_of(group: &Actor) -> String {
    format!("{}/moderators", group.id)
}

const AN_HOUR_LATER: &str = "UPDATE group_list SET read_at = read_at - 3600001";

#[tokio::test]
async fn the_list_of_a_group_is_asked_for_once_in_an_hour_whoever_claims_to_stand_on_it() {
    let scene = Scene::set().await;
    let thread = scene.thread(&marker("Plants")).await;
    let host = &scene.group.host;
    let list = path(&list_of(&scene.group));
    let asked = || {
        let of_list = host.times_asked(&list);
        // The list lies under the group's own address.
        let of_group = host.times_asked(&path(&scene.group.id)) - of_list;
        (of_group, of_list)
    };
    let (group_before, list_before) = asked();
    let strangers = ["un", "deux", "trois"].map(|name| scene.member.host.person(name));
    let all_claim = async || {
        for who in &strangers {
            for kind in ["Lock", "Delete", "Remove"] {
                let deed = scene.decision(who, kind, &thread["uri"]);
                scene.place.arrives(who, &deed).await;
            }
            // Of what it passes on, a group answers itself for what it takes out.
            let lock = scene.decision(who, "Lock", &thread["uri"]);
            scene.passes_on(&scene.group, &lock).await;
        }
    };
    all_claim().await;
    assert_eq!(asked(), (group_before + 1, list_before + 1));
    assert_eq!(scene.answer(&thread).await, 200);
    let lock = scene.warden.activity("Lock", &thread["uri"]);
    scene.place.arrives(&scene.warden, &lock).await;
    assert_eq!(scene.answer(&thread).await, 403, "who does is believed");
    assert_eq!(asked(), (group_before + 1, list_before + 1));

    // Also where it is not to be had.
    host.withdraw(&list);
    assert_eq!(changes(&scene.place.town, AN_HOUR_LATER).await, 1);
    all_claim().await;
    assert_eq!(asked(), (group_before + 2, list_before + 2));
}

#[tokio::test]
async fn a_long_list_of_strangers_has_no_more_fetched_than_one_activity_may() {
    let scene = Scene::set().await;
    let thread = scene.thread(&marker("Plants")).await;
    let crowd = scene.place.remote.host("foule");
    let names: Vec<String> = (0..80)
        .map(|n| crowd.url(&format!("/u/inconnu{n:02}")))
        .collect();
    let mut items = vec![scene.warden.id.clone()];
    items.extend(names.iter().cloned());
    scene
        .group
        .host
        .serve_document(&json!({"@context": "https://www.w3.org/ns/activitystreams",
        "id": list_of(&scene.group), "type": "OrderedCollection", "orderedItems": items}));
    let lock = scene.warden.activity("Lock", &thread["uri"]);
    scene.place.arrives(&scene.warden, &lock).await;
    assert_eq!(scene.answer(&thread).await, 403);
    let asked = || -> usize { names.iter().map(|it| crowd.times_asked(&path(it))).sum() };
    let once = asked();
    assert!((1..=20).contains(&once), "{once}");
    let undo = scene.warden.activity("Undo", &lock);
    scene.place.arrives(&scene.warden, &undo).await;
    assert_eq!(scene.answer(&thread).await, 200);
    assert_eq!(asked(), once);
}

#[tokio::test]
async fn a_list_that_another_server_keeps_says_nothing_of_a_group() {
    let mut scene = Scene::set().await;
    let other = scene.place.remote.host("mbin");
    let list = other.url("/c/ailleurs/moderators");
    other.serve_document(&json!({"@context": "https://www.w3.org/ns/activitystreams",
        "id": list, "type": "OrderedCollection", "orderedItems": [scene.warden.id]}));
    let host = scene.place.remote.host("lemmy");
    let led_from_elsewhere = |list: &str| {
        host.actor("ailleurs", keys::first(), |document| {
            document["type"] = json!("Group");
            document["attributedTo"] = json!(list);
        })
    };
    scene.group = led_from_elsewhere(&list);
    scene.place.lea.follows_actor(&scene.group).await;
    let thread = scene.thread(&marker("Plants")).await;
    let lock = || scene.warden.activity("Lock", &thread["uri"]);
    scene.place.arrives(&scene.warden, &lock()).await;
    scene.passes_on(&scene.group, &lock()).await;
    assert_eq!(scene.answer(&thread).await, 200);
    assert_eq!(other.times_asked(&path(&list)), 0);

    let own = list_of(&scene.group);
    led_from_elsewhere(&own);
    host.serve_document(&json!({"@context": "https://www.w3.org/ns/activitystreams",
        "id": own, "type": "OrderedCollection", "orderedItems": [scene.warden.id]}));
    assert_eq!(changes(&scene.place.town, AN_HOUR_LATER).await, 1);
    scene.place.arrives(&scene.warden, &lock()).await;
    assert_eq!(scene.answer(&thread).await, 403, "its own list does");
}

#[tokio::test]
async fn what_was_taken_out_comes_back_once_and_by_nobody_elses_word() {
    let scene = Scene::set().await;
    let place = &scene.place;
    let title = marker("Réclame");
    let thread = scene.thread(&title).await;
    let removal = scene.decision(&scene.warden, "Delete", &thread["uri"]);
    scene.passes_on(&scene.group, &removal).await;
    let on_home = async || {
        let home = place.lea.home().await;
        home.iter()
            .filter(|post| any_holds(&[(*post).clone()], &title))
            .count()
    };
    assert_eq!(on_home().await, 0);

    let other = group(&place.remote.host("mbin"), "autre", &[&scene.member]);
    place.lea.follows_actor(&other).await;
    let by_member = scene.decision(&scene.member, "Undo", &removal);
    place.arrives(&scene.member, &by_member).await;
    scene.passes_on(&scene.group, &by_member).await;
    scene.passes_on(&other, &by_member).await;
    let mut again = scene.member.addressed("Create", &json!(thread["uri"]));
    again["audience"] = json!(scene.group.id);
    scene.passes_on(&scene.group, &again).await;
    assert_eq!(on_home().await, 0);
    assert!(scene.page(&thread).await.contains(TAKEN_OUT));

    for _ in 0..2 {
        let undo = scene.decision(&scene.warden, "Undo", &removal);
        scene.passes_on(&scene.group, &undo).await;
        place.arrives(&scene.warden, &undo).await;
        assert_eq!(on_home().await, 1);
    }
    assert!(!scene.page(&thread).await.contains(TAKEN_OUT));
}

#[tokio::test]
async fn who_was_kept_out_for_a_time_may_write_after_it_and_people_elsewhere_are_not_written_down()
{
    let scene = Scene::set().await;
    let place = &scene.place;
    let thread = scene.thread(&marker("Plants")).await;
    let ban = |who: &str| {
        let mut ban = scene.decision(&scene.warden, "Block", &json!(who));
        ban["target"] = json!(scene.group.id);
        ban["expires"] = json!("2999-01-01T00:00:00Z");
        ban
    };
    let nobody = scene.member.host.url("/u/personne");
    for who in [&scene.member.id, &nobody] {
        scene.passes_on(&scene.group, &ban(who)).await;
    }
    assert_eq!(counts(&place.town, "group_ban").await, 0);
    assert_eq!(scene.member.host.times_asked("/u/personne"), 0);

    scene.passes_on(&scene.group, &ban(&place.lea.uri)).await;
    assert_eq!(scene.answer(&thread).await, 403);
    let over = "UPDATE group_ban SET ends_at = 1";
    assert_eq!(changes(&place.town, over).await, 1);
    assert_eq!(scene.answer(&thread).await, 200);
}
