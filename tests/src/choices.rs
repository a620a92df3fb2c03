//! What residents choose for themselves alone, by the client API.

use http::Method;
use parvis_testkit::{Neighbourhood, TestTown, actor::marker, resident::id, until};
use serde_json::json;

use crate::{
    app::{asks, does, ids, walks},
    story::{own_post, page_of},
};

#[tokio::test]
async fn what_one_likes_and_keeps_is_listed_by_the_moment_one_did_so() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let mut posts = Vec::new();
    for n in 0..5 {
        posts.push(id(&marie.posts(&format!("Message {n}")).await).to_owned());
    }
    let order = [3, 0, 4, 1, 2];
    for n in order {
        let path = format!("/api/v1/statuses/{}", posts[n]);
        assert_eq!(
            does(&jean, &format!("{path}/favourite"), &[]).await["favourited"],
            true
        );
        assert_eq!(
            does(&jean, &format!("{path}/bookmark"), &[]).await["bookmarked"],
            true
        );
    }
    let wanted: Vec<String> = order.iter().rev().map(|n| posts[*n].clone()).collect();
    for list in ["/api/v1/favourites", "/api/v1/bookmarks"] {
        assert_eq!(ids(&walks(&jean, &town, list, 2).await), wanted, "{list}");
        assert!(marie.list(list).await.is_empty(), "another's own");
    }
    let path = format!("/api/v1/statuses/{}/unbookmark", posts[0]);
    assert_eq!(does(&jean, &path, &[]).await["bookmarked"], false);
    assert_eq!(jean.list("/api/v1/bookmarks").await.len(), 4);
}

#[tokio::test]
async fn several_posts_and_people_are_asked_for_at_once_and_what_is_hidden_is_left_out() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let open = marie.posts("Pour tous").await;
    let closed = marie.posts_for("private", "Entre nous").await;
    let path = format!(
        "/api/v1/statuses?id[]={}&id[]=1&id[]={}&id[]=abc",
        id(&closed),
        id(&open)
    );
    assert_eq!(ids(&jean.list(&path).await), [id(&open)]);
    assert_eq!(ids(&marie.list(&path).await), [id(&closed), id(&open)]);
    let path = format!("/api/v1/accounts?id[]={}&id[]=1&id={}", jean.id, marie.id);
    let found = ids(&jean.list(&path).await);
    assert!(
        found.contains(&jean.id) && found.contains(&marie.id),
        "{found:?}"
    );
    assert_eq!(found.len(), 2);
}

#[tokio::test]
async fn an_edited_post_tells_what_it_said_before() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let post = marie.posts("Le bal est samedi").await;
    let path = format!("/api/v1/statuses/{}", id(&post));
    let history = marie.list(&format!("{path}/history")).await;
    assert_eq!(history.len(), 1, "an unedited post has said one thing");
    assert_eq!(history[0]["created_at"], post["created_at"]);
    for text in ["Le bal est dimanche", "Le bal est lundi"] {
        let fields = [("status", text), ("spoiler_text", "Bal")];
        marie
            .try_put_form(&path, &fields)
            .await
            .unwrap()
            .expecting(200);
    }
    let history = marie.list(&format!("{path}/history")).await;
    let said: Vec<&str> = history
        .iter()
        .map(|one| one["content"].as_str().unwrap())
        .collect();
    let wanted = ["samedi", "dimanche", "lundi"];
    assert_eq!(said.len(), 3);
    assert!(
        said.iter()
            .zip(wanted)
            .all(|(said, day)| said.contains(day)),
        "{said:?}"
    );
    assert_eq!(history[0]["spoiler_text"], "");
    assert_eq!(history[1]["spoiler_text"], "Bal");
    assert_eq!(history[0]["account"]["id"], marie.id.as_str());
    for key in [
        "poll",
        "media_attachments",
        "emojis",
        "sensitive",
        "created_at",
    ] {
        assert!(history[0].get(key).is_some(), "{key}");
    }
    let private = marie.posts_for("private", "Rien").await;
    let jean = town.resident("jean").await;
    let path = format!("/api/v1/statuses/{}/history", id(&private));
    jean.get(&path).await.expecting(404);
}

#[tokio::test]
async fn of_a_muted_thread_one_is_told_no_more() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let post = marie.posts("Qui vient ?").await;
    let path = format!("/api/v1/statuses/{}", id(&post));
    assert_eq!(
        does(&marie, &format!("{path}/mute"), &[]).await["muted"],
        true
    );
    let unheard = marker("@marie moi");
    let answer = jean.answers(&post, &unheard).await;
    let other = marie.posts("Autre chose").await;
    let heard = marker("@marie bien");
    jean.answers(&other, &heard).await;
    until("the other thread is told of", || async {
        let told = marie.list("/api/v1/notifications").await;
        told.iter()
            .any(|one| one["status"]["in_reply_to_id"] == other["id"])
    })
    .await;
    let told = marie.list("/api/v1/notifications").await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(
        marie.status(id(&answer)).await.json()["muted"],
        true,
        "the whole thread"
    );
    assert_eq!(
        jean.status(id(&answer)).await.json()["muted"],
        false,
        "only for her"
    );
    assert_eq!(
        does(&marie, &format!("{path}/unmute"), &[]).await["muted"],
        false
    );
    assert_eq!(marie.status(id(&answer)).await.json()["muted"], false);
}

#[tokio::test]
async fn a_note_is_for_oneself_and_a_mute_says_until_when() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let of_jean = format!("/api/v1/accounts/{}", jean.id);
    let noted = does(
        &marie,
        &format!("{of_jean}/note"),
        &[("comment", "Au marché")],
    )
    .await;
    assert_eq!(noted["note"], "Au marché");
    assert_eq!(marie.relation(&jean.id).await["note"], "Au marché");
    assert_eq!(jean.relation(&marie.id).await["note"], "");
    let long = "a".repeat(2_001);
    let refused = marie
        .post_form(&format!("{of_jean}/note"), &[("comment", &long)])
        .await;
    refused.expecting(422);
    let cleared = does(&marie, &format!("{of_jean}/note"), &[("comment", "")]).await;
    assert_eq!(cleared["note"], "");

    let muted = does(&marie, &format!("{of_jean}/mute"), &[("duration", "3600")]).await;
    assert_eq!(
        (&muted["muting"], muted["muting_expires_at"].is_string()),
        (&json!(true), true)
    );
    let list = marie.list("/api/v1/mutes").await;
    assert_eq!(ids(&list), [jean.id.as_str()]);
    assert_eq!(list[0]["mute_expires_at"], muted["muting_expires_at"]);
    does(&marie, &format!("{of_jean}/mute"), &[("duration", "0")]).await;
    assert_eq!(
        marie.list("/api/v1/mutes").await[0]["mute_expires_at"],
        json!(null)
    );
}

#[tokio::test]
async fn of_a_blocked_server_nothing_comes_and_follows_end() {
    let neighbours = Neighbourhood::of(["valmont", "rivebelle"]).await;
    let (here, there) = (&neighbours["valmont"], &neighbours["rivebelle"]);
    let (marie, jean) = (here.resident("marie").await, here.resident("jean").await);
    let bruno = there.resident("bruno").await;
    let far = marie.follows(&bruno.handle()).await;
    jean.follows(&bruno.handle()).await;
    bruno.follows(&marie.handle()).await;
    let domain = [("domain", there.host.as_str())];
    let preview = format!("/api/v1/domain_blocks/preview?domain={}", there.host);
    let ending = marie.get(&preview).await.expecting(200).json();
    assert_eq!(
        ending,
        json!({ "following_count": 1, "followers_count": 1 })
    );
    assert_eq!(
        does(&marie, "/api/v1/domain_blocks", &domain).await,
        json!({})
    );
    let listed = marie
        .get("/api/v1/domain_blocks")
        .await
        .expecting(200)
        .json();
    assert_eq!(listed, json!([there.host.to_lowercase()]));
    let relation = marie.relation(id(&far)).await;
    assert_eq!(
        (
            &relation["domain_blocking"],
            &relation["following"],
            &relation["followed_by"]
        ),
        (&json!(true), &json!(false), &json!(false))
    );
    let said = marker("Bonjour à tous");
    bruno.posts(&said).await;
    let copy = jean.reads_on_home(&said).await;
    let boost = format!("/api/v1/statuses/{}/reblog", id(&copy));
    marie.follows(&jean.handle()).await;
    does(&jean, &boost, &[]).await;
    let plain = marker("Sans rapport");
    jean.posts(&plain).await;
    let home = marie.home().await;
    assert!(parvis_testkit::resident::any_holds(&home, &plain));
    assert!(
        !parvis_testkit::resident::any_holds(&home, &said),
        "not by a boost either"
    );
    assert!(!parvis_testkit::resident::any_holds(
        &marie.public().await,
        &said
    ));
    asks(
        &marie,
        here,
        Method::DELETE,
        "/api/v1/domain_blocks",
        &domain,
    )
    .await
    .expecting(200);
    assert!(parvis_testkit::resident::any_holds(
        &marie.public().await,
        &said
    ));
    let own = [("domain", here.host.as_str())];
    marie
        .post_form("/api/v1/domain_blocks", &own)
        .await
        .expecting(422);
    for n in 0..5 {
        let name = format!("serveur{n}.example");
        does(&marie, "/api/v1/domain_blocks", &[("domain", &name)]).await;
    }
    let all = walks(&marie, here, "/api/v1/domain_blocks", 2).await;
    assert_eq!(
        all.first(),
        Some(&json!("serveur4.example")),
        "the last blocked first"
    );
    assert_eq!(all.len(), 5);
}

#[tokio::test]
async fn markers_are_set_and_read_apart() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let wanted = "/api/v1/markers?timeline[]=home&timeline[]=notifications";
    assert_eq!(marie.get(wanted).await.expecting(200).json(), json!({}));
    let set = does(&marie, "/api/v1/markers", &[("home[last_read_id]", "12")]).await;
    assert_eq!(
        (&set["home"]["last_read_id"], &set["home"]["version"]),
        (&json!("12"), &json!(1))
    );
    assert!(set.get("notifications").is_none());
    does(
        &marie,
        "/api/v1/markers",
        &[("notifications[last_read_id]", "7")],
    )
    .await;
    let set = does(&marie, "/api/v1/markers", &[("home[last_read_id]", "13")]).await;
    assert_eq!(set["home"]["version"], 2);
    let both = marie.get(wanted).await.json();
    assert_eq!(
        (
            &both["home"]["last_read_id"],
            &both["notifications"]["last_read_id"]
        ),
        (&json!("13"), &json!("7"))
    );
    let home = marie.get("/api/v1/markers?timeline[]=home").await.json();
    assert!(home.get("notifications").is_none());
    let bad = marie
        .post_form("/api/v1/markers", &[("home[last_read_id]", "abc")])
        .await;
    bad.expecting(422);
}

#[tokio::test]
async fn how_one_usually_posts_holds_where_an_app_says_nothing() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let path = "/api/v1/accounts/update_credentials";
    let fields = [
        ("source[privacy]", "unlisted"),
        ("source[sensitive]", "true"),
        ("source[language]", "oc"),
        ("source[quote_policy]", "nobody"),
    ];
    let me = asks(&marie, &town, Method::PATCH, path, &fields)
        .await
        .expecting(200)
        .json();
    assert_eq!(
        (&me["source"]["privacy"], &me["source"]["quote_policy"]),
        (&json!("unlisted"), &json!("nobody"))
    );
    let usual = marie.get("/api/v1/preferences").await.expecting(200).json();
    assert_eq!(usual["posting:default:visibility"], "unlisted");
    assert_eq!(usual["posting:default:sensitive"], true);
    assert_eq!(usual["posting:default:language"], "oc");
    let post = does(&marie, "/api/v1/statuses", &[("status", "Bonjorn")]).await;
    assert_eq!(
        (&post["visibility"], &post["sensitive"], &post["language"]),
        (&json!("unlisted"), &json!(true), &json!("oc"))
    );
    assert_eq!(post["quote_approval"]["automatic"], json!([]));
    let said = [
        ("status", "Bonjour"),
        ("visibility", "public"),
        ("sensitive", "false"),
        ("language", "fr"),
    ];
    let post = does(&marie, "/api/v1/statuses", &said).await;
    assert_eq!(
        (&post["visibility"], &post["sensitive"], &post["language"]),
        (&json!("public"), &json!(false), &json!("fr"))
    );
}

#[tokio::test]
async fn how_one_usually_posts_holds_in_the_small_boxes_of_the_pages() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let mut browser = town.browser_of("marie").await;
    let home = browser.opens("/").await.expecting(200);
    let before = home.form("/ecrire");
    assert_eq!(before.field("audience").unwrap().value, "public");
    let fields = [
        ("source[privacy]", "private"),
        ("source[language]", "oc"),
        ("source[quote_policy]", "nobody"),
    ];
    let path = "/api/v1/accounts/update_credentials";
    let me = asks(&marie, &town, Method::PATCH, path, &fields).await;
    me.expecting(200);

    let home = browser.opens("/").await.expecting(200);
    let quick = home.form("/ecrire");
    assert_eq!(quick.field("audience").unwrap().value, "followers");
    assert!(!quick.has("langue"), "the small box does not ask for it");
    let words = marker("Bonjorn");
    let quick = quick.with("text", &words);
    browser.submits(&home, &quick).await.expecting(200);
    let post = own_post(&marie, &words).await;
    assert_eq!(
        (&post["visibility"], &post["language"]),
        (&json!("private"), &json!("oc"))
    );

    let thread = browser.opens(&page_of(&town, &post)).await.expecting(200);
    let words = marker("Adieu");
    let answer = thread.form("/ecrire").with("text", &words);
    browser.submits(&thread, &answer).await.expecting(200);
    let answer = own_post(&marie, &words).await;
    assert_eq!(answer["language"], "oc");
}

#[tokio::test]
async fn people_one_follows_are_endorsed_until_one_follows_them_no_more() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let mut friends = Vec::new();
    for name in ["jean", "lise", "paul", "zoe", "ida"] {
        let friend = town.resident(name).await;
        friends.push(friend);
    }
    let endorse = |id: &str| format!("/api/v1/accounts/{id}/endorse");
    marie
        .post_form(&endorse(&friends[0].id), &[])
        .await
        .expecting(422);
    for friend in &friends {
        marie.follows(&friend.handle()).await;
        assert_eq!(
            does(&marie, &endorse(&friend.id), &[]).await["endorsed"],
            true
        );
    }
    let wanted: Vec<String> = friends
        .iter()
        .rev()
        .map(|friend| friend.id.clone())
        .collect();
    assert_eq!(
        ids(&walks(&marie, &town, "/api/v1/endorsements", 2).await),
        wanted
    );
    let of_marie = format!("/api/v1/accounts/{}/endorsements", marie.id);
    assert_eq!(ids(&friends[0].list(&of_marie).await), wanted);
    let unfollow = format!("/api/v1/accounts/{}/unfollow", friends[4].id);
    assert_eq!(does(&marie, &unfollow, &[]).await["endorsed"], false);
    let unpin = format!("/api/v1/accounts/{}/unpin", friends[3].id);
    assert_eq!(does(&marie, &unpin, &[]).await["endorsed"], false);
    assert_eq!(ids(&friends[0].list(&of_marie).await), wanted[2..]);
    let unendorse = format!("/api/v1/accounts/{}/unendorse", friends[2].id);
    assert_eq!(does(&marie, &unendorse, &[]).await["endorsed"], false);
    assert_eq!(ids(&friends[0].list(&of_marie).await), wanted[3..]);
}

#[tokio::test]
async fn one_learns_which_friends_follow_someone() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let (lise, paul) = (town.resident("lise").await, town.resident("paul").await);
    marie.follows(&jean.handle()).await;
    for (who, whom) in [(&jean, &paul), (&lise, &paul), (&jean, &lise)] {
        who.follows(&whom.handle()).await;
    }
    let path = format!(
        "/api/v1/accounts/familiar_followers?id[]={}&id[]={}&id[]={}",
        paul.id, marie.id, lise.id
    );
    let found = marie.list(&path).await;
    assert_eq!(ids(&found), [paul.id.as_str(), &marie.id, &lise.id]);
    let known = |n: usize| ids(found[n]["accounts"].as_array().unwrap());
    assert_eq!(known(0), [jean.id.as_str()], "not whom she does not follow");
    assert_eq!(known(1), Vec::<String>::new());
    assert_eq!(known(2), [jean.id.as_str()]);
}

#[tokio::test]
async fn how_one_usually_writes_is_chosen_on_a_page_and_holds_in_apps_and_in_the_small_box() {
    let town = TestTown::start("valmont").await;
    let jean = town.resident("jean").await;
    let mut browser = town.browser_of("jean").await;
    let page = browser.opens("/reglages/compte").await.expecting(200);
    let form = page.form("/reglages/habitudes");
    let form = form.with("audience", "followers").with("langue", "oc");
    let form = form.with("sensible", "1");
    browser.submits(&page, &form).await.expecting(200);
    let usual = jean.get("/api/v1/preferences").await.expecting(200).json();
    assert_eq!(usual["posting:default:visibility"], "private");
    assert_eq!(usual["posting:default:language"], "oc");
    assert_eq!(usual["posting:default:sensitive"], true);

    let text = marker("usuel");
    let page = browser.opens("/").await.expecting(200);
    let form = page.form("/ecrire").with("text", &text);
    browser.submits(&page, &form).await.expecting(200);
    let post = own_post(&jean, &text).await;
    assert_eq!(
        [&post["visibility"], &post["language"], &post["sensitive"]],
        [&json!("private"), &json!("oc"), &json!(true)]
    );

    let page = browser.opens("/reglages/compte").await.expecting(200);
    let form = page.form("/reglages/habitudes").with("langue", "");
    let form = form.without("sensible").without("audience");
    browser.submits(&page, &form).await.expecting(200);
    let usual = jean.get("/api/v1/preferences").await.expecting(200).json();
    assert_eq!(usual["posting:default:visibility"], "private", "as before");
    assert_eq!(usual["posting:default:language"], json!(null));
    assert_eq!(usual["posting:default:sensitive"], false);
}
